"""One-time codes (登録コード): made by ``enrol``, typed at the terminal, redeemed once for a certificate of its own key."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from psycopg import AsyncConnection
from psycopg.rows import TupleRow

from nhi_center.gateway import enrolment
from nhi_center.gateway.database import Connection
from nhi_center.link import wire_enrolment
from nhi_center.link.wire_enrolment import CODE_BYTES, Granted, Request

MINUTES = 15
MOST_TRIES = 5
REFUSED = "コードが違うか、期限が過ぎています。区のサーバでもう一度 enrol を実行してください。"
"""One sentence for every wrong code, name and time: which of them it was is not said."""
NOT_SIGNED = "証明書の求めの形が正しくありません。端末のプログラムの版を確かめてください。"
_OPEN = """
SELECT code FROM enrolment_code
 WHERE terminal = %s AND redeemed_at IS NULL AND expires_at > clock_timestamp() AND tries < %s FOR UPDATE
"""
_NEW = """
INSERT INTO enrolment_code (terminal, code, expires_at) VALUES (%s, %s, clock_timestamp() + make_interval(mins => %s))
ON CONFLICT (insurer, terminal) DO UPDATE
   SET code = excluded.code, expires_at = excluded.expires_at, tries = 0, redeemed_at = NULL
"""


def make(connection: Connection, terminal: str) -> bytes:
    """A new code for a terminal; an older one of his is void."""
    code = secrets.token_bytes(CODE_BYTES)
    with connection.transaction():
        connection.execute(_NEW, (terminal, hashlib.sha256(code).digest(), MINUTES))
    return code


def is_redeemed(connection: Connection, terminal: str, code: bytes) -> bool | None:
    """None while it is still open; False when it has run out, or another has taken its place."""
    with connection.transaction():
        row = connection.execute(
            "SELECT code = %s AND redeemed_at IS NOT NULL, code = %s AND expires_at > clock_timestamp() AND tries < %s"
            " FROM enrolment_code WHERE terminal = %s",
            (hashlib.sha256(code).digest(), hashlib.sha256(code).digest(), MOST_TRIES, terminal),
        ).fetchone()
    if row is None or not (row[0] or row[1]):
        return False
    return True if row[0] else None


def fingerprint(folder: Path) -> bytes:
    authority = x509.load_pem_x509_certificate((folder / enrolment.CA_CERTIFICATE).read_bytes())
    return wire_enrolment.fingerprint(authority.public_bytes(serialization.Encoding.DER))


async def redeem(connection: AsyncConnection[TupleRow], folder: Path, request: Request, now: datetime) -> Granted | str:
    """The certificate, or why not, in the caller's transaction, which commits either way: a wrong try counts."""
    row = await (await connection.execute(_OPEN, (request.terminal, MOST_TRIES))).fetchone()
    if row is None:
        return REFUSED
    if not hmac.compare_digest(bytes(row[0]), hashlib.sha256(bytes.fromhex(request.code)).digest()):
        await connection.execute("UPDATE enrolment_code SET tries = tries + 1 WHERE terminal = %s", (request.terminal,))
        return REFUSED
    key = _key_of(request)
    if key is None:
        return NOT_SIGNED
    certificate = enrolment.certify(folder, request.terminal, key, now)
    await connection.execute(
        enrolment.REGISTER, (request.terminal, bytes.fromhex(request.audit_key), certificate.fingerprint(hashes.SHA256()))
    )
    await connection.execute("UPDATE enrolment_code SET redeemed_at = clock_timestamp() WHERE terminal = %s", (request.terminal,))
    signing = (folder / enrolment.SIGNING_PUBLIC).read_text(encoding="ascii").strip()
    return Granted(certificate.public_bytes(serialization.Encoding.PEM).decode("ascii"), signing)


def _key_of(request: Request) -> ec.EllipticCurvePublicKey | None:
    """The P-256 key the request was signed with, for exactly this terminal."""
    try:
        csr = x509.load_pem_x509_csr(request.csr.encode("ascii"))
        names = [name.value for name in csr.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
        key = csr.public_key()
        good = csr.is_signature_valid and names == [request.terminal]
    except (ValueError, UnicodeEncodeError, InvalidSignature):
        return None
    return key if good and isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1) else None
