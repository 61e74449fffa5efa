"""Checkpoints: signed heads of the audit, kept elsewhere, with all that a restored house must not forget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from orjson import JSONDecodeError, loads

from consent.artefact import State
from consent.audit import GENESIS
from consent.chain import Stand, continued, required, verified
from kit.canonical import dumps
from kit.errors import CallerError
from kit.merkle import Growing, Head
from kit.period import Clock, isoformat_utc
from kit.shapes import listed, mapping, text, text_or_none, whole
from warehouse.ledger import Ledger, Row, Tx

if TYPE_CHECKING:
    from consent.keys import Jwk, Keys

Document = dict[str, object]

_HEAD = ("entries_n", "root", "head", "at", "peaks")
_DAMAGED = "Restore the ledger from a backup, or compare with a checkpoint kept elsewhere."


class Tombstone(NamedTuple):
    """That data had to go: whose, under which consent and why, and since when it is gone (None: it is not yet)."""

    consent_id: str
    customer: str
    purpose: int
    reason: str
    state: str
    asked_at: str
    done_at: str | None
    objects_sha256: str | None


class Checkpoint(NamedTuple):
    """A head of the audit as it was signed, the heads before it, and what was withdrawn or paused by then."""

    head: Head
    at: str
    earlier: tuple[Head, ...]
    tombstones: tuple[Tombstone, ...]
    states: Mapping[str, State]

    @property
    def heads(self) -> tuple[Head, ...]:
        """Give every head it confirms."""
        return (*self.earlier, self.head)


class Checkpoints:
    """Signs where the audit stands; what was signed once is never changed."""

    def __init__(self, ledger: Ledger, keys: Keys, clock: Clock) -> None:
        """Sign with the key of this house."""
        self._ledger = ledger
        self._keys = keys
        self._clock = clock

    def make(self) -> Document:
        """Sign the head of the audit with what was withdrawn and paused by then; again at that size, the same."""
        with self._ledger.reading() as tx:
            head = self._drawn(tx)
            rest = _rest(tx, head)
        with self._ledger.transaction() as tx:
            kept = self._kept(tx, head)
            return self._keys.sign(tx, {"kind": "checkpoint", **{name: kept[name] for name in _HEAD}, **rest})

    def _drawn(self, tx: Tx) -> Document:
        """Go on from the last head that was signed; what was added since is verified on the way."""
        last = _last(tx)
        tree = Growing() if last is None else _tree(last)
        head = GENESIS if last is None else str(last["head"])
        entries_n = entries_in(tx)
        if last is not None and entries_n == tree.leaves_n:
            return last
        if entries_n < tree.leaves_n:
            required(verified(self._ledger, (Head(tree.leaves_n, tree.root()),)))
        chain = required(continued(self._ledger, tx, Stand(tree, head)))
        return {
            "kind": "head",
            "entries_n": chain.entries_n,
            "root": chain.root,
            "head": chain.head,
            "at": isoformat_utc(self._clock.now()),
            "peaks": [peak.hex() for peak in tree.peaks],
        }

    def _kept(self, tx: Tx, head: Document) -> Document:
        """Keep a head; of two made at once the first stays."""
        if "signature" not in head:
            tx.execute(
                "INSERT INTO checkpoint (entries_n, document, made_at) VALUES (:entries_n, :document, :at)"
                " ON CONFLICT DO NOTHING",
                entries_n=whole(head["entries_n"]),
                document=dumps(self._keys.sign(tx, head)).decode(),
                at=str(head["at"]),
            )
        kept = head_at(tx, whole(head["entries_n"]))
        return head if kept is None else kept


def entries_in(tx: Tx) -> int:
    """Count the entries of the audit by its last number."""
    row = tx.one("SELECT MAX(seq) AS n FROM audit")
    return 0 if row is None else int(row["n"] or 0)


def head_at(tx: Tx, entries_n: int | None = None) -> Document | None:
    """Read the signed head at a size, or the last one."""
    where = "" if entries_n is None else " WHERE entries_n = :entries_n"
    found = tx.one(
        f"SELECT document FROM checkpoint{where} ORDER BY entries_n DESC LIMIT 1", entries_n=entries_n
    )
    return None if found is None else mapping(loads(str(found["document"])))


def heads_kept(tx: Tx, keys: Sequence[Jwk]) -> tuple[Head, ...]:
    """Give every head this ledger signed; one whose signature does not hold is not skipped but told."""
    rows = tx.all("SELECT entries_n, document FROM checkpoint ORDER BY entries_n")
    return tuple(_head_of(_genuine_row(row, keys)) for row in rows)


def opened(content: bytes, keys: Sequence[Jwk] | None) -> Checkpoint:
    """Read an exported checkpoint; without keys, only the key it carries vouches for it."""
    from consent.keys import flaw

    try:
        document = mapping(loads(content))
        found = _checkpoint(document)
    except (JSONDecodeError, KeyError, TypeError, ValueError) as error:
        raise CallerError(
            "CHECKPOINT_UNREADABLE",
            "The file is not a checkpoint.",
            hint="Name a file that bahi audit checkpoint --to wrote.",
        ) from error
    why = flaw(document, keys)
    if why is not None:
        raise _forged(f"The checkpoint is not genuine: {why}.")
    return found


def jwk_set(content: bytes, hint: str) -> tuple[Jwk, ...]:
    """Read the public keys somebody trusts, as RFC 7517 writes them."""
    try:
        keys = [mapping(one) for one in listed(mapping(loads(content))["keys"])]
        return tuple({name: value for name, value in one.items() if isinstance(value, str)} for one in keys)
    except (JSONDecodeError, KeyError, TypeError, ValueError) as error:
        raise CallerError("KEYS_UNREADABLE", "The file holds no public keys.", hint=hint) from error


def _forged(message: str) -> CallerError:
    return CallerError(
        "CHECKPOINT_FORGED",
        message,
        hint="Take another copy of it; if its key is a later one, add --keys with what bahi secrets public printed.",
    )


def _last(tx: Tx) -> Document | None:
    from consent.keys import public_keys

    row = tx.one("SELECT entries_n, document FROM checkpoint ORDER BY entries_n DESC LIMIT 1")
    return None if row is None else _genuine_row(row, public_keys(tx))


def _genuine_row(row: Row, keys: Sequence[Jwk]) -> Document:
    from consent.keys import is_genuine

    try:
        document = mapping(loads(str(row["document"])))
        if is_genuine(document, keys) and document["entries_n"] == row["entries_n"]:
            _tree(document)
            return document
    except (JSONDecodeError, KeyError, TypeError, ValueError):
        pass
    raise CallerError(
        "AUDIT_BROKEN",
        f"The head the ledger keeps of {row['entries_n']} audit entries is not as it was signed.",
        hint=_DAMAGED,
        place=f"checkpoint {row['entries_n']}",
    )


def _tree(document: Document) -> Growing:
    peaks = [bytes.fromhex(text(peak)) for peak in listed(document["peaks"])]
    tree = Growing(whole(document["entries_n"]), peaks)
    if tree.root().hex() != document["root"]:
        raise ValueError("the peaks do not lead to the root")
    return tree


def _rest(tx: Tx, head: Document) -> Document:
    """Tell what goes with a head: the heads before it, every erasure asked for, every consent that is not active."""
    before = tx.all(
        "SELECT document FROM checkpoint WHERE entries_n < :n ORDER BY entries_n", n=whole(head["entries_n"])
    )
    earlier = [mapping(loads(str(row["document"]))) for row in before]
    tombstones = tx.all(
        "SELECT erasure.consent_id, erasure.customer, consent.purpose, erasure.reason, erasure.state,"
        " erasure.asked_at, erasure.done_at, erasure.objects_sha256 FROM erasure"
        " JOIN consent ON consent.id = erasure.consent_id ORDER BY erasure.asked_at, erasure.id"
    )
    states = tx.all("SELECT id, state FROM consent WHERE state <> 'ACTIVE' ORDER BY id")
    return {
        "earlier": [{name: one[name] for name in ("entries_n", "root")} for one in earlier],
        "tombstones": [dict(row) for row in tombstones],
        "paused": [row["id"] for row in states if row["state"] == State.PAUSED.value],
        "states": {str(row["id"]): row["state"] for row in states},
    }


def _checkpoint(document: Document) -> Checkpoint:
    if document["kind"] != "checkpoint":
        raise ValueError("another kind of document")
    states = {name: State(text(state)) for name, state in mapping(document["states"]).items()}
    return Checkpoint(
        head=_head_of(document),
        at=text(document["at"]),
        earlier=tuple(_head_of(mapping(one)) for one in listed(document["earlier"])),
        tombstones=tuple(_tombstone(mapping(one)) for one in listed(document["tombstones"])),
        states=states,
    )


def _head_of(document: Mapping[str, object]) -> Head:
    return Head(whole(document["entries_n"]), bytes.fromhex(text(document["root"])))


def _tombstone(row: Mapping[str, object]) -> Tombstone:
    return Tombstone(
        consent_id=text(row["consent_id"]),
        customer=text(row["customer"]),
        purpose=whole(row["purpose"]),
        reason=text(row["reason"]),
        state=text(row["state"]),
        asked_at=text(row["asked_at"]),
        done_at=text_or_none(row["done_at"]),
        objects_sha256=text_or_none(row["objects_sha256"]),
    )
