"""F1 has a text for every screen and every item of the status bar, and no text stands there for nothing."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from nhi_center import resources
from nhi_center.ui.common.frame_parts import StatusBar
from nhi_center.ui.common.help_panel import HelpPanel
from nhi_center.ui.pages import ENTRIES

TEXTS = {path.stem for path in resources.listing("help", ".md")}
SCREENS = {entry.name for entry in ENTRIES}


def test_every_text_has_its_place(qtbot: QtBot) -> None:
    bar = StatusBar()
    qtbot.addWidget(bar)
    items = {f"status_{item}" for item in bar.items}
    assert items <= TEXTS
    assert TEXTS - items - SCREENS == {"common"}


@pytest.mark.parametrize("name", sorted(SCREENS))
def test_every_screen_has_its_text(name: str, qtbot: QtBot) -> None:
    """The page of the exchange shares the text of its item in the status bar."""
    window = QWidget()
    qtbot.addWidget(window)
    panel = HelpPanel(window)
    panel.show_help(name if name in TEXTS else f"status_{name}")
    assert panel.shown != "common"
    title = resources.read_text(f"help/{panel.shown}.md").splitlines()[0].removeprefix("# ")
    assert panel.browser.toPlainText().startswith(title)
    assert "F12" in panel.browser.toPlainText(), "the keys of every page stand below"


def test_pledge_clauses_policy_and_the_present_law_are_read_with_f1(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    panel = HelpPanel(window)
    panel.show_help("presence")
    shown = "".join(panel.browser.toPlainText().split())
    pledge = resources.read_toml("roster/pledge.toml")
    for line in (*pledge["join"], *pledge["leave"], f"({pledge['version']}版)"):
        assert "".join(line.split()) in shown
    assert [number for number in range(1, 22) if f"第{number}項" not in shown] == []
    for said in (
        "乙は、業務を行うに当たって、個人情報を取り扱う業務を一切第三者に委託してはならない。",
        "第1項から第19項までに掲げる事項に違反し",
        "個人情報の保護に関する法律",
        "新宿区個人情報の保護に関する法律施行条例",
        "新宿区情報セキュリティポリシー",
    ):
        assert said in shown
    assert "@include" not in shown
