"""情報管理台帳: a line for every second copy by itself, the ward's 承諾番号 single or standing, and what became of each."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from nhi_center import files as files_module
from nhi_center.domain.copies import Kind
from nhi_center.domain.operators import Action, Session
from nhi_center.errors import EnvironmentTrouble, OperatorError
from nhi_center.printing.sheets import ListSheet
from nhi_center.services import backup, copies, copy_lines, documents, erasure_files, leaving, takers
from nhi_center.services.month_keys import ensure_month_key
from nhi_center.services.office import Office
from nhi_center.services.room import RoomRecord
from nhi_center.services.work import begin
from nhi_center.storage import copies as storage
from nhi_center.storage import register
from tests.domain.test_call_check import PERSON
from tests.services.test_backup import quiet
from tests.support.office import advance, as_person, desk, premises
from tests.support.papers import register_people
from tests.support.station import log_of

__all__ = ["desk", "premises"]

Desk = tuple[Office, Session]
FIRST, LAST = date(2026, 4, 1), date(2027, 3, 31)


def lines(office: Office) -> list[tuple[Kind, str, str, bool]]:
    """Kind, place, 承諾番号, and whether it is gone."""
    return [(one.kind, one.place, one.approval, bool(one.erased)) for one in copies.ledger(office, as_person(office, "s-toko"))]


def test_a_backup_has_its_line_and_loses_it_with_the_file(desk: Desk) -> None:
    office = ensure_month_key(desk[0])
    made = [backup.back_up(office, quiet).name]
    assert lines(office) == [(Kind.BACKUP, made[0], "", False)]
    assert copies.approve(office, as_person(office, "40127"), "新総情 第12号", (Kind.BACKUP,), FIRST, LAST, True) == 1
    for _day in range(backup.KEPT):
        advance(office.premises, days=1)
        made.append(backup.back_up(office, quiet).name)
    assert {line[1] for line in lines(office) if not line[3]} == set(made[1:])
    assert [line[1] for line in lines(office) if line[3]] == made[:1]
    assert {line[2] for line in lines(office)} == {"新総情 第12号"}, "a standing one is given to what comes later too"


def test_a_list_with_names_has_one_and_a_list_of_counts_has_none(desk: Desk) -> None:
    office, _session = desk
    supervisor = as_person(office, "s-toko")
    sheet = ListSheet("発行一覧", "", "", sample=True)
    office.premises.pdf.start()
    try:
        documents.make_list(office, supervisor, "issued-1.pdf", sheet, "issued", 3, Action.PRINT)
        documents.make_list(office, supervisor, "handovers-1.pdf", sheet, "handovers", 9, Action.HANDOVER)
        assert [(one.kind, one.place, one.count) for one in copies.ledger(office, supervisor)] == [(Kind.LIST, "issued-1.pdf", 3)]
        paper = copies.write_ledger(office, supervisor)
    finally:
        office.premises.pdf.stop()
    assert paper.name == "copy-ledger-T04-20261124.pdf"
    assert log_of(office, "copy_ledger")[-1]["facts"]["sheets"] == 1


def test_the_copy_of_the_register_is_one_line(desk: Desk) -> None:
    office, _session = desk
    register_people(office)
    for _time in range(2):
        with begin(office, as_person(office, "k-ichiro"), Action.HANDOVER) as unit:
            copy_lines.note_register(unit)
    assert [(kind, place) for kind, place, _number, _gone in lines(office)] == [(Kind.REGISTER, "データベース")]
    with office.store.write.begin() as connection:
        before = storage.people(connection)
        register.put_people(connection, [(9, PERSON)])
    assert [one.count for one in copies.ledger(office, as_person(office, "s-toko"))] == [before + 1]


def test_a_single_number_is_for_one_copy_and_only_the_ward_gives_one(desk: Desk) -> None:
    office, _session = desk
    ward = as_person(office, "40127")
    with begin(office, ward, Action.HANDOVER) as unit:
        for name in ("a.pdf", "b.pdf"):
            copy_lines.note(unit, Kind.LIST, 1, name)
    with pytest.raises(OperatorError, match="役割"):
        copies.approve(office, as_person(office, "s-toko"), "第1号", (Kind.LIST,), FIRST, LAST, False)
    assert copies.approve(office, ward, "第1号", (Kind.LIST,), FIRST, LAST, False) == 1
    assert sorted(number for _kind, _place, number, _gone in lines(office)) == ["", "第1号"]
    for number, kinds, last, field in (
        ("第1号", (Kind.LIST,), LAST, "number"),
        (" ", (Kind.LIST,), LAST, "number"),
        ("第2号", (), LAST, "kind"),
        ("第2号", (Kind.LIST,), date(2026, 3, 1), "last"),
    ):
        with pytest.raises(OperatorError) as refused:
            copies.approve(office, ward, number, kinds, FIRST, last, True)
        assert refused.value.field == field
    assert copies.approve(office, ward, "第3号", (Kind.BACKUP,), FIRST, LAST, True) == 0, "another kind"


def test_a_single_number_given_before_is_for_the_next_copy_alone(desk: Desk) -> None:
    office, _session = desk
    ward = as_person(office, "40127")
    assert copies.approve(office, ward, "第9号", (Kind.LIST,), FIRST, LAST, False) == 0
    with begin(office, ward, Action.HANDOVER) as unit:
        copy_lines.note(unit, Kind.BACKUP, 1, "x.db")
        for name in ("a.pdf", "b.pdf"):
            copy_lines.note(unit, Kind.LIST, 1, name)
    assert {place: number for _kind, place, number, _gone in lines(office)} == {"a.pdf": "第9号", "b.pdf": "", "x.db": ""}


def test_what_was_given_back_is_not_erased_and_a_line_stands(desk: Desk) -> None:
    office, _session = desk
    supervisor = as_person(office, "s-toko")
    with begin(office, supervisor, Action.HANDOVER) as unit:
        copy_lines.note(unit, Kind.LIST, 1, "a.pdf")
    line = copies.ledger(office, supervisor)[0]
    copies.give_back(office, supervisor, line.id)
    assert copies.ledger(office, supervisor)[0].returned == "2026-11-24"
    with pytest.raises(OperatorError, match="返したか消去"):
        copies.give_back(office, supervisor, line.id)
    for statement in (
        "DELETE FROM second_copy",
        "UPDATE second_copy SET returned = ''",
        "UPDATE second_copy SET kind = 'backup'",
    ):
        with pytest.raises(IntegrityError), office.store.write.begin() as connection:
            connection.execute(text(statement))


def told(office: Office, **changes: object) -> str:
    """What a terminal of the room tells of a number; gives why it was not believed."""
    body = {"number": "第7号", "kinds": ["list"], "standing": True, "first": FIRST.isoformat(), "last": LAST.isoformat()}
    body |= {"at": "2026-11-24T10:00:00+09:00", "by": "40127", **changes}
    with office.store.write.begin() as connection:
        return takers.take(office, connection, RoomRecord(1, str(uuid4()), copies.KIND, "T05", body))


def test_a_number_of_another_terminal_counts_here_when_it_is_standing(desk: Desk) -> None:
    office, _session = desk
    ward = as_person(office, "40127")
    with begin(office, ward, Action.HANDOVER) as unit:
        copy_lines.note(unit, Kind.LIST, 1, "a.pdf")
    assert told(office, by="s-toko") == "not-permitted"
    assert told(office, kinds=["papers"]) == "unreadable"
    assert [number for _kind, _place, number, _gone in lines(office)] == [""]
    assert told(office) == ""
    assert told(office) == "", "told again it changes nothing"
    with begin(office, ward, Action.HANDOVER) as unit:
        copy_lines.note(unit, Kind.LIST, 1, "b.pdf")
    assert [number for _kind, _place, number, _gone in lines(office)] == ["第7号", "第7号"]


def test_a_number_for_one_copy_at_another_terminal_is_used_up(desk: Desk) -> None:
    office, _session = desk
    ward = as_person(office, "40127")
    assert told(office, number="第8号", standing=False) == ""
    with begin(office, ward, Action.HANDOVER) as unit:
        copy_lines.note(unit, Kind.LIST, 1, "a.pdf")
    assert [number for _kind, _place, number, _gone in lines(office)] == [""]
    with pytest.raises(OperatorError, match="もう登録"):
        copies.approve(office, ward, "第8号", (Kind.LIST,), FIRST, LAST, False)


def test_the_room_is_told_of_a_number(desk: Desk) -> None:
    office, _session = desk
    copies.approve(office, as_person(office, "40127"), "第9号", (Kind.LIST, Kind.BACKUP), FIRST, LAST, True)
    with office.store.read.begin() as connection:
        body = json.loads(connection.execute(text("SELECT body FROM outbox WHERE kind = 'copy_approval'")).scalar_one())
    assert (body["number"], body["kinds"], body["standing"], body["by"]) == ("第9号", ["list", "backup"], True, "40127")


def test_a_file_that_could_not_be_overwritten_is_not_told_as_erased(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    office, _session = desk
    files = []
    for name in ("issued-20260401-20260430.pdf", "issued-20260501-20260531.pdf"):
        with begin(office, as_person(office, "s-toko"), Action.HANDOVER) as unit:
            copy_lines.note(unit, Kind.LIST, 1, name)
        files.append(office.settings.documents / name)
        files[-1].parent.mkdir(exist_ok=True)
        files[-1].write_bytes(b"x")
    monkeypatch.setattr(leaving, "_days", lambda _office, _connection: 1)
    monkeypatch.setattr(erasure_files, "papers_before", lambda _office, _day: tuple(files))
    overwrite = files_module.overwrite

    def stubborn(file: Path) -> None:
        if file == files[1]:
            raise EnvironmentTrouble("ST-07", "消せません。")
        overwrite(file)

    monkeypatch.setattr(erasure_files, "overwrite", stubborn)
    with pytest.raises(EnvironmentTrouble, match="ST-07"):
        leaving.papers(office)
    assert [file.exists() for file in files] == [False, True]
    gone = {line.place: bool(line.erased) for line in copies.ledger(office, as_person(office, "s-toko"))}
    assert gone == {files[0].name: True, files[1].name: False}
