from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from nhi_center import resources
from nhi_center.domain.forms import loader
from nhi_center.domain.forms.definition import Catalogue, EffectKind, FieldType
from nhi_center.domain.forms.place import FormFault
from nhi_center.domain.forms.prefill import SOURCES

Change = Callable[[dict[str, Any]], None]


def test_the_shipped_forms_are_in_use_on_the_training_day(catalogue: Catalogue) -> None:
    assert [form.id for form in catalogue.on(date(2026, 11, 24))] == [f"F{number:02}" for number in range(1, 24)]
    assert catalogue.on(date(2024, 12, 1)) == ()


def test_an_unknown_form_or_a_day_before_it(catalogue: Catalogue) -> None:
    with pytest.raises(KeyError):
        catalogue.get("F99", date(2026, 11, 24))
    with pytest.raises(KeyError):
        catalogue.get("F02", date(2024, 12, 1))


def test_pages_begin_with_the_receipt_and_stand_as_drawn(catalogue: Catalogue) -> None:
    form = catalogue.get("F02", date(2026, 11, 24))
    assert [page.title for page in form.pages] == ["受付", "世帯・対象者", "届出内容"]
    rows = [[field.id for field in row] for row in form.pages[2].rows()]
    assert rows[:3] == [["name", "kana"], ["birth", "sex", "relation"], ["event", "happened_on", "delay_reason"]]
    assert (form.effect, form.field("happened_on").label) == (EffectKind.ACQUIRE, "異動年月日")
    assert [form.event_of({"event": number}) for number in "12345"] == ["A2", "A3", "A4", "A5", "A6"]


def test_marks_say_required_and_critical(catalogue: Catalogue) -> None:
    form = catalogue.get("F02", date(2026, 11, 24))
    assert [form.field(name).marks for name in ("name", "kana", "phone")] == ["必須・重要", "必須", ""]


def test_dates_and_numbers_that_cost_are_keyed_twice(catalogue: Catalogue) -> None:
    for form in catalogue.forms:
        for field in form.fields():
            if field.id in {"name", "birth", "number", "branch", form.fact} - {"filed_on"}:
                assert field.critical
                assert field.keyed_twice


def test_no_field_asks_for_an_individual_number(catalogue: Catalogue) -> None:
    """個人番号 is not stored: only whether it is written (Yes or no), and whether it was checked."""
    for form in catalogue.forms:
        for field in form.fields():
            if "個人番号" in field.label or "番号確認" in field.label:
                assert field.type is FieldType.CHOICE


def test_every_item_and_source_is_used(catalogue: Catalogue, parts: loader.Parts) -> None:
    fields = [field for form in catalogue.forms for field in form.fields()]
    assert set(parts.items) == {field.item for field in fields}
    assert set(SOURCES) == {field.source for field in fields} - {""}


def f02() -> dict[str, Any]:
    return copy.deepcopy(resources.read_toml("forms/F02.toml"))


def put(*path: Any, value: Any) -> Change:
    def change(table: dict[str, Any]) -> None:
        for step in path[:-1]:
            table = table[step]
        table[path[-1]] = value

    return change


def drop(key: str) -> Change:
    return lambda table: table.pop(key) and None


FIRST = ("pages", 1, "fields", 0)
FAULTS: list[tuple[Change, str, str]] = [
    (drop("title"), "form", "title"),
    (drop("pages"), "form", "pages"),
    (drop("valid_from"), "form", "valid_from"),
    (put("effect", value="destroy"), "form", "effect"),
    (drop("events"), "form", "event"),
    (put("fact", value="name"), "form", "fact"),
    (put("stated", value="nowhere"), "form", "stated"),
    (put("valid_until", value=date(2020, 1, 1)), "form", "valid_until"),
    (put("deadline", value=14), "form", "deadline"),
    (put("notes", value="一つの文"), "form", "notes"),
    (put("colour", value="赤"), "form", "colour"),
    (put("pages", 1, "colour", value="赤"), "pages.content", "colour"),
    (put(*FIRST, "item", value="nowhere"), "pages.content", "nowhere"),
    (put(*FIRST, "id", value="kana"), "form", "kana"),
    (put(*FIRST, "width", value=10), "pages.content", "kana"),
    (put(*FIRST, "width", value="5"), "pages.content.name", "width"),
    (put(*FIRST, "row", value=3), "pages.content", "kana"),
    (put(*FIRST, "required", value="X"), "pages.content.name", "required"),
    (put(*FIRST, "required", value="C"), "pages.content.name", "name"),
    (put("pages", 0, "fields", 2, "when", value={"field": "nowhere", "is": ["1"]}), "form", "atena"),
    (put(*FIRST, "when", value={"field": "sex", "is": ["1"]}), "pages.content.name", "name"),
    (put(*FIRST, "fills", value="address"), "pages.content.name", "name"),
    (put(*FIRST, "reading", value="birth"), "form", "name"),
    (put("events", "1", value="L2"), "form", "event"),
    (put("event", value="A2"), "form", "event"),
    (put("events", value={"1": "A2"}), "form", "events"),
    (put("pages", 1, "fields", 7, "when", value={"field": "loss_evidence", "is": ["1"]}), "form", "delay_reason"),
    (put("pages", 1, "fields", 8, "when", value={"field": "event", "is": ["6"]}), "form", "previous_insurer"),
    (put("checked", value="昨日"), "form", "checked"),
    (put("changes", value={"income_class": "name"}), "form", "changes"),
    (put("follows", value="一つの文"), "form", "follows"),
    (put(*FIRST, "when", value={"field": "sex"}), "pages.content.name", "when"),
    (put(*FIRST, "choices", value={"1": "あり"}), "pages.content.name", "name"),
    (put(*FIRST, "choices", value={"a": "あり"}), "pages.content.name", "choices"),
    (put(*FIRST, "choices_of", value="V99"), "pages.content.name", "choices_of"),
    (put(*FIRST, "keyed_twice", value=False), "pages.content.name", "name"),
    (put(*FIRST, "source", value="person.income"), "pages.content.name", "source"),
    (put(*FIRST, "check", value="luck"), "pages.content.name", "check"),
    (put(*FIRST, "answers", value="V99"), "pages.content.name", "name"),
]


@pytest.mark.parametrize(("change", "table", "field"), FAULTS)
def test_a_fault_names_file_table_and_field(parts: loader.Parts, change: Change, table: str, field: str) -> None:
    form = f02()
    change(form)
    with pytest.raises(FormFault) as caught:
        loader.parse(form, parts, file="F02.toml")
    assert (caught.value.file, caught.value.table, caught.value.field) == ("F02.toml", table, field)
    assert caught.value.reason


def test_versions_of_a_form_must_not_overlap(parts: loader.Parts) -> None:
    old, new = f02(), f02()
    new["valid_from"] = date(2027, 4, 1)
    with pytest.raises(FormFault):
        loader.catalogue({"F02.toml": old, "F02-2027.toml": new}, parts)
    old["valid_until"] = date(2027, 3, 31)
    both = loader.catalogue({"F02.toml": old, "F02-2027.toml": new}, parts)
    assert both.get("F02", date(2027, 3, 31)).valid_from == old["valid_from"]
    assert both.get("F02", date(2027, 4, 1)).valid_from == new["valid_from"]


@pytest.mark.parametrize(
    ("items", "reasons", "header", "file"),
    [
        ({"name": "氏名"}, {}, {"fields": [{"item": "name"}]}, "items.toml"),
        ({"name": {"label": "氏名", "type": "nmae"}}, {}, {"fields": [{"item": "name"}]}, "items.toml"),
        ({"name": {"colour": "赤"}}, {}, {"fields": [{"item": "name"}]}, "items.toml"),
        ({}, {"V05": {"x": "理由"}}, {"fields": [{"item": "name"}]}, "reasons.toml"),
        ({}, {}, {}, "header.toml"),
    ],
)
def test_shared_parts_name_their_file(items: Any, reasons: Any, header: Any, file: str) -> None:
    with pytest.raises(FormFault) as caught:
        loader.parse_parts(items, reasons, header)
    assert caught.value.file == file


def test_all_that_is_wrong_is_said_at_once(parts: loader.Parts) -> None:
    broken, doubled, other = f02(), f02(), f02()
    put(*FIRST, "width", value="5")(broken)
    put("pages", 1, "fields", 3, "item", value="nowhere")(broken)
    drop("article")(broken)
    put("fact", value="name")(doubled)
    put("valid_until", value=date(2020, 1, 1))(doubled)
    other["id"] = "F98"
    examined = loader.examine_all({"F02.toml": broken, "F98.toml": other, "F99.toml": doubled}, parts)
    assert [(fault.file, fault.table, fault.field) for fault in examined.faults] == [
        ("F02.toml", "form", "article"),
        ("F02.toml", "pages.content.name", "width"),
        ("F02.toml", "pages.content", "nowhere"),
        ("F99.toml", "form", "fact"),
        ("F99.toml", "form", "valid_until"),
    ]
    assert [(file, form.id) for file, form in examined.forms] == [("F98.toml", "F98")]


def test_what_hangs_on_a_broken_item_is_said_once() -> None:
    items = copy.deepcopy(resources.read_toml("items.toml"))
    items["birth"]["type"] = "day"
    items["sheets_form"]["length"] = "2"
    parts, faults = loader.examine_parts(
        items, resources.read_toml("forms/reasons.toml"), resources.read_toml("forms/header.toml")
    )
    assert {(fault.file, fault.table, fault.field) for fault in faults} == {
        ("items.toml", "birth", "type"),
        ("items.toml", "sheets_form", "length"),
    }
    assert loader.examine(f02(), parts, file="F02.toml") == (None, ())
