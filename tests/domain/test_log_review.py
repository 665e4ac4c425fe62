"""アクセスログ点検: narrowing, one citizen's history, remarks, and what the supervisor signs."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from nhi_center.domain.log_review import (
    Chain,
    Filters,
    Flag,
    Remark,
    Review,
    Severity,
    Verdict,
    access_history,
    check_remark,
    check_signable,
    contents,
    month_span,
    months_between,
    ranges,
)
from nhi_center.errors import OperatorError
from tests.support.log import TUESDAY, Log

# -- filters, history --


def test_filters_narrow_and_combine() -> None:
    log = Log().add(0, "view_person", "p:1").add(1, "enter", "a-1", "k-hanako", person="p:1").add(2, "denied", asked="inspect")
    log.add(24 * 60, "wrong_password", "k-hanako", "s-toko", asked="sign")
    day = TUESDAY.date()

    def kept(**parts: Any) -> list[int]:
        return [one.seq for one in log.entries if Filters(**parts).take(one)]

    assert kept() == [1, 2, 3, 4]
    assert kept(last=day) == [1, 2, 3]
    assert kept(first=day + timedelta(days=1)) == [4]
    assert kept(persons=frozenset({"k-hanako"})) == [2, 4], "of a wrong password it is the one whose ID was typed"
    assert kept(action="enter") == [2]
    assert kept(refused=True) == [3, 4]
    assert kept(citizens=frozenset({"p:1"})) == [1, 2]
    assert kept(refused=True, last=day) == [3]


def test_the_history_of_one_citizen_under_all_his_pseudonyms_newest_first() -> None:
    log = Log().add(0, "view_person", "p:1", purpose="call").add(1, "view_person", "p:2", "k-hanako", purpose="search")
    log.add(2, "view_person", "p:3").add(3, "inspect", "p:2", "s-toko", step="access_history", purpose="request")
    found = access_history(log.entries, {"p:1", "p:2"})
    assert [(one.seq, one.person, one.purpose) for one in found] == [
        (4, "s-toko", "request"),
        (2, "k-hanako", "search"),
        (1, "k-ichiro", "call"),
    ]
    assert access_history(log.entries, set()) == ()


# -- months, numbers --


def test_months_are_those_of_the_wall_clock() -> None:
    first, end = month_span("2026-12")
    assert (first.isoformat(), end.isoformat()) == ("2026-12-01T00:00:00+09:00", "2027-01-01T00:00:00+09:00")
    late = datetime.fromisoformat("2026-10-31T16:00:00+00:00")  # already November in Japan
    assert months_between(late, datetime.fromisoformat("2027-01-05T00:00:00+00:00")) == ("2027-01", "2026-12", "2026-11")


def test_numbers_are_written_as_people_write_them() -> None:
    assert ranges((5, 1, 2, 3, 1200)) == "1から3、5、1,200"


# -- remarks and what is signed --


FLAG = Flag("own_record", Severity.SERIOUS, "k-ichiro", (4,), TUESDAY, "自分と同じ氏名の人を 1回開きました。")
RULES = (("own_record", "自分の氏名・住所の閲覧", "基準"),)


def reviewed(*flags: Flag, remarks: tuple[Remark, ...] = (), last: int = 9, fault: str = "") -> Review:
    first = 1 if last else 0
    kept = {remark.flag: remark for remark in remarks}
    return Review("2026-11", "T04", True, first, last, Chain(fault, 0, ""), RULES, flags, kept)


@pytest.mark.parametrize(
    ("verdict", "words", "who", "code"),
    [
        ("checked", "同姓同名の別人と確かめた。", "k-ichiro", "own-flag"),
        ("", "確かめた。", "s-toko", "no-verdict"),
        ("forgiven", "確かめた。", "s-toko", "no-verdict"),
        ("checked", "  ", "s-toko", "no-remark"),
        ("checked", "あ" * 61, "s-toko", "too-long"),
        ("checked", "番号 123456789018 の人", "s-toko", "individual-number"),
    ],
)
def test_a_remark_that_is_not_taken(verdict: str, words: str, who: str, code: str) -> None:
    with pytest.raises(OperatorError) as caught:
        check_remark(FLAG, verdict, words, who)
    assert caught.value.code == code


def test_nothing_is_signed_before_every_flag_has_its_remark() -> None:
    remark = check_remark(FLAG, "reported", " 区へ電話で報告した。 ", "s-toko")
    assert (remark.words, remark.verdict) == ("区へ電話で報告した。", Verdict.REPORTED)
    for review, code in (
        (reviewed(FLAG), "not-settled"),
        (reviewed(last=0), "empty"),
        (reviewed(fault="3番: 変わっています。"), "broken"),
    ):
        with pytest.raises(OperatorError) as caught:
            check_signable(review)
        assert caught.value.code == code
    whole = reviewed(FLAG, remarks=(remark,))
    check_signable(whole)
    signed = contents(whole)
    assert (signed["entries"], signed["rules"]) == (9, [{"rule": "own_record", "flags": 1}])
    assert signed["flags"][0] | {"at": ""} == {
        "id": "own_record-4",
        "rule": "own_record",
        "severity": 2,
        "person": "k-ichiro",
        "at": "",
        "entries": [4],
        "sentence": FLAG.sentence,
        "verdict": "reported",
        "remark": "区へ電話で報告した。",
        "by": "s-toko",
    }
