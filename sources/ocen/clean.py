"""From OCEN messages to records: each is read by the part that tells its kind, and one requestId is one message."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from kit.errors import RecordError
from kit.fields import amount_paise
from kit.plain import Parsed, parsed_or_held
from kit.source import Document, Item, Json, Outcome, Tables
from sources.ocen._reading import Reader, inner
from sources.ocen._statuses import APPLICATION_STATUSES, LOAN_STATUSES
from sources.ocen.records import METHODS

_OUTCOMES = ("SUCCESS", "FAILURE", "PENDING_AUTH")
_FREQUENCIES = ("MONTHLY", "WEEKLY", "QUARTERLY", "HALF_YEARLY", "YEARLY")
_SIDES = {"WITHDRAWL": "CREDIT", "DEPOSIT": "DEBIT"}
_COMMON = frozenset({"metadata", "productData", "response"})
_NAMED = frozenset({"loanApplicationId", "loanApplicationStatus", "loanId"})


def clean(items: Iterable[Item], tables: Tables) -> Iterator[Outcome]:
    """Give every item exactly one outcome, in an order decided by content."""
    return parsed_or_held(items, tables, _parsed, _readable)


def _readable(body: Document) -> int | None:
    payment, line = inner(body, "payment"), inner(body, "accountStatement")
    found, _ = amount_paise(payment.get("totalAmount", line.get("amount")))
    return found


def _parsed(item: Item, body: Document) -> Parsed:
    reader = Reader(item.ref)
    if body.get("kind") == "envelope":
        return _envelope(reader, body)
    for part, (known, told_of) in _KINDS.items():
        if part in body:
            reader.unknown(body, _COMMON | known | {part})
            metadata = inner(body, "metadata")
            request = reader.needed_text("metadata.", metadata, "requestId")
            lender = reader.text("metadata.", metadata, _either(metadata, "originatorOrgId", "orgId"))
            told = {"lender": lender} | told_of(reader, body)
            moved = told.get("amount_paise")
            paise = moved if isinstance(moved, int) else None
            return Parsed([request], told, paise, tuple(reader.findings))
    raise RecordError("KIND_UNKNOWN", "a line is of no kind that lenders send")


def _envelope(reader: Reader, body: Document) -> Parsed:
    known = ("kind", "version", "originatorOrgId", "sentAt", "from", "to", "borrower")
    reader.unknown(body, known)
    # Empty days are how a lender says that it holds nothing.
    covered = {name: day for name, day in body.items() if day != ""}
    told: dict[str, object] = {
        "kind": "envelope",
        "version": reader.text("", body, "version"),
        "agent": reader.text("", body, "originatorOrgId"),
        "sent_at": reader.moment("", body, "sentAt"),
        "covered_from": reader.day("", covered, "from"),
        "covered_to": reader.day("", covered, "to"),
        **_borrower(reader, body.get("borrower")),
    }
    told["on"] = told["covered_to"]
    return Parsed([told["covered_from"], told["covered_to"]], told, None, tuple(reader.findings))


def _borrower(reader: Reader, value: Json) -> dict[str, object]:
    borrower = value if isinstance(value, dict) else {}
    is_pan = borrower.get("primaryIdType", "PAN") == "PAN"
    listed = borrower.get("additionalIdentifiers")
    others = {
        str(one.get("key")).upper(): one.get("value")
        for one in (listed if isinstance(listed, list) else [])
        if isinstance(one, dict)
    }
    return {
        "name": reader.text("borrower.", borrower, "name"),
        "pan": reader.text("borrower.", borrower if is_pan else {}, "primaryId"),
        "gstin": reader.gstin("borrower.", others, "GSTIN"),
        "udyam": reader.text("borrower.", others, "UDYAM"),
    }


def _either(told: Mapping[str, Json], name: str, other: str) -> str:
    """A field goes by its first name where it has both."""
    return name if name in told or other not in told else other


def _dated(reader: Reader, body: Document) -> dict[str, object]:
    """When the message was written; its day stands for the day of what it tells."""
    at = reader.needed_moment("metadata.", inner(body, "metadata"), "timestamp")
    return {"on": at[:10], "at": at}


def _applied(reader: Reader, told: Mapping[str, Json]) -> dict[str, object]:
    return {
        "application": reader.needed_text("", told, "loanApplicationId"),
        "status": reader.needed_enum("", told, "loanApplicationStatus", APPLICATION_STATUSES),
    }


def _application(reader: Reader, body: Document) -> dict[str, object]:
    one = inner(body, "loanApplications")
    begun = _dated(reader, body) | _applied(reader, one)
    begun["description"] = reader.text("", one, "description")
    if one.get("offers"):
        return begun | _offer(reader, one)
    refusal = inner(one, "rejectionDetails")
    udyam = inner(inner(inner(one, "kyc"), "business"), "udyam")
    who = _borrower(reader, one.get("borrower"))
    who["udyam"] = who["udyam"] or reader.text("kyc.", udyam, "registrationNumber")
    return {
        **begun,
        **who,
        "kind": "application",
        "requested_paise": reader.paise("terms.", inner(one, "terms"), "requestedAmount"),
        "reason": reader.text("rejectionDetails.", refusal, "reason"),
    }


def _offer(reader: Reader, one: Mapping[str, Json]) -> dict[str, object]:
    offer = inner(one, "offers")
    terms = inner(offer, "terms")
    tenure = inner(terms, "tenure")
    return {
        "kind": "offer",
        "offer": reader.needed_text("offers.", offer, "id"),
        "requested_paise": reader.paise("terms.", terms, "requestedAmount"),
        "fees_paise": _fees(reader, inner(terms, "charges")),
        "rate_bps": reader.paise("terms.", terms, "interestRate"),
        "yearly_cost_bps": reader.paise("terms.", terms, "annualPercentageRate"),
        "tenure_n": reader.count("terms.tenure.", tenure, "duration"),
        "tenure_unit": reader.enum("terms.tenure.", tenure, "unit", ("MONTH", "DAY", "YEAR")),
        "valid_till": reader.day("offers.", offer, "validTill"),
        "interest_paise": reader.paise("terms.", terms, "interestAmount"),
        "description": reader.text("offers.", offer, "description"),
        **_sums(reader, terms),
    }


def _sums(reader: Reader, terms: Mapping[str, Json]) -> dict[str, object]:
    sanctioned = reader.needed_paise("terms.", terms, "sanctionedAmount")
    return {
        "sanctioned_paise": sanctioned,
        "net_paise": reader.paise("terms.", terms, "netDisbursedAmount"),
        "repayable_paise": reader.paise("terms.", terms, "totalRepayableAmount"),
    }


def _fees(reader: Reader, charges: Mapping[str, Json]) -> int | None:
    """What is kept back of the principal: the processing fee and the tax on it."""
    told = [
        reader.paise(f"charges.{name}.", inner(inner(charges, name), "data"), "amount")
        for name in ("processing", "other")
    ]
    known = [paise for paise in told if paise is not None]
    return sum(known) if known else None


def _plan(reader: Reader, body: Document) -> dict[str, object]:
    plan = inner(body, "plan")
    return {
        **_dated(reader, body),
        **_applied(reader, body),
        "kind": "plan",
        "plan": reader.needed_text("plan.", plan, "id"),
        "method": reader.enum("paymentMethod.", inner(body, "paymentMethod"), "type", METHODS),
        "instalments_n": reader.count("plan.", plan, _either(plan, "noOfInstallment", "noOfInstallments")),
        "frequency": reader.enum("plan.", plan, "frequency", _FREQUENCIES),
        "total_paise": reader.needed_paise("plan.", plan, "totalAmount"),
        "principal_paise": reader.paise("plan.", plan, "principal"),
        "interest_paise": reader.paise("plan.", plan, "interestAmount"),
        "starts_on": reader.day("plan.", plan, "startDate"),
    }


def _account(reader: Reader, body: Document) -> dict[str, object]:
    held = inner(inner(body, "account"), "data")
    return {
        **_dated(reader, body),
        **_applied(reader, body),
        "kind": "account",
        "masked_number": reader.text("account.", held, "maskedAccountNumber"),
        "ifsc": reader.text("account.", held, "accountIFSC"),
        "holder": reader.text("account.", held, "accountHolderName"),
    }


def _loan(reader: Reader, body: Document) -> dict[str, object]:
    told = inner(body, "loanDetails")
    return {
        **_dated(reader, body),
        **_applied(reader, told),
        "kind": "loan",
        "loan": reader.needed_text("loanDetails.", told, "loanId"),
        "starts_on": reader.day("loanDetails.", told, "startDate"),
        "ends_on": reader.day("loanDetails.", told, "endDate"),
        "pan": _borrower(reader, told.get("borrower"))["pan"],
        **_sums(reader, inner(inner(told, "offer"), "terms")),
    }


def _payment(reader: Reader, body: Document) -> dict[str, object]:
    payment = inner(body, "payment")
    dated = _dated(reader, body)
    outcome = reader.needed_enum("payment.", payment, "status", _OUTCOMES)
    side = "CREDIT" if "loanApplicationStatus" in body else "DEBIT"
    return {
        **dated,
        "kind": "payment",
        "on": reader.day("payment.", payment, "date") or dated["on"],
        "loan": reader.needed_text("", body, "loanId"),
        "application": reader.text("", body, "loanApplicationId"),
        "status": reader.enum("", body, "loanApplicationStatus", APPLICATION_STATUSES),
        "loan_status": reader.enum("", body, "loanStatus", LOAN_STATUSES),
        "payment": reader.needed_text("payment.", payment, "id"),
        "outcome": outcome,
        "method": reader.enum("payment.", payment, "paymentMethodType", METHODS),
        "instalment_no": reader.count("payment.", payment, "installmentNumber"),
        "reference": reader.text("payment.", payment, "txnRefNo"),
        "description": reader.text("payment.", payment, "description"),
        "direction": side if outcome == "SUCCESS" else None,
        "amount_paise": reader.needed_paise("payment.", payment, "totalAmount"),
        "principal_paise": reader.paise("payment.", payment, "principal"),
        "interest_paise": reader.paise("payment.", payment, "interestAmount"),
    }


def _transaction(reader: Reader, body: Document) -> dict[str, object]:
    line = inner(body, "accountStatement")
    side = reader.needed_enum("accountStatement.", line, "type", tuple(_SIDES))
    return {
        "kind": "transaction",
        "at": reader.moment("metadata.", inner(body, "metadata"), "timestamp"),
        "on": reader.needed_day("accountStatement.", line, "date"),
        "loan": reader.needed_text("", body, "loanId"),
        "loan_status": reader.needed_enum("", body, "loanStatus", LOAN_STATUSES),
        "narration": reader.text("accountStatement.", line, "narration"),
        "reference": reader.needed_text("accountStatement.", line, "txnRefNo"),
        "direction": _SIDES[side],
        "amount_paise": reader.needed_paise("accountStatement.", line, "amount"),
        "balance_paise": reader.paise("accountStatement.", line, "closingBalance"),
    }


def _summary(reader: Reader, body: Document) -> dict[str, object]:
    summed = inner(body, "summary")
    following = inner(summed, "nextRepayment")
    needed = {
        "disbursed_paise": "amountDisbursed",
        "repaid_paise": "amountRepaid",
        "principal_paid_paise": "principalPaid",
        "interest_paid_paise": "interestPaid",
        "principal_pending_paise": "principalPending",
        "interest_pending_paise": "interestPending",
    }
    return {
        **_dated(reader, body),
        "kind": "summary",
        "loan": reader.needed_text("", body, "loanId"),
        "loan_status": reader.needed_enum("", body, "loanStatus", LOAN_STATUSES),
        "starts_on": reader.day("", body, "startDate"),
        "ends_on": reader.day("", body, "endDate"),
        "description": reader.text("summary.", summed, "description"),
        **{name: reader.needed_paise("summary.", summed, told) for name, told in needed.items()},
        "penalty_paid_paise": reader.paise("summary.", summed, "penaltyPaid"),
        "next_paise": reader.paise("summary.nextRepayment.", following, "totalAmount"),
        "next_on": reader.day("summary.nextRepayment.", following, "date"),
    }


_TellsOf = Callable[[Reader, Document], dict[str, object]]
_KINDS: Mapping[str, tuple[frozenset[str], _TellsOf]] = {
    "loanApplications": (frozenset(), _application),
    "plan": (_NAMED | {"paymentMethod", "useCollectionSupport"}, _plan),
    "account": (
        _NAMED
        | {
            "isWorkingCapitalUndertakingDone",
            "hasOtherWorkingCapitalAccount",
            "isWorkingCapitalAccount",
            "otherWorkingCapitalAccounts",
        },
        _account,
    ),
    "loanDetails": (frozenset(), _loan),
    "payment": (_NAMED | {"loanStatus", "paymentMethod"}, _payment),
    "accountStatement": (frozenset({"loanId", "loanStatus"}), _transaction),
    "summary": (
        frozenset({"loanId", "loanStatus", "lenderAccount", "createdDate", "startDate", "endDate"}),
        _summary,
    ),
}
