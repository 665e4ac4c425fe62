"""業務の時間 of a month: by person for himself or the 取扱責任者, the year by month against the plan, and the corrections."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nhi_center.domain.report_period import month_words
from nhi_center.domain.working_hours import REFERENCE, Corrected, Job, hours, in_hours
from nhi_center.services import working_hours as service
from nhi_center.services.working_hours import MonthHours, PersonLine
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.parts import Chip, plain_button
from nhi_center.ui.common.screen import KeyHint
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.table import Cell, Column, DataTable
from nhi_center.ui.entry.asking import run
from nhi_center.ui.working_hours.forms import correction_form, plan_form

NOTE = "画面で行った分です(ロック中と離席を除く)。人ごとの時間は、本人と取扱責任者だけが見ます。区へは業務ごとの合計だけです。"


@dataclass(frozen=True, slots=True)
class MonthLine:
    """One month of the fiscal year, in whole hours. ``chosen``: the one whose people are shown; ``begun``: it is not still to
    come."""

    month: str
    jobs: tuple[int, ...]
    total: int
    plan: int
    chosen: bool
    begun: bool

    @property
    def title(self) -> str:
        return f"{int(self.month[5:])}月"


class HoursPanel(QWidget):
    """``hours_people``, ``hours_months``, ``hours_corrections``. F3 and F4 turn the months; for the 取扱責任者 F6 corrects,
    and F7 plans. Signals: said(kind, text)."""

    said = Signal(str, str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self._month = ""
        self._found: MonthHours | None = None
        self.setObjectName("hours_panel")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        head = QHBoxLayout()
        head.setSpacing(12)
        self.month_chip = Chip("", "info", name="hours_month")
        head.addWidget(self.month_chip)
        head.addWidget(words(NOTE, "secondary", name="hours_note", wrap=True), 1)
        column.addLayout(head)
        self.people = _people_table(desk)
        column.addWidget(self.people, 2)
        self.year_words = words("", "heading", name="hours_year")
        self.year_words.setFixedHeight(24)
        column.addWidget(self.year_words)
        self.months = _months_table()
        self.corrections = _corrections_table(desk, self._name_of)
        low = QHBoxLayout()
        low.setSpacing(12)
        low.addWidget(self.months, 7)
        low.addWidget(self.corrections, 6)
        column.addLayout(low, 3)
        self.foot = QHBoxLayout()
        self.foot.setSpacing(12)
        self.foot.addWidget(words(REFERENCE + "(目標ではありません)", "secondary", name="hours_reference"), 1)
        self._may_act = service.may_act(desk.session)
        if self._may_act:
            for title, key, act in (("時間を修正", "F6", self.correct), ("計画を決める", "F7", self.plan)):
                button = plain_button(title, key, name=f"hours_{act.__name__}_button")
                button.clicked.connect(act)
                self.foot.addWidget(button)
        column.addLayout(self.foot)

    def keys(self) -> tuple[KeyHint, ...]:
        turn = (KeyHint("F3", "前の月", lambda: self._turn(1)), KeyHint("F4", "次の月", lambda: self._turn(-1)))
        return (*turn, KeyHint("F6", "修正"), KeyHint("F7", "計画")) if self._may_act else turn

    def first_focus(self) -> QWidget:
        return self.people

    def refresh(self) -> None:
        run(self.desk, self, Lane.READ, service.of_month, self._month, done=self._show)

    def _turn(self, by: int) -> None:
        months = self._found.months if self._found else ()
        at = months.index(self._month) + by if self._month in months else -1
        if 0 <= at < len(months):
            self._month = months[at]
            self.refresh()

    def _show(self, found: MonthHours) -> None:
        self._found, self._month = found, found.month
        self.month_chip.set_state(month_words(found.month), "info")
        self.people.set_rows(found.people)
        self.months.set_rows(tuple(_month_line(found, month) for month in found.year))
        self.months.select(found.year.index(found.month))
        self.corrections.set_rows(found.corrections)
        done, plan = hours(found.seconds(found.year)), found.plan.of(found.year)
        self.year_words.setText(f"年度の実績 {done:,}時間・計画 {plan:,}時間(事務室の全端末)")

    def _name_of(self, person: str) -> str:
        return self._found.names.get(person, person) if self._found else person

    # -- acting --

    def correct(self, _checked: bool = False) -> None:
        if self._found is not None:
            row = self.people.current_row()
            correction_form(self, self.desk, self._found, row.person if row else "", self._corrected)

    def plan(self, _checked: bool = False) -> None:
        if self._found is not None:
            row = self.months.current_row()
            plan_form(self, self.desk, self._found, row.month if row else self._month, self._planned)

    def _corrected(self, _kept: object) -> None:
        self.said.emit("done", "時間を修正しました。元の時間はそのまま残り、修正は理由とともに別の行になります。")
        self.refresh()

    def _planned(self, _kept: object) -> None:
        self.said.emit("done", "業務の時間の計画を決めました。事務室のほかの端末にも送ります。")
        self.refresh()


def _month_line(found: MonthHours, month: str) -> MonthLine:
    jobs = tuple(hours(found.seconds((month,), job)) for job in Job)
    begun = month <= found.months[0]
    return MonthLine(month, jobs, hours(found.seconds((month,))), found.plan.of((month,)), month == found.month, begun)


def _people_table(desk: Desk) -> DataTable:
    return DataTable(
        (
            Column("氏名", lambda row: row.name, 0, name=True),
            *(Column(job.short, _job_of(job), 120, "right") for job in Job),
            Column("計", lambda row: Cell(strong=in_hours(row.seconds)), 84, "right"),
            Column("うち修正", lambda row: in_hours(row.corrected) if row.corrected else "-", 90, "right"),
        ),
        name="hours_people",
        label="人ごとの業務の時間(時間:分)",
        empty="この月の業務の時間はありません。サインアウトかロックのときに、それまでの分が入ります。",
        names=desk.glyphs,
        row_key=lambda row: row.person,
    )


def _job_of(job: Job) -> Callable[[PersonLine], str]:
    return lambda row: in_hours(row.worked[job].seconds) if row.worked[job].seconds else "-"


def _months_table() -> DataTable:
    return DataTable(
        (
            Column("月", lambda row: Cell(strong=row.title) if row.chosen else row.title),
            *(Column(job.short, _month_job(at), 60, "right") for at, job in enumerate(Job)),
            Column("計", lambda row: Cell(strong=f"{row.total:,}"), 60, "right"),
            Column("計画", lambda row: f"{row.plan:,}", 60, "right"),
            Column("差", lambda row: f"{row.total - row.plan:+,}" if row.plan and row.begun else "-", 68, "right"),
        ),
        name="hours_months",
        label="月ごとの業務の時間と計画(時間)",
        empty="この年度の月が、ここに並びます。",
        row_key=lambda row: row.month,
    )


def _month_job(at: int) -> Callable[[MonthLine], str]:
    return lambda row: f"{row.jobs[at]:,}" if row.jobs[at] else "-"


def _corrections_table(desk: Desk, name_of: Callable[[str], str]) -> DataTable:
    return DataTable(
        (
            Column("修正した日", lambda row: f"{row.day.month}/{row.day.day}", 92),
            Column("氏名", lambda row: name_of(row.person), 110, name=True),
            Column("業務", lambda row: row.job.short, 70),
            Column("分", _signed, 62, "right"),
            Column("理由", lambda row: row.reason),
        ),
        name="hours_corrections",
        label="修正",
        empty="この月の修正はありません。",
        names=desk.glyphs,
        row_key=lambda row: (row.at, row.day, row.person, row.job),
    )


def _signed(row: Corrected) -> str:
    return f"{row.seconds // 60:+,}"
