"""The fixed persons at the start of every synthetic register: who the office-day tour and the manuals speak of.

All names are visibly invented (見本子, 見本太 ...). The atena numbers are constants, so that a test names a person by its part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from nhi_center.domain.people import Period, Person

COMPANY = "見本事務株式会社"
"""受託者 of the training room."""

F02_VARIANT = "00000001"
"""Former insured 葛󠄂城 見本子 (with a variation sequence), no マイナ保険証; left her company insurance (社保喪失日 2026-11-01)."""
F02_PLAIN = "00000002"
"""Former insured 大久保 見本太; an ordinary F02."""
F02_NON_BMP = "00000003"
"""Former insured 𠮷田 見本江 (U+20BB7); F02."""
F05_FIRST = "00000004"
"""Insured 髙橋 見本男, moves out of Tokyo (F05)."""
F05_SECOND = "00000005"
"""Insured 落合 見本美, moves out of Tokyo (F05)."""
F15_CLEAR = "00000006"
"""Insured 戸山 見本枝, 適用区分ウ, no arrears, no マイナ保険証: 限度額適用認定 (F15) goes through."""
F15_ARREARS = "00000007"
"""Insured 四谷 見本郎 with 滞納: rule V17 stops his F15."""
NOMINAL_HEAD = "00000008"
"""擬制世帯主 神楽坂 見本造: head, never insured here; his wife is."""
NOMINAL_WIFE = "00000009"
"""Insured 神楽坂 見本代, wife of the 擬制世帯主; マイナ保険証登録 is 未確認."""
PROTECTED = "00000010"
"""Insured 若葉 見本香 under 支援措置: nothing of hers is shown or printed."""

_FORMER = (Period(date(2015, 4, 1), "A2", date(2018, 4, 2), "L2"),)
_INSURED = (Period(date(2021, 4, 1), "A2"),)


def cast() -> Sequence[Person]:
    """The fixed persons, in atena order. Numbers 番号 0000001 to 0000009, households 00000001 to 00000009."""
    return (
        _single(1, "葛\U000e0102城　見本子", "カツラギ　ミホコ", date(1970, 3, 12), "2", _KABUKICHO, "無", _FORMER),
        _single(2, "大久保　見本太", "オオクボ　ミホタ", date(1988, 7, 5), "1", _OKUBO, "無", _FORMER),
        _single(3, "𠮷田　見本江", "ヨシダ　ミホエ", date(1995, 2, 28), "2", _NISHI, "無", _FORMER),
        _single(4, "髙橋　見本男", "タカハシ　ミホオ", date(1979, 11, 3), "1", _BABA, "有", _INSURED, "エ"),
        _single(5, "落合　見本美", "オチアイ　ミホミ", date(2000, 5, 17), "2", _OCHIAI, "無", _INSURED, "オ"),
        _single(6, "戸山　見本枝", "トヤマ　ミホエ", date(1965, 8, 30), "2", _TOYAMA, "無", _INSURED, "ウ"),
        _single(7, "四谷　見本郎", "ヨツヤ　ミホロウ", date(1983, 1, 9), "1", _YOTSUYA, "無", _INSURED, "エ", arrears=True),
        *_nominal_household(),
        _single(
            9, "若葉　見本香", "ワカバ　ミホカ", date(1991, 6, 21), "2", _WAKABA, "無", _INSURED, "エ", atena=10, protected=True
        ),
    )


_KABUKICHO = ("1600021", "東京都新宿区歌舞伎町1丁目4番1号")
_OKUBO = ("1690072", "東京都新宿区大久保3丁目1番2号")
_NISHI = ("1600023", "東京都新宿区西新宿4丁目99番9号")
_BABA = ("1690075", "東京都新宿区高田馬場2丁目98番7号")
_OCHIAI = ("1610032", "東京都新宿区中落合1丁目97番6号")
_TOYAMA = ("1620052", "東京都新宿区戸山3丁目96番5号")
_YOTSUYA = ("1600004", "東京都新宿区四谷2丁目95番4号")
_KAGURA = ("1620825", "東京都新宿区神楽坂5丁目94番3号")
_WAKABA = ("1600011", "東京都新宿区若葉1丁目93番2号")


def _single(
    household: int,
    name: str,
    kana: str,
    birth: date,
    sex: str,
    home: tuple[str, str],
    card: str,
    periods: tuple[Period, ...],
    income_class: str = "",
    *,
    atena: int = 0,
    arrears: bool = False,
    protected: bool = False,
) -> Person:
    number = f"{atena or household:08}"
    return Person(
        atena=number,
        household=f"{household:08}",
        is_head=True,
        relation="世帯主",
        name=name,
        kana=kana,
        birth=birth,
        sex=sex,
        postal=home[0],
        address=home[1],
        phone=f"0300{household:06}",
        symbol="04-01",
        number=f"{household:07}",
        branch="01",
        periods=periods,
        card=card,
        income_class=income_class,
        arrears=arrears,
        protected=protected,
        head_atena=number,
        head_name=name,
    )


def _nominal_household() -> tuple[Person, Person]:
    wife = _single(8, "神楽坂　見本代", "カグラザカ　ミホヨ", date(1969, 12, 1), "2", _KAGURA, "未確認", _INSURED, "ウ", atena=9)
    head = replace(
        wife,
        atena=NOMINAL_HEAD,
        name="神楽坂　見本造",
        kana="カグラザカ　ミホゾウ",
        birth=date(1968, 10, 10),
        sex="1",
        symbol="",
        number="",
        branch="",
        periods=(),
        card="有",
        income_class="",
        head_atena=NOMINAL_HEAD,
        head_name="神楽坂　見本造",
    )
    return head, replace(wife, is_head=False, relation="妻", head_atena=head.atena, head_name=head.name)
