"""The quality of a customer is kept beside the summaries: it adds up, proves itself, and tells when it is out of date."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import jsonschema_rs
import pytest

import sources
from consent.grants import Use, Wanted
from consent.terms import GrantOrder
from kit.canonical import dumps
from kit.errors import BahiError, NotFound
from kit.ident import customer_id
from pipeline.flow import run
from pipeline.order import Order
from pipeline.quality.reading import Kept, kept_quality
from pipeline.rights import open_reading
from pipeline.verify import verify
from pipeline.wiring import House, open_house
from tests.support import CLOCK, installed
from warehouse import assets
from warehouse.lake import Arrival

NOISES = ("off", "light", "heavy")
SUMS = ("clean", "deduplicated", "quarantined")


def opened(home: Path) -> House:
    installed(home)
    return open_house({"BAHI_HOME": str(home), "BAHI_CLOCK": CLOCK}, "test")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """One customer for each level of noise, through the whole flow."""
    made = opened(tmp_path_factory.mktemp("quality") / "home")
    for noise in NOISES:
        customer = customer_id(noise.upper())
        made.consents.grant(GrantOrder(customer, 103, sources.names()))
        run(made, Order(customer, 103, noise=noise), lambda _: None)
    return made


def kept(house: House, name: str) -> Kept:
    return kept_quality(house, open_reading(house, customer_id(name), 103))


def document(house: House, name: str) -> dict[str, Any]:
    return dict(kept(house, name).document)


def numbers(value: object) -> Iterator[object]:
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from numbers(part)
    else:
        yield value


@pytest.mark.parametrize("noise", NOISES)
def test_every_line_and_every_paisa_that_came_is_clean_a_copy_or_held_back(house: House, noise: str) -> None:
    told = document(house, noise.upper())
    assert set(told["sources"]) == set(sources.names())
    for name, sums in told["sources"].items():
        folder = house.home.raw / noise.upper() / name
        lines_n = sum(len(path.read_bytes().splitlines()) for path in folder.glob("*.ndjson"))
        assert sums["raw"]["count"] == lines_n == sum(sums[part]["count"] for part in SUMS), name
        assert sums["raw"]["paise"] == sum(sums[part]["paise"] for part in SUMS), name
        assert sums["raw_yield_ppm"] == round(sums["clean"]["count"] * 10**6 / lines_n), name


def test_without_noise_no_rule_is_broken_and_with_it_the_raw_side_is_worse(house: House) -> None:
    quiet, noisy = document(house, "OFF"), document(house, "HEAVY")
    assert quiet["verdict"]["broken"] == 0, [one["id"] for one in quiet["rules"] if one["holds"] is False]
    before, after = ({one["id"]: one for one in told["rules"]} for told in (quiet, noisy))
    assert set(before) == set(after)
    for rule in ("readable", "unrepaired", "known_fields", "sent_once"):
        assert before[f"bank.{rule}"]["raw"]["failed"] == 0 < after[f"bank.{rule}"]["raw"]["failed"]
    assert after["bank.readable"]["raw"]["ppm"] < after["bank.readable"]["clean"]["ppm"] == 1_000_000


def test_each_rule_says_all_it_is_held_to_and_no_number_is_a_float(house: House) -> None:
    told = document(house, "HEAVY")
    wanted = {"id", "dimension", "source", "severity", "threshold_ppm", "blocks", "raw", "clean", "side"}
    assert all(wanted <= set(rule) for rule in told["rules"])
    assert len({rule["id"] for rule in told["rules"]}) == len(told["rules"]) > 60
    assert not [one for one in numbers(told) if isinstance(one, float)]


@pytest.mark.parametrize("noise", NOISES)
def test_what_is_kept_keeps_to_its_schema(house: House, noise: str) -> None:
    schema = assets.schema("result.quality")
    told = document(house, noise.upper())
    jsonschema_rs.validator_for(schema, validate_formats=True).validate(told)
    jsonschema.Draft202012Validator(schema).validate(told)
    for name in told:
        assert not jsonschema_rs.validator_for(schema).is_valid(
            {key: told[key] for key in told if key != name}
        )
    assert not jsonschema_rs.validator_for(schema).is_valid({**told, "note": ""})


def test_every_party_and_account_has_a_row_of_the_same_months(house: House) -> None:
    told = document(house, "OFF")
    assert {row["source"] for row in told["coverage"]} == set(sources.names())
    assert all(row["account"] for row in told["coverage"] if row["source"] == "bank")
    months = {tuple(month["month"] for month in row["months"]) for row in told["coverage"]}
    assert len(months) == 1 and len(months.pop()) == 14


def test_the_same_again_is_the_same_bytes_and_nothing_is_done_twice(house: House, tmp_path: Path) -> None:
    first = (house.home.results / "HEAVY" / "103" / "current" / "quality.json").read_bytes()
    assert first == dumps(json.loads(first)) + b"\n"
    again = run(house, Order(customer_id("HEAVY"), 103), lambda _: None, ("analyze",))
    assert {report.status for report in again} == {"unchanged"}
    other = opened(tmp_path / "home")
    other.consents.grant(GrantOrder(customer_id("HEAVY"), 103, sources.names()))
    run(other, Order(customer_id("HEAVY"), 103, noise="heavy"), lambda _: None)
    assert (other.home.results / "HEAVY" / "103" / "current" / "quality.json").read_bytes() == first


def test_the_right_to_one_source_does_not_open_what_was_derived_from_all(house: House) -> None:
    scope = open_reading(house, customer_id("LIGHT"), 103)
    for grant in scope.grants:
        with pytest.raises(BahiError) as refusal:
            kept_quality(house, scope.narrowed_to(grant))
        assert refusal.value.code == "DERIVED_OUT_OF_SCOPE"


def test_a_source_that_was_granted_and_never_delivered_is_missing_not_silent(tmp_path: Path) -> None:
    made = opened(tmp_path / "home")
    customer = customer_id("HALF")
    made.consents.grant(GrantOrder(customer, 103, ("bank",)))
    run(made, Order(customer, 103), lambda _: None)
    assert not kept(made, "HALF").is_stale
    made.consents.grant(GrantOrder(customer, 103, ("gst",)))
    assert kept(made, "HALF").is_stale
    run(made, Order(customer, 103), lambda _: None, ("analyze",))
    told = document(made, "HALF")
    assert not kept(made, "HALF").is_stale
    assert told["sources"]["gst"]["state"] == "NOT_DELIVERED"
    broken = {rule["id"] for rule in told["rules"] if rule["holds"] is False}
    assert broken == {"gst.answered", "gst.months_received"}
    (row,) = (row for row in told["coverage"] if row["source"] == "gst")
    assert row["states"]["MISSING"] == len(row["months"]) - row["states"]["OUT_OF_CONSENT"] > 0


def test_an_answer_whose_envelope_cannot_be_read_failed_and_what_is_wrong_is_told_all_the_same(
    tmp_path: Path,
) -> None:
    made = opened(tmp_path / "home")
    customer = customer_id("BROKEN")
    made.consents.grant(GrantOrder(customer, 103, ("bank",)))
    scope = made.consents.open_scope(Wanted(customer, 103, Use.FETCH, fetch_key="given"))
    arrival = Arrival("ENTITY", "given", made.clock.now(), made.consents.recheck(scope))
    made.lake.deliver(scope, "bank", [b'{"kind":"envelope"}\n', b"[[[\n"], arrival)
    run(made, Order(customer, 103), lambda _: None, ("clean",))
    with pytest.raises(NotFound) as refusal:
        run(made, Order(customer, 103), lambda _: None, ("analyze",))
    assert refusal.value.code == "NOTHING_CLEAN"
    told = document(made, "BROKEN")
    assert told["sources"]["bank"]["quarantined"]["count"] == told["sources"]["bank"]["raw"]["count"] == 2
    assert [set(row["states"].items()) & {("RECEIVED", 0), ("MISSING", 0)} for row in told["coverage"]]
    assert told["coverage"][0]["states"]["FAILED"] > 0 == told["coverage"][0]["states"]["MISSING"]


def test_verify_takes_the_quality_again(house: House) -> None:
    scope = open_reading(house, customer_id("OFF"), 103)
    assert verify(house, scope).metrics > 0
    path = (house.home.results / "OFF" / "103" / "current" / "quality.json").resolve()
    sound = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(sound.replace(b'"holds":true', b'"holds":null', 1))
    with pytest.raises(BahiError) as refusal:
        verify(house, scope)
    assert refusal.value.code == "RESULT_ALTERED"
    path.write_bytes(sound)
