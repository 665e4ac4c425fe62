"""Wire formats of how terminals stand: what each says of itself at an exchange (versions, the age of its updates, what waits
there), and what the gateway tells the ward's people of all."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from nhi_center.domain import canonical
from nhi_center.link import strict
from nhi_center.link.strict import WireError

PATH_STATE = "/v1/state"
PATH_TERMINALS = "/v1/terminals"
MAX_BODY_BYTES = 4 * 1024
_MOST_TERMINALS, _MOST_REASONS = 1000, 20
SILENT, OTHER_VERSION, OLD_SYSTEM = "連絡がない", "プログラムの版が違う", "OSの更新が古い"
OLD_SIGNATURES, REFUSED_ROWS = "ウイルス定義が古い", "送信エラーがある"
CLOCKS = "時計が合わない"
STRANGE_DEVICES = "許可していない装置がつながった"
"""Why a terminal is red."""
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


@dataclass(frozen=True, slots=True)
class Standing:
    """A terminal in use, as the gateway sees it. Days and moments in ISO form, "" for none. ``behind``: changes it has not
    fetched; ``waiting``, ``refused``: rows there that have not come; ``red``: why it needs somebody, in words."""

    terminal: str
    program: str
    system: str
    patched_on: str
    signatures_on: str
    contact_at: str
    behind: int
    waiting: int
    refused: int
    devices: int
    red: tuple[str, ...]


def encode_terminals(standings: Iterable[Standing]) -> bytes:
    return canonical.encode({"terminals": [asdict(one) for one in standings]})


def parse_terminals(data: bytes) -> tuple[Standing, ...]:
    """Raises WireError."""
    (rows,) = strict.fields(strict.decode(data), ("terminals",), _PLACE)
    return tuple(_standing(row) for row in strict.items(rows, _PLACE, _MOST_TERMINALS))


def _standing(row: Any) -> Standing:
    names = tuple(Standing.__dataclass_fields__)
    found = dict(zip(names, strict.fields(row, names, _PLACE), strict=True))
    red = tuple(strict.text(why, _PLACE) for why in strict.items(found.pop("red"), _PLACE, _MOST_REASONS))
    for name in ("behind", "waiting", "refused", "devices"):
        strict.number(found[name], _PLACE)
    for name in ("terminal", "program", "system"):
        strict.text(found[name], _PLACE)
    for name in ("patched_on", "signatures_on"):
        if found[name] != "":
            _day(found[name])
    strict.moment(found["contact_at"], _PLACE)
    return Standing(**found, red=red)
