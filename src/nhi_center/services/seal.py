"""公印: set and withdrawn by the ward administrator alone; how often it was printed, month by month."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from nhi_center.domain import seal_image as rules
from nhi_center.domain.certificate_kinds import Kind
from nhi_center.domain.free_words import refuse_individual_number
from nhi_center.domain.operators import Action, Session
from nhi_center.domain.seal_image import SealLine
from nhi_center.errors import OperatorError
from nhi_center.printing.invented import invented
from nhi_center.services.documents import temporary
from nhi_center.services.office import Office
from nhi_center.services.work import begin, reading, require
from nhi_center.storage import certificate_book
from nhi_center.storage import seal as storage


@dataclass(frozen=True, slots=True)
class Printed:
    """印影印刷枚数 of one kind in one month, spoiled sheets among them."""

    kind: Kind
    sheets: int
    spoiled: int


@dataclass(frozen=True, slots=True)
class SealBook:
    """``in_force``: the id of the seal printed today, "" where none is. ``files``: PNG files that may be taken."""

    lines: tuple[SealLine, ...]
    in_force: str
    month: str
    printed: tuple[Printed, ...]
    files: tuple[str, ...]
    today: date


def book(office: Office, session: Session) -> SealBook:
    """Every seal that was ever set, and the running month's sheets by kind."""
    with reading(office, session, Action.SET_SEAL) as connection:
        today = office.clock.today()
        month = f"{today:%Y-%m}"
        lines = storage.every(connection)
        counts = certificate_book.printed_by_kind(connection, month)
        sha256 = storage.fingerprint_on(connection, today)
    printed = tuple(Printed(kind, *counts[kind.value]) for kind in Kind if kind.value in counts)
    current = next((line.id for line in lines if line.sha256 == sha256 and not line.withdrawn and line.from_day <= today), "")
    return SealBook(lines, current, month, printed, _files(office), today)


def _folder(office: Office) -> Path:
    return office.settings.business_folder / "seal"


def _files(office: Office) -> tuple[str, ...]:
    folder = _folder(office)
    return tuple(sorted(one.name for one in folder.glob("*.png") if one.is_file())) if folder.is_dir() else ()


def set_seal(office: Office, session: Session, file: str, from_day: date) -> SealLine:
    """Take a PNG of the folder ``seal`` of the business folder into the store; the file is removed from the folder then.

    It is printed on an invented certificate first, in the PDF process: what cannot be drawn is not kept. Raises OperatorError at
    ``file`` or ``from_day``.
    """
    require(office, session, Action.SET_SEAL)
    if file not in _files(office):
        raise OperatorError("業務フォルダーの seal に、この PNG がありません。", field="file", code="no-file")
    if from_day < office.clock.today():
        raise OperatorError("使い始めは今日かこれからの日にしてください。", field="from_day", code="past")
    path = _folder(office) / file
    image = path.read_bytes()
    rules.check(image)
    sha256 = hashlib.sha256(image).hexdigest()
    _try_on(office, image, sha256)
    with begin(office, session, Action.SET_SEAL, step="seal_set", sha256=sha256) as unit:
        line = SealLine(str(uuid.uuid4()), from_day, sha256, unit.person, unit.stamp)
        storage.add(unit.connection, line, image)
    path.unlink()
    return line


def _try_on(office: Office, image: bytes, sha256: str) -> None:
    sheet = replace(invented(Kind.ELIGIBILITY, office.clock.today()), seal=sha256)
    with temporary(office, str(uuid.uuid4()), (sheet,), seals=((sha256, image),)):
        pass


def withdraw(office: Office, session: Session, id_: str, reason: str) -> None:
    """廃止: the image is erased for good, its line stays with who and why. Cannot be undone."""
    require(office, session, Action.SET_SEAL)
    if not reason.strip():
        raise OperatorError("廃止する理由を書いてください。記録に残ります。", field="reason", code="no-reason")
    refuse_individual_number(reason, "reason")
    with begin(office, session, Action.SET_SEAL, subject=id_, step="seal_withdrawn") as unit:
        if not storage.withdraw(unit.connection, id_, unit.person, unit.stamp, reason.strip()):
            raise OperatorError("この公印はもう廃止されています。", code="withdrawn-already")
