"""The terminal's secrets against a real Secret Service."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from keyring.backends import chainer, fail, null
from keyring.backends.SecretService import Keyring

from nhi_center.errors import EnvironmentTrouble
from nhi_center.keys import places
from nhi_center.keys.places import SecretService, TrainingFile, require_secure
from nhi_center.keys.terminal import create, load
from tests.support.secret_service import bus, keyring_daemon, secret_service

__all__ = ["secret_service"]


def trouble(act: Callable[[], object]) -> str:
    with pytest.raises(EnvironmentTrouble) as caught:
        act()
    return caught.value.code


@pytest.mark.usefixtures("secret_service")
def test_a_terminals_keys_come_back_from_the_keyring() -> None:
    assert trouble(lambda: load(SecretService(), "T07")) == "KY-02"
    made = create(SecretService(), "T07")
    assert load(SecretService(), "T07").secret == made.secret
    assert load(SecretService(), "T07").public == made.public
    assert load(SecretService(), "T07").passphrase == made.passphrase
    with pytest.raises(FileExistsError):
        create(SecretService(), "T07")
    assert trouble(lambda: load(SecretService(), "T08")) == "KY-02"


def test_the_keys_survive_the_daemon_and_stay_shut_without_its_password(tmp_path: Path) -> None:
    with bus(tmp_path / "session"):
        with keyring_daemon("hirake-goma"):
            made = create(SecretService(), "T07")
        with keyring_daemon("hirake-goma"):
            assert load(SecretService(), "T07").secret == made.secret
        with keyring_daemon("not the password"):
            assert trouble(lambda: load(SecretService(), "T07")) == "KY-07"
    files = [file.read_bytes() for file in (tmp_path / "session").rglob("*") if file.is_file()]
    assert files
    assert not [data for data in files if made.secret.hex().encode() in data]


def test_without_a_bus_it_says_what_to_install() -> None:
    with pytest.raises(EnvironmentTrouble, match="gnome-keyring") as caught:
        SecretService().read("T07/keys")
    assert caught.value.code == "KY-05"


def test_a_bus_without_a_secret_service_is_no_place(tmp_path: Path) -> None:
    with bus(tmp_path / "session"):
        assert trouble(lambda: SecretService().write("T07/keys", "x")) == "KY-05"


@pytest.mark.parametrize("backend", [null.Keyring, fail.Keyring, chainer.ChainerBackend, type("Mine", (Keyring,), {})])
@pytest.mark.usefixtures("secret_service")
def test_no_other_backend_is_taken(backend: type[object]) -> None:
    assert trouble(lambda: require_secure(backend)) == "KY-05"
    require_secure(Keyring)


def test_a_keyring_that_does_not_answer_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(places, "LIMIT_S", 0.2)
    # A bus that takes the connection and never speaks: what a daemon waiting for an unseen prompt looks like.
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(tmp_path / "bus"))
        silent.listen()
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path / 'bus'}")
        assert trouble(lambda: SecretService().read("T07/keys")) == "KY-08"


def test_trainings_file_says_what_it_is(tmp_path: Path) -> None:
    file = tmp_path / "terminal.json"
    made = create(TrainingFile(file), "T04")
    assert "研修用" in file.read_text(encoding="utf-8")
    assert load(TrainingFile(file), "T04").secret == made.secret
    file.write_bytes(file.read_bytes().replace("研修用".encode(), "本番用".encode()))
    assert trouble(lambda: load(TrainingFile(file), "T04")) == "KY-02"
