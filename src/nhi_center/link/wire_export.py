"""Wire format of 書き出し: a terminal gives the segment a file that leaves, closed as it is, with its manifest (no password)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass

from nhi_center.domain import canonical
from nhi_center.domain.exports import MAX_FILE_BYTES, MAX_FILES, NAME
from nhi_center.link import strict
from nhi_center.link.strict import WireError

PATH_EXPORT = "/v1/export"
MAX_MANIFEST_BYTES = 64 * 1024
MAX_EXPORT_BYTES = 18 * 1024 * 1024
"""Three files of the greatest size and their manifest in base64."""


@dataclass(frozen=True, slots=True)
class Leaving:
    """``manifest`` as it lies beside the ``files``, which stand by name."""

    manifest: bytes
    files: Mapping[str, bytes]


def encode(leaving: Leaving) -> bytes:
    files = [{"name": name, "data": base64.b64encode(data).decode()} for name, data in leaving.files.items()]
    return canonical.encode({"manifest": base64.b64encode(leaving.manifest).decode(), "files": files})


def parse(data: bytes) -> Leaving:
    """Raises WireError."""
    manifest, files = strict.fields(strict.decode(data), ("manifest", "files"), "export")
    found = [strict.fields(one, ("name", "data"), "export.file") for one in strict.items(files, "export.files", MAX_FILES)]
    named = {_name(name): _bytes(body, MAX_FILE_BYTES, "export.data") for name, body in found}
    if not named or len(named) != len(found):
        raise WireError("export.files")
    return Leaving(_bytes(manifest, MAX_MANIFEST_BYTES, "export.manifest"), named)


def encode_kept(file: str) -> bytes:
    return canonical.encode({"kept": file})


def parse_kept(data: bytes) -> str:
    """Raises WireError."""
    (kept,) = strict.fields(strict.decode(data), ("kept",), "export.kept")
    return _name(kept)


def _name(value: object) -> str:
    name = strict.text(value, "export.name")
    if not NAME.fullmatch(name):
        raise WireError("export.name")
    return name


def _bytes(value: object, most: int, place: str) -> bytes:
    try:
        data = base64.b64decode(strict.text(value, place), validate=True)
    except (binascii.Error, ValueError):
        raise WireError(place) from None
    if not 0 < len(data) <= most:
        raise WireError(place)
    return data
