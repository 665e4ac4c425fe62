"""Which package a terminal takes, and whose signature counts."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from nhi_center.domain.updates import (
    MAX_MANIFEST_BYTES,
    Update,
    UpdateFault,
    is_newer,
    manifest,
    named,
    newest,
    read_manifest,
    sign,
)

KEY, OTHER = Ed25519PrivateKey.from_private_bytes(b"k" * 32), Ed25519PrivateKey.from_private_bytes(b"o" * 32)
PUBLIC = KEY.public_key().public_bytes_raw()
UPDATE = named("nhi-center_0.2.0+deb12_amd64.deb", b"package", "2026-11-24")


def test_the_file_tells_what_it_is() -> None:
    assert (UPDATE.version, UPDATE.architecture, UPDATE.size, UPDATE.file) == (
        *("0.2.0+deb12", "amd64", 7),
        "nhi-center_0.2.0+deb12_amd64.deb",
    )


@pytest.mark.parametrize(
    "name",
    [
        *("update.deb", "nhi-center_0.2.0_amd64.deb", "nhi-center-gateway_0.2.0+deb12_amd64.deb"),
        "../nhi-center_1.0+deb12_amd64.deb",
    ],
)
def test_another_name_is_refused(name: str) -> None:
    with pytest.raises(UpdateFault, match="形ではありません"):
        named(name, b"package", "2026-11-24")


def test_the_signature_is_the_wards_over_exactly_this() -> None:
    signed = read_manifest(manifest(sign(UPDATE, KEY)))
    assert signed.check(PUBLIC) == UPDATE
    for wrong in (
        sign(UPDATE, OTHER),
        replace(signed, update=replace(UPDATE, version="0.3.0+deb12")),
        replace(signed, update=replace(UPDATE, sha256="0" * 64)),
    ):
        with pytest.raises(UpdateFault, match="署名"):
            wrong.check(PUBLIC)


@given(st.binary(max_size=200))
def test_nothing_but_a_manifest_is_read(data: bytes) -> None:
    with pytest.raises(UpdateFault):
        read_manifest(data)


@given(
    st.sampled_from(("package", "version", "architecture", "size", "sha256", "signed_on")), st.none() | st.text() | st.integers()
)
def test_an_entry_of_another_shape_is_refused(name: str, value: object) -> None:
    changed = replace(UPDATE, **{name: value})  # type: ignore[arg-type] # the wrong type is the point
    fits = isinstance(value, int) and name == "size" and 0 < value <= 200_000_000
    if not fits:
        with pytest.raises(UpdateFault):
            read_manifest(manifest(sign(changed, KEY)))


def test_a_long_manifest_is_not_parsed() -> None:
    with pytest.raises(UpdateFault):
        read_manifest(manifest(sign(UPDATE, KEY)) + b" " * MAX_MANIFEST_BYTES)


@pytest.mark.parametrize(
    ("version", "installed", "expected"),
    [
        ("0.2.0+deb12", "0.1.0+deb12", True),
        ("0.10.0+deb12", "0.9.9+deb12", True),
        ("1.0+deb12", "1.0.0+deb12", False),
        ("0.1.0+deb12", "0.1.0+deb12", False),
        ("0.1.0+deb12", "0.2.0+deb12", False),
        ("0.2.0+deb13", "0.1.0+deb12", False),
        ("0.2.0", "0.1.0", False),
    ],
)
def test_only_forward_and_only_the_same_debian(version: str, installed: str, expected: bool) -> None:
    assert is_newer(version, installed) is expected


def test_the_newest_for_this_machine() -> None:
    def update(version: str, architecture: str = "amd64") -> Update:
        return replace(UPDATE, version=version, architecture=architecture)

    offered = (update("0.2.0+deb12"), update("0.3.0+deb13"), update("0.2.10+deb12"), update("0.9.0+deb12", "arm64"))
    assert newest(offered, "0.1.0+deb12", "amd64") == update("0.2.10+deb12")
    assert newest(offered, "0.2.10+deb12", "amd64") is None
