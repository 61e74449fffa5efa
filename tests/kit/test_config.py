from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from kit.config import Config, Environment, config_from
from kit.errors import CallerError
from kit.source import Document, Json

FILE = Path(__file__).parents[2] / "config.json"


@pytest.fixture
def document() -> Document:
    loaded: Document = json.loads(FILE.read_text("utf-8"))
    return loaded


def terms_in(document: Document) -> list[Json]:
    section = document["consent"]
    assert isinstance(section, dict)
    wrapped = section["terms"]
    assert isinstance(wrapped, dict) and isinstance(wrapped["value"], list)
    return wrapped["value"]


def refused(document: Document, environ: dict[str, str] | None = None) -> CallerError:
    with pytest.raises(CallerError) as caught:
        config_from(document, environ or {})
    assert caught.value.hint and caught.value.place
    return caught.value


def test_the_file_that_ships_is_whole_and_frozen(document: Document) -> None:
    config = config_from(document, {})
    assert isinstance(config, Config)
    assert config.environment is Environment.SANDBOX
    assert (config.months, config.workers_n) == (14, 2)
    assert (config.limits.line_bytes, config.limits.json_depth) == (1_048_576, 100)
    with pytest.raises(AttributeError):
        config.months = 1  # type: ignore[misc]


def test_an_unknown_key_is_named_with_the_nearest_known_one(document: Document) -> None:
    error = refused({**document, "world_sed": 1})
    assert (error.code, error.place) == ("CONFIG_UNKNOWN_KEY", "'world_sed'")
    assert "world_seed" in error.hint


def test_an_unknown_key_is_found_at_every_depth(document: Document) -> None:
    limits = document["limits"]
    assert isinstance(limits, dict)
    error = refused({**document, "limits": {**limits, "line_byte": 1}})
    assert "limits.line_byte" in error.message and "limits.line_bytes" in error.hint
    deep = copy.deepcopy(document)
    first = terms_in(deep)[0]
    assert isinstance(first, dict)
    first["sins"] = 1
    assert "consent.terms[0].sins" in refused(deep).message


def test_a_hostile_key_cannot_write_to_the_terminal(document: Document) -> None:
    error = refused({**document, "\x1b[31m\n" + "x" * 500: 1})
    assert error.message.isprintable() and len(error.message) < 200


@pytest.mark.parametrize("name", ["environment", "world_seed", "months", "consent", "limits"])
def test_a_missing_key_is_named(document: Document, name: str) -> None:
    del document[name]
    error = refused(document)
    assert (error.code, error.place) == ("CONFIG_KEY_MISSING", name)


SPOILED: list[tuple[str, Callable[[Document], object]]] = [
    ("months", lambda given: given.update(months={"value": "14", "about": "x"})),
    ("months", lambda given: given.update(months={"value": True, "about": "x"})),
    ("months", lambda given: given.update(months={"value": 14.0, "about": "x"})),
    ("months", lambda given: given.update(months={"value": 0, "about": "x"})),
    ("months", lambda given: given.update(months={"value": None, "about": "x"})),
    ("months", lambda given: given.update(months={"value": 14})),
    ("months", lambda given: given.update(months={"value": 14, "about": ""})),
    ("months", lambda given: given.update(months=14)),
    ("environment", lambda given: given.update(environment={"value": "prod", "about": "x"})),
    ("environment", lambda given: given.update(environment={"value": ["sandbox"], "about": "x"})),
    ("limits", lambda given: given.update(limits=[])),
    ("consent.terms", lambda given: given.update(consent={"terms": {"value": [], "about": "x"}})),
    ("consent.terms[0]", lambda given: given.update(consent={"terms": {"value": [1], "about": "x"}})),
]  # fmt: skip


@pytest.mark.parametrize(("place", "spoil"), SPOILED, ids=[str(i) for i in range(len(SPOILED))])
def test_a_value_of_the_wrong_type_is_named(
    document: Document, place: str, spoil: Callable[[Document], object]
) -> None:
    spoil(document)
    error = refused(document)
    assert (error.code, error.place) == ("CONFIG_WRONG_TYPE", place)


def test_the_environment_comes_before_the_file(document: Document) -> None:
    config = config_from(
        document,
        {
            "BAHI_ENVIRONMENT": "production",
            "BAHI_WORLD_SEED": "7",
            "BAHI_LIMITS_LINE_BYTES": "2048",
            "BAHI_HOME": "/x",
        },
    )
    assert config.environment is Environment.PRODUCTION
    assert (config.world_seed, config.limits.line_bytes) == (7, 2048)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("BAHI_LIMITS_LINE_BITES", "CONFIG_UNKNOWN_KEY"),
        ("BAHI_MONTHS", "CONFIG_WRONG_TYPE"),
        ("BAHI_CONSENT_TERMS", "CONFIG_WRONG_TYPE"),
    ],
)
def test_a_bad_override_is_named_without_its_value(document: Document, name: str, code: str) -> None:
    error = refused(document, {name: "s3cret"})
    assert error.code == code
    assert "s3cret" not in error.message + error.hint


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("BAHI_MONTS", "BAHI_MONTHS"),
        ("BAHI_LIMITS_LINE_BITES", "BAHI_LIMITS_LINE_BYTES"),
        ("BAHI_LIMIT_LINE_BYTES", "BAHI_LIMITS_LINE_BYTES"),
        ("BAHI_HOMES", "BAHI_HOME"),
        ("BAHI_CONSENT", "BAHI_CONSENT_TERMS"),
    ],
)
def test_an_override_of_nothing_is_refused_with_the_nearest_known_one(
    document: Document, name: str, meant: str
) -> None:
    error = refused(document, {name: "3"})
    assert (error.code, error.place) == ("CONFIG_UNKNOWN_KEY", f"'{name}'")
    assert f"Did you mean {meant}?" in error.hint


@pytest.mark.parametrize(
    "name",
    ["BAHI_HOME", "BAHI_TRUTH", "BAHI_CLOCK", "BAHI_ACTOR", "BAHI_PROGRESS", "BAHI_DATABASE_URL", "OTHER"],
)
def test_what_is_no_setting_is_left_to_who_reads_it(document: Document, name: str) -> None:
    assert config_from(document, {name: "x"}) == config_from(document, {})


def test_every_variable_this_project_names_is_known(document: Document) -> None:
    root = FILE.parent
    named = {
        name
        for folder in ("kit", "cli", "pipeline", "warehouse", "frontend/e2e", "tests/tooling")
        for path in (root / folder).rglob("*")
        if path.suffix in (".py", ".mjs") and "node_modules" not in path.parts
        for name in re.findall(r"\bBAHI_[A-Z]+(?:_[A-Z]+)*\b", path.read_text("utf-8"))
    }
    named |= set(re.findall(r"BAHI_[A-Z_]+", (root / ".env.example").read_text("utf-8")))
    assert "BAHI_URL" in named and "BAHI_PROGRESS" in named
    for name in sorted(named):
        try:
            config_from(document, {name: "1"})
        except CallerError as error:
            assert error.code != "CONFIG_UNKNOWN_KEY", name


def test_the_terms_that_hold_on_a_day_are_the_latest_before_it(document: Document) -> None:
    later = copy.deepcopy(document)
    listed = terms_in(later)
    [first] = [entry for entry in listed if isinstance(entry, dict) and entry["purpose"] == 103]
    listed.insert(0, {**first, "since": "2027-04-01", "range_value": 12})
    consent = config_from(later, {}).consent
    assert consent.terms_for(103, date(2027, 3, 31)).range_value == 14
    assert consent.terms_for(103, date(2027, 4, 1)).range_value == 12
    for purpose, on in ((103, date(2020, 1, 1)), (999, date(2027, 1, 1))):
        with pytest.raises(CallerError, match="purpose") as caught:
            consent.terms_for(purpose, on)
        assert caught.value.code == "PURPOSE_UNKNOWN" and "103" in caught.value.hint
