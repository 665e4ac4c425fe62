"""内容: both sides of one sheet as they will come out, what stands in the way, and every step so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nhi_center.domain.certificate_blocks import Block
from nhi_center.domain.certificate_jobs import SPOIL_REASONS, Job, Step
from nhi_center.domain.operators import Session
from nhi_center.domain.print_jobs import SPOOLER_WORDS
from nhi_center.printing.preview import PageImage
from nhi_center.services import certificate_printing as printing
from nhi_center.services import certificates as service
from nhi_center.services.certificates import QueueRow
from nhi_center.services.office import Office
from nhi_center.ui.certificates.page_view import PageView
from nhi_center.ui.common.dialogs import Answer, ask
from nhi_center.ui.common.name_view import NamePainter, NameView
from nhi_center.ui.common.styling import words

MOST_STEPS = 8
_NOTES = {
    "judged": "確かめ直し",
    "asked": "保留・照会",
    "returned": "区の差戻し",
    "withdrawn": "取下げ",
    "restart": "再開のあと",
    "not_printed": "印刷できず",
    "no_sheet": "紙が出ず",
    "taken_back": "報告の取消し",
    "spooler_unknown": "印刷サーバーに記録なし",
    **{f"spooler_{state}": f"印刷サーバー: {word}" for state, word in SPOOLER_WORDS.items()},
}


@dataclass(frozen=True, slots=True)
class Contents:
    """Read in a lane: the pages (none when nothing can be printed) and the steps with names."""

    row: QueueRow
    pages: tuple[PageImage, ...]
    dots_per_mm: float
    steps: tuple[tuple[Step, str], ...]


def read_contents(office: Office, session: Session, row: QueueRow, dots_per_mm: float) -> Contents:
    """Draws the pages: run it in the print lane."""
    sides = range(2) if row.drawable else ()
    pages = tuple(printing.preview(office, session, row.job.id, side, dots_per_mm) for side in sides)
    return Contents(row, pages, dots_per_mm, service.steps(office, session, row.job.id))


def why(job: Job) -> tuple[str, ...]:
    """What stands in the way, a sentence each; the character without a glyph by its code."""
    sentences = [block.sentence for block in job.blocks]
    if Block.GLYPH in job.blocks and job.detail:
        sentences.append(f"字形のない文字: {job.detail}")
    return tuple(sentences)


def spooler_words(job: Job) -> str:
    """What the spooler last said of this sheet, with its own number; "" when it has none."""
    return f"印刷サーバー {job.spooled}番: {SPOOLER_WORDS[job.spooler]}" if job.spooled else ""


def open_contents(parent: QWidget, contents: Contents, glyphs: NamePainter) -> None:
    """A dialog with everything about one sheet."""
    job = contents.row.job
    words_ = f"{job.state.label} {job.serial}".strip()
    dialog = ask(parent, job.kind.full_title, words_, (Answer("閉じる"),), body=ContentsView(contents, glyphs))
    dialog.setMinimumSize(dialog.sizeHint())  # both sides of the sheet, whatever Qt would make of a small screen
    dialog.buttons[0].setFocus()


class ContentsView(QWidget):
    """The body of the dialog."""

    def __init__(self, contents: Contents, glyphs: NamePainter) -> None:
        super().__init__()
        self.setObjectName("certificates_contents")
        self.setMinimumWidth(760)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        row = contents.row
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(NameView(glyphs, 22, row.name, object_name="certificates_contents_name"))
        head.addWidget(words(f"{row.insured_number}  {row.origin}", "secondary"))
        head.addStretch(1)
        column.addLayout(head)
        if contents.pages:
            column.addLayout(self._pages(contents))
        if row.reissue_of:
            column.addWidget(words(f"無効にした {row.reissue_of} の再交付です。", "dense"))
        for sentence in why(row.job):
            column.addWidget(words(f"● {sentence}", "dense", wrap=True))
        if row.job.error:
            column.addWidget(words(f"いまの不具合: {row.job.error}", "dense", name="certificates_contents_error", wrap=True))
        if row.job.spooled:
            said = f"{spooler_words(row.job)}  {row.job.spooler_reasons}".strip()
            column.addWidget(words(said, "dense", name="certificates_contents_spooler", wrap=True))
        column.addWidget(words("これまで", "heading"))
        for line in _lines(contents.steps):
            column.addWidget(words(line, "secondary", wrap=True))

    def _pages(self, contents: Contents) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(12)
        for side, page in zip(("おもて", "うら"), contents.pages, strict=False):
            view = PageView(f"certificates_contents_{'front' if side == 'おもて' else 'back'}", side)
            view.set_page(page, contents.dots_per_mm)
            width, height = view.millimetres
            scale = view.logicalDpiX() / 25.4
            room = min(1.0, 360 / (height * scale))
            view.setFixedSize(round(width * scale * room) + 4, round(height * scale * room) + 4)
            row.addWidget(view)
        row.addStretch(1)
        return row


def _lines(steps: Sequence[tuple[Step, str]]) -> list[str]:
    lines = []
    for step, name in steps[-MOST_STEPS:]:
        note = _NOTES.get(step.note, SPOIL_REASONS.get(step.note, ""))
        parts = (step.at[11:16], step.to.label, step.serial, note, name)
        lines.append("  ".join(part for part in parts if part))
        if step.error:
            lines.append(f"● {step.error}")
    return lines
