"""For prove-packages.sh: leave a store one migration behind, open it with the installed program and say what it reached, or close
a workbook as 書き出し does and open it again."""

import sys
from pathlib import Path

sys.path.insert(0, "/opt/nhi-center/lib")

from nhi_center.storage.migrate import known_versions, undo
from nhi_center.storage.store import create_store, open_store

KEY = bytes(range(48))
"""Of an empty store that is thrown away."""


PASSWORD = "PROBE-PROBE-PROBE"
"""Of an empty workbook."""


def book(path: Path) -> None:
    """Raises when the libraries of the package cannot do it."""
    from msoffcrypto.format.ooxml import OOXMLFile

    from nhi_center.printing.produce import produce
    from nhi_center.printing.sheets import BookTable, PdfJob, Workbook

    table = BookTable("見本", ("件",), ((1,),))
    produce(PdfJob(Workbook("見本", (), (table,)), path, PASSWORD, encrypted=True))
    with path.open("rb") as file, path.with_suffix(".plain").open("wb") as plain:
        closed = OOXMLFile(file)
        closed.load_key(password=PASSWORD, verify_password=True)
        closed.decrypt(plain, verify_integrity=True)


def main(act: str, path: Path) -> None:
    if act == "book":
        book(path)
        return
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
