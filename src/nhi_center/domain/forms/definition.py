"""What a form is: its pages, fields and place in law, as values read from resources/forms.

A field is one use of an item (情報項目): the item says what kind of value it is wherever it appears, the field says where it
stands on this form and whether this form requires it (domain notes 1.2 and 1.3, after 国民健康保険法施行規則).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

COLUMNS = 12
"""Width of the entry grid; the fields of one row share it."""

EVENT_FIELD = "event"
"""The field in which the clerk chooses the 事由 of a form that serves several."""


class FieldType(StrEnum):
    """Kinds of value. The names are those of the resource files."""

    TEXT = "text"
    NAME = "name"
    KANA = "kana"
    ROMAN = "roman"
    DATE = "date"
    CHOICE = "choice"
    NUMBER = "number"
    SHEETS = "sheets"
    POSTAL = "postal"
    ADDRESS = "address"
    PHONE = "phone"
    CODE = "code"
    FREETEXT = "freetext"
    FLAG = "flag"


class InputMode(StrEnum):
    """What the input method does in the field: kanji conversion, kana only, or off."""

    KANJI = "kanji"
    KANA = "kana"
    DIRECT = "direct"


class Required(StrEnum):
    """必須 R, 任意 O, 条件付き必須 C (required while the condition holds, or while the rule it answers warns)."""

    ALWAYS = "R"
    OPTIONAL = "O"
    CONDITION = "C"


class EffectKind(StrEnum):
    """What a reviewed form does.

    資格取得, 資格喪失; 適用開始 and 適用終了 (moves inside Tokyo: 資格 goes on, 適用 moves); 変更 of person or household;
    該当・非該当 of a special case (マル学, 住所地特例); 証の交付 alone; a mark or printing rule (送付先, 表記, 利用登録解除,
    負担割合); 証の回収; or nothing here: the paper goes back to the ward as it is.
    """

    ACQUIRE = "acquire"
    LOSE = "lose"
    APPLY_START = "apply_start"
    APPLY_END = "apply_end"
    CHANGE = "change"
    SPECIAL = "special"
    CERTIFICATE = "certificate"
    MARK = "mark"
    COLLECT = "collect"
    ROUTE = "route"


WITH_EVENT = frozenset({EffectKind.ACQUIRE, EffectKind.LOSE, EffectKind.APPLY_START, EffectKind.APPLY_END})
"""Effects whose day follows the table of reasons (事由)."""
BEGINS = frozenset({EffectKind.ACQUIRE, EffectKind.APPLY_START})
ENDS = frozenset({EffectKind.LOSE, EffectKind.APPLY_END})


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer, typed by its number."""

    code: str
    label: str

    @property
    def text(self) -> str:
        """As shown in the field: ``2 女``."""
        return f"{self.code} {self.label}"


@dataclass(frozen=True, slots=True)
class Condition:
    """Holds while ``field`` has one of ``values``."""

    field: str
    values: tuple[str, ...]

    def holds(self, values: Mapping[str, str]) -> bool:
        return values.get(self.field, "") in self.values


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldDefinition:
    """One field of a form. ``length`` counts character clusters (0: no limit), ``exact`` means neither more nor fewer."""

    id: str
    item: str
    label: str
    type: FieldType
    required: Required = Required.OPTIONAL
    when: Condition | None = None
    length: int = 0
    exact: bool = False
    mode: InputMode = InputMode.KANJI
    choices: tuple[Choice, ...] = ()
    keyed_twice: bool = False
    critical: bool = False
    source: str = ""
    """Where the field is filled from: ``person.birth``, ``receipt.date``; empty: from the paper alone."""
    hint: str = ""
    answers: str = ""
    """The rule whose warning this field gives the reason for (遅延理由 answers V05)."""
    check: str = ""
    """The check digit or pattern the code carries: ``insurer``, ``residence_card``, or none."""
    typed_number: bool = False
    """A number of its own kind that may have twelve digits (受付番号, 宛名番号, 追跡番号): exempt from the 個人番号 check."""
    carry: bool = False
    """May be taken over from the person line or paper before ("same as last"); what was taken over is not verified by it."""
    birth: bool = False
    """A date shown with the age instead of the day of the week."""
    house_number: bool = False
    """An address that must hold a house number (番地)."""
    fills: str = ""
    """Of a postal code: the address field it begins."""
    reading: str = ""
    """Of a name: the kana field that its conversion fills."""
    row: int = 1
    width: int = COLUMNS

    @property
    def marks(self) -> str:
        """The words beside the label. A conditional field is marked by the screen, while its condition holds."""
        if self.required is not Required.ALWAYS:
            return ""
        return "必須・重要" if self.critical else "必須"

    def choice(self, code: str) -> Choice | None:
        return next((choice for choice in self.choices if choice.code == code), None)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the wizard. Fields stand in the paper's order, which is the order of focus.

    ``line``: the page is one person line (対象者); an envelope (受付) with several persons has it once for each.
    """

    id: str
    title: str
    fields: tuple[FieldDefinition, ...]
    line: bool = False

    def rows(self) -> tuple[tuple[FieldDefinition, ...], ...]:
        """The fields by row of the grid, top to bottom."""
        numbers = sorted({field.row for field in self.fields})
        return tuple(tuple(field for field in self.fields if field.row == number) for number in numbers)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormDefinition:
    """A form as it is used from ``valid_from`` on (``valid_until`` inclusive; None: still in use)."""

    id: str
    title: str
    name: str
    article: str
    effect: EffectKind
    section: str = ""
    """The 係 the form belongs to."""
    sheet: str = ""
    """Forms with the same word here stand on one sheet (被保険者異動届): an envelope may mix them, one for each person line."""
    event: str = ""
    """事由 code of the eligibility table (A2, L1); empty where the clerk chooses it (``events``), or where there is none."""
    events: tuple[tuple[str, str], ...] = ()
    """By the number of the choice field ``event``: the 事由 code. Empty for a form of one reason, or of none."""
    changes: tuple[tuple[str, str], ...] = ()
    """For 変更: what of the register's person changes (attribute), and the field that says to what."""
    document: str = ""
    """The kind of certificate it leads to, where the form itself says so; empty: decided by table, or none."""
    mark: str = ""
    """For 該当・非該当 and marks: which one (student, facility, mailing, display, card_release, burden)."""
    follows: tuple[str, ...] = ()
    """What happens next, one sentence each, for the last page."""
    fact: str
    """The field that holds the day of the fact (事由発生日, for an application the 申請日)."""
    stated: str = ""
    """The field where the paper itself states the 取得日 or 喪失日, when it has one."""
    same_day: str = ""
    """The flag field saying that residence elsewhere began on the day of moving out."""
    deadline: bool = False
    """A 届出 that is due 14 days after the fact (国民健康保険法施行規則)."""
    valid_from: date
    valid_until: date | None = None
    checked: date | None = None
    """The day on which it was compared with the law and the ward's own paper."""
    notes: tuple[str, ...] = ()
    """この届出の決まり: what the clerk should know, one sentence each."""
    pages: tuple[Page, ...]

    def fields(self) -> Iterator[FieldDefinition]:
        for page in self.pages:
            yield from page.fields

    def field(self, field_id: str) -> FieldDefinition:
        """Raises KeyError when the form has no such field."""
        for field in self.fields():
            if field.id == field_id:
                return field
        raise KeyError(field_id)

    def has(self, field_id: str) -> bool:
        return any(field.id == field_id for field in self.fields())

    def asks(self, field: FieldDefinition, values: Mapping[str, str]) -> bool:
        """Whether the paper asks ``field`` at all: its condition holds, and the field that decides it is asked itself."""
        when = field.when
        return when is None or (when.holds(values) and self.asks(self.field(when.field), values))

    def is_required(self, field: FieldDefinition, values: Mapping[str, str]) -> bool:
        """Whether ``field`` must be filled, given the values keyed so far."""
        if field.required is Required.ALWAYS:
            return True
        return field.required is Required.CONDITION and field.when is not None and self.asks(field, values)

    def event_of(self, values: Mapping[str, str]) -> str:
        """The 事由 code, given the values of one person line; "" while it is not chosen, or when the form has none."""
        return self.event or dict(self.events).get(values.get(EVENT_FIELD, ""), "")

    def moves_same_day(self, values: Mapping[str, str]) -> bool:
        """Residence elsewhere was taken on the day of moving out: 転出 alone (法8条1項ただし書), whatever an answer to a question
        that is no longer asked says."""
        return bool(self.same_day) and values.get(self.same_day) == "1" and self.event_of(values) == "L1"

    def in_use(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All versions of all forms. A form is chosen by the day it was filed, so an old paper keeps its old form."""

    forms: tuple[FormDefinition, ...]

    def on(self, day: date) -> tuple[FormDefinition, ...]:
        """The forms in use on ``day``, by id."""
        return tuple(sorted((form for form in self.forms if form.in_use(day)), key=lambda form: form.id))

    def get(self, form_id: str, day: date) -> FormDefinition:
        """Raises KeyError when no version of the form is in use on ``day``."""
        for form in self.forms:
            if form.id == form_id and form.in_use(day):
                return form
        raise KeyError(form_id)
