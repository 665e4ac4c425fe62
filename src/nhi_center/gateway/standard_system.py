"""Training only: plays the standard system (国民健康保険事務処理標準システム), which settles what ward staff have reviewed.

A `review` record with decision ``reviewed`` is answered at once by the changed person and a `result`. Its effect is that
of ``domain.forms.summary.effect_to_json``: ``acquire`` adds a period (資格取得), ``lose`` closes the open one (資格喪失),
``certificate`` changes nothing: its result carries the 適用区分 of the register. A 訂正 names what it ``corrects`` and
its effect: that is undone first. A 取下げ of something settled is the ward's to undo in the real system; nothing is played.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import TupleRow

from nhi_center.domain.calendar import birthday75
from nhi_center.domain.corrections import without_effect
from nhi_center.domain.forms.checks import CHANGEABLE
from nhi_center.domain.forms.definition import BEGINS, ENDS, EffectKind
from nhi_center.domain.people import ACQUIRED_CODES, LOST_CODES, Period, Person, person_from_json, person_to_json

_LATEST = "SELECT c.body FROM person_now n JOIN change c USING (cursor) WHERE n.atena = %s AND n.fingerprint IS NOT NULL"
_HOUSEHOLD = """
SELECT c.body FROM person_now n JOIN change c USING (cursor)
 WHERE n.household = %s AND n.fingerprint IS NOT NULL ORDER BY n.atena
"""
_APPEND = "INSERT INTO change (kind, id, body) VALUES (%s, %s, %s::jsonb)"
_TURN = "SELECT pg_advisory_xact_lock(current_setting('nhi.insurer')::int, 1)"
_NOTHING_HERE = frozenset({EffectKind.CERTIFICATE, EffectKind.SPECIAL, EffectKind.MARK, EffectKind.COLLECT, EffectKind.ROUTE})
"""Effects that change nothing of the person here: the answer alone is given."""
TRAINING_SYMBOL = "04-90"


class NotPlayable(Exception):
    """The review cannot be settled as it is. ``reason`` is a sentence for people."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


async def play(connection: AsyncConnection[TupleRow], review: Mapping[str, Any]) -> None:
    """Settle one review in the caller's transaction. A decision other than ``reviewed`` settles nothing. Raises NotPlayable."""
    if review.get("decision") != "reviewed":
        return
    application, atena, effect = (review.get(name) for name in ("application", "atena", "effect"))
    if not (isinstance(application, str) and isinstance(atena, str) and isinstance(effect, dict)):
        raise NotPlayable("審査の記録に、申請・宛名番号・届出の効果のどれかがありません。")
    # Held to the commit: two reviews of one household are settled one after the other.
    await connection.execute(_TURN)
    before = await _person(connection, atena)
    after = _undone(before, review.get("corrects"))
    kind = effect.get("kind")
    if kind in BEGINS:
        after = await _acquire(connection, after, effect)
    elif kind in ENDS:
        after = _lose(after, effect)
    elif kind == EffectKind.CHANGE:
        after = _change(after, effect)
    elif kind not in _NOTHING_HERE:
        raise NotPlayable("審査の記録にある届出の効果が、定義にありません。")
    if after != before:
        await _append(connection, "person", atena, person_to_json(after))
    await _append(connection, "result", application, await _result(connection, application, after))


def _undone(person: Person, corrects: object) -> Person:
    """訂正: what the corrected application had settled goes first, then the new effect is settled."""
    effect = corrects.get("effect") if isinstance(corrects, dict) else None
    return without_effect(person, effect) if isinstance(effect, dict) else person


async def _result(connection: AsyncConnection[TupleRow], application: str, person: Person) -> dict[str, Any]:
    cursor = await connection.execute("""SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"')""")
    now = await cursor.fetchone()
    return {
        "application": application,
        "atena": person.atena,
        "symbol": person.symbol,
        "number": person.number,
        "branch": person.branch,
        "income_class": person.income_class,
        "long_stay_from": "",
        "disease": "",
        "settled_at": now[0] if now else "",
    }


async def _append(connection: AsyncConnection[TupleRow], kind: str, id_: str, body: Mapping[str, Any]) -> None:
    await connection.execute(_APPEND, (kind, id_, json.dumps(body, ensure_ascii=False)))


async def _person(connection: AsyncConnection[TupleRow], atena: str) -> Person:
    row = await (await connection.execute(_LATEST, (atena,))).fetchone()
    if row is None:
        raise NotPlayable("台帳に、この宛名番号の人がいません。")
    return person_from_json(row[0])


async def _acquire(connection: AsyncConnection[TupleRow], person: Person, effect: Mapping[str, Any]) -> Person:
    acquired = _day(effect)
    code = effect.get("code")
    if code not in ACQUIRED_CODES:
        raise NotPlayable("資格取得の事由が正しくありません。")
    if not person.birth <= acquired < birthday75(person.birth):
        raise NotPlayable("資格取得日が、生年月日からみて正しくありません。")
    if any(period.lost is None or acquired < period.lost for period in person.periods):
        raise NotPlayable("資格取得日が、すでにある資格期間と重なっています。")
    household = await (await connection.execute(_HOUSEHOLD, (person.household,))).fetchall()
    members = [person_from_json(body) for (body,) in household]
    symbol, number = await _insured_number(connection, members, acquired)
    used = {member.branch for member in members if (member.symbol, member.number) == (symbol, number) and member.branch}
    if (person.symbol, person.number) == (symbol, number) and person.branch:
        branch = person.branch
    else:
        branch = f"{max((int(taken) for taken in used), default=0) + 1:02}"
    income = person.income_class or _shared_income_class(members, acquired)
    periods = (*person.periods, Period(acquired, code))
    return replace(person, symbol=symbol, number=number, branch=branch, periods=periods, income_class=income)


async def _insured_number(connection: AsyncConnection[TupleRow], members: list[Person], day: date) -> tuple[str, str]:
    """記号・番号 belong to the household: the insured members' own, else new ones."""
    for member in members:
        if member.number and member.insured_on(day):
            return member.symbol, member.number
    row = await (await connection.execute("SELECT nextval('training_number')")).fetchone()
    return TRAINING_SYMBOL, f"{row[0] if row else 0:07}"


def _shared_income_class(members: list[Person], day: date) -> str:
    """The class of the household under 70, where its insured members agree on one; else not settled."""
    classes = {member.income_class for member in members if member.insured_on(day) and not member.income_class.startswith("B")}
    return classes.pop() if len(classes) == 1 else ""


def _lose(person: Person, effect: Mapping[str, Any]) -> Person:
    lost = _day(effect)
    code = effect.get("code")
    if code not in LOST_CODES:
        raise NotPlayable("資格喪失の事由が正しくありません。")
    if not person.periods or person.periods[-1].lost is not None:
        raise NotPlayable("台帳では、この人に続いている資格がありません。")
    last = person.periods[-1]
    if lost < last.acquired:
        raise NotPlayable("資格喪失日が資格取得日より前です。")
    return replace(person, periods=(*person.periods[:-1], replace(last, lost=lost, lost_code=code)))


def _change(person: Person, effect: Mapping[str, Any]) -> Person:
    changes = effect.get("changes", {})
    if not isinstance(changes, dict) or not changes.keys() <= CHANGEABLE:
        raise NotPlayable("変更の記録に、台帳にない項目があります。")
    try:
        return person_from_json({**person_to_json(person), **changes})
    except ValueError:
        raise NotPlayable("変更の記録に、台帳に入らない値があります。") from None


def _day(effect: Mapping[str, Any]) -> date:
    try:
        return date.fromisoformat(effect["date"])
    except (KeyError, TypeError, ValueError):
        raise NotPlayable("審査の記録に、資格の日付がありません。") from None
