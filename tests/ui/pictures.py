"""What can be checked about a picture without eyes: clipped words, parts that lie over each other, keyboard, names, contrast."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)

from nhi_center.ui import theme
from nhi_center.ui.common.focus_ring import FocusRing

KEPT = os.environ.get("NHI_PICTURES", "")
"""A folder to keep the pictures in, for looking at them."""
SMALL_SIZES = ((1366, 768), (1280, 720))
_FLOATING = frozenset({"focus_ring", "veil", "overlay", "help_panel"})


def check_screen(widget: QWidget) -> list[str]:
    """Sentences about what is wrong; empty when nothing is. The widget must be shown and laid out."""
    return [
        *clipped(widget),
        *overlapping(widget),
        *unreachable(widget),
        *unnamed(widget),
        *poor_contrast(),
    ]


def looked_at(window: QWidget, name: str) -> list[str]:
    """What is wrong with the window as it stands; its picture is kept where NHI_PICTURES names a folder."""
    for _turn in range(3):  # rows inside a moving part find their height one turn after the page
        QApplication.processEvents()
    if KEPT:
        window.grab().save(str(Path(KEPT) / f"{name}-{window.width()}.png"))
    return [f"{name} {window.width()}: {problem}" for problem in check_screen(window)]


def looked_at_small(window: QWidget, name: str, sizes: Sequence[tuple[int, int]] = SMALL_SIZES) -> list[str]:
    """The same in each of these sizes."""
    wrong = []
    for size in sizes:
        window.resize(*size)
        wrong += looked_at(window, name)
    return wrong


def _seen(root: QWidget) -> Iterator[QWidget]:
    for child in root.findChildren(QWidget):
        if child.isVisible() and not isinstance(child, FocusRing):
            yield child


def _where(widget: QWidget) -> str:
    return f"{type(widget).__name__} {widget.objectName() or widget.accessibleName() or '?'}"


def clipped(root: QWidget) -> list[str]:
    """Labels and buttons whose words do not fit."""
    found: list[str] = []
    for child in _seen(root):
        if isinstance(child, QLabel) and child.text() and child.textFormat() != Qt.TextFormat.RichText:
            need = child.fontMetrics().size(0, child.text())
            room = child.contentsRect()
            if child.wordWrap():
                box = child.fontMetrics().boundingRect(
                    QRect(0, 0, room.width(), 10_000), int(Qt.TextFlag.TextWordWrap), child.text()
                )
                if box.height() > room.height() + 2 or box.width() > room.width() + 1:
                    found.append(f"clipped: {_where(child)} {child.text()!r} needs {box.height()} has {room.height()} high")
            else:
                ink = QFontMetrics(child.font()).tightBoundingRect(child.text()).height()
                if need.width() > room.width() + 1:
                    found.append(f"clipped: {_where(child)} {child.text()!r} needs {need.width()} has {room.width()} wide")
                if ink > room.height() + 1:
                    found.append(f"clipped: {_where(child)} {child.text()!r} needs {ink} has {room.height()} high")
        elif isinstance(child, QLabel) and child.text() and child.wordWrap():
            if child.heightForWidth(child.width()) > child.height() + 2:
                found.append(f"clipped: {_where(child)} {child.text()!r}")
        elif isinstance(child, QLabel) and child.text():
            if child.sizeHint().width() > child.width() + 1:
                found.append(f"clipped: {_where(child)} needs {child.sizeHint().width()} has {child.width()}")
        elif isinstance(child, QPushButton) and (child.width() + 1 < child.minimumSizeHint().width() or child.height() < 16):
            found.append(f"clipped: {_where(child)} needs {child.minimumSizeHint().width()} has {child.width()}")
    return found


def overlapping(root: QWidget) -> list[str]:
    """Siblings whose rectangles lie over each other, floating parts apart."""
    found: list[str] = []
    for parent in (root, *_seen(root)):
        if isinstance(parent, QAbstractItemView | QPlainTextEdit | QComboBox):
            continue
        children = [
            child
            for child in parent.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
            if child.isVisible()
            and not child.isWindow()
            and child.objectName() not in _FLOATING
            and not child.geometry().isEmpty()
        ]
        for index, one in enumerate(children):
            for other in children[index + 1 :]:
                common = one.geometry().intersected(other.geometry())
                if common.width() > 1 and common.height() > 1:
                    found.append(
                        f"overlap: {_where(one)} {one.geometry().getRect()} and {_where(other)} {other.geometry().getRect()}"
                    )
    return found


def unreachable(root: QWidget) -> list[str]:
    """Enabled parts for the keyboard that Tab never comes to."""
    wanted = {
        child
        for child in _seen(root)
        if isinstance(child, QLineEdit | QPlainTextEdit | QAbstractButton | QAbstractItemView)
        and child.isEnabled()
        and child.focusPolicy() & Qt.FocusPolicy.TabFocus
    }
    reached: set[QWidget] = set()
    walker = root.nextInFocusChain()
    while walker is not None and walker is not root and walker not in reached:
        reached.add(walker)
        walker = walker.nextInFocusChain()
    found = [f"unreachable by Tab: {_where(child)}" for child in wanted - reached]
    for child in _seen(root):
        if (
            isinstance(child, QLineEdit | QPlainTextEdit)
            and child.isEnabled()
            and not child.focusPolicy() & Qt.FocusPolicy.TabFocus
        ):
            found.append(f"no keyboard: {_where(child)}")
    return found


def unnamed(root: QWidget) -> list[str]:
    """Parts a screen reader could not name, or a test not find."""
    found: list[str] = []
    for child in _seen(root):
        if isinstance(child, QLineEdit | QPlainTextEdit | QAbstractButton | QAbstractItemView) and not isinstance(
            child, QHeaderView
        ):
            if not child.accessibleName() and not (isinstance(child, QAbstractButton) and child.text()):
                found.append(f"no accessible name: {_where(child)}")
            if not child.objectName():
                found.append(f"no object name: {_where(child)}")
    return found


def poor_contrast() -> list[str]:
    """Pairs of tokens under 4.5:1 for text, 3:1 for parts (JIS X 8341-3 AA)."""
    texts = [
        (theme.TEXT, theme.PAGE),
        (theme.TEXT_SECONDARY, theme.PAGE),
        (theme.TEXT_SECONDARY, theme.PANEL),
        (theme.PRIMARY, theme.PAGE),
        (theme.PAGE, theme.PRIMARY),
        ("#ce0000", theme.PAGE),
        ("#d90000", theme.PAGE),
        ("#ffbbbb", theme.STATUS_PAGE),
        *((tone.text, tone.page) for tone in theme.TONES.values()),
        *((tone.text, theme.PAGE) for tone in theme.TONES.values()),
    ]
    parts = [(theme.LINE_STRONG, theme.PAGE), (theme.PRIMARY, theme.PAGE), (theme.RING_DARK, theme.PAGE), ("#c74700", theme.PAGE)]
    found = [f"contrast {theme.contrast(*pair):.2f}: {pair}" for pair in texts if theme.contrast(*pair) < 4.5]
    return found + [f"contrast {theme.contrast(*pair):.2f}: {pair}" for pair in parts if theme.contrast(*pair) < 3]
