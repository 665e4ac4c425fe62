"""``calls``: forty scripted calls taken by keyboard through the real window; what each costs from hang-up to saved.

Every key after hang-up counts, each held key too, and words as an input method takes them: romaji, a key to convert and one to
commit each piece. Reference: the same calls with every word, those noted while talking too, left for afterwards.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice

from nhi_center.domain.calls import CallState
from nhi_center.domain.people import Person
from nhi_center.errors import EnvironmentTrouble
from nhi_center.gateway.training_data import load_material
from nhi_center.services.call_list import list_today
from nhi_center.synthesis.ward import people
from nhi_center.training.bench.call_scripts import PEOPLE, CallScript, Kind, scripts
from nhi_center.training.bench.keystrokes import run_window
from nhi_center.training.bench.result import Measurement
from nhi_center.training.bench.room import OPENING, SEED, Room, say

_FIRST = 200
_CAST = 10
"""The tour's own people, some of whom nobody may be told about."""
_REFERENCE = "同じ電話の言葉を、すべて切ってから打つとき(一件)"


def make_scripts() -> tuple[CallScript, ...]:
    """The same forty in every process, about the first people of the register."""
    first = list(islice(people(load_material(), _FIRST, SEED, OPENING.date()), _FIRST))[_CAST:]
    return scripts([one for one in first if _is_plain(one)][:PEOPLE])


def _is_plain(person: Person) -> bool:
    """Told about on the telephone, by a Japanese name, at a number of his own."""
    return not person.protected and not person.roman and not person.alias and bool(person.phone)


def measure(room: Room) -> Iterator[Measurement]:
    """The average keys after hang-up, the pointer moves of all calls together, and each kind's own average."""
    wanted = make_scripts()
    say(f"  {len(wanted)}件の電話を受けています")
    told = run_window("call_window", (str(room.settings.business_folder),), room.folder / "bytecode")
    _require_recorded(room, wanted)
    after, later = ([int(one[name]) for one in told["calls"]] for name in ("after", "later"))
    yield Measurement("calls.after_hang_up", sum(after) / len(after), "keys", _REFERENCE, sum(later) / len(later))
    yield Measurement("calls.pointer", told["pointer"], "moves", "切ったあとの打鍵の数", sum(after))
    for kind in Kind:
        some = [at for at, one in enumerate(wanted) if one.kind is kind]
        mean, reference = (sum(figures[at] for at in some) / len(some) for figures in (after, later))
        yield Measurement(f"calls.after_hang_up.{kind}", mean, "keys", _REFERENCE, reference)


def _require_recorded(room: Room, wanted: tuple[CallScript, ...]) -> None:
    """Raises EnvironmentTrouble TR-02 unless the store has every call as the script says."""
    with room.clerk() as (office, session):
        found = [row.call for row in list_today(office, session) if row.call.state is CallState.DONE]
    results = Counter((call.draft.outcome, call.draft.atena) for call in found)
    scripted = Counter((one.outcome, one.person.atena if one.person else "") for one in wanted)
    if results != scripted or not all(call.draft.category and call.draft.text for call in found):
        raise EnvironmentTrouble("TR-02", f"電話の記録が台本と違います。記録 {len(found)}件、台本 {len(wanted)}件。")
