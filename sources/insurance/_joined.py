"""What only several lines together tell: whether the policy of a movement was told of."""

from __future__ import annotations

from collections.abc import Mapping

from kit.plain import doubt
from kit.source import Outcome

Told = Mapping[str, object]


class Known:
    """The policies each party was told of."""

    def __init__(self) -> None:
        """Begin with nothing known."""
        self._policies: dict[str, set[str]] = {}

    def learn(self, party: str, told: Told) -> None:
        """Keep of a policy what movements are held against."""
        if told["kind"] == "policy":
            self._policies.setdefault(party, set()).add(str(told["account"]))

    def held_against(self, outcome: Outcome) -> Outcome:
        """Note a movement on a policy nobody told of, where policies are told at all."""
        told, policies = outcome.document, self._policies.get(outcome.party)
        if told is None or policies is None or told["kind"] != "transaction" or told["account"] in policies:
            return outcome
        found = doubt(outcome, "linkedAccRef", "POLICY_UNKNOWN", told["account"])
        return outcome._replace(findings=(*outcome.findings, found))
