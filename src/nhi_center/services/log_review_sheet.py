"""アクセスログ点検表: the month's sheet, signed by the supervisor over exactly what was shown, sealed for the ward."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from pathlib import Path

from nhi_center.domain.calendar import wareki
from nhi_center.domain.log_review import STATEMENT, Flag, Review, Signed, check_signable, contents, month_span, ranges
from nhi_center.domain.operators import Action, Role, Session, Signature
from nhi_center.domain.report_period import month_words
from nhi_center.errors import OperatorError
from nhi_center.printing.files import free_name
from nhi_center.printing.sheets import ListColumn, ListPart, ListSheet
from nhi_center.services import devices, log_review
from nhi_center.services.inside import logs_outside
from nhi_center.services.office import Office
from nhi_center.services.sealing import sealed_document
from nhi_center.services.signing import require_signature, sign
from nhi_center.services.work import begin, reading, require
from nhi_center.storage import log_review as storage

FINGERPRINT = 32
"""Characters of the signature that the sheet shows; the whole signature is in the seal."""

LONGEST_NUMBERS = 60


def sheets(office: Office, session: Session) -> tuple[Signed, ...]:
    """The sheets that have been signed, newest first."""
    with reading(office, session, Action.INSPECT) as connection:
        return storage.signed(connection)


def path_of(office: Office, signed: Signed) -> Path:
    """Where a sheet lies."""
    return office.settings.documents / Path(signed.file).name


@logs_outside
def sign_and_write(office: Office, session: Session, shown: Review, supervisor: str, password: str) -> Signed:
    """Sign exactly ``shown`` and write its sheet into the documents folder, sealed. An earlier sheet of the month stays.

    Waits for the PDF process and a password hash: run it in the print lane. Raises OperatorError (something has no remark, the
    list is not that any more, ID or password wrong), EnvironmentTrouble (the PDF process, the disk).
    """
    require(office, session, Action.SIGN_LOG_REVIEW)
    devices.require_none_held(office, "export")
    check_signable(shown)
    signed = contents(shown)
    with reading(office, session, Action.SIGN_LOG_REVIEW) as connection:
        seen = log_review.read(office, connection, shown.month, log_review.silent, last=shown.last)
    check_signable(seen)
    if {**contents(seen), "anchored": 0, "over": False} != {**signed, "anchored": 0, "over": False}:
        raise OperatorError("署名の前に内容が変わりました。表を確かめて、もう一度署名してください。", code="changed")
    signature = sign(office, supervisor, password, STATEMENT, signed)
    require_signature(office, signature, STATEMENT, signed, Role.SUPERVISOR)
    stem = f"log-review-{office.terminal}-{shown.month}"
    target = free_name(office.settings.documents, stem, ".pdf", office.settings.business_folder)
    sealed = sealed_document(office, target, sheet(office, shown, signature), STATEMENT, contents(shown), [signature])
    digest = hashlib.sha256(sealed).hexdigest()
    flags, month = len(shown.flags), shown.month
    with begin(
        office,
        session,
        Action.SIGN_LOG_REVIEW,
        subject=month,
        step="log_review",
        entries=shown.entries,
        flags=flags,
        sha256=digest,
    ) as unit:
        storage.keep(unit.connection, target.name, digest, signed, signature, unit.stamp)
        unit.write(target, sealed)
        return Signed(month, shown.first, shown.last, target.name, digest, unit.stamp, signature.name)


# -- the printed page --


def sheet(office: Office, seen: Review, signature: Signature) -> ListSheet:
    """What the printed page says: the signed contents and nothing else. People of the contractor stand with their id."""
    return ListSheet(
        title="アクセスログ点検表",
        subtitle=f"{month_words(seen.month)} 端末 {seen.terminal}",
        footer=f"アクセスログ点検表 {seen.terminal} {seen.month}",
        pairs=(
            ("対象期間", _period(seen)),
            ("点検した記録", f"{seen.entries:,}件({seen.first:,}番から{seen.last:,}番まで)"),
            ("記録のつながり", _chain(seen)),
            ("指摘", _count(seen)),
            ("署名した日時", _moment(datetime.fromisoformat(signature.signed_at))),
            ("署名の指紋", _spaced(signature.value[:FINGERPRINT])),
        ),
        names=(("取扱責任者", signature.name),),
        parts=(_rules(seen), _flags(seen), _remarks(seen), _proof(signature)),
        boxes=("取扱責任者", "区 確認"),
        sample=office.settings.training,
    )


def _rules(seen: Review) -> ListPart:
    columns = (ListColumn("点検の項目", 62), ListColumn("指摘", 20, right=True), ListColumn("示す基準", 88))
    return ListPart("点検の項目", columns, tuple((title, f"{seen.count(name)}件", words) for name, title, words in seen.rules))


def _flags(seen: Review) -> ListPart:
    columns = (
        ListColumn("番号", 14, right=True),
        ListColumn("重さ", 24),
        ListColumn("項目", 52),
        ListColumn("だれが", 26),
        ListColumn("日時", 32),
        ListColumn("処置", 22),
    )
    rows = tuple(
        (
            str(number),
            flag.severity.label,
            seen.title(flag.rule),
            flag.person or "登録なし",
            f"{flag.at:%m月%d日 %H:%M}",
            seen.remarks[flag.id].verdict.label,
        )
        for number, flag in enumerate(seen.flags, start=1)
    )
    return ListPart("指摘", columns, rows)


def _remarks(seen: Review) -> ListPart:
    """Each flag's sentence, its entries and what was found out."""
    notes = [note for number, flag in enumerate(seen.flags, start=1) for note in _notes(seen, number, flag)]
    return ListPart("指摘の内容と所見", notes=tuple(notes) or ("指摘はありませんでした。",))


def _notes(seen: Review, number: int, flag: Flag) -> tuple[str, str]:
    remark, numbers = seen.remarks[flag.id], ranges(flag.seqs)
    where = numbers if len(numbers) <= LONGEST_NUMBERS else f"{flag.seqs[0]:,}から{flag.seqs[-1]:,}のうち{len(flag.seqs):,}件"
    return f"{number}. {flag.sentence}記録 {where}", f"所見 {remark.words}({remark.verdict.label} {remark.by})"


def _proof(signature: Signature) -> ListPart:
    return ListPart(
        "確かめかた",
        notes=(
            f"内容の指紋(SHA-256) {_spaced(signature.statement)}",
            "区は nhi-center-verify log_review で、この点検表が変えられていないことを確かめられます。",
        ),
    )


def _chain(seen: Review) -> str:
    if seen.chain.anchored:
        return f"異状なし(区のサーバの控えとも {seen.chain.anchored:,}番まで一致)"
    return "異状なし(区のサーバの控えは、まだありません)"


def _count(seen: Review) -> str:
    if not seen.flags:
        return "なし"
    reported = sum(1 for remark in seen.remarks.values() if remark.verdict == "reported")
    return f"{len(seen.flags)}件(うち区へ報告 {reported}件)"


def _period(seen: Review) -> str:
    first, end = month_span(seen.month)
    last = (end - timedelta(days=1)).date()
    return f"{wareki(first.date())}から{wareki(last)}まで{'' if seen.over else '(月の途中の点検)'}"


def _moment(at: datetime) -> str:
    return f"{wareki(at.date())} {at:%H:%M}"


def _spaced(fingerprint: str) -> str:
    return " ".join(fingerprint[at : at + 8] for at in range(0, len(fingerprint), 8))
