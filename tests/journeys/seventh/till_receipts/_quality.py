"""What can be wrong with receipts: one printed at a till that no export names."""

from __future__ import annotations

from collections.abc import Sequence

from kit.quality import Dimension, Rule, Tally, tally
from sources.till_receipts.records import Receipt, Till, TillRecord


def _till_known(records: Sequence[TillRecord]) -> Tally:
    known = {(one.party, one.till) for one in records if isinstance(one, Till)}
    receipts = [one for one in records if isinstance(one, Receipt)]
    return tally(receipts, lambda one: (one.party, one.till) not in known)


RULES: tuple[Rule[TillRecord], ...] = (
    Rule("till_known", Dimension.REFERENTIAL, "a receipt is of a till that an export names", _till_known),
)
