"""Who works here, in which role, and what a role may do (名簿・権限)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum


class Role(Enum):
    """The contractor's clerk and supervisor, the ward's staff, and the terminal itself (for the exchange with the segment)."""

    CLERK = "clerk"
    SUPERVISOR = "supervisor"
    WARD_STAFF = "ward_staff"
    TERMINAL = "terminal"

    @property
    def label(self) -> str:
        return _LABELS[self]

    @property
    def is_contractor(self) -> bool:
        return self in (Role.CLERK, Role.SUPERVISOR)


_LABELS = {Role.CLERK: "取扱者", Role.SUPERVISOR: "取扱責任者", Role.WARD_STAFF: "区職員", Role.TERMINAL: "端末"}


class Action(StrEnum):
    """Every act that can be asked of the services; its value is the word in the log."""

    SIGN_IN = "sign_in"
    SIGN_OUT = "sign_out"
    STATUS = "status"
    SEARCH = "search"
    VIEW_PERSON = "view_person"
    CHECK_PRESENCE = "check_presence"
    VIEW_PRESENCE = "view_presence"
    HANDOVER = "handover"
    ENTER = "enter"
    HOLD = "hold"
    ANSWER_HOLD = "answer_hold"
    VERIFY = "verify"
    ADJUDICATE = "adjudicate"
    REVIEW = "review"
    PRINT = "print"
    CHECK_PRINT = "check_print"
    APPROVE_SPOILED = "approve_spoiled"
    CALL = "call"
    DAY_CLOSE = "day_close"
    REPORT = "report"
    INSPECT = "inspect"
    SYNC = "sync"


_EVERYONE = frozenset({Action.SIGN_IN, Action.SIGN_OUT, Action.STATUS, Action.HANDOVER, Action.VIEW_PRESENCE})
_CLERK = _EVERYONE | {
    Action.SEARCH,
    Action.VIEW_PERSON,
    Action.ENTER,
    Action.HOLD,
    Action.VERIFY,
    Action.PRINT,
    Action.CHECK_PRINT,
    Action.CALL,
}

PERMITTED: dict[Role, frozenset[Action]] = {
    Role.CLERK: _CLERK,
    Role.SUPERVISOR: _CLERK | {Action.ADJUDICATE, Action.APPROVE_SPOILED, Action.DAY_CLOSE, Action.REPORT, Action.INSPECT},
    Role.WARD_STAFF: _EVERYONE | {Action.CHECK_PRESENCE, Action.REVIEW, Action.ANSWER_HOLD, Action.INSPECT},
    Role.TERMINAL: frozenset({Action.SYNC, Action.STATUS}),
}


@dataclass(frozen=True, slots=True)
class Session:
    """A person signed in at a terminal. Countersigning never changes it."""

    id: str
    person: str
    name: str
    role: Role
    terminal: str

    @property
    def role_label(self) -> str:
        return self.role.label

    def may(self, action: Action) -> bool:
        return action in PERMITTED[self.role]


@dataclass(frozen=True, slots=True)
class Signature:
    """One person's signature (枚数確認(署名) and the like) over exactly the shown contents.

    ``statement`` is the SHA-256 of the canonical contents, ``value`` the Ed25519 signature over
    ``signed_bytes(...)``; both lower-case hex.
    """

    person: str
    name: str
    role: str
    signed_at: str
    statement: str
    value: str
