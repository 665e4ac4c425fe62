from __future__ import annotations

import io
import subprocess
from dataclasses import replace
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from nhi_center.errors import EnvironmentTrouble, OperatorError
from nhi_center.printing.documents import protect, render
from nhi_center.printing.preview import page_count, render_page
from nhi_center.printing.sheets import (
    CoverBatch,
    CoverLine,
    CoverSheet,
    ListColumn,
    ListPart,
    ListSheet,
    ReceiptLine,
    SummaryTable,
)
from tests.printing.samples import CARD, RECEIPT, SUMMARY


def _text(pdf: bytes) -> str:
    return subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()


def test_a_receipt_is_made_for_both_sides() -> None:
    pdf = render(RECEIPT)
    text = _text(pdf)
    assert page_count(pdf) == 2
    for expected in ("葛\U000e0102城", "辻\U000e0102", "S-000413 から S-000416", "ab" * 32, "cd" * 32):
        assert text.count(expected) == 2
    assert all(expected in text for expected in ("受領証", "R-20261124-02", "受託者 → 区"))
    assert "区 保管用" in text
    assert "受託者 保管用" in text
    totals = [line.split() for line in text.splitlines() if line.strip().startswith("合計")]
    assert totals == [["合計", "6", "9"]] * 2


def test_a_long_receipt_goes_on_to_the_next_page() -> None:
    long = replace(RECEIPT, lines=tuple(ReceiptLine(f"書類{number}", 1, 1) for number in range(60)))
    pdf = render(long)
    text = _text(pdf)
    assert page_count(pdf) == 6
    assert "受領証(続き)" in text
    assert all(f"書類{number} " in text for number in range(60))


def test_the_monthly_report_holds_its_tables_and_chart() -> None:
    text = _text(render(SUMMARY))
    for expected in (
        "処理状況報告書",
        "令和8年11月分",
        "辻\U000e0102",
        "412",
        "資格喪失届",
        "該当はありません。",
        "58件",
        "0件",
        "用紙切れ",
    ):
        assert expected in text


def test_a_report_refuses_what_it_cannot_print() -> None:
    with pytest.raises(OperatorError) as refused:
        render(replace(SUMMARY, made_by="邉\U000e0102\u3000見本"))
    assert "U+E0102" in refused.value.message
    with pytest.raises(OperatorError) as long:
        render(replace(SUMMARY, tables=(SummaryTable("表", ("様式", "件"), (("あ" * 400, "1"),)),)))
    assert long.value.field == "様式"


def test_protected_documents_open_with_their_password_alone() -> None:
    plain = render(SUMMARY)
    sealed = protect(plain, "見本の合言葉 2026-11")
    for wrong in ("", "見本の合言葉 2026-10"):
        with pytest.raises(pikepdf.PasswordError):
            pikepdf.open(io.BytesIO(sealed), password=wrong)
    with pikepdf.open(io.BytesIO(sealed), password="見本の合言葉 2026-11") as opened:
        assert opened.encryption.R == 6
        assert opened.encryption.bits == 256
        assert opened.user_password_matched
        assert not opened.owner_password_matched
    with pypdfium2.PdfDocument(sealed, password="見本の合言葉 2026-11") as document:
        assert "処理状況報告書" in document[0].get_textpage().get_text_range()
    assert "処理状況報告書".encode("utf-16-be") not in sealed


@pytest.mark.parametrize("password", ["", " " * 12, "short"])
def test_a_weak_password_is_refused(password: str) -> None:
    with pytest.raises(OperatorError) as refused:
        protect(render(SUMMARY), password)
    assert refused.value.field == "password"


def test_preview_pixels(tmp_path: Path) -> None:
    path = tmp_path / "card.pdf"
    path.write_bytes(render((CARD,)))
    image = render_page(path, 0, dots_per_mm=4)
    assert image.width == pytest.approx(344, abs=1)
    assert image.height == pytest.approx(216, abs=1)
    assert len(image.pixels) == image.width * image.height * 4
    assert image.pixels != render_page(path, 1, dots_per_mm=4).pixels
    blue, green, red = image.pixels[:3]
    assert (red, green, blue) == (0xFF, 0xF4, 0xF1)
    with pytest.raises(IndexError):
        render_page(path, 2, dots_per_mm=4)
    path.write_bytes(b"%PDF-1.4 broken")
    with pytest.raises(EnvironmentTrouble) as trouble:
        render_page(path, 0, dots_per_mm=4)
    assert trouble.value.code == "PR-04"


def test_a_list_flows_over_pages_and_ends_with_its_boxes() -> None:
    people = tuple((f"k-{number:03}", "見本 葛󠄂子", "取扱者") for number in range(1, 61))
    columns = (ListColumn("ID", 40), ListColumn("氏名", 80, name=True), ListColumn("役割", 50))
    part = ListPart("従事者", columns, people, ("ここにいる人はすべて架空です。",))
    pdf = render(ListSheet("従事者名簿", "2026-11-24", "見本", (("受託者", "見本事務"),), (), (part,), ("区 受理", "取扱責任者")))
    text = _text(pdf)
    assert page_count(pdf) >= 2
    assert "k-060" in text
    assert "葛󠄂子" in text
    assert text.count("取扱責任者") == 1


def _covers(documents: int, name: str = "葛\U000e0102城 花子") -> CoverBatch:
    lines = tuple(CoverLine(f"S-{number:06}", "資格確認書", name, "令和9年7月31日") for number in range(1, documents + 1))
    home = CoverSheet(
        "1600022", "東京都新宿区見本町一丁目23番4号 見本ハイツ 1205号室", "辻\U000e0102 一郎", lines, "整理番号 0a1b2c3d"
    )
    return CoverBatch((home,), "令和8年11月24日", ("東京都新宿区 健康部", "医療保険年金課", "資格係(見本)"))


def test_a_cover_names_its_household_and_what_lies_under_it() -> None:
    text = _text(render(_covers(3)))
    for expected in (
        "〒160-0022",
        "辻\U000e0102 一郎",
        "同封した証 3枚",
        "S-000003",
        "葛\U000e0102城 花子",
        "資格係(見本)",
        "0a1b2c3d",
    ):
        assert expected in text
    assert "このページ" not in text


def test_the_thirteenth_document_goes_on_a_second_cover() -> None:
    pdf = render(_covers(13))
    assert page_count(pdf) == 2
    text = _text(pdf)
    assert text.count("〒160-0022") == text.count("同封した証 13枚") == 2
    assert "(このページは13枚目から13枚目)" in text
    assert text.count("S-000013") == 1


def test_a_cover_with_a_glyph_no_font_has_is_not_made() -> None:
    with pytest.raises(OperatorError) as caught:
        render(_covers(1, name="\U000323af"))
    assert caught.value.code == "glyph"


@pytest.mark.parametrize("rows", [0, *range(8, 40)])
def test_the_boxes_to_sign_stand_under_the_last_table(rows: int) -> None:
    """However long the report is: a page with nothing but boxes could be signed for anything."""
    many = SummaryTable("届出・申請", ("様式", "件"), tuple((f"様式 {number}", "1") for number in range(rows)))
    last = SummaryTable("数えたもとの記録(行)", ("記録", "行"), (("管理票", "214"), ("電話", "91")))
    notes = tuple(f"操作記録の最後の指紋(SHA-256): {'abababab ' * 8}" for _note in range(4))
    pages = _pages(render(replace(SUMMARY, tables=(many, last), notes=notes, texts=(("翌月の予定", "準備"),))))
    assert ["区 収受" in page for page in pages] == [False] * (len(pages) - 1) + [True]
    assert "数えたもとの記録" in pages[-1]
    assert "特記事項" in pages[-1]


def test_a_last_table_longer_than_a_page_still_has_the_notes_over_the_boxes() -> None:
    long = SummaryTable("記録", ("記録", "行"), tuple((f"記録 {number}", "1") for number in range(64)))
    pages = _pages(render(replace(SUMMARY, tables=(long,))))
    assert len(pages) > 1
    assert "区 収受" in pages[-1]
    assert "特記事項" in pages[-1]


def _pages(pdf: bytes) -> list[str]:
    return _text(pdf).removesuffix("\f").split("\f")
