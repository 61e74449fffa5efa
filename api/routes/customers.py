"""The list of customers: ids, states and counts, no record of anyone."""

from __future__ import annotations

from collections import Counter

from api import models
from api.deps import TheHouse, api_router
from api.refusals import ACT, SIGNED, declared
from api.routes.runs import shown
from kit.ident import CustomerId
from pipeline.wiring import House

router = api_router()


@router.get("/customers", responses=declared(SIGNED, ACT))
def customers(house: TheHouse) -> models.CustomerList:
    """List everyone who was ever asked for consent."""
    house.audit.look("customer.list", None)
    return models.CustomerList(customers=[_customer(house, name) for name in house.consents.customers()])


def _customer(house: House, name: CustomerId) -> models.Customer:
    now = house.clock.now()
    held = house.consents.listing(name)
    whole = [row for row in house.runs.of_customer(name) if row["parent"] is None]
    return models.Customer(
        customer_id=name,
        purposes=sorted({consent.artefact.purpose for consent in held}),
        consent_states=dict(Counter(consent.standing(now).value for consent in held)),
        last_run=shown(whole[0]) if whole else None,
    )
