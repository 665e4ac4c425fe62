"""Accounts through the roster: opened after 受理, closed when somebody leaves; what is owed until then."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from nhi_center.domain.operators import Role
from nhi_center.domain.roster import State
from nhi_center.services import accounts
from nhi_center.services import roster as service
from nhi_center.services import roster_papers as papers
from nhi_center.services.office import Office
from nhi_center.services.presence import check_in
from nhi_center.services.roster_told import told
from nhi_center.services.session import prove
from nhi_center.storage import closures, room
from nhi_center.storage.store import create_store, new_key, open_store
from tests.services.test_roster import NEW, accepted, entry, office, refused, toko, ward, words_of
from tests.support.office import PASSWORDS, as_person, desk, premises
from tests.support.roster import KATSURA, TODAY, designation, with_company

__all__ = ["desk", "office", "premises"]


def test_leaving_ends_when_everything_is_given_back(office: Office) -> None:
    accepted(office)
    session = toko(office)
    assert refused(lambda: service.record_return(office, session, NEW, TODAY, key=True, card=True)).code == "not-leaving"
    service.begin_leaving(office, session, NEW, date(2026, 12, 31), "契約の終了")
    assert entry(office).missing_at_leaving == ("退職時誓約", "鍵の返却", "入室カードの返却")
    assert refused(lambda: service.alter(office, session, NEW, designation(jobs="電話"))).code == "leaving"
    assert refused(lambda: service.begin_leaving(office, session, NEW, TODAY, "x")).code == "leaving"
    service.record_return(office, session, NEW, TODAY, key=True, card=False)
    assert entry(office).state is State.LEAVING
    service.record_return(office, session, NEW, TODAY, key=False, card=True)
    service.record_pledge(office, session, NEW, TODAY, leaving=True)
    assert entry(office).state is State.LEFT
    page = words_of(papers.make_report(office, session))
    assert "終了" in page
    assert "契約の終了" in page
    assert not service.roster(office, session).lines[-1].faults, "who has left bars nothing any more"


def test_an_account_opens_after_the_acceptance_and_its_person_signs_in(office: Office) -> None:
    service.propose(office, toko(office), NEW, designation(begins=TODAY))
    signer = ("40127", PASSWORDS["40127"])
    early = refused(lambda: service.open_account(office, ward(office), NEW, "kenshuu-midori-2026", signer))
    assert early.code == "not-accepted"
    papers.make_report(office, toko(office))
    service.accept(office, ward(office), "20261124-T04-1", "1", TODAY)
    service.open_account(office, ward(office), NEW, "kenshuu-midori-2026", signer)
    assert entry(office).state is State.ACTIVE
    check_in(office, ward(office), NEW, "10")
    assert told(office, toko(office)).removals == ()
    prove(office, toko(office), NEW, "kenshuu-midori-2026")


def test_what_a_crash_cut_short_is_put_right_by_doing_it_again(office: Office) -> None:
    """The account came or went, and the terminal fell before the roster said so."""
    accepted(office)
    signer = ("40127", PASSWORDS["40127"])
    accounts.open_account(office, ward(office), NEW, KATSURA, Role.CLERK, "kenshuu-midori-2026", signer=signer)
    assert entry(office).state is State.ACCEPTED
    service.open_account(office, ward(office), NEW, "kenshuu-midori-2026", signer)
    assert entry(office).state is State.ACTIVE
    own = PASSWORDS["s-toko"]
    accounts.close_account(office, toko(office), NEW, suspicion=False, password=own)
    assert not entry(office).closed
    service.remove_person(office, toko(office), NEW, typed=NEW, suspicion=False, password=own)
    assert entry(office).closed
    again = refused(lambda: service.remove_person(office, toko(office), NEW, typed=NEW, suspicion=False, password=own))
    assert again.code == "already-closed"


def test_nobody_gets_an_account_by_another_door(office: Office) -> None:
    signer = ("40127", PASSWORDS["40127"])
    for role in (Role.CLERK, Role.SUPERVISOR):
        error = refused(
            lambda role=role: accounts.open_account(
                office, ward(office), "k-fremd", "見本 外太", role, "kenshuu-fremd-2026", signer=signer
            )
        )
        assert error.code == "not-accepted"
    accounts.open_account(office, ward(office), "40130", "見本 区太", Role.WARD_STAFF, "kenshuu-kuta-2026", signer=signer)


def test_removing_needs_the_id_once_more_and_closes_the_account(office: Office) -> None:
    session, password = toko(office), PASSWORDS["s-toko"]

    def remove(person: str, typed: str) -> None:
        service.remove_person(office, session, person, typed=typed, suspicion=False, password=password)

    assert refused(lambda: remove("k-hanako", "k-ichiro")).field == "typed"
    assert refused(lambda: remove("s-toko", "s-toko")).code == "himself"
    service.begin_leaving(office, session, "k-hanako", TODAY, "契約の終了")
    assert "アカウントの停止" in entry(office, "k-hanako").missing_at_leaving
    remove("k-hanako", "k-hanako")
    assert "アカウントの停止" not in entry(office, "k-hanako").missing_at_leaving
    assert refused(lambda: prove(office, session, "k-hanako", PASSWORDS["k-hanako"]))
    (removal,) = told(office, session).removals
    assert (removal.person, removal.sent) == ("k-hanako", False)


def test_a_terminal_that_has_not_heard_of_a_removal_is_named(office: Office) -> None:
    session = toko(office)
    service.remove_person(office, session, "k-hanako", typed="k-hanako", suspicion=False, password=PASSWORDS["s-toko"])
    with office.store.write.begin() as connection:
        record = closures.every(connection)[0].record
        room.keep_record(connection, record, 50, "closure", "T04", "")
        seen = [room.TerminalSeen("T04", 50, ""), room.TerminalSeen("T05", 49, "2026-11-24T01:00:00+00:00")]
        room.keep_terminals(connection, [*seen, room.TerminalSeen("T06", 51, "2026-11-24T02:00:00+00:00")])
    found = told(office, session)
    assert [(one.terminal, one.untold) for one in found.terminals] == [("T04", ()), ("T05", ("k-hanako",)), ("T06", ())]
    assert (found.removals[0].sent, found.removals[0].untold) == (True, ("T05",))
    page = words_of(papers.make_list(office, session, "terminals"))
    assert "T05" in page
    assert "k-hanako" in page


def test_the_first_supervisor_comes_from_the_paper_roster(office: Office, tmp_path: Path) -> None:
    def first(within: Office) -> None:
        admin, wanted = as_person(within, "40100"), designation(role=Role.SUPERVISOR)
        service.enrol_first(within, admin, "s-hajime", wanted, report="紙1", receipt="8新健医第0001号", day=TODAY)

    assert refused(lambda: first(office)).code == "not-first", "this room has its people"
    key = new_key()
    create_store(tmp_path / "new.db", key)
    empty = open_store(tmp_path / "new.db", (key,))
    try:
        bare = with_company(replace(office, store=empty))
        first(bare)
        (line,) = service.roster(bare, toko(bare)).lines
        assert (line.entry.state, line.entry.to_report) == (State.ACCEPTED, False)
        assert refused(lambda: first(bare)).code == "not-first"
    finally:
        empty.close()
