"""Who works here, in which role, and what a role may do (名簿・権限)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Any


class Role(Enum):
    """The contractor's clerk and supervisor, the ward's staff and administrator, and the terminal itself (for the exchange)."""

    CLERK = "clerk"
    SUPERVISOR = "supervisor"
    WARD_STAFF = "ward_staff"
    WARD_ADMIN = "ward_admin"
    TERMINAL = "terminal"

    @property
    def label(self) -> str:
        return _LABELS[self]

    @property
    def is_contractor(self) -> bool:
        return self in (Role.CLERK, Role.SUPERVISOR)

    @property
    def is_ward(self) -> bool:
        return self in (Role.WARD_STAFF, Role.WARD_ADMIN)


_LABELS = {
    Role.CLERK: "取扱者",
    Role.SUPERVISOR: "取扱責任者",
    Role.WARD_STAFF: "区職員",
    Role.WARD_ADMIN: "区管理者",
    Role.TERMINAL: "端末",
}


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
    INCIDENT = "incident"
    CLOSE_INCIDENT = "close_incident"
    ENTER = "enter"
    HAND_ON = "hand_on"
    SETTLE_CONFLICT = "settle_conflict"
    DECLARE_FAILED = "declare_failed"
    HOLD = "hold"
    SETTLE_HOLD = "settle_hold"
    SET_URGENT = "set_urgent"
    ANSWER_HOLD = "answer_hold"
    VERIFY = "verify"
    ADJUDICATE = "adjudicate"
    ASSIGN = "assign"
    SET_RATE = "set_rate"
    REVIEW = "review"
    PRINT = "print"
    CHECK_PRINT = "check_print"
    ISSUE = "issue"
    SET_SEAL = "set_seal"
    VIEW_PRINTERS = "view_printers"
    RENEW = "renew"
    APPROVE_SPOILED = "approve_spoiled"
    CALL = "call"
    WRITE_ANSWER = "write_answer"
    APPROVE_ANSWER = "approve_answer"
    DAY_CLOSE = "day_close"
    CABINET = "cabinet"
    MANAGE_CABINETS = "manage_cabinets"
    REPORT = "report"
    EXPORT_NAMES = "export_names"
    INSPECT = "inspect"
    SYNC = "sync"
    REPAIR_SYNC = "repair_sync"
    LOCK = "lock"
    UNLOCK = "unlock"
    EXTEND_LOCK = "extend_lock"
    COPY_OUT = "copy_out"
    CHANGE_PASSWORD = "change_password"
    VIEW_ROSTER = "view_roster"
    MANAGE_ROSTER = "manage_roster"
    ACCEPT_ROSTER = "accept_roster"
    OPEN_ACCOUNT = "open_account"
    REMOVE_PERSON = "remove_person"
    VOUCH = "vouch"
    REKEY = "rekey"
    BACK_UP = "back_up"
    RECOVER = "recover"
    SELF_CHECK = "self_check"
    SIGN_LOG_REVIEW = "sign_log_review"
    SET_UP = "set_up"
    ALLOW_SCANNER = "allow_scanner"
    VIEW_TERMINALS = "view_terminals"
    LEAVE = "leave"
    ERASE = "erase"
    COPY_LEDGER = "copy_ledger"
    APPROVE_COPY = "approve_copy"
    ACKNOWLEDGE_DEVICE = "acknowledge_device"
    VIEW_CONTROLS = "view_controls"
    MANAGE_CONTRACT = "manage_contract"
    ON_SITE_INSPECT = "on_site_inspect"
    RECORD_CONTROL = "record_control"
    ANSWER_CONTROL = "answer_control"
    SETTLE_CONTROL = "settle_control"


_EVERYONE = frozenset(
    {
        Action.SIGN_IN,
        Action.SIGN_OUT,
        Action.STATUS,
        Action.HANDOVER,
        Action.INCIDENT,
        Action.SET_URGENT,
        Action.VIEW_PRESENCE,
        Action.LOCK,
        Action.UNLOCK,
        Action.EXTEND_LOCK,
        Action.CHANGE_PASSWORD,
    }
)
_TRUSTED = frozenset(
    {
        Action.INSPECT,
        Action.DECLARE_FAILED,
        Action.VIEW_ROSTER,
        Action.REMOVE_PERSON,
        Action.VOUCH,
        Action.SELF_CHECK,
        Action.OPEN_ACCOUNT,
        Action.VIEW_CONTROLS,
        Action.RECORD_CONTROL,
        Action.ANSWER_CONTROL,
        Action.ERASE,
        Action.COPY_LEDGER,
    }
)
"""What supervisor and ward have alike: reading the log, letting a person in, shutting him out."""

_CLERK = _EVERYONE | {
    Action.SEARCH,
    Action.VIEW_PERSON,
    Action.ENTER,
    Action.HAND_ON,
    Action.HOLD,
    Action.VERIFY,
    Action.PRINT,
    Action.CHECK_PRINT,
    Action.VIEW_PRINTERS,
    Action.CALL,
    Action.CABINET,
}
_WARD = (
    _EVERYONE
    | _TRUSTED
    | {
        Action.SEARCH,
        Action.VIEW_PERSON,
        Action.CHECK_PRESENCE,
        Action.CLOSE_INCIDENT,
        Action.REVIEW,
        Action.ISSUE,
        Action.ANSWER_HOLD,
        Action.ACCEPT_ROSTER,
        Action.APPROVE_ANSWER,
        Action.VIEW_TERMINALS,
        Action.ACKNOWLEDGE_DEVICE,
        Action.ON_SITE_INSPECT,
        Action.SETTLE_CONTROL,
        Action.APPROVE_COPY,
    }
)

PERMITTED: dict[Role, frozenset[Action]] = {
    Role.CLERK: _CLERK,
    Role.SUPERVISOR: _CLERK
    | _TRUSTED
    | {
        Action.ADJUDICATE,
        Action.ASSIGN,
        Action.SETTLE_CONFLICT,
        Action.SET_RATE,
        Action.SETTLE_HOLD,
        Action.APPROVE_SPOILED,
        Action.RENEW,
        Action.DAY_CLOSE,
        Action.MANAGE_CABINETS,
        Action.REPORT,
        Action.EXPORT_NAMES,
        Action.MANAGE_ROSTER,
        Action.COPY_OUT,
        Action.SIGN_LOG_REVIEW,
        Action.ALLOW_SCANNER,
        Action.REPAIR_SYNC,
        Action.MANAGE_CONTRACT,
    },
    Role.WARD_STAFF: _WARD,
    Role.WARD_ADMIN: _WARD
    | {
        Action.MANAGE_CONTRACT,
        Action.REKEY,
        Action.RECOVER,
        Action.SET_UP,
        Action.SET_SEAL,
        Action.VIEW_PRINTERS,
        Action.WRITE_ANSWER,
    },
    Role.TERMINAL: frozenset(
        {
            *(Action.SYNC, Action.STATUS, Action.BACK_UP, Action.SELF_CHECK, Action.REKEY, Action.LEAVE),
            *(Action.ERASE, Action.COPY_LEDGER),
        }
    ),
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


def signatures_from_json(body: Sequence[Mapping[str, Any]]) -> tuple[Signature, ...]:
    """As another terminal tells them. Raises TypeError or AttributeError for what are none."""
    return tuple(Signature(**{str(name): str(value) for name, value in one.items()}) for one in body)
