"""証のその後: what the ward does with a certificate it has received (交付済, 返戻, 返納, 回収, 無効), and which step may follow.

交付 is the ward's alone; the contractor stops at 提出. A wrong one is void for ever; the right one has a new number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from nhi_center.domain.free_words import check_words
from nhi_center.domain.print_jobs import JobState
from nhi_center.errors import OperatorError

LONGEST = 100
LONG_KEPT = timedelta(days=30)
"""A letter that came back waits no longer for the ward's instruction without being shown in red."""


class Life(StrEnum):
    ISSUED = "issued"
    MAIL_RETURNED = "mail_returned"
    GIVEN_BACK = "given_back"
    COLLECTED = "collected"
    VOID = "void"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Life.ISSUED: "交付済",
    Life.MAIL_RETURNED: "返戻",
    Life.GIVEN_BACK: "返納",
    Life.COLLECTED: "回収済",
    Life.VOID: "無効",
}
_FOLLOWS: Mapping[Life | None, frozenset[Life]] = {
    None: frozenset({Life.ISSUED, Life.VOID}),
    Life.ISSUED: frozenset({Life.MAIL_RETURNED, Life.GIVEN_BACK, Life.COLLECTED, Life.VOID}),
    # a letter that came back is handed out again, called in, or void
    Life.MAIL_RETURNED: frozenset({Life.ISSUED, Life.COLLECTED, Life.VOID}),
    Life.VOID: frozenset({Life.COLLECTED}),
    Life.GIVEN_BACK: frozenset(),
    Life.COLLECTED: frozenset(),
}
REASONS: Mapping[Life, Mapping[str, str]] = {
    Life.MAIL_RETURNED: {"1": "あて所不明", "2": "転居先不明", "3": "保管期間経過", "9": "その他"},
    Life.VOID: {"1": "内容の誤り", "2": "別の人の内容", "3": "二重の発行", "4": "紛失・盗難", "9": "その他"},
    Life.GIVEN_BACK: {"1": "資格の喪失", "2": "内容の変更", "3": "期限切れ", "9": "その他"},
}
"""Typed by number; a step that is not here needs none."""
MISDELIVERED = frozenset({"1", "2"})
"""内容の誤り, 別の人の内容: 誤交付 once it is out (受託 運用9)."""
TWICE = "3"
"""二重の発行: the other one stays good."""
LOST = "4"
"""紛失・盗難: there is nothing to call in."""


@dataclass(frozen=True, slots=True)
class LifeEvent:
    """One step. ``tracking`` and ``cabinet`` are of a letter that came back, ``due`` is 回収期限 of a void one."""

    job: str
    what: Life
    day: date
    reason: str = ""
    words: str = ""
    tracking: str = ""
    cabinet: str = ""
    due: date | None = None
    at: str = ""
    by: str = ""

    @property
    def reason_words(self) -> str:
        return REASONS.get(self.what, {}).get(self.reason, "")


def may_follow(state: JobState, before: Life | None, spoiled: bool) -> frozenset[Life]:
    """What the ward may record of a sheet; nothing before it has the sheet, and nothing of a spoiled one."""
    if spoiled or state not in (JobState.SUBMITTED, JobState.RECEIVED):
        return frozenset()
    return _FOLLOWS[before]


def is_late(event: LifeEvent, today: date) -> bool:
    """A void certificate past its 回収期限, or a letter that has waited too long for an instruction."""
    kept_long = event.what is Life.MAIL_RETURNED and today - event.day > LONG_KEPT
    return kept_long or (event.due is not None and event.due < today)


def check_reissue(event: LifeEvent, reissue: bool) -> None:
    """Raise OperatorError at ``reissue`` unless a 再交付 can follow the step."""
    if reissue and event.what is not Life.VOID:
        raise OperatorError("再交付は、無効にする証だけにできます。", field="reissue", code="no-reissue")
    if reissue and event.reason == TWICE:
        raise OperatorError(
            "二重の発行は、もう一枚の証が残ります。2 いいえ を選んでください。", field="reissue", code="no-reissue"
        )


def check(event: LifeEvent, allowed: frozenset[Life], today: date) -> None:
    """Raise OperatorError at the field that keeps the step from being recorded."""
    if event.what not in allowed:
        raise OperatorError(f"この証を「{event.what.label}」にはできません。一覧を更新して確かめてください。", code="print-step")
    if event.day > today:
        raise OperatorError("まだ来ていない日は記録できません。", field="day", code="future")
    if event.what in REASONS and event.reason not in REASONS[event.what]:
        raise OperatorError("理由を番号で選んでください。", field="reason", code="no-reason")
    check_words(event.reason, event.words, LONGEST)
    if event.what is Life.MAIL_RETURNED and not event.cabinet.strip():
        raise OperatorError("戻った封筒をしまった保管庫の番号を入れてください。", field="cabinet", code="no-cabinet")
    if event.what is Life.VOID and event.reason != LOST and (event.due is None or event.due < event.day):
        raise OperatorError("回収期限を、無効にした日かそれからの日で入れてください。", field="due", code="no-due")
