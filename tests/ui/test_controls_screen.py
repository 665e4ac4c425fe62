"""委託の管理 by keys: the measures, the contract, an on-site inspection to its settled finding, records, the books."""

from __future__ import annotations

from datetime import date

from PySide6.QtWidgets import QLabel, QLineEdit, QPlainTextEdit, QWidget

from nhi_center.domain.on_site_inspection import Line, Verdict
from nhi_center.domain.operators import Session
from nhi_center.services import control_records, on_site_inspection
from nhi_center.services.controls import measures
from nhi_center.services.office import Office
from nhi_center.ui.common.form_dialog import FormDialog
from nhi_center.ui.common.table import DataTable
from nhi_center.ui.controls import ENTRY
from tests.support.desk_hands import DeskHands, Key
from tests.support.office import PASSWORDS, as_person, desk, premises
from tests.ui.pictures import clipped, looked_at, looked_at_small, unnamed, unreachable

__all__ = ["desk", "premises"]

Room = tuple[Office, Session]


def hands_of(office: Office, person: str, page: str) -> DeskHands:
    hands = DeskHands(office, as_person(office, person), [ENTRY])
    hands.window.open_screen("controls", {"page": page})
    return hands


def leave(hands: DeskHands) -> None:
    """This person goes, the room stays as it is."""
    hands.window.stop()
    hands.window.close()
    hands.window.deleteLater()


def table(hands: DeskHands, name: str) -> DataTable:
    return hands.find(name, DataTable)


def bar(hands: DeskHands) -> str:
    return hands.window.message_bar.text.text()


def test_every_measure_stands_there_with_its_state_and_details(desk: Room) -> None:
    hands = hands_of(desk[0], "40127", "measures")
    try:
        rows = table(hands, "measures_table").rows()
        assert len(rows) == 44
        table(hands, "measures_table").select(43)
        assert "損害と賠償の経過" in hands.text("measures_does")
        table(hands, "measures_table").select(1)
        assert looked_at_small(hands.window, "measures") == []
        hands.press(Key.Key_F11)
        assert bar(hands).startswith("controls-T04-20261124.pdf を作りました。")
    finally:
        hands.close()


def test_the_supervisor_enters_a_contract_with_the_ward_administrator(desk: Room) -> None:
    hands = hands_of(desk[0], "s-toko", "contract")
    try:
        assert looked_at_small(hands.window, "contract") == []
        hands.press(Key.Key_F3)
        hands.enter("令和9年度", "見本事務サービス株式会社", "国民健康保険事務センター業務", "R9.4.1", "R10.3.31", "R8.4.1", "1")
        dialog = hands.find("form_dialog", FormDialog)
        looked_at(dialog, "contract-form")
        assert [*clipped(dialog), *unreachable(dialog), *unnamed(dialog)] == []
        hands.enter(PASSWORDS["s-toko"], "40100", PASSWORDS["40100"])
        assert bar(hands).startswith("契約を記録しました。")
        assert [row.state for row in table(hands, "contract_table").rows()] == ["これから", "契約中"]
    finally:
        hands.close()


def test_ward_staff_read_the_contract_and_have_no_key_to_enter_one(desk: Room) -> None:
    hands = hands_of(desk[0], "40127", "contract")
    try:
        hands.press(Key.Key_F3)
        assert hands.window.findChild(QLineEdit, "number") is None
        assert len(table(hands, "contract_table").rows()) == 1
    finally:
        hands.close()


def inspect(office: Office, unfit: str) -> None:
    """All lines but the first, which is keyed by hand."""
    for measure in measures()[1:]:
        on_site_inspection.write_line(office, as_person(office, unfit), Line(measure.id, Verdict.FIT))


def test_two_of_the_ward_inspect_together_and_sign_the_whole_checklist(desk: Room) -> None:
    office, _clerk = desk
    hands = hands_of(office, "40127", "on_site")
    try:
        assert looked_at_small(hands.window, "on-site-empty") == []
        hands.press(Key.Key_F3)
        hands.enter(PASSWORDS["40127"], "40127", PASSWORDS["40127"], "", "")
        assert "二人以上で行います" in hands.find("person_note", QLabel).text()
        hands.find("person", QLineEdit).clear()
        looked_at(hands.find("form_dialog", FormDialog), "on-site-begin")
        hands.enter("40128", PASSWORDS["40128"], "", "")
        checklist = table(hands, "checklist_table")
        assert len(checklist.rows()) == 44
        hands.press(Key.Key_F3)
        hands.words("2")
        looked_at(hands.find("form_dialog", FormDialog), "on-site-line")
        hands.enter("", "R8.12.10", "契約書の写しが室内にない")
        assert checklist.rows()[0].line.verdict is Verdict.UNFIT
        assert checklist.currentIndex().row() == 1, "on to the next measure"
        assert looked_at_small(hands.window, "on-site-checklist") == []
        hands.go()
        hands.enter(PASSWORDS["40127"], "", PASSWORDS["40128"], "", "")
        assert "まだ見ていない項目が43あります" in hands.text("form_refusal")
        hands.press(Key.Key_Escape)
        inspect(office, "40127")
        hands.go()
        hands.enter(PASSWORDS["40127"], "", PASSWORDS["40128"], "", "")
        assert bar(hands).startswith("立入り調査を終えて署名しました。")
        assert [row.state for row in table(hands, "inspections_table").rows()] == ["指摘あり"]
    finally:
        hands.close()


def test_a_finding_is_answered_by_the_company_and_ended_by_the_ward(desk: Room) -> None:
    office, _clerk = desk
    ward, both = as_person(office, "40127"), [(person, PASSWORDS[person]) for person in ("40127", "40128")]
    on_site_inspection.begin_inspection(office, ward, both)
    on_site_inspection.write_line(office, ward, Line(measures()[0].id, Verdict.UNFIT, "写しがない", date(2026, 12, 10)))
    inspect(office, "40127")
    on_site_inspection.end_inspection(office, ward, both)
    hands = hands_of(office, "40127", "on_site")
    try:
        hands.press(Key.Key_F4)
        hands.words("早すぎる")
        hands.go()
        assert "回答がまだありません" in hands.text("form_refusal")
        hands.press(Key.Key_Escape)
        assert looked_at_small(hands.window, "on-site-findings") == []
    finally:
        leave(hands)
    company = hands_of(office, "s-toko", "on_site")
    try:
        company.press(Key.Key_F4)
        company.words("写しを保管庫1に置いた")
        company.go()
        assert table(company, "findings_table").rows()[0].state == "回答あり"
        company.press(Key.Key_F11)
        assert bar(company).startswith("on-site-T04-20261124-")
    finally:
        leave(company)
    hands = hands_of(office, "40127", "on_site")
    try:
        hands.press(Key.Key_F4)
        hands.words("現物を確かめた")
        hands.go()
        assert table(hands, "findings_table").rows()[0].state == "終わり"
        assert [row.state for row in table(hands, "inspections_table").rows()] == ["済み"]
    finally:
        hands.close()


def test_a_record_is_written_answered_and_ended_by_keys(desk: Room) -> None:
    office, _clerk = desk
    ward = hands_of(office, "40127", "records")
    try:
        ward.press(Key.Key_F3)
        ward.words("5")
        ward.enter("")
        ward.enter("", "R8.12.1", "鍵の管理")
        ward.find("words", QPlainTextEdit).setPlainText("鍵の返却を毎日記録すること")
        ward.go()
        (row,) = table(ward, "records_table").rows()
        assert (row.wanted.kind.label, row.state) == ("改善指導", "回答待ち")
        assert looked_at_small(ward.window, "records") == []
    finally:
        leave(ward)
    company = hands_of(office, "s-toko", "records")
    try:
        company.press(Key.Key_F4)
        company.words("本日から記録します")
        company.go()
        assert company.window.findChild(QWidget, "records_f6_button") is None
        assert control_records.records(office, as_person(office, "s-toko")).records[0].state == "回答あり"
    finally:
        company.close()


def test_the_pack_of_the_month_by_one_key(desk: Room) -> None:
    hands = hands_of(desk[0], "40127", "books")
    try:
        hands.press(Key.Key_F9)
        assert bar(hands).startswith("pack-T04-2026-11-24.pack.zip を作りました。")
    finally:
        hands.close()


def test_the_books_open_their_screens_and_become_papers(desk: Room) -> None:
    hands = hands_of(desk[0], "s-toko", "books")
    try:
        assert looked_at_small(hands.window, "books") == []
        titles = [row.title for row in table(hands, "books_table").rows()]
        table(hands, "books_table").select(titles.index("入退室・鍵管理簿"))
        hands.press(Key.Key_F11)
        assert bar(hands).startswith("keys-20261124-20261124.pdf を作りました。")
        table(hands, "books_table").select(titles.index("受渡簿"))
        hands.press(Key.Key_F11)
        assert "受渡しはありません" in hands.find("books_period_first_note", QLabel).text()
        table(hands, "books_table").select(titles.index("アクセスログ点検表"))
        hands.press(Key.Key_F11)
        assert "その画面で署名して作ります" in bar(hands)
        assert date(2026, 11, 24) == desk[0].clock.today()
    finally:
        hands.close()
