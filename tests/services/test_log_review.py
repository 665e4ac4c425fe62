"""アクセスログ点検 over the real store: a month with its flags, remarks, the signed sheet, and who opened one citizen."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pikepdf
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import event

from nhi_center.domain.audit import Countersign, countersign_bytes
from nhi_center.domain.log_review import JST, Filters, Review, Severity, Signed
from nhi_center.domain.operators import Action, Session
from nhi_center.domain.trust import trust_to_json
from nhi_center.errors import OperatorCancelled, OperatorError
from nhi_center.services import audit_log, log_review, log_review_sheet, register
from nhi_center.services.office import Office
from nhi_center.services.presence import check_in
from nhi_center.services.session import sign_in
from nhi_center.services.work import log_refusal
from nhi_center.storage import audit
from nhi_center.storage import log_review as storage
from nhi_center.storage import register as people
from nhi_center.verify import cli
from tests.domain.forms.builders import person
from tests.services.test_audit_log import without_triggers
from tests.support import papers
from tests.support.certificates import trusting
from tests.support.office import PASSWORDS, as_person, room
from tests.support.set_clock import SetClock

Room = tuple[Office, Session]
MONTH = "2026-11"
HOME = "新宿区見本町1番1号"
NAMESAKE = person(
    atena="00490001", household="00010009", name="見本　一\U000e0100郎", kana="ミホン　イチロウ", sex="1", address=HOME
)
HOUSEMATE = person(atena="00490002", household="00010010", name="見本　同子", kana="ミホン　ドウコ", address=HOME)
STRANGER = person(atena="00490003", household="00010011", name="見本　別子", kana="ミホン　ベツコ")


@pytest.fixture
def clock() -> SetClock:
    return SetClock(datetime(2026, 11, 24, 9, 0, tzinfo=JST))


@pytest.fixture
def desk(tmp_path: Path, clock: SetClock) -> Iterator[Room]:
    """Clerk 一郎 signed in on a Tuesday morning; his namesake, somebody at that address, and a stranger are in the register."""
    premises = replace(room(tmp_path / "business"), clock=clock)
    office, ward = sign_in(premises, "40127", PASSWORDS["40127"])
    for number, one in enumerate(("k-ichiro", "k-hanako", "s-toko"), start=1):
        check_in(office, ward, one, f"{number:02}")
    office.store.close()
    office, session = sign_in(premises, "k-ichiro", PASSWORDS["k-ichiro"])
    with office.store.write.begin() as connection:
        people.put_people(connection, enumerate((NAMESAKE, HOUSEMATE, STRANGER), start=1))
    yield office, session
    office.store.close()
    premises.pdf.stop()


def supervisor(office: Office) -> Session:
    return as_person(office, "s-toko")


def reviewed(office: Office, month: str = MONTH) -> Review:
    return log_review.review(office, supervisor(office), month)


def remarked(office: Office, seen: Review) -> Review:
    for flag in seen.open_flags:
        seen = log_review.remark(office, supervisor(office), seen, flag, "checked", "本人に聞き、同姓同名と確かめた。")
    return seen


def signed(office: Office, seen: Review) -> Signed:
    return log_review_sheet.sign_and_write(office, supervisor(office), seen, "s-toko", PASSWORDS["s-toko"])


# -- what is written when a person is opened --


def test_opening_ones_namesake_or_home_is_told_to_the_log_without_a_name(desk: Room) -> None:
    office, clerk = desk
    for one in (NAMESAKE, HOUSEMATE, STRANGER):
        register.open_person(office, clerk, one.atena, "search")
    register.open_person(office, as_person(office, "k-hanako"), NAMESAKE.atena, "search")
    with office.store.read.begin() as connection:
        last, _hash = audit.last(connection, office.terminal)
        entries = [entry for _seq, entry, _hash in audit.entries(connection, last - 3, 4)]
    marks = [{k: v for k, v in json.loads(entry)["facts"].items() if k.startswith("own")} for entry in entries]
    assert marks == [{"own_name": True}, {"own_address": True}, {}, {}]
    assert not any("見本" in entry.decode() for entry in entries)


# -- a month --


def test_a_quiet_morning_has_no_flag(desk: Room) -> None:
    office, clerk = desk
    papers.register_people(office)
    papers.receive(office, clerk, F02=2)
    papers.key(office, clerk, "F02")
    seen = reviewed(office)
    assert seen.flags == ()
    assert (seen.first, seen.chain.fault, seen.over) == (1, "", False)
    assert seen.entries == seen.last > 10


def test_real_acts_are_flagged_most_serious_first(desk: Room, clock: SetClock) -> None:
    office, clerk = desk
    register.open_person(office, clerk, NAMESAKE.atena, "search")
    with pytest.raises(OperatorError):
        log_review.review(office, clerk, MONTH)
    for _ in range(5):
        log_refusal(office, clerk, "wrong_password", subject="s-toko", asked="unlock")
    clock.at = clock.at.replace(hour=21)
    register.open_person(office, clerk, STRANGER.atena, "search")
    flags = reviewed(office).flags
    assert [(flag.rule, flag.person) for flag in flags] == [
        ("own_record", "k-ichiro"),
        ("failures", "s-toko"),
        ("outside_hours", "k-ichiro"),
    ]
    assert [flag.severity for flag in flags] == [Severity.SERIOUS, Severity.LOOK, Severity.LOOK]
    (line,) = log_review.details(office, supervisor(office), flags[0])
    assert (line.what, "自分と同じ氏名" in line.facts) == ("台帳の人を開いた", True)


def test_months_are_those_the_log_has(desk: Room, clock: SetClock) -> None:
    office, clerk = desk
    assert log_review.months(office, supervisor(office)) == (MONTH,)
    clock.at = datetime(2027, 1, 4, 9, 0, tzinfo=JST)
    register.open_person(office, clerk, STRANGER.atena, "search")
    assert log_review.months(office, supervisor(office)) == ("2027-01", "2026-12", MONTH)
    assert reviewed(office, "2026-12").entries == 0
    november, january = reviewed(office), reviewed(office, "2027-01")
    assert november.over
    assert january.first == november.last + 1


def fill(office: Office, moments: list[datetime]) -> None:
    """Entries at these moments, as a year of work would leave them."""
    with office.store.write.begin() as connection:
        for number, at in enumerate(moments):
            audit.append(
                connection, at=at.isoformat(timespec="milliseconds"), terminal="T04", actor="k-ichiro",
                action="enter", subject=f"a-{number}", facts={"step": "draft"},
            )  # fmt: skip


def test_a_month_is_found_by_halving_exactly_at_its_border(desk: Room, clock: SetClock) -> None:
    office, _clerk = desk
    start = reviewed(office).last
    border = datetime(2026, 11, 30, 15, 0, tzinfo=UTC)  # midnight in Japan
    fill(office, [border - timedelta(hours=3), border - timedelta(milliseconds=1), border, border + timedelta(days=3)])
    clock.at = datetime(2026, 12, 10, 9, 0, tzinfo=JST)
    assert reviewed(office).last == start + 2
    december = reviewed(office, "2026-12")
    assert (december.first, december.last) == (start + 3, start + 4)


def test_a_review_says_how_far_it_is_and_can_be_stopped(desk: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    office = desk[0]
    monkeypatch.setattr(log_review, "EVERY", 4)
    told: list[int] = []
    log_review.review(office, supervisor(office), MONTH, lambda done, _total, _words: told.append(done))
    assert told == [0, 4]

    def stop(_done: int, _total: int, _words: str) -> None:
        raise OperatorCancelled

    with pytest.raises(OperatorCancelled):
        log_review.review(office, supervisor(office), MONTH, stop)
    with pytest.raises(OperatorCancelled):
        log_review.narrowed(office, supervisor(office), MONTH, Filters(), stop)


# -- the chain --


def anchor(office: Office, gateway: Ed25519PrivateKey) -> int:
    with office.store.write.begin() as connection:
        seq, hash_ = audit.last(connection, office.terminal)
        made = Countersign(office.terminal, seq, hash_.hex(), "2026-11-24T00:30:00+00:00")
        audit.keep_anchor(connection, replace(made, signature=gateway.sign(countersign_bytes(made)).hex()))
    return seq


def test_what_the_segment_has_confirmed_is_said_and_a_foreign_confirmation_is_a_fault(desk: Room) -> None:
    office, gateway = trusting(desk[0])
    assert reviewed(office).chain.anchored == 0
    seq = anchor(office, gateway)
    register.open_person(office, desk[1], STRANGER.atena, "search")
    assert (reviewed(office).chain.anchored, reviewed(office).chain.fault) == (seq, "")
    anchor(office, Ed25519PrivateKey.generate())
    assert "署名が正しくありません" in reviewed(office).chain.fault


@pytest.mark.parametrize("place", [3, -1], ids=["inside", "behind-the-month"])
def test_a_rewritten_entry_stops_the_signature(desk: Room, clock: SetClock, place: int) -> None:
    """Also one behind the month, between it and the head the segment has confirmed."""
    office, gateway = trusting(desk[0])
    clock.at = datetime(2026, 12, 1, 9, 0, tzinfo=JST)
    register.open_person(office, desk[1], STRANGER.atena, "search")
    last = anchor(office, gateway)
    assert reviewed(office).chain.fault == ""
    seq = place if place > 0 else last
    without_triggers(
        office, f"UPDATE audit SET entry = CAST(replace(CAST(entry AS TEXT), 'T04', 'T05') AS BLOB) WHERE seq = {seq}"
    )
    seen = reviewed(office)
    assert seen.chain.fault.startswith(f"{seq}番")
    with pytest.raises(OperatorError) as caught:
        signed(office, seen)
    assert caught.value.code == "broken"


# -- narrowing --


def test_entries_are_narrowed_newest_first_and_all_of_them_counted(desk: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    office, clerk = desk
    for _ in range(4):
        register.open_person(office, clerk, STRANGER.atena, "search")
    with pytest.raises(OperatorError):
        audit_log.page(office, clerk)
    monkeypatch.setattr(log_review, "SHOWN", 3)
    boss = supervisor(office)
    views = log_review.narrowed(office, boss, MONTH, Filters(action="view_person"))
    assert (views.found, len(views.lines)) == (4, 3)
    assert views.lines[0].seq > views.lines[1].seq
    refused = log_review.narrowed(office, boss, MONTH, Filters(refused=True))
    assert [line.what for line in refused.lines] == ["断った操作"]


def test_the_ward_reads_roles_and_the_supervisor_names(desk: Room) -> None:
    office = desk[0]
    assert log_review.names(office, as_person(office, "40127"))["k-ichiro"] == "取扱者"
    assert log_review.names(office, supervisor(office))["k-ichiro"] == "見本 一郎"


# -- one citizen --


def test_the_history_of_a_citizen_is_read_for_a_purpose_and_stands_in_it_itself(desk: Room) -> None:
    office, clerk = desk
    register.open_person(office, clerk, STRANGER.atena, "search")
    register.open_person(office, clerk, NAMESAKE.atena, "search")
    register.open_person(office, as_person(office, "k-hanako"), STRANGER.atena, "call")
    ward = as_person(office, "40127")
    (found,) = log_review.find_citizens(office, ward, "ミホン ベツコ")
    lines = log_review.history(office, ward, found.atena, "request")
    assert [(line.access.person, line.what, line.purpose) for line in lines] == [
        ("40127", "点検・監査 開いた記録の表示", "本人の請求・問合せ"),
        ("k-hanako", "台帳の人を開いた", "電話の問合せ"),
        ("k-ichiro", "台帳の人を開いた", "台帳の確認"),
    ]
    newest = log_review.narrowed(office, ward, MONTH, Filters(action="inspect")).lines
    assert [line.what for line in newest] == ["点検・監査 開いた記録の表示", "点検・監査 人を探した"]
    assert "見つかった人 1" in newest[1].facts


def test_no_history_without_a_purpose_or_the_right(desk: Room) -> None:
    office, clerk = desk
    for session, purpose, code in ((supervisor(office), "curious", "no-purpose"), (clerk, "request", "not-permitted")):
        with pytest.raises(OperatorError) as caught:
            log_review.history(office, session, STRANGER.atena, purpose)
        assert caught.value.code == code
    with pytest.raises(OperatorError):
        log_review.find_citizens(office, clerk, "ミホン")


# -- remarks --


def test_a_remark_stays_and_a_later_one_stands(desk: Room) -> None:
    office, clerk = desk
    register.open_person(office, clerk, NAMESAKE.atena, "search")
    seen = reviewed(office)
    (flag,) = seen.flags
    log_review.remark(office, supervisor(office), seen, flag, "checked", "同姓同名の別人。")
    log_review.remark(office, as_person(office, "40127"), seen, flag, "reported", "本人の記録だった。")
    kept = reviewed(office).remarks[flag.id]
    assert (kept.words, kept.by, kept.verdict.label) == ("本人の記録だった。", "40127", "区へ報告")
    with pytest.raises(OperatorError) as caught:
        log_review.remark(office, clerk, seen, flag, "checked", "自分です。")
    assert caught.value.code == "own-flag"
    with office.store.write.begin() as connection, pytest.raises(Exception, match="append-only"):
        connection.exec_driver_sql("DELETE FROM log_remark")


# -- the sheet --


def test_the_sheet_is_signed_sealed_and_proved_by_the_ward_alone(desk: Room, capsys: pytest.CaptureFixture[str]) -> None:
    office, clerk = desk
    register.open_person(office, clerk, NAMESAKE.atena, "search")
    seen = remarked(office, reviewed(office))
    row = signed(office, seen)
    assert (row.file, row.month, row.last) == ("log-review-T04-2026-11.pdf", MONTH, seen.last)
    path = log_review_sheet.path_of(office, row)
    with pikepdf.open(path) as pdf:
        assert len(pdf.pages) == 1
    assert log_review_sheet.sheets(office, supervisor(office)) == (row,)
    trust = office.settings.trust
    trust.write_text(json.dumps(trust_to_json(office.premises.trust), ensure_ascii=False), encoding="utf-8")
    assert cli.main(["log_review", str(path), "--trust", str(trust)]) == 0
    assert "アクセスログ点検表は変わっていません" in capsys.readouterr().out
    assert cli.main(["export", str(path), "--trust", str(trust)]) == 1
    changed = path.with_name("changed.pdf")
    changed.write_bytes(path.read_bytes().replace(b"%PDF-1.", b"%PDF-2.", 1))
    assert cli.main(["log_review", str(changed), "--trust", str(trust)]) == 1
    newest = log_review.narrowed(office, supervisor(office), MONTH, Filters(action=Action.SIGN_LOG_REVIEW)).lines
    assert newest[0].what == "アクセスログ点検 点検表"


def test_what_happens_while_he_reads_is_not_signed_and_an_earlier_sheet_stays(desk: Room) -> None:
    office, clerk = desk
    seen = reviewed(office)
    register.open_person(office, clerk, NAMESAKE.atena, "search")
    first = signed(office, seen)
    before = log_review_sheet.path_of(office, first).read_bytes()
    second = signed(office, remarked(office, reviewed(office)))
    assert second.file == "log-review-T04-2026-11-2.pdf"
    assert second.last > first.last
    assert log_review_sheet.path_of(office, first).read_bytes() == before


def test_a_remark_changed_meanwhile_or_a_missing_one_is_not_signed(desk: Room) -> None:
    office, clerk = desk
    register.open_person(office, clerk, NAMESAKE.atena, "search")
    bare = reviewed(office)
    seen = remarked(office, bare)
    log_review.remark(office, as_person(office, "40127"), seen, seen.flags[0], "reported", "区で調べる。")
    for review, code in ((bare, "not-settled"), (seen, "changed")):
        with pytest.raises(OperatorError) as caught:
            signed(office, review)
        assert caught.value.code == code
    assert log_review_sheet.sheets(office, supervisor(office)) == ()


@pytest.mark.parametrize(
    ("session", "signer", "password", "code"),
    [
        ("40127", "s-toko", PASSWORDS["s-toko"], "not-permitted"),
        ("s-toko", "k-ichiro", PASSWORDS["k-ichiro"], "wrong-role"),
        ("s-toko", "s-toko", "falsch", "wrong-password"),
    ],
)
def test_only_the_supervisor_signs(desk: Room, session: str, signer: str, password: str, code: str) -> None:
    office = desk[0]
    with pytest.raises(OperatorError) as caught:
        log_review_sheet.sign_and_write(office, as_person(office, session), reviewed(office), signer, password)
    assert caught.value.code == code
    assert not list(office.settings.documents.glob("*.pdf"))


def test_the_next_month_begins_where_the_signed_sheet_ended(desk: Room, clock: SetClock) -> None:
    """A sheet signed on the 24th: what came later in November stands in December's, unless November is signed again."""
    office, clerk = desk
    half = reviewed(office)
    signed(office, half)
    register.open_person(office, clerk, NAMESAKE.atena, "search")
    clock.at = datetime(2026, 12, 10, 9, 0, tzinfo=JST)
    december = reviewed(office, "2026-12")
    assert december.first == half.last + 1
    assert [flag.rule for flag in december.flags] == ["own_record"]
    whole = remarked(office, reviewed(office))
    signed(office, whole)
    assert reviewed(office, "2026-12").first == whole.last + 1


def test_a_month_of_a_long_log_is_found_by_reading_few_entries(desk: Room) -> None:
    office = desk[0]
    start = reviewed(office).last
    fill(office, [datetime(2026, 11, 25, tzinfo=UTC) + timedelta(minutes=minute) for minute in range(3000)])
    asked: list[str] = []

    def listener(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    event.listen(office.store.read, "before_cursor_execute", listener)
    with office.store.read.begin() as connection:
        found = storage.number_at(connection, datetime(2026, 11, 26, 0, 0, tzinfo=UTC), start + 3000)
    event.remove(office.store.read, "before_cursor_execute", listener)
    assert found == start + 1 + 24 * 60
    assert len(asked) <= 12


def test_a_history_goes_once_through_the_log_however_many_ids_there_are(desk: Room) -> None:
    office, clerk = desk
    for one in (STRANGER, NAMESAKE):
        register.open_person(office, clerk, one.atena, "search")
    with office.store.read.begin() as connection:
        both = list(storage.touching(connection, [STRANGER.atena, NAMESAKE.atena]))
        alone = [touches for _entry, touches in storage.touching(connection, [STRANGER.atena])]
        assert list(storage.touching(connection, [])) == []
        near = [touches for _entry, touches in storage.touching(connection, ["00490009", "00490008"])]
    assert [touches for _entry, touches in both] == [True, True]
    assert alone == [True]
    assert near == [False, False], "looked at for what they have in common, and not taken"
