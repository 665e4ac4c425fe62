"""Who has left the register leaves the change list too, with his tombstone, once no terminal in use needs to hear of it.

A tombstone (``person_gone``) is given with the version and the fingerprint of what it takes away. It goes only when every
terminal that is in use and has ever asked is past it: one that is still before it has the person, and would have him for ever.
"""

from __future__ import annotations

from nhi_center.gateway.database import Connection

# Terminals that ask for the first time at this moment wait: what they are given must not lack the tombstones of what they got.
_ASKING_WAITS = "LOCK TABLE contact IN SHARE ROW EXCLUSIVE MODE"
_PASSED = "SELECT min(c.cursor) FROM contact c JOIN terminal t USING (terminal) WHERE t.revoked_at IS NULL"
# Of those who are withheld alone the newest row stays: it is given out again when they are on the list once more.
_ROWS = """
DELETE FROM change c USING person_now n
 WHERE n.atena = c.id AND c.kind IN ('person', 'person_gone') AND NOT n.held AND n.cursor <= %(passed)s
   AND (c.cursor < n.cursor OR n.fingerprint IS NULL)
"""
_GONE = "DELETE FROM person_now WHERE fingerprint IS NULL AND cursor <= %(passed)s RETURNING cursor"
_WITHHELD = "UPDATE person_now SET told = false WHERE NOT held AND told AND cursor <= %(passed)s RETURNING cursor"
_KEEP = """
INSERT INTO change_pruned (cursor) VALUES (%s)
ON CONFLICT (insurer) DO UPDATE SET cursor = greatest(change_pruned.cursor, excluded.cursor), at = now()
"""


def prune(connection: Connection) -> int:
    """Forget whom every terminal has dropped, in the caller's transaction, which holds the lock of writers; gives how many."""
    connection.execute(_ASKING_WAITS)
    (passed,) = connection.execute(_PASSED).fetchone() or (None,)
    if passed is None:
        return 0
    connection.execute("SET LOCAL nhi.pruning = 'on'")
    connection.execute(_ROWS, {"passed": passed})
    connection.execute("SET LOCAL nhi.pruning = 'off'")
    dropped = [row[0] for query in (_GONE, _WITHHELD) for row in connection.execute(query, {"passed": passed}).fetchall()]
    if dropped:
        connection.execute(_KEEP, (max(dropped),))
    return len(dropped)
