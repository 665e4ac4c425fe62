"""台紙: the households whose documents are checked, with or without their cover; printed, looked at, counted."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nhi_center.domain.certificate_jobs import SPOIL_REASONS
from nhi_center.domain.covers import Cover, CoverState
from nhi_center.services import covers as service
from nhi_center.services.covers import Checked
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.choice_field import Choice, ChoiceField
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.dialogs import confirm
from nhi_center.ui.common.form_dialog import FormDialog, open_form
from nhi_center.ui.common.parts import plain_button
from nhi_center.ui.common.screen import KeyHint
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.table import Cell, Column, DataTable
from nhi_center.ui.entry.asking import run

_TONES = {CoverState.NEEDS_CHECK: "warning", CoverState.GOOD: "done", CoverState.PRINTING: "info"}


class CoversPanel(QWidget):
    """F3 prints what is missing, F6 says that all that came out are good, F7 that the one in front is spoiled, F8 that it did
    not come out. Signals: said(kind, text)."""

    said = Signal(str, str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.setObjectName("covers_panel")
        self.counts = words("", "secondary", name="covers_counts")
        self.table = DataTable(
            (
                Column("世帯主", lambda row: row.head_name, 190, name=True),
                Column("住所", lambda row: row.address, 0, name=True),
                Column("同封", lambda row: f"{len(row.enclosed)}枚", 70, "right"),
                Column("用紙番号", _serials, 240),
                Column("台紙", _state, 130),
            ),
            name="covers_table",
            label="台紙",
            empty="検品済の証が出力トレイにありません。検品が済むと、世帯ごとにここに並びます。",
            names=desk.glyphs,
            row_key=lambda row: row.id or row.household,
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self.counts)
        column.addWidget(self.table, 1)
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(words("台紙も枚数に数え、証と一緒に区へ渡します。", "secondary"), 1)
        self.buttons = {
            key: plain_button(title, key, name=f"covers_{key.lower()}_button")
            for key, title in (("F8", "出ていない"), ("F7", "書損"), ("F6", "すべて良い"), ("F3", "台紙を刷る"))
        }
        acts = {"F3": self._print, "F6": self._good, "F7": self._spoiled, "F8": self._not_out}
        for key, button in self.buttons.items():
            button.clicked.connect(acts[key])
            foot.addWidget(button)
        column.addLayout(foot)
        self.table.current_row_changed.connect(self._show_may)

    def keys(self) -> tuple[KeyHint, ...]:
        return (KeyHint("F3", "台紙を刷る"), KeyHint("F6", "すべて良い"), KeyHint("F7", "書損"), KeyHint("F8", "出ていない"))

    def first_focus(self) -> QWidget:
        return self.table

    def refresh(self) -> None:
        run(self.desk, self, Lane.READ, service.listing, done=self._show)
        run(self.desk, self, Lane.PRINT, service.recover, done=self._recovered)

    def _recovered(self, found: int) -> None:
        """Only when a crash left something does the list change by this."""
        if found:
            run(self.desk, self, Lane.READ, service.listing, done=self._show)

    def _show(self, rows: tuple[Cover, ...]) -> None:
        self.table.set_rows(rows)
        missing, waiting = len(self._missing()), len(self._waiting())
        stale = sum(row.stale for row in rows)
        parts = (f"{len(rows)}世帯", f"台紙のない {missing}世帯", f"現物を確かめる {waiting}世帯" if waiting else "")
        self.counts.setText(" ".join(part for part in (*parts, f"刷り直す {stale}世帯" if stale else "") if part) if rows else "")
        self._show_may(self.table.current_row())

    def _show_may(self, row: Cover | None) -> None:
        self.buttons["F3"].setEnabled(bool(self._missing()))
        self.buttons["F6"].setEnabled(bool(self._waiting()))
        self.buttons["F7"].setEnabled(row is not None and row.state in (CoverState.NEEDS_CHECK, CoverState.GOOD))
        self.buttons["F8"].setEnabled(row is not None and row.state is CoverState.NEEDS_CHECK)

    def _missing(self) -> list[str]:
        return [row.household for row in self.table.rows() if row.state is None]

    def _waiting(self) -> list[str]:
        return [row.id for row in self.table.rows() if row.state is CoverState.NEEDS_CHECK]

    # -- acts --

    def _print(self) -> None:
        office, session, households = self.desk.office, self.desk.session, self._missing()
        if households:
            self.desk.run(
                Lane.PRINT,
                lambda token: service.print_covers(office, session, households, token.report),
                owner=self,
                done=self._printed,
                ended=self.refresh,
            )

    def _printed(self, printed: Checked) -> None:
        count = f"台紙 {printed.covers}世帯 {printed.sheets}枚"
        self.said.emit("done", f"{count}を印刷しました。現物を見て F6 か F7 を押してください。")

    def _good(self) -> None:
        waiting = self._waiting()
        if waiting:
            text = "一枚ずつ、あて名と同封する証を見比べてください。書損は先に F7 で報告します。"
            confirm(
                self,
                f"台紙 {len(waiting)}世帯を良とします",
                text,
                yes="すべて良い",
                action=lambda: self._check(waiting, CoverState.GOOD),
            )

    def _not_out(self) -> None:
        row = self.table.current_row()
        if row is not None:
            self._check([row.id], CoverState.NOT_PRINTED)

    def _spoiled(self) -> None:
        row = self.table.current_row()
        if row is not None:
            _open_spoiled(self, self.desk, row, self._checked)

    def _check(self, ids: list[str], state: CoverState) -> None:
        run(self.desk, self, Lane.WRITE, service.check, ids, state, done=self._checked)

    def _checked(self, checked: object) -> None:
        assert isinstance(checked, Checked)
        self.said.emit("done", f"台紙 {checked.covers}世帯 {checked.sheets}枚を記録しました。")
        self.refresh()


def _serials(row: Cover) -> str:
    numbers = [one.serial or "普通紙" for one in row.enclosed]
    return " ".join(numbers[:2]) + (f" ほか{len(numbers) - 2}枚" if len(numbers) > 2 else "")


def _state(row: Cover) -> Cell:
    if row.stale:
        return Cell(chip="刷り直す", tone="error")
    return Cell(chip=row.state.label, tone=_TONES[row.state]) if row.state else Cell(chip="台紙なし", tone="plain")


def _open_spoiled(parent: QWidget, desk: Desk, row: Cover, kept: Callable[[object], object]) -> FormDialog:
    reasons = tuple(Choice(code, label) for code, label in SPOIL_REASONS.items())
    reason = ChoiceField("spoil_reason", "書損の理由", reasons, required=True)
    office, session = desk.office, desk.session

    def act() -> Callable[[], object]:
        code = reason.value()
        return lambda: service.check(office, session, [row.id], CoverState.SPOILED, code)

    text = "書損の台紙は捨てずに出力トレイへ置き、区へ渡します。刷り直しは F3 です。"
    return open_form(FormDialog(parent, desk, "台紙の書損", text, ((reason,),), yes="書損にする", act=act, kept=kept))
