"""The tables of 業務の時間 in a report: by job against the plan, and over a year by month. By job alone: nobody is named."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from nhi_center.domain.calendar import month_end
from nhi_center.domain.report_period import month_words, year
from nhi_center.domain.reports import Table
from nhi_center.domain.working_hours import REFERENCE, Job, Plan, Worked, hours, minutes, months_of
from nhi_center.storage import working_hours as storage
from nhi_center.storage.engine import Connection

_WORKED = ("業務", "実績(分)", "うち修正", "時間")
_PLANNED = (*_WORKED, "計画", "差")
_OF_YEAR = (*_PLANNED, "年度累計", "累計計画")


def tables(connection: Connection, first: date, last: date) -> tuple[Table, ...]:
    """By job; of more than a month also by month. A plan is of whole months: other days have none beside them."""
    months = months_of(first, last)
    whole = first.day == 1 and last == month_end(last)
    plan = storage.plan(connection, f"{year(first).first:%Y-%m}", months[-1])
    found = (_by_job(connection, first, last, plan if whole else None),)
    return (*found, _by_month(connection, first, last, plan)) if len(months) > 1 else found


def _by_job(connection: Connection, first: date, last: date, plan: Plan | None) -> Table:
    worked = storage.by_job(connection, first, last)
    start = year(first).first
    since = storage.by_job(connection, start, last)
    months, of_year = months_of(first, last), months_of(start, last)
    with_year = plan is not None and len(months) == 1
    rows = []
    for job in (*Job, None):
        one, all_ = _of(worked, job), _of(since, job)
        numbers: tuple[int, ...] = (minutes(one.seconds), minutes(one.corrected), hours(one.seconds))
        if plan is not None:
            numbers += (plan.of(months, job), hours(one.seconds) - plan.of(months, job))
        if with_year:
            numbers += (hours(all_.seconds), plan.of(of_year, job) if plan else 0)
        rows.append((job.label if job else "", numbers))
    headings = _WORKED if plan is None else _OF_YEAR if with_year else _PLANNED
    title = "業務の時間" if plan is None else f"業務の時間と計画({REFERENCE})"
    return Table("hours", title, headings, tuple(rows[:-1]), rows[-1][1])


def _of(worked: Mapping[Job, Worked], job: Job | None) -> Worked:
    """Of one job, or of all."""
    some = [one for of, one in worked.items() if job in (None, of)]
    return Worked(sum(one.seconds for one in some), sum(one.corrected for one in some))


def _by_month(connection: Connection, first: date, last: date, plan: Plan) -> Table:
    """Hours of each job, their sum and the plan. A sum is rounded once: it need not be that of the rounded jobs."""
    worked = storage.by_month(connection, first, last)
    months = months_of(first, last)
    rows = [(month_words(month), _month_numbers(worked, (month,), plan)) for month in months]
    headings = ("月", *(job.short for job in Job), "計", "計画", "差")
    title = f"月別の業務の時間({REFERENCE})"
    return Table("hours_by_month", title, headings, tuple(rows), _month_numbers(worked, months, plan))


def _month_numbers(worked: Mapping[tuple[str, Job], Worked], months: tuple[str, ...], plan: Plan) -> tuple[int, ...]:
    jobs = [sum(one.seconds for (month, of), one in worked.items() if of is job and month in months) for job in Job]
    total, planned = hours(sum(jobs)), plan.of(months)
    return (*(hours(seconds) for seconds in jobs), total, planned, total - planned)
