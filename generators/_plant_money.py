"""Money that is only passing: parked for a day, led past the till, kept beside it, or belonging to principals."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from generators._plant_book import (
    DAY,
    FILE,
    PlantBook,
    drawn_share,
    inside,
    months_of,
    round_paise,
    transfer_rail,
)
from generators.frame import Frame
from generators.papers import Due, IfShort
from generators.people import Counterparty, Tie, firm, ifsc, person
from generators.trade import MILLION, Purpose, Rail
from kit.chance import Stream
from kit.period import Month
from kit.shapes import mapping, whole


def _documents(dues: tuple[Due, ...]) -> tuple[str, ...]:
    return tuple(due.document for due in dues)


def parked(frame: Frame, stream: Stream) -> PlantBook:
    """A friend's money stands on the account on the days lenders look at it, and is gone the day after."""
    figures = frame.figures[FILE]
    friend = person(stream, Tie.OTHER, 71)._replace(id="FRIEND")
    bounds = figures.table("parked_days", frame.first)
    dues: list[Due] = []
    for month in months_of(frame):
        chance = stream.branch(str(month))
        for number in figures.row("sampling_days", frame.first):
            day = month.first_day.replace(day=whole(number))
            days = chance.uniform(whole(bounds["least"]), whole(bounds["most"]))
            paise = round_paise(frame.firm.turnover_paise / 365 * days, 5_000)
            name, rail = f"PARK-{day:%Y%m%d}", transfer_rail(frame, paise)
            lent = Due(
                day - DAY, f"{name}/lent", frame.till, friend.id, Purpose.CAPITAL, rail, paise, IfShort.WAITS
            )
            back = lent._replace(day=day + DAY, document=f"{name}/back", paise=-paise)
            dues += [lent, back]
    kept = tuple(inside(frame, dues))
    fact = f"{friend.name} lends money over the days on which lenders look at the balance"
    return PlantBook(dues=kept, people=(friend,), facts=((fact, _documents(kept)),))


class _Pipe:
    """Moves money between the till and an account nobody tells of, as two legs each time."""

    def __init__(self, frame: Frame, who: str) -> None:
        self.dues: list[Due] = []
        self._frame, self._who = frame, who
        (self._other,) = frame.untold

    def move(self, name: str, day: date, paise: int, is_back: bool) -> None:
        """Send a sum away from the till, or back to it."""
        frame = self._frame
        giver, taker = (self._other, frame.till) if is_back else (frame.till, self._other)
        purpose, rail = Purpose.OWN_TRANSFER, Rail.IMPS if paise < 20_000_000 else Rail.NEFT
        out = Due(day, f"{name}/out", giver, self._who, purpose, rail, -paise, IfShort.SKIPPED)
        self.dues += [out, out._replace(document=f"{name}/in", account=taker, paise=paise)]


def _days(month: Month, times: int, chance: Stream) -> Iterator[date]:
    """Spread moments over a month, one in each equal part of it."""
    width = 28 // times
    for part in range(times):
        yield month.first_day.replace(day=1 + part * width + chance.randrange(width))


def led_aside(frame: Frame, stream: Stream) -> PlantBook:
    """What was led past the till comes back in parts, and something is sent there."""
    figures = frame.figures[FILE]
    times = figures.table("aside_times", frame.first)
    back = figures.whole("aside_back_ppm", frame.first) / MILLION * _aside_share(frame)
    pipe = _Pipe(frame, frame.people[Tie.OWN][0].id)
    for month in months_of(frame):
        chance = stream.branch(str(month))
        expected = frame.turnover_on(month.first_day) * 30
        for number, day in enumerate(_days(month, whole(times["back"]), chance)):
            paise = round_paise(expected * back / whole(times["back"]) * chance.uniform(0.85, 1.1))
            pipe.move(f"OWN-B{day:%y%m}{number}", day, paise, is_back=True)
        for number, day in enumerate(_days(month, whole(times["out"]), chance)):
            paise = round_paise(expected * drawn_share(frame, chance, "aside_out_share_ppm"))
            pipe.move(f"OWN-A{day:%y%m}{number}", day, paise, is_back=False)
    kept = tuple(inside(frame, pipe.dues))
    fact = "half of the buyers pay to an account of the business that nobody tells of"
    return PlantBook(dues=kept, facts=((fact, _documents(kept)),))


def _aside_share(frame: Frame) -> float:
    """Every second buyer and all direct UPI go past the till; the first buyers buy most."""
    return frame.firm.b2b * 0.5 + (1 - frame.firm.b2b) * frame.firm.sector.upi_ppm / MILLION


def besides(frame: Frame, stream: Stream) -> PlantBook:
    """Money goes to the account that was left out and comes back, under its number."""
    figures = frame.figures[FILE]
    (left,) = (one for one in frame.accounts if one.id in frame.untold)
    own = frame.people[Tie.OWN][0]
    who = own._replace(id="OWN-LEFT", name=f"XX{left.number[-4:]} {own.name}", ifsc=left.ifsc)
    back = whole(figures.table("left_share_ppm", frame.first)["back"]) / MILLION
    times = figures.whole("left_times", frame.first)
    pipe = _Pipe(frame, who.id)
    for month in months_of(frame):
        chance = stream.branch(str(month))
        for number, day in enumerate(_days(month, times, chance)):
            paise = round_paise(
                frame.turnover_on(month.first_day) * 30 / times * drawn_share(frame, chance, "left_share_ppm")
            )
            pipe.move(f"OWN-L{day:%y%m}{number}", day, paise, is_back=False)
            again = day + chance.randrange(4, 12) * DAY
            pipe.move(f"OWN-K{day:%y%m}{number}", again, round_paise(paise * back), is_back=True)
    kept = tuple(inside(frame, pipe.dues))
    fact = f"the account ending in {left.number[-4:]} is not among those delivered"
    return PlantBook(dues=kept, people=(who,), facts=((fact, _documents(kept)),))


def passed_on(frame: Frame, stream: Stream) -> PlantBook:
    """Buyers pay the agent what they owe his principals; he sends it on within days, less his commission."""
    figures = frame.figures[FILE]
    many = figures.table("principals_n", frame.first)
    principals = [_principal(stream, n) for n in range(whole(many["principals"]))]
    payers = [
        firm(stream, Tie.OTHER, 90 + n, frame.firm.state)._replace(id=f"PAYER-{n}")
        for n in range(whole(many["payers"]))
    ]
    times = figures.table("principals_times_turnover", frame.first)
    yearly = stream.uniform(whole(times["least"]), whole(times["most"])) * frame.firm.turnover_paise
    dues: list[Due] = []
    for month in months_of(frame):
        chance = stream.branch(str(month))
        for number, day in enumerate(_days(month, 14, chance)):
            paise = round_paise(yearly / 12 / 14 * chance.uniform(0.6, 1.4), 100)
            name = f"PASS-{day:%y%m}{number:02}"
            payer, principal = chance.choice(payers).id, chance.choice(principals).id
            kept_bps = mapping(figures.on("principals_commission_bps", frame.first))
            share = chance.uniform(whole(kept_bps["least"]), whole(kept_bps["most"])) / 10_000
            dues += _passing(
                frame, name, (payer, principal), (day, paise, round_paise(paise * (1 - share), 10))
            )
    kept = tuple(inside(frame, dues))
    fact = "what buyers owe the principals comes in and goes out again; it is no turnover"
    return PlantBook(dues=kept, people=(*principals, *payers), facts=((fact, _documents(kept)),))


def _principal(stream: Stream, number: int) -> Counterparty:
    return person(stream, Tie.OTHER, 80 + number)._replace(id=f"PRINCIPAL-{number}", ifsc=ifsc(stream))


def _passing(frame: Frame, name: str, who: tuple[str, str], what: tuple[date, int, int]) -> Iterator[Due]:
    day, paise, sent = what
    rail, purpose = transfer_rail(frame, paise), Purpose.PRINCIPAL
    yield Due(day, f"{name}/lent", frame.till, who[0], purpose, rail, paise, IfShort.WAITS)
    later = day + DAY
    yield Due(
        later, f"{name}/back", frame.till, who[1], purpose, transfer_rail(frame, sent), -sent, IfShort.WAITS
    )


def begun(frame: Frame, stream: Stream) -> PlantBook:
    """The first money on a newcomer's accounts is the owner's own."""
    kept_days = frame.firm.turnover_paise / 365 * max(25.0, frame.firm.buffer_days)
    brought = {frame.purse: 25_000_00, frame.till: round_paise(kept_days, 5_000)}
    dues = tuple(
        Due(
            frame.first,
            f"BEGUN-{number}",
            account,
            frame.people[Tie.OWN][0].id,
            Purpose.CAPITAL,
            Rail.NEFT,
            paise,
            IfShort.WAITS,
        )
        for number, (account, paise) in enumerate(brought.items())
    )
    return PlantBook(dues=dues, facts=(("nothing was there before the owner began", _documents(dues)),))
