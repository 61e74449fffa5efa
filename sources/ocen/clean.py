"""From OCEN messages to records: each is read by the part that tells its kind, and one requestId is one message."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from kit.errors import RecordError
from kit.fields import amount_paise
from kit.ident import gstin_grade, ifsc_grade, masked, pan_grade
from kit.plain import Parsed, held_together
from kit.source import Document, Item, Json, Outcome, Tables
from sources.ocen import _known_fields as known
from sources.ocen._joined import Known
from sources.ocen._reading import Reader, inner, several, udyam_grade
from sources.ocen._statuses import APPLICATION_STATUSES, LOAN_STATUSES
from sources.ocen.records import METHODS

_TellsOf = Callable[[Reader, Document], dict[str, object]]
_ENVELOPE = {"kind", "version", "originatorOrgId", "sentAt", "from", "to", "borrower"}
_OUTCOMES = ("SUCCESS", "FAILURE", "PENDING_AUTH")
_FREQUENCIES = ("MONTHLY", "WEEKLY", "QUARTERLY", "HALF_YEARLY", "YEARLY")
_SIDES = {"WITHDRAWL": "CREDIT", "DEPOSIT": "DEBIT"}
_COMMON = frozenset({"metadata", "productData", "response", "requestId", "orgId", "extensibleData"})
_NAMED = frozenset({"loanApplicationId", "loanApplicationStatus", "loanId"})
# What the steps of an application carry besides its new state.
_OF_STEPS = frozenset({"kyc", "loanAgreement", "credBlock"})


def clean(items: Iterable[Item], tables: Tables) -> Iterator[Outcome]:
    """Give every item exactly one outcome, in an order decided by content; what only several tell is held together."""
    return held_together(items, tables, _parsed, _readable, Known())


def _readable(body: Document) -> int | None:
    """Count the money of a payment or of all lines of a statement; with one unread, nobody knows."""
    listed = body.get("payment", body.get("accountStatement"))
    parts = [one for one in (listed if isinstance(listed, list) else [listed]) if isinstance(one, dict)]
    read = [amount_paise(one.get("totalAmount", one.get("amount")))[0] for one in parts]
    found = [paise for paise in read if paise is not None]
    return sum(found) if parts and len(found) == len(parts) else None


def _parsed(item: Item, body: Document) -> Parsed:
    reader = Reader(item.ref)
    if body.get("kind") == "envelope":
        return _envelope(reader, body)
    for part, (own, told_of) in _KINDS.items():
        if part in body:
            if several(body, part):
                raise RecordError(
                    "MESSAGE_HOLDS_SEVERAL", "a line tells several, and can be the record of one"
                )
            return _message(reader, body, _COMMON | own | {part}, told_of)
    if "loanApplicationStatus" in body:
        return _message(reader, body, _COMMON | _NAMED | _OF_STEPS, _step)
    raise RecordError("KIND_UNKNOWN", "a line is of no kind that lenders send")


def _message(reader: Reader, body: Document, own: frozenset[str], told_of: _TellsOf) -> Parsed:
    """Read a message; the first schemas write its request and sender beside the metadata."""
    reader.unknown(body, own)
    beside: dict[str, Json] = {name: body[name] for name in body if name in ("requestId", "orgId")}
    metadata = {**beside, **inner(body, "metadata")}
    reader.unknown(metadata, known.METADATA, "metadata.")
    request = reader.needed_text("metadata.", metadata, "requestId")
    lender = reader.text("metadata.", metadata, _either(metadata, "originatorOrgId", "orgId"))
    told = {"lender": lender} | told_of(reader, body) | {"extra": reader.extra}
    moved = told.get("amount_paise")
    paise = moved if isinstance(moved, int) else None
    return Parsed([request], told, paise, tuple(reader.findings))


def _envelope(reader: Reader, body: Document) -> Parsed:
    reader.unknown(body, _ENVELOPE)
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
    told |= {"on": told["covered_to"], "extra": reader.extra}
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
    reader.unknown(borrower, known.BORROWER, "borrower.")
    pan = reader.text("borrower.", borrower if is_pan else {}, "primaryId")
    gstin = reader.text("borrower.", others, "GSTIN")
    udyam = reader.text("borrower.", others, "UDYAM")
    return {
        "name": reader.text("borrower.", borrower, "name"),
        "pan": reader.graded("borrower.primaryId", pan, pan_grade(pan)),
        "gstin": reader.graded("borrower.GSTIN", gstin, gstin_grade(gstin)),
        "udyam": reader.graded("borrower.UDYAM", udyam, udyam_grade(udyam)),
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
    reader.unknown(one, known.APPLICATION, "loanApplications.")
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


def _step(reader: Reader, body: Document) -> dict[str, object]:
    """A step that tells only the state an application has come to."""
    nobody = dict.fromkeys(("name", "pan", "gstin", "udyam", "requested_paise", "reason", "description"))
    return {"kind": "application", **_dated(reader, body), **_applied(reader, body), **nobody}


def _offer(reader: Reader, one: Mapping[str, Json]) -> dict[str, object]:
    if several(one, "offers"):
        raise RecordError(
            "MESSAGE_HOLDS_SEVERAL", "a line tells several offers, and can be the record of one"
        )
    offer = inner(one, "offers")
    terms = inner(offer, "terms")
    reader.unknown(offer, known.OFFER, "offers.")
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
    reader.unknown(terms, known.TERMS, "terms.")
    sanctioned = reader.needed_paise("terms.", terms, "sanctionedAmount")
    total = _either(terms, "totalRepayableAmount", "totalAmount")
    repayable = reader.paise("terms.", terms, total)
    interest, _ = amount_paise(terms.get("interestAmount"))
    _summed(reader, f"terms.{total}", terms.get(total), (repayable, (sanctioned, interest)))
    return {
        "sanctioned_paise": sanctioned,
        "net_paise": reader.paise("terms.", terms, "netDisbursedAmount"),
        "repayable_paise": repayable,
    }


def _summed(
    reader: Reader, field: str, stated: Json, sums: tuple[int | None, tuple[int | None, ...]]
) -> None:
    """Note a total that is not the sum of its parts; what is unknown is not held against it."""
    total, parts = sums
    found = [paise for paise in parts if paise is not None]
    if total is not None and len(found) == len(parts) and total != sum(found):
        reader.doubt(field, "SUM_DIFFERS", stated)


def _optional(told: Mapping[str, Json], *names: str) -> tuple[int | None, ...]:
    """Amounts that count nothing where they are not told."""
    return tuple(amount_paise(told[name])[0] for name in names if told.get(name) not in (None, ""))


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
    reader.unknown(plan, known.PLAN, "plan.")
    total = reader.needed_paise("plan.", plan, "totalAmount")
    principal = reader.paise("plan.", plan, "principal")
    interest = reader.paise("plan.", plan, "interestAmount")
    parts = (principal, interest, *_optional(plan, "penalty"))
    _summed(reader, "plan.totalAmount", plan.get("totalAmount"), (total, parts))
    return {
        **_dated(reader, body),
        **_applied(reader, body),
        "kind": "plan",
        "plan": reader.needed_text("plan.", plan, "id"),
        "method": reader.enum("paymentMethod.", inner(body, "paymentMethod"), "type", METHODS),
        "instalments_n": reader.count("plan.", plan, _either(plan, "noOfInstallment", "noOfInstallments")),
        "frequency": reader.enum("plan.", plan, "frequency", _FREQUENCIES),
        "total_paise": total,
        "principal_paise": principal,
        "interest_paise": interest,
        "starts_on": reader.day("plan.", plan, "startDate"),
    }


def _account(reader: Reader, body: Document) -> dict[str, object]:
    """The account a loan is paid into; of a number told in full only the last digits are kept."""
    account = inner(body, "account")
    held = inner(account, "data")
    reader.unknown(account, known.ACCOUNT, "account.")
    reader.unknown(held, known.HELD, "account.data.")
    number = reader.text("account.", held, _either(held, "maskedAccountNumber", "accountNumber"))
    ifsc = reader.text("account.", held, "accountIFSC")
    return {
        **_dated(reader, body),
        **_applied(reader, body),
        "kind": "account",
        "masked_number": number if number is None or "maskedAccountNumber" in held else masked(number),
        "ifsc": reader.graded("account.accountIFSC", ifsc, ifsc_grade(ifsc)),
        "holder": reader.text("account.", held, "accountHolderName"),
    }


def _loan(reader: Reader, body: Document) -> dict[str, object]:
    told = inner(body, "loanDetails")
    reader.unknown(told, known.LOAN, "loanDetails.")
    terms = inner(inner(told, "offer"), "terms") or inner(told, "terms")
    return {
        **_dated(reader, body),
        **_applied(reader, told),
        "kind": "loan",
        "loan": reader.needed_text("loanDetails.", told, "loanId"),
        "starts_on": reader.day("loanDetails.", told, "startDate"),
        "ends_on": reader.day("loanDetails.", told, "endDate"),
        "pan": _borrower(reader, told.get("borrower"))["pan"],
        **_sums(reader, terms),
    }


def _payment(reader: Reader, body: Document) -> dict[str, object]:
    payment = inner(body, "payment")
    reader.unknown(payment, known.PAYMENT, "payment.")
    dated = _dated(reader, body)
    total = reader.needed_paise("payment.", payment, "totalAmount")
    principal = reader.paise("payment.", payment, "principal")
    interest = reader.paise("payment.", payment, "interestAmount")
    parts = (principal, interest, *_optional(payment, "fee", "penalty"))
    _summed(reader, "payment.totalAmount", payment.get("totalAmount"), (total, parts))
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
        "amount_paise": total,
        "principal_paise": principal,
        "interest_paise": interest,
    }


def _transaction(reader: Reader, body: Document) -> dict[str, object]:
    line = inner(body, "accountStatement")
    reader.unknown(line, known.LINE, "accountStatement.")
    # The first schemas state no standing of the loan here; one that is stated has to be known.
    has_standing = "loanStatus" in body
    standing = reader.needed_enum("", body, "loanStatus", LOAN_STATUSES) if has_standing else None
    side = reader.needed_enum("accountStatement.", line, "type", tuple(_SIDES))
    return {
        "kind": "transaction",
        "at": reader.moment("metadata.", inner(body, "metadata"), "timestamp"),
        "on": reader.needed_day("accountStatement.", line, "date"),
        "loan": reader.needed_text("", body, "loanId"),
        "loan_status": standing,
        "narration": reader.text("accountStatement.", line, "narration"),
        "reference": reader.needed_text("accountStatement.", line, "txnRefNo"),
        "direction": _SIDES[side],
        "amount_paise": reader.needed_paise("accountStatement.", line, "amount"),
        "balance_paise": reader.paise("accountStatement.", line, "closingBalance"),
    }


def _summary(reader: Reader, body: Document) -> dict[str, object]:
    summed = inner(body, "summary")
    reader.unknown(summed, known.SUMMARY, "summary.")
    following = inner(summed, "nextRepayment")
    needed = {
        "disbursed_paise": "amountDisbursed",
        "repaid_paise": "amountRepaid",
        "principal_paid_paise": "principalPaid",
        "interest_paid_paise": "interestPaid",
        "principal_pending_paise": "principalPending",
        "interest_pending_paise": "interestPending",
    }
    sums = {name: reader.needed_paise("summary.", summed, told) for name, told in needed.items()}
    penalty = reader.paise("summary.", summed, "penaltyPaid")
    paid = (sums["principal_paid_paise"], sums["interest_paid_paise"], penalty or 0)
    repaid = sums["repaid_paise"]
    _summed(reader, "summary.amountRepaid", summed.get("amountRepaid"), (repaid, paid))
    return {
        **_dated(reader, body),
        "kind": "summary",
        "loan": reader.needed_text("", body, "loanId"),
        "loan_status": reader.needed_enum("", body, "loanStatus", LOAN_STATUSES),
        "starts_on": reader.day("", body, "startDate"),
        "ends_on": reader.day("", body, "endDate"),
        "description": reader.text("summary.", summed, "description"),
        **sums,
        "penalty_paid_paise": penalty,
        "next_paise": reader.paise("summary.nextRepayment.", following, "totalAmount"),
        "next_on": reader.day("summary.nextRepayment.", following, "date"),
    }


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
