"""アクセスログ点検表: signed, sealed, and proved by the ward alone."""

from __future__ import annotations

import json
from datetime import datetime

import pikepdf
import pytest

from nhi_center.domain.log_review import JST, Filters
from nhi_center.domain.operators import Action
from nhi_center.domain.trust import trust_to_json
from nhi_center.errors import OperatorError
from nhi_center.services import log_review, log_review_sheet, register
from nhi_center.verify import cli
from tests.support.log_room import MONTH, NAMESAKE, Room, clock, desk, remarked, reviewed, signed, supervisor
from tests.support.office import PASSWORDS, as_person
from tests.support.purposes import PREPARING
from tests.support.set_clock import SetClock

__all__ = ["clock", "desk"]


def test_the_sheet_is_signed_sealed_and_proved_by_the_ward_alone(desk: Room, capsys: pytest.CaptureFixture[str]) -> None:
    office, clerk = desk
    register.open_person(office, clerk, NAMESAKE.atena, PREPARING)
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
    assert cli.main(["receipt", str(path), "--trust", str(trust)]) == 1
    changed = path.with_name("changed.pdf")
    changed.write_bytes(path.read_bytes().replace(b"%PDF-1.", b"%PDF-2.", 1))
    assert cli.main(["log_review", str(changed), "--trust", str(trust)]) == 1
    newest = log_review.narrowed(office, supervisor(office), MONTH, Filters(action=Action.SIGN_LOG_REVIEW)).lines
    assert newest[0].what == "アクセスログ点検 点検表"


def test_what_happens_while_he_reads_is_not_signed_and_an_earlier_sheet_stays(desk: Room) -> None:
    office, clerk = desk
    seen = reviewed(office)
    register.open_person(office, clerk, NAMESAKE.atena, PREPARING)
    first = signed(office, seen)
    before = log_review_sheet.path_of(office, first).read_bytes()
    second = signed(office, remarked(office, reviewed(office)))
    assert second.file == "log-review-T04-2026-11-2.pdf"
    assert second.last > first.last
    assert log_review_sheet.path_of(office, first).read_bytes() == before


def test_a_remark_changed_meanwhile_or_a_missing_one_is_not_signed(desk: Room) -> None:
    office, clerk = desk
    register.open_person(office, clerk, NAMESAKE.atena, PREPARING)
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
    register.open_person(office, clerk, NAMESAKE.atena, PREPARING)
    clock.at = datetime(2026, 12, 10, 9, 0, tzinfo=JST)
    december = reviewed(office, "2026-12")
    assert december.first == half.last + 1
    assert [flag.rule for flag in december.flags] == ["own_record"]
    whole = remarked(office, reviewed(office))
    signed(office, whole)
    assert reviewed(office, "2026-12").first == whole.last + 1
