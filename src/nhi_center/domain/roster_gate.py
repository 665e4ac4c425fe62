"""Who of the roster may begin something new, and what he is told beforehand (研修・誓約・従事期間)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from nhi_center.domain.calendar import wareki
from nhi_center.domain.roster import RosterEntry
from nhi_center.domain.roster_training import WARN_DAYS, Required, Standing, TrainingKind, required

FINISH = "取りかかっている仕事は終えられます。"


@dataclass(frozen=True, slots=True)
class Fault:
    """Why nothing new may begin: what is missing and who records it. ``code`` is stable."""

    code: str
    words: str


def faults(entry: RosterEntry | None, kinds: Sequence[TrainingKind], today: date) -> tuple[Fault, ...]:
    """Everything in the way of something new; empty when nothing is."""
    if entry is None:
        return (Fault("not-on-roster", "従事者名簿に載っていません。取扱責任者が名簿に載せ、区の受理を受けてください。"),)
    if entry.designation is None:
        return (Fault("not-accepted", "従事者名簿がまだ区に受理されていません。区職員に受理の記録を頼んでください。"),)
    found = [fault for fault in (_period(entry, today), _pledge(entry)) if fault is not None]
    lacking = [one for one in trainings(entry, kinds, today) if one.standing.blocks]
    if lacking:
        titles = "・".join(_short(one) for one in lacking)
        found.append(Fault("training", f"必要な研修がありません({titles})。研修を受け、取扱責任者に記録してもらってください。"))
    return tuple(found)


def _period(entry: RosterEntry, today: date) -> Fault | None:
    designation, ends = entry.now, entry.last_day
    if designation.begins <= today <= ends:
        return None
    if today < designation.begins:
        return Fault("period", f"従事の期間は{wareki(designation.begins)}からです。取扱責任者に確かめてください。")
    return Fault("period", f"従事の期間は{wareki(ends)}で終わりました。続けるときは取扱責任者が変更を区へ報告します。")


def _pledge(entry: RosterEntry) -> Fault | None:
    if entry.pledge() is not None:
        return None
    return Fault("pledge", "誓約の記録がありません。誓約書に署名し、取扱責任者に記録してもらってください。")


def _short(one: Required) -> str:
    ended = f" {one.last_day.month}月{one.last_day.day}日まで" if one.last_day else " 未受講"
    return f"{one.kind.title}{ended}"


def trainings(entry: RosterEntry, kinds: Sequence[TrainingKind], today: date) -> tuple[Required, ...]:
    """What the person's role needs and how it stands."""
    return required(kinds, entry.now.role, entry.trainings, today)


def warnings(entry: RosterEntry, kinds: Sequence[TrainingKind], today: date) -> tuple[tuple[str, date], ...]:
    """What runs out within 30 days: (what, last day), soonest first."""
    found = [
        (one.kind.title, one.last_day)
        for one in trainings(entry, kinds, today)
        if one.standing is Standing.RUNS_OUT and one.last_day is not None
    ]
    ends = entry.now.ends
    if entry.leaving is None and today <= ends <= today + timedelta(days=WARN_DAYS):
        found.append(("従事の期間", ends))
    return tuple(sorted(found, key=lambda one: one[1]))
