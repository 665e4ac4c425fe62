"""The frame of a history's day: who comes and leaves, what the cabinets hold over night, the count of paper, the signed day
close; at a month's first day the month before is reported, and its log reviewed."""

from __future__ import annotations

from datetime import timedelta

from nhi_center.domain import report_period
from nhi_center.domain.custody import Pieces
from nhi_center.domain.day_close import STATEMENT as DAY_CLOSE
from nhi_center.domain.day_close import CheckLine, Way, contents
from nhi_center.domain.working_hours import Job
from nhi_center.services import cabinets, day_close, log_review, log_review_sheet, presence, reports, working_hours
from nhi_center.services.exports import Pair
from nhi_center.services.handover import Credential
from nhi_center.storage import presence as stays
from nhi_center.training.history.clock import HistoryClock
from nhi_center.training.history.crew import CONTRACTORS, HANAKO, LOCKERS, PASSWORDS, TOKO, WARD, Crew

CABINET = "1"
_NOTE = "翌日に続ける"
_PLAN = {Job.ENTRY: 200, Job.OUTPUT: 60, Job.HANDOVER: 40, Job.CALLS: 140, Job.OTHER: 40}
"""Hours of a month; of a year 5,760, about what FY2019 took."""
_NO_FAULT = "checked"


class RoomDay:
    """Everything but the work itself."""

    def __init__(self, crew: Crew, clock: HistoryClock) -> None:
        self._crew, self._clock, self._office = crew, clock, crew.office

    def begin(self) -> None:
        """Ward staff let the three in; what was locked up comes out, counted."""
        ward = self._crew.session(WARD)
        for person in CONTRACTORS:
            presence.check_in(self._office, ward, person, LOCKERS[person])
            self._clock.advance(40)
        self._take_out()

    def _take_out(self) -> None:
        session = self._crew.session(TOKO)
        if CABINET not in {row.cabinet.number for row in cabinets.of_room(self._office, session)}:
            cabinets.register(self._office, session, CABINET, "窓側", "2")
        row = next(row for row in cabinets.of_room(self._office, session) if row.cabinet.number == CABINET)
        if row.put_away:
            cabinets.take_out(self._office, session, CABINET, row.inside, "")

    def end(self) -> None:
        """Everybody but the 取扱責任者 leaves; what is left is locked up, counted by a second person, and the day is signed."""
        session = self._crew.session(TOKO)
        self._lock_up()
        self._leave(*(person for person in CONTRACTORS if person != TOKO))
        for line in self._open():
            if line.item.way is Way.CARRY and not line.settled:
                day_close.carry_over(self._office, session, line.item.kind, _NOTE, CABINET if line.item.paper else "")
        shown = contents(day_close.check(self._office, session), TOKO)
        day_close.close_day(self._office, session, self._crew.sign(TOKO, DAY_CLOSE, shown))
        self._leave(TOKO)

    def _open(self) -> list[CheckLine]:
        return [line for line in day_close.check(self._office, self._crew.session(TOKO)).lines if line.open]

    def _lock_up(self) -> None:
        session = self._crew.session(TOKO)
        for line in self._open():
            if line.item.way is Way.PUT_AWAY:
                day_close.carry_over(self._office, session, line.item.kind, _NOTE, CABINET)
        row = next(row for row in cabinets.of_room(self._office, session) if row.cabinet.number == CABINET)
        if row.inside != Pieces():
            cabinets.count(self._office, session, CABINET, row.inside, "", HANAKO, PASSWORDS[HANAKO])
        cabinets.look(self._office, session, CABINET, locked=True)

    def _leave(self, *people: str) -> None:
        ward = self._crew.session(WARD)
        with self._office.store.read.begin() as connection:
            inside = [stay for person in people for stay in stays.inside_of(connection, person)]
        for stay in inside:
            presence.check_out(self._office, ward, stay)
            self._clock.advance(40)

    def plan_hours(self) -> None:
        """The year's plan from this month on."""
        month = f"{self._office.clock.today():%Y-%m}"
        working_hours.set_plan(self._office, self._crew.session(TOKO), month, _PLAN, to_year_end=True)

    def report_month(self) -> None:
        """The month before is signed and written; then the ward's staff and the 取扱責任者 look through its log."""
        session = self._crew.session(TOKO)
        month = report_period.month(self._office.clock.today().replace(day=1) - timedelta(days=1))
        report = reports.of_period(self._office, session, month)
        reports.export(self._office, session, report, Pair(*(Credential(person, PASSWORDS[person]) for person in (TOKO, WARD))))
        self._review_log(f"{month.first:%Y-%m}")

    def _review_log(self, month: str) -> None:
        """Nobody settles a flag about himself."""
        shown = log_review.review(self._office, self._crew.session(TOKO), month)
        for flag in shown.open_flags:
            reviewer = self._crew.session(WARD if flag.person == TOKO else TOKO)
            shown = log_review.remark(self._office, reviewer, shown, flag, _NO_FAULT, "業務の記録と照らして確かめた。")
        log_review_sheet.sign_and_write(self._office, self._crew.session(TOKO), shown, TOKO, PASSWORDS[TOKO])
