"""Step 1: one side counts, the other side's numbers are dots until both have counted."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QScrollArea, QWidget

from nhi_center.domain.custody import DocumentKind
from nhi_center.domain.handover import Count, Side, parse_count
from nhi_center.errors import OperatorError
from nhi_center.services.handover_view import HandoverView
from nhi_center.ui.common.choice_field import Choice, ChoiceField, ChoiceLine
from nhi_center.ui.common.field_chain import FieldChain
from nhi_center.ui.common.fields import FieldLine, LabelledField
from nhi_center.ui.common.parts import Card, Chip
from nhi_center.ui.common.styling import words

HIDDEN = "●●"
OTHER = "other_kind"
_CELL_WIDTH = 108
_LAST_ROW = 99


class CountField(LabelledField):
    """One number in the grid; its problem is told at the end of the row. Signals: problem_changed(text)."""

    problem_changed = Signal(str)

    def __init__(self, name: str, label: str) -> None:
        line = FieldLine(ime=False)
        line.setAlignment(Qt.AlignmentFlag.AlignRight)
        line.setMaxLength(8)
        line.setFixedHeight(34)
        super().__init__(name, label, line, reserve_note=False)
        self.label.hide()
        self.setFixedWidth(_CELL_WIDTH)

    def set_problem(self, text: str) -> None:
        super().set_problem(text)
        self.note.hide()
        self.problem_changed.emit(text)


class KindLine(ChoiceLine):
    """The number of a form, and after a space (or one of ``_BETWEEN``, which the keypad has) its counts: 2 12 30."""

    def __init__(self, choices: tuple[Choice, ...]) -> None:
        self.counts: str | None = None
        super().__init__(choices)

    def set_code(self, code: str) -> None:
        self.counts = None
        if not code:
            self._typed = ""  # the next figure begins a new number: 2, then 2 again, is not 22
        super().set_code(code)

    def take_key(self, event: QKeyEvent) -> None:
        typed, changed = event.text(), True
        plain = not event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
        if self.counts is None:
            changed = plain and bool(self.code) and typed in _BETWEEN and typed != ""
            self.counts = "" if changed else None
        elif plain and typed.isascii() and typed.isdigit():
            self.counts += typed
        elif plain and typed and typed in _BETWEEN:
            self.counts = f"{self.counts.rstrip()} "
        elif event.key() == Qt.Key.Key_Backspace:
            self.counts = self.counts[:-1] if self.counts else None
        else:
            changed = False
        if not changed:
            super().take_key(event)
            return
        choice = next(one for one in self.choices if one.code == self.code)
        self.setText(choice.shown if self.counts is None else f"{choice.shown}: {self.counts}")
        self.textEdited.emit(self.text())


_BETWEEN = " .,*-"


class OtherKind(ChoiceField):
    """Any form by its number, for those that do not come every day, and what is no form by 90 to 93.

    Signals: wanted(kind id) for Enter on a chosen one; filled(kind id, counts) for one with its counts in the same line.
    """

    wanted = Signal(str)
    filled = Signal(str, object)

    def __init__(self, kinds: tuple[DocumentKind, ...]) -> None:
        choices = tuple(Choice(kind.id, kind.title, number=kind.typed) for kind in kinds)
        super().__init__(OTHER, "様式の番号", choices, line=KindLine(choices), reserve_note=False)
        self.label.hide()
        self.line.setFixedHeight(34)

    def advance(self) -> None:
        """Enter: the row of the chosen form comes up; with nothing chosen, the count has ended."""
        counts = self.line.counts if isinstance(self.line, KindLine) else None
        if self.value() and counts:
            self.filled.emit(self.value(), tuple(counts.split()))
        elif self.value():
            self.wanted.emit(self.value())
        else:
            super().advance()


class _Rows(QScrollArea):
    """As high as its rows while there is room; after that it moves, with the field in hand in sight."""

    def __init__(self, rows: QWidget) -> None:
        super().__init__()
        self._rows = rows
        self.setWidget(rows)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._settle)

    def _settle(self) -> None:
        """A row that came or went has its place now: as high as they all are, and the field in hand is still in sight."""
        self.updateGeometry()
        held = self._rows.focusWidget()
        if held is not None and held.hasFocus():
            self.ensureWidgetVisible(held, 0, 8)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._soon.start()

    def sizeHint(self) -> QSize:
        return self._rows.sizeHint()

    def minimumSizeHint(self) -> QSize:
        return QSize(0, min(self._rows.sizeHint().height(), 240))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusIn and isinstance(watched, QWidget):
            self.ensureWidgetVisible(watched, 0, 8)
        elif event.type() == QEvent.Type.LayoutRequest and watched is self._rows:
            self.updateGeometry()
            self._soon.start()
        return super().eventFilter(watched, event)


class CountGrid(Card):
    """The kinds of every day stand there; another comes up by its number (blind: the other side adds its own).

    Signals: counted(side, counts) for Enter in the last field or ``submit``.
    """

    counted = Signal(object, object)

    def __init__(self) -> None:
        super().__init__(name="count_grid")
        self.body.setContentsMargins(14, 10, 14, 10)
        self.turn = Chip("", "info", name="turn_chip")
        self.told = words("", "secondary", name="turn_words")
        rows = QWidget()
        rows.setObjectName("count_rows")
        self.grid = QGridLayout(rows)
        self.grid.setContentsMargins(0, 0, 0, 0)
        self.grid.setHorizontalSpacing(12)
        self.grid.setVerticalSpacing(5)
        self.grid.setColumnStretch(5, 1)
        self.body.addWidget(self.turn)
        self.body.addWidget(self.told)
        self.rows = _Rows(rows)
        self.body.addWidget(self.rows)
        self.side: Side | None = None
        self.kinds: tuple[DocumentKind, ...] = ()
        self._next_row = 0
        self._one = self._rare = False
        self._order = tuple(Side)
        self.chain = FieldChain((), self)
        self.chain.finished.connect(self.submit)

    def show_turn(self, view: HandoverView) -> None:
        """Lay the grid out for the side whose turn it is; numbers typed before are gone."""
        self._empty()
        self.kinds = view.kinds
        self.side = Side.GIVER if Side.GIVER not in view.counted else Side.RECEIVER
        who = {side: view.handover.direction.side_label(side) for side in Side}
        again = f"({view.handover.round}回目)" if view.handover.round > 1 else ""
        self.turn.set_state(f"{who[self.side]}の人が数える番です{again}", "info")
        other = (
            "相手の数はもう記録され、隠れています。"
            if self.side.other in view.counted
            else "数え終わると、この数は相手から隠れます。"
        )
        self.told.setText(f"紙を数えて、件数と枚数を入れます。Enter で次の欄、最後の欄の Enter で決まります。{other}")
        self._order = (Side.GIVER, Side.RECEIVER) if view.handover.direction.is_ward(Side.GIVER) else (Side.RECEIVER, Side.GIVER)
        heads = ("書類の種類", *(f"{who[side]} {unit}" for side in self._order for unit in ("件", "枚")), "")
        for column, head in enumerate(heads):
            label = words(head, "secondary")
            label.setContentsMargins(0, 6, 10 if column else 0, 0)
            label.setAlignment(Qt.AlignmentFlag.AlignRight if 0 < column < 5 else Qt.AlignmentFlag.AlignLeft)
            self.grid.addWidget(label, 0, column)
        fields: list[LabelledField] = []
        self._one = view.handover.urgent
        for kind in view.kinds:
            if kind.id in view.usual:
                fields += self._row(kind, view)
        self._rare = any(kind.id not in view.usual for kind in view.kinds)
        if self._rare:
            fields.append(self._other(view))
        self.chain.set_fields(fields)

    def _other(self, view: HandoverView) -> OtherKind:
        self.grid.addWidget(words("様式の番号(例 2 12 30)", "dense", name="other_kind_title"), _LAST_ROW, 0)
        field = OtherKind(tuple(kind for kind in view.kinds if kind.typed))
        field.editor.installEventFilter(self.rows)
        field.wanted.connect(lambda kind_id: self._add(kind_id, view))
        field.filled.connect(lambda kind_id, counts: self._fill(kind_id, counts, view))
        self.grid.addWidget(field, _LAST_ROW, 1, 1, 4)
        return field

    def _add(self, kind_id: str, view: HandoverView) -> None:
        """One more row above the chooser; a form that is there already is gone to."""
        self.chain[OTHER].clear()
        self._fields_of(kind_id, view)[0].editor.setFocus(Qt.FocusReason.TabFocusReason)

    def _fields_of(self, kind_id: str, view: HandoverView) -> list[LabelledField]:
        """The row of a form, which comes up when it is not there."""
        kind = next(one for one in view.kinds if one.id == kind_id)
        names = [f"{kind_id}_cases", f"{kind_id}_sheets"] if kind.has_cases else [f"{kind_id}_sheets"]
        if all(field.name != names[0] for field in self.chain.fields):
            self.chain.set_fields((*self.chain.fields[:-1], *self._row(kind, view), self.chain[OTHER]))
        return [self.chain[name] for name in names]

    def _fill(self, kind_id: str, counts: tuple[str, ...], view: HandoverView) -> None:
        """2 12 30: the row stands with its numbers, the line is free for the next. What stands is changed in its row."""
        chooser, kind = self.chain[OTHER], next(one for one in view.kinds if one.id == kind_id)
        wanted = 2 if kind.has_cases else 1
        if len(counts) != wanted:
            example = f"{kind.typed} 12 30" if wanted == 2 else f"{kind.typed} 3"
            chooser.set_problem(f"番号のあとに{'件数と枚数' if wanted == 2 else f'{kind.unit}数'}を入れます(例 {example})。")
            return
        fields = self._fields_of(kind_id, view)
        chooser.clear()
        standing = next((field for field in fields if field.value()), None)
        if standing is not None:
            standing.set_problem("もう入っています。この行で直します。")
            standing.editor.setFocus(Qt.FocusReason.TabFocusReason)
            return
        for field, number in zip(fields, counts, strict=True):
            field.set_value(number)

    @property
    def takes_numbers(self) -> bool:
        """Whether forms can come up by their number."""
        return self._rare

    def go_to_number(self) -> None:
        """To the line that takes a form's number with its counts."""
        if self._rare:
            self.chain[OTHER].editor.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _row(self, kind: DocumentKind, view: HandoverView) -> list[LabelledField]:
        self._next_row += 1
        row = self._next_row
        self.grid.addWidget(words(kind.title, "dense", name=f"{kind.id}_title"), row, 0)
        self.grid.setColumnMinimumWidth(0, 200)
        problem = words("", "note", name=f"{kind.id}_problem")
        problem.setProperty("tone", "error")
        self.grid.addWidget(problem, row, 5)
        made: list[LabelledField] = []
        for at, side in enumerate(self._order):
            for column, (part, unit) in enumerate((("cases", "件"), ("sheets", kind.unit)), 1 + 2 * at):
                if part == "cases" and (self._one or not kind.has_cases):
                    self.grid.addWidget(_cell("1" if kind.has_cases else "–"), row, column)
                elif side is self.side:
                    field = CountField(f"{kind.id}_{part}", f"{kind.title} {unit}")
                    field.problem_changed.connect(lambda text, label=problem: label.setText(f"● {text}" if text else ""))
                    field.left.connect(lambda _value, one=field: self._judge(one))
                    field.editor.installEventFilter(self.rows)
                    self.grid.addWidget(field, row, column)
                    made.append(field)
                else:
                    self.grid.addWidget(_cell(HIDDEN if side in view.counted else "–"), row, column)
        return made

    def _judge(self, field: LabelledField) -> None:
        try:
            parse_count(field.value(), field.name)
        except OperatorError as wrong:
            field.set_problem(wrong.message)

    def submit(self) -> None:
        """This side has finished, unless a number cannot be read."""
        if self.side is None or not self.chain.commit_all():
            return
        values = self.chain.values()
        self.counted.emit(self.side, tuple(self._count(kind, values) for kind in self.kinds))

    def _count(self, kind: DocumentKind, values: dict[str, str]) -> Count:
        """至急 is one application: its 件 is not typed."""
        sheets = _number(values, f"{kind.id}_sheets")
        one = int(kind.has_cases and sheets > 0)
        return Count(kind.id, one if self._one else _number(values, f"{kind.id}_cases"), sheets)

    def refuse(self, error: OperatorError) -> bool:
        """Show it at its field; False when it names none of them."""
        return self.chain.show_error(error)

    def _empty(self) -> None:
        self.chain.set_fields(())
        self._next_row = 0
        while (item := self.grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.setParent(None)
                widget.deleteLater()


def _number(values: dict[str, str], name: str) -> int:
    return parse_count(values.get(name, ""), name)


def _cell(text: str) -> QLabel:
    label = words(text, "dense")
    label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    label.setFixedSize(_CELL_WIDTH, 34)
    label.setContentsMargins(0, 0, 10, 0)
    return label
