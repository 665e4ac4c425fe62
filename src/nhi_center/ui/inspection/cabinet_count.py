"""二人目の枚数: another person counts what is in a 保管庫, blind, and signs with his own ID and password."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from nhi_center.domain.cabinets import Count
from nhi_center.services import cabinets
from nhi_center.ui.cabinets.count_fields import CountFields, stands_or_again
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.fields import LineField, PasswordField
from nhi_center.ui.common.form_dialog import FormDialog, open_form


class CabinetCount:
    """``told(words)`` is called when a count stands. Meanwhile nothing on the screen says how much there should be."""

    def __init__(self, parent: QWidget, desk: Desk, told: Callable[[str], object]) -> None:
        self._parent, self._desk, self._told = parent, desk, told

    def open(self, number: str) -> FormDialog:
        """The form for one cabinet."""
        office, session = self._desk.office, self._desk.session
        fields = CountFields()
        who = LineField("id", "数えた人のID", ime=False, required=True)
        password = PasswordField("password", "パスワード", required=True)

        def act() -> Callable[[], object]:
            counted, reason = fields.pieces(), fields.reason.value()
            person, secret = who.value().strip(), password.value()
            password.clear()

            def count() -> Count:
                return stands_or_again(cabinets.count(office, session, number, counted, reason, person, secret), fields)

            return count

        dialog = FormDialog(
            self._parent,
            self._desk,
            f"保管庫 {number} を数える(二人目)",
            "しまった人とは別の人が、この端末の書類をすべて数え、数と保管庫の番号に署名します。",
            (*fields.rows(), (who, password)),
            yes="署名する",
            act=act,
            refused=fields.again,
            kept=lambda made: self._kept(number, made),
        )
        self._desk.window.set_counting(True)
        dialog.finished.connect(lambda _code: self._desk.window.set_counting(False))
        return open_form(dialog)

    def _kept(self, number: str, made: object) -> None:
        agrees = isinstance(made, Count) and made.agrees
        self._told(f"保管庫 {number}の枚数が合い、署名されました。" if agrees else f"保管庫 {number}を、差異のまま残しました。")
