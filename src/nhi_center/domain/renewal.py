"""一斉更新: who gets a new document made out on one day, in which order and lot, and who gets none and why.

The ward orders it (区の依頼番号); nobody applies. Order and lots are those of the post: by 郵便番号 and address, a household
stays together, because one 台紙 and one envelope go to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from nhi_center.domain.certificate_blocks import Block
from nhi_center.domain.certificate_jobs import NO_MARKS, Marks
from nhi_center.domain.certificate_kinds import Kind
from nhi_center.domain.certificates import BaseExpiry, Group, IssueFacts, base_expiry, document_for, group_on
from nhi_center.domain.people import Person
from nhi_center.domain.print_jobs import JobState
from nhi_center.errors import OperatorError

LOT = 200
"""Sheets of a lot at most: one tray of cards, counted and checked in one go."""
FURTHEST = timedelta(days=120)
"""Renewals are printed in the weeks before their day; a day further off is a slip of the keyboard."""
LONGEST_NUMBER = 40

PULL_REASONS = {"1": "区の指示", "2": "本人の申出", "3": "窓口で交付済", "9": "その他"}
"""引抜きの理由, typed by number."""


@dataclass(frozen=True, slots=True)
class Renewal:
    """One order of the ward. ``issued``: 交付年月日, from which the documents hold. ``ended_at`` "" while it runs."""

    id: str
    order: str
    groups: tuple[Group, ...]
    issued: date
    made_at: str
    by: str
    ended_at: str = ""


# no repr: what is printed names a person
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Candidate:
    """One person of a renewal. ``lot`` 0: he gets nothing for now, ``blocks`` or ``pulled`` (引抜きの理由) say why.

    ``digest`` is the fingerprint of what was to be printed when he was extracted, ``job`` his print job and ``state`` how it
    stands, once the lot is put out.
    """

    atena: str
    household: str
    kind: Kind
    lot: int = 0
    place: int = 0
    blocks: tuple[Block, ...] = ()
    pulled: str = ""
    detail: str = ""
    digest: str = ""
    job: str = ""
    state: JobState | None = None

    @property
    def out(self) -> bool:
        """Its sheet is on its way: neither left out nor stopped in the queue."""
        return self.lot > 0 and self.state is not JobState.BLOCKED


def check_order(order: str, groups: Sequence[Group], issued: date | None, today: date) -> date:
    """Gives the day. Raises OperatorError at ``order``, ``groups`` or ``issued``."""
    if not order.strip() or len(order) > LONGEST_NUMBER:
        raise OperatorError(f"区の依頼番号を{LONGEST_NUMBER}文字までで入れてください。", field="order", code="no-order")
    if not groups:
        raise OperatorError("対象の年齢を番号で選んでください。", field="groups", code="no-group")
    if issued is None:
        raise OperatorError("交付年月日を入れてください。", field="issued", code="no-day")
    if not today <= issued <= today + FURTHEST:
        words = f"交付年月日は、今日から{FURTHEST.days}日先までの日を入れてください。"
        raise OperatorError(words, field="issued", code="wrong-day")
    return issued


def check_bases(renewal: Renewal, bases: Iterable[BaseExpiry]) -> None:
    """Raise OperatorError at ``issued`` while the ward has not set the base expiry for a group of this renewal."""
    bases = tuple(bases)
    if any(base_expiry(bases, Kind.ELIGIBILITY, group, renewal.issued) is None for group in renewal.groups):
        raise OperatorError(Block.BASE_UNSET.sentence, field="issued", code=Block.BASE_UNSET)


def document_of(person: Person, renewal: Renewal, *, applied: bool) -> Kind | None:
    """What this person gets in the renewal; None: nothing, he does not belong to it.

    ``applied``: he has filed for a 資格確認書 (F13). お知らせ under 70 has no end and is not renewed. Where the ward has to
    decide (未確認) he belongs to it as 資格確認書, and is blocked.
    """
    if not person.insured_on(renewal.issued):
        return None
    group = group_on(person.birth, renewal.issued)
    if group not in renewal.groups:
        return None
    kind = document_for(person.card, renewal.issued, applied=applied) or Kind.ELIGIBILITY
    return None if kind is Kind.NOTICE and group is Group.UNDER_70 else kind


def renewal_facts(person: Person, renewal: Renewal, marks: Marks = NO_MARKS, *, applied: bool) -> IssueFacts:
    """What a document of the renewal is judged on: the register alone; the order stands in the place of the ward's review."""
    period = person.current_period(renewal.issued)
    return IssueFacts(
        birth=person.birth,
        issue_date=renewal.issued,
        card=person.card,
        symbol=person.symbol,
        number=person.number,
        branch=person.branch,
        insured=period is not None,
        acquired=period.acquired if period else None,
        reviewed=True,
        income_class=person.income_class,
        arrears=person.arrears,
        undeclared=person.undeclared,
        protected=person.protected,
        stay_until=person.stay_until,
        study_until=marks.study_until,
        sex=person.sex,
        card_applied=applied,
    )


def postal_order(person: Person) -> tuple[str, str, str, bool, date, str]:
    """Households together in the order of the post, the head first."""
    return (person.postal, person.address, person.household, not person.is_head, person.birth, person.atena)


def lots(households: Sequence[int], most: int = LOT) -> tuple[int, ...]:
    """The lot (1, 2, ...) of each household by its number of sheets, in order. A household is never split, so one with more
    sheets than ``most`` is a lot of its own."""
    found, lot, filled = [], 1, 0
    for sheets in households:
        if filled and filled + sheets > most:
            lot, filled = lot + 1, 0
        found.append(lot)
        filled += sheets
    return tuple(found)


def check_pull(reason: str) -> None:
    """Raise OperatorError at ``reason`` for one that is not on the list."""
    if reason not in PULL_REASONS:
        raise OperatorError("引抜きの理由を番号で選んでください。", field="reason", code="no-reason")
