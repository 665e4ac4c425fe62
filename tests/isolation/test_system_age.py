from __future__ import annotations

import os
from datetime import date, datetime
from pathlib import Path

import pytest

from nhi_center.isolation import system_age


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(system_age, "PACKAGES", tmp_path / "status")
    monkeypatch.setattr(system_age, "SIGNATURES", (tmp_path / "daily.cld", tmp_path / "daily.cvd"))
    monkeypatch.setattr(system_age, "RELEASE", tmp_path / "os-release")
    return tmp_path


def write(path: Path, day: date) -> None:
    path.write_text("x", encoding="utf-8")
    stamp = datetime(day.year, day.month, day.day, 12).timestamp()
    os.utime(path, (stamp, stamp))


def test_days_are_those_of_the_systems_own_files(files: Path) -> None:
    assert (system_age.patched_on(), system_age.signatures_on(), system_age.system_name()) == (None, None, "")
    write(files / "status", date(2026, 11, 2))
    write(files / "daily.cvd", date(2026, 11, 20))
    write(files / "daily.cld", date(2026, 11, 23))
    (files / "os-release").write_text('PRETTY_NAME="Debian GNU/Linux 12"\nID=debian\nVERSION_ID="12"\n', encoding="utf-8")
    assert system_age.patched_on() == date(2026, 11, 2)
    assert system_age.signatures_on() == date(2026, 11, 23)
    assert system_age.system_name() == "debian 12"
