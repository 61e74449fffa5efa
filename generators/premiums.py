"""The years of a policy: what falls due in each, how it is meant to be paid, and what it brings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from generators.figures import Figures
from generators.frame import Frame
from generators.policies import (
    LIFE,
    SAVING,
    STEP_MONTHS,
    Benefit,
    Bonus,
    Frequency,
    Kind,
    Payout,
    Premium,
    Term,
)
from generators.tax import rounded_to_rupee
from generators.trade import MILLION, Rail
from kit.chance import Stream
from kit.period import add_months
from kit.ratio import half_even
from kit.shapes import listed, whole

# A premium may be paid some days before it is due, so the plan looks this far beyond the last day.
EARLY_DAYS = 15
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Draft:
    """What was decided of a policy before its years are planned; months are zero when it is renewed year by year.

    Sum and net premium of a year are those of the year that runs on the world's first day.
    """

    id: str
    kind: Kind
    begins_on: date
    months: int
    frequency: Frequency
    rail: Rail
    sum_paise: int
    net_paise: int


class Planned(NamedTuple):
    """The years of one policy."""

    premiums_before_n: int
    premiums: tuple[Premium, ...]
    terms: tuple[Term, ...]
    payouts: tuple[Payout, ...]
    bonuses: tuple[Bonus, ...]


def planned(frame: Frame, draft: Draft, stream: Stream) -> Planned:
    """Plan the years that touch the world, one stream each, so that a longer plan holds the shorter one."""
    return _Years(frame, draft, stream).planned()


def chosen(stream: Stream, shares: object) -> str:
    """Choose a name by its share in percent."""
    drawn = stream.randrange(100)
    names = listed(shares)
    for entry in names:
        name, percent = listed(entry)
        drawn -= whole(percent)
        if drawn < 0:
            return str(name)
    return str(listed(names[-1])[0])


def between(stream: Stream, bounds: object) -> int:
    """Draw a whole number between two bounds."""
    low, high = listed(bounds)
    return stream.randint(whole(low), whole(high))


class _Years:
    """Plans year after year until the contract, the owner's patience or the world ends."""

    def __init__(self, frame: Frame, draft: Draft, stream: Stream) -> None:
        self._frame, self._draft, self._stream = frame, draft, stream
        self._figures = frame.figures["covers"]
        self._step = STEP_MONTHS[draft.frequency]
        self._premiums: list[Premium] = []
        self._terms: list[Term] = []
        self._payouts: list[Payout] = []
        self._bonuses: list[Bonus] = []
        self._sum, self._net = draft.sum_paise, draft.net_paise
        grace = self._figures.table("grace_days", frame.first)
        self._grace_days = whole(grace[draft.frequency])
        self._first_year = _years_passed(draft.begins_on, frame.first)

    def planned(self) -> Planned:
        n = self._first_year
        while self._starts_in_time(n) and self._lived(n):
            n += 1
        is_single = self._draft.frequency is Frequency.ONE_TIME
        before_n = 0 if is_single else self._first_year * 12 // self._step
        return Planned(
            before_n,
            tuple(self._premiums),
            tuple(self._terms),
            tuple(self._payouts),
            tuple(self._bonuses),
        )

    def _day(self, year: int) -> date:
        return add_months(self._draft.begins_on, 12 * year)

    def _starts_in_time(self, year: int) -> bool:
        return self._day(year) - timedelta(days=EARLY_DAYS) <= self._frame.last

    def _lived(self, year: int) -> bool:
        """Plan one year; false when there is none after it."""
        draft, stream = self._draft, self._stream.branch("year", year)
        is_first = year == self._first_year
        has_stopped = stream.random() < self._stop_chance() and not is_first
        if draft.months:
            return self._contract_year(year, stream, has_stopped)
        if not is_first:
            self._renewed(stream)
        if has_stopped:
            return False
        self._terms.append(self._term(year, self._day(year + 1) - _DAY))
        self._claim(year, stream)
        self._premiums += self._instalments(year, stream)
        return True

    def _contract_year(self, year: int, stream: Stream, has_stopped: bool) -> bool:
        """Life runs on one contract: stopped, it leaves one premium open for good."""
        draft = self._draft
        end = add_months(draft.begins_on, draft.months)
        if not self._terms:
            self._terms.append(Term(0, draft.begins_on, end - _DAY, draft.sum_paise, 0, 1))
        if self._day(year) >= end:
            self._matured(end)
            return False
        is_single = draft.frequency is Frequency.ONE_TIME
        if has_stopped and not is_single:
            self._premiums.append(self._premium(self._day(year), None, 0))
            self._surrendered(year, stream)
            return False
        if not is_single or not self._premiums:
            self._premiums += self._instalments(0 if is_single else year, stream)
        self._year_benefits(year)
        return True

    def _term(self, year: int, last: date) -> Term:
        per_year = 12 // self._step
        before_n = len(self._premiums)
        return Term(year, self._day(year), last, self._sum, before_n, per_year)

    def _stop_chance(self) -> float:
        percent = self._figures.table("stops_a_year_ppm", self._frame.first)
        base, loose = whole(percent["base"]), whole(percent["undisciplined"])
        return (base + loose * (1 - self._frame.firm.discipline)) / MILLION

    def _renewed(self, stream: Stream) -> None:
        """A renewal changes premium and sum a little; a sum of a class never leaves its class."""
        kind, first = self._draft.kind, self._frame.first
        table = self._figures.table("renewal_change_percent", first)
        premium_percent = between(stream, table[kind])
        sum_percent = between(stream, self._figures.table("renewal_sum_percent", first)[kind])
        self._net = rounded_to_rupee(half_even(self._net * (100 + premium_percent), 100))
        grown = half_even(self._sum * (100 + sum_percent), 10_000_000) * 100_000
        limit = self._figures.table("sum_limit_paise", first).get(kind)
        self._sum = grown if limit is None else min(grown, whole(limit))

    def _claim(self, year: int, stream: Stream) -> None:
        drawn, share, day_n = stream.random(), stream.random(), stream.randrange(75, 300)
        waited = stream.randrange(20, 76)
        kind, first = self._draft.kind, self._frame.first
        if drawn * MILLION >= whole(self._figures.table("claims_a_year_ppm", first)[kind]):
            return
        low, high = (whole(one) for one in listed(self._figures.table("claim_percent", first)[kind]))
        paise = rounded_to_rupee(int(self._sum * (low + (high - low) * share * share) / 100))
        on = self._day(year) + timedelta(days=day_n + waited)
        self._paid_out(on, Benefit.CLAIM, year, paise)

    def _paid_out(self, on: date, benefit: Benefit, year: int, paise: int) -> None:
        if self._frame.first <= on <= self._frame.last and paise > 0:
            self._payouts.append(
                Payout(
                    on,
                    f"{self._draft.id}/{benefit}-{year}",
                    0 if self._draft.months else year,
                    benefit,
                    paise,
                )
            )

    def _year_benefits(self, year: int) -> None:
        """Bonus at each anniversary, and of a money-back plan a part of its sum every few years."""
        draft = self._draft
        if draft.kind not in SAVING:
            return
        anniversary, done = self._day(year + 1), year + 1
        if done * 12 < draft.months and anniversary <= self._frame.last:
            self._bonuses.append(Bonus(anniversary, self._bonus_paise()))
        every = self._figures.whole("money_back_years", self._frame.first)
        if draft.kind is Kind.MONEYBACK and done % every == 0 and done * 12 < draft.months:
            percent = self._figures.whole("money_back_percent", self._frame.first)
            self._paid_out(anniversary, Benefit.MONEY_BACK, done, half_even(draft.sum_paise * percent, 100))

    def _bonus_paise(self) -> int:
        per_mille = self._figures.whole("bonus_per_mille", self._frame.first)
        return half_even(self._draft.sum_paise * per_mille, 1_000)

    def _matured(self, end: date) -> None:
        draft = self._draft
        if draft.kind not in SAVING:
            return
        years = draft.months // 12
        sum_paise = draft.sum_paise
        if draft.kind is Kind.MONEYBACK:
            parts_n = (years - 1) // self._figures.whole("money_back_years", self._frame.first)
            percent = self._figures.whole("money_back_percent", self._frame.first)
            sum_paise -= half_even(draft.sum_paise * percent * parts_n, 100)
        self._paid_out(end, Benefit.MATURITY, years, sum_paise + self._bonus_paise() * (years - 1))

    def _surrendered(self, year: int, stream: Stream) -> None:
        draft, first = self._draft, self._frame.first
        is_taken = stream.randrange(100) < self._figures.whole("surrender_percent_of_stops", first)
        on = self._day(year) + timedelta(days=stream.randrange(45, 200))
        if draft.kind in SAVING and is_taken:
            percents = surrender_percents(self._figures, first)
            paid = self._net_of_step() * (year * 12 // self._step)
            percent = percents[min(year, len(percents) - 1)]
            self._paid_out(on, Benefit.SURRENDER, year, rounded_to_rupee(half_even(paid * percent, 100)))

    def _net_of_step(self) -> int:
        if self._draft.frequency is Frequency.ONE_TIME:
            return self._net
        factors = self._figures.table("frequency_factor_ppm", self._frame.first)
        return rounded_to_rupee(half_even(self._net * whole(factors[self._draft.frequency]), MILLION))

    def _instalments(self, year: int, stream: Stream) -> Iterator[Premium]:
        for i in range(12 // self._step):
            due_on = add_months(self._draft.begins_on, 12 * year + i * self._step)
            offset, is_late = self._offset_days(stream)
            if due_on == self._draft.begins_on:
                offset, is_late = 0, False
            planned_on = due_on + timedelta(days=offset)
            fee_days = offset if is_late else 0
            yield self._premium(due_on, planned_on, fee_days)

    def _offset_days(self, stream: Stream) -> tuple[int, bool]:
        """A mandate is presented on its day; who pays by hand pays early, late within grace, or late beyond it."""
        drawn, part = stream.random(), stream.random()
        if self._draft.rail is Rail.NACH or self._draft.frequency is Frequency.ONE_TIME:
            return 0, False
        habits = self._figures.table("late_ppm", self._frame.first)
        loose = (1 - self._frame.firm.discipline) * MILLION
        beyond = loose * whole(habits["beyond_grace"]) / MILLION
        within = beyond + loose * whole(habits["within_grace"]) / MILLION
        if drawn * MILLION < beyond and self._step > 1:
            return self._grace_days + 3 + int(part * 35), True
        if drawn * MILLION < within:
            return 1 + int(part * (self._grace_days - 1)), False
        return -int(part * (EARLY_DAYS - 1)), False

    def _premium(self, due_on: date, planned_on: date | None, fee_days: int) -> Premium:
        net = self._net_of_step()
        day = planned_on or due_on
        gst = half_even(net * self._gst_bps(due_on, day), 10_000)
        is_life = self._draft.kind in LIFE
        late = self._late_fee(net, fee_days, day) if is_life and fee_days else 0
        if planned_on is None or planned_on < self._frame.first:
            return Premium(due_on, planned_on, "", net, gst, 0)
        months = (due_on.year - self._draft.begins_on.year) * 12 + due_on.month - self._draft.begins_on.month
        return Premium(due_on, planned_on, f"{self._draft.id}/{months // self._step + 1}", net, gst, late)

    def _gst_bps(self, due_on: date, day: date) -> int:
        """Tax goes by the day a premium is meant to be paid; savings plans bear more of it in their first year."""
        is_first_year = due_on < self._day(1)
        name = "gst_first_year_bps" if is_first_year else "gst_bps"
        return whole(self._figures.table(name, day)[self._draft.kind])

    def _late_fee(self, net: int, days: int, day: date) -> int:
        bps = self._figures.whole("late_interest_bps", day)
        return rounded_to_rupee(half_even(net * bps * days, 365 * 10_000)) + 100


def _years_passed(begins_on: date, first: date) -> int:
    years = first.year - begins_on.year
    if add_months(begins_on, 12 * years) > first:
        years -= 1
    return max(0, years)


def surrender_percents(figures: Figures, day: date) -> tuple[int, ...]:
    """What part of the premiums comes back after how many full years."""
    return tuple(whole(one) for one in figures.row("surrender_percent_by_years", day))
