"""What the registrar booked and what the bank moved are one story, told by one document; on lived businesses."""

from __future__ import annotations

from datetime import timedelta

import orjson
import pytest

import sources
from generators.mess import mess_of
from generators.trade import Purpose, Rail
from generators.world import Business, Look
from kit.chance import Stream
from kit.facets import Direction
from kit.source import Document
from tests.sources import given
from tests.sources.mutual_funds.lived import of_kind, scaled

every_seed = pytest.mark.parametrize("seed", range(1, 7))
FUND_PURPOSES = (Purpose.INVESTMENT, Purpose.REDEMPTION)


def _business(seed: int) -> Business:
    return given.world().business(Stream(seed, "FUNDS", "world"), "FUNDS", Look(given.AS_OF))


def _told(of: Business) -> list[Document]:
    parcels = sources.source("mutual_funds").generate(of, given.pulls(of), Stream(1), mess_of("off"))
    return [orjson.loads(line) for parcel in parcels for line in parcel.lines]


@every_seed
def test_every_purchase_and_redemption_is_one_bank_line_of_the_owner(seed: int) -> None:
    of = _business(seed)
    assert of.funds.folios
    booked = {str(one["txnId"]): one for one in of_kind("transaction", _told(of))}
    moved = {one.document: one for one in of.events(of.first, of.as_of) if one.purpose in FUND_PURPOSES}
    with_money = {name: one for name, one in booked.items() if not name.startswith("SWITCH")}
    assert with_money
    for name, one in with_money.items():
        if name not in moved:
            assert one["type"] == "SELL" and str(one["executionDate"]) > str(of.as_of - timedelta(days=7))
            continue
        line = moved.pop(name)
        assert line.amount_paise == scaled(one["amount"], 2) and line.account == of.frame.purse
        assert (line.direction is Direction.OUT) == (one["type"] == "BUY")
        assert str(one["executionDate"]) == str(line.at.date()) or one["type"] == "SELL"
        assert line.rail is (Rail.NACH if name.startswith("SIP") else Rail.NEFT)
        assert of.counterparties[line.counterparty].name == one["amc"]
    for line in moved.values():
        assert line.purpose is Purpose.REDEMPTION and line.at.date() < of.first + timedelta(days=7)


@every_seed
def test_a_returned_instalment_is_no_transaction_and_no_debit(seed: int) -> None:
    of = _business(seed)
    booked = {one["txnId"] for one in of_kind("transaction", _told(of))}
    returned = {
        name
        for name, fate in of.passed.items()
        if name.startswith("SIP-") and fate.returned_on and not fate.paid_on
    }
    paid = {one.document for one in of.events(of.first, of.as_of) if one.purpose is Purpose.INVESTMENT}
    due = {one.document for one in of.funds.dues if of.first <= one.day <= of.as_of and one.paise < 0}
    assert not returned & booked and not returned & paid
    assert paid == due - {name for name, fate in of.passed.items() if fate.paid_on is None}
