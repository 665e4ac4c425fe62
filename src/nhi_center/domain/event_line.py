"""The log of acts as lines for the ward's own monitoring (監視への通知): RFC 5424, made from an entry and read back again.

A line says no more than its entry: ids and pseudonyms, codes, counts. The words at its end are the glossary's, for the eye; what
a program reads stands in the structured data.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from nhi_center.domain.audit_words import Glossary

APP_NAME = "nhi-center"
ENTRY_ID = "act@32473"
"""32473 is the enterprise number that IANA keeps for documentation (RFC 5612): the ward may put its own in its place."""
FACTS_ID = "facts@32473"
BOM = b"\xef\xbb\xbf"
NIL = "-"

_VISIBLE = re.compile(r"[!-~]+")
_SD_NAME = re.compile(r"[!#-<>-\\^-~]{1,32}")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)", re.ASCII)
_HEAD = re.compile(r"<(0|[1-9]\d{0,2})>1 (\S+) (\S+) (\S+) (\S+) (\S+) ", re.ASCII)
_OPENING = re.compile(rf"\[({_SD_NAME.pattern})")
_PARAMETER = re.compile(rf' ({_SD_NAME.pattern})="((?:[^"\\\]]|\\["\\\]])*)"')
_WORDS = " \ufeff"
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_LONGEST = {"host": 255, "app": 48, "process": 128, "kind": 32}


class Facility(IntEnum):
    """RFC 5424, table 1: who identified himself and how, and everything else that is kept for audit."""

    AUTHORISATION = 10
    AUDIT = 13


class Severity(IntEnum):
    """RFC 5424, table 2, as far as a log of acts needs it."""

    ERROR = 3
    WARNING = 4
    NOTICE = 5
    INFORMATIONAL = 6


_IDENTIFYING = frozenset({"sign_in", "sign_out", "lock", "unlock", "wrong_password", "change_password", "vouch", "open_account"})
_REFUSED = frozenset({"denied", "wrong_password"})
_RARE = frozenset(
    {
        "remove_person",
        "rekey",
        "recover",
        "set_up",
        "copy_out",
        "open_account",
        "change_password",
        "accept_roster",
        "export_names",
    }
)
_RARE_STEPS = frozenset({"export"})


@dataclass(frozen=True, slots=True)
class EventLine:
    """One line, as its parts. ``data`` is in the order it is written; ``at`` an RFC 3339 time with its zone."""

    facility: int
    severity: int
    at: str
    host: str
    kind: str
    data: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    words: str = ""
    app: str = APP_NAME
    process: str = NIL

    def element(self, name: str) -> dict[str, str]:
        """The parameters of one element; {} when it is not there."""
        return dict(dict(self.data).get(name, ()))


def line_of(entry: bytes, glossary: Glossary) -> EventLine:
    """The line of one entry of the log. Raises ValueError or KeyError when it is not an entry."""
    body = json.loads(entry)
    facts: Mapping[str, Any] = body["facts"]
    action = str(body["action"])
    step = str(facts.get("step", ""))
    own = {"seq": body["seq"], "actor": body["actor"], "subject": body["subject"], "step": step}
    said = {name: value for name, value in sorted(facts.items()) if name != "step" and _impersonal(name, value)}
    data = [(ENTRY_ID, _parameters({name: value for name, value in own.items() if value != ""}))]
    if said:
        data.append((FACTS_ID, _parameters(said)))
    return EventLine(
        facility=Facility.AUTHORISATION if action in _IDENTIFYING else Facility.AUDIT,
        severity=severity_of(action, facts),
        at=str(body["at"]),
        host=str(body["terminal"]),
        kind=action,
        data=tuple(data),
        words=f"{glossary.actions.get(action, action)} {glossary.steps.get(step, step)}".strip(),
    )


def severity_of(action: str, facts: Mapping[str, Any]) -> Severity:
    """A log that does not hold and a terminal that is not sound are errors; what was refused warns; what is rare is noted."""
    if facts.get("intact") is False or facts.get("errors", 0):
        return Severity.ERROR
    if action in _REFUSED:
        return Severity.WARNING
    step = str(facts.get("step", ""))
    return Severity.NOTICE if action in _RARE or step in _RARE_STEPS or step.startswith("os_") else Severity.INFORMATIONAL


def format_line(line: EventLine) -> bytes:
    """The bytes of RFC 5424, without an end of line.

    Control characters inside values become ``#`` and three octal digits, so that a line stays one line. Raises ValueError for a
    time without zone or a name that the RFC does not allow.
    """
    if not _TIME.fullmatch(line.at):
        raise ValueError("a line needs a time with its zone")
    head = f"<{line.facility * 8 + line.severity}>1 {line.at} " + " ".join(
        _header(value, _LONGEST[name])
        for name, value in (("host", line.host), ("app", line.app), ("process", line.process), ("kind", line.kind))
    )
    data = "".join(_element(name, parameters) for name, parameters in line.data) or NIL
    text = f"{head} {data}".encode()
    return text + b" " + BOM + _plain(line.words).encode() if line.words else text


def parse_line(data: bytes) -> EventLine:
    """A line as its parts. Raises ValueError when RFC 5424 does not allow it, or its words have no BOM."""
    text = data.decode("utf-8")
    head = _HEAD.match(text)
    if head is None:
        raise ValueError("no RFC 5424 header")
    value, at, host, app, process, kind = head.groups()
    if int(value) > 191 or not _TIME.fullmatch(at):
        raise ValueError("priority or time")
    for name, found in (("host", host), ("app", app), ("process", process), ("kind", kind)):
        if not _VISIBLE.fullmatch(found) or len(found) > _LONGEST[name]:
            raise ValueError(f"{name} is not allowed")
    facility, severity = divmod(int(value), 8)
    structured, end = _elements(text, head.end())
    if text[end:] and not text.startswith(_WORDS, end):
        raise ValueError("words without a BOM")
    return EventLine(facility, severity, at, host, kind, structured, text[end + len(_WORDS) :], app, process)


def _impersonal(name: str, value: Any) -> bool:
    """A person's number leaves the terminal only as a pseudonym."""
    return name != "person" or str(value).startswith("p:")


def _parameters(values: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((name, str(value).lower() if isinstance(value, bool) else str(value)) for name, value in values.items())


def _header(value: str, longest: int) -> str:
    """Printable ASCII without blanks, or "-": what is not becomes "_" rather than a broken line."""
    return re.sub(r"[^!-~]", "_", value)[:longest] or NIL


def _plain(value: str) -> str:
    shown = _CONTROL.sub(lambda found: f"#{ord(found[0]):03o}", value)
    return shown.encode("utf-8", "replace").decode("utf-8")


def _element(name: str, parameters: tuple[tuple[str, str], ...]) -> str:
    return "[" + " ".join((_sd_name(name), *(f'{_sd_name(key)}="{_escaped(value)}"' for key, value in parameters))) + "]"


def _sd_name(name: str) -> str:
    if not _SD_NAME.fullmatch(name):
        raise ValueError("not an SD-NAME")
    return name


def _escaped(value: str) -> str:
    """RFC 5424, 6.3.3: backslash, quotation mark and closing bracket stand behind a backslash."""
    return re.sub(r'(["\\\]])', r"\\\1", _plain(value))


def _elements(text: str, place: int) -> tuple[tuple[tuple[str, tuple[tuple[str, str], ...]], ...], int]:
    """The structured data that begins at ``place``, and where it ends."""
    if text.startswith(NIL, place):
        return (), place + 1
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    while (opening := _OPENING.match(text, place)) is not None:
        parameters = []
        place = opening.end()
        while (parameter := _PARAMETER.match(text, place)) is not None:
            parameters.append((parameter[1], re.sub(r'\\(["\\\]])', r"\1", parameter[2])))
            place = parameter.end()
        if not text.startswith("]", place) or opening[1] in found:
            raise ValueError("structured data")
        found[opening[1]] = tuple(parameters)
        place += 1
    if not found:
        raise ValueError("structured data")
    return tuple(found.items()), place
