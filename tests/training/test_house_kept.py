"""A training house that cannot be entered is left as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from nhi_center.errors import EnvironmentTrouble
from nhi_center.training.house import House


def test_a_house_that_is_refused_loses_nothing(tmp_path: Path) -> None:
    house = House(
        tmp_path, persons=1, seed=1, fresh=True
    )  # no register is that small: the gateway refuses, as it does a house in use
    kept = house.settings.business_folder / "store" / "kept"
    kept.parent.mkdir(parents=True)
    kept.touch()
    with pytest.raises(EnvironmentTrouble), house:
        pass
    assert kept.exists()


def test_a_room_of_another_register_is_refused_before_anything_is_touched(tmp_path: Path) -> None:
    house = House(tmp_path, persons=300, seed=1)
    house.settings.store.parent.mkdir(parents=True)
    house.settings.store.touch()
    (tmp_path / "register.json").write_text('{"persons": 200, "seed": 1}', encoding="utf-8")
    with pytest.raises(EnvironmentTrouble) as caught, house:
        pass
    assert caught.value.code == "TR-03"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["business", "register.json"]
