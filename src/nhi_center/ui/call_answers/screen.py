"""電話の回答例: every answer with its 区確認日, and below it all its versions; a second person of the ward signs each new one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QWidget

from nhi_center.domain.calendar import wareki
from nhi_center.services import call_answers as service
from nhi_center.services.call_answers import AnswerLine, AnswerTable, VersionLine
from nhi_center.tasks.runner import Lane
from nhi_center.ui.call_answers.dialogs import open_withdrawal, open_writing
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.parts import ActionButton, Card, Chip, plain_button
from nhi_center.ui.common.screen import KeyHint, Screen, TitleLine
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.table import Cell, Column, DataTable
from nhi_center.ui.entry.asking import run

FILTERS: tuple[tuple[str, Callable[[AnswerLine], bool]], ...] = (
    ("すべて", lambda _row: True),
    ("要確認", lambda row: row.state == "要確認"),
    ("取下げ", lambda row: row.state == "取下げ"),
)
_TONES = {"使用中": "done", "要確認": "warning", "取下げ": "plain"}
_SHIPPED = "初めからの回答"


class CallAnswersScreen(Screen):
    """F3 writes the answer in front anew, F4 withdraws it, Alt+N adds one; 1 to 3 choose which are listed."""

    name = "call_answers"
    title = "電話の回答例"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._found: AnswerTable | None = None
        self._filter = 0
        self.old_chip = Chip("", "warning", name="call_answers_old")
        self.page.addWidget(TitleLine(self.title, self.old_chip, right="電話の画面には、区確認日と一緒に出ます。"))
        self.page.addLayout(self._head())
        self.table = DataTable(
            (
                Column("番号", lambda row: Cell(strong=row.newest.answer.id), 70),
                Column("状態", lambda row: Cell(chip=row.state, tone=_TONES[row.state]), 96),
                Column("分類", lambda row: row.category.title, 190),
                Column("回答", lambda row: row.newest.answer.text),
                Column("係", lambda row: row.newest.answer.section, 120),
                Column("区確認日", lambda row: wareki(row.newest.answer.checked), 140),
            ),
            name="call_answers_table",
            label="電話の回答例",
            empty="ここに当たる回答はありません。1 を押すと、すべての回答が並びます。",
            row_key=lambda row: row.newest.answer.id,
        )
        self.table.row_activated.connect(lambda _row: self._write())
        self.table.current_row_changed.connect(self._show_versions)
        self.page.addWidget(self.table, 3)
        self.text = words("", "", name="call_answers_text", wrap=True)
        self.text.setFixedHeight(50)
        card = Card(panel=True, name="call_answers_card")
        card.body.setContentsMargins(14, 8, 14, 8)
        card.add(self.text)
        self.page.addWidget(card)
        self.versions = DataTable(
            (
                Column("書いた日時", lambda row: _moment(row.written_at), 150),
                Column("書いた人", lambda row: row.written_by, 120, name=True),
                Column("承認した人", lambda row: row.approved_by, 120, name=True),
                Column("区確認日", lambda row: wareki(row.answer.checked), 140),
                Column("係", lambda row: row.answer.section, 110),
                Column("回答", lambda row: Cell(row.answer.text, chip="取下げ" if row.withdrawn else "")),
            ),
            name="call_answers_versions",
            label="これまでの回答",
            empty="回答を選ぶと、これまでの版が新しい順に並びます。",
            names=desk.glyphs,
            row_key=lambda row: (row.answer.version, row.written_at),
        )
        self.versions.current_row_changed.connect(self._show_text)
        self.page.addWidget(words("これまでの回答(電話の記録が引く番号は、いつまでも読めます)", "heading"))
        self.page.addWidget(self.versions, 2)
        self.page.addLayout(self._foot())
        self.old_chip.hide()

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        self.filter_buttons: list[ActionButton] = []
        for index, (label, _test) in enumerate(FILTERS):
            button = ActionButton(label, key=str(index + 1), bind=False, name=f"call_answers_filter_{index + 1}_button")
            button.setFixedHeight(30)
            button.setCheckable(True)
            button.clicked.connect(partial(self._set_filter, index))
            self.filter_buttons.append(button)
            row.addWidget(button)
        row.addStretch(1)
        self.filter_buttons[0].setChecked(True)
        return row

    def _foot(self) -> QHBoxLayout:
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(words("新しい版は、書いた人とは別の区の人が承認します。", "secondary"), 1)
        for label, key, act in (
            ("取下げにする", "F4", self._withdraw),
            ("新しい回答", "Alt+N", self._add),
            ("書き直す", "F3", self._write),
        ):
            button = plain_button(label, key, name=f"call_answers_{key.lower().replace('+', '_')}_button")
            button.clicked.connect(lambda _checked=False, act=act: act())
            foot.addWidget(button)
        return foot

    # -- the window's side --

    def keys(self) -> tuple[KeyHint, ...]:
        filters = (
            KeyHint(str(index + 1), label, partial(self._set_filter, index)) for index, (label, _test) in enumerate(FILTERS)
        )
        return (KeyHint("F3", "書き直す"), KeyHint("F4", "取下げにする"), KeyHint("Alt+N", "新しい回答"), *filters)

    def first_focus(self) -> QWidget:
        return self.table

    def refresh(self) -> None:
        run(self.desk, self, Lane.READ, service.table, done=self._show)

    # -- lists --

    def _show(self, found: AnswerTable) -> None:
        self._found = found
        old = sum(row.state == "要確認" for row in found.lines)
        self.old_chip.setVisible(old > 0)
        self.old_chip.set_state(f"要確認 {old}件", "warning")
        self._list()

    def _set_filter(self, index: int, _checked: bool = False) -> None:
        self._filter = index
        for number, button in enumerate(self.filter_buttons):
            button.setChecked(number == index)
        self._list()

    def _list(self) -> None:
        if self._found is not None:
            self.table.set_rows([row for row in self._found.lines if FILTERS[self._filter][1](row)])

    def _show_versions(self, row: AnswerLine | None) -> None:
        self.versions.set_rows(row.versions if row else ())
        if row:
            self.versions.select(0)
            self._show_text(row.newest)

    def _show_text(self, version: VersionLine | None) -> None:
        if version is None:
            self.text.clear()
            return
        found = "、".join(version.answer.words)
        self.text.setText(f"{version.answer.id}  {version.answer.text}\nさがす語: {found or 'なし'}")

    # -- acts --

    def _row(self) -> AnswerLine | None:
        row: AnswerLine | None = self.table.current_row()
        if row is None:
            self.say("warning", "回答を選んでください。")
        return row

    def _write(self) -> None:
        row = self._row()
        if row is not None and self._found is not None:
            open_writing(self, self.desk, self._found, row, self._kept)

    def _add(self) -> None:
        if self._found is not None:
            open_writing(self, self.desk, self._found, None, self._kept)

    def _withdraw(self) -> None:
        row = self._row()
        if row is None:
            return
        if row.newest.withdrawn:
            self.say("warning", "この回答はもう取下げにしてあります。F3 で書き直すと、また使えます。")
            return
        open_withdrawal(self, self.desk, row, self._kept)

    def _kept(self, id_: object) -> None:
        self.say("done", f"回答 {id_} を記録しました。事務室のほかの端末にも送ります。")
        self.refresh()


def _moment(stamp: str) -> str:
    return f"{datetime.fromisoformat(stamp):%Y-%m-%d %H:%M}" if stamp else _SHIPPED
