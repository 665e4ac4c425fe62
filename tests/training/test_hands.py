"""The deck, the papers printed from it, and every form keyed through the real window by key events alone."""

from __future__ import annotations

import json
from datetime import date
from itertools import islice
from pathlib import Path

import pypdfium2
import pytest
from typer.testing import CliRunner

from nhi_center.domain.forms import types
from nhi_center.gateway import training_papers
from nhi_center.gateway.cli import app
from nhi_center.gateway.training_data import load_material
from nhi_center.services import forms
from nhi_center.synthesis.deck import deck
from nhi_center.synthesis.handwriting import Written
from nhi_center.synthesis.ward import people
from nhi_center.training.bench import accuracy, keys, keystrokes
from nhi_center.training.bench.hand_room import DECK_PERSONS, make_deck
from nhi_center.training.bench.result import judge, load_targets
from nhi_center.training.bench.room import Sizes, make_room
from tests.support.office import CHEAP

TODAY = date(2026, 11, 24)


def test_every_form_is_walked_by_keyboard_alone(tmp_path: Path) -> None:
    """One paper of each form, from its first field to its end: no pointer, fewer keys than half of typing everything."""
    count = len(forms.catalogue().on(TODAY))
    room = make_room(tmp_path, Sizes(persons=DECK_PERSONS, papers=count, cost=CHEAP))
    results = {result.name: result for result in (judge(one, load_targets()) for one in keystrokes.measure(room))}
    assert all(result.ok for result in results.values()), results
    assert results["keystrokes.pages"].reference_value == count


def test_the_deck_is_the_same_each_time_and_reads_as_it_is_written() -> None:
    papers = make_deck(60)
    assert papers == make_deck(60)
    assert {paper.form for paper in papers} == {form.id for form in forms.catalogue().on(TODAY)}
    for paper in papers:
        form = forms.catalogue().get(paper.form, TODAY)
        for name, written in paper.fields.items():
            reading = types.read(form.field(name), written.keyed, TODAY)
            assert (reading.value, reading.problem) == (written.value, ""), (paper.form, name)


def test_papers_are_printed_as_samples(tmp_path: Path) -> None:
    assert training_papers.print_papers(tmp_path, 1, TODAY) == 60
    document = pypdfium2.PdfDocument(tmp_path / training_papers.FILE)
    words = [page.get_textpage().get_text_range() for page in document]
    assert len(words) >= 60
    assert all("見本" in one and "練習用" in one for one in words)
    first = tuple(islice(people(load_material(), DECK_PERSONS + 10, 1, TODAY), DECK_PERSONS))
    person = deck(forms.catalogue(), first, TODAY)[0].person
    assert person.kana.partition("\u3000")[0] in words[0]


def test_the_command_knows_where_the_papers_go() -> None:
    shown = CliRunner().invoke(app, ["train", "--help"]).output
    assert "--papers" in shown


@pytest.mark.parametrize(
    ("reading", "count"), [("かつらぎ", 8), ("しんじゅく", 9), ("みほん", 6), ("きょう", 4), ("らっぱ", 5), ("9ちょうめ", 7)]
)
def test_kana_cost_their_romaji(reading: str, count: int) -> None:
    assert keys.of_kana(reading) == count


def test_a_text_costs_its_conversion_and_a_date_its_digits() -> None:
    assert keys.of_text(Written.of_text("見本　和子", "みほん かずこ")) == (6 + 2) + 1 + (6 + 2)
    assert Written.of_day(date(1970, 3, 12)).keyed == "3450312"


def test_blind_keying_finds_what_one_person_keys_wrong(tmp_path: Path) -> None:
    room = make_room(tmp_path, Sizes(persons=300, cost=CHEAP))
    after, shared = (judge(one, load_targets()) for one in accuracy.measure(room))
    assert after.ok, json.dumps(after.to_json(), ensure_ascii=False)
    assert after.value < after.reference_value / 50
    assert shared.value > after.value
