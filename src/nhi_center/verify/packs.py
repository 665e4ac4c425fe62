"""証拠一式 (``.pack.zip``): every file in it is what the terminal signed, and what proves itself does so."""

from __future__ import annotations

import hashlib
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from nhi_center.domain import pack
from nhi_center.domain.audit_check import Checked, check_file
from nhi_center.domain.erasure import STATEMENT as ERASURE
from nhi_center.domain.exports import SUFFIX, ManifestFault, manifest_name
from nhi_center.domain.handover import STATEMENT as HANDOVER
from nhi_center.domain.log_review import STATEMENT as LOG_REVIEW
from nhi_center.domain.on_site_inspection import END as ON_SITE
from nhi_center.domain.pack import File, Group, Manifest, PackFault
from nhi_center.domain.seal import SealFault
from nhi_center.domain.trust import Trust
from nhi_center.verify import documents, exports

_ON_SITE_NAME = "reports/on-site-"


def check(path: Path, trust: Trust) -> tuple[Manifest, Checked]:
    """Prove one: the terminal's signature, the fingerprint of every file, nothing beside them, the log up to its end, the
    signatures in receipts, review sheets and 消去証明書, and that the log says the fingerprint of each 事故報告書.

    Raises PackFault, SealFault or AuditFault with a sentence; OSError.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            found = _manifest(archive, trust)
            logs = [checked for one in found.files if (checked := _prove(one, _read(archive, one), trust)) is not None]
            _prove_incidents(archive, found)
            for one in found.of(Group.EXPORTS):
                _prove_export(archive, found, one, trust)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, struct.error):  # RuntimeError: it is encrypted
        raise PackFault("証拠一式のファイルではないか、途中で切れています。") from None
    if len(logs) != 1 or (logs[0].terminal, logs[0].last) != (found.terminal, found.last):
        raise PackFault("操作記録が、目録のとおりに入っていません。")
    return found, logs[0]


def _manifest(archive: zipfile.ZipFile, trust: Trust) -> Manifest:
    entries = archive.infolist()
    if len(entries) > pack.MAX_FILES or sum(one.file_size for one in entries) > pack.MAX_BYTES:
        raise PackFault("大きすぎて、証拠一式とは認められません。")
    if any(one.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for one in entries):
        raise PackFault("証拠一式の形ではありません。")
    names = [one.filename for one in entries]
    if pack.MANIFEST not in names or len(set(names)) != len(names):
        raise PackFault("目録がないか、同じ名前のファイルが二つあります。")
    found, payload, signature = pack.read(_at_most(archive, pack.MANIFEST, pack.MAX_MANIFEST))
    if not trust.terminal_signed(found.terminal, payload, signature):
        raise PackFault("目録の、端末の署名が正しくありません。")
    if set(names) != {pack.MANIFEST, *(one.name for one in found.files)}:
        raise PackFault("目録にないファイルがあるか、目録のファイルがありません。")
    return found


def _read(archive: zipfile.ZipFile, one: File) -> bytes:
    data = _at_most(archive, one.name, one.size)
    if (len(data), hashlib.sha256(data).hexdigest()) != (one.size, one.sha256):
        raise PackFault(f"{one.name} の内容が、目録と違います。")
    return data


def _at_most(archive: zipfile.ZipFile, name: str, size: int) -> bytes:
    """One byte more than ``size`` at most: what the archive says of a file's size may be a lie, and reading all of it unpacks
    as much as there is. Raises PackFault for more."""
    with archive.open(name) as held:
        data = held.read(size + 1)
    if len(data) > size:
        raise PackFault(f"{name} が、目録より大きくなっています。")
    return data


def _prove(one: File, data: bytes, trust: Trust) -> Checked | None:
    if one.group is Group.LOG:
        return check_file(data, trust)
    kind = _kind(one)
    if kind:
        try:
            documents.check(data, trust, kind)
        except SealFault as fault:
            raise SealFault(f"{one.name}: {fault}") from None
    return None


def _prove_incidents(archive: zipfile.ZipFile, found: Manifest) -> None:
    """A 事故報告書 bears no signature: the log, proven before, says its fingerprint. One made again says so by its name."""
    written = [one for one in found.of(Group.INCIDENTS) if not one.name.startswith(pack.MADE_AGAIN)]
    log = b"".join(_read(archive, one) for one in found.of(Group.LOG)) if written else b""
    for one in written:
        if b'"sha256":"%s"' % one.sha256.encode() not in log:
            raise PackFault(f"{one.name} は、操作記録にある書面での報告ではありません。")


def _prove_export(archive: zipfile.ZipFile, found: Manifest, one: File, trust: Trust) -> None:
    """An encrypted report by the manifest beside it, which supervisor and ward staff have signed; no password is needed."""
    if one.name.endswith(SUFFIX):
        return
    beside = next((other for other in found.files if other.name == manifest_name(one.name)), None)
    if beside is None:
        raise PackFault(f"{one.name} の目録が入っていません。")
    try:
        exports.check(_read(archive, one), _read(archive, beside), trust)
    except (ManifestFault, SealFault) as fault:
        raise PackFault(f"{one.name}: {fault}") from None


def _kind(one: File) -> str:
    """Which statement has to be in its seal, "" for what has none."""
    if one.group is Group.RECEIPTS:
        return HANDOVER
    if one.group is Group.REPORTS:
        return ON_SITE if one.name.startswith(_ON_SITE_NAME) else LOG_REVIEW
    if one.group is Group.ERASURES:
        return ERASURE
    return ""


def words(found: Manifest, log: Checked) -> Iterator[str]:
    """What was proven, line by line."""
    first, last = found.period
    yield f"○ 証拠一式は変わっていません: 端末 {found.terminal} {first} から {last} まで(作成 {found.made_at} {found.made_by})"
    if found.training:
        yield "  △ 研修用の端末のものです"
    anchored = f"、{log.anchored}番までは区のサーバの控えとも一致" if log.anchored else "、区のサーバの控えはまだありません"
    yield f"  操作記録 {log.first}番から{log.last}番まで{anchored}"
    for group in (Group.RECEIPTS, Group.BOOKS, Group.REPORTS, Group.INCIDENTS, Group.ERASURES, Group.EXPORTS):
        files = [one for one in found.of(group) if not one.name.endswith(SUFFIX)]
        yield f"  {group.label} {len(files)}件"
    for missing in found.missing:
        yield f"  △ {missing}"
