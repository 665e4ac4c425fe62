"""One word per concept: nothing a person reads uses another word for the same thing."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from nhi_center import resources

SOURCE = Path(__file__).parents[2] / "src" / "nhi_center"


def shown_texts() -> Iterator[tuple[str, str]]:
    """(where, text): literals of the screens and services that are no docstrings, and the help."""
    for folder in ("ui", "services"):
        for file in sorted((SOURCE / folder).rglob("*.py")):
            tree = ast.parse(file.read_text(encoding="utf-8"))
            documented = {
                id(node.body[0].value)
                for node in ast.walk(tree)
                if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
                and node.body
                and isinstance(node.body[0], ast.Expr)
            }
            for node in ast.walk(tree):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documented:
                    yield f"{file.relative_to(SOURCE)}:{node.lineno}", node.value
    for file in resources.listing("help", ".md"):
        yield file.name, file.read_text(encoding="utf-8")


def test_every_concept_has_one_word() -> None:
    table = resources.read_toml("words.toml")["words"]
    words = [entry["word"] for entry in table]
    assert len(set(words)) == len(words)
    assert len({entry["name"] for entry in table}) == len(table)
    wrong = [
        f"{where}: {never} is called {entry['word']}"
        for where, text in shown_texts()
        for entry in table
        for never in entry["never"]
        if never in text
    ]
    assert wrong == []


def test_no_message_says_only_that_an_error_occurred() -> None:
    empty = ("エラーが発生しました", "不正な操作", "予期しないエラー", "例外が発生")
    assert [where for where, text in shown_texts() if any(phrase in text for phrase in empty)] == []
