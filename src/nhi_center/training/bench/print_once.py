"""One way of making the cards of the print benchmark in a process of its own. Arguments: how many, ``form``, ``redraw`` or
``stock``, the folder to write into. Prints the seconds it took, the fonts being read before.

``form`` is the product's way; ``redraw`` draws the artwork on each page; ``stock`` is reportlab as it comes, one file a card.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

from reportlab.lib.colors import HexColor
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from nhi_center.printing.certificates import make_certificates, values_of
from nhi_center.printing.fonts import FontName, Role, font
from nhi_center.printing.layouts import Layout, layout_for
from nhi_center.printing.page import MM, Sheet
from nhi_center.printing.sheets import CertificateSheet
from nhi_center.training.bench.print_deck import make_deck

_STOCK_FONTS = {Role.NAME: FontName.IPAMJ, Role.LABEL: FontName.BIZ_GOTHIC, Role.STRONG: FontName.BIZ_GOTHIC_BOLD}


def form(sheets: tuple[CertificateSheet, ...], folder: Path) -> None:
    (folder / "form.pdf").write_bytes(make_certificates(sheets))


def redraw(sheets: tuple[CertificateSheet, ...], folder: Path) -> None:
    def draw(sheet: Sheet, _name: str, artwork: Callable[[Sheet], None]) -> None:
        artwork(sheet)

    setattr(Sheet, "artwork", draw)  # noqa: B010 - the one difference this way is about
    (folder / "redraw.pdf").write_bytes(make_certificates(sheets))


def stock(sheets: tuple[CertificateSheet, ...], folder: Path) -> None:
    for role, name in _STOCK_FONTS.items():
        pdfmetrics.registerFont(TTFont(role.value, str(font(name).path)))
    layout = layout_for(sheets[0].kind, sheets[0].issued)
    for number, sheet in enumerate(sheets):
        canvas = Canvas(str(folder / f"stock-{number}.pdf"), pagesize=(layout.width * MM, layout.height * MM))
        _stock_card(canvas, layout, values_of(sheet))
        canvas.save()


def _stock_card(canvas: Canvas, layout: Layout, values: dict[str, str]) -> None:
    for face in layout.faces:
        texts = [(label.text, label.box, label.style) for label in face.labels]
        texts += [(values[field.key], field.box, field.style) for field in face.fields]
        for rule in face.rules:
            ends = (rule.start[0], layout.height - rule.start[1], rule.end[0], layout.height - rule.end[1])
            canvas.line(*(at * MM for at in ends))
        for text, box, style in texts:
            canvas.setFont(style.role.value, style.size)
            canvas.setFillColor(HexColor(style.colour))
            canvas.drawString(box.x * MM, (layout.height - box.bottom) * MM, text)
        canvas.showPage()


WAYS = {"form": form, "redraw": redraw, "stock": stock}


def main() -> int:
    count, way, folder = int(sys.argv[1]), WAYS[sys.argv[2]], Path(sys.argv[3])
    sheets = make_deck(count)
    make_certificates(sheets[:1])  # the fonts are read once a process, whatever comes after
    began = time.perf_counter()
    way(sheets, folder)
    print(time.perf_counter() - began)
    return 0


if __name__ == "__main__":
    sys.exit(main())
