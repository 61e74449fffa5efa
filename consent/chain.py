"""Verifies the audit: every link by itself, and the whole against roots that were written down elsewhere before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from types import NoneType
from typing import NamedTuple

from consent.audit import GENESIS, Chain, Entry, entry_of
from kit.canonical import dumps
from kit.errors import CallerError
from kit.merkle import Growing, Head, leaf_hash
from warehouse.ledger import Ledger, LedgerDamaged, Row, Tx, Value

_PAGE = 1024
# An entry as it is written: texts and whole numbers, with or without a customer and a purpose.
_KINDS = {
    (int, str, str, str, customer, purpose, str, str, str, str)
    for customer in (str, NoneType)
    for purpose in (int, NoneType)
}


class Stand(NamedTuple):
    """A log that was verified up to here: its tree and the hash of its last entry."""

    tree: Growing
    head: str


class _Walk:
    """What holds so far, and the earlier heads that are still ahead."""

    def __init__(self, earlier: Sequence[Head], stand: Stand | None = None) -> None:
        self._tree, self._head = stand or (Growing(), GENESIS)
        self._here = self._tree.leaves_n
        self._waiting: list[bytes] = []
        self._ahead = sorted((head for head in earlier if head.leaves_n > self._here), reverse=True)
        self._confirmed_n = 0
        self._confirmed = self._so_far()

    def step(self, row: Row | None) -> Chain | None:
        """Take one more entry, None where it cannot be read, and tell where the chain breaks if it does."""
        if row is None:
            return self._broken("ALTERED_ENTRY")
        values = tuple(row.values())
        digest = sha256(dumps(values[:-1])) if tuple(map(type, values)) in _KINDS else None
        if digest is None or (values[0], values[8]) != (self._here + 1, self._head):
            return self._why(entry_of(row))
        if digest.hexdigest() != values[9]:
            return self._broken("ALTERED_ENTRY")
        self._waiting.append(leaf_hash(digest.digest()))
        self._here += 1
        self._head = str(values[9])
        if len(self._waiting) == _PAGE:
            self._grown()
        return self._compared() if self._ahead and self._ahead[-1].leaves_n == self._here else None

    def end(self) -> Chain:
        """Tell what was found when no entry is left."""
        return self._broken("MISSING_TAIL") if self._ahead else self._so_far()

    def _why(self, entry: Entry) -> Chain:
        """Say what is wrong with an entry that is out of its turn, of another kind or linked to another."""
        if entry.seq != self._here + 1:
            return self._broken("MISSING_ENTRY" if entry.seq > self._here else "EXTRA_ENTRY")
        return self._broken("WRONG_LINK" if entry.prev_hash != self._head else "ALTERED_ENTRY")

    def _compared(self) -> Chain | None:
        root = self._grown().root()
        while self._ahead and self._ahead[-1].leaves_n == self._here:
            if self._ahead.pop().root != root:
                return self._confirmed._replace(broken_at=self._here, why="REWRITTEN_ENTRY")
        self._confirmed_n = self._here
        self._confirmed = self._so_far()
        return None

    def _broken(self, why: str) -> Chain:
        return self._so_far()._replace(broken_at=self._here + 1, why=why)

    def _so_far(self) -> Chain:
        return Chain(self._here, self._head, self._grown().root().hex(), self._confirmed_n, None, None)

    def _grown(self) -> Growing:
        """Hash the leaves that wait into the tree, many at once."""
        self._tree.add_all(self._waiting)
        self._waiting.clear()
        return self._tree


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


_SALT = "length(salt) = 32 AND ltrim(salt, '0123456789abcdef') = ''"


def _with_salts(tx: Tx, chain: Chain) -> Chain:
    """Look for the first entry without a salt as one is made, then for a salt without an entry."""
    if _has_every_salt(tx, chain.entries_n):
        return chain
    found = tx.one(
        "SELECT audit.seq AS seq, CASE WHEN salt IS NULL THEN 'MISSING_SALT' ELSE 'ALTERED_SALT' END AS why"
        " FROM audit LEFT JOIN audit_salt ON audit_salt.seq = audit.seq"
        f" WHERE salt IS NULL OR NOT ({_SALT}) ORDER BY audit.seq LIMIT 1"
    ) or tx.one(
        "SELECT seq, 'EXTRA_SALT' AS why FROM audit_salt WHERE NOT EXISTS"
        " (SELECT 1 FROM audit WHERE audit.seq = audit_salt.seq) ORDER BY seq LIMIT 1"
    )
    return chain if found is None else chain._replace(broken_at=int(found["seq"] or 0), why=str(found["why"]))


def _has_every_salt(tx: Tx, entries_n: int) -> bool:
    """Count: a number stands once, so as many as there are entries, from the first to the last, leave no gap."""
    every = tx.one("SELECT COUNT(*) AS n FROM audit_salt")
    sound = tx.one(f"SELECT COUNT(*) AS n, MIN(seq) AS first, MAX(seq) AS last FROM audit_salt WHERE {_SALT}")
    if every is None or sound is None:
        return False
    spread = (1, entries_n) if entries_n else (None, None)
    return every["n"] == sound["n"] == entries_n and (sound["first"], sound["last"]) == spread


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
