"""事故報告書 (特記事項 19: その状況について書面をもって報告): 第1報, 続報 and 最終報告 of one record as a PDF for the ward.

It waits for the PDF process: run it in the print lane. The file is named after the day and the number of the report; no insured
person is named on it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from nhi_center.domain.calendar import wareki
from nhi_center.domain.incidents import Entry, Paper, Stage, Step
from nhi_center.domain.operators import Session
from nhi_center.printing.files import free_name
from nhi_center.printing.sheets import ListPart, ListSheet
from nhi_center.services import incidents
from nhi_center.services.documents import drawn
from nhi_center.services.incidents import IncidentRow
from nhi_center.services.inside import logs_outside
from nhi_center.services.office import Office

_FILES = {Stage.FIRST: "first", Stage.NEXT: "next", Stage.LAST: "last"}
AGAIN = "記録から作り直したもの"
_UNKNOWN, _GETA = "調査中", "〓"
_PARTS = (
    ("初期対応・経過", Step.WRITTEN),
    ("本人への連絡", Step.CONTACTED),
    ("原因", Step.CAUSE),
    ("再発防止", Step.PREVENTION),
)


@logs_outside
def make_report(office: Office, session: Session, incident_id: str) -> Path:
    """The next written report of this record, kept among its entries. Raises OperatorError, EnvironmentTrouble (PDF process)."""
    row = incidents.find_row(office, session, incident_id)
    stage = row.incident.stage
    stem = f"incident-{row.incident.day.replace('-', '')}-{_FILES[stage]}"
    target = free_name(office.settings.documents, stem, ".pdf", office.settings.business_folder)
    data = drawn(office, target, sheet(office, row, stage, office.clock.today()))
    incidents.keep_report(office, session, incident_id, stage, target, data)
    return target


def made_again(office: Office, row: IncidentRow, paper: Paper, target: Path) -> bytes:
    """A report that was made, from what the record had been until then; it says that it is not the file of that day, which lies
    at another terminal or is gone. ``target``: where its draft lies meanwhile."""
    day = datetime.fromisoformat(paper.at).date()
    page = sheet(office, replace(row, incident=paper.until), paper.stage, day)
    return drawn(office, target, replace(page, subtitle=f"{page.subtitle}({AGAIN})"))


def sheet(office: Office, row: IncidentRow, stage: Stage, day: date) -> ListSheet:
    """Every heading a 事故報告書 has; what nobody knows yet says so."""
    number = len(row.incident.of(Step.REPORTED)) + 1
    order = f"(第{number}報)" if stage is Stage.NEXT else ""
    return ListSheet(
        title=f"事故報告書 {stage.value}{order}",
        subtitle=f"{wareki(day)} 報告",
        footer=f"{office.settings.label} 事故報告書",
        pairs=_pairs(row),
        parts=(*_told(row), *(_part(row, title, step) for title, step in _PARTS)),
        boxes=("区 責任者", "区 担当", "取扱責任者"),
        sample=office.settings.training,
    )


def _pairs(row: IncidentRow) -> tuple[tuple[str, str], ...]:
    report, told = row.incident.report, row.incident.told
    told_words = f"{_when(told.told_at)} 職員番号 {told.told_to}" if told else "まだ"
    return (
        ("種類", f"{row.incident.kind.label}({report.certainty if report else '発生'})"),
        ("発見", f"{_when(row.incident.known_at)} {row.found_by}"),
        ("個人番号", ("含む" if report.my_number else "含まない") if report else "含まない"),
        ("区への通知", told_words),
    )


def _told(row: IncidentRow) -> tuple[ListPart, ...]:
    """What people write in their own words may be longer than a line: what can be recorded can be printed."""
    report = row.incident.report
    return (
        ListPart("発生の日時", notes=_lines((report.occurred if report else "") or _UNKNOWN)),
        ListPart("対象", notes=_lines(report.whom if report else row.subject)),
        ListPart("内容", notes=_what(row)),
    )


def _what(row: IncidentRow) -> tuple[str, ...]:
    return _lines(row.incident.report.words) if row.incident.report else tuple(one.words for one in row.differences)


def _part(row: IncidentRow, title: str, step: Step) -> ListPart:
    lines = tuple(line for entry in row.incident.of(step) for line in _lines(_line(entry)))
    return ListPart(title, notes=lines or (_UNKNOWN,))


def _lines(words: str) -> tuple[str, ...]:
    """A paragraph each, so that a page may end between them; a character without a glyph is 〓, as printers set it: what was
    written cannot be changed any more."""
    from nhi_center.printing.fonts import Role, chain  # reportlab is loaded in the print lane, not at the start

    plain = words.replace("\t", " ")
    for character in chain(Role.LABEL).missing("".join(plain.split())):
        plain = plain.replace(character, _GETA)
    return tuple(line for line in plain.splitlines() if line.strip())


def _line(entry: Entry) -> str:
    return f"{_when(entry.at)} {entry.words}"


def _when(stamp: str) -> str:
    at = datetime.fromisoformat(stamp)
    return f"{wareki(at.date())} {at:%H:%M}"
