"""対策変更報告 (受託 運用10): a change of version, isolation, 取扱責任者, procedures or a rule of the ward opens a record.

Looked at when a 取扱責任者 signs in, because the report is his: 監督の記録 has it as 対策の変更・協議 with before and after, due
on the next open day; the ward answers with what was agreed.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from datetime import timedelta

from nhi_center import __version__
from nhi_center.domain.control_records import RecordKind, Wanted
from nhi_center.domain.measures import RULES, State, changes, value_words
from nhi_center.domain.operators import Action, Role, Session
from nhi_center.isolation import restrict
from nhi_center.services import control_records, known_people, procedures, ward_settings
from nhi_center.services.forms import closed_days
from nhi_center.services.office import Office
from nhi_center.services.work import begin, reading, require
from nhi_center.storage import control_records as records
from nhi_center.storage import watch
from nhi_center.storage.engine import Connection

_SEEN = "measures"
_OFF = "受けていない"


def look(office: Office, session: Session) -> int:
    """Write down what has changed since the last look, whole or not at all; gives how many. The very first look only remembers.

    The ward makes no such report: nothing is done for its people.
    """
    require(office, session, Action.RECORD_CONTROL)
    if not session.role.is_contractor:
        return 0
    with reading(office, session, Action.RECORD_CONTROL) as connection:
        before, now = watch.state(connection, _SEEN), _state(office, connection)
        if before == now:
            return 0
    found = changes(before, now) if before is not None else ()
    with begin(office, session, Action.RECORD_CONTROL, step="measures") as unit:
        written = 0
        due = closed_days().next_open(unit.today + timedelta(days=1))
        told = _newest(unit.connection)
        for one in found:
            if told.get(one.title) == one.words:
                continue  # the same change, seen at another terminal of the room
            wanted = Wanted(RecordKind.CHANGE, unit.today, one.title, one.words, due)
            control_records.write_within(office, unit, wanted)
            written += 1
        watch.put_state(unit.connection, _SEEN, dict(now))
        unit.note(count=written)
    return written


def _newest(connection: Connection) -> dict[str, str]:
    """The words of the last change told of each measure, from any terminal."""
    changes_told = [one.wanted for one in reversed(records.every(connection)) if one.wanted.kind is RecordKind.CHANGE]
    return {wanted.title: wanted.words for wanted in changes_told}


def _state(office: Office, connection: Connection) -> State:
    reached = restrict.reached()
    people = known_people.open_people(connection)
    texts = "".join(one.text for one in procedures.procedures())
    rules = asdict(ward_settings.rules(office, connection))
    flat = {**rules.pop("password"), **rules}
    return {
        "プログラムの版": __version__,
        f"接続制限({office.settings.label})": f"{reached.level.label}まで。{reached.machine.words}" if reached else _OFF,
        "取扱責任者": "、".join(one.person for one in people if one.role is Role.SUPERVISOR) or "なし",
        "緊急時の手順": f"文書 {hashlib.sha256(texts.encode()).hexdigest()[:8]}",
        **{f"区の設定 {RULES[name]}": value_words(name, value) for name, value in flat.items()},
    }
