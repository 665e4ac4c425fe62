"""Blocks of numbers from a real gateway: an ask is answered once, whoever asks at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from nhi_center.domain.numbers import LAST_SHARED
from nhi_center.errors import EnvironmentTrouble
from nhi_center.link.wire_numbers import Ask, Block
from tests.support.postgres import RunningGateway, Terminal


def an_ask(period: str, count: int = 10, above: int = 0) -> Ask:
    return Ask(str(uuid4()), "slip", period, count, above)


def test_the_same_ask_gets_the_same_numbers(terminal: Terminal) -> None:
    one = an_ask("2026-01-05")
    with terminal.link() as link:
        first = link.blocks([one])
        assert link.blocks([one]) == first
        assert link.blocks([an_ask("2026-01-05")]).blocks[0].first == 11


def test_what_a_terminal_knows_to_be_given_is_passed_over(terminal: Terminal) -> None:
    with terminal.link() as link:
        assert link.blocks([an_ask("2026-01-06", above=30)]).blocks[0].first == 31


def test_an_id_that_was_another_ask_is_refused(gateway: RunningGateway, terminal: Terminal, tmp_path: Path) -> None:
    one = an_ask("2026-01-07")
    other = gateway.enrol(tmp_path / "other")
    with terminal.link() as link:
        link.blocks([one])
    with other.link() as link, pytest.raises(EnvironmentTrouble, match="別の番号の枠") as caught:
        link.blocks([one])
    assert caught.value.code == "LK-03"


def test_past_the_last_number_there_is_nothing(terminal: Terminal) -> None:
    with terminal.link() as link:
        last = link.blocks([an_ask("2026-01-08", above=LAST_SHARED - 3)]).blocks[0]
        assert (last.first, last.count) == (LAST_SHARED - 2, 3)
        assert link.blocks([an_ask("2026-01-08")]).blocks[0].count == 0


def test_eight_at_once_get_eight_blocks(gateway: RunningGateway, tmp_path: Path) -> None:
    terminals = [gateway.enrol(tmp_path / str(number)) for number in range(8)]

    def asked(terminal: Terminal) -> tuple[int, Block]:
        with terminal.link() as link:
            given = link.blocks([an_ask("2026-01-09")])
        return given.place, given.blocks[0]

    with ThreadPoolExecutor(8) as pool:
        given = list(pool.map(asked, terminals))
    assert sorted(block.first for _place, block in given) == [1 + 10 * number for number in range(8)]
    assert len({place for place, _block in given}) == 8


def test_what_was_given_is_never_taken_back(gateway: RunningGateway, terminal: Terminal) -> None:
    with terminal.link() as link:
        link.blocks([an_ask("2026-01-12")])
    with psycopg.connect(gateway.dsn) as connection, pytest.raises(psycopg.errors.RestrictViolation):
        connection.execute("DELETE FROM number_block")
