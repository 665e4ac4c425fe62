"""消去する: months that are over and the contract's end, what of each would go, what has to be at zero first, and doing it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nhi_center.domain.erasure import LONGEST_PLACE, Erasure, Plan, Scope, month_words
from nhi_center.services import erasure as service
from nhi_center.services.erasure import Target
from nhi_center.services.handover import Credential
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.fields import LabelledField, LineField, PasswordField
from nhi_center.ui.common.form_dialog import FormDialog, open_form
from nhi_center.ui.common.long_job import LongJob
from nhi_center.ui.common.parts import ActionButton, ProgressStrip
from nhi_center.ui.common.screen import KeyHint
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.table import Cell, Column, DataTable
from nhi_center.ui.entry.asking import run

ABOUT = "取扱責任者と区職員が、件数を見て二人で署名します。消去は元に戻せません。"


class PlanPanel(QWidget):
    """``targets_table``; of the one in front ``counts_table`` and ``obstacles_table``; ``erase_button`` (F3). Signals: said."""

    said = Signal(str, str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.setObjectName("plan_panel")
        self._plan: Plan | None = None
        self.targets = DataTable(
            (Column("対象", lambda row: Cell(strong=_title(row)), 190), Column("保存期間", _due)),
            name="targets_table",
            label="消去できるもの",
            empty="消去できるものはありません。",
            row_key=lambda row: (row.scope.value, row.month),
        )
        self.counts = DataTable(
            (
                Column("消えるもの", lambda row: row.words),
                Column("件数", lambda row: Cell(strong=f"{row.number:,}"), 110, align="right"),
            ),
            name="counts_table",
            label="消えるもの",
            empty="左の表で対象を選ぶと、消えるものがここに並びます。",
            row_key=lambda row: row.item,
        )
        self.obstacles = DataTable(
            (
                Column("先に済ませること", lambda row: Cell(chip="まだ", tone="error", text=row.words)),
                Column("残り", lambda row: Cell(strong=f"{row.number:,}"), 90, align="right"),
            ),
            name="obstacles_table",
            label="先に済ませること",
            empty="残っていることはありません。消去できます。",
            row_key=lambda row: row.words,
        )
        self.targets.current_row_changed.connect(lambda _row: self._ask())
        self.progress = ProgressStrip(name="erasure_progress")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addLayout(self._tables(), 1)
        column.addWidget(self.progress)
        column.addLayout(self._foot())
        self._asked = False
        self._long = LongJob(desk, self, self.progress, (self.button,))

    def _tables(self) -> QHBoxLayout:
        right = QVBoxLayout()
        right.setSpacing(10)
        right.addWidget(self.counts, 3)
        right.addWidget(self.obstacles, 2)
        tables = QHBoxLayout()
        tables.setSpacing(12)
        tables.addWidget(self.targets, 2)
        tables.addLayout(right, 3)
        return tables

    def _foot(self) -> QHBoxLayout:
        self.button = ActionButton("消去に進む", key="F3", danger=True, name="erase_button")
        self.button.clicked.connect(self._agree)
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(words(ABOUT, "secondary"), 1)
        foot.addWidget(self.button)
        return foot

    def keys(self) -> tuple[KeyHint, ...]:
        return (KeyHint("↑↓", "対象を選ぶ"), KeyHint("F3", "消去に進む"))

    def first_focus(self) -> QWidget:
        return self.targets

    def refresh(self) -> None:
        run(self.desk, self, Lane.READ, service.targets, done=self._show)

    def _show(self, rows: tuple[Target, ...]) -> None:
        self._asked = False
        self.targets.set_rows(rows)  # another row in front asks by itself
        if not self._asked:
            self._ask()

    def _ask(self) -> None:
        self._asked = True
        row = self.targets.current_row()
        office, session = self.desk.office, self.desk.session
        if row is None:
            self._show_plan(None)
            return
        scope, month = row.scope, row.month
        self.desk.run_latest(
            "erasure_plan",
            Lane.READ,
            lambda _token: service.plan(office, session, scope, month),
            owner=self,
            done=self._show_plan,
        )

    def _show_plan(self, plan: Plan | None) -> None:
        self._plan = plan
        self.counts.set_rows(plan.counts if plan else ())
        self.obstacles.set_rows(plan.obstacles if plan else ())

    # -- acting --

    def _agree(self) -> None:
        plan = self._plan
        if plan is None or self._long.running:
            return
        if not plan.ready:
            self.said.emit("warning", "まだ消去できません。「先に済ませること」をすべて0にしてください。")
            return
        place = LineField("place", "場所", limit=LONGEST_PLACE, required=True, hint="例 本庁舎4階 事務室")
        people = (credential("supervisor", "取扱責任者"), credential("ward", "区職員"))
        office, session = self.desk.office, self.desk.session

        def act() -> Callable[[], Erasure]:
            signers = [Credential(who.value().strip(), password.value()) for who, password in people]
            return partial(service.agree, office, session, plan, place.value(), *signers)

        rows: tuple[tuple[LabelledField, ...], ...] = ((place,), *people)
        total = sum(count.number for count in plan.counts)
        text = f"{plan.title}: 合わせて {total:,}件を消去します。消去は元に戻せません。二人が署名すると、すぐに始まります。"
        open_form(
            FormDialog(self, self.desk, "消去の承認", text, rows, yes="署名して消去する", act=act, kept=self._begin, danger=True)
        )

    def _begin(self, kept: object) -> None:
        assert isinstance(kept, Erasure)
        begin(self.desk, self._long, kept.id, self._done)

    def _done(self, erasure: Erasure) -> None:
        self.said.emit(*result_words(erasure))
        self.refresh()


def begin(desk: Desk, long: LongJob, id_: str, done: Callable[[Erasure], object]) -> None:
    """Do what was agreed, or go on with it. In the lane of the line: the segment destroys its keys too."""
    office, session = desk.office, desk.session
    long.begin(
        lambda token: service.go_on(office, session, id_, token.report),
        done,
        "消去しています。電源を切らないでください",
        lane=Lane.LINK,
    )


def result_words(erasure: Erasure) -> tuple[str, str]:
    """Tone and sentence for the bar."""
    left = [one.words for one in erasure.findings if not one.good]
    if left:
        return "error", f"一部消去です。残り: {'、'.join(left)}。「消去の記録」から F7 で続けてください。"
    return "done", "消去し、読めないことを確かめました。一度サインアウトすると、データベースの鍵を交換して終わります。"


def credential(name: str, label: str) -> tuple[LineField, PasswordField]:
    """ID and password of one who signs."""
    who = LineField(f"{name}_id", f"{label}のID", limit=40, ime=False, required=True)
    return who, PasswordField(f"{name}_password", f"{label}のパスワード", required=True)


def _title(row: Target) -> str:
    return "すべて(契約終了)" if row.scope is Scope.ALL else f"{month_words(row.month)}分"


def _due(row: Target) -> Cell:
    if row.scope is Scope.ALL:
        return Cell(text="契約が終わったとき")
    return Cell(chip="期間を過ぎました", tone="warning") if row.due else Cell(text="期間内、または区の設定なし")
