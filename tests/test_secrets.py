"""What holds a secret does not show it: a repr ends in test output, in a debugger, in somebody's log."""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
import re

import nhi_center

SECRET = re.compile(r"(^|_)(password|passphrase|secret)$|^(store_keys|month_keys|signing|sealing)$")
SHOWN_ON_PURPOSE = {
    ("DemoPerson", "password"),  # the training people's, which stand on the sign-in window
    ("Account", "sealing"),  # public keys
    ("Account", "signing"),
    ("TrustedPerson", "signing"),
    ("RoomRules", "password"),  # the rules for one
    ("LinkSettings", "passphrase"),  # how to ask for it
}


def test_no_repr_shows_a_secret() -> None:
    shown = set()
    for module in pkgutil.walk_packages(nhi_center.__path__, "nhi_center."):
        for name, found in vars(importlib.import_module(module.name)).items():
            if isinstance(found, type) and dataclasses.is_dataclass(found) and found.__dataclass_params__.repr:  # type: ignore[attr-defined]
                shown |= {(name, one.name) for one in dataclasses.fields(found) if one.repr and SECRET.search(one.name)}
    assert shown == SHOWN_ON_PURPOSE
