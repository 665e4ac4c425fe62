"""A verified entry to the standard system and back, through real files, a real gateway and a real store."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from nhi_center.domain import canonical
from nhi_center.domain.entry import State
from nhi_center.domain.operators import Session
from nhi_center.domain.trust import signed_by
from nhi_center.errors import OperatorError
from nhi_center.gateway import enrolment, entries_export, results_import
from nhi_center.gateway.database import Connection, connect
from nhi_center.services import corrections, entry, entry_list, review
from nhi_center.services.office import Office
from nhi_center.services.presence import check_in
from nhi_center.services.sync import synchronise
from nhi_center.storage import register
from nhi_center.storage import review as reviews
from tests.services.test_review import verify
from tests.services.test_verification import state_of
from tests.support.office import as_person
from tests.support.papers import key, receive, register_people
from tests.support.postgres import RunningGateway
from tests.support.station import log_of
from tests.support.terminals import close_terminal, open_terminal, silent_gateway

__all__ = ["silent_gateway"]

HEADING = (
    "識別番号",
    "対象者番号",
    "処理結果",
    "誤りの種類",
    "却下の理由",
    "宛名番号",
    "国保記号番号",
    "枝番",
    "適用区分",
    "処理日",
)
Room = tuple[Office, Session, dict[str, str]]


@pytest.fixture
def ward(gateway: RunningGateway, tmp_path: Path) -> Iterator[Room]:
    """Ward staff, and two verified applications that the gateway has been sent."""
    office, session = open_terminal(gateway, tmp_path)
    for locker, person in enumerate(("k-ichiro", "k-hanako"), 1):
        check_in(office, session, person, f"0{locker}")
    register_people(office)
    ichiro = as_person(office, "k-ichiro")
    receive(office, ichiro, F02=2, F15=2)
    made = {form: key(office, ichiro, form) for form in ("F02", "F15")}
    for application in made.values():
        verify(office, as_person(office, "k-hanako"), application)
    synchronise(office)
    yield office, session, made
    close_terminal(office)


@pytest.fixture
def connection(gateway: RunningGateway) -> Iterator[Connection]:
    with connect(gateway.dsn) as found:
        yield found


def export(gateway: RunningGateway, connection: Connection, path: Path) -> list[dict[str, str]]:
    entries_export.export(connection, path, "区管理者", enrolment.signing_key(gateway.folder))
    connection.commit()
    return rows_of(path) if path.exists() else []


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def results(connection: Connection, path: Path, *rows: dict[str, str]) -> results_import.Imported:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, HEADING, restval="")
        writer.writeheader()
        writer.writerows({"対象者番号": "1", "処理日": "2026-11-24"} | row for row in rows)
    done = results_import.import_file(connection, path, "138040", "区管理者")
    connection.commit()
    return done


def accepted(row: dict[str, str]) -> dict[str, str]:
    numbers = {"国保記号番号": "04-019000001", "枝番": "01", "適用区分": "ウ"}
    return {"識別番号": row["識別番号"], "処理結果": "1", "宛名番号": row["宛名番号"], **numbers}


def test_each_entry_goes_out_once_and_its_file_again_by_number(
    gateway: RunningGateway, connection: Connection, ward: Room, tmp_path: Path
) -> None:
    _office, _session, made = ward
    rows = {row["識別番号"]: row for row in export(gateway, connection, tmp_path / "entries.csv")}
    assert rows.keys() >= set(made.values())
    acquired = rows[made["F02"]]
    assert (acquired["異動区分"], acquired["異動事由"], acquired["異動年月日"]) == ("1", "02", "2026-11-20")
    assert acquired["宛名番号"]
    receipt = json.loads((tmp_path / "entries.csv.receipt.json").read_text(encoding="utf-8"))
    assert receipt["sha256"] == hashlib.sha256((tmp_path / "entries.csv").read_bytes()).hexdigest()
    assert (receipt["rows"], receipt["by"]) == (len(rows), "区管理者")
    signature = receipt.pop("signature")
    public = enrolment.signing_key(gateway.folder).public_key().public_bytes_raw().hex()
    assert signed_by(public, entries_export.PREFIX + canonical.encode(receipt), signature)
    assert export(gateway, connection, tmp_path / "more.csv") == []
    key_ = enrolment.signing_key(gateway.folder)
    entries_export.again(connection, receipt["number"], tmp_path / "again.csv", key_)
    assert (tmp_path / "again.csv").read_bytes() == (tmp_path / "entries.csv").read_bytes()
    with pytest.raises(OperatorError):
        entries_export.again(connection, receipt["number"], tmp_path / "again.csv", key_)
    with pytest.raises(OperatorError):
        entries_export.again(connection, 9999, tmp_path / "other.csv", key_)


def test_accepted_is_reviewed_and_gets_its_number(
    gateway: RunningGateway, connection: Connection, ward: Room, tmp_path: Path
) -> None:
    office, session, made = ward
    rows = {row["識別番号"]: row for row in export(gateway, connection, tmp_path / "entries.csv")}
    answers = [accepted(rows[application]) for application in made.values()]
    done = results(connection, tmp_path / "results.csv", *answers)
    assert (done.accepted, done.rejected, done.known) == (2, 0, 0)
    synchronise(office)
    for application in made.values():
        assert state_of(office, application) is State.REVIEWED
        with office.store.read.begin() as store:
            result = register.find_result(store, application)
            assert result is not None
            assert (result.body["symbol"], result.body["number"], result.body["branch"]) == ("04-01", "9000001", "01")
            (kept,) = reviews.of_application(store, application)
            assert (kept.decision, kept.by) == ("reviewed", "standard-system")
    assert review.waiting(office, session) == ()
    again = results(connection, tmp_path / "results.csv", *answers)
    assert (again.accepted, again.known) == (0, 2)
    synchronise(office)
    assert export(gateway, connection, tmp_path / "more.csv") == []


def test_rejected_comes_back_to_the_keyer_and_goes_out_anew(
    gateway: RunningGateway, connection: Connection, ward: Room, tmp_path: Path
) -> None:
    office, _session, made = ward
    rows = {row["識別番号"]: row for row in export(gateway, connection, tmp_path / "entries.csv")}
    bad = {"識別番号": made["F02"], "処理結果": "2", "誤りの種類": "1", "却下の理由": "前保険者の記号が違います"}
    done = results(connection, tmp_path / "results.csv", bad, accepted(rows[made["F15"]]))
    assert (done.accepted, done.rejected) == (1, 1)
    synchronise(office)
    assert (state_of(office, made["F02"]), state_of(office, made["F15"])) == (State.DRAFTING, State.REVIEWED)
    ichiro = as_person(office, "k-ichiro")
    row = next(row for row in entry_list.waiting(office, ichiro) if row.application and row.application.id == made["F02"])
    assert row.sent_back == "入力誤り: 前保険者の記号が違います"
    synchronise(office)
    assert state_of(office, made["F02"]) is State.DRAFTING
    opened = entry.open_slip(office, ichiro, row.slip.id)
    entry.finish(office, ichiro, made["F02"], opened.application.draft)
    verify(office, as_person(office, "k-hanako"), made["F02"])
    synchronise(office)
    assert state_of(office, made["F02"]) is State.VERIFIED, "an answer to what was keyed before is none to this"
    (second,) = export(gateway, connection, tmp_path / "second.csv")
    assert second["識別番号"] == made["F02"]
    results(connection, tmp_path / "results.csv", accepted(second))
    synchronise(office)
    assert state_of(office, made["F02"]) is State.REVIEWED


def test_rejected_after_the_ward_reviewed_on_screen_becomes_a_correction(
    gateway: RunningGateway, connection: Connection, ward: Room, tmp_path: Path
) -> None:
    office, session, made = ward
    export(gateway, connection, tmp_path / "entries.csv")
    review.record_reviewed(office, session, [made["F02"]])
    bad = {"識別番号": made["F02"], "処理結果": "2", "却下の理由": "二重の届出です"}
    results(connection, tmp_path / "results.csv", bad)
    synchronise(office)
    assert state_of(office, made["F02"]) is State.REVIEWED
    (again,) = [row for row in entry_list.waiting(office, as_person(office, "k-ichiro")) if row.application and row.sent_back]
    assert "二重の届出です" in again.sent_back


def test_an_answer_to_what_is_held_changes_nothing_and_is_in_the_log(
    gateway: RunningGateway, connection: Connection, ward: Room, tmp_path: Path
) -> None:
    office, session, made = ward
    rows = {row["識別番号"]: row for row in export(gateway, connection, tmp_path / "entries.csv")}
    results(connection, tmp_path / "results.csv", *(accepted(rows[application]) for application in made.values()))
    corrections.withdraw(office, session, made["F02"], "届出人の申出")
    synchronise(office)
    assert (state_of(office, made["F02"]), state_of(office, made["F15"])) == (State.RETURNED, State.REVIEWED)
    (denied,) = [one for one in log_of(office, "denied") if one["facts"].get("kind") == "result"]
    assert (denied["subject"], denied["facts"]["reason"]) == (made["F02"], "not-this-step")


def test_a_bad_file_of_results_is_named_and_nothing_is_taken(
    gateway: RunningGateway, connection: Connection, ward: Room, tmp_path: Path
) -> None:
    office, _session, made = ward
    rows = {row["識別番号"]: row for row in export(gateway, connection, tmp_path / "entries.csv")}
    good = accepted(rows[made["F15"]])
    mine = accepted(rows[made["F02"]])
    wrong = [
        mine | {"識別番号": "00000000-0000-4000-8000-000000000000"},
        mine | {"識別番号": "x"},
        mine | {"処理結果": "3"},
        mine | {"処理結果": "2"},
        mine | {"処理結果": "2", "却下の理由": "番号 123456789018"},
        mine | {"宛名番号": ""},
        mine | {"対象者番号": "2"},
        mine | {"処理日": ""},
    ]
    for bad in wrong:
        with pytest.raises(OperatorError, match=r"errors\.csv"):
            results(connection, tmp_path / "results.csv", good, bad)
        connection.rollback()
        report = (tmp_path / "results.csv.errors.csv").read_text(encoding="utf-8-sig")
        assert report.splitlines()[1].startswith("3,")
        assert "123456789018" not in report
    synchronise(office)
    assert state_of(office, made["F15"]) is State.VERIFIED
    results(connection, tmp_path / "results.csv", good)
    with pytest.raises(OperatorError):
        results(connection, tmp_path / "results.csv", good | {"枝番": "02"})


def test_killed_before_the_file_is_written_the_number_writes_it(
    gateway: RunningGateway, connection: Connection, ward: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise SystemExit(9)

    with monkeypatch.context() as patch:
        patch.setattr(entries_export, "replace_file", killed)
        with pytest.raises(SystemExit):
            export(gateway, connection, tmp_path / "entries.csv")
    connection.commit()
    assert not (tmp_path / "entries.csv").exists()
    with psycopg.connect(gateway.dsn) as other:
        row = other.execute("SELECT max(number) FROM file_exchange WHERE kind = 'entries'").fetchone()
    assert row is not None
    entries_export.again(connection, row[0], tmp_path / "entries.csv", enrolment.signing_key(gateway.folder))
    assert {row["識別番号"] for row in rows_of(tmp_path / "entries.csv")} >= set(ward[2].values())
