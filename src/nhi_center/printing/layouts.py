"""Certificate layouts: read from resources/certificates/*.toml, checked, and drawn.

A layout is data with a day from which it holds, so that a new form is a new file and an old certificate can still be shown
as it was. Millimetres from the top left corner; styles by name.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import pairwise
from typing import Any

from nhi_center import resources
from nhi_center.printing.fonts import Role
from nhi_center.printing.page import POINT, Box, Sheet, Style, text_width

_MARGIN = 2.0


@dataclass(frozen=True, slots=True)
class Label:
    """A printed word: the same on every certificate."""

    text: str
    box: Box
    style: Style


@dataclass(frozen=True, slots=True)
class Field:
    """A place for a value, by key."""

    key: str
    box: Box
    style: Style


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight line."""

    start: tuple[float, float]
    end: tuple[float, float]
    width: float
    colour: str


@dataclass(frozen=True, slots=True)
class Panel:
    """A framed or tinted area; what stands inside must not touch its edge."""

    box: Box
    stroke: str
    fill: str
    radius: float


@dataclass(frozen=True, slots=True)
class Face:
    """One side (面)."""

    name: str
    tint: str
    pattern: str
    labels: tuple[Label, ...]
    fields: tuple[Field, ...]
    rules: tuple[Rule, ...]
    panels: tuple[Panel, ...]
    seal: Box | None


@dataclass(frozen=True, slots=True)
class Layout:
    """様式: one certificate form, in force from ``effective_from``."""

    kind: str
    version: str
    effective_from: date
    width: float
    height: float
    title: str
    faces: tuple[Face, ...]

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(field.key for face in self.faces for field in face.fields)


def parse(table: Mapping[str, Any]) -> Layout:
    """A layout from its TOML table. Raises KeyError, TypeError or ValueError when the file is not a layout."""
    styles = {name: Style(**{**entry, "role": Role(entry["role"])}) for name, entry in table["style"].items()}
    width, height = table["size"]
    return Layout(
        kind=table["kind"],
        version=table["version"],
        effective_from=table["effective_from"],
        width=float(width),
        height=float(height),
        title=table["title"],
        faces=tuple(_face(face, styles) for face in table["face"]),
    )


def _face(face: Mapping[str, Any], styles: Mapping[str, Style]) -> Face:
    return Face(
        name=face["name"],
        tint=face["tint"],
        pattern=face["pattern"],
        labels=tuple(Label(text, Box(*box), styles[style]) for text, box, style in face["labels"]),
        fields=tuple(Field(key, Box(*box), styles[style]) for key, box, style in face["fields"]),
        rules=tuple(Rule((x1, y1), (x2, y2), width, colour) for x1, y1, x2, y2, width, colour in face["rules"]),
        panels=tuple(Panel(Box(*box), stroke, fill, radius) for box, stroke, fill, radius in face["panels"]),
        seal=Box(*face["seal"]) if "seal" in face else None,
    )


@cache
def _all() -> tuple[Layout, ...]:
    return tuple(parse(resources.read_toml(f"certificates/{path.name}")) for path in resources.listing("certificates", ".toml"))


def layout_for(kind: str, issued: date) -> Layout:
    """The form in force on the day of issue. Raises LookupError when there is none."""
    fitting = [layout for layout in _all() if layout.kind == kind and layout.effective_from <= issued]
    if not fitting:
        raise LookupError(kind)
    return max(fitting, key=lambda layout: layout.effective_from)


def all_layouts() -> tuple[Layout, ...]:
    return _all()


# --- drawing ------------------------------------------------------------------------------------------------------


def draw_artwork(sheet: Sheet, layout: Layout, face: Face, *, sample: bool, seal: bytes | None = None) -> None:
    """Everything that is the same on every certificate of this form; ``sample`` puts 見本 across it. ``seal``: 公印 as PNG."""
    whole = Box(0, 0, layout.width, layout.height)
    if face.tint:
        sheet.rectangle(whole, fill=face.tint)
    if face.pattern:
        _draw_pattern(sheet, layout, face.pattern)
    if sample:
        sheet.watermark("見本", layout.width * 0.27)
    for panel in face.panels:
        sheet.rectangle(panel.box, stroke=panel.stroke, fill=panel.fill, radius=panel.radius)
    for rule in face.rules:
        sheet.line(rule.start, rule.end, width=rule.width, colour=rule.colour)
    for label in face.labels:
        sheet.text(label.text, label.box, label.style, f"{layout.kind} {face.name} label")
    if face.seal is not None and seal is not None:
        sheet.image(seal, face.seal)
    elif face.seal is not None:
        _draw_seal(sheet, face.seal)


def _draw_pattern(sheet: Sheet, layout: Layout, colour: str) -> None:
    """地紋: interlaced waves, as fine as an office printer holds."""
    for points in _waves(layout.width, layout.height):
        sheet.curve(points, width=0.09, colour=colour)


@cache
def _waves(width: float, height: float) -> tuple[tuple[tuple[float, float], ...], ...]:
    """The control points of the waves over an area: reckoned once for each form."""
    count, step = 16, 3.0
    long, short = 2 * math.pi / 60.0, 2 * math.pi / 20.0
    stops = [width * index / math.ceil(width / step) for index in range(math.ceil(width / step) + 1)]
    waves = []
    for number in range(count):
        phase = 2 * math.pi * number / count

        def at(x: float, phase: float = phase) -> float:
            swing = 0.30 * math.sin(long * x + phase) + 0.13 * math.sin(short * x - phase)
            return height * (0.5 + swing)

        def slope(x: float, phase: float = phase) -> float:
            swing = 0.30 * long * math.cos(long * x + phase) + 0.13 * short * math.cos(short * x - phase)
            return height * swing

        points = [(stops[0], at(stops[0]))]
        for left, right in pairwise(stops):
            third = (right - left) / 3
            points.append((left + third, at(left) + third * slope(left)))
            points.append((right - third, at(right) - third * slope(right)))
            points.append((right, at(right)))
        waves.append(tuple(points))
    return tuple(waves)


def _draw_seal(sheet: Sheet, box: Box) -> None:
    """公印 is the ward's image; where it is not supplied a frame says 見本."""
    red = "#c8102e"
    sheet.rectangle(box, stroke=red, width=0.45)
    inner = Box(box.x + 0.7, box.y + 0.7, box.width - 1.4, box.height - 1.4)
    sheet.rectangle(inner, stroke=red, width=0.15)
    sheet.text("見本", inner, Style(Role.STRONG, size=inner.width * 0.38 / POINT, align="center", colour=red), "seal")


def draw_values(sheet: Sheet, layout: Layout, face: Face, values: Mapping[str, str]) -> None:
    """The values of one certificate. Raises TextDoesNotFit, MissingGlyph, KeyError for a key without a value."""
    for field in face.fields:
        sheet.text(values[field.key], field.box, field.style, field.key)


# --- checking -----------------------------------------------------------------------------------------------------


def problems(layout: Layout) -> tuple[str, ...]:
    """What is wrong with a layout: text that leaves its box, boxes that touch each other, a line or the paper's edge."""
    found: list[str] = []
    for face in layout.faces:
        where = f"{layout.kind} {face.name}"
        found += [f"{where}: {problem}" for problem in _text_problems(face)]
        found += [f"{where}: {problem}" for problem in _place_problems(layout, face)]
    return tuple(found)


def _text_problems(face: Face) -> Iterator[str]:
    for label in face.labels:
        if text_width(label.text, label.style.role, label.style.size) > label.box.width + 0.01:
            yield f"label {label.text} is wider than its box"
    for name, box, style in _texts(face):
        if style.size * POINT > box.height + 0.01:
            yield f"{name} is higher than its box"
        if style.lines > 1 and style.floor * POINT * (1 + 1.15 * (style.lines - 1)) > box.height + 0.01:
            yield f"{name} has no room for {style.lines} lines"


def _texts(face: Face) -> Iterator[tuple[str, Box, Style]]:
    yield from ((f"label {label.text}", label.box, label.style) for label in face.labels)
    yield from ((f"field {field.key}", field.box, field.style) for field in face.fields)


def _place_problems(layout: Layout, face: Face) -> Iterator[str]:
    boxes = [(name, box) for name, box, _ in _texts(face)]
    if face.seal is not None:
        boxes.append(("seal", face.seal))
    for number, (name, box) in enumerate(boxes):
        if box.x < _MARGIN or box.y < _MARGIN or box.right > layout.width - _MARGIN or box.bottom > layout.height - _MARGIN:
            yield f"{name} is too near the edge"
        for other_name, other in boxes[number + 1 :]:
            if _overlap(box, other):
                yield f"{name} overlaps {other_name}"
        for rule in face.rules:
            if _overlap(box, _rule_box(rule)):
                yield f"a line crosses {name}"
        for panel in face.panels:
            if panel.stroke and _overlap(box, panel.box) and not _inside(box, panel.box):
                yield f"{name} crosses a frame"


def _rule_box(rule: Rule) -> Box:
    (x1, y1), (x2, y2), half = rule.start, rule.end, rule.width / 2
    return Box(min(x1, x2) - half, min(y1, y2) - half, abs(x2 - x1) + rule.width, abs(y2 - y1) + rule.width)


def _overlap(one: Box, two: Box) -> bool:
    return one.x < two.right and two.x < one.right and one.y < two.bottom and two.y < one.bottom


def _inside(inner: Box, outer: Box) -> bool:
    return inner.x >= outer.x and inner.y >= outer.y and inner.right <= outer.right and inner.bottom <= outer.bottom
