"""What can be seen of a running gateway: one JSON line for each request, and figures for Prometheus on a port of this machine.

Lines and figures name routes, statuses and terminals, never an address, a query or anything that was sent.
"""

from __future__ import annotations

import json
import logging
import time
import traceback
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

log = logging.getLogger("nhi_center.gateway.request")
BUCKETS = (0.005, 0.025, 0.1, 0.25, 1.0, 5.0, 30.0)
_GAUGES = {
    "database_up": "1 while the database answers.",
    "last_change": "Cursor of the newest change.",
    "longest_silence_seconds": "Since the terminal in use that was heard of least lately.",
    "most_behind": "Changes that the terminal furthest behind has not fetched.",
    "pool_available": "Connections that wait for a request.",
    "pool_size": "Connections to the database.",
    "requests_waiting": "Requests that wait for a connection.",
    "terminals": "Terminals in use.",
}
OTHER = "other"
TOLD = "nhi_center.told"
"""Key of the scope under which the application tells what else its line in the log says: words and counts of its own."""
disable_created_metrics()  # type: ignore[no-untyped-call] # a second series of times for each count, which nobody asks for
Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Gauges = Callable[[], Awaitable[Mapping[str, float]]]


class Figures:
    """Counts of this process since it started, in a registry of its own: each process answers on its own port."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        labels = ("route", "method", "status")
        self._requests = Counter("nhi_gateway_requests", "Requests answered.", labels, registry=self._registry)
        seconds = "Seconds from a request's first line to its answer."
        self._seconds = Histogram("nhi_gateway_request_seconds", seconds, registry=self._registry, buckets=BUCKETS)

    def add(self, route: str, method: str, status: int, seconds: float) -> None:
        self._requests.labels(route, method, str(status)).inc()
        self._seconds.observe(seconds)

    def text(self, gauges: Mapping[str, float]) -> bytes:
        """Prometheus' text format 0.0.4. A gauge that is not given is not there: an old value would be taken for the present."""
        now = CollectorRegistry()
        for name, value in sorted(gauges.items()):
            Gauge(f"nhi_gateway_{name}", _GAUGES[name], registry=now).set(value)
        return generate_latest(self._registry) + generate_latest(now)


class Observing:
    """ASGI around the application: counts and logs each request once it was answered, or when its client went away."""

    def __init__(self, app: Any, figures: Figures, paths: Iterable[str], name_of: Callable[[Scope], str]) -> None:
        self._app = app
        self._figures = figures
        self._paths = frozenset(paths)
        self._name_of = name_of

    async def __call__(self, scope: Scope, receive: Any, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = 499  # nobody waited for the answer

        async def counting(message: MutableMapping[str, Any]) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        started = time.perf_counter()
        try:
            await self._app(scope, receive, counting)
        finally:
            seconds = time.perf_counter() - started
            route = scope["path"] if scope["path"] in self._paths else OTHER
            method = scope["method"] if scope["method"] in ("GET", "POST") else OTHER
            self._figures.add(route, method, status, seconds)
            facts = {"route": route, "method": method, "status": status, "ms": round(1000 * seconds, 1)}
            told = {"terminal": self._name_of(scope)} | scope.get(TOLD, {})
            log.info("request", extra={"facts": facts | told})


def local_pages(figures: Figures, ready: Callable[[], Awaitable[bool]], gauges: Gauges) -> Starlette:
    """``/healthz`` (the process answers), ``/readyz`` (so does its database, with the right schema), ``/metrics``."""

    async def healthz(request: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def readyz(request: Request) -> Response:
        good = await ready()
        return PlainTextResponse("ready\n" if good else "not ready\n", status_code=200 if good else 503)

    async def metrics(request: Request) -> Response:
        return Response(figures.text(await gauges()), media_type=CONTENT_TYPE_PLAIN_0_0_4)

    pages = (("/healthz", healthz), ("/readyz", readyz), ("/metrics", metrics))
    return Starlette(routes=[Route(path, page, methods=["GET"]) for path, page in pages])


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, where, what, and the facts given with it. Texts of exceptions stay out: they may
    quote a row."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {"at": at, "level": record.levelname, "logger": record.name, "message": record.getMessage()}
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__
            frames = traceback.extract_tb(record.exc_info[2])
            line["where"] = " ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames)
        return json.dumps(line | getattr(record, "facts", {}), ensure_ascii=False)


def log_as_json() -> None:
    """All logs of this process to stderr as JSON lines."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("nhi_center").setLevel(logging.INFO)
