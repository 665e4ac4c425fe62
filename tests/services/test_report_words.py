"""The monthly report about the office itself, and the supervisor's words in it until it is closed."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from random import Random

import pytest
from sqlalchemy import text

from nhi_center.domain.operators import Role, Session
from nhi_center.domain.report_period import Kind, Period, month, year
from nhi_center.domain.report_words import LONGEST, ReportWords
from nhi_center.domain.reports import contents
from nhi_center.errors import OperatorError
from nhi_center.services import exports, report_words, reports, roster, takers
from nhi_center.services.exports import Pair
from nhi_center.services.handover import Credential
from nhi_center.services.office import Office
from nhi_center.services.room import RoomRecord
from nhi_center.storage import register
from tests.domain.forms.builders import person
from tests.support import figures_office
from tests.support.office import PASSWORDS, advance, as_person, desk, premises
from tests.support.roster import put_on_roster

__all__ = ["desk", "premises"]

Room = tuple[Office, Session]
TODAY = date(2026, 11, 24)
NOVEMBER = month(TODAY)
PAIR = Pair(*(Credential(one, PASSWORDS[one]) for one in ("s-toko", "40127")))
SAID = ReportWords("似た氏名の書類を取り違えかけた。\n番号を声に出して確かめた。", "一斉更新の準備(2026-12-01 から)。")


@pytest.fixture
def room(desk: Room) -> Iterator[Room]:
    office, _clerk = desk
    yield office, as_person(office, "s-toko")
    office.premises.pdf.stop()


def test_people_lessons_log_review_and_incidents_of_the_month(room: Room, desk: Room) -> None:
    office, toko = room
    before = reports.of_period(office, toko, NOVEMBER).table("staff").rows
    put_on_roster(office, "n-one", "見本　新一", Role.CLERK)
    put_on_roster(office, "n-two", "見本　新二", Role.CLERK)
    roster.begin_leaving(office, toko, "n-two", date(2026, 11, 30), "契約の変更")
    roster.record_training(office, toko, "privacy", TODAY, "演習", {"k-ichiro": 90, "k-hanako": 60})
    figures_office.difference(office, desk[1], told_after=12, closed=False)
    figures_office.difference(office, desk[1], told_after=None, closed=False)
    report = reports.of_period(office, toko, NOVEMBER)
    start, came, gone, end = before[1][1]
    assert report.table("staff").rows[1] == ("取扱者", (start, came + 2, gone + 1, end + 1))
    assert report.table("trainings").rows[-1] == ("R8.11.24 個人情報の取扱い", (2, 1))
    assert report.table("incidents").rows == (("枚数差異", (2, 1, 12, 12, 0)),)
    assert report.table("incidents").total == (2, 1, 12, 12, 0)
    figures_office.review_log(office, Random(1))
    log_month = month(office.clock.now().date())
    ((words, numbers),) = reports.of_period(office, toko, log_month).table("log_reviews").rows
    assert "R8.11.24点検 見本 統子" in words
    assert numbers[0] > 20
    said = json.dumps(contents(reports.of_period(office, toko, NOVEMBER)), ensure_ascii=False)
    for never in ("一郎", "花子", "新一", "新二", "k-ichiro", "n-one"):
        assert never not in said


def test_words_stand_in_the_report_and_on_its_pages(room: Room) -> None:
    office, toko = room
    empty = reports.of_period(office, toko, NOVEMBER)
    assert empty.words == ReportWords()
    report_words.write(office, toko, NOVEMBER, ReportWords("", "準備"))
    report_words.write(office, toko, NOVEMBER, SAID)
    report = reports.of_period(office, toko, NOVEMBER)
    assert report.words == SAID
    assert contents(report)["words"]["next_month"] == SAID.next_month
    made = reports.export(office, toko, report, PAIR)
    path = exports.path_of(office, made.file)
    shown = subprocess.run(["pdftotext", "-upw", made.password, path, "-"], capture_output=True, text=True, check=True).stdout
    for words in ("ヒヤリハット", "似た氏名の書類を取り違えかけた。", "翌月の予定", "従事者の人数・交代", "アクセスログ点検"):
        assert words in shown
    for period in (year(TODAY), Period(Kind.DAY, TODAY, TODAY)):
        assert reports.of_period(office, toko, period).words is None
        with pytest.raises(OperatorError) as refused:
            report_words.write(office, toko, period, SAID)
        assert refused.value.code == "no-month"


def test_a_closed_month_keeps_its_words(room: Room) -> None:
    office, toko = room
    report_words.write(office, toko, NOVEMBER, SAID)
    reports.export(office, toko, reports.of_period(office, toko, NOVEMBER), PAIR)
    report_words.write(office, toko, NOVEMBER, replace(SAID, near_misses="月の途中の署名では閉じない。"))
    advance(office.premises, days=10)
    reports.export(office, toko, reports.of_period(office, toko, NOVEMBER), PAIR, again=True)
    with pytest.raises(OperatorError) as refused:
        report_words.write(office, toko, NOVEMBER, SAID)
    assert refused.value.code == "frozen"
    frozen = reports.of_period(office, toko, NOVEMBER)
    assert frozen.frozen
    assert frozen.words == replace(SAID, near_misses="月の途中の署名では閉じない。")


@pytest.mark.parametrize(
    ("words", "field", "code"),
    [
        (ReportWords("個人番号は 123456789018", ""), "near_misses", "individual-number"),
        (ReportWords("", "０３－１２３４－５６７８ に連絡"), "next_month", "long-number"),
        (ReportWords("宛名 00490001 の書類", ""), "near_misses", "long-number"),
        (ReportWords("", "あ" * (LONGEST + 1)), "next_month", "too-long"),
    ],
)
def test_what_can_be_a_citizen_s_is_refused(room: Room, words: ReportWords, field: str, code: str) -> None:
    office, toko = room
    with pytest.raises(OperatorError) as refused:
        report_words.write(office, toko, NOVEMBER, words)
    assert (refused.value.field, refused.value.code) == (field, code)
    assert reports.of_period(office, toko, NOVEMBER).words == ReportWords()


@pytest.mark.parametrize("text", ["葛城　美幌さんの書類", "葛城美\U000e0100幌の書類", "一郎ではなく見本 一郎が"])
def test_nobody_is_named(room: Room, text: str) -> None:
    office, toko = room
    with office.store.write.begin() as connection:
        register.put_people(connection, [(1, person(atena="00490009", name="葛城　美幌", kana="カツラギ　ミホロ"))])
    with pytest.raises(OperatorError) as refused:
        report_words.write(office, toko, NOVEMBER, ReportWords("", text))
    assert (refused.value.field, refused.value.code) == ("next_month", "named")
    assert not any(name in refused.value.message for name in ("葛城", "一郎"))
    report_words.write(office, toko, NOVEMBER, ReportWords("", "葛城の書類"))


def test_another_terminal_s_words_are_taken_once_and_from_who_may(room: Room) -> None:
    office, toko = room
    report_words.write(office, toko, NOVEMBER, SAID)
    with office.store.read.begin() as connection:
        row = connection.execute(text("SELECT id, body FROM outbox WHERE kind = 'report_words'")).one()
    record = RoomRecord(1, row.id, "report_words", "T05", json.loads(row.body))
    later = {**record.body, "near_misses": "ほかの端末で書いた。", "at": "2026-11-24T18:00:00+09:00"}
    with office.store.write.begin() as connection:
        assert takers.take(office, connection, record) == ""
        assert takers.take(office, connection, replace(record, id="one", body={**later, "by": "k-ichiro"})) == "not-permitted"
        assert takers.take(office, connection, replace(record, id="two", body={**later, "month": "FY2026"})) == "unreadable"
        assert (
            takers.take(office, connection, replace(record, id="three", body={**later, "near_misses": "1" * 7})) == "long-number"
        )
        assert takers.take(office, connection, replace(record, id="four", body=later)) == ""
    words = reports.of_period(office, toko, NOVEMBER).words
    assert words == replace(SAID, near_misses="ほかの端末で書いた。")
