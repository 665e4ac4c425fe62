from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from nhi_center.domain import canonical
from nhi_center.domain.trust import signed_by
from nhi_center.errors import EnvironmentTrouble, OperatorError
from nhi_center.gateway import configuration, enrolment, ward_settings
from nhi_center.gateway.configuration import Configuration
from nhi_center.gateway.database import check_dsn, connect, migrate, migrations
from nhi_center.gateway.local_postgres import LocalPostgres
from nhi_center.gateway.server import listen
from nhi_center.gateway.training_register import training_settings
from tests.support.postgres import utc_now


def command(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from nhi_center.gateway.cli import main; main()", *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": "src"},
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize(
    "dsn", ["host=127.0.0.1 dbname=x", "dbname=x", "host=/run/postgresql password=secret", "host=", "nonsense =", ""]
)
def test_dsn_is_a_unix_socket_without_a_password(dsn: str) -> None:
    with pytest.raises(EnvironmentTrouble, match="GW-05") as caught:
        check_dsn(dsn)
    assert "secret" not in str(caught.value)


def test_migrations_are_numbered_once_and_repeatable(database: str) -> None:
    numbers = [number for number, _ in migrations()]
    assert numbers == sorted(set(numbers))
    with connect(database) as connection:
        assert migrate(connection) == numbers[-1]


def test_newer_schema_is_not_touched(database: str) -> None:
    with connect(database) as connection:
        connection.execute("INSERT INTO schema_version (version) VALUES (999)")
        connection.commit()
        with pytest.raises(EnvironmentTrouble, match="GW-07"):
            migrate(connection)


def test_configuration_comes_back_and_strange_ones_are_refused(tmp_path: Path) -> None:
    settings = Configuration(training=True, dsn='host=/run/"x" dbname=nhi')
    configuration.save(tmp_path, settings)
    assert configuration.load(tmp_path) == settings
    for damage in ('training = "yes"\n', "unknown = 1\n", "insurer = 138040\n"):
        (tmp_path / configuration.FILE).write_text(damage, encoding="utf-8")
        with pytest.raises(EnvironmentTrouble, match="GW-09"):
            configuration.load(tmp_path)


def test_training_listens_on_loopback_only() -> None:
    with pytest.raises(EnvironmentTrouble, match="GW-08"):
        listen("192.0.2.1", 0, training=True)
    with listen("127.0.0.1", 0, training=True) as taken:
        with pytest.raises(EnvironmentTrouble, match="GW-08"):
            listen("127.0.0.1", taken.getsockname()[1], training=True)
        assert taken.family is socket.AF_INET


def test_certificates_carry_what_strict_verifiers_want(credential: None, tmp_path: Path) -> None:
    enrolment.make_authority(tmp_path, utc_now(), "gateway.nhi-center.internal", "127.0.0.1")
    terminal = enrolment.issue_terminal(tmp_path, "T04", b"x", utc_now())
    for pem in ((tmp_path / "ca.pem").read_bytes(), (tmp_path / "server.pem").read_bytes(), terminal.certificate):
        extensions = x509.load_pem_x509_certificate(pem).extensions
        assert extensions.get_extension_for_class(x509.BasicConstraints).critical
        assert extensions.get_extension_for_class(x509.KeyUsage).critical
        assert extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
        assert extensions.get_extension_for_class(x509.AuthorityKeyIdentifier)


def test_keys_are_private_and_never_overwritten(credential: None, tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    enrolment.make_authority(folder, utc_now(), "gateway.nhi-center.internal", "127.0.0.1")
    assert (folder.stat().st_mode & 0o777) == 0o700
    assert {(folder / name).stat().st_mode & 0o777 for name in ("ca.key", "server.key", "signing.key")} == {0o600}
    with pytest.raises(FileExistsError):
        enrolment.make_authority(folder, utc_now(), "gateway.nhi-center.internal", "127.0.0.1")
    identity = enrolment.issue_terminal(folder, "T04", b"x", utc_now())
    assert b"ENCRYPTED" in identity.key
    with pytest.raises(ValueError, match="passphrase"):
        enrolment.issue_terminal(folder, "T04", b"", utc_now())


def test_ward_settings_are_signed_and_need_two_people() -> None:
    key = Ed25519PrivateKey.generate()
    body = ward_settings.signed_body(training_settings()[0], key)
    signature = body.pop("signature")
    public = key.public_key().public_bytes_raw().hex()
    assert signed_by(public, ward_settings.PREFIX + canonical.encode(body), signature)
    assert not signed_by(public, ward_settings.PREFIX + canonical.encode({**body, "value": []}), signature)
    alone = ward_settings.WardSetting("x", 1, training_settings()[0].effective_from, ("A", "A"))
    with pytest.raises(OperatorError):
        ward_settings.signed_body(alone, key)


def test_init_enrol_revoke_status_by_command(database: str, tmp_path: Path) -> None:
    home, out, public = tmp_path / "home", tmp_path / "out", tmp_path / "audit.pub"
    public.write_text(Ed25519PrivateKey.generate().public_key().public_bytes_raw().hex(), encoding="ascii")
    assert command("init", "--dsn", database, "--home", str(home)).returncode == 0
    again = command("init", "--dsn", database, "--home", str(home))
    assert (again.returncode, again.stderr[:5]) == (1, "GW-10")
    files = ("T04", "--home", str(home), "--audit-key", str(public), "--out", str(out))
    by_media = command("enrol", *files, stdin="a passphrase\n")
    assert (by_media.returncode, out.exists()) == (1, False), "files are for training alone"
    settings = configuration.load(home)
    configuration.save(home, replace(settings, training=True))
    enrolled = command("enrol", *files, stdin="a passphrase\n")
    assert enrolled.returncode == 0, enrolled.stderr
    assert {path.name for path in out.iterdir()} == {"T04.pem", "T04.key", "ca.pem", "gateway-signing.pub"}
    assert ((out / "T04.key").stat().st_mode & 0o777) == 0o600
    no_passphrase = command("enrol", "T05", *files[1:])
    assert no_passphrase.returncode == 1
    assert command("revoke", "T04", "--home", str(home)).returncode == 0
    status = json.loads(command("status", "--home", str(home)).stdout)
    (told,) = status["terminals"]
    assert (told["terminal"], told["in_use"], told["records"], told["contact_at"], told["red"]) == ("T04", False, 0, None, [])


def test_training_begun_afresh_is_not_stopped_by_what_another_version_left(tmp_path: Path) -> None:
    name = f"train-{uuid4().hex[:8]}"
    arguments = ("train", "--persons", "100", "--home", str(tmp_path), "--name", name)
    server = LocalPostgres(name)
    try:
        assert command(*arguments).returncode == 0
        with server, connect(server.dsn(configuration.TRAINING_DATABASE)) as connection:
            connection.execute("INSERT INTO schema_version (version) VALUES (999)")
        (tmp_path / enrolment.CA_KEY).write_bytes(b"of a passphrase that is gone")
        stopped = command(*arguments)
        assert (stopped.returncode, stopped.stderr[:5]) == (1, "GW-11")
        again = command(*arguments, "--fresh")
        assert again.returncode == 0, again.stderr
        assert json.loads(again.stdout)["filled"] is True
    finally:
        subprocess.run(["rm", "-rf", str(server.folder)], check=True)


def test_train_fills_once_and_serve_stops_its_postgres(tmp_path: Path) -> None:
    name = f"train-{uuid4().hex[:8]}"
    arguments = ("train", "--persons", "300", "--home", str(tmp_path), "--name", name)
    first = command(*arguments)
    assert first.returncode == 0, first.stderr
    assert json.loads(first.stdout)["filled"] is True
    assert json.loads(command(*arguments).stdout)["filled"] is False
    assert json.loads(command(*arguments, "--seed", "2").stdout)["filled"] is True
    status = json.loads(command("status", "--home", str(tmp_path)).stdout)
    assert status["changes"]["person"]["count"] == 300
    serving = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from nhi_center.gateway.cli import main; main()",
            "serve",
            "--home",
            str(tmp_path),
            "--port",
            "0",
        ],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": "src"},
    )
    server = LocalPostgres(name)
    with serving:
        assert serving.stdout is not None
        assert json.loads(serving.stdout.readline())["host"] == "127.0.0.1"
        # While it serves, other commands reach its database and a second one is refused.
        assert command("status", "--home", str(tmp_path)).returncode == 0
        assert command(*arguments).stderr.startswith("GW-02")
        serving.terminate()
        assert serving.wait(timeout=30) == 0
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(server.dsn(configuration.TRAINING_DATABASE))
    assert not (server.folder / "data" / "postmaster.pid").exists()
    subprocess.run(["rm", "-rf", str(server.folder)], check=True)
