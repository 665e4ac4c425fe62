"""電話の問合せ: one call from the first ring to the record, and the call-backs that are promised in it.

The length of a call comes from the clock. A call may be ended and written up later; what has been typed is kept meanwhile.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from nhi_center.domain.calendar import ClosedDays, DateProblem, next_day, parse_date
from nhi_center.domain.call_check import Stated
from nhi_center.domain.identifiers import IdentifierProblem, fold_code, parse_phone
from nhi_center.errors import OperatorError

LANGUAGES = {"1": "日本語", "2": "英語", "3": "中国語", "4": "韓国語", "5": "ネパール語", "6": "ベトナム語", "9": "その他"}
LEAST_NOTICE = timedelta(minutes=15)

OFFICIAL_NUMBER = "他機関へは、公式の代表番号を調べてかけます。相手が言った番号にはかけないでください。"


class Outcome(StrEnum):
    """結果, typed by its number."""

    ANSWERED = "1"
    TO_WARD = "2"
    CALL_BACK = "3"
    COMPLAINT = "4"
    OTHER_OFFICE = "5"

    @property
    def label(self) -> str:
        return {"1": "回答した", "2": "区へつなぐ", "3": "折返し", "4": "苦情", "5": "他機関を案内"}[self.value]

    @property
    def heading(self) -> str:
        """Over its column wherever results are counted."""
        return {"1": "回答", "2": "区へ", "3": "折返し", "4": "苦情", "5": "他機関"}[self.value]


class CallState(StrEnum):
    """TALKING: on the line; WRAP_UP: ended, to be written up; DONE: the record stands; DROPPED: begun by mistake, empty."""

    TALKING = "talking"
    WRAP_UP = "wrap_up"
    DONE = "done"
    DROPPED = "dropped"

    @property
    def label(self) -> str:
        return {"talking": "通話中", "wrap_up": "あとで記入", "done": "記録済", "dropped": "取消し"}[self.value]

    @property
    def is_open(self) -> bool:
        return self in (CallState.TALKING, CallState.WRAP_UP)


class Who(StrEnum):
    """誰が: who calls back."""

    ANYONE = "1"
    SELF = "2"

    @property
    def label(self) -> str:
        return {"1": "だれでも", "2": "自分"}[self.value]


@dataclass(frozen=True, slots=True)
class CallDraft:
    """What the clerk has typed, as typed. ``told``: the purpose of the questions has been said. ``atena``: the person found.

    ``phone``: the number that calls, "" when it is not known. ``ward_section`` and ``ward_time`` "": as the category and the
    clock have them.
    """

    caller: str = ""
    language: str = "1"
    phone: str = ""
    interpreter: str = ""
    atena: str = ""
    told: bool = False
    name: str = ""
    birth: str = ""
    address: str = ""
    consent: str = ""
    consent_number: str = ""
    category: str = ""
    text: str = ""
    outcome: str = ""
    ward_staff: str = ""
    ward_section: str = ""
    ward_time: str = ""
    other_office: str = ""
    other_office_name: str = ""
    back_number: str = ""
    back_day: str = ""
    back_time: str = ""
    back_who: str = Who.ANYONE.value

    @property
    def words(self) -> str:
        """All that is written freely."""
        return " ".join((self.text, self.consent_number, self.ward_staff, self.other_office_name))

    @property
    def stated(self) -> Stated:
        return Stated(self.name, self.birth, self.address)

    @property
    def judged(self) -> tuple[str | bool, ...]:
        """What the level of a call depends on."""
        return (self.caller, self.atena, self.told, self.name, self.birth, self.address)

    @property
    def is_untouched(self) -> bool:
        """Nothing in it but what stood there at the start."""
        plain = CallDraft()
        return replace(self, back_number="", back_day="", back_time="", back_who=plain.back_who) == plain

    @property
    def carried(self) -> CallDraft:
        """What a call that answers a promise begins with."""
        return CallDraft(
            self.caller,
            self.language,
            self.phone,
            self.interpreter,
            self.atena,
            consent=self.consent,
            consent_number=self.consent_number,
            category=self.category,
        )

    @property
    def is_untouched_but_carried(self) -> bool:
        """The same for a call that answers a promise: nothing has been said in it yet."""
        plain = CallDraft()
        return replace(
            self,
            caller=plain.caller,
            language=plain.language,
            phone=plain.phone,
            interpreter=plain.interpreter,
            atena=plain.atena,
            consent=plain.consent,
            consent_number=plain.consent_number,
            category=plain.category,
        ).is_untouched

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> CallDraft:
        names = {field.name for field in fields(cls)}
        return cls(**{key: value for key, value in data.items() if key in names})


@dataclass(frozen=True, slots=True)
class Call:
    """One call. ``number`` 1124-008 is the day's running number here; times are ISO in the office's zone; ``returns``: the
    call-back this call answers, "" for a call that came in; ``level`` as it stood when it was written up.

    ``held_at``: since when it is on hold (保留), "" when it is not; ``hold_seconds``: all earlier holds; ``done_at``: when it was
    recorded, "" also for records from before that was kept; ``phone``: the number that calls or is rung, in digits;
    ``terminal``: the one of the room that took it, "" for this one.
    """

    id: str
    number: str
    day: date
    started_at: str
    clerk: str
    state: CallState
    draft: CallDraft
    ended_at: str = ""
    told_at: str = ""
    returns: str = ""
    level: str = ""
    held_at: str = ""
    hold_seconds: int = 0
    done_at: str = ""
    phone: str = ""
    terminal: str = ""

    def may_be_dropped(self, draft: CallDraft) -> bool:
        """Whether this call, with ``draft`` typed, may be taken back as begun by mistake: a call that was is recorded."""
        return draft.is_untouched_but_carried if self.returns else draft.is_untouched

    def seconds(self, now: datetime) -> int:
        """Length so far, or from start to end."""
        end = datetime.fromisoformat(self.ended_at) if self.ended_at else now
        return _between(datetime.fromisoformat(self.started_at), end)

    def held(self, now: datetime) -> int:
        """Seconds on hold, the one that goes on included."""
        return self.hold_seconds + (_between(datetime.fromisoformat(self.held_at), now) if self.held_at else 0)

    def talk(self, now: datetime) -> int:
        """Length without what was on hold."""
        return max(0, self.seconds(now) - self.held(now))

    def wrap_up(self, now: datetime) -> int:
        """後処理: from hang-up to the record, or so far; 0 while it is talked."""
        if not self.ended_at or (self.state is CallState.DONE and not self.done_at):
            return 0
        return _between(datetime.fromisoformat(self.ended_at), datetime.fromisoformat(self.done_at) if self.done_at else now)

    def holding(self, at: datetime) -> Call:
        """保留 on, or off again: its seconds are added up."""
        if self.held_at:
            return replace(self, held_at="", hold_seconds=self.held(at))
        return replace(self, held_at=at.isoformat(timespec="seconds"))

    def ended(self, at: datetime) -> Call:
        """The line is down; a hold ends with it. Once ended it stays so."""
        if self.ended_at:
            return self
        call = self.holding(at) if self.held_at else self
        return replace(call, ended_at=at.isoformat(timespec="seconds"))


def _between(first: datetime, last: datetime) -> int:
    return max(0, int((last - first).total_seconds()))


@dataclass(frozen=True, slots=True)
class CallBack:
    """折返し. ``number`` digits; ``due`` ISO; ``owner`` "" for anyone; ``registered``: the number the register has too."""

    id: str
    call: str
    number: str
    due: str
    owner: str
    registered: bool
    booked_by: str
    booked_at: str
    done_at: str = ""
    done_by: str = ""

    def overdue(self, now: datetime) -> bool:
        return not self.done_at and datetime.fromisoformat(self.due) < now


def clock_words(seconds: int) -> str:
    """01:47; from an hour on 1:02:03."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"


# -- call-backs --


@dataclass(frozen=True, slots=True)
class Promise:
    """What has been promised: digits, the moment (in the office's zone, without it), who."""

    number: str
    due: datetime
    who: Who


@dataclass(frozen=True, slots=True)
class CallHours:
    """When the office rings back (区の設定 ``calls_open``, ``calls_close``)."""

    opens: time
    closes: time

    @property
    def words(self) -> str:
        return f"{_clock_words(self.opens)}から{_clock_words(self.closes)}まで"


def _clock_words(at: time) -> str:
    return f"{at.hour}時{at.minute}分" if at.minute else f"{at.hour}時"


def read_promise(draft: CallDraft, now: datetime, closed: ClosedDays, hours: CallHours) -> Promise:
    """The call-back of a draft. ``now`` is the office's wall clock when the call ended. Raises OperatorError at the field."""
    try:
        number = parse_phone(draft.back_number)
    except IdentifierProblem as problem:
        raise OperatorError(problem.message, field="back_number") from None
    try:
        day = parse_date(draft.back_day, today=now.date())
    except DateProblem as problem:
        raise OperatorError(problem.message, field="back_day") from None
    if day < now.date():
        raise OperatorError("過ぎた日です。今日か、これからの日にしてください。", field="back_day")
    if closed.is_closed(day):
        raise OperatorError("区役所が閉まっている日です。開いている日にしてください。", field="back_day")
    at = read_time(draft.back_time)
    if not hours.opens <= at <= hours.closes:
        raise OperatorError(f"折返しは{hours.words}の時刻にしてください。", field="back_time")
    due = datetime.combine(day, at, now.tzinfo)
    if due <= now:
        raise OperatorError("過ぎた時刻です。これからの時刻にしてください。", field="back_time")
    if draft.back_who not in tuple(Who):
        raise OperatorError("だれが折り返すかを番号で選んでください。", field="back_who")
    return Promise(number, due, Who(draft.back_who))


_TIME = re.compile(r"(午前|午後)?([0-9]{1,2})(?:[:時]([0-9]{1,2})?分?)?|([0-9]{3,4})")


def read_time(text: str, field: str = "back_time") -> time:
    """15:00, 1500, 15, 15時30分, 午後3時. Raises OperatorError at ``field``."""
    folded = fold_code(text).replace("：", ":").replace(" ", "")
    found = _TIME.fullmatch(folded)
    try:
        if found is None:
            raise ValueError
        if found[4]:
            return time(int(found[4][:-2]), int(found[4][-2:]))
        hour = int(found[2])
        if found[1] == "午後" and hour < 12:
            hour += 12
        return time(hour, int(found[3] or 0))
    except ValueError:
        raise OperatorError("時刻として読めません。15:00 のように入れてください。", field=field) from None


def next_open_hour(now: datetime, closed: ClosedDays, hours: CallHours) -> datetime:
    """The next full hour the office answers, with a little notice: what is proposed for a call-back."""
    soon = now + LEAST_NOTICE
    proposed = soon.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    first = min(time(min(hours.opens.hour + 1, 23)), hours.closes)
    day = closed.next_open(proposed.date())
    if day == proposed.date() and proposed.time() <= hours.closes:
        return max(proposed, datetime.combine(day, first, now.tzinfo))
    if day == proposed.date() and proposed.date() == now.date():
        day = closed.next_open(next_day(day))
    return datetime.combine(day, first, now.tzinfo)


def due_words(due: datetime, today: date) -> str:
    """15:00 today, else 11月25日 10:00."""
    return f"{due:%H:%M}" if due.date() == today else f"{due.month}月{due.day}日 {due:%H:%M}"
