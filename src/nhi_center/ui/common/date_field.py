"""Dates as the office writes them: any shorthand in, the long form below."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from enum import StrEnum
from typing import Unpack

from nhi_center.domain.calendar import DateProblem, birth_form, read_date, read_partial, wareki_iso, wareki_weekday
from nhi_center.ui.common.fields import FieldLine, FieldOptions, LabelledField


class DateStyle(StrEnum):
    """How the long form is written under the field."""

    PLAIN = "plain"
    BIRTH = "birth"
    WEEKDAY = "weekday"


class DateField(LabelledField):
    """``value()`` is what was typed, ``day()`` the day it means or None; read when the field is left.

    ``check`` may say more about the day: it returns a warning, "" for nothing, or raises ValueError with the rule's words.
    """

    def __init__(
        self,
        name: str,
        label: str,
        *,
        today: date,
        style: DateStyle = DateStyle.PLAIN,
        check: Callable[[date], str] | None = None,
        **options: Unpack[FieldOptions],
    ) -> None:
        self.line = FieldLine(ime=False)
        self._today = today
        self._style = style
        self._check = check
        self._date: date | None = None
        super().__init__(name, label, self.line, **options)

    def day(self) -> date | None:
        """The day of the text that stands in the field now; None also for a birth date with unknown parts."""
        try:
            return read_date(self.value(), today=self._today).value
        except DateProblem:
            return None

    def set_value(self, value: str) -> None:
        super().set_value(value)
        if value:
            self._read()

    def _on_left(self) -> None:
        self.clear_notes()
        if self.value().strip():
            self._read()
        super()._on_left()

    def _read(self) -> None:
        try:
            partial = read_partial(self.value(), today=self._today) if self._style is DateStyle.BIRTH else None
            if partial is not None:
                self.set_reading(partial.shown(self._today))
                return
            reading = read_date(self.value(), today=self._today)
            self.set_reading(self._long_form(reading.value))
            if reading.converted:
                self.set_notice(f"平成31年5月からは令和です。{self._long_form(reading.value)} と読みました。")
            elif self._check is not None:
                self.set_notice(self._check(reading.value))
        except ValueError as problem:
            self.set_problem(str(problem))

    def _long_form(self, value: date) -> str:
        if self._style is DateStyle.BIRTH:
            return birth_form(value, self._today)
        return wareki_weekday(value) if self._style is DateStyle.WEEKDAY else wareki_iso(value)
