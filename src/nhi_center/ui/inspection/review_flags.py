"""ログ点検の指摘: what deserves a look, its entries in words, the reviewer's remark, and the supervisor's signature."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nhi_center.domain.audit_words import Line
from nhi_center.domain.log_review import LONGEST_REMARK, Flag, Review, Severity, Verdict
from nhi_center.domain.report_period import month_words
from nhi_center.errors import OperatorError
from nhi_center.ui.common.choice_field import Choice, ChoiceField
from nhi_center.ui.common.field_chain import FieldChain
from nhi_center.ui.common.fields import LineField
from nhi_center.ui.common.parts import Card, Chip, plain_button
from nhi_center.ui.common.sign_panel import SignPanel
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.table import Cell, Column, DataTable
from nhi_center.ui.common.text_fields import warn_of_forbidden

_VERDICTS = tuple(Choice(one.value, one.label, str(number)) for number, one in enumerate(Verdict, start=1))
_TONES = {Severity.SERIOUS: "error", Severity.LOOK: "warning"}


class FlagsPage(QWidget):
    """Tables ``flag_table`` and ``flag_lines``, fields ``verdict`` and ``remark``, with ``signs`` the supervisor's panel.

    Nobody writes a remark about himself.

    Signals: flag_chosen(Flag or None); remark_wanted(Flag, verdict, words); changed() when a signature is typed.
    """

    flag_chosen = Signal(object)
    remark_wanted = Signal(object, str, str)
    changed = Signal()

    def __init__(self, reader: str, *, signs: bool) -> None:
        super().__init__()
        self._reader = reader
        self.setObjectName("flags_page")
        self.seen: Review | None = None
        self._names: Mapping[str, str] = {}
        self._reasons: Mapping[str, str] = {}
        self._shown = ""
        self._busy = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        upper = QHBoxLayout()
        upper.setSpacing(12)
        upper.addWidget(self._flag_table(), 13)
        upper.addWidget(self._details_card(), 10)
        column.addLayout(upper, 1)
        lower = QHBoxLayout()
        lower.setSpacing(12)
        lower.addWidget(self._remark_card(), 1)
        self.sign_panel: SignPanel | None = None
        if signs:
            self.sign_panel = SignPanel("取扱責任者の署名", "取扱者ID", "", name="log_reviewer")
            self.sign_panel.changed.connect(self.changed)
            lower.addWidget(self.sign_panel, 1)
        column.addLayout(lower)
        self.chain = FieldChain((self.verdict, self.remark), self)
        self.chain.finished.connect(self.write)
        self._show_flag(None)

    def _flag_table(self) -> DataTable:
        self.table = DataTable(
            (
                Column("重さ", lambda flag: Cell(chip=flag.severity.label, tone=_TONES[flag.severity]), 92),
                Column("指摘", lambda flag: self.seen.title(flag.rule) if self.seen else ""),
                Column("だれが", lambda flag: self.who(flag.person), 104),
                Column("日時", lambda flag: f"{flag.at:%m-%d %H:%M}", 104),
                Column("所見", self._remark_chip, 104),
            ),
            name="flag_table",
            label="指摘",
            empty="この月の記録に、確かめることは見つかりませんでした。見つかると、重い順にここに並びます。",
            row_key=lambda flag: flag.id,
        )
        self.table.current_row_changed.connect(self._show_flag)
        self.table.row_activated.connect(lambda _flag: self.verdict.editor.setFocus())
        return self.table

    def _details_card(self) -> Card:
        self.details = Card("指摘の記録", panel=True, name="flag_card")
        self.sentence = words("", "dense", name="flag_sentence", wrap=True)
        self.reason = words("", "secondary", name="flag_reason", wrap=True)
        self.lines = DataTable(
            (
                Column("番号", lambda line: f"{line.seq:,}", 70, "right"),
                Column("日時", lambda line: line.at[5:16], 104),
                Column("操作", lambda line: Cell(strong=line.what, text=line.facts)),
            ),
            name="flag_lines",
            label="指摘の記録",
            empty="左の指摘を選ぶと、もとの記録がここに並びます。",
            row_key=lambda line: line.seq,
        )
        for part in (self.sentence, self.reason):
            self.details.add(part)
        self.details.body.addWidget(self.lines, 1)
        return self.details

    def _remark_card(self) -> Card:
        self.remark_state = Chip("", name="remark_state")
        self.remark_card = Card("所見", right=self.remark_state, name="remark_card")
        self.verdict = ChoiceField("verdict", "処置", _VERDICTS, reserve_note=False)
        self.remark = LineField(
            "remark", f"何を確かめたか({LONGEST_REMARK}文字まで、氏名は書かない)", limit=LONGEST_REMARK, reserve_note=False
        )
        warn_of_forbidden(self.remark)
        self.write_button = plain_button("所見を書く", "F3", name="write_remark_button")
        self.write_button.clicked.connect(self.write)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.verdict, 3)
        row.addWidget(self.remark, 8)
        self.written = words("", "secondary", name="remark_written", wrap=True)
        self.remark_card.add(row)
        self.remark_card.add(self.written)
        self.remark_card.body.addStretch(1)
        self.remark_card.add(self.write_button)
        return self.remark_card

    # -- showing --

    def who(self, person: str) -> str:
        """As the reader may see it."""
        return self._names.get(person, person) if person else "登録なし"

    def show_review(self, seen: Review, names: Mapping[str, str], reasons: Mapping[str, str]) -> None:
        """Another month, or the same one again; what is being typed about the same flag stays."""
        self._names, self._reasons = names, reasons
        self.seen = seen
        self.table.set_rows(seen.flags)
        self._show_flag(self.table.current_row())
        if self.sign_panel is not None and not self.sign_panel.signed:
            month, flags = month_words(seen.month), len(seen.flags)
            self.sign_panel.set_statement(f"{month}の記録 {seen.entries:,}件の点検と、指摘 {flags}件の所見に署名します。")

    def show_signed(self, who: str) -> None:
        """The sheet covers all there is: nothing is left to sign; "" when something is."""
        if self.sign_panel is None or self.sign_panel.signed == bool(who):
            return
        if who:
            self.sign_panel.set_signed(who)
            self.sign_panel.set_statement("署名した点検表に、この月の記録はすべて入っています。")
        else:
            self.sign_panel.reset()
            self.sign_panel.id_field.set_value(self._reader)

    def show_lines(self, lines: Sequence[Line]) -> None:
        self.lines.set_rows(lines)

    def set_busy(self, busy: bool) -> None:
        self._busy = busy
        self._enable()

    def _remark_chip(self, flag: Flag) -> Cell:
        remark = self.seen.remarks.get(flag.id) if self.seen else None
        if remark is None:
            return Cell(chip="所見なし", tone="plain")
        return Cell(chip=remark.verdict.label, tone="done" if remark.verdict is Verdict.CHECKED else "info")

    def _show_flag(self, flag: Flag | None) -> None:
        known = flag.id if flag else ""
        seen = self.seen
        remark = seen.remarks.get(known) if seen else None
        if known != self._shown:
            self._shown = known
            self.verdict.set_value(remark.verdict.value if remark else "")
            self.remark.set_value(remark.words if remark else "")
            self.lines.set_rows(())
            self.flag_chosen.emit(flag)
        self.sentence.setText(flag.sentence if flag else "")
        self.reason.setText(self._reasons[flag.rule] if flag else "")
        self.remark_state.set_state(remark.verdict.label if remark else "所見なし", "done" if remark else "plain")
        self.remark_state.setVisible(flag is not None)
        if flag is None:
            self.written.setText("指摘があるときに、所見を書きます。")
        elif flag.person == self._reader:
            self.written.setText("自分についての指摘です。ほかの人(取扱責任者か区職員)が所見を書きます。")
        elif remark is None:
            self.written.setText("記録を見て、本人や取扱責任者に確かめたことを書きます。")
        else:
            self.written.setText(
                f"{remark.at[5:16].replace('T', ' ')} {self.who(remark.by)}が書きました。書き直すと、前の所見も残ります。"
            )
        self._enable()

    def _enable(self) -> None:
        flag = self.table.current_row()
        wanted = flag is not None and flag.person != self._reader and not self._busy
        for field in self.chain.fields:
            field.editor.setEnabled(wanted)
        self.write_button.setEnabled(wanted)

    # -- acting --

    def write(self) -> None:
        """F3, or Enter at the end of the remark."""
        flag = self.table.current_row()
        if flag is not None and self.write_button.isEnabled():
            self.remark_wanted.emit(flag, self.verdict.value(), self.remark.value())

    def on_written(self, seen: Review) -> None:
        """On to the next flag without a remark, or to the signature."""
        self.seen = seen
        self.table.set_rows(seen.flags)
        left = [number for number, flag in enumerate(seen.flags) if flag.id not in seen.remarks and flag.person != self._reader]
        if left:
            self.table.select(left[0])
            self.table.setFocus()
        elif self.sign_panel is not None and not seen.open_flags:
            self._show_flag(self.table.current_row())
            self.sign_panel.password_field.editor.setFocus()
        else:
            self._show_flag(self.table.current_row())
            self.table.setFocus()

    def refuse(self, error: OperatorError) -> bool:
        """Put a refusal where it belongs; False when it is not about what was typed here."""
        if self.sign_panel is not None and error.code in ("wrong-password", "wrong-role"):
            self.sign_panel.refuse(error.message, field="id" if error.code == "wrong-role" else "")
            return True
        return self.chain.show_error(error)
