"""What is written out stays in the business folder: what leads elsewhere is refused below, and kept in the log here."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from nhi_center.errors import EnvironmentTrouble
from nhi_center.files import folder_inside, outside
from nhi_center.services.office import Office
from nhi_center.services.terminal import terminal_session
from nhi_center.services.work import log_refusal

P = ParamSpec("P")
T = TypeVar("T")
OUTSIDE = outside().code


def logs_outside(function: Callable[Concatenate[Office, P], T]) -> Callable[Concatenate[Office, P], T]:
    """For a service that writes a file: when its folder leads out of the business folder (ST-11), the log says so."""

    @wraps(function)
    def watched(office: Office, /, *arguments: P.args, **named: P.kwargs) -> T:
        try:
            return function(office, *arguments, **named)
        except EnvironmentTrouble as trouble:
            if trouble.code == OUTSIDE:
                log_refusal(office, terminal_session(office), "denied", reason="outside-folder")
            raise

    return watched


@logs_outside
def require_folder(office: Office, folder: Path) -> None:
    """Raise EnvironmentTrouble ST-11 before anything is begun. A folder that cannot be made is told by whoever writes."""
    try:
        with folder_inside(office.settings.business_folder, folder):
            pass
    except OSError:
        return
