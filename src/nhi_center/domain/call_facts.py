"""この人の今: what the telephone may tell of a person's applications and certificates, in words a caller understands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from nhi_center.domain.certificate_life import Life
from nhi_center.domain.entry import State
from nhi_center.domain.print_jobs import JobState


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


@dataclass(frozen=True, slots=True)
class NumberCalls:
    """Earlier recorded calls of one telephone number: how many, and of the last its day, 分類 and 結果. Of nobody by name."""

    count: int
    last: date
    category: str
    outcome: str

    @property
    def words(self) -> str:
        return f"この番号 {self.count}件 前回 {self.last.month}月{self.last.day}日 {self.category} {self.outcome}"

    @property
    def short(self) -> str:
        """The same where there is little room: the 分類 by its number."""
        return f"この番号 {self.count}件 {self.last.month}月{self.last.day}日 {self.category[-4:-1]} {self.outcome}"


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
