"""Six sources tell one life: reckoned from their raw lines alone, by people who know nothing of the generators.

0 violations over 500 customers without noise in the long run, over 50 of every line of business in the usual one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from functools import lru_cache
from itertools import islice

import orjson
import pytest

import sources
from generators import personas
from kit.chance import Stream
from kit.scope import DateRange
from tests.sources import given, shared
from tests.sources._identities.every import IDENTITIES, OF_A_LONG_MEMORY, violations
from tests.sources._identities.faults import PLANTED, altered
from tests.sources._identities.money import is_quarterly
from tests.sources._identities.told import Answers, Violation, day_of, read
from tests.sources.shared import Customer

BLOCK_N, USUAL_N, LONG_N = 50, 50, 500
USUAL_BLOCKS = 5
NAMES = sources.names()
Record = Callable[[str, object], None]


@lru_cache(maxsize=6)  # Faults are planted in the first few.
def _answers(customer: Customer, names: Iterable[str] = NAMES, months: int = shared.MONTHS) -> Answers:
    return read(customer.name, {name: shared.lines(customer, name, months=months) for name in names})


@lru_cache(maxsize=2)
def _long(customer: Customer) -> Answers:
    """The bank and the returns of a customer since the first day of the world."""
    of = shared.business(customer, months=shared.ALL_MONTHS)
    return read(customer.name, {name: shared.answered(customer, name, of=of) for name in ("bank", "gst")})


def _usual() -> Iterator[tuple[Customer, int]]:
    """The customers of the usual run: one in five is told of as long as by default, the others for less."""
    for place, customer in enumerate(shared.mixed(USUAL_N)):
        yield customer, shared.FEW_MONTHS if place // USUAL_BLOCKS % 5 else shared.MONTHS


def _broken(customer: Customer, months: int = shared.MONTHS) -> Iterator[Violation]:
    answers = _answers(customer, months=months)
    yield from violations(answers)
    if is_quarterly(answers):
        yield from violations(_long(customer), OF_A_LONG_MEMORY)


def _held(customers: Iterable[tuple[Customer, int]], record: Record) -> None:
    asked = tuple(customers)
    found = [violation for customer, months in asked for violation in _broken(customer, months)]
    record("customers without a violation", len(asked) - len({one.customer for one in found}))
    assert asked and not found, "\n".join(map(str, found[:20]))


@pytest.mark.parametrize("block", range(USUAL_BLOCKS))
def test_the_sources_of_a_customer_tell_one_life(block: int, record_property: Record) -> None:
    _held(islice(_usual(), block, None, USUAL_BLOCKS), record_property)


@pytest.mark.full
@pytest.mark.parametrize("block", range(LONG_N // BLOCK_N))
def test_the_sources_of_many_customers_tell_one_life(block: int, record_property: Record) -> None:
    customers = islice(shared.customers(), block * BLOCK_N, (block + 1) * BLOCK_N)
    _held(((customer, shared.MONTHS) for customer in customers), record_property)


@pytest.mark.full
@pytest.mark.parametrize("persona", personas.names())
def test_the_sources_of_a_persona_tell_one_life(persona: str) -> None:
    assert not list(_broken(Customer("PLANTED-1", persona)))


def test_the_usual_customers_are_of_every_kind() -> None:
    seen: Counter[str] = Counter()
    lines_of: set[str] = set()
    for customer, months in _usual():
        lines_of.add(shared.sector_of(customer).id)
        bank, gst = (shared.lines(customer, name, months=months)["ENTITY"] for name in ("bank", "gst"))
        (account, *_) = orjson.loads(bank[0])["accounts"]
        registered = orjson.loads(gst[0])
        quarterly = any(b'"frq":"Q"' in line for line in gst)
        pan = account["Profile"]["Holders"]["Holder"][0]["pan"]
        seen.update((account["Summary"]["facility"], pan[3], registered["dty"], f"quarterly {quarterly}"))
        seen[f"seller {shared.sector_of(customer).id == 'ONDC_SELLER'}"] += 1
    expected = "CASH_CREDIT OVERDRAFT NO_FACILITY_GRANTED P F C Composition Regular"
    expected_ones = {*expected.split(), "", "quarterly True", "quarterly False", "seller True"}
    assert expected_ones <= set(seen), expected_ones - set(seen)
    assert lines_of == shared.drawn_sectors()


def _narrowed(customer: Customer) -> Iterator[str]:
    """Ask each source for two random windows, and tell of lines that are not exactly those of the whole answer.

    The second reaches to the last day, on which what has no day of its own has to stand as in the whole answer.
    """
    of, whole = shared.business(customer), _answers(customer)
    span = (of.as_of - of.first).days
    for name in NAMES:
        for number in range(2):
            chance = Stream(shared.SEED, customer.name, name, number)
            first = of.first + timedelta(days=chance.randrange(span))
            ends = of.as_of if number else min(of.as_of, first + timedelta(days=chance.randrange(span)))
            days = DateRange(first, ends)
            asked = {party: pull._replace(range=days) for party, pull in given.pulls(of).items()}
            part = read(customer.name, {name: shared.answered(customer, name, asked=asked)})
            dated = [line.body for line in part.lines if day_of(line) is not None]
            inside = ((line, day_of(line)) for line in whole.of(name))
            expected = [line.body for line, day in inside if day is not None and days.holds(day)]
            if dated != expected:
                yield f"{customer.name} {name} {days}: {len(dated)} lines, {len(expected)} in the whole answer"
            standing = [
                line for line in part.lines if day_of(line) is None and line.body["kind"] != "envelope"
            ]
            known = [line.body for line in whole.of(name) if day_of(line) is None]
            if number and any(line.body not in known for line in standing):
                yield f"{customer.name} {name} {days}: something stands otherwise than in the whole answer"


@pytest.mark.parametrize("number", range(4))
def test_a_smaller_question_gets_the_same_lines(number: int) -> None:
    assert not list(_narrowed(shared.mixed(USUAL_N)[number]))


@pytest.mark.full
@pytest.mark.parametrize("block", range(5))
def test_smaller_questions_get_the_same_lines(block: int) -> None:
    asked = islice(shared.customers(), block * 20, block * 20 + 20)
    assert not [said for customer in asked for said in _narrowed(customer)]


def _noticed(identity: str) -> set[str]:
    """Plant a fault in the first customer who can bear it, and tell which identities complain.

    A month's payment of GST may belong to a return that is not filed yet, and is then nobody's to miss.
    """
    planted, is_long = PLANTED[identity], identity in OF_A_LONG_MEMORY
    names = NAMES if planted.source == "ondc" else tuple(name for name in NAMES if name != "ondc")
    asked = OF_A_LONG_MEMORY if is_long else IDENTITIES
    for customer in shared.mixed(USUAL_N):
        answers = _answers(customer, names)
        if planted.is_of_returns and is_quarterly(answers) is not is_long:
            continue
        bent = altered(_long(customer) if is_long else answers, planted)
        if bent is not None:
            return {one.identity for one in violations(bent, asked)}
    return set()


@pytest.mark.parametrize("identity", [*IDENTITIES, *OF_A_LONG_MEMORY])
def test_each_identity_alone_notices_what_breaks_it(identity: str) -> None:
    assert _noticed(identity) == {identity}
