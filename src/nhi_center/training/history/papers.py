"""A paper's way through the room in a history: brought in, keyed, verified by another, asked about, reviewed by the ward."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from nhi_center.domain.custody import Slip
from nhi_center.domain.entry import Draft, State
from nhi_center.domain.forms.definition import FieldType, FormDefinition
from nhi_center.domain.handover import STATEMENT as HANDOVER
from nhi_center.domain.handover import Count, Direction, Side
from nhi_center.domain.holds import Stage
from nhi_center.domain.keying import Tally
from nhi_center.domain.verification import STATEMENT as VERIFICATION
from nhi_center.domain.verification import Decision, OpenVerification, Verdict
from nhi_center.errors import OperatorError
from nhi_center.services import custody, entry, handover, holds, receipts, review, verification
from nhi_center.services.handover_view import HandoverView
from nhi_center.synthesis.deck import Paper
from nhi_center.training.history.clock import HistoryClock
from nhi_center.training.history.crew import HANAKO, ICHIRO, TOKO, WARD, Crew

_HELD, _TO_WARD, _SLIP_OF_KEYER, _SLIP_OF_VERIFIER, _SENT_BACK = 0.02, 0.4, 0.04, 0.01, 0.01
_QUESTIONS = ("押印の有無について確かめたいです。", "添付の証明書の日付が読みにくいです。", "届出の事由がどれか迷います。")
_ANSWERS = ("そのまま入力してください。", "添付の日付で入力してください。", "届出人に確かめました。そのまま進めてください。")


@dataclass(slots=True)
class Case:
    """One paper on a desk. ``application``: "" before it was opened."""

    paper: Paper
    slip: str
    keyer: str
    application: str = ""

    @property
    def values(self) -> dict[str, str]:
        """What a practised clerk reads from the paper; the 宛名番号 is the one he chose."""
        return {"atena": self.paper.person.atena} | {name: written.value for name, written in self.paper.fields.items()}

    @property
    def verifier(self) -> str:
        return HANAKO if self.keyer == ICHIRO else ICHIRO


class Papers:
    """The desk side of the room. Each verb is one clerk's turn; what is left over waits for the next day."""

    def __init__(self, crew: Crew, clock: HistoryClock, rng: Random) -> None:
        self._crew, self._clock, self._rng, self._office = crew, clock, rng, crew.office
        self.to_key: deque[Case] = deque()
        self.to_verify: deque[Case] = deque()
        self._verified: dict[str, Case] = {}
        self._held: dict[str, Case] = {}

    # -- the 便 --

    def bring_in(self, papers: Sequence[Paper]) -> None:
        """区 → 受託者: both count the same, both sign; a 管理票 for each application."""
        if not papers:
            return
        by_form: dict[str, deque[Paper]] = defaultdict(deque)
        for paper in papers:
            by_form[paper.form].append(paper)
        section = self._rng.choice(tuple(handover.sections().values()))
        view = handover.open_handover(self._office, self._crew.session(ICHIRO), Direction.IN, section, "2")
        counts = [Count(kind.id, len(by_form[kind.id]), sum(map(sheets_of, by_form[kind.id]))) for kind in view.kinds]
        signed = countersign(self._crew, self._clock, view, counts, giver=WARD, receiver=ICHIRO)
        for number, slip in enumerate(self._new_slips(signed)):
            keyer = ICHIRO if number % 2 else HANAKO
            self.to_key.append(Case(by_form[slip.kind].popleft(), slip.id, keyer))

    def _new_slips(self, signed: HandoverView) -> Iterator[Slip]:
        waiting = custody.unsorted_slips(self._office, self._crew.session(ICHIRO))
        return (slip for slip in waiting if slip.batch == signed.handover.id)

    # -- keying --

    def key(self, case: Case) -> None:
        """Open, choose the person, key to the end; now and then a question stands in the way (F4)."""
        session = self._crew.session(case.keyer)
        opened = entry.open_slip(self._office, session, case.slip)
        case.application = opened.application.id
        if not opened.application.atena:
            opened = entry.choose_person(self._office, session, case.application, case.paper.person.atena)
        held_before = bool(opened.holds)
        values = case.values
        if not opened.sent_back and self._rng.random() < _SLIP_OF_KEYER:
            values |= _slip_of_the_finger(opened.form, values)
        reasons = {one.key: one.reasons[0].code for one in entry.evaluate(opened, values) if one.reasons}
        worked = self._work(len(values), 4)
        draft = Draft(values, {}, reasons, tally=worked)
        try:
            if not held_before and self._rng.random() < _HELD:
                raise OperatorError("a question")
            finished = entry.finish(self._office, session, case.application, draft)
        except OperatorError:
            entry.count_sheets(self._office, session, case.application, sheets_of(case.paper))
            holds.hold(self._office, session, case.application, self._rng.choice(_QUESTIONS), Draft(values, {}, reasons))
            if not held_before:  # what is held for a second time goes back to the ward (settle_questions, ward_answers)
                self._held[case.application] = case
        else:
            if finished.state is State.ENTERED:
                self.to_verify.append(case)
            else:  # not drawn (抽出外)
                self._verified[case.application] = case

    def _work(self, fields: int, each: float) -> Tally:
        """Time goes by while so many fields are keyed; gives what the counters of the page would have."""
        seconds = round(fields * each * self._rng.uniform(0.7, 1.4))
        keys = round(fields * self._rng.uniform(4, 7))
        self._clock.advance(seconds / 6)  # others work meanwhile: the day is three people long, the clock one
        return Tally(seconds, 0, keys, self._rng.randint(0, 2))

    # -- 照合 --

    def verify(self, case: Case) -> None:
        """The other clerk keys it blind; differences are settled on the paper."""
        session = self._crew.session(case.verifier)
        view = verification.open_verification(self._office, session, case.application)
        slips = {one.field.id for one in view.fields if self._rng.random() < _SLIP_OF_VERIFIER}
        values = case.values
        for one in view.fields:
            name = one.field.id
            view = self._key_again(case, view, name, values.get(name, ""), slipped=name in slips)
        self._work(len(view.fields), 3)
        verification.finish(self._office, session, case.application)
        self._verified[case.application] = case

    def _key_again(self, case: Case, view: OpenVerification, name: str, value: str, *, slipped: bool) -> OpenVerification:
        session = self._crew.session(case.verifier)
        wrong = _slip_of_the_finger(view.form, {name: value}).get(name) if slipped else None
        view = verification.key_field(self._office, session, case.application, name, wrong or value)
        if view.progress(name).keyed is None:  # it differed: once more, with the paper in hand
            view = verification.key_field(self._office, session, case.application, name, value)
        mismatch = view.progress(name).mismatch
        if mismatch is None:
            return view
        decision = Decision(name, Verdict.VERIFIER, self._rng.choice("123"))
        signature = self._crew.sign(TOKO, VERIFICATION, view.statement(decision)) if mismatch.critical else None
        return verification.settle_mismatch(self._office, session, case.application, decision, signature)

    # -- questions and the ward --

    def settle_questions(self) -> None:
        """The 取扱責任者 answers some herself and asks the ward the others, in the company's name."""
        session = self._crew.session(TOKO)
        for row in holds.listing(self._office, session):
            if row.stage is Stage.ASKED:
                if row.hold.application not in self._held or self._rng.random() < _TO_WARD:
                    holds.send(self._office, session, row.hold.id, row.hold.question)
                else:
                    holds.settle(self._office, session, row.hold.id, self._rng.choice(_ANSWERS))
                    self.to_key.append(self._held.pop(row.hold.application))

    def ward_answers(self) -> None:
        """What was asked yesterday goes on today; what was held twice the ward takes back as it is."""
        session = self._crew.session(WARD)
        applications = {one.hold.id: one.hold.application for one in holds.listing(self._office, self._crew.session(TOKO))}
        for asked in holds.open_questions(self._office, session):
            case = self._held.pop(applications.get(asked.hold, ""), None)
            if case is None:
                holds.take_back(self._office, session, asked.hold, "区で処理します。")
            else:
                holds.answer_hold(self._office, session, asked.hold, self._rng.choice(_ANSWERS))
                self.to_key.append(case)

    def review(self) -> None:
        """区の審査 of all that was verified; a few come back with what is wrong."""
        session = self._crew.session(WARD)
        good = []
        for application, case in self._verified.items():
            if self._rng.random() < _SENT_BACK:
                review.send_back(self._office, session, application, self._rng.choice("125"), "紙と違うところがあります。")
                self.to_key.append(case)
            else:
                good.append(application)
        self._verified.clear()
        review.record_reviewed(self._office, session, good)


def sheets_of(paper: Paper) -> int:
    """The form and what is attached, as written on it."""
    return sum(int(paper.fields[name].value) for name in ("sheets_form", "sheets_attached"))


def _slip_of_the_finger(form: FormDefinition, values: Mapping[str, str]) -> dict[str, str]:
    """One address or telephone number with two neighbouring digits in each other's place; nothing where none is written."""
    for field in form.fields():
        value = values.get(field.id, "")
        if field.type is FieldType.PHONE or (field.type is FieldType.ADDRESS and field.keyed_twice):
            for at in range(len(value) - 2, 0, -1):
                one, two = value[at], value[at + 1]
                if one.isdecimal() and two.isdecimal() and one != two:
                    return {field.id: f"{value[:at]}{two}{one}{value[at + 2 :]}"}
    return {}


def countersign(
    crew: Crew, clock: HistoryClock, view: HandoverView, counts: Sequence[Count], *, giver: str, receiver: str
) -> HandoverView:
    """Both sides count these, see that they agree, and sign; the receipt is written."""
    office, session, id_ = crew.office, crew.session(TOKO if receiver == WARD else receiver), view.handover.id
    for side in (Side.GIVER, Side.RECEIVER):
        handover.record_count(office, session, id_, side, counts)
        clock.advance(60)
    contents = handover.contents_to_sign(office, session, id_, giver, receiver)
    signatures = crew.sign(giver, HANDOVER, contents), crew.sign(receiver, HANDOVER, contents)
    signed = handover.sign_handover(office, session, id_, *signatures)
    receipts.make_receipt(office, session, id_)
    return signed
