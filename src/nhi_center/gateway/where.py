"""Where a command's gateway is: its folder, its settings, its database."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from nhi_center.gateway import configuration
from nhi_center.gateway.configuration import Configuration
from nhi_center.gateway.database import Connection, connect, migrate
from nhi_center.gateway.local_postgres import training_home

Home = Annotated[Path | None, typer.Option(help="設定と鍵の置き場所。指定しないと研修用の場所を使います。")]
By = Annotated[str, typer.Option(help="行う人。記録に残ります。")]


def folder(home: Path | None) -> Path:
    return home or training_home() / "gateway"


@contextmanager
def opened(home: Path | None) -> Iterator[tuple[Configuration, Connection]]:
    """The gateway's settings and a connection to its database, brought up to date. Raises EnvironmentTrouble GW-*."""
    settings = configuration.load(folder(home))
    with configuration.database(settings) as dsn, connect(dsn) as connection:
        migrate(connection)
        yield settings, connection


def progress(words: str, done: int) -> None:
    """One line on stderr for each step, so that a log file reads as well as a screen."""
    print(f"{words}: {done:,}", file=sys.stderr, flush=True)
