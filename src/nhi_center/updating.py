"""``nhi-center-update``: the ward administrator, as root, enters the ward's key once and installs what it has signed.

The package lies where the program's user may write, so nothing about it is believed that was not read again from root's own copy.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from nhi_center.domain import typed_code, updates
from nhi_center.domain.typed_code import TypedWrong
from nhi_center.domain.updates import Update, UpdateFault
from nhi_center.files import replace_file
from nhi_center.services.updates import TRUSTED, trusted_key

_DPKG, _DPKG_DEB, _DPKG_QUERY = "/usr/bin/dpkg", "/usr/bin/dpkg-deb", "/usr/bin/dpkg-query"
_KEY_BYTES = 32


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status 0 done, 1 refused, 2 wrong use."""
    options = _parser().parse_args(arguments)
    try:
        if options.what == "trust":
            return _trust(options.key)
        return _install(options.package, options.key)
    except UpdateFault as fault:
        print(f"× {fault}", file=sys.stderr)
        return 1
    except PermissionError:
        print("管理者の権限で動かしてください(sudo nhi-center-update …)。", file=sys.stderr)
        return 2
    except OSError:
        print("× ファイルを読み書きできません。場所と名前を確かめてください。", file=sys.stderr)
        return 1


def _trust(file: Path) -> int:
    """Ask for the code of the ward's key, group by group, and keep the key where only root writes."""
    print("区が nhi-center-verify update-key で出したコードを、上から順に入れてください。")
    groups: list[str] = []
    while len(groups) < typed_code.group_count(_KEY_BYTES):
        number = len(groups) + 1
        typed = input(f"  {number:>2}  ")
        try:
            typed_code.read_group(number, typed)
        except TypedWrong:
            print(f"  {number}行目が違います。もう一度入れてください。")
            continue
        groups.append(typed)
    try:
        key = typed_code.read(groups)
    except TypedWrong:
        raise UpdateFault("コードの全体が合いません。別のコードの行が混じっていないか、確かめてください。") from None
    if len(key) != _KEY_BYTES:
        raise UpdateFault("更新の署名鍵のコードではありません。")
    file.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    replace_file(file, f"{key.hex()}\n".encode(), 0o644)
    print("○ この端末は、この鍵が署名した更新だけを受け取ります。")
    return 0


def _install(package: Path, key_file: Path) -> int:
    key = trusted_key(key_file)
    if key is None:
        raise UpdateFault("更新の署名鍵がまだ登録されていません。先に nhi-center-update trust を動かしてください。")
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        copy, update = proven_copy(package, key, Path(folder))
        installed = _installed_version()
        if installed and not updates.is_newer(update.version, installed):
            raise UpdateFault(
                f"いま {installed} が入っています。{update.version} は、それより新しくないか、別の Debian のものです。"
            )
        print(f"{installed or 'なし'} → {update.version} を入れます。")
        if subprocess.run([_DPKG, "-i", str(copy)], check=False).returncode != 0:
            raise UpdateFault("dpkg が入れられませんでした。上の理由を確かめてください。いまの版は、そのままです。")
    print(f"○ 版 {update.version} を入れました。プログラムを開くと、データベースが新しい版に移ります。")
    return 0


def proven_copy(package: Path, key: bytes, folder: Path) -> tuple[Path, Update]:
    """A copy in ``folder`` that is byte for byte what the ward signed, and says of itself what the ward signed.

    Links are not followed and other kinds of file not opened: the folder of ``package`` belongs to who is not root. Raises
    UpdateFault, OSError.
    """
    told = _read(package.with_suffix(".json"), updates.MAX_MANIFEST_BYTES)
    update = updates.read_manifest(told).check(key)
    data = _read(package, updates.MAX_BYTES)
    if (len(data), hashlib.sha256(data).hexdigest()) != (update.size, update.sha256):
        raise UpdateFault("パッケージが、署名されたものと違います。入れません。")
    copy = folder / update.file
    copy.write_bytes(data)
    said = tuple(_field(copy, name) for name in ("Package", "Version", "Architecture"))
    if said != (update.package, update.version, update.architecture):
        raise UpdateFault("パッケージの中の名前か版が、署名されたものと違います。入れません。")
    return copy, update


def _read(path: Path, most: int) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(descriptor, "rb") as file:
        data = file.read(most + 1) or b""
    if len(data) > most:
        raise UpdateFault("ファイルが大きすぎます。入れません。")
    return data


def _field(package: Path, name: str) -> str:
    asked = subprocess.run([_DPKG_DEB, "-f", str(package), name], capture_output=True, text=True, check=False)
    return asked.stdout.strip() if asked.returncode == 0 else ""


def _installed_version() -> str:
    command = [_DPKG_QUERY, "-W", "-f", "${db:Status-Abbrev}${Version}", updates.PACKAGE]
    asked = subprocess.run(command, capture_output=True, text=True, check=False)
    state, version = asked.stdout[:2], asked.stdout[3:].strip()
    return version if asked.returncode == 0 and state == "ii" else ""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="nhi-center-update", description="区が署名した更新を、この端末に入れます(通信はしません)。"
    )
    parser.add_argument("--key", type=Path, default=TRUSTED, help=argparse.SUPPRESS)
    commands = parser.add_subparsers(dest="what", required=True)
    commands.add_parser("trust", help="区の更新の署名鍵を登録する(一度だけ)")
    use = commands.add_parser("install", help="届いた更新を確かめて入れる")
    use.add_argument("package", type=Path, help="更新のパッケージ(動作点検に出る場所)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
