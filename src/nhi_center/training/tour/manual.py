"""The pictures of the manual (resources/manual): some the day takes anyway, the other pages are opened when it is over.

Each shows the page alone, as sharp as it was, in the few colours of the house: that keeps them small enough for the package of a
terminal. ``WANTED`` names all of them; what the chapters name is tested against the folder.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QTableView, QWidget

from nhi_center.training.tour.hands import Day, open_screen, picture, says, settled, sign_in, sign_out
from nhi_center.training.tour.robot import Script, TourFault, expect, find, focus_name, in_field, press, rows, sees, type_keys
from nhi_center.training.tour.safeguards import NEW_PASSWORD, SUPERVISOR

WARD, ADMINISTRATOR = "40127", "40100"

WANTED = {
    "sign_in": "sign-in",
    "lock": "lock",
    "home": "today",
    "custody": "handover-counting",
    "presence": "presence",
    "entry": "entry-error",
    "entry_confirm": "entry-confirm",
    "verification": "verification-difference",
    "certificates": "certificates-queue",
    "certificates_check": "certificates-check",
    "call": "call-answer",
    "review": "review-list",
    "day_close": "day-close-open",
    "reports": "export",
    "book": "manual-book",
    "calls": "manual-calls",
    "quality": "manual-quality",
    "controls": "manual-controls",
    "erasure": "manual-erasure",
    "search": "manual-search",
    "sync": "manual-sync",
    "corrections": "manual-corrections",
    "ward_book": "manual-ward-book",
    "call_answers": "manual-call-answers",
    "board": "manual-board",
    "holds": "manual-holds",
    "questions": "manual-questions",
    "ward_requests": "manual-ward-requests",
    "incidents": "manual-incidents",
    "call_figures": "manual-call-figures",
    "leases": "manual-leases",
    "account": "manual-account",
    "damage": "manual-damage",
    "common": "today",
    "status": "today",
}
"""Picture of the manual -> picture of the tour."""

_COLOURS = (
    (255, 255, 255),
    (240, 242, 244),
    (176, 176, 176),
    (26, 26, 26),
    (0, 23, 193),
    (199, 71, 0),
    (230, 240, 254),
)
"""Paper, panel, line, ink, what can be pressed, what warns, what is chosen: with three bits a pixel there is room for no more."""
_MARGIN_PX = 16

Place = tuple[int, int, int, int]
"""Left, top, right, bottom in a picture of the window."""


def manual_question(day: Day) -> Script:
    """A clerk asks while he verifies; the company asks the ward, and the ward answers: the paper goes on where it was."""
    yield from sign_in(day, "k-hanako")
    yield from open_screen(day, "verification")
    yield lambda: rows("verification_table") > 1 and focus_name() == "verification_table" and settled(day)()
    before = rows("verification_table")
    press("Enter")
    yield lambda: focus_name().startswith("field_") and settled(day)()
    press("F4")
    yield lambda: focus_name() == "hold_question"
    type_keys("続柄の欄が空いています。前の届出と同じでよいか、区に聞いてください。")
    press("Ctrl+Enter")
    yield lambda: sees("verification_table") and rows("verification_table") == before - 1 and settled(day)()
    yield from sign_out(day)
    yield from sign_in(day, SUPERVISOR)
    yield from visit(day, "board")
    yield from open_screen(day, "holds")
    yield lambda: rows("hold_table") == 1 and settled(day)() and sees("keyed_list")
    yield from picture(day, "manual-holds")
    press("Ctrl+Enter")
    yield lambda: says("message_bar", "区へ送りました")() and settled(day)()
    yield from sign_out(day)
    yield from sign_in(day, WARD)
    yield from open_screen(day, "questions")
    yield lambda: rows("question_table") == 1 and settled(day)()
    yield from picture(day, "manual-questions")
    press("Enter")
    yield lambda: focus_name() != "question_table"
    type_keys("同じでよい。")
    press("Ctrl+Enter")
    yield lambda: rows("question_table") == 0 and settled(day)()
    yield from sign_out(day)


def visit(day: Day, name: str) -> Script:
    """A page that has no line in the left column, and its picture."""
    expect(day.station.window.open_screen(name, {}), f"{name} does not open")
    yield lambda: sees(f"{name}_screen") and settled(day)()
    yield from picture(day, f"manual-{name.replace('_', '-')}")


def manual_pages(day: Day) -> Script:
    """The pages the day itself does not stop at, each with what the day has left in it."""
    yield from sign_in(day, SUPERVISOR, NEW_PASSWORD)
    for name in ("book", "calls", "quality", "controls", "erasure"):
        yield from open_screen(day, name)
        yield from picture(day, f"manual-{name}")
    yield from ask_the_ward(day)
    yield from report_incident(day)
    for name in ("call_figures", "leases", "account", "damage"):
        yield from visit(day, name)
    yield from open_screen(day, "inspection")
    press("4")
    yield lambda: sees("sync_panel") and settled(day)()
    yield from picture(day, "manual-sync")
    press("F2")
    yield lambda: sees("search_screen") and settled(day)()
    type_keys("カツラギ 3450312")
    yield settled(day)
    yield from picture(day, "manual-search")
    yield from sign_out(day)
    yield from sign_in(day, WARD)
    yield from open_screen(day, "ward_book")
    yield lambda: settled(day)() and rows("life_table") > 0
    yield from picture(day, "manual-ward-book")
    yield from visit(day, "ward_requests")
    yield from open_screen(day, "corrections")
    yield settled(day)
    type_keys("1124-003")
    press("Enter")
    yield settled(day)
    yield from picture(day, "manual-corrections")
    yield from sign_out(day)
    yield from sign_in(day, ADMINISTRATOR)
    yield from open_screen(day, "call_answers")
    yield lambda: settled(day)() and rows("call_answers_table") > 0
    yield from picture(day, "manual-call-answers")
    yield from sign_out(day)
    yield lambda: in_field("sign_in_id")


def ask_the_ward(day: Day) -> Script:
    """連絡票 of the day's call, for the page where the ward reads it."""
    yield from open_screen(day, "calls")
    yield lambda: rows("calls_table") > 0 and settled(day)()
    find("calls_table", QTableView).setFocus()
    press("Alt+R")
    yield lambda: focus_name() == "kind"
    type_keys("1")
    yield from to_words()
    type_keys("申請書を郵送してください。")
    press("Ctrl+Enter")
    yield lambda: not sees("form_dialog") and settled(day)()


def to_words() -> Script:
    """On to the field for free words of a form, over what is filled in already."""
    yield lambda: True
    while focus_name() != "words":
        here = focus_name()
        press("Enter")
        yield partial(_left, here)


def _left(field: str) -> bool:
    return focus_name() not in ("", field)


def report_incident(day: Day) -> Script:
    """An invented おそれ, reported as anybody does."""
    day.station.window.open_screen("incidents", {})
    yield lambda: sees("incidents_screen") and settled(day)()
    press("F6")
    yield lambda: focus_name() == "kind"
    type_keys("1")
    yield from to_words()
    type_keys("保管庫から出した届出1枚の置き場が、記録と違っていた。すぐに見つかった。")
    press("Ctrl+Enter")
    yield lambda: not sees("form_dialog") and settled(day)()
    yield from picture(day, "manual-incidents")


def places_of(day: Day) -> dict[str, Place]:
    """What of a window is shown: of the work the page, of the first window the card (the people of the training room stand
    beside it), of what all pages have the window or the first half of its last line, of the telephone what lies over the page,
    of the lock its card."""
    work, first, lock = day.station.window, day.station.sign_in, day.station.window.lock_page
    left, top, right, bottom = _place(work.status_bar, work)
    return {
        "": _place(work.pages, work),
        "common": _place(work.work, work),
        "status": (left, top, (left + right) // 2, bottom),
        "sign_in": _place(find_part(first, "sign_in_card"), first, _MARGIN_PX, 3 * _MARGIN_PX),
        "call": _place(work.floating.overlay, work),
        "lock": _place(find_part(lock, "lock_card"), work, _MARGIN_PX, _MARGIN_PX),
    }


def find_part(window: QWidget, name: str) -> QWidget:
    """Also one that is hidden now. Raises TourFault when there is none."""
    part = window.findChild(QWidget, name)
    if not isinstance(part, QWidget):
        raise TourFault(f"no part named {name}")
    return part


def _place(part: QWidget, window: QWidget, sides: int = 0, ends: int = 0) -> Place:
    """``sides`` and ``ends``: what stands around it, left and right, above and below (a card grows with what it says)."""
    corner = part.mapTo(window, QPoint(0, 0))
    right, bottom = corner.x() + part.width(), corner.y() + part.height()
    return corner.x() - sides, corner.y() - ends, right + sides, bottom + ends


def write_pictures(taken: Path, folder: Path, places: Mapping[str, Place]) -> int:
    """Every picture of the manual from the tour's in ``taken``; gives how many bytes they are. ``places``: what of each is shown,
    by its name, under "" for the others. Raises FileNotFoundError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    colours = Image.new("P", (1, 1))
    colours.putpalette([part for colour in _COLOURS for part in colour] * (256 // len(_COLOURS)))
    size = 0
    for name, source in WANTED.items():
        found = sorted(taken.glob(f"[0-9][0-9]-{source}.png"))
        if not found:
            raise FileNotFoundError(source)
        with Image.open(found[0]) as whole:
            cut = whole.convert("RGB").crop(places.get(name, places[""]))
        target = folder / f"{name}.png"
        target.write_bytes(_png(cut.quantize(palette=colours, dither=Image.Dither.NONE)))
        size += target.stat().st_size
    return size


def _png(picture: Image.Image) -> bytes:
    """A picture of ``_COLOURS``, two pixels in a byte and no line filtered (PNG, ISO/IEC 15948: colour type 3, filter 0): with so
    few colours that is a sixth less than Pillow's own, which filters whatever it packs."""
    width, height = picture.size
    pixels = picture.tobytes()
    lines = (pixels[at : at + width] + b"\0" for at in range(0, width * height, width))
    packed = b"".join(
        b"\0" + bytes(left << 4 | right for left, right in zip(line[:width:2], line[1::2], strict=True)) for line in lines
    )
    squeezed = zlib.compressobj(9, strategy=zlib.Z_FILTERED)
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 4, 3, 0, 0, 0)),
        (b"PLTE", bytes(part for colour in _COLOURS for part in colour)),
        (b"IDAT", squeezed.compress(packed) + squeezed.flush()),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )
