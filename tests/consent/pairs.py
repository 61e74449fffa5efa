"""Random pairs of consents and a request: a request, and consents that meet it but for a flaw or two."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import product
from random import Random

from consent.artefact import CONSENT_TYPES, INF, FetchType, Quantity
from consent.grants import Use, Wanted
from consent.terms import GrantOrder, Party, Terms
from kit.ident import CustomerId
from kit.period import IST, Unit, isoformat_ist, isoformat_utc
from kit.scope import DataFilter, DateRange
from kit.source import Channel
from tests.consent.desk import CUSTOMER, START, Desk
from tests.consent.oracle import DAY, PARTIES, SIGNS, SOURCES, TICK, TYPES, Given

NEIGHBOUR = CustomerId("NEIGHBOUR")
FLAWS = (
    *("party", "purpose", "purpose", "kind", "expiry", "range"),
    *("life", "use") * 3,
    *("filter",) * 2,
    *("state",) * 6,
)
STATES = ("PENDING", "REJECTED", "FAILED", "PAUSED", "REVOKED", "EXPIRED")
FIRST, LAST = date(2025, 11, 1), date(2026, 10, 31)
CUTS = (date(2026, 2, 28), date(2026, 7, 15))
AMOUNT_RULES = [
    DataFilter("TRANSACTIONAMOUNT", *rule) for rule in product(SIGNS, ("1", "2", "2.0", "3", "4"))
]
TYPE_RULES = [
    DataFilter("TRANSACTIONTYPE", *rule) for rule in product(("=", "!="), ("CREDIT", "credit", "DEBIT"))
]
RULES = AMOUNT_RULES + TYPE_RULES
LIVES = (Quantity(Unit.DAY, 2), Quantity(Unit.DAY, 31), Quantity(Unit.MONTH, 1), Quantity(Unit.YEAR, 1), INF)
EXPIRIES = (Quantity(Unit.DAY, 20), Quantity(Unit.MONTH, 1), Quantity(Unit.DAY, 90), Quantity(Unit.YEAR, 1))
FREQUENCIES = (*(Quantity(unit, n) for unit, n in product(Unit, (1, 2))), INF)
CHANNELS = {
    Channel.AA: ("ledgers", "returns", "funds"),
    Channel.DIRECT_UPLOAD: ("ledgers",),
    Channel.OCEN: ("orders",),
}


class Draw:
    """One random pair; everything follows from the seed and the number of the pair."""

    def __init__(self, seed: int, number: int) -> None:
        self.chance = Random(f"{seed}/{number}")
        self.flaw = self.chance.choice((*FLAWS, "none"))
        self.purpose = self.chance.choice((103, 104))
        self.state = self.chance.choice(
            ("PAUSED", "REVOKED", "REVOKED", "PAUSED", self.chance.choice(STATES))
        )
        self.now = START + timedelta(microseconds=self.chance.randrange(400, 900) * 86_400_000_000)
        if self.happens(0.7):
            self.now += timedelta(microseconds=self.chance.randrange(86_400_000_000))
        self.rules = tuple(self.chance.sample(RULES, self.chance.choice((0, 0, 1, 2))))

    def happens(self, share: float) -> bool:
        return self.chance.random() < share

    def flawed(self, kind: str) -> bool:
        return self.happens(0.9 if kind == self.flaw else 0.03)

    def wanted(self) -> Wanted:
        some, choice = self.some, self.chance.choice
        return Wanted(
            customer=CUSTOMER if self.happens(0.98) else CustomerId("NOBODY"),
            purpose=self.purpose,
            use=choice(tuple(Use)) if self.flaw != "use" else Use.FETCH,
            parties=choice((some(PARTIES), None) if self.flawed("party") else (None, None, ("ENTITY",))),
            sources=choice(
                (some(SOURCES), ("ledgers", "rumours"))
                if self.flawed("kind")
                else (None, None, ("ledgers",), ("ledgers",), ("ledgers", "returns"))
            ),
            record_types=choice(
                (some(TYPES), TYPES, ("transaction", "rumour"))
                if self.flawed("kind")
                else (None, None, ("transaction",))
            ),
            range=self.range() if self.flaw == "range" or self.happens(0.5) else None,
            filters=self.filters(),
            fetch_key=choice((None, "a", "fresh", "fresh")),
        )

    def some(self, names: tuple[str, ...]) -> tuple[str, ...]:
        least = 0 if self.happens(0.05) else 1
        return tuple(self.chance.sample(names, self.chance.randint(least, len(names))))

    def range(self) -> DateRange:
        edges = (FIRST, *CUTS, LAST)
        first, last = sorted(self.chance.sample(edges, 2)) if self.happens(0.4) else (FIRST, LAST)
        early, late = (DAY * self.chance.choice((0, 0, 0, 1)) for _ in "ab")
        return DateRange(first - early, last + late)

    def filters(self) -> tuple[DataFilter, ...] | None:
        if self.flaw != "filter" and self.happens(0.5):
            return None
        more = tuple(self.chance.sample(RULES, self.chance.choice((0, 0, 1))))
        return self.chance.choice(((*self.rules, *more), self.rules, self.rules[:1], more))

    def consents(self, desk: Desk) -> list[Given]:
        """Grant some consents at their moments, oldest first, then let happen to them what happened."""
        plans = sorted((self.plan() for _ in range(self.chance.choice((0, *[1, 2, 3, 4] * 4)))), key=_start)
        found = []
        for order, start in plans:
            desk.clock.at = start
            for consent, party in zip(desk.consents.grant(order), order.parties, strict=True):
                found.append(self.lived(desk, Given(consent.id, order, party.id, start, start)))
        return found

    def plan(self) -> tuple[GrantOrder, datetime]:
        channel = self.chance.choice((*[Channel.AA, Channel.DIRECT_UPLOAD] * 4, Channel.OCEN))
        sources = tuple(name for name in CHANNELS[channel] if name == "ledgers" or self.happens(0.7))
        if self.flawed("kind"):
            sources = (self.chance.choice(CHANNELS[channel]),)
        purpose = self.chance.choice((101, 103, 104)) if self.flawed("purpose") else self.purpose
        terms = self.terms(is_bound=purpose == 103 and channel is Channel.AA)
        parties = ("PARTNER",) if self.flawed("party") else self.chance.choice((PARTIES, ("ENTITY",)))
        order = GrantOrder(
            CUSTOMER if self.happens(0.88) else NEIGHBOUR,
            purpose,
            sources or ("orders",),
            tuple(map(Party, parties)),
            channel,
            *self.piece(),
            self.rules if self.happens(0.4) else (),
            terms,
        )
        if self.flawed("filter"):
            order = replace(order, filters=tuple(self.chance.sample(RULES, self.chance.randint(1, 2))))
        return order, self.now - self.age(terms)

    def piece(self) -> tuple[date, date]:
        edges = (FIRST, *CUTS, LAST)
        if not self.flawed("range") and self.happens(0.7):
            return FIRST - DAY * self.chance.choice((0, 1)), LAST + DAY * self.chance.choice((0, 1))
        at = self.chance.randrange(3)
        return edges[at] + DAY * self.chance.choice((0, 0, 1, 2)), edges[at + 1]

    def terms(self, is_bound: bool) -> Terms:
        """Draw terms; those of purpose 103 by aggregator must keep to what the scheme allows."""
        pick = self.chance.choice
        is_once = is_bound or self.happens(0.7 if self.flaw == "life" else 0.4)
        expiries, lives = (EXPIRIES[:2], LIVES[:3]) if is_bound else (EXPIRIES, LIVES)
        if self.flaw == "life":
            expiries, lives = expiries[-1:], lives[:2]
        is_narrow = self.flawed("kind")
        return Terms(
            text="Aggregated statement",
            category="Financial Reporting",
            fetch_type=FetchType.ONETIME if is_once else FetchType.PERIODIC,
            range=Quantity(Unit.MONTH, 14),
            expiry=pick(expiries),
            data_life=pick(lives),
            frequency=pick(FREQUENCIES),
            consent_types=("TRANSACTIONS",) if is_narrow else CONSENT_TYPES,
        )

    def age(self, terms: Terms) -> timedelta:
        """Mostly younger than its ends; else past one of them, or within a microsecond of it."""
        ends = [_days(terms.expiry)]
        if terms.fetch_type is FetchType.ONETIME and terms.data_life != INF:
            ends.append(_days(terms.data_life))
        if self.flawed("expiry"):
            return ends[0] + self.edge()
        if self.flawed("life"):
            return ends[-1] + self.edge()
        return min(ends) * self.chance.random() * 0.9

    def edge(self) -> timedelta:
        return self.chance.choice((-TICK, 0 * TICK, TICK, DAY, DAY * self.chance.randrange(1, 8)))

    def lived(self, desk: Desk, given: Given) -> Given:
        state, start = "ACTIVE", given.start
        if self.flawed("state"):
            state = self.state if self.happens(0.8) else self.chance.choice(STATES)
            desk.sql("UPDATE consent SET state = :state WHERE id = :id", state=state, id=given.id)
        elif self.happens(0.04):
            start = self.now + self.chance.choice((DAY, timedelta(seconds=60), timedelta(seconds=60) + TICK))
            _put_off(desk, given, start)
        uses = tuple(self.uses(given))
        for source, key, at in uses:
            desk.sql(
                "INSERT INTO consent_use VALUES (:id, :source, :key, :at)",
                id=given.id, source=source, key=key, at=isoformat_utc(at),
            )  # fmt: skip
        return replace(given, state=state, start=start, uses=uses)

    def uses(self, given: Given) -> Iterator[tuple[str, str, datetime]]:
        likely = {"use": 0.9, "life": 0.5}.get(self.flaw, 0.12)
        for source in given.order.sources or ():
            if self.happens(likely):
                for key in self.chance.sample("abcd", self.chance.randint(1, 3)):
                    yield source, key, self.use_moment(given)

    def use_moment(self, given: Given) -> datetime:
        """Any moment since the grant, often within a microsecond of where a calendar window or a life begins."""
        local = self.now.astimezone(IST)
        hour = local.replace(minute=0, second=0, microsecond=0)
        midnight = hour.replace(hour=0)
        begins = [hour, midnight, midnight.replace(day=1), midnight.replace(month=1, day=1)]
        if given.terms.data_life != INF:
            begins += [self.now - _days(given.terms.data_life)] * 3
        at = self.chance.choice(begins) - self.chance.choice((0 * TICK, TICK, -TICK))
        if self.happens(0.4):
            at = given.start + (self.now - given.start) * self.chance.random()
        return min(max(at, given.start), self.now)


def _start(plan: tuple[GrantOrder, datetime]) -> datetime:
    return plan[1]


def _days(span: Quantity) -> timedelta:
    return DAY * span.value * {Unit.DAY: 1, Unit.MONTH: 30, Unit.YEAR: 365}[span.unit or Unit.DAY]


def _put_off(desk: Desk, given: Given, start: datetime) -> None:
    """A start that lies ahead comes with artefacts from elsewhere only, so it is written behind consent's back."""
    desk.sql(
        "UPDATE consent SET artefact = replace(artefact, :was, :start) WHERE id = :id",
        was=f'"consentStart":"{isoformat_ist(given.start)}"',
        start=f'"consentStart":"{isoformat_ist(start)}"',
        id=given.id,
    )
