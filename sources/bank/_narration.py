"""What a bank prints beside a movement: rail, side, numbers, the other side's name as the bank cuts it, and a remark."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple
from zlib import crc32

from generators.people import Account, Counterparty
from generators.trade import Event, Purpose, Rail
from kit.facets import Direction
from sources.bank._styles import Style, style_of

# What a fund is bought with goes to the clearing house, which pays the fund.
CLEARING_HOUSE = "BAHI CLEARING CORPORATION"
_REMARKS: Mapping[Purpose, tuple[str, ...]] = {
    Purpose.SALE: ("PAYMENT", "UPI", "BILL", "NA", "PAID VIA APP", "GOODS"),
    Purpose.SUPPLIER: ("PURCHASE", "BILL PAYMENT", "GOODS"),
    Purpose.RENT: ("SHOP RENT", "RENT"),
    Purpose.WAGES: ("SALARY",),
    Purpose.UTILITY: ("BILL PAYMENT", "BILL DESK"),
    Purpose.LOAN_DISBURSAL: ("LOAN DISBURSEMENT", "DISB", "LOAN AC"),
    Purpose.EMI: ("PAYMENT", "DUE"),
    Purpose.REVERSAL: ("UPI", "PAYMENT"),
    Purpose.PREMIUM: ("PREMIUM", "POLICY RENEWAL"),
    Purpose.CLAIM: ("CLAIM SETTLEMENT", "CLAIM"),
    Purpose.INVESTMENT: ("MF PURCHASE",),
    Purpose.REDEMPTION: ("REDEMPTION",),
    Purpose.OWN_TRANSFER: ("SELF", "OWN AC TRANSFER", "FUND TRANSFER"),
    Purpose.DRAWINGS: ("SELF", "PERSONAL", "HOME", "UPI"),
    Purpose.CAPITAL: ("TRANSFER", "FUNDS", "HELP"),
    Purpose.PENNY_DROP: ("ACCOUNT VERIFICATION",),
    Purpose.CHIT: ("CHIT", "SUBSCRIPTION"),
    Purpose.TOLL: ("FASTAG RECHARGE",),
    Purpose.CARD_BILL: ("CC PAYMENT", "CARD BILL"),
    Purpose.DONATION: ("DONATION", "CHANDA"),
    Purpose.REFUND: ("REFUND",),
}
_ON_ACCOUNT = ("PAYMENT", "ON ACCOUNT", "BILL", "GOODS")
_PLAIN_REMARK = ("PAYMENT",)
_SETTLED = {"QR": "QR SETTLEMENT", "PG": "PG SETTLEMENT", "MKT": "WEEKLY PAYOUT"}
_CHARGED = {
    "SMS": "SMS CHARGES FOR QTR",
    "LOWBAL": "MIN BAL CHARGES",
    "CARDFEE": "DEBIT CARD ANNUAL FEE",
    "CHQRET": "O/W CHQ RTN CHRG",
    "RENEWAL": "LIMIT RENEWAL CHARGES",
}
_TAXES = {
    "TDS": "CBDT TDS",
    "ADVTAX": "CBDT ADVANCE TAX",
    "EPF": "EPFO",
    "ESI": "ESIC",
}
_CASES = {
    (Rail.NEFT, True): "neft_in",
    (Rail.NEFT, False): "neft_out",
    (Rail.RTGS, True): "neft_in",
    (Rail.RTGS, False): "neft_out",
    (Rail.IMPS, True): "imps_in",
    (Rail.IMPS, False): "imps_out",
    (Rail.NACH, True): "nach",
    (Rail.NACH, False): "nach",
    (Rail.CHEQUE, True): "cheque_in",
    (Rail.CHEQUE, False): "cheque_out",
    (Rail.CASH, True): "cash_in",
    (Rail.CASH, False): "cash_out",
    (Rail.ATM, True): "atm",
    (Rail.ATM, False): "atm",
    (Rail.CARD, True): "terminal",
    (Rail.CARD, False): "card",
}
# Legs of one payment, which both show its one number.
_PAIRED = frozenset({"deposit", "back", "out", "in", "failed"})
_RETURNED, _STOPPED = "/RTN", "S"
# Of ten cheques that come back, so many want for money; what tells of a mandate says whether there was any.
_SHORT_OF_TEN = 7
_MILLION = 1_000_000
# Without a divisor in common with a million, so that no two movements of a day share a serial.
_SCATTER = 648_391
# Cheques of a book follow each other; so many are written on a busy day.
_CHEQUES_A_DAY = 4


class Words(NamedTuple):
    """What a line says of itself: its mode, its narration, and the number its rail knows it by."""

    mode: str
    narration: str
    reference: str


class _Known(NamedTuple):
    name: str
    upi: str
    ifsc: str


class Narrator:
    """Words the lines of one account in the style of its bank; names are cut once for each counterparty."""

    def __init__(self, account: Account, known: Mapping[str, Counterparty]) -> None:
        """Learn the account and whom it deals with."""
        self._style: Style = style_of(account.bank)
        self._counterparties = known
        self._known: dict[str, _Known] = {}
        self._days: dict[str, tuple[str, int]] = {}
        self._serial = crc32(account.number.encode())
        self._upi_mode = self._style.modes.get("UPI", "UPI")
        self._of_account = {
            "bank": "BAHI",
            "branch": account.branch.upper(),
            "tail": account.number[-4:],
            "card": f"XXXXXXXXXXXX{account.number[-4:]}",
            "terminal": f"S1{crc32(account.ifsc.encode()) % _MILLION:06d}",
            "office": account.ifsc[-5:],
            "account": f"XX{account.number[-4:]}",
        }

    def words(self, event: Event, at: str) -> Words:
        """Word one event; at is its moment as text."""
        year_day, serial = self._days.get(at[:10]) or self._begin(event, at)
        named, _, leg = event.document.rpartition("/")
        if leg in _PAIRED:
            other = self._known.get(event.counterparty) or self._meet(event.counterparty)
            drawn = crc32(f"{named}{other.ifsc}".encode())
            reference = f"{year_day}{drawn // _MILLION % 24:02d}{drawn % _MILLION:06d}"
        else:
            reference = f"{year_day}{at[11:13]}{(serial + event.no * _SCATTER) % _MILLION:06d}"
        if event.rail is Rail.UPI:
            return Words(self._upi_mode, self._upi(event, reference), reference)
        return self._other(event, at, reference)

    def _begin(self, event: Event, at: str) -> tuple[str, int]:
        """Give a day's number within its year, and the serial its movements count from, drawn for account and day."""
        serial = crc32(at[:10].encode(), self._serial)
        known = self._days[at[:10]] = f"{at[3]}{event.at.timetuple().tm_yday:03d}", serial
        return known

    def _upi(self, event: Event, reference: str) -> str:
        name, upi, ifsc = self._known.get(event.counterparty) or self._meet(event.counterparty)
        remarks = _REMARKS.get(event.purpose, _PLAIN_REMARK)
        is_in = event.direction is Direction.IN
        style = self._style
        template = style.upi_back if is_in and event.document.endswith("/back") else style.upi
        return template.format(
            name=name,
            vpa=upi,
            ifsc=ifsc,
            bank="BAHI",
            ref=reference,
            note=remarks[event.no % len(remarks)],
            side="CR" if is_in else "DR",
            to="BY" if is_in else "TO",
            inout="IN" if is_in else "OUT",
            kind="P2M" if event.purpose is Purpose.SALE else "P2A",
        )

    def _other(self, event: Event, at: str, number: str) -> Words:
        case = case_of(event)
        mode = _mode_of(event, case)
        reference = _reference(event, at, number, self._serial)
        name, upi, ifsc = self._known.get(event.counterparty) or self._meet(event.counterparty)
        if event.purpose is Purpose.INVESTMENT and event.rail is Rail.NACH:
            name = self._cut(CLEARING_HOUSE)
        told = {
            **self._of_account,
            "name": name,
            "vpa": upi,
            "ifsc": ifsc,
            "ref": reference,
            "rail": str(event.rail),
            "serial": number[-6:],
            "day": f"{at[8:10]}-{at[5:7]}-{at[:4]}",
            "mandate": _mandate(event.document, self._serial),
            "batch": event.document[-4:],
            "challan": _challan(event, at, self._serial),
            "what": self._what(event),
            "why": self._why(event) if event.purpose is Purpose.BOUNCE else "",
            "note": _note(event),
        }
        text: str = getattr(self._style, case).format_map(told)
        return Words(self._style.modes.get(mode, mode), text.strip(), reference)

    def _what(self, event: Event) -> str:
        kind = event.document.partition("-")[0]
        if event.purpose in (Purpose.TAX, Purpose.STATUTORY):
            return _TAXES.get(kind, "GST CPIN")
        is_return = _RETURNED in event.document
        return self._style.returned if is_return else _CHARGED.get(kind, "BANK CHARGES")

    def _why(self, event: Event) -> str:
        """Say why a bank sends something back: mostly for want of money, else for a reason drawn for mandate or cheque."""
        style, (name, _, times) = self._style, event.document.partition(_RETURNED)
        drawn = crc32(name.partition("/")[0].encode(), self._serial)
        if event.rail is Rail.CHEQUE:
            short, *others = style.bad_cheque
            return short if drawn % 10 < _SHORT_OF_TEN else others[drawn // 10 % len(others)]
        is_stopped = times.partition("/")[0].endswith(_STOPPED)
        return style.stopped[drawn % len(style.stopped)] if is_stopped else style.short

    def _meet(self, counterparty: str) -> _Known:
        other = self._counterparties.get(counterparty)
        if other is None:
            known = _Known(self._cut("SELF"), "", "")
        else:
            known = _Known(self._cut(other.name), other.upi, other.ifsc)
        self._known[counterparty] = known
        return known

    def _cut(self, name: str) -> str:
        letters = self._style.letters
        cut = name.upper()[:letters]
        return cut.ljust(letters) if self._style.is_padded else cut


def case_of(event: Event) -> str:
    """Name the kind of line an event is printed as."""
    is_in = event.direction is Direction.IN
    special = _SPECIAL.get(event.purpose)
    found = special(event, is_in) if special is not None else ""
    if found:
        return found
    if event.rail is Rail.CASH and event.document.startswith("CDM"):
        return "machine_in"
    return _CASES.get((event.rail, is_in), "charge")


def _bounced(event: Event, is_in: bool) -> str:
    """A cheque paid in comes back as a debit; a cheque given out that comes back is a credit."""
    if event.rail is Rail.NACH:
        return "nach_back"
    if event.rail is Rail.CHEQUE:
        if is_in:
            return "" if event.document.endswith("/deposit") else "cheque_refused"
        return "cheque_back"
    return _charged(event, is_in)


def _charged(event: Event, is_in: bool) -> str:
    if event.document.endswith(("/tax", "/GST")):
        return "charge_tax"
    return "return_charge" if _RETURNED in event.document else "charge"


def _interest(event: Event, is_in: bool) -> str:
    return "interest_in" if is_in else "interest_out"


def _swept(event: Event, is_in: bool) -> str:
    return "sweep_in" if is_in else "sweep_out"


def _settled(event: Event, is_in: bool) -> str:
    return "terminal" if event.document.startswith("POS-") else ""


def _given_back(event: Event, is_in: bool) -> str:
    return "neft_back" if is_in and event.rail is Rail.NEFT else ""


def _paid_to_state(event: Event, is_in: bool) -> str:
    return "" if is_in else "challan"


_SPECIAL: Mapping[Purpose, Callable[[Event, bool], str]] = {
    Purpose.BOUNCE: _bounced,
    Purpose.CHARGE: _charged,
    Purpose.INTEREST: _interest,
    Purpose.SWEEP: _swept,
    Purpose.SETTLEMENT: _settled,
    Purpose.REVERSAL: _given_back,
    Purpose.TAX: _paid_to_state,
    Purpose.STATUTORY: _paid_to_state,
}


def _mode_of(event: Event, case: str) -> str:
    if event.rail in (Rail.INTERNAL, Rail.NONE):
        return "INTEREST_CREDIT" if case == "interest_in" else "OTHERS"
    return str(event.rail)


def _reference(event: Event, at: str, number: str, serial: int) -> str:
    """Number a movement as its rail does: a transfer by 16 characters, a large one by 22, a cheque by six digits."""
    if event.rail is Rail.NEFT:
        return f"BAHIN{at[2:4]}{number[1:4]}{number[-6:]}"
    if event.rail is Rail.RTGS:
        return f"BAHIR5{at[:4]}{at[5:7]}{at[8:10]}{number[-8:]}"
    if event.rail is not Rail.CHEQUE:
        return number
    if event.direction is Direction.IN or event.purpose is Purpose.BOUNCE:
        return number[-6:]
    first = serial + event.at.toordinal() * _CHEQUES_A_DAY
    return f"{(first + event.no % _CHEQUES_A_DAY) % _MILLION:06d}"


def _mandate(document: str, serial: int) -> str:
    """All movements under one mandate share its number, and so do the charges for those that came back; no other account does."""
    return f"NACH{crc32(document.partition('/')[0].encode(), serial):010d}"


def _challan(event: Event, at: str, serial: int) -> str:
    return f"{at[2:4]}{at[5:7]}{crc32(event.document.encode(), serial):010d}"


def _note(event: Event) -> str:
    if event.purpose is Purpose.SETTLEMENT:
        kind = event.document.partition("-")[0]
        return f"{_SETTLED[kind]} {event.document[-4:]}" if kind in _SETTLED else event.document
    if event.purpose is Purpose.SALE:
        is_told = event.document and event.no % 2
        return f"INV {event.document}" if is_told else _ON_ACCOUNT[event.no % len(_ON_ACCOUNT)]
    # A private person who lends writes what any person writes.
    is_private = event.purpose is Purpose.LOAN_DISBURSAL and event.rail is Rail.IMPS
    remarks = _REMARKS.get(Purpose.CAPITAL if is_private else event.purpose, _PLAIN_REMARK)
    return remarks[event.no % len(remarks)]
