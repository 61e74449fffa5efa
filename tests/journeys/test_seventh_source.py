"""A source is one folder: a throw-away one, laid into a copy of the checkout, works everywhere with no other edit."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.generated import DICTIONARY, TYPES
from tests.architecture import (
    test_disk,
    test_layers,
    test_pure_steps,
    test_scope,
    test_size,
    test_sources,
    test_typed,
    tree,
)
from tests.support import Done, Install, files_below, installed

NAME = "till_receipts"
FOLDER = Path(__file__).resolve().parent / "seventh" / NAME
NEEDED = (*tree.PACKAGES, "schemas", "docs", "frontend", "tests/sources", "tests/architecture")
FILES = ("config.json", "pyproject.toml", "tests/support.py")
GENERATED = {f"schemas/{NAME}.{kind}.json" for kind in ("receipt", "till")} | {DICTIONARY}
CUSTOMER = ("--customer-id", "MSME001")
TAKINGS, PRINTED = f"{NAME}.takings_paise", f"{NAME}.receipts_count"
RULES = (
    test_sources.uneven_folders,
    test_sources.other_words,
    test_sources.strange_schemas,
    test_layers.broken_contracts,
    test_layers.outside_world,
    test_pure_steps.clocks,
    test_pure_steps.chance,
    test_pure_steps.floats,
    test_disk.disk_outside_warehouse,
    test_scope.reads_without_scope,
    test_size.python_too_large,
    test_typed.unannotated,
    test_typed.any_types,
    test_typed.broad_excepts,
)


def held(code: Path) -> dict[str, bytes]:
    """Read the files of a copied checkout, apart from what an interpreter or a linter leaves behind."""
    return {
        name: content
        for name, content in files_below(code).items()
        if not {"__pycache__", "node_modules"} & set(name.split("/"))
    }


def copied(to: Path) -> Path:
    """Copy of the checkout what the product and the checks of a source need."""
    for path in tree.tracked(tree.ROOT):
        name = path.relative_to(tree.ROOT).as_posix()
        if name in FILES or name.startswith(tuple(f"{folder}/" for folder in NEEDED)):
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, to / name)
    packages = tree.ROOT / "frontend" / "node_modules"
    if packages.exists():
        (to / "frontend" / "node_modules").symlink_to(packages)
    return to


def python(code: Path, *words: str) -> Done:
    """Run Python in the copy, on the copy's own packages."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("BAHI_", "PYTEST_"))}
    done = subprocess.run(
        [sys.executable, "-m", *words], cwd=code, env={**environ, "PYTHONPATH": str(code)},
        capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, bytes]]]:
    """The copy with the folder laid in and `make generate` run, and its files from before generating."""
    code = copied(tmp_path_factory.mktemp("grown") / "bahi")
    assert python(code, "pipeline.generated").code == 0  # What drifted before is not this source's doing.
    shutil.copytree(FOLDER, code / "sources" / NAME, ignore=shutil.ignore_patterns("__pycache__"))
    before = held(code)
    done = python(code, "pipeline.generated")
    assert done.code == 0, done.err
    after = held(code)
    yield code, before
    assert held(code) == after, "a command or a check edited the checkout"


@pytest.fixture(scope="module")
def install(grown: tuple[Path, dict[str, bytes]], tmp_path_factory: pytest.TempPathFactory) -> Install:
    """An installation of the copy in which bank and the seventh source are granted by one consent each."""
    ready = installed(tmp_path_factory.mktemp("seventh") / "home", grown[0])
    ready.must("consent", "grant", *CUSTOMER, "--channel", "AA", "--sources", "bank")
    ready.must("consent", "grant", *CUSTOMER, "--channel", "DIRECT_UPLOAD", "--sources", NAME)
    ready.must("generate", *CUSTOMER, "--noise", "light")
    ready.must("clean", *CUSTOMER)
    ready.must("analyze", *CUSTOMER)
    return ready


def test_generating_writes_its_schemas_and_its_page_of_the_dictionary_and_nothing_else(
    grown: tuple[Path, dict[str, bytes]],
) -> None:
    code, before = grown
    after = held(code)
    changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    assert changed >= GENERATED
    assert changed <= GENERATED | {TYPES}
    assert set(before[DICTIONARY].splitlines()) < set(after[DICTIONARY].splitlines())
    assert TAKINGS.encode() in after[DICTIONARY] and PRINTED.encode() in after[DICTIONARY]
    checked = python(code, "pipeline.generated", "--check")
    assert checked.code == 0, checked.out


def test_it_conforms_and_starts_as_lightly_as_every_other_source(
    grown: tuple[Path, dict[str, bytes]],
) -> None:
    chosen = f"({NAME} or bank or registry or startup) and not planted"
    asked = ("tests/sources/test_conformance.py", "tests/architecture/test_startup.py", "-k", chosen)
    done = python(grown[0], "pytest", "-p", "no:cacheprovider", "-rA", "-q", *asked)
    assert done.code == 0, done.out + done.err
    passed = {
        name: Counter(re.findall(rf"^PASSED \S+::(\w+)\[(?:\w+-)?{name}\]", done.out, re.M))
        for name in ("bank", NAME)
    }
    assert passed[NAME] == passed["bank"] and passed[NAME].total() >= 20


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_it_adds_nothing_that_a_rule_of_the_tree_complains_of(
    grown: tuple[Path, dict[str, bytes]], rule: tree.Rule
) -> None:
    assert [line for line in rule(grown[0]) if line not in rule(tree.ROOT)] == []


@pytest.mark.parametrize("names", [NAME, f"bank,{NAME}"])
def test_it_is_refused_under_aa_by_name_and_told_its_own_channel(install: Install, names: str) -> None:
    stranger = ("--customer-id", "MSME003")
    done = install.bahi("consent", "grant", *stranger, "--channel", "AA", "--sources", names, "--json")
    problem = done.json()["error"]
    assert (done.code, problem["code"]) == (2, "FI_TYPE_NOT_ON_AA")
    assert (
        NAME in problem["message"] and "DIRECT_UPLOAD" in problem["hint"] and "--channel" in problem["hint"]
    )
    assert install.must("consent", "list", *stranger, "--json").json()["consents"] == []


def test_one_order_for_sources_of_two_channels_becomes_two_artefacts(install: Install) -> None:
    order = ("consent", "grant", "--customer-id", "MSME002", "--sources", f"bank,{NAME}", "--json")
    given = install.must(*order).json()["consents"]
    told = {consent["channel"]: [cover["source"] for cover in consent["sources"]] for consent in given}
    assert len(given) == 2 and told == {"AA": ["bank"], "DIRECT_UPLOAD": [NAME]}


def test_consents_of_two_channels_are_one_right_and_every_item_of_both_is_accounted_for(
    install: Install,
) -> None:
    state = install.must("status", *CUSTOMER, "--json").json()
    assert {row["source"]: row["channel"] for row in state["grants"]} == {"bank": "AA", NAME: "DIRECT_UPLOAD"}
    assert {row["source"] for row in state["deliveries"]} == {"bank", NAME}
    for row in state["clean"]:
        counts = row["counts"]
        fates = [counts[fate] for fate in ("clean", "duplicate", "superseded", "quarantined")]
        assert sum(fates) == counts["items"] and all(fates), row["source"]


def test_it_is_shown_and_verified_beside_bank(install: Install) -> None:
    listed = {row["summary"]: row for row in install.must("show", *CUSTOMER, "--json").json()}
    assert set(listed) == {"bank", NAME}
    assert listed[NAME]["metrics"] == 2 and listed[NAME]["full_months"] == 12
    assert not any(row["is_stale"] for row in listed.values())
    shown = install.must("show", *CUSTOMER, NAME).out
    assert TAKINGS in shown and PRINTED in shown
    verified = install.must("verify", *CUSTOMER, "--json").json()["verified"]
    assert verified["deliveries"] == 2 and verified["metrics"] == sum(
        row["metrics"] for row in listed.values()
    )


def test_it_is_held_to_the_rules_of_every_source_and_to_its_own(install: Install) -> None:
    told = install.must("quality", *CUSTOMER, "--json").json()
    rules = {name: {rule["id"].partition(".")[2]: rule for rule in told["rules"] if rule["source"] == name}
             for name in ("bank", NAME)}  # fmt: skip
    assert set(rules[NAME]) - set(rules["bank"]) == {"till_known"}
    assert rules[NAME]["till_known"]["clean"]["checked"] > 0 == rules[NAME]["till_known"]["clean"]["failed"]
    assert rules[NAME]["readable"]["raw"]["failed"] > 0 == rules[NAME]["conserved"]["raw"]["failed"]
    (row,) = (row for row in told["coverage"] if row["source"] == NAME)
    assert row["states"]["RECEIVED"] == len(row["months"]) > 12
    assert f"{NAME}.till_known" in install.must("quality", *CUSTOMER).out


def test_its_numbers_open_to_raw_lines_that_alone_give_them(install: Install) -> None:
    takings, printed = (
        install.must("explain", *CUSTOMER, metric, "--json").json() for metric in (TAKINGS, PRINTED)
    )
    held_lines = delivered(install)
    for line in takings["lines"]:
        raw = line["raw"]
        assert line["source"] == NAME and raw["text"] == held_lines[raw["delivery"], raw["line"]]
    receipts = [line for line in raw_receipts(takings) if "amount" in line]
    assert sum(paise(line["amount"]) for line in receipts) == takings["metric"]["value"] > 0
    assert len(raw_receipts(printed)) == printed["metric"]["value"] == len(receipts)
    assert "sum of the amounts" in takings["definition"]["formula"]
    assert takings["metric"]["coverage"]["months_full"] == 12


def raw_receipts(opened: dict[str, list[dict[str, dict[str, str]]]]) -> list[dict[str, object]]:
    lines = [json.loads(line["raw"]["text"]) for line in opened["lines"]]
    return [line for line in lines if line["kind"] == "receipt"]


def delivered(install: Install) -> dict[tuple[str, int], str]:
    """Read every raw line of the source as it lies on the disk, by delivery and line number."""
    folder = install.home / "raw" / "MSME001" / NAME
    return {
        (path.stem, number): line
        for path in folder.glob("*.ndjson")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
    }


def paise(amount: object) -> int:
    """Read an amount as the mess writes it, without the product's own reader."""
    return int(Decimal(re.sub(r"Rs\.|INR|[₹, ]", "", str(amount))) * 100)
