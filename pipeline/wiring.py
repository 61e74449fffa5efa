"""The one place where objects are wired together; the command line and the service both call open_house."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from json import loads

from consent.audit import Audit
from consent.grants import Consents
from kit.config import Config, config_from
from warehouse.lake import Lake

import sources
from kit.errors import CallerError
from kit.period import Clock, clock_from
from kit.source import Tables
from pipeline.runs import Runs
from warehouse import assets
from warehouse.home import Home, home_from
from warehouse.ledger import Ledger


@dataclass(frozen=True, slots=True)
class House:
    """An opened installation: what the faces need to do anything."""

    home: Home
    clock: Clock
    config: Config
    ledger: Ledger
    lake: Lake
    audit: Audit
    consents: Consents
    runs: Runs
    actor: str
    environ: Mapping[str, str]


def open_house(environ: Mapping[str, str], actor: str) -> House:
    """Open the installation that the environment names; the ledger must exist and be of this version."""
    home = home_from(environ)
    clock = clock_from(environ)
    config = config_from(loads(assets.config_text()), environ)
    ledger = Ledger(home.ledger_path)
    lake = Lake(home)
    audit = Audit(ledger, clock, actor)
    consents = Consents(ledger, lake, clock, sources.declarations(), audit)
    return House(home, clock, config, ledger, lake, audit, consents, Runs(ledger, clock), actor, environ)


def tables_for(source: str) -> Tables:
    """Load what a cleaner is handed: one fast schema check per record kind."""
    return Tables(accepts={kind: _check(source, kind) for kind in assets.schema_kinds(source)}, lookups={})


def _check(source: str, kind: str) -> Callable[[object], bool]:
    import jsonschema_rs

    try:
        return jsonschema_rs.validator_for(assets.schema(f"{source}.{kind}")).is_valid
    except jsonschema_rs.ValidationError as error:
        raise CallerError(
            "SCHEMA_BROKEN",
            f"schemas/{source}.{kind}.json is not a valid JSON Schema",
            hint="make generate",
        ) from error
