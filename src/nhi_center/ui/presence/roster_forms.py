"""The forms of the roster: what is asked for each act, and how it becomes a call of the service."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtWidgets import QWidget

from nhi_center.domain.calendar import wareki
from nhi_center.domain.operators import Role
from nhi_center.domain.roster import LONGEST_NUMBER, Decision, Designation, RosterEntry
from nhi_center.errors import OperatorError
from nhi_center.services import roster as service
from nhi_center.services.roster import Roster
from nhi_center.ui.common.choice_field import Choice, ChoiceField
from nhi_center.ui.common.date_field import DateField
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.fields import LineField, PasswordField
from nhi_center.ui.common.form_dialog import FormDialog, open_form
from nhi_center.ui.common.name_edit import NameEdit

Kept = Callable[[object], object]
ROLES = (Choice(Role.CLERK.value, "取扱者", "1"), Choice(Role.SUPERVISOR.value, "取扱責任者", "2"))
YES_NO = (Choice("yes", "はい", "1"), Choice("no", "いいえ", "2"))


def read_day(field: DateField) -> date:
    """The day of a field that must have one. Raises OperatorError at it."""
    day = field.day()
    if day is None:
        raise OperatorError(f"{field.label_text}を日付で入力してください。", field=field.name)
    return day


class DesignationFields:
    """Everything a report says of one person."""

    def __init__(self, desk: Desk, found: Roster, entry: RosterEntry | None) -> None:
        today = found.today
        self.person = LineField("person", "ID", limit=20, ime=False, required=True, hint="英小文字・数字・ハイフン")
        self.role = ChoiceField("role", "役割", ROLES, required=True)
        self.name = NameEdit("name", "氏名", desk.glyphs, required=True)
        self.department = LineField("department", "部署", required=True)
        self.employer = LineField("employer", "所属する会社", required=True)
        self.jobs = LineField("jobs", "担当する業務", required=True)
        self.begins = DateField("begins", "従事の始まり", today=today, required=True)
        self.ends = DateField("ends", "従事の終わり", today=today, required=True)
        self.card = LineField("card", "入室カードの番号", limit=LONGEST_NUMBER, ime=False)
        self.locker = LineField("locker", "ロッカーの番号", limit=LONGEST_NUMBER, ime=False)
        if entry is None:
            self.employer.set_value(found.company)
        else:
            self._fill(entry)

    def _fill(self, entry: RosterEntry) -> None:
        wanted = entry.wanted
        self.person.set_value(entry.person)
        self.person.setEnabled(False)
        self.role.set_value(wanted.role.value)
        for field in (self.name, self.department, self.employer, self.jobs, self.card, self.locker):
            field.set_value(getattr(wanted, field.name))
        self.begins.set_value(wanted.begins.isoformat())
        self.ends.set_value(wanted.ends.isoformat())

    def rows(self) -> tuple[tuple[LineField | ChoiceField | NameEdit | DateField, ...], ...]:
        return (
            (self.person, self.role),
            (self.name, self.department),
            (self.employer, self.jobs),
            (self.begins, self.ends),
            (self.card, self.locker),
        )

    def read(self, decision: Decision | None = None) -> Designation:
        """Raises OperatorError at a field that cannot be read."""
        return Designation(
            name=self.name.value().strip(),
            employer=self.employer.value().strip(),
            department=self.department.value().strip(),
            role=Role(self.role.value()),
            begins=read_day(self.begins),
            ends=read_day(self.ends),
            jobs=self.jobs.value().strip(),
            card=self.card.value().strip(),
            locker=self.locker.value().strip(),
            decision=decision,
        )


class DecisionFields:
    """区の書面の決定, for who does not belong to the contract's company; empty for everybody else."""

    def __init__(self, found: Roster, entry: RosterEntry | None) -> None:
        self.number = LineField("decision_number", "区の書面の決定 番号", hint="受託者に属さない人だけ")
        self.day = DateField("decision_day", "決定の日", today=found.today)
        self.by = LineField("decision_by", "決定した人")
        decision = entry.wanted.decision if entry else None
        if decision is not None:
            self.number.set_value(decision.number)
            self.day.set_value(decision.day.isoformat())
            self.by.set_value(decision.by)

    def row(self) -> tuple[LineField | DateField, ...]:
        return (self.number, self.day, self.by)

    def read(self) -> Decision | None:
        """Raises OperatorError at the field that is missing."""
        number, by = self.number.value().strip(), self.by.value().strip()
        if not (number or by or self.day.value().strip()):
            return None
        for field in (self.number, self.by):
            if not field.value().strip():
                raise OperatorError(f"{field.label_text}を入力してください。", field=field.name)
        return Decision(number, read_day(self.day), by)


def designation(parent: QWidget, desk: Desk, found: Roster, entry: RosterEntry | None, kept: Kept) -> FormDialog:
    """A new person, or a change to one."""
    fields, decision = DesignationFields(desk, found, entry), DecisionFields(found, entry)
    office, session = desk.office, desk.session

    def act() -> Callable[[], object]:
        wanted, person = fields.read(decision.read()), fields.person.value().strip()
        if entry is None:
            return lambda: service.propose(office, session, person, wanted)
        return lambda: service.alter(office, session, person, wanted)

    title = "名簿に載せる" if entry is None else "名簿の変更"
    text = "区へ報告し、区が受理するまで効力はありません。"
    return open_form(FormDialog(parent, desk, title, text, (*fields.rows(), decision.row()), yes="記録する", act=act, kept=kept))


def pledge(parent: QWidget, desk: Desk, found: Roster, entry: RosterEntry, kept: Kept, *, leaving: bool) -> FormDialog:
    """誓約 or 退職時誓約: the day on the signed paper. The text itself is shown."""
    text = service.pledge_text()
    lines = text.leave if leaving else text.join
    day = DateField("day", "署名の日", today=found.today, required=True)
    day.set_value(found.today.isoformat())
    office, session = desk.office, desk.session

    def act() -> Callable[[], object]:
        signed = read_day(day)
        return lambda: service.record_pledge(office, session, entry.person, signed, leaving=leaving)

    title = f"{'退職時誓約' if leaving else '誓約'}の記録({text.version}版)"
    shown = "本人が署名した紙を確かめてから記録します。\n\n" + "\n".join(
        f"{number}. {line}" for number, line in enumerate(lines, 1)
    )
    return open_form(FormDialog(parent, desk, title, shown, ((day,),), yes="記録する", act=act, kept=kept))


def leaving(parent: QWidget, desk: Desk, found: Roster, entry: RosterEntry, kept: Kept) -> FormDialog:
    last = DateField("last_day", "最終日", today=found.today, required=True)
    reason = LineField("reason", "理由", required=True)
    office, session = desk.office, desk.session

    def act() -> Callable[[], object]:
        day, words = read_day(last), reason.value()
        return lambda: service.begin_leaving(office, session, entry.person, day, words)

    text = "退職時誓約、鍵と入室カードの返却、アカウントの停止まで終わると「退任」になります。取り消せません。"
    return open_form(FormDialog(parent, desk, "退任の手続", text, ((last, reason),), yes="手続を始める", act=act, kept=kept))


def returned(parent: QWidget, desk: Desk, found: Roster, entry: RosterEntry, kept: Kept) -> FormDialog:
    key = ChoiceField("key", "鍵", YES_NO, required=True)
    card = ChoiceField("card", "入室カード", YES_NO, required=True)
    day = DateField("day", "返却の日", today=found.today, required=True)
    day.set_value(found.today.isoformat())
    office, session = desk.office, desk.session

    def act() -> Callable[[], object]:
        on, keys, cards = read_day(day), key.value() == "yes", card.value() == "yes"
        return lambda: service.record_return(office, session, entry.person, on, key=keys, card=cards)

    text = "現物を受け取ったものだけを「はい」にします。"
    return open_form(FormDialog(parent, desk, "返却の記録", text, ((key, card, day),), yes="記録する", act=act, kept=kept))


def account(parent: QWidget, desk: Desk, entry: RosterEntry, kept: Kept) -> FormDialog:
    """The person types his own password, twice; a ward person signs the registration with his."""
    first = PasswordField("password", "本人の新しいパスワード", required=True)
    again = PasswordField("again", "もう一度", required=True)
    signer = LineField("signer_id", "署名する区職員の職員番号", limit=20, ime=False, required=True)
    signing = PasswordField("signer_password", "区職員のパスワード", required=True)
    office, session = desk.office, desk.session

    def act() -> Callable[[], object]:
        password, by = first.value(), (signer.value().strip(), signing.value())
        if password != again.value():
            raise OperatorError("二つのパスワードが違います。", field="again")
        return lambda: service.open_account(office, session, entry.person, password, by)

    text = (
        f"ID {entry.person} の本人が、自分のパスワードを決めて入力します。ほかの人は見ません。\n"
        "立ち会った区職員が、職員番号とパスワードで署名します。"
    )
    rows = ((first, again), (signer, signing))
    return open_form(FormDialog(parent, desk, "アカウントを開く", text, rows, yes="アカウントを開く", act=act, kept=kept))


def removal(parent: QWidget, desk: Desk, entry: RosterEntry, kept: Kept) -> FormDialog:
    """What cannot be undone says so, and asks for the ID once more."""
    suspicion = ChoiceField("suspicion", "不正の疑いがありますか", YES_NO, required=True)
    typed = LineField("typed", "外す人のID", limit=20, ime=False, required=True, hint="もう一度入力します")
    own = PasswordField("password", "あなたのパスワード", required=True)
    office, session = desk.office, desk.session

    def act() -> Callable[[], object]:
        again, suspected, password = typed.value().strip(), suspicion.value() == "yes", own.value()
        return lambda: service.remove_person(office, session, entry.person, typed=again, suspicion=suspected, password=password)

    text = (
        "この人は、すべての端末で二度とサインインできなくなります。取り消せません。同じIDも使えません。\n"
        "つながっていない端末には、次の通信で伝わります(「端末」の頁)。\n"
        "不正の疑いがあるときは「はい」にすると、データベースの鍵も取り替えます。"
    )
    rows = ((suspicion, typed), (own,))
    return open_form(FormDialog(parent, desk, "この人を外す", text, rows, yes="外す", act=act, kept=kept, danger=True))


def acceptance(parent: QWidget, desk: Desk, found: Roster, kept: Kept) -> FormDialog:
    """区の受理."""
    choices = tuple(Choice(number, number, str(at)) for at, number in enumerate(found.reports, 1))
    report = ChoiceField("report", "報告書の番号", choices, required=True)
    if len(choices) == 1:
        report.set_value(choices[0].code)
    receipt = LineField("receipt", "区の受理番号", limit=20, required=True)
    day = DateField("day", "受理の日", today=found.today, required=True)
    day.set_value(found.today.isoformat())
    office, session = desk.office, desk.session

    def act() -> Callable[[], object]:
        number, ours, on = report.value(), receipt.value(), read_day(day)
        return lambda: service.accept(office, session, number, ours, on)

    text = "報告書の紙を確かめ、受理したときだけ記録します。報告書に書かれたとおりに、名簿の効力が生じます。"
    return open_form(
        FormDialog(parent, desk, "受理の記録", text, ((report, receipt, day),), yes="受理を記録", act=act, kept=kept)
    )


def first_supervisor(parent: QWidget, desk: Desk, found: Roster, kept: Kept) -> FormDialog:
    """The ward administrator takes the first supervisor over from the paper roster: nobody could propose him."""
    fields = DesignationFields(desk, found, None)
    fields.role.set_value(Role.SUPERVISOR.value)
    fields.role.setEnabled(False)
    report = LineField("report", "紙の名簿の番号", limit=20, required=True)
    receipt = LineField("receipt", "区の受理番号", limit=20, required=True)
    day = DateField("day", "受理の日", today=found.today, required=True)
    day.set_value(found.today.isoformat())
    office, session = desk.office, desk.session

    def act() -> Callable[[], object]:
        person, wanted, on = fields.person.value().strip(), fields.read(), read_day(day)
        number, ours = report.value().strip(), receipt.value().strip()
        return lambda: service.enrol_first(office, session, person, wanted, report=number, receipt=ours, day=on)

    rows = (*fields.rows(), (report, receipt, day))
    text = "受理した紙の名簿のとおりに載せます。このあとの人は、取扱責任者が載せます。"
    return open_form(FormDialog(parent, desk, "最初の取扱責任者", text, rows, yes="載せる", act=act, kept=kept))


def period_words(entry: RosterEntry) -> str:
    """From when to when, and when somebody leaves."""
    now = entry.now
    ends = entry.leaving.last_day if entry.leaving else now.ends
    return f"{wareki(now.begins)}から{wareki(ends)}まで"
