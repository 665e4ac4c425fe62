"""書出し, 印刷 and バックアップ go to the business folder alone: through a link, a mount or an exchanged folder nothing is
written, and the attempt is in the log."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from nhi_center.domain.operators import Action, Session
from nhi_center.errors import EnvironmentTrouble
from nhi_center.printing.sheets import ListSheet, PdfJob
from nhi_center.printing.spool import MANIFEST, SpoolPrinter
from nhi_center.services import audit_log, documents, printers
from nhi_center.services.office import Office
from nhi_center.services.work import begin
from tests.support.office import as_person, desk, premises

__all__ = ["desk", "premises"]

Room = tuple[Office, Session]
SHEET = ListSheet("見本", "", footer="見本", sample=True)


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    folder = tmp_path / "outside"
    folder.mkdir()
    return folder


def linked(folder: Path, outside: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    if folder.is_dir():
        folder.rmdir()
    folder.symlink_to(outside)


def attempts(office: Office) -> int:
    lines = audit_log.page(office, as_person(office, "s-toko")).lines
    return sum("業務フォルダーの外への書出し" in line.facts for line in lines)


def test_an_export_through_a_link_is_refused_and_kept(desk: Room, outside: Path) -> None:
    office = desk[0]
    linked(office.settings.documents, outside)
    with pytest.raises(EnvironmentTrouble) as caught:
        audit_log.export(office, as_person(office, "s-toko"))
    assert caught.value.code == "ST-11"
    assert attempts(office) == 1
    assert list(outside.iterdir()) == []


def test_the_process_that_makes_pdfs_refuses_it_too(desk: Room, outside: Path) -> None:
    office = desk[0]
    linked(office.settings.documents, outside)
    linked(office.settings.work, outside)
    try:
        with pytest.raises(EnvironmentTrouble) as caught:
            documents.document(office, "a.pdf", SHEET, begin(office, desk[1], Action.STATUS))
        assert caught.value.code == "ST-11"
        with pytest.raises(EnvironmentTrouble), documents.temporary(office, "b", SHEET):
            pass
        target = office.settings.business_folder / "documents/../../c.pdf"
        with pytest.raises(EnvironmentTrouble):
            office.premises.pdf.make(PdfJob(SHEET, target, within=office.settings.business_folder))
    finally:
        office.premises.pdf.stop()
    assert attempts(office) == 1
    assert list(outside.iterdir()) == []


def test_nothing_is_printed_into_a_linked_spool(desk: Room, outside: Path) -> None:
    office, clerk = desk
    linked(office.settings.spool, outside)
    with pytest.raises(EnvironmentTrouble) as caught:
        printers.port_of(office, clerk, "")
    assert caught.value.code == "ST-11"
    assert attempts(office) == 1
    pdf = office.settings.business_folder / "a.pdf"
    pdf.write_bytes(b"%PDF-1.7\n")
    told = SpoolPrinter(office.settings.spool).send("job-1", pdf, 1)
    assert (told.state, "業務フォルダーの外" in told.detail) == ("failed", True)
    assert list(outside.iterdir()) == []


@pytest.mark.parametrize("second", ["hard", "soft"])
def test_a_manifest_that_lies_elsewhere_as_well_is_not_written(desk: Room, outside: Path, second: str) -> None:
    spool = desk[0].settings.spool
    spool.mkdir(mode=0o700, exist_ok=True)
    theirs = outside / "theirs"
    theirs.write_bytes(b"theirs\n")
    if second == "hard":
        os.link(theirs, spool / MANIFEST)
    else:
        (spool / MANIFEST).symlink_to(theirs)
    pdf = desk[0].settings.business_folder / "a.pdf"
    pdf.write_bytes(b"%PDF-1.7\n")
    printer = SpoolPrinter(spool)
    theirs.write_bytes(b"")  # nothing in it that would have to be read first
    assert printer.send("job-1", pdf, 1).state == "failed"
    assert theirs.read_bytes() == b""
