"""A register file as the standard system would write it, from invented people."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from nhi_center.domain.people import Person

COLUMNS = (
    *("宛名番号", "世帯番号", "氏名", "氏名_振り仮名", "氏名_外国人ローマ字", "通称", "生年月日", "性別", "電話番号", "国籍名"),
    *("在留資格", "在留期間の満了の日", "支援措置対象者区分", "郵便番号", "住所_町字", "続柄", "世帯主宛名番号", "世帯主氏名"),
    *("滞納有無", "未申告有無", "市区町村保険者番号", "国保記号番号", "枝番", "マイナ保険証利用登録", "被保険者履歴番号"),
    *("取得年月日", "取得事由", "喪失年月日", "喪失事由", "適用区分", "操作日時"),
)
_CARDS = {"無": "0", "有": "1", "未確認": "9"}


def rows(person: Person) -> Iterator[dict[str, str]]:
    """One row for each period, one without for who has none."""
    own = {
        **{"宛名番号": person.atena.zfill(15), "世帯番号": person.household, "氏名": person.name, "氏名_振り仮名": person.kana},
        **{"氏名_外国人ローマ字": person.roman, "通称": person.alias, "生年月日": person.birth.isoformat(), "性別": person.sex},
        **{"電話番号": person.phone, "国籍名": person.nationality, "在留資格": person.residence_status},
        **{"在留期間の満了の日": person.stay_until.isoformat() if person.stay_until else ""},
        **{"支援措置対象者区分": f"{person.protected:d}", "郵便番号": person.postal, "住所_町字": person.address},
        **{"続柄": person.relation, "世帯主宛名番号": person.head_atena, "世帯主氏名": person.head_name},
        **{"滞納有無": f"{person.arrears:d}", "未申告有無": f"{person.undeclared:d}", "市区町村保険者番号": "00138040"},
        **{"国保記号番号": person.symbol + person.number, "枝番": person.branch, "適用区分": person.income_class},
        **{"マイナ保険証利用登録": _CARDS[person.card], "操作日時": "2026-11-24 08:00:00"},
    }
    for number, period in enumerate(person.periods, 1):
        lost = period.lost.isoformat() if period.lost else ""
        yield own | {
            **{
                "被保険者履歴番号": f"{number}",
                "取得年月日": period.acquired.isoformat(),
                "取得事由": f"0{period.acquired_code[1]}",
            },
            **{"喪失年月日": lost, "喪失事由": period.lost_code and f"0{period.lost_code[1]}"},
        }
    if not person.periods:
        yield own


def write(path: Path, people: Iterable[Person], encoding: str = "utf-8") -> Path:
    return write_rows(path, (row for person in people for row in rows(person)), encoding)


def write_rows(path: Path, found: Iterable[Mapping[str, str]], encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="")
        writer.writeheader()
        writer.writerows(found)
    return path
