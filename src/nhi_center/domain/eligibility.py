"""資格の取得と喪失: which day counts for which reason, whether a new period fits the known ones, how late a filing is.

Days follow 国民健康保険法 7条 (acquisition) and 8条 (loss: the day after, with the exceptions named there). The day of the fact
decides, never the day of filing. ``shifts`` carries the ward's own reading for the reasons where practice differs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from nhi_center.domain.calendar import FILING_DAYS, ClosedDays, anniversary, birthday75, filing_due
from nhi_center.domain.people import Period

Severity = Literal["E", "W"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found: E stops, W asks for a reason and is kept. ``message`` is a Japanese sentence without personal values."""

    rule: str
    severity: Severity
    message: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """One line of the table of reasons (事由). ``shift`` days lie between the fact and the day that is entered."""

    code: str
    label: str
    fact_label: str
    shift: Literal[0, 1]
    source: str
    same_day_move: bool = False
    configurable: bool = False
    online_code: str = ""

    @property
    def acquires(self) -> bool:
        return self.code.startswith("A")


# online_code: 資格喪失事由 of オンライン資格確認 (01 死亡, 02 生活保護, 03 他の医療保険等, 99 その他).
REASONS: Mapping[str, Reason] = {
    reason.code: reason
    for reason in (
        Reason("A1", "転入", "転入日", 0, "法7条"),
        Reason("A2", "社保離脱", "社保喪失日", 0, "法7条"),
        Reason("A3", "出生", "出生日", 0, "法7条"),
        Reason("A4", "生保廃止", "保護廃止日", 0, "法7条"),
        Reason("A5", "国保組合離脱", "組合喪失日", 0, "法7条"),
        Reason("A6", "後期高齢者医療の障害認定撤回", "撤回日", 1, "法7条"),
        Reason("A7", "在留資格取得・入国", "住民登録日", 0, "法7条"),
        Reason("L1", "転出", "転出日", 1, "法8条1項", same_day_move=True, online_code="99"),
        Reason("L2", "社保加入", "社保取得日", 1, "法8条1項", online_code="03"),
        Reason("L3", "死亡", "死亡日", 1, "法8条1項", online_code="01"),
        Reason("L4", "生保開始", "保護開始日", 0, "法8条2項", online_code="02"),
        Reason("L5", "国保組合加入", "組合取得日", 0, "法8条2項", online_code="03"),
        Reason("L6", "75歳到達", "75歳の誕生日", 0, "高齢者医療確保法52条", configurable=True, online_code="03"),
        Reason("L7", "後期高齢者医療の障害認定(65~74歳)", "認定日", 1, "法8条1項", configurable=True, online_code="03"),
        Reason("L8", "在留期間満了・不法残留", "満了日", 1, "法8条1項", configurable=True, online_code="99"),
        Reason("L9", "適用除外", "該当日", 1, "法8条1項", configurable=True, online_code="99"),
    )
}
SAME_DAY_LOSSES = frozenset({"L1", "L4", "L5"})
"""Reasons for which a period may begin and end on one day (V08)."""


def reason(code: str) -> Reason:
    """The reason of this code. Raises ValueError for a code outside the table."""
    found = REASONS.get(code)
    if found is None:
        raise ValueError("unknown reason code")
    return found


def acquisition_date(code: str, fact: date) -> date:
    """資格取得日 for the day of the fact. Raises ValueError for another code than A1 to A7."""
    entry = reason(code)
    if not entry.acquires:
        raise ValueError("not a reason of acquisition")
    return fact + timedelta(days=entry.shift)


def loss_date(code: str, fact: date, same_day_move: bool = False, *, shifts: Mapping[str, int] | None = None) -> date:
    """資格喪失日 for the day of the fact.

    ``same_day_move``: residence elsewhere was taken on the day of moving out (L1 only: 法8条1項ただし書).
    ``shifts``: the ward's days for L6, L7, L8. Raises ValueError for another code than L1 to L9, a same-day move of another
    reason, or a shift for a reason whose day the law fixes.
    """
    entry = reason(code)
    if entry.acquires:
        raise ValueError("not a reason of loss")
    if same_day_move and not entry.same_day_move:
        raise ValueError("only moving out can be a same-day move")
    shift: int = entry.shift
    for changed, days in (shifts or {}).items():
        if not reason(changed).configurable or days not in (0, 1):
            raise ValueError("this shift is not the ward's to set")
        if changed == code:
            shift = days
    return fact if same_day_move else fact + timedelta(days=shift)


# -- checks of one entry --


def check_entered_date(
    code: str, fact: date, entered: date, *, same_day_move: bool = False, shifts: Mapping[str, int] | None = None
) -> Finding | None:
    """V07: the entered 取得日 or 喪失日 has to be the one of the table for the day of the fact."""
    entry = reason(code)
    right = acquisition_date(code, fact) if entry.acquires else loss_date(code, fact, same_day_move, shifts=shifts)
    if entered == right:
        return None
    field = "acquired" if entry.acquires else "lost"
    kind = "取得日" if entry.acquires else "喪失日"
    rule = f"{entry.fact_label}の翌日" if right != fact else f"{entry.fact_label}と同じ日"
    return Finding("V07", "E", f"{entry.label}の{kind}は、{rule}です。日付を確認してください。", field)


def check_period(period: Period) -> Finding | None:
    """V08: no loss before the acquisition; on the same day only for 転出, 生保開始 and 国保組合加入, with a warning."""
    if period.lost is None or period.lost > period.acquired:
        return None
    if period.lost < period.acquired:
        return Finding("V08", "E", "喪失日が取得日より前です。日付を確認してください。", "lost")
    if period.lost_code in SAME_DAY_LOSSES:
        return Finding(
            "V08",
            "W",
            "取得日と喪失日が同じ日です。この期間は1日もありません。まちがいがなければ理由を記入してください。",
            "lost",
        )
    return Finding("V08", "E", "この事由では取得日と喪失日を同じ日にできません。日付か事由を確認してください。", "lost")


def overlaps(first: Period, second: Period) -> bool:
    """Is there a day that both cover? 喪失日 is not covered, so a period may begin on the day another was lost."""
    first_goes_on = first.lost is None or second.acquired < first.lost
    second_goes_on = second.lost is None or first.acquired < second.lost
    both_have_days = all(period.lost is None or period.acquired < period.lost for period in (first, second))
    return both_have_days and first_goes_on and second_goes_on


def gap_days(known: Iterable[Period], new: Period) -> int:
    """Days without cover between the last period lost before ``new`` and its 取得日; 0 without such a period."""
    ends = [period.lost for period in known if period.lost is not None and period.lost <= new.acquired]
    return (new.acquired - max(ends)).days if ends else 0


def check_new_period(known: Iterable[Period], new: Period) -> tuple[Finding, ...]:
    """V08 and V09 of a period to add to those of the same 宛名番号 at this insurer: overlap stops, a gap warns."""
    known = tuple(known)
    findings = [finding for finding in (check_period(new),) if finding]
    if any(overlaps(period, new) for period in known):
        findings.append(
            Finding("V09", "E", "すでに登録されている資格期間と重なります。台帳の資格期間を確認してください。", "acquired")
        )
    elif days := gap_days(known, new):
        message = f"前の喪失日から{days}日の空白があります。ほかの保険の加入を確認し、理由を記入してください。"
        findings.append(Finding("V09", "W", message, "acquired"))
    return tuple(findings)


def check_loss(known: Iterable[Period], lost: date, code: str) -> tuple[Finding, ...]:
    """V08 and V09 of a loss to enter: there must be a period that is still open, and the loss must not precede it."""
    current = [period for period in known if period.lost is None]
    if not current:
        return (Finding("V09", "E", "喪失させる資格がありません。台帳の資格期間を確認してください。", "lost"),)
    finding = check_period(Period(current[-1].acquired, current[-1].acquired_code, lost, code))
    return (finding,) if finding else ()


def check_age(birth: date, acquired: date) -> Finding | None:
    """V10: nobody acquires NHI on or after the 75th birthday."""
    if acquired < birthday75(birth):
        return None
    return Finding(
        "V10", "E", "取得日に75歳以上の方は国民健康保険に加入できません。生年月日と取得日を確認してください。", "acquired"
    )


# -- filing --


@dataclass(frozen=True, slots=True)
class FilingDelay:
    """How a filing stands to its 14 days. ``days_late`` is 0 when in time; ``due`` is an open day."""

    due: date
    days_late: int
    beyond_limitation: bool

    def findings(self) -> tuple[Finding, ...]:
        """V05 and V12: late filings are accepted, with the reason of the delay."""
        found = []
        if self.days_late:
            found.append(
                Finding("V05", "W", f"届出期限(14日)を{self.days_late}日過ぎています。遅延理由を記入してください。", "filed")
            )
        if self.beyond_limitation:
            found.append(
                Finding("V12", "W", "2年より前にさかのぼります。区職員の確認が必要です。理由を記入してください。", "filed")
            )
        return tuple(found)


def filing_delay(
    fact: date, filed: date, closed: ClosedDays, *, days: int = FILING_DAYS, limitation_years: int = 2
) -> FilingDelay:
    """How late ``filed`` is for a fact of that day (国民健康保険法 9条, 施行規則: within 14 days)."""
    due = filing_due(fact, closed, days)
    return FilingDelay(due, max((filed - due).days, 0), filed > anniversary(fact, limitation_years))
