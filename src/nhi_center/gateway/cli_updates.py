"""Commands for the packages the terminals may take."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from nhi_center.gateway import updates, where

app = typer.Typer()


@app.command(name="publish-update")
def publish_update(
    package: Annotated[Path, typer.Argument(help="端末のパッケージ(.deb)。名前は作ったままにします。")],
    signature: Annotated[Path, typer.Argument(help="署名のファイル(nhi-center-verify sign-update が書いた .json)。")],
    by: Annotated[list[str], typer.Option(help="承認した人。2人を1人ずつ書きます。")],
    home: where.Home = None,
) -> None:
    """Offer a package the ward has signed. Terminals fetch it with their exchanges; their administrator installs it there.

    Exit status 0: offered; 1: refused, with the reason; 2: wrong use.
    """
    with where.opened(home) as (_settings, connection):
        update = updates.publish(connection, package, signature, by)
    print(f"{update.file} を端末へ出しました。端末は次の同期から受け取り、署名を確かめます。")


@app.command(name="withdraw-update")
def withdraw_update(
    file: Annotated[str, typer.Argument(help="更新の名前(updates に出る名前)。")],
    by: Annotated[str, typer.Option(help="取り下げる人。記録に残ります。")],
    home: where.Home = None,
) -> None:
    """Offer a package no longer. What has been installed stays installed."""
    with where.opened(home) as (_settings, connection):
        updates.withdraw(connection, file, by)
    print(f"{file} を取り下げました。")


@app.command(name="updates")
def list_updates(home: where.Home = None) -> None:
    """Every package that was offered: by whom, when, and whether it was withdrawn; as JSON."""
    with where.opened(home) as (_settings, connection):
        print(json.dumps(updates.every(connection), ensure_ascii=False, indent=2))
