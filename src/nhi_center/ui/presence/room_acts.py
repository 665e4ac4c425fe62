"""What else ward staff record of one person's stays: a key that did not come back, or did, and what was forgotten at the time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from PySide6.QtWidgets import QWidget

from nhi_center.domain.presence import LONGEST_LOCKER, LONGEST_REASON, Stay
from nhi_center.errors import OperatorError
from nhi_center.services import presence as service
from nhi_center.services.presence import RosterRow
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.code_fields import DigitsField
from nhi_center.ui.common.date_field import DateField
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.fields import LineField
from nhi_center.ui.common.form_dialog import FormDialog, open_form
from nhi_center.ui.presence.choices import Act, choose

Told = Callable[[str], None]


class RoomActs:
    """``told(words)`` is called when something has been recorded."""

    def __init__(self, parent: QWidget, desk: Desk, told: Told) -> None:
        self._parent, self._desk, self._told = parent, desk, told

    def open(self, row: RosterRow) -> None:
        """The list of what can be recorded for this person now."""
        office, session = self._desk.office, self._desk.session
        self._desk.run(
            Lane.READ,
            lambda _token: service.loose_ends(office, session, row.person),
            owner=self._parent,
            done=lambda stays: self._choose(row, stays),
        )

    def _choose(self, row: RosterRow, stays: tuple[Stay, ...]) -> None:
        acts: list[Act] = []
        inside = next((stay for stay in stays if stay.inside and stay.day == self._today().isoformat()), None)
        if inside is not None:
            acts.append(Act("退室を記録(鍵は返っていない)", lambda: self._leave_without_key(inside)))
        for stay in stays[:3]:
            acts += self._acts(stay)
        acts.append(Act("後から入退室を記録", lambda: self._enter_late(row)))
        choose(self._parent, "鍵・後からの記録", f"ID {row.person} の入退室で、いま記録できること。", acts)

    def _acts(self, stay: Stay) -> list[Act]:
        came = self._came(stay)
        acts = []
        if stay.inside or stay.forgotten:
            acts.append(Act(f"後から退室を記録({came} の入室)", lambda: self._leave_late(stay)))
        if stay.key_out and not stay.inside:
            acts.append(Act(f"ロッカー {stay.locker} の鍵が返った({came} の入室)", lambda: self._return_key(stay)))
        return acts

    def _today(self) -> date:
        return self._desk.office.clock.today()

    def _came(self, stay: Stay) -> str:
        """When he came in, with the day when it was another one."""
        entered = datetime.fromisoformat(stay.entered_at)
        return f"{entered:%H:%M}" if entered.date() == self._today() else f"{entered.month}月{entered.day}日 {entered:%H:%M}"

    def _leave_without_key(self, stay: Stay) -> None:
        office, session = self._desk.office, self._desk.session
        self._run(
            lambda: service.check_out(office, session, stay, key_back=False),
            f"退室を記録しました。ロッカー {stay.locker} の鍵はまだ返っていません。",
        )

    def _return_key(self, stay: Stay) -> None:
        office, session = self._desk.office, self._desk.session
        self._run(lambda: service.return_key(office, session, stay), f"ロッカー {stay.locker} の鍵の返却を記録しました。")

    def _run(self, act: Callable[[], None], words: str) -> None:
        self._desk.run(Lane.WRITE, lambda _token: act(), owner=self._parent, done=lambda _none: self._told(words))

    def _leave_late(self, stay: Stay) -> None:
        office, session = self._desk.office, self._desk.session
        at, reason = _time_field("at", "退室した時刻"), _reason_field()

        def act() -> Callable[[], object]:
            left, why = _moment(self._desk, date.fromisoformat(stay.day), at), reason.value()
            return lambda: service.leave_late(office, session, stay, left, why)

        text = f"{self._came(stay)} の入室に、退室を書き足します。鍵も返ったものとします。"
        self._form("後から退室を記録", text, ((at,), (reason,)), act)

    def _enter_late(self, row: RosterRow) -> None:
        office, session = self._desk.office, self._desk.session
        day = DateField("day", "日", today=self._today(), required=True)
        day.set_value(self._today().isoformat())
        came, left = _time_field("at", "入室した時刻"), _time_field("left", "退室した時刻", required=False)
        locker = LineField("locker", "ロッカーの番号", limit=LONGEST_LOCKER, ime=False, required=True)
        reason = _reason_field()

        def act() -> Callable[[], object]:
            on = day.day()
            if on is None:
                raise OperatorError("日を入力してください。", field="day")
            entered = _moment(self._desk, on, came)
            gone = _moment(self._desk, on, left) if left.value() else None
            number, why = locker.value(), reason.value()
            return lambda: service.enter_late(office, session, row.person, entered, gone, number, why)

        text = "まだ部屋にいるときは、退室の時刻を空けておきます。退室を入れると、鍵も返ったものとします。"
        self._form("後から入退室を記録", text, ((day, came, left), (locker,), (reason,)), act)

    def _form(
        self,
        title: str,
        text: str,
        rows: tuple[tuple[DateField | DigitsField | LineField, ...], ...],
        act: Callable[[], Callable[[], object]],
    ) -> None:
        open_form(
            FormDialog(
                self._parent,
                self._desk,
                title,
                text,
                rows,
                yes="記録する",
                act=act,
                kept=lambda _none: self._told("後からの記録として残しました。"),
            )
        )


def _time_field(name: str, label: str, *, required: bool = True) -> DigitsField:
    return DigitsField(name, label, length=4, required=required, hint="9時30分は 0930")


def _reason_field() -> LineField:
    return LineField("reason", "後から記録する理由", limit=LONGEST_REASON, required=True)


def _moment(desk: Desk, day: date, field: DigitsField) -> datetime:
    """The wall clock's time of a field. Raises OperatorError at it."""
    digits = field.value()
    if len(digits) != 4 or int(digits[:2]) > 23 or int(digits[2:]) > 59:
        raise OperatorError("時刻を4桁で入力してください(9時30分は 0930)。", field=field.name)
    zone = desk.office.clock.local().tzinfo
    return datetime(day.year, day.month, day.day, int(digits[:2]), int(digits[2:]), tzinfo=zone)
