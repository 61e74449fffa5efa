"""What can be wrong with insurance records: movements on policies nobody told of, terms that end before they begin."""

from __future__ import annotations

from collections.abc import Sequence

from kit.quality import Dimension, Rule, Tally, tally, together
from sources.insurance.records import InsuranceRecord, Policy, Transaction


def _policies(records: Sequence[InsuranceRecord]) -> list[Policy]:
    return [one for one in records if isinstance(one, Policy)]


def _policy_known(records: Sequence[InsuranceRecord]) -> Tally:
    known = {(one.party, one.account) for one in _policies(records)}
    told = [one for one in records if isinstance(one, Transaction)]
    return tally(told, lambda one: (one.party, one.account) not in known)


def _ends_after_start(records: Sequence[InsuranceRecord]) -> Tally:
    def is_reversed(one: Policy) -> bool:
        return one.starts_on is not None and one.ends_on is not None and one.ends_on < one.starts_on

    return tally(_policies(records), is_reversed)


def _term_stated(records: Sequence[InsuranceRecord]) -> Tally:
    return tally(_policies(records), lambda one: one.starts_on is None)


def _holder_pan(records: Sequence[InsuranceRecord]) -> Tally:
    return together(
        Tally(1, 1, one.raw) if holder.pan_grade not in ("VALID", "EMPTY") else Tally(1, 0)
        for one in _policies(records)
        for holder in one.holders
    )


def _parts_within(records: Sequence[InsuranceRecord]) -> Tally:
    """No single cover of a policy may be larger than the policy."""

    def is_larger(one: Policy) -> bool:
        return any((part.sum_paise or 0) > one.sum_paise for part in one.covers)

    return tally(_policies(records), is_larger)


RULES: tuple[Rule[InsuranceRecord], ...] = (
    Rule(
        "policy_known",
        Dimension.REFERENTIAL,
        "a movement is on a policy that was told of",
        _policy_known,
        frozenset({"POLICY_UNKNOWN"}),
    ),
    Rule(
        "ends_after_start",
        Dimension.TIMELINESS,
        "a policy ends after it began",
        _ends_after_start,
        frozenset({"ENDS_BEFORE_START"}),
    ),
    Rule("term_stated", Dimension.COMPLETENESS, "a policy says when it began", _term_stated),
    Rule(
        "holder_pan",
        Dimension.VALIDITY,
        "the PAN of a holder is well formed",
        _holder_pan,
        frozenset({"PAN_MALFORMED"}),
    ),
    Rule("parts_within", Dimension.CONSISTENCY, "no cover of a policy is larger than its sum", _parts_within),
)
