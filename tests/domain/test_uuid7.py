"""RFC 9562: version, variant, order by time; the RFC's own example (appendix A.6)."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from nhi_center.domain.uuid7 import uuid7


def test_the_example_of_the_rfc() -> None:
    now = datetime(2022, 2, 22, 19, 22, 22, tzinfo=UTC)
    chance = bytes.fromhex("0cc3") + (0x18C4DC0C0C07398F).to_bytes(8, "big")
    assert uuid7(now, chance) == UUID("017f22e2-79b0-7cc3-98c4-dc0c0c07398f")


def test_later_ones_stand_behind() -> None:
    now = datetime(2026, 11, 24, tzinfo=UTC)
    made = [uuid7(now + timedelta(milliseconds=number), secrets.token_bytes(10)) for number in range(50)]
    assert sorted(made) == made
    assert len(set(made)) == 50
    with pytest.raises(ValueError, match="ten bytes"):
        uuid7(now, b"short")
