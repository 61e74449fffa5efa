"""Backup: all an installation holds in one sealed file, with the checkpoint that binds it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from consent.audit import Deed
from kit.canonical import line
from kit.period import isoformat_utc
from kit.shapes import text, whole
from pipeline.second_place import checkpoints_of
from pipeline.wiring import House
from warehouse.archive import Packing
from warehouse.migrations import HEAD
from warehouse.rows import dumped

FORMAT = 1
HEAD_NAME, CHECKPOINT_NAME, LEDGER_NAME = "backup.json", "checkpoint.json", "ledger"

Tell = Callable[[int, int], None]


class BackedUp(NamedTuple):
    """What went into a backup, and which audit it is bound to."""

    files: int
    bytes: int
    left_out: int
    archive_bytes: int
    sha256: str
    entries_n: int
    root: str


def backup(house: House, path: str, passphrase: str, tell: Tell) -> BackedUp:
    """Copy each customer whole, then the ledger, which is last so that it knows every consent data was copied under."""
    packing = Packing(house.home, path, passphrase)
    try:
        _record(house, "STARTED")
        packing.put(HEAD_NAME, line(_described(house)))
        owners = packing.owners()
        for number, owner in enumerate(owners, 1):
            packing.pack(owner)
            tell(number, len(owners))
        packing.pack_rest()
        checkpoint = checkpoints_of(house).make()
        with house.ledger.reading() as tx:
            for number, (table, lines) in enumerate(dumped(tx)):
                packing.put(f"{LEDGER_NAME}/{table}/{number}", lines)
        packing.put(CHECKPOINT_NAME, line(checkpoint))
        packed = packing.finish()
    except BaseException:
        packing.abandon()
        raise
    _record(house, "DONE")
    return BackedUp(*packed, whole(checkpoint["entries_n"]), text(checkpoint["root"]))


def _described(house: House) -> dict[str, object]:
    return {"kind": "backup", "format": FORMAT, "ledger": HEAD, "made_at": isoformat_utc(house.clock.now())}


def _record(house: House, outcome: str) -> None:
    with house.ledger.transaction() as tx:
        house.audit.record(tx, Deed("house.backup", None, None, outcome, {}))
