"""The one door to customer data: grants become consents, and only open_scope turns consents into a Scope."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from consent import _store
from consent._guard import (
    Allowed,
    Reason,
    Refusal,
    Use,
    Wanted,
    is_over,
    is_overused,
    judge,
    standing_reason,
)
from consent._moves import deed, moved
from consent._remedy import refused
from consent._signing import Safe
from consent._store import Consent, Fetched
from consent.artefact import Artefact, Event, checked, filter_fault
from consent.audit import Audit, Deed
from consent.document import detail_document
from kit.canonical import dumps
from kit.errors import CallerError, PolicyRefused
from kit.ident import CustomerId
from kit.period import ist_day
from kit.scope import Grant, Scope
from kit.source import Declaration
from warehouse.ledger import Ledger, Tx

if (
    TYPE_CHECKING
):  # Only asking for a consent needs the rest of these; opening one is what every command does.
    from consent.terms import GrantOrder, Need
    from kit.config import Consent as ConfiguredConsent

__all__ = ["Consent", "Consents", "Fetched", "Policy", "Reason", "Use", "Wanted"]


class Policy(NamedTuple):
    """Which house this is, and what it asks for under each purpose."""

    environment: str
    configured: ConfiguredConsent


class Judged(NamedTuple):
    """What was asked for in the end, what was said to it, and when."""

    wanted: Wanted
    verdict: tuple[Allowed, ...] | Refusal
    at: datetime


class Consents:
    """Every consent of the house, and the only maker of a Scope."""

    def __init__(
        self,
        ledger: Ledger,
        lake: Safe,
        declarations: Mapping[str, Declaration],
        audit: Audit,
        policy: Policy,
    ) -> None:
        """Learn from the declarations what each source needs; time comes from the audit's clock."""
        self._ledger = ledger
        self._lake = lake
        self._declarations = declarations
        self._audit = audit
        self._clock = audit.clock
        self._policy = policy

    def grant(self, order: GrantOrder) -> tuple[Consent, ...]:
        """Ask for and, in the sandbox, approve one artefact per party and channel; all of them or none."""
        if self._policy.environment != "sandbox":
            raise PolicyRefused(
                "SIGNATURE_REQUIRED",
                "Outside the sandbox a consent needs the signature of an Account Aggregator.",
                hint='Bring a signed artefact, or set "environment" to "sandbox" for synthetic customers.',
            )
        from consent.fair_use import enforce
        from consent.terms import artefact_for

        now = self._clock.now()
        asked = [enforce(checked(artefact_for(order, need, now))) for need in self._needs(order, now)]
        signed = [self._signed(artefact) for artefact in asked]
        with self._ledger.transaction() as tx:
            return tuple(self._approve(tx, artefact, now) for artefact in signed)

    def drafts(self, order: GrantOrder) -> tuple[Artefact, ...]:
        """Word what grant would ask for, unchecked; nothing is written and nothing is opened."""
        from consent.terms import draft_for

        now = self._clock.now()
        return tuple(draft_for(order, need, now) for need in self._needs(order, now))

    def apply(self, consent_id: str, event: Event) -> Consent:
        """Move a consent; after REVOKE the removal is due, and Erasure.finish_pending does it."""
        return moved(self._ledger, self._audit, consent_id, event)

    def consent(self, consent_id: str) -> Consent:
        """Read one consent."""
        with self._ledger.reading() as tx:
            return _store.one(tx, consent_id)

    def listing(self, customer: CustomerId) -> tuple[Consent, ...]:
        """List the consents of one customer, oldest first, of every state."""
        with self._ledger.reading() as tx:
            return _store.of_customer(tx, customer)

    def customers(self) -> tuple[CustomerId, ...]:
        """Name everyone who was ever asked for consent."""
        with self._ledger.reading() as tx:
            return _store.customers(tx)

    def open_scope(self, wanted: Wanted, needed: str | None = None) -> Scope:
        """Give the right to what is wanted, or the one reason why not; either way it is audited first.

        A right that would not open the source needed is refused as if that source alone had been asked for.
        """
        _check_filters(wanted)
        judged = self._ledger.together(lambda tx: self._judged(tx, wanted, needed))
        if isinstance(judged.verdict, Refusal):
            raise refused(judged.verdict, judged.wanted)
        return Scope(wanted.customer, wanted.purpose, judged.at, tuple(map(_grant, judged.verdict)))

    def _judged(self, tx: Tx, wanted: Wanted, needed: str | None) -> Judged:
        now = self._clock.now()
        held = _store.of_customer(tx, wanted.customer)
        verdict = judge(held, wanted, now)
        if needed is not None and not _opens(verdict, needed):
            wanted = wanted._replace(sources=(needed,))
            verdict = judge(held, wanted, now)
        self._audit.record(tx, _opening(wanted, verdict))
        return Judged(wanted, verdict, now)

    def recheck(self, scope: Scope) -> Callable[[], None]:
        """Give the act to run just before a commit: it reads consent again and raises the one reason."""

        def again() -> None:
            now = self._clock.now()
            with self._ledger.reading() as tx:
                refusal = _first(_lost(_held(tx, grant), grant, now) for grant in scope.grants)
            if refusal is not None:
                self._refuse(scope, "scope.recheck", refusal)

        return again

    def record_use(self, scope: Scope, source: str, fetch_key: str) -> None:
        """Count a fetch and make that durable, so that a refusal is audited too."""
        refusal = self._ledger.together(lambda tx: self._counted(tx, scope, source, fetch_key))
        if refusal is not None:
            raise refused(refusal, _wanted_of(scope, (source,)))

    def _counted(self, tx: Tx, scope: Scope, source: str, fetch_key: str) -> Refusal | None:
        refusal = self._count(tx, scope, Fetched(source, fetch_key, self._clock.now()))
        if refusal is not None:
            self._audit.record(tx, _scope_deed(scope, "fetch.count", refusal.reason))
        return refusal

    def _count(self, tx: Tx, scope: Scope, use: Fetched) -> Refusal | None:
        grants = scope.of_source(use.source)
        if not grants:
            return Refusal(Reason.FI_TYPE_OUT_OF_SCOPE, None)
        refusal = _first(_uncountable(_held(tx, grant), grant, use) for grant in grants)
        if refusal is None:
            for consent_id in sorted({grant.consent_id for grant in grants}):
                _store.count(tx, consent_id, use)
            self._audit.record(tx, _scope_deed(scope, "fetch.count", "COUNTED"))
        return refusal

    def _needs(self, order: GrantOrder, now: datetime) -> tuple[Need, ...]:
        from consent.terms import split, terms_on

        return split(order, self._declarations, terms_on(self._policy.configured, ist_day(now)))

    def _approve(self, tx: Tx, artefact: Artefact, now: datetime) -> Consent:
        given = _store.move(tx, _store.add(tx, artefact, now), Event.APPROVE, now)
        self._audit.record(tx, deed("consent.grant", given))
        return given

    def _signed(self, artefact: Artefact) -> Artefact:
        from consent._signing import sign

        return artefact._replace(signed_consent=sign(self._lake, dumps(detail_document(artefact.detail))))

    def _refuse(self, scope: Scope, action: str, refusal: Refusal) -> None:
        self._ledger.together(lambda tx: self._audit.record(tx, _scope_deed(scope, action, refusal.reason)))
        raise refused(refusal, _wanted_of(scope, scope.sources()))


def _opens(verdict: tuple[Allowed, ...] | Refusal, source: str) -> bool:
    return isinstance(verdict, Refusal) or any(allowed.source == source for allowed in verdict)


def _grant(allowed: Allowed) -> Grant:
    artefact = allowed.consent.artefact
    return Grant(
        party=artefact.party,
        source=allowed.source,
        consent_id=artefact.id,
        channel=artefact.channel,
        record_types=allowed.record_types,
        range=artefact.detail.range.days(),
        filters=artefact.detail.filters,
        life_end=allowed.life_end,
    )


def _held(tx: Tx, grant: Grant) -> Consent:
    return _store.one(tx, grant.consent_id)


def _lost(consent: Consent, grant: Grant, now: datetime) -> Refusal | None:
    reason = standing_reason(consent, now)
    if reason is None and is_over(grant.life_end, now):
        reason = Reason.DATA_LIFE_OVER
    return Refusal(reason, consent.id) if reason else None


def _uncountable(consent: Consent, grant: Grant, use: Fetched) -> Refusal | None:
    lost = _lost(consent, grant, use.at)
    if lost is None and is_overused(consent, use.source, use.fetch_key, use.at):
        return Refusal(Reason.CONSENT_OVERUSED, consent.id)
    return lost


def _first(refusals: Iterable[Refusal | None]) -> Refusal | None:
    """Of several refusals keep the one whose reason is looked for first."""
    order = list(Reason)
    found = [refusal for refusal in refusals if refusal is not None]
    return min(found, key=lambda refusal: order.index(refusal.reason), default=None)


def _wanted_of(scope: Scope, sources: tuple[str, ...]) -> Wanted:
    """Word a scope as a question again, so that a refusal can name the command that remedies it."""
    parties = tuple(sorted({grant.party for grant in scope.grants if grant.source in sources}))
    return Wanted(scope.customer, scope.purpose, Use.PROCESS, parties, sources)


def _check_filters(wanted: Wanted) -> None:
    for rule in wanted.filters or ():
        why = filter_fault(rule)
        if why:
            raise CallerError(
                "FILTER_INVALID", f"A filter cannot be applied: {why}.", hint="Correct the filter."
            )


def _scope_deed(scope: Scope, action: str, outcome: str) -> Deed:
    payload = {"consents": sorted(scope.consent_ids()), "sources": scope.sources()}
    return Deed(action, scope.customer, scope.purpose, outcome, payload)


def _opening(wanted: Wanted, verdict: tuple[Allowed, ...] | Refusal) -> Deed:
    if isinstance(verdict, Refusal):
        outcome, consents = str(verdict.reason), {verdict.consent_id or ""}
    else:
        outcome, consents = "ALLOWED", {allowed.consent.id for allowed in verdict}
    asked: dict[str, object] = {
        "consents": sorted(consents),
        "parties": wanted.parties,
        "sources": wanted.sources,
        "record_types": wanted.record_types,
        "range": wanted.range and list(wanted.range),
        "filters": wanted.filters and [list(rule) for rule in wanted.filters],
        "fetch_key": wanted.fetch_key,
    }
    return Deed(f"scope.{wanted.use.lower()}", wanted.customer, wanted.purpose, outcome, asked)
