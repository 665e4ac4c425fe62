"""The workbook by itself: what other people's programs read in it, and that nothing of it lies anywhere in clear."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from datetime import date, datetime
from pathlib import Path
from typing import Any

import olefile
import openpyxl
import pytest
from msoffcrypto.exceptions import InvalidKeyError
from msoffcrypto.format.ooxml import OOXMLFile

from nhi_center.printing.sheets import BookTable, PdfJob, Workbook
from nhi_center.printing.workbook import EMPTY, FONT, closed_workbook

PASSWORD = "MH0N-PASS-W0RD-0000"
NAME = "見本\u3000葛\U000e0101\U00020bb7飾"
"""A variation sequence and a character beyond the first 65,536."""

PRINTED = Workbook(
    title="処理状況報告書 & 見本",
    pairs=(("報告番号", "M-202611-T04"), ("数えた日時", datetime(2026, 11, 24, 9, 5)), ("気づき", "=1+1")),
    tables=(
        BookTable("届出・申請[種類別]", ("種類", "受付", "日"), (("資格取得届", 1234, date(2026, 11, 24)),), ("合計", 1234, "")),
        BookTable("届出・申請(種類別)", ("氏名", "枚"), ((NAME, 2), ('=HYPERLINK("x")', 0), ("+81", -3))),
        BookTable("前月修正", ("項目", "差"), ()),
        BookTable("長い名前の表" * 8, tuple(f"列{number}" for number in range(12)), (tuple(range(12)),)),
        BookTable("長い名前の表" * 8, ("一",), (("A",),)),
    ),
)


def opened(data: bytes, password: str = PASSWORD) -> Any:
    """As somebody else's program reads it."""
    file, plain = OOXMLFile(io.BytesIO(data)), io.BytesIO()
    file.load_key(password=password, verify_password=True)
    file.decrypt(plain, verify_integrity=True)
    return openpyxl.load_workbook(plain)


@pytest.fixture(scope="module")
def data() -> bytes:
    return closed_workbook(PRINTED, PASSWORD)


def test_it_is_closed_as_excel_closes_it(data: bytes) -> None:
    """[MS-OFFCRYPTO] 2.3.4.10: AES-256 in CBC, SHA-512, 100,000 rounds."""
    with olefile.OleFileIO(io.BytesIO(data)) as compound:
        told = compound.openstream("EncryptionInfo").read()
    assert told[:8] == bytes((4, 0, 4, 0, 0x40, 0, 0, 0))
    root = ET.fromstring(told[8:])
    (key,) = root.iter("{http://schemas.microsoft.com/office/2006/encryption}keyData")
    (by_password,) = root.iter("{http://schemas.microsoft.com/office/2006/keyEncryptor/password}encryptedKey")
    for one in (key, by_password):
        found = (one.get("cipherAlgorithm"), one.get("keyBits"), one.get("cipherChaining"), one.get("hashAlgorithm"))
        assert found == ("AES", "256", "ChainingModeCBC", "SHA512")
    assert by_password.get("spinCount") == "100000"


@pytest.mark.parametrize("wrong", ["wrong-password-of-nobody", PASSWORD.lower(), PASSWORD[:-1]])
def test_another_password_opens_nothing(data: bytes, wrong: str) -> None:
    with pytest.raises(InvalidKeyError):
        opened(data, wrong)


def test_a_changed_byte_is_found(data: bytes) -> None:
    with olefile.OleFileIO(io.BytesIO(data)) as compound:
        place = data.index(compound.openstream("EncryptedPackage").read()[4096:4128])
    with pytest.raises(InvalidKeyError):
        opened(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])


def test_a_short_password_makes_none() -> None:
    with pytest.raises(ValueError, match="password"):
        closed_workbook(PRINTED, "short")


def test_numbers_days_and_names_are_what_they_were(data: bytes) -> None:
    book = opened(data)
    cover, kinds, names, empty, _wide, _again = book.worksheets
    assert (cover.title, cover["A1"].value) == ("表紙", PRINTED.title)
    said = {row[0].value: row[1] for row in cover.iter_rows(min_row=3)}
    assert said["数えた日時"].value == datetime(2026, 11, 24, 9, 5)
    assert said["注意"].value == "見本(訓練)"
    assert [cell.value for cell in kinds[1]] == ["種類", "受付", "日"]
    assert [cell.value for cell in kinds[2]] == ["資格取得届", 1234, datetime(2026, 11, 24)]
    assert [cell.value for cell in kinds[3]] == ["合計", 1234, ""]
    assert (kinds["B2"].number_format, kinds["C2"].number_format) == ("#,##0", "yyyy/mm/dd")
    assert names["A2"].value == NAME
    assert [names["B2"].value, names["B4"].value] == [2, -3]
    assert (empty["A1"].value, empty["A2"].value) == ("項目", EMPTY)


def test_what_looks_like_a_formula_is_words(data: bytes) -> None:
    book = opened(data)
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s", "n", "d"}
    risky = [cell for cell in cells if str(cell.value).startswith(("=", "+"))]
    assert {cell.value for cell in risky} == {"=1+1", '=HYPERLINK("x")', "+81"}
    assert all(cell.data_type == "s" and cell.quotePrefix for cell in risky)


def test_every_sheet_has_its_name_its_head_and_its_paper(data: bytes) -> None:
    book = opened(data)
    titles = book.sheetnames
    assert titles[:4] == ["表紙", "届出・申請(種類別)", "届出・申請(種類別)(2)", "前月修正"]
    assert len(set(titles)) == len(titles) == len(PRINTED.tables) + 1
    assert max(map(len, titles)) <= 31
    for sheet in book.worksheets:
        assert str(sheet.page_setup.paperSize) == sheet.PAPERSIZE_A4
        assert "処理状況報告書 && 見本" in sheet.oddHeader.left.text
        assert {cell.font.name for row in sheet.iter_rows() for cell in row if cell.value is not None} == {FONT}
    for sheet in book.worksheets[1:]:
        assert sheet.freeze_panes == "A2"
        assert sheet.print_title_rows == "$1:$1"
        assert sheet["A1"].font.bold
    kinds, names, wide = (book.worksheets[at] for at in (1, 2, 4))
    assert kinds.column_dimensions["A"].width >= 12 > kinds.column_dimensions["B"].width
    assert names.column_dimensions["A"].width >= 15
    assert (kinds.page_setup.orientation, wide.page_setup.orientation) == ("portrait", "landscape")


_MAKE = """
import json, sys
sys.path[:0] = {path!r}
from pathlib import Path
from nhi_center.printing.produce import produce
from tests.printing.test_workbook import PASSWORD, PRINTED
from nhi_center.printing.sheets import PdfJob
folder = Path({folder!r})
opened = []
def watch(event, arguments):
    if event == "open" and isinstance(arguments[0], (str, bytes)) and isinstance(arguments[2], int) and arguments[2] & 0o3:
        opened.append(str(arguments[0]))
    if event in ("tempfile.mkstemp", "tempfile.mkdtemp"):
        opened.append(event)
sys.addaudithook(watch)
produce(PdfJob(PRINTED, folder / "closed", PASSWORD, encrypted=True))
print(json.dumps(opened))
"""


def test_nothing_but_the_closed_file_is_ever_opened_to_write(tmp_path: Path) -> None:
    """Every file that the process opens for writing, from within: the draft beside the target alone, and no temporary file."""
    root = Path(__file__).parents[2]
    code = _MAKE.format(path=[str(root / "src"), str(root)], folder=str(tmp_path))
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    run = subprocess.run([sys.executable, "-B", "-c", code], capture_output=True, text=True, check=True, env=environment)
    names = [Path(one).name for one in json.loads(run.stdout)]
    assert [file.name for file in tmp_path.iterdir()] == ["closed"]
    assert names
    assert all("closed" in one for one in names)
    assert opened((tmp_path / "closed").read_bytes()).sheetnames[0] == "表紙"


def test_a_workbook_is_never_made_open(tmp_path: Path) -> None:
    from nhi_center.printing.produce import produce

    with pytest.raises(ValueError, match="password"):
        produce(PdfJob(PRINTED, tmp_path / "open"))
    assert list(tmp_path.iterdir()) == []
