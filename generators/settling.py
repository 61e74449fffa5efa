"""How suppliers are paid: some days a week, the oldest debt first, in parts when it has waited, out of the till and the drawer."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from typing import NamedTuple

from generators.buying import Buying, Payable
from generators.calendar_in import working_year
from generators.figures import Figures
from generators.frame import Frame
from generators.tills import Tills
from generators.trade import MILLION, RUPEE, Move, Purpose, Rail
from kit.chance import Stream
from kit.shapes import whole


class _Ways(NamedTuple):
    """What the figures of practice say in one month."""

    weekdays: frozenset[int]
    deposit_weekdays: frozenset[int]
    payments_a_day: int
    stretch_days: int
    least_part_paise: int
    rails: tuple[Rail, ...]
    rtgs_least_paise: int
    upi_most_paise: int
    float_paise: int
    to_suppliers: float
    taken: float
    machine: float
    round_ppm: int


def _ways(figures: Mapping[str, Figures], tills: Tills) -> _Ways:
    cash, trade, day = figures["cash"], figures["trade"], tills.day
    drawer = cash.table("drawer_ppm", day)
    weights = cash.table("supplier_rails_weights", day)
    return _Ways(
        weekdays=frozenset(map(whole, cash.row("supplier_weekdays", day))),
        deposit_weekdays=frozenset(map(whole, cash.row("deposit_weekdays", day))),
        payments_a_day=cash.whole("supplier_payments_a_day", day),
        stretch_days=cash.whole("supplier_stretch_days", day),
        least_part_paise=cash.whole("least_part_paise", day),
        rails=tuple(Rail(name) for name, weight in sorted(weights.items()) for _ in range(whole(weight))),
        rtgs_least_paise=trade.whole("rtgs_least_paise", day),
        upi_most_paise=trade.whole("upi_most_paise", day),
        float_paise=cash.whole("drawer_float_paise", day),
        to_suppliers=whole(drawer["to_suppliers"]) / MILLION,
        taken=whole(drawer["taken"]) / MILLION,
        machine=whole(drawer["by_machine"]) / MILLION,
        round_ppm=trade.whole("round_deposit_ppm", day),
    )


class Settling:
    """Pays suppliers from what is above a reserve, banks the counter's cash, and knows how long suppliers wait."""

    def __init__(self, frame: Frame, tills: Tills) -> None:
        """Begin with an empty drawer."""
        self.drawer_paise = 0
        self.waited_days = 0
        self.stretched_paise = 0
        self._figures, self._year = frame.figures, working_year(frame.figures["calendar"])
        reserve = frame.figures["cash"].table("supplier_reserve", frame.first)
        days = min(float(whole(reserve["most_days"])), frame.firm.buffer_days)
        self._reserve_days = days * whole(reserve["percent_of_buffer"]) / 100
        self._ways = _ways(frame.figures, tills)

    def copy(self) -> Settling:
        """Give one that settles alone from here."""
        return copy(self)

    def begin_month(self, tills: Tills) -> None:
        """Read the figures of the month."""
        self._ways = _ways(self._figures, tills)

    @property
    def is_stretched(self) -> bool:
        """Say whether suppliers wait so long that they press for their money."""
        return self.waited_days > self._ways.stretch_days

    def pay(self, tills: Tills, chance: Stream, buying: Buying, daily_paise: float) -> None:
        """Pay what is above a reserve, the oldest debt first; who waited long is paid from the reserve too, or in part."""
        ways, day = self._ways, tills.day
        if day.weekday() not in ways.weekdays:
            return
        reserve = int(daily_paise * self._reserve_days)
        left: list[Payable] = []
        paid_n = waited_days = stretched_paise = 0
        for one in buying.payables:
            waited = (day - one.due_on).days
            if waited < 0:
                left.append(one)
                continue
            is_stretched = waited > ways.stretch_days
            if paid_n < ways.payments_a_day:
                paise = self._payable_paise(one.paise, tills.free[tills.till], reserve, is_stretched)
                if paise:
                    self._send(tills, one, paise, chance)
                    buying.released(paise)
                    paid_n += 1
                    if paise == one.paise:
                        continue
                    one = one.less(paise)
            left.append(one)
            waited_days = max(waited_days, waited)
            stretched_paise += one.paise if is_stretched else 0
        buying.payables = left
        self.waited_days, self.stretched_paise = waited_days, stretched_paise
        buying.wait(waited_days)

    def _payable_paise(self, paise: int, free: int, reserve: int, is_stretched: bool) -> int:
        if paise <= free - reserve or (is_stretched and paise <= free):
            return paise
        if not is_stretched or free - reserve < self._ways.least_part_paise:
            return 0
        return (free - reserve) // self._ways.least_part_paise * self._ways.least_part_paise

    def _send(self, tills: Tills, one: Payable, paise: int, chance: Stream) -> None:
        ways, second = self._ways, 10 * 3600 + int(chance.random() * 7 * 3600)
        rail = Rail.RTGS
        if paise < ways.rtgs_least_paise:
            rail = ways.rails[int(chance.random() * len(ways.rails))]
            is_too_much = rail is Rail.UPI and paise > ways.upi_most_paise
            if is_too_much or (rail is Rail.CHEQUE and not self._year.is_working(tills.day)):
                rail = Rail.NEFT
        tills.free[tills.till] -= paise
        tills.moves.append(Move(second, tills.till, one.supplier, Purpose.SUPPLIER, rail, -paise, one.paper))

    def bank_cash(self, tills: Tills, chance: Stream, buying: Buying) -> None:
        """Cash pays small suppliers and hands first; the rest is deposited on some days, by machine on a Sunday."""
        ways, day = self._ways, tills.day
        if self.drawer_paise <= ways.float_paise or day.weekday() not in ways.deposit_weekdays:
            return
        self.drawer_paise -= buying.paid_in_cash(int(self.drawer_paise * ways.to_suppliers))
        self.drawer_paise -= int(self.drawer_paise * ways.taken)
        step = (500 if chance.randrange(MILLION) < ways.round_ppm else 10) * RUPEE
        paise = (self.drawer_paise - ways.float_paise) // step * step
        is_machine = not self._year.is_working(day) or chance.random() < ways.machine
        if paise <= 0:
            return
        self.drawer_paise -= paise
        second = 10 * 3600 + int(chance.random() * 6 * 3600)
        document = f"{'CDM' if is_machine else 'CASH'}-{day.isoformat().replace('-', '')}"
        tills.moves.append(Move(second, tills.till, "OWN-0", Purpose.SALE, Rail.CASH, paise, document))
