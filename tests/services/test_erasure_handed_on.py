"""消去 at a terminal that has handed a paper on: what another one finished stands in no one's way here, and goes too."""

from __future__ import annotations

from sqlalchemy import text

from nhi_center.domain.entry import State
from nhi_center.domain.erasure import Scope
from nhi_center.services import erasure, leases
from nhi_center.services.office import Office
from nhi_center.storage import erasure as storage
from tests.services.test_leases import Desk, entered, exchange, own_gateway, pair, state_of
from tests.support.office import advance, as_person
from tests.support.postgres import gateway, postgres

__all__ = ["gateway", "own_gateway", "pair", "postgres"]

NOVEMBER = "2026-11"
UNREADY = "区の枚数確認か送信が済んでいない届出"


def waiting(office: Office) -> dict[str, int]:
    plan = erasure.plan(office, as_person(office, "40127"), Scope.MONTH, NOVEMBER)
    return {one.words: one.number for one in plan.obstacles}


def test_what_another_terminal_has_taken_is_no_obstacle_here(pair: tuple[Desk, Desk]) -> None:
    first, second = pair
    id_, slip = entered(first)
    leases.lay_down(*first, slip.id, slip.sheets)
    for office, _session in pair:
        advance(office.premises, days=8)
    exchange(first, second)
    assert waiting(first[0])[UNREADY] == 1, "on its way it may come back"
    leases.take(*second, slip.id, slip.sheets)
    exchange(second, first)
    assert UNREADY not in waiting(first[0])
    assert "区に返していない書類(枚)" not in waiting(first[0])
    assert waiting(second[0])[UNREADY] == 1, "there it is to be done"
    with first[0].store.write.begin() as connection:
        storage.erase_rows(connection, Scope.MONTH, NOVEMBER, first[0].clock.today(), "2026-12-02T09:00:00+09:00")
        keyed, left = connection.execute(text("SELECT keyed, left_at FROM application WHERE id = :id"), {"id": id_}).one()
    assert (keyed, bool(left)) == ("{}", True)
    assert state_of(first, id_) is State.ELSEWHERE
