"""The same inputs give the same bytes whatever the hash seed, the time zone or the locale of the process."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from itertools import product
from pathlib import Path
from typing import NamedTuple

import pytest

import sources
from tests.support import Install, files_below, installed

HASH_SEEDS = ("0", "1", "random")
ZONES = ("Asia/Kolkata", "UTC", "America/St_Johns")
LOCALES = {
    "C": {"LC_ALL": "C", "LANG": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
    "hi_IN.UTF-8": {"LC_ALL": "hi_IN.UTF-8", "LANG": "hi_IN.UTF-8"},
}
SHELVES = ("raw", "clean", "analytics/results", "logs")
Digest = tuple[str, dict[str, int]]


def test_the_locales_of_this_test_are_what_they_claim() -> None:
    probe = "import locale; print(locale.setlocale(locale.LC_ALL, ''), locale.getpreferredencoding(False))"
    spoken = {
        name: subprocess.run(
            [sys.executable, "-c", probe], env=variables, capture_output=True, check=True
        ).stdout.decode()
        for name, variables in LOCALES.items()
    }
    assert "utf" not in spoken["C"].lower()
    assert spoken["hi_IN.UTF-8"].startswith("hi_IN.UTF-8")


def digest(home: Path) -> Digest:
    """One SHA-256 over raw, clean, results and logs, manifests apart, with the number of files of each."""
    total = hashlib.sha256()
    counted = {}
    for shelf in SHELVES:
        files = {
            name: content
            for name, content in files_below(home / shelf).items()
            if not name.endswith("manifest.json")
        }
        counted[shelf] = len(files)
        for name, content in files.items():
            total.update(f"{shelf}/{name}\0{hashlib.sha256(content).hexdigest()}\n".encode())
    return total.hexdigest(), counted


class Load(NamedTuple):
    """Who is run with which sources, and how messy their deliveries are."""

    customers: tuple[str, ...]
    noise: str
    names: tuple[str, ...] = ("bank",)
    months: int | None = None


FEW = Load(("MSME001",), "light", months=2)
ONE = Load(("MSME001",), "light")
THREE = Load(("MSME001", "MSME002", "MSME003"), "heavy")
EVERYTHING = Load(("MSME001", "MSME002"), "heavy", tuple(sources.names()))
SOME_OF_EVERYTHING = EVERYTHING._replace(months=5)
EVERY_ENVIRONMENT = tuple(product(HASH_SEEDS, ZONES, LOCALES))
# Of two settings every pair occurs: each seed in each zone, and each of both in each locale.
EVERY_PAIR = tuple(
    (seed, zone, tuple(LOCALES)[(i + j) % 2])
    for i, seed in enumerate(HASH_SEEDS)
    for j, zone in enumerate(ZONES)
)


def run_in(home: Path, load: Load, variables: dict[str, str]) -> Digest:
    install = consented(home, load, variables)
    for customer in load.customers:
        install.must("run", "--customer-id", customer, *asked(load))
    return digest(home)


def asked(load: Load) -> tuple[str, ...]:
    return ("--noise", load.noise, *(() if load.months is None else ("--months", str(load.months))))


def consented(home: Path, load: Load, variables: dict[str, str]) -> Install:
    install = installed(home, **variables)
    for customer in load.customers:
        install.must("consent", "grant", "--customer-id", customer, "--sources", ",".join(load.names))
    return install


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Load], Digest]:
    return cache(lambda load: run_in(tmp_path_factory.mktemp("reference") / "home", load, {}))


@pytest.mark.parametrize(("seed", "zone", "locale"), EVERY_PAIR)
def test_environments_give_the_bytes_of_the_reference(
    tmp_path: Path, reference: Callable[[Load], Digest], seed: str, zone: str, locale: str
) -> None:
    found = run_in(tmp_path / "home", FEW, {"PYTHONHASHSEED": seed, "TZ": zone, **LOCALES[locale]})
    assert all(number >= len(FEW.customers) for number in found[1].values())
    assert found == reference(FEW)


@pytest.mark.full
@pytest.mark.parametrize("load", [pytest.param(ONE, id="one"), pytest.param(THREE, id="three")])
@pytest.mark.parametrize(("seed", "zone", "locale"), EVERY_ENVIRONMENT)
def test_every_environment_gives_the_bytes_of_the_reference(
    tmp_path: Path, reference: Callable[[Load], Digest], load: Load, seed: str, zone: str, locale: str
) -> None:
    found = run_in(tmp_path / "home", load, {"PYTHONHASHSEED": seed, "TZ": zone, **LOCALES[locale]})
    assert all(number >= len(load.customers) for number in found[1].values())
    assert found == reference(load)


def test_every_pair_of_settings_is_among_the_environments() -> None:
    pairs = [
        {(i, one[i], j, one[j]) for one in every for i in range(3) for j in range(i)}
        for every in (EVERY_PAIR, EVERY_ENVIRONMENT)
    ]
    assert pairs[0] == pairs[1] and set(EVERY_PAIR) < set(EVERY_ENVIRONMENT)


def test_all_sources_of_a_list_on_two_processes_give_the_bytes_of_one_after_the_other(
    tmp_path: Path, reference: Callable[[Load], Digest]
) -> None:
    around = {"PYTHONHASHSEED": "1", "TZ": "America/St_Johns", **LOCALES["hi_IN.UTF-8"]}
    install = consented(tmp_path / "home", SOME_OF_EVERYTHING, around)
    listed = tmp_path / "customers.txt"
    listed.write_text("".join(f"{customer}\n" for customer in reversed(SOME_OF_EVERYTHING.customers)))
    install.must("run", "--customers", str(listed), *asked(SOME_OF_EVERYTHING))
    found = digest(install.home)
    assert found[1]["raw"] >= len(SOME_OF_EVERYTHING.customers) * len(SOME_OF_EVERYTHING.names)
    assert found == reference(SOME_OF_EVERYTHING)


@pytest.mark.full
@pytest.mark.parametrize(("seed", "zone", "locale"), EVERY_ENVIRONMENT)
def test_every_environment_gives_the_bytes_of_all_sources(
    tmp_path: Path, reference: Callable[[Load], Digest], seed: str, zone: str, locale: str
) -> None:
    around = {"PYTHONHASHSEED": seed, "TZ": zone, **LOCALES[locale]}
    assert run_in(tmp_path / "home", EVERYTHING, around) == reference(EVERYTHING)


def test_an_interrupted_clean_run_again_gives_the_bytes_of_an_undisturbed_one(
    tmp_path: Path, reference: Callable[[Load], Digest]
) -> None:
    install = installed(tmp_path / "home")
    install.must("consent", "grant", "--customer-id", "MSME001", "--sources", "bank")
    install.must("generate", "--customer-id", "MSME001", *asked(FEW))
    leave_a_half_written_draft(install)
    install.must("run", "--customer-id", "MSME001", *asked(FEW))
    assert digest(install.home) == reference(FEW)


def leave_a_half_written_draft(install: Install) -> None:
    folder = install.home / "clean" / "MSME001" / "103" / ".draft-left"
    folder.mkdir(parents=True)
    (folder / "bank.ndjson").write_bytes(b'{"half":')
