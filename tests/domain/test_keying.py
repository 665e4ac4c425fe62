"""入力の統計: sums and rates."""

from __future__ import annotations

from dataclasses import replace

from nhi_center.domain.keying import Keying, Mode, summed

ONE = Keying(
    mode=Mode.ENTRY,
    person="k-ichiro",
    keyer="k-ichiro",
    form="F02",
    session="s1",
    started_at="2026-11-24T09:00:00+09:00",
    ended_at="2026-11-24T09:10:00+09:00",
    seconds=600,
    pause_seconds=120,
    cases=1,
    records=2,
    keystrokes=800,
    bad_keystrokes=8,
)


def test_rates_leave_pauses_out_and_divide_by_nothing_calmly() -> None:
    assert ONE.keys_per_hour == 6000
    assert ONE.bad_per_thousand == 10.0
    assert (ONE.keyer_wrong_per_thousand, ONE.verifier_wrong_per_thousand) == (0.0, 0.0)
    assert replace(ONE, seconds=130).keys_per_hour == 0
    checked = replace(ONE, fields_verified=400, keyer_wrong=2, verifier_wrong=1)
    assert (checked.keyer_wrong_per_thousand, checked.verifier_wrong_per_thousand) == (5.0, 2.5)


def test_lines_of_one_key_are_added_and_the_others_stay_apart() -> None:
    later = replace(ONE, started_at="2026-11-24T08:00:00+09:00", ended_at="2026-11-24T11:00:00+09:00", fields_verified=3)
    sums = summed([ONE, replace(ONE, form="F05"), later], lambda line: line.form)
    assert list(sums) == ["F02", "F05"]
    both = sums["F02"]
    assert (both.started_at[11:13], both.ended_at[11:13]) == ("08", "11")
    assert (both.cases, both.records, both.seconds, both.pause_seconds, both.keystrokes) == (2, 4, 1200, 240, 1600)
    assert (both.bad_keystrokes, both.fields_verified) == (16, 3)
    assert sums["F05"] == replace(ONE, form="F05")
