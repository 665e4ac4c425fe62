from __future__ import annotations

from tests.support.postgres import credential, database, gateway, postgres, terminal

__all__ = ["credential", "database", "gateway", "postgres", "terminal"]
