"""用紙番号, typed or scanned: S-000413, s413 or 413, in any width; shown as it is written when the field is left."""

from __future__ import annotations

from collections.abc import Callable
from typing import Unpack

from nhi_center.domain.print_jobs import serial
from nhi_center.domain.print_lots import read_number
from nhi_center.ui.common.fields import FieldOptions, LineField


class SerialField(LineField):
    """``prefix()`` is the paper chosen beside it. A scanner's Enter goes on to the next field, as any Enter does."""

    def __init__(self, name: str, label: str, prefix: Callable[[], str], **options: Unpack[FieldOptions]) -> None:
        super().__init__(name, label, limit=12, ime=False, **options)
        self._prefix = prefix

    def _on_left(self) -> None:
        typed = self.value().strip()
        if typed:
            self._read(typed)
        super()._on_left()

    def _read(self, typed: str) -> None:
        prefix, found = self._prefix(), read_number(typed)
        if found is None:
            self.set_problem(f"用紙番号を {serial(prefix or 'S', 413)} の形か数字で入れてください。")
        elif prefix and found[0] not in ("", prefix):
            self.set_problem(f"用紙{found[0]}の番号です。用紙を選び直すか、用紙{prefix}の番号を入れてください。")
        elif prefix or found[0]:
            self.set_value(serial(prefix or found[0], found[1]))
