"""``accuracy``: synthetic applications keyed and verified by people who slip, through the office's own rules of comparison.

Each person slips by himself in 0.65 % of fields (single keying is right in 99.35 %: J. Innov. Health Inform. 1999). Apart from
that some fields are misread alike by everybody who looks at the paper; what blind keying can do nothing about is told apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from random import Random

from nhi_center.domain.forms import types
from nhi_center.domain.forms.definition import FieldDefinition
from nhi_center.domain.verification import Mismatch, Verdict, compare_field, fields_to_verify, needs_adjudicator, settle
from nhi_center.gateway.training_data import load_material
from nhi_center.services import forms
from nhi_center.synthesis.deck import deck
from nhi_center.synthesis.ward import people
from nhi_center.training.bench.hand_room import DECK_PERSONS
from nhi_center.training.bench.result import Measurement
from nhi_center.training.bench.room import OPENING, SEED, Room
from nhi_center.training.bench.slips import slip

SLIPS, SHARED = 0.0065, 0.0005
APPLICATIONS, PAIRS = 500, 20
"""Every application is keyed by so many pairs of people, or a few slips would decide the figure."""
KEYER, VERIFIER, THIRD = "keyer", "verifier", "third"


@dataclass(slots=True)
class Tally:
    """``before``: wrong after the first keying; ``after``: wrong at the end; of fields misread alike by all ``shared``."""

    fields: int = 0
    before: int = 0
    after: int = 0
    shared: int = 0
    shared_after: int = 0


def measure(_room: Room) -> Iterator[Measurement]:
    """Shares of wrong fields among those keyed twice."""
    tally = Tally()
    rng = Random("nhi-center accuracy")
    for field, value in _fields():
        for _pair in range(PAIRS):
            key_twice(field, value, rng, tally)
    single = "一度だけ入力したときの誤り"
    yield Measurement("accuracy.wrong_after", tally.after / tally.fields, "share", single, tally.before / tally.fields)
    yield Measurement(
        "accuracy.shared_after",
        tally.shared_after / tally.fields,
        "share",
        "入力者も照合者も同じに読み違えた欄",
        max(tally.shared, 1) / tally.fields,
    )


def _fields() -> Iterator[tuple[FieldDefinition, str]]:
    """What stands on the papers, for every field that is keyed twice."""
    today, catalogue = OPENING.date(), forms.catalogue()
    first = tuple(islice(people(load_material(), DECK_PERSONS + 10, SEED, today), DECK_PERSONS))
    left = APPLICATIONS
    for seed in range(APPLICATIONS):
        for paper in deck(catalogue, first, today, seed=seed)[:left]:
            values = {name: written.value for name, written in paper.fields.items()}
            form = catalogue.get(paper.form, today)
            for field in fields_to_verify(form, values):
                yield field, values.get(field.id, "")
            left -= 1
        if not left:
            return


def key_twice(field: FieldDefinition, value: str, rng: Random, tally: Tally) -> None:
    """One field of one paper, keyed by one person and verified by another; a third where the rules ask for him."""
    tally.fields += 1
    misread = rng.random() < SHARED
    seen = slip(field, value, rng) if misread else value
    first = _keyed(field, seen, rng)
    final = _verified(field, first, seen, rng)
    if misread:
        tally.shared += 1
        tally.shared_after += final != value
    else:
        tally.before += first != value
        tally.after += final != value


def _keyed(field: FieldDefinition, seen: str, rng: Random) -> str:
    """What one person keys for what he sees. What cannot be read is said at the field, and he keys it again."""
    while True:
        typed = slip(field, seen, rng) if rng.random() < SLIPS else seen
        reading = types.read(field, typed, OPENING.date())
        if not reading.problem:
            return reading.value


def _verified(field: FieldDefinition, first: str, seen: str, rng: Random) -> str:
    """Keyed again on a difference; then settled by the verifier, or by a third person, with the paper in hand."""
    second = _keyed(field, seen, rng)
    if compare_field(field, first, second) is None:
        return first
    second = _keyed(field, seen, rng)
    mismatch = compare_field(field, first, second)
    if mismatch is None:
        return first
    return _settled(mismatch, _keyed(field, seen, rng))


def _settled(mismatch: Mismatch, reading: str) -> str:
    known = {mismatch.keyer_value: Verdict.KEYER, mismatch.verifier_value: Verdict.VERIFIER}
    verdict = known.get(reading, Verdict.THIRD)
    decided_by = THIRD if needs_adjudicator(mismatch, verdict) else VERIFIER
    return settle(mismatch, verdict, decided_by=decided_by, keyers=[KEYER], verifier=VERIFIER, third_value=reading).value
