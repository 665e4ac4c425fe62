"""The whole office day, as `installer/run.sh --tour` works it: real windows, real store, real gateway and PostgreSQL."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from nhi_center import resources
from nhi_center.gateway.cli import BUSINESS_DATE
from nhi_center.gateway.training_data import load_material
from nhi_center.services import manual
from nhi_center.synthesis.ward import people
from nhi_center.training.house import SEED
from tests.services.test_manual import ALL_PICTURES_BYTES

PERSONS = 300


def _options(out: Path) -> list[str]:
    return ["--out", str(out), "--persons", str(PERSONS), "--manual", str(out / "manual")]


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, object]]:
    out = tmp_path_factory.mktemp("tour")
    done = subprocess.run(
        [sys.executable, "-m", "nhi_center.cli", "tour", *_options(out)],
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": "src"},
        capture_output=True,
        text=True,
        check=False,
        timeout=400,
    )
    summary: dict[str, object] = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert done.returncode == 0, f"{summary['failures']}\n{done.stderr[-2000:]}"
    return out, summary


def test_every_step_is_done_and_has_its_picture(day: tuple[Path, dict[str, object]]) -> None:
    out, summary = day
    assert summary["ok"] is True
    assert summary["persons"] == PERSONS
    assert summary["failures"] == []
    steps = summary["steps"]
    assert isinstance(steps, list)
    assert [step["name"] for step in steps][:3] == ["room-opens", "handover-in", "entry"]
    assert len(steps) == 20
    for step in steps:
        assert step["ok"]
        assert (out / step["screenshot"]).stat().st_size > 20_000


def test_the_pictures_of_the_manual_are_taken_of_the_same_day(day: tuple[Path, dict[str, object]]) -> None:
    """The same as stand in resources/manual, within the room the package of a terminal has for them."""
    taken = sorted((day[0] / "manual").iterdir())
    assert [path.name for path in taken] == [path.name for path in resources.listing(manual.PICTURES, ".png")]
    assert sum(path.stat().st_size for path in taken) < ALL_PICTURES_BYTES


def test_a_certificate_gives_back_the_name_with_its_variation_selector(day: tuple[Path, dict[str, object]]) -> None:
    out, _summary = day
    texts = [
        subprocess.run(["pdftotext", str(file), "-"], capture_output=True, check=True).stdout.decode()
        for file in sorted(out.glob("certificate-*.pdf"))
    ]
    assert len(texts) == 5
    assert any("葛\U000e0102城" in text for text in texts)
    assert any("𠮷田" in text for text in texts)


def test_nothing_of_a_person_is_in_names_or_outside_the_papers(day: tuple[Path, dict[str, object]]) -> None:
    out, summary = day
    names = " ".join(file.name for file in out.iterdir())
    told = json.dumps(summary, ensure_ascii=False) + (out / "audit.seg").read_text(encoding="utf-8")
    for family in ("葛", "大久保", "𠮷田", "髙橋", "落合", "戸山", "カツラギ"):
        assert family not in names
        assert family not in told


def test_no_value_of_anybody_in_the_register_is_in_the_log(day: tuple[Path, dict[str, object]]) -> None:
    out, _summary = day
    lines = (out / "audit.seg").read_text(encoding="utf-8").splitlines()
    entries = "\n".join(line[65:] for line in lines if line[0] not in "#=+")
    assert '"action":"search"' in entries
    assert '"subject":"p:' in entries
    found = [
        value
        for person in people(load_material(), PERSONS, SEED, BUSINESS_DATE)
        for value in (f'"{person.atena}"', f'"{person.household}"', person.name, person.kana, person.address, person.phone)
        if value and value in entries
    ]
    assert found == []
