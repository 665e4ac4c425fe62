"""A terminal dies at noon: the room gives it up, a spare machine is set up by a one-time code, and its papers are keyed again.

Every hand that is moved is written down: how many there are is what half an hour has to suffice for.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from nhi_center.domain import contract as domain_contract
from nhi_center.domain.custody import Pieces
from nhi_center.domain.entry import State
from nhi_center.domain.operators import Action
from nhi_center.gateway.local_postgres import LocalPostgres
from nhi_center.keys.accounts import to_json
from nhi_center.keys.passwords import FLOOR
from nhi_center.keys.room_key import to_json as key_json
from nhi_center.services import entry_list, going_live, lost_terminals, standing, verification, ward_people
from nhi_center.services.first_start import FirstStart
from nhi_center.services.premises import open_premises
from nhi_center.services.session import sign_in, terminal_session
from nhi_center.services.sync import synchronise
from nhi_center.services.work import begin
from nhi_center.settings import load as load_settings
from nhi_center.storage import contract, roster
from nhi_center.storage import entry as applications
from tests.services.test_conflicts import SUPERVISOR, WARD, supervise
from tests.services.test_first_start import Setting
from tests.services.test_leases import entered, hand_over, on_hand
from tests.services.test_verification import key_all
from tests.support import office as support
from tests.support.lease_room import Desk, close, exchange, terminals
from tests.support.office import OPENING, PASSWORDS, HandClock
from tests.support.papers import key_opened, register_people
from tests.support.postgres import RunningGateway, new_database
from tests.support.secret_service import secret_service
from tests.support.two_terminals import ADMIN

__all__ = ["secret_service"]

MOST_STEPS = 14


class Steps(list[str]):
    """What people do, in order: (who) what."""

    def __call__(self, who: str, what: str) -> None:
        self.append(f"{who}: {what}")


@pytest.fixture
def ward(postgres: LocalPostgres, tmp_path: Path) -> Iterator[RunningGateway]:
    with new_database(postgres) as dsn:
        running = RunningGateway(tmp_path / "ward", dsn, training=False)
        running.start()
        yield running
        assert running.stop() == 0


@pytest.fixture
def room(ward: RunningGateway, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Desk, Desk]]:
    """T1 and T2 of a room whose people, key, roster and contract the segment knows, as it does of a room that was founded."""
    monkeypatch.setattr(support, "CHEAP", FLOOR)
    first, second = terminals(ward, tmp_path, ("k-ichiro", "k-hanako"))
    office = first[0]
    accounts = sorted(office.premises.accounts.every(), key=lambda one: one.person != ADMIN)
    with begin(office, terminal_session(office), Action.SYNC) as unit:
        for account in accounts:
            unit.record("account", to_json(account))
        key = office.premises.room_keys.newest()
        assert key is not None
        unit.record("room_key", key_json(key))
        for event in roster.events(unit.connection):
            told = {"person": event.person, "revision": event.revision, "act": event.act.value, "at": event.at, "by": event.by}
            unit.record("roster", {"event": told | {"body": event.body}, "entry": {}})
        for kept in contract.every(unit.connection):
            unit.record("contract", domain_contract.told(kept.contract, kept.signatures, kept.at, kept.by))
    for desk in (first, second):
        register_people(desk[0])
    exchange(first, second, rounds=2)
    yield first, second
    close(first, second)


def set_up_spare(step: Steps, ward: RunningGateway, folder: Path) -> Setting:
    """What the ward does on a machine that was never used, up to the signed checklist."""
    spare = Setting(folder, ward, "T-SPARE")
    spare.start = FirstStart(spare.folder / "config", HandClock(OPENING))
    step("区管理者", "予備機で端末の名前と業務フォルダーを決める")
    spare.names()
    step("区管理者", "端末の鍵を作る")
    spare.makes_keys()
    step("区職員", "区のサーバで一回だけの符号を出す")
    step("区管理者", "符号と指紋を打ち、登録する")
    spare.joins()
    step("区管理者", "復旧の公開鍵の指紋を照らす")
    spare.keeps_recovery_key()
    step("区管理者", "サインインして部屋に加わる")
    spare.plan = ward_people.join_and_begin(spare.start, spare.plan, ADMIN, PASSWORDS[ADMIN])
    step("区管理者", "区の人と証の行き先を決める")
    spare.up_to_checklist()
    step("区管理者", "稼働前点検表に署名する")
    spare.signs(ADMIN, PASSWORDS[ADMIN])
    office, _session = spare.start.at_work()
    synchronise(office)
    register_people(office)  # the register itself comes with the exchange; this gateway has none
    ward_people.put_down(spare.start)
    return spare


def test_a_spare_is_at_work_after_a_few_steps(
    room: tuple[Desk, Desk], ward: RunningGateway, secret_service: None, tmp_path: Path
) -> None:
    first, second = room
    step = Steps()
    shared_id, shared = entered(first)  # handed on to T2 before the fall: untouched by it
    hand_over(first, second, shared)
    _lost_id, lost = entered(first)  # keyed, sent to nobody but the segment
    exchange(first, second)
    first[0].premises.link.close()  # T1 says nothing more

    step("取扱責任者と区職員", "T2 で T1 を使えない端末とし、二人が署名する")
    lost_terminals.declare(*supervise(second), first[0].terminal, "電源が入らない", SUPERVISOR, WARD)
    exchange(second, rounds=2)
    (there,) = standing.of_room(*second)
    assert (there.failed, there.gone) == (True, 0)

    spare = set_up_spare(step, ward, tmp_path)
    premises = open_premises(load_settings(spare.start.folder / going_live.SETTINGS_FILE), spare.start.clock)
    step("取扱者と区管理者", "取扱者が予備機に入る(初めてなので立ち会う)")
    desk = sign_in(premises, "k-ichiro", PASSWORDS["k-ichiro"], voucher=(ADMIN, PASSWORDS[ADMIN]))
    try:
        exchange(desk)
        papers = lost_terminals.papers(*desk, first[0].terminal)
        assert [(one.number, one.again) for one in papers] == [(lost.number, True)]
        step("取扱者", "一覧の紙を T1 の机から取り、数えて引き取る")
        lost_terminals.key_again(*desk, first[0].terminal, lost.id, "F02", lost.sheets)
        step("取扱者", "もう一度入力する")
        (row,) = entry_list.waiting(*desk)
        assert row.slip.number == lost.number
        again = key_opened(*desk, "F02", f"nhi-center:slip:{lost.id}")
        exchange(desk, second)
        assert ward.scalar("SELECT holder FROM lease WHERE slip = %s", lost.id) == "T-SPARE"
        assert ward.scalar("SELECT terminal FROM record WHERE body ->> 'application' = %s", again) == "T-SPARE"
        assert on_hand(desk) == Pieces(lost.sheets)
        # what T2 had taken before goes on there, as if nothing had been
        key_all(*second, shared_id)
        verification.finish(*second, shared_id)
        with second[0].store.read.begin() as connection:
            found = applications.find(connection, shared_id)
        assert found is not None
        assert found.state is State.VERIFIED
        assert all(one.gone == lost.sheets for one in standing.of_room(*second) if one.terminal == first[0].terminal)
    finally:
        desk[0].store.close()
        premises.close()
    assert len(step) <= MOST_STEPS, "\n".join(step)
