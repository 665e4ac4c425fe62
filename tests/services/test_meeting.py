"""Both sides meet before a row moves: a side put back from a backup, clocks apart, what was refused, what both hold at night."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from nhi_center.domain.day_close import Closed
from nhi_center.domain.numbers import Kind
from nhi_center.domain.operators import Action
from nhi_center.domain.people import person_to_json
from nhi_center.domain.room_rules import RoomRules
from nhi_center.errors import EnvironmentTrouble, OperatorError
from nhi_center.gateway import meeting as at_the_gateway
from nhi_center.gateway import terminal_states
from nhi_center.gateway.database import connect, local_today
from nhi_center.link.client import GatewayLink
from nhi_center.services import day_close, meeting, numbers, sync_state
from nhi_center.services.presence import check_in
from nhi_center.services.session import sign_in
from nhi_center.services.sync import synchronise
from nhi_center.services.work import begin
from nhi_center.storage import audit, exchange, outbox, register
from tests.storage.test_register import KATSURAGI, TSUJI
from tests.support.office import PASSWORDS, as_person
from tests.support.postgres import RunningGateway, utc_now
from tests.support.station import log_of
from tests.support.terminals import Desk, close_terminal, gateway, open_terminal

__all__ = ["gateway"]


@pytest.fixture
def desk(gateway: RunningGateway, tmp_path: Path) -> Iterator[Desk]:
    made = open_terminal(gateway, tmp_path)
    synchronise(made[0])
    yield made
    close_terminal(made[0])


def tell(desk: Desk, *applications: str, kind: str = "review") -> None:
    """A record about each of these cases."""
    with begin(*desk, Action.CHECK_PRESENCE) as unit:
        for application in applications:
            unit.record(kind, {"application": application})


def steps(desk: Desk, action: str = "sync") -> list[str]:
    return [entry["facts"]["step"] for entry in log_of(desk[0], action) if "step" in entry["facts"]]


def code_of(desk: Desk) -> str:
    with pytest.raises(EnvironmentTrouble) as caught:
        synchronise(desk[0])
    return caught.value.code


def held(gateway: RunningGateway, desk: Desk) -> object:
    return gateway.scalar("SELECT count(*) FROM record WHERE terminal = %s", desk[0].terminal)


# -- one side put back from a backup --


def put_back(desk: Desk, copy: Path) -> Desk:
    """The store as it was when ``copy`` was made, with its ward staff signed in again."""
    office = desk[0]
    office.store.close()
    folder = office.settings.store.parent
    for file in folder.iterdir():
        file.unlink()
    for file in copy.iterdir():
        shutil.copy2(file, folder / file.name)
    return sign_in(office.premises, "40127", PASSWORDS["40127"])


def copy_of(desk: Desk, folder: Path) -> Path:
    """Nobody writes: the file and its log are one state."""
    shutil.copytree(desk[0].settings.store.parent, folder)
    return folder


def test_a_store_put_back_is_stopped_then_goes_on_behind_what_the_segment_holds(gateway: RunningGateway, tmp_path: Path) -> None:
    desk = open_terminal(gateway, tmp_path)
    synchronise(desk[0])
    check_in(*desk, "k-ichiro", "01")
    copy = copy_of(desk, tmp_path / "copy")
    with begin(*desk, Action.HANDOVER) as unit:
        given = numbers.take(unit, Kind.SLIP, 3)
    check_in(*desk, "k-hanako", "02")
    synchronise(desk[0])
    before = held(gateway, desk)
    desk = put_back(desk, copy)
    try:
        for _again in range(2):
            assert code_of(desk) == "LK-08"
        assert steps(desk).count("stopped") == 1
        state = sync_state.read(*desk)
        assert (state.stopped, state.failures, state.failed) == ("LK-08", 2, "LK-08")
        assert state.cautions[0].key == "stopped"
        assert held(gateway, desk) == before
        with pytest.raises(OperatorError):
            meeting.resume(*desk)
        done = meeting.resume(desk[0], as_person(desk[0], "s-toko"))
        assert done.code == "LK-08"
        with pytest.raises(EnvironmentTrouble) as caught:  # the shortened log is the ward's affair: the gateway's own refusal
            synchronise(desk[0])
        assert caught.value.code == "LK-03"
        with desk[0].store.read.begin() as connection:
            assert outbox.counts(connection)["refused"] == outbox.counts(connection)["waiting"] == 0
        with begin(*desk, Action.HANDOVER) as unit:
            assert not set(given) & set(numbers.take(unit, Kind.SLIP, 3)), "what may be on paper already is not given again"
        check_in(*desk, "s-toko", "03")
        with pytest.raises(EnvironmentTrouble):
            synchronise(desk[0])
        assert gateway.scalar("SELECT count(*) FROM record WHERE body::text LIKE '%%s-toko%%' AND kind = 'presence'") == 1
        assert sync_state.read(*desk).stopped == ""
    finally:
        close_terminal(desk[0])


def test_rows_made_after_it_was_put_back_do_not_hide_it(gateway: RunningGateway, tmp_path: Path) -> None:
    """Its numbers have passed the segment's already: the row under the newest of them is another one."""
    desk = open_terminal(gateway, tmp_path)
    synchronise(desk[0])
    copy = copy_of(desk, tmp_path / "copy")
    tell(desk, "a-1", kind="application")
    synchronise(desk[0])
    desk = put_back(desk, copy)
    try:
        tell(desk, "b-1", "b-2", "b-3", kind="application")
        assert code_of(desk) == "LK-08"
        assert meeting.resume(desk[0], as_person(desk[0], "s-toko")).rows >= 3
        with pytest.raises(EnvironmentTrouble):
            synchronise(desk[0])
        told = {"a-1", "b-1", "b-2", "b-3"}
        found = gateway.scalar("SELECT count(*) FROM record WHERE body ->> 'application' = ANY(%s)", list(told))
        assert found == len(told)
    finally:
        close_terminal(desk[0])


def test_a_gateway_put_back_is_stopped_then_gets_everything_again(desk: Desk, gateway: RunningGateway) -> None:
    office, session = desk
    put_change(gateway, person_to_json(KATSURAGI))
    synchronise(office)
    kept, anchored = held(gateway, desk), gateway.scalar("SELECT max(seq) FROM audit_entry")
    cursor = gateway.scalar("SELECT max(cursor) FROM change")
    tell(desk, "a-1", "a-2", kind="application")
    check_in(office, session, "k-ichiro", "01")
    put_change(gateway, person_to_json(TSUJI))
    synchronise(office)
    whole = held(gateway, desk)
    with psycopg.connect(gateway.dsn) as connection:  # as its backup of then has it
        connection.execute("SET session_replication_role = replica")
        connection.execute("DELETE FROM record WHERE seq > %s", (kept,))
        connection.execute("DELETE FROM audit_entry WHERE seq > %s", (anchored,))
        connection.execute("DELETE FROM audit_anchor WHERE seq > %s", (anchored,))
        connection.execute("DELETE FROM change WHERE cursor > %s", (cursor,))
        connection.execute("DELETE FROM person_now WHERE atena = %s", (TSUJI.atena,))
        connection.execute("SELECT setval('change_cursor', %s)", (cursor,))
    assert code_of(desk) == "LK-09"
    assert held(gateway, desk) == kept
    done = meeting.resume(office, as_person(office, "s-toko"))
    assert done.code == "LK-09"
    moved = replace(KATSURAGI, address="東京都新宿区見本9丁目")
    put_change(gateway, person_to_json(moved))  # under a cursor that was another change's before
    summary = synchronise(office)
    assert held(gateway, desk) == whole
    assert gateway.scalar("SELECT max(seq) FROM audit_entry") == summary.anchored
    with office.store.read.begin() as connection:
        assert register.find(connection, KATSURAGI.atena) == moved
        assert audit.sent_up_to(connection) == summary.anchored
    assert synchronise(office).sent == 0
    assert "resume" in steps(desk, "repair_sync")


def test_after_restore_stops_every_terminal_and_passes_over_what_may_have_been_given(
    desk: Desk, gateway: RunningGateway, tmp_path: Path
) -> None:
    with begin(*desk, Action.HANDOVER) as unit:
        given = numbers.take(unit, Kind.SLIP, 5)
    with psycopg.connect(gateway.dsn) as connection:  # its backup is older than the blocks
        connection.execute("SET session_replication_role = replica")
        connection.execute("DELETE FROM number_block")
        connection.execute("DELETE FROM number_next")
    with connect(gateway.dsn) as connection:
        with pytest.raises(OperatorError):
            at_the_gateway.put_back(connection, desk[0].clock.today(), " ")
        line = at_the_gateway.put_back(connection, desk[0].clock.today(), "区管理者")
    assert line
    assert code_of(desk) == "LK-09"
    other = open_terminal(gateway, tmp_path / "other")  # knows no other line
    try:
        synchronise(other[0])
        with begin(*other, Action.HANDOVER) as unit:
            assert not set(given) & set(numbers.take(unit, Kind.SLIP, 40)), "of a terminal that comes first"
    finally:
        close_terminal(other[0])
    meeting.resume(desk[0], as_person(desk[0], "s-toko"))
    synchronise(desk[0])
    assert sync_state.read(*desk).stopped == ""


def put_change(gateway: RunningGateway, body: dict[str, object]) -> None:
    with psycopg.connect(gateway.dsn) as connection:
        connection.execute(
            "INSERT INTO change (kind, id, body) VALUES ('person', %s, %s::jsonb)",
            (body["atena"], json.dumps(body, ensure_ascii=False)),
        )


def test_there_is_nothing_to_resume_while_the_exchange_goes_on(desk: Desk) -> None:
    with pytest.raises(OperatorError) as caught:
        meeting.resume(desk[0], as_person(desk[0], "s-toko"))
    assert caught.value.code == "not-stopped"


# -- clocks --


def with_clock(desk: Desk, ahead: timedelta) -> Desk:
    """The same terminal with its clock put forward."""
    office = desk[0]
    link = office.premises.link
    assert isinstance(link, GatewayLink)
    link.close()
    stepped = GatewayLink(link._settings, lambda: utc_now() + ahead)
    return replace(office, premises=replace(office.premises, link=stepped)), desk[1]


def test_a_clock_that_is_a_minute_off_is_shown_and_kept_once(desk: Desk, gateway: RunningGateway) -> None:
    stepped = with_clock(desk, timedelta(seconds=90))
    for _again in range(2):
        synchronise(stepped[0])
    assert steps(desk).count("clock_apart") == 1
    (entry,) = [one for one in log_of(desk[0], "sync") if one["facts"].get("step") == "clock_apart"]
    assert -92 <= entry["facts"]["seconds"] <= -88
    (caution,) = sync_state.read(*stepped).cautions
    assert caution.key == "clock"
    assert "秒進んでいます" in caution.words
    with connect(gateway.dsn) as connection:
        (told,) = terminal_states.every(connection, local_today(connection), RoomRules())
    assert 88 <= told["clock_ahead_seconds"] <= 92
    assert "時計が合わない" in told["red"]
    stepped[0].premises.link.close()
    right = with_clock(desk, timedelta(seconds=5))
    synchronise(right[0])
    assert steps(desk).count("clock_right") == 1
    assert sync_state.read(*right).cautions == ()
    right[0].premises.link.close()


def test_a_clock_that_is_far_off_stops_the_exchange_and_is_kept_too(desk: Desk) -> None:
    stepped = with_clock(desk, timedelta(minutes=-20))
    assert code_of(stepped) == "LK-05"
    assert steps(desk).count("clock_apart") == 1
    assert sync_state.read(*stepped).failed == "LK-05"
    stepped[0].premises.link.close()


# -- refused rows --


def test_a_refused_row_holds_up_its_own_case_alone(desk: Desk, gateway: RunningGateway) -> None:
    office, _session = desk
    tell(desk, "a-1", kind="no-such-kind")
    tell(desk, "a-1", "a-1", "b-1", kind="application")
    summary = synchronise(office)
    assert summary.refused == outbox.REFUSED_AFTER
    state = sync_state.read(*desk)
    assert [(one.about, one.behind) for one in state.refused] == [("no-such-kind", 2)]
    assert state.waiting == 2
    sent = "SELECT count(*) FROM record WHERE kind = 'application' AND body ->> 'application' = %s"
    assert (gateway.scalar(sent, "a-1"), gateway.scalar(sent, "b-1")) == (0, 1)
    (row,) = state.refused
    with office.store.write.begin() as connection:  # the cause is put right
        connection.execute(text("UPDATE outbox SET kind = 'application' WHERE seq = :seq"), {"seq": row.number})
    meeting.send_again(office, as_person(office, "s-toko"), row.number)
    synchronise(office)
    assert gateway.scalar(sent, "a-1") == 3
    assert sync_state.read(*desk).refused == ()
    with pytest.raises(OperatorError) as caught:
        meeting.send_again(office, as_person(office, "s-toko"), row.number)
    assert caught.value.code == "not-refused"


def test_a_clerk_repairs_nothing(desk: Desk) -> None:
    with pytest.raises(OperatorError, match="あなたの役割") as caught:
        meeting.send_again(desk[0], as_person(desk[0], "k-ichiro"), 1)
    assert caught.value.code == "not-permitted"


# -- failures, and the day close --


def test_failures_in_a_row_are_counted_until_one_exchange_ends(desk: Desk, gateway: RunningGateway) -> None:
    gateway.stop(kill=True)
    try:
        for _again in range(3):
            assert code_of(desk) == "LK-01"
    finally:
        gateway.start()
    state = sync_state.read(*desk)
    assert (state.failures, state.failed) == (3, "LK-01")
    assert [caution.key for caution in state.cautions] == ["failing"]
    synchronise(desk[0])
    state = sync_state.read(*desk)
    assert (state.failures, state.failed) == (0, "")


def test_after_ninety_days_what_both_sides_hold_leaves_the_outbox(
    desk: Desk, gateway: RunningGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(desk, "a-1", "a-2", "a-3", kind="application")
    close_day(desk, monkeypatch)
    synchronise(desk[0])
    with desk[0].store.write.begin() as connection:
        old = "2026-01-05T00:00:00+00:00"
        connection.execute(text("UPDATE outbox SET made_at = :old WHERE kind = 'application'"), {"old": old})
        exchange.keep(connection, "tidied", "2026-11-20")
        before = outbox.counts(connection)["sent"]
    synchronise(desk[0])
    with desk[0].store.read.begin() as connection:
        assert outbox.counts(connection)["sent"] == before - 2, "the newest stays: by it both sides know each other"
    synchronise(desk[0])
    assert sync_state.read(*desk).stopped == ""
    assert gateway.scalar("SELECT count(*) FROM record WHERE kind = 'application'") == 3, "the gateway keeps every id"


def close_day(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(day_close, "closed", lambda _office, _connection, _day: Closed("統子", "17:15", {}))


def test_both_sides_agree_on_counts_and_digests_at_the_day_close(
    desk: Desk, gateway: RunningGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(desk, "a-1", "a-2", kind="application")
    synchronise(desk[0])
    assert sync_state.read(*desk).agreed == ""
    close_day(desk, monkeypatch)
    synchronise(desk[0])
    assert sync_state.read(*desk).agreed
    (entry,) = [one for one in log_of(desk[0], "sync") if one["facts"].get("step") == "compared"]
    assert entry["facts"]["agrees"] is True
    assert entry["facts"]["rows"] == held(gateway, desk)
    synchronise(desk[0])
    assert steps(desk).count("compared") == 1, "nothing new to compare"


def test_a_difference_at_the_day_close_is_kept_and_shown(
    desk: Desk, gateway: RunningGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(desk, "a-1", "a-2", kind="application")
    synchronise(desk[0])
    with desk[0].store.write.begin() as connection:
        connection.execute(text("UPDATE outbox SET body = '{}' WHERE seq = (SELECT max(seq) FROM outbox)"))
        exchange.keep(connection, "agreed_upto", 0)
    close_day(desk, monkeypatch)
    for _again in range(2):
        synchronise(desk[0])
    state = sync_state.read(*desk)
    assert (state.agreed, [caution.key for caution in state.cautions]) == ("differs", ["differs"])
    (entry,) = [one for one in log_of(desk[0], "sync") if one["facts"].get("step") == "compared"]
    assert entry["facts"]["agrees"] is False
