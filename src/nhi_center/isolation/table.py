"""The one table of what the workstation may reach: paths, ports, sockets, each with its reason. Data and nothing else.

What is not here is forbidden: by the kernel (``landlock``), and in Python by ``guard``.
"""

from __future__ import annotations

import re
import site
import sys
import sysconfig
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from nhi_center import resources
from nhi_center.isolation.landlock import Right
from nhi_center.settings import Address, Settings

_READ = Right.READ_FILE | Right.READ_FOLDER


class Access(Enum):
    """How a path may be used."""

    READ = _READ
    START = _READ | Right.EXECUTE
    DEVICE = Right.READ_FILE | Right.WRITE_FILE
    SHARED_MEMORY = _READ | Right.WRITE_FILE | Right.MAKE_FILE | Right.REMOVE_FILE | Right.TRUNCATE
    WORK = SHARED_MEMORY | Right.MAKE_FOLDER | Right.REMOVE_FOLDER | Right.MOVE
    """Everything a folder of ours needs: nothing in it is ever started, no link and no device leads out of it."""


@dataclass(frozen=True, slots=True)
class PathRule:
    path: Path
    access: Access
    reason: str


@dataclass(frozen=True, slots=True)
class PortRule:
    """A literal address and port. The kernel's rules know the port alone; address and port are kept by ``guard`` and nftables."""

    address: Address
    reason: str


@dataclass(frozen=True, slots=True)
class SocketRule:
    """A socket of this machine, by its path."""

    path: Path
    reason: str


@dataclass(frozen=True, slots=True)
class Table:
    paths: tuple[PathRule, ...]
    ports: tuple[PortRule, ...]
    sockets: tuple[SocketRule, ...]


def table(settings: Settings, file: Path, environment: Mapping[str, str], written: Iterable[Path] = ()) -> Table:
    """For a terminal of these settings, which stand in ``file``. ``written``: folders beside the business folder that a training
    run was told to write."""
    return Table(
        (
            *_system(),
            *_python(),
            *_display(environment),
            *_read_of_the_machine(),
            PathRule(file, Access.READ, "端末の設定"),
            PathRule(settings.business_folder, Access.WORK, "業務委託専用フォルダー"),
            *(PathRule(one, Access.WORK, "研修の結果を書くように言われた場所") for one in written),
        ),
        (
            PortRule(Address(settings.segment.host, settings.segment.port), "国保標準システムの区のサーバ"),
            *(PortRule(one, "区が名指ししたプリンター") for one in settings.printers),
        ),
        tuple(_sockets(settings, environment)),
    )


def _system() -> Iterable[PathRule]:
    """Libraries are read and mapped, which is no start of a program: only Python and what loads it may be started."""
    for name in ("/usr", "/lib", "/lib64", "/lib32"):
        yield PathRule(Path(name), Access.READ, "システムのライブラリー、書体、時差の表")
    yield PathRule(Path("/etc"), Access.READ, "システムの設定(書体、時差、利用者の名前)")
    yield PathRule(Path("/proc"), Access.READ, "自分のプロセスとマウントの状態")
    for name, reason in (("null", "捨てる出力"), ("zero", "空のメモリー"), ("urandom", "乱数"), ("random", "乱数")):
        access = Access.DEVICE if name == "null" else Access.READ
        yield PathRule(Path("/dev", name), access, reason)
    yield PathRule(Path("/dev/shm"), Access.SHARED_MEMORY, "画面とのあいだの共有メモリー")
    yield PathRule(Path("/var/cache/fontconfig"), Access.READ, "書体の一覧の控え")


def _python() -> Iterable[PathRule]:
    reason = "このプログラムと Python のライブラリー"
    places = {
        *(sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix),
        *(place for place in sys.path if place and Path(place).exists()),
        *(place for place in sysconfig.get_paths().values() if Path(place).exists()),
        *(place for place in site.getsitepackages() if Path(place).exists()),
        str(Path(__file__).resolve().parents[1]),
        str(resources.root()),
    }
    usual = ("/usr/", "/lib/", "/lib64/")
    for place in sorted(places):
        if place not in ("/usr", "/") and not place.startswith(usual):
            yield PathRule(Path(place), Access.READ, reason)
    program = Path(sys.executable)
    for path in {program, program.resolve()}:
        yield PathRule(path, Access.START, "PDFを作るプロセス(同じ Python)")
    loader = loader_of(program)
    if loader is not None:
        yield PathRule(loader, Access.START, "プログラムを読み込むもの(ld.so)")


def loader_of(program: Path) -> Path | None:
    """What the kernel starts first for this program: the path in its ELF header; None for what has none."""
    with program.open("rb") as file:
        found = re.search(rb"(/[\x21-\x7e]*/ld-[\x21-\x7e]+\.so\.[0-9]+)\0", file.read(65_536))
    return Path(found[1].decode()) if found else None


def _display(environment: Mapping[str, str]) -> Iterable[PathRule]:
    yield PathRule(Path("/tmp/.X11-unix"), Access.READ, "画面への接続(X11)")
    if given := environment.get("XAUTHORITY"):
        yield PathRule(Path(given), Access.READ, "画面への接続の許可(X11)")
    if given := environment.get("IBUS_ADDRESS_FILE"):
        yield PathRule(Path(given).parent, Access.READ, "かな漢字変換(IBus)の住所")


def _read_of_the_machine() -> Iterable[PathRule]:
    for name, reason in (
        ("/sys", "装置の一覧(USB・ディスク)"),
        ("/run/udev", "装置の一覧(udev)"),
        ("/var/lib/apt", "OSの更新の日"),
        ("/var/lib/clamav", "ウイルス定義の日"),
        ("/var/log/wtmp", "OSのサインインの記録"),
        ("/var/log/wtmp.1", "OSのサインインの記録(前の分)"),
        ("/var/lib/wtmpdb", "OSのサインインの記録(Debian 13)"),
        ("/var/lib/dbus", "この端末の番号(machine-id)"),
    ):
        yield PathRule(Path(name), Access.READ, reason)


def _sockets(settings: Settings, environment: Mapping[str, str]) -> Iterable[SocketRule]:
    yield SocketRule(settings.cups_socket, "印刷(CUPS)")
    yield SocketRule(settings.log_socket, "監視への通知(システムのログ)")
    runtime = environment.get("XDG_RUNTIME_DIR", "")
    for address in (
        environment.get("DBUS_SYSTEM_BUS_ADDRESS") or "unix:path=/run/dbus/system_bus_socket",
        environment.get("DBUS_SESSION_BUS_ADDRESS") or (f"unix:path={runtime}/bus" if runtime else ""),
    ):
        for part in re.findall(r"unix:path=([^,;]+)", address):
            yield SocketRule(Path(part), "鍵の置き場所とロックの合図(D-Bus)")
