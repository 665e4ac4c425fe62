"""The only place that knows where resources/ is: inside the installed package, or at the top of the source tree."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any


@cache
def root() -> Path:
    """The folder of the shipped resources. Raises FileNotFoundError when the installation is incomplete."""
    here = Path(__file__).resolve().parent
    for candidate in (here / "resources", here.parents[1] / "resources"):
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError("resources")


def path(name: str) -> Path:
    """The path of one resource, such as ``forms/F02.toml``."""
    return root() / name


def read_text(name: str) -> str:
    return path(name).read_text(encoding="utf-8")


def read_bytes(name: str) -> bytes:
    return path(name).read_bytes()


def read_toml(name: str) -> dict[str, Any]:
    return tomllib.loads(read_text(name))


def parse_toml(file: Path) -> dict[str, Any]:
    """A file of the operator's own in place of a resource. Raises OSError or ValueError."""
    return tomllib.loads(file.read_text(encoding="utf-8"))


def listing(folder: str, suffix: str) -> tuple[Path, ...]:
    """Files of a resource folder with this suffix, sorted by name."""
    return tuple(sorted(entry for entry in path(folder).iterdir() if entry.suffix == suffix))
