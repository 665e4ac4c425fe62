"""動作点検: everything this terminal needs, looked at after each sign-in and on request; kept, shown and printed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

from nhi_center.domain.calendar import wareki
from nhi_center.domain.isolation import Level, level
from nhi_center.domain.operators import Action, Session
from nhi_center.domain.self_check import Finding, Result, State, from_json, to_json
from nhi_center.errors import EnvironmentTrouble, OperatorError
from nhi_center.isolation.wtmp import Unreadable
from nhi_center.printing.sheets import ListColumn, ListPart, ListSheet
from nhi_center.services import isolation_trials, ward_settings
from nhi_center.services import self_check_machine as machine
from nhi_center.services import self_check_store as kept
from nhi_center.services import self_check_system as system
from nhi_center.services.documents import document
from nhi_center.services.office import Office
from nhi_center.services.self_check_store import Report
from nhi_center.services.work import begin, reading
from nhi_center.storage import watch
from nhi_center.storage.check import Token
from nhi_center.storage.trouble import told_apart

Look = Callable[[Office, Report, Token | None], Finding]

CHECKS: tuple[tuple[str, str, Look], ...] = (
    ("store_pages", "データベース(ページ)", kept.pages),
    ("store_structure", "データベース(構造)", kept.structure),
    ("log_chain", "操作記録のつながり", kept.chain),
    ("segments", "操作記録の写し", kept.segments),
    ("backups", "バックアップ", kept.backups),
    ("event_lines", "監視への通知", kept.lines),
    ("fonts", "書体", machine.fonts),
    ("printer", "印刷先", machine.printer),
    ("disk", "空き容量", machine.disk),
    ("folder_modes", "業務フォルダーの権限", machine.folder),
    ("filesystem", "業務フォルダーの置き場所", machine.filesystem),
    ("keyring", "鍵の置き場所", machine.keyring),
    ("certificate", "端末の証明書", machine.certificate),
    ("contact", "区のサーバとの通信", machine.contact),
    ("clock", "時計", machine.clock),
    ("updates", "プログラムの更新", machine.program),
    ("os_events", "OSの記録の取込み", machine.os_sources),
    ("os_lock", "OSのロックの合図", machine.os_lock),
    ("updates", "OSの更新", system.updates),
    ("signatures", "ウイルス定義", system.signatures),
    ("devices", "つながっている装置", system.devices),
)
"""Name, title and check, in the order they run: what would stop the work first."""
NAMES = (*isolation_trials.NAMES, *(name for name, _title, _look in CHECKS))
"""Of every finding, in the order they are kept: 接続制限 in the status bar leads to the page, so its layers stand first."""


def run(
    office: Office, session: Session, report: Report = lambda _done, _total, _words: None, token: Token | None = None
) -> Result:
    """Look at everything, keep the result, and give it. Seconds on a large store: run it in the long lane.

    ``token`` is the job's: cancelling it interrupts the store's own checks. Raises OperatorCancelled, and EnvironmentTrouble when
    the result cannot be kept; a fault that is found is a finding, never an exception.
    """
    with reading(office, session, Action.SELF_CHECK):
        pass  # who may not is refused before anything is looked at
    findings = []
    for number, (name, title, look) in enumerate(CHECKS):
        report(number, len(CHECKS), title)
        findings.append(_one(office, name, title, look, _still(report, number, title), token))
    tried = isolation_trials.attempt(office.settings)
    layers = isolation_trials.findings(tried, _asked(office, session), machine_policy=office.settings.machine_policy)
    findings = [*layers, *findings]
    result = Result(office.clock.local().isoformat(timespec="seconds"), session.person, tuple(findings))
    with begin(office, session, Action.SELF_CHECK, count=len(findings)) as unit:
        unit.note(**{f"{state.value}s": result.count(state) for state in (State.ERROR, State.WARNING)})
        unit.note(not_readable=result.count(State.NOT_READABLE))
        if tried.reached is not None:
            unit.note(trials_refused=tried.refused, trials_through=tried.through, trials_untried=tried.untried)
        watch.keep_check(unit.connection, result.at, result.person, to_json(findings))
    report(len(CHECKS), len(CHECKS), "終わりました")
    return result


def newest(office: Office, session: Session) -> Result | None:
    """The last result; None before the first."""
    with reading(office, session, Action.SELF_CHECK) as connection:
        found = watch.newest_check(connection)
    return Result(found[0], found[1], from_json(found[2])) if found else None


def write_sheet(office: Office, session: Session) -> Path:
    """The last result as a PDF in the documents folder; gives its path. Waits for the PDF process: run it in the print lane.

    Raises OperatorError before the first check, EnvironmentTrouble (the PDF process, the disk).
    """
    result = newest(office, session)
    if result is None:
        raise OperatorError("まだ点検していません。先に点検してください。", code="no-result")
    name = f"self-check-{office.terminal}-{result.at[:10].replace('-', '')}.pdf"
    return document(office, name, sheet_of(office, result), begin(office, session, Action.SELF_CHECK, step="export"))


def sheet_of(office: Office, result: Result) -> ListSheet:
    """What the page says: what needs somebody first."""
    order = (State.ERROR, State.WARNING, State.NOT_ASKED, State.NOT_READABLE, State.OK)
    findings = sorted(result.findings, key=lambda finding: order.index(finding.state))
    at = datetime.fromisoformat(result.at)
    counted = "、".join(f"{state.label} {result.count(state)}件" for state in order if result.count(state))
    advised = [finding for finding in findings if finding.advice]
    account = next((a.name for a in office.premises.accounts.every() if a.person == result.person), "")
    parts = [
        ListPart(
            "点検の結果",
            (ListColumn("点検すること", 44), ListColumn("状態", 24), ListColumn("分かったこと", 102)),
            tuple((finding.title, finding.state.label, finding.sentence) for finding in findings),
        )
    ]
    if advised:
        parts.append(ListPart("すること", notes=tuple(f"{finding.title}: {finding.advice}" for finding in advised)))
    return ListSheet(
        title="動作点検表",
        subtitle=f"{wareki(date(at.year, at.month, at.day))} {at:%H:%M}",
        footer=f"{office.settings.label} 動作点検表",
        pairs=(
            ("端末", f"{office.settings.label}({office.terminal})"),
            ("結果", counted),
            *((("点検した人", "端末(サインインのあと)"),) if not account else ()),
        ),
        names=(("点検した人", account),) if account else (),
        parts=tuple(parts),
        boxes=("取扱責任者", "区職員"),
        sample=office.settings.training,
    )


def _asked(office: Office, session: Session) -> Level:
    """The higher of what the terminal's settings and the ward ask for."""
    with reading(office, session, Action.SELF_CHECK) as connection:
        ward = ward_settings.rules(office, connection).isolation
    return max(level(office.settings.minimum), level(ward) if ward else Level.NONE)


def _still(report: Report, number: int, title: str) -> Report:
    """What a check's own steps say to the outside: which check it is, so that a bar never goes back."""
    return lambda _done, _total, _words: report(number, len(CHECKS), title)


def _one(office: Office, name: str, title: str, look: Look, report: Report, token: Token | None) -> Finding:
    try:
        with told_apart():
            return look(office, report, token)
    except EnvironmentTrouble as error:
        return machine.trouble(name, title, error)
    except Unreadable as why:
        return Finding(name, title, State.NOT_READABLE, str(why))
    except OSError:
        return Finding(
            name, title, State.NOT_READABLE, "読もうとしましたが、OSに断られました。", "取扱責任者に連絡してください。"
        )
