"""契約終了の引継ぎ: a checklist to zero, and the 引継ぎ書 of everything whoever comes next has to know (特11). Then 消去."""

from __future__ import annotations

from pathlib import Path

from nhi_center.domain import devices, room_rules, ward_certificate
from nhi_center.domain.calendar import wareki
from nhi_center.domain.entry import State
from nhi_center.domain.erasure import Obstacle, Scope
from nhi_center.domain.operators import Action, Session
from nhi_center.domain.room_rules import RoomRules
from nhi_center.printing.sheets import ListColumn, ListPart, ListSheet
from nhi_center.services import call_answers, covers, erasure, paper, ward_settings
from nhi_center.services.certificate_judging import NOTICE_TITLE
from nhi_center.services.documents import document
from nhi_center.services.entry import form_title
from nhi_center.services.inside import logs_outside
from nhi_center.services.office import Office
from nhi_center.services.work import begin, reading
from nhi_center.storage import cabinets
from nhi_center.storage import takeover as storage
from nhi_center.storage.engine import Connection

_WHAT = {"callback": "折返し電話", "request": "連絡票(区の回答待ち)"}


def checklist(office: Office, session: Session) -> tuple[Obstacle, ...]:
    """Everything that has to be at zero before 消去, those that are not first."""
    with reading(office, session, Action.ERASE) as connection:
        return _checklist(office, connection, session.person)


@logs_outside
def write(office: Office, session: Session) -> Path:
    """引継ぎ書 as a PDF in the documents folder; it names no insured person. Run it in the print lane."""
    with reading(office, session, Action.ERASE) as connection:
        lines = _checklist(office, connection, session.person)
        page = sheet(office, ward_settings.company(office, connection), lines, _parts(office, connection))
    act = begin(office, session, Action.ERASE, step="takeover", left=sum(line.number for line in lines))
    return document(office, f"takeover-{office.terminal}-{office.clock.today():%Y%m%d}.pdf", page, act)


def sheet(office: Office, company: str, lines: tuple[Obstacle, ...], parts: tuple[ListPart, ...]) -> ListSheet:
    left = sum(1 for line in lines if line.number)
    return ListSheet(
        title="引継ぎ書(契約終了)",
        subtitle=f"端末 {office.terminal} {wareki(office.clock.today())} 現在",
        footer=f"引継ぎ書 {office.terminal}",
        pairs=(("受託者", company), ("済んでいない項目", f"{left}項目" if left else "なし(消去できます)")),
        parts=(
            ListPart(
                "0にするもの", _CHECK, tuple((one.words, f"{one.number:,}", "済" if not one.number else "まだ") for one in lines)
            ),
            *parts,
        ),
        boxes=("引き渡す者", "引き継ぐ者", "区職員"),
        sample=office.settings.training,
    )


_CHECK = (ListColumn("項目", 120), ListColumn("残り", 25, right=True), ListColumn("状態", 25))


def _checklist(office: Office, connection: Connection, person: str) -> tuple[Obstacle, ...]:
    lines = erasure.lines_to_zero(office, connection, person, Scope.ALL, "")
    return tuple(sorted(lines, key=lambda line: not line.number))


def _parts(office: Office, connection: Connection) -> tuple[ListPart, ...]:
    return (
        _part(
            "途中の届出・申請",
            (("管理票", 40), ("届出・申請", 90), ("段階", 40)),
            [
                (f"{one.day[5:]} {one.number}", form_title(one.form, one.form_day), State(one.state).label)
                for one in storage.cases(connection)
            ],
        ),
        _part(
            "折返し電話・連絡票",
            (("受けた日と番号", 60), ("種類", 60), ("約束の時刻", 50)),
            [
                (f"{one.day} {one.number}", _WHAT[one.what], one.due[:16].replace("T", " "))
                for one in storage.promises(connection)
            ],
        ),
        _part(
            "番号付き用紙",
            (("用紙", 80), ("残り", 40), ("次の番号", 50)),
            [(one.title, f"{one.left}枚", "".join(one.upcoming(1))) for one in paper.day_counts(office, connection)],
        ),
        _part(
            "保管庫と鍵",
            (("保管庫", 40), ("名称", 70), ("鍵", 30), ("持出中", 30)),
            [(one.number, one.name, f"{one.keys}本", f"{len(one.out)}本") for one in cabinets.every(connection)],
        ),
        _part(
            "バックアップの月の鍵",
            (("月", 40), ("指紋の始め", 70), ("区のサーバ", 60)),
            [
                (one.month, one.fingerprint, "破棄しました" if one.destroyed else "あり" if one.at_segment else "なし")
                for one in storage.month_keys(connection)
            ],
        ),
        ListPart(
            "電話の回答例",
            notes=tuple(
                f"{one.id} {one.text}({one.section} {one.checked:%Y-%m-%d}確認)"
                for one in call_answers.book_now(connection).answers
            ),
        ),
        _part(
            "区の設定",
            (("名前", 120), ("適用の日", 50)),
            [(_SETTINGS.get(name, name), day) for name, day in storage.settings(connection)],
        ),
        _part("事務室の規則(現在)", (("規則", 120), ("値", 50)), _rules(ward_settings.rules(office, connection))),
    )


_SETTINGS = {
    "base_expiry": "有効期限の基準日",
    room_rules.NAME: "事務室の規則",
    devices.NAME: "つないでよい装置",
    ward_certificate.NAME: "書き出しの証明書",
    covers.SENDER: "台紙の差出人",
    NOTICE_TITLE: "資格情報のお知らせの標題",
}


def _rules(now: RoomRules) -> list[tuple[str, ...]]:
    """What whoever comes next has to go on with."""
    return [
        ("手元に置ける時間(開庁中)", f"{now.paper_hours}時間"),
        ("事故を区へ知らせるまで", f"{now.tell_minutes}分"),
        ("区のサーバとつながらずに使える時間", f"{now.contact_hours}時間"),
        ("区受領から端末に残す日数", f"{now.keep_days}日" if now.keep_days else "定めなし"),
        ("消去までの保存期間(月の終わりから)", f"{now.keep_months}か月" if now.keep_months else "定めなし"),
        ("OSの更新とウイルス定義の古さの限度", f"{now.patched_days}日・{now.signature_days}日"),
        ("パスワードの長さ、止めるまでの誤り", f"{now.password.min_length}文字から、{now.failures_until_locked}回"),
        ("電話の受付", f"{now.calls_open:%H:%M}から{now.calls_close:%H:%M}"),
        ("入室の記録", "要る" if now.require_presence else "要らない"),
    ]


def _part(title: str, columns: tuple[tuple[str, float], ...], rows: list[tuple[str, ...]]) -> ListPart:
    if not rows:
        return ListPart(title, notes=("ありません。",))
    return ListPart(title, tuple(ListColumn(heading, width) for heading, width in columns), tuple(rows))
