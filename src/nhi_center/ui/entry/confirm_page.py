"""確認: everything that was keyed, and what still needs a reason or a correction."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QStyleOptionViewItem, QVBoxLayout, QWidget

from nhi_center.domain.forms import types
from nhi_center.domain.forms.case import Finding
from nhi_center.domain.forms.definition import FieldType
from nhi_center.ui.common.choice_field import Choice, ChoiceField
from nhi_center.ui.common.field_chain import FieldChain
from nhi_center.ui.common.name_view import NamePainter
from nhi_center.ui.common.parts import ActionButton, Chip
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.table import CellDelegate, Column, DataTable, Index
from nhi_center.ui.entry.flow import Flow

_MOST_HIGH = 236
_LEAST_WIDE = 640


@dataclass(frozen=True, slots=True)
class KeyedRow:
    """One value as it will be kept; ``page`` at the first field of each page."""

    field: str
    page: str
    label: str
    value: str
    is_name: bool = False


class KeyedDelegate(CellDelegate):
    """Names as they will be printed, everything else in the type of the screen."""

    def __init__(self, columns: tuple[Column, ...], glyphs: NamePainter, parent: QWidget) -> None:
        super().__init__(columns, None, parent)
        self._of_names = CellDelegate(columns, glyphs, parent)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: KeyedRow = index.model().rows[index.row()]  # type: ignore[attr-defined]
        if row.is_name:
            self._of_names.paint(painter, option, index)
        else:
            super().paint(painter, option, index)


def keyed_rows(flow: Flow) -> tuple[KeyedRow, ...]:
    """Every field the paper asks for, in its order."""
    rows: list[KeyedRow] = []
    for page in flow.form.pages:
        title = page.title
        for field in page.fields:
            if flow.shown(field):
                shown = types.show(field, flow.values.get(field.id, ""), flow.entry.today)
                unread = flow.typed.get(field.id, "")
                value = shown or (f"読み取れません: {unread}" if unread else "−")
                rows.append(KeyedRow(field.id, title, field.label, value, field.type is FieldType.NAME and bool(shown)))
                title = ""
    return tuple(rows)


def reason_name(finding: Finding) -> str:
    """The object name of the choice that answers a warning: ``reason_V22_name``."""
    return f"reason_{finding.key.replace(':', '_')}"


class ConfirmPage(QWidget):
    """Signals: jump(field id) to correct it; answered(Finding, code); settled() for Enter at the last reason."""

    jump = Signal(str)
    answered = Signal(object, str)
    settled = Signal()

    def __init__(self, glyphs: NamePainter, flow: Flow) -> None:
        super().__init__()
        self.setObjectName("confirm_page")
        self._flow = flow
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.state = Chip("", "done", name="confirm_state")
        head = QHBoxLayout()
        head.addWidget(words("紙と照らして確認します", "heading"))
        head.addWidget(self.state)
        head.addStretch(1)
        column.addLayout(head)
        self._scroll = QScrollArea()
        self._scroll.setObjectName("findings_area")
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column.addWidget(self._scroll)
        columns = (
            Column("頁", lambda row: row.page, 124),
            Column("欄", lambda row: row.label, 210),
            Column("入力した内容", lambda row: row.value, name=True),
        )
        self.table = DataTable(
            columns,
            name="confirm_table",
            label="入力した内容",
            empty="ここには入力した内容が並びます。",
            row_key=lambda row: row.field,
        )
        self.table.setItemDelegate(KeyedDelegate(columns, glyphs, self.table))
        self.table.row_activated.connect(lambda row: self.jump.emit(row.field))
        column.addWidget(self.table, 1)
        self.reasons: dict[str, ChoiceField] = {}
        self._chain = FieldChain((), self)
        self._chain.finished.connect(self.settled)

    def show_flow(self) -> None:
        """Made anew each time the page comes to the front."""
        flow = self._flow
        self._chain.set_fields(())
        self.reasons = {}
        inside = QWidget()
        inside.setObjectName("findings")
        inside.setProperty("part", "page")
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(6)
        for finding in flow.errors():
            column.addWidget(self._error(finding))
        for field in flow.unread():
            column.addWidget(self._line("error", f"{field.label}: {flow.why_unread(field)}", field.id))
        for field in flow.unconfirmed():
            sentence = f"{field.label}: 前と同じにした値です。欄で紙と照らして Enter を押します。"
            column.addWidget(self._line("warning", sentence, field.id))
        for finding in flow.questions():
            column.addWidget(self._question(finding))
        column.addStretch(1)
        self._scroll.setWidget(inside)
        wanted = column.totalHeightForWidth(max(self.width(), _LEAST_WIDE))
        self._scroll.setFixedHeight(min(wanted + 4, _MOST_HIGH))
        self._scroll.setVisible(bool(flow.errors() or flow.unread() or flow.unconfirmed() or flow.questions()))
        self._chain.set_fields(tuple(self.reasons.values()))
        self.table.set_rows(keyed_rows(flow))
        self._show_state()

    def _error(self, finding: Finding) -> QWidget:
        return self._line("error", finding.sentence, finding.field)

    def _line(self, tone: str, sentence: str, field: str) -> QWidget:
        box = QWidget()
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(Chip("直す", tone))
        row.addWidget(words(sentence, "dense", wrap=True), 1)
        if self._flow.page_of(field):
            button = ActionButton("欄へ", name=f"jump_{field}")
            button.setAccessibleName(f"{self._flow.form.field(field).label}の欄へ")
            button.setFixedHeight(30)
            button.clicked.connect(lambda: self.jump.emit(field))
            row.addWidget(button)
        return box

    def _question(self, finding: Finding) -> QWidget:
        box = QWidget()
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        label = self._flow.form.field(finding.field).label if self._flow.page_of(finding.field) else ""
        said = words(f"{label}: {finding.sentence}" if label else finding.sentence, "dense", wrap=True)
        choices = tuple(Choice(choice.code, choice.label) for choice in finding.reasons)
        field = ChoiceField(reason_name(finding), "理由", choices, required=True, reserve_note=False)
        field.setFixedWidth(300)
        field.set_value(self._flow.reasons.get(finding.key, ""))
        field.changed.connect(lambda code, asked=finding: self._on_answered(asked, code))
        chip = Chip("確認", "warning")
        row.addWidget(chip)
        row.addWidget(said, 1)
        row.addWidget(field)
        self.reasons[finding.key] = field
        return box

    def _on_answered(self, finding: Finding, code: str) -> None:
        self.answered.emit(finding, code)
        self.reasons[finding.key].set_problem("")
        self._show_state()

    def _show_state(self) -> None:
        errors = len(self._flow.errors()) + len(self._flow.unread()) + len(self._flow.unconfirmed())
        open_ = sum(not self._flow.answered(finding) for finding in self._flow.questions())
        if errors:
            self.state.set_state(f"直すところ {errors}", "error")
        elif open_:
            self.state.set_state(f"理由を選ぶところ {open_}", "warning")
        else:
            self.state.set_state("確認できます", "done")

    def point_out(self) -> bool:
        """Show what still stops the application, at its place; False when nothing does."""
        for finding in self._flow.questions():
            if not self._flow.answered(finding):
                field = self.reasons[finding.key]
                field.set_problem("理由を選んでください。")
                field.editor.setFocus(Qt.FocusReason.OtherFocusReason)
                return True
        return False

    def first_focus(self) -> QWidget:
        for finding in self._flow.questions():
            if not self._flow.answered(finding):
                return self.reasons[finding.key].editor
        return self.table
