"""The tables of 一斉更新, as the contractor and the ward look at them."""

from __future__ import annotations

from nhi_center.domain.calendar import wareki
from nhi_center.domain.certificates import Group
from nhi_center.services.renewal_book import Lot, PersonRow, RenewalView
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.table import Cell, Column, DataTable

GROUPS = {Group.UNDER_70: "70歳未満", Group.FROM_70: "70歳から74歳"}
_TONES = {"待ち": "info", "検品済": "done", "引抜き": "warning", "出せない": "error", "区へ": "error"}


def orders_table(empty: str) -> DataTable:
    """Rows of RenewalView."""
    table = DataTable(
        (
            Column("区の依頼番号", lambda row: Cell(strong=row.renewal.order)),
            Column("交付年月日", lambda row: wareki(row.renewal.issued), 150),
            Column("対象", lambda row: "・".join(GROUPS[group] for group in row.renewal.groups), 200),
            Column("証", lambda row: f"{row.sheets:,}枚", 90, "right"),
            Column("束", lambda row: f"{len(row.lots)}", 60, "right"),
            Column("検品済", lambda row: f"{sum(lot.done for lot in row.lots):,}枚", 100, "right"),
            Column("出せない", lambda row: f"{row.left_out:,}人", 90, "right"),
            Column("状態", _order_state, 118),
        ),
        name="renewal_orders",
        label="一斉更新の依頼",
        empty=empty,
        row_key=lambda row: row.renewal.id,
    )
    table.set_height_for(3)
    return table


def lots_table() -> DataTable:
    """Rows of Lot; the one with number 0 stands for who gets nothing for now."""
    return DataTable(
        (
            Column("束", lambda row: f"{row.number}" if row.number else "出せない人", 92),
            Column("証", lambda row: f"{row.sheets}枚" if row.number else f"{row.sheets}人", 70, "right"),
            Column("世帯", lambda row: f"{row.households}" if row.number else "", 56, "right"),
            Column("進み", _progress),
            Column("用紙", lambda row: f"{row.first} から {row.last}" if row.first else "", 178),
        ),
        name="renewal_lots",
        label="束",
        empty="束はありません。",
        row_key=lambda row: row.number,
    )


def people_table(desk: Desk) -> DataTable:
    """Rows of PersonRow."""
    return DataTable(
        (
            Column("順", lambda row: f"{row.place}" if row.place else "", 52, "right"),
            Column("氏名", lambda row: row.name, 150, name=True),
            Column("記号番号枝番", lambda row: row.insured_number, 140),
            Column("状態", _standing, 104),
            Column("用紙・わけ", lambda row: " ".join(row.why) or row.serial or row.kind.short_title),
        ),
        name="renewal_people",
        label="束の人",
        empty="ここに並ぶ人はいません。",
        names=desk.glyphs,
        row_key=lambda row: row.atena,
    )


def _order_state(row: RenewalView) -> Cell:
    if row.renewal.ended_at:
        return Cell(chip="終わり", tone="plain")
    waiting = any(lot.waiting or lot.queued for lot in row.lots)
    return Cell(chip="進行中" if waiting else "出し終わり", tone="info" if waiting else "done")


def _progress(lot: Lot) -> Cell:
    if not lot.number:
        return Cell("")
    if lot.done == lot.sheets:
        return Cell(chip="検品済", tone="done")
    if lot.waiting == lot.sheets:
        return Cell(chip="出す前", tone="plain")
    parts = (("出す前", lot.waiting), ("待ち", lot.queued), ("検品待ち", lot.to_check), ("止めた", lot.stopped), ("済", lot.done))
    return Cell(" ".join(f"{word} {count}" for word, count in parts if count))


def _standing(row: PersonRow) -> Cell:
    return Cell(chip=row.standing, tone=_TONES.get(row.standing, "plain"))
