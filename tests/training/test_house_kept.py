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
