"""The same id and seed tell the same bytes of every source, whatever the order, the process and its surroundings."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice, product

import orjson
import pytest

import sources
from kit.chance import Stream
from tests.sources import given, shared
from tests.sources.shared import Customer

NOISES = ("off", "light", "heavy")
NAMES = sources.names()
PROBE = "import sys; from tests.sources import shared; shared.tell_digests(sys.argv[1])"
PLAIN, HINDI = ("C", "hi_IN.UTF-8")
# Hash seed, zone, locale: each value of each once.
FEW = (("0", "UTC", PLAIN), ("1", "America/St_Johns", HINDI), ("random", "Asia/Kolkata", PLAIN))
ALL = tuple(product(("0", "1", "random"), ("UTC", "America/St_Johns", "Asia/Kolkata"), (PLAIN, HINDI)))
Answer = tuple[str, str | None, str, str]


def _asked(customers: Iterable[Customer], noises: Sequence[str]) -> list[Answer]:
    return [(*customer, name, noise) for customer in customers for name in NAMES for noise in noises]


def _shuffled(asked: Sequence[Answer], number: int) -> list[Answer]:
    other = list(asked)
    Stream("ORDER", number).shuffle(other)
    assert len(other) < 3 or other != list(asked)
    return other


def _elsewhere(asked: Sequence[Answer], place: tuple[str, str, str]) -> subprocess.Popen[bytes]:
    """Begin another process in other surroundings; none of them finds the corpus of this one."""
    seed, zone, locale = place
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("BAHI_", "LC_", "LANG"))
    }
    own = {"PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": locale, "LANG": locale, "PYTHONCOERCECLOCALE": "0"}
    words = [sys.executable, "-c", PROBE, orjson.dumps(asked).decode()]
    return subprocess.Popen(words, cwd=given.ROOT, env={**kept, **own}, stdout=subprocess.PIPE)


def _told(child: subprocess.Popen[bytes]) -> Mapping[str, str]:
    out, _ = child.communicate(timeout=900)
    assert child.returncode == 0
    found: dict[str, str] = orjson.loads(out)
    return found


def test_two_processes_with_other_orders_and_surroundings_tell_the_same_bytes() -> None:
    asked = _asked(shared.mixed(50)[:2], NOISES)
    children = [_elsewhere(_shuffled(asked, number), place) for number, place in enumerate(FEW)]
    here = shared.digests(asked)
    told = [_told(child) for child in children]
    assert len(here) == len(asked) and told == [here] * len(FEW)
    # Who holds little may escape the mess; the bank and the orders of a customer who holds everything do not.
    for name in ("bank", "ondc"):
        assert len({here[f"WORLD-0002/None/{name}/{noise}"] for noise in NOISES}) == len(NOISES)


@pytest.mark.full
@pytest.mark.parametrize("number", range(len(ALL)))
def test_every_surrounding_tells_the_same_bytes(number: int) -> None:
    asked = _asked(islice(shared.customers(), number * 3, number * 3 + 3), NOISES)
    child = _elsewhere(_shuffled(asked, number), ALL[number])
    assert _told(child) == shared.digests(asked)


@pytest.mark.parametrize("name", NAMES)
def test_another_seed_tells_other_bytes(name: str) -> None:
    customer = Customer("WORLD-0002", None)
    one, same, other = (shared.answered(customer, name, seed=seed) for seed in (1, 1, 2))
    assert one == same != other
    lines = {line for parcel in one.values() for line in parcel}
    assert not lines & {line for parcel in other.values() for line in parcel}


@pytest.mark.parametrize("name", NAMES)
def test_another_id_tells_other_bytes(name: str) -> None:
    one, other = (shared.answered(Customer(told, None), name) for told in ("WORLD-0002", "WORLD-0004"))
    lines = {line for parcel in one.values() for line in parcel}
    assert lines and not lines & {line for parcel in other.values() for line in parcel}
