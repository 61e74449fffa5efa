"""An Order is what a caller asks of the flow for one customer; its keys decide whether anything has to be done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from kit.canonical import sha256_hex
from kit.ident import CustomerId
from kit.period import isoformat_ist
from kit.scope import Scope
from pipeline.tables import schema_kinds
from warehouse import assets

CODE_OF_CLEAN = ("kit", "pipeline")
CODE_OF_ANALYZE = ("kit", "pipeline", "analytics")


@dataclass(frozen=True, slots=True)
class Order:
    """One customer, one purpose, and what to ask the provider for."""

    customer: CustomerId
    purpose: int
    seed: int | None = None
    persona: str | None = None
    noise: str | None = None
    as_of: date | None = None
    months: int | None = None
    bank_rows: int | None = None

    @property
    def names_no_question(self) -> bool:
        """Say whether the provider is asked for nothing in particular."""
        wishes = (self.seed, self.persona, self.noise, self.as_of, self.months, self.bank_rows)
        return all(wish is None for wish in wishes)


def fetch_key(order: Order, since: datetime | None = None) -> str:
    """Name the question put to the provider; our own code is no part of it, the answer is theirs.

    A question that may be put again in each period of time names the beginning of its period.
    """
    question: dict[str, object] = {
        "step": "generate",
        "customer": order.customer,
        "purpose": order.purpose,
        "seed": order.seed,
        "persona": order.persona,
        "noise": order.noise or "off",
        "as_of": _iso(order.as_of),
        "months": order.months,
        "bank_rows": order.bank_rows,
    }
    return sha256_hex(question if since is None else question | {"since": isoformat_ist(since)})


def clean_key(scope: Scope, source: str, input_sha: str) -> str:
    """Name everything the clean files of a source depend on."""
    return sha256_hex(
        {
            "step": "clean",
            "customer": scope.customer,
            "purpose": scope.purpose,
            "source": source,
            "inputs": [input_sha],
            "grants": scope.fingerprint(source),
            "code": clean_code(source),
        }
    )


def analyze_key(scope: Scope, source: str, cleaned: Mapping[str, str], as_of: date | None) -> str:
    """Name everything a summary depends on; cleaned maps every source to the hash of its clean files."""
    return sha256_hex(
        {
            "step": "analyze",
            "customer": scope.customer,
            "purpose": scope.purpose,
            "source": source,
            "inputs": dict(cleaned),
            "grants": scope.fingerprint(*cleaned),
            "as_of": _iso(as_of),
            "code": analyze_code(source),
        }
    )


def clean_code(source: str) -> str:
    """Hash the code and schemas that decide what a clean record looks like."""
    schemas = {kind: assets.schema(f"{source}.{kind}") for kind in schema_kinds(source)}
    return sha256_hex([assets.code_hash(*CODE_OF_CLEAN, f"sources.{source}"), schemas])


def analyze_code(source: str) -> str:
    """Hash the code that decides what a metric is."""
    return assets.code_hash(*CODE_OF_ANALYZE, f"sources.{source}")


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
