"""鍵の交換 at sign-in: once, whole, and through kill -9 at any moment."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from nhi_center.domain.operators import Action
from nhi_center.errors import EnvironmentTrouble
from nhi_center.keys.accounts import unlock
from nhi_center.services import rekeying
from nhi_center.services.accounts import close_account
from nhi_center.services.office import Premises
from nhi_center.services.session import sign_in, sign_out
from nhi_center.services.work import begin
from nhi_center.storage import audit, closures
from nhi_center.storage.store import open_store
from tests.support.office import PASSWORDS, premises, signed_in

__all__ = ["premises"]

KILLS = 30


def suspicion(premises: Premises) -> None:
    office, session = signed_in(premises, "40127")
    close_account(office, session, "k-hanako", suspicion=True, password=PASSWORDS["40127"])
    sign_out(office, session)


def held(premises: Premises, person: str) -> tuple[bytes, ...]:
    """The store keys in a person's slot."""
    account = premises.accounts.find(person)
    return premises.slots.open(account, unlock(account, PASSWORDS[person])).store_keys


def test_the_next_sign_in_changes_the_key_for_everybody_and_says_how_far_it_is(premises: Premises) -> None:
    (old,) = held(premises, "40128")
    suspicion(premises)
    assert held(premises, "40128") == (old,)
    told: list[str] = []
    office, session = sign_in(premises, "40127", PASSWORDS["40127"], report=lambda _done, _total, words: told.append(words))
    assert "データベースの暗号をかけ直しています。電源を切らないでください" in told
    (new,) = held(premises, "40128")
    assert new != old
    assert office.contents.store_keys == (new,)
    with office.store.read.begin() as connection:
        assert not closures.rekey_due(connection)
    sign_out(office, session)
    with pytest.raises(EnvironmentTrouble) as caught:
        open_store(premises.settings.store, (old,))
    assert caught.value.code == "ST-02"
    sign_out(*signed_in(premises, "40128"))
    assert held(premises, "40128") == (new,)


def test_a_full_disk_puts_it_off_and_the_work_goes_on(premises: Premises, monkeypatch: pytest.MonkeyPatch) -> None:
    (old,) = held(premises, "40128")
    suspicion(premises)

    def full(*_arguments: object) -> None:
        raise EnvironmentTrouble("ST-05", "見本")

    with monkeypatch.context() as patched:
        patched.setattr(rekeying, "rekey", full)
        sign_out(*signed_in(premises, "40127"))
    assert held(premises, "40128")[1:] == (old,)
    sign_out(*signed_in(premises, "40128"))  # another person, the next day
    assert len(held(premises, "40127")) == 1
    assert held(premises, "40127") != (old,)


def test_killed_at_any_moment_nothing_is_lost(premises: Premises) -> None:
    suspicion(premises)
    office, session = signed_in(premises, "40128")  # the first change, unharmed
    for number in range(400):
        with begin(office, session, Action.REVIEW, number=number) as unit:
            unit.record("review", {"filling": "x" * 2000})
    before = _entries(premises, office)
    sign_out(office, session)
    _make_due(premises)
    took = _finish(premises, "40127")
    halfway = 0
    for kill in range(KILLS):
        _make_due(premises)
        _kill_after(premises, took * kill / KILLS)
        halfway += len(held(premises, "40128")) == 2
        took = _finish(premises, "40128" if kill % 2 else "40127") or took
        office, session = signed_in(premises, "40127")
        assert _entries(premises, office) > before
        before = _entries(premises, office)
        assert len(office.contents.store_keys) == 1
        sign_out(office, session)
    assert halfway >= KILLS // 3, "the kills met the change at work"


def _finish(premises: Premises, person: str) -> float:
    """Sign in, which goes on where the last one was stopped; seconds the change took."""
    times: list[float] = []
    report = lambda _done, _total, _words: times.append(time.monotonic())  # noqa: E731
    office, session = sign_in(premises, person, PASSWORDS[person], report=report)
    sign_out(office, session)
    return times[-1] - times[0] if len(times) > 3 else 0.0


def _kill_after(premises: Premises, seconds: float) -> None:
    """Another process signs in; it is killed so long after it has begun to change the key."""
    told, telling = os.pipe()
    child = os.fork()
    if child == 0:
        _sign_in_and_end(premises, telling)
    os.close(telling)
    assert os.read(told, 1), "the change had begun"
    signal.sigtimedwait((), seconds)  # till a moment of its work: there is no condition of ours to wait for
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(told)


def _entries(premises: Premises, office: object) -> int:
    store = office.store  # type: ignore[attr-defined]
    with store.read.begin() as connection:
        checked = audit.last(connection, premises.settings.terminal)
        assert connection.exec_driver_sql("SELECT count(*) FROM outbox WHERE kind = 'review'").scalar_one() == 400
    return int(checked[0])


def _make_due(premises: Premises) -> None:
    office, session = signed_in(premises, "40127")
    with office.store.write.begin() as connection:
        connection.exec_driver_sql("UPDATE closure SET rekeyed = 0")
    sign_out(office, session)


def _sign_in_and_end(premises: Premises, telling: int) -> None:
    try:
        sign_in(premises, "40127", PASSWORDS["40127"], report=lambda *_step: _tell(telling))
    finally:
        os._exit(0)


def _tell(pipe: int) -> None:
    os.write(pipe, b"x")


def test_nothing_of_the_keys_is_written_in_the_clear(premises: Premises) -> None:
    suspicion(premises)
    office, session = signed_in(premises, "40127")
    keys = office.contents.store_keys
    sign_out(office, session)
    files = [file for file in premises.settings.business_folder.rglob("*") if file.is_file()]
    assert not [file.name for file in files for key in keys if key in (data := file.read_bytes()) or key.hex().encode() in data]
    assert Path(premises.settings.store) in files
