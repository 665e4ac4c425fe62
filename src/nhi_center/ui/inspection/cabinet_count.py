"""二人目の枚数: another person counts what is in a 保管庫 or at another terminal, blind, and signs with his ID and password."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from nhi_center.domain.cabinets import Count
from nhi_center.services import cabinets, standing
from nhi_center.ui.cabinets.count_fields import CountFields, stands_or_again
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.fields import LineField, PasswordField
from nhi_center.ui.common.form_dialog import FormDialog, open_form


class CabinetCount:
    """``told(words)`` is called when a count stands. Meanwhile nothing on the screen says how much there should be."""

    def __init__(self, parent: QWidget, desk: Desk, told: Callable[[str], object]) -> None:
        self._parent, self._desk, self._told = parent, desk, told

    def open(self, item: str) -> FormDialog:
        """The form for one line of the day close: a 保管庫, or the paper of a terminal that lies in none."""
        office, session = self._desk.office, self._desk.session
        terminal, cabinet = item.removeprefix(standing.ITEM), item.removeprefix("cabinet_")
        where, keep, at = (
            (f"端末 {terminal} の書類", standing.count, terminal)
            if item.startswith(standing.ITEM)
            else (f"保管庫 {cabinet}", cabinets.count, cabinet)
        )
        fields = CountFields()
        who = LineField("id", "数えた人のID", ime=False, required=True)
        password = PasswordField("password", "パスワード", required=True)

        def act() -> Callable[[], object]:
            counted, reason = fields.pieces(), fields.reason.value()
            person, secret = who.value().strip(), password.value()
            password.clear()

            def count() -> Count:
                return stands_or_again(keep(office, session, at, counted, reason, person, secret), fields)

            return count

        dialog = FormDialog(
            self._parent,
            self._desk,
            f"{where} を数える(二人目)",
            _ADVICE[item.startswith(standing.ITEM)],
            (*fields.rows(), (who, password)),
            yes="署名する",
            act=act,
            refused=fields.again,
            kept=lambda made: self._kept(where, made),
        )
        self._desk.window.set_counting(True)
        dialog.finished.connect(lambda _code: self._desk.window.set_counting(False))
        return open_form(dialog)

    def _kept(self, where: str, made: object) -> None:
        agrees = isinstance(made, Count) and made.agrees
        self._told(f"{where}の枚数が合い、署名されました。" if agrees else f"{where}を、差異のまま残しました。")


_ADVICE = {
    False: "しまった人とは別の人が、この端末の書類をすべて数え、数と保管庫の番号に署名します。",
    True: "画面の人とは別の人が、その端末の席で、保管庫にない書類(「保管庫の中も」とあれば中も)をすべて数えます。ないときは 0。",
}
