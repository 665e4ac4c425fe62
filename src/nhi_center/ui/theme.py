"""Colours, sizes and type of every window (デジタル庁デザインシステム tokens 1.1.9; contrast JIS X 8341-3 AA)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from nhi_center.errors import EnvironmentTrouble
from nhi_center.ui.common.style_sheet import STYLE_SHEET

TEXT = "#1a1a1a"
TEXT_SECONDARY = "#4d4d4d"
TEXT_DISABLED = "#767676"
PAGE = "#ffffff"
PANEL = "#f2f2f2"
LINE = "#cccccc"
LINE_STRONG = "#767676"
PRIMARY = "#0017c1"
PRIMARY_HOVER = "#00118f"
PRIMARY_PALE = "#e8f1fe"
RING_DARK = "#000000"
RING_LIGHT = "#ffd43d"
STATUS_PAGE = "#1a1a1a"

FAMILY = "BIZ UDGothic"
NAME_FAMILY = "IPAmjMincho"
BODY_PX, DENSE_PX, FIELD_PX, TITLE_PX = 16, 14, 18, 20
RADIUS_FIELD, RADIUS_PANEL = 4, 8
ROW_HEIGHT = 34
FIELD_HEIGHT = 40

_FONT_FOLDERS = (Path("/usr/share/fonts/truetype/bizud-gothic"), Path("/usr/share/fonts/opentype/bizud-gothic"))


class Tone(StrEnum):
    """What a coloured part says; a word and a sign always stand beside the colour."""

    PLAIN = "plain"
    INFO = "info"
    DONE = "done"
    WARNING = "warning"
    ERROR = "error"
    TRAINING = "training"


@dataclass(frozen=True, slots=True)
class ToneColours:
    text: str
    page: str
    line: str
    sign: str


TONES = {
    Tone.PLAIN: ToneColours(TEXT_SECONDARY, PANEL, LINE_STRONG, ""),
    Tone.INFO: ToneColours(PRIMARY, PRIMARY_PALE, "#7096f8", ""),
    Tone.DONE: ToneColours("#115a36", "#e6f5ec", "#71c598", "✓"),
    Tone.WARNING: ToneColours("#8b3200", "#ffeee2", "#ff8d44", "▲"),
    Tone.ERROR: ToneColours("#a90000", "#fdeeee", "#ff7171", "●"),
    Tone.TRAINING: ToneColours("#4d3f00", "#fbf0b2", "#b78f00", ""),
}


def font(pixels: int, *, bold: bool = False, family: str = FAMILY) -> QFont:
    """A font by its size in device-independent pixels, so that every scale keeps the same picture."""
    made = QFont(family)
    made.setPixelSize(pixels)
    made.setBold(bold)
    return made


def install(application: QApplication) -> None:
    """Fonts, Qt's Japanese texts, palette and style sheet. Raises EnvironmentTrouble FT-01 when the type is missing."""
    _require_fonts()
    translator = QTranslator(application)
    if translator.load(
        QLocale(QLocale.Language.Japanese), "qtbase", "_", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    ):
        application.installTranslator(translator)
    QLocale.setDefault(QLocale(QLocale.Language.Japanese, QLocale.Country.Japan))
    application.setStyle("Fusion")
    application.setPalette(_palette())
    application.setFont(font(BODY_PX))
    application.setStyleSheet(STYLE_SHEET)


def _require_fonts() -> None:
    if FAMILY in QFontDatabase.families():
        return
    for folder in _FONT_FOLDERS:
        for file in sorted(folder.glob("BIZUDGothic-*.ttf")):
            QFontDatabase.addApplicationFont(str(file))
    if FAMILY not in QFontDatabase.families():
        raise EnvironmentTrouble(
            "FT-01",
            "画面の文字(BIZ UDゴシック)がこの端末にありません。データは無事です。"
            "管理者に fonts-morisawa-bizud-gothic の導入を頼んでください。",
        )


def _palette() -> QPalette:
    palette = QPalette()
    for role, colour in (
        (QPalette.ColorRole.Window, PAGE),
        (QPalette.ColorRole.Base, PAGE),
        (QPalette.ColorRole.AlternateBase, PANEL),
        (QPalette.ColorRole.Button, PAGE),
        (QPalette.ColorRole.WindowText, TEXT),
        (QPalette.ColorRole.Text, TEXT),
        (QPalette.ColorRole.ButtonText, TEXT),
        (QPalette.ColorRole.Highlight, PRIMARY),
        (QPalette.ColorRole.HighlightedText, PAGE),
        (QPalette.ColorRole.PlaceholderText, TEXT_DISABLED),
        (QPalette.ColorRole.ToolTipBase, PAGE),
        (QPalette.ColorRole.ToolTipText, TEXT),
    ):
        palette.setColor(role, QColor(colour))
    palette.setColor(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text, QColor(TEXT_DISABLED))
    return palette


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours (WCAG 2.2, 1.4.3)."""

    def luminance(name: str) -> float:
        colour = QColor(name)
        parts = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in colour.getRgbF()[:3]]  # type: ignore[index]
        return float(0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2])

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
