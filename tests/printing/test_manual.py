"""操作の手引 as a book: everything of every chapter, page numbers that are true, bookmarks, fonts of its own."""

from __future__ import annotations

import re
import subprocess
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest

from nhi_center.domain.manual import BlockKind
from nhi_center.printing.documents import render
from nhi_center.printing.flow import lines_of
from nhi_center.printing.fonts import Role
from nhi_center.printing.page import text_width
from nhi_center.services import manual, manual_book

CHAPTERS = manual.chapters()
MADE = date(2026, 11, 24)


@pytest.fixture(scope="module")
def book() -> bytes:
    return render(manual_book.book(MADE, sample=False))


@pytest.fixture(scope="module")
def pages(book: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(book)
    return ["".join(page.get_textpage().get_text_bounded().split()) for page in document]


def test_every_word_of_every_chapter_is_in_it(book: bytes) -> None:
    raw = subprocess.run(["pdftotext", "-raw", "-", "-"], input=book, capture_output=True, check=True).stdout.decode()
    around = {part.title for part in manual.parts()}  # stands at the head of every page
    lines = [line.strip("\f") for line in raw.splitlines()]
    lines = [line for line in lines if line not in around and not re.match(r"操作の手引 +版|[0-9]+ページ$", line)]
    said = "".join("".join(line.split()) for line in lines)
    texts = [(chapter.name, block.text) for chapter in CHAPTERS for block in chapter.blocks]
    assert [text for text in texts if "".join(text[1].split()) not in said] == []


def test_the_contents_name_the_page_each_chapter_begins_on(book: bytes, pages: list[str]) -> None:
    contents = "".join(page for page in pages[1:4])
    with pikepdf.open(BytesIO(book)) as document:
        begins = {str(title): page for title, page in outline(document)}
    for part in manual.parts():
        assert part.title in begins
    for chapter in CHAPTERS:
        title = "".join(chapter.title.split())
        assert f"{title}({begins[chapter.title]})" in contents or CHAPTERS_OF[chapter.title] > 1, chapter.name
        assert title in pages[begins[chapter.title] - 1]


CHAPTERS_OF = {chapter.title: [one.title for one in CHAPTERS].count(chapter.title) for chapter in CHAPTERS}


def outline(document: pikepdf.Pdf) -> list[tuple[str, int]]:
    """(title, page) of every bookmark."""
    numbers = {page.objgen: number for number, page in enumerate(document.pages, start=1)}
    found: list[tuple[str, int]] = []

    def walk(items: Any) -> None:
        for item in items:
            found.append((item.title, numbers[item.to_dictionary_object(document).Dest[0].objgen]))
            walk(item.children)

    with document.open_outline() as top:
        walk(top.root)
    return found


def test_every_part_and_chapter_has_its_bookmark(book: bytes) -> None:
    with pikepdf.open(BytesIO(book)) as document:
        titles = [title for title, _page in outline(document)]
    wanted = [text for part in manual.parts() for text in (part.title, *(one.title for one in part.chapters))]
    assert titles == ["操作の手引", "目次", *wanted]


def test_each_line_of_the_contents_leads_to_its_chapter(book: bytes) -> None:
    with pikepdf.open(BytesIO(book)) as document:
        links = [note for page in document.pages[1:3] for note in page.get("/Annots", [])]
        assert len(links) == len(CHAPTERS)


def test_what_is_drawn_is_drawn_with_embedded_fonts(book: bytes) -> None:
    """Helvetica stands in every page's preamble that the library writes; nothing is drawn with it."""
    with pikepdf.open(BytesIO(book)) as document:
        fonts = {str(font.BaseFont): font for page in document.pages for font in page.Resources.Font.values()}
        assert {name.split("+")[-1] for name in fonts} == {"/Helvetica", "BIZUDGothic-Regular", "BIZUDGothic-Bold"}
        assert all("/FontFile2" in font.FontDescriptor for name, font in fonts.items() if name != "/Helvetica")
    drawn = pypdfium2.PdfDocument(book)
    for page in drawn:
        texts = [one for one in page.get_objects() if one.type == pypdfium2.raw.FPDF_PAGEOBJ_TEXT]
        assert texts
        for one in texts:
            font = pypdfium2.raw.FPDFTextObj_GetFont(one.raw)
            assert pypdfium2.raw.FPDFFont_GetIsEmbedded(font) == 1


def test_pages_are_a4_and_numbered(book: bytes, pages: list[str]) -> None:
    document = pypdfium2.PdfDocument(book)
    assert {(round(width), round(height)) for width, height in (page.get_size() for page in document)} == {(595, 842)}
    assert all(f"{number}ページ" in text for number, text in enumerate(pages, start=1) if number > 1)


def test_every_picture_is_drawn_once(book: bytes) -> None:
    named = [picture for chapter in CHAPTERS for picture in chapter.pictures]
    drawn = pypdfium2.PdfDocument(book)
    images = [one for page in drawn for one in page.get_objects() if one.type == pypdfium2.raw.FPDF_PAGEOBJ_IMAGE]
    assert len(images) == len(named)
    captions = [block.text for chapter in CHAPTERS for block in chapter.blocks if block.kind is BlockKind.PICTURE]
    assert all(captions)


def test_the_same_chapters_give_the_same_bytes(book: bytes) -> None:
    assert render(manual_book.book(MADE, sample=False)) == book


def test_training_says_so_on_every_page(pages: list[str]) -> None:
    trained = pypdfium2.PdfDocument(render(manual_book.book(MADE, sample=True)))
    assert len(trained) == len(pages)
    assert all("見本" in page.get_textpage().get_text_bounded() for page in trained)


# -- running text --


def text_of(line: tuple[tuple[str, Role], ...]) -> str:
    return "".join(text for text, _role in line)


def test_lines_are_as_wide_as_their_room_and_lose_nothing() -> None:
    text = "紙に書いてある順に進みます。「受付」で枚数(届出書と添付)を入れると、Ctrl+Enter で進みます。" * 4
    lines = lines_of([(text[:30], Role.LABEL), (text[30:], Role.STRONG)], 60, 10)
    assert len(lines) > 3
    assert "".join(map(text_of, lines)).replace(" ", "") == text.replace(" ", "")
    assert all(sum(text_width(piece, role, 10) for piece, role in line) <= 60 + 1e-6 for line in lines)


@pytest.mark.parametrize("room", range(24, 60, 3))
def test_no_line_begins_or_ends_with_what_may_not_stand_there(room: int) -> None:
    text = "「入力」と「照合」は、別の人が(Ctrl+Enter)します。ロック、サインアウトは F12 です。チェックします。"
    lines = [text_of(line) for line in lines_of([(text, Role.LABEL)], room, 10)]
    assert not [line for line in lines if line[0] in "、。)」ーッャュョェ"]
    assert not [line for line in lines if line[-1] in "(「"]
    assert any("Ctrl+Enter" in line for line in lines), "a key is never broken"


def test_a_word_longer_than_the_line_is_broken() -> None:
    lines = lines_of([("A" * 100, Role.LABEL)], 40, 10)
    assert len(lines) > 1
    assert "".join(map(text_of, lines)) == "A" * 100


def test_it_is_written_from_the_command_line(tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from nhi_center.cli import app

    told = CliRunner().invoke(app, ["manual", "--out", str(tmp_path / "book.pdf")])
    assert (told.exit_code, (tmp_path / "book.pdf").exists()) == (0, True)
