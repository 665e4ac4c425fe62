"""引継ぎ書: whoever comes next can go on with it: the answers, the ward's settings in words, the rules as they are now."""

from __future__ import annotations

import subprocess

from nhi_center.domain.operators import Session
from nhi_center.services import call_answers, takeover
from nhi_center.services.office import Office
from tests.support.certificates import trusting, ward_sets
from tests.support.office import as_person, desk, premises

__all__ = ["desk", "premises"]


def test_it_tells_answers_settings_and_rules_in_words(desk: tuple[Office, Session]) -> None:
    office, gateway = trusting(desk[0])
    ward_sets(office, gateway)
    ward_sets(office, gateway, name="room_rules", value={"company": "見本", "paper_hours": 12, "keep_months": 60})
    try:
        made = takeover.write(office, as_person(office, "s-toko"))
    finally:
        office.premises.pdf.stop()
    page = subprocess.run(["pdftotext", "-layout", str(made), "-"], capture_output=True, check=True).stdout.decode()
    said = "".join(page.split())
    with office.store.read.begin() as connection:
        answers = call_answers.book_now(connection).answers
    assert all("".join(one.text.split())[:30] in said for one in answers)
    for words in ("有効期限の基準日", "事務室の規則", "12時間", "60か月"):
        assert words in said
    assert "room_rules" not in said
