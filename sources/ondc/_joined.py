"""What only several messages together tell: payouts held against the orders told, and what was taken off against the first quote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import cast

from kit.money import decimal_rupees
from kit.plain import doubt
from kit.source import Finding, Outcome

# Return and settlement windows together: a payout so soon after the first day told may be for an order before it.
LONGEST_UNPAID_DAYS = 60
Told = Mapping[str, object]


class Known:
    """The orders of each party, with the values they were told at before anything was taken off, and the first day told."""

    def __init__(self) -> None:
        """Begin with nothing known."""
        self._values: dict[tuple[str, str], set[int]] = {}
        self._first: dict[str, str] = {}
        self._parties: set[str] = set()

    def learn(self, party: str, told: Told) -> None:
        """Keep of an order or an envelope what others are held against."""
        if told["kind"] == "order":
            values = self._values.setdefault((party, str(told["order"])), set())
            if not told["trail"] and isinstance(told["price_paise"], int):
                values.add(told["price_paise"])
            self._parties.add(party)
            self._begun(party, told["on"])
        elif told["kind"] == "envelope":
            self._begun(party, told["covered_from"])

    def _begun(self, party: str, day: object) -> None:
        if isinstance(day, str):
            self._first[party] = min(day, self._first.get(party, day))

    def held_against(self, outcome: Outcome) -> Outcome:
        """Add to an order or a payout what does not agree with the others."""
        told = outcome.document
        if told is None or told["kind"] not in ("order", "settlement"):
            return outcome
        found = self._taken_off(outcome, told) if told["kind"] == "order" else self._unknown(outcome, told)
        return outcome._replace(findings=(*outcome.findings, *found)) if found else outcome

    def _taken_off(self, outcome: Outcome, told: Told) -> Sequence[Finding]:
        trail = cast("Sequence[Told]", told["trail"])
        off = [paise for one in trail if isinstance(paise := one["paise"], int)]
        values = self._values[outcome.party, str(told["order"])]
        price = cast("int", told["price_paise"])
        if not trail or not values or len(off) < len(trail) or price - sum(off) in values:
            return ()
        return (
            doubt(outcome, "message.order.quote.price.value", "TRAIL_SUM_DIFFERS", decimal_rupees(price)),
        )

    def _unknown(self, outcome: Outcome, told: Told) -> Sequence[Finding]:
        """A payout's order should have been told, unless it may be older than what was told or no orders were."""
        first = self._first.get(outcome.party)
        if (
            outcome.party not in self._parties
            or first is None
            or _days(first, str(told["on"])) <= LONGEST_UNPAID_DAYS
        ):
            return ()
        orders = dict.fromkeys(str(share["order"]) for share in cast("Sequence[Told]", told["shares"]))
        unknown = [order for order in orders if (outcome.party, order) not in self._values]
        return [doubt(outcome, "message.orders.id", "ORDER_UNKNOWN", order) for order in unknown]


def _days(first: str, last: str) -> int:
    return (date.fromisoformat(last) - date.fromisoformat(first)).days
