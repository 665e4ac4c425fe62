"""番号の枠 over real stores and a real gateway: whatever is cut off, no number is given twice in a room."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from nhi_center.domain.numbers import OWN_COUNT, SUPPLIES, Kind, is_own, own_range, period_of
from nhi_center.domain.operators import Action
from nhi_center.errors import EnvironmentTrouble, OperatorError
from nhi_center.link.wire_numbers import Ask, Given
from nhi_center.services import numbers
from nhi_center.services.presence import check_in
from nhi_center.services.sync import synchronise
from nhi_center.services.work import begin
from nhi_center.storage import numbers as storage
from tests.support.office import LOCKERS, premises
from tests.support.office import desk as lone_desk
from tests.support.postgres import RunningGateway
from tests.support.terminals import Desk, close_terminal, exchange, gateway, open_terminal, take_in, terminals

__all__ = ["gateway", "lone_desk", "premises"]


@dataclass
class Cut:
    """A line that breaks: ``before`` the gateway hears of an ask, or ``after``, so that its answer is lost."""

    link: Any
    when: str = ""

    def blocks(self, asks: tuple[Ask, ...]) -> Given:
        if self.when == "before":
            raise EnvironmentTrouble("LK-01", "切断")
        given = self.link.blocks(asks)
        if self.when == "after":
            raise EnvironmentTrouble("LK-01", "切断")
        return given  # type: ignore[no-any-return]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.link, name)


def with_cuts(desk: Desk) -> tuple[Desk, Cut]:
    office, session = desk
    cut = Cut(office.premises.link)
    return (replace(office, premises=replace(office.premises, link=cut)), session), cut


def take(desk: Desk, kind: Kind, count: int) -> tuple[int, ...]:
    with begin(*desk, Action.HANDOVER) as unit:
        return numbers.take(unit, kind, count)


def left(desk: Desk, kind: Kind) -> int:
    with desk[0].store.read.begin() as connection:
        return storage.left_in_blocks(connection, kind, period_of(kind, desk[0].clock.today()))


@pytest.fixture
def three(gateway: RunningGateway, tmp_path: Path) -> Iterator[tuple[tuple[Desk, Cut], ...]]:
    with terminals(gateway, tmp_path, "one", "two", "three") as made:
        yield tuple(with_cuts(desk) for desk in made)


steps = st.one_of(
    st.tuples(st.just("take"), st.integers(0, 2), st.sampled_from(Kind), st.integers(1, 30)),
    st.tuples(st.just("exchange"), st.integers(0, 2), st.sampled_from(["", "before", "after"]), st.just(0)),
)


def test_never_the_same_number_twice(three: tuple[tuple[Desk, Cut], ...]) -> None:
    given_out: set[tuple[Kind, int]] = set()

    @settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(steps, min_size=5, max_size=25))
    def any_order(order: list[tuple[str, int, Any, int]]) -> None:
        for what, who, how, count in order:
            desk, cut = three[who]
            if what == "exchange":
                cut.when = how
                with suppress(EnvironmentTrouble):
                    numbers.refill(desk[0])
                continue
            with suppress(OperatorError):  # its own range is used up too: told, and nothing is given
                found = {(how, number) for number in take(desk, how, count)}
                assert len(found) == count
                assert not found & given_out
                given_out.update(found)

    any_order()
    assert any(is_own(number) for _kind, number in given_out), "some were given while the segment was away"
    assert any(not is_own(number) for _kind, number in given_out)


def test_a_fresh_block_is_there_before_the_old_is_used_up(gateway: RunningGateway, tmp_path: Path) -> None:
    with terminals(gateway, tmp_path, "one", "two") as (one, two):
        block = SUPPLIES[Kind.SLIP].block
        first = take(one, Kind.SLIP, block // 2 + 1)
        assert first == tuple(range(1, block // 2 + 2))
        assert take(two, Kind.SLIP, 1) == (block + 1,)
        synchronise(one[0])
        assert left(one, Kind.SLIP) == block // 2 - 1 + block
        rest = take(one, Kind.SLIP, block)
        assert rest[: block // 2 - 1] == tuple(range(block // 2 + 2, block + 1)), "the old block first"
        assert rest[block // 2 - 1] == 2 * block + 1, "then what follows the other terminal's"


def test_dry_and_alone_it_goes_on_from_its_own_range_and_says_so(gateway: RunningGateway, tmp_path: Path) -> None:
    with terminals(gateway, tmp_path, "one") as (one,):
        gateway.stop(kill=True)
        try:
            take(one, Kind.HANDOVER, SUPPLIES[Kind.HANDOVER].block)
            assert take(one, Kind.HANDOVER, 2) == (5000, 5001)
            with one[0].store.read.begin() as connection:
                stock = {each.title: each for each in numbers.stocks(connection, one[0].clock.today())}["便"]
            assert (stock.dry, stock.own) == (True, OWN_COUNT - 2)
            with pytest.raises(OperatorError, match="番号が足りません") as caught:
                take(one, Kind.HANDOVER, OWN_COUNT)
            assert caught.value.code == "no-numbers"
            with pytest.raises(EnvironmentTrouble):
                numbers.refill(one[0])
        finally:
            gateway.start()
        synchronise(one[0])
        assert not set(take(one, Kind.HANDOVER, 1)) & set(own_range(1)), "blocks first, as soon as there is one"


def test_two_terminals_never_print_the_same_slip(gateway: RunningGateway, tmp_path: Path) -> None:
    with terminals(gateway, tmp_path, "one", "two") as made:
        check_in(*made[0], "k-ichiro", LOCKERS["k-ichiro"])
        exchange(*made)
        found = []
        for desk in made:
            take_in(desk, 2, 4)
            with desk[0].store.read.begin() as connection:
                found += list(connection.execute(text("SELECT number FROM slip ORDER BY number")).scalars())
        block = SUPPLIES[Kind.SLIP].block
        assert found == ["1124-001", "1124-002", f"1124-{block + 1:03}", f"1124-{block + 2:03}"]


def test_what_was_numbered_before_the_first_exchange_is_left_out(gateway: RunningGateway, tmp_path: Path) -> None:
    desk = open_terminal(gateway, tmp_path)
    try:
        assert take(desk, Kind.SLIP, 3) == (1, 2, 3)
        synchronise(desk[0])
        assert take(desk, Kind.SLIP, 1) == (4,)
    finally:
        close_terminal(desk[0])


def test_outside_training_nothing_is_numbered_before_the_first_exchange(lone_desk: Desk) -> None:
    office, session = lone_desk
    live = replace(office, premises=replace(office.premises, settings=replace(office.settings, training=False)))
    with pytest.raises(OperatorError, match="一度区のサーバとつないで") as caught:
        take((live, session), Kind.SLIP, 1)
    assert caught.value.code == "no-numbers"
    assert take(lone_desk, Kind.SLIP, 1) == (1,)
