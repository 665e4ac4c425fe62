"""Servers that fall silent, talk nonsense or break down: what is said to be printed, and what is certain not to be."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from nhi_center.errors import EnvironmentTrouble
from nhi_center.printing.ipp import IppPrinter
from nhi_center.printing.ipp_jobs import DeviceState, JobState
from nhi_center.printing.ipp_message import Attribute, AttributeGroup, Group, Message, Operation, Tag, Value, decode, encode
from tests.support.cups import PrivateCups, cups

__all__ = ["cups"]

JOB = "0b9f7f5e-2a63-4c11-9d0e-5a7c2f1e8b90"


@pytest.fixture
def pdf(tmp_path: Path) -> Path:
    path = tmp_path / "made.pdf"
    path.write_bytes(b"%PDF-1.7\n%%EOF\n")
    return path


Answer = Callable[[Message], bytes | None]


@contextmanager
def strange_server(answer: Answer, path: str = "/ipp/print", timeout_s: float = 30) -> Iterator[tuple[IppPrinter, list[int]]]:
    """A printer on a loopback port that answers as told, or not at all (None); and the operations it was asked for.

    An empty answer is a connection that ends without one. Only a test that answers None needs a short ``timeout_s``.
    """
    asked: list[int] = []
    open_ends: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                client, _ = server.accept()
                open_ends.append(client)
                message = read_request(client)
                if message is None:
                    return
                asked.append(message.code)
                reply = answer(message)
                if reply is not None:
                    with suppress(OSError):  # it may have lost its patience
                        client.sendall(reply)
                    client.close()

        thread = threading.Thread(target=serve, name="strange printer")
        thread.start()
        address = ("127.0.0.1", int(server.getsockname()[1]))
        try:
            yield IppPrinter(address, path, timeout_s=timeout_s), asked
        finally:
            socket.create_connection(address).close()  # asks nothing: the end
            thread.join()
            for client in open_ends:
                client.close()


def read_request(client: socket.socket) -> Message | None:
    with client.makefile("rb") as stream:
        length = 0
        while (line := stream.readline()) not in (b"", b"\r\n"):
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        return decode(stream.read(length)) if length else None


def http(body: bytes, status: str = "200 OK") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def ipp(code: int, *attributes: Attribute) -> bytes:
    return http(encode(Message(code, 1, (AttributeGroup(Group.JOB, attributes),) if attributes else ())))


MADE = ipp(0, Attribute.of(Tag.INTEGER, "job-id", 7))
CANCELED = Attribute.of(Tag.ENUM, "job-state", JobState.CANCELED)
NEVER = http(
    encode(Message(0, 1, (AttributeGroup(Group.JOB, (CANCELED,)),)))[:-1]
    + bytes.fromhex("13 0012 74696d652d61742d70726f63657373696e67 0000 03")  # time-at-processing: no-value
)
BEGAN = ipp(0, CANCELED, Attribute.of(Tag.INTEGER, "time-at-processing", 12))
LOST = b""
A_JOB = Operation.CREATE_JOB
THE_DOCUMENT = Operation.SEND_DOCUMENT


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (None, "印刷サーバーから答えがありません。"),
        (LOST, "印刷サーバーから答えがありません。"),
        (b"SMTP ready\r\n", "印刷サーバーから答えがありません。"),
        (http(b"<html>"), "印刷サーバーの答えを読めません。"),
        (ipp(0), "印刷サーバーの答えを読めません。"),
        (http(b"", "403 Forbidden"), "印刷サーバーがこの端末に許していません。"),
        (http(b"", "500 Internal"), "印刷サーバーが断りました（HTTP 500）。"),
        (ipp(0x0501), "このプリンターでは使えない操作です。"),
        (ipp(0x0507), "印刷サーバーが混み合っています。"),
        (ipp(0x0508), "印刷サーバーが断りました（0x0508）。"),
    ],
)
def test_without_a_job_nothing_is_printed(reply: bytes | None, words: str, pdf: Path) -> None:
    with strange_server(lambda _: reply, timeout_s=30 if reply is not None else 0.2) as (printer, asked):
        outcome = printer.send(JOB, pdf, 1)
        assert (outcome.state, outcome.detail[:11]) == ("failed", "何も印刷していません。")
        assert outcome.detail[11:].startswith(words)
        assert asked == [A_JOB]


@pytest.mark.parametrize(
    ("document", "afterwards", "state"),
    [
        (LOST, NEVER, "failed"),  # it proves afterwards that it never began
        (LOST, BEGAN, "handed"),
        (LOST, ipp(0x0406), "handed"),  # it no longer knows the job
        (LOST, LOST, "handed"),
        (None, None, "handed"),  # silent for good: a person looks for the sheet
        (ipp(0x0504), BEGAN, "handed"),  # a device that broke down in the middle of it
        (ipp(0x040A), BEGAN, "failed"),  # refused before any of it was read
        (http(b"", "500 Internal"), LOST, "handed"),
    ],
)
def test_failed_is_said_only_when_it_is_certain(document: bytes | None, afterwards: bytes | None, state: str, pdf: Path) -> None:
    def answer(message: Message) -> bytes | None:
        return {A_JOB: MADE, THE_DOCUMENT: document, Operation.CANCEL_JOB: ipp(0)}.get(Operation(message.code), afterwards)

    with strange_server(answer, timeout_s=30 if document is not None else 2) as (printer, asked):
        outcome = printer.send(JOB, pdf, 1)
        assert outcome.state == state
        assert outcome.detail == "cups-7" if state == "handed" else outcome.detail.startswith("何も印刷していません。")
        assert asked[:3] == [A_JOB, THE_DOCUMENT, Operation.CANCEL_JOB]


def asked_of(server: PrivateCups, path: str, message: Message) -> bytes:
    """The real server's answer, head and all."""
    body = encode(message)
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/ipp\r\nConnection: close\r\n"
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(server.socket))
        client.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        with client.makefile("rb") as stream:
            return stream.read()


@pytest.mark.parametrize("stopped", [True, False])
def test_what_the_real_server_says_of_a_document_whose_answer_is_lost(stopped: bool, cups: PrivateCups, pdf: Path) -> None:
    queue = cups.queue("slow")
    path = f"/printers/{queue}"
    if stopped:
        cups.tool("cupsdisable", queue)

    def answer(message: Message) -> bytes | None:
        reply = asked_of(cups, path, message)
        if message.code != THE_DOCUMENT:
            return reply
        if not stopped:
            cups.until(lambda: cups.printer(queue).printer_state().state is DeviceState.PROCESSING)
        return LOST

    with strange_server(answer, path) as (printer, _):
        outcome = printer.send(JOB, pdf, 1)
    assert outcome.state == ("failed" if stopped else "handed")
    assert cups.tool("lpstat", "-W", "not-completed", "-o", queue) == "" or not stopped


@pytest.mark.parametrize(
    "reply",
    [
        LOST,
        http(b"x"),
        ipp(0),
        ipp(0, Attribute.of(Tag.ENUM, "job-state", 99)),
        ipp(0, Attribute("job-state", (Value(Tag.KEYWORD, "completed"),))),
    ],
)
def test_an_answer_without_sense_is_trouble_not_a_state(reply: bytes) -> None:
    with strange_server(lambda _: reply) as (printer, _), pytest.raises(EnvironmentTrouble, match="PR-01"):
        printer.job("cups-7")
    with strange_server(lambda _: reply) as (printer, _), pytest.raises(EnvironmentTrouble, match="PR-01"):
        printer.printer_state()
