"""The day's 便 with their states, and where the papers on hand are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nhi_center.domain.custody import OnHand, Pieces, Place
from nhi_center.domain.handover import CONDITIONS, MEDIA, Direction, Phase, totals
from nhi_center.domain.paper_age import PaperAges, overdue_words
from nhi_center.domain.standing import TerminalPaper
from nhi_center.domain.standing import words as standing_words
from nhi_center.errors import OperatorError
from nhi_center.services import custody, handover, paper_age, standing, urgent
from nhi_center.services.custody import PlaceRow
from nhi_center.services.handover_view import HandoverView
from nhi_center.services.urgent import Ready
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.choice_field import Choice, ChoiceField
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.dialogs import Answer, ask
from nhi_center.ui.common.parts import Card, Chip, plain_button, primary_button
from nhi_center.ui.common.screen import KeyHint, TitleLine
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.table import Cell, Column, DataTable

_TONES = {Phase.COUNTING: "info", Phase.COMPARED: "warning", Phase.SIGNED: "done", Phase.CANCELLED: "plain"}


@dataclass(frozen=True, slots=True)
class _Facts:
    handovers: tuple[HandoverView, ...]
    here: OnHand
    rows: tuple[PlaceRow, ...]
    ages: PaperAges
    urgent: tuple[Ready, ...]
    room: tuple[TerminalPaper, ...]


class HandoverListPage(QWidget):
    """Signals: chosen(handover id), book_wanted(), urgent_wanted(), visit_ended(), keys_changed(), said(kind, text)."""

    chosen = Signal(str)
    urgent_wanted = Signal()
    visit_ended = Signal()
    book_wanted = Signal()
    keys_changed = Signal()
    said = Signal(str, str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self._opening = False
        self._ages = PaperAges(0, {}, Pieces())
        self._urgent: tuple[Ready, ...] = ()
        self.setObjectName("handover_list_page")
        self._build()

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        self.here_words = words("", "secondary", name="on_hand_words")
        self.visit_chip = Chip("", "info", name="visit_chip")
        self.visit_chip.hide()
        column.addWidget(TitleLine("受渡し", self.visit_chip, right=self.here_words))
        self.table = DataTable(
            (
                Column("便", lambda row: Cell(strong=row.handover.label, text="至急" if row.handover.urgent else ""), 110),
                Column("向き", lambda row: row.handover.direction.label, 130),
                Column("係", lambda row: row.handover.section, 190),
                Column("状態", _state),
                Column("件", lambda row: _amount(row)[0], 56, "right"),
                Column("枚", lambda row: _amount(row)[1], 96, "right"),
                Column("時刻", lambda row: (row.handover.ended_at or row.handover.opened_at)[11:16], 66),
            ),
            name="handover_table",
            label="今日の便",
            empty="今日の便はまだありません。区職員が書類を持ってきたら F3、区へ渡すときは F4 を押します。",
            row_key=lambda row: row.handover.id,
        )
        self.table.row_activated.connect(lambda row: self.chosen.emit(row.handover.id))
        self.places = DataTable(
            (
                Column("手元の書類", lambda row: row.kind.title, 0),
                *(Column(_SHORT[place], _counter(place), 74, "right") for place in _SHOWN),
                Column("期限", self._late, 176),
                Column("合計", lambda row: Cell(strong=f"{row.total}{row.kind.unit}"), 74, "right"),
            ),
            name="on_hand_table",
            label="手元の書類",
            empty="手元に書類はありません。受け取ると、どこに何枚あるかがここに並びます。",
            row_key=lambda row: row.kind.id,
        )
        column.addWidget(self.table, 3)
        column.addWidget(self.places, 2)
        column.addWidget(self._opening_card())

    def _opening_card(self) -> Card:
        card = Card(panel=True, name="opening_card")
        self.section = ChoiceField(
            "section",
            "係・特別出張所",
            tuple(Choice(number, name) for number, name in handover.sections().items()),
            reserve_note=False,
        )
        self.section.set_value("1")
        self.section.setMinimumWidth(250)
        self.medium = _choice("medium", "方法", MEDIA, 150)
        self.condition = _choice("condition", "状態", CONDITIONS, 160)
        self.receive_button = primary_button("区から受け取る", "F3", name="open_in_button")
        self.give_button = plain_button("区へ返す・提出する", "F4", name="open_out_button")
        self.receive_button.clicked.connect(lambda: self._open(Direction.IN))
        self.give_button.clicked.connect(lambda: self._open(Direction.OUT))
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.section)
        for field in (self.medium, self.condition):
            row.addWidget(field)
        self.ready_words = words("", "secondary", name="ready_words")
        row.addStretch(1)
        row.addWidget(self.give_button)
        row.addWidget(self.receive_button)
        card.add(row)
        card.add(self.ready_words)
        return card

    def keys(self) -> tuple[KeyHint, ...]:
        return (
            KeyHint("Enter", "便を開く"),
            KeyHint("F3", "区から受け取る", shown=False),
            KeyHint("F4", "区へ返す・提出する", shown=False),
            KeyHint("F8", "受渡簿", self.book_wanted.emit),
            KeyHint("Alt+U", "至急を受け取る", self.urgent_wanted.emit),
            *((KeyHint("Alt+W", "至急を渡す", self.give_urgent),) if self._urgent else ()),
            KeyHint("Alt+I", "事故・差異", lambda: self.desk.open("incidents")),
            *((KeyHint("Alt+E", "来庁を終える", self.visit_ended.emit),) if self.visit_chip.isVisibleTo(self) else ()),
        )

    def first_focus(self) -> QWidget:
        return self.table

    def refresh(self) -> None:
        office, session = self.desk.office, self.desk.session

        def job(_token: object) -> _Facts:
            return _Facts(
                handover.of_today(office, session),
                custody.on_hand(office, session),
                custody.on_hand_table(office, session),
                paper_age.overdue(office, session),
                urgent.ready(office, session),
                standing.of_room(office, session),
            )

        self.desk.run_latest("custody_list", Lane.READ, job, owner=self, done=self._show)

    def _show(self, facts: _Facts) -> None:
        self._ages = facts.ages
        self._urgent = facts.urgent
        self.keys_changed.emit()
        self.table.set_rows(facts.handovers)
        self.places.set_rows(facts.rows)
        here = facts.here
        room = f" / {standing_words(facts.room)}" if facts.room else ""
        if not here.sheets and not here.items and not here.letters:
            self.here_words.setText(f"手元の書類 0枚{room}")
        else:
            items = f" {here.items}点" if here.items else ""
            items += f" {here.letters}通" if here.letters else ""
            self.here_words.setText(f"手元の書類 {here.sheets}枚{items} / {here.cases}件 / 最古 {_when(here.oldest)}{room}")
        self.places.clearSelection()
        ready = "返すもの あり" if here.returnable else "返すもの なし"
        self.ready_words.setText(ready)

    def _late(self, row: PlaceRow) -> Cell:
        """期限超過 in red: longer on hand than the ward allows."""
        words = overdue_words(self._ages.longest_of(row.kind.id))
        return Cell(chip=words, tone="error") if words else Cell()

    def _open(self, direction: Direction) -> None:
        if self._opening:
            return
        facts = self._place(), self.medium.value(), self.condition.value()
        office, session = self.desk.office, self.desk.session
        self._opening = True
        self.desk.run(
            Lane.WRITE,
            lambda _token: handover.open_handover(office, session, direction, *facts),
            owner=self,
            done=lambda view: self.chosen.emit(view.handover.id),
            failed=self._refuse,
            ended=self._opened,
        )

    def _place(self) -> str:
        return handover.sections().get(self.section.value(), "")

    def give_urgent(self, application: str = "") -> None:
        """至急を渡す: what somebody waits for goes out alone; of several the nearest promise, or the one that is asked for."""
        office, session, place = self.desk.office, self.desk.session, self._place()

        def job(_token: object) -> HandoverView | Ready:
            found = [one for one in urgent.ready(office, session) if application in ("", one.application)]
            if not found:
                raise OperatorError("渡せる至急の届出はありません。証の検品まで終わると渡せます。", code="nothing-ready")
            return found[0] if found[0].unmade else urgent.open_out(office, session, place, found[0].slip.id)

        self._give(job)

    def _give(self, job: Callable[[object], HandoverView | Ready]) -> None:
        if self._opening:
            return
        self._opening = True
        self.desk.run(Lane.WRITE, job, owner=self, done=self._given, failed=self._refuse, ended=self._opened)

    def _given(self, found: HandoverView | Ready) -> None:
        if isinstance(found, HandoverView):
            self.chosen.emit(found.handover.id)
            return
        office, session, place, slip = self.desk.office, self.desk.session, self._place(), found.slip.id
        go = partial(self._give, lambda _token: urgent.open_out(office, session, place, slip, incomplete=True))
        ask(
            self,
            f"管理票 {found.slip.number} を渡しますか",
            f"{found.unmade_words}待つと、できてから書類と一緒に渡せます。今渡すと、証は後の便で渡します。",
            (Answer("証を待たずに渡す", go, key="Alt+G", danger=True), Answer("できるまで待つ", self.table.setFocus)),
        )

    def show_visit(self, name: str, minutes: int) -> None:
        """Who of the ward is known for the next 便; without a name nobody is."""
        self.visit_chip.setVisible(bool(name))
        self.visit_chip.set_state(f"来庁中 {name} あと {minutes}分" if name else "", "info")

    def _opened(self) -> None:
        self._opening = False
        for field in (self.medium, self.condition):
            field.set_value("1")

    def _refuse(self, error: Exception) -> None:
        fields = {"section": self.section, "medium": self.medium, "condition": self.condition}
        if isinstance(error, OperatorError) and error.field in fields:
            fields[error.field].set_problem(error.message)
            fields[error.field].editor.setFocus()
            return
        self.desk.present_error(error)


def _choice(name: str, title: str, choices: Mapping[str, str], width: int) -> ChoiceField:
    field = ChoiceField(name, title, tuple(Choice(code, label) for code, label in choices.items()), reserve_note=False)
    field.set_value("1")
    field.setFixedWidth(width)
    return field


_SHOWN = (Place.TRAY, Place.ENTRY, Place.HOLD, Place.CABINET, Place.OUTPUT)
_SHORT = {Place.TRAY: "受付", Place.ENTRY: "入力等", Place.HOLD: "保留", Place.CABINET: "保管庫", Place.OUTPUT: "出力"}


def _counter(place: Place) -> Callable[[PlaceRow], str]:
    return lambda row: str(row.by_place.get(place, 0) or "–")


def _state(row: HandoverView) -> Cell:
    if row.incident:
        return Cell(chip=f"{row.phase.label} 差異あり", tone="error")
    waiting = "受領証を作り直してください" if row.phase is Phase.SIGNED and not row.receipt else ""
    return Cell(chip=row.phase.label, tone=_TONES[row.phase], text=waiting)


def _amount(row: HandoverView) -> tuple[str, str]:
    if row.phase is not Phase.SIGNED:
        return "–", "–"
    sums = totals({line.kind.id: line.kind for line in row.lines}, [line.receiver for line in row.lines])
    return str(sums.cases), sums.words.removesuffix("枚")


def _when(stamp: str) -> str:
    return f"{int(stamp[5:7])}月{int(stamp[8:10])}日 {stamp[11:16]}"
