"""The four lists of 台帳の人の頁."""

from __future__ import annotations

from collections.abc import Callable

from nhi_center.domain.calendar import wareki
from nhi_center.domain.people import Person
from nhi_center.services.person_file import Document, Filing
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.table import Cell, Column, DataTable


def household(desk: Desk, standing: Callable[[Person], str]) -> DataTable:
    return DataTable(
        (
            Column("氏名", lambda person: person.name, 150, name=True),
            Column("続柄", lambda person: person.relation, 76),
            Column("生年月日", lambda person: wareki(person.birth), 128),
            Column("資格", lambda person: Cell(chip="支援措置", tone="error") if person.protected else standing(person)),
        ),
        name="person_household",
        label="世帯の人",
        empty="ここに世帯の人が並びます。",
        names=desk.glyphs,
        row_key=lambda person: person.atena,
    )


def documents() -> DataTable:
    return DataTable(
        (
            Column("種類", lambda one: one.kind, 150),
            Column("用紙番号", lambda one: one.serial or "−", 96),
            Column("日付", lambda one: wareki(one.on), 118),
            Column("状態", _document_state, 104),
            Column("有効期限", lambda one: wareki(one.valid_until) if one.valid_until else "−"),
        ),
        name="person_documents",
        label="証",
        empty="この端末で作った証はありません。",
    )


def filings() -> DataTable:
    return DataTable(
        (
            Column("受付番号", lambda one: one.number, 96),
            Column("届出・申請", lambda one: one.title),
            Column("受付日", lambda one: wareki(one.day), 128),
            Column("状態", _filing_state, 120),
        ),
        name="person_filings",
        label="届出・申請",
        empty="この端末に届いた届出・申請はありません。",
    )


def calls() -> DataTable:
    return DataTable(
        (
            Column("受付", lambda one: one.number, 84),
            Column("日付", lambda one: wareki(one.day), 128),
            Column("分類", lambda one: one.category),
            Column("レベル", lambda one: one.level, 64),
            Column("結果", lambda one: one.outcome, 104),
        ),
        name="person_calls",
        label="電話",
        empty="この人の電話の記録はありません。",
    )


def _document_state(one: Document) -> Cell:
    return Cell(chip=one.state, tone="error" if one.spoiled else "plain")


def _filing_state(one: Filing) -> Cell:
    return Cell(chip=one.state, tone="info" if one.pending else "plain")
