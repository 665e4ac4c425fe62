"""ログ点検で調べる: the month's entries narrowed, and who opened one citizen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nhi_center.domain.audit_words import Line
from nhi_center.domain.calendar import wareki
from nhi_center.domain.log_review import Filters, month_span
from nhi_center.domain.people import Person
from nhi_center.services import audit_log, log_review
from nhi_center.services.log_review import AccessLine, Narrowed
from nhi_center.tasks.runner import JobToken, Lane
from nhi_center.ui.common.choice_field import Choice, ChoiceField
from nhi_center.ui.common.code_fields import DigitsField
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.field_chain import FieldChain
from nhi_center.ui.common.fields import LineField
from nhi_center.ui.common.parts import Card, plain_button
from nhi_center.ui.common.person_card import short_address
from nhi_center.ui.common.screen import KeyHint
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.table import Cell, Column, DataTable

RunLong = Callable[[Callable[[JobToken], object], Callable[..., object], str], None]
"""(job, done, words): one long job of the page at a time, with progress and a way to stop it."""

_PURPOSES = tuple(Choice(code, label, str(number)) for number, (code, label) in enumerate(log_review.PURPOSES.items(), start=1))
_REFUSED = (Choice("", "すべて", "1"), Choice("refused", "断った操作だけ", "2"))


class LookupPage(QWidget):
    """Fields ``who``, ``act``, ``refusals``, ``first_day``, ``last_day`` over ``entry_table``; at the right ``citizen_box``,
    ``citizen_table``, ``history_purpose`` and ``history_table``. Signals: said(kind, text)."""

    said = Signal(str, str)

    def __init__(self, desk: Desk, run_long: RunLong) -> None:
        super().__init__()
        self.desk = desk
        self.setObjectName("lookup_page")
        self._run_long = run_long
        self._month = ""
        self._names: Mapping[str, str] = {}
        self._groups: dict[str, frozenset[str]] = {}
        self.purpose = ChoiceField("history_purpose", "見る目的", _PURPOSES, reserve_note=False)
        self.history = self._history_table()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addLayout(self._entries(), 13)
        row.addWidget(self._citizen(), 10)
        self.filters = FieldChain((self.who, self.act, self.refusals, self.first_day, self.last_day), self)
        self.filters.finished.connect(self.narrow)
        self.citizen_chain = FieldChain((self.box, self.purpose), self)
        self.citizen_chain.finished.connect(self._ask_history)

    def _entries(self) -> QVBoxLayout:
        actions = audit_log.glossary().actions
        self.who = ChoiceField("who", "だれが", (), reserve_note=False)
        acts = tuple(Choice(code, label, str(number)) for number, (code, label) in enumerate(actions.items(), start=1))
        self.act = ChoiceField("act", "操作", acts, reserve_note=False)
        self.refusals = ChoiceField("refusals", "結果", _REFUSED, reserve_note=False)
        self.first_day = DigitsField("first_day", "何日から", reserve_note=False)
        self.last_day = DigitsField("last_day", "何日まで", reserve_note=False)
        fields = QHBoxLayout()
        fields.setSpacing(8)
        for field, share in ((self.who, 5), (self.act, 6), (self.refusals, 5), (self.first_day, 2), (self.last_day, 2)):
            fields.addWidget(field, share)
        self.found = words("条件を入れて F3 を押します。空の欄は、すべてを意味します。", "secondary", name="entries_found")
        self.narrow_button = plain_button("絞り込む", "F3", name="narrow_button")
        self.narrow_button.clicked.connect(self.narrow)
        self.table = DataTable(
            (
                Column("番号", lambda line: f"{line.seq:,}", 74, "right"),
                Column("日時", lambda line: line.at[5:16], 104),
                Column("だれが", self._actor, 104),
                Column("操作", lambda line: Cell(strong=line.what, text=line.facts)),
            ),
            name="entry_table",
            label="操作記録",
            empty="条件を入れて F3 を押すと、その月の記録が新しい順にここに並びます。",
            row_key=lambda line: line.seq,
        )
        foot = QHBoxLayout()
        foot.addWidget(self.found, 1)
        foot.addWidget(self.narrow_button)
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addLayout(fields)
        column.addWidget(self.table, 1)
        column.addLayout(foot)
        return column

    def _citizen(self) -> Card:
        card = Card("一人の記録をだれが開いたか", panel=True, name="citizen_card")
        self.box = LineField("citizen_box", "台帳で探す(氏名・カナ・生年月日・記号番号)", reserve_note=False)
        self.box.advance_requested.connect(self._on_box_entered)
        self.people = DataTable(
            (
                Column("氏名", lambda person: person.name, 138, name=True),
                Column("生年月日", lambda person: wareki(person.birth), 122),
                Column("住所", lambda person: short_address(person.address)),
            ),
            name="citizen_table",
            label="台帳で見つかった人",
            empty="F2 で欄へ移り、探す言葉を入れて Enter を押します。探したことも記録に残ります。",
            names=self.desk.glyphs,
            row_key=lambda person: person.atena,
        )
        self.people.row_activated.connect(lambda _person: self.purpose.editor.setFocus())
        self.people.current_row_changed.connect(lambda _person: self.history.set_rows(()))
        card.body.setSpacing(8)
        card.add(self.box)
        card.body.addWidget(self.people, 2)
        card.add(self.purpose)
        card.body.addWidget(self.history, 3)
        return card

    def _history_table(self) -> DataTable:
        return DataTable(
            (
                Column("日時", lambda line: f"{line.access.at:%Y-%m-%d %H:%M}", 138),
                Column("だれが", lambda line: self._names.get(line.access.person, line.access.person), 104),
                Column("目的と操作", lambda line: Cell(strong=line.purpose, text=line.what)),
            ),
            name="history_table",
            label="開いた記録",
            empty="人を選び、見る目的を入れて Enter を押すと、その人を開いた記録が新しい順に並びます。",
            row_key=lambda line: line.access.seq,
        )

    def keys(self) -> tuple[KeyHint, ...]:
        return (KeyHint("F2", "人を探す", self.box.editor.setFocus), KeyHint("F3", "絞り込む"))

    def first_focus(self) -> QWidget:
        return self.who.editor

    def set_month(self, month: str, names: Mapping[str, str]) -> None:
        """Another month empties the entries; who may be asked for is what the reader may see (the ward: roles)."""
        if month != self._month:
            self._month = month
            self.table.set_rows(())
        if names != self._names:
            self._names = names
            self._groups = {label: frozenset(p for p, name in names.items() if name == label) for label in names.values()}
            labels = sorted(self._groups)
            self.who.set_choices(tuple(Choice(label, label, str(number)) for number, label in enumerate(labels, start=1)))

    def _actor(self, line: Line) -> str:
        if not line.actor:
            return "登録なし"
        return self._names.get(line.actor, line.actor) if line.by_person or line.actor in self._names else "端末"

    # -- entries --

    def narrow(self) -> None:
        """F3, or Enter at the last field."""
        filters = self._filters()
        if filters is None or not self._month:
            return
        office, session, month = self.desk.office, self.desk.session, self._month
        self._run_long(
            lambda token: log_review.narrowed(office, session, month, filters, token.report),
            self._show_entries,
            "記録を読んでいます",
        )

    def _filters(self) -> Filters | None:
        days = []
        for field in (self.first_day, self.last_day):
            try:
                days.append(self._day(field.value()))
            except ValueError:
                field.set_problem("この月の日ではありません。")
                field.editor.setFocus()
                return None
        return Filters(
            first=days[0],
            last=days[1],
            persons=self._groups.get(self.who.value(), frozenset()),
            action=self.act.value(),
            refused=bool(self.refusals.value()),
        )

    def _day(self, typed: str) -> date | None:
        return month_span(self._month)[0].date().replace(day=int(typed)) if typed else None

    def _show_entries(self, narrowed: Narrowed) -> None:
        self.table.set_rows(narrowed.lines)
        shown = len(narrowed.lines)
        more = f"(新しい {shown:,}件を表示)" if shown < narrowed.found else ""
        self.found.setText(f"{narrowed.found:,}件の記録が条件に合いました{more}。")
        if narrowed.lines:
            self.table.setFocus()

    # -- one citizen --

    def _on_box_entered(self) -> None:
        typed = self.box.value()
        if not typed.strip():
            return
        office, session = self.desk.office, self.desk.session
        self.desk.run(
            Lane.WRITE,
            lambda _token: log_review.find_citizens(office, session, typed),
            owner=self,
            done=self._show_people,
        )

    def _show_people(self, people: tuple[Person, ...]) -> None:
        self.people.set_rows(people)
        if not people:
            self.said.emit("info", "台帳で見つかりません。字や日付を変えて探してください。")
            self.box.editor.setFocus()
        elif len(people) > 1:
            self.people.setFocus()
        else:
            self.purpose.editor.setFocus()

    def _ask_history(self) -> None:
        person = self.people.current_row()
        if person is None:
            self.said.emit("info", "先に、台帳で人を探して選んでください。")
            self.box.editor.setFocus()
            return
        if not self.purpose.value():
            self.purpose.set_problem("見る目的を番号で選んでください。")
            return
        office, session, purpose = self.desk.office, self.desk.session, self.purpose.value()
        self._run_long(
            lambda token: log_review.history(office, session, person.atena, purpose, token.report),
            self._show_history,
            "記録を読んでいます",
        )

    def _show_history(self, lines: tuple[AccessLine, ...]) -> None:
        self.history.set_rows(lines)
        self.history.setFocus()
