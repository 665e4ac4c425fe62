"""証の種類: what each is called, on which blank paper it is printed, and from when to when it may be made out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

FIRST_DAY = date(2024, 12, 2)
"""From this day 資格確認書 takes the place of 被保険者証 and 高齢受給者証 (令和5年法律第48号)."""
_LAST_OLD_DAY = FIRST_DAY - timedelta(days=1)


class Kind(StrEnum):
    """証の種類. 被保険者証 and 高齢受給者証 are history: shown and called in, printed for no day after 2024-12-01."""

    ELIGIBILITY = "shikaku"
    NOTICE = "oshirase"
    LIMIT = "gendogaku"
    LIMIT_REDUCTION = "gengaku"
    REDUCTION = "hyojun"
    DISEASE = "tokutei"
    INSURED = "hihokensha"
    ELDERLY = "korei"

    @property
    def full_title(self) -> str:
        """As printed on it."""
        return _FACTS[self].full

    @property
    def short_title(self) -> str:
        """For lists."""
        return _FACTS[self].short

    @property
    def stock(self) -> str:
        """Prefix of the numbered paper it is printed on; empty: plain paper, which has no number."""
        return _FACTS[self].stock

    @property
    def is_limit(self) -> bool:
        """限度額の認定証: it shows 適用区分, and which of them a person gets follows from it."""
        return self in (Kind.LIMIT, Kind.LIMIT_REDUCTION, Kind.REDUCTION)

    @property
    def applied_for(self) -> bool:
        """It begins with the month of its application, not with the day of issue."""
        return self.is_limit or self is Kind.DISEASE

    @property
    def is_history(self) -> bool:
        return self in (Kind.INSURED, Kind.ELDERLY)

    def in_use(self, day: date) -> bool:
        """Whether it may be made out on this day."""
        return _FACTS[self].first <= day <= _FACTS[self].last


@dataclass(frozen=True, slots=True)
class _Facts:
    full: str
    short: str
    stock: str
    first: date = date.min
    last: date = date.max


CARD, LARGE = "S", "A"
"""Numbered blanks of the room: card size (86 x 54 mm), and 91 x 127 mm for 認定証, 受療証 and, before, 高齢受給者証."""

_FACTS = {
    Kind.ELIGIBILITY: _Facts("国民健康保険資格確認書", "資格確認書", CARD, first=FIRST_DAY),
    Kind.NOTICE: _Facts("国民健康保険資格情報のお知らせ", "資格情報のお知らせ", "", first=FIRST_DAY),
    Kind.LIMIT: _Facts("国民健康保険限度額適用認定証", "限度額適用認定証", LARGE),
    Kind.LIMIT_REDUCTION: _Facts("国民健康保険限度額適用・標準負担額減額認定証", "限度額・減額認定証", LARGE),
    Kind.REDUCTION: _Facts("国民健康保険標準負担額減額認定証", "標準負担額減額認定証", LARGE),
    Kind.DISEASE: _Facts("国民健康保険特定疾病療養受療証", "特定疾病療養受療証", LARGE),
    Kind.INSURED: _Facts("国民健康保険被保険者証", "被保険者証", CARD, last=_LAST_OLD_DAY),
    Kind.ELDERLY: _Facts("国民健康保険高齢受給者証", "高齢受給者証", LARGE, last=_LAST_OLD_DAY),
}


class Disease(StrEnum):
    """特定疾病, by the code of オンライン資格確認 (国民健康保険法施行令 29条の2 8項)."""

    DIALYSIS = "1"
    HAEMOPHILIA = "2"
    HIV = "3"

    @property
    def printed(self) -> str:
        return _DISEASES[self]


_DISEASES = {
    Disease.DIALYSIS: "人工透析を必要とする慢性腎不全",
    Disease.HAEMOPHILIA: "先天性血液凝固因子障害の一部",
    Disease.HIV: "血液凝固因子製剤に起因するHIV感染症",
}
