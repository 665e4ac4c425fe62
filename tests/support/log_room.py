"""A room on a Tuesday morning whose clock stands still, with people in its register whom not everybody may open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from nhi_center.domain.log_review import JST, Review, Signed
from nhi_center.domain.operators import Session
from nhi_center.services import log_review, log_review_sheet
from nhi_center.services.office import Office
from nhi_center.services.presence import check_in
from nhi_center.services.session import sign_in
from nhi_center.storage import register as people
from tests.domain.forms.builders import person
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
