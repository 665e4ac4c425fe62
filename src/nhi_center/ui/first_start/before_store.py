"""The steps up to the store: the terminal's name and folder, its keys, the gateway, the ward's recovery key, the founder."""

from __future__ import annotations

from typing import Any

from nhi_center.domain.first_start import Plan
from nhi_center.errors import OperatorError
from nhi_center.services import first_start as service
from nhi_center.services import founding, ward_people
from nhi_center.services.first_start import FirstStart
from nhi_center.services.founding import Gateway, NewPerson
from nhi_center.ui.common.code_fields import DigitsField
from nhi_center.ui.common.fields import LineField, PasswordField
from nhi_center.ui.common.styling import words
from nhi_center.ui.first_start.page import Job, StepPage


class TerminalPage(StepPage):
    """Fields ``terminal``, ``label``, ``business_folder``."""

    def __init__(self, start: FirstStart) -> None:
        super().__init__(
            "terminal",
            "端末と置き場所",
            "端末の名前は、受領証・操作記録・証明書にそのまま出ます。あとから変えられません。",
            "業務委託専用フォルダーは、この端末のディスクに置きます。ネットワークのフォルダーやUSBには置けません。",
        )
        self._start = start
        self.terminal = LineField("terminal", "端末の名前", ime=False, required=True, hint="英大文字・数字・ハイフン(例 T04)")
        self.label = LineField("label", "画面に出す呼び名", limit=16, required=True, hint="例 端末 04")
        self.folder = LineField(
            "business_folder", "業務委託専用フォルダー", ime=False, required=True, hint="空のフォルダー、またはまだないフォルダー"
        )
        self.add_row((self.terminal, 1), (self.label, 1))
        self.add_row((self.folder, 1))
        self.set_fields(self.terminal, self.label, self.folder)
        self.folder.set_value(str(service.usual_business_folder()))

    def show_plan(self, plan: Plan) -> None:
        self.terminal.set_value(plan.terminal)
        self.label.set_value(plan.label)
        if plan.business_folder:
            self.folder.set_value(plan.business_folder)

    def job(self, plan: Plan) -> Job | None:
        if not self.chain.commit_all():
            return None
        values = self.terminal.value().strip(), self.label.value().strip(), self.folder.value().strip()
        return lambda: service.name_terminal(self._start, plan, *values)


class KeysPage(StepPage):
    """No fields: one act."""

    next_words = "鍵を作る"

    def __init__(self, start: FirstStart) -> None:
        super().__init__(
            "keys",
            "端末の鍵",
            "この端末だけの鍵を作り、OSのキーリング(Secret Service)にしまいます。鍵は画面にも、ファイルにも出ません。",
            "写したデータが別の端末で開かないのは、この鍵のためです。",
        )
        self._start = start
        self.card.add(
            words("キーリングが開いていて、書き込めることを確かめてから作ります。", "dense", name="keys_words", wrap=True)
        )

    def job(self, plan: Plan) -> Job:
        return lambda: founding.make_keys(self._start, plan)


class SegmentPage(StepPage):
    """Fields ``host``, ``port``, ``server_name``, ``code``, ``fingerprint``; ``enrol_words``: what is done at the gateway."""

    next_words = "つないで確かめる"

    def __init__(self, start: FirstStart) -> None:
        super().__init__(
            "segment",
            "区のサーバへの登録",
            "区のサーバの担当者が下の命令を実行すると、画面に登録コードとサーバの指紋が出ます。空白で区切って、そのまま打ちます。",
            "本当につないで、相手が区のサーバであることと、この端末として受け付けられることを確かめます。",
        )
        self._start = start
        self.enrol = words("", "dense", name="enrol_words", wrap=True)
        self.host = LineField("host", "区のサーバのIPアドレス", ime=False, required=True, hint="名前は使えません(例 10.0.0.5)")
        self.port = DigitsField("port", "ポート", required=True, hint="例 18443")
        self.server_name = LineField("server_name", "サーバ証明書の名前", ime=False, required=True)
        self.code = LineField("code", "登録コード(2組)", ime=False, required=True, hint="例 ABCD-EFGH-XY ABCD-EFGH-XY")
        self.fingerprint = LineField("fingerprint", "サーバの指紋(3組)", ime=False, required=True, hint="送る前に照らします")
        self.card.add(self.enrol)
        self.add_row((self.host, 4), (self.port, 2), (self.server_name, 5))
        self.add_row((self.code, 5), (self.fingerprint, 6))
        self.set_fields(self.host, self.port, self.server_name, self.code, self.fingerprint)
        self.port.set_value(str(service.USUAL_PORT))
        self.server_name.set_value(service.USUAL_SERVER_NAME)

    def show_plan(self, plan: Plan) -> None:
        command = f"nhi-center-gateway enrol {plan.terminal}"
        rest = "コードは15分の間、1回だけ使えます。鍵はこの端末で作り、外に出ません。"
        self.enrol.setText(f"区のサーバで行うこと: {command}\n{rest}")

    def job(self, plan: Plan) -> Job | None:
        if not self.chain.commit_all():
            return None
        gateway = Gateway(
            self.host.value().strip(),
            int(self.port.value()),
            self.server_name.value().strip(),
            self.code.value().strip(),
            self.fingerprint.value().strip(),
        )
        return lambda: founding.join_segment(self._start, plan, gateway)

    def settled(self, result: Any) -> None:
        self.code.clear()


class RecoveryPage(StepPage):
    """Fields ``recovery_file``, ``compared``."""

    def __init__(self, start: FirstStart) -> None:
        super().__init__(
            "recovery",
            "復旧の鍵",
            "使える人が誰もいなくなったとき、区だけが、つながない場所でこの端末を開けるための鍵です。",
            "区が nhi-center-verify recovery-key で作った公開鍵のファイルを選び、控えの指紋と照らして終わりの4文字を打ちます。",
        )
        self._start = start
        self.file = LineField("recovery_file", "復旧の公開鍵のファイル", ime=False, required=True)
        self.compared = LineField("compared", "控えにある指紋の終わりの4文字", ime=False, required=True, limit=4)
        self.shown = words("ファイルを入れると、ここに指紋が出ます。", "dense", name="recovery_words", wrap=True)
        self.add_row((self.file, 3), (self.compared, 2))
        self.card.add(self.shown)
        self.set_fields(self.file, self.compared)
        self.file.left.connect(self._show_fingerprint)

    def _show_fingerprint(self, path: str) -> None:
        if not path.strip():
            return
        try:
            self.shown.setText(f"指紋 {founding.recovery_fingerprint(path.strip())}")
        except OperatorError as error:
            self.file.set_problem(error.message)

    def job(self, plan: Plan) -> Job | None:
        if not self.chain.commit_all():
            return None
        values = self.file.value().strip(), self.compared.value().strip()
        return lambda: founding.keep_recovery_key(self._start, plan, *values)


class FounderPage(StepPage):
    """Fields ``person``, ``name``, ``password``, ``repeated``: the room's first ward administrator; in a room that has one
    already, ``person`` and ``password`` of his."""

    def __init__(self, start: FirstStart) -> None:
        super().__init__("founder", "区管理者")
        self._start = start
        self._joining = False
        self.explained = words("", "secondary", name="founder_words", wrap=True)
        self.person = LineField("person", "区管理者のID(職員番号)", ime=False, required=True)
        self.name = LineField("name", "氏名", required=True)
        self.password = PasswordField("password", "パスワード", required=True, hint="15文字以上。長い文が覚えやすく安全です")
        self.repeated = PasswordField("repeated", "もう一度", required=True)
        self.card.add(self.explained)
        self.add_row((self.person, 1), (self.name, 1))
        self.add_row((self.password, 1), (self.repeated, 1))

    def show_plan(self, plan: Plan) -> None:
        known = founding.administrators(plan)
        self._joining = bool(known)
        for field in (self.name, self.repeated):
            field.setVisible(not self._joining)
        fields = (self.person, self.password) if self._joining else (self.person, self.name, self.password, self.repeated)
        self.set_fields(*fields)
        if self._joining:
            keys = "、".join(f"{one.person}(署名鍵 {one.signing[:16]})" for one in known)
            self.explained.setText(
                f"この部屋には区管理者がいます: {keys}。\n"
                "最初の端末の端末票と署名鍵の始めを照らしてから、その人のIDとパスワードで続けます。"
            )
            self.password.set_hint("")
        else:
            self.explained.setText(
                "暗号化したデータベースを作り、最初の区管理者を登録します。パスワードは控えに書かず、本人だけが知るものにします。\n"
                "区管理者は、名簿・設定・復旧を受け持ちます。届出の入力や証の印刷はできません。"
            )

    def job(self, plan: Plan) -> Job | None:
        if not self.chain.commit_all():
            return None
        person, password = self.person.value().strip(), self.password.value()
        if self._joining:
            return lambda: ward_people.join_and_begin(self._start, plan, person, password)
        new = NewPerson(person, self.name.value().strip(), password, self.repeated.value())
        return lambda: ward_people.found_and_begin(self._start, plan, new)

    def refuse(self, error: Exception) -> bool:
        self.password.clear()
        self.repeated.clear()
        return super().refuse(error)

    def settled(self, result: Any) -> None:
        self.password.clear()
        self.repeated.clear()
