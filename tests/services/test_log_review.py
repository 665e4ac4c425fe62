"""アクセスログ点検 over the real store: a month with its flags, remarks, the signed sheet, and who opened one citizen."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import event

from nhi_center.domain.log_review import JST, Filters, Severity
from nhi_center.errors import OperatorCancelled, OperatorError
from nhi_center.services import audit_log, log_review, register
from nhi_center.services.office import Office
from nhi_center.services.work import log_refusal
from nhi_center.storage import audit
from nhi_center.storage import log_review as storage
from tests.services.test_audit_log import anchor, without_triggers
from tests.support import papers
from tests.support.certificates import trusting
from tests.support.log_room import HOUSEMATE, MONTH, NAMESAKE, STRANGER, Room, clock, desk, reviewed, signed, supervisor
from tests.support.office import as_person
from tests.support.purposes import COUNTER, PREPARING
from tests.support.set_clock import SetClock

__all__ = ["clock", "desk"]


# -- what is written when a person is opened --


def test_opening_ones_namesake_or_home_is_told_to_the_log_without_a_name(desk: Room) -> None:
    office, clerk = desk
    for one in (NAMESAKE, HOUSEMATE, STRANGER):
        register.open_person(office, clerk, one.atena, PREPARING)
    register.open_person(office, as_person(office, "k-hanako"), NAMESAKE.atena, PREPARING)
    with office.store.read.begin() as connection:
        last, _hash = audit.last(connection, office.terminal)
        entries = [entry for _seq, entry, _hash in audit.entries(connection, last - 3, 4)]
    marks = [{k: v for k, v in json.loads(entry)["facts"].items() if k.startswith("own")} for entry in entries]
    assert marks == [{"own_name": True}, {"own_address": True}, {}, {}]
    assert not any("見本" in entry.decode() for entry in entries)


# -- a month --


def test_a_quiet_morning_has_no_flag(desk: Room) -> None:
    office, clerk = desk
    papers.register_people(office)
    papers.receive(office, clerk, F02=2)
    papers.key(office, clerk, "F02")
    seen = reviewed(office)
    assert seen.flags == ()
    assert (seen.first, seen.chain.fault, seen.over) == (1, "", False)
    assert seen.entries == seen.last > 10


def test_real_acts_are_flagged_most_serious_first(desk: Room, clock: SetClock) -> None:
    office, clerk = desk
    register.open_person(office, clerk, NAMESAKE.atena, PREPARING)
    with pytest.raises(OperatorError):
        log_review.review(office, clerk, MONTH)
    for _ in range(5):
        log_refusal(office, clerk, "wrong_password", subject="s-toko", asked="unlock")
    clock.at = clock.at.replace(hour=21)
    register.open_person(office, clerk, STRANGER.atena, PREPARING)
    flags = reviewed(office).flags
    assert [(flag.rule, flag.person) for flag in flags] == [
        ("own_record", "k-ichiro"),
        ("failures", "s-toko"),
        ("outside_hours", "k-ichiro"),
    ]
    assert [flag.severity for flag in flags] == [Severity.SERIOUS, Severity.LOOK, Severity.LOOK]
    (line,) = log_review.details(office, supervisor(office), flags[0])
    assert (line.what, "自分と同じ氏名" in line.facts) == ("台帳の人を開いた", True)


def test_months_are_those_the_log_has(desk: Room, clock: SetClock) -> None:
    office, clerk = desk
    assert log_review.months(office, supervisor(office)) == (MONTH,)
    clock.at = datetime(2027, 1, 4, 9, 0, tzinfo=JST)
    register.open_person(office, clerk, STRANGER.atena, PREPARING)
    assert log_review.months(office, supervisor(office)) == ("2027-01", "2026-12", MONTH)
    assert reviewed(office, "2026-12").entries == 0
    november, january = reviewed(office), reviewed(office, "2027-01")
    assert november.over
    assert january.first == november.last + 1


def fill(office: Office, moments: list[datetime]) -> None:
    """Entries at these moments, as a year of work would leave them."""
    with office.store.write.begin() as connection:
        for number, at in enumerate(moments):
            audit.append(
                connection, at=at.isoformat(timespec="milliseconds"), terminal="T04", actor="k-ichiro",
                action="enter", subject=f"a-{number}", facts={"step": "draft"},
            )  # fmt: skip


def test_a_month_is_found_by_halving_exactly_at_its_border(desk: Room, clock: SetClock) -> None:
    office, _clerk = desk
    start = reviewed(office).last
    border = datetime(2026, 11, 30, 15, 0, tzinfo=UTC)  # midnight in Japan
    fill(office, [border - timedelta(hours=3), border - timedelta(milliseconds=1), border, border + timedelta(days=3)])
    clock.at = datetime(2026, 12, 10, 9, 0, tzinfo=JST)
    assert reviewed(office).last == start + 2
    december = reviewed(office, "2026-12")
    assert (december.first, december.last) == (start + 3, start + 4)


def test_a_review_says_how_far_it_is_and_can_be_stopped(desk: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    office = desk[0]
    monkeypatch.setattr(log_review, "EVERY", 4)
    told: list[int] = []
    log_review.review(office, supervisor(office), MONTH, lambda done, _total, _words: told.append(done))
    assert told == [0, 4]

    def stop(_done: int, _total: int, _words: str) -> None:
        raise OperatorCancelled

    with pytest.raises(OperatorCancelled):
        log_review.review(office, supervisor(office), MONTH, stop)
    with pytest.raises(OperatorCancelled):
        log_review.narrowed(office, supervisor(office), MONTH, Filters(), stop)


# -- the chain --


def test_what_the_segment_has_confirmed_is_said_and_a_foreign_confirmation_is_a_fault(desk: Room) -> None:
    office, gateway = trusting(desk[0])
    assert reviewed(office).chain.anchored == 0
    seq = anchor(office, gateway)
    register.open_person(office, desk[1], STRANGER.atena, PREPARING)
    assert (reviewed(office).chain.anchored, reviewed(office).chain.fault) == (seq, "")
    anchor(office, Ed25519PrivateKey.generate())
    assert "署名が正しくありません" in reviewed(office).chain.fault


@pytest.mark.parametrize("place", [3, -1], ids=["inside", "behind-the-month"])
def test_a_rewritten_entry_stops_the_signature(desk: Room, clock: SetClock, place: int) -> None:
    """Also one behind the month, between it and the head the segment has confirmed."""
    office, gateway = trusting(desk[0])
    clock.at = datetime(2026, 12, 1, 9, 0, tzinfo=JST)
    register.open_person(office, desk[1], STRANGER.atena, PREPARING)
    last = anchor(office, gateway)
    assert reviewed(office).chain.fault == ""
    seq = place if place > 0 else last
    without_triggers(
        office, f"UPDATE audit SET entry = CAST(replace(CAST(entry AS TEXT), 'T04', 'T05') AS BLOB) WHERE seq = {seq}"
    )
    seen = reviewed(office)
    assert seen.chain.fault.startswith(f"{seq}番")
    with pytest.raises(OperatorError) as caught:
        signed(office, seen)
    assert caught.value.code == "broken"


# -- narrowing --


def test_entries_are_narrowed_newest_first_and_all_of_them_counted(desk: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    office, clerk = desk
    for _ in range(4):
        register.open_person(office, clerk, STRANGER.atena, PREPARING)
    with pytest.raises(OperatorError):
        audit_log.page(office, clerk)
    monkeypatch.setattr(log_review, "SHOWN", 3)
    boss = supervisor(office)
    views = log_review.narrowed(office, boss, MONTH, Filters(action="view_person"))
    assert (views.found, len(views.lines)) == (4, 3)
    assert views.lines[0].seq > views.lines[1].seq
    refused = log_review.narrowed(office, boss, MONTH, Filters(refused=True))
    assert [line.what for line in refused.lines] == ["断った操作"]


def test_the_ward_reads_roles_and_the_supervisor_names(desk: Room) -> None:
    office = desk[0]
    assert audit_log.names(office, as_person(office, "40127"))["k-ichiro"] == "取扱者"
    assert audit_log.names(office, supervisor(office))["k-ichiro"] == "見本 一郎"


# -- one citizen --


def test_the_history_of_a_citizen_is_read_for_a_purpose_and_stands_in_it_itself(desk: Room) -> None:
    office, clerk = desk
    register.open_person(office, clerk, STRANGER.atena, PREPARING)
    register.open_person(office, clerk, NAMESAKE.atena, PREPARING)
    register.open_person(office, as_person(office, "k-hanako"), STRANGER.atena, COUNTER)
    ward = as_person(office, "40127")
    (found,) = log_review.find_citizens(office, ward, "ミホン ベツコ")
    lines = log_review.history(office, ward, found.atena, "request")
    assert [(line.access.person, line.what, line.purpose) for line in lines] == [
        ("40127", "点検・監査 開いた記録の表示", "本人の請求・問合せ"),
        ("k-hanako", "台帳の人を開いた", "窓口からの照会"),
        ("k-ichiro", "台帳の人を開いた", "届出の準備"),
    ]
    newest = log_review.narrowed(office, ward, MONTH, Filters(action="inspect")).lines
    assert [line.what for line in newest] == ["点検・監査 開いた記録の表示", "点検・監査 人を探した"]
    assert "見つかった人 1" in newest[1].facts


def test_no_history_without_a_purpose_or_the_right(desk: Room) -> None:
    office, clerk = desk
    for session, purpose, code in ((supervisor(office), "curious", "no-purpose"), (clerk, "request", "not-permitted")):
        with pytest.raises(OperatorError) as caught:
            log_review.history(office, session, STRANGER.atena, purpose)
        assert caught.value.code == code
    with pytest.raises(OperatorError):
        log_review.find_citizens(office, clerk, "ミホン")


# -- remarks --


def test_a_remark_stays_and_a_later_one_stands(desk: Room) -> None:
    office, clerk = desk
    register.open_person(office, clerk, NAMESAKE.atena, PREPARING)
    seen = reviewed(office)
    (flag,) = seen.flags
    log_review.remark(office, supervisor(office), seen, flag, "checked", "同姓同名の別人。")
    log_review.remark(office, as_person(office, "40127"), seen, flag, "reported", "本人の記録だった。")
    kept = reviewed(office).remarks[flag.id]
    assert (kept.words, kept.by, kept.verdict.label) == ("本人の記録だった。", "40127", "区へ報告")
    with pytest.raises(OperatorError) as caught:
        log_review.remark(office, clerk, seen, flag, "checked", "自分です。")
    assert caught.value.code == "not-permitted"
    with office.store.write.begin() as connection, pytest.raises(Exception, match="append-only"):
        connection.exec_driver_sql("DELETE FROM log_remark")


def test_a_month_of_a_long_log_is_found_by_reading_few_entries(desk: Room) -> None:
    office = desk[0]
    start = reviewed(office).last
    fill(office, [datetime(2026, 11, 25, tzinfo=UTC) + timedelta(minutes=minute) for minute in range(3000)])
    asked: list[str] = []

    def listener(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    event.listen(office.store.read, "before_cursor_execute", listener)
    with office.store.read.begin() as connection:
        found = storage.number_at(connection, datetime(2026, 11, 26, 0, 0, tzinfo=UTC), start + 3000)
    event.remove(office.store.read, "before_cursor_execute", listener)
    assert found == start + 1 + 24 * 60
    assert len(asked) <= 12


def test_a_history_goes_once_through_the_log_however_many_ids_there_are(desk: Room) -> None:
    office, clerk = desk
    for one in (STRANGER, NAMESAKE):
        register.open_person(office, clerk, one.atena, PREPARING)
    with office.store.read.begin() as connection:
        (stranger,) = audit.pseudonyms(connection, STRANGER.atena)
        (namesake,) = audit.pseudonyms(connection, NAMESAKE.atena)
        both = [touches for _entry, touches in storage.touching(connection, [stranger, namesake])]
        alone = [touches for _entry, touches in storage.touching(connection, [stranger])]
        near = [touches for _entry, touches in storage.touching(connection, ["p:0", "p:1"])]
        assert list(storage.touching(connection, [])) == []
    assert both == [True, True]
    assert alone == [True]
    assert near == [False, False], "looked at for what they have in common, and not taken"


def test_a_history_knows_the_citizen_under_every_months_pseudonym(desk: Room, clock: SetClock) -> None:
    office, clerk = desk
    register.open_person(office, clerk, STRANGER.atena, PREPARING)
    clock.at = datetime(2026, 12, 2, 9, 0, tzinfo=JST)
    register.open_person(office, clerk, STRANGER.atena, COUNTER)
    lines = log_review.history(office, supervisor(office), STRANGER.atena, "incident")
    assert [(line.access.person, line.purpose) for line in lines] == [
        ("s-toko", "事故・差異の調査"),
        ("k-ichiro", "窓口からの照会"),
        ("k-ichiro", "届出の準備"),
    ]
    audit_log.destroy_pseudonyms(office, as_person(office, "40100"), MONTH)
    lines = log_review.history(office, supervisor(office), STRANGER.atena, "incident")
    assert [line.access.at.month for line in lines] == [12, 12, 12], "what was erased leads to nobody any more"
