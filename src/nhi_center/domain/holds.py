"""保留・照会: what a clerk may not settle goes to the 取扱責任者 first. He settles it, or sends it to the ward as the company's.

The ward reads a 疑義照会票 with a number and the company's name, never who asked: it deals with the company, not with a clerk.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from nhi_center.domain.calendar import era_of
from nhi_center.domain.entry import State
from nhi_center.domain.four_eyes import require_different
from nhi_center.domain.periods import fiscal_year_number
from nhi_center.errors import OperatorError

OWN_HOLD = "自分が保留にしたものは、自分では解決できません。ほかの取扱責任者が解決するか、区へ照会してください。"


class Stage(StrEnum):
    """How far a hold is."""

    ASKED = "asked"
    SENT = "sent"
    ANSWERED = "answered"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {Stage.ASKED: "責任者の確認待ち", Stage.SENT: "区の回答待ち", Stage.ANSWERED: "回答あり"}


class Paper(StrEnum):
    """Where the paper of a held application is: kept here, laid out for the next 便 with its 疑義照会票, or with the ward."""

    HERE = "here"
    LEAVING = "leaving"
    WARD = "ward"

    @property
    def label(self) -> str:
        return {"here": "", "leaving": "次の便で区へ", "ward": "紙は区にあります"}[self.value]


@dataclass(frozen=True, slots=True)
class Hold:
    """One hold from the question to its answer. ``question`` stays as it was asked, ``wording`` is what the 取扱責任者 made of
    it for the ward; ``place`` is where the paper stood before. ``query``: number of the 照会 (R8-0001), "" until it is sent.
    """

    id: str
    application: str
    question: str
    asked_by: str
    asked_at: str
    held_from: State
    place: str
    answer: str = ""
    answered_by: str = ""
    answered_at: str = ""
    wording: str = ""
    query: str = ""
    sent_by: str = ""
    sent_at: str = ""

    @property
    def answered(self) -> bool:
        return self.answered_at != ""

    @property
    def stage(self) -> Stage:
        return Stage.ANSWERED if self.answered else Stage.SENT if self.sent_at else Stage.ASKED

    @property
    def by_ward(self) -> bool:
        """Whether the answer is the ward's; else the 取扱責任者 has settled it inside the company."""
        return self.answered and self.sent_at != ""

    @property
    def for_ward(self) -> str:
        """The question as the ward reads it."""
        return self.wording or self.question


def fiscal_year(day: date) -> str:
    """R8 for every day from 2026-04-01 to 2027-03-31 (年度)."""
    began = date(fiscal_year_number(day), 4, 1)
    era = era_of(began)
    return f"{era.letter}{began.year - era.year_zero}"


def query_number(day: date, sequence: int) -> str:
    """照会の番号 such as R8-0001, counted on within the fiscal year."""
    return f"{fiscal_year(day)}-{sequence:04d}"


def check_may_settle(hold: Hold, person: str) -> None:
    """Raise OperatorError for what is past this step, and where the same person has asked (四眼: requester is not approver)."""
    check_waits_here(hold)
    require_different(hold.asked_by, person, OWN_HOLD)


def check_may_leave(hold: Hold, paper: Paper) -> None:
    """Raise OperatorError unless the ward has been asked, has not answered, and the paper is still in the room."""
    if hold.stage is not Stage.SENT:
        raise OperatorError(
            f"この保留は「{hold.stage.label}」です。紙を渡せるのは、区の回答を待つ照会だけです。", code="hold-step"
        )
    if paper is not Paper.HERE:
        raise OperatorError(
            f"この書類は{paper.label}。" if paper is Paper.WARD else "この書類はもう出力トレイにあります。", code="laid-out"
        )


def check_came_back(cases: int, sheets: int, named: Mapping[str, int]) -> None:
    """What both counted as 疑義照会で戻った書類 must be named by its 管理票, each with its sheets. Raises OperatorError."""
    if cases != len(named):
        raise OperatorError(
            f"疑義照会で戻った書類は{cases}件ですが、管理票は{len(named)}件です。Alt+K で管理票の番号を入れてください。",
            code="slips-not-named",
        )
    if sheets != sum(named.values()):
        raise OperatorError(
            f"疑義照会で戻った書類は{sheets}枚ですが、管理票の合計は{sum(named.values())}枚です。Alt+K で直してください。",
            code="slips-not-named",
        )


def check_waits_here(hold: Hold) -> None:
    """Raise OperatorError unless it waits for the 取扱責任者."""
    if hold.stage is not Stage.ASKED:
        raise OperatorError(f"この保留は「{hold.stage.label}」です。一覧を更新して確かめてください。", code="hold-step")


def check_nobody_named(text: str, names: Iterable[str]) -> None:
    """Raise OperatorError at ``question`` when words for the ward name one of the company's people: it asks as a company."""
    plain = "".join(text.split())
    if any(name and "".join(name.split()) in plain for name in names):
        raise OperatorError(
            "担当者の氏名やIDがあります。照会は会社の名で行います。消してから送ってください。",
            field="question",
            code="names-a-clerk",
        )
