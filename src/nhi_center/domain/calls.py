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
from nhi_center.domain.call_book import CallBook
from nhi_center.domain.call_check import Caller, Stated
from nhi_center.domain.certificate_life import Life
from nhi_center.domain.entry import State
from nhi_center.domain.identifiers import IdentifierProblem, find_individual_number, fold_code, parse_phone
from nhi_center.domain.print_jobs import JobState
from nhi_center.errors import OperatorError

LANGUAGES = {"1": "日本語", "2": "英語", "3": "中国語", "4": "韓国語", "5": "ネパール語", "6": "ベトナム語", "9": "その他"}
OPENS, CLOSES = time(8, 30), time(17, 0)
"""When the office answers; a call-back is promised within these hours."""
LEAST_NOTICE = timedelta(minutes=15)
TEXT_LIMIT = 1000

NO_INDIVIDUAL_NUMBER = "個人番号(マイナンバー)と思われる12桁の数字があります。ここには残せません。数字を消してください。"
NO_ILLNESS = "病気や治療の内容と思われます。書かないでください。"
OFFICIAL_NUMBER = "他機関へは、公式の代表番号を調べてかけます。相手が言った番号にはかけないでください。"


class Outcome(StrEnum):
    """結果, typed by its number."""

    ANSWERED = "1"
    TO_WARD = "2"
    CALL_BACK = "3"
    COMPLAINT = "4"

    @property
    def label(self) -> str:
        return {"1": "回答した", "2": "区へつなぐ", "3": "折返し", "4": "苦情"}[self.value]


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
    """What the clerk has typed, as typed. ``told``: the purpose of the questions has been said. ``atena``: the person found."""

    caller: str = ""
    language: str = "1"
    atena: str = ""
    told: bool = False
    name: str = ""
    birth: str = ""
    address: str = ""
    category: str = ""
    text: str = ""
    outcome: str = ""
    ward_staff: str = ""
    back_number: str = ""
    back_day: str = ""
    back_time: str = ""
    back_who: str = Who.ANYONE.value

    @property
    def stated(self) -> Stated:
        return Stated(self.name, self.birth, self.address)

    @property
    def is_untouched(self) -> bool:
        """Nothing in it but what stood there at the start."""
        plain = CallDraft()
        return replace(self, back_number="", back_day="", back_time="", back_who=plain.back_who) == plain

    @property
    def carried(self) -> CallDraft:
        """What a call that answers a promise begins with."""
        return CallDraft(self.caller, self.language, self.atena, category=self.category)

    @property
    def is_untouched_but_carried(self) -> bool:
        """The same for a call that answers a promise: nothing has been said in it yet."""
        plain = CallDraft()
        return replace(
            self, caller=plain.caller, language=plain.language, atena=plain.atena, category=plain.category
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
    call-back this call answers, "" for a call that came in; ``level`` as it stood when it was written up."""

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

    def may_be_dropped(self, draft: CallDraft) -> bool:
        """Whether this call, with ``draft`` typed, may be taken back as begun by mistake: a call that was is recorded."""
        return draft.is_untouched_but_carried if self.returns else draft.is_untouched

    def seconds(self, now: datetime) -> int:
        """Length so far, or from start to end."""
        end = datetime.fromisoformat(self.ended_at) if self.ended_at else now
        return max(0, int((end - datetime.fromisoformat(self.started_at)).total_seconds()))


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


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of この人の今; ``kind`` as in levels.toml."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Filed:
    """One application as the telephone may tell of it: the form and its version's day, when it came, where it stands."""

    form: str
    form_day: str
    received: date
    state: State

    @property
    def words(self) -> str:
        """Where it stands, in words a caller understands."""
        return _FILED_WORDS[self.state]


_FILED_WORDS = {
    State.RECEIVED: "入力中",
    State.DRAFTING: "入力中",
    State.ENTERED: "照合中",
    State.VERIFIED: "区の審査中",
    State.REVIEWED: "区審査済",
    State.DONE: "処理済",
    State.HELD: "区で確認中",
    State.RETURNED: "区へ返却",
}


@dataclass(frozen=True, slots=True)
class Issued:
    """The person's newest certificate as the telephone may tell of it; ``on``: the day of its last step, ``life``
    what the ward has done with it."""

    title: str
    state: JobState
    on: date
    valid_until: date | None
    life: Life | None = None

    @property
    def has_left(self) -> bool:
        """Handed to the ward, which sends it; not one that is void or was called in."""
        return self.state in (JobState.SUBMITTED, JobState.RECEIVED) and self.life in (None, Life.ISSUED, Life.MAIL_RETURNED)

    @property
    def words(self) -> str:
        if self.life is Life.MAIL_RETURNED:
            return "区で保管中"  # that it came back and why is the ward's to tell
        if self.life is Life.ISSUED:
            return f"{self.on.month}月{self.on.day}日 区が交付"
        if self.has_left:
            return f"{self.on.month}月{self.on.day}日 {'区が受領' if self.state is JobState.RECEIVED else '区へ提出'}"
        return "区で確認中" if self.state is JobState.BLOCKED or self.life is not None else "作成中"


def clock_words(seconds: int) -> str:
    """01:47; from an hour on 1:02:03."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"


# -- what may be kept, and what must be there --


def refuse_individual_numbers(draft: CallDraft) -> None:
    """Raise OperatorError at the field that holds a 個人番号 (番号法 20条: it is not kept here, not even in a draft)."""
    for name in ("text", "name", "birth", "address", "ward_staff", "back_number"):
        if find_individual_number(getattr(draft, name)) is not None:
            raise OperatorError(NO_INDIVIDUAL_NUMBER, field=name, code="individual-number")
    if len(draft.text) > TEXT_LIMIT:
        raise OperatorError(f"内容と回答は{TEXT_LIMIT}文字までです。短くまとめてください。", field="text")


def missing(draft: CallDraft, book: CallBook) -> tuple[tuple[str, str], ...]:
    """(field, sentence) for everything the result still needs, in the order of the page."""
    found: list[tuple[str, str]] = []

    def need(field: str, sentence: str) -> None:
        if not getattr(draft, field).strip():
            found.append((field, sentence))

    if draft.caller not in tuple(Caller):
        found.append(("caller", "相手を番号で選んでください。分からないときは 8 です。"))
    if draft.language not in LANGUAGES:
        found.append(("language", "言語を番号で選んでください。"))
    if book.category(draft.category) is None:
        found.append(("category", "分類を2桁の番号で選んでください。どれでもないときは 99 です。"))
    need("text", "問合せの内容と、答えたことを書いてください。")
    if draft.outcome not in tuple(Outcome):
        found.append(("outcome", "結果を1から4の番号で選んでください。"))
    if draft.outcome == Outcome.TO_WARD:
        need("ward_staff", "つないだ区職員の名前を書いてください。")
    if draft.outcome == Outcome.CALL_BACK:
        need("back_number", "折返し先の電話番号を入れてください。")
        need("back_day", "折返しの日を入れてください。")
        need("back_time", "折返しの時刻を入れてください。")
    return tuple(found)


# -- call-backs --


@dataclass(frozen=True, slots=True)
class Promise:
    """What has been promised: digits, the moment (in the office's zone, without it), who."""

    number: str
    due: datetime
    who: Who


def read_promise(draft: CallDraft, now: datetime, closed: ClosedDays) -> Promise:
    """The call-back of a draft. ``now`` is the office's wall clock. Raises OperatorError at the field."""
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
    if not OPENS <= at <= CLOSES:
        raise OperatorError("折返しは8時30分から17時までの時刻にしてください。", field="back_time")
    due = datetime.combine(day, at, now.tzinfo)
    if due <= now:
        raise OperatorError("過ぎた時刻です。これからの時刻にしてください。", field="back_time")
    if draft.back_who not in tuple(Who):
        raise OperatorError("だれが折り返すかを番号で選んでください。", field="back_who")
    return Promise(number, due, Who(draft.back_who))


_TIME = re.compile(r"(午前|午後)?([0-9]{1,2})(?:[:時]([0-9]{1,2})?分?)?|([0-9]{3,4})")


def read_time(text: str) -> time:
    """15:00, 1500, 15, 15時30分, 午後3時. Raises OperatorError at ``back_time``."""
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
        raise OperatorError("時刻として読めません。15:00 のように入れてください。", field="back_time") from None


def next_open_hour(now: datetime, closed: ClosedDays) -> datetime:
    """The next full hour the office answers, with a little notice: what is proposed for a call-back."""
    soon = now + LEAST_NOTICE
    proposed = soon.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    day = closed.next_open(proposed.date())
    if day == proposed.date() and proposed.time() <= CLOSES:
        return max(proposed, proposed.replace(hour=OPENS.hour + 1, minute=0))
    if day == proposed.date() and proposed.date() == now.date():
        day = closed.next_open(next_day(day))
    return datetime.combine(day, time(OPENS.hour + 1), now.tzinfo)


def due_words(due: datetime, today: date) -> str:
    """15:00 today, else 11月25日 10:00."""
    return f"{due:%H:%M}" if due.date() == today else f"{due.month}月{due.day}日 {due:%H:%M}"
