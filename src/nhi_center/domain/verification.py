"""Blind second keying (照合): what is keyed twice, where two keyings differ, how a difference is settled, what it teaches.

The verifier (照合者) keys from the paper without seeing the first keying. Where it differs he looks again and keys again while
the paper is in hand; only a second difference shows both values. For a critical field a third person (不一致判定者) decides; two
persons agreeing on a slip is what this is against.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from nhi_center.domain import names
from nhi_center.domain.forms.definition import Choice, FieldDefinition, FormDefinition
from nhi_center.domain.four_eyes import require_different
from nhi_center.errors import OperatorError

STATEMENT = "settlement"
"""Kind of the statement a 不一致判定者 signs."""

KEY_AGAIN = "入力者の値と違います。紙をもう一度見て、もう一度入力してください。"
OWN_ENTRY = "自分で入力した届出は照合できません。ほかの人に頼んでください。"

REASONS = (
    Choice("1", "打ち間違い"),
    Choice("2", "紙の読み違い"),
    Choice("3", "欄の取り違え・見落とし"),
    Choice("4", "紙の字が読みにくい"),
)
"""Why the two keyings differed; the code is kept, never who."""


class Verdict(StrEnum):
    """Whose value stands: the keyer's (入力者), the verifier's (照合者), or a third one read from the paper anew."""

    KEYER = "keyer"
    VERIFIER = "verifier"
    THIRD = "third"


@dataclass(frozen=True, slots=True, repr=False)
class Mismatch:
    """One field keyed differently. ``critical``: only a third person may settle it."""

    field: str
    label: str
    critical: bool
    keyer_value: str
    verifier_value: str


@dataclass(frozen=True, slots=True)
class Settlement:
    """How a mismatch was settled, with the value that stands and the person who decided."""

    field: str
    verdict: Verdict
    value: str
    decided_by: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be settled: the verdict on one field, the code of REASONS, and for a third value what the paper says."""

    field: str
    verdict: Verdict
    reason: str
    third_value: str = ""


@dataclass(frozen=True, slots=True)
class FieldProgress:
    """One field as the verifier may know it. ``keyed``: his own value, None before he has keyed it; without it no mismatch."""

    field: FieldDefinition
    required: bool
    keyed: str | None = None
    mismatch: Mismatch | None = None
    settlement: Settlement | None = None
    again: bool = False
    """His first value differed: he looks at the paper again and keys the field once more."""

    @property
    def open(self) -> bool:
        return self.keyed is None

    @property
    def unsettled(self) -> bool:
        return self.mismatch is not None and self.settlement is None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenVerification:
    """An application under verification. Holds nothing the verifier has not keyed himself, but for fields that differ."""

    application: str
    number: str
    sheets: int
    form: FormDefinition
    urgent_until: str
    today: date
    fields: tuple[FieldProgress, ...]

    def progress(self, field_id: str) -> FieldProgress:
        """Raises KeyError for a field that is not keyed twice."""
        for one in self.fields:
            if one.field.id == field_id:
                return one
        raise KeyError(field_id)

    @property
    def keyed(self) -> int:
        return sum(not one.open for one in self.fields)

    @property
    def mismatches(self) -> int:
        return sum(one.mismatch is not None for one in self.fields)

    @property
    def unsettled(self) -> int:
        return sum(one.unsettled for one in self.fields)

    @property
    def complete(self) -> bool:
        return all(not one.open and not one.unsettled for one in self.fields)

    def statement(self, decision: Decision) -> dict[str, Any]:
        """What a third person signs when ``decision`` is taken. Raises KeyError where the field does not differ."""
        mismatch = self.progress(decision.field).mismatch
        if mismatch is None:
            raise KeyError(decision.field)
        return settlement_statement(self.application, self.number, self.form.id, mismatch, decision)


@dataclass(frozen=True, slots=True)
class FieldStatistics:
    """One field of one form: how often it was keyed twice, differed, and who was wrong. Counts only, never about a person."""

    form: str
    field: str
    verified: int = 0
    mismatched: int = 0
    keyer_wrong: int = 0
    verifier_wrong: int = 0

    @property
    def keyer_errors_per_thousand(self) -> float:
        """Wrong first keyings among 1,000 keyed fields; 0 while nothing was verified."""
        return 1000 * self.keyer_wrong / self.verified if self.verified else 0.0


def fields_to_verify(
    form: FormDefinition, first: Mapping[str, str], carried: Collection[str] = ()
) -> tuple[FieldDefinition, ...]:
    """The fields the verifier keys, in the paper's order. A conditional field is asked only while its condition holds.

    An optional field is asked even when the keyer left it empty: an overlooked entry is a difference too. So is every field
    that was ``carried`` over from another person or paper: what nobody has typed from this paper is not verified by anything.
    """
    return tuple(field for field in form.fields() if (field.keyed_twice or field.id in carried) and form.asks(field, first))


def compare(form: FormDefinition, first: Mapping[str, str], second: Mapping[str, str]) -> tuple[Mismatch, ...]:
    """Where the two keyings differ. Both hold values as ``forms.types.read`` gives them, so 3450312 and S45.3.12 agree.

    Names are compared code point by code point: 葛 with a variation selector is another character than 葛 without.
    """
    found = (compare_field(field, first.get(field.id, ""), second.get(field.id, "")) for field in fields_to_verify(form, first))
    return tuple(mismatch for mismatch in found if mismatch is not None)


def compare_field(field: FieldDefinition, first: str, second: str) -> Mismatch | None:
    """The same for one field, at the moment it is keyed; None when both agree."""
    return None if first == second else Mismatch(field.id, field.label, field.critical, first, second)


def differing_characters(first: str, second: str) -> tuple[int, ...]:
    """Which characters differ, counted from 1 by cluster; empty when the lengths differ too (then nothing can be lined up)."""
    one, other = names.clusters(first), names.clusters(second)
    if len(one) != len(other):
        return ()
    return tuple(place for place, (left, right) in enumerate(zip(one, other, strict=True), start=1) if left != right)


def needs_adjudicator(mismatch: Mismatch, verdict: Verdict) -> bool:
    """Whether a third person (不一致判定者) must decide."""
    return mismatch.critical or verdict is Verdict.THIRD


def settlement_statement(application: str, slip: str, form: str, mismatch: Mismatch, decision: Decision) -> dict[str, Any]:
    """What the third person sees and signs: the paper, the field, both keyings, and what shall stand."""
    return {
        "application": application,
        "slip": slip,
        "form": form,
        "field": mismatch.field,
        "label": mismatch.label,
        "keyer_value": mismatch.keyer_value,
        "verifier_value": mismatch.verifier_value,
        "verdict": decision.verdict.value,
        "value": _standing(mismatch, decision.verdict, decision.third_value),
        "reason": decision.reason,
    }


def _standing(mismatch: Mismatch, verdict: Verdict, third_value: str) -> str:
    if verdict is Verdict.THIRD:
        return third_value
    return mismatch.keyer_value if verdict is Verdict.KEYER else mismatch.verifier_value


def settle(
    mismatch: Mismatch,
    verdict: Verdict,
    *,
    decided_by: str,
    keyers: Iterable[str],
    verifier: str,
    third_value: str = "",
    reason: str = "",
) -> Settlement:
    """Decide one mismatch. Raises OperatorError when this person may not decide it, or a third value is not one.

    An ordinary field may be settled by the verifier with the paper in hand. A third value, like every critical field, needs an
    adjudicator who is neither keyer nor verifier. ``keyers``: everybody who had the draft open.
    """
    for keyer in keyers:
        require_different(keyer, verifier, OWN_ENTRY)
        if decided_by == keyer:
            raise OperatorError(
                "入力した本人は判定できません。照合者か不一致判定者が判定してください。", field=mismatch.field, code="four-eyes"
            )
    if decided_by == verifier and needs_adjudicator(mismatch, verdict):
        raise OperatorError(
            "この欄は不一致判定者が判定します。入力者・照合者のほかの人に渡してください。", field=mismatch.field, code="four-eyes"
        )
    if verdict is Verdict.THIRD and third_value in {mismatch.keyer_value, mismatch.verifier_value}:
        raise OperatorError(
            "どちらかの入力と同じ値です。入力者か照合者の値を選んでください。", field=mismatch.field, code="not-third"
        )
    return Settlement(mismatch.field, verdict, _standing(mismatch, verdict, third_value), decided_by, reason)


def settled_values(first: Mapping[str, str], mismatches: Iterable[Mismatch], settlements: Iterable[Settlement]) -> dict[str, str]:
    """The verified values of the form. Raises OperatorError while a mismatch is open, or one was settled twice."""
    decided: dict[str, Settlement] = {}
    for settlement in settlements:
        if settlement.field in decided:
            raise OperatorError("同じ欄に判定が二つあります。一つにしてください。", field=settlement.field)
        decided[settlement.field] = settlement
    values = dict(first)
    for mismatch in mismatches:
        if mismatch.field not in decided:
            raise OperatorError("判定していない不一致があります。", field=mismatch.field)
        values[mismatch.field] = decided[mismatch.field].value
    return values


def statistics(
    form: FormDefinition,
    first: Mapping[str, str],
    mismatches: Iterable[Mismatch],
    settlements: Iterable[Settlement],
    again: Collection[str] = (),
) -> tuple[FieldStatistics, ...]:
    """What one verified form adds to the counts, one entry for each field keyed twice. An open mismatch blames nobody yet.

    ``again``: fields the verifier had to key once more; where no mismatch was left, the slip was his.
    """
    different = {mismatch.field for mismatch in mismatches}
    verdicts = {settlement.field: settlement.verdict for settlement in settlements if settlement.field in different}
    return tuple(
        FieldStatistics(
            form.id,
            field.id,
            verified=1,
            mismatched=int(field.id in different or field.id in again),
            keyer_wrong=int(verdicts.get(field.id) in {Verdict.VERIFIER, Verdict.THIRD}),
            verifier_wrong=int(
                verdicts.get(field.id) in {Verdict.KEYER, Verdict.THIRD} or (field.id in again and field.id not in different)
            ),
        )
        for field in fields_to_verify(form, first)
    )


def total(entries: Iterable[FieldStatistics]) -> tuple[FieldStatistics, ...]:
    """Counts added up for each field of each form, the field with most wrong first keyings first."""
    sums: dict[tuple[str, str], FieldStatistics] = {}
    for entry in entries:
        key = (entry.form, entry.field)
        known = sums.get(key, FieldStatistics(entry.form, entry.field))
        sums[key] = FieldStatistics(
            entry.form,
            entry.field,
            known.verified + entry.verified,
            known.mismatched + entry.mismatched,
            known.keyer_wrong + entry.keyer_wrong,
            known.verifier_wrong + entry.verifier_wrong,
        )
    return tuple(sorted(sums.values(), key=lambda entry: (-entry.keyer_wrong, entry.form, entry.field)))
