"""Loans no lender reports and no application names: stacked, kept quiet, private, or repaid from each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from generators._plant_book import (
    DAY,
    FILE,
    PlantBook,
    drawn_n,
    drawn_share,
    inside,
    monthly_paise,
    months_of,
    round_paise,
)
from generators.frame import Frame
from generators.instalments import Instalment, at_once, schedule_of
from generators.papers import Due, IfShort
from generators.people import Counterparty, Tie, person
from generators.trade import MILLION, RUPEE, Purpose, Rail
from kit.chance import Stream
from kit.period import add_months
from kit.shapes import listed, text, whole


def _lenders(frame: Frame, stream: Stream) -> list[tuple[Counterparty, int]]:
    """Shuffle those who lend and tell nobody, each with the day it collects on."""
    found = []
    for row in frame.figures[FILE].row("lenders", frame.first):
        word, name, branch, day = listed(row)
        handle = f"{text(word).lower()}.loans@bahi"
        known = Counterparty(f"LENDER-{text(word)}", Tie.LENDER, text(name), handle, text(branch), "")
        found.append((known, whole(day)))
    stream.shuffle(found)
    return found


def _rate_bps(frame: Frame, stream: Stream) -> int:
    bounds = frame.figures[FILE].table("private_rate_bps", frame.first)
    return stream.randrange(whole(bounds["least"]), whole(bounds["most"]), 50)


def _borrowed(frame: Frame, name: str, lender: str, on: date, paise: int) -> Due:
    purpose, rail = Purpose.LOAN_DISBURSAL, Rail.NEFT
    return Due(on, f"{name}/0", frame.till, lender, purpose, rail, paise, IfShort.WAITS)


def _repaid(frame: Frame, name: str, lender: str, schedule: Sequence[Instalment]) -> Iterator[Due]:
    for one in schedule:
        document, paise = f"{name}/{one.no}", -one.total_paise
        yield Due(one.due_on, document, frame.till, lender, Purpose.EMI, Rail.NACH, paise, IfShort.BOUNCES)


def _told(name: str, dues: Sequence[Due]) -> tuple[str, ...]:
    return tuple(due.document for due in dues if due.document.partition("/")[0] == name)


def stacked(frame: Frame, stream: Stream) -> PlantBook:
    """One lender after the other lends within weeks, none of them knowing of the others."""
    figures = frame.figures[FILE]
    many_n, days = drawn_n(frame, stream, "stack_n"), figures.whole("stack_days", frame.first)
    lenders = _lenders(frame, stream)[:many_n]
    months_n = figures.row("stack_months", frame.first)
    dues: list[Due] = []
    for number, (lender, day) in enumerate(lenders, 1):
        on = frame.anchor - (days - (number - 1) * (days - 57) // many_n - stream.randrange(6)) * DAY
        paise = round_paise(monthly_paise(frame) * drawn_share(frame, stream, "stack_share_ppm"), 5_000)
        terms = (paise, _rate_bps(frame, stream), whole(stream.choice(months_n)))
        name = f"STACK-{number}"
        dues.append(_borrowed(frame, name, lender.id, on, paise * 97 // 100))
        dues += _repaid(frame, name, lender.id, schedule_of(*terms, on, day))
    kept = tuple(inside(frame, dues))
    facts = tuple(
        (f"{lender.name} lent within weeks of others, and nobody tells of it", _told(f"STACK-{number}", kept))
        for number, (lender, _) in enumerate(lenders, 1)
    )
    return PlantBook(dues=kept, people=tuple(lender for lender, _ in lenders), facts=facts)


def quiet(frame: Frame, stream: Stream) -> PlantBook:
    """One loan with a monthly mandate that no report and no application names."""
    lender, day = _lenders(frame, stream)[0]
    on = (
        add_months(frame.anchor, -drawn_n(frame, stream, "hidden_before_months")) - stream.randrange(20) * DAY
    )
    paise = round_paise(monthly_paise(frame) * drawn_share(frame, stream, "hidden_share_ppm"), 10_000)
    months = whole(stream.choice(frame.figures[FILE].row("hidden_months", frame.first)))
    schedule = schedule_of(paise, _rate_bps(frame, stream), months, on, day)
    dues = (
        _borrowed(frame, "QUIET-1", lender.id, on, paise * 98 // 100),
        *_repaid(frame, "QUIET-1", lender.id, schedule),
    )
    kept = tuple(inside(frame, dues))
    fact = f"a loan of {lender.name} is repaid every month and told nowhere"
    return PlantBook(dues=kept, people=(lender,), facts=((fact, _told("QUIET-1", kept)),))


def informal(frame: Frame, stream: Stream) -> PlantBook:
    """The same round sum goes to the same private person every month."""
    rounded = frame.figures[FILE].table("informal_round_paise", frame.first)
    known = person(stream, Tie.OTHER, 70)._replace(id="PRIVATE-LENDER")
    share = drawn_share(frame, stream, "informal_share_ppm")
    paise = round_paise(monthly_paise(frame) * share, whole(rounded["step"]) // RUPEE)
    paise = min(paise, whole(rounded["most"]))
    day = stream.randrange(2, 9)
    dues = (
        Due(
            month.first_day.replace(day=day),
            f"PRIVINT-{month.year}{month.month:02}",
            frame.till,
            known.id,
            Purpose.EMI,
            Rail.UPI,
            -paise,
            IfShort.WAITS,
        )
        for month in months_of(frame)
    )
    kept = tuple(inside(frame, dues))
    fact = f"{known.name} is paid interest on private money every month"
    return PlantBook(dues=kept, people=(known,), facts=((fact, tuple(due.document for due in kept)),))


def evergreened(frame: Frame, stream: Stream) -> PlantBook:
    """Each loan is repaid on the day before it would be overdue, with the money of the next, which is a little larger."""
    terms = frame.figures[FILE].table("evergreen_days", frame.first)
    days, more = whole(terms["days"]), whole(terms["more_ppm"])
    lender, _ = _lenders(frame, stream)[0]
    paise = round_paise(monthly_paise(frame) * drawn_share(frame, stream, "evergreen_share_ppm"), 5_000)
    rate_bps, on = _rate_bps(frame, stream), frame.first + stream.randrange(10, days) * DAY
    dues: list[Due] = []
    number = 1
    while on <= frame.last:
        name = f"EVER-{number}"
        schedule = at_once(paise, rate_bps, on, days)
        dues.append(_borrowed(frame, name, lender.id, on, paise))
        dues += _repaid(frame, name, lender.id, schedule)
        on, number = schedule[0].due_on - DAY, number + 1
        paise = round_paise(schedule[0].total_paise * (MILLION + more) / MILLION, 1_000)
    kept = tuple(inside(frame, dues))
    renewed = tuple(due.document for due in kept)
    fact = f"each loan of {lender.name} is repaid from the next one"
    return PlantBook(dues=kept, people=(lender,), facts=((fact, renewed),))
