from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from nhi_center.domain.certificate_kinds import Kind
from nhi_center.domain.forms import types
from nhi_center.domain.forms.case import Receipt
from nhi_center.domain.forms.definition import Catalogue, EffectKind
from nhi_center.domain.forms.prefill import prefill
from nhi_center.domain.forms.summary import Effect, Row, Summary, effect_to_json, effects, fact_note
from nhi_center.domain.people import Household, Period
from tests.domain.forms.builders import FORMER, OPEN, TODAY, form_values, person

RECEIPT = Receipt("0124-018", TODAY, "1")


def summary(catalogue: Catalogue, form_id: str, who: Any, **changes: str) -> Summary:
    return effects(catalogue.get(form_id, TODAY), form_values(form_id, **changes), who, TODAY)


def test_acquisition_as_drawn(catalogue: Catalogue) -> None:
    found = summary(catalogue, "F02", person(periods=FORMER), happened_on="2026-11-01")
    assert found.rows == (
        Row("資格", "なし(元被保険者)", "取得 令和8年11月1日", changes=True),
        Row("世帯主", "本人", "変わらず"),
        Row("マイナ保険証", "未確認(11月24日現在)", "区の確認へ"),
        Row("出る証", "−", "区の確認のあと決まる"),
    )
    assert found.effect == Effect(EffectKind.ACQUIRE, "A2", date(2026, 11, 1), Period(date(2026, 11, 1), "A2"))


@pytest.mark.parametrize(("card", "kind"), [("無", Kind.ELIGIBILITY), ("有", Kind.NOTICE)])
def test_the_document_follows_the_card(catalogue: Catalogue, card: str, kind: Kind) -> None:
    found = summary(catalogue, "F02", person(periods=FORMER, card=card))
    assert found.effect is not None
    assert found.effect.certificate is kind
    assert found.rows[3].after == kind.short_title


def test_a_newcomer_is_not_in_the_register(catalogue: Catalogue) -> None:
    found = summary(catalogue, "F02", None)
    assert [row.now for row in found.rows] == ["台帳で未選択"] * 3 + ["−"]
    assert found.effect is not None
    assert found.effect.certificate is None


def test_without_a_date_there_is_no_effect(catalogue: Catalogue) -> None:
    for form_id, field_id in (("F02", "happened_on"), ("F05", "moved_out"), ("F15", "filed_on")):
        assert summary(catalogue, form_id, person(periods=OPEN), **{field_id: ""}).effect is None


@pytest.mark.parametrize(("same_day", "lost"), [("0", date(2026, 11, 21)), ("1", date(2026, 11, 20))])
def test_moving_out_closes_the_period(catalogue: Catalogue, same_day: str, lost: date) -> None:
    found = summary(catalogue, "F05", person(periods=OPEN), same_day_move=same_day)
    assert found.effect == Effect(EffectKind.LOSE, "L1", lost, Period(date(2018, 4, 1), "A1", lost, "L1"))
    assert found.rows[1].after == "大阪府見本市見本町1-1"


def test_nothing_is_closed_without_a_period(catalogue: Catalogue) -> None:
    assert summary(catalogue, "F05", person(periods=FORMER)).effect is None


def test_the_limit_certificate_starts_with_the_month_or_the_acquisition(catalogue: Catalogue) -> None:
    found = summary(catalogue, "F15", person(periods=OPEN, income_class="ウ"))
    assert found.effect == Effect(EffectKind.CERTIFICATE, "", date(2026, 11, 1), None, Kind.LIMIT)
    recent = person(periods=(Period(date(2026, 11, 10), "A2"),), income_class="ウ")
    started = summary(catalogue, "F15", recent).effect
    assert started is not None
    assert started.date == date(2026, 11, 10)


def test_an_unsettled_class_is_the_wards(catalogue: Catalogue) -> None:
    found = summary(catalogue, "F15", person(periods=OPEN))
    assert found.rows[1] == Row("適用区分", "未決定", "区の確認のあと決まる")
    assert found.effect is not None
    assert found.effect.certificate is None


def test_the_effect_travels_as_json(catalogue: Catalogue) -> None:
    effect = summary(catalogue, "F15", person(periods=OPEN, income_class="ウ")).effect
    assert effect is not None
    assert effect_to_json(effect) == {"kind": "certificate", "code": "", "date": "2026-11-01", "certificate": "gendogaku"}


def test_the_fact_names_the_day_it_makes(catalogue: Catalogue) -> None:
    f02, f05, f15 = (catalogue.get(form_id, TODAY) for form_id in ("F02", "F05", "F15"))
    assert fact_note(f02, form_values("F02")) == "= 国保の取得日"
    assert fact_note(f05, form_values("F05")) == "国保の喪失日は 令和8年11月21日"
    assert fact_note(f15, form_values("F15")) == ""


def test_prefill_reads_as_if_keyed(catalogue: Catalogue) -> None:
    who = person(periods=OPEN, phone="0352730142")
    household = Household.gather("00010001", [who])
    for form in catalogue.forms:
        values = prefill(form, who, household, RECEIPT)
        assert values.get("relation", "1") == "1"
        for field_id, value in values.items():
            reading = types.read(form.field(field_id), value, TODAY)
            assert (reading.value, reading.problem) == (value, "")


@pytest.mark.parametrize(
    ("status", "code"), [("永住者", "1"), ("特別永住者", "1"), ("留学", "4"), ("特定技能", "7"), ("何かほかの資格", "")]
)
def test_prefill_knows_a_foreign_resident(catalogue: Catalogue, status: str, code: str) -> None:
    form = catalogue.get("F01", TODAY)
    who = person(nationality="見本国", residence_status=status, stay_until=date(2027, 5, 6), roman="MIHON ALEX", alias="見本　有")
    values = prefill(form, who, None, RECEIPT)
    assert (values["foreigner"], values.get("residence_status", "")) == ("2", code)
    assert (values["stay_until"], values["roman"], values["alias"]) == ("2027-05-06", "MIHON ALEX", "見本　有")
    assert prefill(form, person(), None, RECEIPT)["foreigner"] == "1"


def test_prefill_takes_the_number_of_the_household(catalogue: Catalogue) -> None:
    form = catalogue.get("F02", TODAY)
    head = person(atena="00000001", periods=OPEN, symbol="04-01", number="7654321")
    newcomer = person(is_head=False, relation="子", symbol="", number="", birth=date(2000, 1, 1))
    values = prefill(form, newcomer, Household.gather("00010001", [head, newcomer]), RECEIPT)
    assert (values["household_insured"], values["symbol"], values["number"]) == ("2", "04-01", "7654321")
    alone = prefill(form, newcomer, Household.gather("00010001", [newcomer]), RECEIPT)
    assert alone["household_insured"] == "1"
    assert "number" not in alone


def test_prefill_without_a_person_knows_the_slip_alone(catalogue: Catalogue) -> None:
    assert prefill(catalogue.get("F02", TODAY), None, None, RECEIPT) == {"channel": "1", "filed_on": "2026-11-24"}
