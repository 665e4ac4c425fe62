"""併記: what a 資格確認書 shows beside the eligibility when the person has asked for it (F13; 国保法施行規則 6条, 任意記載).

The ward settles each item; nothing here is guessed, and what it settled as 該当なし is not shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from nhi_center.domain.calendar import wareki
from nhi_center.domain.certificate_kinds import Disease
from nhi_center.domain.certificates import IssueFacts, Noted, income_class, limit_start

WANTED: Mapping[str, frozenset[Noted]] = {
    "2": frozenset({Noted.LIMIT}),
    "3": frozenset({Noted.LIMIT, Noted.STAY}),
    "4": frozenset({Noted.DISEASE}),
    "5": frozenset({Noted.LIMIT, Noted.DISEASE}),
    "6": frozenset(Noted),
}
"""併記の希望 of the form, by its code; any other wants none."""


@dataclass(frozen=True, slots=True)
class CardNotes:
    """``limit_class`` as printed with its own ``limit_from`` (限度区分の発効期日); ``remarks`` of 備考 on the back."""

    limit_class: str = ""
    limit_from: date | None = None
    remarks: str = ""


def card_notes(facts: IssueFacts) -> CardNotes:
    """What is printed of what was asked for; ``examine`` has found nothing in the way."""
    settled = income_class(facts.income_class)
    shows = Noted.LIMIT in facts.noted and facts.applied_on is not None and settled is not None and settled.kind is not None
    told = []
    if Noted.STAY in facts.noted and facts.settled_stay:
        told.append(f"長期入院該当 {wareki(date.fromisoformat(facts.settled_stay))}。")
    if Noted.DISEASE in facts.noted and facts.settled_disease:
        told.append(f"特定疾病 {Disease(facts.settled_disease).printed}。")
    return CardNotes(
        limit_class=settled.printed if shows and settled else "",
        limit_from=limit_start(facts.applied_on, facts.acquired) if shows and facts.applied_on else None,
        remarks="".join(told),
    )
