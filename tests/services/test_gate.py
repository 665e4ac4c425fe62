"""The gate: failures slow down, stop, are released by who may, and are neither lost nor hidden."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nhi_center.domain.operators import Session
from nhi_center.errors import OperatorError
from nhi_center.keys.failures import MOST_EVENTS, FailureBook
from nhi_center.keys.places import SecretService
from nhi_center.keys.terminal import create, load
from nhi_center.services.gate import identify, identify_in
from nhi_center.services.office import Office, Premises
from nhi_center.services.premises import open_premises
from nhi_center.services.session import check_password, sign_in, sign_out
from nhi_center.services.signing import sign
from nhi_center.storage import audit as log
from tests.support.office import PASSWORDS, advance, as_person, desk, premises, signed_in
from tests.support.secret_service import secret_service

__all__ = ["desk", "premises", "secret_service"]

Desk = tuple[Office, Session]


def refusal(act: Callable[[], object]) -> OperatorError:
    with pytest.raises(OperatorError) as caught:
        act()
    return caught.value


def fail(premises: Premises, person: str, times: int) -> list[str]:
    """Wrong passwords, each after the longest pause; the codes."""
    codes = []
    for _ in range(times):
        codes.append(refusal(lambda: identify(premises, person, "wrong")).code)
        advance(premises, seconds=61)
    return codes


def entries(office: Office, action: str) -> list[dict[str, Any]]:
    with office.store.read.begin() as connection:
        found = [json.loads(row[0]) for row in log.every(connection)]
    return [entry for entry in found if entry["action"] == action]


def test_each_failure_doubles_the_pause_and_success_ends_it(premises: Premises) -> None:
    for pause in (1, 2, 4, 8, 16, 32, 60, 60, 60):
        assert refusal(lambda: identify(premises, "40127", "wrong")).code == "wrong-password"
        told = refusal(lambda: identify(premises, "40127", PASSWORDS["40127"]))
        assert (told.code, f"あと{pause}秒" in told.message) == ("slowed", True), told.message
        advance(premises, seconds=pause - 0.5)
        assert refusal(lambda: identify(premises, "40127", PASSWORDS["40127"])).code == "slowed"
        advance(premises, seconds=0.5)
    assert identify(premises, "40127", PASSWORDS["40127"]).account.person == "40127"
    assert fail(premises, "40127", 1) == ["wrong-password"]
    identify(premises, "40127", PASSWORDS["40127"])


def test_a_clock_put_back_gives_nothing_away(premises: Premises) -> None:
    refusal(lambda: identify(premises, "40127", "wrong"))
    advance(premises, hours=-1)
    assert refusal(lambda: identify(premises, "40127", PASSWORDS["40127"])).code == "slowed"


def test_ten_failures_stop_an_id_until_somebody_who_may_releases_it(premises: Premises) -> None:
    assert fail(premises, "40128", 11) == ["wrong-password"] * 10 + ["locked-out"]
    right = PASSWORDS["40128"]
    advance(premises, days=3)
    assert refusal(lambda: sign_in(premises, "40128", right)).code == "locked-out"
    clerk = refusal(lambda: sign_in(premises, "40128", right, voucher=("k-ichiro", PASSWORDS["k-ichiro"])))
    assert (clerk.code, clerk.field) == ("wrong-role", "voucher_id")
    himself = refusal(lambda: sign_in(premises, "40128", right, voucher=("40128", right)))
    assert himself.field == "voucher_password"
    wrong = refusal(lambda: sign_in(premises, "40128", right, voucher=("s-toko", "wrong")))
    assert (wrong.code, wrong.field) == ("wrong-password", "voucher_password")
    advance(premises, seconds=2)
    office, session = sign_in(premises, "40128", right, voucher=("s-toko", PASSWORDS["s-toko"]))
    (vouched,) = entries(office, "vouch")
    assert vouched["subject"] == "40128"
    assert (vouched["facts"]["step"], vouched["facts"]["vouched_by"]) == ("release", "s-toko")
    sign_out(office, session)
    sign_out(*signed_in(premises, "40128"))


def test_an_id_nobody_has_is_treated_as_one_somebody_has(premises: Premises) -> None:
    assert fail(premises, "nobody", 11) == fail(premises, "40128", 11)
    assert refusal(lambda: identify(premises, "nobody", "x")).message == refusal(lambda: identify(premises, "40128", "x")).message
    assert refusal(lambda: identify(premises, "somebody-else", "x")).code == "wrong-password"
    assert refusal(lambda: identify(premises, "somebody-else", "x")).code == "slowed"
    refusal(lambda: sign_in(premises, "nobody", "x", voucher=("s-toko", PASSWORDS["s-toko"])))
    advance(premises, seconds=2)
    assert refusal(lambda: identify(premises, "nobody", "x")).code == "wrong-password"


def test_a_damaged_file_of_somebody_else_makes_no_difference(premises: Premises) -> None:
    (premises.settings.accounts / "40100.json").write_bytes(b"{")
    assert refusal(lambda: identify(premises, "nobody", "wrong")).code == "wrong-password"
    assert refusal(lambda: identify(premises, "nobody", "wrong")).code == "slowed"


def test_however_many_ids_are_tried_the_file_stays_small(premises: Premises) -> None:
    for number in range(MOST_EVENTS + 10):
        refusal(lambda: identify(premises, f"guess-{number}", "x"))  # noqa: B023 (called at once)
    assert len(premises.failures.events()) <= MOST_EVENTS
    assert premises.settings.refused_sign_ins.stat().st_size < 60_000


def test_lock_sign_and_sign_in_count_together(desk: Desk) -> None:
    office, session = desk
    premises = office.premises
    for act in (
        lambda: check_password(office, session, "wrong"),
        lambda: sign(office, "k-ichiro", "wrong", "x", {}),
        lambda: identify(premises, "k-ichiro", "wrong"),
        lambda: identify_in(office, as_person(office, "s-toko"), "k-ichiro", "wrong", "rekey"),
    ):
        assert refusal(act).code == "wrong-password"
        advance(premises, seconds=61)
    count = premises.failures.count("k-ichiro")
    assert count is not None
    assert count.failures == 4
    assert [entry["facts"]["failures"] for entry in entries(office, "wrong_password")] == [1, 2, 4]


def test_the_count_survives_restart(premises: Premises) -> None:
    fail(premises, "40128", 10)
    again = open_premises(premises.settings, premises.clock)
    assert refusal(lambda: identify(again, "40128", PASSWORDS["40128"])).code == "locked-out"


def forget(file: Path, _before: bytes) -> None:
    file.unlink()


def cut(file: Path, _before: bytes) -> None:
    file.write_bytes(file.read_bytes()[:-40])


def edit(file: Path, _before: bytes) -> None:
    file.write_bytes(file.read_bytes().replace(b'failures\\":10', b'failures\\":1'))


def put_back(file: Path, before: bytes) -> None:
    file.write_bytes(before)


@pytest.mark.parametrize("tamper", [forget, cut, edit, put_back])
def test_a_tampered_side_file_is_noticed_and_the_larger_count_holds(
    premises: Premises, tamper: Callable[[Path, bytes], None]
) -> None:
    file = premises.settings.refused_sign_ins
    fail(premises, "40128", 2)
    before = file.read_bytes()
    fail(premises, "40128", 8)
    whole = file.read_bytes()
    tamper(file, before)
    assert file.exists() is False or file.read_bytes() != whole
    assert refusal(lambda: identify(premises, "40128", PASSWORDS["40128"])).code == "locked-out"
    office, session = signed_in(premises, "40127")
    (noticed,) = [entry for entry in entries(office, "denied") if entry["facts"].get("reason") == "side_file_changed"]
    assert noticed["facts"]["lost"] == (8 if tamper is put_back else 10)
    sign_out(office, session)
    office, session = signed_in(premises, "40127")  # said once
    assert len([entry for entry in entries(office, "denied") if entry["facts"].get("reason") == "side_file_changed"]) == 1
    sign_out(office, session)


@pytest.mark.parametrize("put_back", [False, True])
def test_file_and_counters_taken_away_or_put_back_together_are_noticed(premises: Premises, put_back: bool) -> None:
    sign_out(*signed_in(premises, "40127"))
    file, place = premises.settings.refused_sign_ins, premises.settings.training_keys
    before = (file.read_bytes(), place.read_bytes())
    fail(premises, "40128", 3)
    sign_out(*signed_in(premises, "40127"))
    if put_back:
        file.write_bytes(before[0])
        place.write_bytes(before[1])
    else:
        file.unlink()
        kept = json.loads(before[1])
        place.write_text(json.dumps({name: kept[name] for name in kept if name != "T04/counters"}), encoding="utf-8")
    office, session = signed_in(premises, "40128")
    assert [entry["facts"]["reason"] for entry in entries(office, "denied")] == ["side_file_changed"]
    sign_out(office, session)
    office, session = signed_in(premises, "40128")
    assert len(entries(office, "denied")) == 1
    sign_out(office, session)


def test_another_terminals_side_file_is_not_taken(tmp_path: Path, premises: Premises) -> None:
    fail(premises, "40128", 3)
    from nhi_center.keys.places import TrainingFile

    other = FailureBook(tmp_path / "other", create(TrainingFile(tmp_path / "other.json"), "T04"))
    (tmp_path / "other").write_bytes(premises.settings.refused_sign_ins.read_bytes())
    assert other.count("40128") is None
    assert [event.kind for event in other.events()] == ["side_file_changed"]


@pytest.mark.usefixtures("secret_service")
def test_in_the_keyring_the_count_survives_the_files_deletion(tmp_path: Path) -> None:
    terminal = create(SecretService(), "T07")
    FailureBook(tmp_path / "side", terminal).failed("k-test", "2026-11-24T00:00:00+00:00")
    (tmp_path / "side").unlink()
    count = FailureBook(tmp_path / "side", load(SecretService(), "T07")).count("k-test")
    assert count is not None
    assert count.failures == 1


def test_events_come_into_the_log_once_in_order(premises: Premises) -> None:
    fail(premises, "40128", 2)
    refusal(lambda: identify(premises, "no such", "x"))
    office, session = signed_in(premises, "40127")
    assert [(entry["subject"], entry["facts"]["failures"]) for entry in entries(office, "wrong_password")] == [
        ("40128", 1),
        ("40128", 2),
        ("", 1),
    ]
    assert premises.failures.events() == ()
    sign_out(office, session)
