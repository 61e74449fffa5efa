"""One malformed delivery of every source through the whole clean step: the rest goes on, and the files account for each line."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from random import Random

import pytest

import sources
from consent.grants import Use, Wanted
from consent.terms import GrantOrder
from kit.ident import customer_id
from pipeline.flow import run
from pipeline.order import Order
from pipeline.wiring import House, open_house
from tests.sources import given
from tests.sources._malformed import Planned, planned, written
from tests.support import CLOCK, installed
from warehouse.lake import Arrival

CUSTOMER = customer_id("MSME001")
LINES_N = 150


@pytest.fixture
def house(tmp_path: Path) -> House:
    installed(tmp_path / "home")
    return open_house({"BAHI_HOME": str(tmp_path / "home"), "BAHI_CLOCK": CLOCK}, "test")


def _delivered(house: House) -> dict[str, list[Planned]]:
    """Soil an answer of each source and hand it in under one consent."""
    house.consents.grant(GrantOrder(CUSTOMER, 103, sources.names()))
    scope = house.consents.open_scope(Wanted(CUSTOMER, 103, Use.FETCH, fetch_key="given"))
    plans = {}
    for name in scope.sources():
        random = Random(f"whole {name}")
        lines = given.delivered(name, given.business())[0]["ENTITY"][:LINES_N]
        plans[name] = list(planned([line[:-1] for line in lines], random, share=0.4))
        arrival = Arrival("ENTITY", "given", house.clock.now(), house.consents.recheck(scope))
        house.lake.deliver(scope, name, [written(plans[name], random)], arrival)
    return plans


def _documents(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_every_line_of_a_malformed_delivery_is_in_one_of_the_two_files(house: House) -> None:
    plans = _delivered(house)
    reports = {
        report.source: report.counts
        for report in run(house, Order(CUSTOMER, 103), lambda _: None, ("clean",))
    }
    folder = house.home.clean / CUSTOMER / "103" / "current"
    assert set(plans) == set(reports) == set(sources.names())
    for name, plan in plans.items():
        records, fates = _documents(folder / f"{name}.ndjson"), _documents(folder / f"{name}.outcomes.ndjson")
        places = Counter(one["raw"]["line"] for one in [*records, *fates])  # type: ignore[index]
        assert places == Counter(range(1, len(plan) + 1))
        held = {one["raw"]["line"]: one["reason"] for one in fates}  # type: ignore[index]
        faults = {number: line.fault for number, line in enumerate(plan, 1) if line.fault}
        assert faults and {number: held.get(number) for number in faults} == faults
        beside = {str(reason) for number, reason in held.items() if number not in faults}
        assert beside <= {"RANGE_OUT_OF_SCOPE"}, (name, beside)
        assert reports[name]["items"] == len(plan)
        assert reports[name]["quarantined"] == len(held)
