"""操作の手引: the chapters in their order. Read before anybody signs in: nothing here knows the store (``manual_book`` does)."""

from __future__ import annotations

import re
from functools import cache

from nhi_center import resources
from nhi_center.domain.manual import Chapter, Finder, Part, parse

ORDER = "manual.toml"
PICTURES = "manual"
"""The folder of the pictures that the chapters name; the tour writes them."""

_INCLUDE = re.compile(r"^@include (\S+)$", re.MULTILINE)
"""A line that another resource stands in for: contracts and pledges, which keep their own words."""


def text_of(name: str) -> str:
    """The Markdown of one chapter, with what it includes. Raises OSError for a name that is none."""
    return _INCLUDE.sub(lambda found: resources.read_text(found[1]), resources.read_text(f"help/{name}.md"))


@cache
def parts() -> tuple[Part, ...]:
    """The whole manual: by role, and within by screen. Raises ManualFault."""
    found = []
    for part in resources.read_toml(ORDER)["part"]:
        chapters = tuple(parse(one["name"], text_of(one["name"]), one.get("words", ())) for one in part["chapter"])
        found.append(Part(part["title"], chapters))
    return tuple(found)


def chapters() -> tuple[Chapter, ...]:
    return tuple(chapter for part in parts() for chapter in part.chapters)


def has(name: str) -> bool:
    return any(chapter.name == name for chapter in chapters())


@cache
def finder() -> Finder:
    return Finder(chapters())
