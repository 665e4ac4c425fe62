"""Run alone: somebody writes down what a caller says, and in the middle of it the power goes.

python -m tests.support.killed_calling FOLDER TEXT
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from PySide6.QtCore import QTimer

from nhi_center import settings
from nhi_center.services.clock import TrainingClock
from nhi_center.services.premises import open_premises
from nhi_center.services.session import sign_in
from nhi_center.tasks.runner import JobRunner
from nhi_center.ui.calls import ENTRIES
from nhi_center.ui.calls.panel import CallPanel
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.frame_parts import WindowFacts
from nhi_center.ui.lock import IdleWatch
from nhi_center.ui.shell import MainWindow
from tests.support.office import OPENING, PASSWORDS
from tests.ui import gallery


def main(folder: Path, said: str) -> int:
    premises = open_premises(settings.load(folder / "terminal.toml"), TrainingClock(OPENING))
    office, session = sign_in(premises, "k-ichiro", PASSWORDS["k-ichiro"])
    application = gallery.dressed_application()
    window = MainWindow(WindowFacts("端末 04", office.clock.local, training=True), IdleWatch(application))
    runner = JobRunner(window)
    window.start(Desk(office, session, runner, gallery.glyphs(), window), ENTRIES)
    window.show()
    window.activateWindow()
    window.toggle_overlay()

    def step() -> None:
        """One thing at a time, as the lanes answer; the field of the words is never left."""
        panel = window.screen_named("call")
        assert isinstance(panel, CallPanel)
        editor = panel.form.text.text_editor
        if panel.view is None or runner.pending:
            return
        if not editor.toPlainText():
            editor.setFocus()
            editor.insertPlainText(said)
        elif panel.form.saved_text.text():
            os.kill(os.getpid(), signal.SIGKILL)

    timer = QTimer()
    timer.setInterval(20)
    timer.timeout.connect(step)
    timer.start()
    return application.exec()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2]))
