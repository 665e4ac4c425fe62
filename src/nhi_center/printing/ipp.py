"""Prints through a CUPS server or a printer that speaks IPP itself (RFC 8011), over a Unix socket or a loopback port.

The only module of printing with a socket. It opens one connection for each request and keeps none.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from nhi_center.errors import EnvironmentTrouble
from nhi_center.printing.ipp_jobs import DeviceState, IppJob, JobForgotten, JobState, PrinterState
from nhi_center.printing.ipp_message import (
    Attribute,
    AttributeGroup,
    Data,
    Group,
    MalformedMessage,
    Message,
    Operation,
    Status,
    Tag,
    decode,
    encode,
)
from nhi_center.printing.spool import PrintOutcome

CUPS_SOCKET: Final = Path("/run/cups/cups.sock")
USER: Final = "nhi-center"
"""The name every job carries: the spooler's logs are no record of who printed what."""

_JOB_ID = re.compile(r"[0-9A-Za-z-]{1,64}")
_QUEUE = re.compile(r"[0-9A-Za-z._-]{1,127}")
_PATH = re.compile(r"(/[0-9A-Za-z._-]+)+")
_SPOOLED = re.compile(r"cups-([1-9][0-9]{0,9})")
_MOST_ANSWER_BYTES: Final = 1 << 20
_MOST_COPIES: Final = 9999
_OK: Final = range(0x0000, 0x0100)

_JOB_WISHES: Final = ("job-state", "job-state-reasons", "job-impressions-completed", "job-printer-uri")
_PRINTER_WISHES: Final = ("printer-state", "printer-state-reasons", "printer-is-accepting-jobs")

_RESPONSIBLE = "取扱責任者に連絡してください。"
_NO_ROOM = f"印刷サーバーの空き容量が足りません。空けてから、もう一度印刷してください。直らなければ、{_RESPONSIBLE}"
_BUSY = "印刷サーバーが混み合っています。しばらく待って、もう一度印刷してください。"
_NOT_ALLOWED = f"印刷サーバーがこの端末に許していません。{_RESPONSIBLE}"
_NO_SERVER = f"印刷サーバーにつながりません。動いているか確かめ、{_RESPONSIBLE}"
_NO_REPLY = f"印刷サーバーから答えがありません。プリンターと印刷サーバーを確かめ、{_RESPONSIBLE}"
_NO_SENSE = f"印刷サーバーの答えを読めません。印刷先の設定を確かめるため、{_RESPONSIBLE}"
_PRINTED_NOTHING = "何も印刷していません。"

_WORDS: Final = {
    Status.FORBIDDEN: _NOT_ALLOWED,
    Status.NOT_AUTHENTICATED: _NOT_ALLOWED,
    Status.NOT_AUTHORIZED: _NOT_ALLOWED,
    Status.NOT_POSSIBLE: "この印刷はもう終わっているか、今はできない操作です。状態を確かめてください。",
    Status.NOT_FOUND: f"この印刷先か印刷の記録が、印刷サーバーにありません。{_RESPONSIBLE}",
    Status.GONE: f"この印刷先か印刷の記録が、印刷サーバーにありません。{_RESPONSIBLE}",
    Status.TOO_LARGE: _NO_ROOM,
    Status.DOCUMENT_FORMAT: f"このプリンターはPDFを受け付けません。{_RESPONSIBLE}",
    Status.NOT_SUPPORTED: f"このプリンターでは使えない操作です。{_RESPONSIBLE}",
    Status.UNAVAILABLE: _BUSY,
    Status.DEVICE_ERROR: "プリンターが故障を知らせています。プリンターの表示を確かめてください。",
    Status.TEMPORARY: _BUSY,
    Status.BUSY: _BUSY,
    Status.NOT_ACCEPTING: f"プリンターが受付を止めています。再開してよいか、{_RESPONSIBLE}",
}
# Refused for what the request asks. Any other error may come while the first pages are on their way to a device.
_UNTOUCHED: Final = frozenset(_WORDS) - {Status.TIMEOUT, Status.GONE, Status.TOO_LARGE, Status.DEVICE_ERROR, Status.TEMPORARY}
# Answered before the request reaches a queue; 413 is also what CUPS says when its spool is full.
_HTTP_WORDS: Final = {
    401: _NOT_ALLOWED,
    403: _NOT_ALLOWED,
    404: _WORDS[Status.NOT_FOUND],
    413: _NO_ROOM,
    503: _BUSY,
    507: _NO_ROOM,
}


class _Failure(Exception):
    """``certain``: the server did not carry the request out, and no part of a document went to a device. ``gone``: what was
    asked about is not there."""

    def __init__(self, words: str, *, certain: bool, gone: bool = False) -> None:
        super().__init__(words)
        self.words = words
        self.certain = certain
        self.gone = gone


class IppPrinter:
    """Implements the ``Printer`` port. Safe to use from several threads: it keeps nothing between calls.

    ``address`` is CUPS's socket or a loopback host and port; ``path`` is where the printer is there: ``/printers/QUEUE`` of
    CUPS, mostly ``/ipp/print`` of a printer. ``timeout_s`` bounds each single wait for the other side, of which ``send`` has
    several. ``one_sided``: a sheet for each page, whatever is usual at the printer. Raises ValueError for an address beyond this
    machine: the ward's list of allowed addresses is elsewhere.
    """

    def __init__(self, address: Path | tuple[str, int], path: str, *, timeout_s: float = 10, one_sided: bool = False) -> None:
        if not _PATH.fullmatch(path):
            raise ValueError("path")
        if not isinstance(address, Path) and not ipaddress.ip_address(address[0]).is_loopback:
            raise ValueError("address")
        self._address = address
        self._path = path
        self._timeout_s = timeout_s
        self._one_sided = one_sided

    @classmethod
    def of_cups(cls, queue: str, server: Path = CUPS_SOCKET, *, timeout_s: float = 10, one_sided: bool = False) -> IppPrinter:
        """A queue of the CUPS server of this machine. Raises ValueError for a name no queue can have."""
        if not _QUEUE.fullmatch(queue):
            raise ValueError("queue")
        return cls(server, f"/printers/{queue}", timeout_s=timeout_s, one_sided=one_sided)

    def send(self, job_id: str, pdf: Path, copies: int) -> PrintOutcome:
        """Hands the PDF over as it is; when this says ``handed``, ``detail`` is the spooler's name for the job (``cups-42``).

        The job is made first and the document follows (RFC 8011, 4.2.4 and 4.3.1), so that one that breaks off has a number
        to cancel and to ask about. ``failed`` is certain: nothing was printed and nothing will be, so the sheet may be sent
        again. A server that falls silent with the document, and cannot prove afterwards that it never began, counts as
        ``handed``: a person looks whether a sheet came out. Raises ValueError for a job id that is not opaque and for no or
        more than 9999 copies.
        """
        if not _JOB_ID.fullmatch(job_id) or not 1 <= copies <= _MOST_COPIES:
            raise ValueError("job_id or copies")
        try:
            data = pdf.read_bytes()
        except OSError:
            return PrintOutcome("failed", f"帳票のファイルを読めません。{_PRINTED_NOTHING}もう一度作り直してください。")
        if not data.startswith(b"%PDF-"):
            return PrintOutcome("failed", f"帳票のファイルが壊れています。{_PRINTED_NOTHING}もう一度作り直してください。")
        try:
            number = self._create(job_id, copies)
        except _Failure as failure:
            # Even a job that was made after all has no document, and a server drops those by itself.
            return PrintOutcome("failed", f"{_PRINTED_NOTHING}{failure.words}")
        return self._send_document(number, data)

    def _create(self, job_id: str, copies: int) -> int:
        wanted = [Attribute.of(Tag.INTEGER, "copies", copies)]
        if self._one_sided:
            wanted.append(Attribute.of(Tag.KEYWORD, "sides", "one-sided"))  # RFC 8011, 5.2.8
        job = AttributeGroup(Group.JOB, tuple(wanted))
        answer = self._ask(Operation.CREATE_JOB, Attribute.of(Tag.NAME, "job-name", job_id), job=job)
        number = _number(answer.group(Group.JOB).values("job-id"))
        if number < 1:
            raise _Failure(_NO_SENSE, certain=False)
        return number

    def _send_document(self, number: int, data: bytes) -> PrintOutcome:
        job = Attribute.of(Tag.INTEGER, "job-id", number)
        try:
            self._ask(
                Operation.SEND_DOCUMENT,
                job,
                Attribute.of(Tag.MIME_MEDIA_TYPE, "document-format", "application/pdf"),
                Attribute.of(Tag.BOOLEAN, "last-document", True),
                data=data,
            )
        except _Failure as failure:
            with suppress(_Failure):  # a job without its document prints nothing, cancelled or not
                self._ask(Operation.CANCEL_JOB, job)
            if failure.certain or self._never_began(job):
                return PrintOutcome("failed", f"{_PRINTED_NOTHING}{failure.words}")
        return PrintOutcome("handed", f"cups-{number}")

    def _never_began(self, job: Attribute) -> bool:
        """The server says that the job has ended and that its time of processing has no value (RFC 8011, 5.3.14.2)."""
        wishes = Attribute.of(Tag.KEYWORD, "requested-attributes", "job-state", "time-at-processing")
        try:
            found = self._ask(Operation.GET_JOB_ATTRIBUTES, job, wishes).group(Group.JOB)
        except _Failure:
            return False
        ended = _number(found.values("job-state")) in (JobState.CANCELED, JobState.ABORTED)
        return ended and found.values("time-at-processing") == (b"",)

    def job(self, spooled: str) -> IppJob:
        """The job ``send`` named so, with the printer it lies at while it has not ended, whichever queue of the server this is;
        COMPLETED is handed to the device, no more.

        Raises EnvironmentTrouble PR-01 when the server is not there or does not answer, of it JobForgotten when it no longer
        knows the job, ValueError for a name that ``send`` never gave.
        """
        answer = self._about(
            Operation.GET_JOB_ATTRIBUTES, spooled, Attribute.of(Tag.KEYWORD, "requested-attributes", *_JOB_WISHES)
        )
        found = answer.group(Group.JOB)
        try:
            state = JobState(_number(found.values("job-state")))
        except ValueError:
            raise EnvironmentTrouble("PR-01", _NO_SENSE) from None
        impressions = max(0, _number(found.values("job-impressions-completed"), 0))
        printer = None if state.ended else self._where(found).printer_state()
        return IppJob(_spooled_number(spooled), state, impressions, _reasons(found.values("job-state-reasons")), printer)

    def _where(self, job: AttributeGroup) -> IppPrinter:
        """The queue this job lies in: it may have been moved, and one server's numbers are of all its queues."""
        uri = next((value for value in job.values("job-printer-uri") if isinstance(value, str)), "")
        path = urlsplit(uri).path
        return IppPrinter(self._address, path, timeout_s=self._timeout_s) if _PATH.fullmatch(path) else self

    def cancel(self, spooled: str) -> None:
        """Asks for the end of a job; what is already on its way to the device still comes out, so the sheets are counted.

        Raises EnvironmentTrouble PR-01, also for a job that has ended already, and ValueError as ``job`` does.
        """
        self._about(Operation.CANCEL_JOB, spooled)

    def hold(self, spooled: str) -> None:
        """Keeps a waiting job from being printed until ``release``. Raises as ``cancel``, also for a job being printed."""
        self._about(Operation.HOLD_JOB, spooled, Attribute.of(Tag.KEYWORD, "job-hold-until", "indefinite"))

    def release(self, spooled: str) -> None:
        """Gives a held job back to the queue. Raises as ``cancel``."""
        self._about(Operation.RELEASE_JOB, spooled)

    def printer_state(self) -> PrinterState:
        """Raises EnvironmentTrouble PR-01."""
        try:
            answer = self._ask(
                Operation.GET_PRINTER_ATTRIBUTES, Attribute.of(Tag.KEYWORD, "requested-attributes", *_PRINTER_WISHES)
            )
        except _Failure as failure:
            raise EnvironmentTrouble("PR-01", failure.words) from failure
        found = answer.group(Group.PRINTER)
        try:
            state = DeviceState(_number(found.values("printer-state")))
        except ValueError:
            raise EnvironmentTrouble("PR-01", _NO_SENSE) from None
        accepting = found.values("printer-is-accepting-jobs") != (False,)
        return PrinterState(state, accepting, _reasons(found.values("printer-state-reasons")))

    def device_uri(self) -> str:
        """Where the server sends what this queue prints, as it was set up there; "" when it does not say. Raises as above."""
        wishes = Attribute.of(Tag.KEYWORD, "requested-attributes", "device-uri")
        try:
            answer = self._ask(Operation.GET_PRINTER_ATTRIBUTES, wishes)
        except _Failure as failure:
            raise EnvironmentTrouble("PR-01", failure.words) from failure
        return next((value for value in answer.group(Group.PRINTER).values("device-uri") if isinstance(value, str)), "")

    def _about(self, operation: Operation, spooled: str, *wishes: Attribute) -> Message:
        number = Attribute.of(Tag.INTEGER, "job-id", _spooled_number(spooled))
        try:
            return self._ask(operation, number, *wishes)
        except _Failure as failure:
            raise (JobForgotten if failure.gone else EnvironmentTrouble)("PR-01", failure.words) from failure

    def _ask(self, operation: Operation, *wishes: Attribute, job: AttributeGroup | None = None, data: bytes = b"") -> Message:
        """Target and user stand where RFC 8011, 4.1.5 wants them: after charset and language, before the rest."""
        number = [wish for wish in wishes if wish.name == "job-id"]
        rest = [wish for wish in wishes if wish.name != "job-id"]
        attributes = (
            Attribute.of(Tag.CHARSET, "attributes-charset", "utf-8"),
            Attribute.of(Tag.NATURAL_LANGUAGE, "attributes-natural-language", "en"),
            Attribute.of(Tag.URI, "printer-uri", f"ipp://localhost{self._path}"),
            *number,
            Attribute.of(Tag.NAME, "requesting-user-name", USER),
            *rest,
        )
        groups = (AttributeGroup(Group.OPERATION, attributes), *((job,) if job else ()))
        answer = self._exchange(encode(Message(operation, 1, groups, data)))
        if answer.code not in _OK:
            words = next((words for status, words in _WORDS.items() if status == answer.code), "")
            words = words or f"印刷サーバーが断りました（{answer.code:#06x}）。{_RESPONSIBLE}"
            raise _Failure(words, certain=answer.code in _UNTOUCHED, gone=answer.code in (Status.NOT_FOUND, Status.GONE))
        return answer

    def _exchange(self, request: bytes) -> Message:
        connection = _Connection(self._address, self._timeout_s)
        try:
            return self._answer(connection, request)
        finally:
            connection.close()

    def _answer(self, connection: _Connection, request: bytes) -> Message:
        try:
            connection.connect()
        except OSError as error:
            raise _Failure(_NO_SERVER, certain=True) from error
        refused = None
        try:
            connection.request("POST", self._path, request, {"Content-Type": "application/ipp"})
        except OSError as error:
            refused = error  # a server that refuses a body closes early, and says why in the answer that can still be read
        try:
            response = connection.getresponse()
            body = response.read(_MOST_ANSWER_BYTES)
        except (OSError, HTTPException) as error:
            raise _Failure(_NO_REPLY, certain=False) from (refused or error)
        if response.status != 200:
            words = _HTTP_WORDS.get(response.status, f"印刷サーバーが断りました（HTTP {response.status}）。{_RESPONSIBLE}")
            raise _Failure(words, certain=response.status in _HTTP_WORDS)
        try:
            return decode(body)
        except MalformedMessage as error:
            raise _Failure(_NO_SENSE, certain=False) from error


class _Connection(HTTPConnection):
    """HTTP over the socket file, or over the loopback port."""

    def __init__(self, address: Path | tuple[str, int], timeout_s: float) -> None:
        # CUPS refuses a request on its socket that names any other host.
        host, port = ("localhost", None) if isinstance(address, Path) else address
        super().__init__(host, port, timeout=timeout_s)
        self._endpoint = address

    def connect(self) -> None:
        if not isinstance(self._endpoint, Path):
            self.sock = socket.create_connection(self._endpoint, timeout=self.timeout)
            return
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._endpoint))


def _spooled_number(spooled: str) -> int:
    found = _SPOOLED.fullmatch(spooled)
    if not found:
        raise ValueError("spooled")
    return int(found[1])


def _number(values: tuple[Data, ...], otherwise: int = -1) -> int:
    return values[0] if values and isinstance(values[0], int) else otherwise


def _reasons(values: tuple[Data, ...]) -> tuple[str, ...]:
    return tuple(value for value in values if isinstance(value, str) and value != "none")
