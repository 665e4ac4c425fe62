"""For prove-packages.sh: leave a store one migration behind, or open it with the installed program and say what it reached."""

import sys
from pathlib import Path

sys.path.insert(0, "/opt/nhi-center/lib")

from nhi_center.storage.migrate import known_versions, undo
from nhi_center.storage.store import create_store, open_store

KEY = bytes(range(48))
"""Of an empty store that is thrown away."""


def main(act: str, path: Path) -> None:
    newest = known_versions()[-1][0]
    if act == "make":
        create_store(path, KEY)
        undo(path, KEY, newest - 1)  # as an older program would have left it
        return
    store = open_store(path, [KEY])
    with store.write.connect() as connection:
        reached = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
    store.close()
    print(f"store {reached} of {newest}")
    if reached != newest:
        raise SystemExit(1)


main(sys.argv[1], Path(sys.argv[2]))
