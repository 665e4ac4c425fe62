"""回答例・必要書類・上限額 beside the call, found by any part of their words; Enter quotes the one in front by its number."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nhi_center.domain.calendar import wareki
from nhi_center.domain.call_answers import Answer, key_of, matches, terms_of
from nhi_center.domain.call_book import Category
from nhi_center.domain.call_guide import CEILING_WORDS, Ceiling, CeilingTable, Guide, Situation
from nhi_center.services.call_answers import Beside
from nhi_center.ui.calls.fields import SearchField
from nhi_center.ui.calls.parts import checked_words
from nhi_center.ui.common.parts import ActionButton, Card
from nhi_center.ui.common.screen import bind_key
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.table import Cell, Column, DataTable

ANSWERS, DOCUMENTS, CEILINGS = "answers", "documents", "ceilings"
_PAGES = ((ANSWERS, "回答例", "Alt+A"), (DOCUMENTS, "必要書類", "Alt+S"), (CEILINGS, "上限額", "Alt+L"))
_CEILING_CATEGORY = "Q11"


@dataclass(frozen=True, slots=True)
class Quoted:
    """What goes into the words of the call, and the 分類 it belongs to."""

    sentence: str
    category: str


@dataclass(frozen=True, slots=True)
class _Line:
    """One row: what it is found by, what it shows, what it quotes."""

    number: str
    title: str
    text: str
    detail: str
    key: str
    quoted: Quoted
    old: bool = False


class GuidePage(QWidget):
    """Alt+A, Alt+S, Alt+L choose what is looked through, from anywhere in the call; Esc goes back.

    Signals: wanted() when one of the keys was pressed, quoted(Quoted), closed().
    """

    wanted = Signal()
    quoted = Signal(object)
    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("call_guide")
        self._lines: dict[str, tuple[_Line, ...]] = {page: () for page, _title, _key in _PAGES}
        self._beside: Beside | None = None
        self._page, self._category = ANSWERS, ""
        self.field = SearchField("call_guide_search", "さがす(番号・言葉のどこでも)", self._choose)
        self.field.changed.connect(lambda _typed: self._show())
        self.field.line.step_wanted.connect(self._step)
        self.field.line.given_up.connect(self.closed)
        self.table = DataTable(
            (
                Column("番号・年齢", lambda line: Cell(strong=line.number), 92),
                Column("見出し", lambda line: Cell(line.title, chip="要確認" if line.old else "", tone="warning"), 216),
                Column("内容", lambda line: line.text),
            ),
            name="call_guide_table",
            label="回答例・必要書類・上限額",
            empty="この言葉のものはありません。短くするか、別の言葉でさがしてください。",
            row_key=lambda line: (line.number, line.title),
        )
        self.table.row_activated.connect(self._quote)
        self.table.current_row_changed.connect(self._show_detail)
        self.detail = words("", "dense", name="call_guide_detail", wrap=True)
        self.detail.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.detail.setFixedHeight(106)
        self._lay_out()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        row = QHBoxLayout()
        row.setSpacing(8)
        self.buttons: dict[str, ActionButton] = {}
        for page, title, key in _PAGES:
            button = ActionButton(title, key=key, bind=False, name=f"call_guide_{page}_button")
            button.setFixedHeight(30)
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(partial(self.open_page, page))
            self.buttons[page] = button
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignBottom)
        row.addWidget(self.field, 1)
        column.addLayout(row)
        column.addWidget(self.table, 1)
        card = Card(panel=True, name="call_guide_card")
        card.body.setContentsMargins(12, 6, 12, 6)
        card.add(self.detail)
        column.addWidget(card)

    def bind_keys(self, owner: QWidget) -> None:
        """The keys work wherever in ``owner``, which is seen while this page is not."""
        for page, _title, key in _PAGES:
            bind_key(owner, key, partial(self.open_page, page))

    # -- what is in it --

    def set_beside(self, beside: Beside) -> None:
        guide, today = beside.guide, beside.today
        categories = {one.number: one for one in beside.book.categories}
        table = guide.ceilings_on(today)
        tables = (*((table,) if table else ()), *(one for one in reversed(guide.ceilings) if one is not table))
        self._beside = beside
        self._lines = {
            ANSWERS: tuple(_of_answer(one, categories[one.number], beside) for one in beside.book.answers),
            DOCUMENTS: tuple(_of_situation(one, guide) for one in guide.situations),
            CEILINGS: tuple(_of_ceiling(row, one, guide) for one in tables for row in one.rows),
        }
        if self.isVisible():
            self._show()

    def open_page(self, page: str, _checked: bool = False) -> None:
        self._page = page
        self.wanted.emit()

    def begin(self, category: str) -> None:
        """An empty search; what belongs to the 分類 of the call stands first."""
        self._category = category
        for page, button in self.buttons.items():
            button.setChecked(page == self._page)
        self.field.clear()
        self._show()
        self.field.line.setFocus()

    def _show(self) -> None:
        terms = terms_of(self.field.value())
        found = [line for line in self._lines[self._page] if matches(line.key, terms)]
        if not terms:
            found.sort(key=self._rank)
        self.table.set_rows(found)
        if found:
            self.table.select(0)
        self._show_detail(self.table.current_row())

    def _rank(self, line: _Line) -> bool:
        """False, which sorts first, for what belongs to the call."""
        beside = self._beside
        if self._page == DOCUMENTS and beside is not None:
            own = {one.id for one in beside.guide.situations if self._category in one.categories}
            return line.number not in own
        return bool(self._category) and line.quoted.category != self._category

    def _show_detail(self, line: _Line | None) -> None:
        self.detail.setText(line.detail if line else "")

    # -- keys --

    def _step(self, by: int) -> None:
        rows = self.table.rows()
        if rows:
            self.table.select(max(0, min(self.table.currentIndex().row() + by, len(rows) - 1)))

    def _choose(self) -> bool:
        """Enter in the line: the row in front is quoted; the line is never left forward."""
        line = self.table.current_row()
        if line is not None:
            self._quote(line)
        return True

    def _quote(self, line: _Line) -> None:
        self.quoted.emit(line.quoted)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)


def _of_answer(answer: Answer, category: Category, beside: Beside) -> _Line:
    detail = f"{answer.text}\n{answer.section} {checked_words(answer, beside.today)}"
    quoted = Quoted(f"{answer.id} を案内。", category.code)
    key = key_of(answer, category.title)
    return _Line(answer.id, category.title, answer.text, detail, key, quoted, answer.is_old(beside.today))


def _of_situation(one: Situation, guide: Guide) -> _Line:
    comers = "  ".join(f"{comer.title}: {'、'.join(comer.bring)}" for comer in guide.comers)
    form = f"({'・'.join(one.forms)})" if one.forms else ""
    detail = (
        f"持ってくるもの{form}: {'、'.join(one.bring)}\n来る人ごとに {comers}\n"
        f"{wareki(guide.documents_checked)} 区確認  出典 {guide.documents_source}"
    )
    category = one.categories[0] if one.categories else ""
    return _Line(one.id, one.title, "、".join(one.bring), detail, one.key, Quoted(f"{one.id} を案内。", category))


def _of_ceiling(row: Ceiling, table: CeilingTable, guide: Guide) -> _Line:
    until = f"{wareki(table.ends)}まで" if table.ends else ""
    holds = f"{wareki(table.begins)}から{until}の診療分"
    parts = [f"月の上限 {row.month}" if row.month else f"額は確認中です。{guide.section}へつないでください。"]
    parts += [f"4回目から {row.fourth}"] if row.fourth else []
    parts += [f"年の上限 {row.year}"] if row.year else []
    detail = (
        f"{row.age} {row.group}({row.income}) {'  '.join(parts)}\n"
        f"{holds}  出典 {table.source}  {wareki(guide.ceilings_checked)} 区確認\n"
        f"一般の案内だけです。この人がどの区分かは言いません({guide.section})。"
    )
    title = f"{row.group} {row.income}"
    shown = row.month or f"確認中({guide.section}へ)"
    quoted = Quoted(f"{CEILING_WORDS}({holds})を案内。", _CEILING_CATEGORY)
    return _Line(row.age, title, f"{shown}{f' ({until})' if until else ''}", detail, row.key, quoted)
