"""終業点検 in words: how a line of the list stands, what is to be done with it, what was written down."""

from __future__ import annotations

from typing import Any

from nhi_center.domain.day_close import CheckLine, Checklist, Way
from nhi_center.services.paper_age import OVERDUE
from nhi_center.ui.common.table import Cell


def is_carried(line: CheckLine) -> bool:
    return line.carried is not None and line.settled and line.open


def order(line: CheckLine) -> int:
    """What must still be written first, then what stays, then what is done."""
    return 0 if not line.settled else 1 if line.item.count else 2


def state(line: Any) -> Cell:
    if not line.item.count:
        return Cell(chip="施錠確認済" if line.item.way is Way.LOCK else "なし", tone="done")
    if line.item.told:
        return Cell(chip="終業で取消し", tone="info")
    if line.settled and line.carried is not None and line.carried.differs:
        return Cell(chip="差異あり", tone="error")
    if line.settled:
        return Cell(chip="二人目が確認" if line.item.way is Way.COUNT else "引継ぎ済", tone="info")
    return Cell(chip=_TO_DO.get(line.item.way, "引継ぎを書く"), tone="error" if line.item.kind == OVERDUE else "warning")


_TO_DO = {Way.PUT_AWAY: "保管庫へしまう", Way.COUNT: "二人目が数える", Way.LOCK: "施錠を確かめる", Way.THERE: "端末で終える"}
BUTTONS = {
    Way.PUT_AWAY: "しまって引継ぎを書く",
    Way.COUNT: "二人目が数える",
    Way.LOCK: "施錠を確かめた",
    Way.THERE: "その端末で行う",
}
ADVICE = {
    Way.PUT_AWAY: "理由を書き、しまった保管庫の番号を入れます。そのあと、別の人が保管庫の中を数えます。",
    Way.COUNT: "しまった人とは別の人が、すべて数え、自分のIDで署名します。F3 で始めます。",
    Way.LOCK: "鍵をかけ、扉を引いて確かめてから F3 を押します。開けると、もう一度確かめます。",
    Way.THERE: "その端末の席で、刷り終えるか取り消します。ここで終業しても、その端末の印刷は止まりません。",
}


def note(line: CheckLine) -> str:
    if line.carried is None or not is_carried(line):
        return line.item.told
    if line.carried.differs:
        return f"数えた数 {line.carried.counted}: {line.carried.differs}"
    return line.carried.note


def page(line: CheckLine) -> dict[str, str]:
    return {"page": line.item.page} if line.item.page else {}


def foot_words(seen: Checklist) -> str:
    stays = sum(1 for line in seen.lines if line.open)
    if seen.closed is not None:
        return (
            f"{len(seen.lines)}項目を点検し、{stays}項目を翌日へ引き継ぎました。"
            if stays
            else f"{len(seen.lines)}項目を点検し、残りはありませんでした。"
        )
    return f"{len(seen.lines)}項目を点検しています。"
