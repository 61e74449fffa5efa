"""The fast schema engine and the plain one give one verdict on every record, valid or altered in one place."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from datetime import date, timedelta
from functools import cache
from random import Random
from typing import Any

import jsonschema
import jsonschema_rs
import orjson
import pytest

from pipeline.generated import schemas

Json = Any
SCHEMAS: Mapping[str, Json] = {name: orjson.loads(text) for name, text in schemas()}
RECORDS = sorted(name for name in SCHEMAS if not name.startswith("result."))
USUAL_N, FULL_N = 400, 10_000
LETTERS = "azAZ09 _-.,:/'\"<>=+@\\\n\té₹\u0301\u202e\u200d\U0001f600"
ODD: tuple[Json, ...] = (
    None, True, False, 0, -1, 1, 2**53 - 1, 2**53, -(2**53), 2**63, 0.0, 1.0, 1.5, -0.0, 1e300, "", " ", "0", "null", "CREDIT",
    "credit", "2026-01-01", "2026-13-45", "2026-01-01\n", "\n2026-01-01", "２０２６-01-01", "2026-01", "0" * 16, "0" * 16 + "\n",
    "0" * 15, "0" * 17, "F" * 16, "ENTITY", "ENTITY\n", "E" * 41, "é", "\U0001f600", [], [None], {}, {"a": 1}, [[]], "\0", "a" * 500,
)  # fmt: skip
WORDS: Mapping[str, Callable[[Random], str]] = {
    "^(?:[0-9]{4}-[0-9]{2}-[0-9]{2})$": lambda random: _day(random),
    "^(?:[0-9]{4}-(0[1-9]|1[0-2]))$": lambda random: _day(random)[:7],
    "^(?:[0-9a-f]{16}(-[0-9]+)?)$": lambda random: (
        f"{random.getrandbits(64):016x}{random.choice(['', '-2'])}"
    ),
    "^(?:[0-9a-f]{16})$": lambda random: f"{random.getrandbits(64):016x}",
    "^(?:[A-Z0-9][A-Z0-9_-]{0,39})$": lambda random: (
        random.choice("AZ09") + "".join(random.choices("AZ09_-", k=random.randrange(40)))
    ),
}


def _in_full(validator: Json, pattern: str, instance: Json, _: Json) -> Iterator[Json]:
    """Patterns of JSON Schema are ECMAScript's, whose $ is the very end; Python's stands before a last newline too."""
    if validator.is_type(instance, "string") and not re.search(pattern.replace("$", r"\Z"), instance):
        yield jsonschema.ValidationError("no match")


PLAIN = jsonschema.validators.extend(jsonschema.Draft202012Validator, {"pattern": _in_full})


@cache
def _engines(name: str) -> tuple[Callable[[Json], bool], Callable[[Json], bool]]:
    return jsonschema_rs.validator_for(SCHEMAS[name]).is_valid, PLAIN(SCHEMAS[name]).is_valid


def _day(random: Random) -> str:
    return (date(1900, 1, 1) + timedelta(days=random.randrange(100_000))).isoformat()


class _Maker:
    """Draws records that a schema accepts, from the schema alone."""

    def __init__(self, schema: Json, random: Random) -> None:
        self.schema, self.random = schema, random

    def made(self, node: Json) -> Json:
        if "$ref" in node:
            return self.made(self.schema["$defs"][node["$ref"].removeprefix("#/$defs/")])
        if "anyOf" in node:
            return self.made(self.random.choice(node["anyOf"]))
        if "enum" in node:
            return self.random.choice(node["enum"])
        kinds = node["type"] if isinstance(node["type"], list) else [node["type"]]
        make = {
            "object": self._object,
            "array": self._array,
            "string": self._string,
            "integer": self._integer,
        }
        kind = self.random.choice(kinds)
        if kind == "boolean":
            return self.random.random() < 0.5
        return None if kind == "null" else make[kind](node)

    def _object(self, node: Json) -> Json:
        needed = set(node.get("required", ()))
        names = [name for name in node.get("properties", {}) if name in needed or self.random.random() < 0.5]
        made = {name: self.made(node["properties"][name]) for name in names}
        if isinstance(node.get("additionalProperties"), dict):
            for _ in range(self.random.randrange(3)):
                made[self._letters(1)] = self.made(node["additionalProperties"])
        return made

    def _array(self, node: Json) -> Json:
        return [self.made(node["items"]) for _ in range(self.random.randrange(4))]

    def _string(self, node: Json) -> str:
        return (
            WORDS[node["pattern"]](self.random)
            if "pattern" in node
            else self._letters(node.get("minLength", 0))
        )

    def _letters(self, least: int) -> str:
        return "".join(self.random.choices(LETTERS, k=self.random.randrange(least, least + 9)))

    def _integer(self, node: Json) -> int:
        least, most = node.get("minimum", -(2**53)), node.get("maximum", 2**53)
        return self.random.choice([least, most, self.random.randint(least, most), max(least, min(most, 0))])


def _places(value: Json, found: list[tuple[Json, Json]]) -> list[tuple[Json, Json]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in inside:
        found.append((value, key))
        _places(inner, found)
    return found


def _altered(record: Json, random: Random) -> Json:
    """Change one thing; what comes out may still be valid."""
    record = deepcopy(record)
    inside, key = random.choice(_places(record, []))
    deed = random.randrange(5)
    if deed == 0:
        inside[key] = deepcopy(random.choice(ODD))
    elif deed == 1:
        del inside[key]
    elif deed == 2 and isinstance(inside, dict):
        inside[f"{key}{random.choice(LETTERS)}"] = random.choice(ODD)
    elif deed == 3:
        inside[key] = [inside[key]]
    else:
        inside[key] = _bent(inside[key], random)
    return record


def _bent(value: Json, random: Random) -> Json:
    if isinstance(value, str):
        at = random.randint(0, len(value))
        return random.choice(
            [value + "\n", value.swapcase(), value[:at] + random.choice(LETTERS) + value[at:], value[:at]]
        )
    if isinstance(value, int):
        return random.choice([value * 10**6, -value - 1, float(value), str(value), value + 0.5])
    return random.choice(ODD)


def _verdicts(name: str, first: int, last: int) -> Counter[tuple[str, bool]]:
    """Ask both engines of valid and altered records by number; they must agree on each."""
    fast, plain = _engines(name)
    met: Counter[tuple[str, bool]] = Counter()
    for number in range(first, last):
        random = Random(f"{name} {number}")
        record = _Maker(SCHEMAS[name], random).made(SCHEMAS[name])
        assert fast(record) and plain(record), (name, number, record)
        altered = _altered(record, random)
        assert fast(altered) == plain(altered), (name, number, altered)
        met["altered", fast(altered)] += 1
    return met


@pytest.mark.parametrize("name", RECORDS)
def test_both_engines_agree_on_some_records(name: str) -> None:
    met = _verdicts(name, 0, USUAL_N)
    assert met["altered", False] > USUAL_N / 3 and met["altered", True] > 0


@pytest.mark.full
@pytest.mark.parametrize("name", RECORDS)
def test_both_engines_agree_on_ten_thousand_records(name: str) -> None:
    met = _verdicts(name, 0, FULL_N)
    assert met["altered", False] > FULL_N / 3


def test_a_date_with_a_newline_behind_it_is_no_date() -> None:
    """Without its own rule for the end of a pattern the plain engine would let it pass."""
    name = "bank.transaction"
    record = _Maker(SCHEMAS[name], Random(1)).made(SCHEMAS[name])
    fast, plain = _engines(name)
    record["on"] += "\n"
    assert not fast(record) and not plain(record)
    assert jsonschema.Draft202012Validator(SCHEMAS[name]).is_valid(record)
