"""端末の状態: for the ward's people, every terminal with its versions, updates, last contact and what waits; red in words too."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nhi_center.domain.calls import due_words
from nhi_center.services import terminal_states as service
from nhi_center.services.clock import JST
from nhi_center.services.terminal_states import Standing, Terminals
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.parts import Chip, plain_button
from nhi_center.ui.common.screen import KeyHint
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.table import Cell, Column, DataTable


class TerminalsPanel(QWidget):
    """``terminals_table``, ``terminals_chip``, ``look_again_button`` (F3). Signals: said(kind, text)."""

    said = Signal(str, str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.setObjectName("terminals_panel")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        self.table = DataTable(
            (
                Column("端末", lambda row: Cell(strong=row.terminal), 110),
                Column(
                    "状態", lambda row: Cell(chip="確認が要る" if row.red else "正常", tone="error" if row.red else "done"), 130
                ),
                Column("最後の通信", lambda row: _red(row, service.SILENT, self._when(row.contact_at))),
                Column("プログラム", lambda row: _red(row, service.OTHER_VERSION, row.program), 90),
                Column("OS", lambda row: row.system or "–", 100),
                Column("OSの更新", lambda row: _red(row, service.OLD_SYSTEM, row.patched_on), 130),
                Column("ウイルス定義", lambda row: _red(row, service.OLD_SIGNATURES, row.signatures_on), 130),
                Column("未受信", lambda row: f"{row.behind:,}", 70, "right"),
                Column("未送信", lambda row: f"{row.waiting:,}", 70, "right"),
                Column("送信エラー", lambda row: _red(row, service.REFUSED_ROWS, f"{row.refused:,}"), 100),
                Column("未許可の装置", lambda row: _red(row, service.STRANGE_DEVICES, f"{row.devices:,}"), 110),
            ),
            name="terminals_table",
            label="端末の状態",
            empty="登録された端末はありません。区のサーバで enrol を実行すると、ここに並びます。",
            row_key=lambda row: row.terminal,
        )
        self.chip = Chip("", name="terminals_chip")
        self.limits = words("", "secondary", name="terminals_limits", wrap=True)
        self.button = plain_button("もう一度見る", "F3", name="look_again_button")
        self.button.clicked.connect(self.refresh)
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(self.chip)
        foot.addWidget(self.limits, 1)
        foot.addWidget(self.button)
        column.addWidget(self.table, 1)
        column.addLayout(foot)

    def keys(self) -> tuple[KeyHint, ...]:
        return (KeyHint("F3", "もう一度見る"),)

    def first_focus(self) -> QWidget:
        return self.table

    def refresh(self) -> None:
        office, session = self.desk.office, self.desk.session
        self.desk.run(
            Lane.LINK,
            lambda _token: service.read(office, session),
            owner=self,
            done=self._show,
            failed=self.desk.present_error,
        )

    def _show(self, terminals: Terminals) -> None:
        self.table.set_rows(terminals.rows)
        red = terminals.red
        self.chip.set_state(f"確認が要る端末 {red}" if red else "すべて正常", "error" if red else "done")
        self.chip.setVisible(bool(terminals.rows))
        self.limits.setText(
            f"区の設定: 通信 {terminals.contact_hours}時間、OSの更新 {terminals.patched_days}日、"
            f"ウイルス定義 {terminals.signature_days}日を超えると知らせます。"
        )

    def _when(self, stamp: str) -> str:
        if not stamp:
            return "まだ通信なし"
        return due_words(datetime.fromisoformat(stamp).astimezone(JST), self.desk.office.clock.now().astimezone(JST).date())


def _state(row: Standing) -> Cell:
    return Cell(chip="確認が要る", tone="error") if row.red else Cell(chip="正常", tone="done")


def _red(row: Standing, why: str, text: str) -> Cell:
    """What is told of a terminal, marked where it is the reason that somebody is needed."""
    return Cell(chip=text or "不明", tone="error") if why in row.red else Cell(text=text or "–")
