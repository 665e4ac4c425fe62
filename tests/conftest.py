"""What holds for every test: no display, a home folder of its own, no address beyond loopback, nothing left behind."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import settings

from tests.support import surroundings
from tests.support.guards import Leftovers, RefusedAddresses, watch_addresses

# A loaded machine is slow, not wrong; a counterexample is printed with how to repeat it, not kept in the source tree.
settings.register_profile("house", deadline=None, database=None, print_blob=True)
settings.load_profile("house")

_refused = watch_addresses()


def pytest_addoption(parser: pytest.Parser) -> None:
    choices = ("wheel", "debian")
    parser.addoption("--postgres", choices=choices, default="wheel", help="whose PostgreSQL the tests of the gateway use")


def pytest_unconfigure() -> None:
    shutil.rmtree(surroundings.HOME, ignore_errors=True)


@pytest.fixture
def business_date() -> date:
    """The office's day in training and tests (業務日)."""
    return date(2026, 11, 24)


@pytest.fixture
def opening() -> datetime:
    """The start of that day's work, on the office's wall clock."""
    return datetime(2026, 11, 24, 8, 30, tzinfo=timezone(timedelta(hours=9), "JST"))


@pytest.fixture
def refused_addresses() -> RefusedAddresses:
    """For a test that means to try a forbidden address: what the guard refused is in ``refused_addresses.take()``."""
    return _refused


@pytest.fixture(autouse=True)
def _only_loopback() -> Iterator[None]:
    """Code may swallow the refusal; the test that caused it fails all the same."""
    _refused.take()
    yield
    tried = _refused.take()
    if tried:
        pytest.fail(f"this test went beyond loopback: {', '.join(tried)}")


@pytest.fixture(autouse=True)
def _leaves_nothing_behind() -> Iterator[None]:
    """Fails the guilty test, not the one that crashes later."""
    before = Leftovers()
    yield
    left = before.take()
    if left:
        pytest.fail(f"this test left behind: {', '.join(left)}")
