"""自分の登録・パスワード: opened from the person's name in the header (Ctrl+F12)."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from nhi_center.domain.calendar import wareki
from nhi_center.domain.password_policy import Verdict
from nhi_center.errors import OperatorError
from nhi_center.services import accounts as service
from nhi_center.services import password_rules
from nhi_center.services.accounts import Own
from nhi_center.services.clock import JST
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.field_chain import FieldChain
from nhi_center.ui.common.fields import PasswordField
from nhi_center.ui.common.name_view import NameView
from nhi_center.ui.common.parts import Card, primary_button
from nhi_center.ui.common.screen import KeyHint, Screen, TitleLine
from nhi_center.ui.common.styling import words


class AccountScreen(Screen):
    """``old_password``, ``new_password`` (what is typed is judged in words), ``repeated``, ``change_password_button``."""

    name = "account"
    title = "自分の登録・パスワード"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._busy = False
        self.page.addWidget(TitleLine(self.title, right="ここで変えたパスワードは、事務室のどの端末でも使えます"))
        middle = QHBoxLayout()
        middle.setSpacing(12)
        middle.addWidget(self._own_card(), 420)
        middle.addWidget(self._password_card(), 718)
        self.page.addLayout(middle)
        self.page.addStretch(1)

    def _own_card(self) -> Card:
        card = Card("あなたの登録", name="own_card")
        card.body.setSpacing(12)
        self.person = NameView(self.desk.glyphs, 22, object_name="own_name")
        card.add(self.person)
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(10)
        grid.setColumnStretch(1, 1)
        self.facts = {}
        for row, (name, label) in enumerate(
            (
                ("id", "ID"),
                ("role", "役割"),
                ("opened", "登録した日"),
                ("opened_by", "登録した人"),
                ("changed", "パスワードを変えた日"),
            )
        ):
            self.facts[name] = words("", name=f"own_{name}")
            grid.addWidget(words(label, "secondary"), row, 0)
            grid.addWidget(self.facts[name], row, 1)
        card.add(grid)
        self.recovery_label = words("区の復旧鍵の指紋(区の控えと比べます)", "secondary", name="recovery_label")
        self.recovery = words("", name="own_recovery", wrap=True)
        card.add(self.recovery_label)
        card.add(self.recovery)
        card.body.addStretch(1)
        return card

    def _password_card(self) -> Card:
        self.old = PasswordField("old_password", "いまのパスワード", required=True)
        self.new = PasswordField("new_password", "新しいパスワード", required=True)
        self.repeated = PasswordField("repeated", "新しいパスワード(もう一度)", required=True)
        self.button = primary_button("パスワードを変える", name="change_password_button")
        self.button.clicked.connect(self._change)
        card = Card("パスワードの変更", name="password_card")
        card.body.setSpacing(8)
        for part in (self.old, self.new, self.repeated):
            card.add(part)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.button)
        card.add(row)
        self.rules = words("", "secondary", name="password_rules", wrap=True)
        card.add(self.rules)
        card.add_lines(
            "文字の種類は問いません。短い言葉をいくつかつなぐと、覚えやすく破られにくくなります。",
            "貼り付けて入れることもできます。",
            "ID・氏名・事務室の名前、よく使われる言葉だけのものは使えません。",
        )
        self.new.changed.connect(self._judge)
        self.chain = FieldChain((self.old, self.new, self.repeated), self)
        self.chain.finished.connect(self._change)
        return card

    # -- the window's side --

    def keys(self) -> tuple[KeyHint, ...]:
        return (KeyHint("Ctrl+Enter", "パスワードを変える"),)

    def first_focus(self) -> QWidget:
        return self.old.editor

    def refresh(self) -> None:
        office, session = self.desk.office, self.desk.session
        self.desk.run_latest("own", Lane.READ, lambda _token: service.own(office, session), owner=self, done=self._show)

    def may_leave(self) -> bool:
        for field in self.chain.fields:  # a typed password does not wait behind another page
            field.clear()
        return True

    # -- showing --

    def _show(self, own: Own) -> None:
        self.person.set_text(own.name)
        opened_by = "自分(最初の登録)" if own.opened_by == own.person else own.opened_by
        shown = {
            "id": own.person,
            "role": own.role.label,
            "opened": _day(own.opened_at),
            "opened_by": opened_by,
            "changed": _day(own.changed_at),
        }
        for name, text in shown.items():
            self.facts[name].setText(text)
        self.recovery.setText(own.recovery)
        self.recovery.setVisible(bool(own.recovery))
        self.recovery_label.setVisible(bool(own.recovery))
        age = f"{own.rules.max_age_days}日ごとに変えます。" if own.rules.max_age_days else "期限はありません。"
        former = f"前の{own.rules.history}回と同じものは使えません。" if own.rules.history else ""
        self.rules.setText(f"{own.rules.min_length}文字以上。{age}{former}")
        if own.due:
            self.new.set_notice("区の決まりで、変える時期が来ています。")

    def _judge(self, typed: str) -> None:
        """Words about what stands there, while it is typed; wrong is said only when it is sent."""
        office, session = self.desk.office, self.desk.session
        self.desk.run_latest(
            "password_words",
            Lane.READ,
            lambda _token: password_rules.judge(office, session, typed),
            owner=self,
            done=self._show_verdict,
        )

    def _show_verdict(self, verdict: Verdict) -> None:
        if self.new.value():
            self.new.set_reading(verdict.text)
        else:
            self.new.clear_notes()

    # -- acting --

    def _change(self) -> None:
        if self._busy or not self.chain.commit_all():
            return
        old, new, repeated = self.old.value(), self.new.value(), self.repeated.value()
        office, session = self.desk.office, self.desk.session
        self._set_busy(True)
        self.desk.run(
            Lane.WRITE,
            lambda _token: service.change_password(office, session, old, new, repeated),
            owner=self,
            done=lambda _account: self._on_changed(),
            failed=self._refuse,
        )

    def _on_changed(self) -> None:
        self._set_busy(False)
        for field in self.chain.fields:
            field.clear()
        self.say("done", "パスワードを変えました。次のサインインから新しいものを使います。")
        self.old.editor.setFocus()
        self.refresh()

    def _refuse(self, error: Exception) -> None:
        self._set_busy(False)
        if isinstance(error, OperatorError) and error.field == "old_password":
            self.old.clear()
        if not (isinstance(error, OperatorError) and self.chain.show_error(error)):
            self.desk.present_error(error)

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self.button.setEnabled(not busy)
        self.button.set_words("確かめています" if busy else "パスワードを変える")


def _day(stamp: str) -> str:
    if not stamp:
        return "記録なし"
    at = datetime.fromisoformat(stamp).astimezone(JST)
    return f"{wareki(at.date())}({at:%Y-%m-%d})"
