"""Two pages of figures of one month: by form and field for all, by person and sitting for himself or the 取扱責任者."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nhi_center.domain.keying import Keying
from nhi_center.domain.report_period import month_words
from nhi_center.services import statistics as service
from nhi_center.services.statistics import FieldLine, Statistics
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.parts import Chip
from nhi_center.ui.common.screen import KeyHint
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.table import Column, DataTable
from nhi_center.ui.entry.asking import run


class FiguresPanel(QWidget):
    """A month of figures. F3 and F4 go through the months. Signals: said(kind, text), read(Statistics)."""

    said = Signal(str, str)
    read = Signal(object)
    note = ""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self._month = ""
        self._months: tuple[str, ...] = ()
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(10)
        head = QHBoxLayout()
        head.setSpacing(12)
        self.month_chip = Chip("", "info", name=f"{self._name}_month")
        head.addWidget(self.month_chip)
        head.addWidget(words(self.note, "secondary", name=f"{self._name}_note", wrap=True), 1)
        self.column.addLayout(head)
        self.setObjectName(f"{self._name}_panel")

    @property
    def _name(self) -> str:
        return type(self).__name__.removesuffix("Panel").lower()

    def keys(self) -> tuple[KeyHint, ...]:
        return (KeyHint("F3", "前の月", lambda: self._turn(1)), KeyHint("F4", "次の月", lambda: self._turn(-1)))

    def refresh(self) -> None:
        run(self.desk, self, Lane.READ, service.of_month, self._month, done=self._take)

    def _turn(self, by: int) -> None:
        at = self._months.index(self._month) + by if self._month in self._months else -1
        if 0 <= at < len(self._months):
            self._month = self._months[at]
            self.refresh()

    def _take(self, figures: Statistics) -> None:
        self._month, self._months = figures.month, figures.months
        self.month_chip.set_state(month_words(figures.month), "info")
        self.read.emit(figures)


class FormsPanel(FiguresPanel):
    note = "この端末で入力・照合した分です。率は 1,000 あたり。休み(60秒を超える間)は速さに入れません。"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.forms = DataTable(
            (Column("様式", lambda row: row.title), *_line_columns()),
            name="forms_table",
            label="様式ごとの精度",
            empty="この月に、この端末で入力した届出はありません。",
            row_key=lambda row: row.title,
        )
        self.fields = DataTable(
            (
                Column("様式", lambda row: row.form_title, 260),
                Column("欄", lambda row: row.label),
                Column("照合した", lambda row: f"{row.counts.verified:,}", 100, "right"),
                Column("違った", lambda row: f"{row.counts.mismatched:,}", 90, "right"),
                Column("入力の誤り", lambda row: f"{row.counts.keyer_wrong:,}", 110, "right"),
                Column("入力の誤り率", _field_rate, 120, "right"),
                Column("照合の誤り", lambda row: f"{row.counts.verifier_wrong:,}", 110, "right"),
            ),
            name="fields_table",
            label="欄ごとの誤り",
            empty="この月に照合した欄はありません。照合が済むと、誤りの多い欄から並びます。",
            row_key=lambda row: (row.counts.form, row.counts.field),
        )
        self.column.addWidget(self.forms, 2)
        self.column.addWidget(words("欄ごと(誤りの多い順)", "heading"))
        self.column.addWidget(self.fields, 3)
        self.read.connect(self._show)

    def first_focus(self) -> QWidget:
        return self.forms

    def _show(self, figures: Statistics) -> None:
        self.forms.set_rows(figures.forms)
        self.fields.set_rows(figures.fields)


class PeoplePanel(FiguresPanel):
    note = "本人と取扱責任者だけが見ます。区の人には出ません。数だけで、入力した内容は残りません。"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.people = DataTable(
            (Column("氏名", lambda row: row.title, 0, name=True), *_line_columns()),
            name="people_table",
            label="人ごとの精度",
            empty="この月に、この端末で入力した人はいません。",
            names=desk.glyphs,
            row_key=lambda row: row.title,
        )
        self.sittings = DataTable(
            (Column("操作者", lambda row: row.person_name, 0, name=True), *_sitting_columns()),
            name="sittings_table",
            label="作業ごとの記録",
            empty="この月の作業の記録はありません。入力か照合を始めると、サインインごとに1行できます。",
            names=desk.glyphs,
            row_key=lambda row: (row.keying.session, row.keying.person, row.keying.mode),
        )
        self.column.addWidget(self.people, 2)
        self.column.addWidget(words("作業ごと(サインインと種類ごとに1行)", "heading"))
        self.column.addWidget(self.sittings, 3)
        self.read.connect(self._show)

    def first_focus(self) -> QWidget:
        return self.people

    def _show(self, figures: Statistics) -> None:
        self.people.set_rows(figures.people)
        self.sittings.set_rows(figures.sittings)


def _line_columns() -> Sequence[Column]:
    """Of a form or a person."""
    return (
        Column("入力", lambda row: _count(row.keyed, "cases", "件"), 80, "right"),
        Column("対象者", lambda row: _count(row.keyed, "records", "人"), 80, "right"),
        Column("打鍵/時", lambda row: _speed(row.keyed), 90, "right"),
        Column("むだ打ち", lambda row: _rate(row.keyed, "bad_per_thousand"), 90, "right"),
        Column("照合された欄", lambda row: _count(row.checked, "fields_verified", ""), 116, "right"),
        Column("入力の誤り率", lambda row: _rate(row.checked, "keyer_wrong_per_thousand"), 116, "right"),
        Column("照合", lambda row: _count(row.checking, "cases", "件"), 80, "right"),
        Column("照合の誤り率", lambda row: _rate(row.checking, "verifier_wrong_per_thousand"), 116, "right"),
    )


def _sitting_columns() -> Sequence[Column]:
    """CSPro's thirteen values; the operator stands before them."""
    return (
        Column("種類", lambda row: row.keying.mode.label, 58),
        Column("始め", lambda row: _moment(row.keying.started_at), 92),
        Column("終わり", lambda row: _moment(row.keying.ended_at)[-5:], 66),
        Column("時間", lambda row: _duration(row.keying.seconds), 72, "right"),
        Column("休み", lambda row: _duration(row.keying.pause_seconds), 72, "right"),
        Column("件", lambda row: str(row.keying.cases), 48, "right"),
        Column("人", lambda row: str(row.keying.records), 48, "right"),
        Column("打鍵", lambda row: f"{row.keying.keystrokes:,}", 74, "right"),
        Column("むだ", lambda row: f"{row.keying.bad_keystrokes:,}", 60, "right"),
        Column("入力誤り", lambda row: str(row.keying.keyer_wrong), 84, "right"),
        Column("照合誤り", lambda row: str(row.keying.verifier_wrong), 84, "right"),
        Column("照合した欄", lambda row: f"{row.keying.fields_verified:,}", 96, "right"),
    )


def _count(keying: Keying | None, name: str, unit: str) -> str:
    return f"{getattr(keying, name):,}{unit}" if keying is not None else "-"


def _rate(keying: Keying | None, name: str) -> str:
    return f"{getattr(keying, name):.1f}‰" if keying is not None else "-"


def _speed(keying: Keying | None) -> str:
    return f"{keying.keys_per_hour:,}" if keying is not None and keying.keys_per_hour else "-"


def _field_rate(row: FieldLine) -> str:
    return f"{row.counts.keyer_errors_per_thousand:.1f}‰"


def _moment(stamp: str) -> str:
    """11/26 09:05."""
    return f"{int(stamp[5:7])}/{int(stamp[8:10])} {stamp[11:16]}"


def _duration(seconds: int) -> str:
    """1:05 is an hour and five minutes, 4分 less than one."""
    minutes = round(seconds / 60)
    return f"{minutes // 60}:{minutes % 60:02d}" if minutes >= 60 else f"{minutes}分"
