"""The bank as provider: it projects the ledger onto ReBIT DEPOSIT 2.0.0 and answers only for what was granted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from generators.mess import Mess, Shape
from generators.people import Account, AccountKind, Counterparty, Party
from generators.trade import Event, Purpose, Rail
from generators.world import Business
from kit.chance import Stream
from kit.facets import Direction
from kit.ident import masked
from kit.period import isoformat_ist
from kit.scope import DataFilter, DateRange
from kit.source import Document, Json, Parcel, Pull

SHAPE = Shape(
    amounts=("amount", "transactionalBalance"),
    days=("valueDate",),
    moments=("transactionTimestamp",),
    enums=("type", "mode"),
    texts=("narration",),
    needed=("linkRefNumber", "type", "amount", "transactionTimestamp"),
)
MODES = {rail: str(rail) for rail in Rail} | {Rail.INTERNAL: "OTHERS", Rail.NONE: "OTHERS"}
FACILITIES = {AccountKind.OVERDRAFT: "OVERDRAFT", AccountKind.CASH_CREDIT: "CASH_CREDIT"}
REMARKS = {
    Purpose.RENT: "SHOP RENT",
    Purpose.WAGES: "SALARY",
    Purpose.UTILITY: "BILL PAYMENT",
    Purpose.LOAN_DISBURSAL: "LOAN DISBURSEMENT",
}


def generate(business: Business, pull: Mapping[str, Pull], stream: Stream, mess: Mess) -> Iterator[Parcel]:
    """Answer for each party asked about: an envelope, then its lines inside the days and filters asked for."""
    for party_id in sorted(pull):
        party = business.party(party_id)
        documents = _documents(business, party, pull[party_id])
        noise = stream.branch("mess", party_id, pull[party_id].range.last.isoformat())
        yield Parcel(party_id, mess.soiled(documents, SHAPE, noise, party_id))


def _documents(business: Business, party: Party, pull: Pull) -> Iterator[Document]:
    days = DateRange(max(pull.range.first, business.first), min(pull.range.last, business.as_of))
    accounts = business.accounts_of(party)
    if "statement" in pull.record_types:
        yield {
            "kind": "envelope",
            "ver": "2.0.0",
            "fiType": "DEPOSIT",
            "fipID": accounts[0].bank if accounts else "",
            "sentAt": isoformat_ist(pull.answered_at),
            "accounts": [_account(business, party, account, days, pull.answered_at) for account in accounts],
        }
    if "transaction" not in pull.record_types:
        return
    own = {account.id: account for account in accounts}
    for event in business.events(days.first, days.last):
        account = own.get(event.account)
        if account is not None and _passes(event, pull.filters):
            yield _transaction(event, account, business.counterparties)


def _account(
    business: Business, party: Party, account: Account, days: DateRange, answered_at: datetime
) -> Json:
    is_answered = days.first <= days.last
    return {
        "linkRefNumber": account.id,
        "maskedAccNumber": masked(account.number),
        "type": "deposit",
        "version": "2.0.0",
        "Profile": {"Holders": {"type": "SINGLE", "Holder": [_holder(party)]}},
        "Summary": _summary(business, account, answered_at),
        "Transactions": {
            "startDate": days.first.isoformat() if is_answered else "",
            "endDate": days.last.isoformat() if is_answered else "",
        },
    }


def _holder(party: Party) -> Json:
    return {
        "name": party.name,
        "dob": party.born_on.isoformat(),
        "mobile": party.mobile,
        "nominee": "REGISTERED",
        "landline": "",
        "address": party.address,
        "email": party.email,
        "pan": party.pan,
        "ckycRegistered": "YES",
    }


def _summary(business: Business, account: Account, answered_at: datetime) -> Json:
    return {
        "currentBalance": _rupees(business.ledger.closing_paise(account.id, business.as_of)),
        "currency": "INR",
        "balanceDateTime": isoformat_ist(answered_at),
        "accountType": "REGULAR",
        "accountSubType": "SAVINGS" if account.kind is AccountKind.SAVINGS else "CURRENT",
        "branch": account.branch,
        "facility": FACILITIES.get(account.kind, "NO_FACILITY_GRANTED"),
        "ifsc": account.ifsc,
        "micrCode": account.micr,
        "openingDate": account.opened_on.isoformat(),
        "currentODLimit": _rupees(account.drawing_paise),
        "drawingLimit": _rupees(account.limit_paise),
        "status": "ACTIVE",
        "pendingTxns": {"PendingTxn": []},
    }


def _transaction(event: Event, account: Account, known: Mapping[str, Counterparty]) -> Document:
    at = event.at.isoformat()
    reference = _reference(event)
    return {
        "kind": "transaction",
        "linkRefNumber": account.id,
        "type": "CREDIT" if event.direction is Direction.IN else "DEBIT",
        "mode": MODES[event.rail],
        "amount": _rupees(event.amount_paise),
        "transactionalBalance": _rupees(event.balance_paise),
        "transactionTimestamp": at,
        "valueDate": at[:10],
        "txnId": f"T{event.no}",
        "narration": _narration(event, account, known.get(event.counterparty), reference),
        "reference": reference,
    }


def _reference(event: Event) -> str:
    """Retrieval numbers as the rails number them: year, day of the year, hour and a serial."""
    serial = event.no % 1_000_000
    day = event.at.timetuple().tm_yday
    if event.rail is Rail.CHEQUE:
        return f"{serial % 1_000 + day * 1_000:06d}"
    if event.rail in (Rail.NEFT, Rail.RTGS):
        letter = "N" if event.rail is Rail.NEFT else "R"
        return f"BAHI{letter}{event.at.year % 100:02d}{day:03d}{serial:09d}"
    return f"{event.at.year % 10}{day:03d}{event.at.hour:02d}{serial:06d}"


def _narration(event: Event, account: Account, other: Counterparty | None, reference: str) -> str:
    is_in = event.direction is Direction.IN
    side = "CR" if is_in else "DR"
    name = "" if other is None else other.name.upper()
    remark = REMARKS.get(event.purpose, "PAYMENT")
    if event.rail is Rail.UPI:
        return f"UPI/{side}/{reference}/{name}/BAHI/{'' if other is None else other.upi}/{remark}"
    if event.rail in (Rail.NEFT, Rail.RTGS, Rail.IMPS):
        ifsc = "" if other is None else other.ifsc
        return f"{event.rail} {side}-{ifsc}-{name}-{reference}-{remark}"
    if event.rail is Rail.CHEQUE:
        return f"CHQ DEP {reference} CLG {name}" if is_in else f"CHQ PAID {reference} {name}"
    plain = {
        Rail.CASH: f"BY CASH DEPOSIT {account.branch.upper()}",
        Rail.NACH: f"ACH D- {name}-{event.document}",
        Rail.ATM: f"ATM WDL {reference} {account.branch.upper()}",
    }
    return plain.get(event.rail, "SMS CHARGES FOR QUARTER INCL GST")


def _rupees(paise: int) -> str:
    whole, rest = divmod(abs(paise), 100)
    return f"{'-' if paise < 0 else ''}{whole}.{rest:02d}"


def _passes(event: Event, filters: tuple[DataFilter, ...]) -> bool:
    """ReBIT data filters are joined by and."""
    direction = "CREDIT" if event.direction is Direction.IN else "DEBIT"
    return all(rule.passes(direction, event.amount_paise) for rule in filters)
