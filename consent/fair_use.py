"""Sahamati's fair-use rows as dated data, and the check that an artefact stays inside them; they bind channel AA only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from consent.artefact import (
    CONSENT_TYPES,
    DEPOSIT_TYPES,
    FUND_TYPES,
    INSURANCE_TYPES,
    Artefact,
    FetchType,
    Quantity,
)
from kit.errors import PolicyRefused
from kit.period import Unit, ist_day
from kit.source import Channel

_POLICY = "Consent parameters are not as per fair use policy"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table: what a purpose allows, under a template or under the default."""

    since: date
    purpose: int
    template: str | None
    fetch_type: FetchType
    fi_types: frozenset[str]
    consent_types: tuple[str, ...]
    data_life: tuple[Quantity, ...]
    expiry: Quantity
    range: Quantity


class Violation(NamedTuple):
    """One attribute outside its row: what was asked and the most that is allowed."""

    attribute: str
    got: str
    most: str

    def __str__(self) -> str:
        """Write the published sentence, with the two values it leaves out."""
        if self.attribute == "FIDataRange":
            sentence = "FI data range is not as per fair use policy"
        else:
            sentence = f"{_POLICY} - {self.attribute} is invalid"
        return f"{sentence}: got {self.got}, at most {self.most}."


# Instrument: Sahamati fair-use guidelines, consent request rules of 19 January 2026.
ROWS = (
    Row(
        since=date(2026, 1, 19),
        purpose=103,
        template=None,
        fetch_type=FetchType.ONETIME,
        fi_types=frozenset((*DEPOSIT_TYPES, *FUND_TYPES, *INSURANCE_TYPES, "NPS", "GSTR1_3B")),
        consent_types=CONSENT_TYPES,
        data_life=(Quantity(Unit.DAY, 31), Quantity(Unit.MONTH, 1)),
        expiry=Quantity(Unit.MONTH, 1),
        range=Quantity(Unit.MONTH, 14),
    ),
    Row(
        since=date(2026, 1, 19),
        purpose=103,
        template="CT006",
        fetch_type=FetchType.ONETIME,
        fi_types=frozenset((*DEPOSIT_TYPES, "MUTUAL_FUNDS", "GSTR1_3B")),
        consent_types=CONSENT_TYPES,
        data_life=(Quantity(Unit.DAY, 45), Quantity(Unit.MONTH, 1)),
        expiry=Quantity(Unit.DAY, 45),
        range=Quantity(Unit.MONTH, 12),
    ),
)


def enforce(artefact: Artefact, template: str | None = None) -> Artefact:
    """Refuse what the scheme would refuse, before anyone is asked to approve it."""
    found = check(artefact, template)
    if found:
        raise PolicyRefused(
            "FAIR_USE",
            " ".join(map(str, found)),
            hint="Ask for no more than the row allows.",
            place=found[0].attribute,
        )
    return artefact


def check(artefact: Artefact, template: str | None = None) -> tuple[Violation, ...]:
    """List every attribute outside the row; a purpose without a row here, or another channel, has none."""
    row = _row_for(artefact, template)
    return () if row is None or artefact.channel is not Channel.AA else tuple(_violations(artefact, row))


def _row_for(artefact: Artefact, template: str | None) -> Row | None:
    on = ist_day(artefact.detail.start)
    fitting = [
        row
        for row in ROWS
        if row.purpose == artefact.purpose and row.template == template and row.since <= on
    ]
    return max(fitting, key=lambda row: row.since, default=None)


def _violations(artefact: Artefact, row: Row) -> Iterator[Violation]:
    detail = artefact.detail
    if detail.fetch_type is not row.fetch_type:
        yield Violation("fetchType", detail.fetch_type, row.fetch_type)
    if others := sorted(set(detail.fi_types) - row.fi_types):
        yield Violation("fiTypes", ", ".join(others), f"the {len(row.fi_types)} types of the row")
    if others := sorted(set(detail.consent_types) - set(row.consent_types)):
        yield Violation("consentTypes", ", ".join(others), ", ".join(row.consent_types))
    if not any(
        detail.data_life.unit is most.unit and detail.data_life.value <= most.value for most in row.data_life
    ):
        yield Violation("DataLife", str(detail.data_life), " or ".join(map(str, row.data_life)))
    if detail.expiry > row.expiry.end_from(detail.start):
        yield Violation("consentExpiry", f"{detail.expiry - detail.start}", str(row.expiry))
    if detail.range.last > row.range.end_from(detail.range.first):
        yield Violation("FIDataRange", f"{detail.range.last - detail.range.first}", str(row.range))
