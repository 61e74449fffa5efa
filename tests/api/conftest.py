"""One installation, one application and two callers per test: one signed in, one not."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.app import create_app
from pipeline.wiring import House, open_house
from tests.api.caller import Caller
from warehouse.home import home_from
from warehouse.migrate import upgrade

CLOCK = "2026-11-01T10:00:00+05:30"


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """An environment that names a home of its own, a clock that stands still, and short answers of providers."""
    named = {"BAHI_HOME": str(tmp_path / "home"), "BAHI_CLOCK": CLOCK, "BAHI_MONTHS": "2"}
    return {name: value for name, value in os.environ.items() if not name.startswith("BAHI_")} | named


@pytest.fixture(scope="session")
def empty_ledger(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A ledger just made, as bytes, so that it is migrated once and not for each test."""
    path = tmp_path_factory.mktemp("ledger") / "bahi.db"
    upgrade(path)
    return path.read_bytes()


@pytest.fixture
def house(environ: dict[str, str], tmp_path: Path, empty_ledger: bytes) -> House:
    """An installation with an empty ledger."""
    home = home_from(environ, tmp_path)
    home.root.mkdir()
    home.ledger_path.write_bytes(empty_ledger)
    return open_house(environ, "service")


@pytest.fixture
def stranger(house: House) -> Iterator[Caller]:
    """A caller without a session."""
    with Caller(create_app(house)) as caller:
        yield caller


@pytest.fixture
def caller(house: House) -> Iterator[Caller]:
    """A caller who opened the sign-in link."""
    with Caller(create_app(house)) as signed:
        signed.sign_in(house)
        yield signed
