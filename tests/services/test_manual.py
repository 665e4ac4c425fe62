"""The manual is whole: every screen has its chapter, every chapter says what each role does there, every picture is there."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from nhi_center import resources
from nhi_center.domain.manual import READERS, Chapter
from nhi_center.domain.operators import PERMITTED, Role, Session
from nhi_center.services import manual, manual_book
from nhi_center.services.office import Office
from nhi_center.storage import audit
from nhi_center.ui.pages import ENTRIES
from tests.support.office import desk, premises
from tests.support.pdf_words import words_of

__all__ = ["desk", "premises"]

Room = tuple[Office, Session]


def log_of(office: Office) -> list[bytes]:
    with office.store.read.begin() as connection:
        return [entry for entry, _hash in audit.every(connection)]


CHAPTERS = {chapter.name: chapter for chapter in manual.chapters()}
ALL_PICTURES_BYTES = 600_000
"""What the package of a terminal has room for."""


def test_every_help_text_is_a_chapter_once() -> None:
    texts = [path.stem for path in resources.listing("help", ".md")]
    assert sorted(chapter.name for chapter in manual.chapters()) == texts


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_every_page_has_a_chapter_for_exactly_the_roles_that_may_open_it(entry: object) -> None:
    name, action = entry.name, entry.action  # type: ignore[attr-defined]
    chapter = CHAPTERS.get(name) or CHAPTERS[f"status_{name}"]
    assert chapter.roles == tuple(role for role in READERS if action is None or action in PERMITTED[role])


@pytest.mark.parametrize("chapter", manual.chapters(), ids=lambda chapter: chapter.name)
def test_every_chapter_says_what_each_role_does_there(chapter: Chapter) -> None:
    assert chapter.roles
    assert chapter.strange_roles == ()


def test_the_order_is_by_role_and_within_by_screen() -> None:
    order = [entry.name for entry in ENTRIES]
    for part in manual.parts()[1:-1]:
        assert len({chapter.roles for chapter in part.chapters}) <= 2, part.title
    ward = [one.name for one in CHAPTERS.values() if set(one.roles) <= {Role.WARD_STAFF, Role.WARD_ADMIN} and one.name in order]
    assert ward == sorted(ward, key=order.index)
    room = [one.name for one in CHAPTERS.values() if one.roles == (Role.CLERK, Role.SUPERVISOR) and one.name in order]
    assert room == sorted(room, key=order.index)


def test_every_picture_that_is_named_is_there_and_no_other() -> None:
    named = [picture for chapter in manual.chapters() for picture in chapter.pictures]
    assert sorted(named) == [path.name for path in resources.listing(manual.PICTURES, ".png")]
    for name in named:
        image = QImage(str(resources.path(manual.PICTURES) / name))
        assert image.width() >= 400, name


def test_the_pictures_leave_room_in_the_package() -> None:
    assert sum(path.stat().st_size for path in resources.path(manual.PICTURES).iterdir()) < ALL_PICTURES_BYTES


def test_who_works_at_the_terminal_has_the_manual_as_a_pdf(desk: Room) -> None:
    office, clerk = desk
    made = manual_book.make_pdf(office, clerk)
    assert made == office.settings.documents / "manual.pdf"
    said = "".join(words_of(made).split())
    assert all("".join(chapter.title.split()) in said for chapter in manual.chapters())
    assert any(b'"kind":"manual"' in entry and b'"step":"export"' in entry for entry in log_of(office))
    office.premises.pdf.stop()


def test_without_a_terminal_it_is_written_where_it_is_asked_for(tmp_path: Path) -> None:
    assert str(tmp_path / "手引.pdf") in manual_book.write(tmp_path / "手引.pdf")
    assert (tmp_path / "手引.pdf").read_bytes().startswith(b"%PDF")
