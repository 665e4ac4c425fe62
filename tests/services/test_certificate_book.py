"""証の台帳: what was printed, what the ward does with it, the paper counted by hand, and the seal."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from nhi_center.domain.certificate_blocks import Block
from nhi_center.domain.certificate_kinds import Kind
from nhi_center.domain.certificate_life import Life, LifeEvent
from nhi_center.domain.day_close import OpenItem
from nhi_center.domain.operators import Action, Session
from nhi_center.domain.paper_count import Moment
from nhi_center.errors import OperatorError
from nhi_center.printing.layouts import layout_for
from nhi_center.services import certificate_book as book
from nhi_center.services import certificate_checks as checks
from nhi_center.services import certificate_printing as printing
from nhi_center.services import certificates, incidents, paper_count, seal
from nhi_center.services.office import Office
from nhi_center.services.work import begin
from nhi_center.storage import seal as seals
from tests.support.office import as_person, desk, premises
from tests.support.print_room import TOKO, Room, card, room, silent

__all__ = ["desk", "premises", "room"]


@pytest.fixture
def submitted(room: Room) -> tuple[Office, Session, str]:
    """Both certificates printed by 一郎 and found good by 花子; the 資格確認書 is with the ward."""
    office, clerk = room
    hanako = as_person(office, "k-hanako")
    ids = [row.job.id for row in certificates.queue(office, clerk).rows]
    printing.print_jobs(office, clerk, ids, silent)
    for job in ids:
        checks.check_good(office, hanako, job)
    one = card(room).job.id
    with begin(office, clerk, Action.HANDOVER, step="sign") as unit:
        checks.submitted(unit, [one])
    return office, clerk, one


def event(job: str, what: Life, office: Office, **changes: object) -> LifeEvent:
    made = LifeEvent(job, what, office.clock.today())
    return replace(made, **changes)  # type: ignore[arg-type]


def test_the_book_names_who_printed_and_checked_and_the_ward_sees_neither(submitted: tuple[Office, Session, str]) -> None:
    office, clerk, one = submitted
    today = office.clock.today()
    rows = book.book(office, clerk, today, today)
    assert [row.kind for row in rows] == [Kind.LIMIT, Kind.ELIGIBILITY]
    assert {(row.printed_by, row.checked_by) for row in rows} == {("見本 一郎", "見本 花子")}
    assert book.book(office, clerk, today - timedelta(2), today - timedelta(1)) == ()
    ward = as_person(office, "40127")
    (row,) = book.with_ward(office, ward).rows
    assert (row.job, row.printed_by, row.checked_by) == (one, "", "")
    assert row.may == {Life.ISSUED, Life.VOID}
    assert book.with_ward(office, ward).waiting == 1


def test_the_ward_finds_a_certificate_by_its_paper_number(submitted: tuple[Office, Session, str]) -> None:
    office, _clerk, one = submitted
    ward = as_person(office, "40127")
    serial = book.with_ward(office, ward).rows[0].serial
    wide = serial.lower().translate({ord(a): ord(a) + 0xFEE0 for a in "abcdefghijklmnopqrstuvwxyz0123456789"})
    for typed in (serial, serial[:3], f" {wide} "):
        assert [row.job for row in book.with_ward(office, ward, typed).rows] == [one], typed
    for typed in (f"{serial}9", "ZZ", "%", "_"):
        assert book.with_ward(office, ward, typed).rows == (), typed


def test_of_many_the_ward_sees_what_waits_for_it_and_the_newest(
    submitted: tuple[Office, Session, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    office, _clerk, one = submitted
    ward = as_person(office, "40127")
    monkeypatch.setattr(book, "MOST", 0)
    found = book.with_ward(office, ward)
    assert (found.rows, found.waiting, found.more) == ((), 1, True)
    book.record(office, ward, event(one, Life.ISSUED, office))
    book.record(office, ward, event(one, Life.MAIL_RETURNED, office, reason="3", tracking="123-45-67890", cabinet="2"))
    found = book.with_ward(office, ward)
    assert ([row.job for row in found.returned], found.waiting, found.more) == ([one], 0, True)
    monkeypatch.setattr(book, "MOST", 1)
    found = book.with_ward(office, ward)
    assert ([row.job for row in found.rows], found.more) == ([one], False), "once, though it is among the newest too"


def test_the_ward_s_steps_in_order_and_only_the_ward_s(submitted: tuple[Office, Session, str]) -> None:
    office, clerk, one = submitted
    ward = as_person(office, "40127")
    with pytest.raises(OperatorError) as caught:
        book.record(office, clerk, event(one, Life.ISSUED, office))
    assert caught.value.code == "not-permitted"
    book.record(office, ward, event(one, Life.ISSUED, office))
    book.record(office, ward, event(one, Life.MAIL_RETURNED, office, reason="3", tracking="123-45-67890", cabinet="2"))
    with pytest.raises(OperatorError):
        book.record(office, ward, event(one, Life.GIVEN_BACK, office, reason="1"))
    due = office.clock.today() + timedelta(14)
    book.record(office, ward, event(one, Life.VOID, office, reason="1", due=due))
    (row,) = book.with_ward(office, ward).rows
    assert row.life is not None
    assert (row.standing, row.life.due) == ("無効", due)
    assert row.may == {Life.COLLECTED}
    (opened,) = incidents.listing(office, ward)
    assert opened.incident.report is not None
    assert opened.incident.report.happened, "it had left the ward, though the letter came back"
    assert "交付したあと" in opened.about
    made = book.make_collect_list(office, ward)
    words = pypdfium2.PdfDocument(made)[0].get_textpage().get_text_range()
    assert "回収一覧" in words
    assert row.serial in words
    book.record(office, ward, event(one, Life.COLLECTED, office))
    with pytest.raises(OperatorError) as caught:
        book.make_collect_list(office, ward)
    assert caught.value.code == "empty"
    with pytest.raises(IntegrityError, match="append-only"), office.store.write.begin() as connection:
        connection.execute(text("UPDATE certificate_life SET reason = '2'"))


def test_the_issue_list_has_every_sheet_spoiled_ones_too(submitted: tuple[Office, Session, str]) -> None:
    office, clerk, _one = submitted
    other = next(row.job for row in certificates.queue(office, clerk).rows)
    checks.report_spoiled(office, clerk, other.id, "1")
    checks.sign_and_approve(office, clerk, other.id, *TOKO)
    today = office.clock.today()
    made = book.make_issue_list(office, clerk, today, today)
    words = pypdfium2.PdfDocument(made)[0].get_textpage().get_text_range()
    for wanted in ("発行一覧", "S-", "A-", "書損", "葛\U000e0102城", "一郎"):
        assert wanted in words, wanted
    with pytest.raises(OperatorError) as caught:
        book.make_issue_list(office, clerk, today - timedelta(3), today - timedelta(3))
    assert caught.value.field == "first"


def test_made_alike_is_of_the_same_kind_day_and_hand(submitted: tuple[Office, Session, str]) -> None:
    office, clerk, one = submitted
    assert book.made_alike(office, as_person(office, "s-toko"), one) == ()
    with pytest.raises(OperatorError) as caught:
        book.made_alike(office, clerk, one)
    assert caught.value.code == "not-permitted"


# -- the paper --


def test_paper_is_counted_blind_and_a_difference_stays(room: Room) -> None:
    office, clerk = room
    opened = {item.kind: item.count for item in items(office)}
    assert (opened["paper_uncounted"], opened["paper_differs"]) == (2, 0)
    right = next(stock for stock in paper_count.book(office, clerk).stocks if stock.prefix == "S")
    first = right.upcoming(1)[0]
    assert paper_count.count(office, clerk, "S", Moment.CLOSING, right.left, first.lower()).difference == 0
    for counted, number in ((right.left - 1, first), (right.left, "S-999999")):
        with pytest.raises(OperatorError) as caught:
            paper_count.count(office, clerk, "A" if counted < 0 else "S", Moment.CLOSING, counted, number)
        assert caught.value.field == "reason"
    with pytest.raises(OperatorError) as caught:
        paper_count.count(office, clerk, "S", Moment.CLOSING, right.left, "")
    assert caught.value.field == "first"
    paper_count.count(office, clerk, "S", Moment.CLOSING, right.left - 1, first, "束の中ほどが1枚足りません。")
    found = paper_count.book(office, clerk)
    assert [line.count.difference for line in found.counts] == [-1, 0]
    now = {item.kind: item.count for item in items(office)}
    assert (now["paper_uncounted"], now["paper_differs"]) == (1, 1)
    paper_count.count(office, clerk, "S", Moment.CLOSING, right.left, first)
    assert {item.kind: item.count for item in items(office)}["paper_differs"] == 0
    with pytest.raises(IntegrityError, match="append-only"), office.store.write.begin() as connection:
        connection.execute(text("DELETE FROM paper_count"))


def items(office: Office) -> tuple[OpenItem, ...]:
    with office.store.read.begin() as connection:
        return paper_count.open_items(office, connection)


# -- the seal --


def picture(side: int, colour: str = "#c8102e") -> bytes:
    out = BytesIO()
    Image.new("RGBA", (side, side), colour).save(out, "PNG")
    return out.getvalue()


def lay(office: Office, name: str, data: bytes) -> Path:
    folder = office.settings.business_folder / "seal"
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(data)
    return folder / name


def test_a_seal_goes_into_the_store_is_printed_and_erased(room: Room) -> None:
    office, clerk = room
    admin = as_person(office, "40100")
    file = lay(office, "koin.png", picture(400))
    sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
    line = seal.set_seal(office, admin, "koin.png", office.clock.today())
    assert not file.exists()
    assert (line.sha256, seal.book(office, admin).in_force) == (sha256, line.id)
    certificates.propose(office, clerk)
    row = card(room)
    assert row.sheet is not None
    assert row.sheet.seal == sha256
    page = printing.preview(office, clerk, row.job.id, 0, 8.0)
    box = layout_for(Kind.ELIGIBILITY, office.clock.today()).faces[0].seal
    assert box is not None
    at = 4 * (int((box.y + box.height / 2) * 8) * page.width + int((box.x + box.width / 2) * 8))
    assert page.pixels[at : at + 3] == bytes((0x2E, 0x10, 0xC8)), "the seal is not where the layout has it"
    printing.print_jobs(office, clerk, [row.job.id], silent)
    (counted,) = seal.book(office, admin).printed
    assert (counted.kind, counted.sheets, counted.spoiled) == (Kind.ELIGIBILITY, 1, 0)
    seal.withdraw(office, admin, line.id, "印影が変わりました。")
    with office.store.read.begin() as connection:
        assert seals.image_of(connection, sha256) is None
        assert seals.fingerprint_on(connection, office.clock.today()) == ""
    (kept,) = seal.book(office, admin).lines
    assert (kept.withdrawn, kept.withdrawn_reason) == (True, "印影が変わりました。")
    with pytest.raises(OperatorError):
        seal.withdraw(office, admin, line.id, "もう一度")


@pytest.mark.parametrize(
    "data",
    [b"%PDF-1.7", picture(100), b"\x89PNG\r\n\x1a\n" + b"\0" * 40, picture(400)[:60] + b"\0" * 400, b"\x89PNG" * 200_000],
    ids=["pdf", "small", "no header", "damaged", "large"],
)
def test_what_is_no_seal_is_refused_and_stays_where_it_was(room: Room, data: bytes) -> None:
    office, _clerk = room
    admin = as_person(office, "40100")
    file = lay(office, "x.png", data)
    with pytest.raises(OperatorError) as caught:
        seal.set_seal(office, admin, "x.png", office.clock.today())
    assert caught.value.field == "file"
    assert file.exists()
    assert seal.book(office, admin).lines == ()


def test_only_the_ward_administrator_and_only_from_today_on(room: Room) -> None:
    office, _clerk = room
    lay(office, "x.png", picture(400))
    for person in ("k-ichiro", "s-toko", "40127"):
        with pytest.raises(OperatorError) as caught:
            seal.set_seal(office, as_person(office, person), "x.png", office.clock.today())
        assert caught.value.code == "not-permitted"
    admin = as_person(office, "40100")
    for file, day, field in (("../x.png", 0, "file"), ("x.png", -1, "from_day")):
        with pytest.raises(OperatorError) as caught:
            seal.set_seal(office, admin, file, office.clock.today() + timedelta(day))
        assert caught.value.field == field


def test_a_real_room_prints_nothing_without_a_seal(room: Room) -> None:
    office, clerk = room
    real = replace(office, premises=replace(office.premises, settings=replace(office.settings, training=False)))
    certificates.propose(real, clerk)
    assert all(Block.SEAL_UNSET in row.job.blocks for row in certificates.queue(real, clerk).rows)
