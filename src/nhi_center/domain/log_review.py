"""アクセスログ点検: the log of acts as its reviewer reads it, what he may narrow it to, and what he writes and signs.

Which entries deserve a look is in ``domain.log_rules``. Nothing here names a citizen: the log has opaque ids only.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from enum import IntEnum, StrEnum
from typing import Any

from nhi_center.domain.identifiers import find_individual_number
from nhi_center.domain.operators import Action
from nhi_center.errors import OperatorError

JST = timezone(timedelta(hours=9), "JST")
STATEMENT = "log_review"
"""Kind of the statement the supervisor signs (アクセスログ点検表)."""

DENIED, WRONG_PASSWORD = "denied", "wrong_password"
REFUSALS = frozenset({DENIED, WRONG_PASSWORD})
"""What was refused stands in the log under these words instead of an act's."""

HISTORY = "access_history"
"""The step under which the reading of a citizen's history is itself kept."""

LONGEST_REMARK = 60


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the log, parsed. ``at`` is the moment the log was written (UTC), ``subject`` an opaque id."""

    seq: int
    at: datetime
    terminal: str
    actor: str
    action: str
    subject: str
    facts: Mapping[str, Any]

    @classmethod
    def parse(cls, entry: bytes) -> Entry:
        """From the entry's bytes, whose chain is checked elsewhere. Raises ValueError or KeyError for another shape."""
        body = json.loads(entry)
        at = datetime.fromisoformat(body["at"])
        return cls(body["seq"], at, body["terminal"], body["actor"], body["action"], body["subject"], body["facts"])

    @property
    def by_person(self) -> bool:
        """Not the terminal by itself."""
        return self.actor not in ("terminal", self.terminal)

    @property
    def refused(self) -> bool:
        return self.action in REFUSALS

    @property
    def person(self) -> str:
        """Whom the entry is about: who acted; of a wrong password the person whose ID was typed, "" when it was none."""
        return self.subject if self.action == WRONG_PASSWORD else self.actor

    @property
    def when(self) -> datetime:
        """When it happened, on the office's wall clock: a sign-in refused while the log was sealed is written later."""
        tried = self.facts.get("tried_at")
        return (datetime.fromisoformat(tried) if tried else self.at).astimezone(JST)

    @property
    def citizen(self) -> str:
        """The opaque id of the person of the register it touches; "" for none."""
        return self.subject if self.action == Action.VIEW_PERSON or self.step == HISTORY else str(self.facts.get("person", ""))

    @property
    def step(self) -> str:
        return str(self.facts.get("step", ""))


# -- months --


def month_span(month: str) -> tuple[datetime, datetime]:
    """Beginning and end (not included) of a month "2026-11" on the office's wall clock."""
    first = datetime.fromisoformat(f"{month}-01").replace(tzinfo=JST)
    return first, (first + timedelta(days=32)).replace(day=1)


def months_between(first: datetime, last: datetime) -> tuple[str, ...]:
    """Every month from ``first`` to ``last``, newest first."""
    day, end = first.astimezone(JST).date().replace(day=1), last.astimezone(JST).date()
    found = []
    while day <= end:
        found.append(f"{day:%Y-%m}")
        day = (day + timedelta(days=32)).replace(day=1)
    return tuple(reversed(found))


# -- narrowing --


@dataclass(frozen=True, slots=True)
class Filters:
    """What the reader wants to see; an empty part asks for everything. ``citizens``: every pseudonym of one person."""

    first: date | None = None
    last: date | None = None
    persons: frozenset[str] = frozenset()
    action: str = ""
    refused: bool = False
    citizens: frozenset[str] = frozenset()

    def take(self, entry: Entry) -> bool:
        day = entry.when.date()
        return (
            (self.first is None or self.first <= day)
            and (self.last is None or day <= self.last)
            and (not self.persons or entry.person in self.persons)
            and (not self.action or entry.action == self.action)
            and (not self.refused or entry.refused)
            and (not self.citizens or entry.citizen in self.citizens)
        )


@dataclass(frozen=True, slots=True)
class Access:
    """One time somebody opened a citizen's data: who, when, by which act, for what purpose (a code, "" where none is kept).
    ``note``: id of the sentence that says which other purpose."""

    seq: int
    at: datetime
    person: str
    action: str
    step: str
    purpose: str
    note: str = ""


def access_history(entries: Iterable[Entry], citizens: Collection[str]) -> tuple[Access, ...]:
    """Who opened the person with these pseudonyms, newest first."""
    found = [
        Access(
            one.seq, one.when, one.actor, one.action, one.step, str(one.facts.get("purpose", "")), str(one.facts.get("note", ""))
        )
        for one in entries
        if one.citizen and one.citizen in citizens
    ]
    return tuple(sorted(found, key=lambda access: -access.seq))


# -- what is shown to the reviewer --


class Severity(IntEnum):
    """How soon somebody should look."""

    LOOK = 1
    SERIOUS = 2

    @property
    def label(self) -> str:
        return {Severity.LOOK: "要確認", Severity.SERIOUS: "重大"}[self]


@dataclass(frozen=True, slots=True)
class Flag:
    """What a rule found: the person it is about ("" when nobody known), the entries, and one sentence. It accuses nobody."""

    rule: str
    severity: Severity
    person: str
    seqs: tuple[int, ...]
    at: datetime
    sentence: str

    @property
    def id(self) -> str:
        """Stays the same while the log grows: a remark belongs to it."""
        return f"{self.rule}-{min(self.seqs)}"


class Verdict(StrEnum):
    CHECKED = "checked"
    REPORTED = "reported"

    @property
    def label(self) -> str:
        return {Verdict.CHECKED: "確認済", Verdict.REPORTED: "区へ報告"}[self]


@dataclass(frozen=True, slots=True)
class Remark:
    """所見: what the reviewer found out about one flag. Written again, the newest stands."""

    flag: str
    verdict: Verdict
    words: str
    at: str
    by: str


@dataclass(frozen=True, slots=True)
class Chain:
    """How the reviewed stretch of the log stands: ``fault`` "" when it holds; up to which entry the segment has confirmed it."""

    fault: str
    anchored: int
    anchored_at: str


@dataclass(frozen=True, slots=True)
class Review:
    """One month of one terminal's log as it stands now. ``rules``: (rule, title, criterion) in order, also those without a flag.

    ``first`` and ``last`` are entry numbers, 0 when there is none. ``over``: the month has ended, nothing more can come.
    """

    month: str
    terminal: str
    over: bool
    first: int
    last: int
    chain: Chain
    rules: tuple[tuple[str, str, str], ...]
    flags: tuple[Flag, ...]
    remarks: Mapping[str, Remark]

    @property
    def entries(self) -> int:
        return self.last - self.first + 1 if self.first else 0

    @property
    def open_flags(self) -> tuple[Flag, ...]:
        """Those without a remark."""
        return tuple(flag for flag in self.flags if flag.id not in self.remarks)

    def title(self, rule: str) -> str:
        return next(title for name, title, _criterion in self.rules if name == rule)

    def count(self, rule: str) -> int:
        return sum(1 for flag in self.flags if flag.rule == rule)


@dataclass(frozen=True, slots=True)
class Signed:
    """One signed sheet (アクセスログ点検表), as it was written."""

    month: str
    first: int
    last: int
    file: str
    sha256: str
    made_at: str
    name: str


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What a signed sheet says for the monthly report: of how many entries how many flags, and how many went to the ward."""

    month: str
    made_at: str
    name: str
    entries: int
    flags: int
    reported: int


def check_remark(flag: Flag, verdict: str, words: str, reviewer: str) -> Remark:
    """The remark, without its time. Raises OperatorError at ``verdict`` or ``remark``, or when the flag is about the reviewer."""
    if flag.person == reviewer:
        raise OperatorError("自分についての指摘には、ほかの人が所見を書きます。区職員に頼んでください。", code="own-flag")
    if verdict not in tuple(Verdict):
        raise OperatorError("確認済か、区へ報告かを、番号で選んでください。", field="verdict", code="no-verdict")
    text = words.strip()
    if not text:
        raise OperatorError("何を確かめたかを、一文で書いてください。", field="remark", code="no-remark")
    if len(text) > LONGEST_REMARK:
        raise OperatorError(f"所見は{LONGEST_REMARK}文字までです。", field="remark", code="too-long")
    if find_individual_number(text) is not None:
        raise OperatorError("個人番号とみられる12桁の数字は入力できません。", field="remark", code="individual-number")
    return Remark(flag.id, Verdict(verdict), text, "", reviewer)


def check_signable(review: Review) -> None:
    """Raise OperatorError when there is nothing to sign, the log does not hold, or a flag has no remark."""
    if not review.entries:
        raise OperatorError("この月の記録はまだありません。", code="empty")
    if review.chain.fault:
        raise OperatorError("操作記録のつながりが合いません。署名せずに、区職員に知らせてください。", code="broken")
    if review.open_flags:
        raise OperatorError(
            f"所見のない指摘が{len(review.open_flags)}件あります。すべてに所見を書いてから署名します。", code="not-settled"
        )


def contents(review: Review) -> dict[str, Any]:
    """Exactly what the supervisor sees and signs. Ids and counts; no name and no citizen."""
    return {
        "month": review.month,
        "terminal": review.terminal,
        "over": review.over,
        "first": review.first,
        "last": review.last,
        "entries": review.entries,
        "anchored": review.chain.anchored,
        "rules": [{"rule": name, "flags": review.count(name)} for name, _title, _criterion in review.rules],
        "flags": [_signed_flag(flag, review.remarks[flag.id]) for flag in review.flags],
    }


def _signed_flag(flag: Flag, remark: Remark) -> dict[str, Any]:
    return {
        "id": flag.id,
        "rule": flag.rule,
        "severity": int(flag.severity),
        "person": flag.person,
        "at": flag.at.isoformat(timespec="seconds"),
        "entries": list(flag.seqs),
        "sentence": flag.sentence,
        "verdict": remark.verdict.value,
        "remark": remark.words,
        "by": remark.by,
    }


def ranges(seqs: Sequence[int]) -> str:
    """Entry numbers as people write them: 12から15、18."""
    spans: list[list[int]] = []
    for seq in sorted(seqs):
        if spans and seq == spans[-1][1] + 1:
            spans[-1][1] = seq
        else:
            spans.append([seq, seq])
    return "、".join(f"{a:,}" if a == b else f"{a:,}から{b:,}" for a, b in spans)
