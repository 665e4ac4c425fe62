"""事故・差異の記録 by keys, of the clerk and of the ward; and how it looks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTextBrowser, QWidget

from nhi_center.domain.incident_report import Kind, Report
from nhi_center.domain.operators import Session
from nhi_center.services import handover as service
from nhi_center.services import incidents
from nhi_center.services.office import Office
from nhi_center.ui.common.form_dialog import FormDialog
from nhi_center.ui.common.table import DataTable
from nhi_center.ui.custody import ENTRY as CUSTODY
from nhi_center.ui.entry import ENTRY
from nhi_center.ui.incidents import ENTRY as INCIDENTS
from nhi_center.ui.incidents.procedures import ProceduresDialog
from tests.support.desk_hands import DeskHands, Key
from tests.support.office import PASSWORDS, advance, as_person, desk, premises
from tests.ui.pictures import looked_at, looked_at_small

__all__ = ["desk", "premises"]

ALT = Qt.KeyboardModifier.AltModifier
NINE, EIGHT = (3, 5, 2, 3, 1, 1, "", ""), (3, 4, 2, 3, 1, 1, "", "")


@pytest.fixture
def hands(desk: tuple[Office, Session]) -> Iterator[DeskHands]:
    made = DeskHands(*desk, [CUSTODY, INCIDENTS, ENTRY])
    yield made
    made.close()


def a_difference(hands: DeskHands) -> None:
    hands.press(Key.Key_F3)
    for round_ in (1, 2):
        hands.enter(*NINE)
        hands.enter(*EIGHT)
        if round_ == 1:
            hands.press(Key.Key_F3)
    hands.enter("40127", PASSWORDS["40127"])
    hands.words(PASSWORDS["k-ichiro"])
    hands.go()


def test_from_the_signature_to_the_ward_s_end_of_it(hands: DeskHands, desk: tuple[Office, Session]) -> None:
    office, _clerk = desk
    wrong = looked_at_small(hands.window, "incident-none")
    a_difference(hands)
    assert hands.find("mark_chip", QWidget).isVisible()
    wrong += looked_at_small(hands.window, "incident-signed")
    hands.press(Key.Key_I, ALT)
    assert "1件(区への通知がまだ 1件)" in hands.text("incident_counts")
    assert "渡した側 3件5枚、受け取った側 3件4枚" in hands.text("incident_facts")
    assert "速報 11月26日から11月28日まで、確報 12月23日まで" in hands.text("incident_facts")
    assert "30分で赤く" in hands.text("incident_rule")
    advance(office.premises, minutes=31)
    hands.window.open_screen("incidents", {})
    wrong += looked_at_small(hands.window, "incident-overdue")
    hands.press(Key.Key_Return)
    assert hands.at.objectName() == "incident_words"
    hands.go()
    assert "書いてください" in hands.text("incident_words_note")
    hands.words("双方でトレイと封筒の中を探した。")
    hands.go()
    assert "双方でトレイと封筒の中を探した。" in hands.text("incident_facts")
    hands.press(Key.Key_F3)
    assert hands.at.objectName() == "told_to"
    hands.words("k-hanako")
    hands.press(Key.Key_F3)
    assert "職員番号を入れてください" in hands.text("told_to_note")
    hands.at.selectAll()  # type: ignore[attr-defined]
    hands.words("40100")
    hands.press(Key.Key_F3)
    assert "通知" in hands.text("incident_facts")
    assert not hands.find("close_button", QWidget).isVisible(), "only the ward closes it"
    wrong += looked_at_small(hands.window, "incident-told")
    ward = DeskHands(office, as_person(office, "40100"), [CUSTODY, INCIDENTS])
    ward.window.open_screen("incidents", {})
    assert ward.at.objectName() == "incident_table"
    ward.press(Key.Key_F4)
    wrong += looked_at_small(ward.window, "incident-closed")
    (row,) = incidents.listing(*desk)
    assert row.incident.closed is not None
    ward.close()
    assert wrong == []


def test_the_papers_of_it_bear_the_mark_in_the_list_of_entry(hands: DeskHands) -> None:
    a_difference(hands)
    hands.press(Key.Key_F4)
    assert hands.at.objectName() == "entry_table"
    assert looked_at_small(hands.window, "incident-entry-list") == []
    hands.window.open_screen("custody", {})
    hands.press(Key.Key_F8)
    assert looked_at_small(hands.window, "incident-book") == []
    marks = [row.marked for row in hands.find("handover_book_table", DataTable).rows()]
    assert marks == [True] * 3


def test_the_ward_is_known_for_the_next_delivery_and_signs_it_himself(hands: DeskHands, desk: tuple[Office, Session]) -> None:
    a_difference(hands)
    hands.go()
    assert "見本 区子" in hands.text("visit_chip")
    assert looked_at_small(hands.window, "incident-visit-list") == []
    hands.press(Key.Key_F3)
    hands.enter(*NINE)
    hands.enter(*NINE)
    assert hands.at.objectName() == "giver_password"
    assert "前の便から続けて" in hands.text("giver_statement")
    assert looked_at_small(hands.window, "incident-visit-sign") == []
    hands.press(Key.Key_E, ALT)
    assert hands.at.objectName() == "giver_id"
    hands.enter("40128", PASSWORDS["40128"])
    hands.words(PASSWORDS["k-ichiro"])
    hands.go()
    hands.go()
    assert "見本 区郎" in hands.text("visit_chip")


@pytest.mark.parametrize("how", ["time", "lock"])
def test_a_visit_ends_with_time_and_with_the_lock(hands: DeskHands, desk: tuple[Office, Session], how: str) -> None:
    a_difference(hands)
    hands.go()
    hands.press(Key.Key_F3)
    hands.enter(*NINE)
    hands.enter(*NINE)
    assert hands.at.objectName() == "giver_password"
    screen = hands.window.screen_named("custody")
    assert screen is not None
    if how == "time":
        advance(desk[0].premises, minutes=11)
        screen._clock.timeout.emit()  # type: ignore[attr-defined]
    else:
        hands.window.lock()
        hands.window.unlock()
    assert not hands.find("visit_chip", QWidget).isVisibleTo(hands.find("handover_list_page", QWidget))
    assert hands.find("giver_id", QWidget).property("text") == ""
    view = next(one for one in service.of_today(*desk) if one.handover.state == "open")
    hands.window.open_screen("custody", {"handover": view.handover.id})
    assert hands.at.objectName() == "giver_id"


def test_reported_from_any_page_and_the_half_keyed_form_stays(hands: DeskHands, desk: tuple[Office, Session]) -> None:
    hands.press(Key.Key_F3)
    hands.enter("3", "5")
    before = hands.at.objectName()
    hands.press(Key.Key_F1, Qt.KeyboardModifier.ControlModifier)
    assert hands.at.objectName() == "kind"
    wrong = looked_at(hands.find("form_dialog", FormDialog), "incident-report-empty")
    hands.go()
    assert "入力して" in hands.text("kind_note")
    hands.enter("6", "2", "", "", "けさ", "二人", "", "氏名、住所")
    hands.words("保管庫から出した届出1枚が見当たらない。")
    hands.go()
    assert "数字で" in hands.text("persons_note")
    hands.at.selectAll()  # type: ignore[attr-defined]
    hands.words("2")
    wrong += looked_at(hands.find("form_dialog", FormDialog), "incident-report")
    hands.go()
    assert "直ちに知らせ" in hands.text("message_text")
    assert hands.at.objectName() == before
    (row,) = incidents.listing(*desk)
    assert (row.incident.kind.label, row.subject) == ("紛失・滅失", "おそれ 2人 氏名、住所")
    assert wrong == []


def test_one_reported_over_the_list_is_the_one_that_f3_is_about(hands: DeskHands, desk: tuple[Office, Session]) -> None:
    office, clerk = desk
    found_at = office.clock.local().isoformat(timespec="minutes")
    first = incidents.report(office, clerk, Report(Kind.LOSS, True, found_at, "", "届出1枚が見当たらない。"))
    hands.window.open_screen("incidents", {})
    hands.press(Key.Key_F1, Qt.KeyboardModifier.ControlModifier)
    hands.enter("6", "2", "", "", "", "", "", "")
    hands.words("別の届出が見当たらない。")
    hands.go()
    assert "別の届出が" in hands.text("incident_facts")
    hands.press(Key.Key_F3)
    hands.words("40100")
    hands.press(Key.Key_F3)
    told = {row.incident.id: row.incident.told for row in incidents.listing(*desk)}
    assert told.pop(first) is None
    assert None not in told.values()


def test_the_end_of_one_speaks_of_no_delivery_that_there_is_not(desk: tuple[Office, Session]) -> None:
    office, clerk = desk
    found_at = office.clock.local().isoformat(timespec="minutes")
    id_ = incidents.report(office, clerk, Report(Kind.LOSS, True, found_at, "", "届出1枚が見当たらない。"))
    incidents.write(office, clerk, id_, "探した。")
    incidents.tell(office, clerk, id_, "40100", "")
    ward = DeskHands(office, as_person(office, "40100"), [CUSTODY, INCIDENTS])
    ward.window.open_screen("incidents", {})
    ward.press(Key.Key_F4)
    assert ward.text("message_text") == "終結にしました。"
    ward.close()


def test_a_reported_one_goes_on_paper_and_the_procedures_are_at_hand(hands: DeskHands, desk: tuple[Office, Session]) -> None:
    office, clerk = desk
    found_at = office.clock.local().isoformat(timespec="minutes")
    incidents.report(office, clerk, Report(Kind.LOSS, True, found_at, "", "届出1枚が見当たらない。", "けさ", 2, "氏名", True))
    hands.window.open_screen("incidents", {})
    hands.press(Key.Key_Return)
    assert hands.at.objectName() == "incident_words"
    hands.press(Key.Key_Backtab)
    hands.enter("3")
    hands.words("封筒に入れたまま戻した。")
    hands.go()
    assert "原因 11月24日" in hands.text("incident_facts")
    hands.press(Key.Key_F7)
    assert "incident-20261124-first.pdf を作りました" in hands.text("message_text")
    assert "書面での報告" in hands.text("incident_facts")
    wrong = looked_at_small(hands.window, "incident-reported")
    hands.press(Key.Key_F8)
    assert "緊急連絡先はまだ" in hands.text("contact_words")
    hands.press(Key.Key_2)
    assert hands.text("procedure_title") == "書類・用紙が合わない"
    assert "受渡しを止めます" in hands.find("procedure_text", QTextBrowser).toPlainText()
    wrong += looked_at(hands.find("procedures_dialog", ProceduresDialog), "incident-procedures")
    hands.press(Key.Key_Escape)
    assert hands.at.objectName() == "incident_table"
    assert wrong == []
