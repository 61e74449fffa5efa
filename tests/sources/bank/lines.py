"""Bank lines written by hand, as a provider writes them, for tests to bend."""

from __future__ import annotations

from collections.abc import Iterable

import orjson

from kit.source import Document, Fate, Item, Json, Outcome
from tests.sources import given

ACCOUNT = "LRN1"


def transaction(number: int = 1, **changed: Json) -> Document:
    """One plain credit of 100 rupees; the balance follows the number."""
    return {
        "kind": "transaction",
        "linkRefNumber": ACCOUNT,
        "type": "CREDIT",
        "mode": "UPI",
        "amount": "100.00",
        "transactionalBalance": f"{1000 + 100 * number}.00",
        "transactionTimestamp": f"2026-01-05T10:{number // 60:02d}:{number % 60:02d}+05:30",
        "valueDate": "2026-01-05",
        "txnId": f"T{number}",
        "narration": f"UPI/CR/{number}",
        "reference": f"R{number}",
    } | changed


def envelope(**changed: Json) -> Document:
    """An envelope for one account, a whole year covered."""
    account = {
        "linkRefNumber": ACCOUNT,
        "maskedAccNumber": "XXXXXX1234",
        "type": "deposit",
        "version": "2.0.0",
        "Profile": {"Holders": {"type": "SINGLE", "Holder": [holder()]}},
        "Summary": summary(),
        "Transactions": {"startDate": "2025-04-01", "endDate": "2026-03-31"},
    } | changed
    return wrapped(account)


def wrapped(*accounts: Json, sent_at: str = "2026-04-01T00:00:00+05:30") -> Document:
    """An envelope around accounts."""
    return {
        "kind": "envelope",
        "ver": "2.0.0",
        "fiType": "DEPOSIT",
        "fipID": "BAHI-FIP",
        "sentAt": sent_at,
        "accounts": list(accounts),
    }


def holder(**changed: Json) -> dict[str, Json]:
    """The one holder of the account."""
    return {
        "name": "Asha Traders",
        "dob": "1980-02-29",
        "mobile": "5000000001",
        "nominee": "REGISTERED",
        "landline": "",
        "address": "1, Market Road",
        "email": "asha@traders.example",
        "pan": "AAAPA0000A",
        "ckycRegistered": "YES",
    } | changed


def summary(**changed: Json) -> dict[str, Json]:
    """The bank's own sum of the account."""
    return {
        "currentBalance": "1500.00",
        "currency": "INR",
        "balanceDateTime": "2026-04-01T00:00:00+05:30",
        "accountType": "REGULAR",
        "accountSubType": "CURRENT",
        "branch": "Pune",
        "facility": "NO_FACILITY_GRANTED",
        "ifsc": "BAHI0000001",
        "micrCode": "411000001",
        "openingDate": "2015-04-01",
        "currentODLimit": "0.00",
        "drawingLimit": "0.00",
        "status": "ACTIVE",
        "pendingTxns": {"PendingTxn": []},
    } | changed


def items(*documents: Document, delivery: str = "d" * 16) -> list[Item]:
    """Read documents as one delivery."""
    return list(given.items((orjson.dumps(document) for document in documents), delivery=delivery))


def cleaned(*documents: Document) -> list[Outcome]:
    """Clean documents as one delivery."""
    return given.cleaned("bank", items(*documents))


def rules(outcomes: Iterable[Outcome]) -> list[str]:
    """List the findings by field and rule."""
    return sorted(f"{found.field}:{found.rule}" for one in outcomes for found in one.findings)


def clean_documents(outcomes: Iterable[Outcome]) -> list[dict[str, object]]:
    """List the clean transactions."""
    return [
        dict(one.document)
        for one in outcomes
        if one.fate is Fate.CLEAN and one.document is not None and one.document["kind"] == "transaction"
    ]
