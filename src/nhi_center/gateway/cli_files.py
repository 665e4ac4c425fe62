"""Commands for the files of the standard system and for what terminals hold of the register."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from nhi_center.errors import OperatorError
from nhi_center.gateway import enrolment, entries_export, register_import, results_import, terminal_list, where
from nhi_center.gateway.database import local_today

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
        columns = register_import.layout(settings.insurer, layout)
        done = register_import.import_file(
            connection, file, columns, by, whole=whole, most_gone=most_gone, progress=where.progress
        )
    print(json.dumps(asdict(done)))


@app.command(name="import-results")
def import_results(
    file: Annotated[Path, typer.Argument(help="標準システムの処理結果のCSV。")], by: where.By, home: where.Home = None
) -> None:
    """Take the results of exported entries in: accepted becomes 区審査済, rejected comes back to the terminal as 差戻し.

    All of the file or nothing; refused rows stand in FILE.errors.csv. Exit status 0: taken; 1: nothing was taken; 2: wrong use.
    """
    with where.opened(home) as (settings, connection):
        if settings.training:
            raise OperatorError("研修用のサーバでは、結果は標準システムのまねが返します。", field="home")
        done = results_import.import_file(connection, file, settings.insurer, by)
    print(json.dumps(asdict(done)))


@app.command(name="export-entries")
def export_entries(
    file: Annotated[Path, typer.Argument(help="書くファイル(新しく作ります)。")],
    by: Annotated[str, typer.Option(help="書き出す人。受領証と記録に残ります。")] = "",
    again: Annotated[int | None, typer.Option(help="この番号の書出しを、もう一度同じに書きます。", min=1)] = None,
    home: where.Home = None,
) -> None:
    """Write verified entries for the standard system, each once, with FILE.receipt.json (count, SHA-256, who, signed).

    Prints the receipt as JSON; ``{"rows": 0}`` and no file when nothing waits. Exit status 0: done; 1: not done; 2: wrong use.
    """
    key = enrolment.signing_key(where.folder(home))
    with where.opened(home) as (_settings, connection):
        if again is not None:
            receipt: entries_export.Receipt | None = entries_export.again(connection, again, file, key)
        else:
            receipt = entries_export.export(connection, file, by, key)
    print(json.dumps(asdict(receipt) if receipt else {"rows": 0}, ensure_ascii=False))


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
