"""What the roster's papers say: values in, a ListSheet out. Nothing is read or written here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from nhi_center.domain.calendar import wareki
from nhi_center.domain.presence import Stay
from nhi_center.domain.roster import Designation, RosterEntry
from nhi_center.domain.roster_training import Required, Standing, Training, TrainingKind
from nhi_center.printing.sheets import ListColumn, ListPart, ListSheet
from nhi_center.services.roster import Roster, RosterLine
from nhi_center.services.roster_told import Told
from nhi_center.services.ward_accounts import WardPerson

OFFICE = "新宿区 国民健康保険事務センター"
_AIM = "契約書に付された特記事項第13項により、個人情報を取り扱わせる取扱責任者及び取扱者を次のとおり指定(変更)し、報告します。"
_STANDING = {
    Standing.VALID: "有効",
    Standing.RUNS_OUT: "まもなく期限",
    Standing.EXPIRED: "期限超過",
    Standing.MISSING: "未受講",
}


def report(entries: Sequence[RosterEntry], number: str, company: str, today: date, sample: bool) -> ListSheet:
    """従事者指定(変更)報告書 (特記事項 13)."""
    rows = tuple(
        (one.change, one.wanted.name, one.wanted.role.label, _period(one), one.wanted.jobs, one.wanted.employer)
        for one in entries
    )
    people = ListPart(
        "報告する従事者",
        (
            ListColumn("区分", 13),
            ListColumn("氏名", 34, name=True),
            ListColumn("役割", 23),
            ListColumn("従事の期間", 36),
            ListColumn("担当する業務", 32),
            ListColumn("所属する会社", 32),
        ),
        rows,
    )
    decided = tuple(
        f"{one.person}: 区の書面の決定 {d.number}({wareki(d.day)} {d.by})"
        for one in entries
        if (d := one.wanted.decision) is not None
    )
    aim = ListPart("報告の趣旨", notes=(_AIM,))
    parts = [
        aim,
        people,
        *_changes(entries),
        *([ListPart("再委託の禁止(特記事項 10)にかかる決定", notes=decided)] if decided else []),
    ]
    return ListSheet(
        title="従事者指定(変更)報告書",
        subtitle="特記事項 第13項による報告",
        footer=f"{OFFICE} 従事者指定(変更)報告書 {number}",
        pairs=(
            ("報告書の番号", number),
            ("報告の日", wareki(today)),
            ("あて先", "新宿区 健康部 医療保険年金課"),
            ("受託者", company),
        ),
        parts=tuple(parts),
        boxes=("取扱責任者", "区 受理"),
        sample=sample,
    )


def _period(entry: RosterEntry) -> str:
    ends = entry.leaving.last_day if entry.leaving else entry.wanted.ends
    return f"{_short(entry.wanted.begins)}から{_short(ends)}"


def _changes(entries: Sequence[RosterEntry]) -> Iterable[ListPart]:
    """What was accepted before beside what is reported now."""
    rows = [
        (entry.person, label, before, after)
        for entry in entries
        if entry.designation is not None
        for label, before, after in differences(entry.designation, entry.wanted)
    ]
    if rows:
        columns = (ListColumn("ID", 26), ListColumn("項目", 28), ListColumn("変更前", 58, name=True))
        yield ListPart("変更の内容", (*columns, ListColumn("変更後", 58, name=True)), tuple(rows))
    leaving = [entry for entry in entries if entry.leaving is not None]
    if leaving:
        yield ListPart("終了の理由", notes=tuple(f"{entry.person}: {entry.leaving.reason}" for entry in leaving if entry.leaving))


def differences(before: Designation, after: Designation) -> tuple[tuple[str, str, str], ...]:
    """(item, before, after) for what differs."""
    return tuple(
        (label, _text(getattr(before, name)), _text(getattr(after, name)))
        for name, label in _ITEMS.items()
        if getattr(before, name) != getattr(after, name)
    )


_ITEMS = {
    "name": "氏名",
    "employer": "所属する会社",
    "department": "部署",
    "role": "役割",
    "begins": "従事の始まり",
    "ends": "従事の終わり",
    "jobs": "担当する業務",
    "card": "入室カード",
    "locker": "ロッカー",
}


def _text(value: object) -> str:
    if isinstance(value, date):
        return wareki(value)
    return str(getattr(value, "label", value)) or "なし"


def lesson(
    kind: TrainingKind, held: date, people: Sequence[tuple[RosterEntry, Training]], company: str, sample: bool
) -> ListSheet:
    """研修実施報告書 (特記事項 18)."""
    rows = tuple(
        (entry.now.name, entry.now.role.label, _score(one), "修了" if one.passed else "再受講", _until(one.last_day))
        for entry, one in people
    )
    columns = (ListColumn("氏名", 56, name=True), ListColumn("役割", 30), ListColumn("点数", 20, right=True))
    return ListSheet(
        title="研修実施報告書",
        subtitle="特記事項 第18項による従事者の教育",
        footer=f"{OFFICE} 研修実施報告書 {held:%Y%m%d}",
        pairs=(
            ("研修", kind.title),
            ("実施の日", wareki(held)),
            ("受託者", company),
            ("受講", f"{len(people)}人"),
            ("扱う事項", kind.covers),
        ),
        parts=(
            ListPart("内容", notes=tuple(sorted({one.content for _entry, one in people}))),
            ListPart("受講した人", (*columns, ListColumn("結果", 24), ListColumn("次の期限", 40)), rows),
        ),
        boxes=("取扱責任者", "区 確認"),
        sample=sample,
    )


def _score(one: Training) -> str:
    return "" if one.score is None else f"{one.score}点"


def _until(day: date | None) -> str:
    return wareki(day) if day else "期限なし"


def _ends(day: date | None) -> str:
    return _short(day) if day else "期限なし"


def roster_list(found: Roster, sample: bool) -> ListSheet:
    """従事者名簿: who is designated now and who is on the way, and apart who has left."""
    here = [line for line in found.lines if line.entry.leaving is None]
    gone = [line for line in found.lines if line.entry.leaving is not None]
    columns = (
        ListColumn("ID", 20),
        ListColumn("氏名", 30, name=True),
        ListColumn("役割", 22),
        ListColumn("従事の期間", 32),
        ListColumn("担当する業務", 30),
        ListColumn("カード/ロッカー", 22),
        ListColumn("状態", 14),
    )
    parts = [ListPart("従事者", columns, tuple(_person(line) for line in here))]
    if gone:
        leaving = (
            ListColumn("ID", 26),
            ListColumn("氏名", 40, name=True),
            ListColumn("最終日", 34),
            ListColumn("残っている手続", 70),
        )
        parts.append(ListPart("退任", leaving, tuple(_leaver(line) for line in gone)))
    return _list("従事者名簿", found, tuple(parts), sample, boxes=("取扱責任者", "区 確認"))


def _person(line: RosterLine) -> tuple[str, ...]:
    entry, now = line.entry, line.entry.now
    period = f"{_short(now.begins)}から{_short(now.ends)}"
    where = f"{now.card or '-'} / {now.locker or '-'}"
    return (entry.person, now.name, now.role.label, period, now.jobs, where, entry.state.label)


def _leaver(line: RosterLine) -> tuple[str, ...]:
    entry = line.entry
    day = _short(entry.leaving.last_day) if entry.leaving else ""
    return (entry.person, entry.now.name, day, "・".join(entry.missing_at_leaving) or "済")


def training_list(found: Roster, sample: bool) -> ListSheet:
    """研修記録: how each required training stands, then every lesson, also what has run out."""
    lines = [line for line in found.lines if line.entry.leaving is None]
    standing = tuple(
        (line.entry.now.name, one.kind.title, _STANDING[one.standing], _end(one)) for line in lines for one in line.trainings
    )
    titles = {one.kind.id: one.kind.title for line in found.lines for one in line.trainings}
    lessons = tuple(
        (line.entry.now.name, titles.get(one.kind, one.kind), _short(one.held), one.content, _score(one), _ends(one.last_day))
        for line in found.lines
        for one in line.entry.trainings
    )
    return _list(
        "研修記録",
        found,
        (
            ListPart(
                "必要な研修",
                (ListColumn("氏名", 50, name=True), ListColumn("研修", 50), ListColumn("状態", 30), ListColumn("期限", 40)),
                standing,
            ),
            ListPart(
                "受講の記録",
                (
                    ListColumn("氏名", 34, name=True),
                    ListColumn("研修", 32),
                    ListColumn("実施の日", 26),
                    ListColumn("内容", 36),
                    ListColumn("点数", 12, right=True),
                    ListColumn("期限", 30),
                ),
                lessons,
            ),
        ),
        sample,
    )


def _end(one: Required) -> str:
    return "" if one.standing is Standing.MISSING else _until(one.last_day)


def pledge_list(found: Roster, sample: bool) -> ListSheet:
    """誓約の状況: who has signed which version, who has not."""
    columns = (
        ListColumn("ID", 26),
        ListColumn("氏名", 44, name=True),
        ListColumn("状態", 24),
        ListColumn("誓約", 38),
        ListColumn("退職時誓約", 38),
    )
    rows = tuple(
        (line.entry.person, line.entry.now.name, line.entry.state.label, _pledge(line.entry), _last_pledge(line.entry))
        for line in found.lines
    )
    return _list("誓約の状況", found, (ListPart("従事者", columns, rows),), sample)


def _pledge(entry: RosterEntry) -> str:
    signed = entry.pledge()
    return f"{_short(signed.day)} ({signed.version})" if signed else "未署名"


def _last_pledge(entry: RosterEntry) -> str:
    signed = entry.pledge(leaving=True)
    if entry.leaving is None:
        return ""
    return f"{_short(signed.day)} ({signed.version})" if signed else "未署名"


def presence_book(stays: Sequence[Stay], names: Mapping[str, str], today: date, sample: bool) -> ListSheet:
    """入退室簿 of one day, of all terminals; 確認 says what was told differently, forgotten or recorded afterwards."""
    columns = (
        ListColumn("氏名", 33, name=True),
        ListColumn("入室", 14),
        ListColumn("記録した職員", 25, name=True),
        ListColumn("ロッカー", 16),
        ListColumn("退室", 14),
        ListColumn("記録した職員", 25, name=True),
        ListColumn("鍵の返却", 17),
        ListColumn("確認", 26),
    )
    rows = tuple(
        (
            names.get(one.person, one.person),
            _clock(one.entered_at),
            names.get(one.entered_by, one.entered_by),
            one.locker,
            _clock(one.left_at) or "在室",
            "" if one.forgotten else names.get(one.left_by, one.left_by),
            _clock(one.key_back_at) or "未返却",
            one.flag_label,
        )
        for one in stays
    )
    return ListSheet(
        title="入退室簿",
        subtitle=wareki(today),
        footer=f"{OFFICE} 入退室簿 {today:%Y%m%d}",
        parts=(ListPart("入退室とロッカー", columns, rows, () if rows else ("記録はありません。",)),),
        boxes=("区 担当者",),
        sample=sample,
    )


def terminals(found: Told, today: date, sample: bool) -> ListSheet:
    """端末一覧: which terminal has learnt of which removal."""
    terminal_rows = tuple((one.terminal, one.contact, "この端末" if one.own else "") for one in found.terminals)
    removed = tuple(
        (one.person, one.at, "・".join(one.untold) or ("まだ送っていません" if not one.sent else "すべて伝達済"))
        for one in found.removals
    )
    return ListSheet(
        title="端末一覧",
        subtitle="外した人が各端末に伝わっているか",
        footer=f"{OFFICE} 端末一覧 {today:%Y%m%d}",
        pairs=(("作成の日", wareki(today)),),
        parts=(
            ListPart(
                "端末",
                (ListColumn("端末", 50), ListColumn("最後の通信", 70), ListColumn("", 50)),
                terminal_rows,
            ),
            ListPart(
                "外した人と、まだ伝わっていない端末",
                (ListColumn("ID", 40), ListColumn("外した時刻", 50), ListColumn("まだ伝わっていない端末", 80)),
                removed,
            ),
        ),
        sample=sample,
    )


def ward_people(people: Sequence[WardPerson], today: date, sample: bool) -> ListSheet:
    """区の人: whose accounts are open, and who was shut out, by whom, when."""
    columns = (ListColumn("ID", 28), ListColumn("氏名", 46, name=True), ListColumn("役割", 24))
    opened = (ListColumn("登録", 34), ListColumn("登録した人", 38))
    closed = (ListColumn("閉鎖", 34), ListColumn("閉じた人", 38))
    here = tuple(
        (one.person, one.name, one.role.label, one.opened_at, "本人" if one.opened_by == one.person else one.opened_by)
        for one in people
        if not one.closed
    )
    gone = tuple((one.person, one.name, one.role.label, one.closed_at, one.closed_by) for one in people if one.closed)
    parts = [ListPart("使用中", (*columns, *opened), here)]
    if gone:
        parts.append(ListPart("閉鎖", (*columns, *closed), gone))
    return ListSheet(
        title="区の人",
        subtitle="区職員と区管理者のアカウント",
        footer=f"{OFFICE} 区の人 {today:%Y%m%d}",
        pairs=(("作成の日", wareki(today)), ("使用中", f"{len(here)}人")),
        parts=tuple(parts),
        boxes=("区管理者",),
        sample=sample,
    )


def _list(title: str, found: Roster, parts: tuple[ListPart, ...], sample: bool, *, boxes: tuple[str, ...] = ()) -> ListSheet:
    return ListSheet(
        title=title,
        subtitle=f"受託者 {found.company}" if found.company else "",
        footer=f"{OFFICE} {title} {found.today:%Y%m%d}",
        pairs=(("作成の日", wareki(found.today)), ("人数", f"{len(found.lines)}人")),
        parts=parts,
        boxes=boxes,
        sample=sample,
    )


def _short(day: date) -> str:
    return f"R{day.year - 2018}.{day.month}.{day.day}" if day >= date(2019, 5, 1) else day.isoformat()


def _clock(stamp: str) -> str:
    return f"{datetime.fromisoformat(stamp):%H:%M}" if stamp else ""
