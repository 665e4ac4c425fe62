"""``nhi-center-gateway``: set up, fill for training, enrol terminals, serve, rules and month keys of the room.

No secret is taken from arguments or environment.
"""

from __future__ import annotations

import getpass
import json
import os
import re
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from nhi_center.domain.identifiers import is_insurer_number
from nhi_center.errors import EnvironmentTrouble, OperatorError
from nhi_center.gateway import (
    anchors,
    cli_files,
    cli_history,
    cli_reports,
    cli_room,
    cli_updates,
    configuration,
    enrolment,
    enrolment_codes,
    month_keys,
    passphrase,
    rules,
    training_register,
    where,
)
from nhi_center.gateway.app import GatewaySettings
from nhi_center.gateway.configuration import Configuration
from nhi_center.gateway.database import (
    Connection,
    check_apart,
    connect,
    is_partitioned,
    local_today,
    migrate,
    of_insurer,
    partition,
    present_time,
)
from nhi_center.gateway.local_postgres import LocalPostgres
from nhi_center.gateway.server import listen, serve
from nhi_center.link import wire_enrolment
from nhi_center.link.wire import encode_countersign

app = typer.Typer(add_completion=False, no_args_is_help=True, help="区のサーバ側(NHI segment)の入口です。")
app.add_typer(cli_files.app)
app.add_typer(cli_reports.app)
app.add_typer(cli_room.app)
app.add_typer(cli_updates.app)
TERMINAL_NAME = re.compile(r"[A-Z0-9-]{1,16}")
BUSINESS_DATE = date(2026, 11, 24)
_LOOK_SECONDS = 0.5


def main() -> None:
    """Entry point. Expected trouble is one sentence on stderr and exit status 1."""
    try:
        app()
    except (EnvironmentTrouble, OperatorError) as trouble:
        print(str(trouble), file=sys.stderr)
        sys.exit(1)


def _prepare(folder: Path, settings: Configuration, dsn: str, *, partitioned: bool = False) -> None:
    """Schema and keys; keys that are already there stay, and are encrypted if they were not."""
    if settings.training:
        passphrase.make_for_training(folder)
    if not (folder / enrolment.CA_CERTIFICATE).exists():
        passphrase.first(folder)  # asked for before anything is made
    elif settings.training and not enrolment.are_encrypted(folder):
        enrolment.change_passphrase(folder, None, passphrase.of(folder))
    with connect(of_insurer(dsn, settings.insurer)) as connection:
        migrate(connection)
        if partitioned or is_partitioned(connection):
            partition(connection)
        check_apart(connection)
        if not (folder / enrolment.CA_CERTIFICATE).exists():
            enrolment.make_authority(folder, present_time(connection), settings.server_name, settings.host)


@app.command()
def init(
    dsn: Annotated[
        str, typer.Option(help="PostgreSQLのUNIXソケット(例: host=/run/postgresql dbname=nhi)。パスワードは書けません。")
    ],
    home: Annotated[Path, typer.Option(help="設定と鍵の置き場所。")],
    host: Annotated[str, typer.Option(help="待ち受けるIPアドレス。")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="待ち受けるポート番号。", min=1, max=65535)] = configuration.PORT,
    insurer: Annotated[str, typer.Option(help="保険者番号(6桁)。")] = configuration.SHINJUKU,
    partitioned: Annotated[bool, typer.Option(help="表を保険者番号で分けます。市区町村が2つ以上になる前に指定します。")] = False,
) -> None:
    """Set up a gateway on the ward's PostgreSQL: settings, authority, server certificate, schema.

    Another ``insurer`` may share the database: each gateway sees the rows of its own alone.
    """
    if len(insurer) != 6 or not is_insurer_number(insurer):
        raise OperatorError("保険者番号は、検査数字を含む6桁で入力してください。", field="insurer")
    if (home / configuration.FILE).exists():
        raise EnvironmentTrouble("GW-10", "この場所にはすでに設定があります。別の場所を指定してください。")
    settings = Configuration(insurer=insurer, host=host, port=port, dsn=dsn)
    configuration.save(home, settings)
    try:
        _prepare(home, settings, dsn, partitioned=partitioned)
    except BaseException:
        (home / configuration.FILE).unlink()  # or the next try would be told that everything stands already
        raise
    print("区のサーバを準備しました。")


@app.command(name="change-passphrase")
def change_passphrase(
    home: where.Home = None,
    open_keys: Annotated[bool, typer.Option("--open-keys", help="鍵がまだ暗号化されていません。")] = False,
) -> None:
    """Encrypt the gateway's keys with another passphrase, typed twice. The service's credential is to be made anew after it."""
    folder = where.folder(home)
    configuration.load(folder)
    old = None if open_keys else getpass.getpass("いまの合言葉: ").encode()
    enrolment.change_passphrase(folder, old, passphrase.typed_twice())
    print("サーバの鍵を新しい合言葉で暗号化しました。systemd の資格情報も新しくしてください。")


@app.command()
def train(
    persons: Annotated[int, typer.Option(help="台帳の人数。", min=100, max=2_000_000)] = 100_000,
    seed: Annotated[int, typer.Option(help="乱数の種。同じ種からは同じ台帳ができます。", min=0)] = 1,
    home: where.Home = None,
    name: Annotated[str, typer.Option(help="研修用データベースの名前。")] = "ward",
    fresh: Annotated[bool, typer.Option(help="同じ台帳があっても作り直します。")] = False,
    papers: Annotated[Path | None, typer.Option(help="練習用の届出書(見本、PDF)を書くフォルダー。")] = None,
    history: cli_history.Months = 0,
    scale: cli_history.Scale = cli_history.USUAL_SCALE,
) -> None:
    """Set up the training gateway and fill it with the synthetic register (研修用). The same register is not made twice.

    With ``history`` a whole training house is made instead, which has been worked in for so many months.
    """
    if history:
        cli_history.work(history, scale, persons, seed, home, fresh=fresh)
        return
    folder = where.folder(home)
    if papers is not None:
        from nhi_center.gateway.training_papers import FILE, print_papers

        printed = print_papers(papers, seed, BUSINESS_DATE)
        print(json.dumps({"papers": printed, "file": str(papers / FILE)}, ensure_ascii=False), file=sys.stderr)
    started = time.monotonic()
    settings = Configuration(training=True, local_postgres=name)
    configuration.save(folder, settings)
    with LocalPostgres(name) as server:
        if fresh:  # nothing of what an older or newer version left may stand in the way: neither its schema nor its keys
            server.drop_database(configuration.TRAINING_DATABASE)
            enrolment.discard(folder)
        _prepare(folder, settings, server.ensure_database(configuration.TRAINING_DATABASE))
        with connect(of_insurer(server.dsn(configuration.TRAINING_DATABASE), settings.insurer)) as connection:
            if training_register.is_filled(connection, persons, seed):
                print(json.dumps({"persons": persons, "seed": seed, "filled": False, "seconds": 0.0}))
                return
            used = not training_register.is_empty(connection)
        if used:
            # What is stored is append-only by design: another register means another database.
            server.drop_database(configuration.TRAINING_DATABASE)
            _prepare(folder, settings, server.ensure_database(configuration.TRAINING_DATABASE))
        with connect(of_insurer(server.dsn(configuration.TRAINING_DATABASE), settings.insurer)) as connection:
            figures = training_register.fill(connection, persons, seed, BUSINESS_DATE, enrolment.signing_key(folder))
    seconds = round(time.monotonic() - started, 2)
    print(json.dumps({"persons": persons, "seed": seed, "filled": True, "seconds": seconds, **figures}))


@app.command(name="serve")
def serve_command(
    home: where.Home = None,
    port: Annotated[int | None, typer.Option(help="待ち受けるポート番号(0は空いている番号)。", min=0, max=65535)] = None,
    local_port: Annotated[
        int | None, typer.Option(help="/healthz /readyz /metrics を出す、このコンピューターだけのポート番号。", min=0, max=65535)
    ] = None,
) -> None:
    """Serve terminals until SIGTERM. Prints one JSON line ``{"host", "port"}`` when it answers, with ``local_port`` if asked for.

    Logs are JSON lines on stderr.
    """
    folder = where.folder(home)
    settings = configuration.load(folder)
    with _stopped_by_sigterm(), configuration.database(settings) as dsn:
        with connect(dsn) as connection:
            migrate(connection)
            check_apart(connection)
        if not enrolment.are_encrypted(folder):
            raise enrolment.wrong_passphrase()
        gateway = GatewaySettings(dsn, settings.insurer, settings.training, enrolment.signing_key(folder), folder)
        listener = listen(settings.host, settings.port if port is None else port, training=settings.training)
        local = None if local_port is None else listen("127.0.0.1", local_port, training=settings.training)
        beside = {} if local is None else {"local_port": local.getsockname()[1]}
        serve(
            gateway,
            folder,
            listener,
            lambda host, bound: print(json.dumps({"host": host, "port": bound, **beside}), flush=True),
            local,
        )


@contextmanager
def _stopped_by_sigterm() -> Iterator[None]:
    """uvicorn raises the signal again once it has stopped: leave through the contexts, so that PostgreSQL stops as well."""

    def leave(number: int, frame: FrameType | None) -> None:
        raise SystemExit(0)

    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    except KeyboardInterrupt:
        return
    finally:
        signal.signal(signal.SIGTERM, before)


@app.command()
def enrol(
    terminal: Annotated[str, typer.Argument(help="端末の名前(例: T04)。")],
    audit_key: Annotated[Path | None, typer.Option(help="研修だけ: 端末の監査用公開鍵(Ed25519、16進64文字)のファイル。")] = None,
    out: Annotated[Path | None, typer.Option(help="研修だけ: 端末に渡すファイルの置き場所。")] = None,
    wait: Annotated[bool, typer.Option(help="端末が登録を終えるまで待ちます。")] = True,
    home: where.Home = None,
) -> None:
    """Show a one-time code and the authority's fingerprint, to be typed at the terminal, and wait until it has enrolled.

    The terminal makes its own key; nothing travels by media. Again with a name that is enrolled, it replaces the certificate.
    Exit status 0: enrolled; 1: the code ran out (15 minutes, five wrong tries); 2: wrong use.
    """
    if not TERMINAL_NAME.fullmatch(terminal):
        raise OperatorError("端末の名前は、英大文字・数字・ハイフンの16文字までで入力してください。", field="terminal")
    folder = where.folder(home)
    with where.opened(home) as (settings, connection):
        if audit_key is not None and out is not None:
            if not settings.training:
                raise OperatorError(
                    "ファイルでの登録は研修だけです。--audit-key と --out を付けずに実行してください。", field="out"
                )
            _enrol_for_training(folder, connection, terminal, audit_key, out)
            return
        code = enrolment_codes.make(connection, terminal)
        print(f"端末 {terminal} に次のとおり入れてください({enrolment_codes.MINUTES}分以内)。")
        print(f"  区のサーバ      {settings.host}  ポート {settings.port}")
        print(f"  登録コード      {wire_enrolment.in_groups(code)}")
        print(f"  サーバの指紋    {wire_enrolment.in_groups(enrolment_codes.fingerprint(folder))}", flush=True)
        if not wait:
            return
        print("端末を待っています。", file=sys.stderr, flush=True)
        while (done := enrolment_codes.is_redeemed(connection, terminal, code)) is None:
            time.sleep(_LOOK_SECONDS)
        if not done:
            raise OperatorError(
                "登録コードの期限が過ぎたか、違うコードが続きました。もう一度実行してください。", field="terminal"
            )
    print(f"端末 {terminal} を登録しました。")


def _enrol_for_training(folder: Path, connection: Connection, terminal: str, audit_key: Path, out: Path) -> None:
    """Its key is encrypted with a passphrase that is asked for (or read from stdin)."""
    public = _public_key(audit_key)
    passphrase = getpass.getpass("端末の鍵の合言葉: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    if not passphrase:
        raise OperatorError("端末の鍵の合言葉を入力してください。", field="passphrase")
    now = present_time(connection)
    identity = enrolment.enrol(folder, connection, terminal, public, passphrase.encode(), now)
    enrolment.write_identity(identity, terminal, folder, out)
    print(f"端末 {terminal} を登録しました。")


@app.command()
def revoke(terminal: Annotated[str, typer.Argument(help="端末の名前。")], home: where.Home = None) -> None:
    """Shut a terminal out at once; what it has sent stays."""
    with configuration.database(configuration.load(where.folder(home))) as dsn, connect(dsn) as connection:
        if not enrolment.revoke_terminal(connection, terminal):
            raise OperatorError("この名前の端末は登録されていません。", field="terminal")
    print(f"端末 {terminal} の登録を取り消しました。")


@app.command(name="set-rules")
def set_rules(
    file: Annotated[Path, typer.Argument(help="事務室の規則(TOML)。")],
    by: Annotated[list[str], typer.Option(help="承認した人。2人を1人ずつ書きます。")],
    effective_from: Annotated[str, typer.Option("--from", help="この日から(例: 2026-12-01)。書かないと今日から。")] = "",
    home: where.Home = None,
) -> None:
    """Publish the room's rules (区の設定) to every terminal, approved by two people and signed by the gateway."""
    folder = where.folder(home)
    with configuration.database(configuration.load(folder)) as dsn, connect(dsn) as connection:
        setting = rules.read(file, _day(effective_from) or local_today(connection), by)
        rules.publish(connection, setting, enrolment.signing_key(folder))
    print(f"事務室の規則を {setting.effective_from.isoformat()} から使います。端末には次の同期で届きます。")


@app.command(name="rules")
def rules_command(home: where.Home = None) -> None:
    """The room's rules in force and announced, as JSON."""
    with configuration.database(configuration.load(where.folder(home))) as dsn, connect(dsn) as connection:
        print(json.dumps(rules.present(connection, local_today(connection)), ensure_ascii=False, indent=2))


@app.command(name="month-key")
def month_key(
    terminal: Annotated[str, typer.Argument(help="端末の名前。")],
    month: Annotated[str, typer.Argument(help="バックアップの月(例: 2026-11)。")],
    by: Annotated[str, typer.Option(help="取り出す人。記録に残ります。")],
    out: Annotated[Path | None, typer.Option(help="鍵を書くファイル(新しく作ります)。書かないと画面に出します。")] = None,
    home: where.Home = None,
) -> None:
    """Show a terminal's month key for a restore: on a screen or in a new file of mode 0600, never into a pipe or a log."""
    if out is None and not sys.stdout.isatty():
        raise OperatorError("鍵は、画面か --out のファイルにだけ出します。", field="out")
    if out is not None and out.exists():
        raise OperatorError("このファイルはもうあります。別の名前にしてください。", field="out")
    with configuration.database(configuration.load(where.folder(home))) as dsn, connect(dsn) as connection:
        key = month_keys.show(connection, terminal, month, by)
    if out is None:
        print(key.hex())
        return
    with open(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(f"{key.hex()}\n")
    print("鍵をファイルに書きました。使い終わったら消してください。")


@app.command(name="destroy-month-key")
def destroy_month_key(
    terminal: Annotated[str, typer.Argument(help="端末の名前。")],
    month: Annotated[str, typer.Argument(help="バックアップの月(例: 2026-11)。")],
    by: Annotated[str, typer.Option(help="消去する人。記録に残ります。")],
    home: where.Home = None,
) -> None:
    """Destroy a month key here for good. Asks for the month once more. With the terminal's own key gone too, the month's
    backups can never be read again."""
    print(f"端末 {terminal} の {month} の鍵を消去します。元に戻せません。月をもう一度入力してください: ", end="", flush=True)
    if sys.stdin.readline().strip() != month:
        raise OperatorError("月が一致しません。消去していません。", field="month")
    with configuration.database(configuration.load(where.folder(home))) as dsn, connect(dsn) as connection:
        month_keys.destroy(connection, terminal, month, by)
    print(f"端末 {terminal} の {month} の鍵を消去しました。")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise OperatorError("日付は 2026-12-01 のように入力してください。", field="from") from None


@app.command()
def head(terminal: Annotated[str, typer.Argument(help="端末の名前。")], home: where.Home = None) -> None:
    """The newest countersigned head of a terminal's log, as ``nhi-center-verify audit --head`` reads it."""
    with configuration.database(configuration.load(where.folder(home))) as dsn, connect(dsn) as connection:
        newest = anchors.newest(connection, terminal)
    if newest is None:
        raise OperatorError("この端末の操作記録は、まだ届いていません。", field="terminal")
    print(encode_countersign(newest).decode())


def _public_key(path: Path) -> bytes:
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        key = b""
    if len(key) != 32:
        raise OperatorError("監査用公開鍵のファイルを読めません。端末で作り直してください。", field="audit_key")
    return key
