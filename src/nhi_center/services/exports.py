"""書き出し: how a file leaves. Both sign what it is, the program makes its password, a manifest lies beside it; all or nothing.

The password is given back once and kept nowhere: not in the store, the log, the manifest, nor on the clipboard.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nhi_center.domain import exports as rules
from nhi_center.domain import signed_manifest, ward_certificate
from nhi_center.domain.exports import File, Kind, Manifest, Way
from nhi_center.domain.operators import Role, Signature
from nhi_center.errors import EnvironmentTrouble, OperatorError
from nhi_center.printing.files import free_name
from nhi_center.printing.sheets import Content, PdfJob, Workbook
from nhi_center.services import ward_settings
from nhi_center.services.handover import Credential
from nhi_center.services.office import Office
from nhi_center.services.sealing import draft_of, made_bytes, seal_pdf
from nhi_center.services.signing import require_signature, sign
from nhi_center.services.work import Unit
from nhi_center.storage import exports as storage
from nhi_center.storage.trouble import told_apart

WARD_ROLES = (Role.WARD_STAFF, Role.WARD_ADMIN)


@dataclass(frozen=True, slots=True)
class Pair:
    """The supervisor's and the ward staff's own ID and password."""

    supervisor: Credential
    ward: Credential


# no repr: it carries a password
@dataclass(frozen=True, slots=True, repr=False)
class Exported:
    """A file that was written. ``password``: for the two who stand before the screen, once; ``notes``: what else to say;
    ``book``: the workbook beside it, "" for none."""

    file: str
    sha256: str
    password: str
    notes: tuple[str, ...]
    book: str = ""

    @property
    def words(self) -> str:
        """Its name, or both names."""
        return f"{self.file} と {self.book}" if self.book else self.file


Signatures = tuple[Signature, Signature]
"""The supervisor's, then the ward's."""


# no repr: it carries a password
@dataclass(frozen=True, slots=True, repr=False)
class Made:
    """A file that is ready to leave, not written yet. ``data``: bytes by name, manifest last; ``password``: to be shown once."""

    kind: Kind
    period: str
    rows: int
    data: Mapping[str, bytes]
    manifest: bytes
    signatures: Signatures
    password: str
    notes: tuple[str, ...]

    @property
    def file(self) -> str:
        return next(iter(self.data))

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data[self.file]).hexdigest()

    def told(self) -> Exported:
        """What is said of it when it has been written."""
        book = next((name for name in self.data if name.endswith(rules.WORKBOOK_SUFFIX)), "")
        return Exported(self.file, self.sha256, self.password, self.notes, book)


def sign_pair(office: Office, pair: Pair, kind: Kind, statement: Mapping[str, Any]) -> Signatures:
    """Both sign ``statement``: two password hashes, run it in a lane.

    Raises OperatorError as ``sign`` does, at ``supervisor`` or ``ward``: whose it is.
    """
    rules.check_two(pair.supervisor.person, pair.ward.person)
    supervisor = _signed(office, "supervisor", pair.supervisor, kind, statement, (Role.SUPERVISOR,))
    return supervisor, _signed(office, "ward", pair.ward, kind, statement, WARD_ROLES)


def _signed(
    office: Office, side: str, who: Credential, kind: Kind, statement: Mapping[str, Any], roles: tuple[Role, ...]
) -> Signature:
    try:
        signature = sign(office, who.person, who.password, kind.value, statement)
        require_signature(office, signature, kind.value, statement, *roles)
    except OperatorError as problem:
        raise OperatorError(problem.message, field=side, code=problem.code) from None
    return signature


def target(office: Office, stem: str) -> Path:
    """Where the next file of this name will lie: exports/ of the business folder. Raises EnvironmentTrouble PR-03, ST-11."""
    return free_name(office.settings.exports, stem, ".pdf", office.settings.business_folder)


def path_of(office: Office, file: str) -> Path:
    """Where a written file lies."""
    return office.settings.exports / Path(file).name


def make(
    office: Office,
    content: Content,
    path: Path,
    kind: Kind,
    period: str,
    statement: Mapping[str, Any],
    signatures: Signatures,
    rows: int = 0,
    book: Workbook | None = None,
) -> Made:
    """The file under a new password (AES-256, revision 6), sealed over ``statement``; ``book`` under the same one; where the ward
    has set a certificate, the document once more in an envelope for it; and the manifest. Nothing is written yet but drafts that
    are encrypted already.

    Waits for the PDF process: run it in the print lane. Raises EnvironmentTrouble (the PDF process, the disk, KY-04).
    """
    password = rules.new_password(os.urandom(rules.PASSWORD_BYTES))
    job = PdfJob(content, draft_of(path), password, encrypted=True, within=office.settings.business_folder)
    data = {path.name: seal_pdf(office, kind.value, made_bytes(office, job), statement, signatures)}
    ways = {path.name: Way.PASSWORD}
    if book is not None:
        name = f"{path.stem}{rules.WORKBOOK_SUFFIX}"
        closed = PdfJob(book, draft_of(path), password, encrypted=True, within=office.settings.business_folder)
        data[name] = made_bytes(office, closed)
        ways[name] = Way.WORKBOOK
    with told_apart(), office.store.read.begin() as connection:
        certificate, notes = _certificate(office, ward_settings.setting(office, connection, ward_certificate.NAME))
    if certificate:
        name = f"{path.stem}{rules.ENVELOPE_SUFFIX}"
        envelope = PdfJob(content, draft_of(path), recipient=certificate, within=office.settings.business_folder)
        data[name] = made_bytes(office, envelope)
        ways[name] = Way.CERTIFICATE
    manifest = _manifest(office, kind, statement, signatures, data, ways)
    return Made(kind, period, rows, {**data, rules.manifest_name(path.name): manifest}, manifest, signatures, password, notes)


def put(office: Office, unit: Unit, made: Made) -> None:
    """Keep what leaves with this act, and write it. The act's rows stand only when all files do."""
    supervisor, ward = made.signatures
    storage.keep(
        unit.connection,
        storage.Row(
            made.file, made.kind, made.period, made.sha256, made.rows, made.manifest, unit.stamp, supervisor.person, ward.person
        ),
    )
    unit.note(sha256=made.sha256, manifest=hashlib.sha256(made.manifest).hexdigest())
    unit.note(decided_by=supervisor.person, approved_by=ward.person)
    for name, data in made.data.items():
        unit.write(office.settings.exports / name, data)


def _certificate(office: Office, value: Any | None) -> tuple[bytes, tuple[str, ...]]:
    """The ward's certificate, b"" for none; and what to say when there is one that cannot be used any more."""
    if value is None:
        return b"", ()
    try:
        certificate = ward_certificate.parse(value)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise EnvironmentTrouble("KY-04", "区の設定(書き出しの証明書)を読めません。区の担当者に連絡してください。") from None
    if not ward_certificate.is_valid_on(certificate, office.clock.today()):
        return b"", ("区の証明書の期限が合わないので、証明書で開くファイルは作っていません。区の担当者に知らせてください。",)
    return certificate, ()


def _manifest(
    office: Office,
    kind: Kind,
    statement: Mapping[str, Any],
    signatures: Signatures,
    data: Mapping[str, bytes],
    ways: Mapping[str, Way],
) -> bytes:
    files = tuple(File(name, hashlib.sha256(body).hexdigest(), len(body), ways[name]) for name, body in data.items())
    made_at = office.clock.local().isoformat(timespec="seconds")
    body = rules.to_json(Manifest(kind, statement, signatures, files, made_at, office.terminal, office.settings.training))
    return signed_manifest.write(body, office.premises.terminal.sign(rules.signed_bytes(body)))
