"""Names of people, drawn as they are recorded: by glyph id where a variation selector or a rare kanji stands.

Qt's own text drops variation selectors without a word (measured: 葛+U+E0102 painted as the bare 葛), so a legal name
would look right and be wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QGlyphRun, QPainter, QPaintEvent, QPen, QRawFont
from PySide6.QtWidgets import QSizePolicy, QWidget

from nhi_center.domain.names import clusters
from nhi_center.domain.variants import other_collection
from nhi_center.printing.cmap import read_table
from nhi_center.printing.fonts import GlyphChain
from nhi_center.printing.variants import OwnSequences, Variant, number_in, variants

_FAMILY = "IPAmjMincho"
_LARGEST_RUN = 64
"""Measured on 6.11.3: above 64 device pixels a glyph run of a font read from its file (not the one Qt has open) draws nothing at
all, without a word; at 200 % that is every name from the second font of the chain on. The outline is drawn instead."""


def needs_glyph(cluster: str) -> bool:
    """True where Qt's own text may show another character than the recorded one."""
    return len(cluster) > 1 or ord(cluster) > 0xFFFF or 0xE000 <= ord(cluster) <= 0xF8FF


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    width: float
    glyph: tuple[Path, int] | None = None
    missing: bool = False


class NamePainter:
    """Made once, in the GUI thread, which alone may use its fonts; used by every name on screen."""

    def __init__(self, source: GlyphChain) -> None:
        self._source = source
        self._own = OwnSequences(source)
        self._raw: dict[tuple[Path, int], QRawFont] = {}
        self._heads: dict[Path, bytes] = {}
        self._plans: dict[tuple[str, int], tuple[_Piece, ...]] = {}

    def prepare(self) -> None:
        """Load the fonts now, so that the first name does not wait for them."""
        self._plan("葛\U000e0102城\U00020bb7", 18)
        self.variants("葛")

    def missing(self, text: str) -> tuple[str, ...]:
        """The clusters no font of the chain can draw; a name with one of these must not be printed."""
        return self._source.missing(text)

    def variants(self, character: str) -> tuple[Variant, ...]:
        """Every form of a character the fonts have."""
        return variants(self._source, character)

    def number(self, cluster: str) -> str:
        """The MJ number of a cluster, "" where the font gives none."""
        return number_in(self._source, cluster)

    def other_collection(self, text: str) -> tuple[str, ...]:
        """The clusters whose sequence is not of the collection the office prints."""
        return other_collection(text, self._own)

    def by_glyph(self, cluster: str) -> bool:
        """Whether the cluster must be drawn by its glyph, or marked: Qt's own text would drop its selector, or take a
        character that the font of names lacks from whatever font the machine has."""
        if needs_glyph(cluster):
            return True
        found = self._source.resolve(cluster)
        return found is None or found.font is not self._source.fonts[0]

    def width(self, text: str, pixels: int) -> float:
        return sum(piece.width for piece in self._plan(text, pixels))

    def draw(
        self,
        painter: QPainter,
        rect: QRectF,
        text: str,
        pixels: int,
        colour: QColor,
        alignment: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
    ) -> None:
        """Draw on one line, vertically centred; what does not fit ends with …. A glyph no font has is boxed in red."""
        plan = _fit(self._plan(text, pixels), rect.width(), float(pixels))
        metrics = QFontMetricsF(name_font(pixels))
        x = rect.left()
        spare = rect.width() - sum(piece.width for piece in plan)
        if alignment & Qt.AlignmentFlag.AlignRight:
            x += spare
        elif alignment & Qt.AlignmentFlag.AlignHCenter:
            x += spare / 2
        baseline = rect.center().y() + (metrics.ascent() - metrics.descent()) / 2
        painter.save()
        painter.setFont(name_font(pixels))
        painter.setPen(QPen(colour))
        for piece in plan:
            if piece.glyph is not None:
                self._draw_glyph(painter, QPointF(x, baseline), piece.glyph, pixels)
            else:
                painter.drawText(QPointF(x, baseline), piece.text)
            if piece.missing:
                painter.setPen(QPen(QColor("#d90000"), 1))
                painter.drawRect(QRectF(x + 0.5, baseline - metrics.ascent() + 0.5, piece.width - 1, metrics.height() - 1))
                painter.setPen(QPen(colour))
            x += piece.width
        painter.restore()

    def draw_cluster(self, painter: QPainter, baseline: QPointF, cluster: str, pixels: int) -> bool:
        """One cluster with the painter's pen; False when no font has it."""
        glyph = self._glyph(cluster)
        if glyph is None:
            return False
        self._draw_glyph(painter, baseline, glyph, pixels)
        return True

    def _glyph(self, cluster: str) -> tuple[Path, int] | None:
        found = self._source.resolve(cluster)
        return None if found is None else (found.font.path, found.glyph)

    def _draw_glyph(self, painter: QPainter, baseline: QPointF, glyph: tuple[Path, int], pixels: int) -> None:
        font = self._font(glyph[0], pixels)
        if pixels * painter.device().devicePixelRatioF() > _LARGEST_RUN:
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.translate(baseline)
            painter.fillPath(font.pathForGlyph(glyph[1]), painter.pen().color())
            painter.restore()
            return
        run = QGlyphRun()
        run.setRawFont(font)
        run.setGlyphIndexes([glyph[1]])
        run.setPositions([QPointF(0, 0)])
        painter.drawGlyphRun(baseline, run)

    def _font(self, file: Path, pixels: int) -> QRawFont:
        key = (file, pixels)
        if key not in self._raw:
            self._raw[key] = self._opened(file, pixels) or self._loaded(file, pixels)
        return self._raw[key]

    def _opened(self, file: Path, pixels: int) -> QRawFont | None:
        """The font Qt has open for names already, if it is this very file (its ``head`` holds a checksum of the whole)."""
        if file not in self._heads:
            self._heads[file] = read_table(file, b"head")
        raw = QRawFont.fromFont(name_font(pixels))
        return raw if raw.fontTable("head").data() == self._heads[file] else None

    def _loaded(self, file: Path, pixels: int) -> QRawFont:
        """Read from the file: for IPAmj's 46 MB this holds the window for 40 to 150 ms."""
        same = next((raw for (known, _size), raw in self._raw.items() if known == file), None)
        if same is None:
            return QRawFont(str(file), float(pixels), QFont.HintingPreference.PreferNoHinting)
        resized = QRawFont(same)
        resized.setPixelSize(float(pixels))
        return resized

    def _plan(self, text: str, pixels: int) -> tuple[_Piece, ...]:
        key = (text, pixels)
        plan = self._plans.get(key)
        if plan is None:
            if len(self._plans) > 4096:
                self._plans.clear()
            plan = self._plans[key] = tuple(self._make_plan(text, pixels))
        return plan

    def _make_plan(self, text: str, pixels: int) -> list[_Piece]:
        metrics = QFontMetricsF(name_font(pixels))
        plan: list[_Piece] = []
        for cluster in clusters(text):
            if not self.by_glyph(cluster):
                plan.append(_Piece(cluster, metrics.horizontalAdvance(cluster)))
                continue
            glyph = self._glyph(cluster)
            if glyph is None:
                base = cluster[0]
                plan.append(_Piece(base, metrics.horizontalAdvance(base), missing=True))
            else:
                advance = self._font(glyph[0], pixels).advancesForGlyphIndexes([glyph[1]])[0]
                plan.append(_Piece(cluster, QPointF(advance).x(), glyph))
        return plan


def _fit(plan: tuple[_Piece, ...], room: float, ellipsis: float) -> tuple[_Piece, ...]:
    if sum(piece.width for piece in plan) <= room + 0.5:
        return plan
    kept: list[_Piece] = []
    used = ellipsis
    for piece in plan:
        if used + piece.width > room:
            break
        kept.append(piece)
        used += piece.width
    return (*kept, _Piece("…", ellipsis))


@lru_cache(maxsize=64)
def name_font(pixels: int) -> QFont:
    """The type of names, unhinted so that a glyph by id and a glyph by text have the same weight."""
    made = QFont(_FAMILY)
    made.setPixelSize(pixels)
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return made


class NameView(QWidget):
    """One name, at any size; its accessible name is the name itself."""

    def __init__(self, painter: NamePainter, pixels: int = 18, text: str = "", *, object_name: str = "name_view") -> None:
        super().__init__()
        self._painter = painter
        self._pixels = pixels
        self._text = ""
        self.setObjectName(object_name)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.set_text(text)

    def text(self) -> str:
        return self._text

    def set_text(self, text: str) -> None:
        self._text = text
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(round(self._painter.width(self._text, self._pixels)) + 2, round(self._pixels * 1.3))

    def minimumSizeHint(self) -> QSize:
        return QSize(min(self.sizeHint().width(), self._pixels * 3), self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._painter.draw(painter, QRectF(self.rect()), self._text, self._pixels, self.palette().windowText().color())
