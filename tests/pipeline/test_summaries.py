"""What analyze stores keeps to its schema, and no stored document of a customer holds a float."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import jsonschema_rs
import pytest

import sources
from consent.terms import GrantOrder
from kit.canonical import dumps
from kit.ident import customer_id
from kit.source import Document, Json
from pipeline.flow import run
from pipeline.generated import RESULTS
from pipeline.order import Order, schema_kinds
from pipeline.wiring import House, open_house
from tests.support import CLOCK, installed
from warehouse import assets

SUMMARY = assets.schema("result.summary")
# A full history, and one too short for any number over twelve months.
HISTORIES = {"LONG001": None, "SHORT001": 3}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """An installation in which both histories went through the whole flow, with a mess in the lines."""
    home = tmp_path_factory.mktemp("summaries") / "home"
    installed(home)
    opened = open_house({"BAHI_HOME": str(home), "BAHI_CLOCK": CLOCK}, "test")
    for name, months in HISTORIES.items():
        opened.consents.grant(GrantOrder(customer_id(name), 103, sources.names()))
        run(opened, Order(customer_id(name), 103, noise="heavy", months=months), lambda _: None)
    return opened


def summaries(house: House, customer: str) -> dict[str, bytes]:
    """Read the stored summaries of a customer as they lie on the disk."""
    folder = (house.home.results / customer / "103" / "current").resolve()
    found = (path for path in sorted(folder.glob("*.json")) if path.stem in sources.names())
    return {path.stem: path.read_bytes() for path in found}


def spoiled(summary: Document) -> Iterator[tuple[str, Document]]:
    """Break a good summary in one place at a time."""
    names = summary["metrics"]
    assert isinstance(names, dict)
    name = next(iter(names))

    def with_metric(**changed: Json) -> Document:
        metric = names[name]
        assert isinstance(metric, dict)
        return {**summary, "metrics": {**names, name: {**metric, **changed}}}

    yield "another field", {**summary, "note": ""}
    yield "a lacking field", {key: value for key, value in summary.items() if key != "source"}
    yield "a number in words", with_metric(value="1")
    yield "half a paisa", with_metric(value=0.5)
    yield "a reason nobody knows", with_metric(null_reason="LOST")
    yield "another field of a metric", with_metric(score=1)
    yield "a window by other names", with_metric(window={"first": "2025-11-01", "last": "2026-10-31"})


@pytest.mark.parametrize("customer", HISTORIES)
def test_every_stored_summary_keeps_to_its_schema(house: House, customer: str) -> None:
    stored = summaries(house, customer)
    assert set(stored) == set(sources.names())
    for content in stored.values():
        document = json.loads(content)
        jsonschema_rs.validator_for(SUMMARY, validate_formats=True).validate(document)
        jsonschema.Draft202012Validator(
            SUMMARY, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
        ).validate(document)
        assert content == dumps(document) + b"\n"


def test_the_two_histories_show_numbers_and_nulls_with_a_reason(house: House) -> None:
    for customer, months in HISTORIES.items():
        for content in summaries(house, customer).values():
            metrics = json.loads(content)["metrics"]
            assert metrics
            for metric_id, metric in metrics.items():
                assert metric["id"] == metric_id
                # A number that counts months has none in a young history; one that counts lines has.
                is_short = months is not None and metric["coverage"] is not None
                assert (metric["value"] is None) == is_short == (metric["null_reason"] is not None)
    young = (json.loads(content)["metrics"] for content in summaries(house, "SHORT001").values())
    assert {metric["value"] is None for metrics in young for metric in metrics.values()} == {True, False}


def test_the_schema_refuses_what_is_not_a_summary(house: House) -> None:
    good = json.loads(summaries(house, "LONG001")["bank"])
    jsonschema.Draft202012Validator.check_schema(SUMMARY)
    for what, document in spoiled(good):
        assert not jsonschema_rs.validator_for(SUMMARY).is_valid(document), what
        assert not jsonschema.Draft202012Validator(SUMMARY).is_valid(document), what


def test_no_stored_document_holds_a_float(house: House) -> None:
    """Raw lines are the provider's own words; all the rest is ours."""
    read = {"manifest.json": 0, ".ndjson": 0, ".json": 0}
    for path in ours(house):
        for line in path.read_bytes().splitlines():
            json.loads(line, parse_float=no_float, parse_constant=no_float)
            read[path.name if path.name in read else path.suffix] += 1
    assert all(read.values()), read


def ours(house: House) -> list[Path]:
    """List what this program wrote of customers: the raw manifests, and everything derived."""
    raw = house.home.raw.rglob("manifest.json")
    derived = [path for shelf in (house.home.clean, house.home.results) for path in shelf.rglob("*.*json")]
    return sorted(path for path in (*raw, *derived) if path.is_file())


def no_float(text: str) -> None:
    """Refuse a number with a point, an exponent or no end."""
    raise AssertionError(f"{text} is a float")


def test_a_result_is_taken_for_no_source() -> None:
    owners = {name.partition(".")[0] for name in RESULTS}
    assert owners.isdisjoint(sources.names())
    assert set(RESULTS) <= set(assets.schema_names())
    for name in sources.names():
        assert set(schema_kinds(name)) == set(sources.kinds(name))
