"""偽装請負: nothing the ward can ask for names one of the company's people beside work, or tells how fast he works.

Every service function the ward may call is found by itself. What gives something back is called in a room where clerks have
held, keyed, verified and printed, and its answer is searched for their names, their ids and the times of their work. Where the
law or the contract wants names (名簿, 入退室, 署名, 操作記録), the function stands in ``NAMED`` with its reason.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from nhi_center.domain.erasure import Scope
from nhi_center.domain.handover import Direction
from nhi_center.domain.operators import PERMITTED, Role, Session
from nhi_center.domain.purpose import Purpose, PurposeKind
from nhi_center.services import certificate_printing, corrections, handover, holds, presence, today
from nhi_center.services.office import Office
from tests.services.test_permissions import FREE, FUNCTIONS, needed
from tests.services.test_review import verify
from tests.support import papers
from tests.support.holds import sent
from tests.support.office import as_person, desk, premises
from tests.support.print_room import Room, card, room, silent

__all__ = ["desk", "premises", "room"]

PEOPLE = ("k-ichiro", "k-hanako", "s-toko", "一郎", "花子", "統子")
SPEED = ("entered_at=", "opened_at=", "saved_at=", "keyer", "verifier=", "verifier_name", "asked_by", "sent_by")
"""What would tell who worked, or from when to when."""

NAMED = {
    "presence.roster": "入退室: who is in the room (区の人 checks them in)",
    "presence.open_keys": "入退室: whose locker key is out",
    "presence.loose_ends": "入退室: the stays of the person at the door",
    "roster.roster": "従事者名簿 (特記事項 13)",
    "roster_told.told": "名簿: whose terminals know what",
    "handover.view": "受渡し: who signed for the sheets (枚数確認)",
    "handover.of_today": "受渡し: who signed for the sheets (枚数確認)",
    "handover_book.book": "受渡簿: who signed for the sheets (枚数確認)",
    "handover_book.make_book": "受渡簿: who signed for the sheets (枚数確認)",
    "handover.contents_to_sign": "受渡し: who is about to sign",
    **dict.fromkeys(
        ("handover.open_handover", "handover.record_count", "handover.recount", "handover.countersign", "handover.sign_handover"),
        "受渡し: gives the 便 as handover.view does",
    ),
    "incidents.find_row": "事故・差異: as incidents.listing",
    "incidents.within": "事故・差異 of a period, for 証拠一式: as incidents.listing",
    "incident_sheet.make_report": "事故報告書: who found it is what the ward asks (特記事項 19)",
    "incidents.listing": "事故・差異: who signed the difference and who told the ward (特記事項 19)",
    **dict.fromkeys(("urgent.open_in", "urgent.open_out"), "受渡し: gives the 便 as handover.view does"),
    "audit_log.names": "操作記録: who did what (システム対策 2)",
    "audit_log.page": "操作記録: who did what (システム対策 2)",
    "log_review.review": "アクセスログ点検 (システム対策 2)",
    "log_review.details": "アクセスログ点検 (システム対策 2)",
    "log_review.history": "アクセスログ点検 (システム対策 2)",
    "log_review.narrowed": "アクセスログ点検 (システム対策 2)",
    "ward_accounts.ward_accounts": "区の人の名簿: the ward's own people",
    "log_review_sheet.sheets": "アクセスログ点検表: the 取扱責任者 who signed it",
    "contract.contracts": "契約: the 取扱責任者 who signed it",
    "contract.enter": "契約: the 取扱責任者 who signed it",
    "control_records.records": "監督の記録: the 取扱責任者 who answered the ward (特記事項 20)",
    "on_site_inspection.on_site": "立入り調査: the 取扱責任者 who answered a finding (特記事項 17)",
    **dict.fromkeys(("key_book.book", "key_book.make_book"), "入退室・鍵: who was let in and has a key (区の運用 4)"),
    "today.today": "本日の業務: 名簿 alone, looked at apart in test_the_first_page",
}

ACTS = {
    "accounts.change_password": "the person's own account",
    "accounts.close_account": "gives nothing back",
    "pack.make_pack": "the books as they are, each asked for by itself above",
    "incidents.report": "gives the new record's id",
    "accounts.own": "the person's own account",
    "accounts.open_account": "名簿: the account that was opened",
    "control_records.write": "the id of the record",
    "control_records.make_book": "監督の記録 on paper",
    "on_site_inspection.begin_inspection": "the id of the inspection",
    "on_site_inspection.end_inspection": "the inspection as the ward's own people signed it",
    "on_site_sheet.make_sheet": "立入り調査票 on paper",
    "corrections.send_back": "the number of a 管理票",
    "audit_log.check": "counts and fingerprints of the log",
    "audit_log.destroy_pseudonyms": "whether a key of citizens' pseudonyms was there",
    "audit_log.export": "a file of the log",
    "documents.make_list": "where the list it was given lies",
    "certificate_book.make_collect_list": "回収一覧 on paper: what with_ward gives",
    "certificate_book.make_returned_list": "返戻一覧 on paper: what with_ward gives",
    "slips.make_slips": "管理票 on paper: numbers and forms",
    "call_answers.write": "the number of the answer",
    "slip_check.start": "管理票 of a 便: numbers, forms and sheets",
    "hold_papers.name_back": "the 管理票 that was named",
    "calls.choose_person": "refused to the ward in its second step: CALL is the company's",
    "entry.choose_person": "refused to the ward in its second step: ENTER is the company's",
    "gate.identify_in": "whose password it is",
    "log_review.find_citizens": "people of the register",
    "log_review.remark": "アクセスログ点検",
    "password_rules.judge": "a sentence about the typed password",
    "receipts.make_receipt": "受領証: the signatures (枚数確認)",
    "refusals.take_over": "gives nothing back",
    "renewal_book.people_for_ward": "people of the register",
    "roster.accept": "a number",
    "roster_papers.make_list": "名簿 on paper",
    "seal.set_seal": "the line of the seal that was set, by the ward administrator",
    "printers.enter": "the id of the printer",
    "self_check.run": "how the terminal is",
    "self_check.write_sheet": "how the terminal is",
    "terminal_states.read": "versions, updates and counts of terminals, asked of the gateway",
    "ward_accounts.add": "the account of one of the ward's own people",
    "copies.approve": "how many copies got the number",
    "copies.write_ledger": "情報管理台帳 on paper: what ledger gives",
    "erasure.agree": "counts, and the two who signed",
    "erasure.go_on": "counts, and the two who signed",
    "erasure.record_disk": "a disk, and the two who signed",
    "erasure_sheet.certificate": "消去証明書: counts, and the two who signed",
    "takeover.write": "引継ぎ書: numbers and states",
    "today_reading.read": "inside another reading: what a role sees is chosen by today.today",
}
"""Functions that give something back but are not called here, each with what it gives."""

LOOK = Purpose(PurposeKind.PAPERS)

Answers = Mapping[str, Callable[[Office, Session], tuple[Any, ...]]]


def wards() -> Iterator[tuple[str, Callable[..., Any]]]:
    """(module.name, function) of every service function one of the ward's roles may call and that gives something back."""
    may = PERMITTED[Role.WARD_STAFF] | PERMITTED[Role.WARD_ADMIN]
    for name, function in FUNCTIONS.items():
        if name.startswith("work.") or str(inspect.signature(function).return_annotation) == "None":
            continue
        if needed(function) in may or name in FREE:
            yield name, function


def busy(room: Room) -> Answers:
    """A day's work of two clerks and the 取扱責任者, and the arguments that ask for it."""
    office, ichiro = room
    hanako, ward = as_person(office, "k-hanako"), as_person(office, "40127")
    certificate_printing.print_jobs(office, ichiro, [card(room).job.id], silent)
    printed = card(room)
    corrections.send_back(office, ward, printed.job.application, "1", "違います。")
    papers.receive(office, ichiro, F02=2, F05=2, F15=2)
    held = papers.key(office, ichiro, "F05")
    holds.hold(office, hanako, held, "喪失日が読めません。")
    sent(office)
    verified = papers.key(office, hanako, "F15")
    verify(office, ichiro, verified)
    leaving = handover.open_handover(office, ichiro, Direction.OUT, papers.SECTION)
    handover.cancel(office, ichiro, leaving.handover.id)
    return {
        "corrections.find_case": lambda _office, _session: (printed.origin.removeprefix("管理票 "),),
        "review.open_case": lambda _office, _session: (verified,),
        "entry.find_people": lambda _office, _session: ("カツラギ",),
        "register.search": lambda _office, _session: ("カツラギ",),
        "register.open_person": lambda _office, _session: (papers.LEAVER.atena, LOOK),
        "person_file.open_file": lambda _office, _session: (papers.LEAVER.atena, LOOK),
        "person_file.as_of": lambda office, _session: (papers.LEAVER.atena, office.clock.today(), LOOK),
        "hold_papers.back_of": lambda _office, _session: (leaving.handover.id,),
        "slip_check.look": lambda _office, _session: ("1124-001", False),
        "erasure.plan": lambda _office, _session: (Scope.ALL,),
        "review.record_reviewed": lambda _office, _session: ([verified],),
    }


def _needs(function: Callable[..., Any]) -> bool:
    """Whether it wants more than office and session."""
    return any(one.default is one.empty for one in list(inspect.signature(function).parameters.values())[2:])


def found_in(answer: object, words: tuple[str, ...]) -> list[str]:
    text = repr(answer)
    return [word for word in words if word in text]


def test_nothing_the_ward_asks_for_names_a_clerk_or_tells_his_speed(room: Room) -> None:
    office, _ichiro = room
    arguments = busy(room)
    asked = []
    unsaid = [name for name, function in wards() if _needs(function) and name not in {*NAMED, *ACTS, *arguments}]
    assert unsaid == [], "say how the ward asks for it, or why it may name people"
    for name, function in wards():
        if name in NAMED or name in ACTS:
            continue
        ward = as_person(office, "40127" if needed(function) in PERMITTED[Role.WARD_STAFF] else "40100")
        answer = function(office, ward, *(arguments[name](office, ward) if name in arguments else ()))
        assert found_in(answer, PEOPLE) == [], name
        assert found_in(answer, SPEED) == [], name
        asked.append(name)
    assert {"holds.open_questions", "review.waiting", "review.open_case", "corrections.find_case", "today.status"} <= set(asked)
    office.premises.pdf.stop()


def test_the_first_page_tells_the_ward_of_papers_and_of_the_roster_alone(room: Room) -> None:
    office, _ichiro = room
    busy(room)
    page = today.today(office, as_person(office, "40127"))
    work = [task for task in page.tasks if task.screen != "presence"]
    assert {task.screen for task in work} >= {"questions", "review"}
    assert found_in((work, page.figures, page.flow, page.room), PEOPLE + SPEED) == []
    office.premises.pdf.stop()


def test_the_exceptions_are_real(room: Room) -> None:
    """A function that names nobody any more is to leave the list."""
    office, _ichiro = room
    ward = as_person(office, "40127")
    view = handover.of_today(office, ward)
    assert found_in((presence.roster(office, ward), view), PEOPLE) != []
    assert set(NAMED) | set(ACTS) <= set(FUNCTIONS)
    office.premises.pdf.stop()


@pytest.mark.parametrize("person", ["40127", "40100"])
def test_the_ward_may_not_ask_what_names_clerks_beside_work(room: Room, person: str) -> None:
    """The lists of the company itself, with its names, are closed to the ward."""
    closed = {
        "entry_list.waiting",
        "verification.waiting",
        "holds.listing",
        "certificates.queue",
        "certificates.steps",
        "reports.of_period",
        "working_hours.of_month",
    }
    may = PERMITTED[Role.WARD_STAFF if person == "40127" else Role.WARD_ADMIN]
    assert [name for name in closed if needed(FUNCTIONS[name]) in may] == []
    room[0].premises.pdf.stop()
