"""gateway.toml: how one gateway is set up. No secret stands in it; the keys beside it are encrypted."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from nhi_center.domain.identifiers import is_insurer_number
from nhi_center.errors import EnvironmentTrouble
from nhi_center.gateway import passphrase
from nhi_center.gateway.database import check_dsn, of_insurer
from nhi_center.gateway.local_postgres import LocalPostgres

FILE = "gateway.toml"
TRAINING_DATABASE = "nhi_center"
SHINJUKU = "138040"
SERVER_NAME = "gateway.nhi-center.internal"
PORT = 18443


@dataclass(frozen=True, slots=True)
class Configuration:
    """``local_postgres``: name of a training server of our own; else ``dsn`` says where the ward's PostgreSQL is."""

    insurer: str = SHINJUKU
    training: bool = False
    server_name: str = SERVER_NAME
    host: str = "127.0.0.1"
    port: int = PORT
    dsn: str = ""
    local_postgres: str = ""


def save(folder: Path, configuration: Configuration) -> None:
    """Write gateway.toml. Raises EnvironmentTrouble GW-05 for a DSN with a password or without a Unix socket."""
    if not configuration.local_postgres:
        check_dsn(configuration.dsn)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    lines = [f"{name} = {_toml(value)}" for name, value in asdict(configuration).items()]
    (folder / FILE).write_text("\n".join(lines) + "\n", encoding="utf-8")


def load(folder: Path) -> Configuration:
    """Read gateway.toml strictly. Raises EnvironmentTrouble GW-09, GW-11 for a real gateway with training's passphrase."""
    try:
        values = tomllib.loads((folder / FILE).read_text(encoding="utf-8"))
        known = asdict(Configuration())
        if values.keys() != known.keys() or any(type(values[name]) is not type(known[name]) for name in known):
            raise ValueError
        configuration = Configuration(**values)
        if not is_insurer_number(configuration.insurer):
            raise ValueError
    except FileNotFoundError:
        raise EnvironmentTrouble("GW-09", f"サーバの設定({FILE})がまだありません。train(研修用)か init で作ります。") from None
    except (OSError, ValueError):
        raise EnvironmentTrouble("GW-09", f"サーバの設定({FILE})を読めません。控えから戻してください。") from None
    if not configuration.training and (folder / passphrase.TRAINING_FILE).exists():
        raise EnvironmentTrouble("GW-11", "研修用の合言葉が置いてあります。区のサーバの鍵は init で作り直してください。")
    return configuration


@contextmanager
def database(configuration: Configuration, home: Path | None = None) -> Iterator[str]:
    """The DSN of the gateway's database; a training server of our own runs as long as the context (or is already running)."""
    if not configuration.local_postgres:
        yield of_insurer(check_dsn(configuration.dsn), configuration.insurer)
        return
    server = LocalPostgres(configuration.local_postgres, home)
    try:
        server.start()
    except EnvironmentTrouble as trouble:
        if trouble.code != "GW-02":
            raise
    try:
        yield of_insurer(server.ensure_database(TRAINING_DATABASE), configuration.insurer)
    finally:
        server.stop()


def _toml(value: str | int | bool) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
