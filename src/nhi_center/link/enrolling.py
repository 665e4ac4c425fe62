"""How a terminal comes by its certificate: it asks the gateway for its authority, compares it with the fingerprint that was
typed, and only then sends code and request, over TLS that this authority vouches for. The private key never leaves the terminal.
"""

from __future__ import annotations

import http.client
import socket
import ssl

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from nhi_center.errors import EnvironmentTrouble
from nhi_center.link import wire, wire_enrolment
from nhi_center.link.client import ANSWER_SECONDS, CONNECT_SECONDS, AddressPolicy
from nhi_center.link.wire_enrolment import Granted, Request


def authority(policy: AddressPolicy, fingerprint: bytes) -> bytes:
    """The gateway's authority (PEM). Raises EnvironmentTrouble LK-01, or LK-02 when it is not the one of this fingerprint."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    # Nothing is believed of this connection but bytes whose fingerprint was typed by a person.
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    _, data = _exchange(policy, context, "", "GET", wire_enrolment.PATH_AUTHORITY, None)
    try:
        certificate = x509.load_pem_x509_certificate(data)
        same = wire_enrolment.fingerprint(certificate.public_bytes(serialization.Encoding.DER)) == fingerprint
    except ValueError:
        same = False
    if not same:
        raise EnvironmentTrouble(
            "LK-02", "答えた相手の指紋が、入れた指紋と違います。コードは送っていません。区の担当者に連絡してください。"
        )
    return data


def enrol(policy: AddressPolicy, server_name: str, authority_pem: bytes, request: Request) -> Granted:
    """Redeem the one-time code. Raises EnvironmentTrouble LK-01 and LK-02, LK-03 with the gateway's reason, LK-04."""
    context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH, cadata=authority_pem.decode("ascii"))
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    body = wire_enrolment.encode_request(request)
    status, data = _exchange(policy, context, server_name, "POST", wire_enrolment.PATH_ENROL, body)
    try:
        if status == 409:
            raise EnvironmentTrouble("LK-03", wire.parse_reason(data))
        if status == 200:
            return wire_enrolment.parse_granted(data)
    except wire.WireError:
        pass
    raise EnvironmentTrouble("LK-04", "区のサーバと通信の版が合いません。区の担当者に連絡してください。")


def _exchange(
    policy: AddressPolicy, context: ssl.SSLContext, server_name: str, method: str, path: str, body: bytes | None
) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(policy.host, policy.port)
    try:
        plain = socket.create_connection((policy.host, policy.port), timeout=CONNECT_SECONDS)
        connection.sock = context.wrap_socket(plain, server_hostname=server_name or None)
        connection.sock.settimeout(ANSWER_SECONDS)
        headers = {"Content-Type": "application/json"} if body is not None else {}
        connection.request(method, path, body=body, headers=headers)
        response = connection.getresponse()
        return response.status, response.read(wire_enrolment.MAX_BODY_BYTES)
    except ssl.SSLCertVerificationError:
        raise EnvironmentTrouble(
            "LK-02", "接続先が区のサーバであることを確認できません。コードは送っていません。区の担当者に連絡してください。"
        ) from None
    except (OSError, http.client.HTTPException):
        raise EnvironmentTrouble(
            "LK-01", "区のサーバに届きません。アドレスと、区のサーバが動いているかを確かめてください。"
        ) from None
    finally:
        connection.close()
