"""バックアップから戻す: a copy takes the place of a lost or damaged store, under a new key, for everybody with a slot here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from nhi_center.errors import OperatorError
from nhi_center.keys.slots import Contents
from nhi_center.services import backup
from nhi_center.services.backup import Sidecar
from nhi_center.services.office import Premises
from nhi_center.services.recovery import NewAdministrator, recover
from nhi_center.storage.store import discard_store, new_key

Report = Callable[[int, int, str], None]


def put_back(
    premises: Premises, copy: Path, random_part: bytes, month_key: bytes, admin: NewAdministrator, report: Report
) -> Sidecar:
    """Make the terminal's store from ``copy``, register ``admin``, and seal the new key for everybody who has a slot here.

    What was done after the copy is not in it; what was sent by then stands at the segment, which refuses the shortened log
    (LK-03) until the ward has looked at it. Raises OperatorError (a store is there already; another terminal's copy; ID or
    password at their fields) and EnvironmentTrouble as ``backup.restore``. Nothing is left of it in any of these cases.
    """
    store, key = premises.settings.store, new_key()
    if backup.read_sidecar(copy).terminal != premises.settings.terminal:
        raise OperatorError("ほかの端末のバックアップです。この端末のものを選んでください。", code="another-terminal")
    try:
        sidecar = backup.restore(copy, random_part, month_key, store, key, report)
    except FileExistsError:
        raise _in_the_way() from None
    try:
        people = recover(premises, key, admin, copy.name)
        contents = Contents((key,), {sidecar.month: month_key})
        premises.slots.save_for_all(people, contents)
    except BaseException:
        discard_store(store)
        raise
    return sidecar


def _in_the_way() -> OperatorError:
    return OperatorError(
        "データベース(nhi-center.db とその -wal)がもうあります。消さずに、ほかのフォルダーへ移してからやり直してください。",
        code="store-there",
    )
