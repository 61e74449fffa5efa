"""The one place where objects are wired together; the command line and the service both call open_house."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from orjson import loads

import sources
from consent.audit import Audit
from consent.erasure import Erasure
from consent.grants import Consents, Policy
from consent.keys import Keys
from kit.config import Config, config_from
from kit.period import Clock, clock_from
from pipeline.runs import Runs
from warehouse import assets
from warehouse.home import Home, home_from
from warehouse.lake import Caps, Lake
from warehouse.ledger import Ledger, ledger_from


class House(NamedTuple):
    """An opened installation: what the faces need to do anything."""

    home: Home
    clock: Clock
    config: Config
    ledger: Ledger
    lake: Lake
    audit: Audit
    keys: Keys
    consents: Consents
    erasure: Erasure
    runs: Runs
    actor: str
    environ: Mapping[str, str]


def open_house(environ: Mapping[str, str], actor: str) -> House:
    """Open the installation that the environment names; the ledger must exist and be of this version."""
    home = home_from(environ, assets.root())
    clock = clock_from(environ)
    config = config_from(loads(assets.config_text()), environ)
    ledger = ledger_from(environ, home)
    lake = Lake(home, Caps(config.limits.line_bytes, config.limits.json_depth))
    audit = Audit(ledger, clock, actor)
    keys = Keys(lake, clock, environ, config.environment)
    policy = Policy(config.environment, config.consent)
    consents = Consents(ledger, lake, sources.declarations(), audit, policy)
    erasure = Erasure(ledger, lake, audit, keys)
    return House(
        home=home,
        clock=clock,
        config=config,
        ledger=ledger,
        lake=lake,
        audit=audit,
        keys=keys,
        consents=consents,
        erasure=erasure,
        runs=Runs(ledger, clock, lake),
        actor=actor,
        environ=environ,
    )
