"""The process that makes the PDFs, started by worker.py. One job at a time; a second thread listens for cancel and the end.

Jobs arrive as length-prefixed pickles on standard input, from the parent alone. Answers leave as JSON lines and carry no
personal value but the characters that cannot be printed.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import sys
import threading
from typing import BinaryIO

from nhi_center.errors import EnvironmentTrouble, OperatorCancelled, OperatorError
from nhi_center.printing.pdf_font import warm
from nhi_center.printing.produce import produce
from nhi_center.printing.sheets import PdfJob, read_message


class _Desk:
    """Jobs waiting, and those that were cancelled before or while they run."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self.jobs: queue.SimpleQueue[tuple[int, PdfJob] | None] = queue.SimpleQueue()
        self.cancelled: set[int] = set()

    def listen(self) -> None:
        """Runs in its own thread until the parent says stop, closes its end, or is gone."""
        while True:
            message = read_message(self._source)
            if message is None:
                os._exit(0)  # the parent is gone: nobody waits for the job in hand, and its file is not yet in place
            kind, *rest = message
            if kind == "job":
                self.jobs.put((rest[0], rest[1]))
            elif kind == "cancel":
                self.cancelled.add(rest[0])
            elif kind == "stop":
                self.jobs.put(None)


def _answer(sink: BinaryIO, **values: object) -> None:
    sink.write(json.dumps(values, ensure_ascii=True).encode() + b"\n")
    sink.flush()


def _run(number: int, job: PdfJob, desk: _Desk, sink: BinaryIO) -> dict[str, object]:
    def progress(done: int, total: int) -> None:
        if number in desk.cancelled:
            raise OperatorCancelled
        if done % 10 == 0 or done == total:
            _answer(sink, kind="progress", job=number, done=done, total=total)

    try:
        if number in desk.cancelled:
            raise OperatorCancelled
        result = produce(job, progress)
    except OperatorCancelled:
        return {"kind": "cancelled"}
    except OperatorError as error:
        return {"kind": "operator", "message": error.message, "field": error.field, "code": str(error.code)}
    except EnvironmentTrouble as error:
        return {"kind": "trouble", "message": error.message, "code": error.code}
    except Exception as error:
        # a bug: its place, never its text, which may hold a value
        frame = error.__traceback__
        while frame is not None and frame.tb_next is not None:
            frame = frame.tb_next
        place = f"{os.path.basename(frame.tb_frame.f_code.co_filename)}:{frame.tb_lineno}" if frame else "?"
        return {"kind": "bug", "message": f"{type(error).__name__} at {place}"}
    return {"kind": "done", "path": str(result.path), "sha256": result.sha256, "size": result.size}


def main() -> None:
    os.nice(10)  # a person's key comes before a sheet: on two cores a batch would take every other turn
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    source = os.fdopen(os.dup(0), "rb")
    sink = os.fdopen(os.dup(1), "wb")
    # a library that prints something must not break the line to the parent
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    desk = _Desk(source)
    threading.Thread(target=desk.listen, name="listen", daemon=True).start()
    try:
        warm()
    except EnvironmentTrouble as error:
        _answer(sink, kind="ready", trouble=[error.code, error.message])
    else:
        _answer(sink, kind="ready", trouble=[])
    while (entry := desk.jobs.get()) is not None:
        number, job = entry
        _answer(sink, kind="started", job=number)
        _answer(sink, job=number, **_run(number, job, desk, sink))
        desk.cancelled.discard(number)
    sys.stdout.close()
    os._exit(0)  # the listening thread sits in a read and is not waited for


if __name__ == "__main__":
    main()
