"""``nhi-center recover`` and ``restore``: the conversation at the terminal.

What is typed stands in no argument and on no screen but the code.
"""

from __future__ import annotations

import getpass
import sys
from pathlib import Path

from nhi_center import settings as terminal_settings
from nhi_center.domain import typed_code
from nhi_center.domain.typed_code import TypedWrong
from nhi_center.errors import OperatorError
from nhi_center.keys.holding import hold_terminal
from nhi_center.services.clock import SystemClock
from nhi_center.services.premises import open_premises
from nhi_center.services.recovery import NewAdministrator, recover
from nhi_center.services.restoring import put_back

_KEY_BYTES, _PART_BYTES = 48, 32


def run_recovery(file: Path) -> None:
    """Ask for the code and the new administrator, and open the store. Raises EnvironmentTrouble, OperatorError."""
    settings = terminal_settings.load(file)
    with hold_terminal(settings.business_folder):
        premises = open_premises(settings, SystemClock())
        print(f"{settings.label} の復旧。区が nhi-center-verify recover で出したコードを、上から順に入れてください。")
        key = typed_code.read(_groups(_KEY_BYTES))
        admin = NewAdministrator(_line("新しい区管理者の職員番号: "), _line("氏名: "), _password())
        recover(premises, key, admin)
        print("○ 復旧しました。この人でサインインし、いなくなった人のアカウントを閉じてください。")
        print("  「名簿・研修」の「区の人」(受託者の人は「従事者名簿」)で閉じます。")


def run_restore(file: Path, copy: Path, month_key: Path) -> None:
    """Ask for the copy's code and the new administrator, and put the copy in the lost store's place. Raises as ``put_back``."""
    settings = terminal_settings.load(file)
    with hold_terminal(settings.business_folder):
        premises = open_premises(settings, SystemClock())
        key = _month_key(month_key)
        print(f"{settings.label} をバックアップから戻します。")
        print("区が nhi-center-verify recover で出したコードを、上から順に入れてください。")
        part = typed_code.read(_groups(_PART_BYTES))
        admin = NewAdministrator(_line("新しい区管理者の職員番号: "), _line("氏名: "), _password())
        sidecar = put_back(premises, copy, part, key, admin, lambda _done, _total, words: print(f"  {words}"))
        print(f"○ {sidecar.day} のバックアップから戻しました。操作記録は {sidecar.store.seq}番までです。")
        print("  この人でサインインしてください。")
        print("  そのあとの分は入っていません。区のサーバは短くなった記録を受け取りません(LK-03)。区の担当者に知らせてください。")


def _month_key(file: Path) -> bytes:
    try:
        return bytes.fromhex(file.read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        raise OperatorError(
            "月の鍵のファイルを読めません。区のサーバで書き出したものを渡してください。", field="month-key"
        ) from None


def _groups(size: int) -> list[str]:
    count = typed_code.group_count(size)
    return [_group(number, count) for number in range(1, count + 1)]


def _group(number: int, count: int) -> str:
    """Asked again until it can be right; at the end of the input that is a mistake of the whole."""
    while True:
        typed = _line(f"{number:>2}/{count}: ")
        try:
            typed_code.read_group(number, typed)
        except TypedWrong:
            print(f"  {number}番目のまとまりが違います。もう一度、その行だけ入れてください。")
        else:
            return typed


def _password() -> str:
    password = _hidden("新しいパスワード: ")
    if _hidden("もう一度: ") != password:
        raise OperatorError("2回のパスワードが違います。はじめからやり直してください。", code="not-the-same")
    return password


def _line(words: str) -> str:
    print(words, end="", flush=True)
    typed = sys.stdin.readline()
    if not typed:
        raise OperatorError("入力が途中で終わりました。何も変わっていません。", code="ended")
    return typed.strip()


def _hidden(words: str) -> str:
    return getpass.getpass(words) if sys.stdin.isatty() else _line(words)
