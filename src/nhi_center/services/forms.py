"""The forms in use, the closed days and the postal table, read from resources once; and the ward's own copies, to check them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from nhi_center import resources
from nhi_center.domain.calendar import ClosedDays
from nhi_center.domain.forms import loader
from nhi_center.domain.forms.definition import Catalogue, Choice, FormDefinition
from nhi_center.domain.forms.place import FormFault
from nhi_center.domain.forms.thresholds import ThresholdTable
from nhi_center.domain.forms.thresholds import parse as parse_thresholds
from nhi_center.domain.postal import PostalBook
from nhi_center.errors import OperatorError
from nhi_center.printing.fonts import Role, chain
from nhi_center.printing.variants import OwnSequences

ITEMS, REASONS, HEADER = "items.toml", "reasons.toml", "header.toml"
BESIDE = frozenset({"forbidden_words.toml"})
"""Stands in resources/forms too, and is no part of a form."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a folder of the ward's own definitions would give: every form by file, the ward's own files, all faults."""

    forms: tuple[tuple[str, FormDefinition], ...]
    own: tuple[str, ...]
    faults: tuple[FormFault, ...]


@cache
def _parts() -> loader.Parts:
    return loader.parse_parts(*(resources.read_toml(_shipped(name)) for name in (ITEMS, REASONS, HEADER)))


@cache
def catalogue() -> Catalogue:
    """Every version of every form. Raises FormFault for a broken file."""
    return loader.catalogue({name: resources.read_toml(f"forms/{name}") for name in _form_files()}, _parts())


def _form_files() -> tuple[str, ...]:
    return tuple(file.name for file in resources.listing("forms", ".toml") if _is_form(file.name))


def _is_form(name: str) -> bool:
    return re.fullmatch(r"F\d.*\.toml", name) is not None


def form(form_id: str, day: str) -> FormDefinition:
    """The version in use on ``day`` (ISO). Raises KeyError when there is none."""
    return catalogue().get(form_id, date.fromisoformat(day))


def reasons() -> Mapping[str, tuple[Choice, ...]]:
    """The typed reasons a warning is answered with, by rule."""
    return _parts().reasons


# -- the ward's own copies --


def catalogue_of(folder: Path) -> Catalogue:
    """The forms of a folder of the ward's own copies over the shipped ones. Raises FormFault for the first that is broken."""
    checked = check(folder)
    if checked.faults:
        raise checked.faults[0]
    return Catalogue(tuple(form for _file, form in checked.forms))


def check(folder: Path) -> Checked:
    """Everything in the ward's folder: what is missing there is taken from resources. Raises OperatorError without a folder."""
    if not folder.is_dir():
        raise OperatorError("このフォルダーはありません。様式の TOML を置いたフォルダーを指定してください。", code="no-folder")
    own = tuple(sorted(file.name for file in folder.iterdir() if file.suffix == ".toml"))
    known = {ITEMS, REASONS, HEADER, *BESIDE}
    faults = [
        FormFault(name, "-", "-", f"{ITEMS}・{REASONS}・{HEADER}・F番号.toml のどれでもありません。")
        for name in own
        if name not in known and not _is_form(name)
    ]

    def read(name: str) -> dict[str, Any] | None:
        return _read(folder / name, faults) if name in own else resources.read_toml(_shipped(name))

    # A shared file that does not even read is put aside for the shipped one, so that the forms are judged all the same.
    shared = [read(name) or resources.read_toml(_shipped(name)) for name in (ITEMS, REASONS, HEADER)]
    tables = {name: read(name) for name in sorted({*_form_files(), *filter(_is_form, own)})}
    parts, found = loader.examine_parts(*shared)
    examined = loader.examine_all({name: table for name, table in tables.items() if table is not None}, parts)
    return Checked(examined.forms, own, (*faults, *found, *examined.faults))


def _shipped(name: str) -> str:
    return name if name == ITEMS else f"forms/{name}"


def _read(file: Path, faults: list[FormFault]) -> dict[str, Any] | None:
    text = ""
    try:
        text = file.read_text(encoding="utf-8")
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        place = re.search(r"line (\d+), column (\d+)", str(wrong))
        where = f"{place[1]}行目の{place[2]}字目" if place else f"{len(text.splitlines())}行目(ファイルの終わり)"
        faults.append(FormFault(file.name, "TOML", where, "書き方が正しくありません(引用符、かっこ、=、同じ名前の二度書き)。"))
    except (OSError, UnicodeDecodeError):
        faults.append(FormFault(file.name, "TOML", "-", "読めません。UTF-8 の文書で保存してください。"))
    return None


# -- tables beside the forms --


@cache
def closed_days() -> ClosedDays:
    return ClosedDays.from_table(resources.read_toml("calendar/holidays.toml"))


@cache
def thresholds() -> ThresholdTable:
    """Days, ages and kinds the rules hold against. Raises FormFault for a broken file."""
    return parse_thresholds(resources.read_toml("rules/thresholds.toml"))


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
