"""電話の記録 as it goes to the segment: every field of the call record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from nhi_center.domain.call_answers import Answer
from nhi_center.domain.call_check import Caller, Check
from nhi_center.domain.call_parties import CallParties, Party
from nhi_center.domain.call_rules import Handed, may_interpret, needs_consent
from nhi_center.domain.calls import Call, CallBack, CallDraft, Outcome
from nhi_center.domain.free_words import OTHER


def record_body(
    call: Call,
    checked: Check,
    back: CallBack | None,
    to_ward: Handed | None,
    given: Sequence[Answer],
    documents: Sequence[str],
    parties: CallParties,
    now: datetime,
) -> dict[str, object]:
    """The body for the segment (電話の記録): every field of the call record.

    ``given``: the answers its words name, in the versions of the moment; ``documents``: the 必要書類 they name.
    """
    draft = call.draft
    return {
        "event": "recorded",
        "call": call.id,
        "number": call.number,
        "started_at": call.started_at,
        "ended_at": call.ended_at,
        "seconds": call.seconds(now),
        "talk_seconds": call.talk(now),
        "hold_seconds": call.hold_seconds,
        "wrap_up_seconds": call.wrap_up(now),
        "by": call.clerk,
        "direction": "out" if call.returns else "in",
        "returns": call.returns,
        "caller": draft.caller,
        "caller_label": Caller(draft.caller).label,
        "language": draft.language,
        "phone": call.phone,
        "interpreter": _party(parties.interpreter(draft.interpreter) if may_interpret(draft) else None),
        "consent": _consent(draft, parties),
        "atena": draft.atena,
        "stated": {"name": draft.name, "birth": draft.birth, "address": draft.address},
        "told_at": call.told_at,
        "check": {"name": checked.name.value, "birth": checked.birth.value, "address": checked.address.value},
        "level": call.level,
        "category": draft.category,
        "text": draft.text,
        "answers": [answer.id for answer in given],
        "answer_versions": {answer.id: answer.version or f"{answer.checked}" for answer in given},
        "documents": list(documents),
        "outcome": draft.outcome,
        "complaint": draft.outcome == Outcome.COMPLAINT or draft.category == "Q22",
        "ward_staff": draft.ward_staff if to_ward else "",
        "ward_section": to_ward.section if to_ward else "",
        "handed_at": to_ward.at if to_ward else "",
        "other_office": _other_office(draft, parties),
        "callback": {"id": back.id, "number": back.number, "due": back.due, "owner": back.owner} if back else None,
    }


def _party(party: Party | None) -> dict[str, str] | None:
    return {"code": party.code, "label": party.label} if party else None


def _consent(draft: CallDraft, parties: CallParties) -> dict[str, str] | None:
    """On what the ward's consent rests: the number of a general one, or what was typed."""
    consent = parties.consent(draft.consent, draft.caller) if needs_consent(draft) else None
    if consent is None:
        return None
    return {"code": consent.code, "label": consent.label, "number": draft.consent_number if consent.asks else consent.number}


def _other_office(draft: CallDraft, parties: CallParties) -> dict[str, str] | None:
    office = _party(parties.office(draft.other_office)) if draft.outcome == Outcome.OTHER_OFFICE else None
    return {**office, "name": draft.other_office_name if draft.other_office == OTHER else ""} if office else None
