"""Readings, piece by piece."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nhi_center.domain.furigana import Reading

KATSURAGI = "葛\U000e0102城"


def of(*pieces: tuple[str, str]) -> tuple[str, Reading]:
    """A name put together from (surface, reading); without a reading nothing was converted."""
    text, reading = "", Reading()
    for surface, kana in pieces:
        at = len(text)
        text += surface
        reading = reading.committed(text, at, surface, kana) if kana else reading.standing(text)
    return text, reading


def test_pieces_are_joined_and_the_space_between_them_is_kept() -> None:
    text, reading = of(("見", "み"), ("本", "ほん"), ("　", ""), ("太郎", "たろう"))
    assert reading.kana(text) == "ミホン　タロウ"


def test_a_piece_that_is_deleted_takes_its_reading_along() -> None:
    _text, reading = of(("山田", "やまだ"), ("　", ""), ("太郎", "たろう"))
    assert reading.standing("　太郎").kana("　太郎") == "タロウ"
    shorter = reading.standing("山田　")
    assert shorter.kana("山田　") == "ヤマダ"
    assert shorter.committed("山田　花子", 3, "花子", "はなこ").kana("山田　花子") == "ヤマダ　ハナコ"


def test_a_piece_put_in_front_has_its_reading_in_front() -> None:
    text, reading = of(("太郎", "たろう"))
    assert reading.committed("見本　太郎", 0, "見本", "みほん").kana("見本　太郎") == "ミホン　タロウ"
    assert text == "太郎"


def test_the_same_piece_twice_has_two_readings() -> None:
    text, reading = of(("見本", "みほん"), ("　", ""), ("見本", "みもと"))
    assert reading.kana(text) == "ミホン　ミモト"


def test_a_space_put_into_a_piece_afterwards_and_a_variant_keep_the_reading() -> None:
    text, reading = of(("葛城見本子", "かつらぎみほこ"))
    assert reading.kana("葛城　見本子") == "カツラギミホコ"
    assert reading.kana(f"{KATSURAGI}　見本子") == "カツラギミホコ"
    other = reading.changed("葛城見本子", 0, "葛", "蔦")
    assert other.kana("蔦城見本子") == "カツラギミホコ"
    assert text == "葛城見本子"


def test_half_width_readings_are_kana_too() -> None:
    text, reading = of(("見本", "ﾐﾎﾝ"))
    assert reading.kana(text) == "ミホン"


pieces = st.lists(st.tuples(st.sampled_from("見本太郎葛　a"), st.sampled_from(["", "み", "ほん"])), max_size=6)


@given(pieces, st.integers(0, 6), st.integers(0, 6))
def test_whatever_is_taken_away_no_reading_is_left_of_what_is_gone(parts: list[tuple[str, str]], start: int, end: int) -> None:
    text, reading = of(*parts)
    rest = text[:start] + text[max(start, end) :]
    kept = reading.standing(rest)
    assert len(kept.pieces) <= len(reading.pieces)
    assert kept.standing(rest) == kept
    assert all(piece.surface in rest for piece in kept.pieces)
    assert Reading().kana(rest) == ""
