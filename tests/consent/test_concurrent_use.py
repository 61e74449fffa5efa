"""However many ask at once, a consent is used as often as its frequency says on the Indian calendar, and no oftener."""

from __future__ import annotations

import io
import json
import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from threading import Barrier

import pytest

from cli.main import main
from consent.artefact import FetchType, Quantity
from consent.grants import Use, Wanted
from consent.terms import GrantOrder, Terms
from kit.errors import BahiError
from kit.period import IST, Unit
from pipeline.wiring import open_house
from tests.consent.desk import CUSTOMER, SANDBOX_TERMS, Desk
from tests.postgres import TestServer

pytestmark = pytest.mark.usefixtures("without_fair_use")

# A quarter of the seeds in the usual run, all in the long one.
SEEDS = tuple(seed if seed < 5 else pytest.param(seed, marks=pytest.mark.full) for seed in range(20))
# Each kind of window once on each engine; the others in the long run.
PLACES = (
    *(("sqlite", seed) for seed in (0, 5, 10, 15)),
    *(("postgres", seed) for seed in range(4)),
    *(
        pytest.param("sqlite", seed, marks=pytest.mark.full)
        for seed in range(20)
        if seed not in (0, 5, 10, 15)
    ),
)
THREADS, PROCESSES = 16, 8
TICK = timedelta(microseconds=1)
# The first moment of a window in India, one of each kind on an edge that UTC does not share.
BOUNDARIES = {
    Unit.HOUR: datetime(2027, 6, 15, 13, tzinfo=IST),
    Unit.DAY: datetime(2027, 3, 1, tzinfo=IST),
    Unit.MONTH: datetime(2027, 12, 1, tzinfo=IST),
    Unit.YEAR: datetime(2028, 1, 1, tzinfo=IST),
}
LENGTHS = {
    Unit.HOUR: timedelta(hours=1),
    Unit.DAY: timedelta(days=1),
    Unit.MONTH: timedelta(days=30),
    Unit.YEAR: timedelta(days=365),
}


def terms(unit: Unit, most_n: int) -> Terms:
    """Allow so many fetches in each window of a unit, for years."""
    return replace(
        SANDBOX_TERMS[104],
        fetch_type=FetchType.PERIODIC,
        frequency=Quantity(unit, most_n),
        expiry=Quantity(Unit.YEAR, 9),
        data_life=Quantity(Unit.YEAR, 1),
    )


def moments(unit: Unit, chance: random.Random) -> tuple[datetime, datetime, datetime]:
    """Pick a moment inside a window, its last, and the first of the next."""
    end = BOUNDARIES[unit]
    begun = end - LENGTHS[unit] * chance.random()
    return begun.astimezone(UTC), (end - TICK).astimezone(UTC), end.astimezone(UTC)


def fetch(desk: Desk, key: str, barrier: Barrier | None = None) -> str:
    """Ask for the right and count the use, as every feed does; tell how it went."""
    if barrier is not None:
        barrier.wait(30)
    try:
        scope = desk.consents.open_scope(Wanted(CUSTOMER, 104, Use.FETCH, fetch_key=key))
        desk.consents.record_use(scope, "ledgers", key)
    except BahiError as refused:
        return refused.code
    return "FETCHED"


def rush(desk: Desk, wave: str, asking_n: int) -> Counter[str]:
    """Let so many threads ask at the same moment, each a question of its own."""
    barrier = Barrier(asking_n)
    with ThreadPoolExecutor(asking_n) as crowd:
        asked = [crowd.submit(_and_close, desk, f"{wave}-{n}", barrier) for n in range(asking_n)]
        return Counter(one.result() for one in asked)


def _and_close(desk: Desk, key: str, barrier: Barrier) -> str:
    try:
        return fetch(desk, key, barrier)
    finally:
        desk.ledger.close()


@pytest.mark.parametrize("unit", Unit)
@pytest.mark.parametrize("seed", SEEDS)
def test_of_one_more_than_allowed_at_once_exactly_the_allowed_number_comes_through(
    make_desk: Callable[[], Desk], seed: int, unit: Unit
) -> None:
    chance = random.Random(f"threads {seed} {unit}")
    most_n = chance.randint(1, THREADS - 1)
    begun, last, following = moments(unit, chance)
    desk = make_desk()
    desk.clock.at = begun
    desk.consents.grant(GrantOrder(CUSTOMER, 104, ("ledgers",), terms=terms(unit, most_n)))
    for wave, at in (("first", begun), ("next", following)):
        desk.clock.at = at
        assert rush(desk, wave, most_n + 1) == {"FETCHED": most_n, "CONSENT_OVERUSED": 1}, (seed, unit, wave)
        if wave == "first":
            desk.clock.at = last
            assert fetch(desk, "late") == "CONSENT_OVERUSED"
            assert fetch(desk, chance.choice(_counted(desk))) == "FETCHED", "a counted key is no further use"
    assert len(_counted(desk)) == 2 * most_n


def _counted(desk: Desk) -> list[str]:
    return [str(row["fetch_key"]) for row in desk.rows("consent_use")]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_crowd_spends_a_one_time_consent_once(make_desk: Callable[[], Desk], seed: int) -> None:
    desk = make_desk()
    once = replace(terms(Unit.MONTH, THREADS), fetch_type=FetchType.ONETIME)
    desk.consents.grant(GrantOrder(CUSTOMER, 104, ("ledgers",), terms=once))
    assert rush(desk, f"seed {seed}", THREADS) == {"FETCHED": 1, "CONSENT_OVERUSED": THREADS - 1}


_GATES: list[Barrier] = []


def _generate(named: dict[str, str], seed: int) -> tuple[int, str]:
    """Do what one call of the command line does, in a process that is already warm; a newcomer has little to tell."""
    os.environ.pop("BAHI_DATABASE_URL", None)
    os.environ |= named
    out = io.BytesIO()
    shown = io.TextIOWrapper(out)
    words = ["generate", "--customer-id", CUSTOMER, "--purpose", "104", "--seed", str(seed), "--json"]
    _GATES[0].wait(60)
    with redirect_stdout(shown), redirect_stderr(io.StringIO()):
        code = main([*words, "--months", "1", "--bank-rows", "5", "--persona", "thin_newcomer"])
    told = json.loads(out.getvalue())
    return code, told["error"]["code"] if told.get("error") else "FETCHED"


@pytest.fixture(scope="module")
def processes() -> Iterator[ProcessPoolExecutor]:
    """Processes that take one task each at a time, all beginning together."""
    context = get_context("fork")
    barrier = context.Barrier(PROCESSES)
    with ProcessPoolExecutor(PROCESSES, context, _GATES.append, (barrier,)) as pool:
        yield pool


@pytest.fixture
def place(request: pytest.FixtureRequest, template: Path, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of an installation of its own, its ledger on the engine asked for."""
    named = {"BAHI_HOME": str(tmp_path)}
    if request.param == "sqlite":
        (tmp_path / "bahi.db").write_bytes(template.read_bytes())
        yield named
        return
    server: TestServer = request.getfixturevalue("postgres_server")
    database = server.make_database(request.getfixturevalue("template_database"))
    yield named | {"BAHI_DATABASE_URL": server.url(database)}
    server.drop_database(database)


@pytest.mark.parametrize(("place", "seed"), PLACES, indirect=["place"])
def test_of_separate_processes_that_generate_at_once_exactly_the_allowed_number_is_answered(
    processes: ProcessPoolExecutor, place: dict[str, str], seed: int
) -> None:
    chance = random.Random(f"processes {seed}")
    unit, most_n = list(Unit)[seed % 4], PROCESSES - 1 if seed < 4 else chance.randint(1, PROCESSES - 1)
    begun, last, following = moments(unit, chance)
    house = open_house(place | {"BAHI_CLOCK": begun.isoformat()}, "test")
    house.consents.grant(GrantOrder(CUSTOMER, 104, ("bank",), terms=terms(unit, most_n)))
    house.ledger.close()
    seeds = iter(range(3 * PROCESSES))
    for at, answered_n in ((begun, most_n), (last, 0), (following, most_n)):
        named = place | {"BAHI_CLOCK": at.isoformat()}
        asked = [processes.submit(_generate, named, next(seeds)) for _ in range(PROCESSES)]
        told = Counter(one.result() for one in asked)
        refused = {(2, "CONSENT_OVERUSED"): PROCESSES - answered_n}
        assert told == Counter({(0, "FETCHED"): answered_n}) + Counter(refused), (seed, unit, at)
    assert len(list((house.home.raw / CUSTOMER / "bank").glob("*.ndjson"))) == 2 * most_n
