"""The three families of expected trouble. Anything else is a bug.

Messages are whole Japanese sentences for the person at the screen: what happened, what is safe, what to do. They never
carry a personal value, so they may be logged and shown as they are.
"""

from __future__ import annotations


class OperatorError(Exception):
    """A wrong input or a missing precondition: shown at the field, or in the message bar; nothing was changed."""

    def __init__(self, message: str, *, field: str = "", code: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.code = code


class EnvironmentTrouble(Exception):
    """Disk, store, printer, segment, fonts or clock: ``code`` (such as ``ST-03``) is what the clerk reads out for help."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code} {message}")
        self.code = code
        self.message = message


class OperatorCancelled(Exception):
    """The operator stopped it. Nothing is shown."""
