"""立入り調査: begun and ended with the signatures of two or more of the ward's staff, over a checklist made from the measures."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from nhi_center.domain import on_site_inspection as rules
from nhi_center.domain.controls import Measure, Standing
from nhi_center.domain.on_site_inspection import BEGIN, END, Act, Event, Finding, Inspection, Line
from nhi_center.domain.operators import Action, Role, Session, Signature, signatures_from_json
from nhi_center.errors import OperatorError
from nhi_center.services import controls, known_people
from nhi_center.services.office import Office
from nhi_center.services.room import Disbelieved, RoomRecord
from nhi_center.services.signing import is_over, require_signature, sign
from nhi_center.services.work import Unit, begin, reading, require
from nhi_center.storage import on_site_inspection as storage
from nhi_center.storage.engine import Connection

KIND = "on_site_inspection"
WARD = (Role.WARD_STAFF, Role.WARD_ADMIN)
_NEEDED = {
    Act.BEGUN: Action.ON_SITE_INSPECT,
    Act.ENDED: Action.ON_SITE_INSPECT,
    Act.GIVEN_UP: Action.ON_SITE_INSPECT,
    Act.ANSWERED: Action.ANSWER_CONTROL,
    Act.SETTLED: Action.SETTLE_CONTROL,
}

_PASSWORD_FIELDS = ("own_password", "password", "third_password")

Passwords = Sequence[tuple[str, str]]
"""(ID, password) of everybody who inspects."""


@dataclass(frozen=True, slots=True)
class Checked:
    """One line of the checklist: the measure, how the product says it stands, and what the inspectors wrote; None before that."""

    measure: Measure
    standing: Standing
    line: Line | None


@dataclass(frozen=True, slots=True)
class OnSite:
    """All inspections, the newest first; of the one that goes on at this terminal its checklist. ``reminder``: "" when none is
    due."""

    inspections: tuple[Inspection, ...]
    findings: tuple[Finding, ...]
    current: Inspection | None
    checklist: tuple[Checked, ...]
    reminder: str
    today: date


def on_site(office: Office, session: Session) -> OnSite:
    """Everything the page shows. Runs the checks while an inspection goes on: run it in the read lane."""
    with reading(office, session, Action.VIEW_CONTROLS) as connection:
        found, today = storage.every(connection), office.clock.today()
        current = _current(found, office.terminal)
        checklist: tuple[Checked, ...] = ()
        if current is not None:
            written = storage.lines(connection, current.id)
            standings = controls.read(office, connection)
            checklist = tuple(Checked(one.measure, one, written.get(one.measure.id)) for one in standings)
        findings = tuple(finding for one in found for finding in one.findings)
        return OnSite(found, findings, current, checklist, rules.reminder(found, today), today)


def _current(found: Sequence[Inspection], terminal: str) -> Inspection | None:
    return next((one for one in found if one.open and one.terminal == terminal), None)


def begin_inspection(office: Office, session: Session, people: Passwords) -> str:
    """Begin one; gives its id. ``people``: everybody who inspects, who is signed in among them.

    Takes a password hash for each: run it in a lane. Raises OperatorError at ``person`` or a password's field.
    """
    require(office, session, Action.ON_SITE_INSPECT)
    ids = _people(office, session, people)
    id_, day = str(uuid.uuid4()), office.clock.today()
    contents = rules.begin_contents(id_, day, office.terminal, ids)
    signatures = _signed(office, people, BEGIN, contents)
    with begin(office, session, Action.ON_SITE_INSPECT, subject=id_, step="on_site_begun", people=len(ids)) as unit:
        if _current(storage.every(unit.connection), office.terminal) is not None:
            raise OperatorError("この端末では、立入り調査がもう始まっています。", code="begun")
        for signature in signatures:
            require_signature(office, signature, BEGIN, contents, *WARD)
        body = {"day": day.isoformat(), "terminal": office.terminal, "signatures": [asdict(one) for one in signatures]}
        _add(office, unit, id_, Act.BEGUN, body)
    return id_


def write_line(office: Office, session: Session, line: Line) -> None:
    """Write one line of the inspection that goes on here, or write it anew. Raises OperatorError at ``words`` or ``due``."""
    with reading(office, session, Action.ON_SITE_INSPECT) as connection:  # all checks run: not within the act
        standing = next((one for one in controls.read(office, connection) if one.measure.id == line.measure), None)
    with begin(office, session, Action.ON_SITE_INSPECT, step="on_site_line") as unit:
        current = _require_current(unit.connection, office.terminal)
        unit.subject = current.id
        rules.check_line(line, unit.today)
        if standing is None:
            raise OperatorError("この項目はありません。一覧を更新してください。", code="no-measure")
        storage.put_line(unit.connection, current.id, replace(line, words=line.words.strip(), shown=standing.state.value))


def end_inspection(office: Office, session: Session, people: Passwords) -> Inspection:
    """End it: everybody who began it signs every line as it stands. Raises as ``begin_inspection``, and while a line is open."""
    require(office, session, Action.ON_SITE_INSPECT)
    ids = _people(office, session, people)
    with reading(office, session, Action.ON_SITE_INSPECT) as connection:
        current, lines = _whole(connection, office.terminal)
    if set(ids) != {person for person, _name in current.inspectors}:
        raise OperatorError("始めたときの区職員がそろって署名します。", field="person", code="other-people")
    contents = rules.end_contents(current.id, current.day, lines, ids)
    signatures = _signed(office, people, END, contents)
    with begin(office, session, Action.ON_SITE_INSPECT, subject=current.id, step="on_site_ended") as unit:
        if _whole(unit.connection, office.terminal) != (current, lines):
            raise OperatorError("署名の前に内容が変わりました。表を確かめて、もう一度署名してください。", code="changed")
        for signature in signatures:
            require_signature(office, signature, END, contents, *WARD)
        told = [rules.line_to_json(line) for line in lines]
        _add(office, unit, current.id, Act.ENDED, {"lines": told, "signatures": [asdict(one) for one in signatures]})
        storage.drop_lines(unit.connection, current.id)
        done = _find(unit.connection, current.id)
        unit.note(lines=len(lines), findings=len(done.findings))
        return done


def give_up(office: Office, session: Session, words: str) -> None:
    """The inspection that goes on here is not brought to its end; the reason stays. Raises OperatorError at ``words``."""
    with begin(office, session, Action.ON_SITE_INSPECT, step="on_site_given_up") as unit:
        current = _require_current(unit.connection, office.terminal)
        unit.subject = current.id
        rules.check_words(words)
        _add(office, unit, current.id, Act.GIVEN_UP, {"words": words.strip()})
        storage.drop_lines(unit.connection, current.id)


# -- findings --


def answer(office: Office, session: Session, inspection: str, measure: str, words: str) -> None:
    """The company's answer to a finding. Raises OperatorError at ``words``, or when it has ended."""
    with begin(office, session, Action.ANSWER_CONTROL, subject=inspection, step="control_answered", kind=measure) as unit:
        if not session.role.is_contractor:
            raise OperatorError("指摘への回答は、取扱責任者が書きます。", code="own-side")
        _open_finding(unit.connection, inspection, measure)
        rules.check_words(words)
        _add(office, unit, inspection, Act.ANSWERED, {"measure": measure, "words": words.strip()})


def settle(office: Office, session: Session, inspection: str, measure: str, words: str) -> None:
    """The ward has confirmed that it is put right. Raises OperatorError at ``words``, or before the company has answered."""
    with begin(office, session, Action.SETTLE_CONTROL, subject=inspection, step="control_settled", kind=measure) as unit:
        finding = _open_finding(unit.connection, inspection, measure)
        if not finding.answers:
            raise OperatorError("受託者の回答がまだありません。回答のあとで終えます。", code="no-answer")
        rules.check_words(words)
        _add(office, unit, inspection, Act.SETTLED, {"measure": measure, "words": words.strip()})


# -- inside --


def _people(office: Office, session: Session, people: Passwords) -> tuple[str, ...]:
    ids = tuple(person.strip() for person, _password in people)
    rules.check_inspectors(ids)
    if session.person not in ids:
        raise OperatorError("サインインしている人も、調査する一人です。", field="person", code="not-among")
    for person in ids:
        if not office.premises.accounts.knows(person) or office.premises.accounts.find(person).role not in WARD:
            raise OperatorError("区職員のIDを入れてください。", field="person", code="wrong-role")
    return ids


def _signed(office: Office, people: Passwords, kind: str, contents: Mapping[str, Any]) -> tuple[Signature, ...]:
    """Each at his own password field."""
    made = []
    for number, (person, password) in enumerate(people):
        try:
            made.append(sign(office, person.strip(), password, kind, contents))
        except OperatorError as refused:
            field = _PASSWORD_FIELDS[min(number, len(_PASSWORD_FIELDS) - 1)]
            raise OperatorError(refused.message, field=field, code=refused.code) from None
    return tuple(made)


def _whole(connection: Connection, terminal: str) -> tuple[Inspection, tuple[Line, ...]]:
    current = _require_current(connection, terminal)
    written = storage.lines(connection, current.id)
    order = [measure.id for measure in controls.measures()]
    rules.check_whole(written.values(), order)
    return current, tuple(written[id_] for id_ in order)


def _require_current(connection: Connection, terminal: str) -> Inspection:
    current = _current(storage.every(connection), terminal)
    if current is None:
        raise OperatorError("この端末で続いている立入り調査はありません。", code="not-begun")
    return current


def _find(connection: Connection, id_: str) -> Inspection:
    found = storage.find(connection, id_)
    if found is None:
        raise OperatorError("この立入り調査はありません。一覧を更新してください。", code="no-inspection")
    return found


def _open_finding(connection: Connection, inspection: str, measure: str) -> Finding:
    finding = next((one for one in _find(connection, inspection).findings if one.line.measure == measure), None)
    if finding is None or finding.settled:
        raise OperatorError("この指摘は終わっています。一覧を更新してください。", code="settled")
    return finding


def _add(office: Office, unit: Unit, inspection: str, act: Act, body: Mapping[str, Any]) -> None:
    told = {"inspection": inspection, "act": act.value, "body": dict(body), "at": unit.stamp, "by": unit.person}
    id_ = unit.record(KIND, told)
    storage.add(unit.connection, Event(id_, inspection, act, body, unit.stamp, unit.person), office.terminal)


def take(office: Office, connection: Connection, record: RoomRecord) -> None:
    """What was recorded at a terminal of the room (see ``services.takers``). Raises Disbelieved for a signature that is none."""
    body = record.body
    act, inspection = Act(body["act"]), str(body["inspection"])
    known_people.require_author(connection, str(body["by"]), _NEEDED[act])
    event = Event(record.id, inspection, act, body["body"], str(body["at"]), str(body["by"]))
    if act in (Act.BEGUN, Act.ENDED):
        _believe(connection, event)
    elif not isinstance(event.body["words"], str):
        raise Disbelieved("unreadable")
    storage.add(connection, event, record.terminal)


def _believe(connection: Connection, event: Event) -> None:
    signatures = signatures_from_json(event.body["signatures"])
    ids = tuple(one.person for one in signatures)
    rules.check_inspectors(ids)
    if event.act is Act.BEGUN:
        day = date.fromisoformat(event.body["day"])
        kind, contents = BEGIN, rules.begin_contents(event.inspection, day, str(event.body["terminal"]), ids)
    else:
        begun = storage.find(connection, event.inspection)
        if begun is None or {person for person, _name in begun.inspectors} != set(ids):
            raise Disbelieved("other-people")
        lines = tuple(rules.line_from_json(line) for line in event.body["lines"])
        kind, contents = END, rules.end_contents(event.inspection, begun.day, lines, ids)
    for signature in signatures:
        author = known_people.find(connection, signature.person)
        if author is None or author.role not in WARD or not is_over(author, signature, kind, contents):
            raise Disbelieved("bad-signature")
