"""Every measure of the council paper has a check that runs or a record, each check can fail, and the page's words are whole."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import text

from nhi_center import resources
from nhi_center.domain import controls as rules
from nhi_center.domain.control_records import RecordKind
from nhi_center.domain.controls import GROUPS, State
from nhi_center.domain.devices import Attached
from nhi_center.domain.handover import Direction
from nhi_center.domain.incident_report import Kind
from nhi_center.domain.incidents import Incident
from nhi_center.domain.on_site_inspection import Finding, Inspection, Line, Verdict
from nhi_center.domain.operators import Session, Signature
from nhi_center.domain.purpose import Purpose, PurposeKind
from nhi_center.domain.room_rules import PasswordRules
from nhi_center.domain.self_check import Finding as Looked
from nhi_center.domain.self_check import State as LookedState
from nhi_center.services import cabinets, controls, forms, handover, register
from nhi_center.services.control_checks import CHECKS
from nhi_center.services.control_seen import Seen, see
from nhi_center.services.office import Office
from nhi_center.storage import audit, certificates, device_holds, incidents
from tests.support import papers
from tests.support.office import advance, as_person, desk, premises
from tests.support.print_room import Room as PrintRoom
from tests.support.print_room import card
from tests.support.print_room import room as print_room

__all__ = ["desk", "premises", "print_room"]

Room = tuple[Office, Session]
TODAY = date(2026, 11, 24)
MACHINE = (
    "isolation_program",
    "isolation_calls",
    "isolation_files",
    "isolation_ports",
    "isolation_machine",
    "folder_modes",
    "log_chain",
    "segments",
    "updates",
    "signatures",
    "certificate",
    "devices",
)


# -- the measures themselves --


def test_every_measure_of_the_paper_stands_there_once_with_check_or_record() -> None:
    measures = controls.measures()
    assert len(measures) == sum(count for _word, count in GROUPS.values()) == 44
    assert len({measure.id for measure in measures}) == 44
    assert [one.id for one in measures if not one.checks and not one.records] == []
    assert [one.id for one in measures if not (one.words and one.does and one.evidence)] == []


def test_every_named_check_exists_and_every_check_is_named() -> None:
    named = {name for measure in controls.measures() for name in measure.checks}
    assert named == set(CHECKS)
    assert {kind for measure in controls.measures() for kind in measure.records} == set(RecordKind)


def test_guidance_publication_and_damages_claim_no_check() -> None:
    by_id = {measure.id: measure for measure in controls.measures()}
    assert by_id["clause_20"].checks == by_id["clause_21"].checks == ()


@pytest.mark.parametrize("lack", ["both", "one", "unknown record"])
def test_a_measure_with_neither_check_nor_record_cannot_be_read(lack: str) -> None:
    table = {group: [dict(row) for row in rows] for group, rows in resources.read_toml("controls.toml").items()}
    row = table["clause"][20]
    if lack == "both":
        del row["records"]
    elif lack == "one":
        del table["ward_system"][2]
    else:
        row["records"] = ["apology"]
    with pytest.raises(ValueError, match=r"neither check nor record|not the measures|apology"):
        rules.measures_from_table(table)


# -- a room in which everything holds, and each check made to fail --


def good(office: Office) -> Seen:
    """As if the self-check had just found nothing wrong; everything else is the store's own."""
    with office.store.read.begin() as connection:
        seen = see(office, connection)
    looked = {name: (Looked(name, name, LookedState.OK, "異状なし"),) for name in MACHINE}
    done = Inspection("1", TODAY, "T04", (), "2026-11-24T10:00:00+09:00", (), ended_at="2026-11-24T12:00:00+09:00")
    done = replace(done, ended=(SIGNED, SIGNED))
    return replace(seen, findings=looked, checked_on=TODAY.isoformat(), inspections=(done,))


SIGNED = Signature("40127", "見本 区子", "ward_staff", "2026-11-24T12:00:00+09:00", "", "")
Break = Callable[[Office, Seen, pytest.MonkeyPatch], Seen]


def _contract_in_force(_office: Office, seen: Seen, _patch: pytest.MonkeyPatch) -> Seen:
    return replace(seen, contracts=())


def _contract_clauses(_office: Office, seen: Seen, _patch: pytest.MonkeyPatch) -> Seen:
    return replace(seen, contracts=tuple(replace(one, contract=replace(one.contract, clauses=False)) for one in seen.contracts))


def _on_site_in_year(_office: Office, seen: Seen, _patch: pytest.MonkeyPatch) -> Seen:
    return replace(seen, inspections=(), today=date(2027, 2, 1))


def _findings_answered(_office: Office, seen: Seen, _patch: pytest.MonkeyPatch) -> Seen:
    line = Line("clause_8", Verdict.UNFIT, "施錠の記録がない", TODAY - timedelta(days=1))
    return replace(seen, inspections=(replace(seen.inspections[0], findings=(Finding("1", line),)),))


def _roster_accepted(_office: Office, seen: Seen, _patch: pytest.MonkeyPatch) -> Seen:
    return replace(seen, roster=(replace(seen.roster[0], accepted=None), *seen.roster[1:]))


def _training_current(_office: Office, seen: Seen, _patch: pytest.MonkeyPatch) -> Seen:
    return replace(seen, roster=(replace(seen.roster[0], trainings=()), *seen.roster[1:]))


def _pledges_signed(_office: Office, seen: Seen, _patch: pytest.MonkeyPatch) -> Seen:
    return replace(seen, roster=(replace(seen.roster[0], pledges=()), *seen.roster[1:]))


def _one_company(_office: Office, seen: Seen, _patch: pytest.MonkeyPatch) -> Seen:
    return replace(
        seen, contracts=tuple(replace(one, contract=replace(one.contract, company="別の会社")) for one in seen.contracts)
    )


def _accounts_on_roster(_office: Office, seen: Seen, _patch: pytest.MonkeyPatch) -> Seen:
    return replace(seen, roster=seen.roster[1:])


def _passwords_guarded(_office: Office, seen: Seen, _patch: pytest.MonkeyPatch) -> Seen:
    return replace(seen, rules=replace(seen.rules, password=PasswordRules(min_length=8)))


def _presence_required(_office: Office, seen: Seen, _patch: pytest.MonkeyPatch) -> Seen:
    return replace(seen, rules=replace(seen.rules, require_presence=False))


def _tomorrow(_office: Office, seen: Seen, _patch: pytest.MonkeyPatch) -> Seen:
    """Keys that went out today have not come back, and today was not closed."""
    return replace(seen, today=TODAY + timedelta(days=1))


def _handovers_signed(office: Office, seen: Seen, _patch: pytest.MonkeyPatch) -> Seen:
    handover.open_handover(office, as_person(office, "k-ichiro"), Direction.IN, papers.SECTION)
    return replace(seen, today=TODAY + timedelta(days=1))


def _ledger_balanced(office: Office, seen: Seen, _patch: pytest.MonkeyPatch) -> Seen:
    papers.receive(office, as_person(office, "k-ichiro"), F02=2)
    with office.store.write.begin() as connection:
        connection.execute(text("UPDATE balance SET sheets = sheets + 1 WHERE place = 'tray'"))
    return seen


def _papers_in_time(office: Office, seen: Seen, _patch: pytest.MonkeyPatch) -> Seen:
    papers.receive(office, as_person(office, "k-ichiro"), F02=2)
    advance(office.premises, days=10)
    return seen


def _cabinets_kept(_office: Office, seen: Seen, _patch: pytest.MonkeyPatch) -> Seen:
    return seen  # the room has none at first


def _fields_listed(_office: Office, seen: Seen, patch: pytest.MonkeyPatch) -> Seen:
    items = resources.read_toml("items.toml")
    patch.setattr(resources, "read_toml", lambda _name: {name: row for name, row in items.items() if name != "kana"})
    return seen


def _filer_asked(_office: Office, seen: Seen, patch: pytest.MonkeyPatch) -> Seen:
    current = forms.catalogue().on(TODAY)
    bare = (replace(current[0], pages=current[0].pages[1:]), *current[1:])
    patch.setattr(forms, "catalogue", lambda: SimpleNamespace(on=lambda _day: bare))
    return seen


def _forbidden_words(_office: Office, seen: Seen, patch: pytest.MonkeyPatch) -> Seen:
    known = forms.forbidden_words()
    patch.setattr(forms, "forbidden_words", lambda: tuple(word for word in known if "宗教" not in word))
    return seen


def _incidents_told(office: Office, seen: Seen, _patch: pytest.MonkeyPatch) -> Seen:
    opened = handover.open_handover(office, as_person(office, "k-ichiro"), Direction.IN, papers.SECTION)
    with office.store.write.begin() as connection:
        at = "2026-11-24T08:00:00+09:00"
        incidents.open_one(connection, Incident("i", f"{TODAY}", Kind.DIFFERENCE, opened.handover.id, at, "s-toko"))
    return seen


def _next_month(_office: Office, seen: Seen, _patch: pytest.MonkeyPatch) -> Seen:
    """The log began in November; by the 11th of December its papers are due."""
    return replace(seen, today=date(2026, 12, 11))


def _purposes_kept(office: Office, seen: Seen, _patch: pytest.MonkeyPatch) -> Seen:
    with office.store.write.begin() as connection:
        at = office.clock.now().isoformat(timespec="milliseconds")
        facts = {"page": "card"}
        audit.append(connection, at=at, terminal="T04", actor="k-ichiro", action="view_person", subject="someone", facts=facts)
    return seen


def _looked(name: str) -> Break:
    def broken(_office: Office, seen: Seen, _patch: pytest.MonkeyPatch) -> Seen:
        bad = (Looked(name, name, LookedState.ERROR, "異状"),)
        return replace(seen, findings={**seen.findings, name: bad})

    return broken


def _devices_allowed(office: Office, seen: Seen, _patch: pytest.MonkeyPatch) -> Seen:
    with office.store.write.begin() as connection:
        device_holds.add(connection, "1", Attached("0781:5581", "", "1-1", holds_data=True), "2026-11-24T09:00:00+09:00")
    return seen


BREAKS: dict[str, Break] = {
    "contract_in_force": _contract_in_force,
    "contract_clauses": _contract_clauses,
    "on_site_in_year": _on_site_in_year,
    "findings_answered": _findings_answered,
    "roster_accepted": _roster_accepted,
    "training_current": _training_current,
    "pledges_signed": _pledges_signed,
    "one_company": _one_company,
    "accounts_on_roster": _accounts_on_roster,
    "passwords_guarded": _passwords_guarded,
    "presence_required": _presence_required,
    "locker_keys_back": _tomorrow,
    "handovers_signed": _handovers_signed,
    "ledger_balanced": _ledger_balanced,
    "papers_in_time": _papers_in_time,
    "days_closed": _tomorrow,
    "cabinets_kept": _cabinets_kept,
    "fields_listed": _fields_listed,
    "filer_asked": _filer_asked,
    "forbidden_words": _forbidden_words,
    "incidents_told": _incidents_told,
    "monthly_report": _next_month,
    "log_reviewed": _next_month,
    "purposes_kept": _purposes_kept,
    "log_whole": _looked("log_chain"),
    "network_refused": _looked("isolation_machine"),
    "files_confined": _looked("isolation_files"),
    "updates_current": _looked("signatures"),
    "terminal_registered": _looked("certificate"),
    "devices_allowed": _devices_allowed,
    "self_check_recent": _looked("disk"),
}


def run(office: Office, seen: Seen, name: str) -> rules.Found:
    with office.store.read.begin() as connection:
        return CHECKS[name](replace(seen, connection=connection))


def test_each_check_has_its_failure_here() -> None:
    assert set(BREAKS) | {"reprints_approved"} == set(CHECKS)


@pytest.mark.parametrize("name", BREAKS)
def test_each_check_holds_in_a_good_room_and_fails_in_a_bad_one(desk: Room, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    office, _clerk = desk
    seen = good(office)
    if name != "cabinets_kept":
        before = run(office, seen, name)
        assert before.state is not State.ACTION, before.sentence
    broken = BREAKS[name](office, seen, monkeypatch)
    after = run(office, broken, name)
    assert after.state is State.ACTION
    assert after.sentence.endswith("。")
    if name == "cabinets_kept":
        cabinets.register(office, as_person(office, "s-toko"), "1", "書庫", "2")
        assert run(office, seen, name).state is State.MET


def test_a_reprint_of_a_sheet_nobody_has_spoiled_is_found(print_room: PrintRoom) -> None:
    office = print_room[0]
    seen = good(office)
    assert run(office, seen, "reprints_approved").state is State.MET
    job = card(print_room).job
    with office.store.write.begin() as connection:
        certificates.add(connection, replace(job, id="again", spoiled=True, replaces=job.id), "k-ichiro")
    assert run(office, seen, "reprints_approved").state is State.ACTION


@pytest.mark.parametrize("state", [LookedState.NOT_READABLE, LookedState.NOT_ASKED, LookedState.WARNING])
def test_what_the_self_check_could_not_prove_is_no_proof(desk: Room, state: LookedState) -> None:
    seen = good(desk[0])
    unseen = {**seen.findings, "isolation_ports": (Looked("isolation_ports", "接続先のポート", state, "分かりません"),)}
    assert run(desk[0], replace(seen, findings=unseen), "network_refused").state is State.ACTION
    assert run(desk[0], replace(seen, findings={}), "network_refused").state is State.ACTION
    assert run(desk[0], replace(seen, checked_on="2026-11-01"), "network_refused").state is State.ACTION
    assert run(desk[0], replace(seen, checked_on=""), "self_check_recent").state is State.ACTION


# -- the whole --


def test_the_report_says_every_measure_with_state_and_last_evidence(desk: Room) -> None:
    office, _clerk = desk
    found = controls.report(office, as_person(office, "40127"))
    told = json.loads(controls.as_json(found))
    assert [one["id"] for one in told["measures"]] == [measure.id for measure in controls.measures()]
    by_id = {one["id"]: one for one in told["measures"]}
    assert (by_id["clause_18"]["state"], by_id["clause_18"]["last_evidence"]) == ("met", "2026-04-01")
    assert by_id["ward_operation_1"]["state"] == "met"
    assert by_id["clause_16"]["state"] == "by_record", "this year's inspection is still to come: that is not met"
    assert by_id["clause_20"]["state"] == by_id["clause_21"]["state"] == "by_record"
    assert by_id["ward_system_1"]["state"] == "action", "this process is not restricted and nothing was looked at"
    assert sum(told["counts"].values()) == 44
    lines = controls.as_lines(found)
    assert len(lines) == 45
    assert not [line for line in lines if "一郎" in line or "k-ichiro" in line]


def test_the_sheet_is_a_pdf_of_every_measure(desk: Room) -> None:
    office, _clerk = desk
    path = controls.make_sheet(office, as_person(office, "s-toko"))
    assert path.name == "controls-T04-20261124.pdf"
    assert path.read_bytes().startswith(b"%PDF")


def test_an_opening_with_a_purpose_is_counted_and_dated(print_room: PrintRoom) -> None:
    office, clerk = print_room
    register.open_person(office, clerk, papers.LEAVER.atena, Purpose(PurposeKind.PAPERS))
    found = run(office, good(office), "purposes_kept")
    assert (found.state, found.sentence) == (State.MET, "この31日の閲覧 3件に、すべて目的があります。")  # two made the jobs
    assert found.at
