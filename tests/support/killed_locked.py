"""Run alone: somebody keys half a field, the screen locks, and then the power goes.

python -m tests.support.killed_locked FOLDER
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from nhi_center import settings
from nhi_center.domain.locking import LockReason
from nhi_center.services.clock import TrainingClock
from nhi_center.services.premises import open_premises
from nhi_center.services.session import sign_in
from nhi_center.tasks.runner import JobRunner
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.frame_parts import WindowFacts
from nhi_center.ui.entry import ENTRY
from nhi_center.ui.entry.screen import EntryScreen
from nhi_center.ui.lock import IdleWatch
from nhi_center.ui.lock_desk import LockDesk
from nhi_center.ui.shell import MainWindow
from tests.support.office import OPENING, PASSWORDS
from tests.ui import gallery


def main(folder: Path, typed: str) -> int:
    premises = open_premises(settings.load(folder / "terminal.toml"), TrainingClock(OPENING))
    office, session = sign_in(premises, "k-ichiro", PASSWORDS["k-ichiro"])
    application = gallery.dressed_application()
    window = MainWindow(WindowFacts("端末 04", office.clock.local, training=True), IdleWatch(application))
    runner = JobRunner(window)
    lock = LockDesk(application, window, runner, lambda: (office, session))
    window.start(Desk(office, session, runner, gallery.glyphs(), window), (ENTRY,))
    window.show()
    screen = window.screen_named("entry")
    assert isinstance(screen, EntryScreen)

    def step() -> None:
        """One thing at a time, as the lanes answer."""
        wizard = screen.wizard
        if window.is_locked and not runner.pending:
            os.kill(os.getpid(), signal.SIGKILL)
        elif wizard is not None and not window.is_locked and not runner.pending:
            wizard.jump("filed_on")
            window.activateWindow()
            line = wizard.pages.fields["filed_on"].widget.editor
            line.setFocus()
            line.clear()  # type: ignore[attr-defined]
            QTest.keyClicks(line, typed)
            lock.lock(LockReason.IDLE)
        elif wizard is None and screen.list_page.table.rows() and not runner.pending:
            screen.list_page.open_button.click()

    timer = QTimer()
    timer.timeout.connect(step)
    timer.start(10)
    return QApplication.exec()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2]))
