"""保管庫: what the room has, who has which key, which is locked; papers are taken out in the morning, counted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from nhi_center.domain.cabinets import LONGEST_NAME, LONGEST_NUMBER, Cabinet, Count, KeyOut
from nhi_center.domain.operators import Action
from nhi_center.services import cabinets as service
from nhi_center.services.cabinets import CabinetRow
from nhi_center.tasks.runner import Lane
from nhi_center.ui.cabinets.count_fields import CountFields, stands_or_again
from nhi_center.ui.common.code_fields import DigitsField
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.dialogs import confirm
from nhi_center.ui.common.fields import LineField
from nhi_center.ui.common.form_dialog import FormDialog, open_form
from nhi_center.ui.common.parts import Chip, plain_button, primary_button
from nhi_center.ui.common.screen import KeyHint
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.table import Cell, Column, DataTable
from nhi_center.ui.common.text_fields import warn_of_forbidden
from nhi_center.ui.presence.choices import Act, choose
from nhi_center.ui.presence.recording import RecordingPanel


class CabinetsPanel(RecordingPanel):
    """``cabinet_table``; ``cabinet_take_out_button`` (F3), ``cabinet_lock_button`` (F4), Enter for keys and the register.

    Signals: said(kind, text).
    """

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.setObjectName("cabinets_panel")
        self._works, self._manages = desk.may(Action.CABINET), desk.may(Action.MANAGE_CABINETS)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        self.table = self._table()
        if self._works:
            self.table.row_activated.connect(self._acts)
        column.addWidget(self.table, 1)
        column.addLayout(self._foot())

    def _table(self) -> DataTable:
        empty = "保管庫はまだ登録されていません。"
        empty += "Alt+N で番号・場所・鍵の本数を登録します。" if self._manages else "取扱責任者が登録します。"
        return DataTable(
            (
                Column("保管庫", lambda row: Cell(strong=row.cabinet.number), 80, "right"),
                Column("場所", lambda row: row.cabinet.name, 0),
                Column("中の書類", _inside, 120),
                Column("施錠", self._lock_cell, 150),
                Column("見た人", _looked, 220),
                Column("鍵", lambda row: f"{len(row.cabinet.free_keys)}/{row.cabinet.keys}本", 80, "right"),
                Column("渡した鍵", _keys, 260),
            ),
            name="cabinet_table",
            label="保管庫と鍵",
            empty=empty,
            row_key=lambda row: row.cabinet.number,
        )

    def _foot(self) -> QHBoxLayout:
        foot = QHBoxLayout()
        foot.setSpacing(12)
        self.chip = Chip("", "info", name="cabinet_chip")
        foot.addWidget(self.chip)
        foot.addWidget(words("書類をしまって数え、施錠し、鍵を返します。", "secondary"))
        foot.addStretch(1)
        if self._manages:
            self.new_button = plain_button("登録", "Alt+N", name="cabinet_new_button")
            self.new_button.clicked.connect(lambda: self._register(None))
            foot.addWidget(self.new_button)
        if self._works:
            self.lock_button = plain_button("施錠を確かめた", "F4", name="cabinet_lock_button")
            self.lock_button.clicked.connect(lambda: self._look(True))
            self.out_button = primary_button("数えて取り出す", "F3", name="cabinet_take_out_button")
            self.out_button.clicked.connect(self._take_out)
            foot.addWidget(self.lock_button)
            foot.addWidget(self.out_button)
        return foot

    def keys(self) -> tuple[KeyHint, ...]:
        if not self._works:
            return ()
        new = (KeyHint("Alt+N", "登録"),) if self._manages else ()
        return (KeyHint("Enter", "鍵・ほかの記録"), KeyHint("F3", "数えて取り出す"), KeyHint("F4", "施錠を確かめた"), *new)

    def refresh(self) -> None:
        office, session = self.desk.office, self.desk.session
        self.desk.run_latest("cabinets", Lane.READ, lambda _token: service.of_room(office, session), owner=self, done=self._show)

    # -- showing --

    def _show(self, rows: tuple[CabinetRow, ...]) -> None:
        self.table.set_rows(rows)
        out = sum(len(row.cabinet.out) for row in rows)
        self.chip.set_state(f"渡した鍵 {out}本" if out else "鍵はすべてあります", "warning" if out else "done")
        self.chip.setVisible(bool(rows))
        if self._works:
            self.lock_button.setEnabled(bool(rows))
            self.out_button.setEnabled(bool(rows))

    def _lock_cell(self, row: CabinetRow) -> Cell:
        if row.cabinet.locked_on(self.desk.office.clock.today().isoformat()):
            return Cell(chip="施錠確認済", tone="done")
        if not row.cabinet.looked_at:
            return Cell(chip="記録なし", tone="plain")
        return Cell(chip="今日は未確認", tone="plain") if row.cabinet.locked else Cell(chip="開いている", tone="warning")

    # -- acting --

    def _acts(self, row: CabinetRow) -> None:
        """Enter on a line: what can be recorded of this cabinet now."""
        cabinet = row.cabinet
        acts = [Act(f"鍵{key.key} が返った({row.names.get(key.holder, key.holder)})", self._returner(key)) for key in cabinet.out]
        if cabinet.free_keys:
            acts.append(Act("鍵を渡す", lambda: self._hand_key(cabinet)))
        acts.append(Act("開けた", lambda: self._look(False)))
        if self._manages:
            acts.append(Act("場所・鍵の本数を直す", lambda: self._register(cabinet)))
            acts.append(Act("廃止する", lambda: self._retire(cabinet), danger=True))
        choose(self, f"保管庫 {cabinet.number}", f"{cabinet.name}。いま記録できること。", acts)

    def _hand_key(self, cabinet: Cabinet) -> None:
        office, session = self.desk.office, self.desk.session
        key = DigitsField("key", "鍵の番号", length=1, auto_advance=False, required=True)
        key.set_value(str(cabinet.free_keys[0]))
        holder = LineField("holder", "鍵を持つ人のID", ime=False, required=True)
        holder.set_value(session.person)

        def act() -> Callable[[], object]:
            number, person = int(key.value()), holder.value().strip()
            return lambda: service.take_key(office, session, cabinet.number, number, person)

        text = "鍵を持つ人は、帰るまでに返します。"
        self._form(f"保管庫 {cabinet.number} の鍵を渡す", text, ((key, holder),), "渡した", act, "鍵を渡したことを記録しました。")

    def _returner(self, key: KeyOut) -> Callable[[], object]:
        office, session = self.desk.office, self.desk.session
        told = f"保管庫 {key.cabinet}の鍵{key.key}が返ったことを記録しました。"
        return lambda: self._run(lambda: service.return_key(office, session, key.cabinet, key.key), told)

    def _look(self, locked: bool) -> None:
        row = self.table.current_row()
        if row is None or self._busy:
            return
        office, session, number = self.desk.office, self.desk.session, row.cabinet.number
        told = f"保管庫 {number}の施錠を確かめました。" if locked else f"保管庫 {number}を開けたことを記録しました。"
        self._run(lambda: service.look(office, session, number, locked=locked), told)

    def _take_out(self) -> None:
        row = self.table.current_row()
        if row is None or self._busy:
            return
        if not row.put_away:
            self.said.emit("info", f"保管庫 {row.cabinet.number}に、取り出す書類はありません。")
            return
        office, session, number = self.desk.office, self.desk.session, row.cabinet.number
        fields = CountFields()

        def act() -> Callable[[], object]:
            counted, reason = fields.pieces(), fields.reason.value()

            def count() -> Count:
                return stands_or_again(service.take_out(office, session, number, counted, reason), fields)

            return count

        text = "保管庫にあるこの端末の書類をすべて数えます。合うと、しまったときの場所(受付トレイ、入力・照合中など)へ戻ります。"
        told = "書類を元の場所へ戻しました。"
        dialog = FormDialog(
            self,
            self.desk,
            f"保管庫 {number} から取り出す",
            text,
            fields.rows(),
            yes="取り出す",
            act=act,
            kept=lambda _made: self._on_recorded(told),
            refused=fields.again,
        )
        self.desk.window.set_counting(True)
        dialog.finished.connect(lambda _code: self.desk.window.set_counting(False))
        open_form(dialog)

    def _register(self, cabinet: Cabinet | None) -> None:
        office, session = self.desk.office, self.desk.session
        number = DigitsField("cabinet", f"番号({LONGEST_NUMBER}桁まで)", required=True)
        place = LineField("place", f"場所({LONGEST_NAME}文字まで)", limit=LONGEST_NAME, required=True)
        warn_of_forbidden(place)
        keys = DigitsField("keys", "鍵の本数", length=1, auto_advance=False, required=True)
        if cabinet is not None:
            for field, value in ((number, cabinet.number), (place, cabinet.name), (keys, str(cabinet.keys))):
                field.set_value(value)
            number.editor.setEnabled(False)

        def act() -> Callable[[], object]:
            values = number.value(), place.value(), keys.value()
            return lambda: service.register(office, session, *values)

        title = "保管庫を登録" if cabinet is None else f"保管庫 {cabinet.number} を直す"
        text = "番号は保管庫に貼ってあるものです。台帳の「保管庫」は、この番号ごとに数えます。"
        self._form(title, text, ((number, place, keys),), "登録する", act, "保管庫を登録しました。")

    def _retire(self, cabinet: Cabinet) -> None:
        office, session = self.desk.office, self.desk.session
        confirm(
            self,
            f"保管庫 {cabinet.number} を廃止しますか",
            "一覧から消え、書類をしまえなくなります。これまでの記録は残ります。",
            yes="廃止する",
            action=lambda: self._run(
                lambda: service.retire(office, session, cabinet.number), f"保管庫 {cabinet.number}を廃止しました。"
            ),
        )

    def _form(
        self,
        title: str,
        text: str,
        rows: tuple[tuple[DigitsField | LineField, ...], ...],
        yes: str,
        act: Callable[[], Callable[[], object]],
        told: str,
    ) -> None:
        open_form(FormDialog(self, self.desk, title, text, rows, yes=yes, act=act, kept=lambda _result: self._on_recorded(told)))


def _inside(row: CabinetRow) -> Cell:
    """Whether there is anything: how much is counted, not read off."""
    return Cell(chip="あり", tone="info") if row.inside.total else Cell(chip="なし", tone="done")


def _looked(row: CabinetRow) -> str:
    at = row.cabinet.looked_at
    if not at:
        return ""
    moment = datetime.fromisoformat(at)
    name = row.names.get(row.cabinet.looked_by, row.cabinet.looked_by)
    return f"{name} {moment.month}月{moment.day}日 {moment:%H:%M}"


def _keys(row: CabinetRow) -> str:
    return "、".join(f"鍵{key.key} {row.names.get(key.holder, key.holder)}" for key in row.cabinet.out)
