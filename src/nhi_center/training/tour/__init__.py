"""One office day worked by itself, through the real windows."""

from __future__ import annotations

import time
from pathlib import Path

from nhi_center.errors import EnvironmentTrouble
from nhi_center.training.opening import begin, tour_house


def run_tour(out: Path, *, persons: int, seed: int, manual: Path | None = None) -> bool:
    """Work the day; leave pictures, PDFs and summary.json in ``out``. True when every step did what a clerk sees.

    ``manual``: a folder for the pictures of the manual, taken of the same day.

    The day is worked under the restrictions of a real terminal (接続制限), so Qt is loaded behind them.
    """
    out = out.resolve()
    pictures = manual.resolve() if manual is not None else None
    written = [out] if pictures is None else [out, pictures]
    for folder in written:
        folder.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    trouble: EnvironmentTrouble | None = None
    try:
        with tour_house(persons, seed) as house:
            begin(house, *written)
            from nhi_center.training.tour import day
            from nhi_center.training.tour.record import Record

            record = Record(out, persons, started=started)
            try:
                day.work_day(house, record, pictures)
            except EnvironmentTrouble as error:
                trouble = error
    except EnvironmentTrouble as error:  # there is no house to work in
        from nhi_center.training.tour import day
        from nhi_center.training.tour.record import Record

        record, trouble = Record(out, persons, started=started), error
    if trouble is not None:
        record.fail(str(trouble))
    return day.told(record)
