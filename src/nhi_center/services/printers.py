"""プリンター: which one takes a sheet, how it stands, its test sheet and who accepted it. None entered: the spool folder."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from nhi_center.domain import printers as rules
from nhi_center.domain.certificate_kinds import CARD, LARGE
from nhi_center.domain.operators import Action, Session
from nhi_center.domain.printers import CUPS, Adjustment, Printer, PrinterEvent, fold
from nhi_center.errors import EnvironmentTrouble, OperatorError
from nhi_center.printing.sheets import Placement, RulerSheet
from nhi_center.services import devices
from nhi_center.services.documents import temporary
from nhi_center.services.inside import require_folder
from nhi_center.services.office import Office
from nhi_center.services.ports import Printer as Port
from nhi_center.services.work import Unit, begin, log_refusal, reading, require
from nhi_center.storage import printers as storage
from nhi_center.storage.engine import Connection

if TYPE_CHECKING:
    from nhi_center.printing.ipp import IppPrinter
    from nhi_center.printing.ipp_jobs import PrinterState

SIZES = {CARD: (86.0, 54.0), LARGE: (91.0, 127.0), "": (210.0, 297.0)}
"""Of the paper in the tray, in millimetres."""
COMPANY = "受託者"


@dataclass(frozen=True, slots=True)
class PrinterLine:
    """One printer, its people by name. ``state`` says how it stands now, ``advice`` what to do there; ``may_accept``: it is not
    this person's own work."""

    printer: Printer
    state: str
    advice: str
    may_accept: bool


def listing(office: Office, session: Session) -> tuple[PrinterLine, ...]:
    """Every printer in use, asked how it stands. Takes as long as they need to answer: run it in a lane."""
    named = {account.person: account for account in office.premises.accounts.everybody()}

    def name(person: str) -> str:
        """Of the company's people the ward sees the company."""
        if not person or (session.role.is_ward and not (person in named and named[person].role.is_ward)):
            return COMPANY if person else ""
        return named[person].name if person in named else person

    with reading(office, session, Action.VIEW_PRINTERS) as connection:
        found = [one for one in entered(connection) if not one.retired]
    lines = []
    for one in found:
        changed, accepted = name(one.changed_by), name(one.accepted_by)
        shown = replace(one, changed_by=changed, accepted_by=accepted)
        lines.append(PrinterLine(shown, *standing(office, one), may_accept=one.changed_by != session.person))
    return tuple(lines)


def standing(office: Office, printer: Printer) -> tuple[str, str]:
    """How one stands now, and what to do there ("" nothing)."""
    if printer.way != CUPS:
        return "フォルダー", ""
    try:
        state = ipp(office, printer).printer_state()
    except EnvironmentTrouble as trouble:
        return "応答なし", trouble.message
    return _word(state), state.advice


def _word(state: PrinterState) -> str:
    return {3: "待機中", 4: "印刷中", 5: "停止"}[int(state.state)]


def ipp(office: Office, printer: Printer, *, one_sided: bool = False) -> IppPrinter:
    """A CUPS queue that was entered."""
    from nhi_center.printing.ipp import IppPrinter  # brings the HTTP client: only where a queue is used

    return IppPrinter.of_cups(printer.address, office.settings.cups_socket, one_sided=one_sided)


def port_of(
    office: Office, session: Session, prefix: str, wanted: str = "", *, one_sided: bool = False
) -> tuple[Port, Placement]:
    """Where a sheet on this paper goes (``wanted``, else the one for its paper), and how it is moved on the page there.

    ``one_sided``: where sheets are counted by their pages, each page has to be one.

    Raises OperatorError when it is not accepted, or its queue sends elsewhere than the ward has allowed (kept in the log);
    EnvironmentTrouble PR-01 when the server cannot be asked.
    """
    with reading(office, session, Action.PRINT) as connection:
        chosen = rules.choose(entered(connection), prefix, wanted)
    devices.require_none_held(office, "print")
    if chosen is None or chosen.way != CUPS:
        require_folder(office, office.settings.spool)
    if chosen is None:
        return office.premises.printer, placement(Adjustment())
    _check_device(office, session, chosen)
    return port(office, chosen, one_sided=one_sided), placement(chosen.adjustment)


def _check_device(office: Office, session: Session, printer: Printer) -> None:
    if printer.way != CUPS:
        return
    try:
        rules.check_device(printer, ipp(office, printer).device_uri())
    except OperatorError as problem:
        log_refusal(office, session, "denied", subject=printer.id, asked=Action.PRINT.value, reason=problem.code)
        raise


def entered(connection: Connection) -> tuple[Printer, ...]:
    """Every printer, retired ones too."""
    return tuple(fold(storage.events(connection)).values())


def default_of(connection: Connection, prefix: str) -> str:
    """The id of the printer a sheet on this paper goes to when nobody says which; "" for the spool folder."""
    return rules.default(entered(connection), prefix)


def port(office: Office, printer: Printer, *, one_sided: bool = False) -> Port:
    return ipp(office, printer, one_sided=one_sided) if printer.way == CUPS else office.premises.printer


def placement(made: Adjustment) -> Placement:
    """As a page wants it: millimetres and a factor."""
    return made.dx / 10, made.dy / 10, made.scale / rules.SCALE_100


# -- entering --


def enter(office: Office, session: Session, name: str, way: str, address: str, device: str, approval: str, prefix: str) -> str:
    """A printer the ward has approved; gives its id. It prints 見本 alone until its test sheet is accepted."""
    require(office, session, Action.SET_UP)
    rules.check_entry(name, way, address, device, approval, prefix)
    body = {
        "name": name.strip(),
        "way": way,
        "address": address,
        "device": device,
        "approval": approval.strip(),
        "prefix": prefix,
    }
    with begin(office, session, Action.SET_UP, step="printer", way=way, prefix=prefix) as unit:
        return _keep(unit, str(uuid.uuid4()), "set", body)


def retire(office: Office, session: Session, printer: str) -> None:
    """It is used no more; what waits for its paper goes to another one."""
    with begin(office, session, Action.SET_UP, subject=printer, step="printer_retired") as unit:
        _found(unit.connection, printer)
        _keep(unit, printer, "retired", {})


def adjust(office: Office, session: Session, printer: str, made: Adjustment) -> None:
    """From what the test sheet shows. Its acceptance falls away. Raises OperatorError at ``dx``, ``dy`` or ``scale``."""
    require(office, session, Action.CHECK_PRINT)
    rules.check_adjustment(made)
    with begin(office, session, Action.CHECK_PRINT, subject=printer, step="printer_adjusted") as unit:
        _found(unit.connection, printer)
        _keep(unit, printer, "adjusted", asdict(made))


def accept(office: Office, session: Session, printer: str) -> None:
    """A second person has seen the test sheet lie right: from now on it prints what counts."""
    with begin(office, session, Action.CHECK_PRINT, subject=printer, step="printer_accepted") as unit:
        rules.check_acceptance(_found(unit.connection, printer), unit.person)
        _keep(unit, printer, "accepted", {})


def _keep(unit: Unit, printer: str, what: str, body: Mapping[str, object]) -> str:
    storage.add(unit.connection, PrinterEvent(printer, what, body, unit.stamp, unit.person))
    return printer


def _found(connection: Connection, printer: str) -> Printer:
    found = next((one for one in entered(connection) if one.id == printer), None)
    if found is None or found.retired:
        raise OperatorError("このプリンターはありません。一覧を更新して確かめてください。", code="no-printer")
    return found


# -- the test sheet --


def print_test(office: Office, session: Session, printer: str) -> None:
    """試し刷り: rulers on this printer's paper, moved and scaled as it is adjusted now. Raises EnvironmentTrouble PR-*."""
    with begin(office, session, Action.CHECK_PRINT, subject=printer, step="printer_test") as unit:
        found = _found(unit.connection, printer)
    _check_device(office, session, found)
    devices.require_none_held(office, "print")
    width, height = SIZES[found.prefix]
    words = f"{found.adjustment.words}  {office.clock.local():%Y-%m-%d %H:%M}"
    sheet = RulerSheet(found.name, words, width, height, placement(found.adjustment))
    name = f"test-{uuid.uuid4()}"
    with temporary(office, name, sheet) as pdf:
        outcome = port(office, found).send(name, pdf, 1)
    if outcome.state == "failed":
        raise EnvironmentTrouble("PR-01", outcome.detail)
