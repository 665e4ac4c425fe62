"""帳簿: the registers the contract asks for, where each is kept, and how its PDF is made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from nhi_center.domain.operators import Session
from nhi_center.services import control_records, controls, copies, handover_book, key_book, roster_papers
from nhi_center.services.office import Office

Make = Callable[[Office, Session, date, date], Path]


@dataclass(frozen=True, slots=True)
class Book:
    """One register. ``screen`` and ``page`` where it is kept; ``make`` its PDF, None where that screen signs and writes it."""

    title: str
    holds: str
    screen: str
    page: str
    make: Make | None
    period: bool = False


def _of_roster(name: str) -> Make:
    return lambda office, session, _first, _last: roster_papers.make_list(office, session, name)


BOOKS = (
    Book("従事者名簿", "取扱責任者・取扱者の指定と受理(特記13)", "presence", "roster", _of_roster("roster")),
    Book("研修記録", "研修の日・内容・点数・期限(特記18)", "presence", "trainings", _of_roster("trainings")),
    Book("誓約の記録", "誓約・退職時誓約の日(特記2)", "presence", "roster", _of_roster("pledges")),
    Book("受渡簿", "日・渡した人・受けた人・種類と枚数(区 運用5)", "custody", "", handover_book.make_book, period=True),
    Book("入退室・鍵管理簿", "入退室、ロッカーと保管庫の鍵(区 運用4)", "presence", "room", key_book.make_book, period=True),
    Book("アクセスログ点検表", "月ごとに取扱責任者が署名(受託 システム2)", "inspection", "review", None),
    Book(
        "情報保護対策の一覧",
        "資料の対策ごとの状態と証拠",
        "controls",
        "measures",
        lambda office, session, _first, _last: controls.make_sheet(office, session),
    ),
    Book(
        "監督の記録",
        "改善指導・公表・損害など(特記20・21)",
        "controls",
        "records",
        lambda office, session, _first, _last: control_records.make_book(office, session),
    ),
    Book(
        "情報管理台帳",
        "写し・件数・媒体・承諾番号・返却と消去(特9)",
        "erasure",
        "copies",
        lambda office, session, _first, _last: copies.write_ledger(office, session),
    ),
    Book("立入り調査票", "適否・指摘・期限・回答(特記15-17)", "controls", "on_site", None),
)
