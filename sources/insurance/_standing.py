"""How a policy stands on a day, told by what was planned and what was paid until then: the grace rule and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from generators.papers import Passed
from generators.policies import SAVING, STEP_MONTHS, Benefit, Frequency, Policy, Premium, Term
from kit.ratio import half_even


class Held(NamedTuple):
    """One policy, or one year of a renewed one, as it stands on the day of the answer."""

    policy: Policy
    term: Term
    first: date
    issued_on: date
    status: str
    next_due_on: date | None
    paid_n: int
    as_of: date


class Paid(NamedTuple):
    """One premium that was paid: which, when, and the instalment its money was taken for."""

    premium: Premium
    on: date
    place: int


def paid_on(premium: Premium, passed: Mapping[str, Passed]) -> date | None:
    """Tell when a premium was paid; what fell before the world was paid as planned."""
    if not premium.document:
        return premium.planned_on
    became = passed.get(premium.document)
    return None if became is None else became.paid_on


def paid(policy: Policy, passed: Mapping[str, Passed], last: date) -> list[Paid]:
    """List what was paid up to a day; an insurer takes money for the oldest premium that is open."""
    found = [(on, i) for i, one in enumerate(policy.premiums) if (on := paid_on(one, passed)) and on <= last]
    return [Paid(policy.premiums[i], on, place) for place, (on, i) in enumerate(sorted(found))]


def held(policy: Policy, passed: Mapping[str, Passed], as_of: date) -> Iterator[Held]:
    """Tell each policy that was issued by a day, a renewed one year by year."""
    days = [one.on for one in paid(policy, passed, as_of)]
    if policy.ends_on is not None:
        yield from _contract(policy, policy.terms[0], days, as_of)
        return
    issued = [term for term in policy.terms if len(days) > term.before_n]
    for term in issued:
        issued_on = days[term.before_n]
        is_late = issued_on > term.first + timedelta(days=policy.grace_days)
        status, due_on = _year(policy, term, len(days), as_of)
        if term is not issued[-1] and status == "GRACE":
            status = "EXPIRED"
        first = issued_on if is_late else term.first
        yield Held(policy, term, first, issued_on, status, due_on, len(days), as_of)


def _contract(policy: Policy, term: Term, days: list[date], as_of: date) -> Iterator[Held]:
    if not days and not policy.premiums_before_n:
        return
    issued_on = min(days[0], policy.begins_on) if days else policy.begins_on
    status = _contract_status(policy, len(days), as_of)
    due_on = None
    if status not in ("MATURED", "EXPIRED", "SURRENDERED") and len(days) < len(policy.premiums):
        due_on = policy.premiums[len(days)].due_on
    yield Held(policy, term, policy.begins_on, issued_on, status, due_on, len(days), as_of)


def _contract_status(policy: Policy, paid_n: int, as_of: date) -> str:
    if any(one.benefit is Benefit.SURRENDER and one.on <= as_of for one in policy.payouts):
        return "SURRENDERED"
    if policy.ends_on is not None and as_of > policy.ends_on:
        return "MATURED" if policy.kind in SAVING else "EXPIRED"
    if paid_n == len(policy.premiums):
        return "ACTIVE"
    status = _by_grace(policy.premiums[paid_n].due_on, policy.grace_days, as_of)
    is_paid_up = status == "LAPSED" and 0 < policy.paid_up_years <= full_years(policy, paid_n)
    return "PAID_UP" if is_paid_up else status


def _by_grace(due_on: date, grace_days: int, as_of: date) -> str:
    if as_of <= due_on:
        return "ACTIVE"
    return "GRACE" if as_of <= due_on + timedelta(days=grace_days) else "LAPSED"


def _year(policy: Policy, term: Term, paid_n: int, as_of: date) -> tuple[str, date | None]:
    """Within its year a cover stands by its instalments; after it, by the renewal nobody paid yet."""
    until = term.before_n + term.premiums_n
    renewal_on = term.last + timedelta(days=1)
    if paid_n < until and as_of <= term.last:
        due_on = policy.premiums[paid_n].due_on
        return _by_grace(due_on, policy.grace_days, as_of), due_on
    if as_of <= term.last:
        return "ACTIVE", renewal_on if paid_n == until else None
    is_grace = as_of <= term.last + timedelta(days=policy.grace_days)
    return ("GRACE", renewal_on) if is_grace and paid_n <= until else ("EXPIRED", None)


def full_years(policy: Policy, paid_n: int) -> int:
    """Count the full years premiums were paid for."""
    return (policy.premiums_before_n + paid_n) * STEP_MONTHS[policy.frequency] // 12


def surrender_paise(one: Held) -> int:
    """What the insurer would give back: by years, a part of the premiums without tax."""
    policy = one.policy
    if not policy.surrender_percent or one.status in ("MATURED", "SURRENDERED"):
        return 0
    years = min(full_years(policy, one.paid_n), len(policy.surrender_percent) - 1)
    premiums_n = policy.premiums_before_n + one.paid_n
    return half_even(policy.premiums[0].net_paise * premiums_n * policy.surrender_percent[years], 100)


def is_in_force(policy: Policy, passed: Mapping[str, Passed], day: date) -> bool:
    """Say whether a contract stood in full on a day, as a bonus needs."""
    paid_n = len(paid(policy, passed, day))
    return policy.frequency is Frequency.ONE_TIME or _contract_status(policy, paid_n, day) in (
        "ACTIVE",
        "GRACE",
    )
