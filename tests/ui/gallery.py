"""Pages in the manner of the drawings, made of the common parts alone: what the picture tests look at."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from functools import partial
from typing import Any, cast

from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget

from nhi_center.domain.operators import Action, Role, Session
from nhi_center.printing import fonts
from nhi_center.services.office import Office
from nhi_center.ui import theme
from nhi_center.ui.common.bar_chart import BarChart, BarGroup
from nhi_center.ui.common.choice_field import Choice, ChoiceField
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.fields import LineField
from nhi_center.ui.common.focus_ring import FocusRingKeeper
from nhi_center.ui.common.frame_parts import StatusFacts, WindowFacts
from nhi_center.ui.common.name_view import NamePainter
from nhi_center.ui.common.parts import Card, Chip, NumberTile, StepTrail, plain_button, primary_button
from nhi_center.ui.common.screen import KeyHint, Screen, ScreenEntry, TitleLine
from nhi_center.ui.common.sign_panel import SignPanel
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.table import Cell, Column, DataTable
from nhi_center.ui.common.text_fields import FreeText
from nhi_center.ui.lock import IdleWatch
from nhi_center.ui.shell import MainWindow
from nhi_center.ui.sign_in.window import DemoPerson, SignInWindow
from tests.support.inline_runner import InlineRunner
from tests.ui.gallery_entry import KATSURAGI, EntryPage, page_row

NOW = datetime(2026, 11, 24, 14, 32, tzinfo=timezone(timedelta(hours=9), "JST"))


class HomePage(Screen):
    name = "home"
    title = "本日の業務"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.page.addWidget(TitleLine(self.title, "上から順に。Enter で開きます。"))
        tiles = QHBoxLayout()
        tiles.setSpacing(12)
        facts = (
            ("手元の書類", "枚", 128, "61件・最古 本日 9:10"),
            ("入力待ち", "件", 14, "下書き 2"),
            ("照合待ち", "件", 6, "自分の入力分を除く"),
            ("区の審査待ち", "件", 9, "照会中 1"),
            ("出力待ち", "件", 3, "用紙 残 412枚"),
            ("提出待ち", "枚", 22, "16:00 の受渡し"),
        )
        for index, (caption, unit, number, detail) in enumerate(facts):
            tile = NumberTile(caption, unit, name=f"tile_{index}")
            tile.set_number(number, detail)
            tiles.addWidget(tile)
        self.page.addLayout(tiles)
        self.table = DataTable(
            (
                Column("急ぎ", lambda row: Cell(chip=row[0], tone=row[1]) if row[0] else "", 98),
                Column("すること", lambda row: Cell(strong=row[2], text=row[3]), 204),
                Column("書類・相手", lambda row: row[4], 202),
                Column("期限", lambda row: row[5], 64, "right"),
                Column("状態", lambda row: row[6]),
            ),
            name="work_table",
            label="すること",
            empty="ここには今日の仕事が急ぎの順に並びます。",
        )
        self.table.set_rows(
            (
                ("至急 窓口", "error", "入力", "資格取得届(社保離脱)", "管理票 0124-018 2枚", "14:45", "あと 13分"),
                ("期限超過", "error", "折返し電話", "証が届かない", "見本 様 03-****-0142", "14:00", "32分超過"),
                ("本日中", "warning", "照合", "限度額適用認定申請", "管理票 0124-009 1枚", "16:00", "入力 見本 花子"),
                ("本日中", "warning", "出力", "資格確認書 3枚", "用紙 S-000413~", "16:00", "審査済 13:58"),
                ("", "", "下書き", "世帯主変更届", "管理票 0124-004 2枚", "", "3頁目まで"),
            )
        )
        flow = Card("本日の流れ", right="枚", name="flow_card")
        chart = BarChart(("受け取った", "入力した"), "枚", label="本日の流れ")
        counts = ((48, 6), (10, 30), (36, 26), (0, 4), (20, 33), (2, 14))
        chart.set_groups(tuple(BarGroup(f"{9 + hour}時", pair) for hour, pair in enumerate(counts)))
        flow.body.addWidget(chart, 1)
        flow.add_lines("在室 7人(取扱責任者 1・取扱者 6) 照合できる人 5")
        flow.body.addStretch(1)
        middle = QHBoxLayout()
        middle.setSpacing(12)
        middle.addWidget(self.table, 690)
        middle.addWidget(flow, 447)
        self.page.addLayout(middle, 1)

    def keys(self) -> tuple[KeyHint, ...]:
        return (KeyHint("Enter", "開く"),)

    def first_focus(self) -> QWidget:
        return self.table


class HandoverPage(Screen):
    name = "handover"
    title = "受渡し"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        trail = StepTrail(("双方が数える", "合わせる", "署名", "受領証"))
        trail.set_step(1)
        office = Chip("医療保険年金課 資格係", "info")
        self.page.addWidget(TitleLine("受渡し 第4便(区 → 受託者)", office, "令和8年11月24日 14:30", right=trail))
        rows = (("資格取得届", 12, 27, 12, 27), ("資格喪失届", 9, 14, 9, 14), ("限度額適用認定申請", 6, 8, 6, 7))
        table = DataTable(
            (
                Column("書類の種類", lambda row: Cell(strong=row[0]) if row[2] != row[4] else row[0], 200),
                *(
                    Column(head, partial(_figure, at), 106, "right")
                    for at, head in enumerate(("区 件", "区 枚", "受託者 件", "受託者 枚"), 1)
                ),
                Column("結果", _result),
            ),
            name="count_table",
            label="数えた枚数",
            empty="ここには書類の種類ごとの枚数が並びます。",
        )
        table.set_rows(rows)
        table.set_height_for(4)
        self.page.addWidget(table)
        self.giver = SignPanel(
            "渡した人(区職員)",
            "職員番号",
            "署名すると、上の表の内容に区職員として署名します。画面の利用者は変わりません。",
            name="giver",
        )
        self.receiver = SignPanel(
            "受け取った人(受託者)", "取扱者ID", "渡した人と同じ人は署名できません。預かりの責任が移ります。", name="receiver"
        )
        rule = Card("数が合わないとき", panel=True, name="mismatch_card")
        rule.add_lines(
            "1. 双方がもう一度数えます(相手の数は隠れます)。",
            "2. それでも違えば、違うまま両者が署名し、事故・差異の記録が開きます。",
        )
        rule.body.addStretch(1)
        rule.add(plain_button("もう一度数える", "F3", name="recount_button"))
        middle = QHBoxLayout()
        middle.setSpacing(12)
        for part, share in ((self.giver, 400), (self.receiver, 400), (rule, 326)):
            middle.addWidget(part, share)
        self.page.addLayout(middle, 1)
        sign = primary_button("双方で署名する", name="sign_button")
        sign.setEnabled(False)
        self.page.addLayout(
            page_row(words("52枚を数えました。管理票 31枚は数に入れません。", "secondary"), plain_button("やめる", "Esc"), sign)
        )

    def keys(self) -> tuple[KeyHint, ...]:
        return (
            KeyHint("Enter", "次の欄"),
            KeyHint("F3", "もう一度数える"),
            KeyHint("Esc", "やめる"),
            KeyHint("Ctrl+Enter", "署名"),
        )

    def first_focus(self) -> QWidget:
        return self.giver.id_field.editor


def _figure(at: int, row: Any) -> str:
    return str(row[at])


def _result(row: Any) -> Cell:
    if row[2] == row[4]:
        return Cell(chip="一致", tone="done")
    return Cell(chip=f"{abs(row[2] - row[4])}枚 違います", tone="error", text="もう一度、双方で数えてください")


class PrintPage(Screen):
    name = "certificates"
    title = "証等の出力"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        printer = Chip("プリンター 2号機 待機中", "done", sign=False)
        self.page.addWidget(TitleLine(self.title, printer, "用紙 S-000413 から 残 412枚", right="審査済のものだけが並びます"))
        self.table = DataTable(
            (
                Column("種類", lambda row: row[0], 170),
                Column("氏名", lambda row: row[1], 128, name=True),
                Column("記号番号枝番", lambda row: row[2], 140),
                Column("状態", lambda row: Cell(chip=row[3], tone=row[4]), 150),
                Column("用紙", lambda row: row[5]),
            ),
            name="print_table",
            label="出力するもの",
            empty="ここには区の審査が済んだものが並びます。",
            names=desk.glyphs,
            checkable=lambda row: row[4] == "info",
        )
        self.table.set_rows(
            (
                ("資格確認書", KATSURAGI, "04-0012-3456-01", "待ち", "info", "S-000413"),
                ("資格確認書", "辻\U000e0102　見本太", "04-0012-3457-01", "待ち", "info", "S-000414"),
                ("限度額適用認定証 ウ", "渡邉\U000e010f　見本江", "04-0009-8812-02", "待ち", "info", "A-000120"),
                ("資格確認書", "𠮷田　見本", "04-0011-0021-01", "現物を確認", "warning", "S-000412"),
                ("資格確認書", "髙﨑　見本", "04-0010-7781-03", "書損 承認待ち", "error", "S-000411"),
                ("資格確認書", "見\U000e01ef本　次郎", "04-0008-1200-01", "検品済", "done", "A-000119"),
            )
        )
        self.table.set_checked(self.table.rows()[0], True)
        self.page.addWidget(self.table, 1)
        self.page.addLayout(
            page_row(words("1枚を選びました。", "secondary"), plain_button("見本を刷る", "F3"), primary_button("1枚を印刷"))
        )

    def first_focus(self) -> QWidget:
        return self.table


class CallPanel(Screen):
    name = "call"
    title = "電話"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.page.addWidget(TitleLine("電話", Chip("通話中 01:47", "info"), "本日 8件目 F5 で入力に戻る(通話は続きます)"))
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(ChoiceField("caller", "相手", (Choice("1", "本人"), Choice("2", "世帯主"))), 3)
        self.search = LineField("search", "さがす(氏名・カナ・生年月日・電話)")
        row.addWidget(self.search, 6)
        self.page.addLayout(row)
        self.page.addWidget(
            DataTable(
                (Column("本人確認", lambda row: row, 0),),
                name="checks",
                label="本人確認",
                empty="ここには確かめることが並びます。",
            ),
            1,
        )
        self.page.addWidget(FreeText("memo", "メモ"))
        self.page.addLayout(page_row(words("結果", "secondary"), primary_button("保存", name="save_call_button")))

    def first_focus(self) -> QWidget:
        return self.search.editor


class EmptyPage(Screen):
    name = "reports"
    title = "集計・報告"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.page.addWidget(TitleLine(self.title))
        self.page.addWidget(
            DataTable(
                (Column("報告", lambda row: row, 0),), name="reports", label="報告", empty="ここには月ごとの報告が並びます。"
            ),
            1,
        )


def entries() -> Sequence[ScreenEntry]:
    return (
        ScreenEntry("home", "本日の業務", None, HomePage),
        ScreenEntry("handover", "受渡し", Action.HANDOVER, HandoverPage),
        ScreenEntry("entry", "入力", Action.ENTER, EntryPage),
        ScreenEntry("certificates", "証等の出力", Action.PRINT, PrintPage),
        ScreenEntry("reports", "集計・報告", None, EmptyPage, after_line=True),
        ScreenEntry("call", "電話", Action.CALL, CallPanel, navigation=False, overlay=True),
    )


def glyphs() -> NamePainter:
    painter = NamePainter(fonts.chain(fonts.Role.NAME))
    painter.prepare()
    return painter


def dressed_application() -> QApplication:
    """The running application with theme and ring."""
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    if not application.findChild(FocusRingKeeper):
        theme.install(application)
        FocusRingKeeper(application)
    return application


def window(role: Role = Role.CLERK) -> MainWindow:
    application = dressed_application()
    made = MainWindow(WindowFacts("端末 04", lambda: NOW, training=True), IdleWatch(application))
    runner = InlineRunner(made)
    session = Session("gallery", "k-ichiro", "見本 一郎", role, "T04")
    nowhere = cast(Office, None)  # these pages ask no service
    made.start(Desk(nowhere, session, runner, glyphs(), made), entries())
    made.set_counts({"handover": 2, "entry": 14, "certificates": 1}, frozenset({"certificates"}))
    made.set_status(StatusFacts("正常", "done", sheets_on_hand=128, to_print=3, callbacks=1, callbacks_overdue=True))
    return made


def sign_in() -> SignInWindow:
    dressed_application()
    people = (
        DemoPerson("k-ichiro", "mihon-ichiro-1", "見本 一郎", "取扱者"),
        DemoPerson("k-hanako", "mihon-hanako-2", "見本 花子", "取扱者"),
        DemoPerson("s-taro", "mihon-taro-3", "見本 太郎", "取扱責任者"),
        DemoPerson("40127", "mihon-kuko-4", "見本 区子", "区職員"),
    )
    made = SignInWindow("端末 04", demo_people=people)
    made.set_ready()
    return made
