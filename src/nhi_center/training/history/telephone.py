"""The telephone of a history: calls of every kind, over as long as calls take, and the call-backs that were promised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random

from nhi_center.domain.calls import CallDraft, Outcome
from nhi_center.domain.identifiers import format_phone
from nhi_center.domain.people import Person
from nhi_center.services import call_list, calls
from nhi_center.synthesis.deck import short
from nhi_center.training.history.clock import HistoryClock
from nhi_center.training.history.crew import HANAKO, ICHIRO, Crew

_CATEGORIES = {
    "Q01": 9, "Q02": 8, "Q03": 2, "Q04": 9, "Q05": 4, "Q06": 14, "Q07": 9, "Q08": 8, "Q09": 10, "Q10": 4, "Q11": 6, "Q12": 3,
    "Q13": 2, "Q14": 2, "Q15": 2, "Q16": 2, "Q20": 3, "Q21": 3, "Q22": 1, "Q99": 3,
}  # fmt: skip
_OUTCOMES = {Outcome.ANSWERED: 82, Outcome.TO_WARD: 8, Outcome.CALL_BACK: 7, Outcome.COMPLAINT: 3}
_IDENTIFIED = 0.45
_TEXTS = (
    "届出の進み具合を説明。",
    "窓口の時間と必要書類を案内。",
    "郵送の手続を案内。",
    "発送の予定を案内。",
    "制度の違いを説明。",
)


class Telephone:
    """Who picks up changes from call to call."""

    def __init__(self, crew: Crew, clock: HistoryClock, rng: Random) -> None:
        self._crew, self._clock, self._rng, self._office = crew, clock, rng, crew.office

    def take(self, people: Sequence[Person]) -> None:
        """One call from the ring to the record; ``people``: of whom one may be asked about."""
        rng = self._rng
        session = self._crew.session(rng.choice((ICHIRO, HANAKO)))
        view = calls.start_call(self._office, session)
        self._talk()
        category = rng.choices(tuple(_CATEGORIES), tuple(_CATEGORIES.values()))[0]
        outcome = rng.choices(tuple(_OUTCOMES), tuple(_OUTCOMES.values()))[0]
        draft = CallDraft(caller=rng.choice("1128"), category=category, outcome=outcome.value)
        person = rng.choice(people)
        if draft.caller == "1" and not person.protected and rng.random() < _IDENTIFIED:
            draft = replace(draft, told=True, name=person.kana, birth=short(person.birth), address=person.address)
            calls.choose_person(self._office, session, view.call.id, draft, person.atena)
        draft = replace(draft, text=rng.choice(_TEXTS))
        if outcome is Outcome.TO_WARD:
            draft = replace(draft, ward_staff="見本")
        if outcome is Outcome.CALL_BACK:
            draft = self._promise(draft, person)
        calls.hang_up(self._office, session, view.call.id, draft)
        self._clock.advance(rng.uniform(3, 15))
        calls.finish_call(self._office, session, view.call.id, draft)

    def keep_promises(self) -> None:
        """Call-backs whose hour has come are made and written up."""
        now = self._clock.local().isoformat()
        for row in call_list.open_callbacks(self._office, self._crew.session(HANAKO)):
            if row.back.due > now or row.begun:
                continue
            session = self._crew.session(row.back.owner or HANAKO)
            view = calls.start_call(self._office, session, callback=row.back.id)
            self._talk()
            draft = replace(view.call.draft, outcome=Outcome.ANSWERED.value, text="折返し。調べた結果を説明。")
            calls.finish_call(self._office, session, view.call.id, draft)

    def _talk(self) -> None:
        self._clock.advance(self._rng.uniform(40, 260))

    def _promise(self, draft: CallDraft, person: Person) -> CallDraft:
        """The next open hour but one."""
        at = self._clock.local() + timedelta(hours=1)
        day = at.date() if at.hour < 16 else calls.closed_days().next_open(at.date() + timedelta(days=1))
        time = f"{at.hour}:30" if day == at.date() else "10:30"
        number = format_phone(person.phone) if person.phone else "03-0000-0000"
        return replace(draft, back_number=number, back_day=f"R{day.year - 2018}.{day.month}.{day.day}", back_time=time)
