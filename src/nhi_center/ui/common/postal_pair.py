"""A postal code and its address, each helping to the other: what fits is offered by number, and taken only when it is chosen."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent

from nhi_center.domain.identifiers import format_postal
from nhi_center.domain.postal import PostalBook, Town
from nhi_center.ui.common.code_fields import PostalField
from nhi_center.ui.common.fields import FieldLine
from nhi_center.ui.common.form_fields import FormField

MOST = 9
_ALT = Qt.KeyboardModifier.AltModifier


class PostalPair(QObject):
    """Stands between the two fields of one form. An empty code: while the address is typed, the codes of its town are offered.
    A code of several towns: the towns are. Alt and the number takes one; the month of the data stands at the code."""

    def __init__(self, postal: FormField, address: FormField, book: Callable[[], PostalBook]) -> None:
        super().__init__(address)
        self._postal, self._address, self._book = postal, address, book
        self._offers: tuple[tuple[str, Callable[[], None]], ...] = ()
        if not postal.definition.hint:
            postal.widget.set_hint(f"郵便番号データ {book().edition}")
        address.changed.connect(self._offer_codes)
        address.widget.left.connect(lambda _text: self._offer(()))
        address.widget.editor.installEventFilter(self)
        if isinstance(postal.widget, PostalField):
            postal.widget.filled.connect(self._offer_towns)

    @property
    def offers(self) -> tuple[str, ...]:
        """What may be taken now, as it is shown."""
        return tuple(words for words, _take in self._offers)

    def _offer_codes(self) -> None:
        if self._postal.text():
            self._offer(())
            return
        text = self._address.text()
        rows = [town for town in self._book().codes(text) if town.town or any(character.isdigit() for character in text)]
        several = len({town.address for town in rows}) > 1
        self._offer(tuple((self._code_words(town, several), partial(self._take_code, town)) for town in rows))

    @staticmethod
    def _code_words(town: Town, several: bool) -> str:
        return f"{format_postal(town.postal)} {town.address}" if several else format_postal(town.postal)

    def _offer_towns(self, digits: str) -> None:
        towns = self._book().towns(digits)
        beginning = self._address.text()
        if len(towns) > 1 and any(town.address.startswith(beginning) for town in towns):
            self._offer(tuple((town.town or town.city, partial(self._take_town, town)) for town in towns))
        else:
            self._offer(())

    def _offer(self, offers: tuple[tuple[str, Callable[[], None]], ...]) -> None:
        if not offers and not self._offers:
            return
        self._offers = offers[:MOST]
        shown = " ".join(f"Alt+{number} {words}" for number, words in enumerate(self.offers, start=1))
        more = f" ほか{len(offers) - MOST}" if len(offers) > MOST else ""
        self._address.widget.set_hint(f"{shown}{more}" if offers else self._address.definition.hint)

    def _take_code(self, town: Town) -> None:
        self._postal.widget.set_value(town.postal)
        self._postal.judge()

    def _take_town(self, town: Town) -> None:
        self._address.widget.set_value(town.address)
        if isinstance(self._address.widget.editor, FieldLine):
            self._address.widget.editor.end(False)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Alt and a number while something is offered."""
        if isinstance(event, QKeyEvent) and event.modifiers() & _ALT and self._offers:
            number = event.key() - Qt.Key.Key_0
            if 1 <= number <= len(self._offers):
                event.accept()
                if event.type() == QEvent.Type.KeyPress:
                    take = self._offers[number - 1][1]
                    self._offer(())
                    take()
                return True
        return super().eventFilter(watched, event)
