"""書き出し: a file that leaves for the ward. Two agree to it, the program makes its password, and a manifest lies beside it.

The manifest is JSON signed with the terminal's key; it holds counts, fingerprints and who agreed, and never what the file itself
hides. Whoever has the file, the manifest and the ward's trust.json can prove both without this terminal.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from nhi_center.domain import signed_manifest
from nhi_center.domain.four_eyes import require_different
from nhi_center.domain.operators import Signature
from nhi_center.domain.typed_code import ALPHABET
from nhi_center.errors import OperatorError

FORM = "nhi-center export 1"
PREFIX = b"nhi-center export manifest 1\n"
SUFFIX = ".manifest.json"
ENVELOPE_SUFFIX = ".p7m"
WORKBOOK_SUFFIX = ".xlsx"
PASSWORD_BYTES = 15
"""120 bits: nobody guesses it, however long he has the file."""

MAX_FILE_BYTES = 4 * 1024 * 1024
MAX_FILES = 3
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}\.(pdf|xlsx|p7m)")
"""What a file that leaves may be called: no folder, nothing hidden, no personal value."""

_GROUP = 4
_FIELDS = {"kind", "statement", "signatures", "files", "made_at", "terminal", "training"}
_SIGNATURE = {"person", "name", "role", "signed_at", "statement", "value"}
_FILE = {"name", "sha256", "size", "way"}
_HEX = re.compile(r"[0-9a-f]{64}")


class Kind(StrEnum):
    """What leaves; its value is the kind of statement both sign."""

    REPORT = "summary"
    RECEIVED = "received_list"

    @property
    def label(self) -> str:
        return {"summary": "報告書", "received_list": "受付一覧(氏名入り)"}[self.value]


class Way(StrEnum):
    """How a file is closed: PDF by its password (AES-256, revision 6), a workbook by the same one ([MS-OFFCRYPTO] agile: AES-256,
    SHA-512), or CMS for the ward's certificate (RFC 5652, AES-256)."""

    PASSWORD = "password"
    WORKBOOK = "workbook"
    CERTIFICATE = "certificate"

    @property
    def suffix(self) -> str:
        return {"password": ".pdf", "workbook": WORKBOOK_SUFFIX, "certificate": ENVELOPE_SUFFIX}[self.value]

    @property
    def label(self) -> str:
        return {"password": "PDF(パスワード)", "workbook": "Excel(同じパスワード)", "certificate": "CMS(区の証明書)"}[self.value]


class ManifestFault(ValueError):
    """It is no manifest, or not this terminal's, or does not fit the file: the sentence says which."""


@dataclass(frozen=True, slots=True)
class File:
    """One file that leaves; ``size`` in bytes."""

    name: str
    sha256: str
    size: int
    way: Way


@dataclass(frozen=True, slots=True)
class Manifest:
    """What stands in a manifest. ``statement`` is what both signed, with the keys of its kind."""

    kind: Kind
    statement: Mapping[str, Any]
    signatures: tuple[Signature, ...]
    files: tuple[File, ...]
    made_at: str
    terminal: str
    training: bool

    def file_of(self, data: bytes) -> File | None:
        """Which of its files these bytes are, whatever they are called now; None: none of them."""
        told = (len(data), hashlib.sha256(data).hexdigest())
        return next((one for one in self.files if (one.size, one.sha256) == told), None)


def new_password(random: bytes) -> str:
    """The password of a file, in groups as a person writes it down; the dashes belong to it. No I, L, O or U is in it.

    ``random``: PASSWORD_BYTES that nobody can foretell. Raises ValueError for another number of them.
    """
    if len(random) != PASSWORD_BYTES:
        raise ValueError("random bytes")
    value, count = int.from_bytes(random, "big"), PASSWORD_BYTES * 8 // 5
    letters = "".join(ALPHABET[(value >> (5 * place)) & 31] for place in reversed(range(count)))
    return "-".join(letters[at : at + _GROUP] for at in range(0, count, _GROUP))


def check_two(supervisor: str, ward: str) -> None:
    """Raise OperatorError at ``ward`` unless two people agree (特記事項 9, 受託 運用7: nothing is taken out by one alone)."""
    try:
        require_different(supervisor, ward, "取扱責任者と区職員は別の人です。それぞれの ID とパスワードで署名してください。")
    except OperatorError as problem:
        raise OperatorError(problem.message, field="ward", code=problem.code) from None


def check_signatures(signatures: Sequence[Signature]) -> None:
    """Raise ManifestFault unless exactly the supervisor's and, after it, the ward's are there, of two people."""
    roles = [one.role for one in signatures]
    if len(roles) != 2 or roles[0] != "supervisor" or roles[1] not in ("ward_staff", "ward_admin"):
        raise ManifestFault("取扱責任者と区職員の、両方の署名がありません。")
    if signatures[0].person == signatures[1].person:
        raise ManifestFault("一人が両方の署名をしています。")


# -- the manifest --


def manifest_name(file: str) -> str:
    """The manifest lies beside its files under their common stem."""
    return f"{file.rpartition('.')[0]}{SUFFIX}"


def to_json(manifest: Manifest) -> dict[str, Any]:
    """What the terminal signs, as canonical JSON after ``PREFIX``."""
    return {
        "form": FORM,
        "kind": manifest.kind.value,
        "statement": dict(manifest.statement),
        "signatures": [asdict(one) for one in manifest.signatures],
        "files": [asdict(one) | {"way": one.way.value} for one in manifest.files],
        "made_at": manifest.made_at,
        "terminal": manifest.terminal,
        "training": manifest.training,
    }


def signed_bytes(body: Mapping[str, Any]) -> bytes:
    """What the terminal's signature is over."""
    return signed_manifest.signed_bytes(PREFIX, body)


def read(data: bytes) -> tuple[Manifest, bytes, str]:
    """(manifest, bytes the signature is over, signature). Nothing is proven yet. Raises ManifestFault."""
    try:
        body, signature = signed_manifest.read(data, FORM, _FIELDS)
        found = Manifest(
            kind=Kind(body["kind"]),
            statement=_mapping(body["statement"]),
            signatures=tuple(_signature(one) for one in body["signatures"]),
            files=_files(body["files"]),
            made_at=str(body["made_at"]),
            terminal=str(body["terminal"]),
            training=body["training"] is True,
        )
    except (ValueError, TypeError, KeyError, AttributeError):
        raise ManifestFault("目録の形が正しくないか、変わっています。") from None
    return found, signed_bytes(body), signature


def _files(body: Sequence[Mapping[str, Any]]) -> tuple[File, ...]:
    found = tuple(_file(one) for one in body)
    if not 0 < len(found) <= MAX_FILES or len({one.name for one in found}) != len(found):
        raise ValueError("files")
    if len({manifest_name(one.name) for one in found}) != 1:
        raise ValueError("stem")
    return found


def _file(body: Mapping[str, Any]) -> File:
    if body.keys() != _FILE or not NAME.fullmatch(body["name"]) or not _HEX.fullmatch(body["sha256"]):
        raise ValueError("file")
    size = body["size"]
    if type(size) is not int or not 0 < size <= MAX_FILE_BYTES:
        raise ValueError("size")
    way = Way(body["way"])
    if not body["name"].endswith(way.suffix):
        raise ValueError("way")  # else a PDF could go without its seal, under the way of another file
    return File(body["name"], body["sha256"], size, way)


def _signature(body: Mapping[str, Any]) -> Signature:
    if body.keys() != _SIGNATURE or not all(isinstance(value, str) for value in body.values()):
        raise ValueError("signature")
    return Signature(**body)


def _mapping(body: object) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise TypeError("statement")
    return body


def words(manifest: Manifest) -> list[str]:
    """What the ward reads of it, line by line."""
    said = manifest.statement
    told = [f"  {manifest.kind.label} {said.get('number', '')} 対象 {said.get('period', '')} 作成 {manifest.made_at}"]
    told += [f"  {one.way.label} {one.name} {one.size:,}バイト SHA-256 {one.sha256}" for one in manifest.files]
    if "rows" in said:
        told.append(f"  氏名の入った行 {said['rows']}行 理由 {said.get('reason', '')} 承諾番号 {said.get('approval', '')}")
    else:
        told.append("  氏名の入った行 なし(件数だけ)")
    told += _sources(said.get("sources"))
    log = said.get("log")
    if isinstance(log, Mapping):
        told.append(f"  操作記録 {log.get('entries')}番まで 指紋 {log.get('hash')} 区の控え {log.get('anchored')}番まで")
    return [*told, "  △ 訓練の書き出しです"] if manifest.training else told


def _sources(counts: object) -> Iterable[str]:
    if isinstance(counts, Mapping) and counts:
        yield "  数えたもとの行 " + " ".join(f"{name} {number}" for name, number in sorted(counts.items()))
