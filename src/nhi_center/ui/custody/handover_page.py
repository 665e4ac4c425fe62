"""One 便: 1 双方が数える → 2 合わせる → 3 署名 → 4 受領証, all on one page and by the keyboard alone."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nhi_center.domain.handover import Count, Direction, Phase, Side
from nhi_center.domain.operators import Action
from nhi_center.domain.visit import Visit, known
from nhi_center.errors import OperatorError
from nhi_center.services import handover as service
from nhi_center.services.handover_view import HandoverView
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.dialogs import Answer, ask
from nhi_center.ui.common.parts import Card, Chip, StepTrail, plain_button, primary_button
from nhi_center.ui.common.screen import KeyHint, TitleLine
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.urgent import show_urgent, urgent_chip
from nhi_center.ui.custody.count_grid import CountGrid
from nhi_center.ui.custody.foot_words import foot_words
from nhi_center.ui.custody.receipt_card import ReceiptCard
from nhi_center.ui.custody.result_table import ResultTable
from nhi_center.ui.custody.signing_row import SigningRow
from nhi_center.ui.custody.urgent_card import UrgentCard

TICK_MS = 5_000
STEPS = ("双方が数える", "合わせる", "署名", "受領証")
_COUNTING = (
    "・紙1枚を1枚と数えます。両面に書いてあっても1枚です。申請書に付いた書類も数えます。",
    "・原本(証明書など)は枚数に入れず、点で数えます。ない種類は空のままにします。",
    "・管理票と受領証は数に入れません。空の封筒や付せんも数えません。",
    "・双方が数え終わると、となりに並べて合わせます。違えば、双方がもう一度数えます。",
)


class HandoverPage(QWidget):
    """``visit``: the ward person whose number is proposed.

    Signals: left() back to the list; slips_wanted(view): 管理票 of this 便; signed(view) by both just now; visit_ended() by its
    key; step_changed() when other keys work now; said(kind, text).
    """

    left = Signal()
    slips_wanted = Signal(object)
    signed = Signal(object)
    visit_ended = Signal()
    step_changed = Signal()
    said = Signal(str, str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.setObjectName("handover_page")
        self.view: HandoverView | None = None
        self.visit: Visit | None = None
        self._busy = False
        self._build()
        self._clock = QTimer(self)
        self._clock.setInterval(TICK_MS)
        self._clock.timeout.connect(self._tick)
        self._clock.start()

    # -- the page --

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        self.section_chip = Chip("", "info", name="section_chip")
        self.urgent = urgent_chip()
        self.mark = Chip("差異あり", "error", name="mark_chip")
        self.day_words = words("", "secondary", name="handover_day")
        self.trail = StepTrail(STEPS)
        chips = (self.urgent, self.mark, self.section_chip, self.day_words)
        self.title_line = TitleLine("受渡し", *chips, right=self.trail)
        column.addWidget(self.title_line)
        self.ask_card = UrgentCard(self.desk)
        self.ask_card.opened.connect(self._show)
        column.addWidget(self.ask_card, 1)
        self.grid = CountGrid()
        self.grid.counted.connect(self._keep_count)
        self.table = ResultTable()
        self.receipt = ReceiptCard(self.desk)
        self.receipt.said.connect(self.said)
        work = QVBoxLayout()
        work.setSpacing(12)
        work.addWidget(self.grid)
        work.addWidget(self.table)
        self.rules = Card("数え方", panel=True, name="counting_card")
        self.rules.add_lines(*_COUNTING)
        self.rules.body.addStretch(1)
        work.addWidget(self.rules)
        self.signing = SigningRow()
        self.panels, self.recount_button = self.signing.panels, self.signing.recount_button
        self.signing.changed.connect(self._enable)
        self.signing.finished.connect(self._sign)
        self.signing.recount_wanted.connect(self._recount)
        work.addLayout(self.signing, 1)
        work.addStretch(0)
        middle = QHBoxLayout()
        middle.setSpacing(12)
        middle.addLayout(work, 1)
        middle.addWidget(self.receipt)
        column.addLayout(middle, 1)
        column.addLayout(self._foot())

    def _foot(self) -> QHBoxLayout:
        self.foot_words = words("", "secondary", name="foot_words")
        self.stop_button = plain_button("やめる", "Esc", name="stop_button")
        self.stop_button.clicked.connect(self._stop)
        self.go_button = primary_button("", name="go_button")
        self.go_button.clicked.connect(self._go)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.foot_words, 1)
        row.addWidget(self.stop_button)
        row.addWidget(self.go_button)
        return row

    @property
    def counting(self) -> bool:
        """Papers are being counted: figures and kinds of paper stand here, nobody's name."""
        return self.view is not None and self.view.phase is Phase.COUNTING

    def keys(self) -> tuple[KeyHint, ...]:
        phase = self.view.phase if self.view else None
        slip_keys = self._slip_keys()
        if phase is None:
            return (KeyHint("Enter", "次の欄"), KeyHint("Esc", "やめる"), KeyHint("Ctrl+Enter", "数えはじめる"))
        if phase is Phase.COUNTING:
            numbers = (KeyHint("Alt+N", "様式の番号で", self.grid.go_to_number),) if self.grid.takes_numbers else ()
            stop = (KeyHint("Esc", "やめる"), KeyHint("Ctrl+Enter", "数え終わった"))
            return (KeyHint("Enter", "次の欄"), *numbers, *slip_keys, *stop)
        if phase is Phase.COMPARED:
            ending = (KeyHint("Alt+E", "区の人が代わった", self.visit_ended.emit),) if self._known is not None else ()
            return (
                KeyHint("Enter", "次の欄"),
                *slip_keys,
                KeyHint("F3", "もう一度数える"),
                *ending,
                KeyHint("Esc", "やめる"),
                KeyHint("Ctrl+Enter", "署名"),
            )
        slips = (KeyHint("F8", "管理票を作る"),) if self.receipt.slips_button.isVisibleTo(self) else ()
        keying = (KeyHint("F4", "入力へ", self._to_entry, shown=not self._goes_on),) if self._may_key else ()
        marked = (
            (KeyHint("Alt+I", "事故・差異", lambda: self.desk.open("incidents")),) if self.view and self.view.incident else ()
        )
        following = KeyHint("Ctrl+Enter", "入力へ" if self._goes_on else "一覧へ")
        return (KeyHint("Esc", "一覧へ", self.left.emit), *slips, *slip_keys, *keying, *marked, following)

    def _slip_keys(self) -> tuple[KeyHint, ...]:
        """Alt+K: what came back under a question (in, open), 照合 of the labels (in, signed) or of what goes (out, open).

        Not while the second side counts what goes: it is told nothing of it.
        """
        view = self.view
        if view is None or view.phase is Phase.CANCELLED:
            return ()
        coming, signed = view.handover.direction is Direction.IN, view.phase is Phase.SIGNED
        if (signed and not (coming and view.slips)) or (not coming and view.counted == {Side.GIVER}):
            return ()
        word = "疑義で戻った書類" if coming and not signed else "管理票の照合"
        return (KeyHint("Alt+K", word, lambda: self.slips_wanted.emit(view)),)

    @property
    def _known(self) -> Visit | None:
        return known(self.visit, self.desk.office.clock.local())

    @property
    def _may_key(self) -> bool:
        """What came in is keyed next, by who may."""
        view = self.view
        return view is not None and bool(view.slips) and view.handover.direction is Direction.IN and self.desk.may(Action.ENTER)

    @property
    def _goes_on(self) -> bool:
        """Somebody waits: the paper that just came in is keyed at once."""
        return self._may_key and self.view is not None and self.view.handover.urgent

    def first_focus(self) -> QWidget:
        if self.view is None:
            return self.stop_button if self.ask_card.isHidden() else self.ask_card.form.editor
        if self.view.phase is Phase.COUNTING and self.grid.chain.fields:
            return self.grid.chain.fields[0].editor
        if self.view.phase is Phase.COMPARED:
            if not self.view.signable:
                return self.recount_button
            return self.signing.first_focus()
        return self.go_button

    # -- showing --

    def ask_urgent(self) -> None:
        """至急: which form, until when; everything else of the page comes when that is known."""
        self.view = None
        self._busy = False
        self.title_line.title.setText("受渡し 至急(区 → 受託者)")
        self.title_line.offer(self.day_words, "")
        self.trail.set_step(0)
        for part in (self.grid, self.rules, self.table, self.receipt, self.mark, self.section_chip):
            part.hide()
        self.signing.show_phase(None)
        show_urgent(self.urgent, "", self.desk.office.clock.local())
        self.ask_card.show()
        self.ask_card.begin()
        self.foot_words.setText("")
        self.go_button.set_words("数えはじめる")
        self.stop_button.set_words("やめる")
        self.stop_button.show()
        self.receipt.leave()
        self._enable()
        self.step_changed.emit()
        self.first_focus().setFocus()

    def load(self, handover_id: str) -> None:
        """Show one 便 where it stands."""
        self.ask_card.hide()
        office, session = self.desk.office, self.desk.session
        self.desk.run(Lane.READ, lambda _token: service.view(office, session, handover_id), owner=self, done=self._show)

    def _show(self, view: HandoverView) -> None:
        self.view = view
        self._busy = False
        counting, signed = view.phase is Phase.COUNTING, view.phase is Phase.SIGNED
        self.title_line.title.setText(f"受渡し {view.handover.label}({view.handover.direction.label})")
        self.ask_card.hide()
        self.section_chip.show()
        self.section_chip.set_state(view.handover.section, "info")
        self.mark.setVisible(view.incident)
        opened = view.handover.opened_at
        when = f"{int(opened[5:7])}月{int(opened[8:10])}日 {opened[11:16]}"
        self.title_line.offer(self.day_words, f"{when} {view.handover.means}", when, opened[11:16])
        self.trail.set_step(0 if counting else 3 if signed else 2 if view.signable else 1)
        self.grid.setVisible(counting)
        self.rules.setVisible(counting)
        self.table.setVisible(not counting)
        self.signing.show_phase(view.phase)
        self.receipt.setVisible(signed)
        if counting:
            self.grid.show_turn(view)
        else:
            self.table.show_lines(view)
        self.signing.show_view(view, self.desk.session.person, self._contractor_works(), self._known)
        self._show_foot(view)
        self._tick()
        if signed:
            self.receipt.show_receipt(view)
        else:
            self.receipt.leave()
        self._enable()
        self.step_changed.emit()
        self.first_focus().setFocus()

    def _tick(self) -> None:
        """The clocks of this page; a visit that has run out takes its number with it."""
        now = self.desk.office.clock.local()
        view = self.view
        waits = view is not None and (view.phase in (Phase.COUNTING, Phase.COMPARED) or self._goes_on)
        show_urgent(self.urgent, view.handover.promised if view is not None and waits else "", now)
        if self.visit is not None and not self.visit.lasts(now):
            self.visit_ended.emit()

    def forget_visit(self) -> None:
        """Nobody of the ward is known any more."""
        gone, self.visit = self.visit, None
        if gone is not None and self.view is not None and self._contractor_works():
            self.signing.forget(self.view, gone)
        self.step_changed.emit()

    def _contractor_works(self) -> bool:
        return bool(self.desk.session.role.is_contractor)

    def _show_foot(self, view: HandoverView) -> None:
        said, go, stop = foot_words(view)
        self.foot_words.setText(said)
        self.go_button.set_words("入力へ" if self._goes_on else go)
        self.stop_button.set_words(stop)
        self.stop_button.setVisible(view.phase in (Phase.COUNTING, Phase.COMPARED))

    def _enable(self) -> None:
        view = self.view
        ready = not self._busy and (view is not None or not self.ask_card.isHidden())
        if view is not None and view.phase is Phase.COMPARED:
            ready = ready and view.signable and self.signing.filled()
        self.go_button.setEnabled(ready)

    def _go(self) -> None:
        if self.view is None and not self.ask_card.isHidden():
            self.ask_card.submit()
        if self.view is None or self._busy:
            return
        if self.view.phase is Phase.COUNTING:
            self.grid.submit()
        elif self.view.phase is Phase.COMPARED:
            self._sign()
        elif self._goes_on:
            self._to_entry()
        else:
            self.left.emit()

    def _to_entry(self) -> None:
        """What came in is keyed: the paper somebody waits for at once, otherwise from the list."""
        view = self.view
        if view is not None and self._may_key:
            self.left.emit()
            self.desk.open("entry", **({"urgent": view.slips[0]} if view.handover.urgent else {}))

    def _keep_count(self, side: Side, counts: tuple[Count, ...]) -> None:
        if self.view is None or self._busy:
            return
        office, session, id_ = self.desk.office, self.desk.session, self.view.handover.id
        self._busy = True
        self.desk.run(
            Lane.WRITE,
            lambda _token: service.record_count(office, session, id_, side, counts),
            owner=self,
            done=self._show,
            failed=self._refuse,
        )

    def _recount(self) -> None:
        if self.view is None or self._busy or self.view.phase is not Phase.COMPARED:
            return
        office, session, id_ = self.desk.office, self.desk.session, self.view.handover.id
        self._busy = True
        self.desk.run(
            Lane.WRITE, lambda _token: service.recount(office, session, id_), owner=self, done=self._show, failed=self._refuse
        )

    def _sign(self) -> None:
        if self.view is None or self._busy:
            return
        if not self.view.signable:
            self.recount_button.setFocus()
            self.said.emit("warning", "数が違います。署名の前に、もう一度、双方で数えてください。")
            return
        taken = self.signing.take()
        if taken is None:
            return
        office, session, id_ = self.desk.office, self.desk.session, self.view.handover.id
        self._busy = True
        self._enable()
        self.desk.run(
            Lane.WRITE,
            lambda _token: service.countersign(office, session, id_, *taken),
            owner=self,
            done=self._on_signed,
            failed=self._refuse,
        )

    def _on_signed(self, view: HandoverView) -> None:
        self.signed.emit(view)
        self._show(view)
        self.said.emit("done", "双方の署名を記録しました。預かりの責任は受け取った側に移りました。")
        self.receipt.make()

    def _refuse(self, error: Exception) -> None:
        self._busy = False
        self._enable()
        if isinstance(error, OperatorError):
            if error.field in tuple(Side):
                self.panels[Side(error.field)].refuse(error.message)
                return
            if error.code == "four-eyes":
                self.panels[Side.RECEIVER].refuse(error.message, field="id")
                return
            if self.grid.refuse(error):
                return
        self.desk.present_error(error)

    # -- leaving --

    def _stop(self) -> None:
        if self.view is None or self.view.phase not in (Phase.COUNTING, Phase.COMPARED):
            self.left.emit()
            return
        ask(
            self,
            f"{self.view.handover.label}をどうしますか",
            "あとで続けるときは、数えた数はそのまま残ります。取り消すと、この便では何も渡していないことになります。",
            (
                Answer("便を取り消す", self._cancel, danger=True),
                Answer("あとで続ける", self.left.emit),
                Answer("この便を続ける", primary=True),
            ),
        )

    def _cancel(self) -> None:
        if self.view is None:
            return
        office, session, id_ = self.desk.office, self.desk.session, self.view.handover.id
        self.desk.run(
            Lane.WRITE, lambda _token: service.cancel(office, session, id_), owner=self, done=lambda _none: self.left.emit()
        )
