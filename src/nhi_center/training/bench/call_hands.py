"""A practised clerk at the real telephone panel, as a stream of strokes; the moment the receiver is laid down is marked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from PySide6.QtWidgets import QWidget

from nhi_center.domain.identifiers import format_phone
from nhi_center.domain.people import Person
from nhi_center.synthesis.handwriting import Written
from nhi_center.training.bench.call_scripts import CallScript, Kind, Piece
from nhi_center.training.bench.keyer import Stroke, convert, hiragana, plain, tap, wait
from nhi_center.training.tour.robot import TourFault, find, focus_name, press, rows, sees, text_of
from nhi_center.ui.common.table import DataTable

_IN_THE_TEXT = "call_text"


@dataclass(slots=True)
class CallCost:
    """Keys after hang-up, and what they would be with every word of the call left for afterwards."""

    after: int = 0
    later: int = 0


def take_call(script: CallScript, cost: CallCost) -> Iterator[Stroke]:
    """From the ring to the record."""
    yield from _ring(script)
    yield from _who(script)
    yield from _matter(script)
    for stroke in _words(script.told):
        cost.later += stroke.cost
        yield stroke
    if script.kind is Kind.CALL_BACK:
        yield from _agreed(script)
    # -- the receiver is laid down here --
    for stroke in _written_up(script):
        cost.after += stroke.cost
        yield stroke
    cost.later += cost.after
    yield wait(lambda: not sees("call_page"))


def _ring(script: CallScript) -> Iterator[Stroke]:
    """F5, or for a promise Enter on its row."""
    if script.kind is Kind.PROMISE:
        yield Stroke("key", _to_the_list)
        yield wait(lambda: rows("calls_back_table") > 0 and focus_name().startswith("calls_"))
        yield from _until("calls_back_table", "Shift+Tab")
        while _promised() != (script.person.name if script.person else ""):
            yield tap("Down", "key")
        yield tap("Enter", "open")
    else:
        yield tap("F5", "open")
    yield wait(lambda: sees("call_page") and focus_name() == "call_caller" and "受付" in text_of("call_number"))


def _promised() -> str:
    row = find("calls_back_table", DataTable).current_row()
    return str(row.person_name) if row is not None else ""


def _to_the_list() -> None:
    find("navigation_calls", QWidget).setFocus()
    press("Space")


def _who(script: CallScript) -> Iterator[Stroke]:
    """Who calls, the purpose of the questions, and for a person the three items as he says them."""
    if script.kind is Kind.PROMISE:  # caller, language and person stand there from the first call
        for field in ("call_caller", "call_language", "call_search"):
            yield from _enter(field)
    else:
        yield from plain(f"{script.caller}1")
        yield _at("call_search")
    if script.person is None:
        return
    yield tap("F11", "key")
    if script.kind is not Kind.PROMISE:
        yield from _search(script.person)
    yield from _identity(script.person, said=script.kind is not Kind.PROMISE)
    yield _at("call_category")
    level = "レベル2" if script.kind is Kind.PROMISE else "レベル1"
    yield wait(lambda: level in text_of("call_level_chip"))


def _search(person: Person) -> Iterator[Stroke]:
    yield from convert(_kana(person), hiragana(_kana(person)), chosen=False)
    yield from plain(f" {Written.of_day(person.birth).keyed}")
    yield wait(partial(_found, person.atena))
    while _current() != person.atena:  # two people may share name and birthday
        yield tap("Down", "key")
    yield tap("Enter", "field")
    yield _at("call_name")


def _identity(person: Person, *, said: bool) -> Iterator[Stroke]:
    """``said``: name and birth stand there from the search."""
    if not said:
        yield from convert(_kana(person), hiragana(_kana(person)), chosen=False)
    yield from _enter("call_name")
    if not said:
        yield from plain(Written.of_day(person.birth).keyed)
    yield from _enter("call_birth")
    yield from convert(person.address, person.address, chosen=True)
    yield from _enter("call_address")


def _kana(person: Person) -> str:
    return person.kana.replace("\u3000", " ")


def _found(atena: str) -> bool:
    return rows("call_people_table") > 0 and atena in [one.atena for one in find("call_people_table", DataTable).rows()]


def _current() -> str:
    person = find("call_people_table", DataTable).current_row()
    return str(person.atena) if person is not None else ""


def _matter(script: CallScript) -> Iterator[Stroke]:
    """What it is about, and the answer that is read out, quoted by its number."""
    if script.asked[0]:
        yield tap("Alt+A", "field")
        yield _at("call_guide_search")
        yield from _words((script.asked,))
        yield wait(lambda: rows("call_guide_table") > 0)
        yield tap("Enter", "field")
        yield _at(_IN_THE_TEXT)
        return
    if script.kind is Kind.PROMISE:
        yield from _enter("call_category")
    else:
        yield from _until("call_category", "Enter")
        yield from plain(script.category)
    yield _at(_IN_THE_TEXT)
    if not script.told:
        yield tap("Ctrl+1", "key")
        yield wait(lambda: "案内" in _text())
    if script.fact:
        yield tap("Alt+1", "key")
        yield wait(lambda: "説明" in _text())


def _until(field: str, key: str) -> Iterator[Stroke]:
    """Field by field to this one."""
    while focus_name() != field:
        here = focus_name()
        yield tap(key, "field")
        yield wait(partial(_elsewhere, here))


def _elsewhere(field: str) -> bool:
    return focus_name() != field


def _agreed(script: CallScript) -> Iterator[Stroke]:
    """The number and hour of a call-back are agreed with the caller."""
    assert script.person is not None
    yield from _enter(_IN_THE_TEXT)
    yield from plain(script.outcome)
    yield _at("call_back_number")
    yield from plain(format_phone(script.person.phone).replace("-", ""))
    for field in ("call_back_number", "call_back_day", "call_back_time", "call_back_who"):
        yield from _enter(field)


def _written_up(script: CallScript) -> Iterator[Stroke]:
    """The clerk's own words or the answer that says the same, the result with its fields, saving."""
    yield from _words(script.added)
    if script.quoted:
        for _shown_then_quoted in range(2):
            yield tap(f"Ctrl+{script.quoted}", "key")
        yield wait(lambda: f"{script.category}-{script.quoted} を案内" in _text())
    if script.kind is not Kind.CALL_BACK:
        yield from _enter(_IN_THE_TEXT)
        yield from plain(script.outcome)
    if script.ward_staff[0]:
        yield _at("call_ward_staff")
        yield from _words((script.ward_staff,))
        yield from _enter("call_ward_staff")
    yield _at("call_save_button")
    yield tap("Enter", "open")


# -- strokes --


def _words(pieces: tuple[Piece, ...]) -> Iterator[Stroke]:
    for text, reading in pieces:
        yield from convert(text, reading, chosen=True)


def _enter(field: str) -> Iterator[Stroke]:
    yield _at(field)
    yield tap("Enter", "field")
    yield wait(partial(_elsewhere, field))


def _at(field: str) -> Stroke:
    return wait(lambda: focus_name() == field)


def _text() -> str:
    editor = find(_IN_THE_TEXT, QWidget)
    words: Callable[[], str] | None = getattr(editor, "toPlainText", None)
    if words is None:
        raise TourFault("内容と回答 is no text")
    return words()
