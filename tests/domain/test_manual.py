"""操作の手引: the part of Markdown it is written in, who has something to do, and finding by any part of the words."""

from __future__ import annotations

import pytest

from nhi_center.domain.manual import READERS, BlockKind, Finder, ManualFault, joined, marks, parse, roles_words
from nhi_center.domain.operators import Role
from nhi_center.domain.search import kana_key

TEXT = """# 証の出力

届いたものだけが
並びます。

## だれが何をするか

- **取扱者**: 印刷します。
- **取扱責任者・区職員**: 承認します。

![印刷の画面](certificates.png)

## 手順

1. **Space** で選びます。紙づまりは
   `PR-01` と出ます。
   - 書損は捨てません。
"""


def test_a_chapter_is_read_block_by_block() -> None:
    chapter = parse("certificates", TEXT)
    assert (chapter.name, chapter.title) == ("certificates", "証の出力")
    assert [(block.kind, block.text, block.mark, block.level) for block in chapter.blocks] == [
        (BlockKind.TEXT, "届いたものだけが並びます。", "", 0),
        (BlockKind.HEADING, "だれが何をするか", "", 2),
        (BlockKind.ITEM, "取扱者: 印刷します。", "-", 0),
        (BlockKind.ITEM, "取扱責任者・区職員: 承認します。", "-", 0),
        (BlockKind.PICTURE, "印刷の画面", "certificates.png", 0),
        (BlockKind.HEADING, "手順", "", 2),
        (BlockKind.ITEM, "Space で選びます。紙づまりはPR-01 と出ます。", "1.", 0),
        (BlockKind.ITEM, "書損は捨てません。", "-", 1),
    ]
    assert [piece.strong for piece in chapter.blocks[6].pieces] == [True, False]
    assert chapter.pictures == ("certificates.png",)


def test_a_line_that_goes_on_is_joined_without_a_blank() -> None:
    assert (
        joined("一つの文が\n次の行へ。\n\n- 項目の\n  続き\n- 次\n# 題\n文\n")
        == "一つの文が次の行へ。\n\n- 項目の続き\n- 次\n# 題\n文\n"
    )


def test_a_text_without_a_title_is_a_fault() -> None:
    with pytest.raises(ManualFault, match="nowhere"):
        parse("nowhere", "本文だけ。\n")


@pytest.mark.parametrize(
    ("line", "roles", "strange"),
    [
        ("- **取扱者・取扱責任者**: する。", (Role.CLERK, Role.SUPERVISOR), ()),
        ("- **全員**: する。", READERS, ()),
        ("- **区管理者**: する。", (Role.WARD_ADMIN,), ()),
        ("- **担当者**: する。", (), ("担当者",)),
        ("- 役割のない行。", (), ()),
    ],
)
def test_who_has_something_to_do_is_what_the_chapter_says(line: str, roles: tuple[Role, ...], strange: tuple[str, ...]) -> None:
    chapter = parse("x", f"# 題\n\n## だれが何をするか\n\n{line}\n\n## 次\n\n- **区職員**: ほかの見出しの下。\n")
    assert (chapter.roles, chapter.strange_roles) == (roles, strange)


def test_roles_are_named_and_all_of_them_are_everybody() -> None:
    assert roles_words(READERS) == "全員"
    assert roles_words((Role.CLERK, Role.WARD_ADMIN)) == "取扱者・区管理者"


# -- finding --

CHAPTERS = (
    parse("certificates", TEXT, ("いんさつ",)),
    parse("call", "# 電話\n\n電話の印刷はしません。手順はべつです。ロックします。\n\n## 証の出力のこと\n\n- 区へつなぎます。\n"),
)
FINDER = Finder(CHAPTERS)


def found(typed: str) -> list[tuple[str, str, str]]:
    return [(hit.chapter.name, hit.heading, hit.sentence) for hit in FINDER.search(typed, 20)[0]]


def test_titles_come_first_then_headings_then_texts() -> None:
    assert found("出力") == [
        ("certificates", "", "届いたものだけが並びます。"),
        ("call", "証の出力のこと", "区へつなぎます。"),
    ]
    assert found("手順") == [
        ("certificates", "手順", "Space で選びます。"),
        ("call", "", "手順はべつです。"),
    ]


@pytest.mark.parametrize("typed", ["ろっく", "ロック", "ﾛｯｸ", "ろッく"])
def test_kana_and_widths_are_alike(typed: str) -> None:
    assert found(typed) == [("call", "", "ロックします。")]


@pytest.mark.parametrize("typed", ["pr-01", "ＰＲ－０１", "PR-01"])
def test_letters_and_widths_are_alike(typed: str) -> None:
    assert found(typed) == [("certificates", "手順", "紙づまりはPR-01 と出ます。")]


def test_any_part_of_a_word_finds_and_all_words_have_to_stand_there() -> None:
    assert found("づま") == [("certificates", "手順", "紙づまりはPR-01 と出ます。")]
    assert found("手順 づま") == found("づま")  # the heading holds the other word
    assert found("電話 づま") == []


def test_a_chapter_is_found_by_its_other_words() -> None:
    assert found("いんさつ") == [("certificates", "", "届いたものだけが並びます。")]


@pytest.mark.parametrize("typed", ["", "  ", "・", "どこにもない"])
def test_nothing_typed_or_nothing_there(typed: str) -> None:
    assert FINDER.search(typed, 20) == ((), 0)


def test_more_than_is_shown_is_counted() -> None:
    hits, number = FINDER.search("ま", 2)
    assert len(hits) == 2
    assert number > 2


@pytest.mark.parametrize(
    ("text", "typed", "words"),
    [
        ("書損と書損", ("書損",), ["書損", "書損"]),
        ("ﾛｯｸとロック", ("ろっく",), ["ﾛｯｸ", "ロック"]),
        ("F12 を押す", ("f12", "押"), ["F12", "押"]),
        ("証の出力", ("出力", "の出"), ["の出力"]),
        ("受渡し・数え方", ("しかぞ", "し数"), ["し・数"]),
        ("なし", ("あり",), []),
    ],
)
def test_marks_are_the_words_as_they_stand_in_the_text(text: str, typed: tuple[str, ...], words: list[str]) -> None:
    spans = marks(text, tuple(map(kana_key, typed)))
    assert [text[begin:end] for begin, end in spans] == words
