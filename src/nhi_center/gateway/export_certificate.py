"""書き出しの証明書 from a file to the terminals: looked at, approved by two people, dated, signed by the gateway."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from nhi_center.domain import ward_certificate
from nhi_center.errors import OperatorError
from nhi_center.gateway import ward_settings
from nhi_center.gateway.database import Connection
from nhi_center.gateway.ward_settings import WardSetting

_LARGEST = 64 * 1024


def read(path: Path, effective_from: date, approved_by: Sequence[str]) -> WardSetting:
    """The certificate of a file as a setting. Raises OperatorError at ``file`` (none, not RSA of 2048 bits or more, not for
    encryption, not in force on its first day) or ``by``."""
    people = tuple(person.strip() for person in approved_by)
    if len(people) != 2 or not all(people):
        raise OperatorError("承認した人を --by で2人入力してください。", field="by")
    try:
        with path.open("rb") as file:
            certificate = ward_certificate.from_file(file.read(_LARGEST))
    except (OSError, ValueError):
        words = "証明書を読めません。暗号化に使える RSA 2048ビット以上の証明書(PEM か DER)を渡してください。"
        raise OperatorError(words, field="file") from None
    if not ward_certificate.is_valid_on(certificate, effective_from):
        raise OperatorError("この証明書は、今日は有効ではありません。期間を確かめてください。", field="file")
    return WardSetting(ward_certificate.NAME, ward_certificate.to_json(certificate), effective_from, (people[0], people[1]))


def subject_of(setting: WardSetting) -> str:
    return ward_certificate.subject(ward_certificate.parse(setting.value))


def publish(connection: Connection, setting: WardSetting, key: Ed25519PrivateKey) -> None:
    """Send it to every terminal. Raises OperatorError when one person approved twice."""
    with connection.transaction():
        ward_settings.publish(connection, [setting], key)
