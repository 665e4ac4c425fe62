"""Wire formats of the enrolment: what a terminal without a certificate may ask, and the code and fingerprint people carry.

Both are typed from the gateway's screen, so both come in groups that check themselves (``domain.typed_code``). The fingerprint is
compared before the code is sent: who answers in the gateway's place learns nothing.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from nhi_center.domain import canonical, typed_code
from nhi_center.link import strict

PATH_AUTHORITY = "/v1/authority"
PATH_ENROL = "/v1/enrol"
CODE_BYTES, FINGERPRINT_BYTES = 7, 12
CODE_GROUPS, FINGERPRINT_GROUPS = typed_code.group_count(CODE_BYTES), typed_code.group_count(FINGERPRINT_BYTES)
MAX_BODY_BYTES = 16 * 1024
_PLACE = "enrol"
_TERMINAL = re.compile(r"[A-Z0-9-]{1,16}")


@dataclass(frozen=True, slots=True)
class Request:
    """A terminal's own request (PKCS#10, PEM), its audit key (Ed25519, hex) and the one-time code."""

    terminal: str
    code: str = field(repr=False)
    audit_key: str
    csr: str


@dataclass(frozen=True, slots=True)
class Granted:
    """The terminal's certificate (PEM) and the gateway's signing key (hex)."""

    certificate: str
    signing: str = field(repr=False)


def fingerprint(authority: bytes) -> bytes:
    """The beginning of the SHA-256 of the authority's certificate (DER): 96 bits, for people to type."""
    return hashlib.sha256(authority).digest()[:FINGERPRINT_BYTES]


def in_groups(data: bytes) -> str:
    return "  ".join(typed_code.write(data))


def read(typed: str, size: int) -> bytes:
    """Raises ``typed_code.TypedWrong``, which names the wrong group (0: the number of groups)."""
    groups: Sequence[str] = typed.split()
    if len(groups) != typed_code.group_count(size):
        raise typed_code.TypedWrong(0)
    data = typed_code.read(groups)
    if len(data) != size:
        raise typed_code.TypedWrong(0)
    return data


def encode_request(request: Request) -> bytes:
    body = {"terminal": request.terminal, "code": request.code, "audit_key": request.audit_key, "csr": request.csr}
    return canonical.encode(body)


def parse_request(data: bytes) -> Request:
    """Raises WireError."""
    terminal, code, audit_key, csr = strict.fields(strict.decode(data), ("terminal", "code", "audit_key", "csr"), _PLACE)
    return Request(
        _terminal(terminal),
        strict.hexadecimal(code, CODE_BYTES, _PLACE),
        strict.hexadecimal(audit_key, 32, _PLACE),
        strict.text(csr, _PLACE),
    )


def _terminal(value: Any) -> str:
    text = strict.text(value, _PLACE)
    if not _TERMINAL.fullmatch(text):
        raise strict.WireError(f"{_PLACE}: terminal")
    return text


def encode_granted(granted: Granted) -> bytes:
    return canonical.encode({"certificate": granted.certificate, "signing": granted.signing})


def parse_granted(data: bytes) -> Granted:
    """Raises WireError."""
    certificate, signing = strict.fields(strict.decode(data), ("certificate", "signing"), _PLACE)
    return Granted(strict.text(certificate, _PLACE), strict.hexadecimal(signing, 32, _PLACE))
