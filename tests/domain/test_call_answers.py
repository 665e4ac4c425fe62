"""回答例: files that are refused with file and line, searching by any part, and which version is given."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhi_center import resources
from nhi_center.domain import call_answers as rules
from nhi_center.domain.call_answers import Answer, AnswersFault, AnswerVersion
from nhi_center.errors import OperatorError

TODAY = date(2026, 11, 24)
GOOD = """# Q06 証が届かない

## 06-1

- 区確認日: 2026-10-01
- 係: 資格係
- 語: 転送、てんそう

転送はされません。
"""
ANSWER = Answer("06-1", "転送はされません。", date(2026, 10, 1), "資格係", ("転送", "てんそう"))


def version(key: str, at: str, answer: Answer = ANSWER, *, withdrawn: bool = False) -> AnswerVersion:
    return AnswerVersion(key, replace(answer, version=key), withdrawn, "40100", f"2026-11-24T{at}+09:00")


def test_a_file_is_read_as_it_is_written() -> None:
    assert rules.parse({"Q06.md": GOOD}, {"06"}) == (ANSWER,)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Q06.md:1: begins with"),
        (GOOD.replace("# Q06", "# Q77"), "Q06.md:1: unknown category Q77"),
        (GOOD.replace("## 06-1", "## 07-1"), "Q06.md:3: 07-1 is no id of this category"),
        (GOOD.replace("## 06-1", "## 06-0"), "Q06.md:3: 06-0 is no id"),
        (GOOD.replace("- 区確認日: 2026-10-01\n", ""), "Q06.md:3: 06-1 has no 区確認日"),
        (GOOD.replace("2026-10-01", "10月1日"), "Q06.md:3: 06-1 has no day as 区確認日"),
        (GOOD.replace("- 係: 資格係\n", ""), "Q06.md:3: 06-1 has no 係"),
        (GOOD.replace("- 係: 資格係", "- 課: 資格係"), "Q06.md:6: only one each"),
        (GOOD.replace("転送はされません。", ""), "Q06.md:3: 06-1 has no text"),
        (GOOD.replace("転送はされません。", "あ" * 101), "more than 100 characters"),
        (GOOD.replace("# Q06 証が届かない\n", "# Q06 証が届かない\n前書き\n"), "Q06.md:2: stands before"),
        (GOOD + GOOD.partition("\n")[2], "Q06.md:11: 06-1 is given twice"),
        ("# Q06\n", "no answer for category 06"),
    ],
)
def test_a_fault_names_file_and_line(text: str, message: str) -> None:
    with pytest.raises(AnswersFault) as caught:
        rules.parse({"Q06.md": text}, {"06"})
    assert message in str(caught.value)


def test_every_category_has_two_to_five_answers_in_one_file() -> None:
    files = {path.name: path.read_text(encoding="utf-8") for path in resources.listing("faq", ".md")}
    codes = {row["code"]: row["title"] for row in resources.read_toml("calls/categories.toml")["categories"]}
    assert set(files) == {f"{code}.md" for code in codes}
    answers = rules.parse(files, {code[1:] for code in codes})
    for code, title in codes.items():
        assert files[f"{code}.md"].splitlines()[0] == f"# {code} {title}"
        assert 2 <= sum(answer.number == code[1:] for answer in answers) <= 5
    assert not any(answer.is_old(TODAY) for answer in answers)


@pytest.mark.parametrize("typed", ["転送", "ﾃﾝｿｳ", "てんそう", "テンソ", "資格 転送", "０６－１", "届か ません"])
def test_any_part_of_the_words_finds_it(typed: str) -> None:
    key = rules.key_of(ANSWER, "証が届かない")
    assert rules.matches(key, rules.terms_of(typed))
    assert not rules.matches(key, rules.terms_of(f"{typed} 葬祭費"))


def test_words_do_not_run_over_into_each_other() -> None:
    assert not rules.matches(rules.key_of(ANSWER, "証が届かない"), rules.terms_of("転送てんそう"))


@given(st.text(max_size=20))
def test_no_search_line_raises(typed: str) -> None:
    rules.matches(rules.key_of(ANSWER, "証が届かない"), rules.terms_of(typed))


def test_a_year_after_the_check_it_is_due() -> None:
    assert not ANSWER.is_old(date(2027, 9, 30))
    assert ANSWER.is_old(date(2027, 10, 1))


def test_the_version_written_last_is_given_and_a_withdrawn_one_is_not() -> None:
    first, second = version("a", "09:00:00.000"), version("b", "10:00:00.000", replace(ANSWER, text="新しい。"))
    other = replace(ANSWER, id="06-2")
    assert [one.text for one in rules.in_force((ANSWER, other), (second, first))] == ["新しい。", ANSWER.text]
    gone = version("c", "11:00:00.000", withdrawn=True)
    assert rules.in_force((ANSWER, other), (gone, second, first)) == (other,)
    assert rules.in_force((), (first,)) == (first.answer,)
    assert rules.version_of(second.contents()) == second


def test_a_number_once_given_is_never_given_again() -> None:
    assert rules.next_id("06", ("06-1", "06-9", "07-30")) == "06-10"
    assert rules.next_id("24", ()) == "24-1"
    with pytest.raises(OperatorError):
        rules.next_id("06", ("06-99",))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"text": " "}, "text"),
        ({"text": "あ" * 101}, "text"),
        ({"text": "番号は 123456789018 です。"}, "text"),
        ({"words": ("紛失", "123456789018")}, "words"),
        ({"section": "資格係 1234-5678-9018"}, "section"),
        ({"checked": date(2026, 11, 25)}, "checked"),
        ({"checked": date(2025, 11, 24)}, "checked"),
        ({"words": ("あ" * 60, "い" * 60)}, "words"),
    ],
)
def test_what_keeps_an_answer_from_being_one(change: dict[str, object], field: str) -> None:
    with pytest.raises(OperatorError) as caught:
        rules.check(replace(ANSWER, **change), TODAY)  # type: ignore[arg-type]
    assert caught.value.field == field


@pytest.mark.parametrize("change", [{"text": 1}, {"withdrawn": 1}, {"words": "転送"}, {"words": [1]}, {"checked": "きのう"}])
def test_what_is_no_version_is_refused(change: dict[str, object]) -> None:
    with pytest.raises((ValueError, TypeError)):
        rules.version_of({**version("a", "09:00:00.000").contents(), **change})
