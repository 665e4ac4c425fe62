"""Backups go to the business folder alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from nhi_center.errors import EnvironmentTrouble
from nhi_center.services.backup import back_up
from tests.services.test_backup import Room, code_of, desk, premises

__all__ = ["desk", "premises"]


def test_a_folder_that_leads_out_of_the_business_folder_is_refused(desk: Room, tmp_path: Path) -> None:
    office, _ = desk
    outside = tmp_path / "stick"
    outside.mkdir()
    office.settings.backups.symlink_to(outside)
    assert code_of(office) == "BK-04"
    assert not list(outside.iterdir())


def test_a_folder_exchanged_while_the_copy_is_made_keeps_nothing_outside(desk: Room, tmp_path: Path) -> None:
    """The copy is written by its path, so what went through a link that came meanwhile is found afterwards and taken away."""
    office, _ = desk
    outside = tmp_path / "stick"
    outside.mkdir()
    exchanged: list[Path] = []

    def exchange(_done: int, _total: int, _words: str) -> None:
        if not exchanged:
            exchanged.append(office.settings.backups.rename(tmp_path / "former"))
            office.settings.backups.symlink_to(outside)

    with pytest.raises(EnvironmentTrouble) as caught:
        back_up(office, exchange)
    assert (caught.value.code, len(exchanged)) == ("BK-04", 1)
    assert not list(outside.iterdir())
    assert not list(exchanged[0].iterdir())
