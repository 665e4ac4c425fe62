"""報告の言葉 by month."""

from __future__ import annotations

from sqlalchemy import Connection, text

from nhi_center.domain.report_words import ReportWords


def keep(connection: Connection, record: str, month: str, words: ReportWords, *, at: str, by: str) -> None:
    """Keep what was written. The same record again, from whichever terminal it comes back, is one."""
    connection.execute(
        text(
            "INSERT INTO report_words (record, month, near_misses, next_month, at, by)"
            " VALUES (:record, :month, :near_misses, :next_month, :at, :by) ON CONFLICT (record) DO NOTHING"
        ),
        {
            "record": record,
            "month": month,
            "near_misses": words.near_misses,
            "next_month": words.next_month,
            "at": at,
            "by": by,
        },
    )


def of_month(connection: Connection, month: str) -> ReportWords:
    """The last word on a month ("2026-11")."""
    row = connection.execute(
        text("SELECT near_misses, next_month FROM report_words WHERE month = :month ORDER BY at DESC, record DESC LIMIT 1"),
        {"month": month},
    ).one_or_none()
    return ReportWords(row.near_misses, row.next_month) if row else ReportWords()
