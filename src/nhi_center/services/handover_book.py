"""受渡簿: every 便 of the room in a period: what both counted, by what means, who gave, who received, what a difference led to.

The least such a book says: day, giver and receiver, kind and count, means (受託者の運用 5; 枚数管理).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from nhi_center.domain.calendar import short, wareki
from nhi_center.domain.custody import ORIGINAL, QUESTION
from nhi_center.domain.handover import CONDITIONS, MEDIA, Handover
from nhi_center.domain.operators import Action, Session
from nhi_center.domain.periods import check_period
from nhi_center.errors import OperatorError
from nhi_center.printing.sheets import ListColumn, ListPart, ListSheet
from nhi_center.services import handover_told
from nhi_center.services.documents import make_list
from nhi_center.services.handover_told import Entry
from nhi_center.services.office import Office
from nhi_center.services.work import reading, require


@dataclass(frozen=True, slots=True)
class BookLine:
    """One kind of paper of one signed 便; a cancelled one is one line without a kind.

    ``difference``: what the two sides counted differently, or what the ledger had otherwise; ``action``: what was done about it.
    ``reasons``: why papers of this kind went back unkeyed, which went or came under a question, whose originals they were.
    """

    handover: Handover
    title: str
    cases: int
    sheets: int
    unit: str
    giver: str
    receiver: str
    difference: str
    action: str
    reasons: tuple[str, ...] = ()
    marked: bool = False
    """差異あり: another line of the same 便 differs, or this one."""
    terminal: str = ""
    """The terminal of the room where it was handed over, "" for this one."""

    @property
    def number(self) -> str:
        return f"{self.handover.day.replace('-', '')}-{self.handover.number}"

    @property
    def means(self) -> str:
        """By what means, and the condition when something was wrong with it."""
        wrong = CONDITIONS[self.handover.condition] if self.handover.condition != "1" else ""
        urgent, medium = "至急" if self.handover.urgent else "", MEDIA[self.handover.medium]
        return " ".join(part for part in (self.terminal, urgent, medium, wrong) if part)

    @property
    def told(self) -> str:
        """Why papers go back, what differs, what was done about it, and the mark that every line of such a 便 bears."""
        return " ".join(part for part in (*self.reasons, self.difference, self.action, "差異あり" if self.marked else "") if part)


def book(office: Office, session: Session, first: date, last: date) -> tuple[BookLine, ...]:
    """The lines of these days in the order of the 便. Raises OperatorError at ``first`` or ``last`` for a period that is none."""
    require(office, session, Action.HANDOVER)
    check_period(first, last)
    with reading(office, session, Action.HANDOVER) as connection:
        return tuple(line for one in handover_told.between(connection, first, last) for line in _lines(one))


def _lines(entry: Entry) -> list[BookLine]:
    handover, contents = entry.handover, entry.contents
    if contents is None:
        words = "取りやめ" if handover.state == "cancelled" else "署名前"
        return [BookLine(handover, "", 0, 0, "", "", "", "", words, terminal=entry.terminal)]
    action = "事故の記録" if entry.incident else ""
    names = entry.giver, entry.receiver
    lines = []
    for line in contents["lines"]:
        difference = _difference(line)
        got = line["receiver"]
        facts = (line["title"], got["cases"], got["sheets"], line["unit"])
        reasons = _reasons(contents, line["kind"])
        done = action if difference else ""
        lines.append(BookLine(handover, *facts, *names, difference, done, reasons, bool(action), entry.terminal))
    return lines


def _reasons(contents: Mapping[str, Any], kind: str) -> tuple[str, ...]:
    """What was signed beside the count of one kind, by 管理票."""
    numbers = sorted(contents["references"].get(kind, ()))
    unkeyed, questions = contents.get("unkeyed", {}), contents.get("questions", {})
    told = [f"{number} {unkeyed[number]}" for number in numbers if number in unkeyed]
    told += [f"{number} 疑義 {questions[number]}" for number in numbers if number in questions]
    if kind in (ORIGINAL.id, QUESTION.id):
        told += [f"管理票 {number}" for number in numbers if number != "-"]
    return tuple(told)


def _difference(line: dict[str, Any]) -> str:
    """Beside what was received: what the giver counted, what the ledger had."""
    got = line["receiver"]
    said = (("渡した側", line["giver"]), ("台帳", line.get("expected", got)))
    return " ".join(f"{who} {_amount(count['cases'], count['sheets'], line['unit'])}" for who, count in said if count != got)


def _amount(cases: int, sheets: int, unit: str) -> str:
    """With a space, where a narrow column may end its line: a number is never cut in two."""
    return f"{cases}件 {sheets}{unit}" if cases else f"{sheets}{unit}"


_COLUMNS = (
    ListColumn("便", 19),
    ListColumn("日時", 19),
    ListColumn("向き", 17),
    ListColumn("書類", 26),
    ListColumn("数", 17),
    ListColumn("渡した人", 15, name=True),
    ListColumn("受けた人", 15, name=True),
    ListColumn("方法・状態", 19),
    ListColumn("差異・処置", 23),
)


def make_book(office: Office, session: Session, first: date, last: date) -> Path:
    """受渡簿 as a PDF in the business folder. Raises OperatorError as ``book``, and at ``first`` when nothing was handed over."""
    lines = book(office, session, first, last)
    if not lines:
        raise OperatorError("この期間の受渡しはありません。期間を変えてください。", field="first", code="empty")
    signed = [line for line in lines if line.title]
    period = wareki(first) if first == last else f"{wareki(first)} から {wareki(last)}"
    sheet = ListSheet(
        title="受渡簿",
        subtitle=period,
        footer=f"{office.settings.label} 受渡簿",
        pairs=(
            ("受渡し", f"{len({line.handover.id for line in signed})}便"),
            ("差異のあるもの", f"{len({line.handover.id for line in signed if line.difference})}便"),
        ),
        parts=(ListPart("", _COLUMNS, tuple(_cells(line) for line in lines)), *_told(lines)),
        boxes=("区", "取扱責任者"),
        sample=office.settings.training,
    )
    name = f"handovers-{first:%Y%m%d}-{last:%Y%m%d}.pdf"
    return make_list(office, session, name, sheet, "handovers", len(lines), Action.HANDOVER)


def _told(lines: Sequence[BookLine]) -> tuple[ListPart, ...]:
    """A part of its own, a line for each 管理票: a 便 may bring back many."""
    rows = tuple((line.number, line.title, reason) for line in lines for reason in line.reasons)
    return (ListPart("返した理由・疑義・原本", _REASON_COLUMNS, rows),) if rows else ()


_REASON_COLUMNS = (ListColumn("便", 24), ListColumn("書類", 46), ListColumn("管理票・理由", 100))


def _cells(line: BookLine) -> tuple[str, ...]:
    one = line.handover
    at = (one.ended_at or one.opened_at)[11:16]
    when = f"{short(date.fromisoformat(one.settled_on))} {at}"
    amount = _amount(line.cases, line.sheets, line.unit) if line.title else ""
    return (
        line.number,
        when,
        one.direction.label,
        line.title,
        amount,
        line.giver,
        line.receiver,
        line.means,
        " ".join(part for part in (line.difference, line.action) if part),
    )
