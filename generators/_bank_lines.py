"""What a bank books on an account by itself: charges with their tax, and cheques that came back."""

from __future__ import annotations

from datetime import date, timedelta

from generators._habits import Owner, Time, at_branch
from generators.frame import Frame
from generators.papers import Due, IfShort
from generators.people import Account, AccountKind
from generators.trade import RUPEE, Purpose, Rail
from kit.ratio import half_even
from kit.shapes import whole

_DAY = timedelta(days=1)
_WITH_CARD = (AccountKind.SAVINGS, AccountKind.CURRENT)


class BankLines:
    """Plans the bank's own lines, one month after the other."""

    def __init__(self, frame: Frame, owner: Owner) -> None:
        """Start with nothing planned."""
        self.dues: list[Due] = []
        self._frame, self._owner = frame, owner
        self._figures = frame.figures["bank"]
        self._bank = owner.people.bank.id

    def plan(self, time: Time) -> None:
        """Plan what the bank books in a month."""
        if time.happens(self._figures.whole("cheque_return_month_ppm", time.first)):
            self._returned_cheque(time)
        if time.month.month % 3 == 0:
            for place, account in enumerate(self._frame.accounts):
                self._quarter(time, account, f"{time.tag}{place}")

    def _returned_cheque(self, time: Time) -> None:
        """A cheque paid in is credited, comes back the next working day, and the bank charges for it."""
        part = time.part(time.turnover, self._figures.on("cheque_return_paise", time.first))
        paise = max(500 * RUPEE, part // RUPEE * RUPEE)
        who, till = time.chance.choice(self._owner.people.strangers).id, self._frame.till
        day = at_branch(self._frame, time.any_day(6))
        back, name = at_branch(self._frame, day + _DAY), f"CHQRET-{time.tag}"
        self.dues += [
            Due(day, f"{name}/deposit", till, who, Purpose.BOUNCE, Rail.CHEQUE, paise, IfShort.WAITS),
            Due(back, f"{name}/back", till, who, Purpose.BOUNCE, Rail.CHEQUE, -paise, IfShort.WAITS),
        ]
        self._charge(back, name, till, self._figures.whole("cheque_return_charge_paise", back))

    def _quarter(self, time: Time, account: Account, tag: str) -> None:
        """A low balance is charged for where the buffer is thin; the card is paid for in the quarter it was issued in."""
        last, kind = time.day(31), account.kind
        sms = self._figures.table("sms_charge_paise", last)
        self._charge(last - 2 * _DAY, f"SMS-{tag}", account.id, whole(sms[kind]))
        low = self._figures.table("low_balance_charge_paise", last).get(kind)
        is_thin = self._frame.firm.buffer_days < self._figures.whole("thin_buffer_days", last)
        if low is not None and is_thin and time.happens(self._figures.whole("low_balance_quarter_ppm", last)):
            self._charge(last - _DAY, f"LOWBAL-{tag}", account.id, whole(low))
        if kind in _WITH_CARD and (account.opened_on.month + 2) // 3 == time.month.month // 3:
            self._charge(
                last - 5 * _DAY, f"CARDFEE-{tag}", account.id, self._figures.whole("card_fee_paise", last)
            )

    def _charge(self, day: date, name: str, account: str, paise: int) -> None:
        """Charge an account, and the tax on it as a line of its own."""
        tax = half_even(paise * self._figures.whole("charge_gst_bps", day), 10_000)
        self.dues += [
            self._due(day, f"{name}/charge", account, (Purpose.CHARGE, -paise)),
            self._due(day, f"{name}/tax", account, (Purpose.CHARGE, -tax)),
        ]

    def _due(self, day: date, document: str, account: str, what: tuple[Purpose, int]) -> Due:
        purpose, paise = what
        return Due(day, document, account, self._bank, purpose, Rail.INTERNAL, paise, IfShort.WAITS)
