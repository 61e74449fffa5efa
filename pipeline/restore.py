"""Restoring: a backup becomes a house again only after all that was withdrawn since is withdrawn from it, too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from orjson import JSONDecodeError, loads

from consent.artefact import Event, State
from consent.audit import CLOCK_SLACK, Deed
from consent.chain import required, verified
from consent.checkpoint import Checkpoint, entries_in, heads_kept, opened
from consent.grants import Consent
from consent.keys import public_keys
from kit.errors import CallerError, Conflict
from kit.period import isoformat_ist, parse_moment
from kit.shapes import mapping, text
from pipeline.backup import CHECKPOINT_NAME, FORMAT, HEAD_NAME, LEDGER_NAME
from pipeline.wiring import House, open_house
from warehouse import assets
from warehouse.archive import unpacked, unreadable
from warehouse.home import home_from
from warehouse.ledger import Ledger, where_from
from warehouse.migrate import upgrade
from warehouse.migrations import HEAD
from warehouse.rows import KEYS, taken
from warehouse.staging import Staging, staged

if TYPE_CHECKING:
    from consent.keys import Jwk

_EVENTS = {
    State.PAUSED: Event.PAUSE,
    State.EXPIRED: Event.EXPIRE,
    State.REJECTED: Event.REJECT,
    State.FAILED: Event.FAIL,
}


class RestoreOrder(NamedTuple):
    """Which backup, opened how, and the last checkpoint (None: nobody can tell what was withdrawn since)."""

    path: str
    passphrase: str
    checkpoint: bytes | None
    trusted: Sequence[Jwk] | None


class Restored(NamedTuple):
    """What stands again: its audit, the entries that are lost, and the consents that were brought up to date."""

    entries_n: int
    lost_from: int | None
    lost_to: int | None
    revoked: tuple[str, ...]
    paused: tuple[str, ...]


class _Found(NamedTuple):
    """What a backup turned out to hold: entries of the audit, and the checkpoint to follow."""

    entries_n: int
    checkpoint: Checkpoint | None


def restore(environ: Mapping[str, str], actor: str, order: RestoreOrder) -> Restored:
    """Rebuild a house beside its place, bring it up to the checkpoint, and only then let it be read."""
    home = home_from(environ, assets.root())
    with staged(home, where_from(environ, home)) as staging:
        own = _unpack(order, staging)
        found = _checked(staging, order, own)
        house = open_house(_inside(environ, staging), actor)
        try:
            _require_clock(house, found.checkpoint)
            restored = _brought_up(house, found)
        finally:
            house.ledger.close()
        staging.place()
    return restored


def _inside(environ: Mapping[str, str], staging: Staging) -> dict[str, str]:
    kept = {name: value for name, value in environ.items() if name != "BAHI_DATABASE_URL"}
    return {**kept, "BAHI_HOME": str(staging.home.root), "BAHI_TRUTH": str(staging.home.truth)}


def _unpack(order: RestoreOrder, staging: Staging) -> bytes:
    """Write files and rows, the rows at the version they were read at; give the checkpoint that was packed."""
    documents = unpacked(order.path, order.passphrase, staging.home)
    at = _version(*next(documents, ("", b"")))
    path = staging.home.ledger_path
    upgrade(path, at)
    checkpoint = b""
    ledger = Ledger(path, at)
    try:
        for name, content in documents:
            if name == CHECKPOINT_NAME:
                checkpoint = content
            else:
                _take(ledger, name, content)
    finally:
        ledger.close()
    upgrade(path)
    return checkpoint


def _version(name: str, content: bytes) -> str:
    """Read what wrote a backup."""
    try:
        head = mapping(loads(content)) if name == HEAD_NAME else {}
        at = text(head["ledger"])
    except (JSONDecodeError, KeyError, TypeError) as error:
        raise unreadable("what is in it is no backup") from error
    if head["format"] != FORMAT or at > HEAD:
        raise CallerError(
            "BACKUP_NEWER",
            "The backup was written by a newer release.",
            hint="Install the release that wrote it, or a later one.",
        )
    return at


def _take(ledger: Ledger, name: str, content: bytes) -> None:
    folder, _, rest = name.partition("/")
    table = rest.partition("/")[0]
    if folder != LEDGER_NAME or table not in KEYS:
        raise unreadable("it holds a document that is not known here")
    with ledger.transaction() as tx:
        taken(tx, table, content)


def _checked(staging: Staging, order: RestoreOrder, own: bytes) -> _Found:
    """Verify the audit that came with the backup, and that the checkpoint given is of the same house and not older."""
    ledger = Ledger(staging.home.ledger_path)
    try:
        with ledger.reading() as tx:
            keys, entries_n = public_keys(tx), entries_in(tx)
            heads = heads_kept(tx, keys)
        packed = opened(own, keys)
        given = (
            None if order.checkpoint is None else opened(order.checkpoint, [*keys, *(order.trusted or ())])
        )
        if given is not None:
            _require_later(packed, given)
        known = [*heads, packed.head, *(given.heads if given else ())]
        required(verified(ledger, [head for head in known if head.leaves_n <= entries_n]))
    finally:
        ledger.close()
    return _Found(entries_n, given)


def _require_later(packed: Checkpoint, given: Checkpoint) -> None:
    if given.head.leaves_n < packed.head.leaves_n:
        raise CallerError(
            "CHECKPOINT_OLDER",
            f"The checkpoint was made at {given.head.leaves_n:,} entries, the backup at {packed.head.leaves_n:,}.",
            hint="Name the last checkpoint there is, or an earlier backup.",
        )
    if packed.head not in given.heads:
        raise CallerError(
            "CHECKPOINT_MISMATCH",
            "The checkpoint does not continue the audit of the backup.",
            hint="Name a checkpoint of the same house, made after the backup.",
        )


def _require_clock(house: House, checkpoint: Checkpoint | None) -> None:
    """Refuse a clock that is behind the checkpoint: what was removed by then would still seem to be allowed."""
    if checkpoint is None:
        return
    now, told = house.clock.now(), [checkpoint.at, *(one.asked_at for one in checkpoint.tombstones)]
    last = max(map(parse_moment, told))
    if now < last - CLOCK_SLACK:
        raise CallerError(
            "CLOCK_BACKWARDS",
            f"The clock says {isoformat_ist(now)}, but the checkpoint tells of {isoformat_ist(last)}.",
            hint="Set the clock right (or BAHI_CLOCK, if it is set), then run again.",
        )


def _brought_up(house: House, found: _Found) -> Restored:
    """Do to the house what happened to its consents since, then take away whatever no consent keeps."""
    before = {consent.id: consent.state for consent in _consents(house)}
    for consent in _consents(house):
        _follow(house, consent, _wanted(consent, found.checkpoint))
    house.erasure.purge_due()
    for stuck in house.erasure.stuck():
        raise stuck.error
    _sweep(house)
    changed = [consent for consent in _consents(house) if consent.state is not before[consent.id]]
    lost = _lost(found)
    with house.ledger.transaction() as tx:
        house.audit.record(tx, Deed("house.restored", None, None, _outcome(found, lost), {}))
    house.ledger.scrub()
    return Restored(
        entries_n=found.entries_n,
        lost_from=lost[0] if lost else None,
        lost_to=lost[1] if lost else None,
        revoked=tuple(consent.id for consent in changed if consent.state is State.REVOKED),
        paused=tuple(consent.id for consent in changed if consent.state is State.PAUSED),
    )


def _consents(house: House) -> Iterator[Consent]:
    for owner in house.consents.customers():
        yield from house.consents.listing(owner)


def _wanted(consent: Consent, checkpoint: Checkpoint | None) -> State:
    """Tell where a consent stands by the checkpoint; without one, nothing may be used until somebody looks."""
    if checkpoint is None:
        return State.PAUSED if consent.state is State.ACTIVE else consent.state
    return checkpoint.states.get(consent.id, consent.state)


def _follow(house: House, consent: Consent, wanted: State) -> None:
    """Move a consent where it stood; one that can no longer be moved there is over already."""
    if consent.state is wanted or wanted in (State.ACTIVE, State.PENDING):
        return
    if consent.state is State.PENDING:
        house.consents.apply(consent.id, Event.REJECT)
    elif wanted is State.REVOKED:
        with suppress(Conflict):
            house.erasure.revoke(consent.id)
    else:
        with suppress(Conflict):
            house.consents.apply(consent.id, _EVENTS[wanted])


def _sweep(house: House) -> None:
    """Take files that were copied just before a removal the ledger already calls done."""
    now = house.clock.now()
    for owner in house.consents.customers():
        held = house.consents.listing(owner)
        others_live = any(consent.standing(now) in (State.ACTIVE, State.PAUSED) for consent in held)
        for consent in held:
            if consent.state is State.REVOKED:
                house.lake.withdraw(owner, consent.id, consent.artefact.purpose, others_live=others_live)
        house.lake.drop_due(owner, now, others_live=others_live)


def _lost(found: _Found) -> tuple[int, int] | None:
    if found.checkpoint is None or found.checkpoint.head.leaves_n <= found.entries_n:
        return None
    return found.entries_n + 1, found.checkpoint.head.leaves_n


def _outcome(found: _Found, lost: tuple[int, int] | None) -> str:
    if found.checkpoint is None:
        return "LOSS_UNKNOWN"
    return f"LOST_{lost[0]}_TO_{lost[1]}" if lost else "NOTHING_LOST"
