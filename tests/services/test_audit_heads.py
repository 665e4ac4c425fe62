"""The copies of the log beside the store: written at every head, made good after whatever happened to them."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from nhi_center.domain.audit import Countersign, Head, countersign_bytes
from nhi_center.domain.audit_check import Checked
from nhi_center.domain.audit_file import AuditFault
from nhi_center.domain.operators import Action, Session
from nhi_center.errors import EnvironmentTrouble
from nhi_center.services import audit_heads, day_close
from nhi_center.services.audit_heads import seal_head, write_files
from nhi_center.services.clock import TrainingClock
from nhi_center.services.office import Office
from nhi_center.services.work import begin
from nhi_center.storage import audit
from nhi_center.verify.segments import check_folder
from tests.services.test_day_close import all_leave, all_sent
from tests.support.certificates import trusting
from tests.support.office import OPENING, PASSWORDS, as_person, desk, premises

__all__ = ["desk", "premises"]

Room = tuple[Office, Session]


def act(room: Room, times: int = 1) -> None:
    for _ in range(times):
        with begin(*room, Action.ENTER, subject="a-1", step="draft"):
            pass


def sealed(office: Office) -> Head:
    head = seal_head(office)
    assert head is not None
    return head


def proven(office: Office) -> Checked:
    (checked,) = check_folder(office.settings.segments, office.premises.trust)
    return checked


def file_of(office: Office, day: str = "20261124") -> Path:
    return office.settings.segments / f"{office.terminal}-{day}.seg"


def next_day(office: Office, days: int = 1) -> Office:
    return replace(office, premises=replace(office.premises, clock=TrainingClock(OPENING + timedelta(days=days))))


def confirmed(office: Office, head: Head, gateway: Ed25519PrivateKey) -> None:
    one = Countersign(office.terminal, head.seq, head.hash, head.root, "2026-11-24T00:30:00+00:00")
    signed = replace(one, signature=gateway.sign(countersign_bytes(one)).hex())
    with office.store.write.begin() as connection:
        audit.keep_anchor(connection, signed)
    write_files(office)


def test_every_head_ends_a_block_of_the_days_file(desk: Room) -> None:
    office, _session = desk
    first = sealed(office)
    act(desk, 3)
    second = sealed(office)
    assert second.seq == first.seq + 3
    checked = proven(office)
    assert (checked.first, checked.last, checked.torn) == (1, second.seq, False)
    assert [path.name for path in office.settings.segments.iterdir()] == ["T04-20261124.seg"]
    assert file_of(office).stat().st_mode & 0o777 == 0o600


def test_a_head_over_nothing_new_is_the_last_one(desk: Room) -> None:
    office, _session = desk
    head = sealed(office)
    data = file_of(office).read_bytes()
    assert sealed(office) == head
    assert file_of(office).read_bytes() == data


def test_the_next_day_goes_on_in_a_file_of_its_own(desk: Room) -> None:
    office, session = desk
    sealed(office)
    tomorrow = next_day(office)
    act((tomorrow, session), 2)
    head = sealed(tomorrow)
    assert proven(office).last == head.seq
    assert sorted(path.name for path in office.settings.segments.iterdir()) == ["T04-20261124.seg", "T04-20261125.seg"]


def test_what_the_gateway_confirms_stands_in_the_file(desk: Room) -> None:
    office, gateway = trusting(desk[0])
    head = sealed(office)
    confirmed(office, head, gateway)
    assert proven(office).anchored == head.seq
    act((office, desk[1]))
    later = sealed(office)
    confirmed(office, later, gateway)
    tomorrow = next_day(office)
    act((tomorrow, desk[1]))
    sealed(tomorrow)
    assert (proven(office).anchored, proven(office).last) == (later.seq, later.seq + 1)


def test_a_lost_file_is_written_again_from_the_store(desk: Room) -> None:
    office, gateway = trusting(desk[0])
    confirmed(office, sealed(office), gateway)
    for day in (1, 2, 3):
        act((next_day(office, day), desk[1]))
        sealed(next_day(office, day))
    whole = {path.name: path.read_bytes() for path in office.settings.segments.iterdir()}
    assert len(whole) == 4
    for name in whole:
        (office.settings.segments / name).unlink()
    write_files(office)
    assert {path.name: path.read_bytes() for path in office.settings.segments.iterdir()} == whole


def test_a_write_cut_off_anywhere_is_torn_until_the_next_one_makes_it_good(desk: Room) -> None:
    office, _session = desk
    sealed(office)
    before = len(file_of(office).read_bytes())
    act(desk, 2)
    head = sealed(office)
    whole = file_of(office).read_bytes()
    for cut in (*range(before, len(whole), 37), len(whole) - 1):
        file_of(office).write_bytes(whole[:cut])
        checked = proven(office)
        assert (checked.last, checked.torn) == (head.seq - 2, cut > before)
        write_files(office)
        assert file_of(office).read_bytes() == whole


def test_a_first_write_cut_off_anywhere_is_made_good_too(desk: Room) -> None:
    office, _session = desk
    head = sealed(office)
    whole = file_of(office).read_bytes()
    for cut in (*range(0, len(whole), 41), len(whole) - 1):
        file_of(office).write_bytes(whole[:cut])
        assert proven(office).last == 0
        write_files(office)
        assert file_of(office).read_bytes() == whole
    assert proven(office).last == head.seq
    assert os.listdir(office.settings.segments) == ["T04-20261124.seg"]


def test_a_clock_set_back_leaves_the_order_of_the_files(desk: Room) -> None:
    office, session = desk
    tomorrow = next_day(office)
    act((tomorrow, session))
    sealed(tomorrow)
    act(desk)
    head = sealed(office)
    assert os.listdir(office.settings.segments) == ["T04-20261125.seg"]
    assert proven(office).last == head.seq


def test_a_write_cut_off_yesterday_is_made_good_today(desk: Room) -> None:
    office, session = desk
    sealed(office)
    whole = file_of(office).read_bytes()
    file_of(office).write_bytes(whole[:-9])
    tomorrow = next_day(office)
    act((tomorrow, session))
    head = sealed(tomorrow)
    assert file_of(office).read_bytes() == whole
    assert proven(office).last == head.seq


def test_a_file_that_is_not_ours_is_set_aside_and_that_is_kept(desk: Room) -> None:
    office, _session = desk
    sealed(office)
    whole = file_of(office).read_bytes()
    file_of(office).write_bytes(b"something else\n")
    write_files(office)
    assert file_of(office).read_bytes() == whole
    assert file_of(office).with_name("T04-20261124.seg.aside-1").read_bytes() == b"something else\n"
    with office.store.read.begin() as connection:
        last, _hash = audit.last(connection, office.terminal)
        assert b'"step":"set_aside"' in audit.entries(connection, last, 1)[0][1]
    assert proven(office).last == last - 1


def test_an_entry_changed_in_the_file_is_found_and_not_covered_up(desk: Room) -> None:
    office, _session = desk
    sealed(office)
    data = file_of(office).read_bytes()
    file_of(office).write_bytes(data.replace(b'"action":"sign_in"', b'"action":"sign_on"', 1))
    act(desk)
    sealed(office)
    with pytest.raises(AuditFault, match="内容が変わっています"):
        proven(office)


def test_heads_signed_in_two_lanes_at_once(desk: Room) -> None:
    office, _session = desk

    def act_and_sign() -> None:
        act(desk)
        seal_head(office)

    with ThreadPoolExecutor(4) as lanes:
        done = [lanes.submit(act_and_sign) for _ in range(12)]
        for one in done:
            one.result(30)
    assert proven(office).last == sealed(office).seq


def test_a_long_log_gets_a_head_at_least_every_so_many_entries(desk: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_heads, "_READ_AT_ONCE", 5)
    office, _session = desk
    act(desk, 20)
    last = sealed(office).seq
    with office.store.read.begin() as connection:
        seqs = [kept.head.seq for kept in audit.heads(connection, office.terminal)]
    assert seqs == [*range(5, last, 5), last]
    assert proven(office).last == last


def test_a_folder_that_cannot_be_written_is_told_and_costs_no_head(desk: Room) -> None:
    office, _session = desk
    office.settings.segments.write_text("a file in the folder's place")
    with pytest.raises(EnvironmentTrouble) as caught:
        seal_head(office)
    assert caught.value.code == "AU-01"
    office.settings.segments.unlink()
    write_files(office)
    assert proven(office).last > 0
    assert os.listdir(office.settings.segments) == ["T04-20261124.seg"]


def test_the_day_close_signs_the_log(desk: Room) -> None:
    office = desk[0]
    session = as_person(office, "s-toko")
    all_leave(office)
    all_sent(office)
    day_close.sign_and_close(office, session, day_close.check(office, session), "s-toko", PASSWORDS["s-toko"])
    with office.store.read.begin() as connection:
        last, hash_ = audit.last(connection, office.terminal)
        kept = audit.newest_head(connection, office.terminal)
        assert b'"action":"day_close"' in audit.entries(connection, last, 1)[0][1]
    assert kept is not None
    assert (kept.head.seq, kept.head.hash) == (last, hash_.hex())
    assert proven(office).last == last
