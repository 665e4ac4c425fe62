"""What an applicant writes into each field of a form, as invented people would: by the field's id, else by its type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from nhi_center.domain.calendar import era_of, wareki
from nhi_center.domain.forms.definition import FieldDefinition, FieldType, FormDefinition, Required
from nhi_center.domain.identifiers import format_phone, format_postal
from nhi_center.domain.people import Household, Person

_ERA_DIGIT = {"M": "1", "T": "2", "S": "3", "H": "4", "R": "5"}


@dataclass(frozen=True, slots=True, repr=False)
class Written:
    """One filled field. ``paper``: as it stands there; ``value``: as it is stored; ``keyed``: the shortest thing that is
    typed for it; ``full``: what has to be typed where nothing helps; ``reading``: the kana that is converted to it ("" where
    nothing is converted).
    """

    paper: str
    value: str
    keyed: str
    full: str
    reading: str = ""

    @classmethod
    def of_day(cls, day: date) -> Written:
        era = era_of(day)
        keyed = f"{_ERA_DIGIT[era.letter]}{day.year - era.year_zero:02}{day:%m%d}"
        return cls(wareki(day), day.isoformat(), keyed, day.isoformat())

    @classmethod
    def of_text(cls, text: str, reading: str) -> Written:
        return cls(text, text, text, text, reading)

    @classmethod
    def of_digits(cls, digits: str, paper: str = "") -> Written:
        return cls(paper or digits, digits, digits, paper or digits)

    @classmethod
    def of_choice(cls, definition: FieldDefinition, code: str) -> Written:
        choice = definition.choice(code)
        label = choice.label if choice else {"1": "はい", "0": "いいえ"}.get(code, code)
        return cls(label, code, code, label, label)


@dataclass(frozen=True, slots=True)
class Desk:
    """Whose paper it is, on which day."""

    person: Person
    household: Household
    today: date
    rng: Random

    @property
    def head(self) -> Person:
        return self.household.head or self.person

    def days_ago(self, most: int, least: int = 1) -> date:
        return self.today - timedelta(days=self.rng.randint(least, most))


Hand = Callable[[Desk], Written]


def write(form: FormDefinition, definition: FieldDefinition, desk: Desk, values: Mapping[str, str]) -> Written | None:
    """What stands in this field; None where the paper leaves it empty."""
    if definition.id == form.fact and definition.id != "filed_on":
        return Written.of_day(desk.days_ago(9, 2))
    if definition.id in _CHOICES:
        return Written.of_choice(definition, _CHOICES[definition.id])
    if definition.id in _HANDS:
        return _HANDS[definition.id](desk)
    if definition.id == "relation":
        return _by_label(definition, desk.person.relation)
    if definition.id == "household_insured":
        return Written.of_choice(definition, "2" if desk.household.insured(desk.today) else "1")
    if definition.id in _NEVER_WRITTEN or definition.required is Required.OPTIONAL or definition.answers:
        return None
    return _by_type(definition, desk)


def _by_label(definition: FieldDefinition, label: str) -> Written | None:
    code = next((choice.code for choice in definition.choices if choice.label == label), "")
    return Written.of_choice(definition, code) if code else None


def _by_type(definition: FieldDefinition, desk: Desk) -> Written:
    """A required field nobody here knows by name, as in a form of the ward's own."""
    match definition.type:
        case FieldType.CHOICE:
            return Written.of_choice(definition, definition.choices[0].code)
        case FieldType.FLAG:
            return Written.of_choice(definition, "0")
        case FieldType.DATE:
            return Written.of_day(desk.days_ago(9, 2))
        case FieldType.NUMBER | FieldType.SHEETS:
            return Written.of_digits("1")
        case FieldType.CODE:
            return Written.of_digits("1" * (definition.length or 4))
        case FieldType.POSTAL:
            return Written.of_digits("1500002", "150-0002")
        case FieldType.PHONE:
            return Written.of_digits("0300000000", "03-0000-0000")
        case FieldType.ADDRESS:
            return _ELSEWHERE
        case FieldType.NAME:
            return Written.of_text("見本　和子", "みほん かずこ")
        case FieldType.KANA:
            return Written.of_text("ミホン　カズコ", "みほん かずこ")
        case _:
            return Written.of_text("見本", "みほん")


_ELSEWHERE = Written.of_text("東京都渋谷区渋谷9丁目8番7号", "とうきょうとしぶやくしぶや9ちょうめ8ばん7ごう")
_INSURER = Written.of_text("見本健康保険組合", "みほんけんこうほけんくみあい")
_CLINIC = Written.of_text("見本診療所", "みほんしんりょうじょ")


def _hiragana(kana: str) -> str:
    return "".join(chr(ord(char) - 0x60) if "ァ" <= char <= "ヶ" else char for char in kana).replace("\u3000", " ")


def _name(person: Person) -> Written:
    return Written(person.name, person.name, person.name, person.name, _hiragana(person.kana))


def _kana(person: Person) -> Written:
    return Written(person.kana, person.kana, person.kana, person.kana, _hiragana(person.kana))


_NEVER_WRITTEN = frozenset({"atena"})
"""What the ward's own systems know and no applicant writes."""
_CHOICES = {
    "channel": "1",
    "filer": "1",
    "identity_check": "1",
    "number_written": "1",
    "event": "1",
    "applies": "1",
    "foreigner": "1",
    "same_day_move": "0",
    "returned_paper": "3",
    "loss_evidence": "1",
    "mail_protected": "1",
    "mail_action": "1",
    "nominal_consent": "1",
    "long_stay": "2",
}
_HANDS: Mapping[str, Hand] = {
    "filed_on": lambda desk: Written.of_day(desk.today),
    "identity_papers": lambda _desk: Written.of_text("運転免許証", "うんてんめんきょしょう"),
    "sheets_form": lambda _desk: Written.of_digits("1"),
    "sheets_attached": lambda desk: Written.of_digits(str(desk.rng.randint(0, 2))),
    "head_name": lambda desk: _name(desk.head),
    "head_kana": lambda desk: _kana(desk.head),
    "phone": lambda desk: Written.of_digits(desk.person.phone, format_phone(desk.person.phone)),
    "symbol": lambda desk: Written.of_digits(desk.person.symbol),
    "number": lambda desk: Written.of_digits(desk.person.number),
    "branch": lambda desk: Written.of_digits(desk.person.branch),
    "name": lambda desk: _name(desk.person),
    "kana": lambda desk: _kana(desk.person),
    "birth": lambda desk: Written.of_day(desk.person.birth),
    "sex": lambda desk: Written(
        {"1": "男", "2": "女"}[desk.person.sex],
        desk.person.sex,
        desk.person.sex,
        {"1": "男", "2": "女"}[desk.person.sex],
        "おんな",
    ),
    "postal": lambda desk: Written.of_digits(desk.person.postal, format_postal(desk.person.postal)),
    "address": lambda desk: Written.of_text(desk.person.address, ""),
    "previous_insurer": lambda _desk: _INSURER,
    "new_insurer": lambda _desk: _INSURER,
    "previous_address": lambda _desk: _ELSEWHERE,
    "destination_postal": lambda _desk: Written.of_digits("1500002", "150-0002"),
    "destination": lambda _desk: _ELSEWHERE,
    "school_from": lambda desk: Written.of_day(date(desk.today.year, 4, 1)),
    "school_until": lambda desk: Written.of_day(date(desk.today.year + 2, 3, 31)),
    "admitted_on": lambda desk: Written.of_day(desk.days_ago(40, 20)),
    "school_name": lambda _desk: Written.of_text("見本大学", "みほんだいがく"),
    "facility_name": lambda _desk: Written.of_text("特別養護老人ホーム見本苑", "とくべつようごろうじんほーむみほんえん"),
    "hospital": lambda _desk: _CLINIC,
    "doctor": lambda _desk: Written.of_text("見本　医子", "みほん いこ"),
}
