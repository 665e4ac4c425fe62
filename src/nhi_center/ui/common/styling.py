"""Small helpers over Qt's dynamic properties, which a style sheet only looks at when told to."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QWidget


def restyle(widget: QWidget, **properties: object) -> None:
    """Set dynamic properties; polish again only when one of them changed (polishing is the dear part)."""
    changed = False
    for name, value in properties.items():
        if widget.property(name) != value:
            widget.setProperty(name, value)
            changed = True
    if changed:
        widget.style().unpolish(widget)
        widget.style().polish(widget)
        widget.update()


def words(text: str, part: str = "dense", *, name: str = "", wrap: bool = False) -> QLabel:
    """A label in one of the type sizes: title, heading, dense, secondary, label, number, unit."""
    label = QLabel(text)
    label.setProperty("part", part)
    label.setWordWrap(wrap)
    if name:
        label.setObjectName(name)
    return label
