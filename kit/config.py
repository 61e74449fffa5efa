"""The configuration as one frozen tree: every key is known, typed and explained, and any other is an error."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from typing import ForwardRef, NamedTuple

from kit.errors import CallerError
from kit.period import parse_day
from kit.source import Json

_PREFIX = "BAHI_"
# What the environment may hold beside settings: where an installation is and who acts in it, and what the page's tools use.
_NOT_SETTINGS = (
    *("BAHI_HOME", "BAHI_TRUTH", "BAHI_DATABASE_URL", "BAHI_CLOCK", "BAHI_ACTOR", "BAHI_PROGRESS"),
    *("BAHI_SIGNING_KEY", "BAHI_PEPPER", "BAHI_CHECKPOINTS_TO", "BAHI_BACKUP_PASSPHRASE"),
    *("BAHI_API", "BAHI_URL", "BAHI_CUSTOMER", "BAHI_SHOTS"),
)


class Environment(StrEnum):
    """Whether customers are synthetic and their consents signed here, or real."""

    SANDBOX = "sandbox"
    PRODUCTION = "production"


class _Bounds(NamedTuple):
    """What the value of a key may be, within its type."""

    least: int = 0
    most: int = 2**53 - 1
    choices: tuple[str, ...] = ()


_UNITS = ("DAY", "MONTH", "YEAR")
_BOUNDS: Mapping[str, _Bounds] = {
    "purpose": _Bounds(least=101),
    "fetch_type": _Bounds(choices=("ONETIME", "PERIODIC")),
    "consent_types": _Bounds(choices=("PROFILE", "SUMMARY", "TRANSACTIONS")),
    "range_unit": _Bounds(choices=_UNITS),
    "expiry_unit": _Bounds(choices=_UNITS),
    "data_life_unit": _Bounds(choices=(*_UNITS, "INF")),
    "frequency_unit": _Bounds(choices=("HOUR", *_UNITS, "INF")),
    "line_bytes": _Bounds(least=1024),
    # The standard reader of the slow path stops at about a thousand levels.
    "json_depth": _Bounds(least=2, most=500),
    "months": _Bounds(least=1, most=120),
    "pd_lives_n": _Bounds(most=10_000),
    "workers_n": _Bounds(least=1, most=64),
    # What is over its life is gone within a minute, so no installation can ask for less care than that.
    "purge_every_seconds": _Bounds(least=1, most=60),
}


class Terms(NamedTuple):
    """What is asked for by default under one purpose, from a day on."""

    purpose: int
    since: date
    fetch_type: str
    consent_types: tuple[str, ...]
    range_unit: str
    range_value: int
    expiry_unit: str
    expiry_value: int
    data_life_unit: str
    data_life_value: int
    frequency_unit: str
    frequency_value: int


class Consent(NamedTuple):
    """What the sandbox asks for when a caller names only a purpose."""

    terms: tuple[Terms, ...]

    def terms_for(self, purpose: int, on: date) -> Terms:
        """Pick the latest terms of a purpose that hold on a day."""
        dated = [terms for terms in self.terms if terms.purpose == purpose and terms.since <= on]
        if not dated:
            known = ", ".join(str(code) for code in sorted({terms.purpose for terms in self.terms}))
            raise CallerError(
                "PURPOSE_UNKNOWN",
                "There are no terms for this purpose on this day.",
                hint=f"Use one of {known}.",
            )
        return max(dated, key=lambda terms: terms.since)


class Limits(NamedTuple):
    """How much one raw line may ask of us."""

    line_bytes: int
    json_depth: int


class Config(NamedTuple):
    """Everything an installation can set."""

    environment: Environment
    world_seed: int
    months: int
    pd_lives_n: int
    workers_n: int
    purge_every_seconds: int
    consent: Consent
    limits: Limits


class _Key(NamedTuple):
    """One key: its name, its type as it is written above, and what its value may be."""

    name: str
    type: str
    bounds: _Bounds


_SECTIONS: Mapping[str, type[Consent] | type[Limits]] = {"consent": Consent, "limits": Limits}
Section = Config | Consent | Limits | Terms
Given = Mapping[str, Json]


def _key(kind: type[Section], name: str) -> _Key:
    written: ForwardRef = kind.__annotations__[name]
    return _Key(name, written.__forward_arg__, _BOUNDS.get(name, _Bounds()))


def config_from(document: Given, environ: Mapping[str, str]) -> Config:
    """Build the configuration from config.json; BAHI_<KEY> and BAHI_<SECTION>_<KEY> come before the file."""
    _refuse_unknown_overrides(environ)
    built = _built(Config, document, "", lambda entry, path: _overridden(entry, path, environ))
    assert isinstance(built, Config)
    return built


def _built(kind: type[Section], given: Given, path: str, unwrap: Callable[[Json, str], Json]) -> Section:
    for name in given:
        if name not in kind._fields:
            raise _unknown_key(path + name, [path + one for one in kind._fields])
    return kind._make(_value(_key(kind, name), given, path, unwrap) for name in kind._fields)


def _value(one: _Key, given: Given, path: str, unwrap: Callable[[Json, str], Json]) -> object:
    place = path + one.name
    if one.name not in given:
        raise CallerError(
            "CONFIG_KEY_MISSING", f"config.json lacks the key {place}.", hint=_hint(place), place=place
        )
    entry = given[one.name]
    section = _SECTIONS.get(one.name)
    if section is None:
        return _READERS[one.type](unwrap(entry, place), place, one)
    if not isinstance(entry, dict):
        raise _wrong(place, "a section of keys")
    return _built(section, entry, place + ".", unwrap)


def _overridden(entry: Json, place: str, environ: Mapping[str, str]) -> Json:
    if not isinstance(entry, dict) or entry.keys() != {"value", "about"} or not entry["about"]:
        raise _wrong(place, 'an object {"value": ..., "about": "what it is for"}')
    text = environ.get(_variable(place))
    if text is None:
        return entry["value"]
    return int(text) if re.fullmatch("[0-9]{1,16}", text) else text


def _whole(value: Json, place: str, one: _Key) -> int:
    least, most = one.bounds.least, one.bounds.most
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise _wrong(place, f"a whole number from {least} to {most}")
    return value


def _text(value: Json, place: str, one: _Key) -> str:
    choices = one.bounds.choices
    if not isinstance(value, str) or not value or (choices and value not in choices):
        raise _wrong(place, f"one of {', '.join(choices)}" if choices else "a text")
    return value


def _texts(value: Json, place: str, one: _Key) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        raise _wrong(place, "a list of texts")
    return tuple(_text(item, f"{place}[{i}]", one) for i, item in enumerate(value))


def _day(value: Json, place: str, _: _Key) -> date:
    try:
        return parse_day(value if isinstance(value, str) else "")
    except CallerError:
        raise _wrong(place, "a day like 2026-04-01") from None


def _environment(value: Json, place: str, _: _Key) -> Environment:
    if value not in list(Environment):
        raise _wrong(place, " or ".join(Environment))
    return Environment(str(value))


def _terms(value: Json, place: str, _: _Key) -> tuple[Terms, ...]:
    if not isinstance(value, list) or not value:
        raise _wrong(place, "a list of terms")
    return tuple(_terms_entry(entry, f"{place}[{i}]") for i, entry in enumerate(value))


def _terms_entry(entry: Json, place: str) -> Terms:
    if not isinstance(entry, dict):
        raise _wrong(place, "an object of terms")
    built = _built(Terms, entry, place + ".", lambda value, _: value)
    assert isinstance(built, Terms)
    return built


_READERS: Mapping[str, Callable[[Json, str, _Key], object]] = {
    "int": _whole,
    "str": _text,
    "date": _day,
    "Environment": _environment,
    "tuple[str, ...]": _texts,
    "tuple[Terms, ...]": _terms,
}


def _refuse_unknown_overrides(environ: Mapping[str, str]) -> None:
    known = [_variable(name) for name in Config._fields if name not in _SECTIONS]
    for section, kind in _SECTIONS.items():
        known += [_variable(f"{section}.{name}") for name in kind._fields]
    known += _NOT_SETTINGS
    for name in environ:
        if name.startswith(_PREFIX) and name not in known:
            raise _unknown_key(name, known)


def _variable(place: str) -> str:
    return _PREFIX + place.upper().replace(".", "_")


def _unknown_key(place: str, known: list[str]) -> CallerError:
    from difflib import get_close_matches

    nearest = get_close_matches(place, known, 1, 0)
    return CallerError(
        "CONFIG_UNKNOWN_KEY",
        f"The configuration has no key {ascii(place[:80])}.",
        hint=f"Did you mean {nearest[0]}? Rename the key or remove it.",
        place=ascii(place[:80]),
    )


def _wrong(place: str, wanted: str) -> CallerError:
    return CallerError(
        "CONFIG_WRONG_TYPE", f"The key {place} must be {wanted}.", hint=_hint(place), place=place
    )


def _hint(place: str) -> str:
    if "[" in place or place in _SECTIONS:
        return f"Set {place} in config.json."
    return f"Set {place} in config.json, or the environment variable {_variable(place)}."
