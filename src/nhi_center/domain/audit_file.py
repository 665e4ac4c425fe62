"""A stretch of one terminal's log as a file the ward can check alone (操作記録の写し).

One line each: a header, every entry as its canonical bytes, a trailer with the terminal's signed head and the newest head the
gateway has countersigned. The chain runs over the bytes of the lines, so a changed byte anywhere shows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from nhi_center.domain import audit, canonical
from nhi_center.domain.audit import Countersign, Head
from nhi_center.domain.trust import Trust

KIND = "nhi-center audit segment 1"


@dataclass(frozen=True, slots=True)
class Checked:
    """What a whole file proves: entries ``first`` to ``last``; the gateway's own copy confirms them up to ``anchored``."""

    terminal: str
    first: int
    last: int
    anchored: int
    countersigned_at: str


class AuditFault(ValueError):
    """The file does not hold; the sentence says where."""


def write(first: int, previous: bytes, entries: Iterable[bytes], head: Head, countersign: Countersign | None) -> bytes:
    """The file's bytes. ``previous`` is the hash before entry ``first`` (genesis for the first one)."""
    header = {"kind": KIND, "terminal": head.terminal, "first": first, "previous": previous.hex()}
    trailer = {"head": asdict(head), "countersign": asdict(countersign) if countersign else None}
    return b"\n".join([canonical.encode(header), *entries, canonical.encode(trailer)]) + b"\n"


def check(data: bytes, trust: Trust) -> Checked:
    """Prove a file against the ward's list of keys. Raises AuditFault at the first thing that does not hold."""
    lines = data.split(b"\n")
    if len(lines) < 3 or lines[-1] != b"":
        raise AuditFault("ファイルの終わりがありません。途中で切れています。")
    header, head, countersign = _frame(lines[0], lines[-2])
    hash_, hashes = _chain(header, lines[1:-2])
    last = header["first"] + len(lines) - 4
    if (head.terminal, head.seq, head.hash) != (header["terminal"], last, hash_.hex()):
        raise AuditFault("最後の署名が記録と合いません。内容が変わっているか、切り取られています。")
    if not trust.terminal_signed(head.terminal, audit.head_bytes(head), head.signature):
        raise AuditFault("端末の署名が正しくありません。")
    anchored = _anchored(header, countersign, hashes, trust)
    return Checked(head.terminal, header["first"], last, anchored, countersign.countersigned_at if countersign else "")


def _frame(first_line: bytes, last_line: bytes) -> tuple[dict[str, Any], Head, Countersign | None]:
    try:
        header = canonical.decode(first_line)
        trailer = canonical.decode(last_line)
        if header["kind"] != KIND or type(header["first"]) is not int or header["first"] < 1 or header.keys() != _HEADER:
            raise ValueError
        head = Head(**trailer["head"])
        countersign = Countersign(**trailer["countersign"]) if trailer["countersign"] else None
        if trailer.keys() != {"head", "countersign"}:
            raise ValueError
    except (ValueError, KeyError, TypeError):
        raise AuditFault("ファイルの最初か最後の行が変わっています。") from None
    return header, head, countersign


_HEADER = {"kind", "terminal", "first", "previous"}


def _chain(header: dict[str, Any], lines: list[bytes]) -> tuple[bytes, dict[int, str]]:
    try:
        hash_ = bytes.fromhex(header["previous"])
    except ValueError:
        raise AuditFault("ファイルの最初の行が変わっています。") from None
    if hash_.hex() != header["previous"]:
        raise AuditFault("ファイルの最初の行が変わっています。")
    if header["first"] == 1 and hash_ != audit.genesis(header["terminal"]):
        raise AuditFault("記録の始まりが端末と合いません。")
    hashes = {}
    for seq, line in enumerate(lines, start=header["first"]):
        if b'"seq":%d,' % seq not in line:
            raise AuditFault(f"{seq}番の記録の番号が続いていません。")
        hash_ = audit.link(hash_, line)
        hashes[seq] = hash_.hex()
    return hash_, hashes


def _anchored(header: dict[str, Any], countersign: Countersign | None, hashes: dict[int, str], trust: Trust) -> int:
    if countersign is None or countersign.seq < header["first"]:
        return 0
    if countersign.terminal != header["terminal"] or hashes.get(countersign.seq) != countersign.hash:
        raise AuditFault("区のサーバの控えと合いません。記録が書き換えられたか、切り取られています。")
    if not trust.gateway_signed(audit.countersign_bytes(countersign), countersign.signature):
        raise AuditFault("区のサーバの署名が正しくありません。")
    return countersign.seq
