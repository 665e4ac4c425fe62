"""台帳の人の頁: who he is, his 資格 as a line, household, documents, applications, calls; and the register of an earlier day."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from nhi_center.domain.calendar import everyday_age, wareki
from nhi_center.domain.identifiers import format_insured_number, format_phone
from nhi_center.domain.people import SEXES, Household, Person
from nhi_center.services.person_file import AsOf, OpenFile
from nhi_center.ui.common.date_field import DateField
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.name_view import NameView
from nhi_center.ui.common.parts import Chip
from nhi_center.ui.common.styling import words
from nhi_center.ui.search import tables
from nhi_center.ui.search.eligibility_chart import EligibilityChart

NAME_PX = 24


class PersonFilePage(QWidget):
    """Signals: member_chosen(Person); day_wanted(date): その日の台帳; today_wanted()."""

    member_chosen = Signal(object)
    day_wanted = Signal(object)
    today_wanted = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("person_file_page")
        self._today = desk.office.clock.today()
        self.opened: OpenFile | None = None
        self.then: AsOf | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(self._head(desk))
        self.facts = words("", "dense", name="person_facts", wrap=True)
        column.addWidget(self.facts)
        self.chart = EligibilityChart()
        column.addWidget(self.chart)
        column.addLayout(self._day_row())
        column.addLayout(self._tables(desk), 1)

    def _head(self, desk: Desk) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(12)
        self.person_name = NameView(desk.glyphs, NAME_PX, object_name="person_name")
        self.kana = words("", "secondary", name="person_kana")
        self.number = words("", "secondary", name="person_number")
        self.standing = Chip("", "info", sign=False, name="person_standing")
        self.protected = Chip("支援措置", "error", name="person_protected")
        self.then_chip = Chip("", "warning", name="person_then")
        self.purpose = words("", "secondary", name="person_purpose")
        for part in (self.person_name, self.kana, self.number, self.standing, self.protected, self.then_chip):
            row.addWidget(part)
        row.addStretch(1)
        row.addWidget(self.purpose)
        return row

    def _day_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(12)
        self.day = DateField("as_of", "その日の台帳(Alt+D)", today=self._today, reserve_note=False)
        self.day.chained = True
        self.day.setFixedWidth(220)
        self.day.advance_requested.connect(self._on_day)
        self.day_note = words("", "secondary", name="as_of_note", wrap=True)
        row.addWidget(self.day)
        row.addWidget(self.day_note, 1, Qt.AlignmentFlag.AlignBottom)
        return row

    def _tables(self, desk: Desk) -> QGridLayout:
        self.members = tables.household(desk, self._standing_of)
        self.documents, self.filings, self.calls = tables.documents(), tables.filings(), tables.calls()
        self.members.row_activated.connect(self.member_chosen)
        self.household_label = words("世帯", "label", name="person_household_label")
        labels = (self.household_label, *(words(text, "label") for text in ("証(この端末で作ったもの)", "届出・申請", "電話")))
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(2)
        for at, (label, table) in enumerate(zip(labels, (self.members, self.documents, self.filings, self.calls), strict=True)):
            grid.addWidget(label, 2 * (at // 2), at % 2)
            grid.addWidget(table, 2 * (at // 2) + 1, at % 2)
        for line in (1, 3):
            grid.setRowStretch(line, 1)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        return grid

    # -- what is shown --

    def show_file(self, opened: OpenFile) -> None:
        self.opened, self.then = opened, None
        self.purpose.setText(f"目的: {opened.purpose.words}")
        self.documents.set_rows(opened.documents)
        self.filings.set_rows(opened.filings)
        self.calls.set_rows(opened.calls)
        self.day.clear()
        self._show(opened.file.person, opened.file.household)

    def show_then(self, then: AsOf) -> None:
        """その日の台帳: name, address and household of then; documents, applications and calls stay those of today."""
        self.then = then
        self._show(then.person, then.household)

    def show_today(self) -> None:
        if self.opened is not None:
            self.show_file(self.opened)

    def show_problem(self, text: str) -> None:
        """What is wrong with the day."""
        self.day.set_problem(text)
        self.day_note.setText("")

    def clear(self) -> None:
        """Nobody's data stays behind a page that is left."""
        self.opened = self.then = None
        for table in (self.members, self.documents, self.filings, self.calls):
            table.set_rows(())
        self.chart.set_line((), (), self._today, None)
        self.person_name.set_text("")
        for label in (self.kana, self.number, self.facts, self.purpose, self.day_note, self.household_label):
            label.setText("")
        self.day.clear()

    def _show(self, person: Person, household: Household) -> None:
        opened, then = self.opened, self.then
        assert opened is not None
        day = then.day if then else self._today
        now = opened.file.person
        self.person_name.set_text(person.name)
        self.kana.setText(person.kana)
        self.number.setText(f"宛名番号 {person.atena}")
        insured = now.current_period(day)
        self.standing.set_state("国保 加入中" if insured else "国保 なし", "info" if insured else "plain")
        self.protected.setVisible(person.protected)
        self.then_chip.setVisible(then is not None)
        self.then_chip.set_state(f"{wareki(day)}の台帳", "warning")
        self.facts.setText(_facts(person, day))
        self.chart.set_line(now.periods, opened.marks, self._today, then.day if then else None)
        self.household_label.setText(_household_words(household, day))
        self._day = day
        self.members.set_rows(household.members)
        self.day_note.setText(_then_words(then) if then else "日付を入れて Enter で、その日の氏名・住所・世帯が出ます。")

    def _standing_of(self, person: Person) -> str:
        period = person.current_period(self._day)
        return f"国保 {wareki(period.acquired)}から" if period else "国保なし"

    def _on_day(self) -> None:
        self.day.commit()
        day = self.day.day()
        if not self.day.value().strip():
            self.today_wanted.emit()
        elif day is not None and not self.day.problem:
            self.day_wanted.emit(day)

    def focus_day(self) -> None:
        self.day.editor.setFocus(Qt.FocusReason.ShortcutFocusReason)


def _facts(person: Person, day: date) -> str:
    number = format_insured_number(person.symbol, person.number, person.branch) if person.symbol else "なし"
    known_as = " ".join(part for part in (person.roman, person.alias) if part)
    address = "出しません(支援措置)" if person.protected else person.address
    phone = "出しません" if person.protected else format_phone(person.phone) if person.phone else "記録なし"
    age = f"{everyday_age(person.birth, day)}歳" if person.birth <= day else "出生前"
    parts = [
        f"{wareki(person.birth)}生 {age} {SEXES[person.sex]}",
        f"住所 {address}",
        f"電話 {phone}",
        f"記号・番号 {number}",
        f"マイナ保険証 {person.card}",
    ]
    if known_as:
        parts.append(f"別の氏名 {known_as}")
    return "  ".join(parts)


def _household_words(household: Household, day: date) -> str:
    """擬制世帯主 by name: he is addressed without being insured."""
    head = household.head
    if head is None:
        return f"世帯 {household.number}"
    kind = "擬制世帯主" if household.has_nominal_head(day) else "世帯主"
    return f"世帯 {household.number} {kind} {head.name} Enter で開きます"


def _then_words(then: AsOf) -> str:
    parts = []
    if not then.known and then.since is not None:
        parts.append(f"この日の記録は端末にありません。いちばん古い {wareki(then.since)}の台帳を出しています。")
    if then.corrected:
        parts.append("この日の資格は、あとから直されています。線は今の記録です。")
    parts.append("証・届出・電話は今日までのものです。日付を消して Enter で今日に戻ります。")
    return "".join(parts)
