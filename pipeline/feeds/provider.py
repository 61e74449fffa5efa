"""The synthetic provider of one job: one business, made once however many ask about it, and all that is true of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

import sources
from kit.chance import Stream
from kit.config import Config
from kit.errors import CallerError, NotFound
from kit.period import add_months, midnight
from kit.scope import DateRange, Grant
from kit.source import Document, Parcel, Pull
from pipeline.order import Order
from warehouse import assets
from warehouse.lake import Delivery

if TYPE_CHECKING:  # The world is loaded only when it has to speak.
    from generators.mess import Mess
    from generators.world import Business


class Answer(NamedTuple):
    """What is answered to one grant; the lines are made as they are read, and the mess remembers what it did to them."""

    grant: Grant
    parcels: Iterator[Parcel]
    mess: Mess


class Provider:
    """Answers for one customer under one order."""

    def __init__(self, order: Order, config: Config) -> None:
        """Know nothing yet: the business is made when it is first asked about."""
        self._order = order
        self._months, self._lives_n = order.months or config.months, config.pd_lives_n
        self._stream = Stream(config.world_seed if order.seed is None else order.seed, order.customer)
        self._looks: dict[date, Business] = {}

    def answer(self, grant: Grant) -> Answer:
        """Answer inside one grant; what nobody can answer is refused before a line is made."""
        from generators.figures import Figures
        from generators.mess import mess_of

        mess = mess_of(self._order.noise or "off", Figures(assets.figures()["mess"]))
        days = days_of(self._order, grant)
        business = self._look(days.last)
        self._refuse_unknown(business, grant)
        answered_at = midnight(days.last + timedelta(days=1))
        pull = Pull(days, grant.filters, answered_at, grant.record_types, grant.channel)
        stream = self._stream.branch(grant.source)
        parcels = sources.source(grant.source).generate(business, {grant.party: pull}, stream, mess)
        return Answer(grant, parcels, mess)

    def _look(self, last: date) -> Business:
        """The business as it is seen on a day."""
        if last not in self._looks:
            self._looks[last] = self._made(last)
        return self._looks[last]

    def _made(self, last: date) -> Business:
        from generators.figures import Figures
        from generators.world import Look, World

        order = self._order
        world = World({name: Figures(document) for name, document in assets.figures().items()})
        look = Look(last, self._months, order.bank_rows, order.persona)
        return world.business(self._stream.branch("world"), order.customer, look)

    def _refuse_unknown(self, business: Business, grant: Grant) -> None:
        """A consent for a party the provider does not know stands in the way of every other until it is withdrawn."""
        order = self._order
        try:
            business.party(grant.party)
        except NotFound as error:
            revoke = f"bahi consent revoke --customer-id {order.customer} --consent-id {grant.consent_id}"
            hint = f"Run: {revoke} --purpose {order.purpose}"
            raise NotFound(error.code, error.message, hint=hint) from None

    def application(self, grants: Iterable[Grant]) -> Document:
        """Word what the business asks for on the latest day it is asked about."""
        from generators.truth import application_of

        return application_of(self._latest(grants))

    def truth(self, grants: Iterable[Grant], given: Iterable[tuple[Delivery, Mess]]) -> Iterator[bytes]:
        """Tell all that is true of the business, and of the lines that were delivered."""
        from generators.truth import Sent, truth_of

        sent = [Sent(delivery.source, delivery.id, tuple(mess.deeds)) for delivery, mess in given]
        return truth_of(self._latest(grants), self._lives_n, sent)

    def _latest(self, grants: Iterable[Grant]) -> Business:
        return self._look(max(days_of(self._order, grant).last for grant in grants))


def asked_range(order: Order) -> DateRange | None:
    """Give the days an order names, or None where it leaves them to the consents."""
    if order.as_of is None:
        return None
    return DateRange(
        order.as_of if order.months is None else _first_day(order.as_of, order.months), order.as_of
    )


def days_of(order: Order, grant: Grant) -> DateRange:
    """Give the days to ask for under one grant."""
    last = grant.range.last if order.as_of is None else order.as_of
    if order.months is None:
        return DateRange(grant.range.first, last)
    return DateRange(max(grant.range.first, _first_day(last, order.months)), last)


def _first_day(last: date, months: int) -> date:
    """Months end on the evening of their last day, so one month to 28 February begins on the 1st."""
    try:
        return add_months(last + timedelta(days=1), -months)
    except (ValueError, OverflowError):
        raise CallerError(
            "MONTHS_TOO_MANY", "So many months leave the calendar.", hint="Give a smaller --months."
        ) from None
