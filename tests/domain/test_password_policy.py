from __future__ import annotations

import pytest

from nhi_center.domain.password_policy import LONGEST, judge, plain, require
from nhi_center.domain.room_rules import PasswordRules
from nhi_center.errors import OperatorError
from nhi_center.services.password_rules import blocklist

RULES = PasswordRules()
CONTEXT = ("k-jiro", "見本 次郎", "端末 04")


def good(password: str, rules: PasswordRules = RULES) -> bool:
    return judge(password, rules, blocklist(), CONTEXT).good


@pytest.mark.parametrize(
    "password",
    [
        "akai-densha-to-yubin-77",
        "only small letters and blanks",
        "赤い電車が坂を三台のぼる夕方の町",
        "48207365918273x5029",
        "Xk9 rain umbrella Tuesday",
        "a quick grey heron eats " * 2 + "seven soft plums",  # 64 and more
    ],
)
def test_a_long_password_of_any_kind_of_characters_is_good(password: str) -> None:
    verdict = judge(password, RULES, blocklist(), CONTEXT)
    assert verdict.good, verdict.text


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "Correct-Horse-Battery-Staple-2026",
        "passwordpassword",
        "PassWordPassWord2026",
        "shinjuku-kokuho-2026",
        "新宿区国民健康保険事務センター"[:9] + "000000",
        "aaaaaaaaaaaaaaaaaaaa",
        "abababababababab",
        "kenshuukenshuu-1",
        "qwertyuiopasdfgh",
        "1qaz2wsx3edc4rfv",
        "123456789012345678",
        "いろはにほへとちりぬるを2026",
        "yoroshikuonegaishimasu1",
    ],
)
def test_what_is_guessed_first_is_refused(password: str) -> None:
    assert not good(password)


def test_length_is_the_wards_and_counted_in_characters() -> None:
    assert judge("akai-densha", RULES, blocklist(), CONTEXT).text == "あと4文字いります。"
    assert good("akai-densha-77", PasswordRules(min_length=12))
    assert not good("akai-densha-to-yubin-77", PasswordRules(min_length=40))
    assert good("akai densha to yubin, " + "".join(chr(0x4E00 + 37 * number) for number in range(LONGEST - 22)))
    assert not good("akai densha to yubin, " + "x" * LONGEST)


def test_full_width_letters_are_the_same_password() -> None:
    assert judge("ａｋａｉ-densha", RULES, blocklist(), CONTEXT) == judge("akai-densha", RULES, blocklist(), CONTEXT)
    assert plain("Ｐａｓｓ－Ｗｏｒｄ") == "password"


def test_a_refusal_names_its_field_and_not_the_password() -> None:
    with pytest.raises(OperatorError) as caught:
        require("passwordpassword", RULES, blocklist(), CONTEXT, field="new_password")
    assert (caught.value.field, caught.value.code) == ("new_password", "weak-password")
    assert "password" not in caught.value.message
    with pytest.raises(OperatorError, match="新しいパスワードを入れて"):
        require("", RULES, blocklist(), CONTEXT, field="new_password")


def test_the_blocklist_is_clean() -> None:
    assert len(blocklist()) > 200
    assert all(word == plain(word) for word in blocklist())
