"""One body of promises over every source in the registry; no source is named here."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from functools import cache

import orjson
import pytest

import sources
from kit.errors import NotFound
from kit.facts import Metric, NullReason
from kit.ident import is_synthetic_pan
from kit.lines import parse_line
from kit.source import Channel, Fate, Outcome, Record
from tests.sources import given

NOISES = ("off", "light", "heavy")
PAN = re.compile(rb"[A-Z]{5}[0-9]{4}[A-Z]")
IFSC = re.compile(rb"(?<![A-Z0-9])[A-Z]{4}0[A-Z0-9]{6}(?![A-Z0-9])")
MOBILE = re.compile(rb"(?<![0-9A-Za-z.])(?:\+?91)?([6-9][0-9]{9})(?![0-9])")
ADDRESS = re.compile(rb"[A-Za-z0-9._-]+@([A-Za-z0-9.-]+)")

every_source = pytest.mark.parametrize("name", sources.names())


@cache
def _lines(name: str, noise: str) -> dict[str, list[bytes]]:
    return given.delivered(name, given.business(), noise)[0]


@cache
def _outcomes(name: str, noise: str) -> tuple[Outcome, ...]:
    return tuple(given.cleaned(name, given.all_items(_lines(name, noise))))


@cache
def _records(name: str) -> tuple[Record, ...]:
    return tuple(given.records(name, _outcomes(name, "off")))  # type: ignore[arg-type]


@cache
def _metrics(name: str) -> tuple[Metric, ...]:
    return sources.source(name).summarize(_records(name), given.window())


def test_the_registry_knows_at_least_one_source_and_refuses_others() -> None:
    assert sources.names()
    with pytest.raises(NotFound) as refused:
        sources.source("nobody")
    assert refused.value.code == "SOURCE_UNKNOWN"
    assert all(name in refused.value.hint for name in sources.names())


@every_source
def test_a_source_declares_what_consent_needs(name: str) -> None:
    declared = sources.declarations()[name]
    assert declared.name == name
    assert declared.channels and declared.title and declared.standard and declared.party_kinds
    assert Channel.AA not in declared.channels or declared.fi_types
    assert set(declared.record_types) == set(sources.kinds(name)) == set(given.tables(name).accepts)


@every_source
def test_cleaning_loads_no_generator(name: str) -> None:
    asked = (
        f"import collections, sys, types, sources; source = sources.source({name!r}); source.declaration;"
        " accepts = collections.defaultdict(lambda: bool);"
        " list(source.clean((), types.SimpleNamespace(accepts=accepts, lookups={})));"
        " sys.exit(any(part.split('.')[0] in ('generators', 'faker') for part in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", asked], cwd=given.ROOT, check=False).returncode == 0


@every_source
@pytest.mark.parametrize("noise", NOISES)
def test_generating_twice_gives_the_same_bytes(name: str, noise: str) -> None:
    assert _lines(name, noise) == given.delivered(name, given.business(), noise)[0]
    assert _lines(name, noise) != given.delivered(name, given.business(seed=2), noise)[0]


@every_source
def test_a_clean_provider_sends_readable_objects_line_by_line(name: str) -> None:
    lines = [line for parcel in _lines(name, "off").values() for line in parcel]
    assert lines
    assert all(line.endswith(b"\n") and parse_line(line[:-1], 100)[1] is None for line in lines)


@every_source
def test_a_party_nobody_knows_is_refused(name: str) -> None:
    business = given.business()
    pull = next(iter(given.pulls(business).values()))
    with pytest.raises(NotFound) as refused:
        list(given.answers(name, business, {"STRANGER": pull}))
    assert refused.value.code == "PARTY_UNKNOWN"


@every_source
@pytest.mark.parametrize("noise", NOISES)
def test_no_generated_byte_could_be_anybodys(name: str, noise: str) -> None:
    text = b"".join(line for parcel in _lines(name, noise).values() for line in parcel)
    assert all(is_synthetic_pan(pan.decode()) for pan in PAN.findall(text) if pan[:5] != b"XXXXX")
    assert all(ifsc.startswith(b"BAHI") for ifsc in IFSC.findall(text))
    assert not MOBILE.findall(text)
    assert all(host == b"bahi" or host.endswith(b".example") for host in ADDRESS.findall(text))


@every_source
@pytest.mark.parametrize("noise", NOISES)
def test_every_item_meets_exactly_one_fate(name: str, noise: str) -> None:
    items = given.all_items(_lines(name, noise))
    outcomes = _outcomes(name, noise)
    assert Counter(item.ref for item in items) == Counter(outcome.ref for outcome in outcomes)
    assert {item.ref: item.party for item in items} == {one.ref: one.party for one in outcomes}
    clean_ids = {one.document["id"] for one in outcomes if one.document is not None}
    for outcome in outcomes:
        assert (outcome.document is not None) == (outcome.fate is Fate.CLEAN)
        assert (outcome.reason is not None) == (outcome.fate is Fate.QUARANTINED)
        stands = outcome.fate in (Fate.DUPLICATE, Fate.SUPERSEDED)
        assert (outcome.stands_for in clean_ids) if stands else outcome.stands_for is None


@every_source
@pytest.mark.parametrize("noise", NOISES)
def test_the_paise_of_an_outcome_are_those_of_its_record(name: str, noise: str) -> None:
    """Whoever counts again reads amount_paise from the clean file, where the outcome is no more."""
    for outcome in _outcomes(name, noise):
        if outcome.document is not None:
            assert outcome.paise == outcome.document.get("amount_paise")


@every_source
def test_a_clean_provider_loses_nothing(name: str) -> None:
    assert {outcome.fate for outcome in _outcomes(name, "off")} == {Fate.CLEAN}
    assert not [finding for outcome in _outcomes(name, "off") for finding in outcome.findings]


@every_source
@pytest.mark.parametrize("noise", NOISES)
def test_clean_records_fit_their_schema_have_unique_ids_and_point_at_their_line(
    name: str, noise: str
) -> None:
    accepts = given.tables(name).accepts
    clean = [outcome for outcome in _outcomes(name, noise) if outcome.document is not None]
    for outcome in clean:
        document = outcome.document
        assert document is not None and accepts[str(document["kind"])](document)
        assert document["raw"] == outcome.ref._asdict() and document["party"] == outcome.party
        # Whoever verifies counts the paise again from the records.
        assert document.get("amount_paise") == outcome.paise
    keys = [(one.document["kind"], one.document["id"]) for one in clean if one.document is not None]
    assert len(keys) == len(set(keys))


@every_source
def test_records_read_back_what_was_written(name: str) -> None:
    source = sources.source(name)
    for outcome in _outcomes(name, "off"):
        document = orjson.loads(orjson.dumps(outcome.document))
        record = source.read(document)
        assert (record.id, record.kind, record.party) == (document["id"], document["kind"], document["party"])
        assert (None if record.on is None else record.on.isoformat()) == document["on"]
        assert record.raw == outcome.ref


@every_source
def test_enriching_keeps_every_record_in_its_place(name: str) -> None:
    source = sources.source(name)
    clean = [one.document for one in _outcomes(name, "off") if one.document is not None]
    assert [record.id for record in _records(name)] == [document["id"] for document in clean]
    again = source.enrich(_records(name), source.clues(_records(name)), given.tables(name))
    assert list(again) == list(_records(name))


@every_source
def test_every_definition_is_computed_and_nothing_else(name: str) -> None:
    defined = sources.source(name).definitions
    assert [metric.id for metric in _metrics(name)] == [item.id for item in defined]
    assert all(item.id.startswith(f"{name}.") and item.formula and item.null_rule for item in defined)
    for metric, item in zip(_metrics(name), defined, strict=True):
        assert metric.value is not None, metric.id
        assert (metric.unit, metric.formula, metric.version) == (item.unit, item.formula, item.version)


@every_source
def test_every_number_lists_exactly_the_lines_it_claims(name: str) -> None:
    selectors = sources.source(name).selectors
    for metric in _metrics(name):
        assert metric.evidence
        for evidence in metric.evidence:
            found = list(selectors[evidence.selector](_records(name), evidence.args))
            assert len(found) == evidence.n
            assert evidence.source == name and evidence.input_sha == given.INPUT_SHA
            assert {id(record) for record in found} <= {id(record) for record in _records(name)}


@every_source
def test_nothing_gives_nulls_with_a_reason(name: str) -> None:
    empty = sources.source(name).summarize((), given.window())
    assert {metric.null_reason for metric in empty} == {NullReason.SOURCE_ABSENT}
    filtered = sources.source(name).summarize(_records(name), given.window(is_filtered=True))
    assert {metric.null_reason for metric in filtered} == {NullReason.RANGE_NOT_PERMITTED}
    assert [metric.id for metric in empty] == [metric.id for metric in _metrics(name)]


@every_source
def test_facets_and_clues_point_at_records_of_this_source(name: str) -> None:
    source = sources.source(name)
    known = {(record.id, record.party) for record in _records(name)}
    facets = [*source.facets(_records(name)), *source.clues(_records(name))]
    assert facets
    assert all((facet.record_id, facet.party) in known and facet.source == name for facet in facets)
