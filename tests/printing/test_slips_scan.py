"""Every label of a full page is read as an office scanner sees it: 200 dpi, grain, a page that lies crooked, faint toner."""

from __future__ import annotations

import random
import uuid
from datetime import date
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from PIL import Image, ImageEnhance, ImageFilter

from nhi_center.domain import slip_codes
from nhi_center.errors import OperatorError
from nhi_center.printing.sheets import AS_LAID_OUT, SlipBatch, SlipLabel
from nhi_center.printing.slips import slips_document

DPI = 200
DAY = "2026-11-24"
ROTATIONS = (-7.0, -2.0, 0.0, 1.5, 5.0, 90.0, 180.0)


def labels(many: int, seed: int = 1) -> tuple[SlipLabel, ...]:
    """Invented, the same every time; the last ones have numbers of four figures."""
    ids = random.Random(seed)
    numbers = [f"1124-{number:03d}" for number in (*range(1, many - 1), 999, 1000)]
    return tuple(
        SlipLabel(
            number,
            "国民健康保険限度額適用・標準負担額減額認定申請書",
            slip_codes.bar_content(DAY, number),
            f"{slip_codes.PREFIX}{uuid.UUID(int=ids.getrandbits(128), version=4)}",
        )
        for number in numbers
    )


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> tuple[tuple[SlipLabel, ...], Image.Image]:
    made = labels(10)
    path: Path = tmp_path_factory.mktemp("slips") / "slips.pdf"
    path.write_bytes(slips_document(SlipBatch(made, "令和8年11月24日 第1便", sample=True), AS_LAID_OUT))
    return made, pypdfium2.PdfDocument(path)[0].render(scale=DPI / 72).to_pil().convert("L")


def scanned(page: Image.Image, degrees: float, *, grain: int = 40, contrast: float = 1.0, blur: float = 0.0) -> Image.Image:
    """As it comes from the glass: turned, blurred, faint, with the grain of a cheap scanner (the same one every time)."""
    turned = page.rotate(degrees, expand=True, fillcolor=255, resample=Image.Resampling.BICUBIC)
    turned = ImageEnhance.Contrast(turned.filter(ImageFilter.GaussianBlur(blur)) if blur else turned).enhance(contrast)
    noise = Image.frombytes("L", turned.size, random.Random(7).randbytes(turned.width * turned.height))
    return Image.blend(turned, noise, grain / 255)


def right(text: str) -> bool:
    """Whether the workstation takes it for a number of a 管理票; a misreading must not be."""
    try:
        slip_codes.read(text, date.fromisoformat(DAY))
    except OperatorError:
        return False
    return True


def read(image: Image.Image) -> dict[str, set[str]]:
    """By kind of code what is read and taken for a 管理票."""
    found: dict[str, set[str]] = {"Code128": set(), "QRCode": set()}
    for code in zxingcpp.read_barcodes(image):
        if right(code.text):
            found[code.format.name].add(code.text)
    return found


@pytest.mark.parametrize("degrees", ROTATIONS)
def test_every_label_is_read_by_its_bars_and_by_its_square(
    page: tuple[tuple[SlipLabel, ...], Image.Image], degrees: float
) -> None:
    made, image = page
    found = read(scanned(image, degrees))
    assert found["QRCode"] == {label.qr for label in made}
    assert found["Code128"] == {label.bars for label in made}


@pytest.mark.parametrize(("grain", "contrast", "blur"), [(90, 1.0, 0.0), (40, 0.35, 0.0), (30, 0.7, 0.8)])
def test_a_poor_page_is_read_by_one_of_the_two_at_least(
    page: tuple[tuple[SlipLabel, ...], Image.Image], grain: int, contrast: float, blur: float
) -> None:
    made, image = page
    found = read(scanned(image, 2.0, grain=grain, contrast=contrast, blur=blur))
    for label in made:
        assert label.qr in found["QRCode"] or label.bars in found["Code128"], label.number


def test_bars_and_square_are_as_large_as_a_hand_scanner_needs(page: tuple[tuple[SlipLabel, ...], Image.Image]) -> None:
    """A module of the bars is at least 0.25 mm (10 mil), one of the square 0.4 mm, and the number can be read by eye."""
    _made, image = page
    for code in zxingcpp.read_barcodes(image):
        place = code.position
        width_mm = abs(place.top_right.x - place.top_left.x) / DPI * 25.4
        modules = 11 * (2 + len(code.text) // 2) + 13 if code.format.name == "Code128" else 37
        assert width_mm / modules >= (0.25 if code.format.name == "Code128" else 0.4), code.text


def test_a_misreading_that_code128_takes_for_right_is_not_taken_for_a_slip() -> None:
    """20 26 11 as 89 26 91: the weighted sums differ by 3 x 103."""
    bars = slip_codes.bar_content(DAY, "1124-001")
    assert bars.startswith("202611240001")
    assert not right(f"892691{bars[6:]}")
