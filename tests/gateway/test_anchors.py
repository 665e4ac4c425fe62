from __future__ import annotations

from dataclasses import replace

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from nhi_center.domain import audit
from nhi_center.domain.merkle import Range, leaf_hash
from nhi_center.domain.trust import signed_by
from nhi_center.errors import EnvironmentTrouble
from nhi_center.link import wire
from tests.support.postgres import RunningGateway, Terminal


def entries(terminal: Terminal, first: int, count: int, action: str = "sync") -> tuple[bytes, ...]:
    return tuple(
        audit.entry_bytes(seq, "2026-11-24T01:00:00+00:00", terminal.name, "u1", action, "s", {"n": 1})
        for seq in range(first, first + count)
    )


def chained(terminal: Terminal, log: tuple[bytes, ...]) -> bytes:
    hash_ = audit.genesis(terminal.name)
    for entry in log:
        hash_ = audit.link(hash_, entry)
    return hash_


def tree(log: tuple[bytes, ...]) -> Range:
    return Range().extended(leaf_hash(entry) for entry in log)


def anchored(terminal: Terminal, count: int) -> tuple[bytes, ...]:
    log = entries(terminal, 1, count)
    with terminal.link() as link:
        link.anchor(terminal.segment(log, 1, audit.genesis(terminal.name)))
    return log


def refused(terminal: Terminal, segment: wire.Segment) -> str:
    with terminal.link() as link, pytest.raises(EnvironmentTrouble) as caught:
        link.anchor(segment)
    assert caught.value.code == "LK-03"
    return caught.value.message


def test_head_is_countersigned_with_the_gateways_key(gateway: RunningGateway, terminal: Terminal) -> None:
    public = (gateway.folder / "gateway-signing.pub").read_text().strip()
    log = entries(terminal, 1, 5)
    with terminal.link() as link:
        first = link.anchor(terminal.segment(log[:3], 1, audit.genesis(terminal.name)))
        second = link.anchor(terminal.segment(log[3:], 4, chained(terminal, log[:3]), tree(log[:3])))
    assert signed_by(public, audit.countersign_bytes(first), first.signature)
    assert (second.seq, second.hash, second.root) == (5, chained(terminal, log).hex(), tree(log).root().hex())
    assert signed_by(public, audit.countersign_bytes(second), second.signature)


def test_empty_log_and_repeats_are_countersigned(terminal: Terminal) -> None:
    log = entries(terminal, 1, 3)
    with terminal.link() as link:
        assert link.anchor(terminal.segment((), 1, audit.genesis(terminal.name))).seq == 0
        once = link.anchor(terminal.segment(log, 1, audit.genesis(terminal.name)))
        assert link.anchor(terminal.segment(log, 1, audit.genesis(terminal.name))) == once
        longer = terminal.segment((*log, *entries(terminal, 4, 1)), 1, audit.genesis(terminal.name))
        assert link.anchor(longer).seq == 4


def test_fork_is_refused(gateway: RunningGateway, terminal: Terminal) -> None:
    log = anchored(terminal, 3)
    forged = (*log[:2], *entries(terminal, 3, 2, "other"))
    assert "違います" in refused(terminal, terminal.segment(forged, 1, audit.genesis(terminal.name)))
    assert "合いません" in refused(terminal, terminal.segment(forged[3:], 4, chained(terminal, forged[:3])))
    assert gateway.scalar("SELECT max(seq) FROM audit_entry WHERE terminal = %s", terminal.name) == 3


def test_a_root_that_does_not_continue_the_tree_held_is_refused(gateway: RunningGateway, terminal: Terminal) -> None:
    log = anchored(terminal, 3)
    more = entries(terminal, 4, 2)
    forked = tree((log[0], log[2], log[1]))
    assert "木の値" in refused(terminal, terminal.segment(more, 4, chained(terminal, log), forked))
    assert gateway.scalar("SELECT max(seq) FROM audit_entry WHERE terminal = %s", terminal.name) == 3
    with terminal.link() as link:
        assert link.anchor(terminal.segment(more, 4, chained(terminal, log), tree(log))).seq == 5


def test_a_log_from_before_there_were_trees_is_continued(gateway: RunningGateway, terminal: Terminal) -> None:
    log = entries(terminal, 1, 4)
    with psycopg.connect(gateway.dsn) as connection:
        for seq, entry in enumerate(log, 1):
            row = (terminal.name, seq, entry, chained(terminal, log[:seq]))
            connection.execute("INSERT INTO audit_entry (terminal, seq, entry, hash) VALUES (%s, %s, %s, %s)", row)
    more = entries(terminal, 5, 1)
    with terminal.link() as link:
        countersign = link.anchor(terminal.segment(more, 5, chained(terminal, log), tree(log)))
    assert countersign.root == tree((*log, *more)).root().hex()


def test_shortened_log_is_refused(terminal: Terminal) -> None:
    log = anchored(terminal, 3)
    assert "短く" in refused(terminal, terminal.segment(log[:2], 1, audit.genesis(terminal.name)))


def test_cut_and_regrown_log_is_refused(terminal: Terminal) -> None:
    log = anchored(terminal, 3)
    regrown = (*log[:1], *entries(terminal, 2, 3, "regrown"))
    assert "合いません" in refused(terminal, terminal.segment(regrown[3:], 4, chained(terminal, regrown[:3])))


def test_gap_is_refused(terminal: Terminal) -> None:
    log = anchored(terminal, 2)
    assert "届いていません" in refused(terminal, terminal.segment(entries(terminal, 4, 1), 4, chained(terminal, log)))


def test_wrong_number_or_terminal_inside_an_entry_is_refused(terminal: Terminal) -> None:
    start = audit.genesis(terminal.name)
    foreign = audit.entry_bytes(1, "t", "OTHER", "u", "a", "s", {})
    for entry in (entries(terminal, 2, 1)[0], foreign, b"no json", b"[]"):
        assert "続いていません" in refused(terminal, terminal.segment((entry,), 1, start))


def test_another_key_or_terminal_is_refused(terminal: Terminal) -> None:
    segment = terminal.segment(entries(terminal, 1, 1), 1, audit.genesis(terminal.name))
    stranger = Ed25519PrivateKey.generate()
    forged = replace(segment.head, signature=stranger.sign(audit.head_bytes(segment.head)).hex())
    assert "署名" in refused(terminal, replace(segment, head=forged))
    other = replace(segment.head, terminal="OTHER")
    assert "別の端末" in refused(terminal, replace(segment, head=other))


@pytest.mark.parametrize("table", ["audit_entry", "audit_anchor"])
def test_anchors_are_append_only(gateway: RunningGateway, terminal: Terminal, table: str) -> None:
    anchored(terminal, 1)
    for statement in (f"UPDATE {table} SET seq = 9", f"DELETE FROM {table}", f"TRUNCATE {table}"):
        with psycopg.connect(gateway.dsn) as connection, pytest.raises(psycopg.errors.RestrictViolation):
            connection.execute(statement.encode())
