"""Training only: the deck of filled application forms as one PDF, so that a new clerk practises from paper.

The one place where the gateway draws: nothing of a workstation's store or services is loaded for it.
"""

from __future__ import annotations

from datetime import date
from itertools import islice
from pathlib import Path

from nhi_center import resources
from nhi_center.domain.forms import loader
from nhi_center.domain.forms.definition import Catalogue
from nhi_center.files import replace_file
from nhi_center.gateway.training_data import load_material
from nhi_center.printing.papers import papers_document
from nhi_center.synthesis.deck import deck
from nhi_center.synthesis.ward import people

FILE = "papers.pdf"
PERSONS = 5_000
"""The papers are of the first people of the register, however large it is."""


def print_papers(folder: Path, seed: int, today: date) -> int:
    """Write ``papers.pdf`` of this register into ``folder``; gives how many papers it holds."""
    catalogue = _catalogue()
    first = tuple(islice(people(load_material(), PERSONS + 10, seed, today), PERSONS))
    papers = deck(catalogue, first, today)
    pages = [
        (
            f"{paper.form} {paper.number:02}",
            catalogue.get(paper.form, today),
            {name: written.paper for name, written in paper.fields.items()},
        )
        for paper in papers
    ]
    folder.mkdir(parents=True, exist_ok=True)
    replace_file(folder / FILE, papers_document(pages))
    return len(papers)


def _catalogue() -> Catalogue:
    parts = loader.parse_parts(*(resources.read_toml(name) for name in ("items.toml", "forms/reasons.toml", "forms/header.toml")))
    names = [file.name for file in resources.listing("forms", ".toml") if file.name[0] == "F"]
    return loader.catalogue({name: resources.read_toml(f"forms/{name}") for name in names}, parts)
