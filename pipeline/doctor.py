"""Looks an installation over: each finding is a fact checked just then, with what to do where it does not hold."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

import sources
from kit.errors import BahiError
from pipeline import keeping
from pipeline.tables import tables_for
from pipeline.wiring import House, open_house
from warehouse import assets


class Checkup(NamedTuple):
    """One thing looked at."""

    what: str
    is_ok: bool
    hint: str


def examine(environ: Mapping[str, str]) -> tuple[Checkup, ...]:
    """Check Python, configuration, ledger, folders, secrets, audit chain, schemas and the built page."""
    python = Checkup(
        f"Python {sys.version.split()[0]}", sys.version_info[:2] == (3, 11), "install Python 3.11"
    )
    try:
        house = open_house(environ, "doctor")
    except BahiError as error:
        return (python, Checkup(f"{error.code}: {error.message}", False, error.hint))
    checks: tuple[tuple[str, Callable[[], object]], ...] = (
        (f"ledger {house.ledger.spot.rpartition('/')[2]} is whole", house.ledger.check),
        (f"home {house.home.root} can be written", house.lake.check_writable),
        ("the secrets can be used", partial(_check_secrets, house)),
        *((f"schemas of {name} load", partial(tables_for, name)) for name in sources.names()),
        ("the page is built", assets.check_page),
    )
    kept: tuple[tuple[str, Callable[[House], str]], ...] = (
        ("the audit chain", keeping.confirmed),
        ("the second place", keeping.elsewhere),
        ("the last backup", keeping.last_backup),
        ("restorations", keeping.no_half_restoration),
    )
    return (
        python,
        *(_tried(what, check) for what, check in checks),
        *(_told(what, partial(tell, house)) for what, tell in kept),
        *_erasures(house),
    )


def _check_secrets(house: House) -> None:
    house.keys.check()
    with house.ledger.reading() as tx:
        house.keys.require_known(tx)


def _erasures(house: House) -> tuple[Checkup, ...]:
    """Try what is pending again; what resists is named with what is in its way, one line for each consent."""
    what = "every erasure is finished"
    try:
        left = house.erasure.stuck()
    except BahiError as error:
        return (Checkup(f"{what}: {error.message}", False, error.hint),)
    return tuple(
        Checkup(
            f"the erasure of consent {asked.consent_id} is pending: {error.message}",
            False,
            f"{error.hint} Then run: bahi purge --due",
        )
        for asked, error in left
    ) or (Checkup(what, True, ""),)


def _told(what: str, tell: Callable[[], str]) -> Checkup:
    """Say what a check found in its own words, or what it is about and what is wrong with it."""
    try:
        return Checkup(tell(), True, "")
    except BahiError as error:
        return Checkup(f"{what}: {error.message}", False, error.hint)


def _tried(what: str, check: Callable[[], object]) -> Checkup:
    try:
        check()
    except BahiError as error:
        return Checkup(f"{what}: {error.message}", False, error.hint)
    return Checkup(what, True, "")
