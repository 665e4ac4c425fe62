"""許可した入力機器: which scanners and keyboards may type here, each with the ward's approval.

The list forbids nothing to the kernel, which takes every keyboard; whatever types and is not on it is told and kept in the log.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from nhi_center.errors import OperatorError

_PRODUCT = re.compile(r"[0-9a-f]{4}:[0-9a-f]{4}")
LONGEST = 40


@dataclass(frozen=True, slots=True)
class Scanner:
    """One device on the list. ``serial`` "": it tells none, and any of its make is it. Times are wall clock, ISO."""

    id: str
    product: str
    serial: str
    name: str
    approval: str
    allowed_at: str
    withdrawn_at: str = ""

    @property
    def active(self) -> bool:
        return self.withdrawn_at == ""


def listed(scanners: Iterable[Scanner], product: str, serial: str) -> Scanner | None:
    """The entry under which a device may type here; None: it is not on the list."""
    return next((one for one in scanners if one.active and one.product == product and one.serial in ("", serial)), None)


def read_entry(product: str, serial: str, name: str, approval: str) -> tuple[str, str, str, str]:
    """What was typed, in one form. Raises OperatorError at ``product``, ``serial``, ``name`` or ``approval``."""
    plain = [" ".join(unicodedata.normalize("NFKC", text).split()) for text in (product, serial, name, approval)]
    plain[0] = plain[0].lower()
    if not _PRODUCT.fullmatch(plain[0]):
        raise OperatorError(
            "製品の番号を 0c2e:0b61 のように入れてください。機器をつなぐと一覧に出ます。", field="product", code="no-product"
        )
    for field, title, text in (("name", "機器の名前", plain[2]), ("approval", "区の承認番号", plain[3])):
        if not text:
            raise OperatorError(f"{title}を入れてください。", field=field, code="missing")
    for field, text in zip(("serial", "name", "approval"), plain[1:], strict=True):
        if len(text) > LONGEST:
            raise OperatorError(f"{LONGEST}文字までにしてください。", field=field, code="too-long")
    return plain[0], plain[1], plain[2], plain[3]
