"""The window of the first start: the steps at the left, one of them in front. It can be closed and taken up again at any time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from nhi_center.domain.first_start import Plan, Step
from nhi_center.services.going_live import InService
from nhi_center.tasks.runner import JobRunner, Lane
from nhi_center.ui.common.bars import KeyBar, MessageBar
from nhi_center.ui.common.help_panel import HelpPanel
from nhi_center.ui.common.parts import Card, Chip, plain_button, primary_button
from nhi_center.ui.common.screen import KeyHint, bind_key
from nhi_center.ui.common.styling import words
from nhi_center.ui.first_start.page import StepPage

STEPS = tuple(step for step in Step if step is not Step.DONE)
WITH_STORE = frozenset({Step.PEOPLE, Step.PRINTER, Step.CHECKLIST})


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


class DonePage(StepPage):
    """Where the two papers lie, and what comes next."""

    next_words = "サインインの画面へ"

    def __init__(self) -> None:
        super().__init__(
            "first_start_done",
            "この端末は業務に使えます",
            "端末票と稼働前点検表を印刷し、区管理者と取扱責任者が押印して保管します。",
            "受託者の人は、区職員がサインインして「名簿・研修」から受理を記録すると使えるようになります。",
        )
        self.papers = words("", "dense", name="papers_words", wrap=True)
        self.card.add(self.papers)

    def show_papers(self, papers: tuple[str, ...]) -> None:
        self.papers.setText("\n".join(papers))


class FirstStartWindow(QWidget):
    """Signals: finished(): everything is settled and the window has closed; closed_early(): it goes on another time."""

    finished = Signal()
    closed_early = Signal()

    def __init__(
        self,
        pages: Mapping[Step, StepPage],
        sign_in: StepPage,
        plan: Plan,
        runner: JobRunner,
        is_signed_in: Callable[[], bool],
    ) -> None:
        super().__init__()
        self.setObjectName("first_start_window")
        self.setWindowTitle("新宿区 国民健康保険事務センター 最初の設定")
        self.setAccessibleName("最初の設定")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setStyleSheet("QWidget#first_start_window { background: #ffffff; }")
        self.resize(1366, 768)
        self.plan = plan
        self._runner, self._is_signed_in = runner, is_signed_in
        self._pages, self._sign_in, self.done_page = pages, sign_in, DonePage()
        self._busy = False
        self._before_help: QWidget | None = None
        self.steps = StepList()
        self.stack = QStackedWidget()
        self.stack.setObjectName("first_start_pages")
        for page in (*pages.values(), sign_in, self.done_page):
            self.stack.addWidget(page)
            page.submitted.connect(self.go_on)
        self.page: StepPage = sign_in
        self.message_bar = MessageBar()
        self.next_button = primary_button("保存して次へ", name="next_step_button")
        self.next_button.clicked.connect(self.go_on)
        self.later_button = plain_button("あとで続ける", "F3", name="later_button")
        self.later_button.clicked.connect(self.close)
        self.key_bar = KeyBar()
        self.key_bar.set_keys(
            (KeyHint("F1", "ヘルプ"), KeyHint("Enter", "次の欄"), KeyHint("F3", "あとで続ける"), KeyHint("Ctrl+Enter", "進む"))
        )
        self._lay_out()
        self.help_panel = HelpPanel(self)
        bind_key(self, "F1", self.toggle_help)
        self.help_panel.closed.connect(self.toggle_help)
        self.help_panel.widened.connect(self._place_help)
        self.show_plan(plan)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(20, 10, 20, 4)
        title = words("新宿区 国民健康保険事務センター", "heading", name="office_title")
        title.setMinimumHeight(22)
        head.addWidget(title)
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
        column.addWidget(self.key_bar)

    def show_plan(self, plan: Plan) -> None:
        """Bring the first open step to the front; with the store made, only once its administrator has signed in."""
        self.plan = plan
        done = plan.step is Step.DONE
        needs_him = plan.step in WITH_STORE and not self._is_signed_in()
        self.page = self.done_page if done else self._sign_in if needs_him else self._pages[plan.step]
        self.page.show_plan(plan)
        self.stack.setCurrentWidget(self.page)
        self.steps.show_steps(plan.step, plan.step)
        self.next_button.set_words(self.page.next_words)
        self.later_button.setVisible(not done)
        first = self.page.first_focus() or self.next_button
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def go_on(self) -> None:
        """Settle the step in front."""
        if self._busy:
            return
        if self.page is self.done_page:
            self.close()
            return
        job = self.page.job(self.plan)
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
        self.page.settled(result)
        if isinstance(result, InService):
            self.done_page.show_papers(tuple(f"{path.name}   {path}" for path in (result.terminal_sheet, result.checklist)))
            self.show_plan(result.plan)
        else:
            self.show_plan(result)

    def _on_refused(self, error: Exception) -> None:
        if not self.page.refuse(error):
            self.message_bar.present_error(error)

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self.next_button.setEnabled(not busy)
        self.next_button.set_words("行っています" if busy else self.page.next_words)

    def close_lanes(self) -> None:
        """End the lanes; what is under way is waited for."""
        self._runner.close()

    def toggle_help(self) -> None:
        """F1: why each step is there and what to have at hand."""
        if self.help_panel.isVisible():
            self.help_panel.hide()
            if (back := self._before_help) is not None and back.isVisible():
                back.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self._before_help = self.focusWidget()
        self._place_help()
        self.help_panel.show_help("first_start")

    def _place_help(self) -> None:
        width = self.help_panel.width()
        self.help_panel.setGeometry(self.width() - width - 16, 48, width, self.height() - 110)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_help()

    def closeEvent(self, event: QCloseEvent) -> None:
        """What is settled is on disk; only what stands in open fields is lost, and no secret stays in them."""
        if self._busy:
            event.ignore()
            return
        event.accept()
        (self.finished if self.plan.step is Step.DONE else self.closed_early).emit()
