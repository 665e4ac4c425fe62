"""The synthetic ward: households one after the other, the same for the same material, number of persons, seed and day.

Ages cover the whole range, so that in every year some turn 70 and 75; about one head in eight is not insured himself
(擬制世帯主); some households were insured once; a few have arrears, undeclared income or 支援措置.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from nhi_center.domain.calendar import birthday75, elderly_start
from nhi_center.domain.people import Period, Person
from nhi_center.synthesis.cast import cast
from nhi_center.synthesis.lives import Life, Standing, periods
from nhi_center.synthesis.material import Material, Picker, Town
from nhi_center.synthesis.names import FullName, NameMaker

_SIZES = Picker((1, 2, 3, 4, 5), (58, 24, 10, 6, 2))
_HEAD_AGES = Picker(
    ((18, 30), (30, 40), (40, 50), (50, 60), (60, 70), (70, 75), (75, 90), (90, 102)), (20, 18, 15, 14, 15, 10, 7, 1)
)
_COVER = Picker(("all", "nominal head", "former"), (70, 13, 17))
_CARDS = Picker(("有", "無", "未確認"), (67, 28, 5))
_TAX = Picker(("ア", "イ", "ウ", "エ", "オ"), (3, 4, 23, 35, 35))
# 適用区分 of the same household for its members from 70 on: (class, weight) by the class under 70.
_ELDERLY_CLASSES = {
    "ア": Picker(("B01", "B02"), (80, 20)),
    "イ": Picker(("B02", "B03"), (60, 40)),
    "ウ": Picker(("B03", "B04"), (30, 70)),
    "エ": Picker(("B04",), (1,)),
    "オ": Picker(("B05", "B06"), (60, 40)),
}
_RESIDENCES = Picker(
    ("留学", "技術・人文知識・国際業務", "永住者", "家族滞在", "特定技能1号", "特別永住者"), (34, 24, 20, 12, 5, 5)
)
_UNLIMITED = frozenset({"永住者", "特別永住者"})
FOREIGN_SHARE = 0.11


@dataclass(frozen=True, slots=True)
class _Seat:
    """One member as planned: relation, age in days, sex."""

    relation: str
    birth: date
    sex: str


@dataclass(frozen=True, slots=True)
class _House:
    """What a household's members share."""

    number: int
    town: Town
    address: str
    phone: str
    tax: str
    arrears: bool
    undeclared: bool
    protected: bool
    nationality: str


def people(material: Material, persons: int, seed: int, today: date) -> Iterator[Person]:
    """Exactly ``persons`` people, the fixed cast first, atena numbers counting up from 00000001."""
    fixed = cast()
    yield from fixed[:persons]
    rng = Random(f"nhi-center synthetic ward {seed}")
    maker = NameMaker(material)
    made = len(fixed)
    house = max(int(person.household) for person in fixed)
    while made < persons:
        house += 1
        members = _household(rng, maker, material, house, made + 1, min(_SIZES.pick(rng), persons - made), today)
        made += len(members)
        yield from members


def _household(
    rng: Random, maker: NameMaker, material: Material, number: int, first_atena: int, size: int, today: date
) -> list[Person]:
    seats = _seats(rng, size, today)
    foreign = rng.random() < FOREIGN_SHARE
    names, nationality = _names(rng, maker, seats, foreign=foreign)
    house = _house(rng, material, number, nationality)
    standings = _standings(rng, seats, today)
    symbol, insured_number = f"04-{number % 20 + 1:02}", f"{1_000_000 + number:07}"
    head_atena = f"{first_atena:08}"
    members = []
    branch = 0
    for place, (seat, name, standing) in enumerate(zip(seats, names, standings, strict=True)):
        leaves = size == 1 or place > 0
        held = periods(rng, Life(seat.birth, foreign, leaves), standing, today)
        branch += bool(held)
        residence, stay_until = _residence(rng, held, today) if foreign else ("", None)
        members.append(
            Person(
                atena=f"{first_atena + place:08}",
                household=f"{number:08}",
                is_head=place == 0,
                relation=seat.relation,
                name=name.name,
                kana=name.kana,
                roman=name.roman,
                alias=name.alias,
                birth=seat.birth,
                sex=seat.sex,
                postal=house.town.postal,
                address=house.address,
                phone=house.phone if place == 0 or rng.random() < 0.4 else _mobile(rng),
                symbol=symbol if held else "",
                number=insured_number if held else "",
                branch=f"{branch:02}" if held else "",
                periods=held,
                card=_CARDS.pick(rng),
                income_class=_income_class(rng, house, seat.birth, held, today),
                arrears=house.arrears,
                undeclared=house.undeclared,
                protected=house.protected,
                nationality=nationality,
                residence_status=residence,
                stay_until=stay_until,
                head_atena=head_atena,
                head_name=names[0].name,
            )
        )
    return members


def _birth(rng: Random, age: int, today: date) -> date:
    return today - timedelta(days=int(age * 365.2425) + rng.randrange(365))


def _seats(rng: Random, size: int, today: date) -> list[_Seat]:
    least, most = _HEAD_AGES.pick(rng)
    age = rng.randrange(least, most)
    sex = "1" if rng.random() < 0.55 else "2"
    seats = [_Seat("世帯主", _birth(rng, age, today), sex)]
    if size > 1 and age >= 22 and rng.random() < 0.75:
        other = "2" if sex == "1" else "1"
        spouse_age = max(19, min(100, age + rng.randrange(-6, 7)))
        seats.append(_Seat("妻" if other == "2" else "夫", _birth(rng, spouse_age, today), other))
    while len(seats) < size:
        seats.append(_relative(rng, age, today))
    return seats


def _relative(rng: Random, head_age: int, today: date) -> _Seat:
    sex = "1" if rng.random() < 0.5 else "2"
    draw = rng.random()
    if head_age >= 24 and draw < 0.7:
        return _Seat("子", _birth(rng, max(0, head_age - rng.randrange(22, 42)), today), sex)
    if head_age <= 72 and draw < 0.85:
        return _Seat("父" if sex == "1" else "母", _birth(rng, min(101, head_age + rng.randrange(22, 36)), today), sex)
    if draw < 0.95:
        return _Seat("兄弟姉妹", _birth(rng, max(0, head_age + rng.randrange(-10, 11)), today), sex)
    return _Seat("同居人", _birth(rng, rng.randrange(20, 70), today), sex)


def _names(rng: Random, maker: NameMaker, seats: list[_Seat], *, foreign: bool) -> tuple[list[FullName], str]:
    if foreign:
        culture = maker.culture(rng)
        family = maker.family(rng, culture)
        return [maker.foreign(rng, culture, family, seat.sex) for seat in seats], culture.nationality
    surname = maker.surname(rng)
    names = []
    for seat in seats:
        own = maker.surname(rng) if seat.relation == "同居人" else surname
        names.append(maker.japanese(rng, own, seat.sex))
    return names, ""


def _house(rng: Random, material: Material, number: int, nationality: str) -> _House:
    town = material.towns[rng.randrange(len(material.towns))]
    place = f"{rng.randrange(1, 6)}丁目" if town.has_chome else ""
    # 号 from 90 on does not occur: an address that looks right and is nobody's.
    address = f"{town.address}{place}{rng.randrange(1, 40)}番{rng.randrange(90, 100)}号"
    if rng.random() < 0.6:
        address += f"　見本荘{rng.randrange(1, 12)}{rng.randrange(1, 13):02}号室"
    undeclared = rng.random() < 0.012
    return _House(
        number,
        town,
        address,
        f"0300{rng.randrange(10**6):06}",
        "ア" if undeclared else _TAX.pick(rng),
        rng.random() < 0.025,
        undeclared,
        rng.random() < 0.003,
        nationality,
    )


def _mobile(rng: Random) -> str:
    """090-0...: a block that is not given out."""
    return f"0900{rng.randrange(10**7):07}"


def _standings(rng: Random, seats: list[_Seat], today: date) -> list[Standing]:
    cover = _COVER.pick(rng)
    standings = []
    for place, seat in enumerate(seats):
        if birthday75(seat.birth) <= today:
            standings.append(Standing.FORMER if rng.random() < 0.9 else Standing.NEVER)
        elif cover == "former":
            standings.append(Standing.FORMER)
        elif cover == "nominal head" and place == 0 and len(seats) > 1:
            standings.append(Standing.FORMER if rng.random() < 0.3 else Standing.NEVER)
        else:
            standings.append(Standing.INSURED)
    return standings


def _income_class(rng: Random, house: _House, birth: date, held: tuple[Period, ...], today: date) -> str:
    """適用区分 for who is insured today; one in a hundred is not settled yet."""
    if not any(period.covers(today) for period in held) or rng.random() < 0.01:
        return ""
    return _ELDERLY_CLASSES[house.tax].pick(rng) if elderly_start(birth) <= today else house.tax


def _residence(rng: Random, held: tuple[Period, ...], today: date) -> tuple[str, date | None]:
    """在留資格 and 在留期間満了日: over where the stay ended, else in the coming years."""
    if held and held[-1].lost_code == "L8" and held[-1].lost is not None:
        return "留学", held[-1].lost - timedelta(days=1)
    status = _RESIDENCES.pick(rng)
    return status, None if status in _UNLIMITED else today + timedelta(days=rng.randrange(20, 3 * 365))
