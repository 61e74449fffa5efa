"""Nothing outside a grant becomes a record: not another type, not another day, not a line the filters left out."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from consent.grants import Use, Wanted
from consent.terms import GrantOrder, terms_on
from kit.ident import customer_id
from kit.scope import DataFilter
from pipeline.flow import run
from pipeline.order import Order
from pipeline.wiring import House, open_house
from tests.support import CLOCK, installed
from warehouse.lake import Arrival

CUSTOMER = customer_id("MSME001")
ENVELOPE = {
    "kind": "envelope", "ver": "2.0.0", "fiType": "DEPOSIT", "fipID": "BAHI-FIP", "sentAt": "2026-10-31T00:00:00+05:30",
    "accounts": [{"linkRefNumber": "L1", "maskedAccNumber": "XX1", "type": "deposit", "version": "2.0.0",
                  "Transactions": {"startDate": "2026-10-01", "endDate": "2026-10-30"}}],
}  # fmt: skip


def movement(number: int, side: str, amount: str, day: str = "2026-10-10") -> dict[str, object]:
    return {
        "kind": "transaction", "linkRefNumber": "L1", "type": side, "mode": "UPI", "amount": amount,
        "transactionalBalance": "500.00", "transactionTimestamp": f"{day}T10:00:0{number}+05:30", "valueDate": day,
        "txnId": f"T{number}", "narration": "UPI/CR/1/A/BAHI/a@bahi/X", "reference": f"R{number}",
    }  # fmt: skip


@pytest.fixture
def house(tmp_path: Path) -> House:
    installed(tmp_path / "home")
    return open_house({"BAHI_HOME": str(tmp_path / "home"), "BAHI_CLOCK": CLOCK}, "test")


def documents(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def held_back(house: House, order: GrantOrder, lines: list[dict[str, object]]) -> tuple[list[str], list[str]]:
    """Deliver lines under a consent, clean, and give the kinds that became records and the reasons of the rest."""
    house.consents.grant(order)
    scope = house.consents.open_scope(Wanted(CUSTOMER, 103, Use.FETCH, fetch_key="given"))
    arrival = Arrival("ENTITY", "given", house.clock.now(), house.consents.recheck(scope))
    house.lake.deliver(scope, "bank", (json.dumps(line).encode() + b"\n" for line in lines), arrival)
    run(house, Order(CUSTOMER, 103), lambda _: None, ("clean",))
    folder = house.home.clean / CUSTOMER / "103" / "current"
    kinds = sorted(str(record["kind"]) for record in documents(folder / "bank.ndjson"))
    return kinds, sorted(str(fate["reason"]) for fate in documents(folder / "bank.outcomes.ndjson"))


def test_a_record_type_the_consent_does_not_name_is_held_back(house: House) -> None:
    asked = terms_on(house.config.consent, date(2026, 11, 1))[103]
    order = GrantOrder(CUSTOMER, 103, ("bank",), terms=replace(asked, consent_types=("TRANSACTIONS",)))
    kinds, reasons = held_back(house, order, [ENVELOPE, movement(1, "CREDIT", "5.00")])
    assert (kinds, reasons) == (["transaction"], ["FI_TYPE_OUT_OF_SCOPE"])


def test_a_day_outside_the_range_is_held_back(house: House) -> None:
    order = GrantOrder(CUSTOMER, 103, ("bank",), first=date(2026, 10, 1), last=date(2026, 10, 31))
    lines = [ENVELOPE, movement(1, "CREDIT", "5.00"), movement(2, "CREDIT", "5.00", day="2026-09-30")]
    assert held_back(house, order, lines) == (["statement", "transaction"], ["RANGE_OUT_OF_SCOPE"])


@pytest.mark.parametrize(
    "rule", [DataFilter("TRANSACTIONTYPE", "=", "CREDIT"), DataFilter("TRANSACTIONAMOUNT", ">", "100")]
)
def test_a_line_the_filters_leave_out_is_held_back(house: House, rule: DataFilter) -> None:
    order = GrantOrder(CUSTOMER, 103, ("bank",), filters=(rule,))
    lines = [ENVELOPE, movement(1, "CREDIT", "100.01"), movement(2, "DEBIT", "100.00")]
    assert held_back(house, order, lines) == (["statement", "transaction"], ["FILTER_OUT_OF_SCOPE"])
