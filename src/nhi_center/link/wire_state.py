"""Wire format of what a terminal says of itself at each exchange: versions, the age of its updates, what waits there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from nhi_center.domain import canonical
from nhi_center.link import strict
from nhi_center.link.strict import WireError

PATH_STATE = "/v1/state"
MAX_BODY_BYTES = 4 * 1024
_PLACE = "state"
_FIELDS = ("program", "system", "patched_on", "signatures_on", "waiting", "refused", "devices")
_PLAIN = re.compile(r"[ -~]{0,64}")


@dataclass(frozen=True, slots=True)
class TerminalState:
    """``patched_on``, ``signatures_on``: None where the system does not tell. ``refused``: rows set aside (送信エラー).
    ``devices``: what was plugged in without being allowed, and ward staff have not looked at yet."""

    program: str
    system: str
    patched_on: date | None
    signatures_on: date | None
    waiting: int
    refused: int
    devices: int = 0


def encode(state: TerminalState) -> bytes:
    values = {name: getattr(state, name) for name in _FIELDS}
    return canonical.encode({name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()})


def parse(data: bytes) -> TerminalState:
    """Raises WireError."""
    program, system, patched, signatures, waiting, refused, devices = strict.fields(strict.decode(data), _FIELDS, _PLACE)
    return TerminalState(
        _words(program),
        _words(system),
        _day(patched),
        _day(signatures),
        strict.number(waiting, _PLACE),
        strict.number(refused, _PLACE),
        strict.number(devices, _PLACE),
    )


def _words(value: Any) -> str:
    text = strict.text(value, _PLACE)
    if not _PLAIN.fullmatch(text):
        raise WireError("state: words")
    return text


def _day(value: Any) -> date | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(strict.text(value, _PLACE))
    except ValueError:
        raise WireError("state: day") from None


def encode_kept() -> bytes:
    return canonical.encode({"kept": True})


def parse_kept(data: bytes) -> bool:
    (kept,) = strict.fields(strict.decode(data), ("kept",), _PLACE)
    return strict.flag(kept, _PLACE)
