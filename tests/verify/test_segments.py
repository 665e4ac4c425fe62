"""What the ward's verifier says of copies of the log that somebody has changed: the first entry, and what happened to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhi_center.domain import audit
from nhi_center.domain.audit import Countersign
from nhi_center.domain.audit_check import Checked, check_file, check_files
from nhi_center.domain.audit_file import AuditFault, State, block_line, entry_line, parse_block, seal_bytes
from tests.support.segments import (
    DAYS,
    GATEWAY,
    OTHER,
    STRANGER,
    TERMINAL,
    TRUST,
    Day,
    copies,
    countersign_of,
    entries,
    entry,
    state_after,
)

FIRST, SECOND, THIRD = (f"T04-{day.day}.seg" for day in DAYS)
Lines = list[bytes]


def fault(files: dict[str, bytes], head: Countersign | None = None) -> tuple[int, str]:
    with pytest.raises(AuditFault) as caught:
        check_files(sorted(files.items()), TRUST, head)
    return caught.value.seq, str(caught.value)


def changed(change: Callable[[Lines], Lines | None], name: str = SECOND) -> dict[str, bytes]:
    """The copies with the lines of one file changed in place (or replaced by what ``change`` gives)."""
    files, _end = copies()
    lines = files[name].splitlines(keepends=True)
    given = change(lines)
    return {**files, name: b"".join(lines if given is None else given)}


def relinked(lines: Lines, before: State) -> Lines:
    """With every stored hash computed anew, as somebody without the terminal's key can do."""
    hash_, made = before.hash, []
    for line in lines:
        if line[:1] in b"#=+":
            made.append(line)
        else:
            hash_ = audit.link(hash_, line[65:-1])
            made.append(entry_line(hash_, line[65:-1]))
    return made


def before_second() -> State:
    return copies(DAYS[:1])[1]


def test_a_whole_log_is_proven_up_to_what_the_gateway_confirmed() -> None:
    files, end = copies()
    assert check_files(sorted(files.items()), TRUST) == (Checked("T04", 1, 26, 18, "2026-11-24T09:00:01+00:00", torn=False),)
    assert check_files(sorted(files.items()), TRUST, countersign_of(end))[0].anchored == 26
    alone = check_file(files[SECOND], TRUST)
    assert (alone.first, alone.last, alone.anchored) == (10, 20, 18)


def test_two_terminals_in_one_folder() -> None:
    theirs = (Day("20261124", (entries(1, 3, "T05"),)),)
    files = {**copies()[0], **copies(theirs, OTHER, "T05")[0]}
    assert [(one.terminal, one.last) for one in check_files(sorted(files.items()), TRUST)] == [("T04", 26), ("T05", 3)]


# -- the seven --


def test_edit() -> None:
    def edit(lines: Lines) -> None:
        lines[3] = lines[3].replace(b'"enter"', b'"print"')

    assert fault(changed(edit)) == (12, "12番の記録の内容が変わっています。")


def test_deletion() -> None:
    def delete(lines: Lines) -> None:
        del lines[3]

    assert fault(changed(delete)) == (12, "12番の記録が抜けています。")


def test_insertion() -> None:
    def insert(lines: Lines) -> None:
        lines.insert(3, entry_line(b"\x00" * 32, entry(12, "print")))

    def repeat(lines: Lines) -> None:
        lines.insert(3, lines[2])

    assert fault(changed(insert)) == (12, "12番のところに、余分な記録が入っています。")
    assert fault(changed(repeat)) == (12, "12番のところに、余分な記録が入っています。")


def test_reordering() -> None:
    def swap(lines: Lines) -> None:
        lines[3], lines[4] = lines[4], lines[3]

    assert fault(changed(swap)) == (12, "12番から記録の順序が入れ替わっています。")


@pytest.mark.parametrize(
    "change",
    [
        lambda lines: lines.__setitem__(3, lines[3].replace(b'"enter"', b'"print"')),
        lambda lines: lines.__delitem__(3),
        lambda lines: lines.insert(3, entry_line(b"\x00" * 32, entry(12, "print"))),
        lambda lines: lines.__setitem__(slice(3, 5), [lines[4], lines[3]]),
    ],
    ids=["edit", "deletion", "insertion", "reordering"],
)
def test_relinking_without_the_terminals_key(change: Callable[[Lines], None]) -> None:
    def relink(lines: Lines) -> Lines:
        change(lines)
        return relinked(lines, before_second())

    seq, reason = fault(changed(relink))
    assert seq == 12
    assert "つなぎ直されています" in reason


def test_relinking_with_a_head_of_ones_own() -> None:
    """He also writes head and seal anew, with a key that is not the terminal's: nothing of the block is vouched for."""
    days = (DAYS[0], replace(DAYS[1], blocks=((*entries(10, 11), entry(12, "print"), *entries(13, 14)), *DAYS[1].blocks[1:])))
    files = copies()[0] | {SECOND: copies(days, STRANGER)[0][SECOND]}
    seq, reason = fault(files)
    assert seq == 10
    assert "端末の正しい署名がありません" in reason


def test_relinking_with_the_terminals_key_up_to_a_countersigned_head() -> None:
    """Who has the terminal's key can sign everything anew, but not what the gateway has confirmed."""
    forged = (*entries(10, 11), entry(12, "print"), *entries(13, 14))
    days = (DAYS[0], replace(DAYS[1], blocks=(forged, *DAYS[1].blocks[1:]), anchored=0), DAYS[2])
    files, _end = copies(days)
    assert check_files(sorted(files.items()), TRUST)[0].anchored == 5
    confirmed = countersign_of(state_after(before_second(), (*entries(10, 14), *entries(15, 18))))
    assert fault(files, confirmed) == (
        6,
        "区のサーバの控え(18番)と合いません。6番から18番の間で書き換えられ、つなぎ直されています。",
    )


def test_relinking_that_keeps_the_gateways_lines() -> None:
    forged = (*entries(10, 11), entry(12, "print"), *entries(13, 14))
    days = (DAYS[0], replace(DAYS[1], blocks=(forged, *DAYS[1].blocks[1:]), anchored=0))
    theirs = next(line for line in copies()[0][SECOND].splitlines(keepends=True) if line[:1] == b"+")
    files = copies(days)[0]
    lines = files[SECOND].splitlines(keepends=True)
    files[SECOND] = b"".join([*lines, theirs])
    seq, reason = fault(files)
    assert seq == 6
    assert "控え(14番)と合いません" in reason


def test_truncation_against_the_last_countersigned_head() -> None:
    files, end = copies()
    confirmed = countersign_of(end)
    lines = files[THIRD].splitlines(keepends=True)
    for kept in (
        {**files, THIRD: b"".join(lines[:4])},
        {FIRST: files[FIRST], SECOND: files[SECOND]},
    ):
        assert check_files(sorted(kept.items()), TRUST)[0].last == 20
        assert fault(kept, confirmed) == (21, "21番から後が切り取られています。区のサーバの控えは26番まであります。")
    assert fault({FIRST: files[FIRST], THIRD: files[THIRD]})[0] == 10
    assert fault({SECOND: files[SECOND], THIRD: files[THIRD]})[0] == 1
    assert fault({}, confirmed)[0] == 1


def test_the_line_that_ends_a_block_stands_where_it_was_written() -> None:
    def moved(lines: Lines) -> None:
        at = next(place for place, line in enumerate(lines) if line[:1] == b"=")
        lines[at], lines[at - 1] = lines[at - 1], lines[at]

    seq, words = fault(changed(moved))
    files, _end = copies()
    block = next(line for line in files[SECOND].splitlines() if line[:1] == b"=")
    assert seq == parse_block(block).head.seq, "the entry that is not under its head any more"
    assert "署名されたものと違います" in words


def test_whole_file_swapped_with_another_terminals_or_another_days() -> None:
    theirs = copies(tuple(Day(day.day, (entries(1, 8, "T05"),)) for day in DAYS[:1]), OTHER, "T05")[0]
    files = copies()[0]
    seq, reason = fault({**files, SECOND: theirs["T05-20261124.seg"]})
    assert seq == 10
    assert "入れ替わっています" in reason
    seq, reason = fault({**files, SECOND: files[THIRD]})
    assert seq == 10
    assert "入れ替わっています" in reason


def test_whole_file_swapped_with_an_older_copy_of_itself() -> None:
    files, end = copies()
    older = copies((DAYS[0], replace(DAYS[1], blocks=DAYS[1].blocks[:1])))[0][SECOND]
    assert fault({**files, SECOND: older})[0] == 15
    newest = copies(DAYS[:2])[0]
    assert fault({**newest, SECOND: older}, countersign_of(end))[0] == 15


# -- what is no tampering, and what is no proof --


def test_a_write_that_was_cut_off_is_torn_and_not_tampering() -> None:
    files, _end = copies()
    whole = files[THIRD]
    for cut in range(whole.index(b"\n") + 1, len(whole)):
        (checked,) = check_files(sorted({**files, THIRD: whole[:cut]}.items()), TRUST)
        assert (checked.last, checked.torn) == (20, cut > whole.index(b"\n") + 1)
    assert check_files(sorted({**files, THIRD: whole[:40]}.items()), TRUST)[0].torn


def test_a_tail_that_no_write_of_ours_begins_with_is_tampering() -> None:
    files, end = copies()
    whole = files[THIRD]
    foreign = entry_line(audit.link(end.hash, entry(27)), entry(27, "print"))
    assert fault({**files, THIRD: whole + foreign})[0] == 27
    assert fault({**files, THIRD: whole.replace(b"\n=", b"\n ")})[0] == 27


def test_a_cut_off_write_that_others_have_followed_is_a_gap() -> None:
    files, _end = copies()
    lines = files[SECOND].splitlines(keepends=True)
    assert fault({**files, SECOND: b"".join(lines[:-1])})[0] == 19


@given(data=st.data())
def test_any_changed_byte_is_found(data: st.DataObject) -> None:
    files, _end = copies()
    name = data.draw(st.sampled_from(sorted(files)))
    place = data.draw(st.integers(0, len(files[name]) - 2))
    torn = bytearray(files[name])
    torn[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(AuditFault):
        check_files(sorted({**files, name: bytes(torn)}.items()), TRUST)
    with pytest.raises(AuditFault):
        check_file(bytes(torn), TRUST)


def test_signatures_of_strangers_do_not_count() -> None:
    files, end = copies()
    for trust in (replace(TRUST, terminals={"T04": TRUST.gateway}), replace(TRUST, terminals={}), replace(TRUST, gateway="")):
        with pytest.raises(AuditFault):
            check_files(sorted(files.items()), trust)
    assert fault(files, countersign_of(end, STRANGER)) == (0, "渡された控えの署名が、区のサーバのものではありません。")
    assert fault(files, countersign_of(end, GATEWAY, "T09"))[0] == 1


def test_a_head_whose_own_signature_is_missing_is_found() -> None:
    """The seal over the line is right, the head inside it is not signed."""
    files, _end = copies()
    lines = files[THIRD].splitlines(keepends=True)
    block = parse_block(lines[-1][:-1])
    unsigned = replace(block, head=replace(block.head, signature="00" * 64))
    sealed = replace(unsigned, seal=TERMINAL.sign(seal_bytes(unsigned)).hex())
    files[THIRD] = b"".join([*lines[:-1], block_line(sealed)])
    assert fault(files)[0] == 21


def test_files_made_to_break_the_verifier_are_only_faults() -> None:
    deep = b"[" * 200_000 + b"\n"
    for start in (b"", b"#"):
        with pytest.raises(AuditFault):
            check_file(start + deep, TRUST)
    files, end = copies()
    lines = files[FIRST].splitlines(keepends=True)
    with pytest.raises(AuditFault):
        check_file(b"".join(lines[:-1]) + b"=" + deep, TRUST)
    odd = replace(countersign_of(end), signature=5)  # type: ignore[arg-type]
    with pytest.raises(AuditFault):
        check_files(sorted(files.items()), TRUST, odd)


def test_other_files_are_not_copies() -> None:
    assert fault({"notes.txt": b"x\n"})[0] == 0
    with pytest.raises(AuditFault):
        check_file(b"PDF\n", TRUST)
