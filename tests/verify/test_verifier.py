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

from nhi_center.domain import seal
from nhi_center.domain.seal import SealFault
from nhi_center.domain.statements import signed_bytes, statement_hash
from nhi_center.domain.trust import Trust, TrustedPerson, trust_from_json, trust_to_json
from nhi_center.link.wire import encode_countersign
from nhi_center.verify import cli, documents
from tests.support import segments

TERMINAL = Ed25519PrivateKey.from_private_bytes(b"t" * 32)
GATEWAY = Ed25519PrivateKey.from_private_bytes(b"g" * 32)
WARD = Ed25519PrivateKey.from_private_bytes(b"w" * 32)
PDF = b"%PDF-1.4\nxref stands here\nstartxref\n9\n%%EOF\n"


def public(key: Ed25519PrivateKey) -> str:
    return key.public_key().public_bytes_raw().hex()


PEOPLE = {
    "40127": ("見本 区子", "ward_staff", WARD),
    "40128": ("見本 区助", "ward_staff", Ed25519PrivateKey.from_private_bytes(b"v" * 32)),
    "k-ichiro": ("見本 一郎", "clerk", Ed25519PrivateKey.from_private_bytes(b"c" * 32)),
}
TRUST = Trust(
    public(GATEWAY),
    {"T04": public(TERMINAL)},
    {person: TrustedPerson(name, role, public(key)) for person, (name, role, key) in PEOPLE.items()},
)
AT = "2026-11-24T09:30:00+09:00"
CONTENTS = {"number": 4, "direction": "in", "lines": [["F02", 3, 5]], "giver": "40127", "receiver": "k-ichiro"}


def sealed(contents: dict[str, object], *signers: str, kind: str = "handover", statement: str = "handover") -> bytes:
    """What the terminal's key can make of these contents, with the signatures of these people over them."""
    hashed = statement_hash(statement, contents)
    signatures = []
    for person in signers:
        name, role, key = PEOPLE[person]
        value = key.sign(signed_bytes(hashed, person, role, AT)).hex()
        signatures.append({"person": person, "name": name, "role": role, "signed_at": AT, "statement": hashed, "value": value})
    inside = {"statement": {"kind": statement, "contents": contents}, "signatures": signatures}
    digest = seal.body_hash(PDF)
    signature = TERMINAL.sign(seal.seal_bytes(kind, digest, inside, AT, "T04")).hex()
    fields = {"kind": kind, "body": digest, "contents": inside, "sealed_at": AT, "terminal": "T04", "signature": signature}
    return seal.append(PDF, fields)


@cache
def receipt() -> bytes:
    return sealed(CONTENTS, "40127", "k-ichiro")


@given(place=st.integers(0, len(receipt()) - 1), change=st.integers(1, 255))
def test_any_changed_byte_of_a_receipt_is_found(place: int, change: int) -> None:
    data = bytearray(receipt())
    data[place] ^= change
    with pytest.raises(SealFault):
        documents.check(bytes(data), TRUST, "handover")


def test_a_receipt_is_proven_with_its_signers() -> None:
    proven = documents.check(receipt(), TRUST, "handover")
    assert proven.contents["number"] == 4
    assert [signer.name for signer in proven.signers] == ["見本 区子", "見本 一郎"]
    for trust in (replace(TRUST, people={}), replace(TRUST, terminals={})):
        with pytest.raises(SealFault):
            documents.check(receipt(), trust, "handover")
    with pytest.raises(SealFault):
        documents.check(receipt(), TRUST, "summary")
    with pytest.raises(SealFault):
        documents.check(PDF, TRUST, "handover")


@pytest.mark.parametrize(
    ("changes", "signers", "told"),
    [
        ({}, (), "署名がありません"),
        ({}, ("40127",), "両方の署名"),
        ({}, ("k-ichiro",), "両方の署名"),
        ({}, ("k-ichiro", "k-ichiro"), "両方の署名"),
        ({}, ("k-ichiro", "40127"), "両方の署名"),
        ({}, ("40127", "k-ichiro", "40128"), "両方の署名"),
        ({"giver": "k-ichiro"}, ("k-ichiro", "k-ichiro"), "区の人と受託者の人"),
        ({"receiver": "40128"}, ("40127", "40128"), "区の人と受託者の人"),
        ({"direction": "out"}, ("40127", "k-ichiro"), "区の人と受託者の人"),
        ({"direction": "別"}, ("40127", "k-ichiro"), "向き"),
    ],
)
def test_the_terminal_s_key_makes_no_receipt_that_one_side_has_not_signed(
    changes: dict[str, object], signers: tuple[str, ...], told: str
) -> None:
    with pytest.raises(SealFault, match=told):
        documents.check(sealed({**CONTENTS, **changes}, *signers), TRUST, "handover")


def test_a_signature_for_something_else_is_none_under_a_receipt() -> None:
    with pytest.raises(SealFault, match="この種類"):
        documents.check(sealed(CONTENTS, "40127", "k-ichiro", statement="cabinet_count"), TRUST, "handover")
    with pytest.raises(SealFault, match="署名がありません"):
        documents.check(sealed({"month": "2026-11"}, kind="summary", statement="summary"), TRUST, "summary")


def test_what_went_under_a_question_and_what_came_back_is_told_by_number() -> None:
    told = documents.receipt_words(
        {"questions": {"1124-003": "R8-0001"}, "references": {"question": ["1124-004"], "original": ["1124-005", "-"]}}
    )
    for words in ("疑義照会票 R8-0001 とともに渡す 1124-003", "疑義照会から戻った 1124-004", "原本だけを返す 1124-005"):
        assert any(words in line for line in told), words


def test_the_list_of_keys_survives_its_file() -> None:
    assert trust_from_json(json.loads(json.dumps(trust_to_json(TRUST)))) == TRUST
    with pytest.raises(ValueError, match="trust list"):
        trust_from_json({"gateway": "00"})


def test_the_command_says_it_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    trust, paper = tmp_path / "trust.json", tmp_path / "receipt.pdf"
    trust.write_text(json.dumps(trust_to_json(TRUST)), encoding="utf-8")
    paper.write_bytes(receipt())
    assert cli.main(["receipt", str(paper), "--trust", str(trust)]) == 0
    assert "区職員 見本 区子" in capsys.readouterr().out
    paper.write_bytes(receipt().replace(b"stands", b"stood!"))
    assert cli.main(["receipt", str(paper), "--trust", str(trust)]) == 1
    assert "封印したときから変わっています" in capsys.readouterr().out
    assert cli.main(["audit", str(tmp_path / "none"), "--trust", str(trust)]) == 2


def test_a_folder_of_copies_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    trust, head, folder = tmp_path / "trust.json", tmp_path / "head.json", tmp_path / "segments"
    trust.write_text(json.dumps(trust_to_json(segments.TRUST)), encoding="utf-8")
    folder.mkdir()
    files, end = segments.copies()

    def told(*arguments: str) -> tuple[int, str]:
        code = cli.main(["audit", str(folder), "--trust", str(trust), *arguments])
        out = capsys.readouterr()
        return code, out.out + out.err

    assert told() == (1, "× 確認できません: このフォルダーに操作記録の写しがありません。\n")
    for name, data in files.items():
        (folder / name).write_bytes(data)
    code, words = told()
    assert code == 0
    assert "端末 T04 1番から26番まで" in words
    assert "18番までは区のサーバの控えとも一致" in words
    head.write_bytes(encode_countersign(segments.countersign_of(end)))
    assert "26番までは区のサーバの控えとも一致" in told("--head", str(head))[1]
    last = folder / max(files)
    last.write_bytes(last.read_bytes()[:-1])
    code, words = told()
    assert (code, "21番から後に、書きかけの行があります" in words) == (0, True)
    assert told("--head", str(head)) == (
        1,
        "× 確認できません: 21番から後が切り取られています。区のサーバの控えは26番まであります。\n",
    )
    head.write_bytes(b"{}")
    assert told("--head", str(head))[0] == 2


def test_it_loads_nothing_of_the_workstation() -> None:
    script = "import sys, nhi_center.verify.cli; print([m for m in ('PySide6', 'sqlalchemy', 'sqlcipher3') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
