"""What each 結果 asks for besides: to whom the ward's answer was left, which other office, when and where to ring back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QHBoxLayout, QWidget

from nhi_center.domain.call_parties import CallParties
from nhi_center.domain.calls import OFFICIAL_NUMBER, Outcome, Who
from nhi_center.domain.free_words import OTHER
from nhi_center.domain.identifiers import IdentifierProblem, format_phone, parse_phone
from nhi_center.ui.common.choice_field import Choice, ChoiceField
from nhi_center.ui.common.date_field import DateField, DateStyle
from nhi_center.ui.common.fields import LabelledField, LineField
from nhi_center.ui.common.text_fields import warn_of_forbidden


class OutcomeDetails(QObject):
    """``by_outcome``: the fields of each 結果 that has any, in the order in which they are asked."""

    def __init__(self, parent: QObject, parties: CallParties, sections: Sequence[str], today: date) -> None:
        super().__init__(parent)
        self.ward_staff = LineField("call_ward_staff", "つないだ区職員", limit=40, reserve_note=False)
        self.ward_section = ChoiceField(
            "call_ward_section",
            "どの係へ",
            tuple(Choice(section, section, str(number)) for number, section in enumerate(sections, start=1)),
            auto_advance=True,
            reserve_note=False,
        )
        self.ward_time = LineField("call_ward_time", "時刻", ime=False, limit=10, reserve_note=False)
        offices = tuple(Choice(one.code, one.label) for one in parties.offices)
        self.other_office = ChoiceField("call_other_office", "案内した先", offices, reserve_note=False)
        self.other_office_name = LineField("call_other_office_name", "先の名前", limit=40, reserve_note=False)
        for field in (self.ward_staff, self.other_office_name):
            warn_of_forbidden(field)
        self.back_number = LineField("call_back_number", "折返し先の電話番号", ime=False, limit=20, reserve_note=False)
        self.back_day = DateField("call_back_day", "日", today=today, style=DateStyle.WEEKDAY, reserve_note=False)
        self.back_time = LineField("call_back_time", "時刻", ime=False, limit=10, reserve_note=False)
        who = tuple(Choice(one.value, one.label) for one in Who)
        self.back_who = ChoiceField("call_back_who", "だれが", who, reserve_note=False)
        self.by_outcome: dict[str, tuple[LabelledField, ...]] = {
            Outcome.TO_WARD: (self.ward_staff, self.ward_section, self.ward_time),
            Outcome.OTHER_OFFICE: (self.other_office, self.other_office_name),
            Outcome.CALL_BACK: (self.back_number, self.back_day, self.back_time, self.back_who),
        }
        self.fields = tuple(field for fields in self.by_outcome.values() for field in fields)
        self._shown = ""
        self.other_office.changed.connect(lambda _value: self.show_for(self._shown))
        self.other_office.line.chosen.connect(self._on_office)
        self.back_number.left.connect(lambda _value: self._read_number())

    def rows(self) -> tuple[QHBoxLayout, ...]:
        """How they stand; only one row is seen at a time. Their notes go below: a sentence does not fit under a narrow field."""
        for field, width in (
            (self.ward_section, 140),
            (self.ward_time, 72),
            (self.other_office, 236),
            (self.back_number, 136),
            (self.back_day, 102),
            (self.back_time, 72),
        ):
            field.setFixedWidth(width)
        return (
            side_by_side((self.back_number, 0), (self.back_day, 0), (self.back_time, 0), (self.back_who, 1)),
            side_by_side((self.ward_staff, 1), (self.ward_section, 0), (self.ward_time, 0)),
            side_by_side((self.other_office, 0), (self.other_office_name, 1)),
        )

    def show_for(self, outcome: str) -> None:
        """Only what this 結果 asks for; the name of another office only for one that is not on the list."""
        self._shown = outcome
        for asked, fields in self.by_outcome.items():
            for field in fields:
                shown = outcome == asked and (field is not self.other_office_name or self.other_office.value() == OTHER)
                field.setVisible(shown)
                field.note.setVisible(shown and bool(field.note.text()))

    def propose_ward(self, section: str, now: datetime) -> None:
        """The category's own 係 and this minute, or that in which the call ended; both may be typed over."""
        if section and not self.ward_section.value():
            self.ward_section.set_value(section)
        if not self.ward_time.value():
            self.ward_time.set_value(f"{now:%H:%M}")
        self.ward_section.passed_over = bool(self.ward_section.value())
        self.ward_time.passed_over = True

    def propose_call_back(self, at: datetime | None) -> None:
        """The next open hour, where no day stands yet."""
        if at is not None and not self.back_day.value():
            self.back_day.set_value(f"R{at.year - 2018}.{at.month}.{at.day}")
            self.back_time.set_value(f"{at:%H:%M}")

    def warn_of_number(self, official: bool) -> None:
        """An office is rung under its official number alone."""
        self.back_number.set_notice(OFFICIAL_NUMBER if official else "")

    def _on_office(self, code: str) -> None:
        self.show_for(self._shown)  # その他 asks for its name before the way goes on
        if code:
            self.other_office.advance()

    def _read_number(self) -> None:
        try:
            number = format_phone(parse_phone(self.back_number.value()))
        except IdentifierProblem as problem:
            if self.back_number.value().strip():
                self.back_number.set_problem(problem.message)
            return
        notice = self.back_number.notice
        self.back_number.set_value(number)
        self.back_number.set_notice(notice)


def side_by_side(*parts: tuple[QWidget, int]) -> QHBoxLayout:
    """Side by side, in these proportions."""
    row = QHBoxLayout()
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(12)
    for part, stretch in parts:
        row.addWidget(part, stretch)
    return row
