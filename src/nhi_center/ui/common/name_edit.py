"""Fields for names: edited by character cluster, with the form that will be printed; and for their kana.

Measured on PySide6 6.11.3: Backspace in a QLineEdit removes only the variation selector, unseen, and setMaxLength cuts
between base and selector. Either is a silent change of a legal name, so both are done here by cluster.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Unpack

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QInputMethodEvent, QKeyEvent, QPainter, QPaintEvent

from nhi_center.domain.names import NameProblem, check_kana, clusters, convert_kana, convert_name
from nhi_center.ui.common.fields import FieldLine, FieldOptions, LabelledField
from nhi_center.ui.common.name_view import NamePainter, name_font
from nhi_center.ui.common.styling import restyle

NAME_PX = 20
_KANA_STAGE = re.compile(r"^([ぁ-ゖァ-ヺー・]*)[A-Za-z]{0,3}$")
_KANA = re.compile(r"^[ぁ-ゖァ-ヺー・\u3000 ]+$")


def to_katakana(text: str) -> str:
    """The register's form of a reading while it is still being typed: as ``convert_kana``, but a last space stays."""
    body = text.rstrip(" \u3000")
    return convert_kana(body)[0] + "\u3000" * bool(body and len(body) < len(text))


def _units(text: str) -> int:
    """Length as Qt counts it, in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


class NameLine(FieldLine):
    """The editor of a name. Variation forms are painted over Qt's bare characters.

    Signals: furigana(katakana): the reading the operator typed to convert what was just committed; confirm it, it may be
    only a beginning (prediction, reconversion).
    """

    furigana = Signal(str)

    def __init__(self, painter: NamePainter, limit: int = 0) -> None:
        super().__init__()
        self._painter = painter
        self._limit = limit
        self._kana = ""
        # A style sheet's type face would win over setFont; the size and face of names differ from all other fields.
        self.setStyleSheet(f'QLineEdit {{ font-family: "{name_font(NAME_PX).family()}"; font-size: {NAME_PX}px; }}')
        self.textEdited.connect(lambda _text: self._keep_within_limit())

    # -- editing by cluster --

    def keyPressEvent(self, event: QKeyEvent) -> None:
        erase = {Qt.Key.Key_Backspace: True, Qt.Key.Key_Delete: False}.get(Qt.Key(event.key()))
        if erase is None or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
        elif self.hasSelectedText():
            self.del_()
            self.textEdited.emit(self.text())
        else:
            self._erase_cluster(backwards=erase)

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

    def _keep_within_limit(self) -> None:
        parts = clusters(self.text())
        if self._limit and len(parts) > self._limit:
            cursor = self.cursorPosition()
            kept = "".join(parts[: self._limit])
            self.setText(kept)
            self.setCursorPosition(min(cursor, _units(kept)))

    # -- furigana --

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        preedit, commit = event.preeditString(), event.commitString()
        stage = _KANA_STAGE.match(unicodedata.normalize("NFKC", preedit))
        if stage and preedit:
            self._kana = stage[1]
        reading = ""
        if commit:
            plain = unicodedata.normalize("NFKC", commit)
            reading = plain if _KANA.match(plain) else self._kana
            self._kana = ""
        elif not preedit:
            self._kana = ""
        super().inputMethodEvent(event)
        if reading:
            self.furigana.emit(to_katakana(reading))

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


class NameEdit(LabelledField):
    """A name as it is recorded. Says at the field which characters no font can print (FT rule: never replaced).

    Signals: furigana(katakana).
    """

    furigana = Signal(str)

    def __init__(self, name: str, label: str, painter: NamePainter, *, limit: int = 0, **options: Unpack[FieldOptions]) -> None:
        self.line = NameLine(painter, limit)
        self._painter = painter
        super().__init__(name, label, self.line, **options)
        self.line.furigana.connect(self.furigana)

    def set_value(self, value: str) -> None:
        super().set_value(value)
        self._judge()

    def _on_left(self) -> None:
        self.line.setText(convert_name(self.value())[0])
        self._judge()
        super()._on_left()

    def _judge(self) -> None:
        missing = self._painter.missing(self.value())
        if missing:
            self.set_problem(f"字形のない文字が {len(missing)} 字あります。紙のとおりなら F4 で保留にします。")
            return
        variants = [part[0] for part in clusters(self.value()) if len(part) > 1]
        self.set_hint(f"{'・'.join(dict.fromkeys(variants))} は異体字。紙と照らします。" if variants else "")


class KanaField(LabelledField):
    """A reading. What is committed or left is turned into full-width katakana before the eyes of the operator (V23)."""

    def __init__(
        self,
        name: str,
        label: str,
        *,
        foreign: bool = False,
        **options: Unpack[FieldOptions],
    ) -> None:
        self.line = _KanaLine()
        self._foreign = foreign
        super().__init__(name, label, self.line, **options)
        self.line.committed.connect(self._on_committed)

    def set_suggestion(self, reading: str) -> None:
        """A reading taken from the conversion of the name: pale until the operator has stood here and gone on."""
        self.set_value(reading)
        restyle(self.line, state="unconfirmed")
        self.set_hint("変換から。紙と照らして Enter")
        restyle(self.line, state="unconfirmed")

    def append_suggestion(self, reading: str) -> None:
        """The next committed piece of the name; joined as the pieces of the name are."""
        self.set_suggestion(self.value() + reading)

    @property
    def confirmed(self) -> bool:
        return bool(self.line.property("state") != "unconfirmed")

    def _on_committed(self) -> None:
        self._turn()
        self._on_edited()

    def _on_left(self) -> None:
        self._turn()
        self.line.setText(self.value().strip("\u3000"))
        self.set_hint("")
        if self.value():
            try:
                check_kana(self.value(), foreign=self._foreign)
                self.set_problem("")
            except NameProblem as problem:
                self.set_problem(str(problem))
        super()._on_left()

    def _turn(self) -> None:
        before = self.line.text()
        after = to_katakana(before)
        if after != before:
            from_end = len(before) - self.line.cursorPosition()
            self.line.setText(after)
            self.line.setCursorPosition(max(0, len(after) - from_end))


class _KanaLine(FieldLine):
    committed = Signal()

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        super().inputMethodEvent(event)
        if event.commitString():
            self.committed.emit()
