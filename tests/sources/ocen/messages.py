"""Ways into OCEN messages, and one message written by hand for tests to bend."""

from __future__ import annotations

from kit.source import Document, Json

REQUEST = "11111111-1111-4111-8111-a11111111111"


def part(of: Document, name: str) -> Document:
    """The object of a name, or the first of its list, or nothing."""
    value = of.get(name)
    if isinstance(value, list):
        value = value[0] if value else None
    return value if isinstance(value, dict) else {}


def at(of: Json, path: str) -> Json:
    """Follow a path of names and list places."""
    for name in path.split("."):
        of = of[name] if isinstance(of, dict) else of[int(name)]  # type: ignore[index]
    return of


def head(**metadata: Json) -> Document:
    """Begin a message."""
    begun: Document = {
        "version": "4.0.0alpha",
        "originatorOrgId": "lender",
        "timestamp": "2026-01-05T20:00:00+05:30",
        "traceId": REQUEST,
        "requestId": REQUEST,
    }
    return {
        "metadata": begun | metadata,
        "productData": {"productId": "P"},
        "response": {"status": "SUCCESS"},
    }


def statement(**line: Json) -> Document:
    """One repayment of 1,000 rupees on a loan's statement."""
    told: Document = {
        "date": "2026-01-05",
        "narration": "INSTALMENT 1 RECEIVED",
        "txnRefNo": "R/1",
        "amount": "1000.00",
        "type": "DEPOSIT",
        "closingBalance": "500.00",
    }
    return head() | {"loanId": "L", "loanStatus": "EMI_PAID", "accountStatement": [told | line]}


def repayment(**payment: Json) -> Document:
    """The same repayment told as a payment."""
    told: Document = {
        "id": "P",
        "totalAmount": 1000.0,
        "date": "2026-01-05",
        "status": "SUCCESS",
        "txnRefNo": "R/1",
        "paymentMethodType": "ENACH",
    }
    return head() | {"loanId": "L", "loanStatus": "EMI_PAID", "payment": told | payment}
