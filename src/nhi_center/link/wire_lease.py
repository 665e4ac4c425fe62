"""Wire formats of shared work: laying it down (a record), taking it (one question, one answer), and what the room is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from nhi_center.domain import canonical
from nhi_center.domain.leases import HOWS, Lease, LeaseState
from nhi_center.link import strict
from nhi_center.link.strict import WireError

PATH_LEASE = "/v1/lease"
RECORD_KIND = "lease"
CHANGE_KIND = "lease"
MAX_BODY_BYTES = 16 * 1024
MAX_SEALED = 4 * 1024 * 1024
REASON_MOVED = "この届出は、いまこの端末の仕事ではありません(別の端末が持っています)。"
REASON_FAILED = "この端末は「使えない端末」とされています。取扱責任者に連絡してください。"
STALE_REASONS = frozenset({REASON_MOVED, REASON_FAILED})
"""The gateway's refusals that make a record one side of a conflict, for a person to settle."""

_PLACE = "lease"
_TEXTS = ("slip", "application", "holder", "since", "person", "movement", "number", "day", "kind", "step")
_NUMBERS = ("version", "sheets", "generation")
_LAID = (*(name for name in _TEXTS if name not in ("holder", "since")), *_NUMBERS, "sealed")
_ASKED = ("slip", "version", "take", "person", "how", "frm", "application", "number", "day", "kind", "sheets", "movement")


@dataclass(frozen=True, slots=True)
class Laid:
    """Work laid down for another terminal: ``lease`` as it shall stand (``version``: the one it follows), ``sealed`` (base64)."""

    lease: Lease
    sealed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who wants to take what. ``take`` (UUID) makes a repeat harmless. ``how``: see domain.leases.HOWS; all but ``laid`` say
    themselves what it is that they take, ``frm`` the terminal that had it."""

    slip: str
    version: int
    take: str
    person: str
    how: str = "laid"
    frm: str = ""
    application: str = ""
    number: str = ""
    day: str = ""
    kind: str = ""
    sheets: int = 0
    movement: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """``granted``: it is the asking terminal's from now on. ``lease``: as it stands, None where there is none. ``entry``: what
    the segment has of it, for who only looks (the body of its last ``application`` record, {} when none)."""

    granted: bool
    lease: Lease | None
    sealed: str = ""
    entry: Mapping[str, Any] = field(default_factory=dict)


def lease_json(lease: Lease) -> dict[str, Any]:
    return {name: getattr(lease, name) for name in (*_TEXTS, *_NUMBERS)} | {"state": lease.state.value}


def lease_from_json(body: Any) -> Lease:
    """Raises WireError."""
    strict.fields(body, (*_TEXTS, *_NUMBERS, "state"), _PLACE)
    texts: dict[str, Any] = {name: strict.text(body[name], _PLACE) for name in _TEXTS}
    numbers: dict[str, Any] = {name: strict.number(body[name], _PLACE) for name in _NUMBERS}
    try:
        state = LeaseState(body["state"])
    except ValueError:
        raise WireError("lease: state") from None
    return Lease(state=state, **texts, **numbers)


def laid_json(laid: Laid) -> dict[str, Any]:
    """The body of a record of kind ``lease``."""
    lease = laid.lease
    return {name: getattr(lease, name) for name in _LAID if name != "sealed"} | {"sealed": laid.sealed}


def laid_from_json(body: Mapping[str, Any], holder: str) -> Laid:
    """Raises WireError."""
    strict.fields(body, _LAID, _PLACE)
    known: dict[str, Any] = {name: strict.number(body[name], _PLACE) for name in _NUMBERS}
    texts: dict[str, Any] = {name: strict.text(body[name], _PLACE) for name in _LAID if name not in _NUMBERS}
    sealed = texts.pop("sealed")
    _uuid(texts["slip"])
    if len(sealed) > MAX_SEALED:
        raise WireError("lease: sealed")
    return Laid(Lease(state=LeaseState.LAID, holder=holder, since="", **texts, **known), sealed)


def encode_asked(asked: Asked) -> bytes:
    return canonical.encode({name: getattr(asked, name) for name in _ASKED})


def parse_asked(data: bytes) -> Asked:
    """Raises WireError."""
    body = strict.decode(data)
    strict.fields(body, _ASKED, _PLACE)
    values: dict[str, Any] = {name: (strict.number if name in _NUMBERS else strict.text)(body[name], _PLACE) for name in _ASKED}
    asked = Asked(**values)
    _uuid(asked.slip)
    _uuid(asked.take)
    if asked.how not in HOWS:
        raise WireError("lease: how")
    return asked


def encode_answered(answered: Answered) -> bytes:
    lease = lease_json(answered.lease) if answered.lease else None
    return canonical.encode({"granted": answered.granted, "lease": lease, "sealed": answered.sealed, "entry": answered.entry})


def parse_answered(data: bytes) -> Answered:
    """Raises WireError."""
    granted, lease, sealed, entry = strict.fields(strict.decode(data), ("granted", "lease", "sealed", "entry"), _PLACE)
    if not isinstance(entry, dict):
        raise WireError("lease: entry")
    found = None if lease is None else lease_from_json(lease)
    return Answered(strict.flag(granted, _PLACE), found, strict.text(sealed, _PLACE), entry)


def _uuid(value: str) -> None:
    try:
        good = str(UUID(value)) == value
    except ValueError:
        good = False
    if not good:
        raise WireError("lease: id")
