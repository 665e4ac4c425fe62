"""A name that is never cut: what does not fit on one line goes on below, broken between characters as they are recorded."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from nhi_center.domain.names import clusters
from nhi_center.ui.common.name_view import NamePainter, NameView


class NameLines(QWidget):
    """One name where two must be compared or one must be read whole; ``characters`` fit on a line."""

    def __init__(self, painter: NamePainter, pixels: int, text: str, *, characters: int, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(text)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        parts = clusters(text)
        for number, at in enumerate(range(0, len(parts), characters), start=1):
            line = "".join(parts[at : at + characters])
            column.addWidget(NameView(painter, pixels, line, object_name=f"{name}_line_{number}"))
