"""How money lent is paid back: level instalments, all at once, or interest alone; exact to the paisa."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from typing import NamedTuple

from generators.trade import RUPEE
from kit.period import add_months, month_of
from kit.ratio import half_even

BPS_A_MONTH = 120_000
BPS_A_DAY = 3_650_000
_FIRST_GAP = timedelta(days=15)


class Instalment(NamedTuple):
    """One repayment as agreed, numbered from 1."""

    no: int
    due_on: date
    principal_paise: int
    interest_paise: int

    @property
    def total_paise(self) -> int:
        """Principal with interest."""
        return self.principal_paise + self.interest_paise


def emi_paise(principal_paise: int, rate_bps: int, months: int) -> int:
    """Level instalment on reducing balance, rounded half-even to the rupee as lenders do."""
    return _level_paise(principal_paise, Decimal(rate_bps) / BPS_A_MONTH, months)


def lent_for_one(rate_bps: int, months: int) -> float:
    """Tell how much is lent for a monthly instalment of one."""
    rate = rate_bps / BPS_A_MONTH
    return (1 - (1 + rate) ** -months) / rate


def schedule_of(
    principal_paise: int, rate_bps: int, months: int, disbursed_on: date, day: int
) -> tuple[Instalment, ...]:
    """Level monthly instalments on a day of the month, the first at least fifteen days after the money came."""
    first = add_months(disbursed_on.replace(day=1), 1).replace(day=day)
    if first - disbursed_on < _FIRST_GAP:
        first = add_months(first, 1)
    month = month_of(first)
    days = [date(*month.plus(i), day) for i in range(months)]
    level = emi_paise(principal_paise, rate_bps, months)
    return _reducing(principal_paise, (rate_bps, BPS_A_MONTH), level, days)


def _level_paise(principal_paise: int, rate: Decimal, n: int) -> int:
    with localcontext() as context:
        context.prec = 28
        growth = (1 + rate) ** n
        share = rate * growth / (growth - 1) if rate else Decimal(1) / n
        rupees = Decimal(principal_paise) / RUPEE * share
        return int(rupees.quantize(Decimal(1), rounding=ROUND_HALF_EVEN)) * RUPEE


def _reducing(
    principal_paise: int, rate: tuple[int, int], level_paise: int, days: Sequence[date]
) -> tuple[Instalment, ...]:
    """Interest on what is left, the rest of each level instalment to the principal; the last one takes what remains."""
    left, made = principal_paise, []
    for no, due_on in enumerate(days, 1):
        interest = half_even(left * rate[0], rate[1])
        principal = left if no == len(days) else min(left, level_paise - interest)
        made.append(Instalment(no, due_on, principal, interest))
        left -= principal
    return tuple(made)


def every(principal_paise: int, rate_bps: int, days: Sequence[date], gap: int) -> tuple[Instalment, ...]:
    """Level instalments every so many days."""
    level = _level_paise(principal_paise, Decimal(rate_bps * gap) / BPS_A_DAY, len(days))
    return _reducing(principal_paise, (rate_bps * gap, BPS_A_DAY), level, days)


def at_once(principal_paise: int, rate_bps: int, disbursed_on: date, days: int) -> tuple[Instalment, ...]:
    """Give all back with its interest on one day."""
    interest = half_even(principal_paise * rate_bps * days, BPS_A_DAY)
    return (Instalment(1, disbursed_on + timedelta(days=days), principal_paise, interest),)


def interest_only(
    principal_paise: int, rate_bps: int, months: int, disbursed_on: date
) -> tuple[Instalment, ...]:
    """Interest every month, and with the last of it all that was lent."""
    interest = half_even(principal_paise * rate_bps, BPS_A_MONTH)
    return tuple(
        Instalment(no, add_months(disbursed_on, no), principal_paise if no == months else 0, interest)
        for no in range(1, months + 1)
    )


def yearly_cost_bps(net_paise: int, schedule: Sequence[Instalment], disbursed_on: date) -> int:
    """The yearly rate at which the repayments are worth what reached the account, fees and all."""
    flows = [((one.due_on - disbursed_on).days / 365, one.total_paise) for one in schedule]
    low, high = 0.0, 20.0
    for _ in range(40):
        rate = (low + high) / 2
        if sum(paise / (1 + rate) ** years for years, paise in flows) > net_paise:
            low = rate
        else:
            high = rate
    return round(low * 10_000)
