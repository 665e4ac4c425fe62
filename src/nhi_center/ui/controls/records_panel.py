"""監督の記録: 改善指導, 公表, 損害 and the like: written with a day, answered by the other side, ended by the ward."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nhi_center.domain.control_records import LONGEST, LONGEST_TITLE, ControlRecord, RecordKind, Wanted
from nhi_center.domain.operators import Action
from nhi_center.services import control_records as service
from nhi_center.services.control_records import Records
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.choice_field import Choice, ChoiceField
from nhi_center.ui.common.date_field import DateField
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.fields import LineField
from nhi_center.ui.common.form_dialog import FormDialog, open_form
from nhi_center.ui.common.paper_maker import PaperMaker
from nhi_center.ui.common.parts import Card, plain_button
from nhi_center.ui.common.screen import KeyHint
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.table import Cell, Column, DataTable
from nhi_center.ui.common.text_fields import FreeText, warn_of_forbidden
from nhi_center.ui.presence.roster_forms import read_day

_TONES = {"終わり": "done", "記録": "plain", "回答あり": "warning", "回答待ち": "warning"}
Kept = Callable[[object], object]


class RecordsPanel(QWidget):
    """``records_table``; F3 writes, F4 answers, F6 (ward) ends, F11 makes the list. Signals: said(kind, text)."""

    said = Signal(str, str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.setObjectName("records_panel")
        self._settles = desk.may(Action.SETTLE_CONTROL)
        self._today: date | None = None
        self.papers = PaperMaker(desk, self)
        self.papers.said.connect(self.said)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        self.table = DataTable(
            (
                Column("日", lambda row: row.wanted.day.isoformat(), 110),
                Column("種類", lambda row: Cell(strong=row.wanted.kind.label), 180),
                Column("件名", lambda row: row.wanted.title),
                Column("期限", self._due, 130),
                Column("状態", lambda row: Cell(chip=row.state, tone=_TONES[row.state]), 110),
            ),
            name="records_table",
            label="監督の記録",
            empty="記録はありません。F3 で、指導・承諾・体制などを記録します。",
            row_key=lambda row: row.id,
        )
        self.table.current_row_changed.connect(self._show_details)
        column.addWidget(self.table, 1)
        card = Card("選んだ記録", panel=True, name="record_details")
        self.details = words("", "dense", name="record_words", wrap=True)
        card.add(self.details)
        card.body.addStretch(1)
        card.setFixedHeight(164)
        column.addWidget(card)
        column.addLayout(self._foot())

    def _foot(self) -> QHBoxLayout:
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(words("これらは人の記録です。製品は自動で確かめません。", "secondary"), 1)
        acts = [("記録する", "F3", self._write), ("回答する", "F4", self._answer)]
        acts += [("終わりにする", "F6", self._settle)] if self._settles else []
        acts += [("PDFにする", "F11", lambda: self.papers.make(service.make_book))]
        for label, key, act in acts:
            button = plain_button(label, key, name=f"records_{key.lower()}_button")
            button.clicked.connect(lambda _checked=False, act=act: act())
            foot.addWidget(button)
        return foot

    def keys(self) -> tuple[KeyHint, ...]:
        settle = (KeyHint("F6", "終わりにする"),) if self._settles else ()
        return (KeyHint("F3", "記録"), KeyHint("F4", "回答"), *settle, KeyHint("F11", "PDF"))

    def first_focus(self) -> QWidget:
        return self.table

    def refresh(self) -> None:
        office, session = self.desk.office, self.desk.session
        self.desk.run_latest("records", Lane.READ, lambda _token: service.records(office, session), owner=self, done=self._show)

    def _show(self, found: Records) -> None:
        self._today = found.today
        self.table.set_rows(found.records)
        self._show_details(self.table.current_row())

    def _due(self, row: ControlRecord) -> Cell:
        due = row.wanted.due.isoformat() if row.wanted.due else ""
        late = self._today is not None and row.overdue(self._today)
        return Cell(chip=due, tone="error") if late else Cell(due)

    def _show_details(self, row: ControlRecord | None) -> None:
        if row is None:
            self.details.clear()
            return
        said = [f"回答({one.at[:10]}) {one.words}" for one in row.answers[-2:]]
        ended = [f"終わり({row.settled.at[:10]}) {row.settled.words}"] if row.settled else []
        self.details.setText("\n".join((row.wanted.words, *said, *ended)))

    # -- acting --

    def _write(self) -> None:
        if self._today is not None:
            record_form(self, self.desk, self._today, self._kept)

    def _answer(self) -> None:
        self._say("回答", "回答する", service.answer)

    def _settle(self) -> None:
        self._say("終わりにする", "終わりにする", service.settle)

    def _say(self, title: str, yes: str, verb: Callable[..., None]) -> None:
        row: ControlRecord | None = self.table.current_row()
        if row is None:
            self.said.emit("info", "記録を選んでください。")
            return
        field = FreeText("words", f"内容({LONGEST}文字まで)", lines=3, required=True)
        field.setMinimumHeight(122)
        office, session = self.desk.office, self.desk.session

        def act() -> Callable[[], object]:
            typed = field.value()
            return lambda: verb(office, session, row.id, typed)

        text = f"{row.wanted.kind.label} {row.wanted.title}"
        open_form(FormDialog(self, self.desk, title, text, ((field,),), yes=yes, act=act, kept=self._kept))

    def _kept(self, _none: object) -> None:
        self.said.emit("done", "記録しました。事務室のほかの端末にも送ります。")
        self.refresh()


def record_form(parent: QWidget, desk: Desk, today: date, kept: Kept) -> FormDialog:
    """A new record of one of the kinds this side is to say."""
    own = service.kinds_of(desk.session)
    kind = ChoiceField(
        "kind", "種類", tuple(Choice(one.value, one.label, str(at)) for at, one in enumerate(own, 1)), required=True
    )
    day = DateField("day", "日", today=today, required=True)
    day.set_value(today.isoformat())
    due = DateField("due", "回答の期限", today=today)
    title = LineField("title", "件名", limit=LONGEST_TITLE, required=True)
    warn_of_forbidden(title)
    said = FreeText("words", f"内容({LONGEST}文字まで)", lines=3, required=True)
    said.setMinimumHeight(122)
    office, session = desk.office, desk.session

    def act() -> Callable[[], object]:
        wanted = Wanted(RecordKind(kind.value()), read_day(day), title.value().strip(), said.value().strip(), due.day())
        return lambda: service.write(office, session, wanted)

    text = f"期限は、{'・'.join(one.label for one in own if one.answered)}のときに入れます。個人の情報は書きません。"
    rows = ((kind,), (day, due), (title,), (said,))
    return open_form(FormDialog(parent, desk, "監督の記録", text, rows, yes="記録する", act=act, kept=kept))
