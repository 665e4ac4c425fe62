from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhi_center.domain import typed_code
from nhi_center.domain.typed_code import ALPHABET, TypedWrong

KEY = bytes(range(48))


@given(st.binary(max_size=100))
def test_what_is_written_is_read(data: bytes) -> None:
    groups = typed_code.write(data)
    assert typed_code.read(groups) == data
    assert len(groups) == typed_code.group_count(len(data))


def test_it_is_read_as_people_type_it() -> None:
    groups = typed_code.write(KEY)
    assert all(len(group) == 12 for group in groups)
    typed = [group.lower().replace("-", " ").replace("0", "o").replace("1", "l") for group in groups]
    assert typed_code.read(typed) == KEY


def test_a_slip_is_told_at_its_group() -> None:
    groups = typed_code.write(KEY)
    letters = groups[3].replace("-", "")
    slips = [letters[:at] + other + letters[at + 1 :] for at in range(10) for other in ALPHABET if other != letters[at]]
    passed = [typed for typed in slips if reads(typed)]
    assert len(passed) / len(slips) < 0.02
    for typed in passed:  # one in a thousand passes its group, and then the whole does not fit
        with pytest.raises(TypedWrong):
            typed_code.read((*groups[:3], typed, *groups[4:]))
    with pytest.raises(TypedWrong) as caught:
        typed_code.read((*groups[:3], groups[4], *groups[4:]))
    assert caught.value.group == 4


def reads(typed: str) -> bool:
    try:
        typed_code.read_group(4, typed)
    except TypedWrong:
        return False
    return True


@pytest.mark.parametrize("typed", ["", "ABCD", "ABCD-EFGH-XYZ", "ABCD-EFGH-U!", "見本"])
def test_what_is_no_group_is_refused(typed: str) -> None:
    with pytest.raises(TypedWrong):
        typed_code.read_group(1, typed)


def test_exchanged_missing_and_added_groups_are_refused() -> None:
    groups = typed_code.write(KEY)
    for typed in ((groups[1], groups[0], *groups[2:]), groups[:-1], (*groups, groups[-1]), ()):
        with pytest.raises(TypedWrong):
            typed_code.read(typed)
