"""Run alone: signs an open 便 for both sides and is killed at one point of it.

python -m tests.support.killed_handover FOLDER HANDOVER POINT
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nhi_center import settings
from nhi_center.domain.handover import STATEMENT, Direction
from nhi_center.services import handover
from nhi_center.services.handover import Credential
from nhi_center.services.premises import open_premises
from nhi_center.services.session import sign_in
from nhi_center.services.signing import sign
from nhi_center.storage import audit, custody, outbox
from nhi_center.storage import handover as store
from tests.support.office import OPENING, PASSWORDS, HandClock

POINTS: dict[str, tuple[Any, str, int] | None] = {
    "one signature kept": (store, "keep_signature", 1),
    "both signatures kept": (store, "keep_signature", 2),
    "one movement posted": (custody, "post", 1),
    "slips made": (custody, "new_slips", 1),
    "marked as signed": (store, "finish", 1),
    "told to the segment": (outbox, "add", 1),
    "told to the room": (outbox, "add", 2),
    "in the log, not committed": (audit, "append", 1),
    "committed": None,
}
"""Where the power goes: (module, function, after how many calls); None: when everything is kept."""


def power_goes(verb: Callable[..., Any], calls: int) -> Callable[..., Any]:
    done = 0

    def killed(*arguments: Any, **named: Any) -> Any:
        nonlocal done
        result = verb(*arguments, **named)
        done += 1
        if done == calls:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    return killed


def main() -> None:
    folder, id_, point = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    premises = open_premises(settings.load(folder / "terminal.toml"), HandClock(OPENING))
    office, session = sign_in(premises, "k-ichiro", PASSWORDS["k-ichiro"])
    coming_in = handover.view(office, session, id_).handover.direction is Direction.IN
    who_signs = ("40127", "k-ichiro") if coming_in else ("k-ichiro", "40127")
    people = [Credential(person, PASSWORDS[person]) for person in who_signs]
    contents = handover.contents_to_sign(office, session, id_, *who_signs)
    signed = [sign(office, who.person, who.password, STATEMENT, contents) for who in people]
    if (where := POINTS[point]) is not None:
        module, name, calls = where
        setattr(module, name, power_goes(getattr(module, name), calls))
    handover.sign_handover(office, session, id_, *signed)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
