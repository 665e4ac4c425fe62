"""入退室・鍵: the stays with their locker keys, and the cabinets with theirs, of a period, as one PDF.

(区の運用 4: 入退庁管理及びロッカーの鍵管理; 特記事項 8: 施錠できる保管庫.)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from nhi_center.domain.cabinets import Cabinet, CabinetEvent, What
from nhi_center.domain.calendar import wareki
from nhi_center.domain.operators import Action, Session
from nhi_center.domain.periods import check_period
from nhi_center.domain.presence import Stay
from nhi_center.errors import OperatorError
from nhi_center.printing.sheets import ListColumn, ListPart, ListSheet
from nhi_center.services.documents import make_list
from nhi_center.services.office import Office
from nhi_center.services.work import reading, require
from nhi_center.storage import cabinets, presence

KEYS = (What.KEY_OUT.value, What.KEY_BACK.value)


@dataclass(frozen=True, slots=True)
class KeyBook:
    """The stays and the cabinets' events of a period, oldest first, and the cabinets as they stand now."""

    stays: tuple[Stay, ...]
    events: tuple[CabinetEvent, ...]
    cabinets: tuple[Cabinet, ...]


def book(office: Office, session: Session, first: date, last: date) -> KeyBook:
    """Raises OperatorError at ``last`` for a period that is none."""
    require(office, session, Action.VIEW_CONTROLS)
    check_period(first, last)
    with reading(office, session, Action.VIEW_CONTROLS) as connection:
        return KeyBook(
            presence.between(connection, first, last),
            cabinets.events_between(connection, first, last),
            cabinets.every(connection),
        )


def make_book(office: Office, session: Session, first: date, last: date) -> Path:
    """The book as a PDF in the documents folder. Raises as ``book``, and at ``first`` when nothing was recorded.

    Waits for the PDF process: run it in the print lane.
    """
    found = book(office, session, first, last)
    if not found.stays and not found.events:
        raise OperatorError("この期間の記録はありません。期間を変えてください。", field="first", code="empty")
    names = {account.person: account.name for account in office.premises.accounts.everybody()}
    period = wareki(first) if first == last else f"{wareki(first)} から {wareki(last)}"
    out = sum(len(one.out) for one in found.cabinets)
    sheet = ListSheet(
        title="入退室・鍵管理簿",
        subtitle=period,
        footer=f"{office.settings.label} 入退室・鍵管理簿",
        pairs=(
            ("入退室", f"{len(found.stays)}件"),
            ("返っていないロッカーの鍵", f"{sum(bool(one.locker) and not one.key_back_at for one in found.stays)}本"),
            ("保管庫", f"{len(found.cabinets)}"),
            ("渡してある保管庫の鍵", f"{out}本"),
        ),
        parts=(_stays(found, names), _keys(found, names), _locks(found, names), _cabinets(found, names)),
        boxes=("区", "取扱責任者"),
        sample=office.settings.training,
    )
    name = f"keys-{first:%Y%m%d}-{last:%Y%m%d}.pdf"
    return make_list(office, session, name, sheet, "keys", len(found.stays) + len(found.events), Action.VIEW_CONTROLS)


def _stays(found: KeyBook, names: Mapping[str, str]) -> ListPart:
    columns = (
        ListColumn("日", 22),
        ListColumn("氏名", 34, name=True),
        ListColumn("入室", 16),
        ListColumn("退室", 16),
        ListColumn("記録した職員", 34, name=True),
        ListColumn("ロッカー", 20),
        ListColumn("鍵の返却", 28),
    )
    rows = tuple(
        (
            one.entered_at[:10],
            names.get(one.person, one.person),
            one.entered_at[11:16],
            one.left_at[11:16] or "在室",
            names.get(one.entered_by, one.entered_by),
            one.locker,
            one.key_back_at[11:16] or ("未返却" if one.locker else ""),
        )
        for one in found.stays
    )
    return _part("入退室とロッカーの鍵", columns, rows)


def _keys(found: KeyBook, names: Mapping[str, str]) -> ListPart:
    columns = (
        ListColumn("日時", 34),
        ListColumn("保管庫", 20),
        ListColumn("鍵", 16),
        ListColumn("したこと", 30),
        ListColumn("鍵を持つ人", 35, name=True),
        ListColumn("記録した人", 35, name=True),
    )
    rows = tuple(
        (
            _moment(one.at),
            one.cabinet,
            one.subject.removeprefix("key-"),
            What(one.what).label,
            names.get(one.holder, one.holder),
            names.get(one.by, one.by),
        )
        for one in found.events
        if one.what in KEYS
    )
    return _part("保管庫の鍵", columns, rows)


def _locks(found: KeyBook, names: Mapping[str, str]) -> ListPart:
    columns = (
        ListColumn("日時", 34),
        ListColumn("保管庫", 20),
        ListColumn("したこと", 60),
        ListColumn("記録した人", 56, name=True),
    )
    rows = tuple(
        (_moment(one.at), one.cabinet, What(one.what).label, names.get(one.by, one.by))
        for one in found.events
        if one.what not in KEYS
    )
    return _part("保管庫の登録・開閉・施錠の確認", columns, rows)


def _cabinets(found: KeyBook, names: Mapping[str, str]) -> ListPart:
    columns = (
        ListColumn("保管庫", 20),
        ListColumn("場所", 54),
        ListColumn("鍵", 14, right=True),
        ListColumn("渡してある鍵", 20, right=True),
        ListColumn("最後の施錠の確認", 34),
        ListColumn("確かめた人", 28, name=True),
    )
    rows = tuple(
        (
            one.number,
            one.name,
            f"{one.keys}本",
            f"{len(one.out)}本",
            _moment(one.looked_at) if one.locked else "開いている",
            names.get(one.looked_by, one.looked_by),
        )
        for one in found.cabinets
    )
    return _part("保管庫の一覧(現在)", columns, rows)


def _part(title: str, columns: tuple[ListColumn, ...], rows: tuple[tuple[str, ...], ...]) -> ListPart:
    return ListPart(title, columns, rows, () if rows else ("記録はありません。",))


def _moment(stamp: str) -> str:
    return stamp[:16].replace("T", " ")
