"""What a call's record may keep, and what must stand in it before it is finished: by who calls, how, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from nhi_center.domain.call_book import CallBook
from nhi_center.domain.call_check import Caller
from nhi_center.domain.call_parties import CallParties
from nhi_center.domain.calls import LANGUAGES, Call, CallDraft, Outcome, read_time
from nhi_center.domain.free_words import OTHER
from nhi_center.domain.identifiers import IdentifierProblem, find_individual_number, parse_phone
from nhi_center.errors import OperatorError

TEXT_LIMIT = 1000
JAPANESE = "1"
CLOCKS_DIFFER = timedelta(hours=1)
"""So much earlier than a call began a time may be that was read from another clock, or before the call was opened here."""

NO_INDIVIDUAL_NUMBER = "個人番号(マイナンバー)と思われる12桁の数字があります。ここには残せません。数字を消してください。"
NO_ILLNESS = "病気や治療の内容と思われます。書かないでください。"
THROUGH_INTERPRETER = "本人確認は、通訳を通して相手が言ったとおりに入れます。通訳の人の答えでは確認しません。"

# -- what may be kept, and what must be there --

_PHONES = ("phone", "back_number")
_TIMES = ("ward_time", "back_day", "back_time")
_WORDS = (*_PHONES, "text", "name", "birth", "address", "consent_number", "ward_staff", "other_office_name", *_TIMES)


def phone_digits(typed: str) -> str:
    """A number in any spelling as it is compared; "" when it is none."""
    try:
        return parse_phone(typed)
    except IdentifierProblem:
        return ""


def refuse_individual_numbers(draft: CallDraft) -> None:
    """Raise OperatorError at the field that holds a 個人番号 (番号法 20条: it is not kept here, not even in a draft)."""
    for name in _WORDS:
        typed = getattr(draft, name)
        if find_individual_number(typed) is not None and not (name in _PHONES and phone_digits(typed)):
            raise OperatorError(NO_INDIVIDUAL_NUMBER, field=name, code="individual-number")
    if len(draft.text) > TEXT_LIMIT:
        raise OperatorError(f"内容と回答は{TEXT_LIMIT}文字までです。短くまとめてください。", field="text")


def missing(draft: CallDraft, book: CallBook, parties: CallParties) -> tuple[tuple[str, str], ...]:
    """(field, sentence) for everything the result still needs, in the order of the page."""
    found: list[tuple[str, str]] = []

    def need(field: str, sentence: str) -> None:
        if not getattr(draft, field).strip():
            found.append((field, sentence))

    if draft.caller not in tuple(Caller):
        found.append(("caller", "相手を番号で選んでください。分からないときは 8 です。"))
    if draft.language not in LANGUAGES:
        found.append(("language", "言語を番号で選んでください。"))
    if draft.phone.strip() and not phone_digits(draft.phone):
        found.append(("phone", "電話番号は市外局番から入れてください。分からないときは消してください。"))
    found += _of_others(draft, parties)
    if book.category(draft.category) is None:
        found.append(("category", "分類を2桁の番号で選んでください。ほかは 99 です。"))
    need("text", "問合せの内容と、答えたことを書いてください。")
    if draft.outcome not in tuple(Outcome):
        found.append(("outcome", "結果を1から5の番号で選んでください。"))
    if draft.outcome == Outcome.TO_WARD:
        need("ward_staff", "つないだ区職員の名前を書いてください。")
    if draft.outcome == Outcome.OTHER_OFFICE:
        found += _of_office(draft, parties)
    if draft.outcome == Outcome.CALL_BACK:
        need("back_number", "折返し先の電話番号を入れてください。")
        need("back_day", "折返しの日を入れてください。")
        need("back_time", "折返しの時刻を入れてください。")
    return tuple(found)


def needs_consent(draft: CallDraft) -> bool:
    """Somebody else than the person himself calls, and a person was chosen or what was said of one is written down (特4)."""
    if draft.caller not in tuple(Caller) or draft.caller == Caller.SELF:
        return False
    return bool(draft.atena or draft.name.strip() or draft.birth.strip() or draft.address.strip())


def may_interpret(draft: CallDraft) -> bool:
    """三者通話 is asked about: the caller speaks another language."""
    return draft.language not in ("", JAPANESE)


def _of_others(draft: CallDraft, parties: CallParties) -> tuple[tuple[str, str], ...]:
    """Of the interpreter and of the ward's consent."""
    if may_interpret(draft) and draft.interpreter and parties.interpreter(draft.interpreter) is None:
        return (("interpreter", "通訳を番号で選んでください。いないときは 1 です。"),)
    if not needs_consent(draft):
        return ()
    consent = parties.consent(draft.consent, draft.caller)
    if consent is None:
        return (("consent", "本人以外から聞いたことです。区の承諾を番号で選んでください。"),)
    if consent.asks and not draft.consent_number.strip():
        return (("consent_number", f"{consent.asks}を入れてください。"),)
    if consent.to_ward and draft.outcome != Outcome.TO_WARD:
        return (("consent", "区の承諾がないときは、結果を 2 区へつなぐ にしてください。"),)
    return ()


def _of_office(draft: CallDraft, parties: CallParties) -> tuple[tuple[str, str], ...]:
    """Of the other office a caller was sent to."""
    if parties.office(draft.other_office) is None:
        return (("other_office", "案内した先を番号で選んでください。"),)
    if draft.other_office == OTHER and not draft.other_office_name.strip():
        return (("other_office_name", "案内した先を書いてください。"),)
    return ()


# -- 区へつなぐ --


@dataclass(frozen=True, slots=True)
class Handed:
    """To which 係 a call went and when (ISO)."""

    section: str
    at: str


def handed(draft: CallDraft, book: CallBook, call: Call, now: datetime) -> Handed:
    """As typed, else the category's own 係 and the end of the call. A time belongs to the day of the call; one well before it
    began is of the day after, when it was written up then. Raises OperatorError at ``ward_time``."""
    category = book.category(draft.category)
    section = draft.ward_section or (category.section if category else "")
    if not draft.ward_time.strip():
        return Handed(section, call.ended_at or now.isoformat(timespec="seconds"))
    begun = datetime.fromisoformat(call.started_at)
    at = datetime.combine(begun.date(), read_time(draft.ward_time, "ward_time"), now.tzinfo)
    if at < begun - CLOCKS_DIFFER:
        at += timedelta(days=1)
    if at > now:
        raise OperatorError("電話より前の時刻か、これからの時刻です。つないだ時刻を入れてください。", field="ward_time")
    return Handed(section, at.isoformat(timespec="seconds"))
