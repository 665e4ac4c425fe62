"""A training house with the workstation's process restricted around it, as a real terminal's is (接続制限).

PostgreSQL and the gateway are processes of their own, started before: they listen, which the workstation may not. Qt comes after.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nhi_center.isolation import restrict
from nhi_center.training.house import House, training_folder


@contextmanager
def open_house(home: Path | None, *, persons: int | None, seed: int | None, fresh: bool) -> Iterator[House]:
    """The house of the training workstation. Raises as House does."""
    print("研修用のサーバを準備しています(初めてのときは1分ほどかかります)", file=sys.stderr, flush=True)
    with House(home or training_folder(), persons=persons, seed=seed, fresh=fresh, database=database_of(home)) as house:
        begin(house)
        yield house


def database_of(home: Path | None) -> str:
    """A house of its own has its own ward."""
    return "ward" if home is None else f"ward-{zlib.crc32(bytes(home.resolve())):08x}"


def tour_house(persons: int, seed: int) -> House:
    """The house of an office day that is worked by itself: always anew."""
    return House(training_folder().with_name("tour"), persons=persons, seed=seed, fresh=True, database="tour")


def begin(house: House, *written: Path) -> None:
    """Restrict this process to the house's terminal; ``written`` are folders it was told to write besides."""
    restrict.begin(house.settings, house.settings.business_folder / "terminal.toml", written)
