"""The rules V01 to V26, each under its number (domain notes 1.5); V14 to V18 and V26 stand in ``rules_special``.

An error stops the form, a warning asks for a typed reason and is kept with it. ``to_ward`` marks what the contractor may not
settle: the form goes to the hold list with a question to the ward. Sentences carry no name and no other personal value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from nhi_center.domain import eligibility, names
from nhi_center.domain.calendar import everyday_age, next_day
from nhi_center.domain.forms import envelope, rules_lines, types
from nhi_center.domain.forms.case import Case, Finding, Severity
from nhi_center.domain.forms.definition import EffectKind, FieldType, FormDefinition
from nhi_center.domain.forms.rules_special import v14, v15, v16, v17, v18, v26
from nhi_center.domain.people import Period
from nhi_center.domain.variants import other_collection

WARD_REASONS = frozenset({"2", "9"})
"""Of the reasons of V22 those that leave it to the ward."""
_RELATION_SEX = {"妻": "2", "母": "2", "祖母": "2", "夫": "1", "父": "1", "祖父": "1"}
_YOUNGER = frozenset({"子", "孫"})
_OLDER = frozenset({"父", "母", "祖父", "祖母"})
# A return from the cover that took the person away explains the days between (社保加入 then 社保離脱, and so on).
_EXPLAINED_GAPS = frozenset({("L1", "A1"), ("L1", "A7"), ("L2", "A2"), ("L4", "A4"), ("L5", "A5"), ("L7", "A6"), ("L8", "A7")})


def v01(case: Case) -> Iterator[Finding]:
    """Required field blank."""
    for entry in case.form.fields():
        if case.form.is_required(entry, case.values) and not case.value(entry.id):
            verb = "選んで" if entry.type is FieldType.CHOICE else "入力して"
            yield case.error("V01", entry.id, f"{entry.label}を{verb}ください。紙に無いときは F4 で保留にします。")


def v02(case: Case) -> Iterator[Finding]:
    """Check digits."""
    yield from _unreadable(case, "V02", lambda kind, check: kind is FieldType.CODE and bool(check))


def v03(case: Case) -> Iterator[Finding]:
    """Impossible date, or era and year out of range."""
    yield from _unreadable(case, "V03", lambda kind, _check: kind is FieldType.DATE)


def _unreadable(case: Case, rule: str, concerns: Callable[[FieldType, str], bool]) -> Iterator[Finding]:
    for entry in case.form.fields():
        if concerns(entry.type, entry.check):
            problem = types.read(entry, case.value(entry.id), case.today).problem
            if problem:
                yield case.error(rule, entry.id, problem)


def v04(case: Case) -> Iterator[Finding]:
    """Birth after the fact, or an age nobody reaches."""
    if case.birth is None or case.fact is None:
        return
    if case.birth > case.fact:
        yield case.error("V04", "birth", "生年月日が事由の発生日より後です。どちらかの日付を確認してください。")
    elif everyday_age(case.birth, case.fact) >= case.thresholds.highest_age:
        yield case.error("V04", "birth", f"{case.thresholds.highest_age}歳以上になります。生年月日の年号と年を確認してください。")


def v05(case: Case) -> Iterator[Finding]:
    """Filed more than 14 days after the fact: accepted, with the reason of the delay (民法 140条)."""
    if case.fact is None or not case.form.deadline:
        return
    if case.filing_delay(case.fact).days_late:
        at = next((entry.id for entry in case.form.fields() if entry.answers == "V05"), case.form.fact)
        days = (case.filed - case.fact).days
        yield case.warning(
            "V05", at, f"届出が{case.thresholds.filing_days}日を過ぎています({days}日目)。遅延理由を選んでください。"
        )


def v06(case: Case) -> Iterator[Finding]:
    """A fact still to come is not accepted, except 転出予定; nothing on the paper is dated after its receipt."""
    for field_id in ("filed_on", "posted_on"):
        written = case.day(field_id)
        if written is not None and written > case.receipt.date:
            yield case.error("V06", field_id, "受付日より後の日付です。紙の日付を確認してください。")
    if case.fact is None or case.form.fact == "filed_on" or case.event == "L1" or _leaves_tomorrow(case):
        return
    if case.fact > case.receipt.date:
        yield case.error("V06", case.form.fact, "事由の発生する前の届出は受け付けられません。日付を確認してください。")


def _leaves_tomorrow(case: Case) -> bool:
    """社保喪失日 is 退職日 + 1: filed on the last working day the retirement itself is a fact, the loss is tomorrow (V11)."""
    return case.event == "A2" and case.fact == next_day(case.receipt.date)


def v07(case: Case) -> Iterator[Finding]:
    """取得日 or 喪失日 written on the paper disagrees with the table for the keyed fact."""
    stated = case.day(case.form.stated) if case.form.stated else None
    if stated is None or case.fact is None or not case.event:
        return
    shifts, move = case.thresholds.shifts, case.same_day_move
    found = eligibility.check_entered_date(case.event, case.fact, stated, same_day_move=move, shifts=shifts)
    yield from case.adopt(found, case.form.stated)


def v08(case: Case) -> Iterator[Finding]:
    """Loss before acquisition; both on one day."""
    yield from _loss_findings(case, "V08")


def v09(case: Case) -> Iterator[Finding]:
    """Overlap with a known period, an unexplained gap, or no period where the form needs one."""
    yield from _loss_findings(case, "V09")
    day = case.effective_date
    if case.form.effect is EffectKind.ACQUIRE and day is not None:
        new = Period(day, case.event)
        for found in eligibility.check_new_period(case.periods, new):
            if found.rule == "V09" and not (found.severity == "W" and _gap_explained(case.periods, new)):
                yield from case.adopt(found, case.form.fact)
    elif case.form.effect is EffectKind.CERTIFICATE and case.person is not None and not case.person.insured_on(case.filed):
        sentence = "申請日に資格がありません。資格の届出が出ているときは、その審査が済むまで保留にします。"
        yield case.error("V09", case.form.fact, sentence, to_ward=True)


def _loss_findings(case: Case, rule: str) -> Iterator[Finding]:
    day = case.effective_date
    if case.form.effect is not EffectKind.LOSE or day is None or case.person is None:
        return
    for found in eligibility.check_loss(case.periods, day, case.event):
        if found.rule == rule:
            yield from case.adopt(found, case.form.fact)


def _gap_explained(known: Iterable[Period], new: Period) -> bool:
    ended = [period for period in known if period.lost is not None and period.lost <= new.acquired]
    last = max(ended, key=lambda period: period.lost or period.acquired)
    return (last.lost_code, new.acquired_code) in _EXPLAINED_GAPS


def v10(case: Case) -> Iterator[Finding]:
    """No acquisition on or after the 75th birthday."""
    if case.form.effect is EffectKind.ACQUIRE and case.birth is not None and case.effective_date is not None:
        yield from case.adopt(eligibility.check_age(case.birth, case.effective_date), case.form.fact)


def v11(case: Case) -> Iterator[Finding]:
    """社保喪失日 still to come (tomorrow; later days are V06)."""
    if _leaves_tomorrow(case):
        yield case.warning(
            "V11", case.form.fact, "社保の資格喪失日が受付日の翌日です。退職が済んでいるか、紙で確認してください。"
        )


def v12(case: Case) -> Iterator[Finding]:
    """Retroactive by more than two years (保険料の時効)."""
    if case.fact is None or not case.form.deadline:
        return
    if case.filing_delay(case.fact).beyond_limitation:
        yield case.warning("V12", case.form.fact, "2年より前にさかのぼります。証明書の日付を確認し、理由を選んでください。")


def v13(case: Case) -> Iterator[Finding]:
    """Two heads in one household; 続柄 against sex or age."""
    if not case.form.has("relation"):
        return
    chosen = case.form.field("relation").choice(case.value("relation"))
    relation = chosen.label if chosen else ""
    head = case.household.head if case.household else None
    if case.household is not None and case.household.head_problem():
        yield case.error("V13", "relation", case.household.head_problem(), to_ward=True)
    elif relation == "世帯主" and head is not None and (case.person is None or head.atena != case.person.atena):
        yield case.error("V13", "relation", "この世帯にはほかに世帯主がいます。続柄を確認してください。")
    sex = case.value("sex")
    if sex and _RELATION_SEX.get(relation, sex) != sex:
        yield case.warning("V13", "sex", "続柄と性別が合いません。紙と照らして、理由を選んでください。")
    if case.birth is None:
        return
    adult, day = case.thresholds.adult_age, case.receipt.date
    if relation in {"妻", "夫"} and case.birth <= day and everyday_age(case.birth, day) < adult:
        yield case.warning("V13", "birth", f"配偶者が{adult}歳未満です。生年月日と続柄を確認し、理由を選んでください。")
    if head is not None and (
        (relation in _YOUNGER and case.birth <= head.birth) or (relation in _OLDER and case.birth >= head.birth)
    ):
        yield case.warning(
            "V13", "birth", "世帯主との年齢の上下が続柄と合いません。生年月日と続柄を確認し、理由を選んでください。"
        )


def v19(case: Case) -> Iterator[Finding]:
    """The same person, form and day of the fact were received before."""
    for earlier in case.earlier:
        if (earlier.form, earlier.event_date) == (case.form.id, case.fact) and earlier.receipt != case.receipt.number:
            sentence = f"同じ届出を管理票 {earlier.receipt} で受け付けています。重複でないか確認し、理由を選んでください。"
            yield case.warning("V19", case.form.fact, sentence)
            return


def v20(case: Case) -> Iterator[Finding]:
    """Sheets keyed are not the sheets counted at the handover."""
    form, attached = case.value("sheets_form"), case.value("sheets_attached")
    if case.receipt.sheets is None or not (form.isdecimal() and attached.isdecimal()):
        return
    if int(form) + int(attached) != case.receipt.sheets:
        yield case.error("V20", "sheets_form", f"枚数が管理票({case.receipt.sheets}枚)と合いません。紙を数え直してください。")


def v21(case: Case) -> Iterator[Finding]:
    """Keyer and verifier are the same person."""
    if case.receipt.keyer and case.receipt.keyer == case.receipt.verifier:
        yield case.error("V21", "", "入力者と照合者は別の人にしてください。")


def v22(case: Case) -> Iterator[Finding]:
    """A name with a variation selector or a character outside JIS X 0213, unless the register holds exactly this name."""
    known = {case.person.name, case.person.head_name} if case.person else set()
    known |= {member.name for member in case.household.members} if case.household else set()
    for entry in case.form.fields():
        if entry.type is not FieldType.NAME or case.value(entry.id) in known:
            continue
        unusual = names.unusual_characters(case.value(entry.id))
        if unusual:
            yield _unusual(case, entry.id, tuple(character.cluster for character in unusual))


def _unusual(case: Case, field_id: str, clusters: tuple[str, ...]) -> Finding:
    """A sequence of another collection (Adobe-Japan1) is printed as it is only after 区確認: no other reason will do."""
    if other_collection(case.value(field_id), case.own_sequences):
        sentence = "他の字形集の字があります。Alt+V で文字情報基盤の字形に変えるか、区の確認を選んでください。"
        found = case.warning("V22", field_id, sentence, clusters)
        return replace(found, reasons=tuple(choice for choice in found.reasons if choice.code in WARD_REASONS))
    sentence = "異体字か、まれな文字があります。字形を紙と照らして、理由を選んでください。"
    return case.warning("V22", field_id, sentence, clusters)


def v23(case: Case) -> Iterator[Finding]:
    """Kana outside the allowed set; letters and ・ only for foreign residents and for people not in the register."""
    for entry in case.form.fields():
        if entry.type is FieldType.KANA and case.value(entry.id):
            foreign = entry.id != "kana" or case.person is None or bool(case.person.nationality)
            try:
                names.check_kana(case.value(entry.id), foreign=foreign)
            except names.NameProblem as problem:
                yield case.error("V23", entry.id, problem.message)


def v24(case: Case) -> Iterator[Finding]:
    """The keyed number, name or birth date is not that of the chosen register person; none of these forms changes them."""
    if case.person is None:
        if case.value("atena"):
            yield case.error("V24", "atena", "宛名番号だけでは人が決まりません。「台帳で探す」でこの人を選んでください。")
        return
    known = {case.person.name, case.person.alias, case.person.roman}
    if case.value("name") and case.value("name") not in known:
        yield case.warning("V24", "name", "台帳の氏名と違います。人違いでないか、紙で確認して理由を選んでください。")
    if case.value("atena") and case.value("atena") != case.person.atena:
        yield case.error("V24", "atena", "台帳で選んだ人の宛名番号と違います。台帳で選び直すか、番号を紙で確認してください。")
    birth = case.day("birth")
    if birth is not None and birth != case.person.birth:
        yield case.warning("V24", "birth", "台帳の生年月日と違います。人違いでないか、紙で確認して理由を選んでください。")


def v25(case: Case) -> Iterator[Finding]:
    """Free text with a word of what must not be collected (特記事項 5: 思想信条・宗教・社会的差別・犯罪)."""
    for entry in case.form.fields():
        if entry.type is FieldType.FREETEXT and any(word in case.value(entry.id) for word in case.forbidden_words):
            yield case.warning(
                "V25", entry.id, "思想・信条、宗教、社会的差別、犯罪のことは書きません。消すか、必要な理由を選んでください。"
            )


RULES: tuple[Callable[[Case], Iterator[Finding]], ...] = (
    *(v01, v02, v03, v04, v05, v06, v07, v08, v09, v10, v11, v12, v13),
    *(v14, v15, v16, v17, v18, v19, v20, v21, v22, v23, v24, v25, v26),
)


def check(case: Case) -> tuple[Finding, ...]:
    """All findings, in the order of the rules."""
    return tuple(finding for rule in RULES for finding in rule(case))


def check_lines(cases: Mapping[int, Case]) -> tuple[Finding, ...]:
    """All findings over the person lines of an envelope, by the envelope's names; what concerns a shared field once."""
    found: dict[tuple[str, str, str], Finding] = {}
    together = [*rules_lines.twice(cases), *rules_lines.two_heads(cases)]
    for number, case in sorted(rules_lines.in_turn(cases).items()):
        for finding in (*check(case), *(one for line, one in together if line == number)):
            named = replace(finding, field=envelope.name_of(number, case.form, finding.field))
            found.setdefault((named.rule, named.field, named.sentence), named)
    return tuple(found.values())


def unsettled(
    form: FormDefinition, values: Mapping[str, str], findings: Iterable[Finding], answers: Mapping[str, str]
) -> tuple[Finding, ...]:
    """What still stops the envelope: errors, and warnings without one of their reasons.

    ``answers``: reason code by ``Finding.key``. Where the form itself has a field for the reason (遅延理由), that field answers.
    """
    return tuple(
        finding
        for finding in findings
        if finding.severity is Severity.ERROR
        or (values.get(own_field(form, finding), "") or answers.get(finding.key, ""))
        not in {choice.code for choice in finding.reasons}
    )


def own_field(form: FormDefinition, finding: Finding) -> str:
    """The field of the same person line in which the reason of this warning is chosen; "" where there is none."""
    line = envelope.split(finding.field)[0]
    return next(
        (field.id for field in form.fields() if field.answers == finding.rule and envelope.split(field.id)[0] == line), ""
    )
