"""Between the papers: who may open it. A lock in the middle of a form, the roster, the self-check, the log review, a password."""

from __future__ import annotations

import time

from nhi_center.training.tour.hands import PASSWORDS, Day, fill, open_screen, picture, says, settled
from nhi_center.training.tour.robot import Script, expect, focus_name, in_field, press, rows, sees, text_of, type_keys

KEYER, SUPERVISOR = "k-ichiro", "s-toko"
CONTRACTORS = 3
PAUSE_S = 1.1
"""After a first failure the next password is taken when a second has gone by."""
NEW_PASSWORD = "kenshuu-atarashii-aikotoba-2026"


def locked_and_opened(day: Day) -> Script:
    """F12 in the middle of a form: nothing of it is left on the screen; with his password the clerk stands in the same field."""
    before = focus_name()
    expect(before.startswith("field_"), f"the keyboard stands in {before or 'nothing'} and not in a form")
    yield from lock(day)
    expect(not sees("pages"), "the work is still to be seen behind the lock")
    type_keys("not-the-password")
    press("Enter")
    yield lambda: settled(day)() and "違います" in text_of("lock_page")
    yield from picture(day)
    failed = time.monotonic()
    yield lambda: time.monotonic() - failed > PAUSE_S
    yield from unlock(day, PASSWORDS[KEYER])
    yield lambda: focus_name() == before and settled(day)()


def lock(day: Day) -> Script:
    press("F12")
    yield lambda: in_field("lock_password") and settled(day)()


def unlock(day: Day, password: str) -> Script:
    type_keys(password)
    press("Enter")
    yield lambda: not day.station.window.is_locked and settled(day)()


def roster(day: Day) -> Script:
    """The supervisor looks at who belongs to the room and whether their training holds."""
    yield from open_screen(day, "presence")
    press("2")
    yield lambda: rows("people_table") == CONTRACTORS and settled(day)()
    yield from picture(day)
    press("3")
    yield lambda: rows("standing_table") > 0 and settled(day)()
    yield from picture(day, "training")


def self_check(day: Day) -> Script:
    """Everything this terminal needs has been looked at, and nothing of it is an error."""
    yield from open_screen(day, "inspection")
    press("5")
    yield lambda: sees("self_check_table") and settled(day)()
    press("Ctrl+Enter")
    yield lambda: settled(day)() and rows("self_check_table") > 0
    yield from picture(day)
    expect("異状" not in text_of("self_check_state").replace("異状なし", ""), "the self-check has found an error")
    press("F4")
    yield says("self_check_place", ".pdf")
    day.record.keep("self-check", max(day.house.settings.documents.glob("self-check-*.pdf")))


def log_review(day: Day) -> Script:
    """ログ点検: what deserves a look gets a remark, and the supervisor signs the month's sheet."""
    press("3")
    yield lambda: sees("flag_table") and settled(day)()
    yield lambda: text_of("review_state") != ""
    yield from picture(day)


def password(day: Day) -> Script:
    """The supervisor takes a new password; from then on it alone opens the lock."""
    press("Ctrl+F12")
    yield lambda: in_field("old_password") and settled(day)()
    yield from fill("old_password", PASSWORDS[SUPERVISOR])
    yield lambda: in_field("new_password")
    type_keys(NEW_PASSWORD)
    yield settled(day)
    press("Enter")
    yield lambda: in_field("repeated")
    type_keys(NEW_PASSWORD)
    yield from picture(day, "password")
    press("Enter")
    yield lambda: settled(day)() and "変えました" in text_of("message_bar")
    yield from picture(day)
    yield from lock(day)
    yield from unlock(day, NEW_PASSWORD)
