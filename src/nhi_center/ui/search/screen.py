"""台帳検索: the list while typing, and the page of the person opened. No purpose, no page; money is not shown here."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nhi_center.domain.people import Person
from nhi_center.domain.purpose import Purpose
from nhi_center.errors import OperatorError
from nhi_center.services import person_file
from nhi_center.services.person_file import OpenFile
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.page_stack import PageStack
from nhi_center.ui.common.screen import KeyHint, Screen, TitleLine
from nhi_center.ui.common.styling import words
from nhi_center.ui.entry.asking import run
from nhi_center.ui.search.person_page import PersonFilePage
from nhi_center.ui.search.purpose_choice import PurposeChoice
from nhi_center.ui.search.results import ResultList

ASKED_LATER = "目的は、人を開くときに番号で選びます。開いた人は記録に残ります。"


class SearchScreen(Screen):
    """``opened(purpose=...)``: the case in hand, or None."""

    name = "search"
    title = "台帳検索"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._case: Purpose | None = None
        self._wanted: Person | None = None
        self.purpose_words = words("", "secondary", name="search_purpose")
        self.results = ResultList(desk)
        self.choice = PurposeChoice()
        self.list_page = QWidget()
        self.list_page.setObjectName("search_list_page")
        column = QVBoxLayout(self.list_page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(TitleLine(self.title, right=self.purpose_words))
        column.addWidget(self.results, 1)
        column.addWidget(self.choice)
        self.stack = PageStack()
        self.stack.addWidget(self.list_page)
        self.page.addWidget(self.stack)
        self.results.box.chosen.connect(self._want)
        self.choice.decided.connect(self._open)
        self.choice.given_up.connect(self._to_box)

    @cached_property
    def file(self) -> PersonFilePage:
        """Made with the first person: a search opens without it."""
        page = PersonFilePage(self.desk)
        page.member_chosen.connect(self._open_member)
        page.day_wanted.connect(self._look_at)
        page.today_wanted.connect(self._look_at_today)
        return page

    @property
    def _in_file(self) -> bool:
        return self.stack.currentWidget() is not self.list_page

    def _forget(self) -> None:
        """What stood on the page of a person, if there has been one."""
        if "file" in vars(self):
            self.file.clear()

    # -- the window asks --

    def keys(self) -> tuple[KeyHint, ...]:
        search = KeyHint("F2", "検索の欄へ", self._to_box)
        if self._in_file:
            return (
                search,
                KeyHint("Alt+D", "その日の台帳", self.file.focus_day),
                KeyHint("Enter", "世帯の人を開く"),
                KeyHint("Esc", "今日へ" if self.file.then else "一覧へ", self._back),
            )
        if self.choice.isVisibleTo(self.list_page):
            return (search, KeyHint("1～9", "目的"), KeyHint("Esc", "やめる", self.choice.give_up))
        purpose = (KeyHint("Alt+P", "目的を選び直す", self._drop_case),) if self._case is not None else ()
        return (search, KeyHint("↑↓ PgDn", "選ぶ・続き"), KeyHint("Enter", "開く"), *purpose, KeyHint("Esc", "消す"))

    def opened(self, **params: Any) -> None:
        """Empty each time it is opened: nobody finds here what somebody else looked at."""
        purpose = params.get("purpose")
        self._case = purpose if isinstance(purpose, Purpose) else None
        self._wanted = None
        self.results.clear()
        self._forget()
        self._to_list()

    def first_focus(self) -> QWidget:
        return self.file.members if self._in_file else self.results.box.editor

    # -- opening a person --

    def _want(self, person: Person) -> None:
        self._wanted = person
        if self._case is not None:
            self._open(self._case)
        else:
            self.choice.ask()
            self.rebind_keys()

    def _drop_case(self) -> None:
        """The case in hand is not what the next person is opened for."""
        self._case = None
        self._show_purpose()
        self.rebind_keys()

    def _open(self, purpose: Purpose) -> None:
        if self._wanted is not None:
            atena = self._wanted.atena
            run(self.desk, self, Lane.WRITE, person_file.open_file, atena, purpose, done=self._show, failed=self._on_refused)

    def _open_member(self, person: Person) -> None:
        """Another of the household, for the same purpose."""
        if self.file.opened is not None:
            self._wanted = person
            self._open(self.file.opened.purpose)

    def _show(self, opened: OpenFile) -> None:
        self.choice.hide()
        self.stack.bring(lambda: self.file).show_file(opened)
        self.file.members.setFocus(Qt.FocusReason.OtherFocusReason)
        self.rebind_keys()

    def _on_refused(self, error: Exception) -> None:
        if isinstance(error, OperatorError) and error.field == "purpose":
            self._case = None
            self._show_purpose()
            self._to_list()
            self.choice.ask()
            self.choice.show_error(error)
            self.rebind_keys()
        else:
            self.desk.present_error(error)

    # -- an earlier day --

    def _look_at(self, day: date) -> None:
        opened = self.file.opened
        if opened is None:
            return
        atena = opened.file.person.atena
        run(
            self.desk,
            self,
            Lane.WRITE,
            person_file.as_of,
            atena,
            day,
            opened.purpose,
            done=self._show_then,
            failed=self._on_day_refused,
        )

    def _show_then(self, then: person_file.AsOf) -> None:
        if self.file.opened is not None and self.file.opened.file.person.atena == then.person.atena:
            self.file.show_then(then)
            self.rebind_keys()

    def _on_day_refused(self, error: Exception) -> None:
        if isinstance(error, OperatorError) and error.field == "as_of":
            self.file.show_problem(error.message)
        else:
            self._on_refused(error)

    def _look_at_today(self) -> None:
        self.file.show_today()
        self.rebind_keys()

    # -- back --

    def _back(self) -> None:
        if self._in_file and self.file.then is not None:
            self._look_at_today()
        else:
            self._to_box()

    def _to_box(self) -> None:
        self._to_list()
        self.results.box.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def _to_list(self) -> None:
        self.choice.hide()
        self.stack.setCurrentWidget(self.list_page)
        self._forget()
        self._show_purpose()
        self.rebind_keys()

    def _show_purpose(self) -> None:
        self.purpose_words.setText(f"目的: {self._case.words}" if self._case else ASKED_LATER)
