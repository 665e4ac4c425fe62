"""What the ward's own commands share.

Passphrases are asked for at a terminal without echo, never an argument: other users can read those.
"""

from __future__ import annotations

import getpass
import sys
from collections.abc import Callable

SHORTEST = 15


def ask(words: str) -> str:
    """Without echo at a terminal; a line of stdin otherwise."""
    return getpass.getpass(words) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")


def new_passphrase(what: str) -> str | None:
    """A passphrase typed twice; None, with the reason on stderr, when it is too short or the two differ."""
    passphrase = ask(f"{what}の合い言葉({SHORTEST}文字以上): ")
    if len(passphrase) < SHORTEST:
        print(f"合い言葉は{SHORTEST}文字以上にしてください。", file=sys.stderr)
        return None
    if ask("もう一度: ") != passphrase:
        print("2回の合い言葉が違います。", file=sys.stderr)
        return None
    return passphrase


def carried_out(act: Callable[[], int], fault: type[ValueError]) -> int:
    """The act's own exit status; 1 for a ``fault`` and 2 for files that cannot be used, with the sentence on stderr."""
    try:
        return act()
    except fault as told:
        print(f"× {told}", file=sys.stderr)
        return 1
    except OSError:
        print("ファイルを読み書きできません。場所と名前を確かめてください。", file=sys.stderr)
        return 2
