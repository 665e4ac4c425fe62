from __future__ import annotations

import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path

import pikepdf
import pytest

from nhi_center.domain.certificate_kinds import Kind
from nhi_center.errors import OperatorError
from nhi_center.printing.certificates import make_certificates, preflight, values_of
from nhi_center.printing.layouts import all_layouts, layout_for, problems
from nhi_center.printing.page import Box
from nhi_center.printing.preview import render_page
from tests.printing.samples import CARD, LIMIT

LONG = replace(
    CARD,
    name="MIHON MARIA ALEXANDRA DE LA CRUZ FERNANDEZ GUADALUPE",
    birth=date(1954, 12, 31),
    address="東京都新宿区西新宿七丁目１２３番４５号\u3000見本レジデンス新宿中央公園前ノースタワー２８０１号室",
    share="2割",
    limit_class="低所得II",
    remarks="戸籍上の氏名は 邊\U000e0108見本 𠮷太郎 です。",
)


def _text(pdf: bytes, tmp_path: Path) -> str:
    path = tmp_path / "made.pdf"
    path.write_bytes(pdf)
    read = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True)
    assert read.stderr == b""  # a damaged file is read all the same, with a complaint
    return read.stdout.decode()


@pytest.mark.parametrize("layout", all_layouts(), ids=lambda layout: f"{layout.kind}-{layout.version}")
def test_no_layout_has_text_that_leaves_its_box_or_touches_anything(layout: object) -> None:
    assert problems(layout) == ()  # type: ignore[arg-type]


def test_the_checker_sees_each_kind_of_fault() -> None:
    layout = layout_for(Kind.ELIGIBILITY, date(2026, 11, 24))
    front = layout.faces[0]

    def found(**changes: object) -> str:
        return "\n".join(problems(replace(layout, faces=(replace(front, **changes),))))  # type: ignore[arg-type]

    label, field, rule = front.labels[1], front.fields[0], front.rules[0]
    assert "wider than its box" in found(labels=(replace(label, box=replace(label.box, width=20.0)),))
    assert "higher than its box" in found(labels=(replace(label, box=replace(label.box, height=2.0)),))
    assert "overlaps" in found(fields=(field, replace(field, key="other")))
    assert "a line crosses" in found(rules=(replace(rule, start=(4.0, 17.0), end=(82.0, 17.0)),))
    assert "too near the edge" in found(fields=(replace(field, box=replace(field.box, x=80.0)),))
    assert "overlaps seal" in found(seal=Box(12.0, 15.0, 9.0, 9.0))
    assert "no room for 2 lines" in found(fields=(replace(front.fields[3], box=replace(front.fields[3].box, height=4.5)),))
    back = layout.faces[1]
    crossing = replace(layout, faces=(replace(back, fields=(replace(back.fields[0], box=Box(12, 16.9, 60, 5.6)),), labels=()),))
    assert "crosses a frame" in "\n".join(problems(crossing))


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_a_layout_of_the_right_size_while_it_is_in_use(kind: Kind) -> None:
    day = date(2020, 12, 1) if kind.is_history else date(2026, 11, 24)
    layout = layout_for(kind, day)
    assert kind.in_use(day)
    assert (layout.width, layout.height) == {"S": (86, 54), "A": (91, 127), "": (210, 297)}[kind.stock]
    assert layout.title == kind.full_title
    if kind in (Kind.ELIGIBILITY, Kind.NOTICE):
        with pytest.raises(LookupError):
            layout_for(kind, date(2024, 12, 1))


def test_before_2021_there_was_no_branch_number() -> None:
    assert "branch" not in layout_for(Kind.INSURED, date(2021, 3, 31)).keys
    assert "branch" in layout_for(Kind.INSURED, date(2021, 4, 1)).keys


def test_an_eligibility_certificate_reads_back(tmp_path: Path) -> None:
    text = _text(make_certificates((CARD,)), tmp_path)
    for expected in (
        "国民健康保険資格確認書", "00123456", "葛\U000e0102城", "見本子", "昭和45年3月12日", "令和8年11月1日", "令和9年7月31日",
        "令和8年11月24日", "渡邉\U000e010f", "𠮷左衛門", "法定負担割合のとおり", "138040", "東京都新宿区", "臓器提供意思表示欄",
    ):  # fmt: skip
        assert expected in text
    assert "2割" not in text


def test_a_limit_certificate_reads_back(tmp_path: Path) -> None:
    text = _text(make_certificates((LIMIT,)), tmp_path)
    for expected in ("国民健康保険限度額適用認定証", "適用区分", "ウ", "令和8年11月1日", "令和9年7月31日", "葛\U000e0102城"):
        assert expected in text


def test_from_70_the_share_and_the_first_day_are_printed() -> None:
    assert values_of(CARD)["valid_from"] == "*"
    elderly = values_of(LONG)
    assert (elderly["share"], elderly["valid_from"]) == ("2割", "令和8年11月24日")
    assert values_of(LIMIT)["valid_from"] == "令和8年11月1日"


@pytest.mark.parametrize(
    ("sheet", "item"),
    [
        (replace(CARD, acquired=None), "acquired"),
        (replace(CARD, sex="3"), "sex"),
        (replace(LONG, share=""), "share"),
        (replace(LIMIT, limit_class=""), "limit_class"),
    ],
)
def test_a_statutory_item_is_never_left_empty(sheet: object, item: str) -> None:
    with pytest.raises(ValueError, match=item):
        values_of(sheet)  # type: ignore[arg-type]


def test_a_batch_has_two_pages_a_sheet_of_its_own_size(tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    data = make_certificates((CARD, LIMIT, LONG), lambda done, total: steps.append((done, total)))
    path = tmp_path / "batch.pdf"
    path.write_bytes(data)
    with pikepdf.open(path) as document:
        sizes = [tuple(round(float(side) / 72 * 25.4) for side in page.MediaBox[2:]) for page in document.pages]
    assert sizes == [(86, 54)] * 2 + [(91, 127)] * 2 + [(86, 54)] * 2
    assert steps == [(1, 3), (2, 3), (3, 3)]


def test_one_card_is_small_and_a_batch_shares_fonts_and_artwork() -> None:
    assert len(make_certificates((CARD,))) < 90_000
    many = tuple(replace(CARD, branch=f"{number % 100:02d}") for number in range(200))
    assert len(make_certificates(many)) < 90_000 + 200 * 3_000


def test_only_a_training_print_says_sample_across_the_page(tmp_path: Path) -> None:
    marked, real = (_text(make_certificates((replace(CARD, sample=sample),)), tmp_path) for sample in (True, False))
    assert marked.count("見") > real.count("見")


def test_the_word_sample_is_pale_under_the_text_and_large() -> None:
    pale, dark = 0, 0
    pixels = render_page(make_certificates((CARD,)), 1, dots_per_mm=6).pixels
    for at in range(0, len(pixels), 4):
        blue, green, red = pixels[at : at + 3]
        pale += (red, green, blue) == (0xF8, 0xD3, 0xCF)
        dark += red > 0xC0 and green < 0x40
    assert pale > 86 * 54 * 36 * 0.04
    assert dark < 86 * 54 * 36 * 0.001


def test_preflight_names_what_stops_a_sheet() -> None:
    assert preflight(CARD).clear
    assert preflight(LONG).clear
    stopped = preflight(replace(CARD, name="邉\U000e0102\u3000見本", head_name="邉\U000e0102", address="新宿区" * 60))
    assert stopped.missing == ("邉\U000e0102",)
    assert stopped.too_long == ("address",)


@pytest.mark.parametrize(
    ("change", "code"), [({"name": "邉\U000e0102\u3000見本"}, "glyph"), ({"address": "新宿区" * 60}, "too_long")]
)
def test_nothing_is_made_of_a_sheet_that_does_not_print(change: dict[str, str], code: str) -> None:
    with pytest.raises(OperatorError) as refused:
        make_certificates((CARD, replace(CARD, **change)))  # type: ignore[arg-type]
    assert refused.value.code == code
    assert "見本" not in refused.value.message


def test_a_sheet_never_shows_its_person_in_a_traceback() -> None:
    assert "見本" not in repr(CARD)
