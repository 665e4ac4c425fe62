"""訂正・取下げ of the ward: a case by the number on its paper; returned with the kind of error, withdrawn, or made 至急."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QWidget

from nhi_center.domain.entry import State
from nhi_center.services import corrections, review, urgent
from nhi_center.services.corrections import CaseFound, LinkRow
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.fields import LineField
from nhi_center.ui.common.parts import ActionButton, Card
from nhi_center.ui.common.screen import KeyHint, Screen, TitleLine
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.table import Cell, Column, DataTable
from nhi_center.ui.common.urgent import URGENT_MINUTES, show_urgent, urgent_chip
from nhi_center.ui.common.words_dialog import ask_words
from nhi_center.ui.entry.asking import run
from nhi_center.ui.review.error_dialog import ask_error

HOW = "管理票の番号(1124-001)か、証の用紙の番号(S-000413)を入れて Enter。"
REVIEW_LATER = "受託者が直し、もう一度照合してから、区の審査に戻ります。"
REOPEN = "元の届出はそのまま残り、訂正の届出が別に作られます。もう一度入力・照合・審査を行い、証は新しく出します。"


class CorrectionsScreen(Screen):
    """Enter finds the case; F4 returns it, F3 withdraws it, Alt+U sets or takes back 至急."""

    name = "corrections"
    title = "訂正・取下げ"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.found: CaseFound | None = None
        self.page.addWidget(TitleLine(self.title, right="差戻しは会社あてです。だれが直すかは受託者が決めます。"))
        self.number = LineField("case_number", "管理票・用紙の番号", ime=False, limit=20, hint=HOW)
        self.number.advance_requested.connect(self._find)
        self.number.setMaximumWidth(560)
        self.page.addWidget(self.number)
        self.page.addWidget(self._card())
        self.page.addLayout(self._acts())
        self.table = self._table()
        self.page.addWidget(self.table, 1)
        self._show(None)

    def _card(self) -> Card:
        self.urgent = urgent_chip()
        self.card = Card("届出・申請", right=self.urgent, panel=True, name="case_card")
        self.what = words("", "", name="case_words", wrap=True)
        self.links = words("", "secondary", name="case_links", wrap=True)
        self.card.add(self.what)
        self.card.add(self.links)
        return self.card

    def _acts(self) -> QHBoxLayout:
        self.urgent_button = ActionButton("至急にする・戻す", key="Alt+U", bind=False, name="case_urgent_button")
        self.withdraw_button = ActionButton("取下げ", key="F3", bind=False, name="withdraw_button")
        self.return_button = ActionButton("差戻し", key="F4", primary=True, bind=False, name="return_button")
        self.urgent_button.clicked.connect(self._set_urgent)
        self.withdraw_button.clicked.connect(self._ask_withdraw)
        self.return_button.clicked.connect(self._ask_return)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(words("差戻しと取下げは元に戻せません。", "secondary"), 1)
        for button in (self.urgent_button, self.withdraw_button, self.return_button):
            row.addWidget(button)
        return row

    def _table(self) -> DataTable:
        table = DataTable(
            (
                Column("差戻し", lambda row: _day(row.link.error.at), 84),
                Column("元の管理票", lambda row: Cell(strong=row.link.original_number), 110),
                Column("訂正", lambda row: row.link.correction_number, 100),
                Column("届出・申請", lambda row: row.form_title, 230),
                Column("訂正の状態", _state, 190),
                Column("誤りの種類と理由", lambda row: row.link.error.words),
            ),
            name="correction_table",
            label="訂正",
            empty="訂正はありません。審査のあとで差戻しにすると、ここに並びます。",
            row_key=lambda row: row.link.original,
        )
        table.row_activated.connect(lambda row: self._look_up(row.link.correction_number or row.link.original_number))
        return table

    # -- the frame's questions --

    def keys(self) -> tuple[KeyHint, ...]:
        return (
            KeyHint("Enter", "さがす"),
            KeyHint("Alt+U", "至急", self._set_urgent),
            KeyHint("F3", "取下げ", self._ask_withdraw),
            KeyHint("F4", "差戻し", self._ask_return),
        )

    def opened(self, **params: Any) -> None:
        if params.get("number"):
            self._look_up(str(params["number"]))
        self.refresh()

    def first_focus(self) -> QWidget:
        return self.number.editor

    def refresh(self) -> None:
        run(self.desk, self, Lane.READ, corrections.newest, done=self._show_rows)

    def _show_rows(self, rows: tuple[LinkRow, ...]) -> None:
        self.table.set_rows(rows)

    # -- one case --

    def _look_up(self, number: str) -> None:
        self.number.set_value(number)
        self._find()

    def _find(self) -> None:
        number = self.number.value().strip()
        if number:
            run(self.desk, self, Lane.READ, corrections.find_case, number, done=self._show, failed=self._on_not_found)

    def _on_not_found(self, error: Exception) -> None:
        self._show(None)
        if not self.number.refuse(error, "number"):
            self.desk.present_error(error)

    def _show(self, found: CaseFound | None) -> None:
        self.found = found
        self.what.setText(_what(found) if found else "番号を入れると、ここに届出・申請が出ます。")
        self.links.setText(_links(found) if found else "")
        self.links.setVisible(bool(self.links.text()))
        show_urgent(self.urgent, found.urgent_until if found else "", self.desk.office.clock.local())
        self.urgent_button.setEnabled(found is not None and found.may_be_urgent)
        self.withdraw_button.setEnabled(found is not None and found.may_withdraw)
        self.return_button.setEnabled(found is not None and found.may_reopen)

    # -- acting --

    def _set_urgent(self) -> None:
        found = self.found
        if found is not None and found.may_be_urgent:
            minutes = 0 if found.urgent_until else URGENT_MINUTES
            run(self.desk, self, Lane.WRITE, urgent.set_urgent, found.slip, minutes, done=lambda _none: self._find())

    def _ask_return(self) -> None:
        found = self.found
        if found is not None and found.may_reopen:
            before = found.state is State.VERIFIED
            ask_error(
                self,
                f"管理票 {found.number} の差戻し",
                REVIEW_LATER if before else REOPEN,
                yes="差戻しにする",
                action=lambda kind, reason: self._return(found, kind, reason),
            )

    def _return(self, found: CaseFound, kind: str, reason: str) -> None:
        verb: Any = review.send_back if found.state is State.VERIFIED else corrections.send_back
        run(
            self.desk,
            self,
            Lane.WRITE,
            verb,
            found.application,
            kind,
            reason,
            done=lambda number: self._on_returned(found, number or ""),
        )

    def _on_returned(self, found: CaseFound, number: str) -> None:
        if found.state is State.VERIFIED:
            sentence = f"管理票 {found.number} を差戻しにしました。"
        elif number:
            sentence = f"管理票 {found.number} を差戻しにしました。訂正は管理票 {number} です。"
        else:
            sentence = f"管理票 {found.number} を差戻しにしました。次の受渡しで、書類をもう一度受託者へ渡してください。"
        self.say("done", sentence)
        self._find()
        self.refresh()

    def _ask_withdraw(self) -> None:
        found = self.found
        if found is not None and found.may_withdraw:
            ask_words(
                self,
                f"管理票 {found.number} の取下げ",
                "この届出は効果のないまま終わり、紙は次の受渡しで区へ返ります。刷った証は区で回収してください。元に戻せません。",
                label="取下げの理由",
                yes="取下げにする",
                action=lambda reason: self._withdraw(found, reason),
                name="withdraw_reason",
            )

    def _withdraw(self, found: CaseFound, reason: str) -> None:
        run(
            self.desk,
            self,
            Lane.WRITE,
            corrections.withdraw,
            found.application,
            reason,
            done=lambda _none: self._on_withdrawn(found),
        )

    def _on_withdrawn(self, found: CaseFound) -> None:
        self.say("done", f"管理票 {found.number} を取下げにしました。")
        self._find()


def _what(found: CaseFound) -> str:
    state = "取下げ" if found.withdrawn else found.state.label
    where = "訂正の管理票へ" if found.corrected_by else found.place.label
    sheets = f" {found.sheets}枚({where})" if found.sheets else ""
    return f"管理票 {found.number} {found.form_title} {state}{sheets}"


def _links(found: CaseFound) -> str:
    parts = []
    if found.corrects:
        parts.append(f"管理票 {found.corrects} の訂正です。")
    if found.error:
        parts.append(f"差戻し {found.error}")
    if found.corrected_by:
        parts.append(f"訂正は管理票 {found.corrected_by} です。")
    elif found.awaited:
        parts.append("訂正の書類を次の受渡しで受託者へ渡してください。")
    if found.withdrawn:
        parts.append(f"取下げの理由: {found.withdrawn}")
    return "\n".join(parts)


def _state(row: LinkRow) -> Cell:
    if row.state is None:
        return Cell(chip="書類を受託者へ渡す", tone="warning")
    return Cell(chip=row.state.label, tone="done" if row.state in (State.REVIEWED, State.DONE) else "info")


def _day(at: str) -> str:
    return f"{int(at[5:7])}月{int(at[8:10])}日"
