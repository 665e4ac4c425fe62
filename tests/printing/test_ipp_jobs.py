"""What the operator is told of a job, from what a server may say of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhi_center.printing.ipp_jobs import NO_ANSWER, DeviceState, IppJob, JobState, PrinterState, advice_after

SINCE = datetime(2026, 11, 24, 1, tzinfo=UTC)
PATIENCE = timedelta(seconds=90)
BUSY = PrinterState(DeviceState.PROCESSING)
PRINTING = IppJob(42, JobState.PROCESSING, printer=BUSY)


@pytest.mark.parametrize(("seconds", "silent"), [(0, False), (90, False), (91, True), (-5, False)])
def test_processing_for_too_long_is_no_answer(seconds: int, silent: bool) -> None:
    now = SINCE + timedelta(seconds=seconds)
    assert (advice_after(PRINTING, SINCE, now, PATIENCE) == NO_ANSWER) is silent


def test_no_answer_hides_neither_a_jam_nor_an_end() -> None:
    late = SINCE + timedelta(hours=1)
    jammed = replace(PRINTING, printer=replace(BUSY, reasons=("media-jam-warning",)))
    assert advice_after(jammed, SINCE, late, PATIENCE).startswith("紙詰まりです。")
    for state in set(JobState) - {JobState.PROCESSING}:
        assert advice_after(replace(PRINTING, state=state), SINCE, late, PATIENCE) != NO_ANSWER


def test_completed_never_says_that_paper_came_out() -> None:
    words = IppJob(42, JobState.COMPLETED, impressions=1).advice
    assert "紙に出たとは限りません" in words
    assert "現物を確かめて" in words


@pytest.mark.parametrize(
    ("reasons", "words"),
    [
        (("media-empty-error", "paused"), "用紙がありません。"),
        (("cover-open-report",), "カバーが開いています。"),
        (("offline-report",), "プリンターにつながりません。"),
        (("com.example.odd-warning", "output-area-full-error"), "排紙トレイがいっぱいです。"),
    ],
)
def test_the_first_known_trouble_is_named(reasons: tuple[str, ...], words: str) -> None:
    job = replace(PRINTING, printer=replace(BUSY, reasons=reasons))
    assert job.needs_operator
    assert job.advice.startswith(words)


def test_unknown_reasons_are_no_trouble() -> None:
    job = replace(PRINTING, printer=replace(BUSY, reasons=("toner-low-warning", "")))
    assert (job.needs_operator, job.advice) == (False, "印刷しています。そのままお待ちください。")


@given(
    st.sampled_from(JobState),
    st.lists(st.text(max_size=20), max_size=3).map(tuple),
    st.none() | st.builds(PrinterState, st.sampled_from(DeviceState), st.booleans(), st.lists(st.text(max_size=20)).map(tuple)),
)
def test_every_job_has_a_whole_sentence(state: JobState, reasons: tuple[str, ...], printer: PrinterState | None) -> None:
    job = IppJob(1, state, 0, reasons, printer)
    assert job.advice.endswith("。")
    assert not (state.ended and job.needs_operator)
