"""台帳の人: who stands in the register, and since when insured."""

from __future__ import annotations

from datetime import date

from PySide6.QtWidgets import QHBoxLayout

from nhi_center.domain.calendar import everyday_age, wareki
from nhi_center.domain.people import Period, Person
from nhi_center.ui.common.eligibility_line import EligibilityLine
from nhi_center.ui.common.name_view import NamePainter, NameView
from nhi_center.ui.common.parts import Card
from nhi_center.ui.common.styling import words

NAME_PX = 22


class PersonCard(Card):
    """The person chosen from the register; says how to choose one while there is none."""

    def __init__(self, glyphs: NamePainter, empty: str) -> None:
        self.number = words("", "secondary", name="register_number")
        super().__init__("台帳の人", right=self.number, name="register_card")
        self._empty = empty
        self.person_name = NameView(glyphs, NAME_PX, object_name="register_name")
        self.facts = words("", "secondary", name="register_facts", wrap=True)
        self.line = EligibilityLine()
        row = QHBoxLayout()
        row.addWidget(self.person_name)
        self.kana = words("", "secondary", name="register_kana")
        row.addWidget(self.kana)
        row.addStretch(1)
        self.add(row)
        self.add(self.facts)
        self.body.addSpacing(6)
        self.add(self.line)
        self.set_person(None, None, date.max)

    def set_person(self, person: Person | None, change: Period | None, today: date) -> None:
        """``change``: the 資格期間 this application would make or close."""
        there = person is not None
        for part in (self.person_name, self.kana, self.line):
            part.setVisible(there)
        if person is None:
            self.number.setText("")
            self.facts.setText(self._empty)
            return
        self.number.setText(f"宛名番号 {person.atena}")
        self.person_name.set_text(person.name)
        self.kana.setText(person.kana)
        age = f"{everyday_age(person.birth, today)}歳"
        self.facts.setText(f"{wareki(person.birth)} {age} {short_address(person.address)}")
        self.line.set_periods(person.periods, change, today)


def short_address(address: str) -> str:
    """Without the ward's own name, which everybody here knows."""
    return address.removeprefix("東京都新宿区") or "住所は区職員へ"
