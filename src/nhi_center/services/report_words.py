"""報告の言葉: ヒヤリハット and 翌月の予定, written by the 取扱責任者 until the month's report is closed; told to the room."""

from __future__ import annotations

from nhi_center.domain import report_words as rules
from nhi_center.domain.free_words import forbidden_in
from nhi_center.domain.operators import Action, Session
from nhi_center.domain.report_period import Kind, Period, parse
from nhi_center.domain.report_words import ReportWords
from nhi_center.domain.search import kanji_key
from nhi_center.errors import OperatorError
from nhi_center.services import forms, known_people
from nhi_center.services.office import Office
from nhi_center.services.room import Disbelieved, RoomRecord
from nhi_center.services.work import begin, require
from nhi_center.storage import register, reports
from nhi_center.storage import report_words as storage
from nhi_center.storage.engine import Connection

KIND = "report_words"


def write(office: Office, session: Session, period: Period, words: ReportWords) -> None:
    """Say both texts of a month anew; what was said before stays in the store.

    Raises OperatorError at the field that may not be kept, or with code frozen when the month's report has been signed after its
    end. Words of what must not be collected (特記事項 5) are noted, as everywhere; the page warns of them.
    """
    require(office, session, Action.REPORT)
    words = ReportWords(words.near_misses.strip(), words.next_month.strip())
    with begin(office, session, Action.REPORT, subject=period.key, step="report_words") as unit:
        rules.check(words)
        if period.kind is not Kind.MONTH:
            raise OperatorError("ヒヤリハットと翌月の予定は、月次の報告に書きます。", code="no-month")
        if reports.frozen(unit.connection, period.key, period.last.isoformat()) is not None:
            raise OperatorError("この月の報告は、署名して確定しています。書き足せません。", code="frozen")
        _refuse_names(office, unit.connection, words)
        if forbidden_in(words.near_misses + words.next_month, forms.forbidden_words()):
            unit.note(forbidden_words=True)
        body = {"month": period.key, "near_misses": words.near_misses, "next_month": words.next_month}
        record = unit.record(KIND, {**body, "at": unit.stamp, "by": unit.person})
        storage.keep(unit.connection, record, period.key, words, at=unit.stamp, by=unit.person)


def _refuse_names(office: Office, connection: Connection, words: ReportWords) -> None:
    """Neither a citizen nor somebody who works here is named in what goes out of the room."""
    staff = {kanji_key(account.name) for account in office.premises.accounts.every()}
    for field in rules.TITLES:
        pieces = rules.pieces(getattr(words, field))
        if pieces & staff or register.names_among(connection, pieces):
            rules.refuse_name(field)


def take(office: Office, connection: Connection, record: RoomRecord) -> None:
    """What was written at a terminal of the room (see ``services.takers``), by somebody who may."""
    body = record.body
    known_people.require_author(connection, str(body["by"]), Action.REPORT)
    words = ReportWords(str(body["near_misses"]), str(body["next_month"]))
    rules.check(words)
    period = parse(str(body["month"]))
    if period.kind is not Kind.MONTH:
        raise Disbelieved("unreadable")
    storage.keep(connection, record.id, period.key, words, at=str(body["at"]), by=str(body["by"]))
