"""Small helpers over Qt's dynamic properties, which a style sheet only looks at when told to."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget


def restyle(widget: QWidget, **properties: object) -> None:
    """Set dynamic properties; polish again only when one of them changed (polishing is the dear part), and never before Qt has
    polished the widget at all: it does so when the widget is first shown, with the properties of then."""
    changed = False
    for name, value in properties.items():
        if widget.property(name) != value:
            widget.setProperty(name, value)
            changed = True
    if changed and widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):
        widget.style().unpolish(widget)
        widget.style().polish(widget)
        widget.update()


def lay_out_now(widget: QWidget) -> None:
    """Give words that have grown their room at once, up to the window: a picture taken before the next turn of the event loop
    shows them whole."""
    at: QWidget | None = widget
    while at is not None:
        if (layout := at.layout()) is not None:
            layout.activate()
        at = None if at.isWindow() else at.parentWidget()


class Paragraph(QLabel):
    """Words that may need several lines, at a line height that can be read; BIZ UDGothic itself leaves none between lines."""

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self._plain = ""
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setWordWrap(True)
        self.setText(text)

    def setText(self, text: str) -> None:
        self._plain = text
        body = escape(text).replace("\n", "<br>")
        super().setText(f'<p style="line-height:140%; margin:0">{body}</p>' if text else "")
        self.setAccessibleName(text)

    def text(self) -> str:
        """The words without their dress."""
        return self._plain


def words(text: str, part: str = "dense", *, name: str = "", wrap: bool = False) -> QLabel:
    """A label in one of the type sizes: title, heading, dense, secondary, label, number, unit."""
    label = Paragraph(text) if wrap else QLabel(text)
    if not wrap:
        label.setTextFormat(Qt.TextFormat.PlainText)  # what a person has typed is shown, never read as markup
    label.setProperty("part", part)
    if name:
        label.setObjectName(name)
    return label
