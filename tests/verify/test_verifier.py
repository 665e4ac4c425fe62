from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from nhi_center.domain import audit, audit_file, canonical, seal
from nhi_center.domain.audit import Countersign, Head
from nhi_center.domain.audit_file import AuditFault
from nhi_center.domain.seal import SealFault
from nhi_center.domain.statements import signed_bytes, statement_hash
from nhi_center.domain.trust import Trust, TrustedPerson, trust_from_json, trust_to_json
from nhi_center.verify import cli, documents

TERMINAL = Ed25519PrivateKey.from_private_bytes(b"t" * 32)
GATEWAY = Ed25519PrivateKey.from_private_bytes(b"g" * 32)
WARD = Ed25519PrivateKey.from_private_bytes(b"w" * 32)
PDF = b"%PDF-1.4\nxref stands here\nstartxref\n9\n%%EOF\n"


def public(key: Ed25519PrivateKey) -> str:
    return key.public_key().public_bytes_raw().hex()


TRUST = Trust(public(GATEWAY), {"T04": public(TERMINAL)}, {"40127": TrustedPerson("見本 区子", "ward_staff", public(WARD))})


@cache
def log_file(*, first: int = 1, last: int = 12, anchored: int = 9) -> bytes:
    entries, hashes = [], [audit.genesis("T04")]
    for seq in range(1, last + 1):
        entry = audit.entry_bytes(seq, "2026-11-24T00:00:00+00:00", "T04", "k-ichiro", "enter", "a-1", {"page": seq})
        entries.append(entry)
        hashes.append(audit.link(hashes[-1], entry))
    head = Head("T04", last, hashes[-1].hex(), "2026-11-24T09:00:00+00:00")
    head = replace(head, signature=TERMINAL.sign(audit.head_bytes(head)).hex())
    countersign = Countersign("T04", anchored, hashes[anchored].hex(), "2026-11-24T08:00:00+00:00")
    countersign = replace(countersign, signature=GATEWAY.sign(audit.countersign_bytes(countersign)).hex())
    return audit_file.write(first, hashes[first - 1], entries[first - 1 :], head, countersign if anchored else None)


@cache
def receipt() -> bytes:
    contents = {"number": 4, "lines": [["F02", 3, 5]]}
    statement = statement_hash("handover", contents)
    at = "2026-11-24T09:30:00+09:00"
    value = WARD.sign(signed_bytes(statement, "40127", "ward_staff", at)).hex()
    signer = {
        "person": "40127",
        "name": "見本 区子",
        "role": "ward_staff",
        "signed_at": at,
        "statement": statement,
        "value": value,
    }
    inside = {"statement": {"kind": "handover", "contents": contents}, "signatures": [signer]}
    digest = seal.body_hash(PDF)
    signature = TERMINAL.sign(seal.seal_bytes("handover", digest, inside, at, "T04")).hex()
    fields = {"kind": "handover", "body": digest, "contents": inside, "sealed_at": at, "terminal": "T04", "signature": signature}
    return seal.append(PDF, fields)


def test_a_whole_log_is_proven_up_to_the_anchor() -> None:
    checked = audit_file.check(log_file(), TRUST)
    assert (checked.first, checked.last, checked.anchored) == (1, 12, 9)
    assert audit_file.check(log_file(first=5), TRUST).first == 5
    assert audit_file.check(log_file(anchored=0), TRUST).anchored == 0


@given(place=st.integers(0, len(log_file()) - 1), change=st.integers(1, 255))
def test_any_changed_byte_of_a_log_is_found(place: int, change: int) -> None:
    data = bytearray(log_file())
    data[place] ^= change
    with pytest.raises(AuditFault):
        audit_file.check(bytes(data), TRUST)


@given(place=st.integers(0, len(receipt()) - 1), change=st.integers(1, 255))
def test_any_changed_byte_of_a_receipt_is_found(place: int, change: int) -> None:
    data = bytearray(receipt())
    data[place] ^= change
    with pytest.raises(SealFault):
        documents.check(bytes(data), TRUST, "handover")


def test_cut_reordered_swapped_and_foreign_logs_are_refused() -> None:
    lines = log_file().split(b"\n")
    cut = b"\n".join([*lines[:6], *lines[-2:]])
    swapped = b"\n".join([lines[0], lines[2], lines[1], *lines[3:]])
    for data in (cut, swapped, b"", b"\n\n\n", log_file()[:-1]):
        with pytest.raises(AuditFault):
            audit_file.check(data, TRUST)
    with pytest.raises(AuditFault):
        audit_file.check(log_file(), replace(TRUST, terminals={"T04": public(WARD)}))
    with pytest.raises(AuditFault):
        audit_file.check(log_file(), replace(TRUST, gateway=public(WARD)))


def test_a_tail_cut_together_with_a_new_head_does_not_reach_the_anchor() -> None:
    """The holder of the terminal's key can sign a shorter log, but the gateway's copy is longer than it."""
    short = log_file(last=8, anchored=0).split(b"\n")
    trailer = canonical.decode(short[-2])
    trailer["countersign"] = canonical.decode(log_file().split(b"\n")[-2])["countersign"]
    with pytest.raises(AuditFault):
        audit_file.check(b"\n".join([*short[:-2], canonical.encode(trailer), b""]), TRUST)


def test_a_receipt_is_proven_with_its_signers() -> None:
    proven = documents.check(receipt(), TRUST, "handover")
    assert proven.contents["number"] == 4
    assert [signer.name for signer in proven.signers] == ["見本 区子"]
    for trust in (replace(TRUST, people={}), replace(TRUST, terminals={})):
        with pytest.raises(SealFault):
            documents.check(receipt(), trust, "handover")
    with pytest.raises(SealFault):
        documents.check(receipt(), TRUST, "summary")
    with pytest.raises(SealFault):
        documents.check(PDF, TRUST, "handover")


def test_the_list_of_keys_survives_its_file() -> None:
    assert trust_from_json(json.loads(json.dumps(trust_to_json(TRUST)))) == TRUST
    with pytest.raises(ValueError, match="trust list"):
        trust_from_json({"gateway": "00"})


def test_the_command_says_it_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    trust, log, paper = tmp_path / "trust.json", tmp_path / "audit.log", tmp_path / "receipt.pdf"
    trust.write_text(json.dumps(trust_to_json(TRUST)), encoding="utf-8")
    log.write_bytes(log_file())
    paper.write_bytes(receipt())
    assert cli.main(["audit", str(log), "--trust", str(trust)]) == 0
    assert "9番までは区のサーバの控えとも一致" in capsys.readouterr().out
    assert cli.main(["receipt", str(paper), "--trust", str(trust)]) == 0
    assert "区職員 見本 区子" in capsys.readouterr().out
    paper.write_bytes(receipt().replace(b"stands", b"stood!"))
    assert cli.main(["receipt", str(paper), "--trust", str(trust)]) == 1
    assert "封印したときから変わっています" in capsys.readouterr().out
    assert cli.main(["audit", str(tmp_path / "none"), "--trust", str(trust)]) == 2


def test_it_loads_nothing_of_the_workstation() -> None:
    script = "import sys, nhi_center.verify.cli; print([m for m in ('PySide6', 'sqlalchemy', 'sqlcipher3') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
