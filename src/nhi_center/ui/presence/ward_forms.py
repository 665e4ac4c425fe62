"""The forms of 区の人: one more person, a closing, and a stopped ID let go again. Each is signed by the ward administrator."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from nhi_center.domain.operators import Role
from nhi_center.services import ward_accounts as service
from nhi_center.services.founding import NewPerson
from nhi_center.services.ward_accounts import WardPerson
from nhi_center.ui.common.choice_field import Choice, ChoiceField
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.fields import LineField, PasswordField
from nhi_center.ui.common.form_dialog import FormDialog, open_form
from nhi_center.ui.common.name_edit import NameEdit
from nhi_center.ui.presence.roster_forms import YES_NO, Kept

_ROLES = (Choice(Role.WARD_STAFF.value, Role.WARD_STAFF.label, "1"), Choice(Role.WARD_ADMIN.value, Role.WARD_ADMIN.label, "2"))


def new_person(parent: QWidget, desk: Desk, kept: Kept) -> FormDialog:
    """The person types his own password, twice; the ward administrator signs the registration with his."""
    person = LineField("person", "ID(職員番号)", limit=16, ime=False, required=True, hint="英字・数字・ハイフン")
    name = NameEdit("name", "氏名", desk.glyphs, limit=40, required=True)
    role = ChoiceField("role", "役割", _ROLES, required=True)
    first = PasswordField("password", "本人の新しいパスワード", required=True)
    again = PasswordField("repeated", "もう一度", required=True)
    own = PasswordField("signer_password", "あなた(区管理者)のパスワード", required=True)
    office, session = desk.office, desk.session

    def act() -> Callable[[], object]:
        new = NewPerson(person.value().strip(), name.value().strip(), first.value(), again.value())
        as_role, password = Role(role.value()), own.value()
        return lambda: service.add(office, session, new, as_role, password)

    text = (
        "本人が、自分のパスワードを決めて二回入力します。ほかの人は見ません。\n"
        "そのあと、あなたが自分のパスワードで署名します。一度使ったIDは二度と使えません。"
    )
    rows = ((person, role), (name,), (first, again), (own,))
    return open_form(FormDialog(parent, desk, "区の人の登録", text, rows, yes="登録する", act=act, kept=kept))


def closing(parent: QWidget, desk: Desk, row: WardPerson, kept: Kept) -> FormDialog:
    """What cannot be undone says so, and asks for the ID once more."""
    suspicion = ChoiceField("suspicion", "不正の疑いがありますか", YES_NO, required=True)
    typed = LineField("typed", "閉じる人のID", limit=20, ime=False, required=True, hint="もう一度入力します")
    own = PasswordField("password", "あなた(区管理者)のパスワード", required=True)
    office, session = desk.office, desk.session

    def act() -> Callable[[], object]:
        again, suspected, password = typed.value().strip(), suspicion.value() == "yes", own.value()
        return lambda: service.close(office, session, row.person, typed=again, suspicion=suspected, password=password)

    text = (
        f"ID {row.person}({row.role.label})は、すべての端末で二度とサインインできなくなります。"
        "取り消せません。同じIDも使えません。\n"
        "つながっていない端末には、次の通信で伝わります。\n"
        "不正の疑いがあるときは「はい」にすると、データベースの鍵も取り替えます。"
    )
    rows = ((suspicion, typed), (own,))
    return open_form(FormDialog(parent, desk, "アカウントを閉じる", text, rows, yes="閉じる", act=act, kept=kept, danger=True))


def letting_try_again(parent: QWidget, desk: Desk, row: WardPerson, kept: Kept) -> FormDialog:
    """停止の解除: the ward administrator answers for the person."""
    own = PasswordField("password", "あなた(区管理者)のパスワード", required=True)
    office, session = desk.office, desk.session

    def act() -> Callable[[], object]:
        password = own.value()
        return lambda: service.let_try_again(office, session, row.person, password)

    text = f"ID {row.person} は、パスワードの誤りが続いて止まっています。誤ったのが本人だと確かめてから解除します。"
    return open_form(FormDialog(parent, desk, "停止の解除", text, ((own,),), yes="解除する", act=act, kept=kept))
