"""The document of the gateway's routes says what the gateway does: route by route, and under inputs nobody would think of."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, Phase, given, settings
from requests.adapters import HTTPAdapter
from schemathesis import Case
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance, unsupported_method

from nhi_center.gateway import app
from nhi_center.gateway.app import GatewaySettings
from nhi_center.link import wire, wire_enrolment, wire_erasure, wire_export, wire_lease, wire_meeting, wire_numbers, wire_state
from nhi_center.link.client import client_context
from tests.support.postgres import RunningGateway, Terminal

PATH = Path(app.__file__).with_name("openapi.json")
DOCUMENT: dict[str, Any] = json.loads(PATH.read_text(encoding="utf-8"))
OPERATIONS = [(path, method) for path, methods in DOCUMENT["paths"].items() for method in methods]
SCHEMAS = DOCUMENT["components"]["schemas"]
BODIES = [
    (path, method["requestBody"]["x-max-bytes"])
    for path, methods in DOCUMENT["paths"].items()
    for method in methods.values()
    if "requestBody" in method
]
INEXPRESSIBLE = {
    wire.PATH_RECORDS,
    wire.PATH_AUDIT,
    wire_state.PATH_STATE,
    wire_lease.PATH_LEASE,
    wire_meeting.PATH_MEET,
    wire_meeting.PATH_COMPARE,
    wire_numbers.PATH_BLOCKS,
    wire_export.PATH_EXPORT,
}
"""A schema cannot say that numbers rise, that two files have two names, nor that 1.0 is not written for 1: what it allows may be
refused."""


class MutualTls(HTTPAdapter):
    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        super().__init__()

    def init_poolmanager(self, *arguments: Any, **named: Any) -> None:
        name = self._terminal.settings.server_name
        context = client_context(self._terminal.settings)
        super().init_poolmanager(*arguments, ssl_context=context, server_hostname=name, assert_hostname=name, **named)


@pytest.fixture(scope="module")
def session(gateway: RunningGateway, tmp_path_factory: pytest.TempPathFactory) -> Iterator[requests.Session]:
    terminal = gateway.enrol(tmp_path_factory.mktemp("terminal"))
    with requests.Session() as session:
        session.trust_env = False
        session.verify = str(terminal.settings.ca)
        session.mount("https://", MutualTls(terminal))
        yield session


def test_document_and_routes_are_the_same(tmp_path: Path) -> None:
    built = app.build(GatewaySettings("host=/nowhere", "138040", False, Ed25519PrivateKey.generate(), tmp_path))
    routes = {(route.path, method) for route in built.routes for method in (route.methods or set()) - {"HEAD"}}
    assert routes == {(path, method.upper()) for path, method in OPERATIONS}


def test_document_names_the_programs_own_limits_and_kinds() -> None:
    most = dict(BODIES)
    assert most.pop(wire_state.PATH_STATE) == wire_state.MAX_BODY_BYTES
    assert {most.pop(path) for path in (wire_meeting.PATH_MEET, wire_meeting.PATH_COMPARE)} == {wire_meeting.MAX_BODY_BYTES}
    assert most.pop(wire_numbers.PATH_BLOCKS) == wire_numbers.MAX_BODY_BYTES
    assert most.pop(wire_enrolment.PATH_ENROL) == wire_enrolment.MAX_BODY_BYTES
    assert most.pop(wire_lease.PATH_LEASE) == wire_lease.MAX_BODY_BYTES
    assert most.pop(wire_erasure.PATH_DESTROY) == wire_erasure.MAX_BODY_BYTES
    assert most.pop(wire_export.PATH_EXPORT) == wire_export.MAX_EXPORT_BYTES
    assert set(most.values()) == {wire.MAX_BODY_BYTES}
    assert set(SCHEMAS["Record"]["properties"]["kind"]["enum"]) == wire.RECORD_KINDS
    assert set(SCHEMAS["Change"]["properties"]["kind"]["enum"]) == wire.CHANGE_KINDS
    lists = {
        ("Records", "records"): wire.MAX_RECORDS,
        ("ChangePage", "changes"): wire.MAX_CHANGES,
        ("Segment", "entries"): wire.MAX_ENTRIES,
        ("Room", "terminals"): wire.MAX_TERMINALS,
        ("Asks", "asks"): wire_numbers.MAX_ASKS,
        ("Given", "blocks"): wire_numbers.MAX_ASKS,
    }
    assert {key: SCHEMAS[key[0]]["properties"][key[1]]["maxItems"] for key in lists} == lists
    (limit,) = [one for one in DOCUMENT["paths"][wire.PATH_CHANGES]["get"]["parameters"] if one["name"] == "limit"]
    assert limit["schema"]["maximum"] == wire.MAX_CHANGES
    assert DOCUMENT["info"]["version"] == str(wire.PROTOCOL) == str(SCHEMAS["Hello"]["properties"]["protocol"]["const"])


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["as documented", "not as documented"])
@pytest.mark.parametrize(("path", "method"), OPERATIONS, ids=str)
def test_every_answer_is_as_documented(
    gateway: RunningGateway, session: requests.Session, path: str, method: str, mode: GenerationMode
) -> None:
    """No 5xx; the status, the kind and the form of each answer stand in the document; what it forbids is refused."""
    operation = schemathesis.openapi.from_dict(DOCUMENT)[path][method.upper()]
    if mode == GenerationMode.NEGATIVE and not (operation.body or operation.query):
        return  # nothing is taken there, so nothing can be wrong
    left_out = [positive_data_acceptance] if path in INEXPRESSIBLE else []

    generated = [Phase.explicit, Phase.generate]

    @settings(max_examples=40, deadline=None, database=None, phases=generated, suppress_health_check=list(HealthCheck))
    @given(operation.as_strategy(generation_mode=mode))
    def run(case: Case[Any]) -> None:
        case.call_and_validate(
            base_url=f"https://127.0.0.1:{gateway.port}", session=session, excluded_checks=[unsupported_method, *left_out]
        )

    run()


@pytest.mark.parametrize(("path", "most"), BODIES)
def test_a_body_beyond_its_limit_is_refused(gateway: RunningGateway, session: requests.Session, path: str, most: int) -> None:
    url = f"https://127.0.0.1:{gateway.port}{path}"
    for size, status in ((most, 400), (most + 1, 413)):
        assert session.post(url, data=b"[" + b" " * (size - 1)).status_code == status
