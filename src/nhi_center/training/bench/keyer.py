"""A practised clerk at the real wizard, as a stream of strokes: what is right already is passed, what is missing is typed.

One stroke is one event for the program (a key, a kana in the making, a commit) and costs so many keys of the keyboard. Whoever
runs the strokes decides how fast, and what to measure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication

from nhi_center.domain.forms import types
from nhi_center.domain.forms.definition import FieldType
from nhi_center.synthesis.deck import Paper
from nhi_center.synthesis.handwriting import Written
from nhi_center.training.bench import keys
from nhi_center.training.tour.robot import TourFault, find, focus_name, press, sees, type_keys
from nhi_center.ui.common.table import DataTable
from nhi_center.ui.entry.flow import CONFIRM, NEXT
from nhi_center.ui.entry.wizard import Wizard

_SEEN_AT_ONCE = 5
"""So few results a clerk reads at a glance; with more he types on."""
_BY_CONVERSION = frozenset({FieldType.TEXT, FieldType.NAME, FieldType.ADDRESS, FieldType.FREETEXT, FieldType.KANA})


@dataclass(frozen=True, slots=True)
class Stroke:
    """``kind``: key (paints in the same field), field (the next field is wanted), page (the next page), open (a paper opens
    or ends: the store answers first), wait (nothing is sent: ``until`` has to hold first)."""

    kind: str
    send: Callable[[], None] = lambda: None
    cost: int = 0
    until: Callable[[], bool] = lambda: True


def wait(until: Callable[[], bool]) -> Stroke:
    return Stroke("wait", until=until)


def tap(combination: str, kind: str) -> Stroke:
    """A key or combination; each held key counts."""
    return Stroke(kind, lambda: press(combination), cost=combination.count("+") + 1)


def key_paper(paper: Paper) -> Iterator[Stroke]:
    """From the first field of an open application to its end."""
    yield wait(lambda: sees("entry_wizard") and focus_name().startswith("field_"))
    wizard = find("entry_wizard", Wizard)
    while wizard.flow.page != NEXT:
        here, page = focus_name(), wizard.flow.page
        if page == CONFIRM:
            yield from _confirm(wizard, paper)
        elif here == "person_search":
            yield from _search(paper)
        elif here.startswith("field_"):
            yield from _field(wizard, paper, here.removeprefix("field_"))
        else:
            raise TourFault(f"the keyboard stands in {here or 'nothing'} on page {page}")


def _confirm(wizard: Wizard, paper: Paper) -> Iterator[Stroke]:
    here = focus_name()
    if here.startswith("reason_"):
        yield from _type(Written.of_digits("1"))
        if focus_name() == here:
            yield tap("Enter", "field")
        return
    wrong = [name for name, written in paper.fields.items() if wizard.flow.values.get(name, "") != written.value]
    if wrong:
        raise TourFault(f"{paper.form}: not as the paper says: {'、'.join(wrong)}")
    yield tap("Ctrl+Enter", "open")
    yield wait(lambda: wizard.flow.page == NEXT or not wizard.finished)


def _search(paper: Paper) -> Iterator[Stroke]:
    kana, birth = paper.search
    for piece in (hiragana(kana), " ", birth):
        yield from convert(kana, piece, chosen=False) if piece == hiragana(kana) else plain(piece)
    yield wait(partial(_found, paper.person.atena))
    while _current() != paper.person.atena:  # in a large register two people may share name and birthday
        yield tap("Down", "key")
    yield tap("Enter", "field")
    yield wait(lambda: focus_name().startswith("field_"))


def _found(atena: str) -> bool:
    shown = find("person_results", DataTable).rows() if sees("person_results") else ()
    return 0 < len(shown) <= _SEEN_AT_ONCE and atena in [person.atena for person in shown]


def _current() -> str:
    person = find("person_results", DataTable).current_row()
    return str(person.atena) if person is not None else ""


def _field(wizard: Wizard, paper: Paper, name: str) -> Iterator[Stroke]:
    """One field: typed when it is not right yet. When the rest of the page is right, the page is left at once."""
    written = paper.fields.get(name)
    if not _is_right(wizard, name, written):
        assert written is not None
        definition, rest = wizard.flow.form.field(name), _rest(written, _standing(wizard, name))
        if rest.reading and definition.type in _BY_CONVERSION:
            yield from _pieces(rest)
        else:
            yield from plain(rest.keyed)
        if focus_name() != f"field_{name}":  # a full field, or a choice by its number, has moved on by itself
            return
    page = wizard.flow.page
    if _rest_is_right(wizard, paper, name):
        yield tap("Ctrl+Enter", "page")
        yield wait(lambda: wizard.flow.page != page or focus_name() != f"field_{name}")
        return
    yield tap("Enter", "field")
    yield wait(lambda: focus_name() != f"field_{name}")


def _is_right(wizard: Wizard, name: str, written: Written | None) -> bool:
    """What stands there is what the paper says; what the paper does not say is left as it is."""
    if written is None:
        return True
    field = wizard.pages.fields[name]
    return types.read(field.definition, field.text(), field.today).value == written.value


def _standing(wizard: Wizard, name: str) -> str:
    """The beginning of an address that the postal code has filled in: it is continued, not typed over."""
    text = wizard.pages.fields[name].text()
    return text if text == wizard.flow.filled.get(name) else ""


def _rest(written: Written, standing: str) -> Written:
    """What is still to be typed after ``standing``; its reading begins where its first character, a house number, is read."""
    if not standing or not written.keyed.startswith(standing):
        return written
    rest = written.keyed.removeprefix(standing)
    return Written.of_text(rest, written.reading[written.reading.find(rest[0]) :] if rest[0] in written.reading else "")


def _rest_is_right(wizard: Wizard, paper: Paper, name: str) -> bool:
    page = wizard.flow.form_page(wizard.flow.page)
    assert page is not None
    ids = [field.id for field in page.fields]
    after = page.fields[ids.index(name) + 1 :]
    return all(_is_right(wizard, field.id, paper.fields.get(field.id)) for field in after if wizard.flow.shown(field))


# -- strokes --


def plain(text: str) -> Iterator[Stroke]:
    """Key by key."""
    for char in text:
        yield Stroke("key", partial(type_keys, char), cost=1)


def _type(written: Written) -> Iterator[Stroke]:
    yield from plain(written.keyed)


def _pieces(written: Written) -> Iterator[Stroke]:
    """Piece by piece as the clerk converts it, the space between two pieces by its own key."""
    parts, texts = keys.pieces(written.reading), written.keyed.split("\u3000")
    if len(parts) != len(texts):
        parts, texts = (written.reading,), [written.keyed]
    for number, (part, text) in enumerate(zip(parts, texts, strict=True)):
        yield from convert(text if number == 0 else f"\u3000{text}", part, chosen=True, space=number > 0)


def convert(text: str, reading: str, *, chosen: bool, space: bool = False) -> Iterator[Stroke]:
    """The kana one by one as they appear while being typed, then the commit; ``chosen``: converted first."""
    for end in range(1, len(reading) + 1):
        shown, kana = reading[:end], reading[end - 1]
        yield Stroke("key", partial(_compose, shown), cost=keys.of_kana(kana))
    yield Stroke("key", lambda: _commit(text), cost=keys.COMMIT + (keys.CONVERT if chosen else 0) + int(space))


def _compose(shown: str) -> None:
    _send(QInputMethodEvent(shown, []))


def _commit(text: str) -> None:
    event = QInputMethodEvent("", [])
    event.setCommitString(text)
    _send(event)


def _send(event: QInputMethodEvent) -> None:
    focused = QApplication.focusWidget()
    if focused is None:
        raise TourFault("the keyboard stands nowhere")
    QCoreApplication.sendEvent(focused, event)


def hiragana(kana: str) -> str:
    return "".join(chr(ord(char) - 0x60) if "ァ" <= char <= "ヶ" else char for char in kana)
