"""台帳検索: one box, the people found, and the one opened. Opening is kept with its purpose; money is not shown here."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nhi_center.domain import eligibility
from nhi_center.domain.calendar import wareki
from nhi_center.domain.identifiers import format_insured_number, format_phone
from nhi_center.domain.people import Period, Person
from nhi_center.services import entry as entry_service
from nhi_center.services import register
from nhi_center.services.register import PersonFile
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.name_view import NameView
from nhi_center.ui.common.parts import Card
from nhi_center.ui.common.person_card import PersonCard
from nhi_center.ui.common.screen import KeyHint, Screen, TitleLine
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.table import Cell, Column, DataTable
from nhi_center.ui.entry.asking import run
from nhi_center.ui.entry.person_page import SearchBox, person_table

EMPTY = "ここに台帳で見つかった人が並びます。見つからないときは、字や日付を変えて探すか、区職員へ照会します。"


class SearchScreen(Screen):
    name = "search"
    title = "台帳検索"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.page.addWidget(TitleLine(self.title, right="開いた人は記録に残ります。"))
        self.results = person_table(desk.glyphs, "search_results", EMPTY)
        self.box = SearchBox("search_box", "台帳で探す", self.results)
        self.box.typed.connect(self._search)
        self.box.chosen.connect(self._open)
        middle = QHBoxLayout()
        middle.setSpacing(12)
        left = QVBoxLayout()
        left.setSpacing(6)
        left.addWidget(self.box)
        left.addWidget(self.results, 1)
        middle.addLayout(left, 712)
        middle.addLayout(self._person(desk), 426)
        self.page.addLayout(middle, 1)

    def _person(self, desk: Desk) -> QVBoxLayout:
        self.card = PersonCard(desk.glyphs, "選んだ人がここに開きます。")
        self.details = words("", "secondary", name="search_details", wrap=True)
        self.periods = DataTable(
            (
                Column("取得", _acquired, 200),
                Column("喪失", _lost),
            ),
            name="period_table",
            label="資格の記録",
            empty="加入の記録はありません。",
            row_key=lambda period: period.acquired,
        )
        self.members = DataTable(
            (
                Column("世帯の人", lambda person: person.name, 150, name=True),
                Column("続柄", lambda person: person.relation, 80),
                Column("資格", self._standing),
            ),
            name="search_household",
            label="世帯の人",
            empty="世帯の人がここに並びます。",
            names=desk.glyphs,
            row_key=lambda person: person.atena,
        )
        facts = Card("記録", panel=True, name="details_card")
        facts.add(self.details)
        self.known_as = NameView(desk.glyphs, 16, object_name="search_known_as")
        facts.add(self.known_as)
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addWidget(self.card)
        column.addWidget(facts)
        column.addWidget(self.periods, 1)
        column.addWidget(self.members, 1)
        self._show(None)
        return column

    def keys(self) -> tuple[KeyHint, ...]:
        return (
            KeyHint("F2", "検索の欄へ", self.box.editor.setFocus),
            KeyHint("↑↓", "選ぶ"),
            KeyHint("Enter", "開く"),
            KeyHint("Esc", "消す"),
        )

    def opened(self, **params: Any) -> None:
        """Empty each time it is opened: nobody finds here what somebody else looked at."""
        self.box.clear()
        self.results.set_rows(())
        self._show(None)

    def first_focus(self) -> QWidget:
        return self.box.editor

    def _search(self, typed: str) -> None:
        office, session = self.desk.office, self.desk.session
        if not typed.strip():
            self.results.set_rows(())
            return
        self.desk.run_latest(
            "search",
            Lane.READ,
            lambda _token: entry_service.find_people(office, session, typed),
            owner=self,
            done=self.box.show_found,
        )

    def _open(self, person: Person) -> None:
        run(self.desk, self, Lane.WRITE, register.open_person, person.atena, "search", done=self._show)

    def _show(self, file: PersonFile | None) -> None:
        today = self.desk.office.clock.today()
        self._today = today
        person = file.person if file else None
        self.card.set_person(person, None, today)
        self.periods.set_rows(person.periods if person else ())
        members = file.household.members if file else ()
        self.members.set_rows(tuple(member for member in members if not member.protected))
        self.known_as.set_text(" ".join(part for part in (person.roman, person.alias) if part) if person else "")
        self.known_as.setVisible(bool(self.known_as.text()))
        if person is None:
            self.details.setText("氏名の上で Enter を押すと開きます。")
            return
        number = format_insured_number(person.symbol, person.number, person.branch) if person.symbol else "なし"
        phone = format_phone(person.phone) if person.phone else "記録なし"
        self.details.setText(f"記号・番号 {number}\n電話 {phone}\nマイナ保険証 {person.card}")

    def _standing(self, person: Person) -> str:
        return "国保" if person.insured_on(self._today) else "国保なし"


def _acquired(period: Period) -> Cell:
    return Cell(wareki(period.acquired), chip=eligibility.reason(period.acquired_code).label, tone="info")


def _lost(period: Period) -> Cell | str:
    if period.lost is None:
        return "加入中"
    return Cell(wareki(period.lost), chip=eligibility.reason(period.lost_code).label, tone="plain")
