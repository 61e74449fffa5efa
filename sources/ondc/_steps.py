"""When an order is spoken of, and what is said: a few messages that lead from the confirmation to its end."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple

from generators.payouts import Ending, Order
from kit.chance import Stream
from kit.period import midnight

HOUR, MINUTE = 3_600, 60


class Step(NamedTuple):
    """One message: states of the order, of its delivery and of what goes back (empty: nothing does).

    is_off tells that the quote holds no more what was taken off.
    """

    at: datetime
    action: str
    order: str
    delivery: str
    back: str
    is_off: bool


class Clock(NamedTuple):
    """The times of day of one order, drawn once: seconds after midnight, and the minutes packing takes."""

    placed_second: int
    packing_second: int
    later_second: int

    def at(self, day: date, second: int) -> datetime:
        """Give a moment of an Indian day."""
        return midnight(day) + timedelta(seconds=second)


def clock_of(chance: Stream) -> Clock:
    """Draw the times of day; all of them lie in the hours a shop is open."""
    return Clock(
        placed_second=chance.randrange(9 * HOUR, 18 * HOUR),
        packing_second=chance.randrange(40 * MINUTE, 80 * MINUTE),
        later_second=chance.randrange(10 * HOUR, 19 * HOUR),
    )


def steps_of(order: Order, clock: Clock) -> tuple[Step, ...]:
    """Tell the messages of an order in order of time."""
    placed = Step(
        clock.at(order.on, clock.placed_second), "on_confirm", "Accepted", "Pending", "", is_off=False
    )
    if order.ending is Ending.CANCELLED:
        return placed, _cancelled(order, clock)
    picked_at = clock.at(order.on, clock.placed_second + clock.packing_second)
    back = "Cancelled" if order.ending is Ending.PART_CANCELLED else ""
    is_off = bool(back)
    picked = Step(picked_at, "on_status", "In-progress", "Order-picked-up", back, is_off)
    if order.ending is Ending.RTO:
        return placed, picked, *_gone_back(order, clock)
    told = [
        placed,
        picked,
        Step(_delivered_at(order, clock), "on_status", "Completed", "Order-delivered", back, is_off),
    ]
    if is_off:
        at = clock.at(order.on, clock.placed_second + clock.packing_second // 3)
        told.insert(1, Step(at, "on_update", "Accepted", "Pending", back, is_off))
    return *told, *_returned(order, clock)


def _cancelled(order: Order, clock: Clock) -> Step:
    day = order.ended_on or order.on
    same_day = clock.placed_second + clock.packing_second // 2
    at = clock.at(day, same_day if day == order.on else clock.later_second)
    return Step(at, "on_cancel", "Cancelled", "Cancelled", "Cancelled", is_off=True)


def _delivered_at(order: Order, clock: Clock) -> datetime:
    day = order.delivered_on or order.on
    same_day = clock.placed_second + clock.packing_second * 2
    return clock.at(day, same_day if day == order.on else clock.later_second)


def _gone_back(order: Order, clock: Clock) -> tuple[Step, ...]:
    """The evening before it is back at the shop the order is given up."""
    day = order.ended_on or order.on
    given_up_at = clock.at(day - timedelta(days=1), 21 * HOUR)
    return (
        Step(given_up_at, "on_cancel", "Cancelled", "Cancelled", "RTO-Initiated", is_off=True),
        Step(
            clock.at(day, clock.later_second),
            "on_status",
            "Cancelled",
            "Cancelled",
            "RTO-Delivered",
            is_off=True,
        ),
    )


def _returned(order: Order, clock: Clock) -> tuple[Step, ...]:
    """A return is asked for the day before it arrives; only then is it taken off the quote."""
    if not order.is_return or order.ended_on is None:
        return ()
    told = ("on_update", "Completed", "Order-delivered")
    asked_at = clock.at(order.ended_on - timedelta(days=1), clock.later_second)
    arrived_at = clock.at(order.ended_on, clock.later_second)
    return (
        Step(asked_at, *told, "Return_Initiated", is_off=False),
        Step(arrived_at, *told, "Return_Delivered", is_off=True),
    )
