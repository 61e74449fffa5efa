"""What an erasure takes away, written down before it goes, so that a kill between two tries loses no count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from kit.canonical import sha256_hex
from warehouse.ledger import Tx


class Going(Protocol):
    """One thing that is about to be removed: where it stands, of which kind it is, and its hash when it can be read."""

    @property
    def place(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def sha256(self) -> str | None: ...


class Tally(NamedTuple):
    """What an erasure took away, over all its tries: how many files of which kind, and the hash of each readable one."""

    kinds: tuple[tuple[str, int], ...]
    objects: tuple[str, ...]

    @property
    def files_n(self) -> int:
        """Count all that went, readable or not."""
        return sum(n for _, n in self.kinds)


def note(tx: Tx, erasure_id: str, going: Sequence[Going]) -> None:
    """Write down what is about to go, by hashes; what an earlier try wrote down is not counted again."""
    if not tx.all("SELECT id FROM erasure WHERE id = :id AND state = 'pending'", id=erasure_id):
        return
    for one in going:
        tx.execute(
            "INSERT INTO erasure_object (erasure_id, place, kind, sha256) VALUES (:id, :place, :kind, :sha)"
            " ON CONFLICT DO NOTHING",
            id=erasure_id,
            place=sha256_hex(one.place),
            kind=one.kind,
            sha=one.sha256 or "",
        )


def taken(tx: Tx, erasure_id: str) -> Tally:
    """Count what went, over all tries."""
    rows = tx.all("SELECT kind, sha256 FROM erasure_object WHERE erasure_id = :id", id=erasure_id)
    kinds = Counter(str(row["kind"]) for row in rows)
    return Tally(
        tuple(sorted(kinds.items())), tuple(sorted(str(row["sha256"]) for row in rows if row["sha256"]))
    )


def forget(tx: Tx, erasure_id: str) -> None:
    """Drop the list once it is certified."""
    tx.execute("DELETE FROM erasure_object WHERE erasure_id = :id", id=erasure_id)
