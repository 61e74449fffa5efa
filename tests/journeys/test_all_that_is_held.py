"""All six sources of one customer under four consents: numbers open, what is withdrawn goes alone, and in the end all of it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

import sources
from kit.ident import customer_id
from pipeline.reading import explain, results
from pipeline.rights import open_reading
from pipeline.verify import verify
from pipeline.wiring import open_house
from tests.support import Install, files_below, installed

CUSTOMER = customer_id("MSME001")
WHOSE = ("--customer-id", CUSTOMER)
WORD = re.compile(rb"[A-Za-z0-9@./_-]{10,}")
A_DAY = re.compile(rb"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{2}-[0-9]{2}-[0-9]{4}")
DERIVED = ("clean", "analytics/results", "logs", ".truth")


@pytest.fixture(scope="module")
def install(tmp_path_factory: pytest.TempPathFactory) -> Install:
    made = installed(tmp_path_factory.mktemp("held") / "home")
    made.must("consent", "grant", *WHOSE)
    made.must("run", *WHOSE, "--months", "14", "--bank-rows", "400", "--noise", "light")
    return made


def of_consent(install: Install) -> dict[str, set[str]]:
    """The consents that stand, each with the sources it opens."""
    told = install.must("consent", "list", *WHOSE, "--json").json()
    assert isinstance(told, dict)
    return {
        one["consent_id"]: {cover["source"] for cover in one["sources"]}
        for one in told["consents"]
        if one["state"] == "ACTIVE"
    }


def lines_of(home: Path) -> dict[str, list[bytes]]:
    """The lines that were delivered, by source."""
    raw = home / "raw" / CUSTOMER
    return {
        name: [line for path in (raw / name).glob("*.ndjson") for line in path.read_bytes().splitlines()]
        for name in sources.names()
    }


def naming(content: bytes) -> set[bytes]:
    """The words that name somebody or something: a PAN, a GSTIN, an account, an order, a folio, a mobile, an address."""
    return {word for word in WORD.findall(content) if _names(word)}


def _names(word: bytes) -> bool:
    digits_n = sum(48 <= one <= 57 for one in word)
    return not A_DAY.match(word) and (digits_n == len(word) or (digits_n > 3 and not word.islower()))


def named(delivered: Mapping[str, list[bytes]]) -> set[bytes]:
    return naming(b"\n".join(line for lines in delivered.values() for line in lines))


def anywhere(home: Path, words: set[bytes]) -> dict[str, set[bytes]]:
    """Look for words in every file and its name; some of them byte by byte, wherever in a word they may stand."""
    files = files_below(home)
    sample = sorted(words)[:: max(1, len(words) // 40)]
    found = {name: words & naming(name.encode() + b"\n" + content) for name, content in files.items()}
    hidden = {name: {word for word in sample if word in content} for name, content in files.items()}
    return {name: found[name] | hidden[name] for name in files if found[name] | hidden[name]}


def test_every_source_is_shown_and_each_opens_a_number_to_its_own_lines(install: Install) -> None:
    shown = install.must("show", *WHOSE, "--json").json()
    assert isinstance(shown, list) and [row["summary"] for row in shown] == list(sources.names())
    house, delivered = open_house(install.environ(), "test"), lines_of(install.home)
    scope = open_reading(house, CUSTOMER, 103)
    for summary in results(house, scope):
        metrics = json.loads(summary.document)["metrics"]
        told = [metric for metric, one in metrics.items() if one["value"] is not None]
        assert told, summary.name
        opened = explain(house, scope, told[0])
        assert opened.lines_n == len(opened.lines) > 0
        assert {line.text.encode() for line in opened.lines} <= set(delivered[summary.name])
    verified = verify(house, scope)
    house.ledger.close()
    assert verified.deliveries == len(sources.names())
    assert verified.lines == verified.items == sum(map(len, delivered.values()))


def test_each_consent_withdrawn_takes_what_came_by_it_and_the_last_takes_everything(install: Install) -> None:
    home, held = install.home, of_consent(install)
    assert sorted(name for names in held.values() for name in names) == list(sources.names())
    assert len(held) == len({declared.channels[0] for declared in sources.declarations().values()}) > 1
    everything = named(lines_of(home))
    assert all(len(naming(b"\n".join(lines))) > 3 for lines in lines_of(home).values())
    for number, (consent_id, names) in enumerate(held.items()):
        before = lines_of(home)
        install.must("consent", "revoke", *WHOSE, "--consent-id", consent_id)
        after, notes = lines_of(home), home / "raw" / CUSTOMER / "applications.ndjson"
        assert after == {name: [] if name in names else lines for name, lines in before.items()}
        assert [shelf for shelf in DERIVED if files_below(home / shelf)] == []
        gone = named({name: before[name] for name in names})
        gone -= named(after) | (naming(notes.read_bytes()) if notes.exists() else set())
        assert gone and anywhere(home, gone) == {}, names
        if number == 0:
            install.must("run", *WHOSE)
            assert all(files_below(home / shelf) for shelf in DERIVED[:2])
            assert anywhere(home, gone) == {}
            install.must("verify", *WHOSE)
    assert anywhere(home, everything) == {}
    assert not any((home / folder / CUSTOMER).exists() for folder in ("raw", *DERIVED))
