"""What people sign: a statement of a kind with its contents, in one byte form (枚数確認(署名)・承認)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from nhi_center.domain import canonical

_PREFIX = b"nhi-center statement 1\n"


def statement_hash(kind: str, contents: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of the kind and contents shown to the signer."""
    return hashlib.sha256(canonical.encode({"kind": kind, "contents": contents})).hexdigest()


def signed_bytes(statement: str, person: str, role: str, signed_at: str) -> bytes:
    """The bytes one person signs: the statement, himself, and the time."""
    return _PREFIX + canonical.encode({"statement": statement, "person": person, "role": role, "signed_at": signed_at})
