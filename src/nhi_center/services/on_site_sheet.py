"""立入り調査票: one ended inspection as a PDF: verdicts, findings with due dates and answers, who signed."""

from __future__ import annotations

from pathlib import Path

from nhi_center.domain.calendar import wareki
from nhi_center.domain.controls import State
from nhi_center.domain.on_site_inspection import END, Finding, Inspection, Line, end_contents
from nhi_center.domain.operators import Action, Session
from nhi_center.domain.periods import fiscal_year_words
from nhi_center.errors import OperatorError
from nhi_center.printing.sheets import ListColumn, ListPart, ListSheet
from nhi_center.services import controls, devices
from nhi_center.services.inside import logs_outside
from nhi_center.services.office import Office
from nhi_center.services.sealing import sealed_document
from nhi_center.services.work import begin, reading
from nhi_center.storage import on_site_inspection as storage

FINGERPRINT = 32
"""Characters of each signature that the sheet shows; the whole signature is in the record."""


@logs_outside
def make_sheet(office: Office, session: Session, id_: str) -> Path:
    """The sheet in the documents folder. Waits for the PDF process: run it in the print lane.

    Raises OperatorError while the inspection goes on or when it was given up.
    """
    with reading(office, session, Action.VIEW_CONTROLS) as connection:
        found = storage.find(connection, id_)
    if found is None or not found.ended:
        raise OperatorError("終わって署名した立入り調査を選んでください。", code="not-ended")
    name = f"on-site-{found.terminal}-{found.day:%Y%m%d}-{found.id[:8]}.pdf"
    devices.require_none_held(office, "export")
    signed = end_contents(found.id, found.day, found.lines, [person for person, _name in found.inspectors])
    target = office.settings.documents / name
    sealed = sealed_document(office, target, sheet_of(office, found), END, signed, found.ended)
    with begin(office, session, Action.VIEW_CONTROLS, step="export", kind="on_site_inspection", sheets=len(found.lines)) as unit:
        unit.write(target, sealed)
    return target


def sheet_of(office: Office, found: Inspection) -> ListSheet:
    """What the printed page says: the signed lines, and what became of the findings since."""
    left = sum(one.settled is None for one in found.findings)
    return ListSheet(
        title="立入り調査票",
        subtitle=f"{fiscal_year_words(found.year)} {wareki(found.day)}",
        footer=f"{office.settings.label} 立入り調査票",
        pairs=(
            ("調査した端末", found.terminal),
            ("調査の時間", f"{found.begun_at[11:16]} から {found.ended_at[11:16]}"),
            ("項目", f"{len(found.lines)}"),
            ("指摘", f"{len(found.findings)}件(残り {left}件)"),
        ),
        names=tuple(("調査した区職員", name) for _person, name in found.inspectors),
        parts=(_lines(found), _findings(found), _signatures(found)),
        boxes=("区", "取扱責任者"),
        sample=office.settings.training,
    )


def _lines(found: Inspection) -> ListPart:
    columns = (
        ListColumn("対策", 26),
        ListColumn("資料の言葉", 72),
        ListColumn("製品の表示", 22),
        ListColumn("適否", 16),
        ListColumn("備考", 34),
    )
    return ListPart("調査した項目", columns, tuple(_cells(line) for line in found.lines))


def _cells(line: Line) -> tuple[str, ...]:
    label, words = _names(line.measure)
    remark = "指摘のとおり" if line.due else line.words
    return (label, words, State(line.shown).label if line.shown else "", line.verdict.label, remark)


def _names(measure: str) -> tuple[str, str]:
    """Of a measure that the paper has no more: its id."""
    found = next((one for one in controls.measures() if one.id == measure), None)
    return (found.label, found.words) if found else (measure, "")


def _findings(found: Inspection) -> ListPart:
    notes = [line for finding in found.findings for line in _finding(finding)]
    return ListPart("指摘・期限・回答", notes=tuple(notes) or ("指摘はありませんでした。",))


def _finding(finding: Finding) -> list[str]:
    line = finding.line
    due = f"(期限 {line.due.isoformat()})" if line.due else ""
    answers = [f"　回答({one.at[:10]}) {one.words}" for one in finding.answers]
    ended = [f"　区の確認({finding.settled.at[:10]}) {finding.settled.words}"] if finding.settled else []
    return [f"{_names(line.measure)[0]} {line.words}{due} {finding.state}", *answers, *ended]


def _signatures(found: Inspection) -> ListPart:
    columns = (ListColumn("署名した区職員", 46, name=True), ListColumn("日時", 34), ListColumn("署名の指紋", 90))
    rows = tuple((one.name, one.signed_at[:16].replace("T", " "), one.value[:FINGERPRINT]) for one in found.ended)
    return ListPart("署名", columns, rows)
