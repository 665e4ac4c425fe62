"""A line that breaks: TCP on loopback between terminals and gateways, each connection cut off after so many bytes."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from random import Random
from types import TracebackType
from typing import Any, TypeVar

_CHUNK = 4096
_LONGEST = 150_000
T = TypeVar("T")


class BreakingLine:
    """Use as a context manager: terminals connect to ``port``. For each connection ``place`` says which port it goes on to, and
    ``end`` after how many bytes of both directions it is cut off.

    ``whole`` set: it breaks no more. ``cuts`` counts the connections it broke, ``carried`` the bytes of the newest one.
    """

    def __init__(self, place: Callable[[], int], end: Callable[[], int]) -> None:
        self._place, self._end_of = place, end
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="line")
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._server: asyncio.Server | None = None
        self.whole = False
        self.cuts = self.carried = 0

    def __enter__(self) -> BreakingLine:
        self._thread.start()
        self._server = self._run(asyncio.start_server(self._connected, sock=self._listener))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._run(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    async def _end(self) -> None:
        if self._server is not None:
            self._server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        left, self.carried = [self._end_of()], 0
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self._place())
        except OSError:  # nobody answers there just now
            writer.transport.abort()
            return
        both = [asyncio.create_task(self._carry(reader, back, left)), asyncio.create_task(self._carry(there, writer, left))]
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in both:
                task.cancel()
            for one in (writer, back):
                one.transport.abort()

    async def _carry(self, source: asyncio.StreamReader, target: asyncio.StreamWriter, left: list[int]) -> None:
        """Bytes in one direction, until an end goes away or both directions together have had theirs."""
        with suppress(OSError):
            while data := await source.read(_CHUNK):
                most = len(data) if self.whole else min(len(data), left[0])
                left[0] -= most
                self.carried += most
                target.write(data[:most])
                await target.drain()
                if most < len(data):
                    self.cuts += 1
                    return


def random_end(random: Random) -> int:
    """Within the handshake, within a request, within an answer, late, or hardly ever."""
    return random.randint(1, random.choice((2_000, 10_000, _LONGEST, 100 * _LONGEST)))
