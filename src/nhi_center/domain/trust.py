"""Whose signatures count: the gateway, the terminals and the people of the room, by their public keys (署名の確認)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


@dataclass(frozen=True, slots=True)
class TrustedPerson:
    name: str
    role: str
    signing: str


@dataclass(frozen=True, slots=True)
class Trust:
    """Raw Ed25519 public keys in hex. The ward keeps this list; it holds no secret."""

    gateway: str
    terminals: Mapping[str, str]
    people: Mapping[str, TrustedPerson]

    def gateway_signed(self, payload: bytes, signature: str) -> bool:
        return signed_by(self.gateway, payload, signature)

    def terminal_signed(self, terminal: str, payload: bytes, signature: str) -> bool:
        return signed_by(self.terminals.get(terminal, ""), payload, signature)

    def person_signed(self, person: str, role: str, payload: bytes, signature: str) -> bool:
        known = self.people.get(person)
        return known is not None and known.role == role and signed_by(known.signing, payload, signature)


def signed_by(public: str, payload: bytes, signature: str) -> bool:
    """Whether ``signature`` over ``payload`` is that of ``public``; both lower-case hex, and any other spelling is refused."""
    try:
        key, value = bytes.fromhex(public), bytes.fromhex(signature)
        if key.hex() != public or value.hex() != signature:
            return False
        Ed25519PublicKey.from_public_bytes(key).verify(value, payload)
    except (InvalidSignature, TypeError, ValueError):  # what came from a file may be no text at all
        return False
    return True


def trust_to_json(trust: Trust) -> dict[str, Any]:
    people = {id_: {"name": p.name, "role": p.role, "signing": p.signing} for id_, p in trust.people.items()}
    return {"version": 1, "gateway": trust.gateway, "terminals": dict(trust.terminals), "people": people}


def trust_from_json(body: Mapping[str, Any]) -> Trust:
    """Raises ValueError when it is not such a list."""
    try:
        people = {str(id_): TrustedPerson(p["name"], p["role"], p["signing"]) for id_, p in body["people"].items()}
        return Trust(str(body["gateway"]), {str(k): str(v) for k, v in body["terminals"].items()}, people)
    except (KeyError, TypeError, AttributeError):
        raise ValueError("trust list") from None
