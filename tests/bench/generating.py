"""The synthetic provider: one customer with every source, many lines of one bank, and the thousandth customer beside the first.

`python -m tests.bench.generating`; with `lines 1000000` a bank of that many lines, with `customers 1000` as many customers
on the processes an installation works with.
"""

from __future__ import annotations

import sys
import tempfile
from itertools import count
from pathlib import Path

import sources
from tests.bench.measure import BAHI, ROUNDS, Row, Side, ratio, show, side_by_side, spend

EVERY = ",".join(sources.names())
DEFAULT_SECONDS = 0.8
LINES_N = 200_000
# 25,000 lines a second.
MS_A_THOUSAND = 40
PEAK_MB = 300
CUSTOMERS_N = 1_000
CROWD = 1.25
# Fills a house: each customer consents, and, where asked, is answered with lines of one business made only once.
FILLED = """
import os, sys
from functools import cache
from consent.terms import GrantOrder
from kit.ident import customer_id
from pipeline.feeds.provider import Provider
from pipeline.flow import run
from pipeline.order import Order
from pipeline.wiring import open_house

# Nobody misses a crowd that a failing machine loses.
os.fsync = os.fdatasync = lambda _: None
house = open_house(os.environ, "bench")
names, is_answered = sys.argv[2].split(","), sys.argv[3] == "answered"
one = cache(Provider._made)
first = []
def made(self, last):
    first.append(self)
    return one(first[0], last)
Provider._made = made
for number in range(1, int(sys.argv[1])):
    customer = customer_id(f"CROWD-{number}")
    house.consents.grant(GrantOrder(customer, 103, tuple(names)))
    if is_answered:
        run(house, Order(customer, 103, months=1), lambda _: None, ("generate",))
"""


def rows() -> list[Row]:
    """Measure one customer, many lines and a crowd."""
    with tempfile.TemporaryDirectory() as folder:
        alone, crowd = Path(folder) / "alone", Path(folder) / "crowd"
        _house(alone, 1, "answered")
        _house(crowd, CUSTOMERS_N, "answered")
        first, last = side_by_side(_asked_in_turn(alone), _asked_in_turn(crowd))
    cost = f"{first.cpu_seconds:.2f} s of the processor, {first.peak_mb:.0f} MB"
    return [
        Row(
            f"generate of {len(sources.names())} sources of a customer",
            cost,
            first.seconds,
            DEFAULT_SECONDS,
            "s",
        ),
        ratio(f"generate of customer {CUSTOMERS_N:,} / of customer 1", last, first, CROWD),
        *lines_rows(LINES_N),
    ]


def lines_rows(lines_n: int) -> list[Row]:
    """Measure a bank of many lines, once: its speed and its memory."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        _house(home, 1, "asked", "bank")
        told = [BAHI, "generate", "--customer-id", "BENCH-1", "--bank-rows", str(lines_n), "--quiet"]
        spent = spend(told, home)
    each_ms = spent.seconds * 1_000_000 / lines_n
    name = f"generate of {lines_n:,} bank lines"
    speed = f"{lines_n / spent.seconds:,.0f} lines a second"
    return [
        Row(f"{name}, a thousand", speed, each_ms, MS_A_THOUSAND, "ms"),
        Row(f"peak memory of a {name}", "resident set", spent.peak_mb, PEAK_MB, "MB"),
    ]


def customers_rows(customers_n: int) -> list[Row]:
    """Measure many customers, each with every source, on the processes an installation works with."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        _house(home, customers_n + 1, "asked")
        listed = home / "customers.txt"
        listed.write_text("".join(f"CROWD-{number}\n" for number in range(1, customers_n + 1)))
        spent = spend([BAHI, "generate", "--customers", str(listed), "--quiet"], home)
    each = f"{spent.seconds / customers_n:.2f} s each"
    return [Row(f"generate of {customers_n:,} customers", each, spent.seconds, None, "s")]


def _house(home: Path, customers_n: int, how: str, names: str = EVERY) -> None:
    """Make a house with customers who have consented and not been asked, after all others."""
    home.mkdir(exist_ok=True)
    spend([BAHI, "init"], home)
    held = "bank" if how == "answered" else names
    spend([sys.executable, "-c", FILLED, str(customers_n), held, how], home)
    for number in range(1, ROUNDS + 2):
        spend([BAHI, "consent", "grant", "--customer-id", f"BENCH-{number}", "--sources", names], home)


def _asked_in_turn(home: Path) -> Side:
    """Ask for another customer at each turn; both houses hold the same ones."""
    turn = count(1)
    return lambda: spend([BAHI, "generate", "--customer-id", f"BENCH-{next(turn)}", "--quiet"], home)


if __name__ == "__main__":
    asked = {"lines": lines_rows, "customers": customers_rows}
    words = sys.argv[1:]
    sys.exit(show(asked[words[0]](int(words[1])) if words else rows()))
