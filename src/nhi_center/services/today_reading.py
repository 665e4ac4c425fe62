"""Everything the first page and the status bar speak of, read once in one view of the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from nhi_center.domain.calls import Call, CallBack
from nhi_center.domain.certificate_jobs import Job
from nhi_center.domain.corrections import Link
from nhi_center.domain.custody import OnHand, Slip, pieces_of
from nhi_center.domain.day_close import Closed
from nhi_center.domain.entry import Application, State
from nhi_center.domain.exchange import Caution
from nhi_center.domain.handover import Handover
from nhi_center.domain.holds import Hold, Stage
from nhi_center.domain.incidents import Incident
from nhi_center.domain.operators import Session
from nhi_center.domain.paper_age import PaperAges
from nhi_center.domain.print_jobs import JobState
from nhi_center.services import custody, day_close, hold_papers, paper, paper_age, sync_state, urgent, ward_settings
from nhi_center.services.custody import Found
from nhi_center.services.hold_papers import AwayPaper
from nhi_center.services.office import Office
from nhi_center.services.paper import PaperDay
from nhi_center.services.urgent import Ready
from nhi_center.storage import calls, certificates, corrections, handover, holds, incidents, outbox, presence
from nhi_center.storage import custody as slips
from nhi_center.storage import entry as applications
from nhi_center.storage.engine import Connection

ON_THE_WAY = (State.RECEIVED, State.DRAFTING, State.ENTERED, State.VERIFIED, State.REVIEWED, State.HELD)

TO_SETTLE = (JobState.PRINTING, JobState.NEEDS_CHECK, JobState.SPOILED_WAITING)
"""A sheet that went to the printer and that nobody has settled yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What is open, for everybody; what one person sees of it is chosen afterwards. ``keyers`` by application."""

    now: datetime
    session: Session
    names: Mapping[str, str]
    on_hand: OnHand
    ages: PaperAges
    returnable_sheets: int
    returnable_items: int
    returnable_letters: int
    slips: Mapping[str, Slip]
    unopened: tuple[Slip, ...]
    applications: tuple[Application, ...]
    keyers: Mapping[str, frozenset[str]]
    holds: tuple[Hold, ...]
    answered: Mapping[str, Hold]
    awaited: tuple[Link, ...]
    asked_papers: tuple[AwayPaper, ...]
    found: tuple[Found, ...]
    handovers: tuple[Handover, ...]
    batches: Mapping[str, Handover]
    incidents: tuple[Incident, ...]
    tell_minutes: int
    promised: tuple[str, ...]
    ready_urgent: tuple[Ready, ...]
    jobs: tuple[Job, ...]
    paper: tuple[PaperDay, ...]
    backs: tuple[CallBack, ...]
    open_calls: tuple[Call, ...]
    outbox: Mapping[str, int]
    cautions: tuple[Caution, ...]
    inside: frozenset[str]
    closed: Closed | None

    def at(self, *states: State) -> tuple[Application, ...]:
        return tuple(application for application in self.applications if application.state in states)

    def jobs_at(self, *states: JobState) -> tuple[Job, ...]:
        return tuple(job for job in self.jobs if job.state in states)

    @property
    def to_print(self) -> int:
        return len(self.jobs_at(JobState.QUEUED))

    @property
    def to_key(self) -> int:
        """入力待ち: 管理票 nobody has opened, and drafts."""
        return len(self.unopened) + len(self.at(State.RECEIVED, State.DRAFTING))

    @property
    def to_verify(self) -> tuple[Application, ...]:
        """照合待ち without what this person has keyed himself."""
        return tuple(a for a in self.at(State.ENTERED) if self.session.person not in self.keyers[a.id])

    def held(self, stage: Stage) -> tuple[Hold, ...]:
        """What waits for the 取扱責任者, or what the ward has."""
        return tuple(hold for hold in self.holds if hold.stage is stage)

    @property
    def open_handovers(self) -> tuple[Handover, ...]:
        return tuple(one for one in self.handovers if one.state == "open")

    @property
    def returnable_words(self) -> str:
        """枚 and, where there are any, 点 and 通: what can go to the ward now; "" when nothing can."""
        parts = [f"{self.returnable_sheets}枚"] if self.returnable_sheets else []
        parts += [f"原本・金券 {self.returnable_items}点"] if self.returnable_items else []
        return " ".join([*parts, *([f"封筒 {self.returnable_letters}通"] if self.returnable_letters else [])])

    def overdue(self) -> tuple[CallBack, ...]:
        return tuple(back for back in self.backs if back.overdue(self.now))


def read(office: Office, session: Session, connection: Connection) -> Reading:
    """The whole reading. The caller has checked the permission."""
    today = office.clock.today()
    ready = custody.returnable(connection)
    pieces = pieces_of(ready, custody.document_kinds())
    found = applications.list_by_state(connection, *ON_THE_WAY)
    here = {slip.id: slip for slip in slips.slips_on_hand(connection)}
    opened = {application.slip for application in found}
    handovers = handover.of_day(connection, today)
    batches = {slip.batch for slip in here.values()}
    answered = {
        a.id: last for a in found if a.state is State.DRAFTING and (last := _last_hold(connection, a.id)) and last.answered
    }
    return Reading(
        now=office.clock.local(),
        session=session,
        names={account.person: account.name for account in office.premises.accounts.every()},
        on_hand=custody.on_hand_now(connection),
        ages=paper_age.read(office, connection),
        returnable_sheets=pieces.sheets,
        returnable_items=pieces.items,
        returnable_letters=pieces.letters,
        slips=here,
        unopened=tuple(slip for slip in here.values() if not slip.sheets and slip.id not in opened),
        applications=found,
        keyers={a.id: applications.keyers(connection, a.id) for a in found if a.state is State.ENTERED},
        holds=holds.open_ones(connection),
        answered=answered,
        awaited=corrections.awaited(connection),
        asked_papers=hold_papers.away(connection),
        found=custody.found_on_hand(connection),
        handovers=handovers,
        batches={batch: one for batch in batches if (one := handover.find(connection, batch)) is not None},
        incidents=incidents.open_ones(connection),
        tell_minutes=ward_settings.rules(office, connection).tell_minutes,
        promised=urgent.promised(connection),
        ready_urgent=urgent.ready_now(connection, today),
        jobs=certificates.in_room(connection),
        paper=paper.day_counts(office, connection),
        backs=calls.open_backs(connection),
        open_calls=calls.open_calls(connection),
        outbox=outbox.counts(connection),
        cautions=sync_state.cautions(office, connection),
        inside=frozenset(stay.person for stay in presence.stays(connection, today) if stay.inside),
        closed=day_close.closed(office, connection, today),
    )


def _last_hold(connection: Connection, application: str) -> Hold | None:
    found = holds.of_application(connection, application)
    return found[-1] if found else None
