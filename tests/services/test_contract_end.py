"""契約終了: everything goes and does not come back; and what is due by the ward's 保存期間. A room with one terminal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from nhi_center.domain.erasure import Scope, State, due_months
from nhi_center.domain.operators import Session
from nhi_center.errors import EnvironmentTrouble
from nhi_center.gateway import rules
from nhi_center.gateway.database import connect
from nhi_center.gateway.enrolment import signing_key
from nhi_center.gateway.local_postgres import LocalPostgres
from nhi_center.services import audit_log, backup, copies, erasure, month_keys, takeover, today
from nhi_center.services.office import Office
from nhi_center.services.session import sign_in
from nhi_center.services.sync import synchronise
from tests.services.test_erasure import SUPERVISOR, WARD, desk, over, personal, quiet, settle
from tests.support.office import PASSWORDS, advance, as_person
from tests.support.postgres import RunningGateway, new_database, postgres

__all__ = ["desk", "over", "postgres"]


@pytest.fixture
def gateway(postgres: LocalPostgres, tmp_path: Path) -> Iterator[RunningGateway]:
    """One for each test: the room has no other terminal."""
    with new_database(postgres) as dsn:
        running = RunningGateway(tmp_path / "gateway", dsn, training=False)
        running.start()
        yield running
        assert running.stop() == 0


def publish(gateway: RunningGateway, folder: Path, months: int) -> None:
    file = folder / "retention.toml"
    file.write_text(f'company = "見本"\nkeep_months = {months}\n', encoding="utf-8")
    with connect(gateway.dsn) as connection:
        rules.publish(connection, rules.read(file, date(2026, 11, 2), ("甲", "乙")), signing_key(gateway.folder))


def test_what_is_due_is_shown(over: tuple[Office, Session], gateway: RunningGateway, tmp_path: Path) -> None:
    office, ward = over
    supervisor = as_person(office, "s-toko")

    def shown() -> tuple[list[bool], list[str]]:
        synchronise(office)
        lines = [task.state for task in today.today(office, supervisor).tasks if task.screen == "erasure"]
        return [one.due for one in erasure.targets(office, ward) if one.scope is Scope.MONTH], lines

    assert shown() == ([False], []), "the ward has set no period"
    publish(gateway, tmp_path, 1)
    assert shown() == ([False], []), "a whole month has not passed since the end of November"
    advance(office.premises, days=31)
    assert shown() == ([True], ["保存期間を過ぎました"])
    clerk = today.today(office, as_person(office, "k-ichiro")).tasks
    assert [task for task in clerk if task.screen == "erasure"] == []


@pytest.mark.parametrize(
    ("keep", "day", "due"),
    [
        (0, date(2030, 1, 1), ()),
        (1, date(2026, 12, 31), ()),
        (1, date(2027, 1, 1), ("2026-11",)),
        (2, date(2027, 2, 28), ("2026-11",)),
        (12, date(2027, 11, 30), ()),
        (12, date(2028, 1, 1), ("2026-11", "2026-12")),
    ],
)
def test_whole_months_pass_first(keep: int, day: date, due: tuple[str, ...]) -> None:
    assert due_months(("2026-11", "2026-12", "2027-11"), keep, day) == due


def test_at_the_end_of_the_contract_everything_goes_and_does_not_come_back(
    over: tuple[Office, Session], gateway: RunningGateway
) -> None:
    office, ward = over
    settle(office)
    month_keys.ensure_month_key(office)
    synchronise(office)
    plan = erasure.plan(office, ward, Scope.ALL)
    assert plan.obstacles == ()
    lines = takeover.checklist(office, as_person(office, "s-toko"))
    assert len(lines) > 20
    assert {line.number for line in lines} == {0}
    with office.store.read.begin() as connection:
        people = connection.execute(text("SELECT count(*) FROM person")).scalar_one()
    assert {one.item: one.number for one in plan.counts}["persons"] == people > 0
    kept = erasure.agree(office, ward, plan, "4階 事務室", SUPERVISOR, WARD)
    done = erasure.go_on(office, ward, kept.id)
    assert [one for one in done.findings if not one.good] == []
    assert personal(office) == []
    with office.store.read.begin() as connection:
        for table in ("person", "person_version", "result", "pseudonym_key", "lease", "renewal_person"):
            assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == 0, table
        found = connection.execute(
            text("SELECT count(*) FROM person_bigram WHERE person_bigram MATCH '\"kカツ kツラ\"'")
        ).scalar_one()
    assert found == 0
    assert [one for one in copies.ledger(office, ward) if not one.erased] == []
    synchronise(office)
    with office.store.read.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM person")).scalar_one() == 0
    assert month_keys.ensure_month_key(office) is office
    with pytest.raises(EnvironmentTrouble, match="BK-02"):
        backup.back_up(office, quiet)
    assert audit_log.check(office, as_person(office, "s-toko")).fault == ""
    again, _session = sign_in_again(office)
    assert erasure.every(again, as_person(again, "s-toko"))[0].state is State.DONE
    again.store.close()


def sign_in_again(office: Office) -> tuple[Office, Session]:
    office.store.close()
    return sign_in(office.premises, "40127", PASSWORDS["40127"])
