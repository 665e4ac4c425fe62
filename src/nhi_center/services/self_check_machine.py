"""動作点検, the machine: fonts, printer, disk, folders, clock, segment, certificate, keyring, and what the system lets us see."""

from __future__ import annotations

import os
import secrets
import shutil
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509

from nhi_center import __version__
from nhi_center.domain.self_check import Finding, State
from nhi_center.errors import EnvironmentTrouble
from nhi_center.isolation import os_lock as lock_signals
from nhi_center.isolation.folders import Loose, loose
from nhi_center.keys import terminal as terminal_keys
from nhi_center.keys.holding import require_own_disk
from nhi_center.printing.fonts import check_fonts
from nhi_center.services import os_events, room, updates
from nhi_center.services.office import Office
from nhi_center.services.self_check_store import Report
from nhi_center.storage.check import Token

ROOT = Path("/")
LITTLE, NEARLY_FULL = 1_000_000_000, 100_000_000
CLOCK_APART = timedelta(seconds=60)
CERTIFICATE_WARNS = timedelta(days=60)
CONTACT_LATE = timedelta(hours=1)
SHOWN = 3
"""Files named in one sentence; the rest is counted."""


def fonts(_office: Office, _report: Report, _token: Token | None) -> Finding:
    """Each font against the list of those that were looked at: another version may lack a name's character."""
    name, title = "fonts", "書体"
    found = check_fonts()
    missing = [one.name.value for one in found if one.path is None]
    if missing:
        advice = "書体が入るまで、証を印刷しないでください。取扱責任者に連絡してください。"
        return Finding(name, title, State.ERROR, f"書体がありません({'、'.join(missing)})。", advice)
    other = [one.name.value for one in found if not one.accepted]
    if other:
        advice = "文字の形が変わっていることがあります。氏名の印字を見本と比べてください。"
        return Finding(name, title, State.WARNING, f"確かめた版と違う書体です({'、'.join(other)})。", advice)
    return Finding(name, title, State.OK, f"{len(found)}書体とも、確かめた版です。")


def printer(office: Office, _report: Report, _token: Token | None) -> Finding:
    """Whether what is printed can be handed over; paper is another matter."""
    name, title = "printer", "印刷先"
    folder = office.settings.spool
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        trial = folder / f".trial-{secrets.token_hex(4)}"
        os.close(os.open(trial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        trial.unlink()
    except OSError:
        advice = "空き容量とフォルダーの権限を確かめてください。直るまで印刷はできません。"
        return Finding(name, title, State.ERROR, "印刷先のフォルダーに書けません。", advice)
    return Finding(name, title, State.OK, "印刷先に書けます。")


def disk(office: Office, _report: Report, _token: Token | None) -> Finding:
    name, title = "disk", "空き容量"
    try:
        free = shutil.disk_usage(office.settings.business_folder).free
    except OSError:
        return Finding(name, title, State.NOT_READABLE, "業務フォルダーの空き容量が分かりません。")
    words = f"業務フォルダーの空きは{free / 1_000_000_000:,.1f}GBです。"
    if free < NEARLY_FULL:
        words = f"業務フォルダーの空きが{free / 1_000_000:,.0f}MBしかありません。"
        return Finding(
            name, title, State.ERROR, words, "もうすぐ保存できなくなります。空きを作るまで、新しい仕事を始めないでください。"
        )
    if free < LITTLE:
        return Finding(name, title, State.WARNING, words, "取扱責任者に、空きを作るよう頼んでください。")
    return Finding(name, title, State.OK, words)


def folder(office: Office, _report: Report, _token: Token | None) -> Finding:
    """Nobody else of this machine may look into the business folder. What is merely readable in a closed folder only warns."""
    name, title = "folder_modes", "業務フォルダーの権限"
    found = [one for one in loose(office.settings.business_folder) if not _is_public(one)]
    advice = "区管理者に頼んで、フォルダーを0700、ファイルを0600、持ち主をこの端末の利用者に戻してください。"
    if not found:
        return Finding(name, title, State.OK, "ほかの利用者には見えません。")
    open_ = any(one.path == "." or one.foreign or one.mode & 0o022 for one in found)
    named = "、".join(f"{_named(one.path)}({'持ち主' if one.foreign else f'{one.mode:04o}'})" for one in found[:SHOWN])
    rest = f" ほか{len(found) - SHOWN}件" if len(found) > SHOWN else ""
    words = "ほかの利用者に開かれています" if open_ else "外のフォルダーが開くと、ほかの利用者が読めます"
    return Finding(name, title, State.ERROR if open_ else State.WARNING, f"{words}: {named}{rest}", advice)


def _is_public(one: Loose) -> bool:
    """Certificates and public keys, as enrolment hands them out: to read them is what they are for."""
    readable = not (one.foreign or one.mode & 0o022)
    return readable and one.path.startswith("tls/") and one.path.endswith((".pem", ".pub"))


def _named(path: str) -> str:
    return "業務フォルダー" if path == "." else path


def filesystem(office: Office, _report: Report, _token: Token | None) -> Finding:
    """A database on another machine's disk loses its locks and its write-ahead log. The program's start looks at it too."""
    name, title = "filesystem", "業務フォルダーの置き場所"
    mounts = ROOT / "proc/self/mountinfo"
    if not mounts.is_file():
        return Finding(name, title, State.NOT_READABLE, "マウントの一覧(/proc/self/mountinfo)を読めません。")
    require_own_disk(office.settings.business_folder, mounts)
    return Finding(name, title, State.OK, "この端末の中のディスクです。")


def clock(office: Office, _report: Report, _token: Token | None) -> Finding:
    name, title = "clock", "時計"
    apart = office.premises.link.apart
    if apart is None:
        return Finding(name, title, State.NOT_READABLE, "区のサーバとまだ通信していないので、比べられません。")
    seconds = round(apart.total_seconds())
    if abs(apart) > CLOCK_APART:
        words = f"区のサーバの時計より{abs(seconds)}秒{'遅れて' if seconds > 0 else '進んで'}います。"
        return Finding(
            name, title, State.WARNING, words, "取扱責任者に、時計を合わせるよう頼んでください。5分を超えると通信できません。"
        )
    return Finding(name, title, State.OK, f"区のサーバの時計との差は{abs(seconds)}秒です。")


def contact(office: Office, _report: Report, _token: Token | None) -> Finding:
    """When everything was last exchanged. Never is not yet a fault: the terminal works without the segment."""
    name, title = "contact", "区のサーバとの通信"
    with office.store.read.begin() as connection:
        last = room.last_contact(connection)
    if last is None:
        return Finding(name, title, State.NOT_READABLE, "まだ一度もすべてをやりとりしていません。つながると自動で始まります。")
    ago = office.clock.now() - last
    if ago > CONTACT_LATE:
        hours = int(ago.total_seconds() // 3600)
        words = f"最後のやりとりから{f'{hours // 24}日' if hours >= 48 else f'{hours}時間'}たっています。"
        return Finding(name, title, State.WARNING, words, "仕事は続けられます。通信の画面の理由と、ケーブルを確かめてください。")
    return Finding(name, title, State.OK, f"{int(ago.total_seconds() // 60)}分前に、すべてやりとりしました。")


def certificate(office: Office, _report: Report, _token: Token | None) -> Finding:
    """The terminal's own certificate, by which the segment knows it."""
    name, title = "certificate", "端末の証明書"
    try:
        data = (office.settings.tls / f"{office.terminal}.pem").read_bytes()
        until = x509.load_pem_x509_certificate(data).not_valid_after_utc
    except (OSError, ValueError):
        return Finding(
            name,
            title,
            State.NOT_READABLE,
            "証明書を読めません。",
            "通信できないときは、区の担当者に端末の登録を頼んでください。",
        )
    left = until - office.clock.now()
    words = f"有効期限は{until:%Y-%m-%d}です(あと{left.days}日)。"
    if left <= timedelta(0):
        return Finding(
            name, title, State.ERROR, f"有効期限({until:%Y-%m-%d})が過ぎました。", "区の担当者に端末の登録を頼んでください。"
        )
    if left < CERTIFICATE_WARNS:
        return Finding(name, title, State.WARNING, words, "区の担当者に、証明書の更新を頼んでください。")
    return Finding(name, title, State.OK, words)


def program(office: Office, _report: Report, _token: Token | None) -> Finding:
    """Whether an update waits for the ward administrator. Nobody else can put it in, so it only warns."""
    name, title = "updates", "プログラムの更新"
    found = updates.standing(office)
    if not found.trusted:
        advice = "区管理者は、この端末で sudo nhi-center-update trust を動かして、区の更新の署名鍵を登録してください。"
        words = f"版 {__version__} です。更新の署名鍵が登録されていないので、更新は受け取りません。"
        return Finding(name, title, State.NOT_READABLE, words, advice)
    if found.ready is not None:
        advice = f"区管理者は、このプログラムを閉じてから実行してください: sudo nhi-center-update install {found.ready}"
        return Finding(name, title, State.WARNING, f"版 {found.version} が届いています(署名は確かめました)。", advice)
    if found.under_way is not None:
        had, whole = found.under_way
        words = f"版 {__version__} です。版 {found.version} を受け取っています({had}/{whole})。"
        return Finding(name, title, State.OK, words)
    return Finding(name, title, State.OK, f"版 {__version__} です。届いている更新はありません。")


def keyring(office: Office, _report: Report, _token: Token | None) -> Finding:
    """Whether the terminal's secret is still where the next start will look for it."""
    name, title = "keyring", "鍵の置き場所"
    keys = office.premises.terminal
    kept = terminal_keys.load(keys.place, keys.terminal)
    if kept.secret != keys.secret:
        advice = "サインアウトせずに、区管理者に連絡してください。次からこの端末で開けなくなります。"
        return Finding(name, title, State.ERROR, "置いてある鍵が、いま使っている鍵と違います。", advice)
    if office.settings.training:
        return Finding(name, title, State.OK, "研修用なので、鍵はファイルにあります。")
    return Finding(name, title, State.OK, "OSの鍵の置き場所(Secret Service)から読めます。")


def os_sources(office: Office, _report: Report, _token: Token | None) -> Finding:
    """Which of the system's own events can be collected here."""
    name, title = "os_events", "OSの記録の取込み"
    found = os_events.sources(office, ROOT)
    blind = [source for source in found if source.reason]
    names = "、".join(source.name for source in found if not source.reason)
    if blind:
        reasons = " ".join(f"{source.name}: {source.reason}" for source in blind)
        words = f"{reasons} 取り込めるもの: {names or 'なし'}。"
        return Finding(
            name, title, State.NOT_READABLE, words, "この端末の仕組みによります。区の監視でOSの記録を別に集めてください。"
        )
    return Finding(name, title, State.OK, f"{names}を取り込めます。")


def os_lock(_office: Office, _report: Report, _token: Token | None) -> Finding:
    """Whether the system tells us that it locks, sleeps or changes its user; time and F12 lock all the same."""
    found = lock_signals.state()
    return Finding("os_lock", "OSのロックの合図", State.OK if found.complete else State.NOT_READABLE, found.words)


def trouble(name: str, title: str, error: EnvironmentTrouble) -> Finding:
    """What a check could not get past."""
    return Finding(name, title, State.ERROR, f"{error.code} {error.message}", "番号を取扱責任者に伝えてください。")


def moment(stamp: str) -> str:
    """The wall clock of a result, as it is shown."""
    return f"{datetime.fromisoformat(stamp):%Y-%m-%d %H:%M}"
