"""Commands that look at the room: terminals, accounts. None prints a citizen's data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from nhi_center.domain.room_rules import parse
from nhi_center.gateway import (
    allowed_devices,
    enrolment,
    file_exchange,
    meeting,
    month_keys,
    room_records,
    rules,
    terminal_states,
    training_register,
    where,
)
from nhi_center.gateway.database import local_today

app = typer.Typer()
_FILES = 20
_RED, _PLAIN = "\033[31m", "\033[0m"


@app.command()
def status(
    home: where.Home = None,
    table: Annotated[bool, typer.Option(help="JSONでなく、端末の表を出します。赤は、理由のある端末です。")] = False,
) -> None:
    """Counts, terminals with versions, updates, last contact and what waits, files, month keys, as JSON; no personal value.

    ``red`` says why a terminal needs somebody: silent longer than the rule ``contact_hours``, updates older than
    ``patched_days``, signatures older than ``signature_days``, another version.
    """
    with where.opened(home) as (settings, connection):
        today = local_today(connection)
        terminals = terminal_states.every(connection, today, parse(rules.in_force(connection, today)))
        overview = training_register.overview(connection, training=settings.training)
        keys, files = month_keys.events(connection), file_exchange.newest(connection, _FILES)
    if not table:
        whole = {**overview, "terminals": terminals, "files": files, "month_keys": keys}
        print(json.dumps(whole, ensure_ascii=False, indent=2))
        return
    for one in terminals:
        print(f"{_RED}{_line(one)}{_PLAIN}" if one["red"] else _line(one))


def _line(one: dict[str, Any]) -> str:
    said = (one["contact_at"] or "-", one["program"] or "-", one["patched_on"] or "-", one["signatures_on"] or "-")
    where_from = "{:<25} 版 {:<8} OS更新 {:<10} 定義 {:<10}".format(*said)
    left = f"未受信 {one['behind']} 未送信 {one['waiting'] or 0}"
    return f"{one['terminal']:<16} {where_from} {left}  {'・'.join(one['red'])}"


@app.command("after-restore")
def after_restore(
    by: Annotated[str, typer.Option(help="担当者の名前。")],
    home: where.Home = None,
) -> None:
    """After the database was put back from a backup, before serve: terminals stop (LK-09) until a supervisor lets them go on."""
    with where.opened(home) as (_settings, connection):
        print(json.dumps({"line": meeting.put_back(connection, local_today(connection), by)}))


@app.command()
def accounts(home: where.Home = None) -> None:
    """The room's accounts by ID: role, who registered it and when, whether it was closed and by whom; as JSON."""
    with where.opened(home) as (_settings, connection):
        print(json.dumps(room_records.accounts(connection), ensure_ascii=False, indent=2))


@app.command(name="set-devices")
def set_devices(
    file: Annotated[Path, typer.Argument(help="許可した装置(TOML)。[[devices]] ごとに id、approval、date。")],
    by: Annotated[list[str], typer.Option(help="承認した人。2人を1人ずつ書きます。")],
    home: where.Home = None,
) -> None:
    """Publish what may be plugged into a terminal (許可した装置), from today on, in place of the list before."""
    with where.opened(home) as (_settings, connection):
        setting = allowed_devices.read(file, local_today(connection), by)
        allowed_devices.publish(connection, setting, enrolment.signing_key(where.folder(home)))
    print(f"許可した装置を{len(setting.value)}件にしました。端末には次の同期で届きます。")
