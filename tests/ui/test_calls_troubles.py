"""The telephone where things go wrong: nothing typed is lost, and nothing stands there that was judged of something else."""

from __future__ import annotations

import signal
import subprocess
import sys

from PySide6.QtCore import Qt

from nhi_center.domain.call_check import Agreement
from nhi_center.domain.calls import CallState
from nhi_center.services.call_list import list_today
from nhi_center.services.calls import continue_call, start_call
from nhi_center.services.office import Premises
from nhi_center.settings import to_toml
from nhi_center.ui.calls.panel import KEEP_TICKS, NOT_JUDGED, CallPanel
from nhi_center.ui.calls.parts import _AGREEMENT
from tests.services.test_calls import INDIVIDUAL_NUMBER, promised, room
from tests.support.call_hands import Hands, Key, hands
from tests.support.office import advance, desk, enter, premises, signed_in

__all__ = ["desk", "hands", "premises", "room"]

UNASKED = _AGREEMENT[Agreement.UNASKED][0]


def identified(hands: Hands) -> None:
    """A caller at level 1, the keyboard in the 分類."""
    hands.press(Key.Key_F5)
    hands.figures("21")
    hands.find("カツラギ 3450312")
    hands.press(Key.Key_F11)
    hands.at.selectAll()  # type: ignore[attr-defined]
    for said in ("カツラギ ミホコ", "3450312", "歌舞伎町1-4-1"):
        hands.words(said)
        hands.press(Key.Key_Return)
        if hands.at.objectName() in ("call_birth", "call_address"):
            hands.at.selectAll()  # type: ignore[attr-defined]
    assert hands.panel.form.level.chip.text().startswith("レベル1")
    assert hands.panel.form.person.lines[0].text()


def tells_nothing(panel: CallPanel) -> bool:
    form = panel.form
    return (
        form.level.chip.isHidden()
        and all(line.isHidden() and not line.text() for line in form.person.lines)
        and form.person.person_name.isHidden()
        and all(UNASKED in chip.text() for chip in form.identity.chips)
    )


def test_the_next_call_begins_with_no_level_of_the_one_before(hands: Hands) -> None:
    identified(hands)
    hands.press(Key.Key_F3)
    assert tells_nothing(hands.panel)  # before the store has answered anything about the next
    assert hands.panel.form.level.text.text() == ""
    hands.press(Key.Key_F5)
    assert hands.panel.form.level.chip.text() == "一般の案内だけ"


def test_nothing_is_told_beside_words_that_were_refused(hands: Hands) -> None:
    """What may be told was judged of 世帯主; that an employer calls now is not in the store, as the words beside are not."""
    identified(hands)
    form = hands.panel.form
    form.text.editor.setFocus()
    hands.words(f"番号 {INDIVIDUAL_NUMBER}")
    hands.press(Key.Key_Return)
    assert not tells_nothing(hands.panel)  # the same caller still
    form.caller.editor.setFocus()
    hands.figures("5")
    assert tells_nothing(hands.panel)
    assert form.level.text.text() == NOT_JUDGED
    form.text.editor.setFocus()
    form.text.text_editor.clear()
    hands.words("在籍の確認。")
    hands.press(Key.Key_Return)
    assert form.level.chip.text() == "答えられません"


def test_another_call_is_opened_over_half_typed_words(hands: Hands) -> None:
    back = promised(hands.office, hands.session)
    hands.window.open_screen("calls", {})
    hands.settle()
    hands.press(Key.Key_F5)
    assert hands.panel.view is not None
    first = hands.panel.view.call.id
    hands.panel.form.text.editor.setFocus()
    hands.words("住所が変わったとのこと")
    hands.press(Key.Key_F5)
    hands.list.backs.setFocus()
    hands.press(Key.Key_Return)
    assert hands.panel.view.call.returns == back
    assert hands.panel.form.text.value() == ""
    kept = continue_call(hands.office, hands.session, first).call
    assert (kept.draft.text, kept.state) == ("住所が変わったとのこと", CallState.WRAP_UP)


def test_the_words_are_kept_while_their_field_is_not_left(hands: Hands) -> None:
    hands.press(Key.Key_F5)
    hands.panel.form.text.editor.setFocus()
    hands.words("長い話")
    assert hands.panel.view is not None
    for _tick in range(KEEP_TICKS + 1):
        hands.panel._tick()
    hands.settle()
    assert continue_call(hands.office, hands.session, hands.panel.view.call.id).call.draft.text == "長い話"
    assert hands.at is hands.panel.form.text.editor


def test_who_is_handed_to_the_ward_was_so_when_the_call_ended(hands: Hands) -> None:
    hands.press(Key.Key_F5)
    hands.figures("1")
    hands.press(Key.Key_E, Qt.KeyboardModifier.AltModifier)
    ended = hands.office.clock.local()
    advance(hands.office.premises, hours=2)
    hands.panel.form.outcome.editor.setFocus()
    hands.figures("2")
    assert hands.panel.form.details.ward_time.value() == f"{ended:%H:%M}"


def test_signing_out_in_a_call_keeps_its_words_and_ends_it(hands: Hands) -> None:
    hands.press(Key.Key_F5)
    hands.panel.form.text.editor.setFocus()
    hands.words("途中の話")
    hands.window.ask_to_close()
    hands.settle()
    (row,) = list_today(hands.office, hands.session)
    assert row.call.draft.text == "途中の話"


def test_a_kill_in_the_middle_of_a_call_loses_no_words(premises: Premises) -> None:
    enter(premises, "k-ichiro")
    folder = premises.settings.business_folder
    (folder / "terminal.toml").write_text(to_toml(premises.settings), encoding="utf-8")
    command = [sys.executable, "-m", "tests.support.killed_calling", str(folder), "住所が変わったとのこと"]
    done = subprocess.run(command, check=False, timeout=120)
    assert done.returncode == -signal.SIGKILL
    office, session = signed_in(premises, "k-ichiro")
    (row,) = list_today(office, session)
    assert (row.call.state, row.call.draft.text, row.own) == (CallState.TALKING, "住所が変わったとのこと", True)
    assert continue_call(office, session, row.call.id).call.draft.text == row.call.draft.text  # it may go on
    start_call(office, session)  # or it is over, as the next one shows
    assert [one.call.state for one in list_today(office, session)] == [CallState.TALKING, CallState.WRAP_UP]
    office.store.close()
    written = b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())
    assert "住所が変わった".encode() not in written
