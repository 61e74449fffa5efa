"""consent lint: hold a request against the fair-use rows before anybody is asked; nothing is granted."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from cli.asking import customer_of
from cli.output import complain, problem, say, say_json, say_table
from consent.artefact import CONSENT_TYPES, FI_TYPES, INF, Artefact, FetchType, Quantity, checked
from consent.fair_use import Row, Violation, check, quantity, refusal, rows_for
from consent.terms import GrantOrder, terms_on
from kit.errors import CallerError
from kit.period import ist_day
from pipeline.wiring import House


class Verdict(NamedTuple):
    """One request, the rows it was held against, and where it goes beyond them."""

    request: Artefact
    rows: tuple[Row, ...]
    found: tuple[Violation, ...]


def linted(opened: House, asked: argparse.Namespace, order: GrantOrder) -> int:
    """Say of each request whether it fits, and leave with 2 when one does not."""
    drafts = opened.consents.drafts(_worded(opened, asked, order))
    verdicts = [_judged(draft, asked) for draft in drafts]
    found = [violation for verdict in verdicts for violation in verdict.found]
    error = refusal(found) if found else None
    if asked.json:
        requests = [_document(verdict) for verdict in verdicts]
        told = {"customer_id": str(customer_of(asked)), "fits": error is None, "requests": requests}
        say_json(told | ({"error": problem(error)} if error else {}))
    else:
        _say(verdicts)
    if error is None:
        return 0
    complain(error)
    return error.exit_code


def _worded(opened: House, asked: argparse.Namespace, order: GrantOrder) -> GrantOrder:
    """Start from what grant would ask for, and change what the caller names."""
    terms = terms_on(opened.config.consent, ist_day(opened.clock.now()))[order.purpose]
    changed = replace(
        terms,
        fetch_type=FetchType(asked.fetch_type or terms.fetch_type),
        consent_types=_names(asked, "consent_types", CONSENT_TYPES) or terms.consent_types,
        data_life=_quantity(asked, "data_life", terms.data_life),
        frequency=_quantity(asked, "frequency", terms.frequency),
        expiry=_quantity(asked, "expiry", terms.expiry),
    )
    return replace(order, terms=changed)


def _judged(draft: Artefact, asked: argparse.Namespace) -> Verdict:
    fi_types = _names(asked, "fi_types", sorted(FI_TYPES)) or draft.detail.fi_types
    request = checked(draft._replace(detail=draft.detail._replace(fi_types=fi_types)))
    return Verdict(request, rows_for(request, asked.template), check(request, asked.template))


def _names(asked: argparse.Namespace, name: str, known: Sequence[str]) -> tuple[str, ...]:
    given: str | None = getattr(asked, name)
    names = tuple(dict.fromkeys(word.strip().upper() for word in (given or "").split(",") if word.strip()))
    if given is not None and not (names and set(names) <= set(known)):
        raise _unreadable(name, f"Use one or several of {', '.join(known)}, with commas.")
    return names


def _quantity(asked: argparse.Namespace, name: str, otherwise: Quantity) -> Quantity:
    given: str | None = getattr(asked, name)
    if given is None:
        return otherwise
    read = quantity(given.strip())
    if read is None or (read == INF and name == "expiry"):
        raise _unreadable(name, "Write a number and HOUR, DAY, MONTH or YEAR, like 31DAY or 5/MONTH.")
    return read


def _unreadable(name: str, hint: str) -> CallerError:
    option = "--" + name.replace("_", "-")
    return CallerError("USAGE", f"The value of {option} cannot be read.", hint=hint, place=option)


def _say(verdicts: Sequence[Verdict]) -> None:
    for request, rows, found in verdicts:
        against = ", ".join(row.rule for row in rows) or "no row binds it"
        outcome = f"does not fit, {len(found)} beyond" if found else "fits"
        say(f"{request.party} by {request.channel}: {outcome} ({against})")
    told = [violation for verdict in verdicts for violation in verdict.found]
    if told:
        say_table(("rule", "field", "got", "max"), told)


def _document(verdict: Verdict) -> dict[str, object]:
    request, rows, found = verdict
    return {
        "party": request.party,
        "channel": request.channel,
        "rules": [row.rule for row in rows],
        "violations": [
            {"rule": one.rule, "field": one.field, "got": one.got, "max": one.most} for one in found
        ],
    }
