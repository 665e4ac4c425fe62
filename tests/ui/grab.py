"""Run alone, once per scale (the scale is fixed before QApplication): saves pictures and prints what is wrong with them.

python -m tests.ui.grab WIDTH HEIGHT FOLDER
"""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtWidgets import QApplication, QWidget

from tests.ui import gallery
from tests.ui.gallery_entry import EntryPage
from tests.ui.pictures import check_screen


def main() -> int:
    width, height, folder = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    application = gallery.dressed_application()
    wrong: list[str] = []

    def take(widget: QWidget, name: str) -> None:
        application.processEvents()
        widget.grab().save(str(folder / f"{name}.png"))
        wrong.extend(f"{name}: {problem}" for problem in check_screen(widget))

    window = gallery.window()
    window.resize(width, height)
    window.show()
    window.activateWindow()
    for name in ("home", "entry", "handover", "certificates", "reports"):
        window.open_screen(name, {})
        screen = window.screen_named(name)
        if isinstance(screen, EntryPage):
            screen.fill()
        take(window, name)
    window.open_screen("entry", {})
    window.say("warning", "件数が前の数と違います。入力したものは残っています。もう一度数えてください。")
    take(window, "message")
    window.toggle_overlay()
    take(window, "call")
    window.toggle_overlay()
    window.toggle_help()
    take(window, "help")
    window.lock()
    take(window, "lock")
    window.stop()
    window.close()
    sign_in = gallery.sign_in()
    sign_in.resize(width, height)
    sign_in.show()
    take(sign_in, "sign_in")
    sign_in.close()
    QApplication.closeAllWindows()
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
