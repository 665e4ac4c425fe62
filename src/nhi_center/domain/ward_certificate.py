"""区の証明書: for whom an export is also put into a CMS envelope. A ward setting; without it there is the password alone."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding

NAME = "export_certificate"
"""The ward setting: ``{"certificate": base64 of DER}``."""

SMALLEST_BITS = 2048
"""CRYPTREC: RSA below 2048 bits is not used any more."""


def from_file(data: bytes) -> bytes:
    """The certificate of a file (PEM or DER) as DER. Raises ValueError when it is none that an envelope can be made for."""
    pem = data.lstrip().startswith(b"-----BEGIN CERTIFICATE-----")
    return _fit(x509.load_pem_x509_certificate(data) if pem else x509.load_der_x509_certificate(data))


def to_json(certificate: bytes) -> dict[str, str]:
    return {"certificate": base64.b64encode(certificate).decode()}


def parse(value: Mapping[str, Any]) -> bytes:
    """The certificate of the setting as DER. Raises ValueError, KeyError or TypeError."""
    if value.keys() != {"certificate"}:
        raise ValueError("keys")
    return from_file(base64.b64decode(value["certificate"], validate=True))


def is_valid_on(certificate: bytes, day: date) -> bool:
    """Whether it is in force on a whole day of the office (JST)."""
    found = x509.load_der_x509_certificate(certificate)
    begin = datetime.combine(day, time(), UTC) - timedelta(hours=9)
    return found.not_valid_before_utc <= begin and begin + timedelta(days=1) <= found.not_valid_after_utc


def subject(certificate: bytes) -> str:
    """Whose it is, for people to compare."""
    return x509.load_der_x509_certificate(certificate).subject.rfc4514_string()


def _fit(found: x509.Certificate) -> bytes:
    key = found.public_key()
    if not isinstance(key, RSAPublicKey) or key.key_size < SMALLEST_BITS:
        raise ValueError("key")
    try:
        usage = found.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        usage = None
    if usage is not None and not usage.key_encipherment:
        raise ValueError("usage")
    return found.public_bytes(Encoding.DER)
