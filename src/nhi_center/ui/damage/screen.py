"""A damaged store, told to whoever is signed in: what happened, what is safe, what to do, in this order."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QWidget

from nhi_center.domain.operators import Action
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.parts import Card, Chip, plain_button, primary_button
from nhi_center.ui.common.screen import KeyHint, Screen, TitleLine
from nhi_center.ui.common.styling import words

SAFE = (
    "送信済の記録は、区のサーバにあります。",
    "操作記録は、区のサーバの控えと、書き出した写しで確かめられます。",
    "終業点検で作ったバックアップは、データベースとは別のファイルです。",
)
STEPS = (
    "1  新しい入力を始めないでください。手元の書類は、数を数えて保管庫に入れます。",
    "2  サインアウトして、取扱責任者に「データベースの異状」と伝えてください。",
    "3  端末の電源は切らず、データベースのファイルは消さず、動かさないでください。",
    "4  取扱責任者は、区管理者にバックアップからの復旧を頼んでください。",
)


class DamageScreen(Screen):
    """``opened(found=...)`` gives the sentence of what was found. ``sign_out_button`` (Ctrl+Enter), F4 opens 動作点検."""

    name = "damage"
    title = "データベースの異状"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        chip = Chip("使うのを止めてください", "error", name="damage_state")
        self.page.addWidget(TitleLine(self.title, chip))
        happened = Card("起きたこと", name="damage_happened")
        self.found = words("", "dense", name="damage_found", wrap=True)
        happened.add(self.found)
        happened.add_lines(
            "書いたときと違う内容のページがあります。ディスクの故障か、ファイルが外から変えられたおそれがあります。"
        )
        safe = Card("無事なもの", name="damage_safe")
        safe.add_lines(*SAFE)
        steps = Card("すること", name="damage_steps")
        for number, step in enumerate(STEPS, start=1):
            steps.add(words(step, "dense", name=f"damage_step_{number}", wrap=True))
        for card in (happened, safe, steps):
            self.page.addWidget(card)
        self.page.addStretch(1)
        self.page.addLayout(self._foot())

    def _foot(self) -> QHBoxLayout:
        self.sign_out_button = primary_button("サインアウトする", name="sign_out_button")
        self.sign_out_button.clicked.connect(self._sign_out)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addStretch(1)
        if self.desk.may(Action.SELF_CHECK):
            self.details_button = plain_button("動作点検を開く", "F4", name="open_self_check_button")
            self.details_button.clicked.connect(lambda: self.navigate("inspection", page="self_check"))
            row.addWidget(self.details_button)
        row.addWidget(self.sign_out_button)
        return row

    def keys(self) -> tuple[KeyHint, ...]:
        details = (KeyHint("F4", "動作点検を開く"),) if self.desk.may(Action.SELF_CHECK) else ()
        return (*details, KeyHint("Ctrl+Enter", "サインアウトする"))

    def first_focus(self) -> QWidget:
        return self.sign_out_button

    def _sign_out(self) -> None:
        self.desk.sign_out()

    def opened(self, **params: Any) -> None:
        self.found.setText(str(params.get("found", "データベースが壊れています。")))
