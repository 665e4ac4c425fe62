"""Every test of the window runs in its real dress."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from nhi_center.ui.common.name_view import NamePainter
from tests.ui import gallery


@pytest.fixture(autouse=True)
def dressed(qapp: QApplication) -> QApplication:
    QApplication.clipboard().clear()  # all tests of a run share it
    return gallery.dressed_application()


@pytest.fixture(scope="session")
def glyphs(qapp: QApplication) -> NamePainter:
    gallery.dressed_application()
    return gallery.glyphs()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The offscreen platform says this whenever a window is shown; it is about window managers, which it has none of."""
    for item in items:
        if "tests/ui/" in item.path.as_posix():
            item.add_marker(pytest.mark.qt_log_ignore("does not support propagateSizeHints", extend=True))
