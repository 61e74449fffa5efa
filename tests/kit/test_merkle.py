"""The tree agrees with the reference roots of RFC 6962, proves what is true and refuses everything else."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import pytest

from kit import merkle
from kit.chance import Stream
from kit.merkle import (
    EMPTY_ROOT,
    Growing,
    Head,
    Proof,
    consistency_proof,
    inclusion_proof,
    is_consistent,
    is_included,
    leaf_hash,
    node_hash,
    root_of,
)

INPUTS = ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
LEAVES = [leaf_hash(number.to_bytes(4)) for number in range(300)]
OTHER = leaf_hash(b"other")
MOST = len(LEAVES)


def defined_root(leaves: Sequence[bytes]) -> bytes:
    """The definition of the standard, word for word, split by counting up."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    middle = 1
    while middle * 2 < len(leaves):
        middle *= 2
    return node_hash(defined_root(leaves[:middle]), defined_root(leaves[middle:]))


def head_of(leaves_n: int) -> Head:
    return Head(leaves_n, root_of(LEAVES[:leaves_n]))


def spoiled(proof: Proof) -> list[Proof]:
    """Each hash changed, each left out, one too many at either end, one cut short."""
    wrong = [(*proof, OTHER), (OTHER, *proof)]
    for at in range(len(proof)):
        before, after = proof[:at], proof[at + 1 :]
        wrong += [(*before, OTHER, *after), (*before, *after), (*before, proof[at][:-1], *after)]
    return wrong


@pytest.mark.parametrize("leaves_n", range(9))
def test_the_reference_roots_come_out(leaves_n: int) -> None:
    leaves = [leaf_hash(bytes.fromhex(text)) for text in INPUTS[:leaves_n]]
    assert root_of(leaves).hex() == ROOTS[leaves_n]


def test_growing_gives_the_root_of_the_definition_at_every_size() -> None:
    for leaves_n in [*range(130), MOST]:
        assert root_of(LEAVES[:leaves_n]) == defined_root(LEAVES[:leaves_n])


def test_leaves_added_together_give_the_tree_of_leaves_added_one_by_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chance = Stream(1, "together")
    for height in (0, 1, 3, 12):
        monkeypatch.setattr(merkle, "_BLOCK_HEIGHT", height)
        for _ in range(40):
            one, many, at = Growing(), Growing(), 0
            for size in [chance.randint(0, 80) for _ in range(5)]:
                many.add_all(LEAVES[at : at + size])
                for leaf in LEAVES[at : at + size]:
                    one.add(leaf)
                at = min(at + size, MOST)
                assert (many.leaves_n, many.peaks, many.root()) == (at, one.peaks, one.root())


def test_a_tree_goes_on_from_its_peaks_as_if_it_had_never_stopped() -> None:
    for leaves_n in range(70):
        before = Growing()
        for leaf in LEAVES[:leaves_n]:
            before.add(leaf)
        after = Growing(leaves_n, before.peaks)
        assert after.root() == root_of(LEAVES[:leaves_n])
        for leaf in LEAVES[leaves_n:100]:
            after.add(leaf)
        assert after.root() == root_of(LEAVES[:100])
        with pytest.raises(ValueError, match="one peak"):
            Growing(leaves_n, (*before.peaks, OTHER))


def test_a_thousand_leaves_are_proved_to_be_in_the_log_and_no_other_is() -> None:
    chance = Stream(1, "inclusion")
    for _ in range(1000):
        head = head_of(chance.randint(1, MOST))
        at = chance.randint(0, head.leaves_n - 1)
        proof = inclusion_proof(LEAVES[: head.leaves_n], at)
        assert is_included(LEAVES[at], at, proof, head)
        assert not is_included(OTHER, at, proof, head)
        assert not is_included(LEAVES[at], at, proof, head._replace(root=OTHER))
        elsewhere = chance.randint(-1, MOST)
        assert elsewhere == at or not is_included(LEAVES[at], elsewhere, proof, head)
        assert not any(is_included(LEAVES[at], at, wrong, head) for wrong in spoiled(proof))


def test_five_hundred_pairs_of_heads_are_proved_consistent_and_no_other_is() -> None:
    chance = Stream(1, "consistency")
    for _ in range(500):
        later = head_of(chance.randint(1, MOST))
        earlier = head_of(chance.randint(0, later.leaves_n))
        proof = consistency_proof(LEAVES[: later.leaves_n], earlier.leaves_n)
        assert is_consistent(earlier, later, proof)
        assert not is_consistent(earlier._replace(root=OTHER), later, proof)
        assert earlier.leaves_n == 0 or not is_consistent(earlier, later._replace(root=OTHER), proof)
        assert earlier == later or not is_consistent(later, earlier, proof)
        assert not any(is_consistent(earlier, later, wrong) for wrong in spoiled(proof))


def test_a_log_whose_beginning_was_rewritten_has_no_proof() -> None:
    for earlier_n in range(1, 40):
        for altered in range(earlier_n):
            rewritten = [*LEAVES[:altered], OTHER, *LEAVES[altered + 1 : 40]]
            proof = consistency_proof(rewritten, earlier_n)
            assert not is_consistent(head_of(earlier_n), Head(40, root_of(rewritten)), proof)


def test_every_size_up_to_a_few_levels_is_proved() -> None:
    for leaves_n in range(1, 34):
        head, leaves = head_of(leaves_n), LEAVES[:leaves_n]
        assert all(is_included(LEAVES[at], at, inclusion_proof(leaves, at), head) for at in range(leaves_n))
        for earlier_n in range(leaves_n + 1):
            assert is_consistent(head_of(earlier_n), head, consistency_proof(leaves, earlier_n))


def test_nothing_is_proved_of_places_that_are_not_there() -> None:
    for at in (-1, 3):
        with pytest.raises(ValueError, match="no leaf"):
            inclusion_proof(LEAVES[:3], at)
        with pytest.raises(ValueError, match="not the shorter"):
            consistency_proof(LEAVES[:2], at)
    assert not is_consistent(Head(0, OTHER), head_of(3), ())
    assert not is_consistent(Head(-1, EMPTY_ROOT), head_of(3), ())
    assert not is_included(EMPTY_ROOT, 0, (), Head(0, EMPTY_ROOT))
