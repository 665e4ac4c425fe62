"""What a screen works with: the office's services, who is signed in, the lanes, the glyphs, and the window's ear."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from PySide6.QtCore import QObject

from nhi_center.domain.operators import Action, Session
from nhi_center.services.office import Office
from nhi_center.tasks.runner import JobRunner, JobToken, Lane, Progress, Ticket
from nhi_center.ui.common.name_view import NamePainter

T = TypeVar("T")


class Window(Protocol):
    """What the desk passes on to the window."""

    def say(self, kind: str, text: str) -> None: ...
    def present_error(self, error: Exception) -> None: ...
    def open_screen(self, name: str, params: dict[str, Any]) -> bool: ...
    def close_overlay(self) -> None: ...
    def ask_to_close(self) -> None: ...
    def extend_lock(self, call_id: str) -> None: ...
    def set_counting(self, counting: bool) -> None: ...


@dataclass(slots=True)
class Desk:
    """Given to every screen by the window; lives as long as one person is signed in."""

    office: Office
    session: Session
    runner: JobRunner
    glyphs: NamePainter
    window: Window

    def run(
        self,
        lane: Lane,
        job: Callable[[JobToken], T],
        *,
        owner: QObject,
        done: Callable[[T], object] | None = None,
        failed: Callable[[Exception], object] | None = None,
        progress: Callable[[Progress], object] | None = None,
        ended: Callable[[], object] | None = None,
    ) -> Ticket:
        """Run ``job(token)`` in a lane. Without ``failed`` an error is shown in the message bar."""
        return self.runner.submit(
            lane, job, owner=owner, done=done, failed=failed or self.window.present_error, progress=progress, ended=ended
        )

    def run_latest(
        self,
        key: str,
        lane: Lane,
        job: Callable[[JobToken], T],
        *,
        owner: QObject,
        done: Callable[[T], object] | None = None,
        failed: Callable[[Exception], object] | None = None,
    ) -> Ticket:
        """As ``run``; an earlier job under the same key is cancelled (search while typing)."""
        return self.runner.submit_latest(key, lane, job, owner=owner, done=done, failed=failed or self.window.present_error)

    def say(self, kind: str, text: str) -> None:
        """One sentence in the message bar; kind is info, done, warning or error."""
        self.window.say(kind, text)

    def present_error(self, error: Exception) -> None:
        self.window.present_error(error)

    def open(self, screen: str, **params: Any) -> None:
        """Bring a screen to the front, with what it should show."""
        self.window.open_screen(screen, params)

    def close_overlay(self) -> None:
        """Put the telephone away; the page behind stands as it was left."""
        self.window.close_overlay()

    def sign_out(self) -> None:
        """Ask to sign out; a screen with open work may keep its place."""
        self.window.ask_to_close()

    def extend_lock(self, call_id: str) -> None:
        """Put the lock off once more by the full time, because of a call; it is kept in the log."""
        self.window.extend_lock(call_id)

    def may(self, action: Action) -> bool:
        return self.session.may(action)
