"""``nhi-center``: the workstation's commands. They wire, they decide nothing."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from nhi_center.errors import EnvironmentTrouble, OperatorError
from nhi_center.isolation.memory import keep_to_ourselves

app = typer.Typer(add_completion=False, no_args_is_help=True, help="新宿区国民健康保険事務センターの業務端末です。")

forms_app = typer.Typer(no_args_is_help=True, help="届出・申請の様式(TOML)。")
app.add_typer(forms_app, name="forms")
certificates_app = typer.Typer(no_args_is_help=True, help="証の様式(TOML)。")
app.add_typer(certificates_app, name="certificates")


def main() -> None:
    """Entry point. Expected trouble is one sentence on stderr and exit status 1."""
    keep_to_ourselves()
    try:
        app()
    except (EnvironmentTrouble, OperatorError) as trouble:
        print(str(trouble), file=sys.stderr)
        sys.exit(1)


def _need_training_parts() -> None:
    """Raise OperatorError where a package of a real terminal is installed: it holds no gateway and no synthetic ward."""
    if find_spec("nhi_center.gateway") is None:
        raise OperatorError("この端末には、研修と測定の部品が入っていません。研修は installer/run.sh で開きます。")


@app.command(name="open")
def open_terminal(
    folder: Annotated[Path | None, typer.Option(help="端末の設定の置き場所。指定しないと決まった場所を使います。")] = None,
) -> None:
    """Open this terminal for work. The first time: the setting up by the ward administrator, up to the signed checklist."""
    from nhi_center.services.clock import SystemClock
    from nhi_center.services.first_start import FirstStart
    from nhi_center.services.isolation_start import begin_terminal
    from nhi_center.settings import terminal_folder

    here = folder or terminal_folder()
    begin_terminal(FirstStart(here, SystemClock()))  # before Qt is loaded, and before there is a thread
    from nhi_center.app import run_terminal

    sys.exit(run_terminal(here))


@app.command()
def selfcheck(
    folder: Annotated[Path | None, typer.Option(help="端末の設定の置き場所。指定しないと決まった場所を使います。")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="結果を JSON で出します。")] = False,
) -> None:
    """Try every layer of the isolation now. Exit status 0: all met, 1: below the minimum, 2: could not be tried."""
    from nhi_center.services import self_check_command as command
    from nhi_center.settings import terminal_folder

    try:
        made = command.run((folder or terminal_folder()) / "terminal.toml")
    except EnvironmentTrouble as trouble:
        print(command.trouble_json(trouble) if as_json else str(trouble), file=sys.stdout if as_json else sys.stderr)
        sys.exit(command.NOT_TRIED)
    print(command.as_json(made) if as_json else "\n".join(command.as_lines(made)))
    sys.exit(made.status)


@app.command(name="controls")
def show_controls(
    folder: Annotated[Path | None, typer.Option(help="端末の設定の置き場所。指定しないと決まった場所を使います。")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="結果を JSON で出します。")] = False,
) -> None:
    """Check every measure of the council paper now, after signing in. Exit status 0: none asks for action, 1: some do."""
    from nhi_center.controlling import run_controls
    from nhi_center.domain.controls import State
    from nhi_center.services import controls
    from nhi_center.settings import terminal_folder

    found = run_controls((folder or terminal_folder()) / "terminal.toml")
    print(controls.as_json(found) if as_json else "\n".join(controls.as_lines(found)))
    sys.exit(1 if found.count(State.ACTION) else 0)


@app.command()
def training(
    persons: Annotated[
        int | None, typer.Option(help="台帳の人数。指定しないと前の研修と同じ(初めは100,000人)。", min=100)
    ] = None,
    seed: Annotated[int | None, typer.Option(help="乱数の種。指定しないと前の研修と同じ。", min=0)] = None,
    home: Annotated[Path | None, typer.Option(help="研修用の置き場所。指定しないと決まった場所を使います。")] = None,
    fresh: Annotated[bool, typer.Option(help="はじめからやり直します(前の研修の入力は消えます)。")] = False,
) -> None:
    """Open the training workstation: its own store, its own gateway on loopback, its own PostgreSQL."""
    _need_training_parts()
    from nhi_center.training.opening import open_house

    with open_house(home, persons=persons, seed=seed, fresh=fresh) as house:
        from nhi_center.app import run_training

        sys.exit(run_training(house))


@app.command()
def tour(
    out: Annotated[Path, typer.Option(help="絵・PDF・summary.json を残すフォルダー。")],
    persons: Annotated[int, typer.Option(help="台帳の人数。", min=100)] = 20_000,
    seed: Annotated[int, typer.Option(help="乱数の種。", min=0)] = 1,
    manual: Annotated[Path | None, typer.Option(help="操作の手引の絵を作り直すフォルダー(resources/manual)。")] = None,
) -> None:
    """Work one office day by itself, with real key events, and leave pictures, PDFs and summary.json."""
    _need_training_parts()
    from nhi_center.training.tour import run_tour

    sys.exit(0 if run_tour(out, persons=persons, seed=seed, manual=manual) else 1)


@app.command()
def bench(
    json_file: Annotated[Path, typer.Option("--json", help="結果を書くファイル。")],
    only: Annotated[list[str] | None, typer.Option(help="この名前の測定だけ行う(くり返せます)。")] = None,
    persons: Annotated[int, typer.Option(help="検索を測る台帳の人数。", min=1000)] = 100_000,
    seconds: Annotated[int, typer.Option(help="chaos(--only で名指したときだけ)を続ける秒数。", min=1)] = 600,
    seed: Annotated[int | None, typer.Option(help="chaos の乱数の種。書かないと毎回違います。", min=0)] = None,
    year: Annotated[
        float, typer.Option(help="screens(--only で名指したときだけ)の一年の仕事の量。1 で届出およそ12,500件。", min=0.01)
    ] = 1.0,
) -> None:
    """Measure; each figure beside its reference in the same run. Exit status 1 when a target is missed."""
    _need_training_parts()
    from nhi_center.training.bench import run_bench

    sys.exit(0 if run_bench(json_file, only=tuple(only or ()), persons=persons, seconds=seconds, seed=seed, year=year) else 1)


@app.command(name="manual")
def write_manual(
    out: Annotated[Path, typer.Option(help="PDF を書くファイル。")],
) -> None:
    """Write the manual for new clerks (操作の手引): every chapter of the help with its picture, as one PDF."""
    from nhi_center.services.manual_book import write

    print(write(out))


@app.command()
def recover(
    settings: Annotated[Path, typer.Option(help="端末の設定ファイル(terminal.toml)。")],
) -> None:
    """Open a store whose operators are gone, with the ward's recovery code, and register a new ward administrator."""
    from nhi_center.recovering import run_recovery

    run_recovery(settings)


@app.command()
def restore(
    settings: Annotated[Path, typer.Option(help="端末の設定ファイル(terminal.toml)。")],
    copy: Annotated[Path, typer.Option(help="バックアップ(backups フォルダーの .db)。隣に .json があること。")],
    month_key: Annotated[Path, typer.Option(help="区のサーバが nhi-center-gateway month-key --out で書いたファイル。")],
) -> None:
    """Put a backup in the place of a lost store, with the ward's code for it, and register a new ward administrator."""
    from nhi_center.recovering import run_restore

    run_restore(settings, copy, month_key)


@forms_app.command()
def check(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="DIR", help="区の写し(items・reasons・header・F番号.toml)のフォルダー。無いものは標準で補います。"
        ),
    ],
) -> None:
    """Check the ward's own form definitions: each form with its dates, and every fault with its file. A fault: exit status 1."""
    from nhi_center.services import forms

    checked = forms.check(folder)
    for file, form in checked.forms:
        until = form.valid_until.isoformat() if form.valid_until else ""
        whose = "区の写し" if file in checked.own else "標準"
        number = sum(1 for _field in form.fields())
        print(f"{file} {form.id} {form.title} {form.valid_from.isoformat()}~{until} 欄 {number} {whose}")
    for fault in checked.faults:
        print(f"誤り {fault}")
    print(f"様式 {len(checked.forms)}、区の写し {len(checked.own)}、誤り {len(checked.faults)}")
    sys.exit(1 if checked.faults else 0)


@certificates_app.command()
def proof(
    kind: Annotated[str, typer.Argument(help="証の種類(shikaku、gendogaku など)。間違えると一覧が出ます。")],
    out: Annotated[Path, typer.Option(help="PDF を書くファイル。")],
    day: Annotated[str, typer.Option(help="この日の様式(2026-11-24 の形)。指定しないと今日。")] = "",
) -> None:
    """Print a sample of one kind of certificate with every box outlined, to look at a layout."""
    from nhi_center.services.certificate_proof import write_proof

    print(write_proof(kind, day, out))


if __name__ == "__main__":
    main()
