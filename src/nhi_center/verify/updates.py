"""``nhi-center-verify update-key`` and ``sign-update``: the ward vouches for an update of the workstation, offline, by itself."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from nhi_center.domain import passphrase_file, typed_code, updates
from nhi_center.domain.passphrase_file import NotTheForm, WrongPassphrase
from nhi_center.domain.updates import UpdateFault
from nhi_center.files import replace_file
from nhi_center.verify.asking import ask, carried_out, new_passphrase

KEY_FILE = "update-signing.key"
_FORM = "nhi-center update key 1"


def main(arguments: Sequence[str]) -> int:
    """Exit status 0 done, 1 the key does not open or the package is none, 2 not usable."""
    options = _parser().parse_args(arguments)
    if options.what == "update-key":
        return carried_out(lambda: _make(options.out), UpdateFault)
    return carried_out(lambda: _sign(options.package, options.key), UpdateFault)


def _make(folder: Path) -> int:
    file = folder / KEY_FILE
    if file.exists():
        print("そこには更新の署名鍵があります。別の場所を指定してください。", file=sys.stderr)
        return 2
    passphrase = new_passphrase("更新の署名鍵")
    if passphrase is None:
        return 2
    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes_raw()
    replace_file(file, passphrase_file.write(_FORM, key.private_bytes_raw(), public.hex(), passphrase))
    print("○ 更新の署名鍵を作りました。")
    print(f"  {KEY_FILE}  合い言葉とは別に、区の金庫に保管します。区のサーバには置かないでください。")
    print("  各端末で sudo nhi-center-update trust を動かし、次のコードを入れます。秘密ではありません。")
    for number, group in enumerate(typed_code.write(public), start=1):
        print(f"  {number:>2}  {group}")
    return 0


def _sign(package: Path, key_file: Path) -> int:
    with package.open("rb") as file:
        data = file.read(updates.MAX_BYTES + 1)
    update = updates.named(package.name, data, date.today().isoformat())
    key = _open(key_file.read_bytes(), ask("更新の署名鍵の合い言葉: "))
    out = package.with_suffix(".json")
    replace_file(out, updates.manifest(updates.sign(update, key)), 0o644)
    print(f"○ {update.file} に署名しました({update.size:,} バイト)。")
    print(f"  SHA-256  {update.sha256}")
    print(f"  署名     {out.name}  パッケージと一緒に、区のサーバの publish-update に渡します。")
    return 0


def _open(file: bytes, passphrase: str) -> Ed25519PrivateKey:
    try:
        return Ed25519PrivateKey.from_private_bytes(passphrase_file.read(_FORM, file, passphrase))
    except NotTheForm:
        raise UpdateFault("更新の署名鍵のファイルではありません。") from None
    except WrongPassphrase:
        raise UpdateFault("合い言葉が違うか、署名鍵のファイルが変わっています。") from None
    except ValueError:
        raise UpdateFault("更新の署名鍵のファイルが壊れています。") from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="nhi-center-verify", description="端末の更新に署名します(通信はしません)。")
    commands = parser.add_subparsers(dest="what", required=True)
    make = commands.add_parser("update-key", help="更新の署名鍵を作る")
    make.add_argument("--out", type=Path, required=True, help="作る場所(空のフォルダー)")
    use = commands.add_parser("sign-update", help="端末のパッケージに署名する")
    use.add_argument("package", type=Path, help="パッケージ(nhi-center_….deb)")
    use.add_argument("--key", type=Path, required=True, help=f"更新の署名鍵({KEY_FILE})")
    return parser
