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


class Kind(StrEnum):
    """証の種類 printed since 2024-12-02; 被保険者証 and 高齢受給者証 are history and never printed."""

    ELIGIBILITY = "shikaku"
    NOTICE = "oshirase"
    LIMIT = "gendogaku"
    LIMIT_REDUCTION = "gengaku"

    @property
    def full_title(self) -> str:
        """As printed on it."""
        return _TITLES[self][0]

    @property
    def short_title(self) -> str:
        """For lists."""
        return _TITLES[self][1]

    @property
    def stock(self) -> str:
        """Prefix of the numbered paper it is printed on; empty: plain paper."""
        return {Kind.ELIGIBILITY: "S", Kind.LIMIT: "A", Kind.LIMIT_REDUCTION: "A"}.get(self, "")

    @property
    def is_limit(self) -> bool:
        return self in (Kind.LIMIT, Kind.LIMIT_REDUCTION)


_TITLES = {
    Kind.ELIGIBILITY: ("国民健康保険資格確認書", "資格確認書"),
    Kind.NOTICE: ("国民健康保険資格情報のお知らせ", "資格情報のお知らせ"),
    Kind.LIMIT: ("国民健康保険限度額適用認定証", "限度額適用認定証"),
    Kind.LIMIT_REDUCTION: ("国民健康保険限度額適用・標準負担額減額認定証", "限度額・減額認定証"),
}
PRINTED_HERE = (Kind.ELIGIBILITY, Kind.LIMIT)
"""Kinds with a layout and numbered paper in the room; the others are made by the ward."""

FIRST_DAY = date(2024, 12, 2)
"""From this day 資格確認書 takes the place of 被保険者証 (令和5年法律第48号)."""


class Group(StrEnum):
    """Base expiry differs for under 70 and 70 to 74."""

    UNDER_70 = "under_70"
    FROM_70 = "from_70"


class Block(StrEnum):
    """Why nothing is printed. The value is kept with the job; the sentence is what the clerk reads."""

    NOT_REVIEWED = "not_reviewed"
    NOT_INSURED = "not_insured"
    NO_NUMBER = "no_number"
    BASE_UNSET = "base_unset"
    CARD_UNCONFIRMED = "card_unconfirmed"
    OTHER_DOCUMENT = "other_document"
    PROTECTED = "protected"
    ARREARS = "arrears"
    UNDECLARED = "undeclared"
    INCOME_UNSETTLED = "income_unsettled"
    INCOME_UNKNOWN = "income_unknown"
    INCOME_AGE = "income_age"
    NO_LIMIT_CERTIFICATE = "no_limit_certificate"
    NOT_APPLIED = "not_applied"
    APPLIED_EARLY = "applied_early"
    WARD_PRINTS = "ward_prints"
    EXPIRED = "expired"
    TOO_EARLY = "too_early"
    GLYPH = "glyph"
    TOO_LONG = "too_long"
    HELD = "held"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"

    @property
    def sentence(self) -> str:
        return _SENTENCES[self]


_SENTENCES = {
    Block.NOT_REVIEWED: "区の審査がまだです。審査が済むと印刷できます。",
    Block.NOT_INSURED: "交付日に資格がありません。区職員に確認してください。",
    Block.NO_NUMBER: "記号・番号・枝番がまだ届いていません。標準システムの結果を待ってください。",
    Block.BASE_UNSET: "有効期限の基準日が登録されていません。区職員に設定を依頼してください。",
    Block.CARD_UNCONFIRMED: "マイナ保険証の登録が未確認です。どの書類を出すか区職員に確認してください。",
    Block.OTHER_DOCUMENT: "マイナ保険証の登録があり、資格確認書の交付申請がありません。区職員に確認してください。",
    Block.PROTECTED: "支援措置の対象です。印刷は区職員が行います。書類を区職員に渡してください。",
    Block.ARREARS: "滞納の記録があります。認定証は印刷せず、書類を区職員に渡してください。",
    Block.UNDECLARED: "所得の申告がありません。認定証は印刷せず、書類を区職員に渡してください。",
    Block.INCOME_UNSETTLED: "適用区分がまだ決まっていません。標準システムの結果を待ってください。",
    Block.INCOME_UNKNOWN: "届いた適用区分はここでは印刷できません。書類を区職員に渡してください。",
    Block.INCOME_AGE: "適用区分と年齢が合いません。区職員に確認してください。",
    Block.NO_LIMIT_CERTIFICATE: "この区分には認定証がありません。区職員に確認してください。",
    Block.NOT_APPLIED: "認定の申請日がありません。申請書を確認してください。",
    Block.APPLIED_EARLY: "資格の取得が申請した月より後です。発効期日を区職員に確認してください。",
    Block.WARD_PRINTS: "この証は区で作成します。書類を区職員に渡してください。",
    Block.EXPIRED: "有効期限が発効期日より前になります。区職員に確認してください。",
    Block.TOO_EARLY: "令和6年12月1日以前の日付では資格確認書を出せません。交付日を確認してください。",
    Block.GLYPH: "印刷できない文字があります。置き換えずに、書類を区職員に渡してください。",
    Block.TOO_LONG: "文字が多く、証の枠に入りません。書類を区職員に渡してください。",
    Block.HELD: "保留・照会中です。回答が届くと、もう一度確かめて一覧に戻します。",
    Block.RETURNED: "区が差戻しにしました。この証は使いません。訂正の届出から、新しい証を出します。",
    Block.WITHDRAWN: "区が取下げを記録しました。この証は使いません。刷ったものは区へ渡します。",
}


# --- 2.1 which document -------------------------------------------------------------------------------------------


def document_for(card: str, *, applied: bool = False, special_care: bool = False) -> Kind | None:
    """資格確認書 or 資格情報のお知らせ from マイナ保険証登録 (有, 無, 未確認); None: the ward decides.

    ``applied``: there is a 交付申請 (F13). ``special_care``: 特別療養費の対象. Raises ValueError for another ``card``.
    """
    if card not in ("有", "無", "未確認"):
        raise ValueError("card")
    if special_care or (card == "未確認" and not applied):
        return None
    return Kind.NOTICE if card == "有" and not applied else Kind.ELIGIBILITY


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


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueFacts:
    """What the register and the ward say about one person on the day of issue; the names are those of ``Person``."""

    birth: date
    issue_date: date
    card: str
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
    missing_glyphs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Validity:
    """``valid_from`` 発効期日 and ``valid_until`` 有効期限, both inclusive; ``reason`` says which limit came first."""

    valid_from: date
    valid_until: date
    reason: str


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


def validity(kind: Kind, facts: IssueFacts, bases: Iterable[BaseExpiry]) -> Validity | Block:
    """有効期限 (the earliest of all limits) and 発効期日, or the block that stands in the way."""
    if kind.is_limit:
        if facts.applied_on is None:
            return Block.NOT_APPLIED
        start = limit_start(facts.applied_on, facts.acquired)
        if facts.acquired is not None and start < facts.acquired:
            return Block.APPLIED_EARLY
        limits = [(next_july_end(start), "基準日")]
    else:
        start = facts.issue_date
        base = base_expiry(bases, kind, group_on(facts.birth, start), facts.issue_date)
        if base is None:
            return Block.BASE_UNSET
        limits = [(base, "基準日")]
    limits.append((last_nhi_day(facts.birth), "75歳到達"))
    if start < elderly_start(facts.birth):
        limits.append((previous_day(elderly_start(facts.birth)), "70歳到達"))
    if facts.stay_until is not None:
        limits.append((stay_limit(facts.stay_until, renewal_pending=facts.stay_renewal_pending), "在留期間"))
    if facts.study_until is not None:
        limits.append((facts.study_until, "修学期間"))
    until, reason = min(limits, key=lambda limit: limit[0])
    return Validity(start, until, reason) if until >= max(start, facts.issue_date) else Block.EXPIRED


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
        (kind not in PRINTED_HERE, Block.WARD_PRINTS),
        (facts.issue_date < FIRST_DAY, Block.TOO_EARLY),
        (facts.protected, Block.PROTECTED),
        (not facts.insured, Block.NOT_INSURED),
        (not (facts.symbol and facts.number and facts.branch), Block.NO_NUMBER),
    ]
    blocks = [block for stands, block in tests if stands]
    blocks += _limit_blocks(kind, facts) if kind.is_limit else _document_blocks(kind, facts)
    held = validity(kind, facts, bases)
    if isinstance(held, Block):
        blocks.append(held)
    if facts.missing_glyphs:
        blocks.append(Block.GLYPH)
    return Examination(tuple(blocks), held if isinstance(held, Validity) else None)


def _document_blocks(kind: Kind, facts: IssueFacts) -> list[Block]:
    wanted = document_for(facts.card, applied=facts.card_applied, special_care=facts.special_care)
    if wanted is None:
        return [Block.CARD_UNCONFIRMED if facts.card == "未確認" else Block.ARREARS]
    return [] if wanted is kind else [Block.OTHER_DOCUMENT]


def _limit_blocks(kind: Kind, facts: IssueFacts) -> list[Block]:
    blocks = [block for stands, block in ((facts.arrears, Block.ARREARS), (facts.undeclared, Block.UNDECLARED)) if stands]
    settled = income_class(facts.income_class)
    if settled is None:
        return [*blocks, Block.INCOME_UNSETTLED]
    if facts.applied_on is not None and settled.group is not group_on(facts.birth, limit_start(facts.applied_on, facts.acquired)):
        return [*blocks, Block.INCOME_AGE]
    if settled.kind is None:
        return [*blocks, Block.NO_LIMIT_CERTIFICATE]
    return blocks if settled.kind is kind else [*blocks, Block.WARD_PRINTS]
