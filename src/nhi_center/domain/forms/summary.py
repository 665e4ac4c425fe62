"""What a form will change once the ward has reviewed it: rows now and after (いま・届出後), and the effect that is sent on.

Nothing here is decided by the contractor. What the register has not settled is shown as 区の確認.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from nhi_center.domain import eligibility
from nhi_center.domain.calendar import wareki
from nhi_center.domain.certificate_kinds import Kind
from nhi_center.domain.certificates import document_for, income_class, limit_start
from nhi_center.domain.forms.definition import BEGINS, EffectKind, FormDefinition
from nhi_center.domain.people import Period, Person

UNCHANGED = "変わらず"
WARD_CHECKS = "区の確認へ"
WARD_DECIDES = "区の確認のあと決まる"
NOT_YET = "日付の入力待ち"
NOT_WRITTEN = "記入なし"
NOT_CHOSEN = "台帳で未選択"
"""Nobody has been chosen from the register: what it says about the person is not known, not even that it says nothing."""
NONE = "−"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table beside the form. ``changes``: shown bold."""

    item: str
    now: str
    after: str
    changes: bool = False


@dataclass(frozen=True, slots=True)
class Effect:
    """What a reviewed form does. ``date``: 取得日, 喪失日 or 発効期日. ``period``: the 資格期間 it makes or closes, when it does.

    ``certificate``: the kind that would follow; None when none follows or the ward decides. ``mark`` and ``on``: what begins
    (該当, 登録) or ends to hold for the person; ``changes``: what of the register changes to what.
    """

    kind: EffectKind
    code: str
    date: date
    period: Period | None = None
    certificate: Kind | None = None
    mark: str = ""
    on: bool = True
    changes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Summary:
    """``effect`` is None until the day of the fact is keyed, or while the register has no period to close."""

    rows: tuple[Row, ...]
    effect: Effect | None


def effects(form: FormDefinition, values: Mapping[str, str], person: Person | None, today: date) -> Summary:
    """What will change for ``person`` (None: not in the register yet), as of ``today`` for the column いま."""
    fact = _day(values, form.fact)
    return _EFFECTS[form.effect](form, values, person, fact, today)


def fact_note(form: FormDefinition, values: Mapping[str, str]) -> str:
    """Stands after the long form of the fact: ``= 国保の取得日``, or the other day of the table; empty without a day."""
    fact = _day(values, form.fact)
    if fact is None or not form.event_of(values):
        return ""
    day = _effective(form, values, fact)
    name = "国保の取得日" if form.effect in BEGINS else "国保の喪失日"
    return f"= {name}" if day == fact else f"{name}は {wareki(day)}"


def effect_to_json(effect: Effect) -> dict[str, Any]:
    """For the review record: kind, code, ISO date, certificate kind ("" for none), and of marks and changes what they say."""
    return {
        "kind": effect.kind.value,
        "code": effect.code,
        "date": effect.date.isoformat(),
        "certificate": effect.certificate.value if effect.certificate else "",
        **({"mark": effect.mark, "on": effect.on} if effect.mark else {}),
        **({"changes": dict(effect.changes)} if effect.changes else {}),
    }


def _day(values: Mapping[str, str], field_id: str) -> date | None:
    try:
        return date.fromisoformat(values.get(field_id, ""))
    except ValueError:
        return None


def _effective(form: FormDefinition, values: Mapping[str, str], fact: date) -> date:
    """Raises ValueError while the 事由 is not chosen."""
    event = form.event_of(values)
    if form.effect in BEGINS:
        return eligibility.acquisition_date(event, fact)
    return eligibility.loss_date(event, fact, form.moves_same_day(values))


def _eligibility_now(person: Person | None, today: date) -> str:
    if person is None:
        return NOT_CHOSEN
    if not person.periods:
        return "なし(加入の記録なし)"
    period = person.current_period(today)
    return f"取得 {wareki(period.acquired)}" if period else "なし(元被保険者)"


def _head_row(form: FormDefinition, values: Mapping[str, str], person: Person | None) -> Row:
    relation = form.field("relation").choice(values.get("relation", "")) if form.has("relation") else None
    keyed = relation.label if relation else ""
    now = NOT_CHOSEN if person is None else "本人" if person.is_head else person.head_name or NONE
    is_head = keyed == "世帯主"
    if not keyed or (person is not None and is_head == person.is_head):
        return Row("世帯主", now, UNCHANGED if person is not None else values.get("head_name", "") or NONE)
    return Row("世帯主", now, "本人" if is_head else values.get("head_name", "") or NONE, changes=True)


def _card_row(person: Person | None, today: date) -> Row:
    if person is None or person.card == "未確認":
        now = NOT_CHOSEN if person is None else f"未確認({today.month}月{today.day}日現在)"
        return Row("マイナ保険証", now, WARD_CHECKS)
    return Row("マイナ保険証", f"登録{person.card}", UNCHANGED)


def _acquire(form: FormDefinition, values: Mapping[str, str], person: Person | None, fact: date | None, today: date) -> Summary:
    event = form.event_of(values)
    day = _effective(form, values, fact) if fact and event else None
    kind = document_for(person.card, today) if person else None
    rows = (
        Row("資格", _eligibility_now(person, today), f"取得 {wareki(day)}" if day else NOT_YET, changes=day is not None),
        _head_row(form, values, person),
        _card_row(person, today),
        Row("出る証", NONE, kind.short_title if kind else WARD_DECIDES),
    )
    return Summary(rows, Effect(form.effect, event, day, Period(day, event), kind) if day else None)


def _lose(form: FormDefinition, values: Mapping[str, str], person: Person | None, fact: date | None, today: date) -> Summary:
    event = form.event_of(values)
    day = _effective(form, values, fact) if fact and event else None
    current = next((period for period in reversed(person.periods) if period.lost is None), None) if person else None
    returned = form.field("returned_paper").choice(values.get("returned_paper", "")) if form.has("returned_paper") else None
    rows = (
        Row("資格", _eligibility_now(person, today), f"喪失 {wareki(day)}" if day else NOT_YET, changes=day is not None),
        Row("住所", person.address or NONE if person else NONE, values.get("destination", "") or NONE, changes=True),
        Row("手元の証", NONE, returned.label if returned else NONE),
        Row("出る証", NONE, "なし"),
    )
    if day is None or current is None:
        return Summary(rows, None)
    return Summary(rows, Effect(form.effect, event, day, Period(current.acquired, current.acquired_code, day, event)))


_DOCUMENTS = {"1": Kind.ELIGIBILITY, "2": Kind.NOTICE, "3": Kind.LIMIT, "4": Kind.LIMIT_REDUCTION, "5": Kind.DISEASE}
"""By the choice 証の種類 of a 再交付申請."""


def document_asked(form: FormDefinition, values: Mapping[str, str]) -> Kind | None:
    """The kind of certificate an application asks for; None where the paper does not say."""
    if form.document:
        return Kind(form.document)
    return _DOCUMENTS.get(values.get("document", ""))


def _certificate(
    form: FormDefinition, values: Mapping[str, str], person: Person | None, fact: date | None, today: date
) -> Summary:
    kind = document_asked(form, values)
    if kind is not None and kind.is_limit:
        return _limit_certificate(form, person, fact, today)
    shown = kind.short_title if kind else WARD_DECIDES
    rows = (
        Row("資格", _eligibility_now(person, today), UNCHANGED),
        _card_row(person, today),
        Row("出る証", NONE, shown, changes=kind is not None),
    )
    return Summary(rows, Effect(form.effect, "", fact, None, kind) if fact else None)


def _limit_certificate(form: FormDefinition, person: Person | None, fact: date | None, today: date) -> Summary:
    settled = income_class(person.income_class) if person else None
    kind = settled.kind if settled else None
    period = person.current_period(fact) if person and fact else None
    start = limit_start(fact, period.acquired if period else None) if fact else None
    rows = (
        Row("資格", _eligibility_now(person, today), UNCHANGED),
        Row("適用区分", settled.printed if settled else "未決定", UNCHANGED if settled else WARD_DECIDES),
        Row("発効期日", NONE, wareki(start) if start else NOT_YET, changes=start is not None),
        Row("出る証", NONE, kind.short_title if kind else WARD_DECIDES, changes=kind is not None),
    )
    return Summary(rows, Effect(form.effect, "", start, None, kind) if start else None)


def _apply_start(
    form: FormDefinition, values: Mapping[str, str], person: Person | None, fact: date | None, today: date
) -> Summary:
    """適用開始: the person comes from inside Tokyo, 資格 goes on with its 取得日, a period of this insurer begins."""
    made = _acquire(form, values, person, fact, today)
    started = wareki(made.effect.date) if made.effect else ""
    first = Row("適用", _eligibility_now(person, today), f"開始 {started}" if started else NOT_YET, changes=bool(started))
    return Summary((first, *made.rows[1:]), made.effect)


def _apply_end(form: FormDefinition, values: Mapping[str, str], person: Person | None, fact: date | None, today: date) -> Summary:
    """適用終了: the person moves inside Tokyo, 資格 goes on elsewhere."""
    made = _lose(form, values, person, fact, today)
    event = form.event_of(values)
    ended = wareki(_effective(form, values, fact)) if fact and event else ""
    first = Row("適用", _eligibility_now(person, today), f"終了 {ended}" if ended else NOT_YET, changes=bool(ended))
    return Summary((first, *made.rows[1:]), made.effect)


_CHANGED = {
    "name": "氏名",
    "kana": "フリガナ",
    "roman": "ローマ字氏名",
    "alias": "通称",
    "postal": "郵便番号",
    "address": "住所",
    "phone": "電話",
    "household": "世帯番号",
    "relation": "続柄",
    "head_name": "世帯主",
}


def _change(form: FormDefinition, values: Mapping[str, str], person: Person | None, fact: date | None, today: date) -> Summary:
    """変更: nothing of the 資格 changes; a new 資格確認書 follows for who holds one."""
    rows, changes = [], []
    for attribute, name in form.changes:
        field = form.field(name)
        after = values.get(name, "")
        chosen = field.choice(after)
        after = chosen.label if chosen else after
        now = str(getattr(person, attribute)) if person else NOT_CHOSEN
        if after:
            changes.append((attribute, after))
        rows.append(Row(_CHANGED[attribute], now or NONE, after or NOT_WRITTEN, changes=bool(after) and after != now))
    holds = person is not None and person.insured_on(today) and document_for(person.card, today) is Kind.ELIGIBILITY
    kind = Kind.ELIGIBILITY if holds else None
    rows.append(Row("出る証", NONE, kind.short_title if kind else WARD_DECIDES, changes=kind is not None))
    return Summary(tuple(rows), Effect(form.effect, "", fact, None, kind, changes=tuple(changes)) if fact else None)


_MARKS = {
    "student": "マル学",
    "facility": "住所地特例",
    "burden": "収入額適用",
    "display": "証の表記",
    "mailing": "送付先",
    "card_release": "登録解除",
}


def _mark(form: FormDefinition, values: Mapping[str, str], person: Person | None, fact: date | None, today: date) -> Summary:
    """該当・非該当 and other marks: the ward settles them, the register here carries none of them yet."""
    on = (values.get("applies") or values.get("mail_action") or "1") == "1"
    words = {"student": ("該当", "非該当"), "facility": ("該当", "非該当")}.get(form.mark, ("登録", "解除"))
    day = f"{words[0 if on else 1]} {wareki(fact)}" if fact else NOT_YET
    rows = (
        Row("資格", _eligibility_now(person, today), UNCHANGED),
        Row(_MARKS.get(form.mark, form.title), WARD_CHECKS, day, changes=fact is not None),
        Row("出る証", NONE, WARD_DECIDES),
    )
    return Summary(rows, Effect(form.effect, "", fact, mark=form.mark, on=on) if fact else None)


def _collect(form: FormDefinition, values: Mapping[str, str], person: Person | None, fact: date | None, today: date) -> Summary:
    returned = form.field("returned_kind").choice(values.get("returned_kind", "")) if form.has("returned_kind") else None
    rows = (
        Row("資格", _eligibility_now(person, today), UNCHANGED),
        Row("回収する証", NONE, returned.label if returned else NONE, changes=returned is not None),
        Row("出る証", NONE, "なし"),
    )
    return Summary(rows, Effect(form.effect, "", fact) if fact else None)


def _route(form: FormDefinition, values: Mapping[str, str], person: Person | None, fact: date | None, today: date) -> Summary:
    rows = (
        Row("資格", _eligibility_now(person, today), UNCHANGED),
        Row("この届出", NONE, "区が扱う"),
        Row("出る証", NONE, WARD_DECIDES),
    )
    return Summary(rows, Effect(form.effect, "", fact) if fact else None)


_EFFECTS = {
    EffectKind.ACQUIRE: _acquire,
    EffectKind.LOSE: _lose,
    EffectKind.APPLY_START: _apply_start,
    EffectKind.APPLY_END: _apply_end,
    EffectKind.CHANGE: _change,
    EffectKind.SPECIAL: _mark,
    EffectKind.MARK: _mark,
    EffectKind.CERTIFICATE: _certificate,
    EffectKind.COLLECT: _collect,
    EffectKind.ROUTE: _route,
}
