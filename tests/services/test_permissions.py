"""One table of permissions: every service function is called by every role, and no screen decides rights.

A new function is found by itself. Which act it needs is read from its source: the first ``begin``, ``reading`` or ``require``
it comes to, directly or through another function it hands office and session to.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import textwrap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from nhi_center import services
from nhi_center.domain.operators import PERMITTED, Action, Role, Session
from nhi_center.errors import OperatorError
from nhi_center.services.office import Office
from nhi_center.services.session import sign_in
from tests.support.office import PASSWORDS, room

GATES = frozenset({"begin", "reading", "require"})
FREE = {
    "session.check_password": "asks for nothing but whether this is the person: the lock",
    "session.prove": "asks for nothing but whether this is a person of the terminal",
    "gate.identify_in": "checks a password: who it is, not what he may",
    "refusals.take_over": "keeps attempts that were refused before anybody was signed in",
    "work.log_refusal": "keeps an attempt that was refused",
    "screen_lock.refuse_copy": "keeps an attempt that was refused",
    "documents.make_list": "makes the list it is given, asking again for the permission its rows were read with",
    "work.require": "is the check",
    "work.begin": "is the check, for the act it is given",
    "work.reading": "is the check, for the act it is given",
    "today_reading.read": "reads within an act whose permission was checked",
}
"""Functions of (office, session) without a permission of their own, each with its reason."""

SAID_IN_THE_REFUSAL = {"screen_lock.copy_out": {"screen": "entry", "characters": 3}}
"""Arguments that the entry of the refusal itself holds."""

BY_ROLE = {
    "ui/home/screen.py": "the words of the first page differ for ward and contractor",
    "ui/custody/handover_page.py": "the side of a handover the signed-in person's ID is filled in for",
}
"""Screens that word something by role."""

Function = Callable[..., Any]


def functions() -> Iterator[tuple[str, Function]]:
    """(module.name, function) of every public service that begins with office and session."""
    for info in pkgutil.iter_modules(services.__path__):
        module = importlib.import_module(f"nhi_center.services.{info.name}")
        for name, found in vars(module).items():
            if name.startswith("_") or not inspect.isfunction(found) or found.__module__ != module.__name__:
                continue
            if list(inspect.signature(found).parameters)[:2] == ["office", "session"]:
                yield f"{info.name}.{name}", found


FUNCTIONS = dict(functions())


@cache
def needed(function: Function) -> Action | None:
    """The first act it asks permission for."""
    source = inspect.unwrap(function)
    tree = ast.parse(textwrap.dedent(inspect.getsource(source)))
    calls = sorted(
        (node for node in ast.walk(tree) if isinstance(node, ast.Call)), key=lambda node: (node.lineno, node.col_offset)
    )
    for call in calls:
        names = [argument.id if isinstance(argument, ast.Name) else "" for argument in call.args[:2]]
        if names != ["office", "session"]:
            continue
        called = _called(call.func, source.__globals__)
        if getattr(called, "__name__", "") in GATES:
            return _action(call.args[2])
        if inspect.isfunction(called) and called is not source and (action := needed(called)) is not None:
            return action
    return None


def _called(node: ast.expr, names: dict[str, Any]) -> Any:
    if isinstance(node, ast.Name):
        return names.get(node.id)
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return getattr(names.get(node.value.id), node.attr, None)
    return None


def _action(node: ast.expr) -> Action | None:
    return Action[node.attr] if isinstance(node, ast.Attribute) else None


class Touched(Exception):
    """An argument was looked at."""


class Untouchable:
    """Stands for every other argument: whoever looks at it has gone past the check."""

    def _touch(self, *_args: object) -> Any:
        raise Touched

    def __getattr__(self, name: str) -> Any:
        if name == "__conform__":  # the database's driver asks it of every parameter: a question, not a look
            raise AttributeError(name)
        raise Touched

    __eq__ = __bool__ = __iter__ = __len__ = __str__ = __hash__ = __lt__ = __gt__ = __getitem__ = _touch
    __contains__ = __int__ = __index__ = __fspath__ = __call__ = __format__ = __sub__ = __rsub__ = __mul__ = __add__ = _touch


@pytest.fixture(scope="module")
def open_office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Office]]:
    """The office; opened again when a call has closed it."""
    premises = room(tmp_path_factory.mktemp("permissions") / "business")
    opened: list[Office] = []

    def give() -> Office:
        if not opened or opened[-1].store._lock.closed:
            opened.append(sign_in(premises, "40127", PASSWORDS["40127"])[0])
        return opened[-1]

    yield give
    give().store.close()
    premises.close()


def session_of(role: Role) -> Session:
    person = {
        Role.CLERK: "k-ichiro",
        Role.SUPERVISOR: "s-toko",
        Role.WARD_STAFF: "40127",
        Role.WARD_ADMIN: "40100",
        Role.TERMINAL: "T04",
    }[role]
    return Session(f"walk-{role.value}", person, person, role, "T04")


def call(function: Function, office: Office, session: Session, given: Mapping[str, object] | None = None) -> str:
    """The code of the refusal, "touched", or what else became of it."""
    rest = list(inspect.signature(function).parameters.values())[2:]
    positional = [Untouchable() for one in rest if one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)]
    named = {one.name: Untouchable() for one in rest if one.kind is one.KEYWORD_ONLY} | dict(given or {})
    try:
        function(office, session, *positional, **named)
    except OperatorError as refused:
        return refused.code
    except Touched:
        return "touched"
    except Exception as problem:  # the other arguments are nothing at all: whatever comes after the check may break
        return type(problem).__name__
    return "done"


def denied(office: Office, session: Session) -> list[str]:
    with office.store.read.begin() as connection:
        rows = connection.execute(
            text("SELECT entry FROM audit WHERE entry LIKE '%\"denied\"%' AND entry LIKE :actor ORDER BY seq"),
            {"actor": f'%"actor":"{session.person}"%'},
        )
        return [str(row.entry) for row in rows]


def test_every_function_has_a_permission_or_a_reason() -> None:
    without = {name for name, function in FUNCTIONS.items() if needed(function) is None}
    assert without == set(FREE)
    assert len(FUNCTIONS) > 80, "the walk has lost its way"


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if name not in FREE])
def test_each_role_may_what_the_table_says(name: str, open_office: Callable[[], Office]) -> None:
    function, given = FUNCTIONS[name], SAID_IN_THE_REFUSAL.get(name)
    action = needed(function)
    assert action is not None
    for role in Role:
        office = open_office()
        session = session_of(role)
        if action in PERMITTED[role]:
            assert call(function, office, session, given) != "not-permitted", role
        else:
            before = len(denied(office, session))
            assert call(function, office, session, given) == "not-permitted", (
                f"{role}: not refused before its arguments were looked at"
            )
            entries = denied(open_office(), session)
            assert len(entries) == before + 1
            assert f'"asked":"{action.value}"' in entries[-1]


def test_the_walk_would_find_a_hole(open_office: Callable[[], Office]) -> None:
    """A function that looks at its arguments first, or asks nobody, does not pass."""

    def careless(office: Office, session: Session, person: Any) -> None:
        if person.strip():
            raise OperatorError("", code="looked")

    assert call(careless, open_office(), session_of(Role.CLERK)) == "touched"
    assert needed(careless) is None


def test_every_act_is_somebodys_and_nobody_has_all() -> None:
    assert set().union(*PERMITTED.values()) == set(Action)
    for role, permitted in PERMITTED.items():
        assert permitted < set(Action), role
    nobody = replace(session_of(Role.CLERK), role=Role.TERMINAL)
    assert not nobody.may(Action.ENTER)


def test_no_screen_decides_rights() -> None:
    """A screen asks ``desk.may``; it compares no role but to choose words."""
    source = Path(services.__file__).parents[1]
    found = set()
    for file in sorted((source / "ui").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            compared = isinstance(node, ast.Compare) and any(_is_role(part) for part in (node.left, *node.comparators))
            asked = isinstance(node, ast.Attribute) and node.attr in ("is_ward", "is_contractor") and _is_role(node.value)
            if compared or asked:
                found.add(file.relative_to(source).as_posix())
    assert found == set(BY_ROLE)


def _is_role(node: ast.expr) -> bool:
    return any(
        isinstance(part, ast.Attribute)
        and (part.attr == "role" or (isinstance(part.value, ast.Name) and part.value.id == "Role"))
        for part in ast.walk(node)
    )
