"""接続制限 at the start of a real terminal's program: asked for before Qt, and before there is a second thread."""

from __future__ import annotations

from nhi_center.domain.first_start import Step
from nhi_center.isolation import restrict
from nhi_center.services.first_start import FirstStart, load
from nhi_center.services.going_live import SETTINGS_FILE
from nhi_center.settings import load as settings_file


def begin_terminal(start: FirstStart) -> bool:
    """Restrict this process for the terminal that stands in the folder of ``start``; before Qt and before any thread.

    False, and nothing is restricted, while the terminal is still being set up: that takes files from elsewhere. Raises
    EnvironmentTrouble IS-01 below the level of the settings, and what reading them raises.
    """
    if load(start).step is not Step.DONE:
        return False
    file = start.folder / SETTINGS_FILE
    restrict.begin(settings_file(file), file)
    return True
