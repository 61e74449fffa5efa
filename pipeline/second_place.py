"""The second place: a folder the operator names, where the last checkpoint outlives the loss of the house."""

from __future__ import annotations

from consent.checkpoint import Checkpoint, Checkpoints, Document, entries_in, head_at, opened
from kit.canonical import line
from kit.errors import BahiError, CallerError
from kit.shapes import text, whole
from pipeline.wiring import House
from warehouse import named_files
from warehouse.ledger import Tx

VARIABLE = "BAHI_CHECKPOINTS_TO"
LATEST = "latest.json"
ENTRIES_BETWEEN = 100
_HINT = "Was the ledger set back? Restore it from a backup with that checkpoint. Else move that file away."


def checkpoints_of(house: House) -> Checkpoints:
    """Give who signs heads of this house's audit."""
    return Checkpoints(house.ledger, house.keys, house.clock)


def folder_of(house: House) -> str | None:
    """Give the folder the operator named, if any."""
    return house.environ.get(VARIABLE) or None


def keep_elsewhere(house: House) -> BahiError | None:
    """Write a checkpoint to the second place when it is due; what fails there undoes nothing here, and is told."""
    folder = folder_of(house)
    try:
        if folder is not None and _is_due(house, folder):
            # One at a time, or a checkpoint made earlier could be the last to be called the latest.
            with named_files.alone(house.home, "second-place"):
                _keep(house, folder)
    except BahiError as error:
        return error
    return None


def _is_due(house: House, folder: str) -> bool:
    """Say whether a consent was changed, something was erased or many entries were written since the last one there."""
    with house.ledger.reading() as tx:
        last = head_at(tx)
        entries_n = 0 if last is None else whole(last["entries_n"])
        return (
            last is None
            or not _is_latest(folder, last)
            or entries_in(tx) - entries_n >= ENTRIES_BETWEEN
            or _has_changed(tx, entries_n)
        )


def _is_latest(folder: str, last: Document) -> bool:
    """Say whether the last head is there under both names; while another's is the latest, that is told each time."""
    kept, latest = _named(folder, last), f"{folder}/{LATEST}"
    if not (named_files.is_there(kept) and named_files.is_there(latest)):
        return False
    return named_files.content_of(kept, _HINT) == named_files.content_of(latest, _HINT)


def _has_changed(tx: Tx, entries_n: int) -> bool:
    found = tx.one(
        "SELECT seq FROM audit WHERE seq > :n AND substr(action, 1, 8) IN ('consent.', 'erasure.')"
        " AND outcome <> 'SHOWN' LIMIT 1",
        n=entries_n,
    )
    return found is not None


def _keep(house: House, folder: str) -> None:
    document = checkpoints_of(house).make()
    content = line(document)
    named_files.ensure_folder(folder)
    # Before anything is compared: what was withdrawn here is told there even where another house took over the latest.
    named_files.put(_named(folder, document), content)
    _require_continued(house, folder, opened(content, None))
    named_files.put(f"{folder}/{LATEST}", content)


def _require_continued(house: House, folder: str, made: Checkpoint) -> None:
    """Let a checkpoint be the latest only where it goes on from the one before, or a restoration went by that one.

    A ledger that was set back, or restored without it, would else erase there, too, what was withdrawn since.
    """
    latest = f"{folder}/{LATEST}"
    if not named_files.is_there(latest):
        return
    former = opened(named_files.content_of(latest, _HINT), None)
    if former.head in made.heads:
        return
    shared_n = max((head.leaves_n for head in former.heads if head in made.heads), default=0)
    with house.ledger.reading() as tx:
        restored = tx.all(
            "SELECT outcome FROM audit WHERE action = 'house.restored' AND seq > :n", n=shared_n
        )
    if not any(_knows_of(str(row["outcome"]), former.head.leaves_n) for row in restored):
        raise CallerError(
            "CHECKPOINT_MISMATCH",
            f"The audit does not go on from the last checkpoint there, of {former.head.leaves_n:,} entries.",
            hint=_HINT,
            place=latest[:200],
        )


def _knows_of(outcome: str, entries_n: int) -> bool:
    """Say whether a restoration went by a checkpoint that told of so many entries: LOST_7_TO_9 went by one of 9."""
    last = outcome.rpartition("_TO_")[2]
    return last.isdecimal() and int(last) >= entries_n


def _named(folder: str, head: Document) -> str:
    """Name a checkpoint so that a restored house, whose audit went another way, overwrites none of the former."""
    return f"{folder}/{whole(head['entries_n'])}-{text(head['root'])[:8]}.json"
