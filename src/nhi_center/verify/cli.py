"""``nhi-center-verify``: the ward checks a log, a receipt, an export, a review sheet or a pack by itself.

Exit status 0 proven, 1 not, 2 not usable. Beside it stand the commands of
the ward's recovery key (``verify.recovery``) and of the key that signs updates (``verify.updates``).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from nhi_center.domain.audit import Countersign
from nhi_center.domain.audit_check import Checked, check_file
from nhi_center.domain.audit_file import AuditFault
from nhi_center.domain.erasure import STATEMENT as ERASURE
from nhi_center.domain.exports import ManifestFault, manifest_name
from nhi_center.domain.on_site_inspection import END as ON_SITE
from nhi_center.domain.pack import PackFault
from nhi_center.domain.seal import SealFault
from nhi_center.domain.trust import Trust, trust_from_json
from nhi_center.verify import documents, exports, packs
from nhi_center.verify.segments import check_folder

_RECOVERY = ("recovery-key", "recover")
_UPDATES = ("update-key", "sign-update")
_SEALED = {
    "receipt": ("handover", "受領証"),
    "log_review": ("log_review", "アクセスログ点検表"),
    "on_site": (ON_SITE, "立入り調査票"),
    "erasure": (ERASURE, "消去証明書"),
}
"""What is checked by the seal at its end: the kind of statement in it, and its title."""

_ROLES = {"clerk": "取扱者", "supervisor": "取扱責任者", "ward_staff": "区職員", "ward_admin": "区管理者"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one check and print what it proves, in Japanese."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    if given and given[0] in _RECOVERY:
        from nhi_center.verify import recovery  # with argon2-cffi, which proving does without

        return recovery.main(given)
    if given and given[0] in _UPDATES:
        from nhi_center.verify import updates  # the same

        return updates.main(given)
    options = _parser().parse_args(given)
    try:
        trust = trust_from_json(json.loads(options.trust.read_bytes()))
        if options.what == "pack":
            print("\n".join(packs.words(*packs.check(options.file, trust))))
        elif options.what == "audit":
            print(_audit(options.file, trust, _head(options.head) if options.head else None))
        elif options.what == "export":
            print(_export(options.file, trust))
        else:
            print(_document(options.file.read_bytes(), trust, options.what))
    except (AuditFault, SealFault, PackFault, ManifestFault) as fault:  # before ValueError, of which they are kinds
        print(f"× 確認できません: {fault}")
        return 1
    except (OSError, ValueError):
        print("ファイルか、鍵の一覧を読めません。場所と名前を確かめてください。", file=sys.stderr)
        return 2
    return 0


def _head(file: Path) -> Countersign:
    """Raises ValueError when it is not a countersigned head as the gateway hands it out."""
    try:
        return Countersign(**json.loads(file.read_bytes())["countersigned"])
    except (KeyError, TypeError):
        raise ValueError("head") from None


def _audit(place: Path, trust: Trust, head: Countersign | None) -> str:
    """A whole folder, or one file by itself."""
    if not place.is_dir():
        return _told(check_file(place.read_bytes(), trust, head))
    checked = check_folder(place, trust, head)
    if not checked:
        raise AuditFault(0, "このフォルダーに操作記録の写しがありません。")
    return "\n".join(_told(one) for one in checked)


def _told(checked: Checked) -> str:
    if checked.last < checked.first:
        return f"△ 端末 {checked.terminal}: まだ署名された記録がありません(書きかけの行だけです)"
    lines = [f"○ 操作記録は変わっていません: 端末 {checked.terminal} {checked.first}番から{checked.last}番まで"]
    if checked.anchored:
        lines.append(f"  {checked.anchored}番までは区のサーバの控えとも一致(控え {checked.countersigned_at})")
    if checked.anchored < checked.last:
        lines.append(f"  {checked.anchored + 1}番から後は、まだ区のサーバに控えがありません(端末の署名だけ)")
    if checked.torn:
        lines.append(f"  △ {checked.last + 1}番から後に、書きかけの行があります。書込みが途中で切れた跡で、次の書込みで直ります")
    return "\n".join(lines)


def _export(file: Path, trust: Trust) -> str:
    """A file with its manifest beside it."""
    manifest = file.with_name(manifest_name(file.name)).read_bytes()
    return "\n".join(exports.words(*exports.check(file.read_bytes(), manifest, trust)))


def _document(data: bytes, trust: Trust, what: str) -> str:
    kind, title = _SEALED[what]
    proven = documents.check(data, trust, kind)
    lines = [f"○ {title}は変わっていません: 端末 {proven.terminal} {proven.sealed_at}"]
    lines += documents.receipt_words(proven.contents) if what == "receipt" else []
    lines += [f"  署名 {_ROLES.get(signer.role, signer.role)} {signer.name} {signer.signed_at}" for signer in proven.signers]
    return "\n".join(lines)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="nhi-center-verify",
        description="操作記録・受領証・書き出し・アクセスログ点検表・立入り調査票・消去証明書・証拠一式を、区だけで確かめます。",
        epilog="区の復旧鍵: nhi-center-verify recovery-key --help(作る)、nhi-center-verify recover --help(使う)。"
        "端末の更新: nhi-center-verify update-key --help(署名鍵を作る)、nhi-center-verify sign-update --help(署名する)",
    )
    parser.add_argument(
        "what",
        choices=("audit", "export", *_SEALED, "pack"),
        help="確かめるもの(操作記録、受領証、書き出した報告や一覧、アクセスログ点検表、立入り調査票、消去証明書、証拠一式)",
    )
    parser.add_argument("file", type=Path, help="確かめるファイル(操作記録はフォルダーも。書き出しは目録も同じ場所に置く)")
    parser.add_argument("--trust", type=Path, required=True, help="区が保管する公開鍵の一覧(trust.json)")
    parser.add_argument("--head", type=Path, help="区のサーバが出した最新の控え(操作記録がそこまであるかを確かめる)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
