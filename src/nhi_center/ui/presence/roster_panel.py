"""従事者名簿: everybody with his state; what is missing in red; each act on one person from a short list."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nhi_center.domain.calendar import wareki
from nhi_center.domain.operators import Action
from nhi_center.domain.roster import RosterEntry, State
from nhi_center.services import roster as service
from nhi_center.services import roster_papers
from nhi_center.services.roster import Roster, RosterLine
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.name_view import NameView
from nhi_center.ui.common.paper_maker import made_words
from nhi_center.ui.common.parts import ActionButton, Card, Chip, plain_button
from nhi_center.ui.common.screen import KeyHint
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.table import Cell, Column, DataTable
from nhi_center.ui.presence import roster_forms as forms
from nhi_center.ui.presence.choices import Act, choose
from nhi_center.ui.presence.papers import PapersButton

_TONES = {
    State.PROPOSED: "plain",
    State.REPORTED: "warning",
    State.ACCEPTED: "info",
    State.ACTIVE: "done",
    State.LEAVING: "error",
    State.LEFT: "plain",
}


class RosterPanel(QWidget):
    """``people_table``; ``new_person_button`` (F3), ``report_button`` or ``accept_button`` (F4). Signals: said(kind, text)."""

    said = Signal(str, str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.setObjectName("roster_panel")
        self._found: Roster | None = None
        self._busy = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        self.table = DataTable(
            (
                Column("氏名", lambda row: row.entry.now.name, 0, name=True),
                Column("役割", lambda row: row.entry.now.role.label, 92),
                Column("ID", lambda row: row.entry.person, 92),
                Column("状態", _state, 118),
                Column("報告", _reported, 92),
                Column("不足", _lacking, 240),
            ),
            name="people_table",
            label="従事者名簿",
            empty="ここには、受託者の従事者が並びます。最初の取扱責任者は、区管理者が紙の名簿から F3 で載せます。",
            names=desk.glyphs,
            row_key=lambda row: row.entry.person,
        )
        self.table.current_row_changed.connect(self._show_person)
        self.table.row_activated.connect(self._acts)
        middle = QHBoxLayout()
        middle.setSpacing(12)
        middle.addWidget(self.table, 790)
        middle.addWidget(self._card(), 348)
        column.addLayout(middle, 1)
        column.addLayout(self._foot())

    def _card(self) -> Card:
        card = Card("この人", name="person_card")
        card.body.setSpacing(8)
        self.person = NameView(self.desk.glyphs, 22, object_name="roster_person")
        self.details = words("", "dense", name="roster_details", wrap=True)
        self.missing = words("", "dense", name="roster_missing", wrap=True)
        self.missing.setStyleSheet("color: #ce0000;")
        for part in (self.person, self.details, self.missing):
            card.add(part)
        card.body.addStretch(1)
        return card

    def _foot(self) -> QHBoxLayout:
        foot = QHBoxLayout()
        foot.setSpacing(12)
        self.chip = Chip("", name="report_chip")
        foot.addWidget(self.chip)
        foot.addStretch(1)
        self.papers = PapersButton(self.desk, (("roster", "従事者名簿"), ("pledges", "誓約の状況")), name="roster_pdf_button")
        self.papers.said.connect(self.said)
        foot.addWidget(self.papers)
        self.second: ActionButton | None = None
        if self.desk.may(Action.MANAGE_ROSTER):
            new = plain_button("新しい人", "F3", name="new_person_button")
            new.clicked.connect(lambda: self._open(forms.designation, None))
            foot.addWidget(new)
            self.second = plain_button("報告書を作る", "F4", name="report_button")
            self.second.clicked.connect(self._report)
        elif self.desk.may(Action.ACCEPT_ROSTER):
            self.second = plain_button("受理の記録", "F4", name="accept_button")
            self.second.clicked.connect(self._accept)
        self.first: ActionButton | None = None
        if self.desk.may(Action.SET_UP):
            self.first = plain_button("最初の取扱責任者", "F3", name="first_supervisor_button")
            self.first.clicked.connect(self._enrol_first)
            foot.addWidget(self.first)
        if self.second is not None:
            foot.addWidget(self.second)
        return foot

    # -- the window's side --

    def keys(self) -> tuple[KeyHint, ...]:
        hints = [KeyHint("Enter", "この人の手続")]
        if self.desk.may(Action.MANAGE_ROSTER):
            hints += [KeyHint("F3", "新しい人"), KeyHint("F4", "報告書")]
        elif self.desk.may(Action.ACCEPT_ROSTER):
            hints.append(KeyHint("F4", "受理"))
        return (*hints, *self.papers.keys())

    def first_focus(self) -> QWidget:
        return self.table

    def refresh(self) -> None:
        office, session = self.desk.office, self.desk.session
        self.desk.run_latest("roster", Lane.READ, lambda _token: service.roster(office, session), owner=self, done=self._show)

    # -- showing --

    def _show(self, found: Roster) -> None:
        self._found = found
        self.table.set_rows(found.lines)
        self._show_person(self.table.current_row())
        manages = self.desk.may(Action.MANAGE_ROSTER)
        if self.second is not None:
            self.second.setEnabled(bool(found.to_report if manages else found.reports))
        if self.first is not None:
            self.first.setVisible(not any(line.entry.designation for line in found.lines))
        if found.to_report and manages:
            self.chip.set_state(f"区へ報告していない変更 {found.to_report}人", "warning")
        elif found.reports:
            self.chip.set_state(f"受理待ちの報告書 {len(found.reports)}件", "warning")
        else:
            self.chip.set_state("報告と受理は済んでいます", "done")

    def _show_person(self, row: RosterLine | None) -> None:
        self.person.set_text(row.entry.now.name if row else "")
        self.details.setText("\n".join(_details(row.entry)) if row else "")
        self.missing.setText("\n".join(f"● {line}" for line in _missing(row)) if row else "")

    # -- acting --

    def _acts(self, row: RosterLine) -> None:
        """Enter on a line: what this person's state and one's own permission allow."""
        entry = row.entry
        acts = [*self._managed(entry), *self._accounts(entry)]
        if not acts:
            self.said.emit("info", "この人について、あなたの役割でできる手続はいまありません。")
            return
        choose(self, "この人の手続", f"ID {entry.person} {entry.now.role.label} 状態: {entry.state.label}", acts)

    def _managed(self, entry: RosterEntry) -> list[Act]:
        if not self.desk.may(Action.MANAGE_ROSTER) or entry.state is State.LEFT:
            return []
        if entry.leaving is None:
            return [
                Act("名簿の変更", lambda: self._open(forms.designation, entry)),
                Act("誓約の記録", lambda: self._open(forms.pledge, entry, leaving=False)),
                Act("退任の手続を始める", lambda: self._open(forms.leaving, entry)),
            ]
        acts = []
        if entry.pledge(leaving=True) is None:
            acts.append(Act("退職時誓約の記録", lambda: self._open(forms.pledge, entry, leaving=True)))
        if entry.key_back is None or entry.card_back is None:
            acts.append(Act("鍵・入室カードの返却", lambda: self._open(forms.returned, entry)))
        return acts

    def _accounts(self, entry: RosterEntry) -> list[Act]:
        if entry.has_account and not entry.closed and self.desk.may(Action.REMOVE_PERSON):
            return [Act("この人を外す(アカウントの停止)", lambda: forms.removal(self, self.desk, entry, self._kept), danger=True)]
        if entry.state is State.ACCEPTED and self.desk.may(Action.OPEN_ACCOUNT):
            return [Act("アカウントを開く", lambda: forms.account(self, self.desk, entry, self._kept))]
        return []

    def _open(self, form: Callable[..., object], entry: RosterEntry | None, **more: bool) -> None:
        if self._found is not None:
            form(self, self.desk, self._found, entry, self._kept, **more)

    def _accept(self) -> None:
        if self._found is not None and self._found.reports:
            forms.acceptance(self, self.desk, self._found, self._kept)

    def _enrol_first(self) -> None:
        if self._found is not None:
            forms.first_supervisor(self, self.desk, self._found, self._kept)

    def _report(self) -> None:
        if self._busy or self._found is None or not self._found.to_report:
            return
        self._busy = True
        office, session = self.desk.office, self.desk.session
        self.desk.run(
            Lane.PRINT,
            lambda _token: roster_papers.make_report(office, session),
            owner=self,
            done=self._reported,
            ended=self._free,
        )

    def _reported(self, path: Path) -> None:
        self.said.emit("done", f"{made_words(path)} 署名して区へ渡してください。")
        self.refresh()

    def _free(self) -> None:
        self._busy = False

    def _kept(self, _result: object) -> None:
        self.said.emit("done", "記録しました。")
        self.refresh()
        self.table.setFocus()


def _state(row: RosterLine) -> Cell:
    return Cell(chip=row.entry.state.label, tone=_TONES[row.entry.state])


def _reported(row: RosterLine) -> Cell:
    if row.entry.to_report:
        return Cell(chip="未報告", tone="warning")
    return Cell(chip="受理待ち", tone="info") if row.entry.awaits_acceptance else Cell("受理済")


def _lacking(row: RosterLine) -> Cell:
    missing = _missing_words(row)
    if missing:
        return Cell(missing, colour="#ce0000")
    if row.warnings:
        title, last = row.warnings[0]
        return Cell(f"{title} {last.month}月{last.day}日まで", colour="#8b3200")
    return Cell("")


def _missing_words(row: RosterLine) -> str:
    """In short, for the list."""
    entry = row.entry
    if entry.leaving is not None:
        return "・".join(entry.missing_at_leaving)
    short = {"pledge": "誓約 未署名", "training": "研修", "period": "期間の外"}
    return "・".join(short[fault.code] for fault in row.faults if fault.code in short)


def _missing(row: RosterLine) -> tuple[str, ...]:
    """Whole sentences, beside the list."""
    entry = row.entry
    if entry.leaving is not None:
        return tuple(f"{words}がまだです。" for words in entry.missing_at_leaving)
    return tuple(fault.words for fault in row.faults)


def _details(entry: RosterEntry) -> tuple[str, ...]:
    now, signed = entry.now, entry.pledge()
    accepted = entry.accepted
    lines = [
        f"{now.employer} {now.department}",
        f"業務 {now.jobs}",
        forms.period_words(entry),
        f"入室カード {now.card or 'なし'} ロッカー {now.locker or 'なし'}",
        f"誓約 {wareki(signed.day)}({signed.version}版)" if signed else "誓約 未署名",
        f"受理 {wareki(accepted.day)} {accepted.receipt}" if accepted else "受理 まだです",
    ]
    if now.decision is not None:
        lines.append(f"区の決定 {now.decision.number} {now.decision.by}")
    return tuple(lines)
