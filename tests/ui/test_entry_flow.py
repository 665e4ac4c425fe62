from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from nhi_center.domain.custody import Place, Slip
from nhi_center.domain.entry import Application, Draft, State
from nhi_center.domain.forms import types
from nhi_center.domain.people import Household
from nhi_center.services import forms
from nhi_center.services.entry import OpenEntry, with_slip
from nhi_center.ui.entry.flow import CONFIRM, Flow, town_of
from tests.support.entry import CHILD, HEAD, LEAVER, good_draft

TODAY = date(2026, 11, 24)


def opened(form: str = "F02", *, sheets: int = 2, draft: Draft | None = None, chosen: bool = False) -> OpenEntry:
    slip = Slip("slip-1", "1124-001", "2026-11-24", "batch-1", form, sheets, Place.ENTRY)
    application = Application(
        id="a-1",
        slip=slip.id,
        number=slip.number,
        day=slip.day,
        batch=slip.batch,
        form=form,
        form_day=slip.day,
        state=State.DRAFTING,
        keyer="k-ichiro",
        draft=draft or Draft(),
    )
    entry = OpenEntry(application=application, slip=slip, form=forms.form(form, slip.day), today=TODAY)
    return with_person(entry) if chosen else entry


def with_person(entry: OpenEntry, atena: str = HEAD.atena) -> OpenEntry:
    person = next(one for one in (HEAD, CHILD, LEAVER) if one.atena == atena)
    household = Household.gather(person.household, (HEAD, CHILD, LEAVER))
    return replace(entry, person=person, household=household)


def key(flow: Flow, field_id: str, text: str) -> types.FieldReading:
    field = flow.form.field(field_id)
    reading = types.read(field, text, TODAY)
    flow.take(field, text, reading)
    return reading


def test_the_steps_are_those_of_the_form() -> None:
    assert Flow(opened("F15")).trail[0] == ("受付", "世帯・対象者", "申請内容", "確認", "次の処理")


def test_a_new_application_starts_with_what_the_slip_knows() -> None:
    flow = Flow(opened())
    assert flow.values == {"filed_on": "2026-11-24"}
    assert flow.page == "receipt"


def test_a_date_is_kept_as_read_and_as_typed() -> None:
    flow = Flow(opened())
    key(flow, "birth", "3450312")
    assert flow.draft().values["birth"] == "1970-03-12"
    assert flow.draft().typed["birth"] == "3450312"


def test_what_does_not_read_is_kept_as_typed_alone() -> None:
    flow = Flow(opened())
    key(flow, "event", "1")
    reading = key(flow, "insurer_number", "138041")
    assert reading.problem
    assert "insurer_number" not in flow.draft().values
    assert flow.draft().typed["insurer_number"] == "138041"
    assert [field.id for field in flow.unread()] == ["insurer_number"]
    assert flow.stops_page(flow.form.pages[2]) != ""


def test_what_does_not_read_is_one_thing_to_correct_and_not_missing_too() -> None:
    flow = Flow(opened(chosen=True, draft=good_draft("F02")))
    key(flow, "birth", "s64.1.8")
    assert [field.id for field in flow.unread()] == ["birth"]
    assert "birth" not in {finding.field for finding in flow.errors()}
    assert flow.why_unread(flow.form.field("birth")).startswith("昭和は昭和64年1月7日まで")


def test_an_individual_number_leaves_no_trace() -> None:
    flow = Flow(opened())
    reading = key(flow, "note", "番号は 123456789018 です")
    assert reading.wipe
    assert "123456789018" not in repr(flow.draft())


def test_a_field_with_a_condition_is_there_while_it_holds() -> None:
    flow = Flow(opened())
    posted = flow.form.field("posted_on")
    key(flow, "channel", "1")
    assert not flow.shown(posted)
    key(flow, "channel", "2")
    assert flow.shown(posted)
    assert flow.needed(posted)
    key(flow, "posted_on", "R8.11.20")
    key(flow, "channel", "1")
    assert "posted_on" not in flow.draft().values
    key(flow, "channel", "2")
    assert flow.draft().values["posted_on"] == "2026-11-20"


def test_choosing_a_person_fills_what_is_empty_and_keeps_what_was_typed() -> None:
    flow = Flow(opened())
    key(flow, "phone", "03-5273-0000")
    flow.adopt(with_person(flow.entry))
    assert flow.values["name"] == HEAD.name
    assert flow.values["phone"] == "0352730000"
    flow.adopt(with_person(flow.entry, CHILD.atena))
    assert flow.values["name"] == CHILD.name
    assert flow.values["head_name"] == HEAD.name
    assert flow.values["phone"] == "0352730000"


def test_missing_is_said_only_where_the_clerk_has_been() -> None:
    flow = Flow(opened())
    key(flow, "event", "1")
    assert flow.said("previous_insurer") is None
    key(flow, "previous_insurer", "")
    said = flow.said("previous_insurer")
    assert said is not None
    assert (said.kind, said.text) == ("error", "前保険者名を入力してください。")


def test_a_late_filing_is_said_at_its_reason_and_answered_there() -> None:
    flow = Flow(opened(draft=good_draft("F02", happened_on="2026-11-01"), chosen=True))
    reason = flow.form.field("delay_reason")
    assert flow.needed(reason)
    assert [finding.rule for finding in flow.errors()] == ["V05"]
    key(flow, "delay_reason", "2")
    assert flow.errors() == ()
    said = flow.said("delay_reason")
    assert said is not None
    assert said.text == "届出が14日を過ぎています(23日目)。"


def test_a_warning_is_answered_on_the_confirm_page_and_forgotten_when_it_is_gone() -> None:
    flow = Flow(opened(draft=good_draft("F02", name="葛城　見本子"), chosen=True))
    (question,) = flow.questions()
    assert question.rule == "V24"
    assert flow.unsettled() == (question,)
    flow.answer(question, "1")
    assert flow.unsettled() == ()
    assert flow.draft().reasons == {"V24:name": "1"}
    key(flow, "name", HEAD.name)
    assert flow.draft().reasons == {}


def test_a_refusal_of_the_store_stands_until_the_value_changes() -> None:
    flow = Flow(opened())
    key(flow, "sheets_form", "1")
    key(flow, "sheets_attached", "3")
    assert flow.sheets == 4
    flow.refuse("sheets_attached", "この便の残りは2枚です。")
    key(flow, "sheets_attached", "3")
    assert flow.said("sheets_attached") is not None
    key(flow, "sheets_attached", "1")
    flow.refresh(with_slip(flow.entry, flow.entry.slip))
    assert flow.said("sheets_attached") is None


def test_a_postal_code_begins_an_address_that_nobody_has_written() -> None:
    flow = Flow(opened())
    assert flow.fill_address("address", "1600021") == "東京都新宿区歌舞伎町"
    key(flow, "address", "東京都新宿区歌舞伎町")
    assert flow.fill_address("address", "1620053") == town_of("1620053")
    key(flow, "address", "東京都新宿区歌舞伎町1丁目4番1号")
    assert flow.fill_address("address", "1620053") == ""
    assert town_of("0000000") == ""


def test_what_the_ward_must_settle_is_suggested_as_a_question() -> None:
    flow = Flow(opened("F15", draft=good_draft("F15")))
    flow.adopt(replace(with_person(flow.entry, LEAVER.atena), person=replace(LEAVER, arrears=True)))
    assert flow.ward_question() == "台帳に滞納のしるしがあります。"


def test_the_draft_comes_back_at_its_page_and_field() -> None:
    flow = Flow(opened(draft=Draft({"channel": "1"}, {}, {}, CONFIRM, "note")))
    assert (flow.page, flow.field) == (CONFIRM, "note")
    assert flow.values == {"channel": "1"}


def test_a_value_settled_in_verification_is_not_shown_as_it_was_once_typed() -> None:
    draft = Draft({"happened_on": "2026-11-10", "birth": "1970-03-12"}, {"happened_on": "R8.11.1", "birth": "3450312"})
    flow = Flow(opened(draft=draft))
    assert flow.typed == {"birth": "3450312"}


@pytest.mark.parametrize("form", ["F02", "F05", "F15"])
def test_a_well_keyed_form_has_nothing_open(form: str) -> None:
    who = HEAD.atena if form == "F02" else LEAVER.atena
    flow = Flow(with_person(opened(form, draft=good_draft(form)), who))
    assert flow.unsettled() == ()
    assert flow.summary().effect is not None
