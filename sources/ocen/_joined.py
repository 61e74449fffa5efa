"""What only several messages together tell: whether states followed each other, and whether a loan was told of."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from kit.plain import doubt
from kit.source import Finding, Outcome
from sources.ocen._statuses import FOLLOWS

Told = Mapping[str, object]


@cache
def _later(status: str) -> frozenset[str]:
    """Every state that may come after one, whether told or left out between."""
    found, waiting = {status}, [status]
    while waiting:
        fresh = set(FOLLOWS[waiting.pop()]) - found
        found |= fresh
        waiting += fresh
    return frozenset(found)


class Known:
    """The states each application was told in, and the loans each party was told of."""

    def __init__(self) -> None:
        """Begin with nothing known."""
        self._states: dict[tuple[str, str], dict[str, set[str]]] = {}
        self._loans: dict[str, set[str]] = {}

    def learn(self, party: str, told: Told) -> None:
        """Keep of a message what others are held against."""
        application, status, at = told.get("application"), told.get("status"), told.get("at")
        if isinstance(application, str) and isinstance(status, str) and isinstance(at, str):
            states = self._states.setdefault((party, application), {})
            states.setdefault(at, set()).add(status)
        if told["kind"] in ("loan", "summary"):
            self._loans.setdefault(party, set()).add(str(told["loan"]))

    def held_against(self, outcome: Outcome) -> Outcome:
        """Add to a message what does not agree with the others."""
        told = outcome.document
        if told is None:
            return outcome
        found = [*self._out_of_order(outcome, told), *self._unknown_loan(outcome, told)]
        return outcome._replace(findings=(*outcome.findings, *found)) if found else outcome

    def _out_of_order(self, outcome: Outcome, told: Told) -> list[Finding]:
        """A state must be one that may come after the state told last; those between may not have been asked for."""
        states = self._states.get((outcome.party, str(told.get("application"))))
        status = told.get("status")
        if states is None or not isinstance(status, str):
            return []
        earlier = [at for at in states if at < str(told["at"])]
        before = states[max(earlier)] if earlier else {status}
        if any(status in _later(one) for one in before):
            return []
        return [doubt(outcome, "loanApplicationStatus", "STATUS_OUT_OF_ORDER", status)]

    def _unknown_loan(self, outcome: Outcome, told: Told) -> list[Finding]:
        """Where loans are told at all, a payment and a line of a statement are of one of them."""
        loans = self._loans.get(outcome.party)
        if loans is None or told["kind"] not in ("payment", "transaction") or told["loan"] in loans:
            return []
        return [doubt(outcome, "loanId", "LOAN_UNKNOWN", str(told["loan"]))]
