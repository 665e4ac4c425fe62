"""The reference without encryption: a copy of the store opened by the same library without a key.

Only synthetic people are ever in it. Engine, settings and statements are the store's own; the key is the one difference.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nhi_center.storage import engine
from nhi_center.storage.engine import SQLCipherDialect


def copy_without_key(store: Path, key: bytes, copy: Path) -> None:
    """Write everything of a closed store, search index and triggers too, into a plain file. Raises FileExistsError."""
    copy.touch(mode=0o600, exist_ok=False)
    connection = engine.connect(store, key)
    try:
        connection.execute("ATTACH ? AS plain KEY ''", (str(copy),))
        connection.execute("SELECT sqlcipher_export('plain')").fetchone()
        connection.execute("DETACH plain")
    finally:
        connection.close()


def connect(path: Path) -> Any:
    """A bare connection as ``storage.engine.connect`` makes it, without the key. The caller closes it."""
    driver = SQLCipherDialect.import_dbapi()
    return driver.connect(f"file:{path}?mode=rw", uri=True, isolation_level=None, check_same_thread=False, timeout=5.0)
