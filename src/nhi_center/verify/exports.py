"""What left for the ward (報告書・一覧), proven by the manifest that lies beside it (``.manifest.json``)."""

from __future__ import annotations

from nhi_center.domain import exports, seal
from nhi_center.domain.exports import File, Manifest, ManifestFault, Way
from nhi_center.domain.operators import Signature
from nhi_center.domain.seal import SealFault
from nhi_center.domain.statements import signed_bytes, statement_hash
from nhi_center.domain.trust import Trust
from nhi_center.verify import documents


def check(file: bytes, manifest: bytes, trust: Trust) -> tuple[Manifest, File]:
    """Prove that ``file`` left as the manifest says, whatever it is called now: the terminal's signature over the manifest, those
    of the supervisor and the ward over what left, the file's fingerprint; and of a PDF its own seal over the same statement.

    A workbook and an envelope carry no seal: the manifest alone proves them. No password is needed: what the file hides stays
    hidden. Raises ManifestFault or SealFault with a sentence.
    """
    found = check_manifest(manifest, trust)
    told = found.file_of(file)
    if told is None:
        raise ManifestFault("ファイルの内容が、目録と違います。")
    if told.way is Way.PASSWORD:
        _check_seal(file, found, trust)
    return found, told


def check_manifest(data: bytes, trust: Trust) -> Manifest:
    """Raises ManifestFault unless terminal, supervisor and ward have signed it."""
    found, payload, signature = exports.read(data)
    if not trust.terminal_signed(found.terminal, payload, signature):
        raise ManifestFault("目録の、端末の署名が正しくありません。")
    exports.check_signatures(found.signatures)
    statement = statement_hash(found.kind.value, found.statement)
    if not all(_signed(one, statement, trust) for one in found.signatures):
        raise ManifestFault("目録の、取扱責任者か区職員の署名が正しくないか、名簿にありません。")
    return found


def _signed(one: Signature, statement: str, trust: Trust) -> bool:
    known = trust.people.get(one.person)
    payload = signed_bytes(statement, one.person, one.role, one.signed_at)
    named = known is not None and known.name == one.name and one.statement == statement
    return named and trust.person_signed(one.person, one.role, payload, one.value)


def _check_seal(file: bytes, manifest: Manifest, trust: Trust) -> None:
    proven = documents.check(file, trust, manifest.kind.value)
    _body, found = seal.split(file)
    signers = [Signature(**one) for one in found["contents"]["signatures"]]
    if proven.contents != manifest.statement or proven.terminal != manifest.terminal or signers != list(manifest.signatures):
        raise SealFault("ファイルの封印が、目録と違う内容です。")


def words(manifest: Manifest, file: File) -> list[str]:
    """What was proven, line by line."""
    told = [f"○ 書き出し {file.name} は変わっていません: 端末 {manifest.terminal}", *exports.words(manifest)]
    roles = {"supervisor": "取扱責任者", "ward_staff": "区職員", "ward_admin": "区管理者"}
    return told + [f"  署名 {roles[one.role]} {one.name} {one.signed_at}" for one in manifest.signatures]
