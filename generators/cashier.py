"""The cash of a firm: what comes in, what is paid in which order, what waits, bounces or is given up when money is short."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple, Self

from generators.buying import Buying
from generators.calendar_in import working_year
from generators.frame import Frame
from generators.papers import Due, IfShort, Passed
from generators.receipts import Takings
from generators.settling import Settling
from generators.tills import Tills
from generators.trade import MILLION, Move, Purpose, Rail
from kit.chance import Stream
from kit.ratio import half_even
from kit.shapes import whole

# What is lent for days, or belongs to another, is not spent until it goes back.
LENT, BACK = "/lent", "/back"
# What is paid only where a branch or its clearing works.
AT_BRANCH = (Rail.CASH, Rail.CHEQUE)
TAX_ON = {"tax": "charge", "GST": "CHG"}
TAX_DOCUMENTS = ("GST-", "PMT06-", "CMP08-")
# When clearing takes money, brings it, tries again, and carries what is paid by the firm itself.
_MANDATES, _CREDITS, _AGAIN, _PAYMENTS = 9, 11, 12, 13


class _Habits(NamedTuple):
    """What an owner does with money, drawn from figures once."""

    careless: float
    cures: float
    kept_back_days: float
    grace_days: int
    strain_days: int
    brings_back: bool
    savings_kept_paise: int
    spare_times: int
    given_up: float
    pace_kept: float


def _habits(frame: Frame) -> _Habits:
    cash, day, firm = frame.figures["cash"], frame.first, frame.firm
    careless = frame.figures["personas"].table("careless_ppm", day)
    kind = "bouncer" if "EMI_BOUNCER" in firm.facts else "plain"
    cure, back = cash.table("cure_percent", day), cash.table("savings_back", day)
    most_days = frame.figures["trade"].whole("cure_reserve_days", day)
    reserve_days = min(firm.buffer_days * whole(cure["of_buffer"]) / 100, most_days)
    return _Habits(
        careless=(1 - firm.discipline) * whole(careless[kind]) / MILLION,
        cures=(whole(cure["least"]) + whole(cure["by_discipline"]) * firm.discipline) / 100,
        kept_back_days=reserve_days * (1 - firm.discipline),
        grace_days=cash.whole("premium_grace_days", day),
        strain_days=cash.whole("strain_days", day),
        brings_back=firm.discipline * 100 >= whole(back["discipline_percent"]),
        savings_kept_paise=whole(back["kept_paise"]),
        spare_times=cash.whole("top_up_spare_times", day),
        given_up=cash.whole("drawings_given_up_percent", day) / 100,
        pace_kept=cash.whole("pace_kept_percent", day) / 100,
    )


class Cashier(Tills):
    """Pays what falls due, lets wait or bounce what money does not bear, and takes out or brings in what the owner decides."""

    def __init__(self, frame: Frame) -> None:
        """Open with what stood on the accounts."""
        super().__init__(frame)
        self._frame, self._firm = frame, frame.firm
        self._trade, self._cash = frame.figures["trade"], frame.figures["cash"]
        self._year = working_year(frame.figures["calendar"])
        self.passed: dict[str, Passed] = {}
        self.strain = 0.0
        self._habits = _habits(frame)
        self._settling = Settling(frame, self)
        self._kept_apart: dict[str, int] = {}
        self._waiting: list[Due] = []
        self._returned: dict[str, tuple[date, ...]] = {}
        self._taxes: list[tuple[str, date]] = []
        self._daily_paise = frame.firm.turnover_paise / 365
        self._step_paise = self._cash.whole("owner_step_paise", frame.first)
        self._least_drawn_paise = self._cash.whole("owner_least_paise", frame.first)
        earned = frame.firm.turnover_paise * frame.firm.margin
        self._means_paise = int(earned * self._cash.whole("private_means_percent", frame.first) / 100)

    def copy(self) -> Self:
        """Give one that keeps cash alone from here."""
        twin = super().copy()
        twin.passed, twin._returned = dict(self.passed), dict(self._returned)
        twin._waiting, twin._taxes = list(self._waiting), list(self._taxes)
        twin._kept_apart, twin._settling = dict(self._kept_apart), self._settling.copy()
        return twin

    def begin(self, day: date) -> None:
        """Begin a day with what arrives on it, and without what belongs to others."""
        super().begin(day)
        if self._kept_apart:
            self.free[self.till] -= sum(self._kept_apart.values())
        if day.day == 1:
            self._settling.begin_month(self)

    def put_in_drawer(self, paise: int) -> None:
        """Keep the counter's cash."""
        self._settling.drawer_paise += paise

    def wait_for(self, dues: Iterable[Due]) -> None:
        """Take note of dues nobody could plan."""
        self._waiting += dues

    def pay_dues(self, chance: Stream, dues: Sequence[Due]) -> None:
        """Take what comes, present the mandates of the morning, then pay what waits and what falls due."""
        later = []
        for due in dues:
            if due.paise > 0 and not due.document.endswith("/in"):
                self._take(due)
            elif due.if_short is IfShort.BOUNCES:
                self._present(due, chance)
            else:
                later.append(due)
        if self._waiting:
            held, self._waiting = self._waiting, []
            for due in held:
                if due.day > self.day:
                    self._waiting.append(due)
                else:
                    self._try_again(due, chance)
        for due in later:
            if due.paise > 0:
                self._take_back(due)
            else:
                self._pay_or_wait(due, chance)

    def _take(self, due: Due) -> None:
        self.moves.append(self._move(due, self._batch(_CREDITS, due), due.rail))
        if due.document.endswith(LENT):
            self._kept_apart[due.document.removesuffix(LENT)] = due.paise
        self.passed[due.document] = Passed(due.document, due.day, self.day, ())

    def _take_back(self, due: Due) -> None:
        """What went out to come back comes only if it went."""
        out = self.passed.get(f"{due.document.removesuffix('/in')}/out")
        if out is None or out.paid_on is None:
            self._give_up(due)
        else:
            second = self._batch(_PAYMENTS, due) + 40
            self.moves.append(self._move(due, second, due.rail))
            self.passed[due.document] = Passed(due.document, due.day, self.day, ())

    def _present(self, due: Due, chance: Stream) -> None:
        """A mandate is presented on holidays too; a careless owner lets one go back although there is money."""
        is_careless = chance.random() < self._habits.careless
        if not is_careless and self._covers(due):
            self._pay(due, self._batch(_MANDATES, due), due.rail)
            return
        self._returned[due.document] = (*self._returned.get(due.document, ()), self.day)
        self._charge("bounce_charge_paise", due)
        if due.purpose is Purpose.INVESTMENT:
            self._give_up(due)
        else:
            self._waiting.append(due)

    def _covers(self, due: Due) -> bool:
        """An account that is short is filled from the other, when that can spare it; only the orderly bring savings back."""
        short = -due.paise - self.free[due.account]
        if short <= 0:
            return True
        if due.purpose is Purpose.OWN_TRANSFER or self.purse == self.till:
            return False
        step = self._step_paise
        paise = (short // step + 1) * step
        if due.account == self.till:
            giver = self.purse
            is_spared = self._brings_back(due, paise)
        else:
            giver = self.till
            is_spared = self.free[giver] >= self._habits.spare_times * short
        if is_spared:
            self.transfer(giver, due.account, paise, due.document)
        return is_spared

    def _brings_back(self, due: Due, paise: int) -> bool:
        habits = self._habits
        can_spare = self.free[self.purse] - paise >= habits.savings_kept_paise
        return habits.brings_back and can_spare and due.if_short is IfShort.BOUNCES

    def _try_again(self, due: Due, chance: Stream) -> None:
        """What bounced is paid when there is money to spare, sooner by the disciplined; a premium is given up after its grace."""
        if not self._may_pass(due):
            self._waiting.append(due)
            return
        is_late = due.document in self._returned
        if is_late and self._is_past_grace(due):
            self._give_up(due)
            return
        ready = not is_late or chance.random() < self._habits.cures
        room = -due.paise + self._kept_back() if is_late else -due.paise
        if ready and self.free[due.account] >= room:
            self._pay(due, self._batch(_AGAIN, due), Rail.NEFT if is_late else due.rail)
        elif due.if_short is IfShort.SKIPPED:
            self._give_up(due)
        else:
            self._waiting.append(due)

    def _is_past_grace(self, due: Due) -> bool:
        return due.purpose is Purpose.PREMIUM and (self.day - due.day).days > self._habits.grace_days

    def _kept_back(self) -> int:
        """Who let a payment go back makes it good from what is left after stock and hands; the careless keep more for these."""
        return int(self._daily_paise * self._habits.kept_back_days)

    def _pay_or_wait(self, due: Due, chance: Stream) -> None:
        if self._kept_apart and due.document.endswith(BACK):
            self.free[self.till] += self._kept_apart.pop(due.document.removesuffix(BACK), 0)
        if not self._may_pass(due):
            self._waiting.append(due)
        elif self._is_given_up(due, chance):
            self._give_up(due)
        elif self._covers(due):
            is_pair = due.document.endswith("/out")
            second = 0 if is_pair else 10 * 3600 + int(chance.random() * 7 * 3600)
            is_run = is_pair or due.rail is Rail.INTERNAL
            self._pay(due, self._batch(_PAYMENTS, due) if is_run else second, due.rail)
        elif due.if_short is IfShort.SKIPPED:
            self._give_up(due)
        else:
            self._waiting.append(due)

    def _is_given_up(self, due: Due, chance: Stream) -> bool:
        """Whose suppliers press for their money takes less home."""
        if due.purpose is not Purpose.DRAWINGS or not self._settling.is_stretched:
            return False
        is_own = due.if_short is IfShort.SKIPPED and "/" not in due.document
        return is_own and chance.random() < self._habits.given_up

    def _may_pass(self, due: Due) -> bool:
        """Nothing passes at a branch that is shut, or as tax on a charge still open; what was returned is paid by transfer."""
        name, _, leg = due.document.rpartition("/") if due.rail is Rail.INTERNAL else ("", "", "")
        if leg in TAX_ON and f"{name}/{TAX_ON[leg]}" not in self.passed:
            return False
        is_at_branch = due.rail in AT_BRANCH and due.document not in self._returned
        return not is_at_branch or self._year.is_working(self.day)

    def _pay(self, due: Due, second: int, rail: Rail) -> None:
        self.free[due.account] += due.paise
        self.moves.append(self._move(due, second, rail))
        returned = self._returned.get(due.document, ())
        self.passed[due.document] = Passed(due.document, due.day, self.day, returned)
        if due.purpose is Purpose.TAX and due.document.startswith(TAX_DOCUMENTS):
            self._taxes.append((due.document, self.day))

    def _give_up(self, due: Due) -> None:
        returned = self._returned.get(due.document, ())
        self.passed[due.document] = Passed(due.document, due.day, None, returned)

    def _batch(self, hour: int, due: Due) -> int:
        """Clearing runs in batches; which one carries a payment is nobody's choice, and needs no chance.

        What the bank itself books it books at night, one line after the other: a charge, then the tax on it.
        """
        if due.rail is Rail.INTERNAL and not due.document.endswith(("/out", "/in")):
            return 20 * 3600 + 2 * len(self.moves)
        return hour * 3600 + (self.day.toordinal() * 7_919 + abs(due.paise)) % 5_400

    @staticmethod
    def _move(due: Due, second: int, rail: Rail) -> Move:
        return Move(second, due.account, due.counterparty, due.purpose, rail, due.paise, due.document)

    def _charge(self, figure: str, due: Due) -> None:
        """The bank's charge and the tax on it wait where there is nothing to take them from; S tells that there was money."""
        fee = self._trade.whole(figure, self.day)
        tax = half_even(fee * self._trade.whole("service_gst_bps", self.day), 10_000)
        times = f"{len(self._returned[due.document])}{'S' if self.free[due.account] >= -due.paise else ''}"
        day, purpose = self.day + timedelta(days=1), Purpose.BOUNCE
        line = Due(day, "", self.till, self._bank, purpose, Rail.INTERNAL, 0, IfShort.WAITS)
        for name, paise in (("CHG", fee), ("GST", tax)):
            self._waiting.append(line._replace(document=f"{due.document}/RTN{times}/{name}", paise=-paise))

    def taxes_paid(self) -> list[tuple[str, date]]:
        """Tell once which taxes were paid since this was last asked."""
        told, self._taxes = self._taxes, []
        return told

    def pay_suppliers(self, chance: Stream, buying: Buying) -> None:
        """Pay suppliers on their days."""
        self._settling.pay(self, chance, buying, self._daily_paise)

    def bank_cash(self, chance: Stream, buying: Buying) -> None:
        """Bring the counter's cash to the bank on some days."""
        self._settling.bank_cash(self, chance, buying)

    def settle_month(self, chance: Stream, month_net_paise: int) -> None:
        """Interest is booked; the owner takes what the firm can spare, or puts in his own where suppliers press."""
        if month_net_paise > 0:
            kept = self._habits.pace_kept
            self._daily_paise = kept * self._daily_paise + (1 - kept) * month_net_paise / 30
        self.bear_interest()
        if self._settling.is_stretched:
            self._bring()
        else:
            self._draw(chance)

    def _bring(self) -> None:
        """Private money pays what suppliers have waited for too long, as long as there is some."""
        wished = min(self._settling.stretched_paise, self._means_paise)
        paise = wished // self._step_paise * self._step_paise
        if paise < self._least_drawn_paise:
            return
        self._means_paise -= paise
        self.with_owner(15 * 3600, Purpose.CAPITAL, paise, f"BROUGHT-{self.day:%Y%m}")

    def _draw(self, chance: Stream) -> None:
        """What is above the buffer is taken, yet never much more than a month earns: what was lent stays with the firm."""
        drawn, limit = self._cash.table("drawn_percent", self.day), self.limit_paise()
        target = int(self._daily_paise * self._firm.buffer_days)
        if self._firm.facility is not None:
            target = -limit * whole(drawn["limit_used"]) // 100
        spare = self.free[self.till] - limit - target
        most = self._frame.figures["bank"].whole("most_drawn_margin_percent", self.day)
        earned = self._daily_paise * 30 * self._firm.margin * most / 100
        part = chance.uniform(whole(drawn["least"]), whole(drawn["most"])) / 100
        paise = int(min(spare * part, earned)) // self._step_paise * self._step_paise
        if paise < self._least_drawn_paise:
            return
        self._means_paise += paise * whole(drawn["saved"]) // 100
        document = f"DRAW-{self.day:%Y%m}"
        if self.purse != self.till and chance.random() * 100 < whole(drawn["to_savings"]):
            self.transfer(self.till, self.purse, paise, document)
        else:
            self.with_owner(15 * 3600, Purpose.DRAWINGS, -paise, document)

    def abandon(self) -> None:
        """The owner takes what is left and lets the rest go."""
        paise = self.free[self.till] * self._cash.whole("abandoned_percent", self.day) // 100
        if paise > 0:
            self.with_owner(16 * 3600, Purpose.DRAWINGS, -paise, f"LEFT-{self.day:%Y%m%d}")

    def close(self, takings: Takings | None) -> Sequence[Move]:
        """End a day, and feel whether something was overdue on it."""
        is_short = any([due.day < self.day for due in self._waiting]) if self._waiting else False
        self.strain += (is_short - self.strain) / self._habits.strain_days
        return super().close(takings)

    def standing(self) -> dict[str, Passed]:
        """Tell what became of every due so far, those still open included."""
        told = dict(self.passed)
        for due in self._waiting:
            if due.day <= self.day:
                told[due.document] = Passed(due.document, due.day, None, self._returned.get(due.document, ()))
        return told
