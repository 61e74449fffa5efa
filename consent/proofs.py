"""Proofs that anybody checks without the ledger: an entry stands in the audit, or a longer audit only added to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from orjson import JSONDecodeError, loads

from consent.audit import Entry, entry_of, sealed
from consent.checkpoint import Document, head_at
from kit.errors import CallerError, NotFound
from kit.merkle import (
    Head,
    consistency_proof,
    inclusion_proof,
    is_consistent,
    is_included,
    leaf_hash,
    root_of,
)
from kit.shapes import listed, mapping, text, whole
from warehouse.ledger import Tx, Value

if TYPE_CHECKING:
    from consent.keys import Jwk


class Proven(NamedTuple):
    """What a proof shows: the entry (None: that the log only grew), the heads, and the key that signed the last."""

    entry: Entry | None
    earlier: Head | None
    head: Head
    signed_by: str


def prove_entry(tx: Tx, seq: int, entries_n: int | None = None) -> Document:
    """Prove that an entry stands in the audit of a size that was signed, by default the last one."""
    signed = _signed(tx, entries_n)
    head = _head_of(signed)
    row = tx.one(f"SELECT {', '.join(Entry._fields)} FROM audit WHERE seq = :seq", seq=seq)
    if row is None or not 1 <= seq <= head.leaves_n:
        raise NotFound(
            "ENTRY_NOT_SIGNED",
            f"The signed audit of {head.leaves_n:,} entries holds no entry of that number.",
            hint="Run: bahi audit checkpoint, then prove it again.",
        )
    return {
        "kind": "inclusion",
        "entry": entry_of(row)._asdict(),
        "leaf_index": seq - 1,
        "tree_size": head.leaves_n,
        "hashes": [one.hex() for one in inclusion_proof(_leaves(tx, head), seq - 1)],
        "root": head.root.hex(),
        "signed_head": signed,
    }


def prove_growth(tx: Tx, earlier_n: int, entries_n: int | None = None) -> Document:
    """Prove that the audit of a size that was signed begins with all there was at a smaller size."""
    signed = _signed(tx, entries_n)
    head = _head_of(signed)
    if not 0 <= earlier_n <= head.leaves_n:
        raise CallerError(
            "CHECKPOINT_OLDER",
            f"The signed audit of {head.leaves_n:,} entries is shorter than the one to begin with.",
            hint="Run: bahi audit checkpoint, then prove it again.",
        )
    leaves = _leaves(tx, head)
    return {
        "kind": "consistency",
        "earlier": {"entries_n": earlier_n, "root": root_of(leaves[:earlier_n]).hex()},
        "later": {"entries_n": head.leaves_n, "root": head.root.hex()},
        "hashes": [one.hex() for one in consistency_proof(leaves, earlier_n)],
        "signed_head": signed,
    }


def proven(content: bytes, keys: Sequence[Jwk] | None) -> Proven:
    """Check a proof with nothing but itself; without keys, only the key it carries vouches for the head."""
    from consent.keys import flaw

    try:
        document = mapping(loads(content))
        signed = mapping(document["signed_head"])
        found, holds = _CHECKS[text(document["kind"])](document)
    except (JSONDecodeError, KeyError, TypeError, ValueError) as error:
        raise CallerError(
            "PROOF_UNREADABLE", "The file is not a proof.", hint="Name a file that bahi audit prove wrote."
        ) from error
    why = flaw(signed, keys)
    if why is not None:
        raise _refuted(f"The head it leads to is not genuine: {why}.")
    if _head_of(signed) != found.head or not holds:
        raise _refuted("Its hashes do not lead to the head that was signed.")
    return found._replace(signed_by=text(signed["signed_by"]))


def _inclusion(document: Mapping[str, object]) -> tuple[Proven, bool]:
    entry = _entry(mapping(document["entry"]))
    head = Head(whole(document["tree_size"]), bytes.fromhex(text(document["root"])))
    at = whole(document["leaf_index"])
    is_itself = sealed(entry) == entry.hash and entry.seq == at + 1
    leaf = leaf_hash(bytes.fromhex(entry.hash))
    return Proven(entry, None, head, ""), is_itself and is_included(leaf, at, _hashes(document), head)


def _consistency(document: Mapping[str, object]) -> tuple[Proven, bool]:
    earlier, later = _head_of(mapping(document["earlier"])), _head_of(mapping(document["later"]))
    return Proven(None, earlier, later, ""), is_consistent(earlier, later, _hashes(document))


_CHECKS = {"inclusion": _inclusion, "consistency": _consistency}


def _refuted(why: str) -> CallerError:
    return CallerError(
        "PROOF_REFUTED", f"The proof does not hold. {why}", hint="Ask for the proof again where it was made."
    )


def _signed(tx: Tx, entries_n: int | None) -> Document:
    signed = head_at(tx, entries_n)
    if signed is None:
        raise NotFound(
            "HEAD_NOT_SIGNED", "No head of that size was signed.", hint="Run: bahi audit checkpoint"
        )
    return signed


def _head_of(document: Mapping[str, object]) -> Head:
    return Head(whole(document["entries_n"]), bytes.fromhex(text(document["root"])))


def _leaves(tx: Tx, head: Head) -> list[bytes]:
    """Read the leaves under a head, which must be the ones that were signed."""
    rows = tx.all("SELECT hash FROM audit WHERE seq <= :n ORDER BY seq", n=head.leaves_n)
    leaves = [leaf_hash(bytes.fromhex(str(row["hash"]))) for row in rows]
    if len(leaves) == head.leaves_n and root_of(leaves) == head.root:
        return leaves
    raise CallerError(
        "AUDIT_BROKEN",
        f"The audit is not the one whose head of {head.leaves_n:,} entries was signed.",
        hint="Run: bahi audit verify",
        place="audit",
    )


def _entry(row: Mapping[str, object]) -> Entry:
    values: dict[str, Value] = {}
    for name in Entry._fields:
        value = row[name]
        if value is not None and not isinstance(value, str | int):
            raise TypeError("text or whole number expected")
        values[name] = value
    entry = entry_of(values)
    if entry._asdict() != values:
        raise TypeError("not an entry")
    return entry


def _hashes(document: Mapping[str, object]) -> tuple[bytes, ...]:
    return tuple(bytes.fromhex(text(one)) for one in listed(document["hashes"]))
