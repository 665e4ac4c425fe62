"""A terminal comes by its certificate with a one-time code: once, in time, and never from somebody else's gateway."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import NameOID

from nhi_center.errors import EnvironmentTrouble
from nhi_center.gateway import configuration, enrolment_codes
from nhi_center.gateway.database import connect
from nhi_center.link import enrolling, wire_enrolment
from nhi_center.link.client import AddressPolicy, GatewayLink, LinkSettings
from nhi_center.link.wire_enrolment import Granted, Request
from tests.support.postgres import RunningGateway, utc_now

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def policy(gateway: RunningGateway) -> AddressPolicy:
    return AddressPolicy("127.0.0.1", gateway.port)


def code_for(gateway: RunningGateway, name: str) -> bytes:
    with connect(gateway.dsn) as connection:
        return enrolment_codes.make(connection, name)


def request(name: str, code: bytes, key: Key, *, signed_for: str = "") -> Request:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, signed_for or name)])
    csr = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, hashes.SHA256())
    audit = Ed25519PrivateKey.generate().public_key().public_bytes_raw().hex()
    return Request(name, code.hex(), audit, csr.public_bytes(serialization.Encoding.PEM).decode())


def redeem(gateway: RunningGateway, asked: Request) -> Granted:
    authority = enrolling.authority(policy(gateway), enrolment_codes.fingerprint(gateway.folder))
    return enrolling.enrol(policy(gateway), configuration.SERVER_NAME, authority, asked)


def refused(gateway: RunningGateway, asked: Request) -> None:
    with pytest.raises(EnvironmentTrouble, match="LK-03"):
        redeem(gateway, asked)


def test_a_code_is_good_once_and_the_certificate_works(gateway: RunningGateway, tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    asked = request("T81", code_for(gateway, "T81"), key)
    granted = redeem(gateway, asked)
    refused(gateway, asked)
    encoding = serialization.Encoding.PEM
    for name, data in (
        ("T81.pem", granted.certificate.encode()),
        ("ca.pem", (gateway.folder / "ca.pem").read_bytes()),
        ("T81.key", key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())),
    ):
        (tmp_path / name).write_bytes(data)
    paths = (tmp_path / "ca.pem", tmp_path / "T81.pem", tmp_path / "T81.key")
    with GatewayLink(LinkSettings(policy(gateway), configuration.SERVER_NAME, *paths), utc_now) as link:
        assert link.hello().terminal == "T81"


def test_a_newer_code_voids_the_older_and_time_and_tries_void_both(gateway: RunningGateway) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    old = code_for(gateway, "T82")
    new = code_for(gateway, "T82")
    refused(gateway, request("T82", old, key))
    refused(gateway, request("T83", new, key))
    for _ in range(enrolment_codes.MOST_TRIES - 1):
        refused(gateway, request("T82", bytes(wire_enrolment.CODE_BYTES), key))
    refused(gateway, request("T82", new, key))
    late = code_for(gateway, "T82")
    with connect(gateway.dsn) as connection:
        connection.execute("UPDATE enrolment_code SET expires_at = now() - interval '1 second' WHERE terminal = 'T82'")
    refused(gateway, request("T82", late, key))
    with connect(gateway.dsn) as connection:
        assert enrolment_codes.is_redeemed(connection, "T82", late) is False
    assert gateway.scalar("SELECT count(*) FROM terminal WHERE terminal IN ('T82', 'T83')") == 0


def test_a_request_for_another_name_or_with_another_kind_of_key_is_refused(gateway: RunningGateway) -> None:
    code = code_for(gateway, "T84")
    refused(gateway, request("T84", code, ec.generate_private_key(ec.SECP256R1()), signed_for="T04"))
    refused(gateway, request("T84", code, ec.generate_private_key(ec.SECP384R1())))
    refused(gateway, request("T84", code, rsa.generate_private_key(65537, 2048)))
    assert redeem(gateway, request("T84", code, ec.generate_private_key(ec.SECP256R1()))).certificate


def test_another_fingerprint_stops_before_the_code_is_sent(gateway: RunningGateway) -> None:
    with pytest.raises(EnvironmentTrouble, match="LK-02"):
        enrolling.authority(policy(gateway), bytes(wire_enrolment.FINGERPRINT_BYTES))


def test_the_command_shows_the_code_and_waits_for_the_terminal(gateway: RunningGateway) -> None:
    command = [sys.executable, "-c", "from nhi_center.gateway.cli import main; main()", "enrol", "T85"]
    waiting = subprocess.Popen(
        [*command, "--home", str(gateway.folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": "src"},
    )
    assert waiting.stdout is not None
    shown = [waiting.stdout.readline() for _ in range(4)]
    code = wire_enrolment.read(shown[2].removeprefix("  登録コード"), wire_enrolment.CODE_BYTES)
    fingerprint = wire_enrolment.read(shown[3].removeprefix("  サーバの指紋"), wire_enrolment.FINGERPRINT_BYTES)
    authority = enrolling.authority(policy(gateway), fingerprint)
    asked = request("T85", code, ec.generate_private_key(ec.SECP256R1()))
    enrolling.enrol(policy(gateway), configuration.SERVER_NAME, authority, asked)
    out, _ = waiting.communicate(timeout=30)
    assert (waiting.returncode, out) == (0, "端末 T85 を登録しました。\n")
