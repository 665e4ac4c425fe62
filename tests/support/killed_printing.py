"""Run alone: prints one certificate and is killed while the printer has it.

python -m tests.support.killed_printing FOLDER JOB GATEWAY
"""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import replace
from pathlib import Path

from nhi_center import settings
from nhi_center.printing.spool import PrintOutcome, SpoolPrinter
from nhi_center.services.certificate_printing import print_jobs
from nhi_center.services.clock import TrainingClock
from nhi_center.services.premises import open_premises
from nhi_center.services.session import sign_in
from tests.support.office import OPENING, PASSWORDS


class Killer(SpoolPrinter):
    """The sheet is in the spool folder, and then the power goes."""

    def send(self, job_id: str, pdf: Path, copies: int, *, serial: str = "") -> PrintOutcome:
        super().send(job_id, pdf, copies, serial=serial)
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError("still alive")


def main() -> None:
    folder, job, gateway = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    premises = open_premises(settings.load(folder / "terminal.toml"), TrainingClock(OPENING))
    trust = replace(premises.trust, gateway=gateway)  # whose key the test holds: it has signed the ward's settings
    premises = replace(premises, printer=Killer(premises.settings.spool), trust=trust)
    office, session = sign_in(premises, "k-ichiro", PASSWORDS["k-ichiro"])
    print_jobs(office, session, [job], lambda _done, _total, _words: None)


if __name__ == "__main__":
    main()
