"""契約: the dated record of what the ward and the company have agreed; outside its period no 取扱者 signs in.

(council paper: 委託の開始時期及び期限, at most three years with one company; 区の運用 1: the contract carries the 特記事項.)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from nhi_center.domain.calendar import anniversary, wareki
from nhi_center.domain.free_words import refuse_individual_number
from nhi_center.domain.operators import Role, Signature
from nhi_center.domain.periods import fiscal_year_number
from nhi_center.errors import OperatorError

STATEMENT = "contract"
"""The kind under which both sides sign, and the kind of the room's record."""

SIGNERS = (Role.SUPERVISOR, Role.WARD_ADMIN)
"""One of each signs the record."""

MOST_YEARS = 3
LONGEST = 60
ASK = "取扱責任者か区管理者が、「委託の管理」の「契約」で記録します。"


@dataclass(frozen=True, slots=True)
class Contract:
    """What is agreed. ``first_begins``: of the first contract in a row with this company. ``clauses``: it carries the
    特記事項 and names the ward's security policy and the law."""

    number: str
    company: str
    jobs: str
    begins: date
    ends: date
    first_begins: date
    clauses: bool

    @property
    def fiscal_years(self) -> tuple[int, ...]:
        """The fiscal years it touches (April to March), by the year they begin in."""
        return tuple(range(fiscal_year_number(self.begins), fiscal_year_number(self.ends) + 1))

    def covers(self, day: date) -> bool:
        return self.begins <= day <= self.ends


@dataclass(frozen=True, slots=True)
class KeptContract:
    """One entry of the record: what was signed by both sides, and who entered it. ``at``: office's wall clock, ISO."""

    id: str
    contract: Contract
    signatures: tuple[Signature, ...]
    at: str
    by: str


def check(contract: Contract) -> None:
    """Raise OperatorError at the field that is not whole, or when the company would stay for longer than three years."""
    for field, words in (("number", "契約番号"), ("company", "受託者の名"), ("jobs", "委託する業務")):
        typed = getattr(contract, field)
        if not typed.strip():
            raise OperatorError(f"{words}を入れてください。", field=field, code="empty")
        if len(typed) > LONGEST:
            raise OperatorError(f"{LONGEST}文字までにしてください。", field=field, code="too-long")
        refuse_individual_number(typed, field)
    if contract.ends < contract.begins:
        raise OperatorError("終わりの日が、始まりの日より前です。", field="ends", code="period")
    if contract.first_begins > contract.begins:
        raise OperatorError("最初の契約の始まりが、この契約より後です。", field="first_begins", code="period")
    if contract.ends >= anniversary(contract.first_begins, MOST_YEARS):
        raise OperatorError(
            f"同じ事業者との契約は最長{MOST_YEARS}年間です。",
            field="ends",
            code="three-years",
        )


def check_first(contract: Contract, kept: Iterable[KeptContract]) -> None:
    """Raise OperatorError at ``first_begins`` when the record has an earlier contract with this company, of another number."""
    others = (one.contract for one in standing(kept) if one.contract.number != contract.number)
    if any(one.company == contract.company and one.begins < contract.first_begins for one in others):
        raise OperatorError("この事業者との、もっと前の契約があります。", field="first_begins", code="earlier")


def standing(kept: Iterable[KeptContract]) -> tuple[KeptContract, ...]:
    """Of each contract number what was entered last, by the day it begins."""
    newest = {one.contract.number: one for one in sorted(kept, key=lambda one: (one.at, one.id))}
    return tuple(sorted(newest.values(), key=lambda one: (one.contract.begins, one.contract.number)))


def in_force(kept: Iterable[KeptContract], day: date) -> KeptContract | None:
    """The contract whose period covers ``day``; None without one."""
    return next((one for one in standing(kept) if one.contract.covers(day)), None)


def refusal(kept: Iterable[KeptContract], day: date) -> OperatorError | None:
    """Why a 取扱者 may not sign in on ``day``; None when a contract covers it."""
    known = standing(kept)
    if in_force(known, day) is not None:
        return None
    if not known:
        return OperatorError(f"契約の記録がないので、取扱者はサインインできません。{ASK}", code="no-contract")
    later = next((one.contract for one in known if one.contract.begins > day), None)
    if later is not None:
        return OperatorError(
            f"契約の期間は{wareki(later.begins)}からです。それまで、取扱者はサインインできません。", code="contract"
        )
    last = max(one.contract.ends for one in known)
    return OperatorError(f"契約の期間は{wareki(last)}で終わりました。取扱者はサインインできません。{ASK}", code="contract")


def to_json(contract: Contract) -> dict[str, Any]:
    """What both sides sign."""
    days = ("begins", "ends", "first_begins")
    return asdict(contract) | {name: getattr(contract, name).isoformat() for name in days}


def told(contract: Contract, signatures: Iterable[Signature], at: str, by: str) -> dict[str, Any]:
    """An entry as the room is told of it."""
    return {"contract": to_json(contract), "signatures": [asdict(one) for one in signatures], "at": at, "by": by}


def from_json(body: Mapping[str, Any]) -> Contract:
    """Raises KeyError, TypeError or ValueError for what ``to_json`` does not write."""
    if not isinstance(body["clauses"], bool):
        raise TypeError("contract: clauses")
    begins, ends, first = (date.fromisoformat(body[name]) for name in ("begins", "ends", "first_begins"))
    return Contract(str(body["number"]), str(body["company"]), str(body["jobs"]), begins, ends, first, body["clauses"])
