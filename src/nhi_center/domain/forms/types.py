"""What is read from a field: the value to keep, how it is shown back, and a sentence when it cannot be or was changed.

Widths are converted only where the office's rule says so, and the clerk is told. Reading a value again gives the same value.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from nhi_center.domain import calendar, identifiers, names
from nhi_center.domain.forms import envelope
from nhi_center.domain.forms.definition import FieldDefinition, FieldType, FormDefinition, InputMode

INDIVIDUAL_NUMBER = (
    "個人番号とみられる12桁の数字は入力できません。欄から消しました。記載の有無は「受付」の頁の「個人番号の記載」で選びます。"
)
NO_HOUSE_NUMBER = "番地がありません。紙に無いときは F4 で保留にします。"
NO_GAP = "姓と名の間に空白がありません。紙と照らしてください。"
CONVERTED_WIDTH = "全角に直しました。紙と照らしてください。"
CONVERTED_KANA = "全角カタカナに直しました。紙と照らしてください。"
CONVERTED_ERA = "平成31年5月からは令和です。令和に直しました。"
CONVERTED_DIGITS = "半角に直しました。"
CONVERTED_HYPHEN = "横線を - に直しました。"
CONVERTED_LETTERS = "英字を半角の大文字に直しました。紙と照らしてください。"
CONVERTED_FREE = "半角カタカナを全角に直しました。"
UNPRINTABLE = "使えない文字(制御文字や外字)があります。その文字を消して入力し直してください。"
NOT_BORN = "生年月日が今日より後です。年を確認してください。"

_HOUSE_NUMBER = re.compile("[0-9]|[〇一二三四五六七八九十百千]+(?:丁目|番|号)|無番地")
_WHOLE = re.compile(r"[0-9]+", re.ASCII)
_MOST_DIGITS = 9
_NEVER_KEPT = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class FieldReading:
    """``value`` is what is stored (dates ISO, choices by code; empty while there is a problem), ``display`` how it is shown back:
    the long form of a date, ``2 女``, 160-0021. ``wipe``: what was typed must leave the screen at once.
    """

    value: str = ""
    display: str = ""
    problem: str = ""
    notice: str = ""
    wipe: bool = False


def read(field: FieldDefinition, text: str, today: date) -> FieldReading:
    """Read what was typed or filled in. An empty field is no problem here: whether it is required is rule V01.

    Neither value nor problem ever carries a 12-digit 個人番号, in whatever field it was typed; numbers of their own kind that may
    have twelve digits (受付番号, 宛名番号, 追跡番号) are what they are.
    """
    if not field.typed_number and identifiers.find_individual_number(text) is not None:
        return FieldReading(problem=INDIVIDUAL_NUMBER, wipe=True)
    if not text.strip():
        return FieldReading()
    try:
        reading = _READERS[field.type](field, text, today)
    except (names.NameProblem, calendar.DateProblem, identifiers.IdentifierProblem) as problem:
        return FieldReading(problem=problem.message)
    if reading.value and _cannot_be_kept(reading.value):
        return FieldReading(problem=UNPRINTABLE)
    if not reading.problem and field.length and _too_long(field, reading):
        return FieldReading(problem=f"{field.length}文字までで入力してください。")
    return reading


def carries_individual_number(form: FormDefinition, values: Mapping[str, str]) -> str:
    """The first field, by its name on the envelope, whose text holds what can only be a 個人番号; "" for none.

    A field the form does not know is looked at like any other: what is kept is kept under some name.
    """
    exempt = {field.id for field in form.fields() if field.typed_number}
    exempt |= {envelope.split(name)[1] for name in exempt}
    for name, text in values.items():
        plain = envelope.split(name)[1]
        if name not in exempt and plain not in exempt and identifiers.find_individual_number(text) is not None:
            return name
    return ""


def show(field: FieldDefinition, value: str, today: date) -> str:
    """A stored value as it is shown back, empty for none (confirmation page, verification, printed lists)."""
    return read(field, value, today).display


def _cannot_be_kept(value: str) -> bool:
    """Controls, invisible characters, halves of characters and 外字: a store, a screen or a printer would each read them its
    own way. A new line may stand in free words."""
    return any(char != "\n" and unicodedata.category(char) in _NEVER_KEPT for char in value)


def _too_long(field: FieldDefinition, reading: FieldReading) -> bool:
    kept_as_typed = {FieldType.TEXT, FieldType.NAME, FieldType.KANA, FieldType.ROMAN, FieldType.ADDRESS, FieldType.FREETEXT}
    return field.type in kept_as_typed and names.length(reading.value) > field.length


def _plain(value: str, notice: str = "") -> FieldReading:
    return FieldReading(value, value, notice=notice)


def _changed(value: str, text: str) -> bool:
    """Whether more than the width and number of spaces was converted: a space needs no second look at the paper."""
    return "".join(value.split()) != "".join(text.split())


def put_right(text: str) -> str:
    """What is said of a number or code written in other widths than it is kept in; "" when nothing had to be put right."""
    if any(character in text for character in "０１２３４５６７８９"):
        return CONVERTED_DIGITS
    if any(character in text for character in identifiers.HYPHENS[1:]):
        return CONVERTED_HYPHEN
    return CONVERTED_DIGITS if unicodedata.normalize("NFKC", text) != text else ""


def narrow(text: str) -> str:
    """A date or number as typed, in the widths it is kept in."""
    return identifiers.fold_code(unicodedata.normalize("NFKC", text))


def _text(field: FieldDefinition, text: str, _today: date) -> FieldReading:
    if field.mode is InputMode.DIRECT:
        return _plain(identifiers.fold_code(text).strip(), put_right(text.strip()))
    value, _ = names.convert_name(text)
    return _plain(value, CONVERTED_WIDTH if _changed(value, text) else "")


def _name(_field: FieldDefinition, text: str, _today: date) -> FieldReading:
    value, _ = names.convert_name(text)
    names.check_name(value)
    if _changed(value, text):
        return _plain(value, CONVERTED_WIDTH)
    return _plain(value, "" if names.SPACE in value else NO_GAP)


def _kana(_field: FieldDefinition, text: str, _today: date) -> FieldReading:
    # Letters and ・ are let through for foreign residents; rule V23 knows whose name it is.
    value, _ = names.convert_kana(text)
    names.check_kana(value, foreign=True)
    return _plain(value, CONVERTED_KANA if _changed(value, text) else "")


def _roman(_field: FieldDefinition, text: str, _today: date) -> FieldReading:
    value, changed = names.convert_roman(text)
    names.check_roman(value)
    return _plain(value, "半角の大文字に直しました。紙と照らしてください。" if changed else "")


def _date(field: FieldDefinition, text: str, today: date) -> FieldReading:
    if field.birth and (partial := calendar.read_partial(text, today=today)) is not None:
        if partial.year and partial.span[0] > today:
            return FieldReading(problem=NOT_BORN)
        return FieldReading(partial.iso(), partial.shown(today))
    found = calendar.read_date(text, today=today)
    if field.birth and found.value > today:
        return FieldReading(problem=NOT_BORN)
    long_form = calendar.birth_form(found.value, today) if field.birth else calendar.wareki_weekday(found.value)
    changed = put_right(text)
    # The notice hides the long form, which is the very thing to look at: it says it too.
    notice = CONVERTED_ERA if found.converted else f"{changed}{long_form}" if changed else ""
    return FieldReading(found.value.isoformat(), long_form, notice=notice)


def _choice(field: FieldDefinition, text: str, _today: date) -> FieldReading:
    typed = text.strip()
    folded = identifiers.digits_of(typed)
    for choice in field.choices:
        if folded == choice.code or typed in {choice.label, choice.text}:
            return FieldReading(choice.code, choice.text)
    return FieldReading(problem=f"{'、'.join(choice.text for choice in field.choices)} から番号で選んでください。")


def _flag(_field: FieldDefinition, text: str, _today: date) -> FieldReading:
    shown = {"1": "1 はい", "0": "0 いいえ"}
    code = next((code for code, label in shown.items() if identifiers.digits_of(text) == code or text.strip() == label), "")
    if not code:
        return FieldReading(problem="はいは 1、いいえは 0 を入力してください。")
    return FieldReading(code, shown[code])


def _count(field: FieldDefinition, text: str, least: int) -> FieldReading:
    digits = identifiers.fold_code(text).strip()
    if not _WHOLE.fullmatch(digits):
        return FieldReading(problem="数字で入力してください。")
    digits = digits.lstrip("0") or "0"
    if len(digits) > (field.length or _MOST_DIGITS):
        return FieldReading(problem=f"{field.length or _MOST_DIGITS}桁までの数を入力してください。")
    if int(digits) < least:
        return FieldReading(problem=f"{least}以上の数を入力してください。")
    return _plain(digits, put_right(text.strip()))


def _number(field: FieldDefinition, text: str, _today: date) -> FieldReading:
    return _count(field, text, 0)


def _sheets(field: FieldDefinition, text: str, _today: date) -> FieldReading:
    reading = _count(field, text, 1)
    return reading if reading.problem else FieldReading(reading.value, f"{reading.value}枚", notice=reading.notice)


def _postal(_field: FieldDefinition, text: str, _today: date) -> FieldReading:
    digits = identifiers.parse_postal(text)
    return FieldReading(digits, identifiers.format_postal(digits), notice=put_right(text.strip()))


def _address(field: FieldDefinition, text: str, _today: date) -> FieldReading:
    value = names.fold_address(names.widen_kana(text.strip()))
    if field.house_number and not _HOUSE_NUMBER.search(value):
        return FieldReading(problem=NO_HOUSE_NUMBER)
    return _plain(value, _address_notice(value, text.strip()))


def _address_notice(value: str, text: str) -> str:
    if value == text:
        return ""
    if names.widen_kana(text) != text:
        return CONVERTED_WIDTH
    return CONVERTED_DIGITS if any(character in text for character in "０１２３４５６７８９") else CONVERTED_HYPHEN


def _phone(_field: FieldDefinition, text: str, _today: date) -> FieldReading:
    digits = identifiers.parse_phone(text)
    return FieldReading(digits, identifiers.format_phone(digits), notice=put_right(text.strip()))


def _code(field: FieldDefinition, text: str, _today: date) -> FieldReading:
    if field.check == identifiers.RESIDENCE_CARD:
        card = identifiers.parse_residence_card(text)
        return _plain(card, CONVERTED_LETTERS if card != identifiers.digits_of(text) else put_right(text.strip()))
    digits = identifiers.digits_of(text)
    if not _WHOLE.fullmatch(digits):
        return FieldReading(problem="数字で入力してください。")
    if field.check == "insurer":
        return _plain(identifiers.insurer_number_8(digits), put_right(text.strip()))
    if field.exact and len(digits) != field.length:
        return FieldReading(problem=f"{field.length}桁の数字で入力してください。")
    if field.length and len(digits) > field.length:
        return FieldReading(problem=f"{field.length}桁までの数字で入力してください。")
    return _plain(digits, put_right(text.strip()))


def _freetext(_field: FieldDefinition, text: str, _today: date) -> FieldReading:
    value = names.widen_kana(text.strip())
    return _plain(value, CONVERTED_FREE if value != text.strip() else "")


_READERS: dict[FieldType, Callable[[FieldDefinition, str, date], FieldReading]] = {
    FieldType.TEXT: _text,
    FieldType.NAME: _name,
    FieldType.KANA: _kana,
    FieldType.ROMAN: _roman,
    FieldType.DATE: _date,
    FieldType.CHOICE: _choice,
    FieldType.NUMBER: _number,
    FieldType.SHEETS: _sheets,
    FieldType.POSTAL: _postal,
    FieldType.ADDRESS: _address,
    FieldType.PHONE: _phone,
    FieldType.CODE: _code,
    FieldType.FREETEXT: _freetext,
    FieldType.FLAG: _flag,
}
