"""監督の記録: written by the side whose word it is, answered, ended by the ward; told to every terminal of the room."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from nhi_center.domain import control_records as rules
from nhi_center.domain.calendar import wareki
from nhi_center.domain.control_records import Act, ControlRecord, Event, RecordKind, Wanted
from nhi_center.domain.operators import Action, Session
from nhi_center.errors import OperatorError
from nhi_center.printing.sheets import ListColumn, ListPart, ListSheet
from nhi_center.services import known_people
from nhi_center.services.documents import make_list
from nhi_center.services.office import Office
from nhi_center.services.room import Disbelieved, RoomRecord
from nhi_center.services.work import Unit, begin, reading, require
from nhi_center.storage import control_records as storage
from nhi_center.storage.engine import Connection

KIND = "control_record"
_NEEDED = {
    Act.WRITTEN: Action.RECORD_CONTROL,
    Act.ANSWERED: Action.ANSWER_CONTROL,
    Act.SETTLED: Action.SETTLE_CONTROL,
}


@dataclass(frozen=True, slots=True)
class Records:
    """All records, the newest first."""

    records: tuple[ControlRecord, ...]
    today: date


def records(office: Office, session: Session) -> Records:
    """Everything that was ever recorded."""
    with reading(office, session, Action.VIEW_CONTROLS) as connection:
        return Records(storage.every(connection), office.clock.today())


def kinds_of(session: Session) -> tuple[RecordKind, ...]:
    """The kinds that this person's side is to say."""
    return tuple(kind for kind in RecordKind if kind.by_company is session.role.is_contractor)


def write(office: Office, session: Session, wanted: Wanted) -> str:
    """Write a record; gives its id. Raises OperatorError at the field that is not whole, or when the other side is to say it."""
    require(office, session, Action.RECORD_CONTROL)
    with begin(office, session, Action.RECORD_CONTROL, step="control_written", kind=wanted.kind.value) as unit:
        unit.subject = write_within(office, unit, wanted)
        return unit.subject


def write_within(office: Office, unit: Unit, wanted: Wanted) -> str:
    """As ``write``, in an act that is under way."""
    rules.check_wanted(wanted, unit.session.role, unit.today)
    id_ = str(uuid.uuid4())
    _add(office, unit, id_, Act.WRITTEN, rules.wanted_to_json(wanted))
    return id_


def answer(office: Office, session: Session, id_: str, words: str) -> None:
    """The company's answer to what the ward has said, or the ward's to a change it was told of. Raises OperatorError at words."""
    with begin(office, session, Action.ANSWER_CONTROL, subject=id_, step="control_answered") as unit:
        record = _find(unit.connection, id_)
        if record.wanted.kind.by_company is session.role.is_contractor:
            raise OperatorError("回答は、記録した側とは別の側が書きます。", code="own-side")
        rules.check_said(record, words)
        _add(office, unit, id_, Act.ANSWERED, {"words": words.strip()})


def settle(office: Office, session: Session, id_: str, words: str) -> None:
    """The ward ends a record, with what it has confirmed. Raises OperatorError at ``words``, or while an answer is waited for."""
    with begin(office, session, Action.SETTLE_CONTROL, subject=id_, step="control_settled") as unit:
        record = _find(unit.connection, id_)
        rules.check_said(record, words)
        rules.check_settle(record)
        _add(office, unit, id_, Act.SETTLED, {"words": words.strip()})


def _find(connection: Connection, id_: str) -> ControlRecord:
    found = storage.find(connection, id_)
    if found is None:
        raise OperatorError("この記録はありません。一覧を更新してください。", code="no-record")
    return found


def _add(office: Office, unit: Unit, record: str, act: Act, body: Mapping[str, Any]) -> None:
    told = {"record": record, "act": act.value, "body": dict(body), "at": unit.stamp, "by": unit.person}
    id_ = unit.record(KIND, told)
    storage.add(unit.connection, Event(id_, record, act, body, unit.stamp, unit.person), office.terminal)


def take(office: Office, connection: Connection, record: RoomRecord) -> None:
    """What was recorded at a terminal of the room (see ``services.takers``), by somebody who may."""
    body = record.body
    act = Act(body["act"])
    known_people.require_author(connection, str(body["by"]), _NEEDED[act])
    if act is Act.WRITTEN:
        rules.wanted_from_json(body["body"])
    elif not isinstance(body["body"]["words"], str):
        raise Disbelieved("unreadable")
    event = Event(record.id, str(body["record"]), act, body["body"], str(body["at"]), str(body["by"]))
    storage.add(connection, event, record.terminal)


# -- on paper --


def make_book(office: Office, session: Session) -> Path:
    """監督の記録 as a PDF in the documents folder. Waits for the PDF process: run it in the print lane."""
    found = records(office, session)
    if not found.records:
        raise OperatorError("監督の記録はまだありません。", code="empty")
    columns = (
        ListColumn("日", 30),
        ListColumn("種類", 34),
        ListColumn("件名", 62),
        ListColumn("期限", 24),
        ListColumn("状態", 20),
    )
    sheet = ListSheet(
        title="監督の記録",
        subtitle=f"{wareki(found.today)} 現在",
        footer=f"{office.settings.label} 監督の記録",
        pairs=(
            ("記録", f"{len(found.records)}件"),
            ("期限を過ぎたもの", f"{sum(one.overdue(found.today) for one in found.records)}件"),
        ),
        parts=(
            ListPart("一覧", columns, tuple(_cells(one) for one in found.records)),
            ListPart("内容・回答", notes=tuple(line for one in found.records for line in _lines(one))),
        ),
        boxes=("区", "取扱責任者"),
        sample=office.settings.training,
    )
    name = f"control-records-{found.today:%Y%m%d}.pdf"
    return make_list(office, session, name, sheet, "control_records", len(found.records), Action.VIEW_CONTROLS)


def _cells(one: ControlRecord) -> tuple[str, ...]:
    wanted = one.wanted
    due = f"{wanted.due:%Y-%m-%d}" if wanted.due else ""
    return (f"{wanted.day:%Y-%m-%d}", wanted.kind.label, wanted.title, due, one.state)


def _lines(one: ControlRecord) -> list[str]:
    said = [f"　回答({answer.at[:10]}) {answer.words}" for answer in one.answers]
    ended = [f"　終わり({one.settled.at[:10]}) {one.settled.words}"] if one.settled else []
    return [f"{one.wanted.day:%Y-%m-%d} {one.wanted.kind.label} {one.wanted.title}: {one.wanted.words}", *said, *ended]
