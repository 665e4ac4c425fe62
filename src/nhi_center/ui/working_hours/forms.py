"""Two forms of the 取扱責任者: so many minutes more or less with a reason, and the hours that are meant for a month."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from nhi_center.domain.report_period import month_words
from nhi_center.domain.working_hours import REFERENCE, Correction, Job
from nhi_center.errors import OperatorError
from nhi_center.services import working_hours as service
from nhi_center.services.working_hours import MonthHours
from nhi_center.ui.common.choice_field import Choice, ChoiceField
from nhi_center.ui.common.code_fields import DigitsField
from nhi_center.ui.common.date_field import DateField, DateStyle
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.form_dialog import FormDialog, open_form
from nhi_center.ui.common.text_fields import ReasonField

_MORE, _LESS = "more", "less"
_ONE, _ALL = "one", "all"


def correction_form(parent: QWidget, desk: Desk, found: MonthHours, person: str, kept: Callable[[object], object]) -> FormDialog:
    """Whose time, which day and job, how much, and why."""
    names = tuple(Choice(one, name, str(at)) for at, (one, name) in enumerate(found.names.items(), 1))
    people = ChoiceField("person", "氏名", names, required=True)
    if person in found.names:
        people.set_value(person)
    day = DateField("day", "日", today=desk.office.clock.today(), style=DateStyle.WEEKDAY, required=True)
    job = ChoiceField("job", "業務", tuple(Choice(one.value, one.label, str(at)) for at, one in enumerate(Job, 1)), required=True)
    way = ChoiceField("way", "足す・引く", (Choice(_MORE, "足す", "1"), Choice(_LESS, "引く", "2")), required=True)
    minutes = DigitsField("minutes", "分", length=4, auto_advance=False, required=True)
    reason = ReasonField("reason", "理由")
    office, session = desk.office, desk.session

    def act() -> Callable[[], object]:
        when = day.day()
        if when is None:
            raise OperatorError("日を入力してください。", field="day")
        if not minutes.value():
            raise OperatorError("分を数字で入力してください。", field="minutes")
        number = int(minutes.value()) * (-1 if way.value() == _LESS else 1)
        wanted = Correction(when, people.value(), Job(job.value()), number, reason.value())
        return lambda: service.correct(office, session, wanted)

    text = "画面の外の業務を足し、余分な時間を引きます。元の時間は残り、理由とともに加わります。報告では「うち修正」に出ます。"
    rows = ((people, day), (job,), (way, minutes), (reason,))
    return open_form(FormDialog(parent, desk, "業務の時間の修正", text, rows, yes="修正する", act=act, kept=kept))


def plan_form(parent: QWidget, desk: Desk, found: MonthHours, month: str, kept: Callable[[object], object]) -> FormDialog:
    """The hours of every job for one month, or from it to the year's end."""
    planned = found.plan.hours.get(month, {})
    fields = {}
    for one in Job:
        field = DigitsField(one.value, f"{one.label}(時間)", length=4, auto_advance=False, required=True)
        field.set_value(str(planned.get(one, 0)))
        fields[one] = field
    choices = (Choice(_ONE, f"{month_words(month)}だけ", "1"), Choice(_ALL, "この月から年度末まで同じ", "2"))
    reach = ChoiceField("reach", "どの月", choices, required=True)
    reach.set_value(_ONE)
    office, session = desk.office, desk.session

    def act() -> Callable[[], object]:
        for one, field in fields.items():
            if not field.value():
                raise OperatorError("時間を数字で入力してください。", field=one.value)
        hours = {one: int(field.value()) for one, field in fields.items()}
        all_ = reach.value() == _ALL
        return lambda: service.set_plan(office, session, month, hours, to_year_end=all_)

    text = f"前に決めた計画は残り、後から決めたものが効きます。{REFERENCE}(目標ではありません)。"
    pairs = list(fields.values())
    rows = ((reach,), pairs[:2], pairs[2:4], pairs[4:])
    return open_form(FormDialog(parent, desk, "業務の時間の計画", text, rows, yes="決める", act=act, kept=kept))
