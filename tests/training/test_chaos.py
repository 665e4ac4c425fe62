"""The chaos of ``nhi-center bench --only chaos``, and that its proof finds what it is there to find."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from nhi_center.domain.operators import Action
from nhi_center.services.clock import TrainingClock
from nhi_center.services.premises import open_premises
from nhi_center.services.presence import check_in
from nhi_center.services.sync import synchronise
from nhi_center.services.work import begin
from nhi_center.settings import Settings
from nhi_center.training.bench import chaos
from nhi_center.training.bench.chaos_proof import Proof
from nhi_center.training.bench.gateways import Gateways
from nhi_center.training.bench.room import CLERK, OPENING, WARD_STAFF, signed_in
from tests.support.office import CHEAP

SECONDS = 60
"""Two to three rounds: everything that may happen has happened more than once, and each meets the traces of the others. The
command runs ten minutes; a whole run of the tests cannot wait for that."""


def test_nothing_is_lost_and_nothing_is_twice(tmp_path: Path) -> None:
    outcome = chaos.run(tmp_path / "chaos", SECONDS, None, CHEAP)
    words = outcome.words()
    assert not outcome.wrong, words
    assert outcome.happened.keys() >= {"gateway", "terminal", "backend", "postgres", "cut lines"}, words
    if "disk" not in outcome.happened:
        pytest.skip(f"FULL DISK NOT TESTED: no tmpfs can be mounted here (run as root); the rest holds\n{words}")
    assert outcome.troubles.keys() <= {"LK-01", "LK-02", "LK-05"}, words
    assert outcome.rows > 100, words


Told = tuple[Gateways, Settings, Path]


@pytest.fixture(scope="module")
def side(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateways]:
    with Gateways(tmp_path_factory.mktemp("side"), 1) as gateways:
        yield gateways


@pytest.fixture
def told(side: Gateways, tmp_path: Path) -> Told:
    """A terminal that has written, told the room and sent everything; its process has ended."""
    settings = side.terminal(f"X{uuid4().hex[:8].upper()}", side.processes[0].port, CHEAP)
    file = tmp_path / "told"
    with signed_in(open_premises(settings, TrainingClock(OPENING)), WARD_STAFF) as (office, session):
        check_in(office, session, CLERK, "01")
        with begin(office, session, Action.CHECK_PRESENCE) as unit:
            file.write_text("".join(f"{unit.record('call', {'n': number})}\n" for number in range(3)), encoding="ascii")
        synchronise(office)
    return side, settings, file


def wrong_after(told: Told, *harm: str) -> list[str]:
    """What the proof says once somebody with all rights over the database has done this to the terminal's rows."""
    gateways, settings, file = told
    found: list[str] = []
    proof = Proof(gateways.dsn, found)
    proof.see_heads()
    with psycopg.connect(gateways.dsn) as connection:
        connection.execute("SET session_replication_role = replica")  # no trigger stands in the way
        for statement in harm:
            connection.execute(statement.format(t=repr(settings.terminal)).encode())
    proof.of_terminal(settings, file)
    proof.of_heads_seen()
    return found


def test_the_proof_is_content_with_what_is_right(told: Told) -> None:
    assert wrong_after(told) == []


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        ("DELETE FROM record WHERE terminal = {t} AND body ->> 'n' = '1'", "lost on the way"),
        ("UPDATE record SET fingerprint = sha256('') WHERE terminal = {t} AND seq = 1", "at the gateway alone"),
        ("UPDATE record SET received_at = '2020-01-01' WHERE terminal = {t} AND seq = 2", "out of order"),
        ("DELETE FROM change WHERE body ->> 'terminal' = {t}", "the room was told otherwise"),
        (
            "INSERT INTO change (kind, id, body) SELECT kind, id, body FROM change WHERE body ->> 'terminal' = {t}",
            "the room was told otherwise",
        ),
        ("DELETE FROM audit_anchor WHERE terminal = {t}", "heads changed or gone"),
        ("UPDATE audit_anchor SET root = sha256('') WHERE terminal = {t}", "does not hold"),
        ("UPDATE audit_entry SET entry = entry || 'x' WHERE terminal = {t} AND seq = 2", "the two logs differ"),
        ("DELETE FROM audit_entry WHERE terminal = {t} AND seq = 1", "confirmed up to"),
    ],
)
def test_the_proof_finds_what_is_wrong(told: Told, harm: str, words: str) -> None:
    found = wrong_after(told, harm)
    assert any(words in one for one in found), found


def test_the_proof_finds_what_the_store_has_lost(told: Told) -> None:
    _gateways, _settings, file = told
    with file.open("a", encoding="ascii") as more:
        more.write("0190a0a0-0000-7000-8000-000000000001\n")
    assert any("lost in the store: 1" in one for one in wrong_after(told))
