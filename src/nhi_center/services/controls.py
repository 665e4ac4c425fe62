"""委託の管理: every measure of the council paper: its checks run now, its records read.

A check (``services.control_checks``) tells what it found; a kind of record tells when it was last written and what is overdue.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from nhi_center import resources
from nhi_center.domain import controls as rules
from nhi_center.domain.calendar import wareki
from nhi_center.domain.control_records import ControlRecord, RecordKind
from nhi_center.domain.controls import Found, Measure, Standing, State
from nhi_center.domain.operators import Action, Session
from nhi_center.printing.sheets import ListColumn, ListPart, ListSheet
from nhi_center.services.control_checks import CHECKS
from nhi_center.services.control_seen import Seen, see
from nhi_center.services.documents import make_list
from nhi_center.services.office import Office
from nhi_center.services.work import reading
from nhi_center.storage import control_records
from nhi_center.storage.engine import Connection


@dataclass(frozen=True, slots=True)
class Controls:
    """All measures as they stand now, in the paper's order."""

    standings: tuple[Standing, ...]
    terminal: str
    today: date

    def count(self, state: State) -> int:
        return rules.count(self.standings, state)


@cache
def measures() -> tuple[Measure, ...]:
    """The measures (resources/controls.toml). Raises ValueError for one with neither check nor record."""
    return rules.measures_from_table(resources.read_toml("controls.toml"))


def report(office: Office, session: Session) -> Controls:
    """Run every check and read every record. Raises as ``ward_settings.rules``. Goes through a month of the log: in a lane."""
    with reading(office, session, Action.VIEW_CONTROLS) as connection:
        return Controls(read(office, connection), office.terminal, office.clock.today())


def read(office: Office, connection: Connection) -> tuple[Standing, ...]:
    """As ``report``, inside somebody's reading. Each check runs once, however many measures name it."""
    seen = see(office, connection)
    found = {name: check(seen) for name, check in CHECKS.items()}
    records = control_records.every(connection)
    return tuple(
        rules.standing(
            measure,
            [found[name] for name in measure.checks],
            [_recorded(seen, kind, records) for kind in measure.records],
        )
        for measure in measures()
    )


def _recorded(seen: Seen, kind: RecordKind, records: tuple[ControlRecord, ...]) -> Found:
    of_kind = [one for one in records if one.wanted.kind is kind]
    at = max((one.last_day for one in of_kind), default="")
    late = sum(one.overdue(seen.today) for one in of_kind)
    if late:
        return Found(State.ACTION, f"{kind.label}: 期限までに回答のないものが{late}件あります。", at)
    if kind.needed and not of_kind:
        return Found(State.ACTION, f"{kind.label}の記録がありません。", at)
    words = f"{kind.label}の記録 {len(of_kind)}件。" if of_kind else f"{kind.label}の記録はありません。"
    return Found(State.BY_RECORD, words, at)


# -- for machines, and on paper --


def as_json(found: Controls) -> str:
    """Every measure with its state, what was found and the day of its last proof."""
    body = {
        "terminal": found.terminal,
        "day": found.today.isoformat(),
        "counts": {state.value: found.count(state) for state in State},
        "measures": [_measure_json(one) for one in found.standings],
    }
    return json.dumps(body, ensure_ascii=False, indent=1)


def _measure_json(one: Standing) -> dict[str, Any]:
    measure = one.measure
    return {
        "id": measure.id,
        "measure": measure.label,
        "words": measure.words,
        "does": measure.does,
        "evidence": measure.evidence,
        "checks": list(measure.checks),
        "records": [kind.value for kind in measure.records],
        "state": one.state.value,
        "found": [{"state": part.state.value, "sentence": part.sentence, "at": part.at} for part in one.found],
        "last_evidence": one.at,
    }


def as_lines(found: Controls) -> tuple[str, ...]:
    """For people."""
    counted = "、".join(f"{state.label} {found.count(state)}" for state in State)
    lines = (f"[{one.state.label}] {one.measure.label} {one.measure.words}: {one.sentence}" for one in found.standings)
    return (f"端末 {found.terminal} {found.today.isoformat()} {counted}", *lines)


def make_sheet(office: Office, session: Session) -> Path:
    """情報保護対策の一覧 as a PDF in the documents folder. Waits for the PDF process: run it in the print lane."""
    found = report(office, session)
    columns = (ListColumn("対策", 26), ListColumn("資料の言葉", 100), ListColumn("状態", 22), ListColumn("最後の証拠", 22))
    rows = tuple((one.measure.label, one.measure.words, one.state.label, one.at) for one in found.standings)
    told = (ListColumn("対策", 26), ListColumn("分かったこと", 144))
    sentences = tuple((one.measure.label, part.sentence) for one in found.standings for part in one.found)
    does = (ListColumn("対策", 26), ListColumn("製品がすること", 94), ListColumn("証拠のある所", 50))
    sheet = ListSheet(
        title="情報保護対策の一覧",
        subtitle=f"{wareki(found.today)} 現在",
        footer=f"{office.settings.label} 情報保護対策の一覧",
        pairs=tuple((state.label, f"{found.count(state)}件") for state in State),
        parts=(
            ListPart("状態", columns, rows),
            ListPart("分かったこと", told, sentences),
            ListPart(
                "することと証拠", does, tuple((m.measure.label, m.measure.does, m.measure.evidence) for m in found.standings)
            ),
        ),
        boxes=("区", "取扱責任者"),
        sample=office.settings.training,
    )
    name = f"controls-{office.terminal}-{found.today:%Y%m%d}.pdf"
    return make_list(office, session, name, sheet, "controls", len(rows), Action.VIEW_CONTROLS)
