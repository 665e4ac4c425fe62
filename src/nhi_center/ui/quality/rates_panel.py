"""照合の割合: the dated table of what share is keyed twice, and the form that adds a line to it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nhi_center.domain.calendar import wareki
from nhi_center.domain.sampling import LEAST, NEW_KEYER_PAPERS
from nhi_center.errors import OperatorError
from nhi_center.services import sampling as service
from nhi_center.services.sampling import RateTable
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.choice_field import Choice, ChoiceField
from nhi_center.ui.common.code_fields import DigitsField
from nhi_center.ui.common.date_field import DateField, DateStyle
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.form_dialog import FormDialog, open_form
from nhi_center.ui.common.parts import Card, plain_button
from nhi_center.ui.common.screen import KeyHint
from nhi_center.ui.common.table import Cell, Column, DataTable
from nhi_center.ui.common.text_fields import ReasonField
from nhi_center.ui.entry.asking import run

_TONES = {"いまの割合": "done", "これから": "info", "前の割合": "plain"}
_ALL = "all"


class RatesPanel(QWidget):
    """F3 adds a line; nothing is changed or taken out. Signals: said(kind, text)."""

    said = Signal(str, str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self._found: RateTable | None = None
        self.setObjectName("rates_panel")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        rules = Card("割合の決まり", panel=True, name="rates_rules")
        rules.add_lines(
            f"決めていないものは、すべて照合します。{LEAST}%より少なくはできません。",
            f"新しく入力を始めた人の最初の{NEW_KEYER_PAPERS}件、至急、訂正、戻ってきたもの、注意の理由を書いたもの、前と同じにした欄のあるものは、いつも照合します。",
            "人と様式の両方を決めたもの、人だけのもの、様式だけのもの、全体の順に、近いものが効きます。",
            "どの届出を照合するかは、入力を終えたあとに決まります。前もっては誰にも分かりません。",
        )
        column.addWidget(rules)
        self.table = DataTable(
            (
                Column("状態", lambda row: Cell(chip=row.state, tone=_TONES[row.state]), 110),
                Column("様式", lambda row: row.form_title, 250),
                Column("入力する人", lambda row: row.person_name, 140, name=True),
                Column("割合", lambda row: Cell(strong=f"{row.rate.percent}%"), 70, "right"),
                Column("始まり", lambda row: wareki(row.rate.from_day), 150),
                Column("理由", lambda row: row.rate.reason),
                Column("決めた人", lambda row: row.set_by_name, 120, name=True),
            ),
            name="rates_table",
            label="照合の割合",
            empty="割合はまだ決めていません。すべての届出を照合しています。F3 で割合を決めます。",
            names=desk.glyphs,
            row_key=lambda row: row.rate.id,
        )
        column.addWidget(self.table, 1)
        foot = QHBoxLayout()
        foot.addStretch(1)
        self.add_button = plain_button("割合を決める", "F3", name="rate_add_button")
        self.add_button.clicked.connect(self.add)
        foot.addWidget(self.add_button)
        column.addLayout(foot)

    def keys(self) -> tuple[KeyHint, ...]:
        return (KeyHint("F3", "割合を決める"),)

    def first_focus(self) -> QWidget:
        return self.table

    def refresh(self) -> None:
        run(self.desk, self, Lane.READ, service.table, done=self._show)

    def _show(self, found: RateTable) -> None:
        self._found = found
        self.table.set_rows(found.lines)

    def add(self) -> None:
        if self._found is not None:
            _open_rate_form(self, self.desk, self._found, self._kept)

    def _kept(self, _rate: object) -> None:
        self.said.emit("done", "照合の割合を決めました。決めた日から、入力を終えた届出に効きます。")
        self.refresh()


def _open_rate_form(parent: QWidget, desk: Desk, found: RateTable, kept: Callable[[object], object]) -> FormDialog:
    forms = tuple(Choice(one.code or _ALL, one.label.removeprefix(f"{one.code} "), one.code[1:] or "0") for one in found.forms)
    people = tuple(Choice(one.code or _ALL, one.label, str(at)) for at, one in enumerate(found.people))
    form = ChoiceField("form", "様式", forms, required=True)
    person = ChoiceField("person", "入力する人", people, required=True)
    percent = DigitsField("percent", "割合(%)", length=3, auto_advance=False, required=True, hint=f"{LEAST}～100")
    from_day = DateField("from_day", "始まり", today=desk.office.clock.today(), style=DateStyle.WEEKDAY, required=True)
    reason = ReasonField("reason", "理由")
    form.set_value(_ALL)
    person.set_value(_ALL)
    office, session = desk.office, desk.session

    def act() -> Callable[[], object]:
        day = from_day.day()
        if day is None:
            raise OperatorError("始まりの日を入力してください。", field="from_day")
        if not percent.value():
            raise OperatorError("割合を数字で入力してください。", field="percent")
        chosen = [field.value().replace(_ALL, "") for field in (form, person)]
        share, why = int(percent.value()), reason.value()
        return lambda: service.set_rate(office, session, chosen[0], chosen[1], share, day, why)

    text = "前の割合は表に残ります。あとから取り消すときは、新しい割合を決めます。"
    rows = ((form, person), (percent, from_day), (reason,))
    return open_form(FormDialog(parent, desk, "照合の割合を決める", text, rows, yes="決める", act=act, kept=kept))
