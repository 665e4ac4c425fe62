"""The gateway's private keys lie encrypted, and the passphrase comes from a credential or a terminal, never from elsewhere."""

from __future__ import annotations

import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from nhi_center.errors import EnvironmentTrouble, OperatorError
from nhi_center.gateway import configuration, enrolment, passphrase
from nhi_center.gateway.configuration import Configuration
from nhi_center.gateway.local_postgres import LocalPostgres
from tests.gateway.test_setting_up import command
from tests.support.postgres import GATEWAY_PASSPHRASE, RunningGateway, new_database, utc_now

KEYS = (enrolment.CA_KEY, enrolment.SERVER_KEY, enrolment.SIGNING_KEY)
NEW = b"a new passphrase of this gateway"
OTHER_VARIABLES = {name: value for name, value in os.environ.items() if name != "CREDENTIALS_DIRECTORY"}


@pytest.fixture
def keys(credential: None, tmp_path: Path) -> Path:
    folder = tmp_path / "gateway"
    enrolment.make_authority(folder, utc_now(), "gateway.nhi-center.internal", "127.0.0.1")
    return folder


def lay_open(folder: Path) -> None:
    """As gateways kept their keys before they were encrypted."""
    for name in KEYS:
        key = serialization.load_pem_private_key((folder / name).read_bytes(), GATEWAY_PASSPHRASE)
        plain = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        (folder / name).write_bytes(plain)


def at_a_terminal(arguments: list[str], typed: list[bytes], environment: dict[str, str] | None = None) -> tuple[int, str]:
    """Run a gateway command on a terminal of its own; what is typed is sent when a prompt has come."""
    pid, terminal = pty.fork()
    if pid == 0:
        program = [sys.executable, "-c", "from nhi_center.gateway.cli import main; main()", *arguments]
        os.execvpe(program[0], program, (environment or OTHER_VARIABLES) | {"PYTHONPATH": "src"})
    shown = b""
    prompts = 0
    while True:
        try:
            part = os.read(terminal, 4096)
        except OSError:  # the other end of a terminal whose program has ended
            break
        shown += part
        while shown.count(b": ") > prompts < len(typed):
            os.write(terminal, typed[prompts] + b"\n")
            prompts += 1
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), shown.decode()


def test_no_key_opens_without_the_passphrase(keys: Path) -> None:
    for name in KEYS:
        pem = (keys / name).read_bytes()
        assert pem.startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----")
        assert (keys / name).stat().st_mode & 0o777 == 0o600
        with pytest.raises(TypeError):
            serialization.load_pem_private_key(pem, None)
    assert all(GATEWAY_PASSPHRASE not in file.read_bytes() for file in keys.iterdir())


def test_a_service_without_its_credential_does_not_start(database: str, keys: Path, tmp_path: Path) -> None:
    configuration.save(keys, Configuration(dsn=database, port=1))
    for folder in (tmp_path / "nothing", tmp_path / "wrong"):
        folder.mkdir()
        environment = OTHER_VARIABLES | {"CREDENTIALS_DIRECTORY": str(folder), "PYTHONPATH": "src"}
        if folder.name == "wrong":
            (folder / passphrase.CREDENTIAL).write_bytes(b"some other passphrase")
        done = subprocess.run(
            [sys.executable, "-c", "from nhi_center.gateway.cli import main; main()", "serve", "--home", str(keys)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            env=environment,
            timeout=60,
            check=False,
        )
        assert (done.returncode, done.stderr[:5]) == (1, "GW-11")


def test_the_passphrase_is_nowhere_in_a_running_gateway_but_its_memory(postgres: LocalPostgres, tmp_path: Path) -> None:
    with new_database(postgres) as dsn:
        running = RunningGateway(tmp_path / "gateway", dsn, training=False)
        running.start(local=True)
        assert running.process is not None
        process = Path("/proc") / str(running.process.pid)
        for place in ("cmdline", "environ"):
            assert GATEWAY_PASSPHRASE not in (process / place).read_bytes()
        terminal = running.enrol(tmp_path / "terminal")
        with terminal.link() as link:
            link.hello()
        assert running.stop() == 0
        assert all(GATEWAY_PASSPHRASE not in file.read_bytes() for file in running.folder.iterdir())


def test_keys_from_before_are_encrypted_by_command(database: str, keys: Path, tmp_path: Path) -> None:
    configuration.save(keys, Configuration(dsn=database, port=1))
    lay_open(keys)
    assert command("serve", "--home", str(keys)).stderr.startswith("GW-11")
    arguments = ["change-passphrase", "--open-keys", "--home", str(keys)]
    code, shown = at_a_terminal(arguments, [NEW, NEW])
    assert code == 0, shown
    assert enrolment.are_encrypted(keys)
    assert NEW.decode() not in shown
    # Another change, of which a crash let only one key be done: the same command again finishes it.
    shutil.copy(keys / enrolment.CA_KEY, tmp_path / "one")
    assert at_a_terminal(["change-passphrase", "--home", str(keys)], [NEW, NEW + b"2", NEW + b"2"])[0] == 0
    shutil.copy(tmp_path / "one", keys / enrolment.CA_KEY)
    assert at_a_terminal(["change-passphrase", "--home", str(keys)], [NEW, NEW + b"2", NEW + b"2"])[0] == 0
    for name in KEYS:
        serialization.load_pem_private_key((keys / name).read_bytes(), NEW + b"2")
    code, shown = at_a_terminal(["change-passphrase", "--home", str(keys)], [b"wrong", NEW, NEW])
    assert (code, "GW-11" in shown) == (1, True)


def test_a_person_types_it_when_a_gateway_is_set_up(database: str, tmp_path: Path) -> None:
    home = tmp_path / "home"
    arguments = ["init", "--dsn", database, "--home", str(home)]
    for typed, words in (([b"short"], "15文字以上"), ([NEW, NEW + b"x"], "一致しません")):
        code, shown = at_a_terminal(arguments, typed)
        assert (code, words in shown, (home / configuration.FILE).exists()) == (1, True, False)
    assert at_a_terminal(arguments, [NEW, NEW])[0] == 0
    # Set up from a script without a credential: nothing is made.
    other = str(tmp_path / "other")
    alone = subprocess.run(
        [sys.executable, "-c", "from nhi_center.gateway.cli import main; main()", "init", "--dsn", database, "--home", other],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=OTHER_VARIABLES | {"PYTHONPATH": "src"},
        timeout=60,
        check=False,
    )
    assert (alone.returncode, alone.stderr[:5]) == (1, "GW-11")
    assert not (tmp_path / "other" / configuration.FILE).exists()


def test_trainings_passphrase_opens_no_real_gateway(tmp_path: Path) -> None:
    passphrase.make_for_training(tmp_path)
    before = (tmp_path / passphrase.TRAINING_FILE).read_bytes()
    passphrase.make_for_training(tmp_path)
    assert (tmp_path / passphrase.TRAINING_FILE).read_bytes() == before
    configuration.save(tmp_path, Configuration(training=True, local_postgres="x"))
    assert configuration.load(tmp_path).training
    configuration.save(tmp_path, Configuration(dsn="host=/run/postgresql"))
    with pytest.raises(EnvironmentTrouble, match="GW-11"):
        configuration.load(tmp_path)


def test_a_short_credential_makes_no_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / passphrase.CREDENTIAL).write_bytes(b"short\n")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    with pytest.raises(OperatorError, match="15文字"):
        enrolment.make_authority(tmp_path / "gateway", utc_now(), "gateway.nhi-center.internal", "127.0.0.1")
    (tmp_path / passphrase.CREDENTIAL).unlink()
    (tmp_path / passphrase.CREDENTIAL).mkdir()
    with pytest.raises(EnvironmentTrouble, match="GW-11"):
        passphrase.of(tmp_path)
