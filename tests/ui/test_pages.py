"""All screens together: each role's left column, nothing that leads nowhere, a status bar that says what is stored."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QApplication, QWidget

from nhi_center.domain.operators import PERMITTED, Action, Role, Session
from nhi_center.services import day_close, today
from nhi_center.services.office import Office
from nhi_center.ui.common.frame_parts import ENTRY_LEAST_PX
from nhi_center.ui.common.name_view import NamePainter
from nhi_center.ui.common.paged_screen import PagedScreen
from nhi_center.ui.pages import all_pages
from nhi_center.ui.shell import MainWindow
from tests.services.test_calls import make_due, promised
from tests.support import papers
from tests.support.office import as_person, desk, premises
from tests.support.screens import focused, press, put_away, settle, window_over
from tests.ui.pictures import clipped
from tests.ui.test_home_screen import a_caller

__all__ = ["desk", "premises"]

Room = tuple[Office, Session]
Opener = Callable[[Office, str], MainWindow]
PAGES = all_pages()


@pytest.fixture
def opened(glyphs: NamePainter) -> Iterator[Opener]:
    made: list[MainWindow] = []

    def make(office: Office, person: str) -> MainWindow:
        session = as_person(office, person)
        window = window_over(office, session, glyphs, PAGES.entries)
        made.append(window)
        window.start(window.current_screen.desk, PAGES.entries, PAGES.explain)  # type: ignore[union-attr]
        PAGES.show_status(window, PAGES.read_status(office, session))
        settle()
        return window

    yield make
    put_away(made)


COLUMNS = {
    "k-ichiro": ["本日の業務", "受渡し", "入力", "照合", "端末間引渡し", "証等の出力", "証の台帳", "電話", "精度", "名簿・研修"],
    "s-toko": [
        "本日の業務",
        "受渡し",
        "入力",
        "照合",
        "端末間引渡し",
        "保留・照会",
        "証等の出力",
        "証の台帳",
        "電話",
        "精度",
        "集計・報告",
        "名簿・研修",
        "委託の管理",
        "点検・監査",
        "消去・台帳",
    ],
    "40127": [
        "本日の業務",
        "受渡し",
        "区の審査",
        "訂正・取下げ",
        "保留・照会",
        "証の交付",
        "名簿・研修",
        "委託の管理",
        "点検・監査",
        "消去・台帳",
    ],
    "40100": [
        "本日の業務",
        "受渡し",
        "区の審査",
        "訂正・取下げ",
        "保留・照会",
        "証の交付",
        "電話の回答例",
        "名簿・研修",
        "委託の管理",
        "点検・監査",
        "消去・台帳",
    ],
}


class StrayWindows(QObject):
    """Parts of a page that were shown before they had a place in it: each flashes up as a window and takes the keyboard away."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.seen.append(watched.objectName())
        return False


@pytest.mark.parametrize("person", COLUMNS)
def test_each_role_has_its_column_and_every_entry_opens(desk: Room, opened: Opener, person: str, qapp: QApplication) -> None:
    window = opened(desk[0], person)
    stray = StrayWindows()
    qapp.installEventFilter(stray)
    buttons = window.navigation.buttons
    assert [button.entry.title for button in buttons.values()] == COLUMNS[person]
    for name, button in buttons.items():
        button.click()
        settle()
        assert window.current_screen is window.screen_named(name)
        assert window.message_bar.kind in ("", "info")
    qapp.removeEventFilter(stray)
    assert stray.seen == []
    desk[0].premises.pdf.stop()


@pytest.mark.parametrize("person", COLUMNS)
@pytest.mark.parametrize("size", [(1280, 720), (1366, 768)])
def test_no_line_of_the_column_is_covered_at_the_smallest_window(
    desk: Room, opened: Opener, person: str, size: tuple[int, int]
) -> None:
    window = opened(desk[0], person)
    window.resize(*size)
    settle()
    assert (window.width(), window.height()) == size
    column = window.navigation
    below = 0
    for button in column.buttons.values():
        assert button.y() >= below, "it stands under the one before"
        assert button.height() >= ENTRY_LEAST_PX
        below = button.y() + button.height()
    assert below <= column.height() - 8, "the last one has room above the keys"
    desk[0].premises.pdf.stop()


@pytest.mark.parametrize("person", COLUMNS)
@pytest.mark.parametrize("size", [(1366, 768), (1280, 720)])
def test_the_keys_of_every_page_have_room_for_their_words(
    desk: Room, opened: Opener, person: str, size: tuple[int, int], qapp: QApplication
) -> None:
    """With all that the whole program adds to a page's own keys: search, telephone, lock."""
    window = opened(desk[0], person)
    window.resize(*size)
    cut: dict[str, list[str]] = {}
    for name in window.navigation.buttons:
        window.open_screen(name, {})
        screen = window.current_screen
        for page in screen.panels if isinstance(screen, PagedScreen) else ("",):
            if isinstance(screen, PagedScreen):
                screen.choose(page)
            settle()
            for _turn in range(3):
                qapp.processEvents()
            if wrong := clipped(window.key_bar):
                cut[f"{name} {page}"] = wrong
    assert not cut
    desk[0].premises.pdf.stop()


@pytest.mark.parametrize("role", [Role.CLERK, Role.SUPERVISOR, Role.WARD_STAFF])
def test_nothing_the_first_page_says_leads_nowhere(role: Role) -> None:
    may_open = {entry.name for entry in PAGES.entries if entry.action is None or entry.action in PERMITTED[role]}
    ward = role is Role.WARD_STAFF
    named = (
        {"custody", "review", "corrections", "questions", "presence", "inspection"}
        if ward
        else {"custody", "entry", "verification"}
    )
    named |= set() if ward else {"certificates", "call"}
    named |= {"holds"} if role is Role.SUPERVISOR else set()
    assert named <= may_open
    assert {"sync", "custody"} <= may_open


def test_every_open_item_of_the_day_close_opens_its_work(desk: Room, opened: Opener) -> None:
    office = desk[0]
    supervisor = as_person(office, "s-toko")
    window = opened(office, "s-toko")
    others = {"review"}  # the ward's own screen: the panel says whose work it is
    for line in day_close.check(office, supervisor).lines:
        assert line.item.screen in others or window.open_screen(line.item.screen, {}), line.item.kind
    office.premises.pdf.stop()


@pytest.mark.parametrize("person", COLUMNS)
def test_every_status_item_is_explained_to_everybody(desk: Room, opened: Opener, person: str) -> None:
    """By its page, or where the role has no such page by the help text."""
    window = opened(desk[0], person)
    for item in ("isolation", "sync", "custody", "print", "calls"):
        window.open_screen("home", {})
        window.floating.help_panel.hide()
        window.status_bar.items[item].setFocus()
        press(Qt.Key.Key_Space)
        explained = window.current_screen in [window.screen_named(name) for name, _params in PAGES.explain[item]]
        assert explained != window.floating.help_panel.isVisible(), item
    desk[0].premises.pdf.stop()


def test_the_bar_says_what_is_stored(desk: Room, opened: Opener) -> None:
    office, clerk = desk
    a_caller(office)
    papers.receive(office, clerk, F02=2, F05=1)
    promised(office, clerk)
    make_due(office)
    window = opened(office, "k-ichiro")
    said = {name: button.accessibleName() for name, button in window.status_bar.items.items()}
    unsent = today.status(office, clerk).unsent
    assert said["isolation"] == "接続制限 プログラムのみ"  # a test's process asks the kernel for nothing
    assert said["sync"] == f"同期 未送信 {unsent}"
    assert said["custody"] == "手元の書類 3枚"
    assert said["calls"] == "折返し 1 期限超過"
    assert window.navigation.buttons["entry"].count == 2
    assert window.navigation.buttons["calls"].alarm


def test_search_and_telephone_are_reached_from_the_first_page(desk: Room, opened: Opener) -> None:
    window = opened(desk[0], "k-ichiro")
    press(Qt.Key.Key_F2)
    assert window.current_screen is window.screen_named("search")
    press(Qt.Key.Key_F5)
    assert window.floating.overlay_shown
    assert focused().window() is window
    press(Qt.Key.Key_F5)


def test_actions_without_a_screen_are_acts_inside_one() -> None:
    """Every permission shows itself somewhere: as a screen, or as an act on one."""
    inside = {
        Action.SIGN_IN,
        Action.SIGN_OUT,
        Action.VIEW_PERSON,
        Action.CHECK_PRESENCE,
        Action.HOLD,
        Action.ADJUDICATE,
        Action.SET_RATE,
        Action.SET_SEAL,
        Action.VIEW_PRINTERS,
    }
    inside |= {Action.CHECK_PRINT, Action.APPROVE_SPOILED, Action.DAY_CLOSE, Action.SYNC}
    inside |= {Action.LOCK, Action.UNLOCK, Action.EXTEND_LOCK, Action.COPY_OUT, Action.CHANGE_PASSWORD}
    inside |= {Action.VIEW_ROSTER, Action.MANAGE_ROSTER, Action.ACCEPT_ROSTER, Action.OPEN_ACCOUNT, Action.REMOVE_PERSON}
    inside |= {Action.VOUCH, Action.REKEY, Action.BACK_UP, Action.RECOVER, Action.SELF_CHECK, Action.SIGN_LOG_REVIEW}
    inside |= {Action.SET_UP, Action.SET_URGENT, Action.RENEW, Action.CABINET, Action.MANAGE_CABINETS, Action.APPROVE_ANSWER}
    inside |= {Action.CLOSE_INCIDENT, Action.ALLOW_SCANNER, Action.VIEW_TERMINALS, Action.LEAVE}
    inside |= {Action.MANAGE_CONTRACT, Action.ON_SITE_INSPECT, Action.RECORD_CONTROL, Action.ANSWER_CONTROL}
    inside |= {Action.SETTLE_CONTROL}
    inside |= {Action.ACKNOWLEDGE_DEVICE, Action.REPAIR_SYNC, Action.SETTLE_CONFLICT, Action.DECLARE_FAILED}
    inside |= {Action.COPY_LEDGER, Action.APPROVE_COPY, Action.EXPORT_NAMES}
    assert {entry.action for entry in PAGES.entries} | inside == set(Action)
