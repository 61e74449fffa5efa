"""Whoever looks at rows of a customer leaves an entry; without the entry there is no answer."""

from __future__ import annotations

import pytest

from pipeline.wiring import House
from tests.api.caller import Caller, problem

LISTS = {
    "customer.list": "/api/customers",
    "consent.list": "/api/customers/MSME001/consents",
    "run.list": "/api/customers/MSME001/runs",
}


@pytest.mark.parametrize("action", LISTS)
def test_each_list_leaves_one_entry(caller: Caller, house: House, action: str) -> None:
    before = len(house.audit.entries())
    assert caller.get(LISTS[action]).status_code == 200
    entries = house.audit.entries()
    assert [entry.action for entry in entries[: len(entries) - before]] == [action]


@pytest.mark.parametrize("action", LISTS)
def test_without_the_entry_nothing_is_listed(caller: Caller, house: House, action: str) -> None:
    with house.ledger.transaction() as tx:
        tx.execute("CREATE TRIGGER lost BEFORE INSERT ON audit BEGIN SELECT RAISE(IGNORE); END")
    refused = caller.get(LISTS[action])
    assert refused.status_code == 503
    assert problem(refused)["code"] == "AUDIT_UNAVAILABLE"
