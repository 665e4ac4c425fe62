"""The forms in use, the closed days and the postal table, read from resources once."""

from __future__ import annotations

from collections.abc import Container, Mapping
from datetime import date
from functools import cache

from nhi_center import resources
from nhi_center.domain.calendar import ClosedDays
from nhi_center.domain.forms import loader
from nhi_center.domain.forms.definition import Catalogue, Choice, FormDefinition
from nhi_center.domain.postal import PostalBook
from nhi_center.printing.fonts import Role, chain
from nhi_center.printing.variants import OwnSequences


@cache
def _parts() -> loader.Parts:
    return loader.parse_parts(
        resources.read_toml("items.toml"), resources.read_toml("forms/reasons.toml"), resources.read_toml("forms/header.toml")
    )


@cache
def catalogue() -> Catalogue:
    """Every version of every form. Raises FormFault for a broken file."""
    names = [file.name for file in resources.listing("forms", ".toml") if file.name[0] == "F"]
    return loader.catalogue({name: resources.read_toml(f"forms/{name}") for name in names}, _parts())


def form(form_id: str, day: str) -> FormDefinition:
    """The version in use on ``day`` (ISO). Raises KeyError when there is none."""
    return catalogue().get(form_id, date.fromisoformat(day))


def reasons() -> Mapping[str, tuple[Choice, ...]]:
    """The typed reasons a warning is answered with, by rule."""
    return _parts().reasons


@cache
def closed_days() -> ClosedDays:
    return ClosedDays.from_table(resources.read_toml("calendar/holidays.toml"))


@cache
def own_sequences() -> Container[str]:
    """The variation sequences of the collection the office prints (文字情報基盤): a name with another's needs 区確認."""
    return OwnSequences(chain(Role.NAME))


@cache
def forbidden_words() -> tuple[str, ...]:
    """Words of what must not be collected (特記事項 5)."""
    table = resources.read_toml("forms/forbidden_words.toml")
    return tuple(word for group in table["groups"] for word in group["words"])


@cache
def postal_book() -> PostalBook:
    """The whole country's postal codes; read in some 15 ms, once."""
    return PostalBook(resources.read_bytes("postal/japan.txt"))
