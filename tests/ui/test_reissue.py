"""再交付 as the contractor sees it: marked in the queue, with the number of the void certificate."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from nhi_center.domain.print_jobs import JobState
from nhi_center.services import certificates
from nhi_center.ui.certificates import ENTRY
from nhi_center.ui.certificates.screen import CertificatesScreen
from nhi_center.ui.common.name_view import NamePainter
from tests.services.test_certificate_book import submitted
from tests.services.test_certificate_reissue import Submitted, reissued, void
from tests.support.office import desk, premises
from tests.support.print_room import room
from tests.support.screens import press, put_away, settle, window_over
from tests.ui.pictures import check_screen

__all__ = ["desk", "premises", "room", "submitted"]


def test_a_reissue_stands_in_the_queue_with_its_mark(submitted: Submitted, glyphs: NamePainter, tmp_path: Path) -> None:
    office, clerk, _one = submitted
    void(submitted)
    certificates.propose(office, clerk)
    window = window_over(office, clerk, glyphs, (ENTRY,))
    window.open_screen("certificates", {})
    settle()
    screen = window.screen_named("certificates")
    assert isinstance(screen, CertificatesScreen)
    row = reissued((office, clerk))
    place = next(at for at, one in enumerate(screen.table.queue.rows) if one.job.id == row.job.id)
    screen.table.select(place)
    settle()
    assert "再交付" in str(screen.table.model().index(place, 2).data())
    assert f"無効にした {row.reissue_of} の再交付です" in screen.side.check.text.accessibleName()
    assert window.grab().save(str(tmp_path / "queue.png"))
    assert check_screen(window) == []
    press(Qt.Key.Key_Space)
    press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    settle()
    assert reissued((office, clerk)).job.state is JobState.NEEDS_CHECK
    assert f"無効にした {row.reissue_of} の再交付です" in screen.side.check.text.accessibleName()
    press(Qt.Key.Key_Return)
    settle()
    said = [label.text() for label in window.findChildren(QLabel)]
    assert any(text == f"無効にした {row.reissue_of} の再交付です。" for text in said)
    put_away([window])
