"""Names by their pixels: each variant differs from its base, and the field shows it too."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from nhi_center.ui.common.name_edit import NameEdit
from nhi_center.ui.common.name_view import NamePainter, NameView

VARIANTS = [("葛\U000e0102", "葛"), ("辻\U000e0102", "辻"), ("邉\U000e0110", "邉"), ("邊\U000e0109", "邊"), ("\U00020bb7", "吉")]
# In IPAmj these sequences name the very form the bare character has (Moji_Joho collection).
SAME_FORM = [("邉\U000e010f", "邉"), ("邊\U000e0108", "邊"), ("葛\U000e0103", "葛")]


def picture(glyphs: NamePainter, text: str) -> QImage:
    image = QImage(120, 48, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    glyphs.draw(painter, QRectF(4, 0, 112, 48), text, 36, QColor("black"))
    painter.end()
    return image


def ink(image: QImage) -> int:
    return sum(QColor(image.pixel(x, y)).value() < 128 for x in range(image.width()) for y in range(image.height()))


@pytest.mark.parametrize(("variant", "base"), VARIANTS)
def test_a_variant_is_drawn_as_another_glyph(glyphs: NamePainter, variant: str, base: str) -> None:
    drawn, plain = picture(glyphs, variant), picture(glyphs, base)
    assert drawn != plain
    assert ink(drawn) > 100
    assert abs(ink(drawn) - ink(plain)) < ink(plain)


@pytest.mark.parametrize(("sequence", "base"), SAME_FORM)
def test_a_glyph_by_id_has_the_weight_of_text(glyphs: NamePainter, sequence: str, base: str) -> None:
    """Both ways of drawing look the same, or a variant would stand out in its name by its weight."""
    by_id, by_text = ink(picture(glyphs, sequence)), ink(picture(glyphs, base))
    assert abs(by_id - by_text) <= by_text * 0.02


def test_a_missing_form_is_marked_and_reported(glyphs: NamePainter) -> None:
    assert glyphs.missing("見\U000e01ef本") == ("見\U000e01ef",)
    drawn = picture(glyphs, "見\U000e01ef")
    colours = [drawn.pixelColor(x, y) for x in range(120) for y in range(48)]
    red = sum(colour.red() > 180 and colour.green() < 90 for colour in colours)
    assert red > 20


@pytest.mark.parametrize("character", ["\u4eec", "\u9fa6", "\ud55c"])
def test_a_character_no_font_of_names_has_is_never_borrowed_from_another(glyphs: NamePainter, character: str) -> None:
    """Qt would draw it in whatever font the machine has, and the certificate could not be printed."""
    assert glyphs.missing(f"見{character}本") == (character,)
    drawn = picture(glyphs, character)
    colours = [drawn.pixelColor(x, y) for x in range(120) for y in range(48)]
    assert sum(colour.red() > 180 and colour.green() < 90 for colour in colours) > 20


def test_the_field_says_at_once_that_it_cannot_be_printed(qtbot: QtBot, glyphs: NamePainter) -> None:
    field = NameEdit("name", "氏名", glyphs)
    qtbot.addWidget(field)
    field.set_value("見本\u3000\u9fa6")
    assert "字形のない文字が 1 字" in field.problem


def test_the_font_qt_has_open_draws_what_the_file_draws(glyphs: NamePainter, monkeypatch: pytest.MonkeyPatch) -> None:
    """The 46 MB are not read a second time, and not one pixel differs."""
    fresh = NamePainter(glyphs._source)
    monkeypatch.setattr(fresh, "_opened", lambda _file, _pixels: None)
    for variant, _base in (*VARIANTS, *SAME_FORM):
        assert picture(glyphs, variant) == picture(fresh, variant)


def test_what_does_not_fit_ends_visibly(glyphs: NamePainter) -> None:
    assert picture(glyphs, "見本見本見本見本") != picture(glyphs, "見本見")


@pytest.mark.parametrize(("variant", "base"), VARIANTS[:4])
def test_the_field_shows_the_variant_while_it_is_edited(qtbot: QtBot, glyphs: NamePainter, variant: str, base: str) -> None:
    field = NameEdit("name", "氏名", glyphs)
    qtbot.addWidget(field)
    field.show()
    field.set_value(variant)
    shown = field.line.grab().toImage()
    field.set_value(base)
    assert shown != field.line.grab().toImage()
    field.line.selectAll()
    field.set_value(variant)
    assert shown == field.line.grab().toImage()


def test_a_name_is_heard_as_it_is_recorded(qtbot: QtBot, glyphs: NamePainter) -> None:
    view = NameView(glyphs, 20, "葛\U000e0102城")
    qtbot.addWidget(view)
    assert view.accessibleName() == "葛\U000e0102城"
    assert view.sizeHint().width() >= 40
