"""従事者名簿: who of the contractor may work here, from the proposal to the day he has given everything back (特記事項 13, 18).

The roster is a history of events; an entry is what they add up to. Events of two terminals fold into the same entry on
both, in whichever order they arrive.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from nhi_center.domain.operators import Role
from nhi_center.domain.roster_training import Training
from nhi_center.errors import OperatorError

_PERSON = re.compile(r"[a-z0-9][a-z0-9-]{2,19}")
WIDEST = 44
"""Of a text, in half widths: what two lines of the report's narrowest column hold."""
LONGEST_NUMBER = 8
"""Of an entry card or a locker."""


class State(StrEnum):
    """案 → 報告済 → 受理済 → 従事中 → 退任手続中 → 退任."""

    PROPOSED = "proposed"
    REPORTED = "reported"
    ACCEPTED = "accepted"
    ACTIVE = "active"
    LEAVING = "leaving"
    LEFT = "left"

    @property
    def label(self) -> str:
        return _STATES[self]


_STATES = {
    State.PROPOSED: "案",
    State.REPORTED: "受理待ち",
    State.ACCEPTED: "受理済",
    State.ACTIVE: "従事中",
    State.LEAVING: "退任手続中",
    State.LEFT: "退任",
}


class Act(StrEnum):
    """What can happen to an entry; the kind of an event."""

    PROPOSED = "proposed"
    REPORTED = "reported"
    ACCEPTED = "accepted"
    PLEDGED = "pledged"
    TRAINED = "trained"
    OPENED = "opened"
    LEAVING = "leaving"
    RETURNED = "returned"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Decision:
    """区の書面による決定: number, day and who, where the employer is not the contract's company."""

    number: str
    day: date
    by: str


# no repr: it names a person
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Designation:
    """What a 指定(変更)報告書 says of one person. ``name`` keeps its variation sequences."""

    name: str
    employer: str
    department: str
    role: Role
    begins: date
    ends: date
    jobs: str
    card: str
    locker: str
    decision: Decision | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One act on one entry. ``revision`` counts a person's events at the terminal where it happened; ``at`` is ISO."""

    id: str
    person: str
    revision: int
    act: Act
    at: str
    by: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True, repr=False)
class Reported:
    """What the newest report said of this person; ``leaving``: that he leaves."""

    number: str
    day: date
    designation: Designation
    leaving: bool


@dataclass(frozen=True, slots=True)
class Accepted:
    """区の受理: ``report`` is the report's number, ``receipt`` the ward's own."""

    report: str
    receipt: str
    day: date
    by: str


@dataclass(frozen=True, slots=True)
class Pledge:
    """誓約 (``leaving``: 退職時誓約) with the version of its text."""

    version: str
    day: date
    leaving: bool


@dataclass(frozen=True, slots=True)
class Leaving:
    last_day: date
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class RosterEntry:
    """One person. ``wanted`` is the newest proposal, ``designation`` what the ward has accepted: only that is in force."""

    person: str
    wanted: Designation
    designation: Designation | None = None
    reported: Reported | None = None
    accepted: Accepted | None = None
    pledges: tuple[Pledge, ...] = ()
    trainings: tuple[Training, ...] = ()
    has_account: bool = False
    leaving: Leaving | None = None
    key_back: date | None = None
    card_back: date | None = None
    closed: bool = False

    @property
    def state(self) -> State:
        if self.leaving is not None:
            return State.LEAVING if self.missing_at_leaving else State.LEFT
        if self.designation is not None:
            return State.ACTIVE if self.has_account else State.ACCEPTED
        return State.PROPOSED if self.to_report else State.REPORTED

    @property
    def now(self) -> Designation:
        """In force, or while nothing is, what is proposed."""
        return self.designation or self.wanted

    @property
    def last_day(self) -> date:
        """The last day of the period that is in force: his leaving may end it before."""
        return min(self.now.ends, self.leaving.last_day) if self.leaving else self.now.ends

    @property
    def to_report(self) -> bool:
        """Whether something of it stands in no report yet."""
        said = self.reported
        return said is None or said.designation != self.wanted or (self.leaving is not None and not said.leaving)

    @property
    def awaits_acceptance(self) -> bool:
        """Whether the newest report on this person waits for the ward."""
        return self.reported is not None and (self.accepted is None or self.accepted.report != self.reported.number)

    def pledge(self, *, leaving: bool = False) -> Pledge | None:
        """The newest 誓約 of this kind."""
        return next((one for one in reversed(self.pledges) if one.leaving is leaving), None)

    @property
    def missing_at_leaving(self) -> tuple[str, ...]:
        """What is still owed by somebody who leaves, in words."""
        owed = (
            ("退職時誓約", self.pledge(leaving=True) is None),
            ("鍵の返却", self.key_back is None),
            ("入室カードの返却", self.card_back is None),
            ("アカウントの停止", self.has_account and not self.closed),
        )
        return tuple(words for words, missing in owed if missing)

    @property
    def change(self) -> str:
        """What a report calls it: 新規, 変更 or 終了."""
        if self.leaving is not None:
            return "終了"
        return "新規" if self.designation is None else "変更"


# -- folding --


def fold(events: Iterable[Event]) -> dict[str, RosterEntry]:
    """The entries by person. An event on somebody whose proposal has not arrived yet waits, unseen."""
    entries: dict[str, RosterEntry] = {}
    for event in sorted(events, key=lambda one: (one.person, one.revision, one.at, one.id)):
        entry = entries.get(event.person)
        if event.act is Act.PROPOSED:
            wanted = designation_from_json(event.body)
            entries[event.person] = replace(entry, wanted=wanted) if entry else RosterEntry(person=event.person, wanted=wanted)
        elif entry is not None:
            entries[event.person] = _after(entry, event)
    return entries


def check_event(event: Event) -> None:
    """Raise KeyError, ValueError or TypeError for an event that could never be folded."""
    nobody = Designation(
        name="", employer="", department="", role=Role.CLERK, begins=date.min, ends=date.max, jobs="", card="", locker=""
    )
    if event.act is Act.PROPOSED:
        designation_from_json(event.body)
    else:
        _after(RosterEntry(person=event.person, wanted=nobody), event)


def _after(entry: RosterEntry, event: Event) -> RosterEntry:
    body = event.body
    match event.act:
        case Act.REPORTED:
            said = designation_from_json(body["designation"])
            return replace(entry, reported=Reported(body["number"], _day(body["day"]), said, bool(body["leaving"])))
        case Act.ACCEPTED:
            return _accepted(entry, event)
        case Act.PLEDGED:
            return replace(entry, pledges=(*entry.pledges, Pledge(body["version"], _day(body["day"]), bool(body["leaving"]))))
        case Act.TRAINED:
            return replace(entry, trainings=(*entry.trainings, training_from_json(body, event.by)))
        case Act.LEAVING:
            return replace(entry, leaving=Leaving(_day(body["last_day"]), body["reason"]))
        case Act.RETURNED:
            day = _day(body["day"])
            return replace(
                entry,
                key_back=day if body["key"] else entry.key_back,
                card_back=day if body["card"] else entry.card_back,
            )
        case Act.OPENED:
            return replace(entry, has_account=True, closed=False)
        case _:
            return replace(entry, closed=True)


def _accepted(entry: RosterEntry, event: Event) -> RosterEntry:
    """What the accepted report said comes into force, not what has been proposed since."""
    said, body = entry.reported, event.body
    accepted = Accepted(body["report"], body["receipt"], _day(body["day"]), event.by)
    if said is None or said.number != accepted.report:
        return entry
    return replace(entry, designation=said.designation, accepted=accepted)


# -- rules --


def check_person(person: str) -> None:
    """Raise OperatorError unless this can be an ID: it is a file's name and stands in the log."""
    if not _PERSON.fullmatch(person):
        raise OperatorError("IDは英小文字・数字・ハイフンの3文字から20文字で入力してください。", field="person", code="person")


def check_designation(designation: Designation, company: str) -> None:
    """Raise OperatorError at the field where a proposal is not whole or not allowed (再委託の禁止, 特記事項 10)."""
    for field, label in _NEEDED.items():
        if not str(getattr(designation, field)).strip():
            raise OperatorError(f"{label}を入力してください。", field=field, code="empty")
        if _width(str(getattr(designation, field))) > WIDEST:
            raise OperatorError(f"{label}は全角{WIDEST // 2}文字までです。", field=field, code="too-long")
    for field, label in (("card", "入室カードの番号"), ("locker", "ロッカーの番号")):
        if len(getattr(designation, field)) > LONGEST_NUMBER:
            raise OperatorError(f"{label}は{LONGEST_NUMBER}文字までです。", field=field, code="too-long")
    if not designation.role.is_contractor:
        raise OperatorError("名簿に載せるのは取扱者と取扱責任者です。区職員は載せません。", field="role", code="role")
    if designation.ends < designation.begins:
        raise OperatorError("従事の終わりの日が、始まりの日より前です。", field="ends", code="period")
    check_employer(designation, company)


_NEEDED = {"name": "氏名", "employer": "所属する会社", "department": "部署", "jobs": "担当する業務"}


def _width(text: str) -> int:
    """Half widths; a variation selector takes no room."""
    return sum(0 if unicodedata.category(one) == "Mn" else 2 if unicodedata.east_asian_width(one) in "WFA" else 1 for one in text)


def check_employer(designation: Designation, company: str) -> None:
    """Raise OperatorError for another employer than the contract's company without the ward's written decision."""
    if not company:
        raise OperatorError(
            "受託者の名前が区の設定にまだありません。区の担当者に設定を頼んでください。", field="employer", code="no-company"
        )
    if _same_company(designation.employer, company):
        return
    decision = designation.decision
    if decision is None or not (decision.number.strip() and decision.by.strip()):
        raise OperatorError(
            "受託者に属さない人は従事できません(特記事項10 再委託の禁止)。"
            "区の書面の決定があるときは、番号・日付・決定者を入力してください。",
            field="employer",
            code="other-employer",
        )


def _same_company(one: str, other: str) -> bool:
    """Width and spaces make no other company."""
    return _plain(one) == _plain(other)


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


# -- as JSON --


def designation_to_json(designation: Designation) -> dict[str, Any]:
    decision = designation.decision
    return {
        **{name: getattr(designation, name) for name in ("name", "employer", "department", "jobs", "card", "locker")},
        "role": designation.role.value,
        "begins": designation.begins.isoformat(),
        "ends": designation.ends.isoformat(),
        "decision": {"number": decision.number, "day": decision.day.isoformat(), "by": decision.by} if decision else None,
    }


def designation_from_json(body: Mapping[str, Any]) -> Designation:
    """Raises KeyError or ValueError when it is none."""
    decision = body["decision"]
    return Designation(
        **{name: str(body[name]) for name in ("name", "employer", "department", "jobs", "card", "locker")},
        role=Role(body["role"]),
        begins=_day(body["begins"]),
        ends=_day(body["ends"]),
        decision=Decision(decision["number"], _day(decision["day"]), decision["by"]) if decision else None,
    )


def training_to_json(training: Training) -> dict[str, Any]:
    last = training.last_day
    return {
        "kind": training.kind,
        "held": training.held.isoformat(),
        "content": training.content,
        "score": training.score,
        "passed": training.passed,
        "last_day": last.isoformat() if last else None,
    }


def training_from_json(body: Mapping[str, Any], by: str) -> Training:
    last = body["last_day"]
    return Training(
        body["kind"], _day(body["held"]), body["content"], body["score"], body["passed"], _day(last) if last else None, by
    )


def _day(text: str) -> date:
    return date.fromisoformat(text)
