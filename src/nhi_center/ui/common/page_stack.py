"""Pages in one place, the one in front shown; a page is made when it is first wanted."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtWidgets import QStackedWidget, QWidget

from nhi_center.ui.common.input_watch import input_watch

_Page = TypeVar("_Page", bound=QWidget)


class PageStack(QStackedWidget):
    """A QStackedWidget whose pages come to the front in one go."""

    def bring(self, make: Callable[[], _Page]) -> _Page:
        """The page that ``make`` gives, new or known, in front; the program's watch over keys rests meanwhile."""
        with input_watch().rest():
            page = make()
            if self.indexOf(page) < 0:
                self.addWidget(page)
            self.setCurrentWidget(page)
        return page
