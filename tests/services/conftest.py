from __future__ import annotations

from tests.support.postgres import gateway, postgres

__all__ = ["gateway", "postgres"]
