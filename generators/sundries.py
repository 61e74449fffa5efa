"""The sundry payments of a small business's account: what its owner takes out, small habits, the bank's own lines.

Money that goes out to come back has the documents X/out and X/in; when the first leg is left out, so is the second.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from generators._bank_lines import BankLines
from generators._habits import Owner, Time, at_branch, owner_of, round_sum
from generators.frame import Frame
from generators.papers import Due, IfShort, Sale
from generators.people import Counterparty
from generators.trade import MILLION, RUPEE, Purpose, Rail
from kit.chance import Stream
from kit.period import Month, month_of, months_between
from kit.shapes import text, whole

_DAY = timedelta(days=1)
_SATURDAY, _SUNDAY = 5, 6


@dataclass(frozen=True, slots=True)
class SundryBook:
    """Sundry payments by day, and the people they go to."""

    dues: tuple[Due, ...]
    people: tuple[Counterparty, ...]
    sales: tuple[Sale, ...] = ()


def sundries_of(frame: Frame, stream: Stream) -> SundryBook:
    """Plan the sundry payments of a life, month by month."""
    owner = owner_of(frame, stream.branch("owner"))
    desk, bank = _Desk(frame, owner), BankLines(frame, owner)
    for month in months_between(month_of(frame.first), month_of(frame.last)):
        time = _time(frame, owner, month, stream.branch("month", month.year, month.month))
        desk.plan(time)
        bank.plan(time)
    planned = (due for due in (*desk.dues, *bank.dues) if frame.first <= due.day <= frame.last)
    return SundryBook(tuple(sorted(planned, key=_by_day)), owner.people.everybody)


def _by_day(due: Due) -> date:
    """Dues of one day stay in the order they were planned in: a leg out stands before its leg in."""
    return due.day


def _time(frame: Frame, owner: Owner, month: Month, chance: Stream) -> Time:
    middle = month.first_day + timedelta(days=14)
    days_n = (month.next.first_day - month.first_day).days
    weekday = frame.firm.sector.weekdays_percent[middle.weekday()]
    turnover = int(frame.turnover_on(middle) * 100 / weekday * days_n)
    taken = int(turnover * owner.taken_share)
    tag = f"{month.year}{month.month:02d}"
    return Time(month, tag, month.first_day, days_n, chance, turnover, taken)


class _Desk:
    """Plans one month after the other; each habit draws from the chance of its month alone."""

    def __init__(self, frame: Frame, owner: Owner) -> None:
        self.dues: list[Due] = []
        self._frame, self._owner = frame, owner
        self._people = owner.people
        self._figures = frame.figures["bank"]
        self._till = frame.till
        self._party_of = {account.id: account.party for account in frame.accounts}
        same = self._party_of[frame.till]
        self._others = [one for one, party in self._party_of.items() if one != frame.till and party == same]

    def plan(self, time: Time) -> None:
        """Plan all habits of one month."""
        self._drawings(time)
        self._family(time)
        self._chit(time)
        self._card(time)
        self._bills(time)
        self._tolls(time)
        self._gifts(time)
        self._feast(time)
        self._returns(time)
        self._parkings(time)
        self._home(time)

    def _level(self, name: str, time: Time) -> int:
        return self._figures.whole(name, time.first)

    def _out(self, time: Time, name: str, who: Counterparty, what: tuple[Purpose, Rail, int, date]) -> None:
        """Plan one payment that is left out when there is no money for it."""
        purpose, rail, paise, day = what
        document = f"{name}-{time.tag}"
        self.dues.append(Due(day, document, self._till, who.id, purpose, rail, -paise, IfShort.SKIPPED))

    def _drawings(self, time: Time) -> None:
        owner = self._owner
        share = int(time.taken * owner.drawings_share)
        if self._purse_is_apart:
            sent = round_sum(
                self._figures, time.first, share * self._level("purse_share_ppm", time) // MILLION
            )
            self._own(f"OWN-{time.tag}0", self._frame.purse, (time.day(owner.drawing_day + 1), sent))
            share -= sent
        days = owner.drawing_days(time.first, time.days_n)
        for number, day in enumerate(days, 1):
            part = int(share / len(days) * (0.7 + 0.6 * time.chance.random()))
            paise = round_sum(self._figures, day, part)
            if paise >= self._level("least_drawing_paise", time):
                self._drawing(time, f"DRAW{number}", (day, paise))

    @property
    def _purse_is_apart(self) -> bool:
        return self._frame.purse != self._frame.till

    def _drawing(self, time: Time, name: str, what: tuple[date, int]) -> None:
        """Draw by the owner's own way; a machine gives little at a time, so a large sum takes some days."""
        day, paise = what
        if self._owner.rail is not Rail.ATM:
            rail = self._owner.rail if paise <= self._level("upi_most_paise", time) else Rail.IMPS
            self._out(time, name, self._people.owner, (Purpose.DRAWINGS, rail, paise, day))
            return
        most, times = self._level("atm_most_paise", time), self._level("atm_withdrawals_most", time)
        for number in range(min(times, -(-paise // most))):
            given = min(most, paise - number * most) // 50_000 * 50_000
            what_given = (Purpose.DRAWINGS, Rail.ATM, max(50_000, given), day + number * _DAY)
            self._out(time, f"{name}{'abcde'[number]}", self._people.owner, what_given)
        if paise > most * times:
            rest = (Purpose.DRAWINGS, Rail.CHEQUE, paise - most * times, at_branch(self._frame, day))
            self._out(time, f"{name}x", self._people.owner, rest)

    def _own(self, name: str, account: str, what: tuple[date, int], is_back: bool = False) -> None:
        """Move money between the till and another account of the same people, as two legs."""
        day, paise = what
        giver, taker = (account, self._till) if is_back else (self._till, account)
        purpose = (
            Purpose.OWN_TRANSFER
            if self._party_of[account] == self._party_of[self._till]
            else Purpose.DRAWINGS
        )
        rail = Rail.IMPS if paise < 20_000_000 else Rail.NEFT
        who = self._people.owner.id
        if paise > 0:
            self.dues += [
                Due(day, f"{name}/out", giver, who, purpose, rail, -paise, IfShort.SKIPPED),
                Due(day, f"{name}/in", taker, who, purpose, rail, paise, IfShort.SKIPPED),
            ]

    def _family(self, time: Time) -> None:
        relative = time.chance.choice(self._people.family)
        if time.happens(self._level("family_out_month_ppm", time)):
            share = (
                time.taken
                * self._level("family_out_share_ppm", time)
                / self._level("family_out_month_ppm", time)
            )
            paise = round_sum(self._figures, time.first, int(share * (0.5 + time.chance.random())))
            if paise:
                self._out(time, "FAMILY", relative, (Purpose.DRAWINGS, Rail.UPI, paise, time.any_day()))
        careless = 1 - self._frame.firm.discipline
        if time.happens(int(self._level("family_in_month_ppm", time) * careless)):
            paise = time.part(time.taken, self._figures.on("family_in_share_ppm", time.first))
            paise = max(50_000, round_sum(self._figures, time.first, paise))
            rail = Rail.NEFT if paise >= 10_000_000 else Rail.IMPS
            self._in(time.any_day(), f"FAMILYIN-{time.tag}", relative, (Purpose.CAPITAL, rail, paise))

    def _home(self, time: Time) -> None:
        """The household is paid for from the owner's own account, out of what was sent there."""
        if not self._purse_is_apart:
            return
        share = int(time.taken * self._owner.drawings_share)
        home = (
            share
            * self._level("purse_share_ppm", time)
            // MILLION
            * self._level("home_share_ppm", time)
            // MILLION
        )
        times = 1 + int(time.chance.random() * self._level("home_payments_most", time))
        for number in range(1, times + 1):
            paise = int(home / times * (0.5 + time.chance.random())) // RUPEE * RUPEE + RUPEE
            who = time.chance.choice(self._people.shops).id
            document, day = f"HOME{number}-{time.tag}", time.any_day()
            self.dues.append(
                Due(
                    day, document, self._frame.purse, who, Purpose.DRAWINGS, Rail.UPI, -paise, IfShort.SKIPPED
                )
            )

    def _in(self, day: date, document: str, who: Counterparty, what: tuple[Purpose, Rail, int]) -> None:
        purpose, rail, paise = what
        self.dues.append(Due(day, document, self._till, who.id, purpose, rail, paise, IfShort.WAITS))

    def _chit(self, time: Time) -> None:
        chit = self._owner.chit
        if chit is None:
            return
        place = (time.month.year * 12 + time.month.month + chit.offset) % chit.months
        day, who = time.day(chit.day), self._people.chit
        document = f"CHIT-{time.tag}"
        out = Due(day, document, self._till, who.id, Purpose.CHIT, Rail.NEFT, -chit.paise, IfShort.WAITS)
        self.dues.append(out)
        if place == chit.paid_in_month:
            pot = chit.paise * chit.months
            paise = pot - time.part(pot, self._figures.on("chit_discount_ppm", time.first)) // RUPEE * RUPEE
            self._in(day + 6 * _DAY, f"CHITPAID-{time.tag}", who, (Purpose.CHIT, Rail.NEFT, paise))

    def _card(self, time: Time) -> None:
        card = self._owner.card
        if card is None:
            return
        bill = int(
            time.taken * self._level("card_share_ppm", time) / MILLION * (0.3 + 1.4 * time.chance.random())
        )
        rail, if_short = (Rail.NACH, IfShort.BOUNCES) if card.is_auto else (Rail.UPI, IfShort.WAITS)
        who = self._people.card.id
        if bill >= 20_000:
            day, document = time.day(card.day), f"CARDBILL-{time.tag}"
            self.dues.append(Due(day, document, self._till, who, Purpose.CARD_BILL, rail, -bill, if_short))

    def _bills(self, time: Time) -> None:
        bills = [("PHONE", self._people.phone, self._owner.phone_paise, 8)]
        if self._owner.broadband_paise:
            bills.append(("BROADBAND", self._people.broadband, self._owner.broadband_paise, 14))
        for name, who, paise, day in bills:
            document = f"{name}-{time.tag}"
            on = time.day(day + int(time.chance.random() * 3))
            self.dues.append(
                Due(on, document, self._till, who.id, Purpose.UTILITY, Rail.UPI, -paise, IfShort.WAITS)
            )

    def _tolls(self, time: Time) -> None:
        if not self._owner.tolls_n:
            return
        sums = self._figures.row("toll_recharge_paise", time.first)
        for number in range(int(self._owner.tolls_n * 2 * time.chance.random() + 0.5)):
            paise = whole(sums[int(time.chance.random() * len(sums))])
            what = (Purpose.TOLL, Rail.UPI, paise, time.any_day())
            self._out(time, f"TOLL{number + 1}", self._people.toll, what)

    def _gifts(self, time: Time) -> None:
        if time.happens(self._level("donation_month_ppm", time)):
            paise = whole(time.chance.choice(self._figures.row("donation_paise", time.first)))
            what = (Purpose.DONATION, Rail.UPI, paise, time.any_day())
            self._out(time, "GIFT", time.chance.choice(self._people.charities), what)
        if time.happens(self._level("penny_drop_month_ppm", time)):
            paise, who = self._level("penny_drop_paise", time), self._people.verifier
            self._in(time.any_day(), f"PENNY-{time.tag}", who, (Purpose.PENNY_DROP, Rail.IMPS, paise))

    def _feast(self, time: Time) -> None:
        """What is bought for the feast is bought in the three weeks before Diwali."""
        told = self._frame.figures["calendar"].table("diwali", time.first).get(str(time.month.year))
        if told is None:
            return
        feast = date.fromisoformat(text(told))
        if time.month != month_of(feast - 8 * _DAY):
            return
        total = time.part(time.taken, self._figures.on("feast_share_ppm", time.first))
        times = 1 + int(time.chance.random() * self._level("feast_purchases_most", time))
        for number in range(times):
            paise = int(total / times * (0.4 + 1.2 * time.chance.random())) // RUPEE * RUPEE
            day = feast - (2 + int(time.chance.random() * 18)) * _DAY
            what = (Purpose.DRAWINGS, Rail.UPI, min(paise, 10_000_000) + RUPEE, day)
            self._out(time, f"FEAST{number + 1}", time.chance.choice(self._people.shops), what)

    def _returns(self, time: Time) -> None:
        if time.happens(self._level("transfer_return_month_ppm", time)):
            paise = max(
                100 * RUPEE, int(time.turnover * 0.01 * (0.2 + time.chance.random())) // RUPEE * RUPEE
            )
            day, name = time.any_day(2), f"NEFTRET-{time.tag}"
            purpose, who = Purpose.REVERSAL, time.chance.choice(self._people.strangers).id
            self.dues += [
                Due(day, f"{name}/out", self._till, who, purpose, Rail.NEFT, -paise, IfShort.SKIPPED),
                Due(day + _DAY, f"{name}/in", self._till, who, purpose, Rail.NEFT, paise, IfShort.SKIPPED),
            ]

    def _parkings(self, time: Time) -> None:
        for number, account in enumerate(self._others, 1):
            if time.happens(self._level("own_transfer_month_ppm", time)):
                sent = time.part(time.turnover, self._figures.on("own_transfer_share_ppm", time.first))
                paise, day = round_sum(self._figures, time.first, sent), time.any_day()
                back = day + (6 + int(time.chance.random() * 30)) * _DAY
                self._own(f"OWN-{time.tag}{2 * number - 1}", account, (day, paise))
                self._own(f"OWN-{time.tag}{2 * number}", account, (back, paise), is_back=True)
        if "SWEEP" in self._frame.firm.facts:
            self._sweeps(time)

    def _sweeps(self, time: Time) -> None:
        step, span = self._level("sweep_step_paise", time), self._figures.table("sweep_days", time.first)
        least, most = whole(span["least"]), whole(span["most"])
        for number in range(1 + int(time.chance.random() * self._level("sweeps_a_month_most", time))):
            part = time.part(time.turnover, self._figures.on("sweep_share_ppm", time.first))
            paise = max(step, part // step * step)
            day = time.any_day()
            back = day + (least + int(time.chance.random() * (most - least))) * _DAY
            name, who, purpose = f"SWEEP-{time.tag}{number}", self._people.bank.id, Purpose.SWEEP
            self.dues += [
                Due(day, f"{name}/out", self._till, who, purpose, Rail.INTERNAL, -paise, IfShort.SKIPPED),
                Due(back, f"{name}/in", self._till, who, purpose, Rail.INTERNAL, paise, IfShort.SKIPPED),
            ]
