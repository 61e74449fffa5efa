"""Verifies the audit: every link by itself, and the whole against roots that were written down elsewhere before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from consent.audit import GENESIS, Chain, Entry, entry_of, sealed
from kit.errors import CallerError
from kit.merkle import Growing, Head, leaf_hash
from warehouse.ledger import Ledger, LedgerDamaged, Row, Tx, Value

_PAGE = 1000


class Stand(NamedTuple):
    """A log that was verified up to here: its tree and the hash of its last entry."""

    tree: Growing
    head: str


class _Walk:
    """What holds so far, and the earlier heads that are still ahead."""

    def __init__(self, earlier: Sequence[Head], stand: Stand | None = None) -> None:
        self._tree, self._head = stand or (Growing(), GENESIS)
        self._ahead = sorted((head for head in earlier if head.leaves_n > self._tree.leaves_n), reverse=True)
        self._confirmed_n = 0
        self._confirmed = self._so_far()

    def step(self, row: Row | None) -> Chain | None:
        """Take one more entry, None where it cannot be read, and tell where the chain breaks if it does."""
        if row is None:
            return self._broken("ALTERED_ENTRY")
        entry = entry_of(row)
        if entry.seq != self._tree.leaves_n + 1:
            return self._out_of_turn(entry)
        if entry.prev_hash != self._head:
            return self._broken("WRONG_LINK")
        if sealed(entry) != entry.hash or tuple(row.values()) != entry:
            return self._broken("ALTERED_ENTRY")
        self._tree.add(leaf_hash(bytes.fromhex(entry.hash)))
        self._head = entry.hash
        return self._compared() if self._ahead else None

    def end(self) -> Chain:
        """Tell what was found when no entry is left."""
        return self._broken("MISSING_TAIL") if self._ahead else self._so_far()

    def _out_of_turn(self, entry: Entry) -> Chain:
        return self._broken("MISSING_ENTRY" if entry.seq > self._tree.leaves_n else "EXTRA_ENTRY")

    def _compared(self) -> Chain | None:
        here = self._tree.leaves_n
        if self._ahead[-1].leaves_n != here:
            return None
        root = self._tree.root()
        while self._ahead and self._ahead[-1].leaves_n == here:
            if self._ahead.pop().root != root:
                return self._confirmed._replace(broken_at=here, why="REWRITTEN_ENTRY")
        self._confirmed_n = here
        self._confirmed = self._so_far()
        return None

    def _broken(self, why: str) -> Chain:
        return self._so_far()._replace(broken_at=self._tree.leaves_n + 1, why=why)

    def _so_far(self) -> Chain:
        return Chain(self._tree.leaves_n, self._head, self._tree.root().hex(), self._confirmed_n, None, None)


def verified(ledger: Ledger, earlier: Sequence[Head] = ()) -> Chain:
    """Recompute every link and every earlier root; what was added after the last of those roots is bound by none.

    An entry whose salt is gone still stands in the chain, but nobody can confirm its payload any more.
    """
    walk = _Walk(earlier)
    with ledger.reading() as tx:
        for row in _rows(ledger, tx):
            if found := walk.step(row):
                return found
        chain = walk.end()
        return _with_salts(tx, chain) if chain.broken_at is None else chain


def continued(ledger: Ledger, tx: Tx, stand: Stand) -> Chain:
    """Verify what was added since a stand and move the stand's tree along."""
    walk = _Walk((), stand)
    for row in _rows(ledger, tx, stand.tree.leaves_n or None):
        if found := walk.step(row):
            return found
    return walk.end()


def _with_salts(tx: Tx, chain: Chain) -> Chain:
    """Look for the first entry without a salt as one is made, then for a salt without an entry."""
    found = tx.one(
        "SELECT audit.seq AS seq, CASE WHEN salt IS NULL THEN 'MISSING_SALT' ELSE 'ALTERED_SALT' END AS why"
        " FROM audit LEFT JOIN audit_salt ON audit_salt.seq = audit.seq"
        " WHERE salt IS NULL OR length(salt) <> 32 OR ltrim(salt, '0123456789abcdef') <> ''"
        " ORDER BY audit.seq LIMIT 1"
    ) or tx.one(
        "SELECT seq, 'EXTRA_SALT' AS why FROM audit_salt WHERE NOT EXISTS"
        " (SELECT 1 FROM audit WHERE audit.seq = audit_salt.seq) ORDER BY seq LIMIT 1"
    )
    return chain if found is None else chain._replace(broken_at=int(found["seq"] or 0), why=str(found["why"]))


def _rows(ledger: Ledger, tx: Tx, after: Value = None) -> Iterator[Row | None]:
    """Read every row there is, whatever stands in its number; None for the first that cannot be read as text."""
    page = _PAGE
    while True:
        try:
            # A page that cannot be read must not take the transaction with it.
            with tx.savepoint():
                rows = _page(tx, after, page)
        except LedgerDamaged:
            if page == 1:
                yield None
                return
            page = 1
            continue
        if not rows:
            return
        yield from rows
        after = rows[-1]["seq"]


def _page(tx: Tx, after: Value, page: int) -> list[Row]:
    where = "" if after is None else " WHERE seq > :after"
    statement = f"SELECT {', '.join(Entry._fields)} FROM audit{where} ORDER BY seq LIMIT :page"
    return tx.all(statement, after=after, page=page)


def required(chain: Chain) -> Chain:
    """Refuse a chain that breaks, naming the first place and kind."""
    if chain.broken_at is None:
        return chain
    place = f"entry {chain.broken_at:,}"
    if chain.why == "REWRITTEN_ENTRY":
        place = f"an entry from {chain.entries_n + 1:,} to {chain.broken_at:,}"
    holds = f"{chain.entries_n:,} entries before it hold"
    if str(chain.why).endswith("_SALT"):
        holds = "the chain holds, but what salts the payload there was changed"
    raise CallerError(
        "AUDIT_BROKEN",
        f"The audit is broken at {place} ({chain.why}); {holds}.",
        hint="Keep the ledger as it is for whoever looks into it, and restore one from a backup.",
        place=f"audit {chain.broken_at}",
    )
