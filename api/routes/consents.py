"""Consents of a customer: listing, asking for one in the sandbox, and taking one back."""

from __future__ import annotations

from enum import StrEnum

from fastapi import Response, status

from api import models
from api.deps import ConsentId, TheCustomer, TheHouse, api_router
from api.refusals import ACT, BODY, CERTIFIED, CHANGE, CUSTOMER, GRANT, SIGNED, declared
from consent.artefact import Event, State
from consent.grants import Consent
from consent.terms import GrantOrder, Party
from kit.period import isoformat_utc
from pipeline.second_place import keep_elsewhere
from pipeline.wiring import House

router = api_router()


class Change(StrEnum):
    """What can be done to a consent from the page."""

    REVOKE = "revoke"
    PAUSE = "pause"
    RESUME = "resume"


@router.get("/customers/{customer_id}/consents", responses=declared(SIGNED, CUSTOMER, ACT))
def consents(house: TheHouse, customer: TheCustomer) -> models.ConsentList:
    """List every consent of one customer, oldest first."""
    house.audit.look("consent.list", customer)
    return _list(house, house.consents.listing(customer))


@router.post(
    "/customers/{customer_id}/consents",
    status_code=status.HTTP_201_CREATED,
    responses=declared(SIGNED, CUSTOMER, BODY, GRANT),
)
def grant_consents(house: TheHouse, customer: TheCustomer, body: models.ConsentOrder) -> models.ConsentList:
    """Request and approve in the sandbox; one request becomes one artefact per party and channel."""
    parties = (Party() if body.party is None else Party(body.party),)
    order = GrantOrder(customer, body.purpose, tuple(body.sources), parties)
    return _list(house, house.consents.grant(order))


@router.post("/consents/{consent_id}/{event}", responses=declared(SIGNED, CHANGE))
def apply_consent_event(house: TheHouse, consent_id: ConsentId, event: Change) -> models.ConsentChange:
    """Pause, resume or revoke; a revocation answers when the data is gone."""
    house.erasure.finish_pending()
    if event is Change.REVOKE:
        return _revoked(house, consent_id)
    changed = house.consents.apply(consent_id, Event[event.name])
    return models.ConsentChange(consent_id=consent_id, state=changed.state, removed=None)


def _revoked(house: House, consent_id: str) -> models.ConsentChange:
    try:
        removed = house.erasure.revoke(consent_id)
    finally:
        keep_elsewhere(house)  # What fails there is tried again, and told, by the timer.
    counts = models.Removed(deliveries=removed.deliveries_n, objects=removed.objects_n)
    return models.ConsentChange(consent_id=consent_id, state=State.REVOKED, removed=counts)


@router.get(
    "/consents/{consent_id}/certificate",
    response_class=Response,
    responses=declared(SIGNED, CERTIFIED) | {200: {"model": models.Certificate}},
)
def consent_certificate(house: TheHouse, consent_id: ConsentId) -> Response:
    """Give the latest certificate of what was erased under a consent, byte for byte as it was signed."""
    consent = house.consents.consent(consent_id)
    house.audit.look("consent.certificate", consent.artefact.customer)
    *_, latest = house.erasure.certificates([consent.id])
    name = {"Content-Disposition": f'attachment; filename="certificate-{consent.artefact.customer}.json"'}
    return Response(latest, media_type="application/json", headers=name)


def _list(house: House, consents: tuple[Consent, ...]) -> models.ConsentList:
    customers = {consent.artefact.customer for consent in consents}
    certified = frozenset(one for customer in customers for one in house.erasure.certified(customer))
    return models.ConsentList(consents=[_shown(house, consent, certified) for consent in consents])


def _shown(house: House, consent: Consent, certified: frozenset[str]) -> models.Consent:
    artefact, detail = consent.artefact, consent.artefact.detail
    days = detail.range.days()
    return models.Consent(
        consent_id=consent.id,
        party=artefact.party,
        channel=artefact.channel.value,
        purpose=artefact.purpose,
        state=consent.standing(house.clock.now()),
        sources=list(artefact.sources()),
        fi_types=list(detail.fi_types),
        range=models.DayRange(first=days.first.isoformat(), last=days.last.isoformat()),
        expiry=isoformat_utc(detail.expiry),
        life_end=_life_end(consent),
        uses=[models.ConsentUse(source=use.source, used_at=isoformat_utc(use.at)) for use in consent.uses],
        fetch_type=detail.fetch_type.value,
        has_certificate=consent.id in certified,
    )


def _life_end(consent: Consent) -> str | None:
    ends = [end for source in consent.artefact.sources() if (end := consent.life_end(source)) is not None]
    return isoformat_utc(max(ends)) if ends else None
