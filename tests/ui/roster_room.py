"""名簿・研修 opened over the real store, for tests that work by key events."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

import pytest
from PySide6.QtWidgets import QApplication, QDialog

from nhi_center.domain.operators import Session
from nhi_center.services.office import Office
from nhi_center.ui.common.form_dialog import FormDialog
from nhi_center.ui.common.name_view import NamePainter
from nhi_center.ui.presence import ENTRY
from nhi_center.ui.presence.screen import PresenceScreen
from nhi_center.ui.shell import MainWindow
from tests.support.office import as_person
from tests.support.roster import with_company
from tests.support.screens import put_away, settle, window_over

Opener = Callable[..., MainWindow]
P = TypeVar("P")


@pytest.fixture
def office(desk: tuple[Office, Session]) -> Iterator[Office]:
    ready = with_company(desk[0])
    yield ready
    ready.premises.close()


@pytest.fixture
def opened(office: Office, glyphs: NamePainter) -> Iterator[Opener]:
    made: list[MainWindow] = []

    def make(person: str, page: str = "roster", width: int = 1366, height: int = 768) -> MainWindow:
        window = window_over(office, as_person(office, person), glyphs, (ENTRY,))
        made.append(window)
        window.resize(width, height)
        window.open_screen("presence", {"page": page})
        settle()
        screen(window).first_focus().setFocus()
        return window

    yield make
    put_away(made)


def screen(window: MainWindow) -> PresenceScreen:
    found = window.screen_named("presence")
    assert isinstance(found, PresenceScreen)
    return found


def panel(window: MainWindow, kind: type[P]) -> P:
    front = screen(window).front
    assert isinstance(front, kind)
    return front


def dialog(window: MainWindow, kind: type[QDialog] = FormDialog) -> QDialog:
    (found,) = [one for one in window.findChildren(kind) if one.isVisible()]
    return found


def no_dialog(window: MainWindow) -> bool:
    settle()
    if QApplication.activeWindow() is None:
        window.activateWindow()
        settle()
    return not [one for one in window.findChildren(QDialog) if one.isVisible()]


def problem(window: MainWindow, field: str) -> str:
    form = dialog(window)
    assert isinstance(form, FormDialog)
    return form.chain[field].problem
