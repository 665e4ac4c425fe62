"""The 見本 of a layout for whoever changes one: an invented person, every box outlined. Touches no store."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from nhi_center.domain.certificate_kinds import Kind
from nhi_center.errors import OperatorError
from nhi_center.printing.files import write_whole
from nhi_center.services.clock import SystemClock


def write_proof(kind: str, day: str, out: Path) -> str:
    """Writes the PDF and gives a sentence about it. Raises OperatorError for a kind or a day without a form."""
    known = {one.value: one for one in Kind}
    if kind not in known:
        names = "、".join(f"{one.value}({one.short_title})" for one in Kind)
        raise OperatorError(f"証の種類 {kind} はありません。あるのは {names} です。", field="kind")
    try:
        on = date.fromisoformat(day) if day else SystemClock().today()
    except ValueError:
        raise OperatorError("日付は 2026-11-24 の形で指定してください。", field="day") from None
    wanted = known[kind]
    if not wanted.in_use(on):
        raise OperatorError(
            f"{wanted.short_title}は、{on:%Y-%m-%d} には出せません。--day で日付を指定してください。", field="day"
        )
    from nhi_center.printing.proof import make_proof  # loads reportlab

    try:
        data = make_proof(wanted, on)
    except LookupError:
        raise OperatorError(f"{wanted.short_title}の {on:%Y-%m-%d} の様式がありません。", field="day") from None
    write_whole(out, data)
    return f"{wanted.short_title}の見本を {out} に書きました。緑は文字、青は項目、赤は公印の枠です。"
