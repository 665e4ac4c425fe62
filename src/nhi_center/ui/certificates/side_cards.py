"""Beside the list: what to do with the current sheet, a question to the ward, and the numbered paper."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout

from nhi_center.domain.certificate_jobs import SPOIL_REASONS, Job
from nhi_center.domain.print_jobs import JobState
from nhi_center.services.paper import PaperDay
from nhi_center.ui.certificates.contents import spooler_words
from nhi_center.ui.common.choice_field import Choice, ChoiceField
from nhi_center.ui.common.code_fields import DigitsField
from nhi_center.ui.common.field_chain import FieldChain
from nhi_center.ui.common.fields import LabelledField
from nhi_center.ui.common.parts import ActionButton, Card
from nhi_center.ui.common.sign_panel import SignPanel
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.table import Cell, Column, DataTable
from nhi_center.ui.common.text_fields import FreeText

_ACTS: dict[JobState, tuple[tuple[str, str, str], ...]] = {
    JobState.NEEDS_CHECK: (("1", "良", "good"), ("2", "書損", "spoiled"), ("3", "出ていない", "no_sheet")),
    JobState.SPOILED_WAITING: (("1", "承認の署名へ", "sign"), ("2", "報告を取り消す", "take_back")),
    JobState.GOOD: (("2", "書損にする", "spoiled"),),
}
_ASKED = {
    JobState.NEEDS_CHECK: ("現物の確認", "現物を見て、内容と汚れを確かめます。"),
    JobState.SPOILED_WAITING: ("書損の承認待ち", ""),
    JobState.GOOD: ("検品済", "渡す前に不備が見つかったときは書損にします。"),
    JobState.BLOCKED: ("印刷できません", ""),
}


class CheckCard(Card):
    """現物の確認: by figures alone while the list has the keyboard.

    Signals: acted(act) for good, no_sheet and take_back; spoiled(reason); signed(id, password); done() to go back to the list;
    grown(bool) when it needs more room, and when no longer.
    """

    acted = Signal(str)
    grown = Signal(bool)
    spoiled = Signal(str)
    signed = Signal(str, str)
    done = Signal()

    def __init__(self) -> None:
        self.serial = words("", "dense", name="certificates_check_serial")
        super().__init__("現物の確認", right=self.serial, name="certificates_check_card")
        self._job: Job | None = None
        self.text = words("", "secondary", name="certificates_check_text", wrap=True)
        self.add(self.text)
        self.spooler = words("", "secondary", name="certificates_check_spooler")
        self.add(self.spooler)
        self.error = words("", "dense", name="certificates_check_error", wrap=True)
        self.error.setStyleSheet("color: #a8002a;")
        self.add(self.error)
        row = QHBoxLayout()
        row.setSpacing(8)
        self.buttons: list[ActionButton] = []
        for number in range(3):
            button = ActionButton("良", key=str(number + 1), bind=False, name=f"certificates_check_{number + 1}_button")
            button.setFixedHeight(34)
            button.set_margins(10)
            button.clicked.connect(lambda _checked=False, figure=str(number + 1): self.press(figure))
            self.buttons.append(button)
            row.addWidget(button)
        row.addStretch(1)
        self.add(row)
        reasons = tuple(Choice(code, label) for code, label in SPOIL_REASONS.items())
        self.reason = ChoiceField("certificates_spoil_reason", "書損の理由", reasons, auto_advance=True, reserve_note=False)
        self.reason.chained = True
        self.reason.advance_requested.connect(self._report)
        self.reason.back_requested.connect(self._leave_reason)
        self.add(self.reason)
        self.sign_panel = SignPanel("書損の承認", "取扱者ID", "", name="certificates_approver")
        self.sign_panel.submitted.connect(self.signed)
        self.sign_panel.chain.started_over.connect(self.done)
        self.add(self.sign_panel)
        self.set_job(None)

    def set_job(self, job: Job | None, reporter: str = "", obstacles: Sequence[str] = (), reissue_of: str = "") -> None:
        """What can be done with this sheet, why it cannot be printed, of what it is the 再交付; nothing to say hides the card."""
        same = job is not None and self._job is not None and (job.id, job.state) == (self._job.id, self._job.state)
        self._job = job
        asked = _ASKED.get(job.state) if job else None
        if job and reissue_of:
            title, text = asked or ("再交付", "台帳から作り直した内容です。")
            asked = title, f"無効にした {reissue_of} の再交付です。{text}"
        if job and job.error and asked is None:
            asked = "前の印刷", "もう一度印刷できます。"
        self.spooler.setText(spooler_words(job) if job else "")
        self.spooler.setVisible(bool(self.spooler.text()))
        self.error.setText(job.error if job else "")
        self.error.setVisible(bool(job and job.error))
        self.setVisible(asked is not None)
        if job is None or asked is None:
            self.grown.emit(False)
            return
        if same and not obstacles:
            return
        acts = _ACTS.get(job.state, ())
        title, text = asked
        self.title.setText(title)
        self.serial.setText(job.serial)
        self.text.setText("\n".join(obstacles) or text)
        self.text.setVisible(bool(obstacles or text))
        for button in self.buttons:
            wanted = next((word for figure, word, _act in acts if button.objectName().endswith(f"_{figure}_button")), "")
            button.setVisible(bool(wanted))
            button.set_words(wanted)
        self.reason.clear()
        self.reason.hide()
        self.sign_panel.reset()
        self.sign_panel.setVisible(job.state is JobState.SPOILED_WAITING)
        self.grown.emit(job.state is JobState.SPOILED_WAITING)
        why = SPOIL_REASONS.get(job.spoil_reason, "")
        what = f"{job.kind.short_title} {job.serial} を書損({why})と認めます。報告 {reporter}。"
        self.sign_panel.set_statement(f"{what}別の取扱責任者が署名します。")

    def figures(self) -> tuple[tuple[str, str], ...]:
        """The figures that mean something for this sheet, with their words."""
        acts = _ACTS.get(self._job.state, ()) if self._job else ()
        return tuple((figure, word) for figure, word, _act in acts)

    def press(self, figure: str) -> bool:
        """A figure typed in the list; False when it means nothing for this sheet."""
        acts = _ACTS.get(self._job.state, ()) if self._job else ()
        act = next((act for known, _word, act in acts if known == figure), "")
        if act == "spoiled":
            self.text.setText("  ".join(f"{code} {label}" for code, label in SPOIL_REASONS.items()))
            self.text.show()
            self.reason.show()
            self.grown.emit(True)
            self.reason.editor.setFocus(Qt.FocusReason.OtherFocusReason)
        elif act == "sign":
            self.sign_panel.id_field.editor.setFocus(Qt.FocusReason.OtherFocusReason)
        elif act:
            self.acted.emit(act)
        return bool(act)

    def _report(self) -> None:
        if self.reason.value():
            self.spoiled.emit(self.reason.value())
        else:
            self.reason.set_problem("書損の理由を番号で選んでください。")

    def _leave_reason(self) -> None:
        self.reason.clear()
        self.reason.hide()
        if self._job is not None:
            self.text.setText(_ASKED[self._job.state][1])
        self.grown.emit(False)
        self.done.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            if self.reason.isVisible():
                self._leave_reason()
            else:
                self.done.emit()
            return
        super().keyPressEvent(event)


class _Form(Card):
    """A small form in the place of the preview. Signals: submitted(); given_up() for Esc."""

    submitted = Signal()
    given_up = Signal()

    def __init__(self, title: str, lines: Sequence[str], button: str, *, name: str) -> None:
        super().__init__(title, name=f"{name}_card")
        self.lines = [words(line, "secondary", wrap=True) for line in lines]
        for line in self.lines:
            self.add(line)
        self.send_button = ActionButton(button, primary=True, name=f"{name}_send_button")
        self.cancel_button = ActionButton("やめる", key="Esc", name=f"{name}_cancel_button")
        self.send_button.clicked.connect(self.submitted)
        self.cancel_button.clicked.connect(self.given_up)

    def _finish(self, *lines: tuple[LabelledField, ...]) -> None:
        """``lines``: fields that stand side by side."""
        for line in lines:
            beside = QHBoxLayout()
            beside.setSpacing(12)
            for field in line:
                beside.addWidget(field)
            self.add(beside)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        row.addWidget(self.cancel_button)
        row.addWidget(self.send_button)
        self.body.addStretch(1)
        self.add(row)
        self.chain = FieldChain([field for line in lines for field in line], self)
        self.chain.finished.connect(self.send_button.setFocus)

    def start(self) -> None:
        self.show()
        self.chain.focus_first()


class AskCard(_Form):
    """F4 止める: the sheet is not printed and the ward is asked. The sentence of the block stands there to begin with."""

    def __init__(self) -> None:
        super().__init__(
            "止めて、保留・照会",
            (
                "この証は印刷せず、取扱責任者へ回します。届出の書類を保留の場所に置きます。",
                "氏名や番号は書かずに、聞きたいことを書きます。",
            ),
            "保留にする",
            name="certificates_ask",
        )
        self.question = FreeText("certificates_question", "質問", lines=4, required=True)
        self._finish((self.question,))

    def ask(self, question: str) -> None:
        self.question.set_value(question)
        self.start()


class PaperCard(_Form):
    """用紙の受入れ: which paper, its first number, how many sheets were counted."""

    def __init__(self) -> None:
        super().__init__(
            "用紙の受入れ",
            ("区から受け取った用紙の、先頭の番号と枚数を数えて入れます。",),
            "受け入れる",
            name="certificates_paper",
        )
        kinds = (Choice("S", "資格確認書 S", "1"), Choice("A", "認定証 A", "2"))
        self.kind = ChoiceField("certificates_paper_kind", "用紙", kinds, required=True, auto_advance=True)
        self.first = DigitsField("certificates_paper_first", "先頭の番号", required=True, length=6)
        self.sheets = DigitsField("certificates_paper_sheets", "枚数", required=True)
        self.tray = ChoiceField("certificates_paper_tray", "入れるプリンター", (), auto_advance=True)
        self._trays: tuple[PaperDay, ...] = ()
        self._finish((self.kind,), (self.tray,), (self.first, self.sheets))
        self.kind.changed.connect(self._show_trays)

    def ask(self, prefix: str, stocks: Sequence[PaperDay]) -> None:
        """``stocks``: a line for each tray; which one it goes into is asked where several have the same paper."""
        self._trays = tuple(stocks)
        for field in (self.first, self.sheets):
            field.clear()
        self.kind.set_value(prefix)
        self._show_trays(prefix)
        self.start()

    @property
    def printer(self) -> str:
        """The id of the printer; "" where there is none to choose."""
        return self.tray.value() if self.tray.required else ""

    def _show_trays(self, prefix: str) -> None:
        mine = [one for one in self._trays if one.prefix == prefix]
        self.tray.set_choices(tuple(Choice(one.printer, one.name, str(at)) for at, one in enumerate(mine, start=1) if one.name))
        self.tray.set_required(len(mine) > 1)
        self.tray.setVisible(len(mine) > 1)


class StockTable(DataTable):
    """用紙: 使用 + 書損 + 残 = 朝."""

    def __init__(self) -> None:
        super().__init__(
            (
                Column("用紙", lambda row: row.title),
                Column("朝", lambda row: f"{row.opened:,}", 54, "right"),
                Column("使用", lambda row: f"{row.used:,}", 54, "right"),
                Column("書損", lambda row: f"{row.spoiled:,}", 54, "right"),
                Column("残", _left, 60, "right"),
            ),
            name="certificates_stock_table",
            label="用紙",
            empty="用紙の枚数がここに並びます。",
            row_key=lambda row: row.prefix + row.printer,
        )
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSelectionMode(DataTable.SelectionMode.NoSelection)
        self.set_height_for(2)


def _left(row: PaperDay) -> Cell:
    return Cell(strong=f"{row.left:,}", colour="" if row.left else "#ce0000")
