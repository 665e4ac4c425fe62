"""The list: what is printed for whom, how far it is, and on which paper."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from PySide6.QtGui import QResizeEvent

from nhi_center.domain.calendar import wareki
from nhi_center.domain.certificate_blocks import Block
from nhi_center.domain.print_jobs import JobState
from nhi_center.services.certificates import Queue, QueueRow
from nhi_center.ui.common.difference import DIFFERENCE_CHIP, DIFFERENCE_NOTE, DIFFERENCE_RED, DIFFERENCE_SHORT
from nhi_center.ui.common.name_view import NamePainter
from nhi_center.ui.common.table import Cell, Column, DataTable
from nhi_center.ui.common.urgent import URGENT_COLUMN, urgent_cell

EMPTY = "審査済の届出がありません。区の審査が済み、結果が届くと、ここに並びます。"
_URGENT, _KIND, _NAME, _NUMBER, _VALID = 1, 2, 3, 4, 5
_MARK_COLUMN, _MARK_BESIDE = 108, 30
"""The first column where nobody waits, and what it needs more where somebody waits for a sheet with the mark."""
_KIND_WIDTH, _LEAST_KIND, _NAME_WIDTH, _NAME_MOST, _NUMBER_WIDTH = 152, 100, 128, 360, 128
STOPPED = frozenset({Block.RETURNED, Block.WITHDRAWN})
"""The ward has returned or withdrawn the case: what was printed is not used (回収)."""

_LOT = (JobState.NEEDS_CHECK, JobState.SPOILED_WAITING, JobState.GOOD)
_TONES = {
    JobState.QUEUED: "info",
    JobState.PRINTING: "info",
    JobState.NEEDS_CHECK: "warning",
    JobState.SPOILED_WAITING: "error",
    JobState.BLOCKED: "error",
    JobState.GOOD: "done",
}


class CertificateTable(DataTable):
    """Rows of ``Queue``; only what waits can be ticked."""

    def __init__(self, glyphs: NamePainter, now: Callable[[], datetime]) -> None:
        self.names_shown = True
        super().__init__(
            (
                Column("急ぎ・差異", lambda row: _first(row, now()), URGENT_COLUMN),
                Column("種類", _kind),
                Column("氏名", lambda row: row.name if self.names_shown else "", _NAME_WIDTH, name=True),
                Column("記号番号枝番", lambda row: row.insured_number, _NUMBER_WIDTH),
                Column("有効期限", _valid, 122),
                Column("状態", _state, 136),
                Column("用紙", self._serial, 74),
            ),
            name="certificates_table",
            label="証等の出力",
            empty=EMPTY,
            names=glyphs,
            row_key=lambda row: row.job.id,
            checkable=lambda row: row.job.state is JobState.QUEUED,
        )
        self.queue = Queue((), ())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Room that the kinds do not need goes to the names."""
        super().resizeEvent(event)
        self._share_room()

    def _share_room(self) -> None:
        """Where there is too little, 記号番号枝番 stand on the certificate beside the list alone."""
        fixed = sum(self.columnWidth(at) for at in range(self.model().columnCount()) if at not in (_KIND, _NAME, _NUMBER))
        narrow = self.viewport().width() - fixed - _NAME_WIDTH - _NUMBER_WIDTH < _LEAST_KIND
        self.setColumnHidden(_NUMBER, narrow)
        others = sum(self.columnWidth(column) for column in range(self.model().columnCount()) if column not in (_KIND, _NAME))
        self.setColumnWidth(_NAME, max(_NAME_WIDTH, min(_NAME_MOST, self.viewport().width() - others - _KIND_WIDTH)))

    def show_names(self, shown: bool) -> None:
        """Whose certificates these are; sheets are told apart by their numbers."""
        self.names_shown = shown
        self.setColumnHidden(_NAME, not shown)
        self.viewport().update()

    def set_queue(self, queue: Queue) -> None:
        self.queue = queue
        urgent = any(row.urgent_until for row in queue.rows)
        marked = any(row.marked for row in queue.rows)
        both = any(row.marked and row.urgent_until for row in queue.rows)
        self.setColumnWidth(_URGENT, URGENT_COLUMN + _MARK_BESIDE * both if urgent else _MARK_COLUMN)
        self.setColumnHidden(_URGENT, not (urgent or marked))
        self.setColumnHidden(_VALID, urgent or marked)  # no room for both; it stands on the certificate beside the list
        self._share_room()
        self.set_rows(queue.rows)

    def current(self) -> QueueRow | None:
        row = self.current_row()
        return row if isinstance(row, QueueRow) else None

    def chosen(self) -> tuple[QueueRow, ...]:
        """Ticked, and still waiting."""
        return tuple(row for row in self.checked_rows() if row.job.state is JobState.QUEUED)

    def choose_all(self) -> None:
        """Tick all that waits; once more takes all ticks away."""
        waiting = [row for row in self.queue.rows if row.job.state is JobState.QUEUED]
        every = len(self.chosen()) == len(waiting)
        for row in waiting:
            self.set_checked(row, not every)

    def to_check(self) -> int:
        """Sheets a person has to look at."""
        return sum(row.job.state is JobState.NEEDS_CHECK for row in self.queue.rows)

    def has_lot(self) -> bool:
        """Whether a range of numbers can be found good or spoiled, or approved as spoiled."""
        return any(row.job.state in _LOT and (row.job.serial or row.job.state is JobState.NEEDS_CHECK) for row in self.queue.rows)

    def urgent_good(self) -> tuple[QueueRow, ...]:
        """Checked sheets somebody waits for, the nearest promise first."""
        good = [row for row in self.queue.rows if row.job.state is JobState.GOOD and row.urgent_until]
        return tuple(sorted(good, key=lambda row: row.urgent_until))

    def go_to_next_check(self) -> None:
        """Stand at the first sheet to look at, if there is one."""
        for place, row in enumerate(self.queue.rows):
            if row.job.state is JobState.NEEDS_CHECK:
                self.select(place)
                return

    def _serial(self, row: QueueRow) -> Cell:
        """The number on the sheet; for a ticked one the number it will have."""
        if row.job.serial:
            return Cell(row.job.serial)
        if not row.job.prefix:
            return Cell("普通紙")
        same = [other.job.id for other in self.chosen() if other.job.prefix == row.job.prefix]
        if row.job.id not in same:
            return Cell("–")
        coming = self.queue.stock(row.job.prefix).upcoming(len(same))
        place = same.index(row.job.id)
        return Cell(coming[place]) if place < len(coming) else Cell("用紙なし", colour="#ce0000")


def _kind(row: QueueRow) -> Cell:
    limit = row.sheet.limit_class if row.sheet else ""
    words = f"{row.job.kind.short_title} {limit}".strip()
    return Cell(words, strong="再交付" if row.reissue_of else "")


def _first(row: QueueRow, now: datetime) -> Cell | str:
    """Until when somebody waits, and whether the paper bears the mark of a difference."""
    waits = urgent_cell(row.urgent_until, now)
    if not row.marked:
        return waits
    if isinstance(waits, Cell):
        return replace(waits, text=DIFFERENCE_SHORT, colour=DIFFERENCE_RED, note=DIFFERENCE_NOTE)
    return Cell(chip=DIFFERENCE_CHIP, tone="error", note=DIFFERENCE_NOTE)


def _state(row: QueueRow) -> Cell:
    job = row.job
    word = job.state.label
    if Block.GLYPH in job.blocks:
        word = "字形なし 区へ"
    elif Block.HELD in job.blocks:
        word = "保留・照会中"
    elif job.state is not JobState.BLOCKED and STOPPED & set(job.blocks):
        return Cell(chip="使わない 区へ", tone="error")
    return Cell(chip=word, tone=_TONES.get(job.state, "plain"))


def askable(row: QueueRow) -> bool:
    """Whether the ward can still be asked about it: nothing has gone to the printer, no question is open, and there is a paper
    to hold (of a 一斉更新 the ward has the list)."""
    return bool(row.job.application) and row.job.state in (JobState.QUEUED, JobState.BLOCKED) and Block.HELD not in row.job.blocks


def _valid(row: QueueRow) -> str:
    """A document without an end of its own says so; one that cannot be made yet says nothing."""
    if row.sheet is None:
        return "–"
    return wareki(row.sheet.valid_until) if row.sheet.valid_until else "期限なし"
