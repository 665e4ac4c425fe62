"""Whether the operating system tells this program that it locks, sleeps or changes its user: a fact the self-check asks for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OsLockState:
    """Which of the system's signals are heard. ``sleep_waits``: the system waits with sleeping until the screen is covered."""

    sleep: bool = False
    session: bool = False
    screensaver: bool = False
    sleep_waits: bool = False

    @property
    def complete(self) -> bool:
        """Whether locking, sleeping and changing the user are all heard."""
        return self.sleep and self.session

    @property
    def words(self) -> str:
        """What is heard, what is not, and what holds all the same."""
        heard = [word for word, there in self._parts if there]
        missing = [word for word, there in self._parts if not there]
        if not missing:
            return f"OS の合図({'・'.join(heard)})で画面をロックします。"
        known = f"OS の合図({'・'.join(heard)})で画面をロックします。" if heard else ""
        return f"{known}この端末では、OS の合図({'・'.join(missing)})を受け取れません。時間と F12 によるロックは働きます。"

    @property
    def _parts(self) -> tuple[tuple[str, bool], ...]:
        return (
            ("スリープ", self.sleep),
            ("OS のロック・利用者の切替え", self.session),
            ("スクリーンセーバー", self.screensaver),
        )


_states = [OsLockState()]


def state() -> OsLockState:
    """What is heard now; nothing while no window watches."""
    return _states[-1]


def keep_state(now: OsLockState) -> None:
    """For the watch alone."""
    _states[-1] = now
