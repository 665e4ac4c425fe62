"""The guards of conftest do fail what they are for."""

from __future__ import annotations

import os
import socket
import threading
from pathlib import Path

import pytest
from PySide6.QtWidgets import QComboBox, QWidget
from pytestqt.qtbot import QtBot

from tests.support.guards import Leftovers, RefusedAddresses

# Documentation addresses (RFC 5737, RFC 3849): no machine has them.
BEYOND = (("192.0.2.1", socket.AF_INET), ("2001:db8::1", socket.AF_INET6), ("0.0.0.0", socket.AF_INET))


@pytest.mark.parametrize(("host", "family"), BEYOND)
@pytest.mark.parametrize("call", ["connect", "bind"])
def test_addresses_beyond_loopback_are_refused(
    call: str, host: str, family: socket.AddressFamily, refused_addresses: RefusedAddresses
) -> None:
    with socket.socket(family, socket.SOCK_STREAM) as endpoint, pytest.raises(PermissionError):
        getattr(endpoint, call)((host, 9))
    assert refused_addresses.take() == [f"socket.{call} {host}"]


def test_datagrams_and_names_are_refused(refused_addresses: RefusedAddresses) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as endpoint, pytest.raises(PermissionError):
        endpoint.sendto(b"", ("192.0.2.1", 9))
    with pytest.raises(PermissionError):
        socket.getaddrinfo("nowhere.invalid", 443)
    assert len(refused_addresses.take()) == 2


def test_loopback_and_local_sockets_work(tmp_path: Path, refused_addresses: RefusedAddresses) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname(), timeout=5):
        pass
    with socket.socket(socket.AF_UNIX) as endpoint:
        endpoint.bind(str(tmp_path / "s"))
    assert refused_addresses.take() == []


def test_a_thread_left_running_is_named() -> None:
    before, release = Leftovers(patience_s=0.01), threading.Event()
    thread = threading.Thread(target=release.wait, name="forgotten")
    thread.start()
    try:
        assert before.take() == ["thread forgotten"]
    finally:
        release.set()
        thread.join()
    assert before.take() == []


def test_a_window_left_open_is_named_and_closed(qapp: object) -> None:
    before = Leftovers()
    forgotten = QWidget()
    forgotten.setObjectName("forgotten")
    assert before.take() == ["window QWidget 'forgotten'"]
    assert before.take() == []


def test_a_window_that_is_taken_care_of_is_no_leftover(qtbot: QtBot) -> None:
    before = Leftovers()
    window = QWidget()
    box = QComboBox(window)
    window.show()
    box.showPopup()
    window.close()
    window.deleteLater()
    assert before.take() == []


def test_home_is_not_the_home_of_who_runs_the_tests() -> None:
    assert Path.home().parent.name.startswith("nhi-tests-")
    assert os.environ["XDG_RUNTIME_DIR"].startswith(str(Path.home().parent))
