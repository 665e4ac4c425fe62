"""集計: what a period was, in tables of words and numbers, counted in one view of the store. The one place of every figure.

Reports, their files and the pages that show them take their numbers from here; tests count them again from the bare ledgers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from nhi_center.domain import report_period
from nhi_center.domain.call_figures import CategoryLine
from nhi_center.domain.call_figures import figures as call_figures
from nhi_center.domain.calls import Outcome
from nhi_center.domain.certificate_kinds import Kind
from nhi_center.domain.custody import ON_HAND, Group
from nhi_center.domain.forms.definition import FormDefinition
from nhi_center.domain.reports import Table, averages
from nhi_center.domain.working_hours import months_of
from nhi_center.services import figures_hours, figures_office, forms, room_figures
from nhi_center.services.call_answers import book
from nhi_center.services.custody import document_kinds
from nhi_center.storage import calls, custody
from nhi_center.storage import figures as storage
from nhi_center.storage.engine import Connection
from nhi_center.storage.figures import Counts, Span, Verified


def gather(connection: Connection, first: date, last: date, now: datetime) -> tuple[Table, ...]:
    """Every table of these days. ``now`` chooses the version of the forms whose words are used, and what of a promise is late."""
    span, today = Span(first, last), now.date().isoformat()
    steps, back = storage.steps(connection, span), storage.sent_back(connection, span)
    verified = storage.months_of_verification(connection, span)
    return (
        _applications(connection, span, steps, back),
        _waits(connection, span),
        _sheets(connection, span),
        _certificates(connection, span),
        _serials(connection, span),
        _verification(verified, today),
        _quality(verified if _has_whole_month(first, last) else None, steps, back),
        _calls(connection, span, now),
        *written_later(connection, first, last),
    )


def written_later(connection: Connection, first: date, last: date) -> tuple[Table, ...]:
    """The tables of ``gather`` whose numbers somebody may write, or another terminal tell, long after their day: hours,
    incidents, people, lessons, reviews, the room's. All others count what happened here at its own moment."""
    return (
        *figures_hours.tables(connection, first, last),
        *figures_office.tables(connection, first, last),
        *room_figures.tables(connection, first, last),
    )


def _applications(connection: Connection, span: Span, steps: Counts, back: Mapping[str, int]) -> Table:
    received, left = storage.received(connection, span), storage.pending(connection, span)
    rows = []
    for kind in document_kinds().values():
        if kind.group is Group.APPLICATION:
            reached = tuple(steps.get((kind.id, state), 0) for state in ("entered", "verified", "reviewed"))
            returned = steps.get((kind.id, "returned"), 0)
            numbers = (received.get(kind.id, 0), *reached, back.get(kind.id, 0), returned, left.get(kind.id, 0))
            if any(numbers):
                rows.append((kind.title, numbers))
    headings = ("様式", "受付", "入力済", "照合済", "区審査済", "差戻し", "返却", "残")
    return _with_total(Table("applications", "届出・申請(件)", headings, tuple(rows)))


def _waits(connection: Connection, span: Span) -> Table:
    by_form: dict[str, list[int]] = {}
    for form, arrived, reviewed in storage.waits(connection, span):
        minutes = int((datetime.fromisoformat(reviewed) - datetime.fromisoformat(arrived)).total_seconds() // 60)
        by_form.setdefault(form, []).append(minutes)
    kinds = document_kinds()
    rows = tuple((kinds[form].title, (len(some), *averages(some))) for form, some in sorted(by_form.items()))
    every = [minutes for some in by_form.values() for minutes in some]
    headings = ("受渡しから区審査済まで", "件", "平均", "最長")
    return Table("waits", "処理にかかった時間(分)", headings, rows, (len(every), *averages(every)))


def _sheets(connection: Connection, span: Span) -> Table:
    moved, since = storage.moved(connection, span), storage.moved_since(connection, span, (place.value for place in ON_HAND))
    here: dict[str, int] = {}
    for balance in custody.balances(connection, places=ON_HAND):
        here[balance.account.kind] = here.get(balance.account.kind, 0) + balance.sheets
    rows = []
    for kind in document_kinds().values():
        doors = tuple(moved.get((kind.id, door), 0) for door in ("ward", "made", "returned"))
        numbers = (*doors, here.get(kind.id, 0) - since.get(kind.id, 0))
        if any(numbers):
            rows.append((f"{kind.title}({kind.unit})" if kind.unit != "枚" else kind.title, numbers))
    return _with_total(Table("sheets", "書類の受渡し(枚)", ("書類", "区から", "印刷", "区へ", "手元"), tuple(rows)))


def _certificates(connection: Connection, span: Span) -> Table:
    found = storage.prints(connection, span)
    rows = []
    for kind in Kind:
        numbers = tuple(found.get((kind.value, how), 0) for how in ("printed", "again", "spoiled", "submitted"))
        if any(numbers):
            rows.append((kind.short_title, numbers))
    return _with_total(Table("certificates", "証等の出力(枚)", ("種類", "出力", "再出力", "書損", "提出済"), tuple(rows)))


def _serials(connection: Connection, span: Span) -> Table:
    """Runs of the numbers of the paper that went through a printer: a gap begins a new line."""
    used = storage.serials(connection, span)
    rows = []
    for kind in Kind:
        found = [serial for of, serial in used if of == kind.value]
        rows += [(f"{kind.short_title} {words}", (count,)) for words, count in runs(found)]
    return _with_total(Table("serials", "使った用紙の番号", ("種類と番号", "枚"), tuple(rows)))


_SERIAL = re.compile(r"(.*?)([0-9]+)")


def _follows(before: str, serial: str) -> bool:
    one, next_ = _SERIAL.fullmatch(before), _SERIAL.fullmatch(serial)
    return one is not None and next_ is not None and (one[1], int(one[2]) + 1) == (next_[1], int(next_[2]))


def runs(serials: Iterable[str]) -> tuple[tuple[str, int], ...]:
    """S-000413 to S-000416 and their count, for serials in order."""
    found: list[tuple[str, str, int]] = []
    for serial in serials:
        if found and _follows(found[-1][1], serial):
            found[-1] = (found[-1][0], serial, found[-1][2] + 1)
        else:
            found.append((serial, serial, 1))
    return tuple((first if first == last else f"{first} から {last}", count) for first, last, count in found)


def _verification(entries: Sequence[Verified], today: str) -> Table:
    """Per field of a form, never per person, of whole months. Fields without a difference stand in the total alone."""
    rows = tuple(
        (f"{_form(form, today).title} {_field(_form(form, today), field)}", (verified, mismatched, keyer, verifier))
        for form, field, verified, mismatched, keyer, verifier in entries
        if mismatched
    )
    total = tuple(map(sum, zip(*(entry[2:] for entry in entries), strict=True))) or (0, 0, 0, 0)
    headings = ("様式と項目", "照合", "不一致", "入力の誤り", "照合の誤り")
    return Table("verification", "照合で見つかった不一致(項目)", headings, rows, total)


def _has_whole_month(first: date, last: date) -> bool:
    """Whether a month lies within these days; what the second keying found is kept by month."""
    months = [report_period.parse(key) for key in months_of(first, last)]
    return any(first <= month.first and month.last <= last for month in months)


def _quality(verified: Sequence[Verified] | None, steps: Counts, sent_back: Mapping[str, int]) -> Table:
    """Errors found by the second keying (None: not known of these days) and by the ward, beside what they were found among;
    of ten thousand."""
    back = sum(sent_back.values())
    judged = sum(number for (_form_id, state), number in steps.items() if state == "reviewed") + back
    rows = [("区で見つかり差し戻されたもの(件)", (judged, back, _of_ten_thousand(back, judged)))]
    if verified is not None:
        fields, wrong = sum(entry[2] for entry in verified), sum(entry[4] for entry in verified)
        rows.insert(0, ("照合で見つけた入力の誤り(項目)", (fields, wrong, _of_ten_thousand(wrong, fields))))
    return Table("quality", "誤りの率", ("誤り", "確かめた数", "誤り", "1万あたり"), tuple(rows))


def _of_ten_thousand(part: int, whole: int) -> int:
    return round(10_000 * part / whole) if whole else 0


def _form(form: str, today: str) -> FormDefinition:
    return forms.form(form, today)


def _field(form: FormDefinition, field_id: str) -> str:
    return next((field.label for page in form.pages for field in page.fields if field.id == field_id), field_id)


def _calls(connection: Connection, span: Span, now: datetime) -> Table:
    """What 電話の集計 shows of the same days."""
    facts = calls.facts_between(connection, span.first, span.last)
    found = call_figures(facts, calls.backs_between(connection, span.first, span.last), now)
    titles = {category.code: f"{category.number} {category.title}" for category in book().categories}
    return Table(
        "calls",
        "電話(件)",
        ("分類", "件数", *(outcome.heading for outcome in Outcome), "平均(秒)", "その場(%)"),
        tuple((titles.get(line.category, "分類なし"), _call_numbers(line)) for line in found.categories),
        _call_numbers(found.total) if found.total.calls else (),
    )


def _call_numbers(line: CategoryLine) -> tuple[int, ...]:
    return (line.calls, *line.outcomes, line.mean, line.at_once)


def _with_total(table: Table) -> Table:
    return Table(table.key, table.title, table.headings, table.rows, table.sums() if table.rows else ())
