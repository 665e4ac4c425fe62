"""事故・おそれの報告: one dialog over any page; what is half keyed under it stays as it is."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from nhi_center.domain.incident_report import LONGEST_ITEMS, LONGEST_WORDS, Kind, Report
from nhi_center.errors import OperatorError
from nhi_center.services import incidents as service
from nhi_center.ui.common.choice_field import Choice, ChoiceField
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.fields import LineField
from nhi_center.ui.common.form_dialog import FormDialog, open_form
from nhi_center.ui.common.text_fields import FreeText, warn_of_forbidden

KEY = "Ctrl+F1"
TEXT = "起きたこと、起きるおそれのあることを、わかる分だけ書きます。氏名・個人番号は書きません。区へは口頭でも直ちに知らせます。"
_KINDS = tuple(Choice(kind.value, kind.label, str(at)) for at, kind in enumerate(Kind, 1))
_CERTAINTY = (Choice("happened", "発生した", "1"), Choice("may", "おそれがある", "2"))
_NUMBER = (Choice("no", "含まない", "1"), Choice("yes", "含む", "2"))


class _Fields:
    """In the order one tells it: what, since when, to whom, the words."""

    def __init__(self) -> None:
        self.kind = ChoiceField("kind", "種類", _KINDS, required=True)
        self.certainty = ChoiceField("certainty", "発生・おそれ", _CERTAINTY, required=True)
        self.found_at = LineField("found_at", "見つけた時刻(空欄は今)", limit=11, ime=False, hint="前の日は 11/23 17:20 の形")
        self.found_by = LineField("found_by", "見つけた人のID(空欄は自分)", limit=20, ime=False)
        self.occurred = LineField("occurred", "起きた日時(わかる範囲)", limit=LONGEST_ITEMS)
        self.persons = LineField("persons", "被保険者の人数(不明は空欄)", limit=6, ime=False)
        self.number = ChoiceField("my_number", "個人番号", _NUMBER)
        self.items = LineField("items", "項目(氏名、住所など)", limit=LONGEST_ITEMS)
        self.words = FreeText("words", f"何があったか({LONGEST_WORDS}文字まで)", lines=4, required=True)
        self.certainty.set_value("happened")
        self.number.set_value("no")
        for field in (self.occurred, self.items):
            warn_of_forbidden(field)

    @property
    def rows(self) -> tuple[tuple[LineField | ChoiceField | FreeText, ...], ...]:
        return (
            (self.kind, self.certainty),
            (self.found_at, self.found_by, self.occurred),
            (self.persons, self.number, self.items),
            (self.words,),
        )

    def read(self, desk: Desk) -> Report:
        """Raises OperatorError at ``kind``, ``found_at`` or ``persons``."""
        if not self.kind.value():
            raise OperatorError("種類を選んでください。", field="kind", code="no-kind")
        found_at = service.moment(desk.office.clock.local(), self.found_at.value(), "found_at")
        return Report(
            kind=Kind(self.kind.value()),
            happened=self.certainty.value() != "may",
            found_at=found_at.isoformat(timespec="minutes"),
            found_by=self.found_by.value().strip(),
            words=self.words.value().strip(),
            occurred=self.occurred.value().strip(),
            persons=service.how_many(self.persons.value()),
            items=self.items.value().strip(),
            my_number=self.number.value() == "yes",
        )


def report_form(parent: QWidget, desk: Desk, kept: Callable[[object], object] | None = None) -> FormDialog:
    """``kept`` is called with the new record's id."""
    fields, office, session = _Fields(), desk.office, desk.session

    def act() -> Callable[[], object]:
        found = fields.read(desk)
        return lambda: service.report(office, session, found)

    def done(id_: object) -> None:
        desk.say("warning", "記録しました。区の責任者へ直ちに知らせ、事故・差異の記録で F3 を押して、相手と時刻を残します。")
        if kept is not None:
            kept(id_)

    return open_form(FormDialog(parent, desk, "事故・おそれの報告", TEXT, fields.rows, yes="記録する", act=act, kept=done))
