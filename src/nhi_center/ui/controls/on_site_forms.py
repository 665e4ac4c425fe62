"""The forms of 立入り調査: two or three of the ward sign in together, one line, the end, a finding's answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtWidgets import QWidget

from nhi_center.domain.on_site_inspection import LONGEST, Finding, Inspection, Line, Verdict
from nhi_center.services import on_site_inspection as service
from nhi_center.services.on_site_inspection import Checked
from nhi_center.ui.common.choice_field import Choice, ChoiceField
from nhi_center.ui.common.date_field import DateField
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.fields import LabelledField, LineField, PasswordField
from nhi_center.ui.common.form_dialog import FormDialog, open_form
from nhi_center.ui.common.text_fields import FreeText, warn_of_forbidden

Kept = Callable[[object], object]
_VERDICTS = tuple(Choice(one.value, one.label, str(at)) for at, one in enumerate(Verdict, 1))


class _Inspectors:
    """Who is signed in with his password, the second of the ward with ID and password, and a third where there is one."""

    def __init__(self, second: str = "", third: str = "") -> None:
        self.own = PasswordField("own_password", "あなたのパスワード", required=True)
        self.person = LineField("person", "もう一人の区職員のID", limit=20, ime=False, required=True)
        self.password = PasswordField("password", "その人のパスワード", required=True)
        self.third = LineField("third", "三人目のID(いるときだけ)", limit=20, ime=False)
        self.third_password = PasswordField("third_password", "三人目のパスワード")
        self.person.set_value(second)
        self.third.set_value(third)

    def rows(self) -> tuple[tuple[LabelledField, ...], ...]:
        return ((self.own,), (self.person, self.password), (self.third, self.third_password))

    def read(self, desk: Desk) -> tuple[tuple[str, str], ...]:
        people = ((desk.session.person, self.own.value()), (self.person.value().strip(), self.password.value()))
        third = self.third.value().strip()
        return (*people, (third, self.third_password.value())) if third else people


def begin_form(parent: QWidget, desk: Desk, kept: Kept) -> FormDialog:
    people = _Inspectors()
    office, session = desk.office, desk.session

    def act() -> Callable[[], object]:
        typed = people.read(desk)
        return lambda: service.begin_inspection(office, session, typed)

    text = "二人以上が署名して始めます。対策の一覧から調査の項目ができます。終わりにも、同じ人がそろって署名します。"
    return open_form(
        FormDialog(parent, desk, "立入り調査を始める", text, people.rows(), yes="署名して始める", act=act, kept=kept)
    )


def line_form(parent: QWidget, desk: Desk, row: Checked, today: date, kept: Kept) -> FormDialog:
    """One measure: 適 unless something else is keyed."""
    verdict = ChoiceField("verdict", "適否", _VERDICTS, required=True)
    said = LineField("words", f"指摘・備考({LONGEST}文字まで)", limit=LONGEST)
    warn_of_forbidden(said)
    due = DateField("due", "改める期限(不適のとき)", today=today)
    if row.line is not None:
        verdict.set_value(row.line.verdict.value)
        said.set_value(row.line.words)
        due.set_value(row.line.due.isoformat() if row.line.due else "")
    office, session = desk.office, desk.session

    def act() -> Callable[[], object]:
        line = Line(row.measure.id, Verdict(verdict.value()), said.value(), due.day())
        return lambda: service.write_line(office, session, line)

    text = f"{row.measure.words}\n製品の表示: {row.standing.state.label} {row.standing.sentence}\n証拠: {row.measure.evidence}"
    title = f"{row.measure.label} の調査"
    return open_form(FormDialog(parent, desk, title, text, ((verdict, due), (said,)), yes="記入する", act=act, kept=kept))


def end_form(parent: QWidget, desk: Desk, current: Inspection, kept: Kept) -> FormDialog:
    others = [person for person, _name in current.inspectors if person != desk.session.person]
    people = _Inspectors(*others[:2])
    office, session = desk.office, desk.session

    def act() -> Callable[[], object]:
        typed = people.read(desk)
        return lambda: service.end_inspection(office, session, typed)

    text = "すべての項目を、いまの内容のまま署名します。署名のあとは変えられません。"
    return open_form(
        FormDialog(parent, desk, "立入り調査を終える", text, people.rows(), yes="署名して終える", act=act, kept=kept)
    )


def give_up_form(parent: QWidget, desk: Desk, kept: Kept) -> FormDialog:
    field = LineField("words", "取りやめる理由", limit=LONGEST, required=True)
    warn_of_forbidden(field)
    office, session = desk.office, desk.session

    def act() -> Callable[[], object]:
        typed = field.value()
        return lambda: service.give_up(office, session, typed)

    text = "書いた適否は消えます。始めたことと理由は残ります。"
    return open_form(
        FormDialog(parent, desk, "立入り調査の取りやめ", text, ((field,),), yes="取りやめる", act=act, kept=kept, danger=True)
    )


def finding_form(parent: QWidget, desk: Desk, row: Finding, label: str, settles: bool, kept: Kept) -> FormDialog:
    """The company's answer, or the ward's word at the end."""
    field = FreeText("words", f"内容({LONGEST}文字まで)", lines=2, required=True)
    field.setMinimumHeight(100)
    office, session = desk.office, desk.session
    verb = service.settle if settles else service.answer

    def act() -> Callable[[], object]:
        typed = field.value()
        return lambda: verb(office, session, row.inspection, row.line.measure, typed)

    answers = "".join(f"\n回答({one.at[:10]}) {one.words}" for one in row.answers)
    title = "指摘を終わりにする" if settles else "指摘への回答"
    text = f"{label} {row.line.words}{answers}"
    yes = "終わりにする" if settles else "回答する"
    return open_form(FormDialog(parent, desk, title, text, ((field,),), yes=yes, act=act, kept=kept))
