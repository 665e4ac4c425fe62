"""Drawing on a page in millimetres from the top left corner, with text that fits its box or is refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from io import BytesIO
from typing import Literal

import segno
from reportlab.lib.colors import HexColor
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from nhi_center.domain.names import clusters
from nhi_center.errors import OperatorError
from nhi_center.printing.fonts import Role, chain
from nhi_center.printing.pdf_font import pdf_font
from nhi_center.printing.sheets import AS_LAID_OUT, Placement

MM = 72 / 25.4
POINT = 1 / MM
_ASCENT, _DESCENT = 0.88, 0.12  # the same in all fonts of the chains (printing may mix them without a step)
_LEADING = 1.15
_STEP = 0.25
_NEVER_FIRST = frozenset("、。,.)」』】・ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々")  # 行頭禁則

Align = Literal["left", "center", "right"]


class TextDoesNotFit(Exception):
    """A text is too long for its place even at the smallest size on two lines. ``place`` names the place, not the text."""

    def __init__(self, place: str) -> None:
        super().__init__(f"the text does not fit: {place}")
        self.place = place

    def __reduce__(self) -> tuple[type[TextDoesNotFit], tuple[str]]:
        return type(self), (self.place,)


@dataclass(frozen=True, slots=True)
class Box:
    """A place on a page: millimetres from the top left corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height


@dataclass(frozen=True, slots=True)
class Style:
    """How a text is set: sizes in points; ``smallest`` and ``lines`` say how far it may give way."""

    role: Role = Role.LABEL
    size: float = 8.0
    smallest: float = 0.0
    lines: int = 1
    align: Align = "left"
    colour: str = "#1a1a1a"

    @property
    def floor(self) -> float:
        return self.smallest or self.size


@dataclass(frozen=True, slots=True)
class Line:
    """One line resolved to fonts: (font name, what reportlab is handed), and its width in mm at one point."""

    text: str
    runs: tuple[tuple[str, str], ...]
    width: float


@dataclass(frozen=True, slots=True)
class Fitted:
    """A text made to fit: its lines at one size."""

    set_lines: tuple[Line, ...]
    size: float

    @property
    def lines(self) -> tuple[str, ...]:
        return tuple(line.text for line in self.set_lines)


def set_line(text: str, role: Role) -> Line:
    """Resolves every cluster of a line. Raises MissingGlyph."""
    runs, width = [], 0.0
    for font, pieces in chain(role).runs(text):
        exact = pdf_font(font)
        width += sum(exact.advance(glyph) for _, glyph in pieces)
        runs.append((exact.fontName, "".join(exact.encode(cluster, glyph) for cluster, glyph in pieces)))
    return Line(text, tuple(runs), width * POINT)


def text_width(text: str, role: Role, size: float) -> float:
    """Width in mm. Raises MissingGlyph."""
    return set_line(text, role).width * size


def fit(text: str, box: Box, style: Style, place: str) -> Fitted:
    """Smaller to the style's limit, then the allowed number of lines, then TextDoesNotFit. Raises MissingGlyph."""
    whole = set_line(text, style.role)
    highest = box.height * MM
    size = min(style.size, highest, box.width / whole.width if whole.width else style.size)
    size = size if size == style.size else _down(size)
    if size >= style.floor:
        return Fitted((whole,), size)
    for count in range(2, style.lines + 1):
        size = min(style.size, _down(highest / (1 + _LEADING * (count - 1))))
        while size >= style.floor:
            for at_spaces in (True, False):
                lines = _broken(text, box.width / size, style.role, at_spaces=at_spaces)
                if len(lines) <= count:
                    return Fitted(tuple(set_line(line.rstrip(" \u3000"), style.role) for line in lines), size)
            size -= _STEP
    raise TextDoesNotFit(place)


def fits(text: str, box: Box, style: Style) -> bool:
    """Whether ``fit`` finds a way. Raises MissingGlyph."""
    try:
        fit(text, box, style, "")
    except TextDoesNotFit:
        return False
    return True


def _down(size: float) -> float:
    # the small allowance keeps a text that fits exactly from losing a step to rounding
    return int(size / _STEP + 1e-6) * _STEP


def _broken(text: str, width: float, role: Role, *, at_spaces: bool) -> tuple[str, ...]:
    """Lines no wider than ``width`` (at size 1), never broken inside a cluster; after a space where one is near."""
    lines: list[str] = []
    line: list[str] = []
    used = 0.0
    for cluster in clusters(text):
        advance = text_width(cluster, role, 1.0)
        if line and used + advance > width:
            spaces = [at for at, piece in enumerate(line) if at_spaces and piece in (" ", "\u3000")]
            cut = spaces[-1] + 1 if spaces and spaces[-1] >= len(line) // 3 else len(line)
            if cut == len(line) > 1 and cluster in _NEVER_FIRST:
                cut -= 1
            lines.append("".join(line[:cut]))
            line = line[cut:]
            used = sum(text_width(piece, role, 1.0) for piece in line)
        line.append(cluster)
        used += advance
    return (*lines, "".join(line))


@lru_cache(maxsize=256)
def _bezier(points: tuple[tuple[float, float], ...], height: float) -> str:
    """The operators of a curve (ISO 32000-1, 8.5.2): the same wave on every single sheet is written once a process."""
    places = [f"{x * MM:.2f} {(height - y) * MM:.2f}" for x, y in points]
    pieces = [f"{' '.join(places[at : at + 3])} c" for at in range(1, len(places) - 2, 3)]
    return f"{places[0]} m {' '.join(pieces)}"


@cache
def _fill(colour: str) -> str:
    """The operator that fills in a colour such as #1a1a1a (ISO 32000-1, 8.6.8)."""
    return f"{' '.join(f'{int(colour[at : at + 2], 16) / 255:.4g}' for at in (1, 3, 5))} rg"


class Sheet:
    """A document being made. Every text goes through the glyph chains: no other way draws characters.

    ``placement``: how far everything is moved (mm to the right and down) and scaled on the page, for a printer that is out.
    """

    def __init__(self, width: float, height: float, *, title: str, placement: Placement = AS_LAID_OUT) -> None:
        self._buffer = BytesIO()
        self._placement = placement
        self.width, self.height = width, height
        # invariant: no clock and no random id inside, so the same values give the same bytes and the same fingerprint
        self._canvas = Canvas(self._buffer, pagesize=(width * MM, height * MM), invariant=1, pageCompression=1)
        self._canvas.setTitle(title)
        self._canvas.setCreator("nhi-center")
        self._canvas.setAuthor("新宿区国民健康保険事務センター")
        self._forms: set[str] = set()

    def end_page(self) -> None:
        self._canvas.showPage()

    def begin_page(self, width: float, height: float) -> None:
        """A page of this size, before anything is drawn on it: moved and scaled for its printer."""
        self.width, self.height = width, height
        self._canvas.setPageSize((width * MM, height * MM))
        right, down, scale = self._placement
        if self._placement != AS_LAID_OUT:
            self._canvas.translate(right * MM, (self.height - down) * MM - self.height * MM * scale)
            self._canvas.scale(scale, scale)

    def finish(self) -> bytes:
        self._canvas.save()
        return self._buffer.getvalue()

    def artwork(self, name: str, draw: Callable[[Sheet], None]) -> None:
        """Draws what is the same on every page once, and refers to it (twice as fast for a batch of cards)."""
        if name not in self._forms:
            self._canvas.beginForm(name, 0, 0, self.width * MM, self.height * MM)
            draw(self)
            self._canvas.endForm()
            self._forms.add(name)
        self._canvas.doForm(name)

    def text(self, text: str, box: Box, style: Style, place: str = "") -> None:
        """Raises TextDoesNotFit, MissingGlyph: then nothing of this document may be used."""
        if not text:
            return
        fitted = fit(text, box, style, place or "帳票")
        leading = fitted.size * _LEADING * POINT
        block = fitted.size * POINT + leading * (len(fitted.lines) - 1)
        top = box.y + (box.height - block) / 2
        for number, line in enumerate(fitted.set_lines):
            baseline = top + number * leading + fitted.size * _ASCENT * POINT
            slack = box.width - line.width * fitted.size
            x = box.x + {"left": 0.0, "center": slack / 2, "right": slack}[style.align]
            self._draw_line(line, (x * MM, (self.height - baseline) * MM), fitted.size, style.colour)

    def image(self, png: bytes, box: Box) -> None:
        """A picture fitted into the box, its transparent parts left open. Raises OperatorError when it cannot be read."""
        place = (box.x * MM, (self.height - box.bottom) * MM, box.width * MM, box.height * MM)
        try:
            self._canvas.drawImage(ImageReader(BytesIO(png)), *place, mask="auto", preserveAspectRatio=True)
        except Exception as problem:  # whatever the decoder makes of foreign bytes
            raise OperatorError("画像を読めません。PNG の画像を用意してください。", field="file", code="image") from problem

    def pieces(self, pieces: Sequence[tuple[str, Role]], at: tuple[float, float], size: float, colour: str = "#1a1a1a") -> None:
        """Words of several weights on one line, from ``at`` (left end of the baseline, mm). Raises MissingGlyph."""
        x, baseline = at
        for text, role in pieces:
            line = set_line(text, role)
            self._draw_line(line, (x * MM, (self.height - baseline) * MM), size, colour)
            x += line.width * size

    def bookmark(self, title: str, key: str, level: int, y: float) -> None:
        """This place in the reader's list of contents; ``link`` leads to the same key."""
        self._canvas.bookmarkHorizontal(key, 0, (self.height - y) * MM)
        self._canvas.addOutlineEntry(title, key, level)
        self._canvas.showOutline()

    def link(self, key: str, box: Box) -> None:
        """A click in the box goes to the bookmark."""
        place = (box.x * MM, (self.height - box.bottom) * MM, box.right * MM, (self.height - box.y) * MM)
        self._canvas.linkRect("", key, place, relative=0, Border="[0 0 0]")

    def _draw_line(self, line: Line, at: tuple[float, float], size: float, colour: str) -> None:
        """As reportlab's text object would write it, without its bookkeeping: a batch is mostly this."""
        canvas = self._canvas
        parts = [f"BT 1 0 0 1 {at[0]:.3f} {at[1]:.3f} Tm {_fill(colour)}"]
        for font_name, encoded in line.runs:
            exact = pdfmetrics.getFont(font_name)
            for subset, text in exact.splitString(encoded, canvas._doc):
                name = exact.getSubsetInternalName(subset, canvas._doc)
                parts.append(f"{name} {size:.4g} Tf ({canvas._escape(text)}) Tj")
        parts.append("ET")
        canvas._code.append(" ".join(parts))

    def line(self, start: tuple[float, float], end: tuple[float, float], *, width: float = 0.2, colour: str = "#767676") -> None:
        self._canvas.setStrokeColor(HexColor(colour))
        self._canvas.setLineWidth(width * MM)
        self._canvas.line(start[0] * MM, (self.height - start[1]) * MM, end[0] * MM, (self.height - end[1]) * MM)

    def rectangle(self, box: Box, *, stroke: str = "", fill: str = "", width: float = 0.2, radius: float = 0.0) -> None:
        if stroke:
            self._canvas.setStrokeColor(HexColor(stroke))
            self._canvas.setLineWidth(width * MM)
        if fill:
            self._canvas.setFillColor(HexColor(fill))
        self._canvas.roundRect(
            box.x * MM,
            (self.height - box.bottom) * MM,
            box.width * MM,
            box.height * MM,
            radius * MM,
            stroke=int(bool(stroke)),
            fill=int(bool(fill)),
        )

    def curve(self, points: Sequence[tuple[float, float]], *, width: float, colour: str) -> None:
        """A smooth line through four control points per piece (cubic Bézier): ground patterns."""
        self._canvas.setStrokeColor(HexColor(colour))
        self._canvas.setLineWidth(width * MM)
        self._canvas._code.append(f"{_bezier(tuple(points), self.height)} S")

    def watermark(self, text: str, size: float, *, angle: float = 24.0, colour: str = "#f8d3cf") -> None:
        """A pale word across the page, ``size`` in mm. Opaque and drawn first: every printer and every form XObject takes it
        (reportlab loses transparency inside a form)."""
        self._canvas.saveState()
        self._canvas.translate(self.width * MM / 2, self.height * MM / 2)
        self._canvas.rotate(angle)
        line = set_line(text, Role.STRONG)
        left, baseline = -line.width * size * MM / 2 * MM, -size * MM * (0.5 - _DESCENT)
        self._draw_line(line, (left, baseline), size * MM, colour)
        self._canvas.restoreState()

    def qr(self, content: str, corner: tuple[float, float], size: float) -> None:
        """A QR code as one path. ``content`` is an opaque id, never a name."""
        rows = list(segno.make_qr(content, error="m", boost_error=False).matrix)
        module = size / len(rows)
        path = self._canvas.beginPath()
        for y, row in enumerate(rows):
            for x, dark in enumerate(row):
                if dark:
                    left, top = corner[0] + x * module, corner[1] + (y + 1) * module
                    path.rect(left * MM, (self.height - top) * MM, module * MM, module * MM)
        self._canvas.setFillColor(HexColor("#000000"))
        self._canvas.drawPath(path, stroke=0, fill=1)
