"""Who may connect: the gateway's own certificate authority, server and terminal certificates, and the registry of terminals.

Certificates carry critical basicConstraints and keyUsage, subject and authority key identifiers and names, which Python
3.13 and later insists on (RFC 5280). Keys are ECDSA P-256; the gateway's signing key is Ed25519. Every private key is encrypted
PEM (PKCS#8) of mode 0600 in a folder of mode 0700: the gateway's with the passphrase of ``passphrase``, a terminal's with the one
its keyring holds.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from nhi_center.errors import EnvironmentTrouble
from nhi_center.files import replace_file
from nhi_center.gateway import passphrase
from nhi_center.gateway.database import Connection

PrivateKey = ec.EllipticCurvePrivateKey | Ed25519PrivateKey
AUTHORITY_YEARS = 10
CERTIFICATE_DAYS = 730
_SLACK = timedelta(hours=1)  # a terminal's clock may be a little behind

CA_CERTIFICATE, CA_KEY = "ca.pem", "ca.key"
SERVER_CERTIFICATE, SERVER_KEY = "server.pem", "server.key"
SIGNING_KEY, SIGNING_PUBLIC = "signing.key", "gateway-signing.pub"

REGISTER = (
    "INSERT INTO terminal (terminal, audit_key, certificate) VALUES (%s, %s, %s) ON CONFLICT (insurer, terminal) DO UPDATE"
    " SET audit_key = excluded.audit_key, certificate = excluded.certificate, enrolled_at = now(), revoked_at = NULL"
)


@dataclass(frozen=True, slots=True)
class TerminalIdentity:
    """What a terminal receives: its certificate, its encrypted key and the gateway's authority (all PEM)."""

    certificate: bytes
    key: bytes
    authority: bytes
    fingerprint: bytes


def make_authority(folder: Path, now: datetime, server_name: str, address: str) -> None:
    """Write a new authority, server certificate and signing key into ``folder``. Raises FileExistsError over old ones,
    EnvironmentTrouble GW-11 and OperatorError without a passphrase for them."""
    secret = passphrase.first(folder)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    authority_key = ec.generate_private_key(ec.SECP256R1())
    name = _name("nhi-center gateway authority")
    authority = _builder(name, name, authority_key.public_key(), now, 365 * AUTHORITY_YEARS)
    authority = authority.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    authority = authority.add_extension(_usage(authority=True), critical=True)
    authority = authority.add_extension(
        x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False
    )
    certificate = authority.sign(authority_key, hashes.SHA256())
    server_key = ec.generate_private_key(ec.SECP256R1())
    names = [x509.DNSName(server_name), x509.IPAddress(ipaddress.ip_address(address))]
    server = _issue(certificate, authority_key, server_name, server_key.public_key(), now, names, ExtendedKeyUsageOID.SERVER_AUTH)
    signing_key = Ed25519PrivateKey.generate()
    _write_private(folder / CA_KEY, _private_pem(authority_key, secret))
    _write_private(folder / SERVER_KEY, _private_pem(server_key, secret))
    _write_private(folder / SIGNING_KEY, _private_pem(signing_key, secret))
    (folder / CA_CERTIFICATE).write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / SERVER_CERTIFICATE).write_bytes(server.public_bytes(serialization.Encoding.PEM))
    (folder / SIGNING_PUBLIC).write_text(signing_key.public_key().public_bytes_raw().hex() + "\n", encoding="ascii")


def discard(folder: Path) -> None:
    """Remove a training gateway's keys and certificates; every terminal enrols anew after it."""
    for name in (CA_CERTIFICATE, CA_KEY, SERVER_CERTIFICATE, SERVER_KEY, SIGNING_KEY, SIGNING_PUBLIC):
        (folder / name).unlink(missing_ok=True)


def signing_key(folder: Path) -> Ed25519PrivateKey:
    """The gateway's Ed25519 key, which countersigns audit heads and signs ward settings. Raises EnvironmentTrouble GW-11."""
    key = _load(folder, SIGNING_KEY)
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError("signing key")
    return key


def change_passphrase(folder: Path, old: bytes | None, new: bytes) -> None:
    """Encrypt the gateway's keys anew; ``old`` is None for keys from before they were encrypted. Again after a crash finishes it.

    Raises EnvironmentTrouble GW-11 when a key opens with neither; then nothing is changed.
    """
    sealed = {name: _private_pem(_opened(folder, name, (old, new)), new) for name in (CA_KEY, SERVER_KEY, SIGNING_KEY)}
    for name, pem in sealed.items():
        replace_file(folder / name, pem)


def are_encrypted(folder: Path) -> bool:
    """Whether no private key of the gateway lies open."""
    return all(b"ENCRYPTED" in (folder / name).read_bytes() for name in (CA_KEY, SERVER_KEY, SIGNING_KEY))


def _load(folder: Path, name: str) -> PrivateKey:
    return _opened(folder, name, (passphrase.of(folder),))


def _opened(folder: Path, name: str, secrets: Sequence[bytes | None]) -> PrivateKey:
    pem = (folder / name).read_bytes()
    for secret in secrets:
        try:
            key = serialization.load_pem_private_key(pem, secret)
        except (ValueError, TypeError):  # TypeError: encrypted and no passphrase, or the other way round
            continue
        if isinstance(key, PrivateKey):
            return key
    raise wrong_passphrase()


def wrong_passphrase() -> EnvironmentTrouble:
    return EnvironmentTrouble(
        "GW-11", "サーバの鍵を合言葉で開けません。暗号化されていない鍵は、change-passphrase で暗号化してください。"
    )


def issue_terminal(folder: Path, terminal: str, secret: bytes, now: datetime) -> TerminalIdentity:
    """A new certificate whose common name is the terminal's, with its key encrypted by ``secret`` (not empty)."""
    if not secret:
        raise ValueError("passphrase")
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = certify(folder, terminal, key.public_key(), now)
    return TerminalIdentity(
        certificate.public_bytes(serialization.Encoding.PEM),
        _private_pem(key, secret),
        (folder / CA_CERTIFICATE).read_bytes(),
        certificate.fingerprint(hashes.SHA256()),
    )


def certify(folder: Path, terminal: str, key: ec.EllipticCurvePublicKey, now: datetime) -> x509.Certificate:
    """A new certificate for a terminal's own key; its common name is the terminal's. Raises EnvironmentTrouble GW-11."""
    authority = x509.load_pem_x509_certificate((folder / CA_CERTIFICATE).read_bytes())
    authority_key = _load(folder, CA_KEY)
    if not isinstance(authority_key, ec.EllipticCurvePrivateKey):
        raise ValueError("authority key")
    names = [x509.DNSName(terminal.lower())]
    return _issue(authority, authority_key, terminal, key, now, names, ExtendedKeyUsageOID.CLIENT_AUTH)


def register_terminal(connection: Connection, terminal: str, audit_key: bytes, fingerprint: bytes) -> None:
    """Enter the terminal, or replace its certificate (the old one stops working at once). A revoked terminal may come back."""
    with connection.transaction():
        connection.execute(REGISTER, (terminal, audit_key, fingerprint))


def revoke_terminal(connection: Connection, terminal: str) -> bool:
    """Shut a terminal out; what it sent stays. False when there is no such terminal in use."""
    with connection.transaction():
        done = connection.execute(
            "UPDATE terminal SET revoked_at = now() WHERE terminal = %s AND revoked_at IS NULL", (terminal,)
        )
    return done.rowcount == 1


def enrol(
    folder: Path, connection: Connection, terminal: str, audit_key: bytes, secret: bytes, now: datetime
) -> TerminalIdentity:
    """Issue a terminal's certificate and enter it with its Ed25519 public key (32 bytes) in one act."""
    identity = issue_terminal(folder, terminal, secret, now)
    register_terminal(connection, terminal, audit_key, identity.fingerprint)
    return identity


def write_identity(identity: TerminalIdentity, terminal: str, gateway: Path, out: Path) -> None:
    """Write TERMINAL.pem, TERMINAL.key, ca.pem and gateway-signing.pub for the terminal into ``out``."""
    out.mkdir(mode=0o700, parents=True, exist_ok=True)
    (out / f"{terminal}.key").unlink(missing_ok=True)
    _write_private(out / f"{terminal}.key", identity.key)
    (out / f"{terminal}.pem").write_bytes(identity.certificate)
    (out / CA_CERTIFICATE).write_bytes(identity.authority)
    (out / SIGNING_PUBLIC).write_bytes((gateway / SIGNING_PUBLIC).read_bytes())


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _SLACK)
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _issue(
    authority: x509.Certificate,
    authority_key: ec.EllipticCurvePrivateKey,
    common_name: str,
    key: ec.EllipticCurvePublicKey,
    now: datetime,
    names: Sequence[x509.GeneralName],
    purpose: x509.ObjectIdentifier,
) -> x509.Certificate:
    builder = _builder(_name(common_name), authority.subject, key, now, CERTIFICATE_DAYS)
    return (
        builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(authority=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False)
        .sign(authority_key, hashes.SHA256())
    )


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )


def _private_pem(key: PrivateKey, secret: bytes) -> bytes:
    encryption = serialization.BestAvailableEncryption(secret)
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)


def _write_private(path: Path, data: bytes) -> None:
    """Create with mode 0600 from the first moment; never over an existing file."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
