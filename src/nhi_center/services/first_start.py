"""最初の設定: the acts of the steps that make a new terminal ready, up to the signed 稼働前点検表.

What is settled stands in ``first-start.json`` beside ``terminal.toml``, without any secret, so that the setting up can be stopped
and taken up again. Until the checklist is signed the terminal opens for nothing else.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from nhi_center import resources
from nhi_center.domain import first_start, going_live
from nhi_center.domain.first_start import Plan
from nhi_center.domain.going_live import Finding, Point, Verdict
from nhi_center.domain.operators import Session
from nhi_center.errors import EnvironmentTrouble, OperatorError
from nhi_center.files import replace_file
from nhi_center.keys.holding import require_own_disk
from nhi_center.services.office import Office
from nhi_center.services.ports import Clock
from nhi_center.settings import Segment, Settings

USUAL_PORT = 18443
USUAL_SERVER_NAME = "gateway.nhi-center.internal"
PLAN_FILE, FINDINGS_FILE = "first-start.json", "checklist.json"


@dataclass(slots=True)
class FirstStart:
    """One setting up in progress. ``office`` and ``session`` are there while the ward administrator is signed in."""

    folder: Path
    clock: Clock
    office: Office | None = None
    session: Session | None = None

    def at_work(self) -> tuple[Office, Session]:
        """Office and session of the ward administrator. Raises OperatorError while nobody is signed in."""
        if self.office is None or self.session is None:
            raise OperatorError("続けるには、区管理者としてサインインしてください。", code="not-signed-in")
        return self.office, self.session


@dataclass(frozen=True, slots=True)
class Outlet:
    """Something certificates can be handed to."""

    code: str
    words: str


def usual_business_folder() -> Path:
    """Where the business folder lies unless the ward chooses another place (XDG base directories)."""
    data = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(data) / "nhi-center" / "business"


def load(start: FirstStart) -> Plan:
    """How far it is. Raises EnvironmentTrouble SU-01 when the file is damaged."""
    file = start.folder / PLAN_FILE
    try:
        return first_start.from_json(json.loads(file.read_bytes()))
    except FileNotFoundError:
        return Plan()
    except (OSError, ValueError):
        raise EnvironmentTrouble(
            "SU-01", "最初の設定の途中の記録を読めません。区の担当者に連絡してください。設定済みの鍵とデータは残っています。"
        ) from None


def keep(start: FirstStart, plan: Plan) -> Plan:
    """Write down what is settled."""
    replace_file(start.folder / PLAN_FILE, json.dumps(plan.to_json(), ensure_ascii=False).encode())
    return plan


def settings_of(plan: Plan) -> Settings:
    """The terminal's settings as far as they are known."""
    segment = Segment(plan.host, plan.port, plan.server_name)
    return Settings(plan.terminal, plan.label, False, Path(plan.business_folder), segment)


def in_groups(hexadecimal: str) -> str:
    """For comparing by eye."""
    return " ".join(hexadecimal[at : at + 8] for at in range(0, len(hexadecimal), 8))


def points() -> tuple[Point, ...]:
    """稼働前点検表 as shipped."""
    return going_live.parse_points(resources.read_toml("setup/checklist.toml"))


def findings(start: FirstStart) -> Mapping[str, Finding]:
    """The answers written so far."""
    try:
        body = json.loads((start.folder / FINDINGS_FILE).read_bytes())
        return {id_: Finding(id_, Verdict(one["verdict"]), str(one["note"])) for id_, one in body.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def keep_finding(start: FirstStart, finding: Finding) -> None:
    """Write one answer down; nothing counts before the whole list is signed."""
    known = {**findings(start), finding.point: finding}
    body = {id_: {"verdict": one.verdict.value, "note": one.note} for id_, one in known.items()}
    replace_file(start.folder / FINDINGS_FILE, json.dumps(body, ensure_ascii=False).encode())


def name_terminal(start: FirstStart, plan: Plan, terminal: str, label: str, business_folder: str) -> Plan:
    """Settle name and business folder. Raises OperatorError at the field."""
    going_live.check_terminal(terminal, label)
    folder = Path(business_folder)
    if not folder.is_absolute():
        raise OperatorError("/ から始まるフォルダーの場所を入れてください。", field="business_folder")
    _make_business_folder(folder, plan)
    require_own_disk(folder)
    return keep(start, replace(plan, terminal=terminal, label=label.strip(), business_folder=str(folder)))


def _make_business_folder(folder: Path, plan: Plan) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.chmod(0o700)
        strangers = [entry.name for entry in folder.iterdir()]
    except OSError:
        raise OperatorError("このフォルダーを作れないか、使えません。場所を確かめてください。", field="business_folder") from None
    if strangers and plan.business_folder != str(folder):
        raise OperatorError("このフォルダーは空ではありません。空のフォルダーを選んでください。", field="business_folder")


def printers() -> tuple[Outlet, ...]:
    """What this program can hand certificates to."""
    return (Outlet("spool", "PDFをspoolフォルダーへ"),)


def choose_printer(start: FirstStart, plan: Plan, printer: str) -> Plan:
    """Settle where certificates go."""
    if printer not in {one.code for one in printers()}:
        raise OperatorError("証の行き先を選んでください。", field="printer")
    return keep(start, replace(plan, printer=printer))
