"""Consent judged by brute force, cell by cell and day by day; it shares nothing with the guard but the words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import product

from consent.artefact import INF, FetchType, Quantity
from consent.grants import Use, Wanted
from consent.terms import GrantOrder, Terms
from kit.period import IST, Unit
from kit.scope import DataFilter, DateRange
from kit.source import Channel

PARTIES = ("ENTITY", "PARTNER")
SOURCES = ("ledgers", "returns", "funds", "orders")
TYPES = ("transaction", "statement")
CELLS = tuple(product(PARTIES, SOURCES, TYPES))
TICK, DAY = timedelta.resolution, timedelta(days=1)
Answer = str | dict[tuple[str, str], tuple[set[str], datetime | None]]


@dataclass(frozen=True)
class Given:
    """A consent in the words of the test, as it stands when the question is asked."""

    id: str
    order: GrantOrder
    party: str
    granted_at: datetime
    start: datetime
    state: str = "ACTIVE"
    uses: tuple[tuple[str, str, datetime], ...] = ()

    @property
    def terms(self) -> Terms:
        assert self.order.terms is not None
        return self.order.terms

    def days(self) -> set[date]:
        assert self.order.first is not None and self.order.last is not None
        return every_day(self.order.first, self.order.last)

    def opens(self, source: str, record_type: str) -> bool:
        is_narrow = self.order.channel is Channel.AA and self.terms.consent_types == ("TRANSACTIONS",)
        return source in (self.order.sources or ()) and (record_type == "transaction" or not is_narrow)


def every_day(first: date, last: date) -> set[date]:
    return {first + DAY * n for n in range((last - first).days + 1)}


def moved(moment: datetime, span: Quantity) -> datetime:
    """Count a span from a moment in India, stepping back to a day that exists."""
    local = moment.astimezone(IST)
    if span.unit in (Unit.HOUR, Unit.DAY):
        return local + timedelta(hours=span.value * (1 if span.unit is Unit.HOUR else 24))
    months = local.month - 1 + span.value * (1 if span.unit is Unit.MONTH else 12)
    for day in (local.day, 30, 29, 28):
        try:
            return local.replace(year=local.year + months // 12, month=months % 12 + 1, day=day)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


def stands(given: Given, now: datetime) -> str:
    is_over = given.state in ("ACTIVE", "PAUSED") and now >= moved(given.granted_at, given.terms.expiry)
    if not is_over and given.state == "ACTIVE" and given.start > now + timedelta(seconds=60):
        return "NOT YET"
    return "EXPIRED" if is_over else given.state


def life_end(given: Given, source: str, ask: Wanted, now: datetime) -> datetime | None:
    if given.terms.data_life == INF:
        return None
    if given.terms.fetch_type is FetchType.ONETIME:
        return moved(given.start, given.terms.data_life)
    uses = {key: at for of, key, at in given.uses if of == source}
    if ask.use is Use.PROCESS:
        return moved(max(uses.values()), given.terms.data_life) if uses else None
    return moved(uses.get(ask.fetch_key or "", now), given.terms.data_life)


def is_alive(given: Given, source: str, ask: Wanted, now: datetime) -> bool:
    end = life_end(given, source, ask, now)
    return end is None or now < end


def has_fetch_left(given: Given, source: str, ask: Wanted, now: datetime) -> bool:
    uses = {key: at for of, key, at in given.uses if of == source}
    if ask.use is Use.PROCESS or ask.fetch_key in uses:
        return True
    if given.terms.fetch_type is FetchType.ONETIME:
        return not uses
    unit, most = given.terms.frequency
    fields_n = {Unit.YEAR: 1, Unit.MONTH: 2, Unit.DAY: 3, Unit.HOUR: 4}
    if unit is None:
        return True
    window = now.astimezone(IST).timetuple()[: fields_n[unit]]
    return [at.astimezone(IST).timetuple()[: fields_n[unit]] for at in uses.values()].count(window) < most


AMOUNTS = [Fraction(n, 2) for n in range(-2, 13)]
LINES = tuple(product(("CREDIT", "DEBIT", "OTHER"), AMOUNTS))
SIGNS = {"=": (0,), "!=": (-1, 1), ">": (1,), "<": (-1,), ">=": (0, 1), "<=": (-1, 0)}


def shown(rule: DataFilter) -> set[tuple[str, Fraction]]:
    """The lines that pass one filter; halves between the whole limits stand for all amounts between."""
    if rule.type == "TRANSACTIONTYPE":
        return {line for line in LINES if (line[0] == rule.value.upper()) == (rule.operator == "=")}
    limit = Fraction(rule.value)
    return {line for line in LINES if (line[1] > limit) - (line[1] < limit) in SIGNS[rule.operator]}


def hides_no_less(ask: Wanted, given: Given) -> bool:
    """Each filter of the consent must follow from one filter that is asked for."""
    rules = ask.filters
    return rules is None or all(
        any(shown(mine) <= shown(theirs) for mine in rules) for theirs in given.order.filters
    )


STAGES: tuple[tuple[str, Callable[[Given, str, str, Wanted, datetime], bool]], ...] = (
    (
        "CONSENT_REQUIRED",
        lambda given, source, kind, ask, now: (
            stands(given, now) in ("ACTIVE", "PAUSED", "REVOKED", "EXPIRED")
            and (ask.parties is None or given.party in ask.parties)
        ),
    ),
    ("PURPOSE_MISMATCH", lambda given, source, kind, ask, now: given.order.purpose == ask.purpose),
    (
        "FI_TYPE_OUT_OF_SCOPE",
        lambda given, source, kind, ask, now: (
            (ask.sources is None or source in ask.sources)
            and (ask.record_types is None or kind in ask.record_types)
        ),
    ),
    ("CONSENT_REVOKED", lambda given, source, kind, ask, now: stands(given, now) != "REVOKED"),
    ("CONSENT_EXPIRED", lambda given, source, kind, ask, now: stands(given, now) != "EXPIRED"),
    ("CONSENT_PAUSED", lambda given, source, kind, ask, now: stands(given, now) != "PAUSED"),
    ("DATA_LIFE_OVER", lambda given, source, kind, ask, now: is_alive(given, source, ask, now)),
    ("RANGE_OUT_OF_SCOPE", lambda given, source, kind, ask, now: True),
    ("FILTER_OUT_OF_SCOPE", lambda given, source, kind, ask, now: hides_no_less(ask, given)),
    ("CONSENT_OVERUSED", lambda given, source, kind, ask, now: has_fetch_left(given, source, ask, now)),
)
REASONS = tuple(code for code, _ in STAGES)


def oracle(everything: list[Given], ask: Wanted, now: datetime) -> Answer:
    """Pass every consent through every stage for every cell; what is asked must have an open cell after each."""
    mine = [given for given in everything if given.order.customer == ask.customer]
    left = {
        cell: [given for given in mine if given.party == cell[0] and given.opens(*cell[1:])] for cell in CELLS
    }
    for number, (code, passes) in enumerate(STAGES):
        left = {cell: [one for one in left[cell] if passes(one, *cell[1:], ask, now)] for cell in CELLS}
        is_ranged = number >= REASONS.index("RANGE_OUT_OF_SCOPE") and ask.range is not None
        is_open = {cell: _spans(left[cell], ask.range if is_ranged else None) for cell in CELLS}
        asked = (ask.parties, ask.sources, ask.record_types) if number > 1 else (ask.parties, None, None)
        for need in product(*(names or (None,) for names in asked)):
            if not any(is_open[cell] and _fits(cell, need) for cell in CELLS):
                return code
    return _granted({cell: left[cell] for cell in CELLS if is_open[cell]}, ask, now)


def _spans(backers: list[Given], asked: DateRange | None) -> bool:
    if asked is None:
        return bool(backers)
    return every_day(*asked) <= set().union(*(given.days() for given in backers))


def _fits(cell: tuple[str, str, str], need: tuple[str | None, ...]) -> bool:
    return all(want is None or want == have for have, want in zip(cell, need, strict=True))


def _granted(left: dict[tuple[str, str, str], list[Given]], ask: Wanted, now: datetime) -> Answer:
    found: dict[tuple[str, str], tuple[set[str], datetime | None]] = {}
    for (_, source, kind), backers in left.items():
        for given in backers:
            end = life_end(given, source, ask, now)
            found.setdefault((given.id, source), (set(), end))[0].add(kind)
    return found
