"""A process of its own, started by ``nhi-center-gateway train --history``: the gateway loads nothing of a workstation.

Arguments: months, scale, persons, seed, ``fresh`` or ``kept``, and the house's folder where it is not the usual one.
"""

from __future__ import annotations

import sys
from pathlib import Path

from nhi_center.errors import EnvironmentTrouble, OperatorError
from nhi_center.training.history.run import Wanted, run


def main() -> int:
    months, scale, persons, seed, fresh, *home = sys.argv[1:]
    wanted = Wanted(int(months), float(scale), int(persons), int(seed))
    try:
        return 0 if run(Path(home[0]) if home else None, wanted, fresh=fresh == "fresh") else 130
    except KeyboardInterrupt:
        print("すぐに止めました。この日は途中のままです。作り直すときは --fresh を付けてください。", file=sys.stderr)
        return 130
    except (EnvironmentTrouble, OperatorError) as trouble:
        print(str(trouble), file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
