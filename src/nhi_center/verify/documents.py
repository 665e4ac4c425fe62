"""Receipts and exports: the seal at their end, checked without store, contractor or network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nhi_center.domain import seal
from nhi_center.domain.seal import SealFault
from nhi_center.domain.statements import signed_bytes, statement_hash
from nhi_center.domain.trust import Trust

_FIELDS = {"kind", "body", "contents", "sealed_at", "terminal", "signature"}
_SIGNATURE = {"person", "name", "role", "signed_at", "statement", "value"}


@dataclass(frozen=True, slots=True)
class Signer:
    name: str
    role: str
    signed_at: str


@dataclass(frozen=True, slots=True)
class Proven:
    """What a whole file proves."""

    kind: str
    terminal: str
    sealed_at: str
    contents: Mapping[str, Any]
    signers: tuple[Signer, ...]


def check(file: bytes, trust: Trust, kind: str) -> Proven:
    """Prove a sealed PDF of ``kind`` (``handover``, ``summary``, ``log_review``).

    Raises SealFault with a sentence that says what is wrong.
    """
    body, found = seal.split(file)
    if found.keys() != _FIELDS or found["kind"] != kind:
        raise SealFault("この種類の書類ではありません。")
    if found["body"] != seal.body_hash(body):
        raise SealFault("書類の内容が、封印したときから変わっています。")
    payload = seal.seal_bytes(found["kind"], found["body"], found["contents"], found["sealed_at"], found["terminal"])
    if not trust.terminal_signed(str(found["terminal"]), payload, str(found["signature"])):
        raise SealFault("端末の署名が正しくありません。")
    statement = found["contents"]["statement"]
    expected = statement_hash(statement["kind"], statement["contents"])
    signers = tuple(_signer(entry, expected, trust) for entry in found["contents"]["signatures"])
    return Proven(kind, found["terminal"], found["sealed_at"], statement["contents"], signers)


def _signer(entry: Mapping[str, Any], expected: str, trust: Trust) -> Signer:
    if entry.keys() != _SIGNATURE or entry["statement"] != expected:
        raise SealFault("署名された内容が、書類の内容と違います。")
    payload = signed_bytes(expected, entry["person"], entry["role"], entry["signed_at"])
    known = trust.people.get(entry["person"])
    if (
        known is None
        or known.name != entry["name"]
        or not trust.person_signed(entry["person"], entry["role"], payload, entry["value"])
    ):
        raise SealFault("署名した人を確かめられません。署名が正しくないか、名簿にありません。")
    return Signer(entry["name"], entry["role"], entry["signed_at"])
