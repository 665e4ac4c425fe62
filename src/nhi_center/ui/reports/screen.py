"""集計・報告: a month, a day, a year or the time up to now in numbers, and as a file or sheets of paper that two sign."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nhi_center.domain.calls import due_words
from nhi_center.domain.paper_exports import HANDED, PaperExport, PaperState
from nhi_center.domain.report_period import Kind, Period, parse
from nhi_center.domain.reports import Report, Written
from nhi_center.errors import OperatorError
from nhi_center.services import paper_exports, received_list
from nhi_center.services import reports as service
from nhi_center.services.export_sending import CHANGED, KEPT, REFUSED
from nhi_center.services.exports import Exported, Pair, path_of
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.dialogs import confirm
from nhi_center.ui.common.parts import Chip
from nhi_center.ui.common.screen import KeyHint, Screen, TitleLine
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.table import Cell, Column, DataTable
from nhi_center.ui.reports.export_card import ExportCard
from nhi_center.ui.reports.month_tables import WORDS, MonthTables
from nhi_center.ui.reports.names_dialog import open_names
from nhi_center.ui.reports.paper_dialog import open_count
from nhi_center.ui.reports.password_dialog import show_once
from nhi_center.ui.reports.words_form import words_form

_SENT = {"": ("未送信", "plain"), KEPT: ("送信済", "done"), REFUSED: ("受付不可", "error"), CHANGED: ("変更あり", "error")}
_PAPER = {
    PaperState.PRINTING.value: ("未確認", "warning"),
    PaperState.NEEDS_CHECK.value: ("未確認", "warning"),
    PaperState.GOOD.value: ("出力トレイ", "info"),
    PaperState.SPOILED.value: ("書損", "error"),
    PaperState.NOT_PRINTED.value: ("出ていない", "plain"),
    HANDED: ("渡しました", "done"),
}
_COUNTABLE = (PaperState.PRINTING, PaperState.NEEDS_CHECK, PaperState.GOOD)
_COUNTED = {
    PaperState.GOOD: "報告書(紙) {count}枚を数えました。出力トレイへ置いてください。次の便で区へ渡します。",
    PaperState.SPOILED: "書損 {count}枚を数えました。出力トレイへ置き、区へ渡します。刷り直すときは、もう一度署名します。",
    PaperState.NOT_PRINTED: "出ていないと記録しました。刷り直すときは、もう一度署名します。",
}
Read = tuple[Report, tuple[Written, ...]]


class ReportsScreen(Screen):
    """F3 and F4 go through the periods, Alt+K through their kinds; a tile brings its table, Alt+G its picture; Alt+W writes the
    supervisor's words, Alt+X chooses the
    workbook too, or paper; Enter on a printed one says how many sheets came out; Ctrl+Enter signs and writes what is shown."""

    name = "reports"
    title = "集計・報告"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._kind = Kind.MONTH
        self._at = 0
        self._report: Report | None = None
        self._busy = self._again = False
        self.month_chip = Chip("", "info", name="month_chip")
        self.read_words = words("", "secondary", name="report_read")
        self.page.addWidget(TitleLine(self.title, self.month_chip, self.read_words, right="区民の氏名は入りません"))
        self.numbers = MonthTables()
        self.page.addWidget(self.numbers.tile_row)
        self.card = ExportCard(desk.session.person)
        self.card.submitted.connect(self._on_submitted)
        self.files = self._file_table(desk)
        self.place = words("", "secondary", name="report_place", wrap=True)
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(self.numbers.area, 3)
        left.addWidget(self.files, 2)
        left.addWidget(self.place)
        middle = QHBoxLayout()
        middle.setSpacing(12)
        middle.addLayout(left, 740)
        middle.addWidget(self.card, 400)
        self.page.addLayout(middle, 1)

    def _file_table(self, desk: Desk) -> DataTable:
        table = DataTable(
            (
                Column("書き出したもの", _what),
                Column("対象", lambda row: parse(row.month).title, 125),
                Column("時刻", self._when, 110),
                Column("署名した人", lambda row: row.name, 100, name=True),
                Column("区へ", _sent, 108),
            ),
            name="written_table",
            label="書き出した報告",
            empty="まだ書き出していません。書き出すと、ここにファイルの名前と指紋が残ります。",
            names=desk.glyphs,
            row_key=lambda row: row.file,
        )
        table.current_row_changed.connect(self._show_place)
        table.row_activated.connect(self._count_paper)
        return table

    # -- the window's side --

    def keys(self) -> tuple[KeyHint, ...]:
        return (
            KeyHint("F3", "前へ", lambda: self._turn(1)),
            KeyHint("F4", "次へ", lambda: self._turn(-1)),
            KeyHint("Alt+K", "種類", self._next_kind),
            KeyHint("Alt+N", "次の表", self.numbers.next_table),
            KeyHint("Alt+G", "図", self.numbers.toggle_picture),
            KeyHint("Alt+X", "出す形", self.card.form.turn),
            KeyHint("Alt+W", "ヒヤリハット", self._write),
            KeyHint("Alt+P", "氏名一覧", self._ask_names),
        )

    def first_focus(self) -> QWidget:
        return self.card.first_field()

    def refresh(self) -> None:
        office, session, period = self.desk.office, self.desk.session, self._period
        self.desk.run_latest(
            "reports",
            Lane.READ,
            lambda _token: (service.of_period(office, session, period), service.written(office, session)),
            owner=self,
            done=self._show,
        )

    # -- showing --

    def _turn(self, by: int) -> None:
        wanted = self._at + by
        if not self._busy and 0 <= wanted < len(service.periods(self.desk.office, self._kind)):
            self._go_to(self._kind, wanted)

    def _next_kind(self) -> None:
        kinds = tuple(Kind)
        if not self._busy:
            self._go_to(kinds[(kinds.index(self._kind) + 1) % len(kinds)], 0)

    @property
    def _period(self) -> Period:
        return service.periods(self.desk.office, self._kind)[self._at]

    def _go_to(self, kind: Kind, at: int) -> None:
        self._kind, self._at = kind, at
        self._report = None
        self._again = False
        self.refresh()

    def _show(self, read: Read) -> None:
        report, rows = read
        if self._busy or report.period != self._period:
            return
        self._report = report
        kind = "" if report.period.kind is Kind.MONTH else f"{report.period.kind.label} "
        self.month_chip.set_state(f"{kind}{report.title}", "done" if report.frozen else "info")
        how = "署名して確定した数です" if report.frozen else f"{report.read_at[11:16]} に数えました"
        self.read_words.setText(f"{how} 報告番号 {report.number}")
        self.numbers.show(report)
        self.files.set_rows(rows)

    def _when(self, row: Written) -> str:
        return due_words(datetime.fromisoformat(row.made_at), self.desk.office.clock.today())

    def _show_place(self, row: Written | None) -> None:
        if row is None:
            self.place.setText("")
            return
        if row.sheets:
            count = "Enter で、出てきた紙の枚数を書きます。" if row.sent in _COUNTABLE else ""
            self.place.setText(f"紙に刷りました(全{row.sheets}枚)。{count}区へは便で渡します。")
            return
        print_ = " ".join(row.sha256[at : at + 8] for at in range(0, len(row.sha256), 8))
        self.place.setText(f"場所 {path_of(self.desk.office, row.file)}\n指紋(SHA-256) {print_}")

    # -- acting --

    def _write(self) -> None:
        report = self._report
        if self._busy or report is None:
            return
        if report.words is None:
            self.say("info", "ヒヤリハットと翌月の予定は、月次の報告に書きます。Alt+K で月次を出してください。")
        elif report.frozen:
            self.say("info", "この月の報告は、署名して確定しています。書き足せません。")
            self.numbers.choose(WORDS)
        else:
            words_form(self, self.desk, report.period, report.words, self._on_written)

    def _on_written(self, _kept: object) -> None:
        self.say("done", "ヒヤリハットと翌月の予定を書きました。署名して書き出すと、報告に入ります。")
        self.numbers.choose(WORDS)
        self.refresh()

    def _on_submitted(self) -> None:
        if self._busy or self._report is None:
            return
        if not self._again and any(row.month == self._report.period.key for row in self.files.rows()):
            self._ask_again()
        else:
            self._export()

    def _ask_again(self) -> None:
        text = (
            f"{self._period.title}の報告は、もう書き出してあります。"
            "前のファイルはそのまま残し、番号を付けた別のファイルにします。"
        )
        confirm(self, "もう一度書き出します", text, yes="別のファイルにする", action=self._export_again)

    def _export_again(self) -> None:
        self._again = True
        self._export()

    def _export(self) -> None:
        report = self._report
        if report is None:
            return
        office, session, pair, again, excel = (
            self.desk.office,
            self.desk.session,
            self.card.take(),
            self._again,
            self.card.form.excel,
        )
        self._busy = True
        self.card.set_busy(True)
        if self.card.form.paper:
            self._print(report, pair)
            return
        self.desk.run(
            Lane.PRINT,
            lambda _token: service.export(office, session, report, pair, again=again, excel=excel),
            owner=self,
            done=self._on_exported,
            failed=self._on_refused,
        )

    def _on_exported(self, made: Exported) -> None:
        self._end()
        self.card.clear()
        self._say_written(made)
        self.card.first_field().setFocus()  # where the keyboard stands when the dialog has gone
        show_once(self, made.words, made.password)
        self.refresh()

    def _print(self, report: Report, pair: Pair) -> None:
        office, session = self.desk.office, self.desk.session
        self.desk.run(
            Lane.PRINT,
            lambda _token: paper_exports.print_report(office, session, report, pair),
            owner=self,
            done=self._on_printed,
            failed=self._on_refused,
        )

    def _on_printed(self, made: PaperExport) -> None:
        self._end()
        self.card.clear()
        self.say("done", f"報告書 {made.sheets}枚を印刷しました。紙を手に取り、枚数を数えてください。")
        self.card.first_field().setFocus()
        open_count(self, self.desk, made.name, made.period, made.sheets, self._on_counted)
        self.refresh()

    def _count_paper(self, row: Written) -> None:
        if row.sheets and row.sent in _COUNTABLE and not self._busy:
            open_count(self, self.desk, row.file, row.month, row.sheets, self._on_counted)

    def _on_counted(self, made: PaperExport) -> None:
        self.say("done", _COUNTED[made.state].format(count=made.counted))
        self.refresh()

    def _ask_names(self) -> None:
        if self._busy or self._period.kind is not Kind.MONTH:
            self.say("warning", "氏名の入った一覧は、月ごとに書き出します。Alt+K で月次にしてください。")
            return
        office, session, period = self.desk.office, self.desk.session, self._period
        self.desk.run(
            Lane.READ,
            lambda _token: received_list.rows(office, session, period),
            owner=self,
            done=lambda rows: open_names(self, self.desk, period, rows, self._on_names),
        )

    def _on_names(self, made: Exported) -> None:
        self._say_written(made)
        show_once(self, made.words, made.password)

    def _say_written(self, made: Exported) -> None:
        self.say("warning" if made.notes else "done", " ".join((f"{made.words} を書き出しました。", *made.notes)))

    def _on_refused(self, error: Exception) -> None:
        self._end()
        if isinstance(error, OperatorError):
            if error.code == "file-exists":
                self._again = True
                self.say("warning", "同じ期間のファイルがもうあります。もう一度署名すると、番号を付けた別のファイルにします。")
                return
            if self.card.refuse(error):
                return
        self.desk.present_error(error)

    def _end(self) -> None:
        self._busy = self._again = False
        self.card.set_busy(False)


def _what(row: Written) -> str:
    return f"紙 {row.sheets}枚" if row.sheets else row.file


def _sent(row: Written) -> Cell:
    """Whether the ward can fetch it at its gateway, or where its sheets are."""
    chip, tone = (_PAPER if row.sheets else _SENT)[row.sent]
    return Cell(chip=chip, tone=tone)
