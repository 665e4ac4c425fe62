"""Commands for the files of the standard system and for what terminals hold of the register."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from nhi_center.errors import OperatorError
from nhi_center.gateway import enrolment, register_import, terminal_list, where
from nhi_center.gateway.database import local_today, migrate

app = typer.Typer()
Layout = Annotated[Path | None, typer.Option(help="並びの定義(resources/register.toml の写しを直したもの)。")]


@app.command(name="import-register")
def import_register(
    file: Annotated[Path, typer.Argument(help="標準システムの台帳のCSV(UTF-8、UTF-16、CP932)。")],
    by: where.By,
    whole: Annotated[bool, typer.Option(help="全員のファイル。載っていない人は台帳から消えます。")] = False,
    most_gone: Annotated[int, typer.Option(help="--whole で消えてよい人数。超えると何も取り込みません。", min=0)] = 1000,
    layout: Layout = None,
    home: where.Home = None,
) -> None:
    """Take a file of the register in: all of it or nothing. Refused rows stand in FILE.errors.csv with line, column and reason.

    Exit status 0: taken; 1: nothing was taken; 2: wrong use.
    """
    with where.opened(home) as (settings, connection):
        if settings.training:
            raise OperatorError("研修用のサーバには、台帳を取り込めません。", field="home")
        migrate(connection)
        columns = register_import.layout(settings.insurer, layout)
        done = register_import.import_file(
            connection, file, columns, by, whole=whole, most_gone=most_gone, progress=where.progress
        )
    print(json.dumps(asdict(done)))


@app.command(name="set-terminal-list")
def set_terminal_list(
    file: Annotated[Path, typer.Argument(help="columns(項目)と past_days(日数)を書いたTOML。")],
    by: Annotated[list[str], typer.Option(help="承認した人。2人を1人ずつ書きます。")],
    home: where.Home = None,
) -> None:
    """Set which columns, persons and days of the register terminals hold, from today on; they are told at their next exchange."""
    with where.opened(home) as (_settings, connection):
        today = local_today(connection)
        setting = terminal_list.read(file, today, by)
        told = terminal_list.publish(connection, setting, enrolment.signing_key(where.folder(home)), today)
    print(f"端末に置くものを決めました。{told:,}人分を、端末に次の同期で伝えます。")


@app.command(name="terminal-list")
def terminal_list_command(home: where.Home = None) -> None:
    """Which columns, persons and days terminals hold now, as JSON."""
    with where.opened(home) as (_settings, connection):
        listed = terminal_list.in_force(connection)
    shown = {"columns": sorted(listed.columns), "past_days": listed.past_days, "withheld": listed.withheld}
    print(json.dumps(shown, ensure_ascii=False, indent=2))
