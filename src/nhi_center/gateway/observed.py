"""What can be seen of a running gateway: one JSON line for each request, and figures for Prometheus on a port of this machine.

Lines and figures name routes, statuses and terminals, never an address, a query or anything that was sent.
"""

from __future__ import annotations

import json
import logging
import time
import traceback
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

log = logging.getLogger("nhi_center.gateway.request")
BUCKETS = (0.005, 0.025, 0.1, 0.25, 1.0, 5.0, 30.0)
OTHER = "other"
Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Gauges = Callable[[], Awaitable[Mapping[str, float]]]


class Figures:
    """Counts of this process since it started."""

    def __init__(self) -> None:
        self.requests: Counter[tuple[str, str, int]] = Counter()
        self.buckets: Counter[float] = Counter()
        self.seconds = 0.0

    def add(self, route: str, method: str, status: int, seconds: float) -> None:
        self.requests[route, method, status] += 1
        self.seconds += seconds
        self.buckets.update(limit for limit in BUCKETS if seconds <= limit)

    def text(self, gauges: Mapping[str, float]) -> str:
        """Prometheus' text format 0.0.4."""
        total = sum(self.requests.values())
        lines = ["# TYPE nhi_gateway_requests_total counter"]
        for (route, method, status), count in sorted(self.requests.items()):
            lines.append(f'nhi_gateway_requests_total{{route="{route}",method="{method}",status="{status}"}} {count}')
        lines.append("# TYPE nhi_gateway_request_seconds histogram")
        lines += [f'nhi_gateway_request_seconds_bucket{{le="{limit}"}} {self.buckets[limit]}' for limit in BUCKETS]
        lines += [f'nhi_gateway_request_seconds_bucket{{le="+Inf"}} {total}', f"nhi_gateway_request_seconds_count {total}"]
        lines.append(f"nhi_gateway_request_seconds_sum {self.seconds:.6f}")
        for name, value in sorted(gauges.items()):
            lines += [f"# TYPE nhi_gateway_{name} gauge", f"nhi_gateway_{name} {value:g}"]
        return "\n".join(lines) + "\n"


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
            log.info("request", extra={"facts": facts | {"terminal": self._name_of(scope)}})


def local_pages(figures: Figures, ready: Callable[[], Awaitable[bool]], gauges: Gauges) -> Starlette:
    """``/healthz`` (the process answers), ``/readyz`` (so does its database, with the right schema), ``/metrics``."""

    async def healthz(request: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def readyz(request: Request) -> Response:
        good = await ready()
        return PlainTextResponse("ready\n" if good else "not ready\n", status_code=200 if good else 503)

    async def metrics(request: Request) -> Response:
        return PlainTextResponse(figures.text(await gauges()), media_type="text/plain; version=0.0.4")

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
