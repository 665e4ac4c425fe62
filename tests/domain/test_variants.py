"""Which characters belong together, and which sequences are another collection's."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhi_center import resources
from nhi_center.domain.variants import Families, code_of, is_sequence, other_collection

OWN = frozenset({"葛\U000e0102", "邉\U000e0110"})
TABLE = resources.read_toml("names/families.toml")


@pytest.fixture(scope="module")
def families() -> Families:
    return Families.from_table(TABLE)


@pytest.mark.parametrize(
    ("char", "related"),
    [
        ("辺", "邊邉"),
        ("邉", "辺邊"),
        ("高", "髙"),
        ("髙", "高"),
        ("﨑", "崎嵜㟢"),
        ("𠮷", "吉"),
        ("齋", "斎齊斉"),
        ("渡", ""),
        ("a", ""),
        ("神", "\ufa19"),
        ("\ufa19", "神"),
        ("郎", "郞\uf92c\ufa2e\U0002f920"),
    ],
)
def test_forms_of_one_character(families: Families, char: str, related: str) -> None:
    assert set(families.related(char)) >= set(related[:1])
    assert (not related) == (families.related(char) == ())
    assert char not in families.related(char)


def test_the_table_is_sound(families: Families) -> None:
    for group in TABLE["families"]:
        for char in group:
            assert unicodedata.category(char) == "Lo"
            assert unicodedata.normalize("NFC", char) == char, "compatibility forms come from Unicode, not from the table"
            assert set(families.related(char)) >= set(group) - {char}


@pytest.mark.parametrize("groups", [["辺邉", "邉邊"], ["辺"], ["辺辺"], [""]])
def test_a_family_that_is_none_is_refused(groups: list[str]) -> None:
    with pytest.raises(ValueError, match="family"):
        Families(groups)


def test_another_collection_is_named_cluster_by_cluster() -> None:
    assert other_collection("葛\U000e0102城\u3000葛\U000e0100葛\U000e0100邉", OWN) == ("葛\U000e0100",)
    assert other_collection("葛城\u3000神\ufe00か\u3099", OWN) == ()
    assert not is_sequence("葛")
    assert not is_sequence("神\ufe00")
    assert code_of("葛\U000e0102") == "U+845B E0102"
    assert code_of("\U00020bb7") == "U+20BB7"


@given(st.text(st.sampled_from("葛邉神\U000e0100\U000e0102\U000e0110\ufe00か\u3099"), max_size=12))
def test_what_is_named_stands_in_the_name_and_is_not_ours(name: str) -> None:
    for cluster in other_collection(name, OWN):
        assert cluster in name
        assert cluster not in OWN
        assert len(cluster) == 2
