"""A line that is cut off says nothing about the terminal's certificate, nor about the protocol: wherever it is cut."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nhi_center.errors import EnvironmentTrouble
from nhi_center.link.client import AddressPolicy, GatewayLink
from nhi_center.training.bench.chaos_line import BreakingLine
from tests.support.postgres import RunningGateway, Terminal, utc_now


def hello(terminal: Terminal, line: BreakingLine) -> str:
    """What the terminal is told: a code, or "" for a greeting."""
    settings = replace(terminal.settings, policy=AddressPolicy("127.0.0.1", line.port))
    with GatewayLink(settings, utc_now) as link:
        try:
            link.hello()
        except EnvironmentTrouble as trouble:
            return trouble.code
    return ""


@pytest.mark.parametrize("place", ["0", "1", "900", "-130", "-60", "-20"])
def test_a_cut_line_is_a_line_that_does_not_reach(gateway: RunningGateway, terminal: Terminal, place: str) -> None:
    """In the handshake, or so many bytes before the end of the answer: within its head, between, within its body."""
    ends = [1 << 20]
    with BreakingLine(lambda: gateway.port, lambda: ends[0]) as line:
        assert hello(terminal, line) == ""
        ends[0] = int(place) + (line.carried if int(place) < 0 else 0)
        assert hello(terminal, line) == "LK-01"
        assert line.cuts == 1


def test_nobody_behind_the_line(terminal: Terminal) -> None:
    """What a load balancer is whose gateways are down: it takes the connection, and lets it go."""
    with BreakingLine(lambda: 1, lambda: 1 << 20) as line:
        assert hello(terminal, line) == "LK-01"
