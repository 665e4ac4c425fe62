"""消去の記録: every erasure with its proof, its certificate, going on with one that stopped, and a failed terminal's disk."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nhi_center.domain.erasure import LONGEST_PLACE, LONGEST_WORDS, DiskMethod, Erasure, Scope, State
from nhi_center.services import erasure as service
from nhi_center.services import erasure_sheet
from nhi_center.services.handover import Credential
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.choice_field import Choice, ChoiceField
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.fields import LabelledField, LineField
from nhi_center.ui.common.form_dialog import FormDialog, open_form
from nhi_center.ui.common.long_job import LongJob
from nhi_center.ui.common.paper_maker import made_words
from nhi_center.ui.common.parts import ProgressStrip, plain_button
from nhi_center.ui.common.screen import KeyHint
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.table import Cell, Column, DataTable
from nhi_center.ui.entry.asking import run
from nhi_center.ui.erasure.plan_panel import begin, credential, result_words

TONES = {State.AGREED: "warning", State.PARTIAL: "error", State.DONE: "done"}


class PastPanel(QWidget):
    """``past_table`` and, of the one in front, ``findings_table``; F4 消去証明書, F7 続ける, F6 ディスク. Signals: said."""

    said = Signal(str, str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.setObjectName("past_panel")
        self.table = DataTable(
            (
                Column("承認した日時", lambda row: row.agreed_at[:16].replace("T", " "), 160),
                Column("対象", lambda row: Cell(strong=row.title), 210),
                Column("状態", _state, 130),
                Column("取扱責任者", lambda row: row.signatures[0].name, 140, name=True),
                Column("区職員", lambda row: row.signatures[1].name, 140, name=True),
                Column("方法", lambda row: str(row.contents["method"])),
            ),
            name="past_table",
            label="消去の記録",
            empty="消去の記録はまだありません。消去すると、ここに並びます。",
            names=desk.glyphs,
            row_key=lambda row: row.id,
        )
        self.findings = DataTable(
            (
                Column("読もうとしたもの", lambda row: row.words, 260),
                Column("読めた数", _left, 130),
                Column("内容", lambda row: row.seen),
            ),
            name="findings_table",
            label="消えたことの確認",
            empty="上の表で消去を選ぶと、消えたことの確認がここに出ます。",
            row_key=lambda row: row.words,
        )
        self.table.current_row_changed.connect(lambda _row: self._show_findings())
        self.progress = ProgressStrip(name="erasure_again_progress")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self.table, 1)
        column.addWidget(self.findings, 1)
        column.addWidget(self.progress)
        column.addLayout(self._foot())
        self._long = LongJob(desk, self, self.progress, (self.again_button,))

    def _foot(self) -> QHBoxLayout:
        self.certificate_button = plain_button("消去証明書を作る", "F4", name="certificate_button")
        self.again_button = plain_button("続ける", "F7", name="again_button")
        self.disk_button = plain_button("ディスクの消去・破壊を記録", "F6", name="disk_button")
        self.certificate_button.clicked.connect(self._certificate)
        self.again_button.clicked.connect(self._again)
        self.disk_button.clicked.connect(self._disk)
        self.place = words("", "secondary", name="certificate_place")
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(self.place, 1)
        for button in (self.disk_button, self.again_button, self.certificate_button):
            foot.addWidget(button)
        return foot

    def keys(self) -> tuple[KeyHint, ...]:
        return (KeyHint("F4", "消去証明書を作る"), KeyHint("F7", "続ける"), KeyHint("F6", "ディスクを記録"))

    def first_focus(self) -> QWidget:
        return self.table

    def refresh(self) -> None:
        run(self.desk, self, Lane.READ, service.every, done=self._show)

    def _show(self, rows: tuple[Erasure, ...]) -> None:
        self.table.set_rows(rows)
        self._show_findings()

    def _show_findings(self) -> None:
        row = self.table.current_row()
        self.findings.set_rows(row.findings if row is not None else ())

    # -- acting --

    def _certificate(self) -> None:
        row = self.table.current_row()
        if row is None:
            self.said.emit("warning", "消去を選んでから作ってください。")
            return
        run(self.desk, self, Lane.PRINT, erasure_sheet.certificate, row.id, done=self._made)

    def _made(self, path: Path) -> None:
        self.place.setText(f"業務フォルダーの documents/{path.name}")
        self.said.emit("done", made_words(path))

    def _again(self) -> None:
        row = self.table.current_row()
        if row is None or not row.open or row.scope is Scope.DISK:
            self.said.emit("warning", "途中か、一部消去の行を選んでください。")
        elif row.waits_for_key:
            self.said.emit("warning", "あとはデータベースの鍵の交換だけです。サインアウトして、サインインし直してください。")
        else:
            begin(self.desk, self._long, row.id, self._done)

    def _done(self, erasure: Erasure) -> None:
        self.said.emit(*result_words(erasure))
        self.refresh()

    def _disk(self) -> None:
        terminal = LineField("terminal", "端末の名前", limit=LONGEST_PLACE, ime=False, required=True)
        serial = LineField("serial", "ディスクの製造番号", limit=LONGEST_WORDS, ime=False, required=True)
        method = ChoiceField(
            "method",
            "方法",
            tuple(Choice(one.value, one.label, str(number)) for number, one in enumerate(DiskMethod, 1)),
            required=True,
        )
        place = LineField("place", "場所", limit=LONGEST_PLACE, required=True)
        people = (credential("supervisor", "取扱責任者"), credential("ward", "区職員"))
        office, session = self.desk.office, self.desk.session

        def act() -> Callable[[], Erasure]:
            signers = [Credential(who.value().strip(), password.value()) for who, password in people]
            values = terminal.value(), serial.value(), DiskMethod(method.value()), place.value()
            return partial(service.record_disk, office, session, *values, *signers)

        rows: tuple[tuple[LabelledField, ...], ...] = ((terminal, serial), (method, place), *people)
        text = "起動しない端末のディスクを消去したか物理的に壊したことを、立ち会った二人が署名して残します。"
        open_form(FormDialog(self, self.desk, "ディスクの記録", text, rows, yes="記録する", act=act, kept=self._recorded))

    def _recorded(self, _kept: object) -> None:
        self.said.emit("done", "ディスクの消去を記録しました。消去証明書は F4 で作ります。")
        self.refresh()


def _state(row: Erasure) -> Cell:
    if row.waits_for_key:
        return Cell(chip="鍵の交換待ち", tone="warning")
    return Cell(chip=row.state.label, tone=TONES[row.state])


def _left(row: object) -> Cell:
    left = int(getattr(row, "left", 0))
    return Cell(chip=f"{left:,}" if left else "なし", tone="error" if left else "done")
