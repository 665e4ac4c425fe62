"""The window of the first start: the steps at the left, one of them in front. It can be closed and taken up again at any time."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from nhi_center.domain.first_start import Plan, Step
from nhi_center.tasks.runner import JobRunner, Lane
from nhi_center.ui.common.bars import MessageBar
from nhi_center.ui.common.parts import Card, Chip, plain_button, primary_button
from nhi_center.ui.common.screen import bind_key
from nhi_center.ui.common.styling import restyle, words
from nhi_center.ui.first_start.page import StepPage

STEPS = tuple(step for step in Step if step is not Step.DONE)


class StepList(Card):
    """Which steps are settled, which is in front."""

    def __init__(self) -> None:
        super().__init__("最初の設定", name="step_list")
        self.setFixedWidth(264)
        self.body.setSpacing(9)
        self.rows: dict[Step, tuple[QLabel, Chip]] = {}
        for number, step in enumerate(STEPS, start=1):
            row = QHBoxLayout()
            label = words(f"{number} {step.label}", "dense", name=f"step_{step.value}")
            chip = Chip("", name=f"step_{step.value}_state")
            row.addWidget(label, 1)
            row.addWidget(chip)
            self.rows[step] = (label, chip)
            self.add(row)
        self.body.addStretch(1)
        self.add_lines("途中で閉じても、済んだところまで残ります。", "鍵とパスワードは、この一覧には残りません。")

    def show_steps(self, reached: Step, front: Step) -> None:
        """``reached``: the first step that is not settled; ``front``: the one that is shown."""
        order = list(Step)
        for step, (label, chip) in self.rows.items():
            done = order.index(step) < order.index(reached)
            chip.set_state(
                "済" if done else "いま" if step is front else "まだ", "done" if done else "info" if step is front else "plain"
            )
            label.setStyleSheet("font-weight: bold; color: #0017c1;" if step is front else "")


class FirstStartWindow(QWidget):
    """Signals: moved_on(plan) after each settled step; finished(): the terminal is ready and the window closes."""

    moved_on = Signal(object)
    finished = Signal()

    def __init__(self, pages: dict[Step, StepPage], plan: Plan, runner: JobRunner, *, training: bool = False) -> None:
        super().__init__()
        self.setObjectName("first_start_window")
        self.setWindowTitle("新宿区 国民健康保険事務センター 最初の設定")
        self.setAccessibleName("最初の設定")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setStyleSheet("QWidget#first_start_window { background: #ffffff; }")
        self.resize(1366, 768)
        self.plan, self._runner, self._pages = plan, runner, pages
        self._busy = False
        self.steps = StepList()
        self.stack = QStackedWidget()
        self.stack.setObjectName("first_start_pages")
        for page in pages.values():
            self.stack.addWidget(page)
            page.submitted.connect(self.go_on)
        self.message_bar = MessageBar()
        self.next_button = primary_button("保存して次へ", name="next_step_button")
        self.next_button.clicked.connect(self.go_on)
        self.later_button = plain_button("あとで続ける", "F3", name="later_button")
        self.later_button.clicked.connect(self.close)
        self._lay_out(training)
        self.front = Step.TERMINAL
        self.show_plan(plan)

    def _lay_out(self, training: bool) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(20, 10, 20, 4)
        head.addWidget(words("新宿区 国民健康保険事務センター", "heading", name="office_title"))
        if training:
            head.addWidget(Chip("研修用", "training", name="training_chip"))
        head.addStretch(1)
        head.addWidget(words("区管理者が行います", "secondary"))
        foot = QHBoxLayout()
        foot.setContentsMargins(0, 4, 0, 0)
        foot.addWidget(self.later_button)
        foot.addStretch(1)
        foot.addWidget(self.next_button)
        right = QVBoxLayout()
        right.setSpacing(10)
        right.addWidget(self.stack, 1)
        right.addLayout(foot)
        middle = QHBoxLayout()
        middle.setContentsMargins(20, 6, 20, 12)
        middle.setSpacing(20)
        middle.addWidget(self.steps)
        middle.addLayout(right, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addLayout(middle, 1)
        column.addWidget(self.message_bar)

    def show_plan(self, plan: Plan) -> None:
        """Bring the first open step to the front; after the last one the window ends."""
        self.plan = plan
        if plan.step is Step.DONE:
            self.steps.show_steps(Step.DONE, Step.DONE)
            self.finished.emit()
            return
        self.front = plan.step
        page = self._pages[self.front]
        page.show_plan(plan)
        self.stack.setCurrentWidget(page)
        self.steps.show_steps(plan.step, self.front)
        self.next_button.set_words(page.next_words)
        restyle(self.steps)
        first = page.first_focus()
        if first is not None:
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def go_on(self) -> None:
        """Settle the step in front."""
        page = self._pages[self.front]
        job = None if self._busy else page.job(self.plan)
        if job is None:
            return
        act = job
        self.message_bar.clear()
        self._set_busy(True)
        self._runner.submit(
            Lane.WRITE,
            lambda _token: act(),
            owner=self,
            done=self._on_settled,
            failed=self._on_refused,
            ended=lambda: self._set_busy(False),
        )

    def _on_settled(self, result: Any) -> None:
        self._pages[self.front].settled(result)
        plan = result if isinstance(result, Plan) else getattr(result, "plan", self.plan)
        self.moved_on.emit(plan)
        self.show_plan(plan)

    def _on_refused(self, error: Exception) -> None:
        if not self._pages[self.front].refuse(error):
            self.message_bar.present_error(error)

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self.next_button.setEnabled(not busy)
        self.next_button.set_words("行っています" if busy else self._pages[self.front].next_words)

    def closeEvent(self, event: QCloseEvent) -> None:
        """What is settled is on disk; only what stands in open fields is lost, and no secret stays in them."""
        if self._busy:
            event.ignore()
            return
        event.accept()


def bind_help(window: FirstStartWindow, show: Any) -> None:
    """F1 shows the help of the step in front."""
    bind_key(window, "F1", lambda: show(window.front))
