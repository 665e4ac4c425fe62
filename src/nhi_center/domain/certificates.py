"""証: which document a person gets, how long it holds, what stops it, and the way of one sheet from queue to ward.

The contractor prints what the ward has settled and stops at 提出. Everything here that the ward has not settled is a block
with a sentence, never a guess. Sources: 国民健康保険法 7条-9条 and 42条, 同施行規則 6条, 27条の14の2 and 27条の14の4; the
ward's base expiry is a setting without a default.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from nhi_center.domain.calendar import elderly_start, last_nhi_day, month_end, previous_day
from nhi_center.domain.certificate_blocks import Block
from nhi_center.domain.certificate_kinds import FIRST_DAY, Disease, Kind


class Group(StrEnum):
    """Base expiry differs for under 70 and 70 to 74."""

    UNDER_70 = "under_70"
    FROM_70 = "from_70"


# --- 2.1 which document -------------------------------------------------------------------------------------------


def document_for(card: str, day: date, *, applied: bool = False, special_care: bool = False) -> Kind | None:
    """資格確認書 or 資格情報のお知らせ from マイナ保険証登録 (有, 無, 未確認) on a day; None: the ward decides.

    Before 2024-12-02 everybody has 被保険者証. ``applied``: there is a 交付申請 (F13). ``special_care``: 特別療養費の対象.
    Raises ValueError for another ``card``.
    """
    if card not in ("有", "無", "未確認"):
        raise ValueError("card")
    if special_care:
        return None
    if not Kind.ELIGIBILITY.in_use(day):
        return Kind.INSURED
    if card == "未確認" and not applied:
        return None
    return Kind.NOTICE if card == "有" and not applied else Kind.ELIGIBILITY


def successor(kind: Kind, card: str) -> Kind | None:
    """What a person gets today in the place of a 証 of the past; None: the ward decides. Others follow themselves."""
    return document_for(card, FIRST_DAY) if kind.is_history else kind


@dataclass(frozen=True, slots=True)
class IncomeClass:
    """適用区分: ``code`` of オンライン資格確認, what is printed, and the certificate that shows it."""

    code: str
    printed: str
    group: Group
    kind: Kind | None


_CLASSES = (
    IncomeClass("A01", "ア", Group.UNDER_70, Kind.LIMIT),
    IncomeClass("A02", "イ", Group.UNDER_70, Kind.LIMIT),
    IncomeClass("A03", "ウ", Group.UNDER_70, Kind.LIMIT),
    IncomeClass("A04", "エ", Group.UNDER_70, Kind.LIMIT),
    IncomeClass("A05", "オ", Group.UNDER_70, Kind.LIMIT_REDUCTION),
    IncomeClass("B01", "現役並みIII", Group.FROM_70, None),
    IncomeClass("B02", "現役並みII", Group.FROM_70, Kind.LIMIT),
    IncomeClass("B03", "現役並みI", Group.FROM_70, Kind.LIMIT),
    IncomeClass("B04", "一般", Group.FROM_70, None),
    IncomeClass("B05", "低所得II", Group.FROM_70, Kind.LIMIT_REDUCTION),
    IncomeClass("B06", "低所得I", Group.FROM_70, Kind.LIMIT_REDUCTION),
)
_CLASS_OF = {key: entry for entry in _CLASSES for key in (entry.code, entry.printed)}


def income_class(value: str) -> IncomeClass | None:
    """The class by its code or its printed name; None while it is not settled. Raises ValueError for an unknown one."""
    if not value:
        return None
    try:
        return _CLASS_OF[value]
    except KeyError:
        raise ValueError("income_class") from None


def is_known_class(value: str) -> bool:
    """Whether ``income_class`` takes it. The codes of 境界層 (A06, B07, B08 of オンライン資格確認) have no certificate here."""
    return not value or value in _CLASS_OF


# --- 2.3 validity -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BaseExpiry:
    """有効期限の基準日, a ward setting: certificates of this kind and group issued from .. to end on ``last_day``."""

    kind: Kind
    group: Group
    issued_from: date
    issued_to: date
    last_day: date


class Noted(StrEnum):
    """併記 on a 資格確認書: 限度区分, 長期入院該当, 特定疾病区分."""

    LIMIT = "limit"
    STAY = "stay"
    DISEASE = "disease"


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueFacts:
    """What the register and the ward say about one person on the day of issue; the names are those of ``Person``.

    ``noted``: what he wants shown on the card (併記). ``settled_stay`` (ISO) and ``settled_disease`` (a code) are the ward's
    answer to it: "" 該当なし, None not settled.
    """

    birth: date
    issue_date: date
    card: str
    sex: str = "1"
    symbol: str = ""
    number: str = ""
    branch: str = ""
    insured: bool = False
    acquired: date | None = None
    reviewed: bool = False
    card_applied: bool = False
    special_care: bool = False
    applied_on: date | None = None
    income_class: str = ""
    arrears: bool = False
    undeclared: bool = False
    protected: bool = False
    stay_until: date | None = None
    stay_renewal_pending: bool = False
    study_until: date | None = None
    disease: str = ""
    long_stay: bool = False
    noted: frozenset[Noted] = frozenset()
    settled_stay: str | None = None
    settled_disease: str | None = None
    missing_glyphs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Validity:
    """``valid_from`` 発効期日 and ``valid_until`` 有効期限, both inclusive; ``reason`` says which limit came first.

    ``valid_until`` None: the document has no end of its own (お知らせ under 70, 受療証 of a disease without a yearly check).
    """

    valid_from: date
    valid_until: date | None
    reason: str = ""


def group_on(birth: date, day: date) -> Group:
    """70 to 74 from 高齢適用開始."""
    return Group.FROM_70 if day >= elderly_start(birth) else Group.UNDER_70


def base_expiry(bases: Iterable[BaseExpiry], kind: Kind, group: Group, issued: date) -> date | None:
    """The ward's base for this day; None blocks printing. Of several, the one that began last counts."""
    fitting = [
        base for base in bases if (base.kind, base.group) == (kind, group) and base.issued_from <= issued <= base.issued_to
    ]
    return max(fitting, key=lambda base: base.issued_from).last_day if fitting else None


def limit_start(applied_on: date, acquired: date | None) -> date:
    """限度額認定証の発効期日: the first of the application month, or the day of acquisition within that month."""
    first = applied_on.replace(day=1)
    if acquired is not None and first < acquired <= month_end(applied_on):
        return acquired
    return first


def next_july_end(day: date) -> date:
    """The 31 July on or after a day: the end of the 適用区分 year."""
    end = date(day.year, 7, 31)
    return end if day <= end else end.replace(year=day.year + 1)


def stay_limit(stay_until: date, *, renewal_pending: bool = False) -> date:
    """The last day for a person with a limited stay: the day after it ends, two months more when renewal is pending."""
    day = stay_until + timedelta(days=1)
    if not renewal_pending:
        return day
    year, month = day.year + (day.month + 1) // 12, (day.month + 1) % 12 + 1
    return min(month_end(date(year, month, 1)), date(year, month, 1) + timedelta(days=day.day - 1))


def elderly_from(facts: IssueFacts) -> date:
    """高齢受給者証の発効期日: 高齢適用開始, or the day of issue after it."""
    return max(elderly_start(facts.birth), facts.issue_date)


def long_stay_from(applied_on: date) -> date:
    """長期入院該当年月日: the first of the month after the application (国民健康保険法施行規則 27条の14の4)."""
    return month_end(applied_on) + timedelta(days=1)


def disease_ceiling(facts: IssueFacts, start: date) -> int | None:
    """特定疾病の自己負担限度額 in yen: 20,000 for dialysis under 70 in 区分 ア・イ or 未申告, else 10,000 (施行令 29条の2).

    None while the class that decides is not settled.
    """
    if facts.disease != Disease.DIALYSIS or group_on(facts.birth, start) is Group.FROM_70:
        return 10_000
    settled = income_class(facts.income_class)
    if facts.undeclared:
        return 20_000
    return None if settled is None else 20_000 if settled.printed in ("ア", "イ") else 10_000


def validity(kind: Kind, facts: IssueFacts, bases: Iterable[BaseExpiry]) -> Validity | Block:
    """有効期限 (the earliest of all limits) and 発効期日, or the block that stands in the way."""
    start = _start(kind, facts)
    if isinstance(start, Block):
        return start
    under_70 = group_on(facts.birth, start) is Group.UNDER_70
    if kind is Kind.NOTICE and under_70:
        return Validity(start, None)
    limits = [(last_nhi_day(facts.birth), "75歳到達")]
    if kind in (Kind.ELIGIBILITY, Kind.INSURED):
        base = base_expiry(bases, kind, group_on(facts.birth, start), facts.issue_date)
        if base is None:
            return Block.BASE_UNSET
        limits.append((base, "基準日"))
    elif kind is not Kind.DISEASE or (under_70 and facts.disease == Disease.DIALYSIS):
        limits.append((next_july_end(start), "基準日"))
    elif under_70:
        return Validity(start, None)
    if under_70:
        limits.append((previous_day(elderly_start(facts.birth)), "70歳到達"))
    if facts.stay_until is not None:
        limits.append((stay_limit(facts.stay_until, renewal_pending=facts.stay_renewal_pending), "在留期間"))
    if facts.study_until is not None:
        limits.append((facts.study_until, "修学期間"))
    until, reason = min(limits, key=lambda limit: limit[0])
    return Validity(start, until, reason) if until >= max(start, facts.issue_date) else Block.EXPIRED


def _start(kind: Kind, facts: IssueFacts) -> date | Block:
    """発効期日 by kind."""
    if kind is Kind.ELDERLY:
        return elderly_from(facts)
    if not kind.applied_for:
        return facts.issue_date
    if facts.applied_on is None:
        return Block.NOT_APPLIED
    start = limit_start(facts.applied_on, facts.acquired)
    return Block.APPLIED_EARLY if facts.acquired is not None and start < facts.acquired else start


SHOWS_SEX = (Kind.ELIGIBILITY, Kind.INSURED)


# --- what stands in the way ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Examination:
    """``blocks`` empty: it may be printed with ``validity``."""

    blocks: tuple[Block, ...]
    validity: Validity | None

    @property
    def printable(self) -> bool:
        return not self.blocks


def examine(kind: Kind, facts: IssueFacts, bases: Iterable[BaseExpiry]) -> Examination:
    """All that stands in the way of printing, in the order a clerk would clear it."""
    tests = [
        (not facts.reviewed, Block.NOT_REVIEWED),
        (kind.is_history and not kind.in_use(facts.issue_date), Block.HISTORY),
        (not kind.is_history and not kind.in_use(facts.issue_date), Block.TOO_EARLY),
        (facts.protected, Block.PROTECTED),
        (kind in SHOWS_SEX and facts.sex not in ("1", "2"), Block.SEX_UNSETTLED),
        (not facts.insured, Block.NOT_INSURED),
        (not (facts.symbol and facts.number and facts.branch), Block.NO_NUMBER),
    ]
    blocks = [block for stands, block in tests if stands]
    blocks += _own_blocks(kind, facts)
    held = validity(kind, facts, bases)
    if isinstance(held, Block):
        blocks.append(held)
    if facts.missing_glyphs:
        blocks.append(Block.GLYPH)
    return Examination(tuple(blocks), held if isinstance(held, Validity) else None)


def _own_blocks(kind: Kind, facts: IssueFacts) -> list[Block]:
    if kind.is_limit:
        return _limit_blocks(kind, facts)
    if kind is Kind.DISEASE:
        return _disease_blocks(facts)
    if kind is Kind.ELDERLY:
        return [] if group_on(facts.birth, month_end(facts.issue_date)) is Group.FROM_70 else [Block.OTHER_DOCUMENT]
    return _document_blocks(kind, facts)


def _document_blocks(kind: Kind, facts: IssueFacts) -> list[Block]:
    if kind.is_history:
        return [Block.ARREARS] if facts.special_care else []
    wanted = document_for(facts.card, facts.issue_date, applied=facts.card_applied, special_care=facts.special_care)
    if wanted is None:
        return [Block.CARD_UNCONFIRMED if facts.card == "未確認" else Block.ARREARS]
    if wanted is not kind:
        return [Block.OTHER_DOCUMENT]
    return _note_blocks(facts) if kind is Kind.ELIGIBILITY else []


def _note_blocks(facts: IssueFacts) -> list[Block]:
    """What was asked to be shown on the card and is not settled. A class that has no certificate is simply not shown."""
    blocks = []
    if Noted.LIMIT in facts.noted:
        settled = income_class(facts.income_class)
        start = limit_start(facts.applied_on, facts.acquired) if facts.applied_on else facts.issue_date
        tests = (
            (facts.arrears, Block.ARREARS),
            (facts.undeclared, Block.UNDECLARED),
            (settled is None, Block.INCOME_UNSETTLED),
            (settled is not None and settled.group is not group_on(facts.birth, start), Block.INCOME_AGE),
        )
        blocks = [block for stands, block in tests if stands]
    unsaid = (Noted.STAY, facts.settled_stay), (Noted.DISEASE, facts.settled_disease)
    if any(one in facts.noted and answer is None for one, answer in unsaid):
        blocks.append(Block.NOTES_UNSETTLED)
    return blocks


def _disease_blocks(facts: IssueFacts) -> list[Block]:
    if facts.disease not in set(Disease):
        return [Block.DISEASE_UNSETTLED]
    start = _start(Kind.DISEASE, facts)
    if isinstance(start, date) and disease_ceiling(facts, start) is None:
        return [Block.INCOME_UNSETTLED]
    return []


def _limit_blocks(kind: Kind, facts: IssueFacts) -> list[Block]:
    blocks = [block for stands, block in ((facts.arrears, Block.ARREARS), (facts.undeclared, Block.UNDECLARED)) if stands]
    settled = income_class(facts.income_class)
    if settled is None:
        return [*blocks, Block.INCOME_UNSETTLED]
    if facts.applied_on is not None and settled.group is not group_on(facts.birth, limit_start(facts.applied_on, facts.acquired)):
        return [*blocks, Block.INCOME_AGE]
    if settled.kind is None:
        return [*blocks, Block.NO_LIMIT_CERTIFICATE]
    fits = settled.kind is kind or (settled.kind is Kind.LIMIT_REDUCTION and kind is Kind.REDUCTION)
    return blocks if fits else [*blocks, Block.OTHER_CLASS]
