from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhi_center.domain import merkle
from nhi_center.domain.merkle import Range, consistency_proof, continues, includes, inclusion_proof, leaf_hash, root_of

INPUTS = tuple(
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
)
"""The inputs of the reference test of RFC 6962's authors (certificate-transparency, merkle_tree_test.cc)."""

ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)

leaves_of = st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=70)


def test_known_roots() -> None:
    assert merkle.EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert Range().root() == merkle.EMPTY_ROOT
    leaves = [leaf_hash(entry) for entry in INPUTS]
    assert [root_of(leaves[:size]).hex() for size in range(1, 9)] == list(ROOTS)


def test_leaf_and_node_are_told_apart() -> None:
    left, right = leaf_hash(b"a"), leaf_hash(b"b")
    assert left == hashlib.sha256(b"\x00a").digest()
    assert root_of([left, right]) == hashlib.sha256(b"\x01" + left + right).digest()
    assert root_of([left, right]) != leaf_hash(left + right)


def recursive(leaves: list[bytes]) -> bytes:
    """MTH of RFC 9162, 2.1.1, word for word."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + recursive(leaves[:split]) + recursive(leaves[split:])).digest()


@given(leaves_of, st.integers(0, 70))
def test_appending_in_two_goes_gives_the_tree_of_the_definition(leaves: list[bytes], cut: int) -> None:
    first = Range().extended(leaves[:cut])
    kept = Range.decode(first.size, first.encode())
    assert kept == first
    assert kept.extended(leaves[cut:]).root() == recursive(leaves)


@given(leaves_of, st.data())
def test_an_entry_is_shown_to_be_in_the_tree_and_no_other(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    root, proof = root_of(leaves), inclusion_proof(leaves, index)
    assert includes(leaves[index], index, len(leaves), proof, root)
    assert not includes(leaf_hash(leaves[index]), index, len(leaves), proof, root)
    assert not includes(leaves[index], index, len(leaves), (*proof, root), root)
    assert not includes(leaves[index], len(leaves), len(leaves), proof, root)
    for place in range(len(proof)):
        changed = [*proof[:place], leaf_hash(proof[place]), *proof[place + 1 :]]
        assert not includes(leaves[index], index, len(leaves), changed, root)


@given(leaves_of, st.data())
def test_a_tree_is_shown_to_continue_an_earlier_one_and_no_fork_of_it(leaves: list[bytes], data: st.DataObject) -> None:
    earlier = data.draw(st.integers(1, len(leaves)))
    root, before = root_of(leaves), root_of(leaves[:earlier])
    proof = consistency_proof(leaves, earlier)
    assert continues(earlier, before, len(leaves), root, proof)
    forked = root_of([leaf_hash(leaves[0]), *leaves[1:earlier]])
    assert not continues(earlier, forked, len(leaves), root, proof)
    assert not continues(earlier, before, len(leaves), leaf_hash(root), proof)
    assert not continues(earlier, before, len(leaves), root, (*proof, root))
    for place in range(len(proof)):
        changed = [*proof[:place], leaf_hash(proof[place]), *proof[place + 1 :]]
        assert not continues(earlier, before, len(leaves), root, changed)


def test_what_cannot_be_shown() -> None:
    leaves = [leaf_hash(entry) for entry in INPUTS]
    for earlier in (0, 9):
        with pytest.raises(ValueError, match="earlier"):
            consistency_proof(leaves, earlier)
    with pytest.raises(IndexError):
        inclusion_proof(leaves, 8)
    assert not continues(0, merkle.EMPTY_ROOT, 8, root_of(leaves), ())
    assert not continues(3, root_of(leaves[:3]), 8, root_of(leaves), ())
    for size, data in ((3, b"x" * 32), (-1, b""), (1, b"")):
        with pytest.raises(ValueError, match="peaks"):
            Range.decode(size, data)
