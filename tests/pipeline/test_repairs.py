"""Findings of a customer: logged without a word of anybody, shown raw beside clean, and taken back one by one."""

from __future__ import annotations

import json
import os
import random
import re
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

import sources
from consent.grants import Use, Wanted
from consent.terms import GrantOrder
from kit.canonical import line
from kit.errors import Conflict, NotFound
from kit.ident import customer_id
from kit.scope import Scope
from kit.source import Fate
from pipeline.corrections import standing
from pipeline.flow import run
from pipeline.order import Order
from pipeline.repairs import Changed, Place, changed_lines, one_line, revert, undo
from pipeline.reverts import REVERTED
from pipeline.rights import open_reading
from pipeline.verify import verify
from pipeline.wiring import House, open_house
from tests.pipeline.test_cleaning import ENVELOPE, movement
from tests.support import CLOCK, Install, files_below, in_memory, installed
from warehouse.lake import Arrival, NoteKind

CUSTOMER = customer_id("MSME001")
SEED = int(os.environ.get("BAHI_TEST_SEED", "20261101"))
EVERY_N = 10**9
CLEAN = ("clean",)


@pytest.fixture(scope="module")
def soiled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Install]:
    """One customer with all sources, delivered as messy as it gets, and cleaned."""
    for folder in in_memory(tmp_path_factory.mktemp("soiled")):
        install = installed(folder / "home")
        house = opened(install)
        house.consents.grant(GrantOrder(CUSTOMER, 103, tuple(sources.names())))
        order = Order(CUSTOMER, 103, seed=SEED, noise="heavy", months=14, bank_rows=1_500)
        run(house, order, lambda _: None, ("generate", "clean"))
        house.ledger.close()
        yield install


@pytest.fixture
def house(soiled: Install, tmp_path: Path) -> Iterator[House]:
    import shutil

    shutil.copytree(soiled.home, tmp_path / "copy", symlinks=True)
    found = opened(Install(tmp_path / "copy", {}))
    yield found
    found.ledger.close()


def opened(install: Install) -> House:
    return open_house({"BAHI_HOME": str(install.home), "BAHI_CLOCK": CLOCK}, "test")


def reading(house: House) -> Scope:
    return open_reading(house, CUSTOMER, 103)


def clean(house: House) -> set[str]:
    return {report.status for report in run(house, Order(CUSTOMER, 103), lambda _: None, CLEAN)}


def changed(house: House, source: str) -> list[Changed]:
    return list(changed_lines(house, reading(house), source, EVERY_N).lines)


def repaired(house: House, source: str) -> list[tuple[Place, str, str]]:
    """The first line of every rule and field by which a value took the place of another, each line once."""
    found: dict[tuple[object, object], tuple[Place, str, str]] = {}
    taken: set[Place] = set()
    for one in changed(house, source):
        place = Place(one.ref.delivery, one.ref.line)
        for told in one.fields:
            known_by = (told["field"], told["rule"])
            if told["to"] not in ("null", told["from"]) and known_by not in found and place not in taken:
                found[known_by] = (place, str(told["field"]), str(told["from"]))
                taken.add(place)
    return list(found.values())


def logs(house: House) -> dict[str, bytes]:
    return files_below(house.home.logs / CUSTOMER)


def shelf(house: House) -> dict[str, bytes]:
    return files_below(house.home.clean / CUSTOMER / "103" / "current")


def texts(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from (str(key), *texts(inner))
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)
    elif isinstance(value, str | int) and not isinstance(value, bool):
        yield str(value)


def test_every_finding_is_logged_in_its_place_and_names_the_rule(house: House) -> None:
    written = logs(house)
    assert sorted(written) == [f"103/{name}.findings.ndjson" for name in sources.names()]
    for name in sources.names():
        logged = [json.loads(text) for text in written[f"103/{name}.findings.ndjson"].splitlines()]
        kept = [json.loads(text) for text in shelf(house)[f"{name}.findings.ndjson"].splitlines()]
        assert [(one["line"], one["rule"]) for one in logged] == [(one["line"], one["rule"]) for one in kept]
        assert all(one["source"] == name for one in logged)
    assert sum(map(len, written.values())) > 10_000


def test_no_log_holds_a_word_that_names_somebody(house: House) -> None:
    """A word that names has digits and letters of its own: whatever raw lines hold but amounts, days and listed words."""
    raw = files_below(house.home.raw / CUSTOMER)
    found = [
        text for name, content in raw.items() if name.endswith(".ndjson") for text in content.splitlines()
    ]
    words: set[str] = set()
    for text in found:
        try:
            words.update(texts(json.loads(text)))
        except ValueError:
            continue
    personal = {word.strip() for word in words if len(word.strip()) >= 8 and _names(word.strip())}
    assert len(personal) > 1_000
    told = {
        shown
        for content in logs(house).values()
        for text in content.splitlines()
        for shown in texts({name: value for name, value in json.loads(text).items() if name != "line"})
    }
    assert len(told) > 100
    assert {word for word in personal if word in told} == set()


def _names(word: str) -> bool:
    """Mobiles, accounts, PAN, GSTIN, addresses of people and payments, and whatever names them in words."""
    digits_n = sum(letter.isdecimal() for letter in word)
    has_letters = any(letter.isalpha() for letter in word)
    if "@" in word or (word.isdecimal() and digits_n >= 9):
        return True
    is_moment = word[:2].isdecimal() and not word.isalnum()
    is_money = word.lstrip("-( ").startswith(("₹", "Rs", "INR"))
    return has_letters and (digits_n >= 4 or " " in word) and not is_moment and not is_money


def test_a_log_lost_or_of_a_source_no_longer_read_is_put_right_by_the_next_cleaning(house: House) -> None:
    before = logs(house)
    folder = house.home.logs / CUSTOMER / "103"
    (folder / "bank.findings.ndjson").unlink()
    (folder / "elsewhere.findings.ndjson").write_bytes(b"{}\n")
    assert "done" in clean(house)
    assert logs(house) == before
    assert clean(house) == {"unchanged"}


@pytest.mark.parametrize("source", sources.names())
def test_every_finding_is_shown_from_what_it_was_to_what_it_became(house: House, source: str) -> None:
    kept = [json.loads(text) for text in shelf(house)[f"{source}.findings.ndjson"].splitlines()]
    found = changed(house, source)
    shown = [
        (one.ref._asdict(), told["field"], told["rule"], told["from"], told["to"])
        for one in found
        for told in one.fields
    ]
    assert shown == [(one["line"], one["field"], one["rule"], one["from"], one["to"]) for one in kept]
    for one in found[:5]:
        opened_line, text = one_line(house, reading(house), source, Place(one.ref.delivery, one.ref.line))
        (same,) = opened_line.lines
        assert same.fields == one.fields and same.fate == one.fate
        assert text.encode() in files_below(house.home.raw / CUSTOMER)[f"{source}/{one.ref.delivery}.ndjson"]


@pytest.mark.parametrize("source", ["bank", "gst", "ocen", "ondc"])
def test_what_a_repair_was_made_of_is_the_field_as_it_arrived(house: House, source: str) -> None:
    placed = 0
    for one in changed(house, source):
        text = house.lake.raw_line(reading(house), one.ref, source)
        for told in one.fields:
            found = at(json.loads(text), str(told["field"]))
            if told["to"] not in ("null", told["from"]) and found is not None and told["from"] != '"object"':
                assert json.loads(str(told["from"])) == found
                placed += 1
    assert placed


def at(value: object, field: str) -> object:
    """Follow a path through a document; None where it leads nowhere."""
    for step in re.findall(r"[^.\[\]]+", field):
        if isinstance(value, list):
            value = value[int(step)] if step.isdecimal() and int(step) < len(value) else None
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return value


@pytest.mark.parametrize("source", ["bank", "gst", "ocen", "ondc"])
def test_a_reverted_field_is_as_it_came_or_nothing_or_its_line_is_held_back(
    house: House, source: str
) -> None:
    before = {(one.ref.delivery, one.ref.line): one for one in changed(house, source)}
    wanted = repaired(house, source)
    assert wanted
    counts = orjson.loads((house.home.clean / CUSTOMER / "103" / "manifest.json").read_bytes())["entries"]
    for place, field, _ in wanted:
        assert not revert(house, reading(house), source, place, field).stood
        assert revert(house, reading(house), source, place, field).stood
    assert changed_lines(house, reading(house), source, 1).is_stale
    assert "done" in clean(house)
    for place, field, was in wanted:
        difference, _ = one_line(house, reading(house), source, place)
        (one,) = difference.lines
        told = next(told for told in one.fields if told["field"] == field and told["rule"] == REVERTED)
        assert told["from"] == was and told["to"] in (was, "null")
        if one.fate == Fate.QUARANTINED:
            assert (one.reason, told["to"]) == (REVERTED, "null")
        else:
            assert one.fate == Fate.CLEAN and one.record_id == before[place].record_id
            assert one.record != before[place].record
            if told["to"] == was:
                assert json.loads(was) in set(texts(one.record))
            else:
                sources.source(source).read(one.record or {})
    held = orjson.loads((house.home.clean / CUSTOMER / "103" / "manifest.json").read_bytes())["entries"]
    assert held[source]["counts"]["items"] == counts[source]["counts"]["items"]
    assert {name: entry["key"] for name, entry in held.items() if name != source} == {
        name: entry["key"] for name, entry in counts.items() if name != source
    }
    assert clean(house) == {"unchanged"}
    run(house, Order(CUSTOMER, 103), lambda _: None, ("analyze",))
    assert verify(house, reading(house)).lines


def test_what_was_taken_back_gives_the_bytes_of_before_and_may_be_reverted_again(house: House) -> None:
    before, written = shelf(house), logs(house)
    place, field, _ = repaired(house, "bank")[0]
    with pytest.raises(NotFound, match="not reverted"):
        undo(house, reading(house), "bank", place, field)
    first = revert(house, reading(house), "bank", place, field)
    clean(house)
    reverted = shelf(house)
    assert reverted != before and logs(house) != written
    assert revert(house, reading(house), "bank", place, field) == (first.note_ids, True)
    undo(house, reading(house), "bank", place, field)
    clean(house)
    assert shelf(house) == before and logs(house) == written
    again = revert(house, reading(house), "bank", place, field)
    assert not again.stood and again.note_ids != first.note_ids
    clean(house)
    assert shelf(house) == reverted
    assert len(house.lake.notes(reading(house), NoteKind.CORRECTION)) == 3


def test_the_same_notes_in_any_order_give_the_same_bytes(soiled: Install, tmp_path: Path) -> None:
    import shutil

    chance, made = random.Random(SEED), []
    for number in range(3):
        shutil.copytree(soiled.home, tmp_path / str(number), symlinks=True)
        one = opened(Install(tmp_path / str(number), {}))
        wanted = [(source, *spot[:2]) for source in ("bank", "ondc") for spot in repaired(one, source)]
        chance.shuffle(wanted)
        for source, place, field in wanted:
            revert(one, reading(one), source, place, field)
        source, place, field = sorted(wanted)[0]
        undo(one, reading(one), source, place, field)
        clean(one)
        made.append((shelf(one), logs(one), len(standing(one.lake, reading(one)).reverted)))
        one.ledger.close()
    assert made[0] == made[1] == made[2]
    assert made[0][2] == len(wanted) - 1


def test_what_was_only_noticed_or_not_read_at_all_is_no_repair(house: House) -> None:
    refused = 0
    for one in changed(house, "bank"):
        fields = {str(told["field"]) for told in one.fields}
        for field in fields:
            mine = [told for told in one.fields if told["field"] == field]
            if all(told["to"] in ("null", told["from"]) for told in mine):
                with pytest.raises(Conflict) as said:
                    revert(house, reading(house), "bank", Place(one.ref.delivery, one.ref.line), field)
                refused += said.value.code == "NOTHING_REPAIRED"
    assert refused > 5
    assert house.lake.notes(reading(house), NoteKind.CORRECTION) == ()


def test_a_copy_of_a_line_that_is_held_back_is_held_back_with_it(tmp_path: Path) -> None:
    house = opened(installed(tmp_path / "home"))
    house.consents.grant(GrantOrder(CUSTOMER, 103, ("bank",)))
    scope = house.consents.open_scope(Wanted(CUSTOMER, 103, Use.FETCH, fetch_key="given"))
    arrival = Arrival("ENTITY", "given", house.clock.now(), house.consents.recheck(scope))
    soiled = [ENVELOPE, movement(1, " credit ", "5.00"), movement(1, " credit ", "5.00")]
    house.lake.deliver(scope, "bank", (json.dumps(one).encode() + b"\n" for one in soiled), arrival)
    clean(house)
    ((place, field, _),) = repaired(house, "bank")
    assert field == "type" and shelf(house)["bank.outcomes.ndjson"].count(b'"duplicate"') == 1
    revert(house, reading(house), "bank", place, field)
    clean(house)
    ended = [json.loads(text) for text in shelf(house)["bank.outcomes.ndjson"].splitlines()]
    assert [(one["fate"], one["reason"], one["stands_for"]) for one in ended] == [
        ("quarantined", REVERTED, None)
    ] * 2
    assert verify(house, reading(house)).items == 3
    house.ledger.close()


def test_a_withdrawn_consent_takes_the_notes_and_the_logs(house: House) -> None:
    for source in ("bank", "ondc"):
        place, field, _ = repaired(house, source)[0]
        revert(house, reading(house), source, place, field)
    notes = house.home.raw / CUSTOMER / "corrections.ndjson"
    assert len(notes.read_bytes().splitlines()) == 2 and logs(house)
    by_source = {name: one.id for one in house.consents.listing(CUSTOMER) for name in one.artefact.sources()}
    house.erasure.revoke(by_source["ondc"])
    (left,) = [json.loads(text) for text in notes.read_bytes().splitlines()]
    assert left["source"] == "bank" and line(left) == notes.read_bytes()
    assert logs(house) == {}
    assert "done" in clean(house)
    assert sorted(logs(house)) == [
        f"103/{name}.findings.ndjson" for name in sources.names() if name != "ondc"
    ]
    for consent in house.consents.listing(CUSTOMER):
        if consent.id != by_source["ondc"]:
            house.erasure.revoke(consent.id)
    assert not notes.exists() and not (house.home.logs / CUSTOMER).exists()


def test_a_note_is_read_under_no_other_purpose(house: House) -> None:
    place, field, _ = repaired(house, "bank")[0]
    revert(house, reading(house), "bank", place, field)
    house.consents.grant(GrantOrder(CUSTOMER, 104, ("bank",)))
    other = house.consents.open_scope(Wanted(CUSTOMER, 104, Use.PROCESS))
    assert standing(house.lake, other).reverted == {}
    assert len(standing(house.lake, reading(house)).reverted) == 1
