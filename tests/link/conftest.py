from __future__ import annotations

from tests.support.postgres import database, gateway, postgres, terminal

__all__ = ["database", "gateway", "postgres", "terminal"]
