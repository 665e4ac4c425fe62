"""Keys are in this program's memory while somebody works: it is written to no file when the program dies, and no other process
of the same user looks into it."""

from __future__ import annotations

import sys

_PR_SET_DUMPABLE = 4


def keep_to_ourselves() -> None:
    """For the whole process, and no core file of those it starts. Does nothing where the system knows no such thing."""
    if sys.platform != "linux":
        return
    import ctypes
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # The limit alone does not hold where the system hands the dump to a program (systemd-coredump, apport).
    ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
