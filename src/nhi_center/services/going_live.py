"""稼働前点検: the signed checklist that puts a terminal into service, and the two papers that come of it.

Whether a terminal is in service is read from a signed file, because nobody has opened the store yet when it is asked.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from nhi_center.domain import going_live
from nhi_center.domain.calendar import wareki
from nhi_center.domain.first_start import Plan
from nhi_center.domain.going_live import STATEMENT, Finding, Point, Verdict
from nhi_center.domain.operators import Action, Role, Signature
from nhi_center.errors import OperatorError
from nhi_center.files import replace_file
from nhi_center.keys.account_book import AccountBook
from nhi_center.printing.sheets import ListColumn, ListPart, ListSheet, PdfJob
from nhi_center.services.first_start import FirstStart, in_groups, keep, points, printers
from nhi_center.services.office import Office
from nhi_center.services.sealing import draft_of, made_bytes
from nhi_center.services.signing import is_over, require_signature, sign_for
from nhi_center.services.work import begin
from nhi_center.settings import Settings, to_toml

FILE, SETTINGS_FILE = "going-live.json", "terminal.toml"


@dataclass(frozen=True, slots=True)
class InService:
    """The terminal is in service; the two papers lie in the documents folder."""

    plan: Plan
    terminal_sheet: Path
    checklist: Path


def facts(plan: Plan) -> dict[str, str]:
    """What the terminal is, as it is signed and printed on 端末票."""
    return {
        "terminal": plan.terminal,
        "label": plan.label,
        "insurer": plan.insurer,
        "gateway": f"{plan.host}:{plan.port}",
        "public_key": plan.public_key,
        "recovery": plan.recovery,
        "founder": plan.founder,
        "printer": plan.printer,
    }


def is_in_service(settings: Settings, accounts: AccountBook, public_key: str) -> bool:
    """Whether a ward administrator of this room has signed the checklist of this terminal: its name and its own key (hex)."""
    try:
        body = json.loads((settings.business_folder / FILE).read_bytes())
        contents, signature = body["contents"], Signature(**body["signature"])
        account = accounts.find(signature.person)
    except (OSError, ValueError, KeyError, TypeError, OperatorError):
        return False
    return (
        account.role is Role.WARD_ADMIN
        and (contents["facts"]["terminal"], contents["facts"]["public_key"]) == (settings.terminal, public_key)
        and is_over(account, signature, STATEMENT, contents)
    )


def go_live(start: FirstStart, plan: Plan, findings: Mapping[str, Finding], person: str, password: str) -> InService:
    """Sign the whole list as the ward administrator, keep it, make both papers. Takes a password hash and the PDF process.

    Raises OperatorError for an answer that lacks (its point as field), a wrong password, or another role.
    """
    office, session = start.at_work()
    asked = points()
    going_live.check_whole(asked, findings)
    contents = going_live.contents(facts(plan), asked, findings, office.clock.today().isoformat())
    signature = sign_for(office, person, password, Action.SET_UP, STATEMENT, contents)
    require_signature(office, signature, STATEMENT, contents, Role.WARD_ADMIN)
    folder = office.settings.documents
    sheet_path, list_path = folder / f"terminal-{plan.terminal}.pdf", folder / f"going-live-{plan.terminal}.pdf"
    business = office.settings.business_folder
    office.premises.pdf.start()
    office.premises.pdf.wait_ready()
    pages = {
        path: made_bytes(office, PdfJob(page, draft_of(path), within=business))
        for path, page in (
            (sheet_path, terminal_sheet(office, plan)),
            (list_path, checklist_sheet(office, asked, findings, signature)),
        )
    }
    with begin(office, session, Action.SET_UP, subject=plan.terminal, step="going_live") as unit:
        unit.note(points=len(asked), not_needed=sum(one.verdict is Verdict.NOT_NEEDED for one in findings.values()))
        body = {"contents": contents, "signature": asdict(signature)}
        for path, data in pages.items():
            unit.write(path, data)
        unit.write(business / FILE, json.dumps(body, ensure_ascii=False).encode())
        replace_file(start.folder / SETTINGS_FILE, to_toml(office.settings).encode())
    done = keep(start, replace(plan, live_since=office.clock.now().isoformat(timespec="seconds")))
    return InService(done, sheet_path, list_path)


def terminal_sheet(office: Office, plan: Plan) -> ListSheet:
    """端末票: what stands on the terminal's own sheet, for the ward's files; no secret."""
    people = office.premises.accounts.every()
    columns = (ListColumn("ID", 40), ListColumn("氏名", 60, name=True), ListColumn("役割", 30), ListColumn("署名鍵の始め", 40))
    rows = tuple((one.person, one.name, one.role.label, one.signing[:16]) for one in people)
    return ListSheet(
        title="端末票",
        subtitle=f"{plan.terminal}  {wareki(office.clock.today())}",
        footer=f"新宿区 国民健康保険事務センター  端末 {plan.terminal}",
        pairs=(
            ("端末", f"{plan.terminal}({plan.label})"),
            ("保険者番号", plan.insurer),
            ("区のサーバ", f"{plan.host} ポート {plan.port}"),
            ("証の行き先", next((one.words for one in printers() if one.code == plan.printer), plan.printer)),
        ),
        parts=(
            ListPart("監査用公開鍵", notes=(in_groups(plan.public_key),)),
            ListPart(
                "復旧の鍵の指紋",
                notes=(plan.recovery, "使える人がいなくなったとき、秘密鍵を保管する区だけが開けます。"),
            ),
            ListPart("登録した区の人", columns, rows),
        ),
        boxes=("区管理者",),
        sample=office.settings.training,
    )


def checklist_sheet(office: Office, asked: tuple[Point, ...], findings: Mapping[str, Finding], signature: Signature) -> ListSheet:
    """稼働前点検表 with every answer and the signature's fingerprint."""
    columns = (ListColumn("項目", 32), ListColumn("点検すること", 74), ListColumn("答え", 20), ListColumn("内容", 44))
    rows = tuple((point.title, point.words, findings[point.id].verdict.label, findings[point.id].note) for point in asked)
    at = datetime.fromisoformat(signature.signed_at)
    return ListSheet(
        title="稼働前点検表",
        subtitle=f"{office.terminal}  {wareki(at.date())}",
        footer=f"新宿区 国民健康保険事務センター  端末 {office.terminal}",
        names=(("署名した区管理者", signature.name),),
        parts=(
            ListPart("点検した項目", columns, rows),
            ListPart("署名", notes=(f"署名した日時 {wareki(at.date())} {at:%H:%M}", f"署名の指紋 {signature.value[:32]}")),
        ),
        boxes=("区管理者", "取扱責任者"),
        sample=office.settings.training,
    )
