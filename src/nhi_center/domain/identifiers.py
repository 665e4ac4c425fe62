"""Numbers of the office: check digits, reading what was typed, writing it for people, hiding it.

Problems are told as Japanese sentences that never carry the value. Check digits: 保険者番号等設定要領 (保険者番号),
個人番号、個人番号カード、特定個人情報の提供等に関する命令 5条 (個人番号), 全国地方公共団体コード仕様 (JIS X 0401, 0402).
"""

from __future__ import annotations

import re

_DIGITS = re.compile(r"[0-9]+", re.ASCII)
HYPHENS = "-‐‑‒–—―−－ー"
"""What is typed for a hyphen between digits. Only there: elsewhere ー is a long vowel."""
_FOLD = str.maketrans("０１２３４５６７８９" + HYPHENS + "\u3000", "0123456789" + "-" * len(HYPHENS) + " ")
_NARROW_LETTERS = {
    ord(first) + place: chr(ord(plain) + place) for first, plain in (("Ａ", "A"), ("ａ", "a")) for place in range(26)
}
_RESIDENCE_CARD = re.compile(r"[A-Z]{2}[0-9]{8}[A-Z]{2}", re.ASCII)
RESIDENCE_CARD, RESIDENCE_CARD_LENGTH = "residence_card", 12
"""What a form's field says to be checked as a 在留カード番号, and its characters."""

TOKYO_WARDS = (
    *("千代田区", "中央区", "港区", "新宿区", "文京区", "台東区", "墨田区", "江東区", "品川区", "目黒区", "大田区", "世田谷区"),
    *("渋谷区", "中野区", "杉並区", "豊島区", "北区", "荒川区", "板橋区", "練馬区", "足立区", "葛飾区", "江戸川区"),
)
"""特別区, in the order of their municipal codes (13101 is the first)."""


class IdentifierProblem(ValueError):
    """A number that cannot be accepted. ``message`` is a Japanese sentence without the value."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def fold_code(text: str) -> str:
    """Full-width digits, hyphens and spaces as half-width ones; one character stays one character, so places hold."""
    return text.translate(_FOLD)


def digits_of(text: str) -> str:
    """The digits of a code after folding, without hyphens and spaces. Other characters stay and will not pass a check."""
    return re.sub(r"[\s\-]", "", fold_code(text))


# -- 保険者番号 --


def insurer_check_digit(body: str) -> str:
    """検証番号 of a 保険者番号 without its last digit (weights 2, 1, 2 ... from the right, digits of products summed)."""
    total = 0
    for place, digit in enumerate(reversed(body)):
        product = int(digit) * (2 if place % 2 == 0 else 1)
        total += product if product < 10 else product - 9
    return str(-total % 10)


def is_insurer_number(text: str) -> bool:
    """6 digits (municipal NHI) or 8 digits (others, or NHI with 00 before it), with a right check digit."""
    return len(text) in (6, 8) and _DIGITS.fullmatch(text) is not None and insurer_check_digit(text[:-1]) == text[-1]


def insurer_number_8(text: str) -> str:
    """The 8-digit form of national interfaces (138040 -> 00138040). Raises IdentifierProblem."""
    digits = digits_of(text)
    if not is_insurer_number(digits):
        raise IdentifierProblem("保険者番号が正しくありません。6桁または8桁の番号をもう一度確認してください。")
    return digits.zfill(8)


# -- 個人番号 --


def individual_number_check_digit(body: str) -> str:
    """検査用数字 of the first 11 digits of a 個人番号."""
    total = sum(int(digit) * (place + 1 if place <= 6 else place - 5) for place, digit in enumerate(reversed(body), start=1))
    remainder = total % 11
    return "0" if remainder <= 1 else str(11 - remainder)


def is_individual_number(text: str) -> bool:
    return len(text) == 12 and _DIGITS.fullmatch(text) is not None and individual_number_check_digit(text[:11]) == text[11]


# Digits of equal groups (12, 6-6, 4-4-4, 3-3-3-3, 2 x 6, or one by one), so that a date beside a telephone number is no find.
# Between groups of three and more any mark people put there; R8.11.24 and lists of small numbers have shorter groups.
_MARKS = r"[\s\-./_:・･,、．／＿：，~〜～=＝|｜+＋*＊]"
_BETWEEN = {12: "-", 6: _MARKS, 4: _MARKS, 3: _MARKS, 2: r"[\s-]", 1: r"[\s-]"}
_TWELVE = re.compile(
    r"(?<![0-9])(?="
    + "|".join(
        rf"([0-9]{{{size}}}(?:{between}{{1,3}}[0-9]{{{size}}}){{{12 // size - 1}}}(?![0-9]))"
        for size, between in _BETWEEN.items()
    )
    + ")"
)


def find_individual_number(text: str) -> tuple[int, int] | None:
    """Where a 個人番号 stands in free text (start, end), or None: twelve digits in equal groups with a right check digit.

    Width and hyphen variants do not hide it. The number itself is not returned, so that it is not passed on.
    """
    folded = fold_code(text)
    for match in _TWELVE.finditer(folded):
        found = next(group for group in match.groups() if group is not None)
        if is_individual_number("".join(_DIGITS.findall(found))):
            return match.start(), match.start() + len(found)
    return None


# -- 在留カード番号 --


def fold_letters(text: str) -> str:
    """A code of letters and digits as it is kept: half-width, capital, without hyphens and spaces."""
    return digits_of(text).translate(_NARROW_LETTERS).upper()


def parse_residence_card(text: str) -> str:
    """AB12345678CD: two letters, eight digits, two letters. Raises IdentifierProblem."""
    code = fold_letters(text)
    if not _RESIDENCE_CARD.fullmatch(code):
        raise IdentifierProblem("在留カード番号は英字2・数字8・英字2の12文字です。カードのとおり入力してください。")
    return code


# -- 全国地方公共団体コード --


def municipal_check_digit(body: str) -> str:
    """Check digit of a 5-digit municipal code (weights 6 to 2, modulus 11)."""
    total = sum(int(digit) * weight for digit, weight in zip(body, (6, 5, 4, 3, 2), strict=True))
    return str((11 - total % 11) % 10)


def is_municipal_code(text: str) -> bool:
    return len(text) == 6 and _DIGITS.fullmatch(text) is not None and municipal_check_digit(text[:5]) == text[5]


def ward_code(ward: str) -> str:
    """The 6-digit municipal code of one of ``TOKYO_WARDS``. Raises ValueError for another name."""
    body = f"{13101 + TOKYO_WARDS.index(ward)}"
    return body + municipal_check_digit(body)


def ward_insurer_number(ward: str) -> str:
    """The 保険者番号 of one of ``TOKYO_WARDS`` (138016 千代田区 ... 138230 江戸川区). Raises ValueError for another name."""
    body = f"{13801 + TOKYO_WARDS.index(ward)}"
    return body + insurer_check_digit(body)


# -- 郵便番号, 電話番号 --


def parse_postal(text: str) -> str:
    """Seven digits from 〒160-8484, 1608484 or full-width forms. Raises IdentifierProblem."""
    digits = digits_of(text.replace("〒", ""))
    if len(digits) != 7 or not _DIGITS.fullmatch(digits):
        raise IdentifierProblem("郵便番号は7桁の数字で入力してください。")
    return digits


def format_postal(digits: str) -> str:
    """160-8484; anything but seven digits is given back as it is."""
    return f"{digits[:3]}-{digits[3:]}" if len(digits) == 7 else digits


def parse_phone(text: str) -> str:
    """10 or 11 digits beginning with 0, from any usual way of writing it (brackets, hyphens, strokes, points, +81).

    Raises IdentifierProblem.
    """
    digits = re.sub(r"[().（）．/／・･~〜～_＿﹣]", "", digits_of(text)).replace("＋", "+")
    if digits.startswith("+81"):
        digits = "0" + digits[3:].removeprefix("0")
    if len(digits) not in (10, 11) or not _DIGITS.fullmatch(digits) or not digits.startswith("0"):
        raise IdentifierProblem("電話番号は市外局番から、10桁か11桁の数字で入力してください。")
    return digits


def _phone_groups(digits: str) -> tuple[str, str, str]:
    if len(digits) == 11:
        first = 4 if digits.startswith("0800") else 3
    elif digits.startswith(("0120", "0570", "0990")):
        return digits[:4], digits[4:7], digits[7:]
    else:
        first = 2 if digits.startswith(("03", "06")) else 3
    return digits[:first], digits[first:-4], digits[-4:]


def format_phone(digits: str) -> str:
    """03-5273-4146, 090-1234-5678. Groups are for reading only: outside 03 and 06 area codes are shown with three digits."""
    return "-".join(_phone_groups(digits)) if len(digits) in (10, 11) else digits


def mask_phone(digits: str) -> str:
    """03-****-0142: enough to recognise, not to call. Empty stays empty; odd lengths are hidden whole."""
    if len(digits) not in (10, 11):
        return "*" * len(digits)
    first, middle, last = _phone_groups(digits)
    return f"{first}-{'*' * len(middle)}-{last}"


# -- 記号・番号・枝番 --


def parse_branch(text: str) -> str:
    """枝番: two digits 01 to 99 (one typed digit gets its zero). Raises IdentifierProblem."""
    digits = digits_of(text).zfill(2)
    if len(digits) != 2 or not _DIGITS.fullmatch(digits) or digits == "00":
        raise IdentifierProblem("枝番は01から99までの2桁で入力してください。")
    return digits


def format_insured_number(symbol: str, number: str, branch: str = "") -> str:
    """記号・番号・枝番 in one line: 04-01 1234567 (枝番)01. Empty parts are left out."""
    parts = [part for part in (symbol, number) if part]
    if branch:
        parts.append(f"(枝番){branch}")
    return " ".join(parts)


def mask_insured_number(symbol: str, number: str, branch: str = "") -> str:
    """The same with all of the 番号 but its last two characters hidden (告知要求制限: nothing to copy off a screen)."""
    shown = number[-2:] if len(number) > 2 else ""
    hidden = "*" * (len(number) - len(shown)) + shown
    return format_insured_number(symbol, hidden, branch)
