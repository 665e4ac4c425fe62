"""What a password must be (パスワードの決まり), after NIST SP 800-63B-4, 3.1.1: long, and not one that is guessed first.

No rule about kinds of characters, no change for age alone, nothing that forbids pasting. The password itself is in no
sentence and no exception.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from nhi_center.domain.room_rules import PasswordRules
from nhi_center.errors import OperatorError

LONGEST = 128
_ENOUGH = 3
"""zxcvbn's score: 3 stands against 10 billion guesses."""
_FEWEST_DIFFERENT = 5
_FEWEST_OF_ONES_OWN = 4
_LOOKED_AT = 72
"""zxcvbn looks at no more; what is longer only gets stronger."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """``text``: one sentence for the field; ``good``: it may be used."""

    good: bool
    text: str


def judge(password: str, rules: PasswordRules, blocked: frozenset[str], context: Iterable[str]) -> Verdict:
    """Whether ``password`` may be used. ``blocked``: in the form of ``plain``; ``context``: words a guesser knows (ID, name)."""
    shown = unicodedata.normalize("NFKC", password)
    if not shown:
        return Verdict(False, f"{rules.min_length}文字以上。短い言葉をいくつかつなぐと、覚えやすく破られにくくなります。")
    if len(shown) < rules.min_length:
        return Verdict(False, f"あと{rules.min_length - len(shown)}文字いります。")
    if len(shown) > LONGEST:
        return Verdict(False, f"{LONGEST}文字までです。")
    if _left_over(_stem(shown), blocked) < _FEWEST_OF_ONES_OWN:
        return Verdict(False, "よく使われるパスワードです。別のものにしてください。")
    if len(set(shown)) < _FEWEST_DIFFERENT or _repeats(_stem(shown)) or _score(shown, blocked, context) < _ENOUGH:
        return Verdict(False, "推測されやすいパスワードです。つながりのない言葉を足してください。")
    return Verdict(True, f"使えます({len(shown)}文字)。")


def require(password: str, rules: PasswordRules, blocked: frozenset[str], context: Iterable[str], *, field: str) -> None:
    """Raise OperatorError at ``field`` unless ``judge`` finds it good."""
    verdict = judge(password, rules, blocked, context)
    if not verdict.good:
        text = verdict.text if password else "新しいパスワードを入れてください。"
        raise OperatorError(text, field=field, code="weak-password")


def plain(text: str) -> str:
    """Letters and digits alone, in small letters: Pass-Word and password are one guess."""
    return "".join(one for one in unicodedata.normalize("NFKC", text).casefold() if one.isalnum())


def _stem(text: str) -> str:
    """Without the digits at its end: a year behind a common word is guessed with it."""
    return plain(text).rstrip("0123456789")


def _left_over(text: str, blocked: frozenset[str]) -> int:
    """How many characters are a person's own when the common words are taken out, the longest first."""
    for word in sorted(blocked, key=len, reverse=True):
        text = text.replace(word, "")
    return len(text)


def _repeats(text: str) -> bool:
    """Whether it is one piece written twice or more: the piece is guessed, and with it the rest."""
    return bool(text) and text in (text + text)[1:-1]


def _score(password: str, blocked: frozenset[str], context: Iterable[str]) -> int:
    from zxcvbn import zxcvbn  # a tenth of a second to load, and only who sets a password needs it

    words = {part for word in context for part in (word, plain(word)) if len(part) > 2}
    found = zxcvbn(password[:_LOOKED_AT], user_inputs=sorted(words | blocked))
    return int(found["score"])
