"""動作点検, what is kept: the store's pages and structure, the log's chain, its copies, the lines told to the ward."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from nhi_center.domain.audit import genesis, link
from nhi_center.domain.self_check import Finding, State
from nhi_center.services.office import Office
from nhi_center.storage import audit, check
from nhi_center.storage.check import Checked, Token

Report = Callable[[int, int, str], None]
"""(done, total or 0, words): called between steps; raises to stop."""

PAGE = 2000
YOUNG = timedelta(days=2)
"""A terminal's log this young need not have copies yet."""
LATE = timedelta(days=4)
"""Longer than any weekend with a holiday; the year's end gives one warning more."""

DAMAGED_ADVICE = (
    "入力を止めてサインアウトし、取扱責任者に伝えてください。送信済の記録は区のサーバにあります。"
    "データベースのファイルは消さず、動かさず、バックアップからの復旧を区管理者に頼んでください。"
)


def pages(office: Office, report: Report, token: Token | None) -> Finding:
    """Every page against its fingerprint: one changed bit is found."""
    return _store("store_pages", "データベース(ページ)", check.cipher(office.store.connect, report, token))


def structure(office: Office, report: Report, token: Token | None) -> Finding:
    """Rows, trees and free pages."""
    return _store("store_structure", "データベース(構造)", check.quick(office.store.connect, report, token))


def _store(name: str, title: str, found: Checked) -> Finding:
    if found.sound:
        return Finding(name, title, State.OK, f"{found.pages:,}ページに異状はありません。")
    where = next((f"(最初は{fault.page:,}ページ)" for fault in found.faults if fault.page), "")
    sentence = f"データベースの{len(found.faults)}か所が壊れています{where}。"
    return Finding(name, title, State.ERROR, sentence, DAMAGED_ADVICE)


def chain(office: Office, report: Report, _token: Token | None) -> Finding:
    """The log from the last head the segment has confirmed to its end; the whole of it is proved under 操作記録."""
    name, title = "log_chain", "操作記録のつながり"
    with office.store.read.begin() as connection:
        last, _hash = audit.last(connection, office.terminal)
        anchor = audit.newest_anchor(connection, office.terminal)
        seq = anchor.seq if anchor else 0
        hash_ = bytes.fromhex(anchor.hash) if anchor else genesis(office.terminal)
        first = seq + 1
        while rows := audit.entries(connection, seq + 1, PAGE):
            for number, entry, stored in rows:
                hash_ = link(hash_, entry)
                if number != seq + 1 or hash_ != stored or b'"seq":%d,' % number not in entry:
                    advice = "この端末を使わずに、区職員に知らせてください。"
                    return Finding(name, title, State.ERROR, f"{seq + 1:,}番でつながりが切れています。", advice)
                seq = number
            report(seq, last, "操作記録")
    if anchor is None:
        return Finding(name, title, State.OK, f"1番から{seq:,}番までつながっています。")
    if seq < first:
        return Finding(name, title, State.OK, f"{seq:,}番まで、区のサーバの控えと同じです。")
    since = f"{seq:,}番も" if seq == first else f"{first:,}番から{seq:,}番まで"
    return Finding(name, title, State.OK, f"区のサーバの控えのあとの {since}つながっています。")


def segments(office: Office, _report: Report, _token: Token | None) -> Finding:
    """The files the ward's verifier reads."""
    return _fresh(office, "segments", "操作記録の写し", office.settings.segments, "操作記録の写し")


def backups(office: Office, _report: Report, _token: Token | None) -> Finding:
    return _fresh(office, "backups", "バックアップ", office.settings.backups, "バックアップ")


def _fresh(office: Office, name: str, title: str, folder: Path, what: str) -> Finding:
    """By the files' own times: nothing else is asked of those who write them."""
    now = office.clock.now()
    advice = "終業点検を終えると作られます。それでも作られないときは、空き容量とこの点検のほかの行を確かめてください。"
    newest = max((file.stat().st_mtime for file in folder.glob("*") if file.is_file()), default=None) if folder.is_dir() else None
    if newest is None:
        if now - _first_entry(office) < YOUNG:
            return Finding(name, title, State.OK, f"{what}はまだありません。最初の終業点検で作られます。")
        return Finding(name, title, State.WARNING, f"{what}がまだありません。", advice)
    at = datetime.fromtimestamp(newest, UTC)
    days = (now - at).days
    if now - at > LATE:
        return Finding(name, title, State.WARNING, f"{what}が{days}日前のものしかありません。", advice)
    return Finding(name, title, State.OK, f"新しい{what}があります({'今日' if days < 1 else f'{days}日前'})。")


def _first_entry(office: Office) -> datetime:
    with office.store.read.begin() as connection:
        rows = audit.entries(connection, 1, 1)
    if not rows:
        return office.clock.now()
    at = rows[0][1].split(b'"at":"', 1)[1].split(b'"', 1)[0]
    return datetime.fromisoformat(at.decode())


def lines(office: Office, _report: Report, _token: Token | None) -> Finding:
    """The lines for the ward's own monitoring: told up to where, and what could not be told."""
    name, title = "event_lines", "監視への通知"
    told = office.premises.event_lines.state(office.store)
    if not told:
        return Finding(name, title, State.OK, "端末の設定で切ってあります。操作記録は、端末の中に残ります。")
    where = {"file": "ファイル", "journal": "システムのログ"}
    shorter = [one for one in told if one.ahead]
    if shorter:
        sentence = f"渡した記録より、操作記録が{shorter[0].ahead:,}件短くなっています。"
        return Finding(
            name, title, State.ERROR, sentence, "バックアップから復旧した直後でなければ、すぐに区職員に知らせてください。"
        )
    stuck = [one for one in told if one.waiting and one.trouble]
    if stuck:
        sentence = "、".join(f"{where[one.receiver]}へ{one.waiting:,}件渡せていません({one.trouble})" for one in stuck)
        advice = "記録は失われていません。空き容量と、システムのログが動いているかを確かめてください。直れば自動で渡します。"
        return Finding(name, title, State.WARNING, f"{sentence}。", advice)
    lost = sum(one.lost for one in told)
    if lost:
        advice = "その記録は操作記録にはあります。受ける側の1件の長さの上限を確かめてください。"
        return Finding(name, title, State.WARNING, f"{lost:,}件は長すぎて渡せませんでした。", advice)
    sentence = "、".join(f"{where[one.receiver]}へ{one.told:,}番まで" for one in told)
    return Finding(name, title, State.OK, f"{sentence}渡しました。渡せなかった記録はありません。")
