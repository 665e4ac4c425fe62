"""Every way out tried by a process under the kernel's layers alone, without a day of work before.

tries_behind_walls.py TERMINAL.toml HOST HOST6
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from nhi_center.isolation import restrict
from nhi_center.settings import load


def main(file: Path, host: str, host6: str) -> None:
    restrict.begin_beside(load(file), file)
    from PySide6.QtWidgets import QApplication

    application = QApplication([])
    level = restrict.finish().level.name
    from tests.support.way_out import every_way

    every_way(host, host6)
    application.processEvents()
    print(json.dumps(level))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
