"""The tree over the log's entries (RFC 6962 and RFC 9162, 2.1): leaf = SHA-256(0x00 + entry), node = SHA-256(0x01 + both).

One root stands for all entries, a short proof shows that an entry is among them or that a later tree continues an earlier one.
``Range`` is all that must be kept to go on appending: the roots of the whole subtrees, largest first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Range:
    """A tree of ``size`` leaves as the roots of its whole subtrees (``peaks``): one for every 1 in ``size`` in binary."""

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def extended(self, leaves: Iterable[bytes]) -> Range:
        """With these leaf hashes appended, in order."""
        level = list(leaves)
        size = self.size + len(level)
        left, done = list(self.peaks), []
        sha256, height = hashlib.sha256, 0
        while level or left:
            if self.size >> height & 1:  # a whole subtree of this height stands to the left
                level.insert(0, left.pop())
            if len(level) & 1:
                done.append(level.pop())
            pairs = iter(level)
            level = [sha256(b"\x01" + one + other).digest() for one, other in zip(pairs, pairs, strict=True)]
            height += 1
        return Range(size, tuple(reversed(done)))

    def root(self) -> bytes:
        if not self.peaks:
            return EMPTY_ROOT
        root = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            root = node_hash(peak, root)
        return root

    def encode(self) -> bytes:
        """The peaks, 32 bytes each; the size is kept beside them."""
        return b"".join(self.peaks)

    @classmethod
    def decode(cls, size: int, data: bytes) -> Range:
        """Raises ValueError when ``data`` is not as many peaks as a tree of ``size`` leaves has."""
        if size < 0 or len(data) != HASH_BYTES * size.bit_count():
            raise ValueError("peaks")
        return cls(size, tuple(data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)))


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root over these leaf hashes."""
    return Range().extended(leaves).root()


def inclusion_proof(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """What shows that leaf ``index`` is in the tree of ``leaves`` (RFC 9162, 2.1.3.1). Raises IndexError outside the tree."""
    if not 0 <= index < len(leaves):
        raise IndexError("leaf")
    if len(leaves) == 1:
        return ()
    split = _split(len(leaves))
    if index < split:
        return (*inclusion_proof(leaves[:split], index), root_of(leaves[split:]))
    return (*inclusion_proof(leaves[split:], index - split), root_of(leaves[:split]))


def includes(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether ``proof`` shows that ``leaf`` is number ``index`` of the ``size`` leaves under ``root`` (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    node, at, last = leaf, index, size - 1
    for other in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            node = node_hash(other, node)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            node = node_hash(node, other)
        at, last = at >> 1, last >> 1
    return last == 0 and node == root


def consistency_proof(leaves: Sequence[bytes], earlier: int) -> tuple[bytes, ...]:
    """What shows that the tree of ``leaves`` continues that of its first ``earlier`` ones (RFC 9162, 2.1.4.1).

    Raises ValueError when there is nothing to show: no earlier leaf, or more than there are.
    """
    if not 0 < earlier <= len(leaves):
        raise ValueError("earlier")
    return _subproof(leaves, earlier, whole=True)


def _subproof(leaves: Sequence[bytes], earlier: int, *, whole: bool) -> tuple[bytes, ...]:
    if earlier == len(leaves):
        return () if whole else (root_of(leaves),)
    split = _split(len(leaves))
    if earlier <= split:
        return (*_subproof(leaves[:split], earlier, whole=whole), root_of(leaves[split:]))
    return (*_subproof(leaves[split:], earlier - split, whole=False), root_of(leaves[:split]))


def continues(earlier: int, earlier_root: bytes, size: int, root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether ``proof`` shows that the tree of ``size`` leaves begins with the earlier one (RFC 9162, 2.1.4.2)."""
    if not 0 < earlier <= size:
        return False
    if earlier == size:
        return not proof and earlier_root == root
    nodes = [earlier_root, *proof] if earlier.bit_count() == 1 else list(proof)
    if not nodes:
        return False
    at, last = earlier - 1, size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old = new = nodes[0]
    for other in nodes[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            old, new = node_hash(other, old), node_hash(other, new)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            new = node_hash(new, other)
        at, last = at >> 1, last >> 1
    return last == 0 and (old, new) == (earlier_root, root)


def _split(size: int) -> int:
    """The largest power of two below ``size``."""
    return 1 << ((size - 1).bit_length() - 1)
