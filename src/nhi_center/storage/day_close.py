"""終業点検: what was written down for the night, and the days that are closed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from nhi_center.domain import canonical
from nhi_center.domain.custody import ON_HAND, DocumentKind, Group, Place, pieces_of
from nhi_center.domain.day_close import Carried, Closed, OpenItem, Way
from nhi_center.domain.entry import State
from nhi_center.domain.operators import Signature
from nhi_center.storage import custody, entry, handover, outbox, presence


def carried(connection: Connection, day: date) -> tuple[Carried, ...]:
    """The day's entries, oldest first: of two for one item the later one counts."""
    rows = connection.execute(
        text("SELECT item, count, note, cabinet, written_at, written_by FROM day_exception WHERE day = :day ORDER BY seq"),
        {"day": day.isoformat()},
    )
    return tuple(Carried(**row._mapping) for row in rows)


def keep(connection: Connection, day: date, carried_over: Carried) -> None:
    connection.execute(
        text(
            "INSERT INTO day_exception (day, item, count, note, cabinet, written_at, written_by)"
            " VALUES (:day, :item, :count, :note, :cabinet, :at, :by)"
        ),
        {
            "day": day.isoformat(),
            "item": carried_over.item,
            "count": carried_over.count,
            "note": carried_over.note,
            "cabinet": carried_over.cabinet,
            "at": carried_over.written_at,
            "by": carried_over.written_by,
        },
    )


def closed(connection: Connection, day: date) -> Closed | None:
    rows = connection.execute(text("SELECT name, signed_at, contents FROM day_close WHERE day = :day"), {"day": day.isoformat()})
    return next((Closed(row.name, row.signed_at, json.loads(row.contents)) for row in rows), None)


def close(connection: Connection, day: date, contents: Mapping[str, Any], signature: Signature) -> None:
    """Keep exactly what was signed. A day is closed once."""
    connection.execute(
        text(
            "INSERT INTO day_close (day, contents, person, name, role, signed_at, statement, value)"
            " VALUES (:day, :contents, :person, :name, :role, :signed_at, :statement, :value)"
        ),
        {
            "day": day.isoformat(),
            "contents": canonical.encode(contents).decode(),
            **asdict(signature),
        },
    )


def custody_items(connection: Connection, kinds: Mapping[str, DocumentKind]) -> tuple[OpenItem, ...]:
    """手元の書類 per place but in a numbered 保管庫. ``kinds``: what is counted in which unit."""
    items = []
    here = custody.balances(connection, places=ON_HAND)
    for place in ON_HAND:
        there = pieces_of((one for one in here if one.account.place is place and not one.account.cabinet), kinds)
        name = "番号のない保管庫" if place is Place.CABINET else place.label
        words = f"{name}の書類 {there.words}"
        items.append(OpenItem(f"sheets_{place.value}", there.total, words, _WHERE[place], paper=True, way=Way.PUT_AWAY))
    return tuple(items)


def handover_item(connection: Connection) -> OpenItem:
    """便 that are not signed yet."""
    unsigned = handover.open_count(connection)
    return OpenItem("handovers", unsigned, f"署名が終わっていない便 {unsigned}便", "custody")


def found_items(connection: Connection, kinds: Mapping[str, DocumentKind]) -> tuple[OpenItem, ...]:
    """What lay among the applications and is still here, wherever."""
    here = custody.balances(connection, places=ON_HAND)
    sums = {group: sum(one.sheets for one in here if kinds[one.account.kind].group is group) for _id, group, _words in _FOUND}
    return tuple(OpenItem(id_, sums[group], words.format(sums[group]), "custody") for id_, group, words in _FOUND)


_FOUND = (
    ("found_cash", Group.CASH, "返していない現金・金券 {}点"),
    ("found_papers", Group.FOUND, "当日に返す書類(届出以外) {}枚"),
)
"""What has to go back on the day it came, wherever it lies: that it stays needs a reason, and its 保管庫 as all paper does."""
_WHERE = {
    Place.TRAY: "entry",
    Place.ENTRY: "entry",
    Place.HOLD: "entry",
    Place.CABINET: "entry",
    Place.OUTPUT: "custody",
}


def entry_items(connection: Connection) -> tuple[OpenItem, ...]:
    """Applications on their way: drafts, to be verified, waiting for the ward's review, held with a question."""
    found = entry.count_by_state(connection)
    return tuple(
        OpenItem(f"application_{state.value}", found.get(state, 0), f"{words} {found.get(state, 0)}件", screen)
        for state, words, screen in _STEPS
    )


_STEPS = (
    (State.DRAFTING, "入力の下書き", "entry"),
    (State.ENTERED, "照合待ちの届出", "verification"),
    (State.VERIFIED, "区の審査待ちの届出", "review"),
    (State.HELD, "保留・照会中の届出", "entry"),
)


def exchange_items(connection: Connection) -> tuple[OpenItem, ...]:
    """Rows the segment has not taken yet."""
    waiting = outbox.counts(connection)
    return (
        OpenItem("unsent", waiting["waiting"], f"未送信の記録 {waiting['waiting']}件", "sync"),
        OpenItem("refused", waiting["refused"], f"送信エラー(要確認) {waiting['refused']}件", "sync"),
    )


def presence_items(connection: Connection, day: date, but: str) -> tuple[OpenItem, ...]:
    """Of all terminals of the room: people still inside, but for the one who closes the day; keys that people who left have not
    given back; and what two terminals tell differently."""
    inside = connection.execute(
        text("SELECT count(DISTINCT person) FROM presence WHERE left_at = '' AND person <> :but AND day <= :day"),
        {"but": but, "day": day.isoformat()},
    ).scalar_one()
    out = sum(not stay.inside for stay in presence.keys_out(connection, day))
    flagged = presence.unexplained(connection, day)
    return (
        OpenItem("inside", int(inside), f"入室中の人 {inside}人(あなたを除く)", "presence"),
        OpenItem("locker_keys", out, f"退室した人から返っていないロッカーの鍵 {out}本", "presence"),
        OpenItem("presence_flags", flagged, f"端末どうしで合わない入退室 {flagged}件", "presence"),
    )
