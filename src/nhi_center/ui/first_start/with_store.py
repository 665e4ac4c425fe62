"""The steps with the store open and the ward administrator signed in: who he is, the ward's staff, the printer."""

from __future__ import annotations

from typing import Any

from nhi_center.domain.first_start import Plan
from nhi_center.domain.operators import Role
from nhi_center.services import first_start as service
from nhi_center.services import ward_people
from nhi_center.services.first_start import FirstStart
from nhi_center.services.founding import NewPerson
from nhi_center.ui.common.choice_field import Choice, ChoiceField
from nhi_center.ui.common.fields import LineField, PasswordField
from nhi_center.ui.common.name_view import NamePainter
from nhi_center.ui.common.parts import plain_button
from nhi_center.ui.common.table import Column, DataTable
from nhi_center.ui.first_start.page import Job, StepPage

ROLES = (Choice(Role.WARD_STAFF.value, Role.WARD_STAFF.label, "1"), Choice(Role.WARD_ADMIN.value, Role.WARD_ADMIN.label, "2"))


class SignInPage(StepPage):
    """Fields ``person``, ``password``: after a pause the ward administrator signs in before he goes on."""

    next_words = "サインインして続ける"

    def __init__(self, start: FirstStart) -> None:
        super().__init__(
            "first_start_sign_in",
            "続きを行う区管理者",
            "ここまでの設定は残っています。続けるには、区管理者としてサインインしてください。",
        )
        self._start = start
        self.person = LineField("person", "区管理者のID(職員番号)", ime=False, required=True)
        self.password = PasswordField("password", "パスワード", required=True)
        self.add_row((self.person, 1), (self.password, 1))
        self.set_fields(self.person, self.password)

    def show_plan(self, plan: Plan) -> None:
        self.person.set_value(plan.founder)

    def first_focus(self) -> LineField | PasswordField:
        return self.password if self.person.value() else self.person

    def job(self, plan: Plan) -> Job | None:
        if not self.chain.commit_all():
            return None
        person, password = self.person.value().strip(), self.password.value()
        return lambda: ward_people.take_up(self._start, plan, person, password)

    def refuse(self, error: Exception) -> bool:
        self.password.clear()
        return super().refuse(error)

    def settled(self, result: Any) -> None:
        self.password.clear()


class PeoplePage(StepPage):
    """Fields ``person``, ``name``, ``role``, ``password``, ``repeated``; ``people_table``. F4 adds one, Ctrl+Enter goes on."""

    next_words = "次へ"

    def __init__(self, start: FirstStart, glyphs: NamePainter) -> None:
        super().__init__(
            "people",
            "区職員",
            "受渡しの枚数確認・入退室・審査を行う区職員を登録します。受託者の人は、あとで「名簿・研修」から受理を経て登録します。",
        )
        self._start = start
        self.table = DataTable(
            (
                Column("ID", lambda row: row.person, 140),
                Column("氏名", lambda row: row.name, 0, name=True),
                Column("役割", lambda row: row.role.label, 140),
            ),
            name="people_table",
            label="登録した区の人",
            empty="ここに、登録した区の人が並びます。",
            names=glyphs,
            row_key=lambda row: row.person,
        )
        self.table.set_height_for(4)
        self.person = LineField("person", "ID(職員番号)", ime=False, required=True)
        self.name = LineField("name", "氏名", required=True)
        self.role = ChoiceField("role", "役割", ROLES, required=True)
        self.password = PasswordField("password", "最初のパスワード(本人が打ちます)", required=True)
        self.repeated = PasswordField("repeated", "もう一度", required=True)
        self.signer = PasswordField("signer_password", "署名する区管理者のパスワード", required=True)
        self.add_button = plain_button("この人を登録", "F4", name="add_person_button")
        self.add_button.clicked.connect(self._add)
        self.card.add(self.table)
        self.add_row((self.person, 3), (self.name, 4), (self.role, 3))
        self.add_row((self.password, 1), (self.repeated, 1), (self.signer, 1))
        self.card.add(self.add_button)
        self.set_fields(self.person, self.name, self.role, self.password, self.repeated, self.signer)
        self._adding = False

    def show_plan(self, plan: Plan) -> None:
        self.table.set_rows(ward_people.ward_people(self._start))
        self.role.set_value(Role.WARD_STAFF.value)

    def finish_fields(self) -> None:
        self._add()

    def _add(self) -> None:
        if self.chain.commit_all():
            self._adding = True
            self.submitted.emit()

    def job(self, plan: Plan) -> Job | None:
        if not self._adding:
            return lambda: ward_people.people_done(self._start, plan)
        self._adding = False
        new = NewPerson(self.person.value().strip(), self.name.value().strip(), self.password.value(), self.repeated.value())
        role, signer = Role(self.role.value()), self.signer.value()
        return lambda: ward_people.add_person(self._start, plan, new, role, signer)

    def refuse(self, error: Exception) -> bool:
        for field in (self.password, self.repeated, self.signer):
            field.clear()
        return super().refuse(error)

    def settled(self, result: Any) -> None:
        for field in self.chain.fields:
            field.clear()


class PrinterPage(StepPage):
    """Field ``printer``: what certificates are handed to."""

    def __init__(self, start: FirstStart) -> None:
        super().__init__(
            "printer",
            "プリンター",
            "証は、選んだ行き先に一枚ずつ渡します。渡したあとの現物は、必ず人が確かめます。",
        )
        self._start = start
        choices = tuple(Choice(one.code, one.words, str(number)) for number, one in enumerate(service.printers(), start=1))
        self.printer = ChoiceField("printer", "証の行き先", choices, required=True)
        self.card.add(self.printer)
        self.card.add_lines(
            "いまのプログラムは、業務委託専用フォルダーの spool に PDF を書きます。", "プリンターへの直接の印刷はまだできません。"
        )
        self.set_fields(self.printer)
        self.printer.set_value(choices[0].code)

    def job(self, plan: Plan) -> Job | None:
        if not self.chain.commit_all():
            return None
        return lambda: service.choose_printer(self._start, plan, self.printer.value())
