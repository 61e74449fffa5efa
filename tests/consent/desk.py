"""A consent desk for tests: a ledger in memory-backed storage, made-up sources, a lake that only remembers."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from consent.audit import Audit
from consent.erasure import Erasure
from consent.grants import Consents, Policy
from consent.keys import Keys
from consent.terms import terms_on
from kit.config import config_from
from kit.ident import CustomerId
from kit.period import IST, FixedClock
from kit.source import Channel, Declaration
from tests.engines import trap, unlocked
from warehouse import assets
from warehouse.ledger import Ledger

CUSTOMER = CustomerId("ASHA_TRADERS")
START = datetime(2026, 11, 20, 10, 0, tzinfo=IST)
SANDBOX = Policy("sandbox", config_from(json.loads(assets.config_text()), {}).consent)
SANDBOX_TERMS = terms_on(SANDBOX.configured, START.date())


def _declared(name: str, channels: tuple[Channel, ...], fi_types: tuple[str, ...], kinds: str) -> Declaration:
    return Declaration(
        name=name,
        title=name.title(),
        standard="none",
        channels=channels,
        fi_types=fi_types,
        record_types=("transaction", "statement"),
        party_kinds=tuple(kinds.split()),
    )


DECLARATIONS = {
    source.name: source
    for source in (
        _declared("ledgers", (Channel.AA, Channel.DIRECT_UPLOAD), ("DEPOSIT",), "entity proprietor"),
        _declared("returns", (Channel.AA,), ("GSTR1_3B",), "entity"),
        _declared("funds", (Channel.AA,), ("MUTUAL_FUNDS", "SIP"), "proprietor"),
        _declared("orders", (Channel.OCEN,), (), "entity"),
    )
}


class Paper(NamedTuple):
    place: str
    kind: str
    sha256: str | None


Tell = Callable[[Sequence[Paper]], None]


@dataclass
class PaperLake:
    """Remembers what it was told; breaks when asked to."""

    secrets: dict[str, bytes] = field(default_factory=dict)
    files: dict[str, list[str]] = field(default_factory=dict)
    dropped: list[tuple[str, datetime]] = field(default_factory=list)
    breaks: list[BaseException] = field(default_factory=list)
    kills: list[BaseException] = field(default_factory=list)

    def secret(self, name: str) -> bytes | None:
        return self.secrets.get(name)

    def keep_secret(self, name: str, content: bytes) -> None:
        self.secrets.setdefault(name, content)

    def replace_secret(self, name: str, content: bytes) -> None:
        self.secrets[name] = content

    def withdraw(
        self, customer: CustomerId, consent_id: str, purpose: int, *, others_live: bool, tell: Tell
    ) -> None:
        if self.breaks:
            raise self.breaks.pop()
        self._take(consent_id, tell)

    def drop_due(
        self, customer: CustomerId, now: datetime, *, others_live: bool, consent_id: str, tell: Tell
    ) -> None:
        if self.breaks:
            raise self.breaks.pop()
        self.dropped.append((customer, now))
        self._take(consent_id, tell)

    def _take(self, consent_id: str, tell: Tell) -> None:
        """Each file is a delivery named by its hash; of several tries each takes what is left."""
        for sha in list(self.files.get(consent_id, [])):
            tell([Paper(f"{consent_id}/{sha}", "raw delivery", sha)])
            if self.kills:
                raise self.kills.pop()
            self.files[consent_id].remove(sha)
        self.files.pop(consent_id, None)


class Desk:
    """Everything of consent, wired on one ledger with a clock that stands still."""

    def __init__(
        self, ledger: Ledger, folder: Path, secrets: dict[str, bytes], policy: Policy | None = None
    ) -> None:
        self.folder = folder
        self.clock = FixedClock(START)
        self.ledger = ledger
        self.lake = PaperLake(secrets)
        self.audit = Audit(self.ledger, self.clock, "test")
        self.keys = Keys(self.lake, self.clock, {}, "sandbox")
        self.consents = Consents(self.ledger, self.lake, DECLARATIONS, self.audit, policy or SANDBOX)
        self.erasure = Erasure(self.ledger, self.lake, self.audit, self.keys)

    def close(self) -> None:
        """Leave nothing open and nothing behind; a test that needs thousands closes each when it is done."""
        self.ledger.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def rows(self, table: str) -> list[dict[str, str | int | None]]:
        """Dump a table, to compare states byte for byte."""
        with self.ledger.reading() as tx:
            return [dict(row) for row in tx.all(f"SELECT * FROM {table}")]

    def sql(self, statement: str, **params: str | int | None) -> int:
        """Change the ledger behind consent's back."""
        with self.ledger.transaction() as tx:
            return tx.execute(statement, **params)

    def trap(self, act: str, table: str, how: str) -> None:
        """Let an act on a table go wrong."""
        for statement in trap(self.ledger.where, act, table, how):
            self.sql(statement)

    def unlock(self, table: str = "audit") -> None:
        """Let rows be changed that are there to stay."""
        for statement in unlocked(self.ledger.where, table):
            self.sql(statement)
