"""README.md says what is there: codes, files, commands and links are compared with the program."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from nhi_center import cli
from nhi_center.gateway import cli as gateway_cli
from nhi_center.verify import cli as verify_cli

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CODE = re.compile(r"[A-Z]{2}-[0-9]{2}")
LONG = 60
"""Characters from which on a line is not there twice by chance."""


def codes_of_the_program() -> Iterator[str]:
    for file in sorted((ROOT / "src").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value):
                yield node.value


def test_every_error_code_has_its_row_and_every_row_its_code() -> None:
    rows = re.findall(rf"^\| ({CODE.pattern}) \|", README, re.MULTILINE)
    assert rows == sorted(set(codes_of_the_program()))


def test_links_lead_to_a_heading() -> None:
    headings = re.findall(r"^#+ (.+)$", README, re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    links = re.findall(r"\]\(#([^)]+)\)", README)
    assert links
    assert [link for link in links if link not in anchors] == []


def test_files_that_are_named_are_there() -> None:
    named = re.findall(r"(?:`|\()((?:resources|installer|tests|src)/[\w./-]*)[`)]", README)
    assert len(named) > 20
    assert [name for name in named if not re.search("[A-Z]{2}", name) and not (ROOT / name).exists()] == []


@pytest.mark.parametrize("name", ["README.md", "CHANGELOG.md"])
def test_nothing_is_said_twice(name: str) -> None:
    lines = Counter((ROOT / name).read_text(encoding="utf-8").splitlines())
    assert [line for line, times in lines.items() if times > 1 and len(line) > LONG] == []


def commands(app: typer.Typer) -> set[str]:
    """Also those that have commands of their own below them (``forms check``); a group without a name adds to the app's own."""
    groups = {str(one.name) for one in app.registered_groups if isinstance(one.name, str)}
    for one in app.registered_groups:
        if not isinstance(one.name, str) and one.typer_instance is not None:
            groups |= commands(one.typer_instance)
    return groups | {one.name or str(getattr(one.callback, "__name__", "")) for one in app.registered_commands}


@pytest.mark.parametrize(
    ("program", "known"),
    [
        ("nhi-center", commands(cli.app)),
        ("nhi-center-gateway", commands(gateway_cli.app)),
        (
            "nhi-center-verify",
            {"audit", "export", "pack", *verify_cli._SEALED, "recovery-key", "recover", "update-key", "sign-update"},
        ),
    ],
    ids=["nhi-center", "nhi-center-gateway", "nhi-center-verify"],
)
def test_every_command_is_named_and_every_named_one_is_there(program: str, known: set[str]) -> None:
    written = re.findall(r"^    .+|`[^`\n]+`", README, re.MULTILINE)
    begun = re.compile(
        rf"(?:    |`)(?:[\w./-]+/)?{program} +([a-z][a-z_-]+)(?!.* \d(?:\\n)?`)"
    )  # prefixes of what is signed end in a number
    assert {found[1] for code in written if (found := begun.match(code))} <= known
    assert [name for name in sorted(known) if not any(re.search(rf"(?<![\w-]){name}(?![\w-])", code) for code in written)] == []
