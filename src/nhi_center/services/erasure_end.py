"""How an erasure ends: with its proof in the log. The last step, another key of the store, comes with the next sign-in."""

from __future__ import annotations

from nhi_center.domain.erasure import Finding, State, Step, outcome
from nhi_center.services.work import Unit
from nhi_center.storage import audit
from nhi_center.storage import erasure as storage


def conclude(unit: Unit, terminal: str, id_: str, now: tuple[Finding, ...]) -> State:
    """Keep what was found at the steps and ``now``, and whether that is the end. The entry of this act tells it too."""
    erasure = storage.find(unit.connection, id_)
    assert erasure is not None
    findings = (*storage.seen_at_steps(unit.connection, id_), *now)
    state = outcome(findings, erasure.steps)
    seq, _hash = audit.last(unit.connection, terminal)
    storage.end(unit.connection, id_, state, findings, unit.stamp, seq + 1)
    unit.note(state=state.value, left=sum(one.left for one in findings), steps=len(erasure.steps))
    return state


def key_changed(unit: Unit, terminal: str, *, opened_by_old: int) -> None:
    """The store has another key: of every erasure that waited for it. ``opened_by_old``: 1 when the old one opens it yet."""
    for id_ in storage.key_due(unit.connection):
        before = storage.find(unit.connection, id_)
        assert before is not None
        found = Finding("データベースを前の鍵で開く", opened_by_old, "開けません" if not opened_by_old else "開けました")
        storage.step_done(unit.connection, id_, Step.STORE_KEY, unit.stamp, (found,))
        at_steps = storage.seen_at_steps(unit.connection, id_)
        if before.state is not State.AGREED:  # else its other steps are not through yet, and tell how it ends
            conclude(unit, terminal, id_, tuple(one for one in before.findings if one not in at_steps))
