"""The checks behind the council paper's measures: each looks at the store, the ward's settings or the newest self-check, now.

None of them names a person: a sentence says how many, and on which page to look.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta

from nhi_center import resources
from nhi_center.domain import contract as contracts
from nhi_center.domain import on_site_inspection as on_site
from nhi_center.domain.calendar import wareki
from nhi_center.domain.controls import Found, State
from nhi_center.domain.free_words import forbidden_in
from nhi_center.domain.log_review import JST
from nhi_center.domain.periods import fiscal_year_number, fiscal_year_words
from nhi_center.domain.room_rules import RoomRules
from nhi_center.domain.roster_gate import faults
from nhi_center.services import control_machine as machine
from nhi_center.services import forms, known_people, paper_age
from nhi_center.services.control_seen import Seen, action, met
from nhi_center.services.roster_gate import kinds
from nhi_center.storage import audit, cabinets, controls, custody, incidents, log_review, presence, reports

MONTH_DUE = 10
"""Day of the next month by which a month's report and log review are signed."""

LOG_DAYS = 31
"""How far back the log is gone through."""

MOVEMENTS = 5_000
"""The newest movements, whose kinds and batches are added up again. The 終業点検 replays them all."""

# -- contract and inspection --


def contract_in_force(seen: Seen) -> Found:
    now = contracts.in_force(seen.contracts, seen.today)
    if now is None:
        return action("今日を含む契約の記録がありません。")
    return met(f"契約は{wareki(now.contract.ends)}までです。", now.at[:10])


def contract_clauses(seen: Seen) -> Found:
    now = contracts.in_force(seen.contracts, seen.today)
    if now is None or not now.contract.clauses:
        return action("契約の記録に、特記事項と法令遵守の明記が確かめられていません。")
    return met("契約書に特記事項があります。", now.at[:10])


def on_site_in_year(seen: Seen) -> Found:
    """特記事項 16: once in each fiscal year. From February its absence asks for action; so does, until this year's, that of the
    last year of a contract: the first of April does not make it good."""
    year = fiscal_year_number(seen.today)
    newest = on_site.newest_of(seen.inspections, year)
    if newest is not None:
        return met(f"今年度の立入り調査は{wareki(newest.day)}に済みました。", newest.day.isoformat())
    before = max((one.day.isoformat() for one in seen.inspections if one.ended), default="")
    under_contract = any(year - 1 in one.contract.fiscal_years for one in contracts.standing(seen.contracts))
    if under_contract and on_site.newest_of(seen.inspections, year - 1) is None:
        return action(f"{fiscal_year_words(year - 1)}の立入り調査の記録がありません。今年度の調査を行ってください。", before)
    if words := on_site.reminder(seen.inspections, seen.today):
        return action(f"{words}。", before)
    return Found(State.BY_RECORD, "今年度の立入り調査はこれからです。", before)


def findings_answered(seen: Seen) -> Found:
    found = [finding for one in seen.inspections for finding in one.findings]
    at = max((said.at[:10] for one in found for said in (*one.answers, *filter(None, [one.settled]))), default="")
    late = sum(one.overdue(seen.today) for one in found)
    if late:
        return action(f"期限を過ぎた立入り調査の指摘が{late}件あります。", at)
    left = sum(one.settled is None for one in found)
    return met(f"期限を過ぎた指摘はありません(残り {left}件)。", at)


# -- people --


def roster_accepted(seen: Seen) -> Found:
    at = max((one.accepted.day.isoformat() for one in seen.roster if one.accepted), default="")
    untold = sum(one.to_report for one in seen.roster)
    waiting = sum(one.awaits_acceptance for one in seen.roster)
    if not seen.active:
        return action("区に受理された従事者がいません。", at)
    if untold or waiting:
        return action(f"報告していない変更 {untold}人、受理待ち {waiting}人。", at)
    return met(f"受理された従事者 {len(seen.active)}人。", at)


def _without(seen: Seen, code: str) -> int:
    return sum(any(fault.code == code for fault in faults(one, kinds(), seen.today)) for one in seen.active)


def training_current(seen: Seen) -> Found:
    at = max((lesson.held.isoformat() for one in seen.roster for lesson in one.trainings), default="")
    lacking = _without(seen, "training")
    if lacking or not seen.active:
        return action(f"必要な研修のない人が{lacking}人います。" if lacking else "従事者がいません。", at)
    return met("全員の研修が期限内です。", at)


def pledges_signed(seen: Seen) -> Found:
    at = max((pledge.day.isoformat() for one in seen.roster for pledge in one.pledges), default="")
    lacking = _without(seen, "pledge")
    if lacking or not seen.active:
        return action(f"誓約のない人が{lacking}人います。" if lacking else "従事者がいません。", at)
    return met("全員の誓約があります。", at)


def one_company(seen: Seen) -> Found:
    """特記事項 10: nobody of another company without the ward's decision."""
    now = contracts.in_force(seen.contracts, seen.today)
    company = now.contract.company if now else seen.rules.company
    others = sum(one.now.employer != company and one.now.decision is None for one in seen.active)
    at = now.at[:10] if now else ""
    if not company or others:
        return action(
            f"契約の会社に属さず、区の決定もない人が{others}人います。" if company else "契約の会社が分かりません。", at
        )
    return met("全員が契約の会社に属するか、区の決定があります。", at)


def accounts_on_roster(seen: Seen) -> Found:
    known = [one for one in seen.roster if one.designation is not None and not one.closed]
    on_it = {one.person for one in known if one.last_day >= seen.today}
    accounts = [one for one in known_people.open_people(seen.connection) if one.role.is_contractor]
    strangers = sum(one.person not in on_it for one in accounts)
    if strangers:
        return action(f"受理された名簿にないか、従事の期間が過ぎた受託者のアカウントが{strangers}あります。")
    return met(f"受託者のアカウント {len(accounts)}は、すべて名簿の人です。", seen.today.isoformat())


def passwords_guarded(seen: Seen) -> Found:
    """The ward may be stricter than the product; weaker settings are for the ward to look at."""
    least = RoomRules()
    now = seen.rules
    weaker = now.failures_until_locked > least.failures_until_locked or now.password.min_length < least.password.min_length
    words = f"パスワードは{now.password.min_length}文字から、{now.failures_until_locked}回の誤りで止めます。"
    return action(f"{words}製品の標準より弱い設定です。") if weaker else met(words, seen.today.isoformat())


def presence_required(seen: Seen) -> Found:
    at = controls.newest_presence(seen.connection)
    if not seen.rules.require_presence:
        return action("区の設定で、入室の記録を求めていません。", at)
    if flagged := presence.unexplained(seen.connection, seen.today):
        return action(f"端末どうしで合わない入退室が{flagged}件あります。", at)
    return met("入室の記録のない受託者はサインインできません。", at)


def locker_keys_back(seen: Seen) -> Found:
    at = controls.newest_presence(seen.connection)
    out = len(presence.keys_out(seen.connection, seen.today - timedelta(days=1)))
    return action(f"前の日までのロッカーの鍵が{out}本返っていません。", at) if out else met("前の日までの鍵は返っています。", at)


# -- papers --


def handovers_signed(seen: Seen) -> Found:
    at = controls.newest_handover(seen.connection)
    left = controls.unsigned_handovers_before(seen.connection, seen.today)
    return (
        action(f"前の日までの署名のない便が{left}便あります。", at) if left else met("受渡しは両者の署名で終わっています。", at)
    )


def ledger_balanced(seen: Seen) -> Found:
    wrong = custody.out_of_balance(seen.connection, max(0, custody.last_movement(seen.connection) - MOVEMENTS))
    at = controls.newest_handover(seen.connection)
    return action(f"枚数の台帳に合わないところが{wrong}か所あります。", at) if wrong else met("枚数の台帳は合っています。", at)


def papers_in_time(seen: Seen) -> Found:
    ages = paper_age.read(seen.office, seen.connection)
    if ages.over.total:
        return action(f"{ages.limit}時間を過ぎた手元の書類が {ages.over.words}あります。", seen.today.isoformat())
    return met(f"{ages.limit}時間を過ぎた手元の書類はありません。", seen.today.isoformat())


def days_closed(seen: Seen) -> Found:
    """Every day before today on which somebody was in the room has its 終業点検, as far back as the log is gone through."""
    at = controls.newest_day_close(seen.connection)
    left = controls.days_not_closed(seen.connection, seen.today - timedelta(days=LOG_DAYS), seen.today)
    if left:
        more = f"ほか{len(left) - 1}日" if len(left) > 1 else ""
        return action(f"{wareki(date.fromisoformat(left[-1]))}{more}の終業点検がありません。", at)
    return met(f"この{LOG_DAYS}日に、終業点検のない日はありません。", at)


def cabinets_kept(seen: Seen) -> Found:
    every = cabinets.every(seen.connection)
    at = max((one.looked_at[:10] for one in every), default="")
    if not every:
        return action("施錠できる保管庫が登録されていません。", at)
    if wrong := cabinets.standing_differences(seen.connection, seen.today):
        return action(f"枚数の合わないまま開けた保管庫が{wrong}あります。", at)
    return met(f"保管庫 {len(every)}を登録し、施錠と枚数を記録しています。", at)


def reprints_approved(seen: Seen) -> Found:
    at = controls.newest_approval(seen.connection)
    wrong = controls.reprints_without_approval(seen.connection)
    if wrong:
        return action(f"別の人の承認のない刷り直しが{wrong}件あります。", at)
    return met("刷り直しは、どれも書損の承認か区の無効のあとです。", at)


# -- what is keyed --


def fields_listed(seen: Seen) -> Found:
    items = resources.read_toml("items.toml")
    shown = [field.item for form in forms.catalogue().on(seen.today) for field in form.fields()]
    others = {item for item in shown if item not in items}
    if others:
        return action(f"情報項目の一覧にない欄が{len(others)}あります。")
    return met(f"様式の欄 {len(shown)}は、すべて情報項目の一覧にあります。", str(items["checked"]))


def filer_asked(seen: Seen) -> Found:
    current = forms.catalogue().on(seen.today)
    without = [form.id for form in current if not (form.has("filer") and form.has("identity_check"))]
    if without:
        return action(f"届出人と確認の欄のない様式: {'、'.join(without)}。")
    return met(f"様式 {len(current)}のすべてに、届出人と確認したものの欄があります。", seen.today.isoformat())


_FORBIDDEN = ("信条", "宗教", "被差別", "犯罪")
"""One word for each thing that must not be collected (特記事項 5)."""


def forbidden_words(seen: Seen) -> Found:
    known = forms.forbidden_words()
    missed = [word for word in _FORBIDDEN if not forbidden_in(f"窓口で{word}のことを聞いた", known)]
    if missed:
        return action(f"知らせない言葉があります: {'、'.join(missed)}。")
    return met(f"{len(known)}語を、自由記入で知らせます。", seen.today.isoformat())


# -- incidents, reports, the log --


def incidents_told(seen: Seen) -> Found:
    found = incidents.open_ones(seen.connection)
    late = sum(one.overdue(seen.office.clock.local(), seen.rules.tell_minutes) for one in found)
    at = max((one.told.told_at[:10] for one in found if one.told), default="")
    if late:
        return action(f"区への通知が遅れている記録が{late}件あります。", at)
    return met(f"通知の遅れはありません(対応中 {len(found)}件)。", at)


def _month_before(today: date) -> str:
    return f"{today.replace(day=1) - timedelta(days=1):%Y-%m}"


def _monthly(seen: Seen, signed: dict[str, str], what: str) -> Found:
    """Last month's paper is signed by ``MONTH_DUE``; ``signed`` has those about a whole month, one of its middle is none. Before
    the first whole month there is nothing to sign."""
    month, at = _month_before(seen.today), max(signed.values(), default="")[:10]
    if month in signed:
        return met(f"{month[5:7].lstrip('0')}月分の{what}があります。", at)
    begun = log_review.first_written(seen.connection)  # UTC: an office that opens at 08:30 begins on the day before
    if begun is None or f"{begun.astimezone(JST):%Y-%m}" > month:
        return Found(State.BY_RECORD, f"{what}は、月が終わってから作ります。", at)
    if seen.today.day <= MONTH_DUE:
        return Found(State.BY_RECORD, f"{what}は{MONTH_DUE}日までに作ります。", at)
    return action(f"{month[5:7].lstrip('0')}月分の{what}がありません。", at)


def monthly_report(seen: Seen) -> Found:
    return _monthly(seen, reports.whole_months(seen.connection), "処理状況報告書")


def log_reviewed(seen: Seen) -> Found:
    return _monthly(seen, log_review.whole_months(seen.connection), "アクセスログ点検表")


def purposes_kept(seen: Seen) -> Found:
    last, _hash = audit.last(seen.connection, seen.office.terminal)
    first = log_review.number_at(seen.connection, seen.office.clock.now() - timedelta(days=LOG_DAYS), last)
    opened, without, newest = controls.person_openings(seen.connection, first, last)
    at = datetime.fromisoformat(json.loads(newest)["at"]).astimezone(JST).date().isoformat() if newest else ""
    if without:
        return action(f"目的のない閲覧が{without}件あります。操作記録を確かめてください。", at)
    return met(f"この{LOG_DAYS}日の閲覧 {opened}件に、すべて目的があります。", at)


CHECKS: Mapping[str, Callable[[Seen], Found]] = {
    "contract_in_force": contract_in_force,
    "contract_clauses": contract_clauses,
    "on_site_in_year": on_site_in_year,
    "findings_answered": findings_answered,
    "roster_accepted": roster_accepted,
    "training_current": training_current,
    "pledges_signed": pledges_signed,
    "one_company": one_company,
    "accounts_on_roster": accounts_on_roster,
    "passwords_guarded": passwords_guarded,
    "presence_required": presence_required,
    "locker_keys_back": locker_keys_back,
    "handovers_signed": handovers_signed,
    "ledger_balanced": ledger_balanced,
    "papers_in_time": papers_in_time,
    "days_closed": days_closed,
    "cabinets_kept": cabinets_kept,
    "reprints_approved": reprints_approved,
    "fields_listed": fields_listed,
    "filer_asked": filer_asked,
    "forbidden_words": forbidden_words,
    "incidents_told": incidents_told,
    "monthly_report": monthly_report,
    "log_reviewed": log_reviewed,
    "purposes_kept": purposes_kept,
    "log_whole": machine.found_by("log_chain", "segments"),
    "network_refused": machine.found_by("isolation_program", "isolation_calls", "isolation_ports", "isolation_machine"),
    "files_confined": machine.found_by("isolation_files", "folder_modes"),
    "updates_current": machine.found_by("updates", "signatures"),
    "terminal_registered": machine.found_by("certificate"),
    "devices_allowed": machine.devices_allowed,
    "self_check_recent": machine.self_check_recent,
}
"""By the name that ``resources/controls.toml`` gives."""
