"""One envelope with several person lines: names, the composed form, what each line's form sees."""

from __future__ import annotations

from nhi_center.domain.forms import envelope
from nhi_center.domain.forms.definition import Catalogue
from tests.domain.forms.builders import TODAY


def test_names_of_lines() -> None:
    assert envelope.key(1, "name") == "name"
    assert envelope.key(2, "name") == "2.name"
    assert envelope.split("2.name") == (2, "name")
    assert envelope.split("name") == (1, "name")
    assert envelope.split("12.branch") == (12, "branch")


def test_one_line_is_its_form_unchanged(catalogue: Catalogue) -> None:
    form = catalogue.get("F02", TODAY)
    assert envelope.compose([(1, form)]) is form


def test_a_further_line_has_its_own_fields_conditions_and_partners(catalogue: Catalogue) -> None:
    enter, leave = catalogue.get("F02", TODAY), catalogue.get("F05", TODAY)
    form = envelope.compose([(1, enter), (3, leave)])
    ids = [field.id for field in form.fields()]
    assert len(ids) == len(set(ids))
    assert form.field("3.name").reading == "3.kana"
    assert form.field("3.destination_postal").fills == "3.destination"
    assert not form.has("3.head_name")
    assert [page.id for page in form.pages] == ["receipt", "household", "content", "3.content"]
    for field in form.fields():
        assert field.when is None or form.has(field.when.field)


def test_each_form_sees_the_shared_fields_and_its_own(catalogue: Catalogue) -> None:
    form = catalogue.get("F05", TODAY)
    values = {"head_name": "見本　一", "name": "見本　二", "2.name": "見本　三", "2.moved_out": "2026-11-20"}
    assert envelope.values_of(2, form, values) == {"head_name": "見本　一", "name": "見本　三", "moved_out": "2026-11-20"}
    assert envelope.values_of(1, form, values) == {"head_name": "見本　一", "name": "見本　二"}
    assert envelope.name_of(2, form, "head_name") == "head_name"
    assert envelope.name_of(2, form, "name") == "2.name"


def test_which_forms_share_a_sheet(catalogue: Catalogue) -> None:
    enter, leave, limit = (catalogue.get(form, TODAY) for form in ("F02", "F05", "F15"))
    assert envelope.may_join(enter, leave)
    assert envelope.may_join(limit, limit)
    assert not envelope.may_join(enter, limit)


def test_a_number_is_never_given_twice() -> None:
    assert envelope.next_number([envelope.Line(1, "F02"), envelope.Line(3, "F02")]) == 4
