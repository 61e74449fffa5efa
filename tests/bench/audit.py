"""The audit: looks of many threads written in groups against one by one, and a verification of a million entries.

`python -m tests.bench.audit`
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.bench.measure import BAHI, Row, ratio, show, side_by_side, spend

ENTRIES_N = 1_000_000
VERIFY_SECONDS = 10
GROUPED = 0.5
LOOKS = """
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from consent.audit import Audit
from kit.period import clock_from
from warehouse.ledger import Ledger

how, place, looks_n = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
ledger = Ledger(place)
if how == "one by one":
    def alone(act):
        with ledger.transaction() as tx:
            return act(tx)
    ledger.together = alone
audit = Audit(ledger, clock_from({}), "bench")
with ThreadPoolExecutor(16) as pool:
    list(pool.map(lambda _: audit.look("look", None), range(looks_n)))
"""
FILLED = """
import sys
from pathlib import Path
from consent.audit import Audit, Deed
from kit.ident import CustomerId
from kit.period import clock_from
from warehouse.ledger import Ledger

ledger, entries_n = Ledger(Path(sys.argv[1])), int(sys.argv[2])
audit, deed = Audit(ledger, clock_from({}), "bench"), Deed("look", CustomerId("MSME001"), 103, "SHOWN", {"n": 1})
with ledger.transaction() as tx:
    for _ in range(entries_n):
        audit.record(tx, deed)
"""
LOOKS_N = 800


def rows() -> list[Row]:
    """Measure both."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        spend([BAHI, "init"], home)
        sides = [
            [sys.executable, "-c", LOOKS, how, str(home / "bahi.db"), str(LOOKS_N)]
            for how in ("grouped", "one by one")
        ]
        grouped, alone = side_by_side(lambda: spend(sides[0], home), lambda: spend(sides[1], home))
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        spend([BAHI, "init"], home)
        spend([sys.executable, "-c", FILLED, str(home / "bahi.db"), str(ENTRIES_N)], home)
        verified = spend([BAHI, "audit", "verify"], home)
    return [
        ratio(f"{LOOKS_N} looks of 16 threads, grouped / one by one", grouped, alone, GROUPED),
        Row(
            f"bahi audit verify of {ENTRIES_N:,} entries",
            f"{verified.cpu_seconds:.1f} s of the processor, {verified.peak_mb:.0f} MB",
            verified.seconds,
            VERIFY_SECONDS,
            "s",
        ),
    ]


if __name__ == "__main__":
    sys.exit(show(rows()))
