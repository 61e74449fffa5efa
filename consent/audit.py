"""The audit: an append-only hash chain; what cannot be written here is not answered."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from kit.canonical import dumps, sha256_hex
from kit.errors import BahiError, CallerError, TransientError
from kit.ident import CustomerId
from kit.period import Clock, isoformat_ist, isoformat_utc, parse_moment
from warehouse.ledger import Ledger, Row, Tx, Value

if TYPE_CHECKING:  # Only verifying needs the tree.
    from kit.merkle import Head

GENESIS = "0" * 64
CLOCK_SLACK = timedelta(seconds=60)


class Deed(NamedTuple):
    """What was done: action, customer and outcome stay readable, the payload is kept as a salted commitment only."""

    action: str
    customer: CustomerId | None
    purpose: int | None
    outcome: str
    payload: Mapping[str, object]


def actor_name(text: str) -> str:
    """Accept 1 to 40 letters, digits, _ and -: every entry names the actor, on one line."""
    if re.fullmatch("[A-Za-z0-9][A-Za-z0-9_-]{0,39}", text):
        return text
    raise CallerError(
        "ACTOR_INVALID",
        "The name of who acts must be 1 to 40 letters, digits, _ or -, beginning with a letter or digit.",
        hint="Set BAHI_ACTOR to a name like asha-01, or unset it.",
        place="BAHI_ACTOR",
    )


class Entry(NamedTuple):
    """One link of the chain."""

    seq: int
    at: str
    actor: str
    action: str
    customer: str | None
    purpose: int | None
    outcome: str
    commitment: str
    prev_hash: str
    hash: str


class Chain(NamedTuple):
    """What verifying found: how many links hold, the last hash and the Merkle root over them, where and why it breaks.

    An earlier root confirms the first `confirmed_n`. REWRITTEN_ENTRY lies after those and not after `broken_at`.
    """

    entries_n: int
    head: str
    root: str
    confirmed_n: int
    broken_at: int | None
    why: str | None


class Audit:
    """Who did what to whose data, when and with which outcome."""

    def __init__(self, ledger: Ledger, clock: Clock, actor: str) -> None:
        """Keep who acts; every entry of this process carries it."""
        self.clock = clock
        self._ledger = ledger
        self._actor = actor

    def record(self, tx: Tx, deed: Deed, at: datetime | None = None) -> int:
        """Append one entry inside the caller's transaction and give its number; failing means no answer.

        What the caller has to mend (a ledger that may not be written) stays that; the rest may pass by itself.
        """
        try:
            return self._append(tx, deed, at or self.clock.now())
        except TransientError as error:
            raise _unavailable(error) from error

    def look(self, action: str, customer: CustomerId | None) -> None:
        """Write down that a face asked to see rows of one customer, or of all: called before anything is shown."""
        self._ledger.together(lambda tx: self.record(tx, Deed(action, customer, None, "SHOWN", {})))

    def ending_at(self, tx: Tx) -> datetime:
        """Tell the moment at which a right ends: no clock set wrong may keep someone from taking it back."""
        last = _last(tx)
        now = self.clock.now()
        return now if last is None else max(now, parse_moment(str(last["at"])))

    def _append(self, tx: Tx, deed: Deed, now: datetime) -> int:
        last = _last(tx)
        seq, prev = (int(last["seq"] or 0) + 1, str(last["hash"])) if last else (1, GENESIS)
        if last:
            now = _not_before(parse_moment(str(last["at"])), now)
        salt = os.urandom(16).hex()
        unsealed = Entry(
            seq, isoformat_utc(now), self._actor, *deed[:4], commitment(salt, deed.payload), prev, ""
        )
        entry = unsealed._replace(hash=sealed(unsealed))
        written = tx.execute(
            "INSERT INTO audit (seq, at, actor, action, customer, purpose, outcome, commitment, prev_hash, hash)"
            " VALUES (:seq, :at, :actor, :action, :customer, :purpose, :outcome, :commitment, :prev_hash, :hash)"
            " ON CONFLICT DO NOTHING",
            **entry._asdict(),
        )
        if written != 1:
            raise _unavailable(None)
        tx.execute("INSERT INTO audit_salt (seq, salt) VALUES (:seq, :salt)", seq=seq, salt=salt)
        return seq

    def entries(self, customer: CustomerId | None = None, limit: int = 50) -> tuple[Entry, ...]:
        """List the latest entries, newest first, of one customer or of all."""
        where = "" if customer is None else " WHERE customer = :customer"
        with self._ledger.reading() as tx:
            rows = tx.all(
                f"SELECT * FROM audit{where} ORDER BY seq DESC LIMIT :limit", customer=customer, limit=limit
            )
        return tuple(map(entry_of, rows))

    def verify_chain(self, earlier: Sequence[Head] = ()) -> Chain:
        """Recompute every link; a cut tail or a rewritten suffix shows only against roots held outside."""
        from consent.chain import verified

        return verified(self._ledger, earlier)


def commitment(salt: str, payload: Mapping[str, object]) -> str:
    """Bind to a payload without telling it; without its salt nobody can guess it back."""
    return hashlib.sha256(bytes.fromhex(salt) + dumps(payload)).hexdigest()


def _last(tx: Tx) -> Row | None:
    return tx.one("SELECT seq, at, hash FROM audit ORDER BY seq DESC LIMIT 1")


def sealed(entry: Entry) -> str:
    """Hash everything of an entry but its hash; the hash before it is part of that."""
    return sha256_hex(entry[:-1])


def entry_of(row: Row) -> Entry:
    """Read an entry as the table has it; a number that is none reads as 0, which no seal agrees with."""
    customer, purpose = row["customer"], row["purpose"]
    return Entry(
        seq=_whole(row["seq"]),
        at=str(row["at"]),
        actor=str(row["actor"]),
        action=str(row["action"]),
        customer=None if customer is None else str(customer),
        purpose=None if purpose is None else _whole(purpose),
        outcome=str(row["outcome"]),
        commitment=str(row["commitment"]),
        prev_hash=str(row["prev_hash"]),
        hash=str(row["hash"]),
    )


def _whole(value: Value) -> int:
    return value if isinstance(value, int) else 0


def _not_before(last: datetime, now: datetime) -> datetime:
    """Let time stand still within the slack, so that many small steps back cannot add up to a large one."""
    if now < last - CLOCK_SLACK:
        raise CallerError(
            "CLOCK_BACKWARDS",
            f"The clock says {isoformat_ist(now)}, but the last audit entry was written at {isoformat_ist(last)}.",
            hint="Set the clock right (or BAHI_CLOCK, if it is set), then run again.",
        )
    return max(now, last)


def _unavailable(error: BahiError | None) -> TransientError:
    return TransientError(
        "AUDIT_UNAVAILABLE",
        "The audit entry could not be written, so nothing was answered or changed.",
        hint=(error.hint if error else "") or "Run again; if it stays, run: bahi doctor",
        place="audit",
    )
