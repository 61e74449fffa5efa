"""The service keeps checkpoints in the second place: at its start, after each withdrawal, and again after a failure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.app import create_app
from api.timer import Timer
from consent.terms import GrantOrder
from kit.ident import CustomerId
from pipeline.wiring import House
from tests.api.caller import Caller

GRANT = GrantOrder(CustomerId("MSME001"), sources=("bank",))


@pytest.fixture
def second(tmp_path: Path) -> Path:
    return tmp_path / "second"


@pytest.fixture
def house(house: House, second: Path) -> House:
    return house._replace(environ={**house.environ, "BAHI_CHECKPOINTS_TO": str(second)})


@pytest.fixture
def caller(house: House) -> Iterator[Caller]:
    with Caller(create_app(house)) as signed:
        signed.sign_in(house)
        yield signed


def withdrawn(second: Path) -> list[str]:
    found = json.loads((second / "latest.json").read_text())
    return [one["consent_id"] for one in found["tombstones"]]


def test_a_turn_of_the_timer_keeps_what_is_due(house: House, second: Path) -> None:
    house.consents.grant(GRANT)
    Timer(house).turn()
    assert withdrawn(second) == []


def test_a_withdrawal_is_kept_before_it_is_answered(caller: Caller, house: House, second: Path) -> None:
    (consent,) = house.consents.grant(GRANT)
    assert caller.post(f"/api/consents/{consent.id}/revoke").status_code == 200
    assert withdrawn(second) == [consent.id]


def test_what_cannot_be_kept_undoes_nothing_and_is_logged_and_kept_later(
    caller: Caller, house: House, second: Path
) -> None:
    (consent,) = house.consents.grant(GRANT)
    second.write_text("in the way")
    assert caller.post(f"/api/consents/{consent.id}/revoke").status_code == 200
    timer = Timer(house)
    timer.turn()
    timer.turn()
    logged = [json.loads(line) for line in (house.home.logs / "bahi.ndjson").read_text().splitlines()]
    assert [one["codes"] for one in logged if one["event"] == "turn.failed"] == [["FILE_UNWRITABLE"]]
    second.unlink()
    timer.turn()
    assert withdrawn(second) == [consent.id]
