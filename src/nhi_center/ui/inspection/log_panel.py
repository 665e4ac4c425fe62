"""操作記録: who did what, proved on demand, and the copy for the ward."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nhi_center.domain.audit_words import Line
from nhi_center.services import audit_log
from nhi_center.services.audit_log import Checked, Exported, LogPage
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.long_job import LongJob
from nhi_center.ui.common.parts import ActionButton, Chip, ProgressStrip, plain_button, primary_button
from nhi_center.ui.common.screen import KeyHint
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.table import Cell, Column, DataTable

FILTERS: tuple[tuple[str, str, Callable[[Line], bool]], ...] = (
    ("all", "すべて", lambda _line: True),
    ("people", "人の操作", lambda line: line.by_person),
    ("denied", "断った操作", lambda line: line.action == "denied"),
)


class LogPanel(QWidget):
    """``log_table``, ``check_log_button`` (Ctrl+Enter), ``export_log_button`` (F4), F3 older lines.

    Signals: said(kind, text).
    """

    said = Signal(str, str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.setObjectName("log_panel")
        self._filter = 0
        self._before = 0
        self._page: LogPage | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addLayout(self._head())
        self.table = DataTable(
            (
                Column("番号", lambda line: f"{line.seq:,}", 84, "right"),
                Column("日時", lambda line: line.at, 168),
                Column("だれが", self._who, 150),
                Column("操作", _what, 250),
                Column("内容", lambda line: line.facts),
            ),
            name="log_table",
            label="操作記録",
            empty="この条件の記録はありません。操作をすると、新しい順にここに並びます。",
            row_key=lambda line: line.seq,
        )
        column.addWidget(self.table, 1)
        self.progress = ProgressStrip(name="log_progress")
        column.addWidget(self.progress)
        self.place = words("", "secondary", name="log_place", wrap=True)
        self.place.setFixedHeight(42)
        column.addWidget(self.place)
        column.addLayout(self._foot())
        self._long = LongJob(desk, self, self.progress, (self.check_button, self.export_button))

    def _head(self) -> QHBoxLayout:
        self.state = Chip("", name="log_state")
        self.anchored = words("", "secondary", name="log_anchored")
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.state)
        row.addWidget(self.anchored)
        row.addStretch(1)
        self.filters: list[ActionButton] = []
        for index, (name, label, _test) in enumerate(FILTERS):
            button = ActionButton(label, name=f"log_filter_{name}_button")
            button.setFixedHeight(30)
            button.setCheckable(True)
            button.setChecked(index == 0)
            button.clicked.connect(lambda _checked=False, chosen=index: self._set_filter(chosen))
            self.filters.append(button)
            row.addWidget(button)
        return row

    def _foot(self) -> QHBoxLayout:
        self.older_button = plain_button("前の記録", "F3", name="older_log_button")
        self.older_button.clicked.connect(self._older)
        self.export_button = plain_button("区へ渡す写しを作る", "F4", name="export_log_button")
        self.export_button.clicked.connect(self._export)
        self.check_button = primary_button("つながりを確かめる", name="check_log_button")
        self.check_button.clicked.connect(self._check)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.older_button)
        row.addStretch(1)
        row.addWidget(self.export_button)
        row.addWidget(self.check_button)
        return row

    def keys(self) -> tuple[KeyHint, ...]:
        return (KeyHint("F3", "前の記録"), KeyHint("F4", "写しを作る"), KeyHint("Ctrl+Enter", "確かめる"))

    def first_focus(self) -> QWidget:
        return self.table

    def refresh(self) -> None:
        office, session, before = self.desk.office, self.desk.session, self._before
        self.desk.run_latest(
            "audit_log", Lane.READ, lambda _token: audit_log.page(office, session, before), owner=self, done=self._show
        )

    # -- showing --

    def _show(self, page: LogPage) -> None:
        self._page = page
        if not self.state.text():
            self.state.set_state(f"{page.last:,}番まで", "plain")
        self.anchored.setText(f"区のサーバの控え {page.anchored:,}番まで(全 {page.last:,}番)")
        self.older_button.set_words("新しい記録へ" if self._before and not self._has_older() else "前の記録")
        self.older_button.setEnabled(bool(self._before) or self._has_older())
        self._fill()

    def _fill(self) -> None:
        lines = self._page.lines if self._page else ()
        self.table.set_rows([line for line in lines if FILTERS[self._filter][2](line)])

    def _set_filter(self, index: int) -> None:
        self._filter = index
        for number, button in enumerate(self.filters):
            button.setChecked(number == index)
        self._fill()

    def _who(self, line: Line) -> str:
        if not line.by_person:
            return "端末"
        return self._page.names.get(line.actor, line.actor) if self._page else line.actor

    def _has_older(self) -> bool:
        return bool(self._page and self._page.lines and self._page.lines[-1].seq > 1)

    def _older(self) -> None:
        """On to earlier lines; after the first entry, back to the newest."""
        if self._page is not None and self._has_older():
            self._before = self._page.lines[-1].seq
        else:
            self._before = 0
        self.refresh()

    # -- acting --

    def _check(self) -> None:
        office, session = self.desk.office, self.desk.session
        self._long.begin(
            lambda token: audit_log.check(office, session, token.report), self._on_checked, "操作記録を確かめています"
        )

    def _export(self) -> None:
        office, session = self.desk.office, self.desk.session
        self._long.begin(lambda _token: audit_log.export(office, session), self._on_exported, "写しを作っています")

    def _on_checked(self, checked: Checked) -> None:
        if checked.fault:
            self.state.set_state("異状あり", "error")
            self.place.setText(f"{checked.fault}\nこの端末を使わずに、区職員に知らせてください。")
            self.said.emit("error", "操作記録が合いません。この端末を使わずに、区職員に知らせてください。")
        else:
            self.state.set_state(f"{checked.entries:,}番まで異状なし", "done")
            agreed = f"{checked.anchored:,}番までは、区のサーバの控えとも一致しました。" if checked.anchored else ""
            self.said.emit("done", f"操作記録 {checked.entries:,}番までのつながりに、異状はありません。{agreed}")
        self.refresh()

    def _on_exported(self, made: Exported) -> None:
        fingerprint = " ".join(made.sha256[at : at + 8] for at in range(0, len(made.sha256), 8))
        self.place.setText(f"場所 {made.path}\n指紋(SHA-256) {fingerprint}")
        self.said.emit(
            "done", f"{made.path.name} を作りました({made.first:,}番から{made.last:,}番まで)。区が自分の道具で確かめられます。"
        )
        self.refresh()


def _what(line: Line) -> Cell:
    return Cell(line.what, colour="#a90000") if line.action == "denied" else Cell(line.what)
