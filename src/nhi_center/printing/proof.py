"""A 見本 with every box outlined: where each text may stand, for whoever lays a form out or changes one."""

from __future__ import annotations

from datetime import date

from nhi_center.domain.certificate_kinds import Kind
from nhi_center.printing.certificates import values_of
from nhi_center.printing.fonts import Role
from nhi_center.printing.invented import invented
from nhi_center.printing.layouts import Face, Layout, draw_artwork, draw_values, layout_for
from nhi_center.printing.page import Box, Sheet, Style

LABEL, FIELD, SEAL = "#2f7d32", "#1a56c4", "#c8102e"
_KEY = Style(Role.LABEL, size=3.0, colour=FIELD)


def make_proof(kind: Kind, day: date) -> bytes:
    """Front and back as in force on ``day``: labels outlined green, fields blue with their key, 公印 red.

    Raises LookupError where the kind has no form on this day.
    """
    layout = layout_for(kind, day)
    document = Sheet(layout.width, layout.height, title=f"{layout.title} {layout.version}")
    values = values_of(invented(kind, day))
    for face in layout.faces:
        draw_artwork(document, layout, face, sample=True)
        draw_values(document, layout, face, values)
        _outline(document, face, layout)
        document.end_page()
    return document.finish()


def _outline(document: Sheet, face: Face, layout: Layout) -> None:
    for label in face.labels:
        document.rectangle(label.box, stroke=LABEL, width=0.08)
    for field in face.fields:
        document.rectangle(field.box, stroke=FIELD, width=0.12)
        room = Box(field.box.x + 0.2, field.box.bottom - 1.2, layout.width, 1.2)
        document.text(field.key, room, _KEY, field.key)
    if face.seal is not None:
        document.rectangle(face.seal, stroke=SEAL, width=0.12)
