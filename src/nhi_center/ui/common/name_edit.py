"""Fields for names and for their kana: what is recorded, what will be printed, what has still to be looked at."""

from __future__ import annotations

from typing import Unpack

from PySide6.QtCore import Signal
from PySide6.QtGui import QInputMethodEvent

from nhi_center.domain.forms.types import CONVERTED_KANA, CONVERTED_WIDTH
from nhi_center.domain.names import NameProblem, check_kana, clusters, convert_name
from nhi_center.domain.names import to_katakana as hiragana_as_katakana
from nhi_center.domain.variants import code_of
from nhi_center.ui.common.cluster_line import NameLine, to_katakana
from nhi_center.ui.common.fields import FieldLine, FieldOptions, LabelledField
from nhi_center.ui.common.name_view import NamePainter


class NameEdit(LabelledField):
    """A name as it is recorded. Says at the field which characters no font can print (FT rule: never replaced), which are
    variants, and which are of another collection; Alt+V shows every form of the character at the cursor.

    Signals: furigana(katakana).
    """

    furigana = Signal(str)

    def __init__(self, name: str, label: str, painter: NamePainter, *, limit: int = 0, **options: Unpack[FieldOptions]) -> None:
        self.line = NameLine(painter, limit)
        self._painter = painter
        self._own_hint = options.get("hint", "")
        super().__init__(name, label, self.line, **options)
        self.line.furigana.connect(self.furigana)
        self.line.cut_off.connect(lambda: self.set_notice(f"{limit}文字までです。入らない文字は入れていません。"))
        self.line.picking.connect(self._on_left)
        self.line.picked.connect(self._on_left)

    def set_value(self, value: str) -> None:
        self.line.forget_reading()
        super().set_value(value)
        self._judge()

    def _on_edited(self) -> None:
        self.remark = ""
        super()._on_edited()

    def _on_left(self) -> None:
        typed = self.value()
        kept, _ = convert_name(typed)
        self.line.put(kept)
        self.remark = CONVERTED_WIDTH if "".join(kept.split()) != "".join(typed.split()) else ""
        self._judge()
        super()._on_left()

    def _judge(self) -> None:
        """Where there is more to say than there is room, the most serious is said."""
        name = self.value()
        missing = self._painter.missing(name)
        if missing:
            self.set_problem(f"字形のない文字が {len(missing)} 字あります。紙のとおりなら F4 で保留にします。")
            return
        others = self._painter.other_collection(name)
        if others:
            self.remark = f"{others[0][0]} は他の字形集の字。Alt+V で選ぶか、区確認へ。"
        self.set_notice(self.remark if others else "")
        variants = dict.fromkeys(part for part in clusters(name) if len(part) > 1)
        self.set_hint(self._said_of(tuple(variants)) if variants else self._own_hint)

    def _said_of(self, variants: tuple[str, ...]) -> str:
        first = variants[0]
        more = f" ほか{len(variants) - 1}字" if len(variants) > 1 else ""
        return f"{first[0]} の異体字 {self._painter.number(first) or code_of(first)}{more} Alt+V"


class KanaField(LabelledField):
    """A reading. What is committed or left is turned into full-width katakana before the eyes of the operator (V23)."""

    def __init__(
        self,
        name: str,
        label: str,
        *,
        foreign: bool = False,
        **options: Unpack[FieldOptions],
    ) -> None:
        self.line = _KanaLine()
        self._foreign = foreign
        self._own_hint = options.get("hint", "")
        super().__init__(name, label, self.line, **options)
        self.line.committed.connect(self._on_committed)

    def set_suggestion(self, reading: str) -> None:
        """The reading of the name as far as it was converted: pale until the operator has stood here and gone on."""
        self.set_value(reading)
        if reading:
            self.set_state("unconfirmed")
            self.set_hint("変換から。紙と照らして Enter")

    @property
    def confirmed(self) -> bool:
        return self.state != "unconfirmed"

    def set_value(self, value: str) -> None:
        super().set_value(value)
        self.set_state("")

    def _on_edited(self) -> None:
        self.remark = ""
        super()._on_edited()

    def _on_committed(self) -> None:
        self._turn()
        super()._on_edited()

    def _on_left(self) -> None:
        self._turn()
        self.line.setText(self.value().strip("\u3000"))
        self.set_state("")
        self.set_hint(self._own_hint)
        if self.value():
            try:
                check_kana(self.value(), foreign=self._foreign)
                self.set_problem("")
            except NameProblem as problem:
                self.set_problem(str(problem))
        super()._on_left()

    def _turn(self) -> None:
        before = self.line.text()
        after = to_katakana(before)
        if after != before:
            from_end = len(before) - self.line.cursorPosition()
            self.line.setText(after)
            self.line.setCursorPosition(max(0, len(after) - from_end))
            if "".join(after.split()) != "".join(hiragana_as_katakana(before).split()):
                self.remark = CONVERTED_KANA  # hiragana alone is how a reading is typed: no word about it


class _KanaLine(FieldLine):
    committed = Signal()

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        super().inputMethodEvent(event)
        if event.commitString():
            self.committed.emit()
