"""Receipts and exports: the seal at their end, checked without store, contractor or network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nhi_center.domain import seal
from nhi_center.domain.custody import ORIGINAL, QUESTION
from nhi_center.domain.handover import STATEMENT as HANDOVER
from nhi_center.domain.handover import Direction, Side
from nhi_center.domain.seal import SealFault
from nhi_center.domain.statements import signed_bytes, statement_hash
from nhi_center.domain.trust import Trust

_FIELDS = {"kind", "body", "contents", "sealed_at", "terminal", "signature"}
_SIGNATURE = {"person", "name", "role", "signed_at", "statement", "value"}


@dataclass(frozen=True, slots=True)
class Signer:
    person: str
    name: str
    role: str
    signed_at: str


@dataclass(frozen=True, slots=True)
class Proven:
    """What a whole file proves."""

    kind: str
    terminal: str
    sealed_at: str
    contents: Mapping[str, Any]
    signers: tuple[Signer, ...]


def check(file: bytes, trust: Trust, kind: str) -> Proven:
    """Prove a sealed PDF of ``kind`` (``handover``, ``summary``, ``log_review``).

    The terminal's key alone proves nothing: whoever has it could leave signatures out. A receipt bears exactly the giver's and
    the receiver's, one of the ward and one of the contractor; the others at least one.
    Raises SealFault with a sentence that says what is wrong.
    """
    body, found = seal.split(file)
    if found.keys() != _FIELDS or found["kind"] != kind:
        raise SealFault("この種類の書類ではありません。")
    if found["body"] != seal.body_hash(body):
        raise SealFault("書類の内容が、封印したときから変わっています。")
    payload = seal.seal_bytes(found["kind"], found["body"], found["contents"], found["sealed_at"], found["terminal"])
    if not trust.terminal_signed(str(found["terminal"]), payload, str(found["signature"])):
        raise SealFault("端末の署名が正しくありません。")
    statement = found["contents"]["statement"]
    if statement["kind"] != kind:
        raise SealFault("署名された内容は、この種類の書類のものではありません。")
    expected = statement_hash(statement["kind"], statement["contents"])
    signers = tuple(_signer(entry, expected, trust) for entry in found["contents"]["signatures"])
    if not signers:
        raise SealFault("署名がありません。")
    if kind == HANDOVER:
        _require_both_sides(statement["contents"], signers)
    return Proven(kind, found["terminal"], found["sealed_at"], statement["contents"], signers)


def _require_both_sides(contents: Mapping[str, Any], signers: Sequence[Signer]) -> None:
    """Raise SealFault unless giver and receiver, as the contents name them, have signed, each for his own side."""
    if [signer.person for signer in signers] != [contents.get(side.value) for side in Side]:
        raise SealFault("渡した人と受け取った人の、両方の署名がありません。")
    try:
        direction = Direction(contents.get("direction", ""))
    except ValueError:
        raise SealFault("受渡しの向きが書かれていません。") from None
    if any(signer.role not in [role.value for role in direction.roles(side)] for side, signer in zip(Side, signers, strict=True)):
        raise SealFault("区の人と受託者の人の、両方の署名がありません。")


def receipt_words(contents: Mapping[str, Any]) -> list[str]:
    """What both signed, line by line, to be laid beside the paper. Contents of an older receipt say less."""
    ways = {"in": "区 → 受託者", "out": "受託者 → 区"}
    head = [f"{contents.get('day', '')} 第{contents.get('number', '')}便({ways.get(contents.get('direction', ''), '')})"]
    head += [contents.get(name, "") for name in ("section", "medium", "condition")]
    told = ["  " + " ".join(word for word in head if word)]
    if contents.get("urgent"):
        told.append(f"  至急の1件だけの便(お約束 {contents['urgent']})")
    told += [f"  {_line_words(line)}" for line in contents.get("lines", ()) if isinstance(line, Mapping)]
    told += [f"  処理せずに返す {number}: {why}" for number, why in contents.get("unkeyed", {}).items()]
    told += [f"  疑義照会票 {query} とともに渡す {number}" for number, query in contents.get("questions", {}).items()]
    references = contents.get("references", {})
    told += [f"  疑義照会から戻った {number}" for number in references.get(QUESTION.id, ())]
    told += [f"  原本だけを返す {number}" for number in references.get(ORIGINAL.id, ()) if number != "-"]
    return [*told, "  △ 差異あり: 双方が差異のまま署名しています"] if contents.get("difference") else told


def _line_words(line: Mapping[str, Any]) -> str:
    sides = (("渡した側", "giver"), ("受け取った側", "receiver"), ("台帳", "expected"))
    counts = [f"{title} {_count(line[side], line['unit'])}" for title, side in sides if side in line]
    return " ".join([line["title"], *counts])


def _count(count: Mapping[str, int], unit: str) -> str:
    return (f"{count['cases']}件" if count["cases"] else "") + f"{count['sheets']}{unit}"


def _signer(entry: Mapping[str, Any], expected: str, trust: Trust) -> Signer:
    if entry.keys() != _SIGNATURE or entry["statement"] != expected:
        raise SealFault("署名された内容が、書類の内容と違います。")
    payload = signed_bytes(expected, entry["person"], entry["role"], entry["signed_at"])
    known = trust.people.get(entry["person"])
    if (
        known is None
        or known.name != entry["name"]
        or not trust.person_signed(entry["person"], entry["role"], payload, entry["value"])
    ):
        raise SealFault("署名した人を確かめられません。署名が正しくないか、名簿にありません。")
    return Signer(entry["person"], entry["name"], entry["role"], entry["signed_at"])
