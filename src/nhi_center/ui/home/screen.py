"""本日の業務: numbers that open the work behind them, what to do in its order, the day's flow."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtWidgets import QHBoxLayout, QWidget

from nhi_center.domain.calls import due_words
from nhi_center.domain.operators import Action
from nhi_center.domain.today import Figure, Room, Task, Today, Urgency
from nhi_center.services import today as service
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.bar_chart import BarChart, BarGroup
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.parts import Card, NumberTile
from nhi_center.ui.common.screen import KeyHint, Screen, TitleLine
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.table import Cell, Column, DataTable

_TONES = {
    Urgency.AT_ONCE: "error",
    Urgency.OVERDUE: "error",
    Urgency.URGENT: "error",
    Urgency.TODAY: "warning",
    Urgency.NORMAL: "plain",
}


class HomeScreen(Screen):
    """Tiles ``tile_<figure key>``, the table ``home_tasks``. Enter opens what the line or the tile is about."""

    name = "home"
    title = "本日の業務"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._now: datetime = desk.office.clock.local()
        self.page.addWidget(TitleLine(self.title, "上から順に。Enter で開きます。"))
        self.tiles: dict[str, NumberTile] = {}
        tile_strip = QWidget()
        tile_strip.setObjectName("tile_strip")
        tile_strip.setFixedHeight(90)
        self._tile_row = QHBoxLayout(tile_strip)
        self._tile_row.setContentsMargins(0, 0, 0, 0)
        self._tile_row.setSpacing(12)
        self.page.addWidget(tile_strip)
        self.tasks = self._table(desk)
        self.chart = BarChart(("受け取った", "入力した"), "枚", name="home_chart", label="本日の流れ")
        self.room = words("", "secondary", name="home_room", wrap=True)
        flow = Card("本日の流れ", right="枚", name="home_flow")
        flow.body.addWidget(self.chart, 1)
        flow.add(self.room)
        middle = QHBoxLayout()
        middle.setSpacing(12)
        middle.addWidget(self.tasks, 770)
        middle.addWidget(flow, 366)
        self.page.addLayout(middle, 1)
        self.keep_fresh()

    def _table(self, desk: Desk) -> DataTable:
        ward = desk.session.role.is_ward
        empty = (
            "いま区の方にお願いすることはありません。審査や照会、署名を待つものがここに並びます。"
            if ward
            else "いま待っている仕事はありません。受渡しで書類を受け取ると、急ぎの順にここに並びます。"
        )
        table = DataTable(
            (
                Column(
                    "急ぎ",
                    lambda task: Cell(chip=task.urgency.label, tone=_TONES[task.urgency]) if task.urgency.label else "",
                    110,
                ),
                Column("すること", lambda task: Cell(strong=task.what, text=task.title), 218, most=420),
                Column("書類・相手", _about),
                Column("期限", self._due, 58, "right"),
                Column("状態", lambda task: task.state, 102, most=180),
            ),
            name="home_tasks",
            label="すること",
            empty=empty,
            names=desk.glyphs,
            row_key=lambda task: task.key,
        )
        table.row_activated.connect(lambda task: self.desk.open(task.screen, **task.params))
        return table

    # -- the window's side --

    def keys(self) -> tuple[KeyHint, ...]:
        board = (KeyHint("Alt+B", "進み具合", lambda: self.desk.open("board")),) if self.desk.may(Action.ASSIGN) else ()
        urgent = KeyHint("Alt+U", "至急を受け取る", lambda: self.desk.open("custody", urgent=True))
        return (KeyHint("Enter", "開く"), urgent, *board)

    def first_focus(self) -> QWidget:
        return self.tasks

    def refresh(self) -> None:
        office, session = self.desk.office, self.desk.session
        self.desk.run_latest("home", Lane.READ, lambda _token: service.today(office, session), owner=self, done=self.show_page)

    # -- what is shown --

    def show_page(self, page: Today) -> None:
        self._now = self.desk.office.clock.local()
        for figure in page.figures:
            self._tile(figure).set_number(figure.number, figure.detail)
        self.tasks.set_rows(page.tasks)
        self.chart.set_groups(tuple(BarGroup(f"{hour.hour}時", (hour.received, hour.keyed)) for hour in page.flow))
        self.room.setText(_room_words(page.room))

    def _tile(self, figure: Figure) -> NumberTile:
        tile = self.tiles.get(figure.key)
        if tile is None:
            tile = NumberTile(figure.caption, figure.unit, name=f"tile_{figure.key}")
            tile.clicked.connect(lambda _checked=False, screen=figure.screen: self.desk.open(screen))
            self.tiles[figure.key] = tile
            self._tile_row.addWidget(tile)
            previous = list(self.tiles.values())[-2:]
            QWidget.setTabOrder(previous[0], tile)
            QWidget.setTabOrder(tile, self.tasks)
        return tile

    def _due(self, task: Task) -> Cell:
        due = due_words(datetime.fromisoformat(task.due), self._now.date()) if task.due else ""
        return Cell(due, colour="#ce0000") if task.urgency is Urgency.OVERDUE else Cell(due)


def _about(task: Task) -> Cell:
    if not task.person:
        return Cell(task.about)
    return Cell(name=task.person, text=f"様 {task.about}")


def _room_words(room: Room) -> str:
    if not room.people:
        return "在室の記録はありません。"
    able = "" if room.verifiers is None else f" 照合できる人 {room.verifiers}"
    return f"在室 {room.people}人(取扱責任者 {room.supervisors}・取扱者 {room.clerks}){able}"
