"""V14 to V18 and V26: residence, 修学, 住所地特例, limit certificates, and what the paper itself leaves to the ward."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from nhi_center.domain.calendar import anniversary
from nhi_center.domain.certificate_kinds import Kind
from nhi_center.domain.certificates import income_class
from nhi_center.domain.forms.case import Case, Finding
from nhi_center.domain.forms.definition import BEGINS, EffectKind, FieldType

FOREIGN, THREE_MONTHS_OR_LESS, WITHIN, OUTSIDE, WITH_PROOF = "2", "1", "1", "2", "1"
STAYS = 4
TO_WARD = "(区へ照会)"
"""A choice whose words end so says that the paper lacks what only the ward may do without."""


def v14(case: Case) -> Iterator[Finding]:
    """A foreign resident who is not insured (規則 1条): 3 months or less, 外交, 短期滞在, 医療・観光, expired."""
    if case.form.effect not in BEGINS or case.value("foreigner") != FOREIGN:
        return
    known, status = case.thresholds, case.value("residence_status")
    until, begins = case.day("stay_until"), case.effective_date
    if status in known.never:
        yield _not_eligible(case, "residence_status", "この在留資格の人は国民健康保険に加入できません。")
    elif status in known.designated and case.value("designation") != WITHIN:
        sentence = "特定活動は、指定書で対象と分かるときだけ加入できます。"
        yield _not_eligible(case, "designation", sentence)
    if case.value("stay_length") == THREE_MONTHS_OR_LESS:
        if status not in known.with_proof:
            yield _not_eligible(case, "stay_length", "在留期間が3月以下の人は加入できません。")
        elif case.value("stay_proof") != WITH_PROOF:
            yield _not_eligible(case, "stay_proof", "3月を超えて在留すると分かる資料がありません。")
    if until is not None and begins is not None and until < begins:
        yield _not_eligible(case, "stay_until", "在留期間が取得日より前に終わっています。")


def _not_eligible(case: Case, field: str, sentence: str) -> Finding:
    at = field if case.form.has(field) else case.form.fact
    return case.error("V14", at, f"{sentence}F4 で保留にし、区へ照会してください。", to_ward=True)


def v15(case: Case) -> Iterator[Finding]:
    """マル学 (法116条): school and period; nothing ends after the school does."""
    if not _applies(case, "student"):
        return
    for name in ("school_name", "school_from", "school_until"):
        if case.form.has(name) and not case.value(name):
            yield case.error("V15", name, "修学の届出には学校名と在学期間が必要です。紙に無いときは F4 で保留にします。")
    begins, ends = case.day("school_from"), case.day("school_until")
    if begins and ends and ends < begins:
        yield case.error("V15", "school_until", "在学期間の終わりが始まりより前です。日付を確認してください。")
    if case.fact and ends and case.fact > ends:
        yield case.error("V15", case.form.fact, "該当の日が卒業(予定)の日より後です。日付を確認してください。")


def v16(case: Case) -> Iterator[Finding]:
    """住所地特例 (法116条の2): the facility and its certificate."""
    if not _applies(case, "facility"):
        return
    for name in ("facility_name", "facility_evidence"):
        if case.form.has(name) and not case.value(name):
            yield case.error("V16", name, "住所地特例には施設名と証明書が必要です。紙に無いときは F4 で保留にします。")
    admitted = case.day("admitted_on")
    if admitted and case.fact and case.fact < admitted:
        yield case.error("V16", case.form.fact, "該当の日が入所日より前です。日付を確認してください。")


def _applies(case: Case, mark: str) -> bool:
    return case.form.effect is EffectKind.SPECIAL and case.form.mark == mark and case.value("applies") == WITHIN


def v17(case: Case) -> Iterator[Finding]:
    """限度額適用(・減額)認定 with 滞納 or 未申告: the ward's to decide (施行規則 27条の14の2)."""
    if _limit_kind(case) is None or case.person is None:
        return
    marks = ((case.person.arrears, "滞納"), (case.person.undeclared, "未申告"))
    for mark in (name for stands, name in marks if stands):
        yield case.error(
            "V17", case.form.fact, f"台帳に{mark}のしるしがあります。F4 で保留にし、区へ照会してください。", to_ward=True
        )


def v18(case: Case) -> Iterator[Finding]:
    """An 適用区分 without a certificate (70 and over 一般, 現役並みIII), or with the other one; the rows of a 長期入院."""
    asked = _limit_kind(case)
    if asked is None:
        return
    settled = income_class(case.person.income_class) if case.person else None
    if settled is not None and settled.kind is None:
        sentence = "この適用区分には認定証がありません。F4 で保留にし、区へ照会してください。"
        yield case.error("V18", case.form.fact, sentence, to_ward=True)
    elif settled is not None and settled.kind is not asked:
        other = "限度額・減額認定証" if asked is Kind.LIMIT else "限度額適用認定証"
        sentence = f"この適用区分は{other}の対象で、申請書が違います。F4 で保留にし、区へ照会してください。"
        yield case.error("V18", case.form.fact, sentence, to_ward=True)
    yield from _long_stay(case)


def _limit_kind(case: Case) -> Kind | None:
    if case.form.effect is not EffectKind.CERTIFICATE or case.form.document not in (Kind.LIMIT, Kind.LIMIT_REDUCTION):
        return None
    return Kind(case.form.document)


def _long_stay(case: Case) -> Iterator[Finding]:
    """長期入院該当: more than 90 days in the 12 months before the application; rows that are possible and do not overlap."""
    if case.value("long_stay") != WITHIN:
        return
    months = case.thresholds.long_stay_months
    earliest = anniversary(case.filed, -(months // 12))
    rows: list[tuple[date, date]] = []
    total = 0
    for number in range(1, STAYS + 1):
        begins, ends = case.day(f"stay{number}_from"), case.day(f"stay{number}_until")
        if begins is None or ends is None:
            continue
        at = f"stay{number}_until"
        if ends < begins:
            yield case.error("V18", at, "入院期間の終わりが始まりより前です。日付を確認してください。")
        elif any(begins <= until and since <= ends for since, until in rows):
            yield case.error("V18", at, "入院期間がほかの行と重なっています。日付を確認してください。")
        else:
            rows.append((begins, ends))
            total += max((min(ends, case.filed) - max(begins, earliest)).days + 1, 0)
    if total <= case.thresholds.long_stay_days:
        least = case.thresholds.long_stay_days
        sentence = f"申請日までの{months}月の入院が{least}日を超えていません({total}日)。入院期間を確認してください。"
        yield case.error("V18", "long_stay", sentence)


def v26(case: Case) -> Iterator[Finding]:
    """The paper lacks what only the ward may do without (本人確認なし, 証明書なし, 支援措置の申出 ...)."""
    for field in case.form.fields():
        if field.type is FieldType.CHOICE and case.form.asks(field, case.values):
            chosen = field.choice(case.value(field.id))
            if chosen is not None and chosen.label.endswith(TO_WARD):
                sentence = f"{field.label}が「{chosen.label.removesuffix(TO_WARD)}」です。F4 で保留にし、区へ照会してください。"
                yield case.error("V26", field.id, sentence, to_ward=True)
