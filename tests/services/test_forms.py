"""The tables every form needs, read once."""

from __future__ import annotations

from nhi_center.domain.variants import other_collection
from nhi_center.services import forms


def test_the_postal_book_is_the_whole_country_of_a_month() -> None:
    book = forms.postal_book()
    assert book.edition == "2026-10"
    assert [town.address for town in book.towns("9071801")] == ["沖縄県八重山郡与那国町与那国"]
    assert forms.postal_book() is book


def test_a_name_with_another_collection_s_sequence_is_told_from_the_office_s_own() -> None:
    own = forms.own_sequences()
    assert other_collection("葛\U000e0100城　見本子", own) == ("葛\U000e0100",)
    assert other_collection("葛\U000e0102城　邉\U000e0110", own) == ()


def test_v22_may_be_answered_with_the_ward_s_confirmation() -> None:
    assert {choice.code: choice.label for choice in forms.reasons()["V22"]}["2"] == "他の字形集の字(区確認)"
