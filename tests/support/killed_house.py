"""Run alone: enters a training house, says who its gateway is, and is killed.

python -m tests.support.killed_house FOLDER DATABASE
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from nhi_center.training.house import House


def main() -> None:
    with House(Path(sys.argv[1]), persons=300, seed=1, fresh=True, database=sys.argv[2]) as house:
        assert house._process is not None
        print(house._process.pid, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
