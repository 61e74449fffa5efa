"""Rotating a secret of the house, written down before it begins and when it is done."""

from __future__ import annotations

from consent.audit import Audit, Deed
from consent.keys import Keys, Rotated, Which
from kit.errors import BahiError
from warehouse.ledger import Ledger

ACTION = "secrets.rotate"


def rotate(ledger: Ledger, audit: Audit, keys: Keys, which: Which) -> Rotated:
    """Replace one secret; killed on the way, the audit tells that it was begun and either secret works."""
    _record(ledger, audit, which, "BEGUN")
    try:
        with ledger.transaction() as tx:
            rotated = keys.rotate(tx, which)
            audit.record(tx, Deed(ACTION, None, None, "DONE", rotated._asdict()))
    except BahiError as error:
        _record(ledger, audit, which, error.code)
        raise
    return rotated


def _record(ledger: Ledger, audit: Audit, which: Which, outcome: str) -> None:
    with ledger.transaction() as tx:
        audit.record(tx, Deed(ACTION, None, None, outcome, {"which": which}))
