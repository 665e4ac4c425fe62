"""The 見本 of every kind: an invented person, all boxes outlined, from the command line."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pypdfium2
import pytest

from nhi_center.domain.certificate_kinds import Kind
from nhi_center.errors import OperatorError
from nhi_center.printing.certificates import preflight
from nhi_center.printing.invented import invented
from nhi_center.printing.layouts import layout_for
from nhi_center.printing.proof import make_proof
from nhi_center.services.certificate_proof import write_proof

NOW, THEN = date(2026, 11, 24), date(2020, 12, 1)


def day_of(kind: Kind) -> date:
    return THEN if kind.is_history else NOW


@pytest.mark.parametrize("kind", Kind)
def test_the_invented_person_fills_every_kind(kind: Kind) -> None:
    assert preflight(invented(kind, day_of(kind))).clear
    layout = layout_for(kind, day_of(kind))
    document = pypdfium2.PdfDocument(make_proof(kind, day_of(kind)))
    assert len(document) == len(layout.faces)
    front = document[0]
    words = front.get_textpage().get_text_range()
    assert "見本" in words
    keys = {field.key for field in layout.faces[0].fields}
    assert {key for key in keys if key in words} == keys
    rectangles = [one for one in front.get_objects() if one.type == 2]
    assert len(rectangles) >= len(layout.faces[0].fields) + len(layout.faces[0].labels)


def test_the_command_writes_one_file_and_says_what_it_cannot(tmp_path: Path) -> None:
    out = tmp_path / "proof.pdf"
    said = write_proof("korei", "2020-12-01", out)
    assert str(out) in said
    assert out.read_bytes().startswith(b"%PDF-")
    for kind, day, field in (
        ("x", "", "kind"),
        ("shikaku", "2024-12-01", "day"),
        ("shikaku", "明日", "day"),
        ("korei", "", "day"),
    ):
        with pytest.raises(OperatorError) as caught:
            write_proof(kind, day, tmp_path / "none.pdf")
        assert caught.value.field == field
        assert re.search("。$", caught.value.message)
    assert not (tmp_path / "none.pdf").exists()
