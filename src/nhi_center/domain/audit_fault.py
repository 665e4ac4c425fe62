"""Where a copy of the log does not hold: every line of a file is looked at, to name the first entry that is not what it was.

Slow and thorough; it runs only over a file that has already been found wrong.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from nhi_center.domain import audit, audit_file
from nhi_center.domain.audit_file import HASH_DIGITS, MARK_DIGITS, AuditFault, Block
from nhi_center.domain.audit_lines import BlockLines, Lines
from nhi_center.domain.merkle import leaf_hash
from nhi_center.domain.trust import Trust


def first_fault(lines: Lines, trust: Trust, terminal: str, anchored: int, earlier: Mapping[int, bytes]) -> AuditFault:
    """The first fault of a file whose header has been read.

    ``anchored``: confirmed by the gateway before this file; ``earlier``: the chain's hash at the block ends before it.
    """
    before = lines.parsed_header().before
    hash_, seq, tree = before.hash, before.seq, before.tree
    frame = audit_file.framed(b"", (lines.header or b"") + b"\n")
    heads = {end: (known.hex(), "") for end, known in earlier.items() if end <= seq}
    for block in lines.blocks:
        first = seq + 1
        entries: list[bytes] = []
        lines_of_block = block.entries()
        for place, line in enumerate(lines_of_block):
            fault = _line_fault(lines_of_block, place, seq + 1, hash_)
            if fault is not None:
                return fault
            entries.append(line[HASH_DIGITS + 1 :])
            hash_ = audit.link(hash_, entries[-1])
            seq += 1
        leaves = [leaf_hash(entry) for entry in entries]
        tree = tree.extended(leaves)
        heads[seq] = (hash_.hex(), tree.root().hex())
        fault = _head_fault(block, trust, terminal, first, leaves, frame, heads[seq]) or _countersign_fault(
            block, trust, terminal, anchored, heads
        )
        if fault is not None:
            return fault
        for line in block.frame_lines():
            frame = audit_file.framed(frame, line)
        anchored = max([anchored, *(audit_file.parse_countersign(line).seq for line in block.countersigned)])
    return AuditFault(before.seq + 1, f"{before.seq + 1}番からのファイルの最初の行が、端末の署名と合いません。")


def tail_fault(lines: Lines, seq: int, hash_: bytes) -> AuditFault | None:
    """A write that was cut off is the beginning of a block and goes on from entry ``seq``; anything else has been put there."""
    for place, line in enumerate(lines.tail):
        fault = _line_fault(lines.tail, place, seq + place + 1, hash_)
        if fault is not None:
            return fault
        hash_ = audit.link(hash_, line[HASH_DIGITS + 1 :])
    return None


def _line_fault(lines: Sequence[bytes], place: int, seq: int, before: bytes) -> AuditFault | None:
    entry = lines[place][HASH_DIGITS + 1 :]
    whole = _links(lines[place], before)
    number = _number(entry)
    after = lines[place + 1] if place + 1 < len(lines) else b""
    following = _number(after[HASH_DIGITS + 1 :])
    if whole and number == seq and not (following == seq and _links(after, audit.link(before, entry))):
        return None
    linked = "(つなぎ直されています)" if whole else ""
    if number is None:
        return AuditFault(seq, f"{seq}番の記録が読めません。内容が変わっています。")
    if number > seq and seq in [_number(other[HASH_DIGITS + 1 :]) for other in lines[place + 1 :]]:
        return AuditFault(seq, f"{seq}番から記録の順序が入れ替わっています{linked}。")
    if number > seq:
        return AuditFault(seq, f"{seq}番の記録が抜けています{linked}。")
    if number < seq or following == seq:
        return AuditFault(seq, f"{seq}番のところに、余分な記録が入っています{linked}。")
    return AuditFault(seq, f"{seq}番の記録の内容が変わっています。")


def _links(line: bytes, before: bytes) -> bool:
    entry = line[HASH_DIGITS + 1 :]
    return line == audit_file.entry_line(audit.link(before, entry), entry)[:-1]


def _number(entry: bytes) -> int | None:
    """The number inside an entry; None when it is no entry at all."""
    try:
        number = json.loads(entry)["seq"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return number if type(number) is int else None


def _head_fault(
    block: BlockLines, trust: Trust, terminal: str, first: int, leaves: list[bytes], frame: bytes, computed: tuple[str, str]
) -> AuditFault | None:
    """The head at a block's end against its entries, which hang together by themselves."""
    last = first + len(leaves) - 1
    reach = f"{first}番から{last}番まで" if last >= first else f"{first}番の前"
    try:
        line = audit_file.parse_block(block.head)
    except ValueError:
        return AuditFault(first, f"{reach}の区切りの行が変わっています。")
    head = line.head
    if not trust.terminal_signed(terminal, audit_file.seal_bytes(line), line.seal):
        return AuditFault(first, f"{reach}に端末の正しい署名がありません。書き換えられ、つなぎ直されています。")
    if (head.terminal, head.seq, head.hash, head.root) != (terminal, last, *computed):
        seq = _unmarked(line, first, leaves)
        return AuditFault(seq, f"{seq}番の記録が、署名されたものと違います。書き換えられ、つなぎ直されています。")
    if line.frame != frame.hex():
        return AuditFault(first, f"{first}番より前の区切りの行が、変わったか抜けています。")
    if not trust.terminal_signed(terminal, audit.head_bytes(head), head.signature):
        return AuditFault(first, f"{reach}の端末の署名が正しくありません。")
    return None


def _unmarked(line: Block, first: int, leaves: list[bytes]) -> int:
    """The first entry that does not bear the mark it was sealed with."""
    sealed = [line.marks[at : at + MARK_DIGITS] for at in range(0, len(line.marks), MARK_DIGITS)]
    for place, leaf in enumerate(leaves):
        if place >= len(sealed) or leaf.hex()[:MARK_DIGITS] != sealed[place]:
            return first + place
    return first + len(leaves)


def _countersign_fault(
    block: BlockLines, trust: Trust, terminal: str, anchored: int, heads: dict[int, tuple[str, str]]
) -> AuditFault | None:
    for line in block.countersigned:
        try:
            countersign = audit_file.parse_countersign(line)
        except ValueError:
            return AuditFault(anchored + 1, f"{anchored + 1}番より後の、区のサーバの控えの行が変わっています。")
        if countersign.terminal != terminal or not trust.gateway_signed(
            audit.countersign_bytes(countersign), countersign.signature
        ):
            return AuditFault(anchored + 1, f"区のサーバの控え({countersign.seq}番)の署名が正しくありません。")
        if countersign.seq < min(heads):
            continue  # of before what is looked at here
        hash_, root = heads.get(countersign.seq, ("", ""))
        if hash_ != countersign.hash or root not in ("", countersign.root):
            return AuditFault(
                anchored + 1,
                f"区のサーバの控え({countersign.seq}番)と合いません。"
                f"{anchored + 1}番から{countersign.seq}番の間で書き換えられ、つなぎ直されています。",
            )
    return None
