"""Settings of one terminal: a TOML file without secrets. A missing or wrong entry is named, with what it should be."""

from __future__ import annotations

import ipaddress
import os
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nhi_center.errors import EnvironmentTrouble


@dataclass(frozen=True, slots=True)
class Segment:
    """The one address this terminal may talk to (国保標準システムサーバ群)."""

    host: str
    port: int
    server_name: str


@dataclass(frozen=True, slots=True)
class Address:
    """A literal IP address and a port: no name is ever looked up."""

    host: str
    port: int


LEVELS = ("none", "program", "calls", "files", "ports", "full")
"""How far this machine keeps the workstation to itself (接続制限), the least first: ``domain.isolation`` says what each means."""

LINES = ("file", "journal", "both", "off")
"""Where event lines may go."""


@dataclass(frozen=True, slots=True)
class Settings:
    """One terminal. Every folder lies inside the business folder (業務委託専用フォルダ)."""

    terminal: str
    label: str
    training: bool
    business_folder: Path
    segment: Segment
    lock_seconds: int = 300
    lines: str = "file"
    log_socket: Path = Path("/dev/log")
    cups_socket: Path = Path("/run/cups/cups.sock")
    printers: tuple[Address, ...] = ()
    """Network printers that the ward has named; whatever prints reaches no other."""
    minimum: str = "files"
    """Below this level of LEVELS the workstation does not start."""
    machine_policy: bool = False
    """Whether it does not start either unless the machine itself (nftables) refuses every other address."""

    @property
    def home(self) -> Path:
        """HOME, TMPDIR and XDG folders of the program itself."""
        return self.business_folder / "home"

    @property
    def store(self) -> Path:
        return self.business_folder / "store" / "nhi-center.db"

    @property
    def accounts(self) -> Path:
        return self.business_folder / "accounts"

    @property
    def slots(self) -> Path:
        return self.business_folder / "slots"

    @property
    def tls(self) -> Path:
        """ca.pem, terminal.pem, terminal.key: from enrolment."""
        return self.business_folder / "tls"

    @property
    def spool(self) -> Path:
        return self.business_folder / "spool"

    @property
    def work(self) -> Path:
        """PDFs under way to the printer or the screen; between two starts of the program it is empty."""
        return self.business_folder / "work"

    @property
    def documents(self) -> Path:
        """Receipts, lists and sheets."""
        return self.business_folder / "documents"

    @property
    def exports(self) -> Path:
        """What leaves for the ward, encrypted, each with its manifest: written here and nowhere else."""
        return self.business_folder / "exports"

    @property
    def crash_records(self) -> Path:
        return self.business_folder / "crash"

    @property
    def room_keys(self) -> Path:
        """The room's keys, sealed to each of its people."""
        return self.business_folder / "room"

    @property
    def recovery(self) -> Path:
        """The store's key sealed to the ward's recovery key; beside it the ward's public key."""
        return self.business_folder / "recovery"

    @property
    def segments(self) -> Path:
        """The log as the ward's verifier reads it (操作記録の写し), written at every signed head."""
        return self.business_folder / "segments"

    @property
    def updates(self) -> Path:
        """Packages that came from the segment, until root installs them."""
        return self.business_folder / "updates"

    @property
    def backups(self) -> Path:
        return self.business_folder / "backups"

    @property
    def event_lines(self) -> Path:
        """The log as lines for the ward's own monitoring (RFC 5424)."""
        return self.business_folder / "log" / "nhi-center.log"

    @property
    def refused_sign_ins(self) -> Path:
        """Wrong passwords at sign-in, until the log is open."""
        return self.business_folder / "refused-sign-ins.json"

    @property
    def self_check_runs(self) -> Path:
        """What ``nhi-center selfcheck`` found while the log was shut, until the log is open."""
        return self.business_folder / "self-check-runs.jsonl"

    @property
    def allowed_devices(self) -> Path:
        """許可した装置 as the gateway signed it, for whoever has no key to the store."""
        return self.business_folder / "allowed-devices.json"

    @property
    def trust(self) -> Path:
        """Whose signatures count: from enrolment."""
        return self.business_folder / "trust.json"

    @property
    def training_keys(self) -> Path:
        return self.business_folder / "training-terminal.json"


def terminal_folder() -> Path:
    """Where a real terminal's settings lie (XDG base directories)."""
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "nhi-center"


def load(path: Path) -> Settings:
    """Raises EnvironmentTrouble SE-01 (missing or unreadable), SE-02 (an entry is wrong; it is named)."""
    try:
        body = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise EnvironmentTrouble("SE-01", "端末の設定ファイルを読めません。取扱責任者へ連絡してください。") from None
    lock = _entry(body, "lock", "seconds", int)
    if not 60 <= lock <= 900:
        raise _wrong("lock.seconds", "60から900までの秒数")
    printing = {"printing": {"cups_socket": "/run/cups/cups.sock", "printers": []} | body.get("printing", {})}
    isolation = {"isolation": {"minimum": "files", "machine_policy": False} | body.get("isolation", {})}
    log = {"log": {"lines": "file", "socket": "/dev/log"} | body.get("log", {})}  # terminals of before had no such part
    lines = _entry(log, "log", "lines", str)
    if lines not in LINES:
        raise _wrong("log.lines", "、".join(LINES))
    minimum = _entry(isolation, "isolation", "minimum", str)
    if minimum not in LEVELS:
        raise _wrong("isolation.minimum", "、".join(LEVELS))
    return Settings(
        terminal=_entry(body, "terminal", "id", str),
        label=_entry(body, "terminal", "label", str),
        training=_entry(body, "terminal", "training", bool),
        business_folder=Path(_entry(body, "folders", "business", str)),
        segment=Segment(
            _entry(body, "segment", "host", str),
            _entry(body, "segment", "port", int),
            _entry(body, "segment", "server_name", str),
        ),
        lock_seconds=lock,
        lines=lines,
        log_socket=Path(_entry(log, "log", "socket", str)),
        cups_socket=Path(_entry(printing, "printing", "cups_socket", str)),
        printers=tuple(_address(one) for one in _entry(printing, "printing", "printers", list)),
        minimum=minimum,
        machine_policy=_entry(isolation, "isolation", "machine_policy", bool),
    )


def _address(text: object) -> Address:
    """``192.0.2.9:9100`` or ``[2001:db8::9]:9100``."""
    try:
        host, colon, port = str(text).rpartition(":")
        address = ipaddress.ip_address(host.removeprefix("[").removesuffix("]"))
        if not (colon and port.isascii() and port.isdigit() and 0 < int(port) < 65_536):
            raise ValueError
    except ValueError:
        raise _wrong("printing.printers", '"192.0.2.9:9100" のような、IPアドレスとポート番号') from None
    return Address(str(address), int(port))


def to_toml(settings: Settings) -> str:
    """The file ``load`` reads."""
    segment = settings.segment
    printers = ", ".join(_quoted(one) for one in settings.printers)
    return (
        f'[terminal]\nid = "{settings.terminal}"\nlabel = "{settings.label}"\ntraining = {str(settings.training).lower()}\n\n'
        f'[folders]\nbusiness = "{settings.business_folder}"\n\n'
        f'[segment]\nhost = "{segment.host}"\nport = {segment.port}\nserver_name = "{segment.server_name}"\n\n'
        f"[lock]\nseconds = {settings.lock_seconds}\n\n"
        f'[log]\nlines = "{settings.lines}"\nsocket = "{settings.log_socket}"\n'
        f'\n[printing]\ncups_socket = "{settings.cups_socket}"\nprinters = [{printers}]\n'
        f'\n[isolation]\nminimum = "{settings.minimum}"\nmachine_policy = {str(settings.machine_policy).lower()}\n'
    )


def _quoted(address: Address) -> str:
    host = f"[{address.host}]" if ":" in address.host else address.host
    return f'"{host}:{address.port}"'


def _entry(body: dict[str, Any], table: str, name: str, kind: type[Any]) -> Any:
    value = body.get(table, {}).get(name)
    if type(value) is not kind:
        raise _wrong(f"{table}.{name}", {str: "文字列", int: "数", bool: "true か false", list: "[ ] の並び"}[kind])
    return value


def _wrong(entry: str, expected: str) -> EnvironmentTrouble:
    return EnvironmentTrouble("SE-02", f"端末の設定 {entry} が正しくありません({expected})。取扱責任者へ連絡してください。")
