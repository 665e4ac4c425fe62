"""The drill: every operator is gone; the ward alone, in processes of its own, brings the store back."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from nhi_center.domain import recovery as ward
from nhi_center.domain import typed_code
from nhi_center.domain.operators import Role
from nhi_center.domain.recovery import BACKUP
from nhi_center.errors import EnvironmentTrouble, OperatorError
from nhi_center.keys.account_book import AccountBook
from nhi_center.keys.recovery import load_public, save_public, ward_entry
from nhi_center.services.accounts import own
from nhi_center.services.office import Premises
from nhi_center.services.recovery import NewAdministrator, recover
from nhi_center.services.session import sign_in, sign_out
from nhi_center.storage import audit
from nhi_center.training.room import RECOVERY_FILE, RECOVERY_PASSPHRASE
from tests.support.office import PASSWORDS, enter, premises, signed_in

__all__ = ["premises"]

NEW = "akai-densha-to-yubin-77"
VERIFY = "import sys; from nhi_center.verify.cli import main; sys.exit(main())"
CLIENT = "from nhi_center.cli import main; main()"


def run(program: str, *arguments: object, typed: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", program, *map(str, arguments)]
    # A session of its own has no terminal: what is typed comes from stdin alone.
    return subprocess.run(
        command,
        input=typed,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        start_new_session=True,
        env=dict(os.environ),
    )


def groups(output: str) -> list[str]:
    return re.findall(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{2}", output)


def test_the_ward_brings_back_a_store_whose_operators_are_gone(premises: Premises) -> None:
    enter(premises, "k-ichiro")
    settings = premises.settings
    office, session = signed_in(premises, "40127")
    with office.store.read.begin() as connection:
        entries = audit.last(connection, settings.terminal)[0]
    sign_out(office, session)
    for slot in settings.slots.iterdir():
        slot.unlink()
    slot = settings.recovery / f"{settings.terminal}.recovery.json"
    opened = run(VERIFY, "recover", slot, "--key", settings.recovery / RECOVERY_FILE, typed=f"{RECOVERY_PASSPHRASE}\n")
    assert opened.returncode == 0, opened.stderr
    code = groups(opened.stdout)
    assert len(code) == typed_code.group_count(48)
    slip = code[0][:-1] + ("A" if code[0][-1] != "A" else "B")
    typed = [slip, code[0].lower().replace("-", " "), *code[1:], "40300", "見本 復子", NEW, NEW]
    done = run(CLIENT, "recover", "--settings", settings.business_folder / "terminal.toml", typed="\n".join(typed) + "\n")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1番目のまとまりが違います" in done.stdout
    assert NEW not in done.stdout + done.stderr
    office, session = sign_in(premises, "40300", NEW)
    assert session.role is Role.WARD_ADMIN
    with office.store.read.begin() as connection:
        log = [json.loads(entry) for entry, _hash in audit.every(connection)]
    assert len(log) > entries
    (recovered,) = [entry for entry in log if entry["action"] == "recover"]
    assert (recovered["actor"], recovered["subject"]) == ("40300", "40300")
    sign_out(office, session)
    sign_out(*sign_in(premises, "40128", PASSWORDS["40128"], voucher=("40300", NEW)))  # and lets the others in again


def test_the_ward_makes_its_own_key_and_it_alone_opens(premises: Premises, tmp_path: Path) -> None:
    out = tmp_path / "ward"
    made = run(VERIFY, "recovery-key", "--out", out, typed="nagai mihon no aikotoba\n" * 2)
    assert made.returncode == 0, made.stderr
    public = ward.read_public((out / "ward.pub").read_bytes())
    assert ward.fingerprint(public) in made.stdout
    assert (out / "ward-recovery.key").stat().st_mode & 0o777 == 0o600
    again = run(VERIFY, "recovery-key", "--out", out, typed="nagai mihon no aikotoba\n" * 2)
    assert again.returncode == 2
    slot = premises.settings.recovery / f"{premises.settings.terminal}.recovery.json"
    other = run(VERIFY, "recover", slot, "--key", out / "ward-recovery.key", typed="nagai mihon no aikotoba\n")
    assert other.returncode == 1
    trained = load_public(premises.settings.recovery)
    assert trained is not None
    assert ward.fingerprint(trained) in other.stderr  # it says which key is needed


@pytest.mark.parametrize("typed", ["mijikai\nmijikai\n", "nagai mihon no aikotoba\nnagai mihon no aikotobb\n", ""])
def test_no_key_is_made_of_a_bad_passphrase(typed: str, tmp_path: Path) -> None:
    assert run(VERIFY, "recovery-key", "--out", tmp_path / "ward", typed=typed).returncode == 2
    assert not (tmp_path / "ward").exists()


def test_a_wrong_passphrase_and_a_damaged_slot_open_nothing(premises: Premises, tmp_path: Path) -> None:
    key = premises.settings.recovery / RECOVERY_FILE
    slot = premises.settings.recovery / f"{premises.settings.terminal}.recovery.json"
    wrong = run(VERIFY, "recover", slot, "--key", key, typed="not the passphrase\n")
    assert (wrong.returncode, groups(wrong.stdout)) == (1, [])
    (tmp_path / "slot").write_text("{}")
    damaged = run(VERIFY, "recover", tmp_path / "slot", "--key", key, typed=f"{RECOVERY_PASSPHRASE}\n")
    assert (damaged.returncode, groups(damaged.stdout)) == (1, [])
    assert run(VERIFY, "recover", tmp_path / "none", "--key", key, typed="x\n").returncode == 2


def test_a_backups_part_is_unsealed_and_passes_for_no_stores_key(premises: Premises, tmp_path: Path) -> None:
    settings = premises.settings
    public = load_public(settings.recovery)
    assert public is not None
    part = bytes(range(32))
    backup = tmp_path / "backup.json"
    backup.write_text(json.dumps({"recovery": ward_entry(public, part, BACKUP)}))
    opened = run(VERIFY, "recover", backup, "--key", settings.recovery / RECOVERY_FILE, typed=f"{RECOVERY_PASSPHRASE}\n")
    assert opened.returncode == 0, opened.stderr
    assert typed_code.read(groups(opened.stdout)) == part
    backup.write_text(json.dumps({"recovery": {**ward_entry(public, part, BACKUP), "purpose": "store"}}))
    renamed = run(VERIFY, "recover", backup, "--key", settings.recovery / RECOVERY_FILE, typed=f"{RECOVERY_PASSPHRASE}\n")
    assert renamed.returncode == 1


def test_another_key_of_the_ward_is_used_from_the_next_sign_in(premises: Premises) -> None:
    private = ward.new_private()
    save_public(premises.settings.recovery, ward.public_of(private))
    office, session = signed_in(premises, "40127")
    assert own(office, session).recovery == ward.fingerprint(ward.public_of(private))
    sign_out(office, session)
    body = json.loads((premises.settings.recovery / f"{premises.settings.terminal}.recovery.json").read_bytes())
    assert json.loads(ward.open_entry(private, body["recovery"], ward.STORE))["store_keys"] == [
        office.contents.store_keys[0].hex()
    ]


def test_a_wrong_code_or_a_known_id_changes_nothing(premises: Premises) -> None:
    admin = NewAdministrator("40300", "見本 復子", NEW)
    before = premises.accounts.every()
    with pytest.raises(EnvironmentTrouble) as trouble:
        recover(premises, b"x" * 48, admin)
    assert trouble.value.code == "ST-02"
    for wrong in (replace(admin, person="40128"), replace(admin, person="a/b"), replace(admin, password="mijikai")):
        with pytest.raises(OperatorError):
            recover(premises, key_of(premises), wrong)
    assert AccountBook(premises.settings.accounts).every() == before
    assert not premises.slots.holds("40300")


def key_of(premises: Premises) -> bytes:
    private = ward.open_private((premises.settings.recovery / RECOVERY_FILE).read_bytes(), RECOVERY_PASSPHRASE)
    body = json.loads((premises.settings.recovery / f"{premises.settings.terminal}.recovery.json").read_bytes())
    return bytes.fromhex(json.loads(ward.open_entry(private, body["recovery"], ward.STORE))["store_keys"][0])
