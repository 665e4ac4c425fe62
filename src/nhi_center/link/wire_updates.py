"""Wire format of the packages the gateway carries: their signed manifests as one list, each package in parts of 1 MiB."""

from __future__ import annotations

from collections.abc import Sequence

from nhi_center.domain import canonical
from nhi_center.domain.updates import MAX_BYTES, Signed, UpdateFault, read_manifest
from nhi_center.link import strict
from nhi_center.link.strict import WireError

PATH_UPDATES = "/v1/updates"
PATH_UPDATE_PART = "/v1/update-part"
PART_BYTES = 1024 * 1024
MAX_UPDATES = 20
MAX_PARTS = -(-MAX_BYTES // PART_BYTES)


def encode_updates(manifests: Sequence[bytes]) -> bytes:
    return canonical.encode({"updates": [one.decode() for one in manifests]})


def parse_updates(data: bytes) -> tuple[Signed, ...]:
    """Raises WireError. No signature is looked at: that is for who knows the ward's key."""
    (rows,) = strict.fields(strict.decode(data), ("updates",), "updates")
    try:
        return tuple(read_manifest(strict.text(row, "updates").encode()) for row in strict.items(rows, "updates", MAX_UPDATES))
    except UpdateFault:
        raise WireError("updates: manifest") from None


def parts_of(size: int) -> int:
    """How many parts a package of so many bytes has."""
    return -(-size // PART_BYTES)
