"""The words of what must not be collected: they find what 特記事項 5 names, and leave insurers, places and stays alone."""

from __future__ import annotations

import pytest

from nhi_center import resources

GROUPS = resources.read_toml("forms/forbidden_words.toml")["groups"]
WORDS = tuple(word for group in GROUPS for word in group["words"])


@pytest.mark.parametrize(
    "note",
    [
        *("見本党の党員とのこと", "宗教上の理由で受診しない", "信仰している", "被差別部落の出身と話した", "本籍は見本県"),
        *("前科があると言った", "刑務所を出所した", "執行猶予中", "支持政党を聞いた", "思想の話"),
    ],
)
def test_what_must_not_be_collected_is_found(note: str) -> None:
    assert any(word in note for word in WORDS)


@pytest.mark.parametrize(
    "note",
    [
        *("全国土木建築国民健康保険組合", "見本同和鉱業健康保険組合", "東京都弁護士国民健康保険組合", "警視庁職員共済組合"),
        *("法務省共済組合", "北海道見本町字第三部落1", "京都市上京区見本寺町", "東京都新宿区見本教会前", "在日期間は3年"),
        *(
            "前歴の保険は社保",
            "労働組合を通じて提出",
            "党本部前1丁目",
            "有効期限を確認",
            "組合の起算日",
            "信濃町",
            "宗像市見本町",
        ),
        *("犬山市", "出身校の証明書", "身分証明書で確認"),
    ],
)
def test_names_of_insurers_and_places_are_not(note: str) -> None:
    assert not [word for word in WORDS if word in note]


def test_no_word_stands_twice_or_within_another() -> None:
    assert len(set(WORDS)) == len(WORDS)
    assert all(group["words"] and group["name"] for group in GROUPS)
