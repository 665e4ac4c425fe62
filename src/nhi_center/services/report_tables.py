"""The tables of the monthly report, counted in one view of the store."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from nhi_center.domain.calendar import month_end
from nhi_center.domain.call_figures import CategoryLine, figures
from nhi_center.domain.calls import Outcome
from nhi_center.domain.certificate_kinds import Kind
from nhi_center.domain.custody import ON_HAND, Group
from nhi_center.domain.forms.definition import FormDefinition
from nhi_center.domain.reports import Table, averages
from nhi_center.services import forms
from nhi_center.services.call_answers import book
from nhi_center.services.custody import document_kinds
from nhi_center.storage import calls, custody, reports
from nhi_center.storage import verification as second
from nhi_center.storage.engine import Connection


def gather(connection: Connection, month: str, now: datetime) -> tuple[Table, ...]:
    """Every table of one month, as it stands ``now``, whose day chooses the version of the forms whose words are used."""
    today = now.date().isoformat()
    return (
        _applications(connection, month),
        _waits(connection, month),
        _sheets(connection, month),
        _certificates(connection, month),
        _verification(connection, month, today),
        _calls(connection, month, now),
        _incidents(connection, month),
    )


def _applications(connection: Connection, month: str) -> Table:
    received, back, open_now = (
        reports.slips(connection, month),
        reports.sent_back(connection, month),
        reports.pending(connection),
    )
    steps = reports.steps(connection, month)
    rows = []
    for kind in document_kinds().values():
        if kind.group is Group.APPLICATION:
            reached = tuple(steps.get((kind.id, state), 0) for state in ("entered", "verified", "reviewed"))
            returned = steps.get((kind.id, "returned"), 0)
            numbers = (received.get(kind.id, 0), *reached, back.get(kind.id, 0), returned, open_now.get(kind.id, 0))
            if any(numbers):
                rows.append((kind.title, numbers))
    table = Table(
        "applications",
        "届出・申請(件)",
        ("様式", "受付", "入力済", "照合済", "区審査済", "差戻し", "返却", "残"),
        tuple(rows),
    )
    return _with_total(table)


def _waits(connection: Connection, month: str) -> Table:
    minutes = [
        int((datetime.fromisoformat(reviewed) - datetime.fromisoformat(arrived)).total_seconds() // 60)
        for arrived, reviewed in reports.waits(connection, month)
    ]
    mean, longest = averages(minutes)
    row = ("受渡しから区審査済まで", (len(minutes), mean, longest))
    return Table("waits", "処理にかかった時間(分)", ("区間", "件", "平均", "最長"), (row,))


def _sheets(connection: Connection, month: str) -> Table:
    moved = reports.moved(connection, month)
    here: dict[str, int] = {}
    for balance in custody.balances(connection, places=ON_HAND):
        here[balance.account.kind] = here.get(balance.account.kind, 0) + balance.sheets
    rows = []
    for kind in document_kinds().values():
        doors = tuple(moved.get((kind.id, door), 0) for door in ("ward", "made", "returned"))
        numbers = (*doors, here.get(kind.id, 0))
        if any(numbers):
            rows.append((f"{kind.title}({kind.unit})" if kind.unit != "枚" else kind.title, numbers))
    table = Table("sheets", "書類の受渡し(枚)", ("書類", "区から", "印刷", "区へ", "手元"), tuple(rows))
    return _with_total(table)


def _certificates(connection: Connection, month: str) -> Table:
    found = reports.prints(connection, month)
    rows = []
    for kind in Kind:
        printed, again, spoiled, submitted = (
            found.get((kind.value, how), 0) for how in ("printed", "again", "spoiled", "submitted")
        )
        if printed or again or spoiled or submitted:
            rows.append((kind.short_title, (printed, again, spoiled, submitted)))
    table = Table("certificates", "証等の出力(枚)", ("種類", "出力", "再出力", "書損", "提出済"), tuple(rows))
    return _with_total(table)


def _verification(connection: Connection, month: str, today: str) -> Table:
    """Per field of a form, never per person. Fields without a difference stand in the total alone."""
    entries = second.statistics(connection, month)
    rows = tuple(
        (
            f"{_form(entry.form, today).title} {_field(_form(entry.form, today), entry.field)}",
            (entry.verified, entry.mismatched, entry.keyer_wrong, entry.verifier_wrong),
        )
        for entry in entries
        if entry.mismatched
    )
    total = (
        sum(entry.verified for entry in entries),
        sum(entry.mismatched for entry in entries),
        sum(entry.keyer_wrong for entry in entries),
        sum(entry.verifier_wrong for entry in entries),
    )
    return Table(
        "verification", "照合で見つかった不一致(項目)", ("様式と項目", "照合", "不一致", "入力の誤り", "照合の誤り"), rows, total
    )


def _form(form: str, today: str) -> FormDefinition:
    return forms.form(form, today)


def _field(form: FormDefinition, field_id: str) -> str:
    return next((field.label for page in form.pages for field in page.fields if field.id == field_id), field_id)


def _calls(connection: Connection, month: str, now: datetime) -> Table:
    """What 電話の集計 shows of the same days."""
    first = date.fromisoformat(f"{month}-01")
    last = month_end(first)
    found = figures(calls.facts_between(connection, first, last), calls.backs_between(connection, first, last), now)
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


_INCIDENTS: Mapping[str, str] = {"difference": "受渡しの枚数の差異"}


def _incidents(connection: Connection, month: str) -> Table:
    found = reports.incidents(connection, month)
    rows = tuple((title, (found.get(kind, 0),)) for kind, title in _INCIDENTS.items())
    return Table("incidents", "事故・差異の記録(件)", ("種類", "件"), rows)


def _with_total(table: Table) -> Table:
    return Table(table.key, table.title, table.headings, table.rows, table.sums() if table.rows else ())
