"""The lock, what puts it off and what leaves the screen, in the log; and a sync that goes on behind it."""

from __future__ import annotations

import json

import pytest

from nhi_center.domain.calls import CallDraft
from nhi_center.domain.locking import LockReason
from nhi_center.domain.operators import Session
from nhi_center.errors import OperatorError
from nhi_center.services import calls, screen_lock
from nhi_center.services.office import Office
from tests.support.office import PASSWORDS, as_person, desk, premises
from tests.support.station import log_of

__all__ = ["desk", "premises"]

Desk = tuple[Office, Session]


def acts(office: Office, *names: str) -> list[tuple[str, str, dict[str, object]]]:
    return [(one["action"], one["actor"], one["facts"]) for one in log_of(office, *names)]


@pytest.mark.parametrize("reason", LockReason)
def test_a_lock_is_kept_with_its_reason(reason: LockReason, desk: Desk) -> None:
    screen_lock.lock(*desk, reason)
    assert acts(desk[0], "lock") == [("lock", "k-ichiro", {"step": reason.value})]


def test_only_the_same_persons_password_unlocks(desk: Desk) -> None:
    """The gate makes who has failed wait, so the failure comes last."""
    office, session = desk
    screen_lock.unlock(office, session, PASSWORDS["k-ichiro"])
    assert acts(office, "unlock") == [("unlock", "k-ichiro", {})]
    with pytest.raises(OperatorError):
        screen_lock.unlock(office, session, PASSWORDS["k-hanako"])
    assert len(acts(office, "unlock")) == 1
    assert len(acts(office, "wrong_password")) == 1


def test_another_person_ends_the_session_by_his_own_password(desk: Desk) -> None:
    office, session = desk
    screen_lock.end_for_another(office, session, "k-hanako", PASSWORDS["k-hanako"])
    assert acts(office, "unlock") == [("unlock", "k-ichiro", {"step": "ended", "ended_by": "k-hanako"})]
    with pytest.raises(OperatorError):
        screen_lock.end_for_another(office, session, "k-hanako", PASSWORDS["k-ichiro"])
    assert len(acts(office, "unlock")) == 1


def test_the_lock_is_put_off_only_for_ones_own_call_in_progress(desk: Desk) -> None:
    office, session = desk
    call = calls.start_call(office, session).call.id
    screen_lock.extend(office, session, call, 300)
    assert acts(office, "extend_lock") == [("extend_lock", "k-ichiro", {"seconds": 300})]
    for wrong in (lambda: screen_lock.extend(office, as_person(office, "k-hanako"), call, 300), lambda: ended(desk, call)):
        with pytest.raises(OperatorError) as caught:
            wrong()
        assert caught.value.code == "no-call"
    with pytest.raises(OperatorError):
        screen_lock.extend(office, session, "no-such-call", 300)
    assert len(acts(office, "extend_lock")) == 1


def ended(desk: Desk, call: str) -> None:
    calls.hang_up(*desk, call, CallDraft())
    screen_lock.extend(*desk, call, 300)


def test_copying_out_is_kept_with_its_length_alone(desk: Desk) -> None:
    office, session = desk
    with pytest.raises(OperatorError) as caught:
        screen_lock.copy_out(office, session, screen="entry", characters=5)
    assert caught.value.code == "not-permitted"
    screen_lock.copy_out(office, as_person(office, "s-toko"), screen="reports", characters=7)
    screen_lock.refuse_copy(office, session, screen="calls", characters=9)
    assert acts(office, "denied", "copy_out") == [
        ("denied", "k-ichiro", {"asked": "copy_out", "characters": 5}),
        ("copy_out", "s-toko", {"characters": 7}),
        ("denied", "k-ichiro", {"asked": "copy_out", "characters": 9}),
    ]
    assert [one["subject"] for one in log_of(office, "denied", "copy_out")] == ["entry", "reports", "calls"]
    assert "見本" not in json.dumps(log_of(office, "denied", "copy_out"), ensure_ascii=False)
