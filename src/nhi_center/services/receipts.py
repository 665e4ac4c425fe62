"""受領証: made for both sides after both have signed, sealed so that the ward can prove it alone."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from nhi_center.domain.calendar import wareki
from nhi_center.domain.custody import ORIGINAL, QUESTION, Group
from nhi_center.domain.handover import STATEMENT, Direction, Handover, Side
from nhi_center.domain.operators import Action, Session, Signature
from nhi_center.errors import OperatorError
from nhi_center.printing.sheets import ReceiptLine, ReceiptSheet
from nhi_center.printing.sheets import Signature as PrintedSignature
from nhi_center.services.custody import document_kinds
from nhi_center.services.inside import logs_outside
from nhi_center.services.office import Office
from nhi_center.services.sealing import sealed_document
from nhi_center.services.work import begin, reading
from nhi_center.storage import handover as store

FINGERPRINT = 32
"""Characters of a signature that the receipt shows; the whole signature is in the seal."""


def receipt_name(handover: Handover) -> str:
    """The file's name: day and number, no personal value."""
    return f"receipt-{handover.day.replace('-', '')}-{handover.number}.pdf"


@logs_outside
def make_receipt(office: Office, session: Session, handover_id: str) -> Path:
    """Write the sealed receipt of a signed 便 into the documents folder and give its path. Making it again replaces the file.

    Waits for the PDF process: run it in the print lane. Raises OperatorError before both have signed, EnvironmentTrouble
    (the PDF process, the disk); the handover itself stands whatever happens here.
    """
    with reading(office, session, Action.HANDOVER) as connection:
        handover = store.find(connection, handover_id)
        if handover is None or handover.state != "signed":
            raise OperatorError("双方の署名が終わってから受領証を作ります。", code="not-signed")
        contents = store.signed_contents(connection, handover_id)
        signatures = store.signatures(connection, handover_id)
    sheet = receipt_sheet(handover, contents, signatures, office.settings.label, sample=office.settings.training)
    target = office.settings.documents / receipt_name(handover)
    sealed = sealed_document(office, target, sheet, STATEMENT, contents, [signatures[side] for side in Side])
    digest = hashlib.sha256(sealed).hexdigest()
    with begin(office, session, Action.HANDOVER, subject=handover_id, step="receipt", sha256=digest) as unit:
        store.keep_receipt(unit.connection, store.Receipt(handover_id, target.name, digest, unit.stamp), unit.person)
        unit.write(target, sealed)
    return target


def receipt_path(office: Office, name: str) -> Path:
    """Where a receipt lies. Raises OperatorError when the file is gone."""
    path = office.settings.documents / Path(name).name
    if not path.is_file():
        raise OperatorError("受領証のファイルがありません。「受領証を作り直す」で作れます。", code="no-receipt")
    return path


def receipt_sheet(
    handover: Handover, contents: Mapping[str, Any], signatures: Mapping[Side, Signature], terminal: str, *, sample: bool
) -> ReceiptSheet:
    """What the printed page says: the signed contents and the terminal that sealed them, nothing else."""
    lines = contents["lines"]
    return ReceiptSheet(
        number=f"{handover.day.replace('-', '')}-{handover.number}",
        direction=handover.direction.label,
        handed_at=_moment(handover.ended_at),
        place=handover.section,
        lines=tuple(_line(line) for line in lines),
        signatures=tuple(_signature(handover, side, signatures[side], lines) for side in Side),
        statement=signatures[Side.RECEIVER].statement,
        code=f"nhi-center:handover:{handover.id}",
        remarks=_remarks(handover, contents),
        sample=sample,
        agreed=not contents["difference"],
        papers=_papers(contents),
        terminal=terminal,
    )


def _line(line: Mapping[str, Any]) -> ReceiptLine:
    """Beside what was received: what the giver counted, and what the ledger had, where that is something else."""
    got = line["receiver"]
    others = (("渡した側", line["giver"]), ("台帳", line.get("expected", got)))
    said = [f"{who} {_told(count, line['unit'])}" for who, count in others if count != got]
    return ReceiptLine(line["title"], got["cases"], got["sheets"], " ".join(said), line["unit"])


def _told(count: Mapping[str, int], unit: str) -> str:
    return (f"{count['cases']}件" if count["cases"] else "") + f"{count['sheets']}{unit}"


def _signature(handover: Handover, side: Side, signature: Signature, lines: Sequence[Mapping[str, Any]]) -> PrintedSignature:
    cases, by_unit = 0, {"枚": 0, "点": 0, "通": 0}
    for line in lines:
        cases += line[side.value]["cases"]
        by_unit[line["unit"]] += line[side.value]["sheets"]
    counted = " ".join([f"{cases}件", *(f"{count}{unit}" for unit, count in by_unit.items() if count or unit == "枚")])
    return PrintedSignature(
        side="渡した人" if side is Side.GIVER else "受け取った人",
        organisation="新宿区" if handover.direction.is_ward(side) else "受託者",
        name=signature.name,
        counted=counted,
        signed_at=_moment(signature.signed_at),
        fingerprint=" ".join(signature.value[at : at + 8] for at in range(0, FINGERPRINT, 8)),
    )


def _remarks(handover: Handover, contents: Mapping[str, Any]) -> str:
    words = [f"方法 {contents['medium']}、状態 {contents['condition']}。"] if "medium" in contents else []
    if contents.get("urgent"):
        words.insert(0, f"至急(窓口待ち、{contents['urgent'][11:16]} までのお約束)の1件だけの便です。")
    if contents["difference"]:
        words.append("差異あり。双方が差異のまま署名し、事故・差異の記録を作りました。")
    kinds, references = document_kinds(), contents["references"]
    slips = [number for kind, found in references.items() if kinds[kind].group is Group.APPLICATION for number in found]
    if slips:
        span = f" {slips[0]} から {slips[-1]} まで" if handover.direction is Direction.IN else ""
        words.append(f"管理票{span} {len(slips)}件")
    return " ".join(words)


def _papers(contents: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """What both signed of single 管理票, by number. A 便 signed before there was a way to the ward and back has no questions."""
    references = contents["references"]
    told = [(number, f"処理せずに返す。{why}") for number, why in contents.get("unkeyed", {}).items()]
    told += [
        (number, f"疑義照会票 {query} とともに渡す。同じ番号で戻る。") for number, query in contents.get("questions", {}).items()
    ]
    told += [(number, "疑義照会から戻った。") for number in references.get(QUESTION.id, ())]
    told += [(number, "原本だけを返す。届出は受託者に残る。") for number in references.get(ORIGINAL.id, ()) if number != "-"]
    return tuple(sorted(told))


def _moment(stamp: str) -> str:
    at = datetime.fromisoformat(stamp)
    return f"{wareki(date(at.year, at.month, at.day))} {at:%H:%M}"
