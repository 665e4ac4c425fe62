"""Forty scripted calls of six kinds: who calls, what the clerk notes while he talks, what is left when the receiver lies down.

While the caller speaks the clerk enters what he needs in order to answer: caller, 本人確認, 分類, the answer he reads out (quoted
by its number), what the caller tells, and a number and hour agreed for a call-back. After that come his own words about it, the
result with its fields, and saving.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from nhi_center.domain.people import Person

Piece = tuple[str, str]
"""A text and the reading it is converted from, "" for keys that stand for themselves."""


class Kind(StrEnum):
    GENERAL = "general"
    IDENTIFIED = "identified"
    TO_WARD = "to_ward"
    CALL_BACK = "call_back"
    COMPLAINT = "complaint"
    PROMISE = "promise"


@dataclass(frozen=True, slots=True)
class CallScript:
    """``asked``: the words the answer is looked for by, "" where the clerk knows the number of the 分類. ``fact``: a line about
    the person is read out and quoted. ``told``: noted while talking; ``added``: written afterwards; ``quoted``: the answer, by
    its place, that is quoted afterwards. ``person``: whom it is about.
    """

    kind: Kind
    caller: str
    category: str
    outcome: str
    asked: Piece = ("", "")
    told: tuple[Piece, ...] = ()
    added: tuple[Piece, ...] = ()
    quoted: int = 0
    ward_staff: Piece = ("", "")
    fact: bool = False
    person: Person | None = None


_STATE: tuple[Piece, ...] = (("届出済み、", "とどけでずみ、"), ("審査中と", "しんさちゅうと"), ("説明。", "せつめい。"))
_BY_THE_SUPERVISOR = 2
"""22-2: 取扱責任者 answers himself. What a complaint comes to; its number says it."""
_HOURS: tuple[Piece, ...] = (("窓口の", "まどぐちの"), ("時間も", "じかんも"), ("案内。", "あんない。"))
_LONG: tuple[Piece, ...] = (("待ち時間が", "まちじかんが"), ("長いとのこと。", "ながいとのこと。"))
_AMOUNT: tuple[Piece, ...] = (("金額を", "きんがくを"), ("知りたいとのこと。", "しりたいとのこと。"))
_WAITS: tuple[Piece, ...] = (("届いたかを", "とどいたかを"), ("調べて", "しらべて"), ("折り返す。", "おりかえす。"))
_ASKED: tuple[Piece, ...] = (
    ("届かない", "とどかない"),
    ("紛失", "ふんしつ"),
    ("転入", "てんにゅう"),
    ("葬祭費", "そうさいひ"),
    ("在留", "ざいりゅう"),
    ("郵送", "ゆうそう"),
    ("更新", "こうしん"),
)
GENERAL, IDENTIFIED, TO_WARD, CALL_BACK, COMPLAINT = 14, 10, 5, 4, 3
PEOPLE = IDENTIFIED + CALL_BACK
"""So many people of the register are asked about; whoever was promised a call-back gets it."""


def scripts(people: Sequence[Person]) -> tuple[CallScript, ...]:
    """All forty, in the order in which they come: promises are kept last."""
    callers = "128"
    general = [
        CallScript(Kind.GENERAL, callers[at % 3], ("06", "04", "09", "02")[at % 4], "1", added=_HOURS if at % 4 == 0 else ())
        if at % 2
        else CallScript(Kind.GENERAL, callers[at % 3], "", "1", asked=_ASKED[at // 2], added=_HOURS if at % 4 == 0 else ())
        for at in range(GENERAL)
    ]
    identified = [
        CallScript(
            Kind.IDENTIFIED,
            "12"[at % 2],
            ("06", "09")[at % 2],
            "1",
            added=_STATE if at % 5 == 0 else (),
            person=people[at],
            fact=at % 5 > 0,
        )
        for at in range(IDENTIFIED)
    ]
    to_ward = [
        CallScript(Kind.TO_WARD, "1", ("20", "21")[at % 2], "2", told=_AMOUNT, ward_staff=("見本", "みほん"))
        for at in range(TO_WARD)
    ]
    backs = [CallScript(Kind.CALL_BACK, "2", "06", "3", told=_WAITS, person=people[IDENTIFIED + at]) for at in range(CALL_BACK)]
    complaints = [CallScript(Kind.COMPLAINT, "8", "22", "4", told=_LONG, quoted=_BY_THE_SUPERVISOR) for _at in range(COMPLAINT)]
    promises = [
        CallScript(Kind.PROMISE, "2", "06", "1", added=_STATE if at == 0 else (), person=one.person, fact=at > 0)
        for at, one in enumerate(backs)
    ]
    return (*general, *identified, *to_ward, *backs, *complaints, *promises)
