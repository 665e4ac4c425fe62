"""Whether an operator opens his own record or his home's: told to the log when it happens, as facts without a personal value."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import date

from nhi_center.domain.names import strip_selectors
from nhi_center.domain.operators import Session
from nhi_center.domain.people import Person
from nhi_center.domain.search import SearchTerms
from nhi_center.storage import search
from nhi_center.storage.engine import Connection

_SAME_NAMES = 50


def marks(connection: Connection, session: Session, person: Person, members: Iterable[Person], today: date) -> dict[str, bool]:
    """Facts for the log: ``own_name`` for a person of the operator's name, ``own_address`` for one who lives with such a person.

    Nobody's address is kept with his account: where a person of the operator's name lives may be his home.
    """
    own = _key(session.name)
    if _is_called(person, own):
        return {"own_name": True}
    at_home = any(_is_called(member, own) for member in members)
    return {"own_address": True} if at_home or _lives_with(connection, session.name, person, own, today) else {}


def _lives_with(connection: Connection, name: str, person: Person, own: str, today: date) -> bool:
    """Also over the border of a household (世帯分離): people of that name with the same address."""
    found = search.search(connection, SearchTerms.parse(name, today=today), _SAME_NAMES).people
    return any(_is_called(one, own) and one.address == person.address for one in found)


def _is_called(person: Person, own: str) -> bool:
    return bool(own) and own in (_key(person.name), _key(person.alias))


def _key(name: str) -> str:
    """For this comparison alone: without spaces, selectors and differences of width."""
    return "".join(unicodedata.normalize("NFKC", strip_selectors(name)).split()).casefold()
