"""The same cards by other engines: typst, WeasyPrint, LibreOffice. ``installer/bench-peers.sh`` installs them; what is not there
is told and left out.

Each gets every text of both faces at its place, in the same fonts and sizes; the lines and the waves of the background too,
but for LibreOffice, which is spared the waves.
"""

from __future__ import annotations

import html
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from nhi_center.printing.certificates import values_of
from nhi_center.printing.fonts import Role
from nhi_center.printing.layouts import Face, Layout, layout_for
from nhi_center.printing.page import Box, Style
from nhi_center.printing.sheets import CertificateSheet

FAMILIES = {Role.NAME: "IPAmjMincho", Role.LABEL: "BIZ UDGothic", Role.STRONG: "BIZ UDGothic"}
Text = tuple[str, Box, Style]


@dataclass(frozen=True, slots=True)
class Peer:
    """``cards``: how many it makes in the run; what it takes for one is held against ours."""

    name: str
    title: str
    cards: int
    make: Callable[[tuple[CertificateSheet, ...], Path], None]
    there: Callable[[], bool]


def _python() -> Path:
    """The interpreter of the peers' own environment, beside ours."""
    return Path(sys.prefix).parent / ".venv-peers" / "bin" / "python"


def _has(package: str) -> bool:
    python = _python()
    if not python.exists():
        return False
    asked = subprocess.run([python, "-c", f"import {package}"], capture_output=True, check=False)
    return asked.returncode == 0


def seconds(peer: Peer, sheets: tuple[CertificateSheet, ...], folder: Path) -> float:
    """For one card. Raises CalledProcessError when the engine fails."""
    began = time.perf_counter()
    peer.make(sheets[: peer.cards], folder)
    return (time.perf_counter() - began) / peer.cards


def _texts(face: Face, values: Mapping[str, str]) -> list[Text]:
    texts = [(label.text, label.box, label.style) for label in face.labels]
    return texts + [(values[field.key], field.box, field.style) for field in face.fields if values[field.key]]


def _waves(layout: Layout, face: Face) -> str:
    """The background as a picture: lines and waves, as our artwork has them."""
    lines = [
        f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="{rule.colour}" stroke-width="{rule.width}"/>'
        for rule in face.rules
        for (x1, y1), (x2, y2) in [(rule.start, rule.end)]
    ]
    for number in range(16 if face.pattern else 0):
        points = " ".join(
            f"{x} {layout.height * (0.5 + 0.3 * ((x * 7 + number * 9) % 60 / 30 - 1)):.2f}" for x in range(0, 87, 3)
        )
        lines.append(f'<polyline points="{points}" fill="none" stroke="{face.pattern}" stroke-width="0.09"/>')
    size = f'width="{layout.width}mm" height="{layout.height}mm" viewBox="0 0 {layout.width} {layout.height}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{"".join(lines)}</svg>'


def _typst(sheets: tuple[CertificateSheet, ...], folder: Path) -> None:
    layout = layout_for(sheets[0].kind, sheets[0].issued)
    parts = [f"#set page(width: {layout.width}mm, height: {layout.height}mm, margin: 0mm)"]
    for face in layout.faces:
        (folder / f"{face.name}.svg").write_text(_waves(layout, face), encoding="utf-8")
    for sheet in sheets:
        values = values_of(sheet)
        for face in layout.faces:
            parts.append(f'#place(top + left, image("{face.name}.svg", width: {layout.width}mm))')
            for text, box, style in _texts(face, values):
                shown = text.replace("\\", "\\\\").replace('"', '\\"')
                words = f'text(font: "{FAMILIES[style.role]}", size: {style.size}pt)[#"{shown}"]'
                parts.append(f"#place(top + left, dx: {box.x}mm, dy: {box.y}mm, {words})")
            parts.append("#pagebreak(weak: true)")
    source = folder / "cards.typ"
    source.write_text("\n".join(parts), encoding="utf-8")
    program = "import sys, typst; typst.compile(sys.argv[1], output=sys.argv[2])"
    subprocess.run([_python(), "-c", program, source, folder / "typst.pdf"], check=True, capture_output=True)


def _weasyprint(sheets: tuple[CertificateSheet, ...], folder: Path) -> None:
    layout = layout_for(sheets[0].kind, sheets[0].issued)
    for face in layout.faces:
        (folder / f"{face.name}.svg").write_text(_waves(layout, face), encoding="utf-8")
    style = f"@page{{size:{layout.width}mm {layout.height}mm;margin:0}}div.p{{position:relative;page-break-after:always;"
    style += f"width:{layout.width}mm;height:{layout.height}mm}}span,img{{position:absolute}}"
    pages = []
    for sheet in sheets:
        values = values_of(sheet)
        for face in layout.faces:
            spans = [
                f"<span style=\"left:{box.x}mm;top:{box.y}mm;font:{style_.size}pt '{FAMILIES[style_.role]}'\">"
                f"{html.escape(text)}</span>"
                for text, box, style_ in _texts(face, values)
            ]
            pages.append(f'<div class="p"><img src="{face.name}.svg">{"".join(spans)}</div>')
    source = folder / "cards.html"
    source.write_text(f"<meta charset=utf-8><style>{style}</style>{''.join(pages)}", encoding="utf-8")
    subprocess.run(
        [_python(), "-m", "weasyprint", source, folder / "weasyprint.pdf"], check=True, capture_output=True, cwd=folder
    )


_FODT = """<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"
 xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"
 xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"
 office:version="1.2" office:mimetype="application/vnd.oasis.opendocument.text">
<office:automatic-styles>{styles}
<style:page-layout style:name="P"><style:page-layout-properties fo:page-width="{width}mm" fo:page-height="{height}mm"
 fo:margin="0mm"/></style:page-layout></office:automatic-styles>
<office:master-styles><style:master-page style:name="Standard" style:page-layout-name="P"/></office:master-styles>
<office:body><office:text>{body}</office:text></office:body></office:document>"""


def _libreoffice(sheets: tuple[CertificateSheet, ...], folder: Path) -> None:
    """One document for each card, all converted by one process."""
    layout = layout_for(sheets[0].kind, sheets[0].issued)
    used = sorted({(text[2].role, text[2].size) for face in layout.faces for text in _texts(face, values_of(sheets[0]))})
    styles = "".join(
        f'<style:style style:name="T{number}" style:family="paragraph"><style:text-properties'
        f' style:font-name-asian="{FAMILIES[role]}" style:font-size-asian="{size}pt" fo:font-size="{size}pt"/></style:style>'
        for number, (role, size) in enumerate(used)
    )
    files = []
    for number, sheet in enumerate(sheets):
        body = []
        for page, face in enumerate(layout.faces, start=1):
            for text, box, style in _texts(face, values_of(sheet)):
                frame = f'text:anchor-type="page" text:anchor-page-number="{page}" svg:x="{box.x}mm" svg:y="{box.y}mm"'
                paragraph = f'<text:p text:style-name="T{used.index((style.role, style.size))}">{html.escape(text)}</text:p>'
                size = f'svg:width="{box.width}mm" svg:height="{box.height}mm"'
                body.append(f"<draw:frame {frame} {size}><draw:text-box>{paragraph}</draw:text-box></draw:frame>")
        file = folder / f"card{number}.fodt"
        whole = _FODT.format(styles=styles, width=layout.width, height=layout.height, body="".join(body) + "<text:p/>")
        file.write_text(whole, encoding="utf-8")
        files.append(file)
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder / "office"), *map(str, files)]
    subprocess.run(command, check=True, capture_output=True)


PEERS = (
    Peer("typst", "typst、一度に全部", 1000, _typst, lambda: _has("typst")),
    Peer("weasyprint", "WeasyPrint、一度に全部", 100, _weasyprint, lambda: _has("weasyprint")),
    Peer("libreoffice", "LibreOffice、一つのプロセスで一件ずつ", 30, _libreoffice, lambda: shutil.which("soffice") is not None),
)
