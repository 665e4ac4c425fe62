"""The gallery's entry page: every kind of field, with what is said at them."""

from __future__ import annotations

from datetime import date

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from nhi_center.ui.common.choice_field import Choice, ChoiceField
from nhi_center.ui.common.code_fields import PostalField
from nhi_center.ui.common.date_field import DateField, DateStyle
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.field_chain import FieldChain
from nhi_center.ui.common.fields import LabelledField, LineField
from nhi_center.ui.common.name_edit import KanaField, NameEdit
from nhi_center.ui.common.name_view import NameView
from nhi_center.ui.common.parts import Card, Chip, StepTrail, plain_button, primary_button
from nhi_center.ui.common.screen import KeyHint, Screen, TitleLine
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.table import Cell, Column, DataTable

TODAY = date(2026, 11, 24)
KATSURAGI = "葛\U000e0102城　見本子"


def page_row(*parts: QWidget) -> QHBoxLayout:
    """The foot of a page: words at the left, buttons at the right."""
    row = QHBoxLayout()
    row.setSpacing(12)
    row.addWidget(parts[0], 1)
    for part in parts[1:]:
        row.addWidget(part)
    return row


class EntryPage(Screen):
    name = "entry"
    title = "入力"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        trail = StepTrail(("受付", "世帯・対象者", "届出内容", "確認", "次の処理"))
        trail.set_step(2)
        urgent = Chip("至急 窓口 あと 13分", "error", sign=False)
        self.page.addWidget(TitleLine("資格取得届(社保離脱)", urgent, "管理票 0124-018 2枚", right=trail))
        middle = QHBoxLayout()
        middle.setSpacing(12)
        middle.addWidget(self._form(desk), 712)
        middle.addLayout(self._side(desk), 426)
        self.page.addLayout(middle, 1)
        self.page.addLayout(
            page_row(
                words("下書きを 14:31:58 に保存しました", "secondary"),
                plain_button("あとで", "F3", name="later_button"),
                plain_button("保留・照会", "F4", name="hold_button"),
                primary_button("確認へ", name="confirm_button"),
            )
        )

    def _form(self, desk: Desk) -> Card:
        card = Card(name="form_card")
        self.person_name = NameEdit("person_name", "氏名(漢字)", desk.glyphs, required=True, important=True)
        self.kana = KanaField("kana", "フリガナ", required=True)
        self.birth = DateField("birth", "生年月日", today=TODAY, style=DateStyle.BIRTH, required=True, important=True)
        self.sex = ChoiceField("sex", "性別", (Choice("1", "男"), Choice("2", "女")))
        self.relation = ChoiceField("relation", "続柄", (Choice("1", "世帯主"), Choice("2", "妻")), required=True)
        self.lost = DateField("lost", "社保の資格喪失日", today=TODAY, style=DateStyle.WEEKDAY, required=True, important=True)
        self.late = ChoiceField("late", "遅延理由", (Choice("1", "病気"), Choice("2", "証明書の到着待ち")))
        self.insurer = LineField("insurer", "前保険者名", required=True)
        self.proof = ChoiceField("proof", "証明書類", (Choice("1", "資格喪失証明書"), Choice("2", "離職票")), required=True)
        self.postal = PostalField("postal", "郵便番号", required=True)
        self.address = LineField("address", "住所", required=True)
        rows: tuple[tuple[tuple[LabelledField, int], ...], ...] = (
            ((self.person_name, 6), (self.kana, 6)),
            ((self.birth, 6), (self.sex, 2), (self.relation, 4)),
            ((self.lost, 6), (self.late, 6)),
            ((self.insurer, 7), (self.proof, 5)),
            ((self.postal, 3), (self.address, 9)),
        )
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        for number, row in enumerate(rows):
            at = 0
            for field, span in row:
                grid.addWidget(field, number, at, 1, span)
                at += span
        for column in range(12):
            grid.setColumnStretch(column, 1)
        card.add(grid)
        card.body.addStretch(1)
        self.chain = FieldChain([field for row in rows for field, _span in row], self)
        return card

    def _side(self, desk: Desk) -> QVBoxLayout:
        side = QVBoxLayout()
        side.setSpacing(8)
        person = Card("台帳の人", right="宛名番号 00481726", name="register_card")
        person.add(NameView(desk.glyphs, 20, KATSURAGI))
        person.add_lines("昭和45年3月12日 56歳 歌舞伎町1丁目4番1号")
        side.addWidget(person)
        table = DataTable(
            (
                Column("項目", lambda row: row[0], 106),
                Column("いま", lambda row: row[1], 156),
                Column("届出後", lambda row: row[2]),
            ),
            name="change_table",
            label="届出の前と後",
            empty="ここには届出の前と後が並びます。",
        )
        table.set_rows(
            (
                ("資格", "なし(元被保険者)", Cell(strong="取得 令和8年11月1日")),
                ("世帯主", "本人", "変わらず"),
                ("マイナ保険証", "未確認(11月1日現在)", "区の確認へ"),
                ("出る証", "–", "区の確認のあと決まる"),
            )
        )
        table.set_height_for(4)
        side.addWidget(table)
        rules = Card("この届出の決まり", panel=True, name="rules_card")
        rules.add_lines("取得日は社保を喪失した日(退職日の翌日)。", "個人番号は入力しません。「記載あり」だけ選びます。")
        side.addWidget(rules)
        side.addStretch(1)
        return side

    def fill(self) -> None:
        values = {"person_name": KATSURAGI, "birth": "3450312", "sex": "2", "relation": "1", "lost": "R8.11.1", "late": "2"}
        for name, value in (
            values | {"insurer": "見本健康保険組合", "proof": "1", "postal": "1600021", "address": "東京都新宿区歌舞伎町"}
        ).items():
            self.chain[name].set_value(value)
        self.kana.set_suggestion("カツラギ　ミホコ")
        self.late.set_notice("届出が14日を過ぎています(23日目)")
        self.address.set_problem("番地がありません。紙に無いときは F4 で保留にします。")

    def keys(self) -> tuple[KeyHint, ...]:
        return (
            KeyHint("Enter", "次の欄"),
            KeyHint("Shift+Enter", "前の欄"),
            KeyHint("F3", "あとで"),
            KeyHint("F4", "保留"),
            KeyHint("Ctrl+Enter", "次の頁"),
        )

    def first_focus(self) -> QWidget:
        return self.lost.editor
