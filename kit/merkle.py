"""The Merkle tree of RFC 6962: one root binds a whole log, and short proofs bind an entry or a longer log to it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

HASH_BYTES = 32
_BLOCK_HEIGHT = 12
EMPTY_ROOT = hashlib.sha256(b"").digest()

Proof = tuple[bytes, ...]


class Head(NamedTuple):
    """A log as it stood once: how many leaves, and the root over them."""

    leaves_n: int
    root: bytes


class Growing:
    """A tree that only grows; it keeps one hash for each full subtree, never its leaves."""

    def __init__(self, leaves_n: int = 0, peaks: Sequence[bytes] = ()) -> None:
        """Begin without leaves, or go on from the peaks that a tree of that size had."""
        if len(peaks) != leaves_n.bit_count():
            raise ValueError("a tree has one peak for each bit of its size")
        self.leaves_n = leaves_n
        self._peaks = list(peaks)

    @property
    def peaks(self) -> tuple[bytes, ...]:
        """Give the roots of the full subtrees, the largest first: all that is needed to go on."""
        return tuple(self._peaks)

    def add(self, leaf: bytes) -> None:
        """Append the hash of one leaf."""
        self._add_subtree(leaf, 0)

    def add_all(self, leaves: Sequence[bytes]) -> None:
        """Append the hashes of many leaves; full subtrees are hashed level by level, which is much faster."""
        at = 0
        while at < len(leaves):
            height = min(_full_height(self.leaves_n), (len(leaves) - at).bit_length() - 1, _BLOCK_HEIGHT)
            self._add_subtree(_full_root(leaves[at : at + (1 << height)]), height)
            at += 1 << height

    def _add_subtree(self, found: bytes, height: int) -> None:
        full = self.leaves_n >> height
        while full & 1:
            found = node_hash(self._peaks.pop(), found)
            full >>= 1
        self._peaks.append(found)
        self.leaves_n += 1 << height

    def root(self) -> bytes:
        """Give the root over every leaf so far."""
        if not self._peaks:
            return EMPTY_ROOT
        found = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            found = node_hash(peak, found)
        return found


def leaf_hash(content: bytes) -> bytes:
    """Hash a leaf; its first byte keeps it from ever passing for a node."""
    return hashlib.sha256(b"\0" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two subtrees into their parent."""
    return hashlib.sha256(b"\1" + left + right).digest()


def _full_height(leaves_n: int) -> int:
    """Tell how high a full subtree may stand beside a tree of that size."""
    return (leaves_n & -leaves_n).bit_length() - 1 if leaves_n else _BLOCK_HEIGHT


def _full_root(level: Sequence[bytes]) -> bytes:
    """Give the root over a power of two of leaves."""
    sha256 = hashlib.sha256
    while len(level) > 1:
        pairs = zip(level[::2], level[1::2], strict=True)
        level = [sha256(b"\1" + left + right).digest() for left, right in pairs]
    return level[0]


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Give the root over leaf hashes."""
    tree = Growing()
    tree.add_all(leaves)
    return tree.root()


def inclusion_proof(leaves: Sequence[bytes], at: int) -> Proof:
    """Give the hashes that lead from the leaf at a place, counted from 0, up to the root."""
    if not 0 <= at < len(leaves):
        raise ValueError("no leaf at that place")
    if len(leaves) == 1:
        return ()
    middle = _middle(len(leaves))
    if at < middle:
        return (*inclusion_proof(leaves[:middle], at), root_of(leaves[middle:]))
    return (*inclusion_proof(leaves[middle:], at - middle), root_of(leaves[:middle]))


def consistency_proof(leaves: Sequence[bytes], earlier_n: int) -> Proof:
    """Give the hashes that show the first leaves, as many as there once were, to be unchanged; none for no leaf."""
    if not 0 <= earlier_n <= len(leaves):
        raise ValueError("the earlier log is not the shorter one")
    return _subproof(leaves, earlier_n, is_known=True) if earlier_n else ()


def is_included(leaf: bytes, at: int, proof: Proof, head: Head) -> bool:
    """Tell whether a proof leads from a leaf hash at a place to the root."""
    if not 0 <= at < head.leaves_n or not _is_whole(proof):
        return False
    found, here, last = leaf, at, head.leaves_n - 1
    for beside in proof:
        if last == 0:
            return False
        if here & 1 or here == last:
            found = node_hash(beside, found)
            here, last = _next_turn(here, last)
        else:
            found = node_hash(found, beside)
        here, last = here >> 1, last >> 1
    return last == 0 and found == head.root


def is_consistent(earlier: Head, later: Head, proof: Proof) -> bool:
    """Tell whether a proof shows the earlier log to be the beginning of the later one."""
    if not 0 <= earlier.leaves_n <= later.leaves_n or not _is_whole(proof):
        return False
    if earlier.leaves_n == later.leaves_n:
        return not proof and earlier.root == later.root
    if earlier.leaves_n == 0:
        return not proof and earlier.root == EMPTY_ROOT
    return _is_grown(earlier, later, proof)


def _is_grown(earlier: Head, later: Head, proof: Proof) -> bool:
    is_full = earlier.leaves_n & (earlier.leaves_n - 1) == 0
    path = (earlier.root, *proof) if is_full else proof
    here, last = earlier.leaves_n - 1, later.leaves_n - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    if not path:
        return False
    before = after = path[0]
    for beside in path[1:]:
        if last == 0:
            return False
        if here & 1 or here == last:
            before, after = node_hash(beside, before), node_hash(beside, after)
            here, last = _next_turn(here, last)
        else:
            after = node_hash(after, beside)
        here, last = here >> 1, last >> 1
    return last == 0 and before == earlier.root and after == later.root


def _next_turn(here: int, last: int) -> tuple[int, int]:
    """Climb past the levels on which a last subtree stands alone."""
    while here and not here & 1:
        here, last = here >> 1, last >> 1
    return here, last


def _subproof(leaves: Sequence[bytes], earlier_n: int, *, is_known: bool) -> Proof:
    if earlier_n == len(leaves):
        return () if is_known else (root_of(leaves),)
    middle = _middle(len(leaves))
    if earlier_n <= middle:
        return (*_subproof(leaves[:middle], earlier_n, is_known=is_known), root_of(leaves[middle:]))
    right = _subproof(leaves[middle:], earlier_n - middle, is_known=False)
    return (*right, root_of(leaves[:middle]))


def _middle(leaves_n: int) -> int:
    """Split after the largest power of two below the number of leaves."""
    return 1 << (leaves_n - 1).bit_length() - 1


def _is_whole(proof: Proof) -> bool:
    return all(len(one) == HASH_BYTES for one in proof)
