"""The bank as provider: it projects the ledger onto ReBIT DEPOSIT 2.0.0 and answers only for what was granted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from generators.mess import Mess, Shape
from generators.people import Account, AccountKind, Party
from generators.trade import Event
from generators.world import Business
from kit.chance import Stream
from kit.facets import Direction
from kit.ident import masked
from kit.money import decimal_rupees
from kit.period import isoformat_ist
from kit.scope import DataFilter, DateRange
from kit.source import Document, Json, Parcel, Pull
from sources.bank._narration import Narrator

SHAPE = Shape(
    amounts=("amount", "transactionalBalance"),
    days=("valueDate",),
    moments=("transactionTimestamp",),
    enums=("type", "mode"),
    texts=("narration",),
    needed=("linkRefNumber", "type", "amount", "transactionTimestamp"),
    spare=("valueDate", "narration", "reference"),
    account="linkRefNumber",
)
FIRST_BANK = "BAHI-FIP"
FACILITIES = {AccountKind.OVERDRAFT: "OVERDRAFT", AccountKind.CASH_CREDIT: "CASH_CREDIT"}


def shape_of(document: Document) -> Shape | None:
    """Only movements are soiled; what says which accounts there are stays clean."""
    return SHAPE if document["kind"] == "transaction" else None


def generate(business: Business, pull: Mapping[str, Pull], stream: Stream, mess: Mess) -> Iterator[Parcel]:
    """Answer for each party asked about: an envelope, then its lines inside the days and filters asked for."""
    for party_id in sorted(pull):
        party = business.party(party_id)
        documents = _documents(business, party, pull[party_id])
        noise = stream.branch("mess", party_id, pull[party_id].range.last.isoformat())
        yield Parcel(party_id, mess.soiled(documents, shape_of, noise, party_id))


def _documents(business: Business, party: Party, pull: Pull) -> Iterator[Document]:
    days = DateRange(max(pull.range.first, business.first), min(pull.range.last, business.as_of))
    accounts = business.accounts_of(party)
    if "statement" in pull.record_types:
        yield from _envelopes(business, party, days, pull.answered_at)
    if "transaction" not in pull.record_types or not accounts:
        return
    narrators = {account.id: Narrator(account, business.counterparties) for account in accounts}
    filters = pull.filters
    for event in business.events(days.first, days.last):
        narrator = narrators.get(event.account)
        if narrator is not None and (not filters or _passes(event, filters)):
            yield _transaction(event, narrator)


def _envelopes(
    business: Business, party: Party, days: DateRange, answered_at: datetime
) -> Iterator[Document]:
    """Each bank answers for the accounts it keeps; who has none is answered for by the first bank."""
    by_bank: dict[str, list[Account]] = {}
    for account in business.accounts_of(party):
        by_bank.setdefault(account.bank, []).append(account)
    for bank, accounts in (by_bank or {FIRST_BANK: []}).items():
        yield {
            "kind": "envelope",
            "ver": "2.0.0",
            "fiType": "DEPOSIT",
            "fipID": bank,
            "sentAt": isoformat_ist(answered_at),
            "accounts": [_account(business, party, account, days, answered_at) for account in accounts],
        }


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


def _drawable_paise(account: Account, balance: int) -> int:
    """What may still be drawn of a limit: all of it while the account stands in credit."""
    return max(0, min(account.limit_paise, account.drawing_paise) + min(0, balance))


def _summary(business: Business, account: Account, answered_at: datetime) -> Json:
    balance = business.ledger.closing_paise(account.id, business.as_of)
    return {
        "currentBalance": decimal_rupees(balance),
        "currency": "INR",
        "balanceDateTime": isoformat_ist(answered_at),
        "accountType": "REGULAR",
        "accountSubType": "SAVINGS" if account.kind is AccountKind.SAVINGS else "CURRENT",
        "branch": account.branch,
        "facility": FACILITIES.get(account.kind, "NO_FACILITY_GRANTED"),
        "ifsc": account.ifsc,
        "micrCode": account.micr,
        "openingDate": account.opened_on.isoformat(),
        "currentODLimit": decimal_rupees(_drawable_paise(account, balance)),
        "drawingLimit": decimal_rupees(account.limit_paise),
        "status": "ACTIVE",
        "pendingTxns": {"PendingTxn": []},
    }


def _transaction(event: Event, narrator: Narrator) -> Document:
    at = event.at.isoformat()
    mode, narration, reference = narrator.words(event, at)
    paise, after = event.amount_paise, event.balance_paise
    return {
        "kind": "transaction",
        "linkRefNumber": event.account,
        "type": "CREDIT" if event.direction is Direction.IN else "DEBIT",
        "mode": mode,
        "amount": f"{paise // 100}.{paise % 100:02d}",
        "transactionalBalance": f"{after // 100}.{after % 100:02d}" if after >= 0 else decimal_rupees(after),
        "transactionTimestamp": at,
        "valueDate": at[:10],
        "txnId": f"T{event.no}",
        "narration": narration,
        "reference": reference,
    }


def _passes(event: Event, filters: tuple[DataFilter, ...]) -> bool:
    """ReBIT data filters are joined by and."""
    direction = "CREDIT" if event.direction is Direction.IN else "DEBIT"
    return all(rule.passes(direction, event.amount_paise) for rule in filters)
