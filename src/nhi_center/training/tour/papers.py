"""The six papers of the day, as they lie on the desk: what a clerk reads off them and types. Everybody on them is invented."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Paper:
    """One application: what stands on it. The keyer types ``mistyped`` first and puts it right; ``seeded`` he leaves."""

    form: str
    search: str
    who: str
    attached: str
    content: Mapping[str, str]
    mistyped: Mapping[str, str] = field(default_factory=dict)
    seeded: Mapping[str, str] = field(default_factory=dict)


_IDENTITY = {"channel": "1", "filer": "1", "identity_check": "1", "identity_papers": "運転免許証", "number_written": "1"}


def _insured(number: str) -> dict[str, str]:
    """記号・番号・枝番 as the card beside the paper says."""
    return {"symbol": "04-01", "number": number, "branch": "01"}


PAPERS = (
    Paper(
        "F02",
        "カツラギ 3450312",
        "葛\U000e0102城　見本子",
        "1",
        {
            "name": "葛\U000e0102城　見本子",
            "kana": "カツラギ　ミホコ",
            "birth": "3450312",
            "sex": "2",
            "event": "1",
            "happened_on": "R8.11.1",
            "delay_reason": "2",
            "previous_insurer": "見本健康保険組合",
            "loss_evidence": "1",
        },
    ),
    Paper(
        "F02",
        "オオクボ ミホタ",
        "大久保　見本太",
        "1",
        {
            "name": "大久保　見本太",
            "kana": "オオクボ　ミホタ",
            "birth": "S63.7.5",
            "sex": "1",
            "event": "1",
            "happened_on": "R8.11.20",
            "previous_insurer": "見本商事健康保険組合",
            "loss_evidence": "2",
        },
        mistyped={"happened_on": "R8.11.31"},
    ),
    Paper(
        "F02",
        "ヨシダ H7.2.28",
        "𠮷田　見本江",
        "0",
        {
            "name": "𠮷田　見本江",
            "kana": "ヨシダ　ミホエ",
            "birth": "H7.2.28",
            "sex": "2",
            "event": "1",
            "happened_on": "R8.11.21",
            "previous_insurer": "全国見本健康保険協会",
            "loss_evidence": "1",
        },
        seeded={"happened_on": "R8.11.12"},
    ),
    Paper(
        "F05",
        "タカハシ ミホオ",
        "髙橋　見本男",
        "1",
        {
            **_insured("0000004"),
            "name": "髙橋　見本男",
            "kana": "タカハシ　ミホオ",
            "birth": "3541103",
            "sex": "1",
            "event": "1",
            "moved_out": "R8.11.20",
            "same_day_move": "1",
            "destination_postal": "1500002",
            "destination": "9-8-7",
            "returned_paper": "3",
        },
    ),
    Paper(
        "F05",
        "オチアイ ミホミ",
        "落合　見本美",
        "0",
        {
            **_insured("0000005"),
            "name": "落合　見本美",
            "kana": "オチアイ　ミホミ",
            "birth": "H12.5.17",
            "sex": "2",
            "event": "1",
            "moved_out": "R8/11/23",
            "same_day_move": "1",
            "destination": "大阪府見本市中央1-2-3",
            "returned_paper": "3",
        },
    ),
    Paper(
        "F15",
        "トヤマ ミホエ",
        "戸山　見本枝",
        "0",
        {
            **_insured("0000006"),
            "name": "戸山　見本枝",
            "kana": "トヤマ　ミホエ",
            "birth": "昭40.8.30",
            "sex": "2",
        },
    ),
)


def receipt_page(paper: Paper) -> dict[str, str]:
    """受付: what stands at the head of every paper."""
    return {**_IDENTITY, "sheets_form": "1", "sheets_attached": paper.attached}
