"""A signed update on its way: signed on the ward's PC, published at the gateway, fetched by a terminal, proven again by root."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from nhi_center import updating
from nhi_center.domain import typed_code
from nhi_center.domain.operators import Session
from nhi_center.domain.updates import UpdateFault
from nhi_center.errors import EnvironmentTrouble, OperatorError
from nhi_center.gateway import updates as published
from nhi_center.gateway.database import connect
from nhi_center.gateway.local_postgres import LocalPostgres
from nhi_center.services import updates
from nhi_center.services.office import Office
from tests.support.office import advance
from tests.support.postgres import RunningGateway, new_database
from tests.support.terminals import close_terminal, open_terminal

PASSPHRASE = "nagai mihon no aikotoba"
BY = ("40100", "40127")
BIG = 9 * 1024 * 1024 + 17


@pytest.fixture
def gateway(postgres: LocalPostgres, tmp_path: Path) -> Iterator[RunningGateway]:
    with new_database(postgres) as dsn:
        running = RunningGateway(tmp_path / "gateway", dsn)
        running.start()
        yield running
        assert running.stop() == 0


@pytest.fixture
def desk(gateway: RunningGateway, tmp_path: Path) -> Iterator[tuple[Office, Session]]:
    office, session = open_terminal(gateway, tmp_path / "terminal")
    yield office, session
    close_terminal(office)


class Ward:
    """The ward's own PC with its signing key, and the code it prints."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        done = self.run("update-key", "--out", folder, typed=f"{PASSPHRASE}\n" * 2)
        assert done.returncode == 0, done.stderr
        self.groups = [line.split()[1] for line in done.stdout.splitlines() if line.strip()[:1].isdigit()]
        self.public = typed_code.read(self.groups)

    def run(self, *words: object, typed: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "nhi_center.verify.cli", *map(str, words)]
        return subprocess.run(command, input=typed, capture_output=True, text=True, check=False)

    def sign(self, package: Path) -> Path:
        done = self.run("sign-update", package, "--key", self.folder / "update-signing.key", typed=f"{PASSPHRASE}\n")
        assert done.returncode == 0, done.stderr
        return package.with_suffix(".json")


@pytest.fixture(scope="module")
def ward(tmp_path_factory: pytest.TempPathFactory) -> Ward:
    return Ward(tmp_path_factory.mktemp("ward"))


@pytest.fixture
def trusted(ward: Ward, tmp_path: Path) -> Path:
    file = tmp_path / "etc" / "update.pub"
    file.parent.mkdir()
    file.write_text(f"{ward.public.hex()}\n", encoding="ascii")
    return file


def package(folder: Path, version: str = "", *, filling: int = 100, name: str = "nhi-center", inside: str = "") -> Path:
    """A real Debian package of our name with ``filling`` bytes in it; ``inside``: the version it says of itself."""
    version = version or f"9.0.0+{updates.installed().partition('+')[2]}"
    root = folder / f"root-{version}"
    (root / "DEBIAN").mkdir(parents=True)
    control = f"Package: {name}\nVersion: {inside or version}\nArchitecture: amd64\nMaintainer: mihon\nDescription: mihon\n"
    (root / "DEBIAN/control").write_text(control, encoding="utf-8")
    (root / "filling").write_bytes(os.urandom(filling))
    made = folder / f"nhi-center_{version}_amd64.deb"
    subprocess.run(["dpkg-deb", "--root-owner-group", "-Znone", "--build", root, made], check=True, capture_output=True)
    return made


def offer(gateway: RunningGateway, made: Path) -> None:
    with connect(gateway.dsn) as connection:
        published.publish(connection, made, made.with_suffix(".json"), BY)


def noted(office: Office) -> list[dict[str, Any]]:
    with office.store.read.begin() as connection:
        rows = connection.execute(text("SELECT entry FROM audit ORDER BY seq")).scalars().all()
    entries = [json.loads(row) for row in rows]
    return [entry for entry in entries if "update" in (entry["facts"].get("step"), entry["facts"].get("kind"))]


def test_from_the_ward_to_the_terminal(
    gateway: RunningGateway, desk: tuple[Office, Session], ward: Ward, trusted: Path, tmp_path: Path
) -> None:
    office, _session = desk
    made = package(tmp_path, filling=BIG)
    ward.sign(made)
    offer(gateway, made)
    updates.fetch(office)  # who knows no key takes nothing
    assert not office.settings.updates.exists()
    assert not updates.standing(office).trusted

    updates.fetch(office, trusted)
    assert updates.standing(office, trusted).under_way == (updates.PARTS_AT_ONCE, 10)
    part = next(office.settings.updates.glob("*.part"))
    with part.open("ab") as file:
        file.write(b"cut off in the middle")
    office.premises.link.close()
    updates.fetch(office, trusted)
    found = updates.standing(office, trusted)
    assert found.ready is not None
    assert found.ready.read_bytes() == made.read_bytes()
    assert [entry["facts"] for entry in noted(office)] == [{"step": "update", "version": found.version}]
    copy, update = updating.proven_copy(found.ready, ward.public, tmp_path)
    assert (copy.read_bytes(), update.version) == (made.read_bytes(), found.version)

    with connect(gateway.dsn) as connection:
        published.withdraw(connection, made.name, "40100")
    updates.fetch(office, trusted)
    assert updates.standing(office, trusted).ready is None
    assert not list(office.settings.updates.glob("*.deb"))


def test_the_segment_is_asked_once_an_hour_and_on_while_a_package_is_on_its_way(
    gateway: RunningGateway, desk: tuple[Office, Session], ward: Ward, trusted: Path, tmp_path: Path
) -> None:
    office, _session = desk
    assert updates.is_due(office)
    updates.fetch(office, trusted)
    assert not updates.is_due(office)
    advance(office.premises, minutes=61)
    assert updates.is_due(office)
    made = package(tmp_path, filling=BIG)
    ward.sign(made)
    offer(gateway, made)
    updates.fetch(office, trusted)
    assert updates.is_due(office), "parts of it are missing"
    updates.fetch(office, trusted)
    assert not updates.is_due(office)
    (office.settings.updates / "asked").write_text("no time", encoding="ascii")
    assert updates.is_due(office)


def test_another_signature_is_refused_and_kept_in_the_log_once(
    gateway: RunningGateway, desk: tuple[Office, Session], trusted: Path, tmp_path: Path
) -> None:
    office, _session = desk
    stranger = Ward(tmp_path / "stranger")
    made = package(tmp_path)
    stranger.sign(made)
    offer(gateway, made)
    updates.fetch(office, trusted)
    updates.fetch(office, trusted)
    assert updates.standing(office, trusted).ready is None
    assert [entry["facts"]["reason"] for entry in noted(office)] == ["bad-signature"]


def test_bytes_that_are_not_the_signed_ones_are_thrown_away(
    gateway: RunningGateway, desk: tuple[Office, Session], ward: Ward, trusted: Path, tmp_path: Path
) -> None:
    office, _session = desk
    made = package(tmp_path)
    ward.sign(made)
    offer(gateway, made)
    with connect(gateway.dsn) as connection:  # as who has taken the gateway over would
        connection.execute("UPDATE update_part SET data = set_byte(data, 9, 255 - get_byte(data, 9))")
    with pytest.raises(EnvironmentTrouble) as trouble:
        updates.fetch(office, trusted)
    assert trouble.value.code == "UP-01"
    assert not [file for file in office.settings.updates.iterdir() if file.suffix in (".deb", ".part")]
    assert [entry["facts"]["reason"] for entry in noted(office)] == ["damaged"]


def test_what_is_older_or_for_another_debian_is_not_fetched(
    gateway: RunningGateway, desk: tuple[Office, Session], ward: Ward, trusted: Path, tmp_path: Path
) -> None:
    office, _session = desk
    for version in (f"0.0.1+{updates.installed().partition('+')[2]}", "9.9.9+deb99"):
        made = package(tmp_path, version)
        ward.sign(made)
        offer(gateway, made)
    updates.fetch(office, trusted)
    assert updates.standing(office, trusted) == updates.Standing(True, None, "", None)


def test_publishing_takes_two_people_and_the_signed_bytes_once(gateway: RunningGateway, ward: Ward, tmp_path: Path) -> None:
    made = package(tmp_path)
    signature = ward.sign(made)

    def refused(*by: str) -> str:
        with connect(gateway.dsn) as connection, pytest.raises(OperatorError) as problem:
            published.publish(connection, made, signature, by or BY)
        return str(problem.value.field)

    assert refused("40100") == "by"
    assert refused("40100", "40100") == "by"
    data = made.read_bytes()
    made.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    assert refused() == "package"
    made.write_bytes(data)
    offer(gateway, made)
    assert refused() == "package"
    signature.write_bytes(b"{}")
    assert refused() == "signature"


def test_root_believes_only_what_it_has_copied(ward: Ward, tmp_path: Path) -> None:
    made = package(tmp_path)
    ward.sign(made)
    proven = tmp_path / "proven"
    proven.mkdir()
    aside = tmp_path / "elsewhere" / made.name
    aside.parent.mkdir()
    made.rename(aside)
    made.symlink_to(aside)
    with pytest.raises(OSError, match="symbolic links"):
        updating.proven_copy(made, ward.public, proven)
    made.unlink()
    made.write_bytes(aside.read_bytes()[:-1])
    with pytest.raises(UpdateFault, match="署名されたものと違います"):
        updating.proven_copy(made, ward.public, proven)
    os.replace(aside, made)
    with pytest.raises(UpdateFault, match="登録された鍵"):
        updating.proven_copy(made, bytes(32), proven)


@pytest.mark.parametrize(("name", "inside"), [("mihon-tool", ""), ("nhi-center", "8.0.0+deb12")])
def test_a_package_that_says_otherwise_of_itself_is_refused(ward: Ward, tmp_path: Path, name: str, inside: str) -> None:
    made = package(tmp_path, name=name, inside=inside)
    ward.sign(made)
    with pytest.raises(UpdateFault, match="中の名前か版"):
        updating.proven_copy(made, ward.public, tmp_path)


def test_the_key_is_typed_group_by_group(
    ward: Ward, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "nhi-center" / "update.pub"
    typed = iter([ward.groups[1], *ward.groups])  # the second line typed as the first
    monkeypatch.setattr("builtins.input", lambda _prompt: next(typed))
    assert updating.main(["--key", str(file), "trust"]) == 0
    assert "1行目が違います" in capsys.readouterr().out
    assert updates.trusted_key(file) == ward.public
    assert file.stat().st_mode & 0o777 == 0o644


def test_nothing_is_installed_without_a_key(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert updating.main(["--key", str(tmp_path / "none"), "install", str(tmp_path / "x.deb")]) == 1
    assert "先に nhi-center-update trust" in capsys.readouterr().err
