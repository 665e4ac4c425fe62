"""A manifest that a terminal signs: one JSON object with its form and its signature. What else stands in it is its kind's own."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any

from nhi_center.domain import canonical


def signed_bytes(prefix: bytes, body: Mapping[str, Any]) -> bytes:
    """What the terminal's signature is over; ``prefix`` keeps one kind of manifest from passing for another."""
    return prefix + canonical.encode(body)


def write(body: Mapping[str, Any], signature: str) -> bytes:
    """The file: canonical, so that one manifest has one fingerprint."""
    return canonical.encode({**body, "signature": signature})


def read(data: bytes, form: str, fields: Set[str]) -> tuple[dict[str, Any], str]:
    """(what is signed, signature). Nothing is proven yet. Raises ValueError unless it is of this form with just these ``fields``
    beside form and signature."""
    body = canonical.decode(data)
    if not isinstance(body, dict) or body.keys() != {"form", "signature", *fields} or body["form"] != form:
        raise ValueError("form")
    return body, str(body.pop("signature"))
