"""A file that an act writes stands when the act does: an act that is not kept leaves what lay there before, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from nhi_center.domain import report_period
from nhi_center.domain.erasure import DiskMethod
from nhi_center.domain.incident_report import Kind, Report
from nhi_center.domain.operators import Action, Session
from nhi_center.errors import EnvironmentTrouble
from nhi_center.printing.sheets import ListSheet
from nhi_center.services import (
    audit_log,
    copies,
    documents,
    erasure,
    erasure_sheet,
    incidents,
    manual_book,
    on_site_sheet,
    receipts,
    reports,
    self_check,
    slips,
    takeover,
    work,
)
from nhi_center.services.exports import Pair
from nhi_center.services.handover import Credential
from nhi_center.services.incident_sheet import make_report
from nhi_center.services.month_keys import ensure_month_key
from nhi_center.services.office import Office
from nhi_center.services.pack import make_pack
from nhi_center.services.work import begin
from nhi_center.storage import engine
from tests.services.test_handover import received
from tests.services.test_on_site_inspection import ended
from tests.support.full_disk import SmallDisk, small_disk
from tests.support.log_room import remarked, reviewed, signed
from tests.support.office import PASSWORDS, as_person, desk, premises, room, signed_in

__all__ = ["desk", "premises", "small_disk"]

Desk = tuple[Office, Session]
Act = tuple[Callable[[], object], str, str]
"""What writes a file, the step of its entry in the log, and how its file's name begins."""

SHEET = ListSheet("見本", "", footer="見本", sample=True)
SUPERVISOR, WARD = (Credential(one, PASSWORDS[one]) for one in ("s-toko", "40127"))


@contextmanager
def refusing(office: Office, *marks: str) -> Iterator[None]:
    """The store refuses the log's entry that has all these marks, which is the last thing an act writes: it is not kept."""
    held = " AND ".join(f"instr(CAST(NEW.entry AS TEXT), '{mark}') > 0" for mark in marks)
    refuse = f"CREATE TRIGGER refusing BEFORE INSERT ON audit WHEN {held} BEGIN SELECT RAISE(ABORT, 'refused'); END"
    _change(office, refuse)
    try:
        yield
    finally:
        _change(office, "DROP TRIGGER refusing")


def _change(office: Office, statement: str) -> None:
    connection = engine.connect(office.settings.store, office.contents.store_keys[0])
    try:
        connection.execute(statement)
    finally:
        connection.close()


Lying = dict[str, tuple[int, bytes]]


def lying(office: Office) -> Lying:
    """Which file by its number on the disk, too: a paper made again may be the same to the byte."""
    folders = (office.settings.documents, office.settings.exports)
    files = [file for folder in folders if folder.is_dir() for file in folder.rglob("*")]
    return {file.name: (file.stat().st_ino, file.read_bytes()) for file in files}


def of(files: Lying, begins: str) -> Lying:
    return {name: data for name, data in files.items() if name.startswith(begins)}


def of_receipt(office: Office, clerk: Session) -> Act:
    id_ = received((office, clerk)).handover.id
    return lambda: receipts.make_receipt(office, clerk, id_), "receipt", "receipt-"


def of_slips(office: Office, clerk: Session) -> Act:
    id_ = received((office, clerk)).handover.id
    return lambda: slips.make_slips(office, clerk, id_), "export", "slips-"


def of_on_site(office: Office, _clerk: Session) -> Act:
    id_ = ended(office).id
    return lambda: on_site_sheet.make_sheet(office, as_person(office, "s-toko"), id_), "export", "on-site-"


def of_erasure(office: Office, _clerk: Session) -> Act:
    supervisor = as_person(office, "s-toko")
    done = erasure.record_disk(office, supervisor, "T09", "SN-0001", DiskMethod.SHREDDED, "4階 事務室", SUPERVISOR, WARD)
    return lambda: erasure_sheet.certificate(office, supervisor, done.id), "certificate", "erasure-"


def of_incident(office: Office, clerk: Session) -> Act:
    found_at = office.clock.local().isoformat(timespec="minutes")
    loss = Report(Kind.LOSS, happened=False, found_at=found_at, found_by="", words="見本の届出1枚が見当たらない。")
    id_ = incidents.report(office, clerk, loss)
    return lambda: make_report(office, clerk, id_), "incident_reported_on_paper", "incident-"


def of_log(office: Office, _clerk: Session) -> Act:
    return lambda: audit_log.export(office, as_person(office, "s-toko")), "export", "audit-"


def of_log_review(office: Office, _clerk: Session) -> Act:
    seen = remarked(office, reviewed(office))
    return lambda: signed(office, seen), "log_review", "log-review-"


def of_pack(office: Office, _clerk: Session) -> Act:
    month = report_period.month(office.clock.today())
    return lambda: make_pack(office, as_person(office, "s-toko"), month), "pack", "pack-"


def of_report(office: Office, _clerk: Session) -> Act:
    supervisor = as_person(office, "s-toko")
    report = reports.of_period(office, supervisor, report_period.month(office.clock.today()))
    return lambda: reports.export(office, supervisor, report, Pair(SUPERVISOR, WARD), again=True), "export", "summary-"


def of_list_with_names(office: Office, clerk: Session) -> Act:
    kind = next(iter(documents.WITH_NAMES))
    make = documents.make_list
    return lambda: make(office, clerk, "issued-x.pdf", SHEET, kind, 1, Action.PRINT), "export", "issued-"


def of_ledger(office: Office, _clerk: Session) -> Act:
    return lambda: copies.write_ledger(office, as_person(office, "s-toko")), "export", "copy-ledger-"


def of_takeover(office: Office, _clerk: Session) -> Act:
    return lambda: takeover.write(office, as_person(office, "s-toko")), "takeover", "takeover-"


def of_manual(office: Office, clerk: Session) -> Act:
    return lambda: manual_book.make_pdf(office, clerk), "export", "manual"


def of_self_check(office: Office, _clerk: Session) -> Act:
    supervisor = as_person(office, "s-toko")
    self_check.run(office, supervisor)
    return lambda: self_check.write_sheet(office, supervisor), "export", "self-check-"


EVERY = (
    *(of_receipt, of_slips, of_on_site, of_erasure, of_incident, of_log, of_log_review, of_pack, of_report),
    *(of_list_with_names, of_ledger, of_takeover, of_manual, of_self_check),
)


@pytest.mark.parametrize("how", EVERY)
def test_an_act_that_is_not_kept_leaves_no_file(desk: Desk, how: Callable[[Office, Session], Act]) -> None:
    office, clerk = desk
    act, step, begins = how(office, clerk)
    for _again in range(2):
        before = lying(office)
        with refusing(office, f'"step":"{step}"'), pytest.raises(Exception, match="refused"):
            act()
        after = lying(office)
        assert set(after) == set(before), "no draft, nothing of a pack"
        assert of(after, begins) == of(before, begins), "what lay there before, or nothing"
        act()
        assert of(lying(office), begins) != of(before, begins), "it writes one when it is kept"


def test_a_list_with_names_that_is_not_kept_is_in_no_ledger(desk: Desk) -> None:
    office, clerk = desk
    before = copies.ledger(office, as_person(office, "s-toko"))
    act, step, _begins = of_list_with_names(office, clerk)
    with refusing(office, f'"step":"{step}"'), pytest.raises(Exception, match="refused"):
        act()
    assert copies.ledger(office, as_person(office, "s-toko")) == before


def test_a_disk_that_is_full_at_the_commit_leaves_what_lay_there(small_disk: SmallDisk) -> None:
    made = room(small_disk.folder / "business")
    office, session = signed_in(made, "40127")
    office = ensure_month_key(office)
    old, new = office.settings.documents / "old.pdf", office.settings.documents / "new.pdf"
    try:
        with begin(office, session, Action.REVIEW) as unit:
            unit.write(old, b"old")

        def act() -> None:
            with begin(office, session, Action.REVIEW) as unit:
                unit.write(old, b"new")
                unit.write(new, b"new")
                for _ in range(500):
                    unit.record("application", {"application": "a-1", "filling": "x" * 4000})

        small_disk.keep_free(1 << 20)
        with pytest.raises(EnvironmentTrouble) as caught:
            act()
        assert caught.value.code == "ST-05"
        assert {name: data for name, (_number, data) in lying(office).items()} == {"old.pdf": b"old"}
        small_disk.make_room()
        act()
        assert {name: data for name, (_number, data) in lying(office).items()} == {"old.pdf": b"new", "new.pdf": b"new"}
    finally:
        office.store.close()
        made.close()


def test_no_service_writes_a_file_of_an_act_by_itself() -> None:
    """``Unit.write`` alone takes it back; what these two write is of no act."""
    services = Path(work.__file__).parent
    writing = {file.name for file in services.glob("*.py") if "write_whole(" in file.read_text(encoding="utf-8")}
    assert writing == {"certificate_proof.py", "manual_book.py"}
