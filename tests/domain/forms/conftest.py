"""The shipped forms, read once."""

from __future__ import annotations

import pytest

from nhi_center import resources
from nhi_center.domain.forms import loader
from nhi_center.domain.forms.definition import Catalogue


@pytest.fixture(scope="session")
def parts() -> loader.Parts:
    return loader.parse_parts(
        resources.read_toml("items.toml"), resources.read_toml("forms/reasons.toml"), resources.read_toml("forms/header.toml")
    )


@pytest.fixture(scope="session")
def catalogue(parts: loader.Parts) -> Catalogue:
    tables = {path.name: resources.read_toml(f"forms/{path.name}") for path in resources.listing("forms", ".toml")}
    return loader.catalogue({name: table for name, table in tables.items() if name.startswith("F")}, parts)
