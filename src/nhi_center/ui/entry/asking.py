"""How these pages ask: a service in a lane, and the clerk in a dialog."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.dialogs import Answer, ask
from nhi_center.ui.common.text_fields import FreeText

T = TypeVar("T")


def run(
    desk: Desk,
    owner: QObject,
    lane: Lane,
    verb: Callable[..., T],
    *arguments: Any,
    done: Callable[[T], object],
    failed: Callable[[Exception], object] | None = None,
) -> None:
    """``verb(office, session, *arguments)`` in a lane."""
    office, session = desk.office, desk.session
    desk.run(lane, lambda _token: verb(office, session, *arguments), owner=owner, done=done, failed=failed)


def ask_question(parent: QWidget, number: str, suggested: str, action: Callable[[str], object], problem: str = "") -> None:
    """F4: the question to the 取扱責任者, who settles it or asks the ward. Asks again while it is empty."""
    box = FreeText("hold_question", "質問", lines=4, required=True, hint="管理票の番号は書かなくても伝わります。")
    box.set_value(suggested)
    box.set_problem(problem)

    def answer() -> None:
        question = box.value()
        if question.strip():
            action(question)
        else:
            ask_question(parent, number, "", action, "質問を入れてください。")

    ask(
        parent,
        f"管理票 {number} を保留にします",
        "取扱責任者が確かめ、解決できなければ区へ照会します。紙は「保留」の置き場へ移します。回答は同じ管理票で戻ります。",
        (Answer("保留にする", answer, key="Ctrl+Enter", primary=True), Answer("やめる")),
        body=box,
    )
