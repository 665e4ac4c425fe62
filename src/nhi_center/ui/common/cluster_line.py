"""The editor of a name: by character cluster, with the form that will be printed.

Measured on PySide6 6.11.3: Backspace in a QLineEdit removes only the variation selector, unseen, setMaxLength cuts between base
and selector, and an input method may replace half of a cluster. Each is a silent change of a legal name, so all editing here
takes whole clusters, and the cursor never stands inside one.
"""

from __future__ import annotations

import re
import unicodedata

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QInputMethodEvent, QKeyEvent, QKeySequence, QPainter, QPaintEvent

from nhi_center.domain.furigana import Reading
from nhi_center.domain.names import clusters, convert_kana
from nhi_center.ui.common.fields import FieldLine
from nhi_center.ui.common.name_view import NamePainter, name_font
from nhi_center.ui.common.variant_picker import VariantPicker

NAME_PX = 20
_KANA_STAGE = re.compile(r"^([ぁ-ゖァ-ヺー・]*)[A-Za-z]{0,3}$")
_KANA = re.compile(r"^[ぁ-ゖァ-ヺー・\u3000 ]+$")
_MOVES = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier


def to_katakana(text: str) -> str:
    """The register's form of a reading while it is still being typed: as ``convert_kana``, but a last space stays."""
    body = text.rstrip(" \u3000")
    return convert_kana(body)[0] + "\u3000" * bool(body and len(body) < len(text))


def _units(text: str) -> int:
    """Length as Qt counts it, in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _characters(text: str, units: int) -> int:
    """A place in UTF-16 units as one in characters."""
    return len(text.encode("utf-16-le", "surrogatepass")[: 2 * units].decode("utf-16-le", "surrogatepass"))


class NameLine(FieldLine):
    """Variation forms are painted over Qt's bare characters.

    Signals: furigana(katakana): the reading of what stands here, as far as the input method was given it; to be confirmed, it
    may be only a beginning (prediction, reconversion). cut_off() when something did not fit and was not taken. picking(): the
    picker is about to open. picked() when a form was chosen in it.
    """

    furigana = Signal(str)
    cut_off = Signal()
    picking = Signal()
    picked = Signal()

    def __init__(self, painter: NamePainter, limit: int = 0) -> None:
        super().__init__()
        self._painter = painter
        self._limit = limit
        self._kana = ""
        self._before = ""
        self._reading = Reading()
        self._told = ""
        self.picker: VariantPicker | None = None
        self.setAcceptDrops(False)  # a drop lands between base and selector
        # A style sheet's type face would win over setFont; the size and face of names differ from all other fields.
        self.setStyleSheet(f'QLineEdit {{ font-family: "{name_font(NAME_PX).family()}"; font-size: {NAME_PX}px; }}')
        self.textEdited.connect(self._on_text_edited)
        self.textChanged.connect(self._remember)
        self.cursorPositionChanged.connect(self._leave_cluster)
        self.selectionChanged.connect(self._select_whole)

    # -- editing by cluster --

    def take_key(self, event: QKeyEvent) -> None:
        key, held = Qt.Key(event.key()), event.modifiers() & _MOVES
        if key == Qt.Key.Key_V and held == Qt.KeyboardModifier.AltModifier:
            self.open_picker()
        elif event.matches(QKeySequence.StandardKey.Undo):
            self.undo()
        elif event.matches(QKeySequence.StandardKey.Redo):
            self.redo()
        elif key not in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete) or held or self.isReadOnly():
            super().take_key(event)
        elif self.hasSelectedText():
            self.del_()
            self.textEdited.emit(self.text())
        else:
            self._erase_cluster(backwards=key == Qt.Key.Key_Backspace)

    def undo(self) -> None:
        super().undo()
        self._settle()

    def redo(self) -> None:
        super().redo()
        self._settle()

    def _settle(self) -> None:
        """Seen on 6.11.3: after an undo of what an input method replaced, a cursor and a selection past the end of the text."""
        at, end = self.cursorPosition(), _units(self.text())
        if at > end or (self.hasSelectedText() and not 0 <= self.selectionStart() < self.selectionEnd() <= end):
            self.deselect()
            self.setCursorPosition(min(at, end))

    def _erase_cluster(self, *, backwards: bool) -> None:
        cursor = self.cursorPosition()
        for start, end in self._spans():
            if (start < cursor <= end) if backwards else (start <= cursor < end):
                self.setSelection(start, end - start)
                self.del_()
                self.textEdited.emit(self.text())
                return

    def _spans(self) -> list[tuple[int, int]]:
        spans: list[tuple[int, int]] = []
        at = 0
        for cluster in clusters(self.text()):
            spans.append((at, at + _units(cluster)))
            at = spans[-1][1]
        return spans

    def _leave_cluster(self, before: int, now: int) -> None:
        """A cursor set between base and selector (by the mouse, or by a program) goes on to the cluster's edge."""
        inside = next((span for span in self._spans() if span[0] < now < span[1]), None)
        if inside is None:
            return
        to = inside[1] if now > before else inside[0]
        if self.hasSelectedText():
            start, end = self.selectionStart(), self.selectionEnd()
            anchor = start if now == end else end
            self.setSelection(anchor, to - anchor)
        else:
            self.setCursorPosition(to)

    def _select_whole(self) -> None:
        """Undo brings back a selection by its old numbers, which may end inside another character now, or past the end."""
        if not self.hasSelectedText():
            return
        start, end = self.selectionStart(), self.selectionEnd()
        spans = self._spans()
        if {start, end} <= {0, *(edge for _begin, edge in spans)}:
            return
        touched = [span for span in spans if span[0] < end and start < span[1]]
        if touched:
            self.setSelection(touched[0][0], touched[-1][1] - touched[0][0])
        else:
            self.deselect()

    def _remember(self, text: str) -> None:
        if len(clusters(text)) <= self._limit or not self._limit:
            self._before = text

    def _on_text_edited(self, _text: str) -> None:
        self._keep_within_limit()
        self._tell_reading()

    def _keep_within_limit(self) -> None:
        """What was put in gives way, never what stood there: a paste in the middle must not push the end of a name out."""
        parts, before = clusters(self.text()), clusters(self._before)
        excess = len(parts) - self._limit
        if not self._limit or excess <= 0:
            return
        end = len(parts) - _common(tuple(reversed(parts)), tuple(reversed(before)))
        start = max(0, end - excess)
        # Not as a step to undo: undoing it would be over the limit again.
        self.setText("".join(parts[:start] + parts[start + excess :]))
        self.setCursorPosition(_units("".join(parts[:start])))
        self.cut_off.emit()

    def put(self, text: str) -> None:
        """Another text in its place, as one step that can be undone; the cursor keeps its distance to the end."""
        if text != self.text():
            from_end = _units(self.text()) - self.cursorPosition()
            self.selectAll()
            self.insert(text)
            self.setCursorPosition(max(0, _units(text) - from_end))

    # -- variants --

    def open_picker(self) -> None:
        """The forms of the character before the cursor; at the beginning, of the first one."""
        place = self._cluster_in_hand()
        if place is None or self.picker is not None or self.isReadOnly() or self._composing:
            return
        self.picking.emit()  # what stands here is kept first: the picker may be closed by the lock, or by a page that goes
        start, end, cluster = place
        options = self._painter.variants(cluster[0])
        if not options:
            return
        self.picker = picker = VariantPicker(self, self._painter, options, cluster)
        picker.chosen.connect(lambda chosen: self._replace(start, end, chosen))
        picker.gone.connect(self._picker_gone)
        picker.open_at(self)

    def _cluster_in_hand(self) -> tuple[int, int, str] | None:
        spans, parts = self._spans(), clusters(self.text())
        if self.hasSelectedText():
            at = self.selectionStart()
            found = next((number for number, span in enumerate(spans) if span[0] <= at < span[1]), None)
        else:
            cursor = self.cursorPosition()
            before = [number for number, span in enumerate(spans) if span[1] <= cursor]
            found = before[-1] if before else 0 if spans else None
        if found is None or parts[found].isspace():
            return None
        return (*spans[found], parts[found])

    def _replace(self, start: int, end: int, cluster: str) -> None:
        """Exactly that cluster, in one step that can be undone."""
        text = self.text()
        at = _characters(text, start)
        self._reading = self._reading.changed(text, at, text[at : _characters(text, end)], cluster)
        self.setSelection(start, end - start)
        self.insert(cluster)
        self.textEdited.emit(self.text())
        self.picked.emit()

    def _picker_gone(self) -> None:
        self.picker = None

    # -- the input method --

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        commit = event.commitString()
        reading = self._reading_of(event.preeditString(), commit)
        super().inputMethodEvent(self._of_whole_clusters(event))
        if commit and reading:
            text, end = self.text(), _characters(self.text(), self.cursorPosition())
            self._reading = self._reading.committed(text, max(0, end - len(commit)), commit, reading)
        self._tell_reading()

    def _reading_of(self, preedit: str, commit: str) -> str:
        """The kana that what is committed was converted from; what is still being composed has its kana kept."""
        stage = _KANA_STAGE.match(unicodedata.normalize("NFKC", preedit)) if preedit else None
        given = self._kana
        if stage is not None:
            self._kana = stage[1]
        elif commit or not preedit:
            self._kana = ""
        if not commit:
            return ""
        plain = unicodedata.normalize("NFKC", commit)
        if _KANA.match(plain):
            return plain
        rest = stage[1] if stage is not None else ""
        return given.removesuffix(rest) if rest else given

    def forget_reading(self) -> None:
        """Another name is about to be shown, which nobody has typed here."""
        self._reading, self._told = Reading(), ""

    def _tell_reading(self) -> None:
        self._reading = self._reading.standing(self.text())
        kana = self._reading.kana(self.text())
        if kana != self._told:
            self._told = kana
            self.furigana.emit(kana)

    def _of_whole_clusters(self, event: QInputMethodEvent) -> QInputMethodEvent:
        """An input method that puts another word in the place of a text counts in UTF-16 units, and may count half a cluster or
        past the end; Qt would do as told. The whole clusters are selected instead, and the event takes their place."""
        if not event.replacementLength():
            return event
        base = self.selectionStart() if self.hasSelectedText() else self.cursorPosition()
        start = base + event.replacementStart()
        end = start + event.replacementLength()
        touched = [span for span in self._spans() if span[0] < end and start < span[1]]
        if touched:
            self.setSelection(touched[0][0], touched[-1][1] - touched[0][0])
            if not event.commitString() and not event.preeditString():
                self.del_()
        plain = QInputMethodEvent(event.preeditString(), event.attributes())
        plain.setCommitString(event.commitString())
        return plain

    # -- painting --

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._composing or not any(map(self._painter.by_glyph, clusters(self.text()))):
            return
        self._paint_variants()

    def _paint_variants(self) -> None:
        metrics = QFontMetricsF(name_font(NAME_PX))
        parts = clusters(self.text())
        spans = self._spans()
        before = sum(
            metrics.horizontalAdvance(part) for part, span in zip(parts, spans, strict=True) if span[1] <= self.cursorPosition()
        )
        x = self.cursorRect().center().x() - before
        inside = QRectF(self.rect()).adjusted(8, 4, -8, -4)
        baseline = inside.center().y() + (metrics.ascent() - metrics.descent()) / 2
        painter = QPainter(self)
        painter.setClipRect(inside)
        for part, (start, end) in zip(parts, spans, strict=True):
            width = metrics.horizontalAdvance(part)
            if self._painter.by_glyph(part):
                chosen = (
                    self.selectionStart() <= start and end <= self.selectionEnd() and self.hasSelectedText() and self.hasFocus()
                )
                palette = self.palette()
                painter.fillRect(
                    QRectF(x, inside.top() + 2, width, inside.height() - 4), palette.highlight() if chosen else palette.base()
                )
                painter.setPen(palette.highlightedText().color() if chosen else palette.text().color())
                if not self._painter.draw_cluster(painter, QPointF(x, baseline), part, NAME_PX):
                    painter.setPen(QColor("#d90000"))
                    painter.drawText(QPointF(x, baseline), part[0])
                    painter.drawRect(QRectF(x + 1, inside.top() + 4, width - 2, inside.height() - 8))
            x += width
        painter.end()


def _common(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    """How many parts both begin with."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
