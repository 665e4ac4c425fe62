"""What the telephone may tell of a certificate: where it is, never why it came back or was declared void."""

from __future__ import annotations

from datetime import date

import pytest

from nhi_center.domain.call_facts import Issued
from nhi_center.domain.certificate_life import Life
from nhi_center.domain.print_jobs import JobState

DAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("state", "life", "words", "has_left"),
    [
        (JobState.QUEUED, None, "作成中", False),
        (JobState.GOOD, None, "作成中", False),
        (JobState.BLOCKED, None, "区で確認中", False),
        (JobState.SUBMITTED, None, "11月24日 区へ提出", True),
        (JobState.RECEIVED, None, "11月24日 区が受領", True),
        (JobState.RECEIVED, Life.ISSUED, "11月24日 区が交付", True),
        (JobState.RECEIVED, Life.MAIL_RETURNED, "区で保管中", True),
        (JobState.RECEIVED, Life.VOID, "区で確認中", False),
        (JobState.RECEIVED, Life.COLLECTED, "区で確認中", False),
        (JobState.SUBMITTED, Life.GIVEN_BACK, "区で確認中", False),
    ],
)
def test_where_it_is(state: JobState, life: Life | None, words: str, has_left: bool) -> None:
    found = Issued("資格確認書", state, DAY, DAY, life)
    assert (found.words, found.has_left) == (words, has_left)
