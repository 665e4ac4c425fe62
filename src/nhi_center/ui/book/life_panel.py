"""交付・返戻・返納・回収・無効: the ward records what becomes of each certificate it has received."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nhi_center.domain.calendar import wareki
from nhi_center.domain.certificate_life import REASONS, Life, LifeEvent, is_late
from nhi_center.errors import OperatorError
from nhi_center.services import certificate_book as service
from nhi_center.services.certificate_book import BookRow, WithWard
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.choice_field import Choice, ChoiceField
from nhi_center.ui.common.date_field import DateField
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.field_chain import FieldChain
from nhi_center.ui.common.fields import LabelledField, LineField
from nhi_center.ui.common.form_dialog import FormDialog, open_form
from nhi_center.ui.common.form_fields import short_date
from nhi_center.ui.common.parts import plain_button
from nhi_center.ui.common.screen import KeyHint
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.table import Cell, Column, DataTable
from nhi_center.ui.common.text_fields import warn_of_forbidden
from nhi_center.ui.entry.asking import run

_TONES = {Life.ISSUED: "done", Life.MAIL_RETURNED: "warning", Life.VOID: "error"}


class LifePanel(QWidget):
    """F3 records a step of the certificate in front, F4 makes 回収一覧, F6 返戻一覧. Signals: said(kind, text)."""

    said = Signal(str, str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.setObjectName("life_panel")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        self.number = LineField("life_number", "用紙番号で探す", limit=12, ime=False, hint="空にすると新しい順")
        self.number.setFixedWidth(280)
        self.chain = FieldChain([self.number], self)
        self.chain.finished.connect(self.refresh)
        self.counts = words("", "secondary", name="life_counts", wrap=True)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self.number)
        head.addWidget(self.counts, 1)
        column.addLayout(head)
        self.table = DataTable(
            (
                Column("用紙番号", lambda row: row.serial or "普通紙", 92),
                Column("証の種類", lambda row: row.kind.short_title, 160),
                Column("氏名", lambda row: row.name, 0, name=True),
                Column("記号番号枝番", lambda row: row.insured_number, 150),
                Column("いま", lambda row: Cell(chip=row.standing, tone=_tone(row)), 100),
                Column("日", lambda row: wareki(row.life.day) if row.life else "", 130),
                Column("わけ・指示", lambda row: _reason(row, desk.office.clock.today())),
            ),
            name="life_table",
            label="区が受け取った証",
            empty="区が受け取った証はまだありません。受渡しで区が受け取ると、ここに並びます。",
            names=desk.glyphs,
            row_key=lambda row: row.job,
        )
        self.table.current_row_changed.connect(self._show_may)
        self.table.row_activated.connect(lambda _row: self.record())
        column.addWidget(self.table, 1)
        self.list_button = plain_button("回収一覧を作る", "F4", name="collect_list_button")
        self.list_button.clicked.connect(self._make)
        self.returned_button = plain_button("返戻一覧を作る", "F6", name="returned_list_button")
        self.returned_button.clicked.connect(self._make_returned)
        self.record_button = plain_button("記録する", "F3", name="life_record_button")
        self.record_button.clicked.connect(self.record)
        self.record_button.setEnabled(False)
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(words("記録は消せません。無効にするとき、同じ届出からの再交付を選べます。", "secondary"), 1)
        foot.addWidget(self.returned_button)
        foot.addWidget(self.list_button)
        foot.addWidget(self.record_button)
        column.addLayout(foot)

    def _show_may(self, row: BookRow | None) -> None:
        self.record_button.setEnabled(row is not None and bool(row.may))

    def keys(self) -> tuple[KeyHint, ...]:
        find = KeyHint("Alt+P", "番号で探す", lambda: self.number.editor.setFocus(Qt.FocusReason.ShortcutFocusReason))
        return (find, KeyHint("F3", "記録する"), KeyHint("F4", "回収一覧"), KeyHint("F6", "返戻一覧"))

    def first_focus(self) -> QWidget:
        return self.table

    def refresh(self) -> None:
        run(self.desk, self, Lane.READ, service.with_ward, self.number.value(), done=self._show)

    def _show(self, found: WithWard) -> None:
        self.table.set_rows(found.rows)
        if self.number.editor.hasFocus() and found.rows:
            self.table.setFocus()
        self.counts.setText(self._counted(found))

    def _counted(self, found: WithWard) -> str:
        """Of a search what it found; else the sums of all."""
        more = f" 上の{service.MOST}枚だけを表示しています。" if found.more else ""
        if self.number.value().strip():
            return f"{len(found.rows)}枚 見つかりました。{more}" if found.rows else "この番号で始まる証はありません。"
        today = self.desk.office.clock.today()
        late = sum(row.life is not None and row.life.due is not None and row.life.due < today for row in found.out)
        counts = f"交付前 {found.waiting:,}枚 返戻 {len(found.returned)}枚 回収する {len(found.out)}枚(期限を過ぎた {late}枚)"
        newest = f" 返戻・回収と、新しいものから{service.MOST}枚です。ほかは用紙番号で探します(Alt+P)。" if found.more else ""
        return f"{counts}{newest}"

    def record(self) -> None:
        row = self.table.current_row()
        if row is not None and row.may:
            _open_step(self, self.desk, row, self._kept)

    def _kept(self, _none: object) -> None:
        self.said.emit("done", "証の記録を残しました。")
        self.refresh()

    def _make(self) -> None:
        run(self.desk, self, Lane.PRINT, service.make_collect_list, done=self._made)

    def _make_returned(self) -> None:
        run(self.desk, self, Lane.PRINT, service.make_returned_list, done=self._made)

    def _made(self, made: Path) -> None:
        self.said.emit("done", f"一覧を作りました: {made.name}(業務フォルダーの帳票)")


def _tone(row: BookRow) -> str:
    return _TONES.get(row.life.what, "plain") if row.life else "info"


def _reason(row: BookRow, today: date) -> Cell:
    life = row.life
    if life is None:
        return Cell()
    parts = [life.reason_words, row.reissue, f"回収期限 {short_date(life.due.isoformat())}" if life.due else "", life.words]
    parts.append(f"保管庫 {life.cabinet}" if life.cabinet else "")
    parts.append(f"追跡 {life.tracking}" if life.tracking else "")
    late = is_late(life, today)
    return Cell(" ".join(part for part in parts if part), colour="#ce0000" if late else "")


def _open_step(parent: QWidget, desk: Desk, row: BookRow, kept: Callable[[object], object]) -> FormDialog:
    today = desk.office.clock.today()
    steps = tuple(Choice(one.value, one.label, str(at)) for at, one in enumerate((x for x in Life if x in row.may), start=1))
    what = ChoiceField("what", "どうなったか", steps, required=True)
    day = DateField("day", "その日", today=today, required=True)
    reason = ChoiceField("reason", "理由", (), hint="返戻・返納・無効のとき")
    note = LineField("words", "区の指示・補足", limit=100)
    warn_of_forbidden(note)
    tracking = LineField("tracking", "追跡番号", limit=20, ime=False, hint="返戻のとき")
    cabinet = LineField("cabinet", "保管庫の番号", limit=3, ime=False, hint="返戻のとき")
    due = DateField("due", "回収期限", today=today, hint="無効のとき(紛失・盗難を除く)")
    reissue = ChoiceField("reissue", "再交付する", (Choice("1", "はい"), Choice("2", "いいえ")), hint="無効のとき")
    day.set_value(short_date(today.isoformat()))
    what.changed.connect(lambda code: _offer(reason, code))
    office, session = desk.office, desk.session

    def act() -> Callable[[], object]:
        when = day.day()
        if not what.value():
            raise OperatorError("番号で選んでください。", field="what")
        if when is None:
            raise OperatorError("日付を入れてください。", field="day")
        kind = Life(what.value())
        if kind is Life.VOID and reason.value() and not reissue.value():
            raise OperatorError("新しい番号で再交付するかを番号で選んでください。", field="reissue")
        mailed = kind is Life.MAIL_RETURNED
        event = LifeEvent(
            job=row.job,
            what=kind,
            day=when,
            reason=reason.value() if kind in REASONS else "",
            words=note.value(),
            tracking=tracking.value().strip() if mailed else "",
            cabinet=cabinet.value().strip() if mailed else "",
            due=due.day() if kind is Life.VOID else None,
        )
        again = kind is Life.VOID and reissue.value() == "1"
        return lambda: service.record(office, session, event, reissue=again)

    fields: tuple[tuple[LabelledField, ...], ...] = ((what, day), (reason, note), (tracking, cabinet), (due, reissue))
    text = f"{row.kind.short_title} {row.serial}。記録は消せません。"
    return open_form(FormDialog(parent, desk, "証の記録", text, fields, yes="記録する", act=act, kept=kept))


def _offer(reason: ChoiceField, code: str) -> None:
    """The reasons of the chosen step."""
    known = {one.value for one in Life}
    step = next((one for one in Life if code in known and one.value == code), None)
    choices = REASONS.get(step, {}) if step else {}
    reason.set_choices(tuple(Choice(key, label) for key, label in choices.items()))
