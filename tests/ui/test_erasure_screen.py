"""消去・管理台帳 by keys: what would go and what stands in the way, both sign, it is done, its certificate lies in documents."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest
from PySide6.QtWidgets import QApplication, QDialog

from nhi_center.domain.copies import Kind
from nhi_center.domain.erasure import STATEMENT
from nhi_center.domain.operators import Session
from nhi_center.services import copies, erasure
from nhi_center.services.office import Office
from nhi_center.ui.common.table import DataTable
from nhi_center.ui.erasure import ENTRY
from nhi_center.verify import documents
from tests.services.test_erasure import desk, over, settle
from tests.support.desk_hands import DeskHands, Key
from tests.support.office import PASSWORDS, as_person
from tests.support.postgres import postgres
from tests.support.terminals import silent_gateway
from tests.ui.pictures import check_screen

__all__ = ["desk", "over", "postgres", "silent_gateway"]

KEPT = os.environ.get("NHI_PICTURES", "")


def fits(hands: DeskHands, name: str) -> list[str]:
    wrong = []
    for size in ((1366, 768), (1280, 720)):
        hands.window.resize(*size)
        QApplication.processEvents()
        if KEPT:
            hands.window.grab().save(str(Path(KEPT) / f"{name}-{size[0]}.png"))
        wrong += [f"{name} {size}: {problem}" for problem in check_screen(hands.window)]
    return wrong


@pytest.fixture
def hands(over: tuple[Office, Session]) -> Iterator[DeskHands]:
    office, _ward = over
    made = DeskHands(office, as_person(office, "s-toko"), [ENTRY])
    made.window.open_screen("erasure", {})
    yield made
    made.close()


def rows(hands: DeskHands, table: str) -> int:
    return len(hands.find(table, DataTable).rows())


def bar(hands: DeskHands) -> str:
    return hands.window.message_bar.text.text()


def sign(hands: DeskHands, *people: str) -> None:
    for person in people:
        hands.words(person)
        hands.press(Key.Key_Return)
        hands.words(PASSWORDS[person])
        if person != people[-1]:
            hands.press(Key.Key_Return)
    hands.go()


def test_what_stands_in_the_way_is_shown_and_nothing_begins(hands: DeskHands) -> None:
    assert rows(hands, "obstacles_table") > 0
    assert fits(hands, "erasure-obstacles") == []
    hands.press(Key.Key_F3)
    assert "まだ消去できません" in bar(hands)
    assert hands.window.findChild(QDialog, "form_dialog") is None


def test_both_sign_and_it_is_done_and_certified(hands: DeskHands, over: tuple[Office, Session]) -> None:
    office, ward = over
    settle(office)
    hands.window.open_screen("erasure", {})
    assert rows(hands, "obstacles_table") == 0
    assert rows(hands, "counts_table") > 5
    assert fits(hands, "erasure-plan") == []
    hands.press(Key.Key_F3)
    dialog = hands.window.findChild(QDialog, "form_dialog")
    assert dialog is not None
    assert "元に戻せません" in hands.text("form_text")
    if KEPT:
        dialog.grab().save(str(Path(KEPT) / "erasure-dialog.png"))
    hands.words("本庁舎4階")
    hands.press(Key.Key_Return)
    sign(hands, "s-toko", "40127")
    assert "読めないことを確かめました" in bar(hands)
    hands.press(Key.Key_2)
    done = erasure.every(office, ward)[0]
    assert [one for one in done.findings if not one.good] == []
    assert fits(hands, "erasure-past") == []
    hands.press(Key.Key_F4)
    paper = office.settings.documents / f"erasure-{done.ended_at[:10].replace('-', '')}-{done.id[:8]}-partial.pdf"
    proven = documents.check(paper.read_bytes(), office.premises.trust, STATEMENT)
    assert {one.role for one in proven.signers} == {"supervisor", "ward_staff"}
    with pypdfium2.PdfDocument(paper) as document:
        words = "".join("".join(page.get_textpage().get_text_range() for page in document).split())
    for word in (
        "消去証明書(一部消去)",
        "暗号化消去",
        "まだ行っていません",
        "本庁舎4階",
        "届出・申請の入力",
        "全部の消去の証明ではありません",
    ):
        assert word in words
    if KEPT:
        subprocess.run(["pdftoppm", "-r", "70", "-png", str(paper), str(Path(KEPT) / "certificate")], check=True)
    hands.press(Key.Key_F7)
    assert "サインインし直して" in bar(hands)


def test_the_ward_gives_a_number_to_copies_that_stand_in_red(over: tuple[Office, Session]) -> None:
    office, ward = over
    hands = DeskHands(office, ward, [ENTRY])
    try:
        hands.window.open_screen("erasure", {"page": "copies"})
        assert {one.kind for one in copies.ledger(office, ward)} >= {Kind.BACKUP}
        assert fits(hands, "copies-red") == []
        table = hands.find("copies_table", DataTable)
        table.select(next(number for number, row in enumerate(table.rows()) if row.kind is Kind.BACKUP))
        hands.press(Key.Key_F3)
        hands.enter("新総情第12号", "1", "", "2026-04-01")
        hands.words("2027-03-31")
        if KEPT:
            hands.find("form_dialog", QDialog).grab().save(str(Path(KEPT) / "copies-dialog.png"))
        hands.go()
        assert "1件に付きました" in bar(hands)
        assert [one.approval for one in copies.ledger(office, ward) if one.kind is Kind.BACKUP] == ["新総情第12号"]
        hands.press(Key.Key_F4)
        paper = next(office.settings.documents.glob("copy-ledger-*.pdf"))
        with pypdfium2.PdfDocument(paper) as document:
            said = "".join("".join(page.get_textpage().get_text_range() for page in document).split())
        assert "新総情第12号" in said
        assert "情報管理台帳" in said
        assert fits(hands, "copies-given") == []
        if KEPT:
            subprocess.run(["pdftoppm", "-r", "70", "-png", str(paper), str(Path(KEPT) / "ledger")], check=True)
    finally:
        hands.close()


def test_the_contract_ends_with_a_checklist_and_a_paper(hands: DeskHands, over: tuple[Office, Session]) -> None:
    office, _ward = over
    hands.window.open_screen("erasure", {"page": "takeover"})
    assert rows(hands, "checklist_table") > 20
    assert fits(hands, "takeover") == []
    hands.press(Key.Key_F4)
    paper = next(office.settings.documents.glob("takeover-*.pdf"))
    with pypdfium2.PdfDocument(paper) as document:
        said = "".join("".join(page.get_textpage().get_text_range() for page in document).split())
    told = (
        "引継ぎ書",
        "途中の届出・申請",
        "折返し電話・連絡票",
        "番号付き用紙",
        "保管庫と鍵",
        "2026-11",
        "事務室の規則",
        "電話の回答例",
    )
    assert [word for word in told if word not in said] == []
    assert "葛城" not in said
    if KEPT:
        subprocess.run(["pdftoppm", "-r", "70", "-png", str(paper), str(Path(KEPT) / "takeover-paper")], check=True)
