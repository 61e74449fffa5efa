"""No identifier of the synthetic world could be anybody's: 10,000 customers' in the long run, and all bytes of twenty.

Not looked at as Aadhaar numbers are runs of 12 digits that are the standard's own name of a UPI or IMPS payment, told by
their shape of year, day, hour and serial number: one in ten of these passes Aadhaar's check, as it does at every bank.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from itertools import islice

import pytest

import sources
from generators import personas
from generators.covers import covers_of
from generators.drawing import ALL_KINDS, Span, drawn_constitution, drawn_firm, drawn_holdings, framed, payers
from generators.duties import duties_of
from generators.frame import Frame
from generators.funds import funds_of
from generators.loans import loans_of
from generators.orders import orders_of
from generators.papers import Book
from generators.sundries import sundries_of
from kit.chance import Stream
from tests.sources import given, shared
from tests.sources._identities.unreal import SHAPES, passes_verhoeff, somebodys
from tests.sources.shared import Customer

NOISES = ("off", "light", "heavy")
BLOCKS, BLOCK_N, USUAL_N, WHOLE_N = 20, 500, 100, 20
BOOKS: Mapping[str, Callable[[Frame, Stream], Book]] = {
    "loans": loans_of,
    "sundries": sundries_of,
    "duties": duties_of,
}
Record = Callable[[str, object], None]


def _framed(customer: Customer, stream: Stream) -> Frame:
    """Draw who a customer is without living a day of it."""
    world, chance = given.world(), stream.branch("firm")
    trade, sector = world.figures["trade"], shared.sector_of(customer)
    constitution = drawn_constitution(trade, chance.branch("constitution"))
    holdings = drawn_holdings(trade, chance.branch("holdings"), sector) if customer.persona else ALL_KINDS
    firm = drawn_firm(trade, chance.branch("traits"), sector, constitution, holdings)
    return framed(world.figures, stream, customer.name, firm, Span(given.AS_OF, date(2027, 3, 31)))


def _identifiers(customer: Customer) -> Iterator[str]:
    """Everything a party, an account, a counterparty, a registration, a policy and a folio is known by."""
    stream = Stream(shared.SEED, customer.name).branch("world")
    frame = _framed(customer, stream)
    covers = covers_of(frame, stream.branch("covers"))
    funds = funds_of(frame, stream.branch("funds"))
    books: list[Book] = [covers, funds, *(plan(frame, stream.branch(name)) for name, plan in BOOKS.items())]
    people = [one for group in frame.people.values() for one in group] + list(payers(stream.branch("payers")))
    for known in [*people, *(one for book in books for one in book.people)]:
        yield from (known.name, known.upi, known.ifsc, known.gstin)
    for party in frame.parties:
        yield from (party.pan, party.mobile, party.email, party.address)
    for account in frame.accounts:
        yield from (account.id, account.number, account.ifsc, f'"micrCode":"{account.micr}"')
    if frame.registration is not None:
        yield frame.registration.gstin
    yield from (policy.number for policy in covers.policies)
    for folio in funds.folios:
        yield folio.number
        yield from (held.scheme.isin for held in folio.holdings)
        yield from (f'"amfiCode":"{held.scheme.amfi_code}"' for held in folio.holdings)


def _looked(customers: Iterable[Customer], record: Record) -> None:
    """Look at the identifiers of customers, and at how often two of them were given the same PAN."""
    counted: Counter[str] = Counter()
    found = [
        f"{customer.name}: {said}"
        for customer in customers
        for said in somebodys("\n".join(_identifiers(customer)), counted)
    ]
    record("identifiers", dict(sorted(counted.items())))
    assert not found, found[:20]
    assert (
        counted["mobile"]
        == counted["CIN"]
        == 0
        < min(counted[name] for name in ("PAN", "GSTIN", "IFSC", "ISIN"))
    )


def test_no_identifier_of_customers_could_be_anybodys(record_property: Record) -> None:
    _looked(islice(shared.customers(), USUAL_N), record_property)


@pytest.mark.full
@pytest.mark.parametrize("block", range(BLOCKS))
def test_no_identifier_of_ten_thousand_customers_could_be_anybodys(
    block: int, record_property: Record
) -> None:
    _looked(islice(shared.customers(), block * BLOCK_N, (block + 1) * BLOCK_N), record_property)


def _read(customer: Customer, noise: str) -> tuple[list[str], Counter[str]]:
    counted: Counter[str] = Counter()
    found = [
        f"{customer.name} {name} {noise}: {said}"
        for name in sources.names()
        for sent in shared.lines(customer, name, noise).values()
        for said in somebodys(b"".join(sent).decode(), counted, is_clean=noise == "off")
    ]
    return found, counted


@pytest.mark.parametrize(("number", "noise"), [(0, "heavy"), *((1, noise) for noise in NOISES)])
def test_no_byte_of_a_customer_could_be_anybodys(number: int, noise: str) -> None:
    found, counted = _read(shared.mixed(50)[number], noise)
    assert not found and counted["PAN"] and counted["IFSC"]


@pytest.mark.full
@pytest.mark.parametrize("noise", NOISES)
def test_no_byte_of_twenty_customers_could_be_anybodys(noise: str, record_property: Record) -> None:
    total: Counter[str] = Counter()
    for customer in islice(shared.customers(), WHOLE_N):
        found, counted = _read(customer, noise)
        total += counted
        assert not found, found[:20]
    record_property(f"identifiers in bytes, noise {noise}", dict(sorted(total.items())))


@pytest.mark.full
@pytest.mark.parametrize("persona", personas.names())
def test_no_byte_of_a_persona_could_be_anybodys(persona: str) -> None:
    found, _ = _read(Customer("PLANTED-1", persona), "off")
    assert not found, found[:20]


def test_who_pays_out_for_the_network_has_an_address_of_nobody() -> None:
    stream = Stream(shared.SEED, "WORLD-0002").branch("world")
    book = orders_of(_framed(Customer("WORLD-0002", None), stream), stream.branch("orders"))
    text = "\n".join(f"{one.upi} {one.ifsc} {one.gstin}" for one in book.people)
    counted: Counter[str] = Counter()
    assert not list(somebodys(text, counted)) and counted["GSTIN"] and counted["IFSC"]


# None of these belongs to anybody either, and none is written whole: they only lack what makes ours unreal.
REAL_LOOKING = {
    "PAN": "ZZZPZ" + "1234Z",
    "GSTIN": "27ZZZPZ" + "1234Z1Z5",
    "mobile": "+91" + "9" * 10,
    "address": "somebody@elsewhere.test",
    "IFSC": "ZZZZ0123456",
    "Udyam": "UDYAM-MH-26-0000000",
    "ISIN": "INF000Z01016",
    "CIN": "U00000ZZ2000ZZZ000000",
    "Aadhaar": "999941057058",
    "MICR": '"micrCode":"400999002"',
    "AMFI": '"amfiCode":"100001"',
}


@pytest.mark.parametrize("name", SHAPES)
def test_what_could_be_somebodys_is_noticed(name: str) -> None:
    found = {said.split()[0] for said in somebodys(f"of {REAL_LOOKING[name]} told", Counter())}
    assert name in found


def test_one_number_in_ten_passes_the_check_of_aadhaar() -> None:
    passed = [digits for digits in range(10) if passes_verhoeff(f"23456789012{digits}")]
    assert len(passed) == 1 and passes_verhoeff("2363")
