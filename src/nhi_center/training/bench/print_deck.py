"""The deck of the print benchmark: a thousand 資格確認書 of synthetic people, the same each time.

About 15 % of the names carry a variation sequence and half of them a rare kanji, so that fonts are subset as in a real batch.
"""

from __future__ import annotations

from itertools import islice
from random import Random

from nhi_center.domain.certificate_kinds import Kind
from nhi_center.domain.names import clusters
from nhi_center.gateway.training_data import load_material
from nhi_center.printing.fonts import Role, chain
from nhi_center.printing.sheets import CertificateSheet
from nhi_center.synthesis.ward import people
from nhi_center.training.bench.room import OPENING, SEED

_SEQUENCES = ("葛\U000e0102", "辻\U000e0102", "邉\U000e010f", "邊\U000e0108", "榊\U000e0102", "祇\U000e0102")
_RARE = range(0x3400, 0x4D00)
"""CJK extension A, as far as the fonts have it."""


def make_deck(count: int) -> tuple[CertificateSheet, ...]:
    chance, day = Random(SEED), OPENING.date()
    found = islice((one for one in people(load_material(), count * 3, SEED, day) if one.sex in ("1", "2")), count)
    fonts = chain(Role.NAME)
    rare = [chr(code) for code in _RARE if fonts.resolve(chr(code)) is not None]
    sequences = [one for one in _SEQUENCES if fonts.resolve(one) is not None]
    sheets = []
    for number, person in enumerate(found):
        characters = list(clusters(person.name))
        if chance.random() < 0.15:
            characters[0] = chance.choice(sequences)
        if chance.random() < 0.5:
            characters[-1] = chance.choice(rare)
        name = "".join(characters)
        sheets.append(
            CertificateSheet(
                kind=Kind.ELIGIBILITY,
                symbol="04-01",
                number=f"{number:07}",
                branch="01",
                name=name,
                sex=person.sex,
                birth=max(person.birth, day.replace(year=day.year - 60)),
                head_name=name,
                address=person.address,
                issued=day,
                valid_from=day,
                valid_until=day.replace(year=day.year + 1),
                acquired=day,
            )
        )
    return tuple(sheets)
