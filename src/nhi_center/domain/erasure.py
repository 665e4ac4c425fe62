"""消去: what goes, in which steps, when it may begin, and what 消去証明書 says afterwards (council paper 特記 11, 12).

One erasure is of a month that is over, or of everything at the contract's end; a failed terminal's disk, which no program
can erase any more, is recorded by hand. What is agreed on is exactly what was shown, and it is shown before: counts by kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from nhi_center.domain.operators import Role, Signature
from nhi_center.errors import OperatorError

STATEMENT = "erasure"
WARD_ROLES = (Role.WARD_STAFF, Role.WARD_ADMIN)
LONGEST_PLACE = 40
LONGEST_WORDS = 60
ALL_MONTHS = ""


class Scope(StrEnum):
    """A month, everything here at the contract's end, or the disk of a terminal that does not start any more."""

    MONTH = "month"
    ALL = "all"
    DISK = "disk"


class Step(StrEnum):
    """In this order: the keys go first, so that whatever a stop leaves behind is unreadable already."""

    SEGMENT_KEYS = "segment_keys"
    SLOT_KEYS = "slot_keys"
    BACKUPS = "backups"
    ROWS = "rows"
    STORE_FILE = "store_file"
    FILES = "files"
    STORE_KEY = "store_key"


STEP_WORDS = {
    Step.SEGMENT_KEYS: "区のサーバにある月の鍵を破棄",
    Step.SLOT_KEYS: "この端末の月の鍵を破棄",
    Step.BACKUPS: "バックアップを読めないことの確認と上書き",
    Step.ROWS: "データベースの内容を消去",
    Step.STORE_FILE: "データベースのファイルを書き直し",
    Step.FILES: "帳票・印刷待ち・作業中のファイルを上書き",
    Step.STORE_KEY: "データベースの鍵を交換",
}
METHODS = {
    Step.SEGMENT_KEYS: "暗号化消去(鍵の破棄)",
    Step.SLOT_KEYS: "暗号化消去(鍵の破棄)",
    Step.BACKUPS: "暗号化消去と上書き",
    Step.ROWS: "上書き(secure_delete)",
    Step.STORE_FILE: "上書き(WAL の切詰め、VACUUM)",
    Step.FILES: "上書き",
    Step.STORE_KEY: "暗号化消去(鍵の交換)",
}
PROGRAM_METHOD = "暗号化消去(鍵の破棄)と上書き"


class DiskMethod(StrEnum):
    """What was done with a failed terminal's disk."""

    OVERWRITTEN = "overwritten"
    SHREDDED = "shredded"

    @property
    def label(self) -> str:
        return {DiskMethod.OVERWRITTEN: "消去(上書き)", DiskMethod.SHREDDED: "物理破壊"}[self]


class State(StrEnum):
    """``AGREED``: begun, and goes on at the next try. ``PARTIAL``: all steps were tried and something is left."""

    AGREED = "agreed"
    PARTIAL = "partial"
    DONE = "done"

    @property
    def label(self) -> str:
        return {State.AGREED: "途中", State.PARTIAL: "一部消去", State.DONE: "完了"}[self]


@dataclass(frozen=True, slots=True)
class Count:
    """How many of one kind go: ``item`` as in storage, ``words`` for people."""

    item: str
    words: str
    number: int


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What has to be at zero first."""

    words: str
    number: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What an erasure would destroy, and what still stands in its way. ``months``: whose keys go ("2026-11")."""

    scope: Scope
    month: str
    terminal: str
    counts: tuple[Count, ...]
    months: tuple[str, ...]
    obstacles: tuple[Obstacle, ...] = ()

    @property
    def ready(self) -> bool:
        return not self.obstacles

    @property
    def title(self) -> str:
        return "契約終了の消去(すべて)" if self.scope is Scope.ALL else f"{month_words(self.month)}分の消去"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the proof: what was tried, how many of it could still be read (``left``), what was seen."""

    words: str
    left: int
    seen: str

    @property
    def good(self) -> bool:
        return self.left == 0


@dataclass(frozen=True, slots=True)
class Erasure:
    """One erasure as it is kept. ``at`` times on the office's clock, ISO; "" for not yet. ``contents``: what both have signed."""

    id: str
    scope: Scope
    month: str
    contents: Mapping[str, Any]
    state: State
    agreed_at: str
    ended_at: str
    findings: tuple[Finding, ...]
    signatures: tuple[Signature, ...]
    steps: Mapping[Step, str]
    """Step to when it was done."""
    entry: int = 0
    """Number of the log's entry that tells how it ended; 0 while it has not."""

    @property
    def title(self) -> str:
        if self.scope is Scope.DISK:
            return f"端末 {self.contents['terminal']} のディスク"
        return "すべて(契約終了)" if self.scope is Scope.ALL else f"{month_words(self.month)}分"

    @property
    def waits_for_key(self) -> bool:
        """Everything was done but the change of the store's key, which comes with the next sign-in."""
        return self.scope is not Scope.DISK and set(Step) - set(self.steps) == {Step.STORE_KEY}

    @property
    def open(self) -> bool:
        return self.state is not State.DONE


def contents(plan: Plan, place: str) -> dict[str, Any]:
    """What both sign."""
    return {
        "scope": plan.scope.value,
        "month": plan.month,
        "terminal": plan.terminal,
        "counts": [asdict(count) for count in plan.counts],
        "months": list(plan.months),
        "place": place.strip(),
        "method": PROGRAM_METHOD,
    }


def check_agreeable(plan: Plan, shown: Plan, place: str) -> None:
    """Raises OperatorError while something stands in the way, when the counts are not those that were shown, or at ``place``."""
    if plan.obstacles:
        first = plan.obstacles[0]
        raise OperatorError(
            f"まだ消去できません。{first.words}が{first.number}件あります。先に済ませてください。", code="erasure-obstacle"
        )
    if (plan.counts, plan.months) != (shown.counts, shown.months):
        raise OperatorError("署名の前に件数が変わりました。表を確かめて、もう一度署名してください。", code="changed")
    if not any(count.number for count in plan.counts) and not plan.months:
        raise OperatorError("消去するものがありません。", code="nothing-to-erase")
    check_words(place, "place", "場所", LONGEST_PLACE)


def check_words(words: str, field: str, what: str, most: int) -> None:
    """Raises OperatorError at ``field``."""
    if not 0 < len(words.strip()) <= most:
        raise OperatorError(f"{what}を{most}字までで入れてください。", field=field, code="no-words")


def check_month(month: str, today: date) -> None:
    """Raises OperatorError for a month that is not over, or is none."""
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError:
        raise OperatorError("月は 2026-11 のように入れてください。", field="month", code="no-month") from None
    if (first.year, first.month) >= (today.year, today.month):
        raise OperatorError("この月はまだ終わっていません。終わった月だけを消去できます。", field="month", code="running")


def span(scope: Scope, month: str) -> tuple[str, str]:
    """First day and the day behind the last (ISO), as days and times of rows sort."""
    if scope is Scope.ALL:
        return "", "9999"
    first = date.fromisoformat(f"{month}-01")
    behind = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return first.isoformat(), behind.isoformat()


def outcome(findings: Iterable[Finding], steps: Mapping[Step, str]) -> State:
    """Done only when every step was done and nothing can be read any more."""
    return State.DONE if set(steps) == set(Step) and all(one.good for one in findings) else State.PARTIAL


def due_months(with_data: Sequence[str], keep_months: int, today: date) -> tuple[str, ...]:
    """The months whose 保存期間 is over: so many whole months have passed since their end. None while none is set (0)."""
    if not keep_months:
        return ()
    number = today.year * 12 + today.month - 1 - keep_months
    return tuple(month for month in with_data if int(month[:4]) * 12 + int(month[5:]) - 1 < number)


def month_words(month: str) -> str:
    """2026年11月"""
    return f"{int(month[:4])}年{int(month[5:])}月" if month else ""
