"""Lines of 情報管理台帳 that come by themselves, with the act that makes a second copy or removes it (特9)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from pathlib import Path

from nhi_center.domain.copies import ITEMS, Copy, Kind, single_for, standing_for
from nhi_center.services.work import Unit
from nhi_center.storage import copies as storage

FOLDER = "端末の業務フォルダー"
_FILES = frozenset({Kind.BACKUP, Kind.LIST, Kind.EXPORT})


def note(unit: Unit, kind: Kind, count: int, place: str) -> None:
    """A second copy is made with this act: its line, under a standing 承諾番号 where the ward has given one, else under the
    single one it gave before for such a copy and no other has."""
    given = storage.approvals(unit.connection)
    number = standing_for(given, kind, unit.today)
    if not number:
        unused = (one for one in given if not storage.used(unit.connection, one.number))
        number = single_for(unused, kind, unit.today)
    line = Copy(str(uuid.uuid4()), kind, ITEMS[kind], count, FOLDER, place, number, unit.today.isoformat(), "", "")
    storage.add(unit.connection, line, unit.person)


def note_register(unit: Unit) -> None:
    """The register is copied to this terminal with the exchange: one line for all of it, with the day it began."""
    if not storage.register_line(unit.connection) and (count := storage.people(unit.connection)):
        note(unit, Kind.REGISTER, count, "データベース")


def gone(unit: Unit, files: Iterable[Path]) -> None:
    """These files were removed with this act."""
    storage.erased(unit.connection, (file.name for file in files), unit.today.isoformat())


def settle(unit: Unit, folders: Iterable[Path]) -> None:
    """Lines of files that lie in none of these folders any more: erased, at the latest today."""
    there = {file.name for folder in folders if folder.is_dir() for file in folder.iterdir()}
    lines = [line for line in storage.every(unit.connection) if line.kind in _FILES and line.place not in there]
    storage.erased(unit.connection, (line.place for line in lines), unit.today.isoformat())
