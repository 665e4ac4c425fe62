"""契約: every entry of the record; 取扱責任者 and 区管理者 enter one together, each with his own password."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nhi_center.domain.calendar import wareki
from nhi_center.domain.contract import LONGEST, Contract
from nhi_center.domain.operators import Action
from nhi_center.domain.periods import fiscal_year_words
from nhi_center.services import contract as service
from nhi_center.services.contract import ContractLine, Contracts
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.choice_field import Choice, ChoiceField
from nhi_center.ui.common.date_field import DateField
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.fields import LineField, PasswordField
from nhi_center.ui.common.form_dialog import FormDialog, open_form
from nhi_center.ui.common.parts import Card, plain_button
from nhi_center.ui.common.screen import KeyHint
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.table import Cell, Column, DataTable
from nhi_center.ui.presence.roster_forms import read_day

_TONES = {"契約中": "done", "これから": "plain", "終了": "warning", "前の記録": "plain"}


class ContractPanel(QWidget):
    """``contract_table``; F3 enters one. Signals: said(kind, text)."""

    said = Signal(str, str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.setObjectName("contract_panel")
        self._enters = desk.may(Action.MANAGE_CONTRACT)
        self._found: Contracts | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        self.table = DataTable(
            (
                Column("契約番号", lambda row: Cell(strong=row.kept.contract.number), 190),
                Column("状態", lambda row: Cell(chip=row.state, tone=_TONES[row.state]), 104),
                Column("期間", _period, 330),
                Column("受託者", lambda row: row.kept.contract.company),
                Column("署名した人", lambda row: "・".join(row.signed_by), 200),
                Column("記録の日", lambda row: row.kept.at[:10], 110),
            ),
            name="contract_table",
            label="契約の記録",
            empty="契約の記録はありません。F3 で記録するまで、取扱者はサインインできません。",
            row_key=lambda row: row.kept.id,
        )
        self.table.current_row_changed.connect(self._show_details)
        column.addWidget(self.table, 1)
        card = Card("選んだ契約", panel=True, name="contract_details")
        self.details = words("", "dense", name="contract_words", wrap=True)
        card.add(self.details)
        card.body.addStretch(1)
        card.setFixedHeight(112)
        column.addWidget(card)
        foot = QHBoxLayout()
        foot.setSpacing(12)
        note = "契約の期間の外では、取扱者はサインインできません。取扱責任者と区の人はできます。"
        foot.addWidget(words(note, "secondary"), 1)
        if self._enters:
            button = plain_button("契約を記録", "F3", name="enter_contract_button")
            button.clicked.connect(self._enter)
            foot.addWidget(button)
        column.addLayout(foot)

    def keys(self) -> tuple[KeyHint, ...]:
        return (KeyHint("F3", "記録"),) if self._enters else ()

    def first_focus(self) -> QWidget:
        return self.table

    def refresh(self) -> None:
        office, session = self.desk.office, self.desk.session
        self.desk.run_latest(
            "contract", Lane.READ, lambda _token: service.contracts(office, session), owner=self, done=self._show
        )

    def _show(self, found: Contracts) -> None:
        self._found = found
        self.table.set_rows(found.lines)
        self._show_details(self.table.current_row())

    def _show_details(self, row: ContractLine | None) -> None:
        if row is None:
            self.details.clear()
            return
        one = row.kept.contract
        years = "・".join(fiscal_year_words(year) for year in one.fiscal_years)
        clauses = "特記事項・法令遵守の明記あり" if one.clauses else "特記事項・法令遵守の明記を確かめていません"
        self.details.setText(
            f"委託する業務: {one.jobs}\n年度: {years}　同じ事業者との最初の契約: {wareki(one.first_begins)}\n{clauses}"
        )

    def _enter(self) -> None:
        if self._found is not None:
            contract_form(self, self.desk, self._found, self._kept)

    def _kept(self, _kept: object) -> None:
        self.said.emit("done", "契約を記録しました。事務室のほかの端末にも送ります。")
        self.refresh()


def contract_form(parent: QWidget, desk: Desk, found: Contracts, kept: Callable[[object], object]) -> FormDialog:
    """The contract, and at the end both passwords."""
    today = found.today
    number = LineField("number", "契約番号", limit=LONGEST, required=True)
    company = LineField("company", "受託者の名", limit=LONGEST, required=True)
    company.set_value(found.company)
    jobs = LineField("jobs", "委託する業務", limit=LONGEST, required=True)
    begins = DateField("begins", "期間の始まり", today=today, required=True)
    ends = DateField("ends", "期間の終わり", today=today, required=True)
    first = DateField("first_begins", "同じ事業者との最初の始まり", today=today, required=True)
    yes_no = (Choice("yes", "付けた・明記した", "1"), Choice("no", "まだ", "2"))
    clauses = ChoiceField("clauses", "特記事項・法令遵守", yes_no, required=True)
    own = PasswordField("own_password", "あなたのパスワード", required=True)
    other = service.other_side(desk.session)
    person = LineField("person", f"{other.label}のID", limit=20, ime=False, required=True)
    password = PasswordField("password", f"{other.label}のパスワード", required=True)
    office, session = desk.office, desk.session

    def act() -> Callable[[], object]:
        days = (read_day(begins), read_day(ends), read_day(first))
        typed = (number.value().strip(), company.value().strip(), jobs.value().strip())
        wanted = Contract(*typed, *days, clauses=clauses.value() == "yes")
        mine, second = own.value(), (person.value().strip(), password.value())
        return lambda: service.enter(office, session, wanted, mine, second)

    rows = ((number, company), (jobs,), (begins, ends), (first, clauses), (own,), (person, password))
    text = "取扱責任者と区管理者が、同じ内容に署名します。同じ番号で記録し直すと、後の記録が効きます。"
    return open_form(FormDialog(parent, desk, "契約の記録", text, rows, yes="署名して記録する", act=act, kept=kept))


def _period(row: ContractLine) -> str:
    return f"{wareki(row.kept.contract.begins)}から{wareki(row.kept.contract.ends)}"
