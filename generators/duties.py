"""What a business owes by the calendar whatever it sells: rent, wages, bonus, provident fund, power, taxes at source."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from generators.calendar_in import working_year
from generators.frame import Frame
from generators.papers import Due, IfShort, Sale
from generators.people import AccountKind, Counterparty, Tie
from generators.trade import MILLION, RUPEE, Purpose, Rail
from kit.chance import Stream
from kit.period import Month, month_of, months_between
from kit.shapes import whole


@dataclass(frozen=True, slots=True)
class DutyBook:
    """The dues of the calendar."""

    dues: tuple[Due, ...]
    people: tuple[Counterparty, ...] = ()
    sales: tuple[Sale, ...] = ()


def duties_of(frame: Frame, stream: Stream) -> DutyBook:
    """Plan the duties of a life; each month draws from a stream of its own."""
    habits = _Habits(frame, stream)
    dues: list[Due] = []
    for month in months_between(month_of(frame.first), month_of(frame.last)):
        dues += habits.of_month(month, stream.branch("month", month.year, month.month))
    return DutyBook(tuple(sorted(due for due in dues if frame.first <= due.day <= frame.last)))


class _Habits:
    """The days and shares one firm keeps to."""

    def __init__(self, frame: Frame, stream: Stream) -> None:
        self._frame = frame
        self._trade = frame.figures["trade"]
        self._year = working_year(frame.figures["calendar"])
        habit = stream.branch("habit")
        self._rent_day = habit.randrange(1, 11)
        self._wage_day = habit.randrange(1, 8)
        self._power_day = habit.randrange(9, 22)
        self._by_bank = 1 - self._trade.whole("retail_wages_cash_ppm", frame.first) / MILLION
        self._rises = habit.randrange(4, 9)

    def of_month(self, month: Month, chance: Stream) -> Iterator[Due]:
        """Tell what falls due in a month."""
        firm = self._frame.firm
        years = (month.first_day - self._frame.first).days / 365
        monthly = firm.turnover_paise / 12 * (1 + firm.growth * 0.7) ** years
        wages = monthly * firm.sector.wages_ppm / MILLION
        rent = (
            firm.turnover_paise / 12 * firm.sector.rent_ppm / MILLION * (1 + self._rises / 100) ** int(years)
        )
        yield from self._plain(month, "RENT", self._rent_day, Purpose.RENT, rent)
        yield from self._plain(
            month,
            "POWER",
            self._power_day,
            Purpose.UTILITY,
            monthly * self._trade.whole("power_ppm", month.first_day) / MILLION * chance.uniform(0.7, 1.4),
        )
        yield from self._wages(month, wages * self._by_bank)
        yield from self._weekly_wages(month, wages * (1 - self._by_bank), chance)
        yield from self._statutory(month, wages, monthly)
        yield from self._yearly(month, wages, monthly, chance)

    def _due(self, day: date, document: str, who: str, purpose: Purpose, paise: float) -> Iterator[Due]:
        whole_paise = int(paise) // RUPEE * RUPEE
        if whole_paise >= RUPEE:
            rail = _rail(purpose, whole_paise)
            yield Due(day, document, self._frame.till, who, purpose, rail, -whole_paise, IfShort.WAITS)

    def _plain(self, month: Month, name: str, day: int, purpose: Purpose, paise: float) -> Iterator[Due]:
        tie = {Purpose.RENT: Tie.LANDLORD, Purpose.UTILITY: Tie.UTILITY}[purpose]
        on = month.first_day.replace(day=day)
        who = self._frame.people[tie][0].id
        yield from self._due(on, f"{name}-{_stamp(month)}", who, purpose, paise // (10 * RUPEE) * 10 * RUPEE)

    def _wages(self, month: Month, paise: float) -> Iterator[Due]:
        """Few are paid one by one, many in one batch."""
        staff = self._frame.people[Tie.EMPLOYEE]
        on = month.first_day.replace(day=self._wage_day)
        paid: Sequence[Counterparty] = staff if self._frame.firm.employees_n <= len(staff) else staff[:1]
        for number, worker in enumerate(paid):
            share = paise / len(paid) // (100 * RUPEE) * 100 * RUPEE
            yield from self._due(on, f"WAGE-{_stamp(month)}-{number}", worker.id, Purpose.WAGES, share)

    def _weekly_wages(self, month: Month, paise: float, chance: Stream) -> Iterator[Due]:
        """Day labour is paid on Saturdays in cash, which is drawn before when the branch is shut; who takes cash at a counter needs to draw none."""
        if self._frame.firm.b2b < 0.5:
            return
        saturdays = [
            day
            for day in (month.first_day + timedelta(days=i) for i in range(month.last_day.day))
            if day.weekday() == 5
        ]
        for day in saturdays:
            is_round = chance.randrange(MILLION) < self._trade.whole("round_labour_ppm", day)
            step = (500 if is_round else 10) * RUPEE
            share = paise / len(saturdays) * chance.uniform(0.8, 1.2) // step * step
            if share >= RUPEE:
                document = f"LABOUR-{day:%Y%m%d}"
                yield Due(
                    self._year.working_until(day),
                    document,
                    self._frame.till,
                    "OWN-0",
                    Purpose.WAGES,
                    Rail.CASH,
                    -int(share),
                    IfShort.WAITS,
                )

    def _statutory(self, month: Month, wages: float, monthly: float) -> Iterator[Due]:
        taxman = self._frame.people[Tie.GOVERNMENT][0].id
        days = self._trade.table("duty_days", month.first_day)
        day = month.first_day.replace(day=whole(days["provident_fund"]))
        if self._frame.firm.employees_n >= self._trade.whole("epf_from_n", day):
            for name, figure in (("EPF", "epf_ppm"), ("ESI", "esi_ppm")):
                part = wages * self._trade.whole(figure, day) / MILLION
                yield from self._due(day, f"{name}-{_stamp(month)}", taxman, Purpose.STATUTORY, part)
        if monthly * 12 >= self._trade.whole("tds_payer_least_paise", day):
            part = monthly * self._trade.whole("tds_paid_ppm", day) / MILLION
            seventh = month.first_day.replace(day=whole(days["tds"]))
            yield from self._due(seventh, f"TDS-{_stamp(month)}", taxman, Purpose.TAX, part)

    def _yearly(self, month: Month, wages: float, monthly: float, chance: Stream) -> Iterator[Due]:
        firm, taxman = self._frame.firm, self._frame.people[Tie.GOVERNMENT][0].id
        due_percent = self._trade.table("advance_tax_percent", month.first_day)
        if str(month.month) in due_percent and firm.discipline > 0.45:
            upto = whole(due_percent[str(month.month)])
            before = max((whole(one) for one in due_percent.values() if whole(one) < upto), default=0)
            rate = self._trade.whole("advance_tax_of_margin_ppm", month.first_day) / MILLION
            part = monthly * 12 * firm.margin * rate * (upto - before) / 100
            day = month.first_day.replace(day=min(15, 12 + chance.randrange(4)))
            yield from self._due(day, f"ADVTAX-{_stamp(month)}", taxman, Purpose.TAX, part)
        if firm.facility is AccountKind.CASH_CREDIT and month.month == 1 + self._rises:
            fee_bps = self._trade.whole("limit_fee_bps", month.first_day)
            fee = self._frame.accounts[0].limit_paise * fee_bps / 10_000
            bank = self._frame.people[Tie.BANK][0].id
            days = self._trade.table("duty_days", month.first_day)
            day = month.first_day.replace(day=whole(days["renewal"]))
            yield from self._due(day, f"RENEWAL-{month.year}", bank, Purpose.CHARGE, fee)
        yield from self._bonus(month, wages)

    def _bonus(self, month: Month, wages: float) -> Iterator[Due]:
        diwali = self._year.diwali(month.year)
        staff = self._frame.people[Tie.EMPLOYEE]
        if diwali is None or not staff or month_of(diwali - timedelta(days=6)) != month:
            return
        share = self._trade.whole("festival_bonus_share_ppm", diwali) / MILLION
        day = diwali - timedelta(days=6)
        yield from self._due(day, f"BONUS-{month.year}", staff[0].id, Purpose.WAGES, wages * share)


def _rail(purpose: Purpose, paise: int) -> Rail:
    if purpose is Purpose.CHARGE:
        return Rail.INTERNAL
    if purpose in (Purpose.UTILITY,) and paise < 100_000 * RUPEE:
        return Rail.UPI
    return Rail.RTGS if paise >= 500_000 * RUPEE else Rail.NEFT if purpose is not Purpose.WAGES else Rail.IMPS


def _stamp(month: Month) -> str:
    return f"{month.year}{month.month:02d}"
