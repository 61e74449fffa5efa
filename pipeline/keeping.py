"""What a house keeps for the day it is lost: the checkpoint in the second place, the last backup, no half restoration."""

from __future__ import annotations

from consent.chain import required
from consent.checkpoint import entries_in, heads_kept, opened
from consent.keys import public_keys
from kit.errors import CallerError
from kit.period import ist_day, parse_moment
from pipeline.second_place import ENTRIES_BETWEEN, LATEST, VARIABLE, folder_of
from pipeline.wiring import House
from warehouse.named_files import content_of
from warehouse.staging import left_over

_HINT = f"Make the folder of {VARIABLE} readable, then run: bahi audit verify"


def confirmed(house: House) -> str:
    """Verify the audit against every head the house signed itself."""
    with house.ledger.reading() as tx:
        heads = heads_kept(tx, public_keys(tx))
    chain = required(house.audit.verify_chain(heads))
    return f"the audit chain holds, {chain.confirmed_n:,} of {chain.entries_n:,} entries confirmed by signed heads"


def elsewhere(house: House) -> str:
    """Compare the audit with the checkpoint in the second place, and see that it is not far behind."""
    folder = folder_of(house)
    if folder is None:
        return f"no second place for checkpoints is named ({VARIABLE})"
    with house.ledger.reading() as tx:
        keys, entries_n = public_keys(tx), entries_in(tx)
    found = opened(content_of(f"{folder}/{LATEST}", _HINT), keys)
    required(house.audit.verify_chain(found.heads))
    if entries_n - found.head.leaves_n > 2 * ENTRIES_BETWEEN:
        raise CallerError(
            "CHECKPOINT_OLDER",
            f"The second place has a checkpoint of {found.head.leaves_n:,} of {entries_n:,} audit entries.",
            hint=f"Make the folder of {VARIABLE} writable, then run: bahi audit list",
        )
    return f"the second place confirms {found.head.leaves_n:,} of {entries_n:,} audit entries"


def last_backup(house: House) -> str:
    """Tell when the last backup was made."""
    with house.ledger.reading() as tx:
        row = tx.one(
            "SELECT at FROM audit WHERE action = 'house.backup' AND outcome = 'DONE' ORDER BY seq DESC LIMIT 1"
        )
    if row is None:
        return "no backup was made yet"
    return f"the last backup was made on {ist_day(parse_moment(str(row['at']))).isoformat()}"


def no_half_restoration(house: House) -> str:
    """Find what an interrupted restoration left: nobody reads it here, but it holds what a backup held."""
    left = left_over(house.home)
    if left:
        raise CallerError(
            "RESTORATION_LEFT",
            f"An interrupted restoration left {len(left)} places in BAHI_HOME.",
            hint=f"Remove {', '.join(left[:3])} from BAHI_HOME.",
        )
    return "no restoration is left half done"
