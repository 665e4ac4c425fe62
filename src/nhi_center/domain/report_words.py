"""報告の言葉: what the 取扱責任者 says in a month's report in his own words. It leaves the room: no citizen is in it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import NoReturn

from nhi_center.domain.free_words import refuse_individual_number
from nhi_center.domain.search import kanji_key
from nhi_center.errors import OperatorError

LONGEST = 400
SHORTEST_NAME, LONGEST_NAME = 3, 16
"""Signs of a name that is looked for: two could be a word."""
TITLES = {"near_misses": "ヒヤリハット", "next_month": "翌月の予定"}
"""By field, as it is headed."""
_NUMBER = re.compile(r"[0-9]{7,}|0[0-9]{1,4}-[0-9]{1,4}-[0-9]{3,4}", re.ASCII)
"""A telephone number, or as many digits as a 記号番号 or a 宛名番号 has; a day (2026-12-01) has not."""


@dataclass(frozen=True, slots=True)
class ReportWords:
    """Both texts of one month; "" where nothing is said."""

    near_misses: str = ""
    next_month: str = ""

    @property
    def parts(self) -> tuple[tuple[str, str], ...]:
        """(heading, text), in the report's order."""
        return tuple((title, str(getattr(self, field))) for field, title in TITLES.items())


def check(words: ReportWords) -> None:
    """Raise OperatorError at the field whose text is too long or has a number in it that can be a citizen's."""
    for field in TITLES:
        text = str(getattr(words, field))
        if len(text) > LONGEST:
            raise OperatorError(f"{LONGEST}文字までにしてください。", field=field, code="too-long")
        refuse_individual_number(text, field)
        if _NUMBER.search(unicodedata.normalize("NFKC", text)):
            raise OperatorError(
                "電話番号や記号番号のような数字は書けません。どの人のことか分からない書き方にしてください。",
                field=field,
                code="long-number",
            )


def pieces(text: str) -> set[str]:
    """Every run of the text that is as long as a name, as names are compared: to be looked up in the register."""
    key = kanji_key(text)
    lengths = range(SHORTEST_NAME, LONGEST_NAME + 1)
    return {key[at : at + length] for length in lengths for at in range(len(key) - length + 1)}


def refuse_name(field: str) -> NoReturn:
    """Raise OperatorError at the field in which somebody's name stands."""
    raise OperatorError(
        "台帳にある人か、従事者の氏名が書かれています。どの人のことか分からない書き方にしてください。", field=field, code="named"
    )
