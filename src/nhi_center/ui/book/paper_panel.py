"""用紙の点検: what should lie there, the counts so far, and the form for one more."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nhi_center.domain.blank_sheets import TopSheet
from nhi_center.domain.paper_count import Moment
from nhi_center.errors import OperatorError
from nhi_center.services import paper_count as service
from nhi_center.services.paper_count import PaperBook
from nhi_center.tasks.runner import Lane
from nhi_center.ui.certificates.blank_dialogs import open_blanks, open_top
from nhi_center.ui.common.choice_field import Choice, ChoiceField
from nhi_center.ui.common.code_fields import DigitsField
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.fields import LineField
from nhi_center.ui.common.form_dialog import FormDialog, open_form
from nhi_center.ui.common.parts import plain_button
from nhi_center.ui.common.screen import KeyHint
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.table import Cell, Column, DataTable
from nhi_center.ui.common.text_fields import FreeText
from nhi_center.ui.entry.asking import run


class PaperPanel(QWidget):
    """F3 takes a count, F4 記録 of destroyed blank sheets, Alt+U asks which number lies on top. Signals: said(kind, text)."""

    said = Signal(str, str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self._found: PaperBook | None = None
        self.setObjectName("paper_panel")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        self.stocks = DataTable(
            (
                Column("用紙", lambda row: row.title),
                Column("朝", lambda row: f"{row.opened:,}枚", 100, "right"),
                Column("使用", lambda row: f"{row.used:,}枚", 100, "right"),
                Column("書損", lambda row: f"{row.spoiled:,}枚", 100, "right"),
                Column("残", lambda row: Cell(strong=f"{row.left:,}枚"), 100, "right"),
                Column("次の番号", lambda row: next(iter(row.upcoming(1)), "なし"), 130),
            ),
            name="paper_stocks",
            label="今日の用紙",
            empty="用紙はまだ受け入れていません。証等の出力の F11 で受け入れます。",
            row_key=lambda row: row.prefix,
        )
        self.stocks.set_height_for(2)
        column.addWidget(self.stocks)
        column.addWidget(words("数えた記録(31日分)", "heading"))
        self.counts = DataTable(
            (
                Column("日", lambda row: row.count.day[5:].replace("-", "/"), 70),
                Column("時", lambda row: f"{row.count.moment.label} {row.count.at[11:16]}", 110),
                Column("用紙", lambda row: row.count.prefix, 60),
                Column("数えた", lambda row: f"{row.count.counted:,}枚", 90, "right"),
                Column("記録", lambda row: f"{row.count.expected:,}枚", 90, "right"),
                Column("差", _difference, 90),
                Column("先頭の番号", lambda row: row.count.first, 110),
                Column("わけ", lambda row: row.count.reason),
                Column("数えた人", lambda row: row.name, 120, name=True),
            ),
            name="paper_counts",
            label="用紙を数えた記録",
            empty="まだ数えていません。始業と終業に F3 で数えます。",
            names=desk.glyphs,
            row_key=lambda row: (row.count.at, row.count.prefix),
        )
        column.addWidget(self.counts, 1)
        foot = QHBoxLayout()
        foot.addWidget(words("差があるときは、わけを書いて残します。終業点検に差異として出ます。", "secondary"), 1)
        self.count_button = plain_button("用紙を数える", "F3", name="paper_count_button")
        self.count_button.clicked.connect(self.count)
        self.blank_button = plain_button("書損(白紙)", "F4", name="paper_blank_button")
        self.blank_button.clicked.connect(self.spoil_blanks)
        foot.addWidget(self.blank_button)
        foot.addWidget(self.count_button)
        column.addLayout(foot)

    def keys(self) -> tuple[KeyHint, ...]:
        return (KeyHint("F3", "用紙を数える"), KeyHint("F4", "書損(白紙)"), KeyHint("Alt+U", "上の番号", self.confirm_top))

    def first_focus(self) -> QWidget:
        return self.counts

    def refresh(self) -> None:
        run(self.desk, self, Lane.READ, service.book, done=self._show)

    def _show(self, found: PaperBook) -> None:
        self._found = found
        self.stocks.set_rows(found.stocks)
        self.counts.set_rows(found.counts)

    def count(self) -> None:
        if self._found is not None:
            _open_count(self, self.desk, self._found, self._kept)

    def _kept(self, _count: object) -> None:
        self.said.emit("done", "用紙の枚数を記録しました。")
        self.refresh()

    def spoil_blanks(self) -> None:
        """Blank sheets that were destroyed."""
        if self._found is not None and open_blanks(self, self.desk, self._found.stocks, self._spoiled) is None:
            self.said.emit("warning", "白紙の用紙がありません。")

    def _spoiled(self, sheets: object) -> None:
        self.said.emit("done", f"白紙{sheets}枚を書損にしました。出力トレイに置き、書損として区へ渡します。")
        self.refresh()

    def confirm_top(self) -> None:
        """Which number lies on top, before printing goes on."""
        if self._found is not None and open_top(self, self.desk, self._found.stocks, self._confirmed) is None:
            self.said.emit("warning", "白紙の用紙がありません。")

    def _confirmed(self, found: object) -> None:
        if isinstance(found, TopSheet):
            self.said.emit("done" if found.agrees else "warning", found.sentence)


def _difference(row: service.CountLine) -> Cell:
    difference = row.count.difference
    return Cell(chip=f"{difference:+d}枚", tone="error") if difference else Cell(chip="合っています", tone="done")


def _open_count(parent: QWidget, desk: Desk, found: PaperBook, kept: Callable[[object], object]) -> FormDialog:
    """Blind: what the book expects is not shown before the count disagrees with it."""
    papers = tuple(Choice(stock.prefix, stock.title, str(at)) for at, stock in enumerate(found.stocks, start=1))
    moments = tuple(Choice(one.value, one.label, str(at)) for at, one in enumerate(Moment, start=1))
    paper = ChoiceField("prefix", "用紙", papers, required=True)
    moment = ChoiceField("moment", "いつの点検", moments, required=True)
    counted = DigitsField("counted", "数えた枚数", length=5, auto_advance=False, required=True)
    first = LineField("first", "いちばん小さい番号", limit=12, ime=False, hint="S-000413 の形。0枚なら空のまま")
    reason = FreeText("reason", "違うわけ(違うときだけ)", lines=2)
    opened_today = any(line.count.day == found.today for line in found.counts)
    moment.set_value(Moment.CLOSING.value if opened_today else Moment.OPENING.value)
    office, session = desk.office, desk.session

    def act() -> Callable[[], object]:
        if not paper.value() or not moment.value():
            raise OperatorError("番号で選んでください。", field="prefix" if not paper.value() else "moment")
        if not counted.value():
            raise OperatorError("数えた枚数を入れてください。", field="counted")
        values = (paper.value(), Moment(moment.value()), int(counted.value()), first.value(), reason.value())
        return lambda: service.count(office, session, *values)

    text = "番号付きの用紙を、束から出して数えます。記録の枚数は、数えたあとに比べます。"
    rows = ((paper, moment), (counted, first), (reason,))
    return open_form(FormDialog(parent, desk, "用紙を数える", text, rows, yes="記録する", act=act, kept=kept))
