"""``nhi-center forms check``: the ward's own definitions, as real files through the command line."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from nhi_center import resources
from nhi_center.cli import app
from nhi_center.domain.forms.place import FormFault
from nhi_center.errors import OperatorError
from nhi_center.services import forms


@pytest.fixture
def ward(tmp_path: Path) -> Path:
    """Copies as the ward would begin with."""
    for name in ("items.toml", "forms/F02.toml", "forms/F05.toml", "forms/header.toml"):
        shutil.copy(resources.path(name), tmp_path)
    return tmp_path


def change(file: Path, before: str, after: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after, 1), encoding="utf-8")


def checked(folder: Path) -> Result:
    return CliRunner().invoke(app, ["forms", "check", str(folder)])


def faults(result: Result) -> list[str]:
    return [line.removeprefix("誤り ") for line in result.stdout.splitlines() if line.startswith("誤り ")]


def test_good_copies_are_listed_with_their_dates(ward: Path) -> None:
    result = checked(ward)
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert (
        f"F02.toml F02 資格取得届(社保離脱など) 2024-12-02~ 欄 {len(list(forms.form('F02', '2026-11-24').fields()))} 区の写し"
        in lines
    )
    assert sum(line.endswith("標準") for line in lines) == 21
    assert lines[-1] == "様式 23、区の写し 4、誤り 0"


def test_every_fault_of_every_file_is_told(ward: Path) -> None:
    change(ward / "items.toml", 'label = "受付方法"\ntype = "choice"', 'label = "受付方法"\ntype = "choise"')
    change(ward / "F02.toml", 'item = "sex"', 'item = "seks"')
    change(ward / "F02.toml", 'effect = "acquire"', 'effect = "destroy"')
    change(ward / "F05.toml", 'fact = "moved_out"', 'fact = "moved"')
    (ward / "item.toml").write_text("", encoding="utf-8")
    result = checked(ward)
    assert result.exit_code == 1
    found = faults(result)
    assert [line.partition("]")[0] for line in found] == [
        "item.toml [-",
        "items.toml [channel",
        "F02.toml [form",
        "F02.toml [pages.content",
    ]
    assert "seks: items.toml に無い情報項目です。" in found[-1]
    change(ward / "items.toml", "choise", "choice")
    assert "F05.toml [form] fact: date の欄を指してください。" in faults(checked(ward))


@pytest.mark.parametrize(
    ("spoil", "where"),
    [
        ("title = 資格", "1行目の9字目"),
        ('id = "F02"\nid = "F02"\ntitle = "届"\n', "2行目の11字目"),
        ('id = "F02"\n\nnotes = [\n    "一つ",\n', "4行目(ファイルの終わり)"),
    ],
)
def test_what_is_no_toml_is_told_with_its_line(ward: Path, spoil: str, where: str) -> None:
    (ward / "F02.toml").write_text(spoil, encoding="utf-8")
    change(ward / "F05.toml", "row = 3", "row = 9")
    result = checked(ward)
    assert result.exit_code == 1
    assert f"F02.toml [TOML] {where}: 書き方が正しくありません" in result.stdout
    assert "F05.toml [pages.household] number" in result.stdout, "the other files are checked all the same"


def test_forms_are_judged_although_the_shared_file_does_not_read(ward: Path) -> None:
    (ward / "items.toml").write_bytes("受付".encode("shift_jis"))
    change(ward / "F05.toml", "width = 9", "width = 10")
    assert [line.split()[0] for line in faults(checked(ward))] == ["items.toml", "F05.toml"]


def test_two_versions_of_a_form_must_not_overlap(ward: Path) -> None:
    shutil.copy(ward / "F02.toml", ward / "F02-2027.toml")
    change(ward / "F02-2027.toml", "valid_from = 2024-12-02", "valid_from = 2027-04-01")
    assert any("期間が重なっています" in line for line in faults(checked(ward)))
    change(ward / "F02.toml", "valid_from = 2024-12-02", "valid_from = 2024-12-02\nvalid_until = 2027-03-31")
    assert checked(ward).exit_code == 0
    both = forms.catalogue_of(ward)
    assert both.get("F02", date(2027, 3, 31)).valid_until == date(2027, 3, 31)
    assert both.get("F02", date(2027, 4, 1)).valid_until is None


def test_a_folder_is_read_whole_or_not_at_all(ward: Path) -> None:
    change(ward / "F05.toml", 'title = "資格喪失届(転出・死亡)"', 'title = "資格喪失届(区の様式)"')
    assert forms.catalogue_of(ward).get("F05", date(2026, 11, 24)).title == "資格喪失届(区の様式)"
    assert forms.form("F05", "2026-11-24").title == "資格喪失届(転出・死亡)", "the forms in use are another matter"
    change(ward / "F05.toml", "row = 3", "row = 9")
    with pytest.raises(FormFault):
        forms.catalogue_of(ward)


def test_without_a_folder_there_is_nothing_to_check(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="このフォルダーはありません"):
        forms.check(tmp_path / "nowhere")
    assert checked(tmp_path).stdout.splitlines()[-1] == "様式 23、区の写し 0、誤り 0"


def test_as_the_ward_runs_it(ward: Path) -> None:
    change(ward / "F02.toml", 'item = "sex"', 'item = "seks"')
    source = str(resources.root().parent / "src")
    done = subprocess.run(
        [sys.executable, "-m", "nhi_center.cli", "forms", "check", str(ward)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": source},
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, "")
    assert "F02.toml [pages.content] seks" in done.stdout
