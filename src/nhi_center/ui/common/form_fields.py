"""From a field's definition to the field on screen: one place, for entry, verification and every later form.

``types.read`` is the only reader: what a field shows when it is left is what it says, whatever widget stands there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QSizePolicy, QWidget

from nhi_center.domain.calendar import DateProblem, short
from nhi_center.domain.forms import types
from nhi_center.domain.forms.definition import COLUMNS, FieldDefinition, FieldType, InputMode, Page, Required
from nhi_center.domain.identifiers import RESIDENCE_CARD, RESIDENCE_CARD_LENGTH
from nhi_center.ui.common.choice_field import Choice, ChoiceField
from nhi_center.ui.common.code_fields import DigitsField, PostalField, RomanField
from nhi_center.ui.common.date_field import DateField, DateStyle
from nhi_center.ui.common.fields import FieldLine, FieldOptions, LabelledField, LineField
from nhi_center.ui.common.key_count import KeyCount
from nhi_center.ui.common.name_edit import KanaField, NameEdit
from nhi_center.ui.common.name_view import NamePainter
from nhi_center.ui.common.text_fields import TextEditor

GAP = 12
CARRIED = "前と同じ。紙と照らして Enter"
_FLAG = (Choice("1", "はい"), Choice("0", "いいえ"))
_SHOWN_AS_READ = frozenset(
    {FieldType.TEXT, FieldType.NAME, FieldType.KANA, FieldType.ROMAN, FieldType.ADDRESS, FieldType.FREETEXT, FieldType.CODE}
    | {FieldType.NUMBER, FieldType.SHEETS}
)


def object_name(field_id: str) -> str:
    """The editor's object name, stable for keyboards, tests and tours: ``field_birth``."""
    return f"field_{field_id}"


def short_date(value: str) -> str:
    """A stored date as an operator would type it, S45.3.12; what is no date, or before 明治6年, stays as it is."""
    try:
        return short(date.fromisoformat(value))
    except (ValueError, DateProblem):
        return value


class FormField(QObject):
    """One field of a form: its definition, its widget, and what was read from it.

    Signals: read(FieldReading) when the field is left; changed() at each edit; changed_state() when ``carried`` changes.
    """

    read = Signal(object)
    changed = Signal()
    changed_state = Signal()

    def __init__(self, definition: FieldDefinition, glyphs: NamePainter, today: date, *, prefix: str = "") -> None:
        """``prefix`` goes before the object name where the same field stands on a screen twice."""
        super().__init__()
        self.definition = definition
        self.today = today
        self.reading = types.FieldReading()
        self.widget = make_widget(definition, glyphs, today, prefix=prefix)
        self._carried = False
        self.widget.left.connect(self._on_left)
        self.widget.changed.connect(self._on_changed)
        self.widget.advance_requested.connect(lambda: self.set_carried(False))

    @property
    def id(self) -> str:
        return self.definition.id

    def text(self) -> str:
        """What stands in the field."""
        return self.widget.value()

    def show(self, value: str, typed: str = "") -> None:
        """Show a stored value, as ``typed`` where that is known, and what is read from it. Emits nothing."""
        shown = typed or (short_date(value) if self.definition.type is FieldType.DATE else value)
        self.widget.set_value(shown)
        self._read(shown)

    def judge(self) -> types.FieldReading:
        """Read what stands there, as if the field were left."""
        self._on_left(self.text())
        return self.reading

    def count_keys(self, keys: KeyCount) -> None:
        """Every key pressed in this field counts there."""
        editor = self.widget.editor
        if isinstance(editor, (FieldLine, TextEditor)):
            editor.count_keys(keys)

    @property
    def carried(self) -> bool:
        """Whether the value was taken over from the line or paper before, and nobody has looked at it here yet."""
        return self._carried

    def set_carried(self, carried: bool) -> None:
        """Tint a value taken over from before. Writing in the field, or Enter in it, says that the paper has been looked at."""
        if carried is not self._carried:
            self._carried = carried
            self.widget.set_state("")
            self.widget.set_hint(self.definition.hint)
            self._tint()
            self.changed_state.emit()

    def _tint(self) -> None:
        if self._carried:
            self.widget.set_state("carried")
            self.widget.set_hint(CARRIED)

    def set_needed(self, needed: bool) -> None:
        """Whether the form requires the field now."""
        if self.widget.required is not needed:
            self.widget.set_required(needed)

    def _on_changed(self, _value: str) -> None:
        self.set_carried(False)
        self.changed.emit()

    def _on_left(self, text: str) -> None:
        self._read(text)
        self.read.emit(self.reading)

    def _read(self, text: str) -> None:
        reading = types.read(self.definition, text, self.today)
        if not reading.problem and not reading.notice and self.widget.remark:
            reading = replace(reading, notice=self.widget.remark)
        self.reading = reading
        if reading.wipe:
            self.widget.clear()
        elif not reading.problem:
            self._put_right(reading)
        own_problem = self.widget.problem if not reading.problem and not isinstance(self.widget, DateField) else ""
        self.widget.set_problem(reading.problem or own_problem)
        self.widget.set_notice(reading.notice)
        self.widget.set_reading(reading.display if self.definition.type is FieldType.DATE else "")
        self._tint()

    def _put_right(self, reading: types.FieldReading) -> None:
        """What is kept differs from what was typed: shown before the operator's eyes."""
        kind, editor = self.definition.type, self.widget.editor
        if not isinstance(editor, QLineEdit) or isinstance(self.widget, ChoiceField):
            return
        wanted = editor.text()
        if kind in _SHOWN_AS_READ:
            wanted = reading.value
        elif kind is FieldType.PHONE:
            wanted = reading.display
        elif kind is FieldType.DATE and types.put_right(wanted):
            wanted = types.narrow(wanted)
        if editor.text() != wanted:
            editor.setText(wanted)


def make_widget(definition: FieldDefinition, glyphs: NamePainter, today: date, *, prefix: str = "") -> LabelledField:
    """The widget of one field; its editor's object name is ``prefix`` and ``field_<id>``."""
    name, label, length = prefix + object_name(definition.id), definition.label, definition.length
    options: FieldOptions = {
        "required": definition.required is Required.ALWAYS,
        "important": definition.critical,
        "hint": definition.hint,
    }
    match definition.type:
        case FieldType.NAME:
            return NameEdit(name, label, glyphs, limit=length, **options)
        case FieldType.KANA:
            return KanaField(name, label, foreign=True, **options)
        case FieldType.DATE:
            return DateField(name, label, today=today, style=_date_style(definition), **options)
        case FieldType.CHOICE:
            choices = tuple(Choice(choice.code, choice.label) for choice in definition.choices)
            return ChoiceField(name, label, choices, **options)
        case FieldType.FLAG:
            return ChoiceField(name, label, _FLAG, **options)
        case FieldType.POSTAL:
            return PostalField(name, label, **options)
        case FieldType.ROMAN:
            return RomanField(name, label, **options)
        case FieldType.CODE if definition.check == RESIDENCE_CARD:
            return DigitsField(name, label, length=RESIDENCE_CARD_LENGTH, letters=True, **options)
        case FieldType.CODE if definition.exact:
            return DigitsField(name, label, length=length, **options)
        case _:
            direct = definition.mode is InputMode.DIRECT
            return LineField(name, label, ime=not direct, **options)


def _date_style(definition: FieldDefinition) -> DateStyle:
    return DateStyle.BIRTH if definition.birth else DateStyle.WEEKDAY


class FormGrid(QWidget):
    """One page's fields in the paper's rows, on a grid of twelve columns."""

    def __init__(self, page: Page, fields: Mapping[str, FormField], *, extra: Mapping[int, QWidget] | None = None) -> None:
        """``extra``: a widget that takes what a row leaves free (the printed form of the name beside it)."""
        super().__init__()
        self.setObjectName(f"grid_{page.id}")
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(GAP)
        grid.setVerticalSpacing(0)
        for column in range(COLUMNS):
            grid.setColumnStretch(column, 1)
            grid.setColumnMinimumWidth(column, 1)
        number = 0
        for number, row in enumerate(page.rows()):
            at = 0
            for definition in row:
                widget = fields[definition.id].widget
                _let_shrink(widget)
                grid.addWidget(widget, number, at, 1, definition.width)
                at += definition.width
            beside = (extra or {}).get(number)
            if beside is not None and at < COLUMNS:
                grid.addWidget(beside, number, at, 1, COLUMNS - at)
        grid.setRowStretch(number + 1, 1)


def _let_shrink(widget: QWidget) -> None:
    """The column decides the width, not the longest note."""
    widget.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
