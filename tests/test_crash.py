"""What a bug leaves behind."""

from __future__ import annotations

import stat
from datetime import UTC, datetime
from pathlib import Path

from nhi_center.crash import CrashRecorder


def test_a_record_is_for_its_owner_alone_and_says_nothing_that_was_in_hand(tmp_path: Path) -> None:
    recorder = CrashRecorder(tmp_path, lambda: datetime(2026, 11, 24, tzinfo=UTC), lambda _reference: None)
    try:
        raise ValueError("見本 花子")
    except ValueError as error:
        reference = recorder.record(error)
    file = tmp_path / f"crash-{reference}.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "ValueError" in file.read_text(encoding="utf-8")
    assert "見本" not in file.read_text(encoding="utf-8")
