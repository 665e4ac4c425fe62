"""従事者名簿, 研修 and 端末 on the real store, by keys; and their pictures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from nhi_center.domain.operators import Role
from nhi_center.domain.roster import RosterEntry, State
from nhi_center.services import roster as service
from nhi_center.services import roster_papers as papers
from nhi_center.services.office import Office
from nhi_center.storage.store import create_store, new_key, open_store
from nhi_center.ui.common.name_view import NamePainter
from nhi_center.ui.home import ENTRY as HOME
from nhi_center.ui.presence import ENTRY
from nhi_center.ui.presence.choices import ChoicesDialog
from nhi_center.ui.presence.roster_panel import RosterPanel
from nhi_center.ui.presence.terminal_panel import TerminalPanel
from nhi_center.ui.presence.training_panel import TrainingPanel
from nhi_center.ui.shell import MainWindow
from tests.support.office import PASSWORDS, as_person, desk, premises
from tests.support.roster import KATSURA, TODAY, designation, with_company
from tests.support.screens import enter, press, settle, type_keys, window_over
from tests.ui.pictures import check_screen
from tests.ui.roster_room import Opener, dialog, no_dialog, office, opened, panel, problem, screen

__all__ = ["desk", "office", "opened", "premises"]

Key = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
NEW = "k-midori"


def choose(window: MainWindow, person: str) -> None:
    table = panel(window, RosterPanel).table
    table.select([row.entry.person for row in table.rows()].index(person))
    table.setFocus()


def entry(office: Office, person: str = NEW) -> RosterEntry:
    with office.store.read.begin() as connection:
        return service.find(connection, person)


def accepted(office: Office) -> None:
    service.propose(office, as_person(office, "s-toko"), NEW, designation(begins=TODAY))
    papers.make_report(office, as_person(office, "s-toko"))
    service.accept(office, as_person(office, "40127"), "20261124-T04-1", "1", TODAY)


def test_a_new_person_is_keyed_reported_and_accepted(office: Office, opened: Opener) -> None:
    window = opened("s-toko")
    press(Key.Key_F3)
    enter(NEW)
    enter("1")
    for text in (KATSURA, "国保事務センター"):
        enter(text)
    press(Key.Key_Return)  # the company stands there
    for text in ("入力・照合", "R8.12.1", "R9.3.31", "C-010", "10"):
        enter(text)
    press(Key.Key_Return, CTRL)
    assert no_dialog(window)
    assert entry(office).wanted == designation()
    press(Key.Key_F4)
    assert entry(office).state is State.REPORTED
    assert (office.settings.documents / "roster-report-20261124-T04-1.pdf").exists()
    ward = opened("40127")
    press(Key.Key_F4)
    press(Key.Key_Return)  # the only report is chosen already
    enter("8新健医第0123号")
    press(Key.Key_Return, CTRL)
    assert no_dialog(ward)
    assert entry(office).state is State.ACCEPTED


def test_what_is_missing_or_not_allowed_stands_at_its_field(office: Office, opened: Opener) -> None:
    window = opened("s-toko")
    press(Key.Key_F3)
    press(Key.Key_Return, CTRL)
    assert "ID" in problem(window, "person")
    for text in ("K MIHON", "1", KATSURA, "部署", "別の株式会社", "入力", "R8.12.1", "R9.3.31"):
        enter(text)
    press(Key.Key_Return, CTRL)
    assert "英小文字" in problem(window, "person")
    type_keys(NEW)
    press(Key.Key_Return, CTRL)
    assert "再委託の禁止" in problem(window, "employer")
    press(Key.Key_Escape)
    assert no_dialog(window)
    assert NEW not in {line.entry.person for line in service.roster(office, as_person(office, "s-toko")).lines}


def test_the_acts_are_those_of_state_and_permission(office: Office, opened: Opener) -> None:
    accepted(office)

    def acts(person: str, of: str) -> list[str]:
        window = opened(person)
        choose(window, of)
        press(Key.Key_Return)
        if no_dialog(window):
            return []
        found = dialog(window, ChoicesDialog)
        assert isinstance(found, ChoicesDialog)
        shown = [button.accessibleName() for button in found.buttons]
        press(Key.Key_Escape)
        assert no_dialog(window)
        return shown

    managed = ["名簿の変更", "誓約の記録", "退任の手続を始める"]
    assert acts("s-toko", NEW) == [*managed, "アカウントを開く"]
    assert acts("s-toko", "k-hanako") == [*managed, "この人を外す(アカウントの停止)"]
    assert acts("40127", NEW) == ["アカウントを開く"]
    assert acts("40127", "k-hanako") == ["この人を外す(アカウントの停止)"]
    service.begin_leaving(office, as_person(office, "s-toko"), NEW, TODAY, "辞退")
    assert acts("s-toko", NEW) == ["退職時誓約の記録", "鍵・入室カードの返却"]
    assert acts("40127", NEW) == []


def test_pledge_leaving_and_return_by_keys(office: Office, opened: Opener) -> None:
    accepted(office)
    window = opened("s-toko")
    choose(window, NEW)
    press(Key.Key_Return)
    press(Key.Key_2)
    assert "特記事項" in dialog(window).findChild(QLabel, "form_text").text()  # type: ignore[union-attr]
    press(Key.Key_Return, CTRL)
    assert no_dialog(window)
    assert entry(office).pledge() is not None
    press(Key.Key_Return)
    press(Key.Key_3)
    enter("R8.11.30")
    enter("契約の終了")
    assert no_dialog(window)
    assert entry(office).state is State.LEAVING
    assert "退職時誓約がまだです" in panel(window, RosterPanel).missing.text()
    press(Key.Key_Return)
    press(Key.Key_2)
    enter("1")
    enter("2")
    press(Key.Key_Return, CTRL)
    assert no_dialog(window)
    assert (entry(office).key_back, entry(office).card_back) == (TODAY, None)


def test_an_account_is_opened_by_its_person_with_the_ward_beside_him(office: Office, opened: Opener) -> None:
    accepted(office)
    window = opened("40127")
    choose(window, NEW)
    press(Key.Key_Return)
    press(Key.Key_1)
    for text in ("kenshuu-midori-2026", "kenshuu-midori-2027", "40127", PASSWORDS["40127"]):
        enter(text)
    assert "二つのパスワードが違います" in problem(window, "again")
    type_keys("kenshuu-midori-2026")
    press(Key.Key_Return, CTRL)
    assert no_dialog(window)
    assert entry(office).state is State.ACTIVE


def test_removing_asks_for_suspicion_and_the_id_once_more(office: Office, opened: Opener) -> None:
    window = opened("s-toko")
    choose(window, "k-hanako")
    press(Key.Key_Return)
    press(Key.Key_4)
    said = dialog(window).findChild(QLabel, "form_text")
    assert said is not None
    assert "取り消せません" in said.text()
    press(Key.Key_Return, CTRL)
    assert problem(window, "suspicion")
    enter("2")
    enter("k-ichiro")
    enter(PASSWORDS["s-toko"])
    assert "外す人のIDと違います" in problem(window, "typed")
    assert not entry(office, "k-hanako").closed
    type_keys("k-hanako")
    press(Key.Key_Return, CTRL)
    assert no_dialog(window)
    assert entry(office, "k-hanako").closed
    press(Key.Key_4)
    (row,) = panel(window, TerminalPanel).removals.rows()
    assert (row.person, row.sent) == ("k-hanako", False)
    assert "未送信" in panel(window, TerminalPanel).chip.text()


def test_a_lesson_is_recorded_for_those_who_are_ticked(office: Office, opened: Opener) -> None:
    window = opened("s-toko", "trainings")
    press(Key.Key_F3)
    assert no_dialog(window), "nobody is ticked"
    press(Key.Key_Space)
    press(Key.Key_Down)
    press(Key.Key_Space)
    press(Key.Key_F3)
    for text in ("2", "R8.11.24", "本人確認の演習", "95"):
        enter(text)
    press(Key.Key_Return, CTRL)
    assert "点数" in problem(window, "score_2")
    enter("70")
    assert no_dialog(window)
    assert [entry(office, person).trainings[-1].passed for person in ("k-hanako", "k-ichiro")] == [True, False]
    assert panel(window, TrainingPanel).table.checked_rows() == ()
    assert panel(window, TrainingPanel).lessons.rows()[0].content == "本人確認の演習"
    press(Key.Key_F4)
    assert (office.settings.documents / "training-20261124-privacy.pdf").exists()


@pytest.mark.parametrize(
    ("page", "keys", "name"),
    [
        ("room", (), "presence"),
        ("roster", (Key.Key_1,), "roster"),
        ("roster", (Key.Key_2,), "pledges"),
        ("trainings", (), "trainings"),
        ("terminals", (), "terminals"),
        ("ward", (), "ward-people"),
    ],
)
def test_f11_makes_each_list(office: Office, opened: Opener, page: str, keys: tuple[Key, ...], name: str) -> None:
    window = opened("40100", page)
    press(Key.Key_F11)
    for key in keys:
        press(key)
    assert no_dialog(window)
    assert (office.settings.documents / f"{name}-20261124.pdf").exists()


def test_a_clerk_sees_the_room_alone(opened: Opener) -> None:
    window = opened("k-ichiro", "roster")
    assert list(screen(window).panels) == ["room", "cabinets"]
    press(Key.Key_2)
    press(Key.Key_F11)
    assert no_dialog(window)
    assert not {key for key, _word in window.key_bar.shown} & {"1", "2", "F11"}
    assert check_screen(window) == []


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1920, 1080), (1280, 720)])
@pytest.mark.parametrize("person", ["s-toko", "40127", "40100"])
def test_every_page_holds(office: Office, opened: Opener, width: int, height: int, person: str) -> None:
    accepted(office)
    service.begin_leaving(office, as_person(office, "s-toko"), "k-hanako", TODAY, "契約の終了")
    for page in ("room", "roster", "trainings", "terminals", "ward"):
        window = opened(person, page, width, height)
        assert check_screen(window) == [], page


@pytest.mark.parametrize("act", [1, 2, 3, 4])
def test_every_form_holds(office: Office, opened: Opener, act: int) -> None:
    accepted(office)
    window = opened("s-toko")
    choose(window, NEW)
    press(Key.Key_Return)
    assert check_screen(dialog(window, ChoicesDialog)) == []
    press(getattr(Key, f"Key_{act}"))
    assert check_screen(dialog(window)) == []
    assert dialog(window).height() < 720
    press(Key.Key_Escape)
    assert no_dialog(window)


def test_the_ward_administrator_enters_the_first_supervisor(office: Office, glyphs: NamePainter, tmp_path: Path) -> None:
    key = new_key()
    create_store(tmp_path / "new.db", key)
    bare = with_company(replace(office, store=open_store(tmp_path / "new.db", (key,))))
    window = window_over(bare, as_person(bare, "40100"), glyphs, (ENTRY,))
    window.open_screen("presence", {"page": "roster"})
    settle()
    assert check_screen(window) == []
    screen(window).first_focus().setFocus()
    press(Key.Key_F3)
    assert check_screen(dialog(window)) == []
    for text in ("s-hajime", KATSURA, "国保事務センター"):
        enter(text)
    press(Key.Key_Return)
    for text in ("業務の管理", "R8.11.24", "R9.3.31", "C-001", "01", "紙1", "8新健医第0001号"):
        enter(text)
    press(Key.Key_Return, CTRL)
    assert no_dialog(window)
    (row,) = panel(window, RosterPanel).table.rows()
    assert (row.entry.person, row.entry.state, row.entry.now.role) == ("s-hajime", State.ACCEPTED, Role.SUPERVISOR)
    assert not panel(window, RosterPanel).first.isVisible()  # type: ignore[union-attr]
    window.stop()
    window.close()
    window.deleteLater()
    settle()
    bare.store.close()


def test_the_keyboard_stands_in_the_page_that_comes_up(office: Office, glyphs: NamePainter) -> None:
    """A part shown before it has a parent would be a window of its own and take the keyboard away."""
    window = window_over(office, as_person(office, "40127"), glyphs, (HOME, ENTRY))
    window.open_screen("presence", {})
    settle()
    assert screen(window).front.first_focus().hasFocus()
    for key, page in ((Key.Key_2, "roster"), (Key.Key_3, "trainings"), (Key.Key_4, "terminals"), (Key.Key_1, "room")):
        press(key)
        assert screen(window).panels[page].first_focus().hasFocus(), page
    window.stop()
    window.close()
    window.deleteLater()
    settle()
