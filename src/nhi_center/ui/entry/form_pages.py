"""The pages of fields, as the form defines them, and what stands at each field."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from nhi_center.domain.forms import envelope, types
from nhi_center.domain.forms.definition import FieldType
from nhi_center.services import forms
from nhi_center.ui.common.code_fields import PostalField
from nhi_center.ui.common.field_chain import FieldChain
from nhi_center.ui.common.fields import FieldLine
from nhi_center.ui.common.form_fields import FormField, FormGrid
from nhi_center.ui.common.name_edit import KanaField, NameEdit
from nhi_center.ui.common.name_view import NamePainter
from nhi_center.ui.common.postal_pair import PostalPair
from nhi_center.ui.entry.flow import PERSON_PAGE, Flow
from nhi_center.ui.entry.glyph_preview import GlyphPreview
from nhi_center.ui.entry.person_page import PersonPage

_CHOSEN_AT_ONCE = (FieldType.CHOICE, FieldType.FLAG)


class FormPages(QStackedWidget):
    """The stack of the wizard; 確認 and 次の処理 are added behind.

    Signals: taken(changed) when a field's value was taken over; left(field id) when the clerk went on from it;
    finished() and started_over() for Enter at a page's last field and Shift+Enter at its first; asked(text) and
    chosen(Person) from the search of the register; line_wanted(number) from the list of persons.
    """

    taken = Signal(bool)
    left = Signal(str)
    finished = Signal()
    started_over = Signal()
    asked = Signal(str)
    chosen = Signal(object)
    line_wanted = Signal(int)

    def __init__(self, glyphs: NamePainter, flow: Flow) -> None:
        super().__init__()
        self.setObjectName("form_pages")
        self._glyphs, self._flow = glyphs, flow
        self.fields: dict[str, FormField] = {}
        self.chains: dict[str, FieldChain] = {}
        self.previews: dict[str, GlyphPreview] = {}
        self.person_page: PersonPage | None = None
        self._places: dict[str, QVBoxLayout] = {}
        self._areas: dict[str, QScrollArea] = {}
        for page in flow.form.pages:
            place = QWidget()
            self._places[page.id] = QVBoxLayout(place)
            self._places[page.id].setContentsMargins(0, 0, 0, 0)
            self.addWidget(place)

    def require(self, page_id: str) -> None:
        """Build a page of fields that is not there yet. Each costs some 30 ms, so a form never builds all of them at once."""
        page = self._flow.form_page(page_id)
        if page is None or page_id in self.chains:
            return
        for definition in page.fields:
            self._add_field(FormField(definition, self._glyphs, self._flow.entry.today))
        name = next((one.id for one in page.fields if page.line and envelope.split(one.id)[1] == "name"), "")
        if name:
            self.previews[name] = GlyphPreview(self._glyphs)
        grid: QWidget = FormGrid(page, self.fields, extra={0: self.previews[name]} if name else None)
        chain = FieldChain((), self)
        chain.finished.connect(self.finished)
        chain.started_over.connect(self.started_over)
        self.chains[page_id] = chain
        if page_id == PERSON_PAGE:
            grid = self.person_page = PersonPage(self._glyphs, grid)
            self.person_page.skipped.connect(chain.focus_first)
            self.person_page.asked.connect(self.asked)
            self.person_page.chosen.connect(self.chosen)
            self.person_page.line_wanted.connect(self.line_wanted)
            self.show_household()
        else:
            grid = self._areas[page_id] = self._scrolling(grid)
        for definition in page.fields:
            if definition.reading and self._flow.page_of(definition.reading) == page_id:
                self._connect_reading(self.fields[definition.id].widget, self.fields[definition.reading].widget)
            if definition.fills and self._flow.page_of(definition.fills) == page_id:
                PostalPair(self.fields[definition.id], self.fields[definition.fills], forms.postal_book)
        self._places[page_id].addWidget(grid)
        chain.set_fields([self.fields[definition.id].widget for definition in page.fields])
        self.show_values(tuple(definition.id for definition in page.fields))

    @staticmethod
    def _connect_reading(name: QWidget, kana: QWidget) -> None:
        """The reading the input method was given fills an empty フリガナ, pale until the clerk has been there."""
        if isinstance(name, NameEdit) and isinstance(kana, KanaField):
            name.furigana.connect(
                lambda reading: kana.set_suggestion(reading) if not kana.value() or not kana.confirmed else None
            )

    def build_next(self) -> bool:
        """Build one more page while nobody waits; False when all are there."""
        missing = next((page.id for page in self._flow.form.pages if page.id not in self.chains), "")
        if missing:
            self.require(missing)
        return bool(missing)

    def _scrolling(self, grid: QWidget) -> QScrollArea:
        """On the smallest window, with the message bar shown, a long page moves instead of being pressed together."""
        area = QScrollArea()
        area.setWidget(grid)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        return area

    def _add_field(self, field: FormField) -> None:
        field.setParent(self)
        field.count_keys(self._flow.keys)
        field.read.connect(lambda _reading, one=field: self._on_read(one))
        field.changed.connect(lambda one=field: self._on_changed(one))
        field.changed_state.connect(lambda one=field: None if one.carried else self._flow.confirm(one.id))
        self.fields[field.id] = field
        if isinstance(field.widget, PostalField) and field.definition.fills:
            target = field.definition.fills
            field.widget.filled.connect(lambda digits: self._fill_address(target, digits))

    def show_values(self, names: tuple[str, ...]) -> None:
        """Show what the flow holds for these fields, as far as their pages are built."""
        for name in names:
            if name in self.fields:
                self.fields[name].show(self._flow.values.get(name, ""), self._flow.typed.get(name, ""))
                self.fields[name].set_carried(self._flow.carried.get(name) is False)

    # -- what stands at the fields --

    def show_said(self) -> None:
        """Which fields are asked, which are required, and what the rules say at each."""
        for field in self.fields.values():
            shown = self._flow.shown(field.definition)
            if field.widget.isHidden() is shown:
                field.widget.setVisible(shown)
            field.set_needed(self._flow.needed(field.definition))
            self._say_at(field)
        for name, preview in self.previews.items():
            preview.show_name(self._flow.values.get(name, ""))

    def show_household(self) -> None:
        if self.person_page is not None:
            self.person_page.show_household(self._flow)

    def _say_at(self, field: FormField) -> None:
        said = self._flow.said(field.id)
        reading, widget = field.reading, field.widget
        problem = reading.problem or (said.text if said and said.kind == "error" else "")
        warning = said.text if said and said.kind == "warning" else reading.notice
        unprintable = field.definition.type is FieldType.NAME and bool(self._glyphs.missing(widget.value()))
        if problem != widget.problem and not (unprintable and not problem):
            widget.set_problem(problem)
        if warning != widget.notice:
            widget.set_notice(warning)
        note = self._flow.fact_of(field.id) if reading.display else ""
        if note:
            widget.set_reading(f"{reading.display} {note}" if note.startswith("国") else f"{reading.display}{note}")

    # -- the clerk at a field --

    def _on_changed(self, field: FormField) -> None:
        """A choice decides which other fields are there, before the focus goes on."""
        self._flow.accept(field.id)
        if field.definition.type in _CHOSEN_AT_ONCE:
            field.show(field.text())
            self._take(field)

    def _on_read(self, field: FormField) -> None:
        away = self.window().focusWidget()
        if not field.text() and field.id not in self._flow.visited and (away is None or not self.window().isActiveWindow()):
            return  # only a dialog came up: nothing was left empty on purpose
        self._take(field)
        self.left.emit(field.id)

    def _take(self, field: FormField) -> None:
        self.taken.emit(self._flow.take(field.definition, field.text(), field.reading))

    def judge_focused(self) -> None:
        """Read the field in hand, as if it were left."""
        field = self.fields.get(self._flow.field)
        if field is not None and field.widget.editor.hasFocus():
            field.judge()

    def take_in_hand(self) -> None:
        """Keep what stands in the field in hand as it stands there: not judged, nothing put right, the cursor where it is."""
        field = self.fields.get(self._flow.field)
        if field is not None and field.widget.editor is self.window().focusWidget():
            self._flow.take(field.definition, field.text(), types.read(field.definition, field.text(), field.today))

    def stand_at(self, name: str) -> None:
        """The focus has come to a field. A beginning filled in from the postal code is continued, not typed over."""
        widget = self.fields[name].widget
        area = self._areas.get(self._flow.page)
        if area is not None:
            area.ensureWidgetVisible(widget, 0, 4)
        if isinstance(widget.editor, FieldLine) and widget.value() and widget.value() == self._flow.filled.get(name):
            widget.editor.end(False)

    def _fill_address(self, target: str, digits: str) -> None:
        found = self._flow.fill_address(target, digits) if target in self.fields else ""
        if found:
            self.fields[target].widget.set_value(found)
