"""A training house that cannot be entered is left as it was; one that is killed leaves nobody behind."""

from __future__ import annotations

import os
import select
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import pytest

from nhi_center.errors import EnvironmentTrouble
from nhi_center.gateway.local_postgres import LocalPostgres
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


def test_with_a_killed_house_its_gateway_ends_and_the_next_one_can_begin(tmp_path: Path) -> None:
    database = f"house-{uuid4().hex[:12]}"
    told = subprocess.Popen(
        [sys.executable, "-m", "tests.support.killed_house", str(tmp_path), database], stdout=subprocess.PIPE, text=True
    )
    try:
        said, _nothing = told.communicate(timeout=240)
        assert told.returncode == -signal.SIGKILL
        with suppress(ProcessLookupError):  # it has ended already
            gateway = os.pidfd_open(int(said))
            assert select.select([gateway], [], [], 60)[0], "the gateway went on without its house"
            os.close(gateway)
        with House(tmp_path, persons=300, seed=1, database=database) as house:
            assert house.settings.segment.port
    finally:
        shutil.rmtree(LocalPostgres(database).folder, ignore_errors=True)
