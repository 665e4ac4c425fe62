"""Copies of the store under a key of their own (バックアップ), checked before they get their name, and the way back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nhi_center.errors import EnvironmentTrouble
from nhi_center.storage import check, copying, engine
from nhi_center.storage.check import Checked, Opened, Report, Token
from nhi_center.storage.store import Store, keep_checks, opens
from nhi_center.storage.trouble import told_apart_beside_work

_STEPS = 4


@dataclass(frozen=True, slots=True)
class CopyFacts:
    """What a copy holds: the store's version, number and hash (hex) of the log's last entry (0 and "" while there is none)."""

    version: int
    seq: int
    hash: str


def copy_store(store: Store, target: Path, key: bytes, report: Report, token: Token | None = None) -> CopyFacts:
    """Copy the open store to ``target``, encrypted with ``key``, from one moment while work goes on; check the copy, name it.

    Takes its time (4 s and as much again for a million people): run it in the long lane. ``report`` and ``token`` as in
    ``storage.check``; the copying step itself is not interrupted.

    Raises FileExistsError, EnvironmentTrouble ST-05 (no room), BK-03 (the copy is not sound), OperatorCancelled. Nothing is
    left of it in any of these cases.
    """
    report(0, _STEPS, "バックアップの作成")
    draft = copying.draft_of(target)
    if target.exists():
        raise FileExistsError(target.name)
    try:
        connection = store.connect()
        try:
            copying.write_draft(connection, draft, key)
        finally:
            connection.close()
        facts = check_copy(draft, key, report, token)
        with told_apart_beside_work(target.parent):
            copying.put_in_place(draft, target)
    except BaseException:
        copying.remove(draft)
        raise
    report(_STEPS, _STEPS, "バックアップの作成")
    return facts


def check_copy(copy: Path, key: bytes, report: Report, token: Token | None = None) -> CopyFacts:
    """Every page and the structure of a copy, and what it holds. Raises EnvironmentTrouble BK-03, OperatorCancelled."""
    if not opens(copy, key):
        raise _unsound()

    def opened() -> Any:
        return engine.connect(copy, key)

    acts: tuple[Callable[[Opened, Report, Token | None], Checked], ...] = (check.cipher, check.quick)
    for number, act in enumerate(acts, start=1):
        if not act(opened, _within(report, number), token).sound:
            raise _unsound()
    with told_apart_beside_work(copy.parent):
        connection = opened()
        try:
            version = int(connection.execute("PRAGMA user_version").fetchone()[0])
            last = connection.execute("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1").fetchone()
        finally:
            connection.close()
    return CopyFacts(version, int(last[0]), bytes(last[1]).hex()) if last else CopyFacts(version, 0, "")


def restore_copy(copy: Path, copy_key: bytes, target: Path, new_key: bytes, report: Report) -> CopyFacts:
    """Make a store at ``target`` from a copy, under a new key. Gives what is in it now.

    Raises FileExistsError rather than touching a store that is there, EnvironmentTrouble BK-03 (wrong key, or damaged), ST-05.
    """
    if copying.is_there(target):
        raise FileExistsError(target.name)
    report(0, _STEPS, "バックアップから戻しています")
    if not opens(copy, copy_key):
        raise _unsound()
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = copying.draft_of(target)
    try:
        with told_apart_beside_work(target.parent):
            connection = engine.connect(copy, copy_key)
            try:
                copying.write_draft(connection, draft, new_key)
            finally:
                connection.close()
        facts = check_copy(draft, new_key, report)
        keep_checks(target, new_key)
        copying.put_in_place(draft, target)
    except BaseException:
        copying.remove(draft)
        raise
    report(_STEPS, _STEPS, "バックアップから戻しています")
    return facts


def _within(report: Report, number: int) -> Report:
    return lambda done, _total, words: report(number + done, _STEPS, words)


def _unsound() -> EnvironmentTrouble:
    return EnvironmentTrouble(
        "BK-03", "バックアップを読めないか、壊れています。仕事は続けられます。取扱責任者へ連絡してください。"
    )
