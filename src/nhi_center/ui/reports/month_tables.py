"""A period in numbers: tiles that choose a table, the table, and its picture."""

from __future__ import annotations

import re
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from nhi_center.domain.report_words import TITLES, ReportWords
from nhi_center.domain.reports import Report, Table
from nhi_center.domain.working_hours import Job
from nhi_center.ui.common.bar_chart import BarChart, BarGroup
from nhi_center.ui.common.parts import NumberTile
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.table import Cell, Column, DataTable

MOST_BARS, MOST_WORDS = 12, 7
"""So many bars have room; so many for their words, where these are longer than a month or a job."""
WORDS = "words"
"""The supervisor's own words, after the last table."""
_SHORT_JOBS = {job.label: job.short for job in Job}
_SHORT = 4
Row = tuple[str, tuple[int, ...], bool]
"""Words, numbers, and whether it is the total."""


def _figure(key: str, report: Report) -> tuple[int, str]:
    """The number of a tile and the words under it."""
    table = report.find(key)
    if table is None:
        return 0, "この報告にはなし"
    numbers = table.total or (table.rows[0][1] if table.rows else (0,) * (len(table.headings) - 1))
    said: Callable[[tuple[int, ...]], tuple[int, str]] = {
        "applications": lambda n: (n[0], f"残 {n[6]:,}件"),
        "waits": lambda n: (n[1], f"最長 {n[2]:,}分"),
        "sheets": lambda n: (n[0], f"手元 {n[3]:,}枚"),
        "certificates": lambda n: (n[0], f"書損 {n[2]:,}枚"),
        "verification": lambda n: (n[1], f"照合 {n[0]:,}項目"),
        "calls": lambda n: (n[0], f"平均 {n[table.headings.index('平均(秒)') - 1]:,}秒"),
        "incidents": lambda n: (n[0], "種類は下の表"),
        "hours": lambda n: (n[2], f"計画 {n[3]:,}時間" if len(n) > 3 else f"{n[0]:,}分"),
    }[key]
    return said(numbers)


_TILES = (
    ("applications", "届出・申請", "件"),
    ("waits", "処理時間の平均", "分"),
    ("sheets", "区からの書類", "枚"),
    ("certificates", "証等の出力", "枚"),
    ("verification", "不一致", "項目"),
    ("calls", "電話", "件"),
    ("hours", "業務の時間", "時間"),
    ("incidents", "事故・差異", "件"),
)


class MonthTables:
    """``tiles`` stand in one row over the page, ``area`` holds the table chosen last; both belong to the screen."""

    def __init__(self) -> None:
        self.tile_row = QWidget()
        self.tile_row.setObjectName("report_tiles")
        self.tile_row.setFixedHeight(90)
        row = QHBoxLayout(self.tile_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        self.tiles: dict[str, NumberTile] = {}
        for key, caption, unit in _TILES:
            tile = NumberTile(caption, unit, name=f"report_tile_{key}")
            tile.clicked.connect(lambda _checked=False, chosen=key: self.choose(chosen))
            self.tiles[key] = tile
            row.addWidget(tile)
        self.area = QWidget()
        self.area.setObjectName("report_area")
        column = QVBoxLayout(self.area)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        self.heading = words("", "heading", name="report_heading")
        self.heading.setFixedHeight(24)
        self.stack = QStackedWidget()
        self.stack.setObjectName("report_stack")
        self.sources = words("", "secondary", name="report_sources")
        head = QHBoxLayout()
        head.addWidget(self.heading)
        head.addStretch(1)
        head.addWidget(self.sources)
        column.addLayout(head)
        self.line = words("", "dense", name="report_line")
        self.line.hide()
        column.addWidget(self.line)
        column.addWidget(self.stack, 1)
        self.picture = BarChart(("", ""), "", name="report_picture", label="図", empty="この表には、図にする数がありません。")
        self.stack.addWidget(self.picture)
        self.said = words("", "", name="report_words", wrap=True)
        self.said.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.stack.addWidget(_scrolled(self.said))
        self._pictured = False
        self._shown: dict[str, Table] = {}
        self._has_words = False
        self.tables: dict[str, DataTable] = {}
        self._chosen = _TILES[0][0]

    def show(self, report: Report) -> None:
        """Every number of this period."""
        for key, tile in self.tiles.items():
            tile.set_number(*_figure(key, report))
        self._shown.clear()
        for table in report.tables:
            self._shown[table.key] = table
            if table.key in self.tables:
                self.tables[table.key].set_rows(_rows(table))
        self._has_words = report.words is not None
        self.said.setText(said_words(report.words) if report.words else "")
        counted = f"もとの記録 {sum(report.sources.values()):,}行"
        self.sources.setText(f"{counted} 操作記録 {report.log.entries:,}番まで(区の控え {report.log.anchored:,}番)")
        self.choose(self._chosen if self._chosen in self._keys else _TILES[0][0])

    @property
    def _keys(self) -> tuple[str, ...]:
        return (*self._shown, WORDS) if self._has_words else tuple(self._shown)

    def choose(self, key: str) -> None:
        """Bring one table to the front; the keyboard stays where it is."""
        self._chosen = key
        if key == WORDS:
            self.heading.setText("・".join(TITLES.values()))
            self.line.hide()
            self.stack.setCurrentIndex(1)
        elif key in self._shown:
            self.heading.setText(self._shown[key].title)
            said = _hours_line(self._shown[key])
            self.line.setText(said)
            self.line.setVisible(bool(said))
            self.stack.setCurrentWidget(self.picture if self._pictured else self._table(self._shown[key]))
            if self._pictured:
                self._draw(self._shown[key])

    def next_table(self) -> None:
        """The table after the chosen one, also those without a tile; after the last the first."""
        keys = self._keys
        if keys:
            at = keys.index(self._chosen) if self._chosen in keys else -1
            self.choose(keys[(at + 1) % len(keys)])

    def toggle_picture(self) -> None:
        """The chosen table as bars, or as a table again."""
        self._pictured = not self._pictured
        self.choose(self._chosen)

    def _draw(self, table: Table) -> None:
        """Two columns of numbers: hours beside their plan, of others the first two. Of more lines than there is room for the
        largest, in the order of the table."""
        one, other = _pictured(table)
        self.picture.set_series((table.headings[1 + one], table.headings[1 + other]))
        named = [(_caption(said), numbers) for said, numbers in table.rows]
        most = MOST_BARS if all(len(caption) <= _SHORT for caption, _numbers in named) else MOST_WORDS
        largest = sorted(range(len(named)), key=lambda at: -named[at][1][one])[:most]
        if len(largest) < len(named):
            self.heading.setText(f"{table.title} 多いもの{len(largest)}つ")
        rows = [named[at] for at in sorted(largest)]
        self.picture.set_groups(tuple(BarGroup(caption, (numbers[one], numbers[other])) for caption, numbers in rows))

    def _table(self, table: Table) -> DataTable:
        """Made when it is first chosen."""
        made = self.tables.get(table.key)
        if made is None:
            numbers = len(table.headings) - 1
            made = DataTable(
                (
                    Column(table.headings[0], lambda row: Cell(strong=row[0]) if row[2] else row[0]),
                    *(Column(table.headings[at + 1], _number(at), 74 if numbers > 5 else 96, "right") for at in range(numbers)),
                ),
                name=f"report_table_{table.key}",
                label=table.title,
                empty=f"この期間の{table.title.partition('(')[0]}はありません。あった分だけ、ここに並びます。",
            )
            made.set_rows(_rows(table))
            self.tables[table.key] = made
            self.stack.addWidget(made)
        return made


def said_words(said: ReportWords) -> str:
    """Both texts under their headings."""
    return "\n\n".join(f"【{title}】\n{text or 'まだ書いていません。Alt+W で書きます。'}" for title, text in said.parts)


def _scrolled(label: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setObjectName("report_words_area")
    area.setAccessibleName("・".join(TITLES.values()))
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setWidget(label)
    return area


def _hours_line(table: Table) -> str:
    """The year so far in a sentence, of a month's hours; "" of any other table."""
    if table.key != "hours" or "年度累計" not in table.headings:
        return ""
    _minutes, corrected, done, plan, apart, year, year_plan = table.total
    month = f"今月 {done:,}時間・計画 {plan:,}時間({apart:+,})"
    return f"{month}　年度累計 {year:,}時間・計画 {year_plan:,}時間({year - year_plan:+,})　うち今月の修正 {corrected:,}分"


def _pictured(table: Table) -> tuple[int, int]:
    """Which columns are drawn."""
    if "計画" in table.headings:
        plan = table.headings.index("計画") - 1
        return plan - 1, plan
    return 0, 1 if len(table.headings) > 2 else 0


def _caption(said: str) -> str:
    """What stands under two bars: of a month its month, of a job its short word."""
    month = re.fullmatch(r".+年([0-9]+月)分", said)
    return month[1] if month else _SHORT_JOBS.get(said, said)


def _number(at: int) -> Callable[[Row], Cell]:
    def cell(row: Row) -> Cell:
        shown = f"{row[1][at]:,}"
        return Cell(strong=shown) if row[2] else Cell(shown)

    return cell


def _rows(table: Table) -> tuple[Row, ...]:
    rows: list[Row] = [(said, numbers, False) for said, numbers in table.rows]
    if table.total:
        rows.append(("合計", table.total, True))
    return tuple(rows)
