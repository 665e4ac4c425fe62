"""Fields filled from register and control slip for the first keying. The verifier keys from the paper, with none of this."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from nhi_center.domain.forms.case import Receipt
from nhi_center.domain.forms.definition import FormDefinition
from nhi_center.domain.people import Household, Person

Source = Callable[[Person | None, Household | None, Receipt], str]


def _of_person(read: Callable[[Person], str]) -> Source:
    return lambda person, _household, _receipt: read(person) if person is not None else ""


def _head_name(person: Person | None, household: Household | None, _receipt: Receipt) -> str:
    if household is not None and household.head is not None:
        return household.head.name
    return person.head_name if person is not None else ""


def _head_kana(_person: Person | None, household: Household | None, _receipt: Receipt) -> str:
    return household.head.kana if household is not None and household.head is not None else ""


def _insured(_person: Person | None, household: Household | None, receipt: Receipt) -> str:
    if household is None:
        return ""
    return "あり" if household.insured(receipt.date) else "なし"


def _of_insured_member(read: Callable[[Person], str]) -> Source:
    """記号 and 番号 are the household's: those of any member who is insured on the day of receipt."""

    def source(_person: Person | None, household: Household | None, receipt: Receipt) -> str:
        members = household.insured(receipt.date) if household is not None else ()
        return next((read(member) for member in members if read(member)), "")

    return source


SOURCES: Mapping[str, Source] = {
    "person.atena": _of_person(lambda person: person.atena),
    "person.name": _of_person(lambda person: person.name),
    "person.kana": _of_person(lambda person: person.kana),
    "person.birth": _of_person(lambda person: person.birth.isoformat()),
    "person.sex": _of_person(lambda person: person.sex),
    "person.relation": _of_person(lambda person: person.relation),
    "person.postal": _of_person(lambda person: person.postal),
    "person.address": _of_person(lambda person: person.address),
    "person.phone": _of_person(lambda person: person.phone),
    "person.symbol": _of_person(lambda person: person.symbol),
    "person.number": _of_person(lambda person: person.number),
    "person.branch": _of_person(lambda person: person.branch),
    "person.household": _of_person(lambda person: person.household),
    "person.roman": _of_person(lambda person: person.roman),
    "person.alias": _of_person(lambda person: person.alias),
    "person.foreigner": _of_person(lambda person: "外国" if person.nationality else "日本"),
    "person.nationality": _of_person(lambda person: person.nationality),
    "person.residence_status": _of_person(lambda person: person.residence_status),
    "person.stay_until": _of_person(lambda person: person.stay_until.isoformat() if person.stay_until else ""),
    "household.head_name": _head_name,
    "household.head_kana": _head_kana,
    "household.insured": _insured,
    "household.symbol": _of_insured_member(lambda person: person.symbol),
    "household.number": _of_insured_member(lambda person: person.number),
    "receipt.date": lambda _person, _household, receipt: receipt.date.isoformat(),
    "receipt.channel": lambda _person, _household, receipt: receipt.channel,
}
"""What a field's ``source`` may name. A choice may be given by its code, by its words or by one of them (永住者・特別永住者)."""


def prefill(form: FormDefinition, person: Person | None, household: Household | None, receipt: Receipt) -> dict[str, str]:
    """Values by field, for the fields that name a source and whose source knows one."""
    values: dict[str, str] = {}
    for field in form.fields():
        value = SOURCES[field.source](person, household, receipt) if field.source else ""
        if field.choices:
            value = next(
                (choice.code for choice in field.choices if value in {choice.code, choice.label, *choice.label.split("・")}), ""
            )
        if value:
            values[field.id] = value
    return values
