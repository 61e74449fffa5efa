"""Who the owner of a business is with money: habits drawn once, and the people small payments go to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from generators.calendar_in import working_year
from generators.figures import Figures
from generators.frame import Frame
from generators.people import (
    LAST_NAMES,
    Counterparty,
    Tie,
    digits,
    ifsc,
    person,
)
from generators.trade import MILLION, Rail
from kit.chance import Stream
from kit.period import Month
from kit.shapes import listed, mapping, whole

_TRANSPORT = "TRANSPORT"
_LARGE_PAISE = 1_00_00_000 * 100
_DAY = timedelta(days=1)


class Owners(NamedTuple):
    """Whom an owner's sundry payments go to and come from."""

    owner: Counterparty
    bank: Counterparty
    family: Sequence[Counterparty]
    chit: Counterparty
    card: Counterparty
    phone: Counterparty
    broadband: Counterparty
    toll: Counterparty
    verifier: Counterparty
    charities: Sequence[Counterparty]
    shops: Sequence[Counterparty]
    strangers: Sequence[Counterparty]

    @property
    def everybody(self) -> tuple[Counterparty, ...]:
        """List them all, once each."""
        groups: list[Counterparty] = []
        for one in self:
            groups.extend([one] if isinstance(one, Counterparty) else one)
        return tuple({one.id: one for one in groups}.values())


class Chit(NamedTuple):
    """A chit fund an owner pays into: the instalment, its day, how many months it runs, and when he is paid out."""

    paise: int
    day: int
    months: int
    offset: int
    paid_in_month: int


class Card(NamedTuple):
    """A credit card paid from the till: on what day, and whether by standing mandate."""

    day: int
    is_auto: bool


class Owner(NamedTuple):
    """The habits of one owner; taken_share is what leaves the business of its turnover, drawings_share the plain part of that."""

    people: Owners
    taken_share: float
    drawings_share: float
    is_weekly: bool
    weekday: int
    drawing_day: int
    rail: Rail
    chit: Chit | None
    card: Card | None
    tolls_n: int
    phone_paise: int
    broadband_paise: int

    def drawing_days(self, first: date, days_n: int) -> list[date]:
        """List the days of a month on which the owner draws."""
        if not self.is_weekly:
            return [first + (self.drawing_day - 1) * _DAY]
        start = (self.weekday - first.weekday()) % 7
        return [first + day * _DAY for day in range(start, days_n, 7)]


class Time(NamedTuple):
    """A month as it is being planned: its chance, a month's turnover, and what is taken out of it, in paise."""

    month: Month
    tag: str
    first: date
    days_n: int
    chance: Stream
    turnover: int
    taken: int

    def happens(self, ppm: int) -> bool:
        """Draw whether something of this likelihood happens."""
        return self.chance.random() * MILLION < ppm

    def any_day(self, before: int = 0) -> date:
        """Draw a day of the month, so many days before its end at least."""
        return self.first + timedelta(days=int(self.chance.random() * (self.days_n - before)))

    def day(self, number: int) -> date:
        """Give a day of the month by its number, or its last."""
        return self.first + timedelta(days=min(number, self.days_n) - 1)

    def part(self, whole_paise: int, ppm: object) -> int:
        """Draw a part of a sum between the least and the most."""
        bounds = mapping(ppm)
        least, most = whole(bounds["least"]), whole(bounds["most"])
        return int(whole_paise * (least + (most - least) * self.chance.random()) / MILLION)


def owner_of(frame: Frame, stream: Stream) -> Owner:
    """Draw the habits of the owner behind a business."""
    figures, firm = frame.figures["bank"], frame.firm
    kept = figures.table("retained_share_ppm", frame.first)
    careless, careful = whole(kept["careless"]), whole(kept["careful"])
    retained = (careless + (careful - careless) * firm.discipline) / MILLION
    taken_share = firm.margin * (1 - retained)
    weights = figures.table("drawings_rails_weights", frame.first)
    rails = [Rail(name) for name, weight in sorted(weights.items()) for _ in range(whole(weight))]
    bills = figures.table("phone_bill_paise", frame.first)
    fees = figures.row("broadband_bill_paise", frame.first)
    chit, card = _chit(frame, stream, taken_share), _card(frame, stream)
    return Owner(
        people=_people(frame, stream.branch("people")),
        taken_share=taken_share,
        drawings_share=_drawings_share(figures, frame.first, chit, card),
        is_weekly=_has(figures, stream, frame, "drawings_weekly_ppm"),
        weekday=stream.randrange(6),
        drawing_day=stream.randrange(1, 8),
        rail=stream.choice(rails),
        chit=chit,
        card=card,
        tolls_n=_tolls_n(frame, stream),
        phone_paise=stream.randrange(whole(bills["least"]), whole(bills["most"]), 1_000),
        broadband_paise=whole(stream.choice(fees)) if _has(figures, stream, frame, "broadband_ppm") else 0,
    )


def round_sum(figures: Figures, day: date, paise: int) -> int:
    """Round a sum down as people do: the larger, the rounder."""
    for row in figures.row("round_paise", day):
        most, step = listed(row)
        if paise <= whole(most):
            return paise // whole(step) * whole(step)
    return paise


def _has(figures: Figures, stream: Stream, frame: Frame, name: str) -> bool:
    return stream.random() * MILLION < figures.whole(name, frame.first)


def _drawings_share(figures: Figures, day: date, chit: Chit | None, card: Card | None) -> float:
    """What is not paid for the family, the chit and the card is drawn."""
    other = figures.whole("family_out_share_ppm", day)
    other += figures.whole("chit_share_ppm", day) if chit is not None else 0
    other += figures.whole("card_share_ppm", day) if card is not None else 0
    return 1 - other / MILLION


def _chit(frame: Frame, stream: Stream, taken_share: float) -> Chit | None:
    figures, firm = frame.figures["bank"], frame.firm
    shares = figures.table("chit_ppm", frame.first)
    ppm = whole(shares["large" if firm.turnover_paise > _LARGE_PAISE else "small"])
    monthly = firm.turnover_paise / 12 * taken_share * figures.whole("chit_share_ppm", frame.first) / MILLION
    months = figures.whole("chit_months", frame.first)
    drawn = Chit(
        paise=max(1, round(monthly / 50_000)) * 50_000,
        day=stream.randrange(8, 16),
        months=months,
        offset=stream.randrange(months),
        paid_in_month=stream.randrange(1, months),
    )
    return drawn if stream.random() * MILLION < ppm else None


def _card(frame: Frame, stream: Stream) -> Card | None:
    figures = frame.figures["bank"]
    is_held = _has(figures, stream, frame, "card_ppm")
    day = whole(stream.choice(figures.row("card_days", frame.first)))
    card = Card(day, _has(figures, stream, frame, "card_auto_ppm"))
    return card if is_held else None


def _tolls_n(frame: Frame, stream: Stream) -> int:
    figures = frame.figures["bank"]
    kind = "transport" if frame.firm.sector.id == _TRANSPORT else "plain"
    has_vehicle = stream.random() * MILLION < whole(figures.table("toll_ppm", frame.first)[kind])
    return whole(figures.table("toll_recharges_a_month", frame.first)[kind]) if has_vehicle else 0


def _people(frame: Frame, stream: Stream) -> Owners:
    surname = stream.choice(LAST_NAMES)
    known = frame.people
    return Owners(
        owner=_first(known.get(Tie.OWN, ())) or person(stream, Tie.OWN, 0),
        bank=_first(known.get(Tie.BANK, ())) or _named(stream, Tie.BANK, "BANK", "Bahi Demonstration Bank"),
        family=tuple(known.get(Tie.FAMILY, ())) or tuple(person(stream, Tie.FAMILY, n) for n in range(3)),
        chit=_named(stream, Tie.OTHER, "CHIT", f"{surname} Chit Funds"),
        card=_named(stream, Tie.OTHER, "CARD", "Bahi Card Services"),
        phone=_named(stream, Tie.UTILITY, "PHONE", "Dhwani Telecom"),
        broadband=_named(stream, Tie.UTILITY, "BROADBAND", "Tarang Broadband"),
        toll=_named(stream, Tie.OTHER, "TOLL", "Rajmarg FASTag"),
        verifier=_named(stream, Tie.OTHER, "VERIFIER", "Parakh Verification"),
        charities=tuple(
            _behind_code(stream, f"CHARITY{n}", name)
            for n, name in enumerate(("Shri Ganesh Mandal", "Annapurna Seva Trust", "Mohalla Utsav Samiti"))
        ),
        shops=tuple(
            _behind_code(stream, f"SHOP{n}", f"{stream.choice(LAST_NAMES)} {trade}")
            for n, trade in enumerate(("Jewellers", "Sarees", "Sweets", "Electronics"))
        ),
        strangers=tuple(person(stream, Tie.OTHER, n) for n in range(4)),
    )


def _first(people: Sequence[Counterparty]) -> Counterparty | None:
    return people[0] if people else None


def _behind_code(stream: Stream, place: str, name: str) -> Counterparty:
    """Who is paid by scanning a code has a handle that names nobody."""
    return _named(stream, Tie.OTHER, place, name)._replace(upi=f"q{digits(stream, 9)}@bahi")


def _named(stream: Stream, tie: Tie, place: str, name: str) -> Counterparty:
    handle = name.lower().replace(" ", "")
    return Counterparty(f"SUNDRY-{place}", tie, name, f"{handle}@bahi", ifsc(stream), "")


def at_branch(frame: Frame, day: date) -> date:
    """Move a day at the counter to one on which branches are open."""
    return working_year(frame.figures["calendar"]).working_from(day)
