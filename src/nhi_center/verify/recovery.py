"""``nhi-center-verify recovery-key`` and ``recover``: the ward makes its recovery key and uses it, offline, by itself."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from nhi_center.domain import recovery, typed_code
from nhi_center.domain.recovery import RecoveryFault
from nhi_center.files import replace_file
from nhi_center.verify.asking import ask, carried_out, new_passphrase

PUBLIC_FILE, PRIVATE_FILE = "ward.pub", "ward-recovery.key"


def main(arguments: Sequence[str]) -> int:
    """Exit status 0 done, 1 it does not open, 2 not usable."""
    options = _parser().parse_args(arguments)
    if options.what == "recovery-key":
        return carried_out(lambda: _make(options.out), RecoveryFault)
    return carried_out(lambda: _recover(options.file, options.key), RecoveryFault)


def _make(folder: Path) -> int:
    public, private = folder / PUBLIC_FILE, folder / PRIVATE_FILE
    if public.exists() or private.exists():
        print("そこには復旧鍵があります。別の場所を指定してください。", file=sys.stderr)
        return 2
    passphrase = new_passphrase("復旧鍵")
    if passphrase is None:
        return 2
    key = recovery.new_private()
    replace_file(private, recovery.private_file(key, passphrase))
    replace_file(public, recovery.public_file(recovery.public_of(key)), 0o644)
    print("○ 区の復旧鍵を作りました。")
    print(f"  {PRIVATE_FILE}  合い言葉とは別に、区の金庫に保管します。ほかに写しを作らないでください。")
    print(f"  {PUBLIC_FILE}  各端末に渡します。秘密ではありません。")
    print(f"  指紋  {recovery.fingerprint(recovery.public_of(key))}")
    print("  端末に入れたあと、画面に出る指紋がこれと同じことを確かめてください。")
    return 0


def _recover(file: Path, key: Path) -> int:
    try:
        body = json.loads(file.read_bytes())
        entry = body["recovery"]
        purpose = str(entry["purpose"])
    except (ValueError, KeyError, TypeError):
        raise RecoveryFault("復旧のための部分がないか、壊れています。") from None
    private = recovery.open_private(key.read_bytes(), ask("復旧鍵の合い言葉: "))
    if purpose == recovery.STORE.decode():
        return _print_store(recovery.open_entry(private, entry, recovery.STORE))
    opened = recovery.open_entry(private, entry, recovery.BACKUP)
    print("○ バックアップの鍵の部分です。月ごとの鍵とあわせて使います。")
    _print_groups(opened)
    return 0


def _print_store(opened: bytes) -> int:
    try:
        body = json.loads(opened)
        terminal, keys = str(body["terminal"]), [bytes.fromhex(key) for key in body["store_keys"]]
    except (ValueError, KeyError, TypeError):
        raise RecoveryFault("復旧のための部分が壊れています。") from None
    print(f"○ 端末 {terminal} のデータベースの復旧コードです。端末で nhi-center recover を動かし、上から順に入れてください。")
    for number, key in enumerate(keys):
        if number:
            print("  上のコードで開かないとき(鍵の交換の途中だったとき):")
        _print_groups(key)
    print("  このコードを知る人はデータベースを開けます。使い終わったら紙を裁断してください。")
    return 0


def _print_groups(data: bytes) -> None:
    for number, group in enumerate(typed_code.write(data), start=1):
        print(f"  {number:>2}  {group}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="nhi-center-verify", description="区の復旧鍵を作り、使います(通信はしません)。")
    commands = parser.add_subparsers(dest="what", required=True)
    make = commands.add_parser("recovery-key", help="復旧鍵の組を作る")
    make.add_argument("--out", type=Path, required=True, help="作る場所(空のフォルダー)")
    use = commands.add_parser("recover", help="端末かバックアップの鍵を取り出す")
    use.add_argument("file", type=Path, help="端末の復旧ファイル(*.recovery.json)かバックアップの JSON")
    use.add_argument("--key", type=Path, required=True, help=f"区の復旧鍵({PRIVATE_FILE})")
    return parser
