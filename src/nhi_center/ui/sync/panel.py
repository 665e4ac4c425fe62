"""通信: what has gone to the segment, what has not, and to where this terminal may connect. Says only what is enforced."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from nhi_center.domain.calls import due_words
from nhi_center.domain.exchange import Caution
from nhi_center.domain.operators import Action
from nhi_center.services import isolation, meeting, sync, sync_state
from nhi_center.services.clock import JST
from nhi_center.services.meeting import Resumed
from nhi_center.services.sync import SyncSummary
from nhi_center.services.sync_state import Refused, RoomTerminal, SyncState
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.parts import Card, Chip, plain_button, primary_button
from nhi_center.ui.common.screen import KeyHint
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.table import Cell, Column, DataTable

ENFORCED = (
    "つなぐ先は、国保標準システムの決まった1か所だけです。名前での問合せ(DNS)もしません。",
    "相手と端末の両方を証明書で確かめ、通信はすべて暗号化します(TLS 1.3)。",
)


class SyncPanel(QWidget):
    """``room_table``, ``refused_table``, ``sync_now_button``; for who may put the exchange right ``resume_button`` and
    ``send_again_button``. Signals: said(kind, text)."""

    said = Signal(str, str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.setObjectName("sync_panel")
        self._busy = False
        self._hours = 0
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        self.cautions = QVBoxLayout()
        self.cautions.setSpacing(4)
        column.addLayout(self.cautions)
        cards = QHBoxLayout()
        cards.setSpacing(12)
        for card in (self._rows_card(), self._log_card(), self._isolation_card()):
            cards.addWidget(card, 1)
        column.addLayout(cards)
        tables = QHBoxLayout()
        tables.setSpacing(12)
        tables.addLayout(self._room_part(), 5)
        tables.addLayout(self._refused_part(), 6)
        column.addLayout(tables, 1)
        column.addLayout(self._foot())

    def _rows_card(self) -> Card:
        self.rows_chip = Chip("", name="sync_rows_chip")
        card = Card("記録の送信", right=self.rows_chip, name="sync_rows_card")
        self.waiting = _fact("sync_waiting")
        self.sent = words("", "secondary", name="sync_sent")
        card.add(self.waiting)
        card.add(self.sent)
        card.add_lines("記録は、まずこの端末に暗号化して保存します。", "つながっていれば、15秒ごとに自動で送ります。")
        self.numbers = words("", "secondary", name="sync_numbers", wrap=True)
        card.add(self.numbers)
        card.body.addStretch(1)
        return card

    def _log_card(self) -> Card:
        self.log_chip = Chip("", name="sync_log_chip")
        card = Card("操作記録の控え", right=self.log_chip, name="sync_log_card")
        self.anchored = _fact("sync_anchored")
        self.anchored_at = words("", "secondary", name="sync_anchored_at", wrap=True)
        self.agreed = words("", "secondary", name="sync_agreed", wrap=True)
        card.add(self.anchored)
        card.add(self.anchored_at)
        card.add(self.agreed)
        card.add_lines("区のサーバが控えに署名します。後から直すと、控えと合わなくなります。")
        card.body.addStretch(1)
        return card

    def _isolation_card(self) -> Card:
        self.isolation_chip = Chip("", name="isolation_chip")
        card = Card("接続制限", right=self.isolation_chip, name="isolation_card")
        self.address = _fact("isolation_address")
        card.add(self.address)
        card.add_lines(*ENFORCED)
        self.isolation_state = words("", "secondary", name="isolation_state", wrap=True)
        card.add(self.isolation_state)
        return card

    def _room_part(self) -> QVBoxLayout:
        self.contact_chip = Chip("", name="contact_chip")
        self.room = DataTable(
            (
                Column("端末", lambda row: f"{row.name} (この端末)" if row.here else row.name),
                Column("最後の通信", lambda row: self._when(row.contact_at), 120),
                Column("状態", self._room_state, 190),
            ),
            name="room_table",
            label="室内の端末",
            empty="まだ区のサーバとつながっていません。つながると、室内の端末がここに並びます。",
            row_key=lambda row: row.name,
        )
        return _part("室内の端末", self.contact_chip, self.room)

    def _refused_part(self) -> QVBoxLayout:
        self.skipped_chip = Chip("", name="skipped_chip")
        self.refused = DataTable(
            (
                Column("番号", lambda row: str(row.number), 56, "right"),
                Column("記録", lambda row: row.about, 104),
                Column("できた時刻", lambda row: self._when(row.made_at), 100),
                Column("断られた理由", lambda row: row.reason),
                Column("後続", lambda row: f"{row.behind}件" if row.behind else "", 56, "right"),
            ),
            name="refused_table",
            label="送信エラー(要確認)",
            empty="断られた記録はありません。断られた記録は、消えずにここに残ります。",
            row_key=lambda row: row.number,
        )
        self.refused.current_row_changed.connect(self._show_reason)
        return _part("送信エラー(要確認)", self.skipped_chip, self.refused)

    def _room_state(self, row: RoomTerminal) -> Cell:
        """What is wrong with a terminal, the gravest first."""
        if row.untold:
            return Cell(chip="外した人 未伝達", tone="error")
        if row.silent:
            return Cell(chip=f"{self._hours}時間以上 通信なし", tone="error")
        return Cell(chip="通信あり", tone="done") if row.contact_at else Cell(chip="まだ通信なし", tone="warning")

    def _foot(self) -> QHBoxLayout:
        self.outcome = words("", "secondary", name="sync_outcome")
        self.button = primary_button("いま送受信する", name="sync_now_button")
        self.button.clicked.connect(self._exchange)
        row = QHBoxLayout()
        self.resume_button = plain_button("確かめて再開する", name="resume_button")
        self.resume_button.clicked.connect(self._resume)
        self.again_button = plain_button("もう一度送る", name="send_again_button")
        self.again_button.clicked.connect(self._send_again)
        row.addWidget(self.outcome, 1)
        for button in (self.resume_button, self.again_button):
            button.hide()
            row.addWidget(button)
        row.addWidget(self.button)
        return row

    def keys(self) -> tuple[KeyHint, ...]:
        return (KeyHint("Ctrl+Enter", "いま送受信する"),)

    def first_focus(self) -> QWidget:
        return self.button

    def refresh(self) -> None:
        office, session = self.desk.office, self.desk.session
        self.desk.run_latest(
            "sync_state", Lane.READ, lambda _token: sync_state.read(office, session), owner=self, done=self._show
        )

    # -- showing --

    def _show(self, state: SyncState) -> None:
        if state.refused:
            self.rows_chip.set_state(f"送信エラー {len(state.refused)}", "error")
        else:
            self.rows_chip.set_state("未送信あり" if state.waiting else "すべて送信済", "info" if state.waiting else "done")
        oldest = f"(最古 {self._when(state.oldest_waiting)})" if state.oldest_waiting else ""
        self.waiting.setText(f"未送信 {state.waiting:,}件{oldest}")
        self.sent.setText(f"送信済 {state.sent:,}件")
        behind = state.log_entries - state.anchored
        self.log_chip.set_state(f"あと {behind:,}番" if behind else "すべて控え済", "info" if behind else "done")
        self.anchored.setText(f"{state.log_entries:,}番のうち {state.anchored:,}番まで")
        self.anchored_at.setText(f"最後の控え {self._when(state.anchored_at)}" if state.anchored_at else "まだ控えはありません。")
        self.address.setText(f"接続先 {state.host} ポート {state.port}")
        kept = isolation.shown()
        self.isolation_chip.set_state(kept.word, kept.tone)
        self.isolation_state.setText(kept.summary)
        self.refused.set_rows(state.refused)
        self._hours = state.contact_hours
        self.room.set_rows(state.terminals)
        when = f"最後の通信 {self._when(state.contact_at)}" if state.contact_at else "まだ通信していません"
        self.contact_chip.set_state(when, "error" if state.silent else "done")
        self.skipped_chip.set_state(f"受け取らなかった記録 {state.skipped}" if state.skipped else "", "error")
        self.skipped_chip.setVisible(bool(state.skipped))

        left = "・".join(f"{one.title} {one.in_blocks or one.own}" for one in state.numbers)
        self.numbers.setText(f"今日の番号の残り {left}" if left else "番号の枠は、まだ受け取っていません。")
        agreed = {"": "終業の突合は、まだしていません。", "differs": "終業の突合 数か内容が違います。"}
        self.agreed.setText(agreed.get(state.agreed) or f"終業の突合 一致 {state.agreed[5:16].replace('T', ' ')}")
        self._show_cautions(state)

    def _show_reason(self, row: Refused | None) -> None:
        """The whole of what the list may cut short."""
        if not self._busy:
            behind = f"同じ案件の後の記録 {row.behind}件も待っています。" if row and row.behind else ""
            self.outcome.setText(f"{row.number}番 {row.reason}{behind}" if row else "")

    def _show_cautions(self, state: SyncState) -> None:
        while (item := self.cautions.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        for caution in state.cautions:
            self.cautions.addWidget(_Notice(caution))
        may = self.desk.session.may(Action.REPAIR_SYNC)
        self.resume_button.setVisible(may and bool(state.stopped))
        self.again_button.setVisible(may and bool(state.refused))

    def _when(self, stamp: str) -> str:
        """A moment of the system's time on the office's wall clock."""
        if not stamp:
            return ""
        return due_words(datetime.fromisoformat(stamp).astimezone(JST), self.desk.office.clock.now().astimezone(JST).date())

    # -- acting --

    def _exchange(self) -> None:
        if self._busy:
            return
        self._set_busy(True)
        office = self.desk.office
        self.desk.run(
            Lane.LINK,
            lambda token: sync.synchronise(office, token.report),
            owner=self,
            done=self._on_done,
            failed=self._on_failed,
        )

    def _on_done(self, summary: SyncSummary) -> None:
        self._set_busy(False)
        refused = f" 断られた {summary.refused}件" if summary.refused else ""
        self.said.emit("done", f"送受信しました。送信 {summary.sent:,}件 受信 {summary.received:,}件{refused}")
        self.refresh()

    def _on_failed(self, error: Exception) -> None:
        self._set_busy(False)
        self.desk.present_error(error)
        self.refresh()

    def _resume(self) -> None:
        """Both sides are asked again, then one exchange follows by itself."""
        if self._busy:
            return
        self._set_busy(True)
        office, session = self.desk.office, self.desk.session
        self.desk.run(
            Lane.LINK,
            lambda _token: meeting.resume(office, session),
            owner=self,
            done=self._on_resumed,
            failed=self._on_failed,
        )

    def _on_resumed(self, done: Resumed) -> None:
        self._set_busy(False)
        again = f"{done.rows:,}件を送り直します。" if done.rows else ""
        self.said.emit("done", f"両方の記録を確かめ、通信を再開しました。{again}")
        self._exchange()

    def _send_again(self) -> None:
        row = self.refused.current_row() or next(iter(self.refused.rows()), None)
        if row is None or self._busy:
            return
        office, session = self.desk.office, self.desk.session
        self.desk.run(
            Lane.WRITE,
            lambda _token: meeting.send_again(office, session, row.number),
            owner=self,
            done=lambda _none: self._exchange(),
            failed=self._on_failed,
        )

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self.button.set_words("送受信しています" if busy else "いま送受信する")
        self.outcome.setText("相手の返事を待っています。このまま、ほかの仕事ができます。" if busy else "")


class _Notice(QFrame):
    """One thing somebody must do, in its tone, across the page."""

    def __init__(self, caution: Caution) -> None:
        super().__init__()
        self.setObjectName(f"caution_{caution.key}")
        self.setProperty("part", "card")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 12, 6)
        row.setSpacing(12)
        chip = Chip("", name=f"caution_chip_{caution.key}")
        chip.set_state(caution.title, caution.tone)
        row.addWidget(chip)
        row.addWidget(words(caution.words, wrap=True), 1)


def _part(title: str, right: Chip, table: DataTable) -> QVBoxLayout:
    """A table under its heading."""
    heading = QHBoxLayout()
    label = words(title, "heading")
    label.setFixedHeight(24)
    heading.addWidget(label)
    heading.addStretch(1)
    heading.addWidget(right)
    column = QVBoxLayout()
    column.setSpacing(12)
    column.addLayout(heading)
    column.addWidget(table, 1)
    return column


def _fact(name: str) -> QLabel:
    """The one fact of a card, larger than the words about it."""
    label = words("", "", name=name)
    label.setMinimumHeight(24)
    return label
