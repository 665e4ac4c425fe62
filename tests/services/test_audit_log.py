from __future__ import annotations

import ast
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from nhi_center.domain import canonical
from nhi_center.domain.audit import Countersign, countersign_bytes
from nhi_center.domain.audit_check import check_file
from nhi_center.domain.audit_file import AuditFault
from nhi_center.domain.audit_words import read_entry
from nhi_center.domain.handover import Direction
from nhi_center.domain.operators import Action, Session
from nhi_center.domain.trust import trust_to_json
from nhi_center.errors import OperatorCancelled, OperatorError
from nhi_center.keys.accounts import unlock
from nhi_center.services import audit_log, handover, sync_state
from nhi_center.services.office import Office
from nhi_center.storage import audit, engine, outbox
from nhi_center.verify import cli
from tests.support import papers
from tests.support.certificates import trusting
from tests.support.office import PASSWORDS, as_person, desk, premises

__all__ = ["desk", "premises"]

Room = tuple[Office, Session]
SERVICES = Path(audit_log.__file__).parent


@pytest.fixture
def anchored(desk: Room) -> tuple[Office, Session, Ed25519PrivateKey]:
    """The supervisor after a morning whose log the gateway has confirmed up to some entry."""
    office, gateway = trusting(desk[0])
    papers.register_people(office)
    papers.receive(office, desk[1], F02=2)
    anchor(office, gateway)
    papers.key(office, desk[1], "F02")
    return office, as_person(office, "s-toko"), gateway


Anchored = tuple[Office, Session, Ed25519PrivateKey]


def anchor(office: Office, gateway: Ed25519PrivateKey) -> int:
    head = audit_log.seal_head(office)
    assert head is not None
    countersign = Countersign(office.terminal, head.seq, head.hash, head.root, "2026-11-24T00:30:00+00:00")
    signature = gateway.sign(countersign_bytes(countersign)).hex()
    with office.store.write.begin() as connection:
        audit.keep_anchor(connection, replace(countersign, signature=signature))
    return head.seq


def test_the_newest_acts_stand_first_in_words(desk: Room) -> None:
    office, clerk = desk
    handover.open_handover(office, clerk, Direction.IN, papers.SECTION)
    page = audit_log.page(office, as_person(office, "s-toko"))
    newest = page.lines[0]
    assert (newest.seq, newest.actor, newest.what) == (page.last, "k-ichiro", "受渡し 開いた")
    assert "便 1" in newest.facts
    assert page.names["k-ichiro"] == "見本 一郎"
    assert [line.seq for line in page.lines] == list(range(page.last, 0, -1))
    assert audit_log.page(office, as_person(office, "s-toko"), before=3).lines[0].seq == 2
    assert audit_log.page(office, as_person(office, "s-toko"), before=1).lines == ()


def test_coming_and_going_are_told_apart_in_words() -> None:
    words = audit_log.glossary()
    body = {"seq": 1, "at": "2026-11-24T00:00:00+00:00", "actor": "40127", "action": Action.CHECK_PRESENCE.value}
    shown = [
        read_entry(canonical.encode({**body, "facts": {"entered": entered}}), "T04", words).facts for entered in (True, False)
    ]
    assert shown == ["入室", "退室"]


def test_a_refusal_is_told_in_words() -> None:
    facts = {"asked": Action.SIGN_IN.value, "reason": "not-inside"}
    body = {"seq": 1, "at": "2026-11-24T00:00:00+00:00", "actor": "k-ichiro", "action": "denied", "facts": facts}
    line = read_entry(canonical.encode(body), "T04", audit_log.glossary())
    assert line.facts == "求めた操作 サインイン・理由 入室の記録がない"


def test_clerks_do_not_read_the_log(desk: Room) -> None:
    with pytest.raises(OperatorError) as caught:
        audit_log.page(*desk)
    assert caught.value.code == "not-permitted"
    assert audit_log.page(desk[0], as_person(desk[0], "40127")).lines[0].what.startswith("断った操作")


def test_the_ward_reads_roles_and_not_the_pace_of_one_clerk(desk: Room) -> None:
    names = audit_log.page(desk[0], as_person(desk[0], "40127")).names
    assert (names["k-ichiro"], names["s-toko"], names["40127"]) == ("取扱者", "取扱責任者", "見本 区子")


def test_every_act_and_step_has_its_word() -> None:
    words = audit_log.glossary()
    assert {action.value for action in Action} | {"denied", "wrong_password"} == set(words.actions)
    used = {step for file in SERVICES.glob("*.py") for step in re.findall(r'step="([a-z_]+)"', file.read_text(encoding="utf-8"))}
    assert used <= set(words.steps), used - set(words.steps)


def fact_names() -> set[str]:
    """Every name under which a service puts a fact into the log, read from its source."""
    names = set()
    for file in SERVICES.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in ("begin", "log_refusal", "note"):
                names |= {keyword.arg for keyword in node.keywords if keyword.arg}
    return names - {"subject", "step"}


def test_every_fact_has_its_word() -> None:
    missing = fact_names() - set(audit_log.glossary().facts)
    assert {"purpose", "hits", "terms"} <= fact_names()
    assert not missing


def test_a_whole_log_holds_and_the_check_is_kept(anchored: Anchored) -> None:
    office, session, _ = anchored
    checked = audit_log.check(office, session)
    assert checked.fault == ""
    assert 0 < checked.anchored < checked.entries
    newest = audit_log.page(office, session).lines[0]
    assert (newest.what, newest.facts) == ("点検・監査 つながりを確かめた", f"記録 {checked.entries}・異状なし はい")


def without_triggers(office: Office, statement: str) -> None:
    """As somebody with the key and a tool of his own would do it."""
    account = office.premises.accounts.find("s-toko")
    key = office.premises.slots.open(account, unlock(account, PASSWORDS["s-toko"])).store_keys[0]
    connection = engine.connect(office.settings.store, key)
    for name in ("audit_no_update", "audit_no_delete", "audit_head_no_update"):
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute(statement)
    connection.close()


def flip_a_bit(office: Office) -> None:
    """A page of the store that is not what was written."""
    without_triggers(office, "PRAGMA wal_checkpoint(TRUNCATE)")
    size = office.settings.store.stat().st_size
    with office.settings.store.open("r+b") as file:
        file.seek(size - 2000)
        one = file.read(1)
        file.seek(size - 2000)
        file.write(bytes([one[0] ^ 1]))


def test_a_rewritten_entry_is_found(anchored: Anchored) -> None:
    office, session, _ = anchored
    without_triggers(office, "UPDATE audit SET entry = CAST(replace(CAST(entry AS TEXT), 'T04', 'T05') AS BLOB) WHERE seq = 3")
    checked = audit_log.check(office, session)
    assert checked.fault.startswith("3番")
    assert checked.anchored == 0
    with pytest.raises(OperatorError) as caught:
        audit_log.export(office, session)
    assert caught.value.code == "broken"


def test_a_cut_log_does_not_agree_with_the_segment(anchored: Anchored) -> None:
    office, session, _ = anchored
    with office.store.read.begin() as connection:
        confirmed = audit.newest_anchor(connection, office.terminal)
    assert confirmed is not None
    without_triggers(office, f"DELETE FROM audit WHERE seq >= {confirmed.seq}")
    assert "控え" in audit_log.check(office, session).fault


def test_a_signed_root_that_is_not_the_entries_is_found(desk: Room) -> None:
    office, session = desk[0], as_person(desk[0], "s-toko")
    head = audit_log.seal_head(office)
    assert head is not None
    assert audit_log.check(office, session).fault == ""
    without_triggers(office, f"UPDATE audit_head SET root = '{head.hash}'")
    assert "署名した値と合いません" in audit_log.check(office, session).fault


def test_a_confirmation_of_somebody_else_does_not_count(anchored: Anchored) -> None:
    office, session, _ = anchored
    anchor(office, Ed25519PrivateKey.generate())
    assert "署名" in audit_log.check(office, session).fault


def test_a_long_check_says_how_far_it_is_and_can_be_stopped(anchored: Anchored, monkeypatch: pytest.MonkeyPatch) -> None:
    office, session, _ = anchored
    monkeypatch.setattr(audit_log, "EVERY", 5)
    seen: list[int] = []
    audit_log.check(office, session, lambda done, _total, _words: seen.append(done))
    assert seen[:2] == [5, 10]

    def stop(_done: int, _total: int, _words: str) -> None:
        raise OperatorCancelled

    with pytest.raises(OperatorCancelled):
        audit_log.check(office, session, stop)


def test_the_ward_proves_its_copy_and_any_changed_byte(anchored: Anchored, capsys: pytest.CaptureFixture[str]) -> None:
    office, session, _ = anchored
    made = audit_log.export(office, session)
    assert made.path.name == "audit-T04-20261124.seg"
    office.settings.trust.write_text(json.dumps(trust_to_json(office.premises.trust), ensure_ascii=False), encoding="utf-8")
    assert cli.main(["audit", str(made.path), "--trust", str(office.settings.trust)]) == 0
    assert f"{made.anchored}番までは区のサーバの控えとも一致" in capsys.readouterr().out
    file = made.path.read_bytes()
    assert check_file(file, office.premises.trust).last == made.last

    @settings(max_examples=80)
    @given(place=st.integers(0, len(file) - 2), change=st.integers(1, 255))
    def any_changed_byte_is_found(place: int, change: int) -> None:
        data = bytearray(file)
        data[place] ^= change
        with pytest.raises(AuditFault):
            check_file(bytes(data), office.premises.trust)

    any_changed_byte_is_found()


def test_an_earlier_copy_stays(anchored: Anchored) -> None:
    office, session, _ = anchored
    first = audit_log.export(office, session)
    before = first.path.read_bytes()
    second = audit_log.export(office, session)
    assert second.path.name == "audit-T04-20261124-2.seg"
    assert second.last == first.last + 1
    assert first.path.read_bytes() == before


def test_how_the_exchange_stands(desk: Room) -> None:
    office, clerk = desk
    state = sync_state.read(office, clerk)
    assert (state.waiting, state.sent, state.refused, state.anchored) == (3, 0, (), 0)
    assert (state.host, state.port) == ("127.0.0.1", office.settings.segment.port)
    with office.store.write.begin() as connection:
        row = outbox.waiting(connection, 1)[0]
        for _ in range(outbox.REFUSED_AFTER):
            outbox.refuse(connection, row.seq, "形が違います。")
    state = sync_state.read(office, clerk)
    assert state.waiting == 2
    assert [(row.about, row.reason) for row in state.refused] == [("入退室", "形が違います。")]


def test_every_kind_of_record_has_its_word() -> None:
    source = "\n".join(file.read_text(encoding="utf-8") for file in SERVICES.glob("*.py"))
    assert set(re.findall(r'unit\.record\(\s*"([a-z_]+)"', source)) <= set(sync_state.KINDS)
