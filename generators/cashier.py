"""The cash of a firm: what comes in, what is paid in which order, what waits, bounces or is given up when money is short."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from generators.buying import Buying, Payable
from generators.calendar_in import working_year
from generators.counter import Coming
from generators.frame import Frame
from generators.papers import Due, IfShort, Passed
from generators.people import AccountKind, Tie
from generators.receipts import Takings
from generators.trade import MILLION, RUPEE, Move, Purpose, Rail
from kit.chance import Stream
from kit.ratio import half_even
from kit.shapes import whole

SUPPLIER_WEEKDAYS, CASH_WEEKDAYS = (1, 4), (0, 3)
FLOAT_PAISE = 4_000 * RUPEE
PREMIUM_GRACE_DAYS = 28
STRETCH_DAYS = 30
OUT_OF_ORDER_DAYS = 90
# How long a day on which something was overdue is felt.
STRAIN_DAYS = 60
PAYMENTS_A_DAY = 5
# What is lent for days, or belongs to another, is not spent until it goes back.
LENT, BACK = "/lent", "/back"
# What is paid only where a branch or its clearing works.
AT_BRANCH = (Rail.CASH, Rail.CHEQUE)
TAX_ON = {"tax": "charge", "GST": "CHG"}
TAX_DOCUMENTS = ("GST-", "PMT06-", "CMP08-")
_YEAR_BPS = 365 * 10_000


class Cashier:
    """Keeps the balances of all accounts; only the money of the morning is spent, so no payment overdraws a day."""

    def __init__(self, frame: Frame) -> None:
        """Open with what stood on the accounts."""
        self._frame, self._firm = frame, frame.firm
        self._trade = frame.figures["trade"]
        self._year = working_year(frame.figures["calendar"])
        self._till, self._purse = frame.till, frame.purse
        self.balance = {account.id: account.opening_paise for account in frame.accounts}
        self._limit = {account.id: account.drawing_paise for account in frame.accounts}
        self.opening = dict(self.balance)
        self.passed: dict[str, Passed] = {}
        self.drawer_paise = 0
        self._kept_apart: dict[str, int] = {}
        self.over_limit_since: date | None = None
        self.strain = 0.0
        self.out_of_order_on: date | None = None
        self._day = frame.first
        self._coming: dict[date, list[Move]] = defaultdict(list)
        self._waiting: list[Due] = []
        self._returned: dict[str, tuple[date, ...]] = {}
        self._moves: list[Move] = []
        self._free = dict(self.balance)
        self._used_paise_days = 0
        self._kept_paise_days = {one.id: 0 for one in frame.accounts if one.kind is AccountKind.SAVINGS}
        self._taxes: list[tuple[str, date]] = []
        self._daily_paise = frame.firm.turnover_paise / 365
        self._bank = frame.people[Tie.BANK][0].id
        careless = frame.figures["personas"].table("careless_ppm", frame.first)
        kind = "bouncer" if "EMI_BOUNCER" in frame.firm.facts else "plain"
        self._careless = (1 - frame.firm.discipline) * whole(careless[kind]) / MILLION

    def copy(self) -> Cashier:
        """Give one that keeps cash alone from here."""
        twin = object.__new__(Cashier)
        twin.__dict__.update(self.__dict__)
        twin.balance, twin.opening, twin._free = dict(self.balance), dict(self.opening), dict(self._free)
        twin.passed, twin._returned = dict(self.passed), dict(self._returned)
        twin._waiting, twin._taxes, twin._moves = list(self._waiting), list(self._taxes), []
        twin._kept_apart, twin._kept_paise_days = dict(self._kept_apart), dict(self._kept_paise_days)
        twin._coming = defaultdict(list, {day: list(moves) for day, moves in self._coming.items()})
        return twin

    def open(self, day: date) -> None:
        """Begin a day with what arrives on it."""
        self._day = day
        self.opening = dict(self.balance)
        self._free = {name: paise + self._limit[name] for name, paise in self.balance.items()}
        if self._kept_apart:
            self._free[self._till] -= sum(self._kept_apart.values())
        self._moves = self._coming.pop(day, [])

    def expect(self, coming: Coming) -> None:
        """Take note of money that will arrive."""
        for day, move in coming:
            if day <= self._day:
                self._moves.append(move)
            else:
                self._coming[day].append(move)

    def put_in_drawer(self, paise: int) -> None:
        """Keep the counter's cash."""
        self.drawer_paise += paise

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
                self._try_again(due, chance)
        for due in later:
            if due.paise > 0:
                self._take_back(due)
            else:
                self._pay_or_wait(due, chance)

    def _take(self, due: Due) -> None:
        self._moves.append(self._move(due, self._batch(11, due), due.rail))
        if due.document.endswith(LENT):
            self._kept_apart[due.document.removesuffix(LENT)] = due.paise
        self.passed[due.document] = Passed(due.document, due.day, self._day, ())

    def _take_back(self, due: Due) -> None:
        """What went out to come back comes only if it went."""
        out = self.passed.get(f"{due.document.removesuffix('/in')}/out")
        if out is None or out.paid_on is None:
            self._give_up(due)
        else:
            second = self._batch(13, due) + 40
            self._moves.append(self._move(due, second, due.rail))
            self.passed[due.document] = Passed(due.document, due.day, self._day, ())

    def _present(self, due: Due, chance: Stream) -> None:
        """A mandate is presented on holidays too; a careless owner lets one go back although there is money."""
        is_careless = chance.random() < self._careless
        if not is_careless and self._covers(due):
            self._pay(due, self._batch(9, due), due.rail)
            return
        self._returned[due.document] = (*self._returned.get(due.document, ()), self._day)
        self._charge("bounce_charge_paise", due)
        if due.purpose is Purpose.INVESTMENT:
            self._give_up(due)
        else:
            self._waiting.append(due)

    def _covers(self, due: Due) -> bool:
        """A private account that is short is filled from the firm's, when that can spare it."""
        short = -due.paise - self._free[due.account]
        if short <= 0:
            return True
        if (
            due.account == self._till
            or due.purpose is Purpose.OWN_TRANSFER
            or self._free[self._till] < 2 * short
        ):
            return False
        self._transfer(self._till, due.account, (short // (1_000 * RUPEE) + 1) * 1_000 * RUPEE, due.document)
        return True

    def _transfer(self, giver: str, taker: str, paise: int, reason: str) -> None:
        document, second = f"TOPUP-{reason}", 8 * 3600 + 600
        self._moves.append(
            Move(second, giver, "OWN-0", Purpose.OWN_TRANSFER, Rail.IMPS, -paise, f"{document}/out")
        )
        self._moves.append(
            Move(second + 40, taker, "OWN-0", Purpose.OWN_TRANSFER, Rail.IMPS, paise, f"{document}/in")
        )
        self._free[giver] -= paise
        self._free[taker] += paise

    def _try_again(self, due: Due, chance: Stream) -> None:
        """What bounced is paid when there is money to spare, sooner by the disciplined; a premium is given up after its grace."""
        if not self._may_pass(due):
            self._waiting.append(due)
            return
        is_late = due.document in self._returned
        if is_late and self._is_past_grace(due):
            self._give_up(due)
            return
        ready = not is_late or chance.random() < 0.15 + 0.6 * self._firm.discipline
        room = -due.paise + self._kept_back() if is_late else -due.paise
        if ready and self._free[due.account] >= room:
            self._pay(due, self._batch(12, due), Rail.NEFT if is_late else due.rail)
        elif due.if_short is IfShort.SKIPPED:
            self._give_up(due)
        else:
            self._waiting.append(due)

    def _is_past_grace(self, due: Due) -> bool:
        return due.purpose is Purpose.PREMIUM and (self._day - due.day).days > PREMIUM_GRACE_DAYS

    def _kept_back(self) -> int:
        """Who let a payment go back makes it good from what is left after stock and hands; the careless keep more for these."""
        days = min(self._firm.buffer_days * 0.6, self._trade.whole("cure_reserve_days", self._day))
        return int(self._daily_paise * days * (1 - self._firm.discipline))

    def _pay_or_wait(self, due: Due, chance: Stream) -> None:
        if self._kept_apart and due.document.endswith(BACK):
            self._free[self._till] += self._kept_apart.pop(due.document.removesuffix(BACK), 0)
        if not self._may_pass(due):
            self._waiting.append(due)
        elif self._covers(due):
            is_pair = due.document.endswith("/out")
            second = 0 if is_pair else 10 * 3600 + int(chance.random() * 7 * 3600)
            is_run = is_pair or due.rail is Rail.INTERNAL
            self._pay(due, self._batch(13, due) if is_run else second, due.rail)
        elif due.if_short is IfShort.SKIPPED:
            self._give_up(due)
        else:
            self._waiting.append(due)

    def _may_pass(self, due: Due) -> bool:
        """Nothing passes before its day, at a branch that is shut, or as tax on a charge still open; what was returned is paid by transfer."""
        name, _, leg = due.document.rpartition("/") if due.rail is Rail.INTERNAL else ("", "", "")
        if leg in TAX_ON and f"{name}/{TAX_ON[leg]}" not in self.passed:
            return False
        is_at_branch = due.rail in AT_BRANCH and due.document not in self._returned
        return due.day <= self._day and not (is_at_branch and not self._year.is_working(self._day))

    def _pay(self, due: Due, second: int, rail: Rail) -> None:
        self._free[due.account] += due.paise
        self._moves.append(self._move(due, second, rail))
        returned = self._returned.get(due.document, ())
        self.passed[due.document] = Passed(due.document, due.day, self._day, returned)
        if due.purpose is Purpose.TAX and due.document.startswith(TAX_DOCUMENTS):
            self._taxes.append((due.document, self._day))

    def _give_up(self, due: Due) -> None:
        returned = self._returned.get(due.document, ())
        self.passed[due.document] = Passed(due.document, due.day, None, returned)

    def _batch(self, hour: int, due: Due) -> int:
        """Clearing runs in batches; which one carries a payment is nobody's choice, and needs no chance.

        What the bank itself books it books at night, one line after the other: a charge, then the tax on it.
        """
        if due.rail is Rail.INTERNAL and not due.document.endswith(("/out", "/in")):
            return 20 * 3600 + 2 * len(self._moves)
        return hour * 3600 + (self._day.toordinal() * 7_919 + abs(due.paise)) % 5_400

    @staticmethod
    def _move(due: Due, second: int, rail: Rail) -> Move:
        return Move(second, due.account, due.counterparty, due.purpose, rail, due.paise, due.document)

    def _charge(self, figure: str, due: Due) -> None:
        """The bank's charge and the tax on it wait where there is nothing to take them from; S tells that there was money."""
        fee = self._trade.whole(figure, self._day)
        tax = half_even(fee * self._trade.whole("service_gst_bps", self._day), 10_000)
        times = f"{len(self._returned[due.document])}{'S' if self._free[due.account] >= -due.paise else ''}"
        day, purpose = self._day + timedelta(days=1), Purpose.BOUNCE
        line = Due(day, "", self._till, self._bank, purpose, Rail.INTERNAL, 0, IfShort.WAITS)
        for name, paise in (("CHG", fee), ("GST", tax)):
            self._waiting.append(line._replace(document=f"{due.document}/RTN{times}/{name}", paise=-paise))

    def taxes_paid(self) -> list[tuple[str, date]]:
        """Tell once which taxes were paid since this was last asked."""
        told, self._taxes = self._taxes, []
        return told

    def pay_suppliers(self, chance: Stream, buying: Buying) -> None:
        """Twice a week suppliers get what is above a reserve, the oldest debt first; who waited long is paid from it."""
        if self._day.weekday() not in SUPPLIER_WEEKDAYS:
            return
        reserve = int(self._daily_paise * min(12.0, self._firm.buffer_days) * 0.4)
        spare, paid_n = self._free[self._till] - reserve, 0
        for one in list(buying.owed_on(self._day)):
            waited = (self._day - one.due_on).days
            if one.paise > spare and not (waited > STRETCH_DAYS and one.paise <= self._free[self._till]):
                continue
            self._moves.append(self._to_supplier(one, chance))
            self._free[self._till] -= one.paise
            spare -= one.paise
            buying.paid(one)
            paid_n += 1
            if paid_n == PAYMENTS_A_DAY:
                return

    def _to_supplier(self, one: Payable, chance: Stream) -> Move:
        second = 10 * 3600 + int(chance.random() * 7 * 3600)
        rail = Rail.RTGS
        if one.paise < self._trade.whole("rtgs_least_paise", self._day):
            rail = (Rail.NEFT, Rail.IMPS, Rail.CHEQUE, Rail.UPI, Rail.NEFT)[int(chance.random() * 5)]
            is_too_much = rail is Rail.UPI and one.paise > self._trade.whole("upi_most_paise", self._day)
            if is_too_much or (rail is Rail.CHEQUE and not self._year.is_working(self._day)):
                rail = Rail.NEFT
        return Move(second, self._till, one.supplier, Purpose.SUPPLIER, rail, -one.paise, one.document)

    def bank_cash(self, chance: Stream, buying: Buying) -> None:
        """Cash pays small suppliers and hands first; the rest is deposited on some days, by machine on a Sunday."""
        if self._day.weekday() not in CASH_WEEKDAYS or self.drawer_paise <= FLOAT_PAISE:
            return
        self.drawer_paise -= buying.paid_in_cash(self.drawer_paise // 2)
        self.drawer_paise -= int(self.drawer_paise * 0.16)
        is_round = chance.randrange(MILLION) < self._trade.whole("round_deposit_ppm", self._day)
        step = (500 if is_round else 10) * RUPEE
        paise = (self.drawer_paise - FLOAT_PAISE) // step * step
        is_machine = not self._year.is_working(self._day) or chance.random() < 0.2
        if paise <= 0:
            return
        self.drawer_paise -= paise
        second = 10 * 3600 + int(chance.random() * 6 * 3600)
        document = f"{'CDM' if is_machine else 'CASH'}-{self._day:%Y%m%d}"
        self._moves.append(Move(second, self._till, "OWN-0", Purpose.SALE, Rail.CASH, paise, document))

    def settle_month(self, chance: Stream, month_net_paise: int) -> None:
        """The bank debits interest on what was used and credits it on what was kept; the owner takes what the firm can spare."""
        if month_net_paise > 0:
            self._daily_paise = 0.7 * self._daily_paise + 0.3 * month_net_paise / 30
        if self._used_paise_days:
            rate = self._trade.whole("limit_rate_bps", self._day)
            interest = half_even(self._used_paise_days * rate, _YEAR_BPS)
            self._used_paise_days = 0
            self._book_interest(self._till, -interest, f"INT-{self._day:%Y%m}")
        if self._day.month % 3 == 0:
            self._credit_interest()
        self._draw(chance)

    def _credit_interest(self) -> None:
        """Savings bear interest on each day's balance, credited by the quarter in whole rupees."""
        rate = self._frame.figures["bank"].whole("savings_rate_bps", self._day)
        for place, (account, paise_days) in enumerate(self._kept_paise_days.items()):
            self._kept_paise_days[account] = 0
            paise = half_even(paise_days * rate, _YEAR_BPS * RUPEE) * RUPEE
            if paise:
                self._book_interest(account, paise, f"SAVINT-{self._day:%Y%m}{place}")

    def _book_interest(self, account: str, paise: int, document: str) -> None:
        move = Move(86_000, account, self._bank, Purpose.INTEREST, Rail.INTERNAL, paise, document)
        self._moves.append(move)

    def _draw(self, chance: Stream) -> None:
        """What is above the buffer is taken, yet never much more than a month earns: what was lent stays with the firm."""
        target = int(self._daily_paise * self._firm.buffer_days)
        if self._firm.facility is not None:
            target = -self._limit[self._till] * 45 // 100
        spare = self._free[self._till] - self._limit[self._till] - target
        most = self._frame.figures["bank"].whole("most_drawn_margin_percent", self._day)
        earned = self._daily_paise * 30 * self._firm.margin * most / 100
        paise = int(min(spare * chance.uniform(0.2, 0.45), earned)) // (1_000 * RUPEE) * 1_000 * RUPEE
        if paise < 2_000 * RUPEE:
            return
        stamp = f"{self._day:%Y%m}"
        if self._purse != self._till and chance.random() < 0.5:
            self._transfer(self._till, self._purse, paise, f"DRAW-{stamp}")
        else:
            self._free[self._till] -= paise
            move = Move(15 * 3600, self._till, "OWN-0", Purpose.DRAWINGS, Rail.IMPS, -paise, f"DRAW-{stamp}")
            self._moves.append(move)

    def abandon(self) -> None:
        """The owner takes what is left and lets the rest go."""
        paise = self._free[self._till] * 4 // 5
        if paise > 0:
            self._free[self._till] -= paise
            document = f"LEFT-{self._day:%Y%m%d}"
            move = Move(16 * 3600, self._till, "OWN-0", Purpose.DRAWINGS, Rail.IMPS, -paise, document)
            self._moves.append(move)

    def close(self, takings: Takings | None) -> Sequence[Move]:
        """End a day: balances follow from its movements."""
        balance = self.balance
        for move in self._moves:
            balance[move.account] += move.paise
        if takings is not None:
            balance[takings.account] += takings.paise
        for name in self._kept_paise_days:
            self._kept_paise_days[name] += max(0, balance[name])
        is_short = bool(self._waiting) and any(due.day < self._day for due in self._waiting)
        self.strain += (is_short - self.strain) / STRAIN_DAYS
        self._watch_limit(balance[self._till])
        return self._moves

    def _watch_limit(self, standing: int) -> None:
        """Count what is used of the limit, and the days it stood above."""
        if standing < 0:
            self._used_paise_days -= standing
        if standing < -self._limit[self._till]:
            self.over_limit_since = self.over_limit_since or self._day
            if (self._day - self.over_limit_since).days >= OUT_OF_ORDER_DAYS:
                self.out_of_order_on = self.out_of_order_on or self._day
        else:
            self.over_limit_since = None

    def standing(self) -> dict[str, Passed]:
        """Tell what became of every due so far, those still open included."""
        told = dict(self.passed)
        for due in self._waiting:
            if due.day <= self._day:
                told[due.document] = Passed(due.document, due.day, None, self._returned.get(due.document, ()))
        return told
