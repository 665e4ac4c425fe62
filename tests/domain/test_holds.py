from __future__ import annotations

from datetime import date

import pytest

from nhi_center.domain.entry import State
from nhi_center.domain.holds import Hold, Stage, check_may_settle, check_nobody_named, fiscal_year, query_number
from nhi_center.errors import OperatorError

ASKED = Hold("h", "a", "喪失日が読めません。", "k-ichiro", "2026-11-24T10:00:00+09:00", State.DRAFTING, "entry")


def test_a_fiscal_year_begins_in_april() -> None:
    assert fiscal_year(date(2026, 4, 1)) == fiscal_year(date(2027, 3, 31)) == "R8"
    assert fiscal_year(date(2026, 3, 31)) == "R7"
    assert fiscal_year(date(2019, 4, 30)) == "H31"
    assert query_number(date(2026, 11, 24), 1) == "R8-0001"
    assert query_number(date(2026, 11, 24), 12345) == "R8-12345"


def test_a_hold_is_asked_then_sent_then_answered() -> None:
    sent = Hold(
        **{name: getattr(ASKED, name) for name in ASKED.__dataclass_fields__} | {"sent_at": "x", "wording": "何日ですか。"}
    )
    answered = Hold(**{name: getattr(sent, name) for name in sent.__dataclass_fields__} | {"answered_at": "y"})
    assert [one.stage for one in (ASKED, sent, answered)] == [Stage.ASKED, Stage.SENT, Stage.ANSWERED]
    assert [one.by_ward for one in (ASKED, sent, answered)] == [False, False, True]
    assert (ASKED.for_ward, sent.for_ward, sent.question) == ("喪失日が読めません。", "何日ですか。", "喪失日が読めません。")


def test_nobody_settles_what_he_has_held_himself() -> None:
    check_may_settle(ASKED, "s-toko")
    with pytest.raises(OperatorError) as caught:
        check_may_settle(ASKED, "k-ichiro")
    assert caught.value.code == "four-eyes"


@pytest.mark.parametrize("text", ["見本 一郎が確かめました。", "見本一郎です", "担当 k-ichiro", "見本　一郎"])
def test_words_for_the_ward_name_no_clerk(text: str) -> None:
    with pytest.raises(OperatorError) as caught:
        check_nobody_named(text, ["見本 一郎", "k-ichiro", ""])
    assert (caught.value.code, caught.value.field) == ("names-a-clerk", "question")
    check_nobody_named("見本 太郎さんの喪失日は何日ですか。", ["見本 一郎", "k-ichiro", ""])
