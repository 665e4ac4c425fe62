"""Commands for what the room reports: the records themselves, and the encrypted files that were written for the ward."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from nhi_center.gateway import enrolment, export_certificate, exports, room_records, where
from nhi_center.gateway.database import local_today

app = typer.Typer()
reports = typer.Typer(help="端末から届いた報告と、区へ書き出されたファイル(暗号化)。")
app.add_typer(reports, name="reports")


@reports.callback(invoke_without_command=True)
def told(
    context: typer.Context,
    home: where.Home = None,
    out: Annotated[Path | None, typer.Option(help="報告の中身(署名付き)を書くファイル(新しく作ります)。")] = None,
    month: Annotated[str, typer.Option(help="この月だけ(例: 2026-11)。")] = "",
) -> None:
    """Monthly reports and day closes that terminals have sent, as JSON; with --out their signed contents in a new file."""
    if context.invoked_subcommand is not None:
        return
    with where.opened(home) as (_settings, connection):
        print(json.dumps(room_records.reports(connection, month, out), ensure_ascii=False, indent=2))


@reports.command("list")
def list_reports(home: where.Home = None) -> None:
    """The files that terminals have written for the ward, as JSON, the newest first: what their manifests say."""
    with where.opened(home) as (_settings, connection):
        print(json.dumps(exports.listed(connection), ensure_ascii=False, indent=2))


@reports.command("fetch")
def fetch_report(
    name: Annotated[str, typer.Argument(help="reports list に出る名前。")],
    to: Annotated[Path, typer.Option("--to", help="書くフォルダー。同じ名前のファイルがあれば、書かずに止まります。")],
    by: Annotated[str, typer.Option(help="受け取る人。記録に残ります。")] = "",
    terminal: Annotated[str, typer.Option(help="同じ名前が複数の端末にあるとき、その端末。")] = "",
    home: where.Home = None,
) -> None:
    """Write one of them with its manifest into a folder, encrypted as it came. Exit status 0: written; 1: refused."""
    with where.opened(home) as (_settings, connection):
        for path in exports.fetch(connection, name, to, by, terminal):
            print(path)


@reports.command("set-certificate")
def set_certificate(
    file: Annotated[Path, typer.Argument(help="区の証明書(PEM か DER、RSA 2048ビット以上)。秘密鍵は渡しません。")],
    by: Annotated[list[str], typer.Option(help="承認した人。2人を1人ずつ書きます。")],
    home: where.Home = None,
) -> None:
    """From today on terminals also put exports into a CMS envelope for this certificate."""
    with where.opened(home) as (_settings, connection):
        setting = export_certificate.read(file, local_today(connection), by)
        export_certificate.publish(connection, setting, enrolment.signing_key(where.folder(home)))
    print(f"書き出しの証明書を決めました: {export_certificate.subject_of(setting)}。端末には次の同期で届きます。")
