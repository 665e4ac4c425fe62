"""The drill of a lost store, as the ward works it: its own processes, its own key, the month key from the segment in a file."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from nhi_center.domain.operators import Role
from nhi_center.errors import EnvironmentTrouble, OperatorError
from nhi_center.services import backup
from nhi_center.services.backup import back_up, sidecar_of, state
from nhi_center.services.office import Premises
from nhi_center.services.recovery import NewAdministrator
from nhi_center.services.restoring import put_back
from nhi_center.services.session import sign_in, sign_out
from nhi_center.storage import audit
from nhi_center.training.room import RECOVERY_FILE, RECOVERY_PASSPHRASE
from tests.services.test_backup import MONTH, quiet, ward_unseals
from tests.services.test_recovery import CLIENT, NEW, VERIFY, groups, run
from tests.support.office import enter, premises, signed_in

__all__ = ["premises"]


@pytest.fixture
def copy(premises: Premises, tmp_path: Path) -> Path:
    """A day of work, its copy, the month key in a file; then the store is gone."""
    enter(premises, "k-ichiro")
    office, session = signed_in(premises, "40127")
    office = backup.prepare(office)
    made = back_up(office, quiet)
    (tmp_path / "month.key").write_text(office.contents.month_keys[MONTH].hex() + "\n", encoding="ascii")
    sign_out(office, session)
    store = premises.settings.store
    store.rename(store.with_suffix(".damaged"))
    return made


def test_a_lost_store_comes_back_with_everybody_who_worked_there(premises: Premises, copy: Path, tmp_path: Path) -> None:
    settings = premises.settings
    key = settings.recovery / RECOVERY_FILE
    opened = run(VERIFY, "recover", sidecar_of(copy), "--key", key, typed=f"{RECOVERY_PASSPHRASE}\n")
    assert opened.returncode == 0, opened.stderr
    arguments = ("--settings", settings.business_folder / "terminal.toml", "--copy", copy, "--month-key", tmp_path / "month.key")
    typed = [*groups(opened.stdout), "40300", "見本 復子", NEW, NEW]
    done = run(CLIENT, "restore", *arguments, typed="\n".join(typed) + "\n")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2026-11-24 のバックアップから戻しました" in done.stdout
    assert NEW not in done.stdout + done.stderr

    office, session = sign_in(premises, "40300", NEW)
    assert session.role is Role.WARD_ADMIN
    head = backup.read_sidecar(copy).store
    with office.store.read.begin() as connection:
        log = [json.loads(entry) for entry, _hash in audit.every(connection)]
        assert audit.entries(connection, head.seq, 1)[0][2].hex() == head.hash
    assert [entry["action"] for entry in log[head.seq :]][:1] == ["recover"]
    assert len(backup.copies(office)) == 1
    back_up(backup.prepare(office), quiet)
    assert state(office, session).fault == "", "the month key came back with the store"
    sign_out(office, session)
    office, session = signed_in(premises, "40127")
    sign_out(office, session)

    again = run(CLIENT, "restore", *arguments, typed="\n".join(typed) + "\n")
    assert again.returncode != 0, "a store that is there is never replaced"


def test_what_cannot_be_put_back_leaves_nothing(premises: Premises, copy: Path, tmp_path: Path) -> None:
    store, admin = premises.settings.store, NewAdministrator("40300", "見本 復子", NEW)
    month_key = bytes.fromhex((tmp_path / "month.key").read_text(encoding="ascii"))
    part = ward_unseals(premises, copy)

    with pytest.raises(EnvironmentTrouble, match="BK-03"):
        put_back(premises, copy, bytes(32), month_key, admin, quiet)
    with pytest.raises(OperatorError) as caught:
        put_back(premises, copy, part, month_key, replace(admin, person="40127"), quiet)
    assert caught.value.field == "person"
    elsewhere = replace(premises, settings=replace(premises.settings, terminal="T05"))
    with pytest.raises(OperatorError) as caught:
        put_back(elsewhere, copy, part, month_key, admin, quiet)
    assert caught.value.code == "another-terminal"
    assert not store.exists()
    log = store.with_name(f"{store.name}-wal")
    log.write_bytes(b"of the lost store: SQLite would read it into the new one")
    with pytest.raises(OperatorError) as caught:
        put_back(premises, copy, part, month_key, admin, quiet)
    assert caught.value.code == "store-there"
    log.unlink()
    put_back(premises, copy, part, month_key, admin, quiet)
    with pytest.raises(OperatorError) as caught:
        put_back(premises, copy, part, month_key, admin, quiet)
    assert caught.value.code == "store-there"
