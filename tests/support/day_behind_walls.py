"""A workstation's day in a process of its own, restricted as a terminal's is; then everything that must not get out is tried.

day_behind_walls.py TERMINAL.toml HOST HOST6        tells as JSON how far it came
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

from nhi_center.domain.self_check import State
from nhi_center.isolation import guard, restrict
from nhi_center.settings import load


def main(file: Path, host: str, host6: str) -> None:
    settings = load(file)
    restrict.begin(settings, file)
    from PySide6.QtWidgets import QApplication

    application = QApplication([])
    told: dict[str, object] = {"level": restrict.finish().level.name}
    told |= work(file)
    guard.take()
    from tests.support.way_out import every_way

    every_way(host, host6)
    told["refused in Python"] = len(guard.take()[0])
    application.processEvents()
    print(json.dumps(told))


def work(file: Path) -> dict[str, object]:
    """In and out, paper received, keyed, certificates of the self-check, all of it sent and anchored."""
    from nhi_center.link.client import GatewayLink
    from nhi_center.services import audit_log, self_check
    from nhi_center.services.premises import link_settings, open_premises
    from nhi_center.services.session import terminal_session
    from nhi_center.services.sync import synchronise
    from tests.support import papers
    from tests.support.office import OPENING, HandClock, as_person, enter, signed_in
    from tests.support.postgres import utc_now

    settings = load(file)
    premises = open_premises(settings, HandClock(OPENING))
    premises = replace(premises, link=GatewayLink(link_settings(settings, premises.terminal), utc_now))
    enter(premises, "k-ichiro", "s-toko")
    office, clerk = signed_in(premises, "k-ichiro")
    papers.register_people(office)
    papers.receive(office, clerk, F02=2)
    papers.key(office, clerk, "F02")
    synchronise(office)
    checked = self_check.run(office, terminal_session(office))
    layers = [one for one in checked.findings if one.name.startswith("isolation_")]
    made = audit_log.export(office, as_person(office, "s-toko"))
    done = synchronise(office)
    office.premises.link.close()
    office.store.close()
    premises.close()
    return {
        "anchored": done.anchored > 0,
        "exported": made.path.parent == settings.documents,
        "layers": sorted({one.state.value for one in layers if one.state is not State.OK}),
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
