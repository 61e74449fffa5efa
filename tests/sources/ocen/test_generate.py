"""Lenders tell of each loan what the bank tells of it, in published shapes, and nothing that has not happened."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from json import loads

import pytest

from generators.loans import Loan
from generators.world import Business, Look
from kit.chance import Stream
from kit.facets import Direction
from kit.money import paise_from_rupees
from kit.period import ist_day, parse_moment
from kit.scope import DataFilter, DateRange
from kit.source import Document
from tests.sources import given
from tests.sources.ocen import published
from tests.sources.ocen.messages import at, part

SEEDS = range(1, 9)
LEAVES = {"REJECTED", "CANCELLED"}
STRAIGHT = (
    "CREATED PROCESSING CONSENT_INITIATED CONSENT_RECEIVED OFFERED OFFER_ACCEPTED KYC_INITIATED KYC_COMPLETED"
    " LOAN_AGREEMENT_INITIATED LOAN_AGREEMENT_COMPLETED REPAYMENT_SETUP_INITIATED REPAYMENT_SETUP_COMPLETED"
    " SET_DISBURSEMENT_ACCOUNT_INITIATED SET_DISBURSEMENT_ACCOUNT_COMPLETED GRANTED DISBURSEMENT_INITIATED"
    " DISBURSEMENT_COMPLETED CLOSED"
).split()
DETOURS = {("CONSENT_RECEIVED", "ACTION_REQUIRED"), ("ACTION_REQUIRED", "OFFERED")} | {
    ("KYC_INITIATED", "KYC_FAILED"),
    ("KYC_FAILED", "KYC_INITIATED"),
}
MAY_FOLLOW = set(zip(STRAIGHT, STRAIGHT[1:], strict=False)) | DETOURS


@cache
def _messages(seed: int) -> tuple[Document, ...]:
    lines = given.delivered("ocen", given.business(seed), seed=seed)[0]["ENTITY"]
    return tuple(loads(line, parse_float=Decimal) for line in lines)


def _of(seed: int, shape: str) -> list[Document]:
    return [one for one in _messages(seed)[1:] if published.shape_of(one) == shape]


def _all(shape: str) -> list[Document]:
    return [one for seed in SEEDS for one in _of(seed, shape)]


def _paise(value: object) -> int:
    assert isinstance(value, str | int | Decimal)
    return paise_from_rupees(value)


def _loan(business: Business, document: str) -> Loan:
    loan_id = document.split("/")[0]
    return next(loan for loan in business.loans.loans if loan.id == loan_id)


def test_every_message_has_its_published_shape() -> None:
    seen: set[str] = set()
    for seed in SEEDS:
        for line in given.delivered("ocen", given.business(seed), seed=seed)[0]["ENTITY"][1:]:
            message: Document = loads(line)
            shape = published.shape_of(message)
            assert published.accepts(shape)(message), (seed, shape)
            seen.add(shape)
    assert seen == set(published.MESSAGES)


def test_a_shape_notices_what_is_missing_or_misspelt() -> None:
    message = loads(given.delivered("ocen", given.business())[0]["ENTITY"][1])
    shape = published.shape_of(message)
    assert published.accepts(shape)(message)
    for name in published.MESSAGES[shape]["required"]:  # type: ignore[attr-defined]
        assert not published.accepts(shape)({key: told for key, told in message.items() if key != name})


@cache
def _trails() -> tuple[tuple[str, ...], ...]:
    trails: dict[str, list[str]] = defaultdict(list)
    for seed in SEEDS:
        for message in _messages(seed)[1:]:
            told = part(message, "loanApplications") or part(message, "loanDetails") or message
            if "loanApplicationStatus" in told:
                trails[str(told["loanApplicationId"])].append(str(told["loanApplicationStatus"]))
    return tuple(map(tuple, trails.values()))


def test_states_follow_each_other_in_order() -> None:
    for trail in _trails():
        for before, after in zip(trail, trail[1:], strict=False):
            if after in LEAVES:
                assert STRAIGHT.index("OFFERED") >= STRAIGHT.index(before), trail
            else:
                assert (before, after) in MAY_FOLLOW, trail
        assert not LEAVES & set(trail[:-1])
    assert {trail[-1] for trail in _trails()} >= LEAVES | {"CLOSED", "DISBURSEMENT_COMPLETED"}
    assert any("KYC_FAILED" in trail for trail in _trails())


def test_an_application_that_leaves_is_never_paid_out() -> None:
    left = [trail for trail in _trails() if trail[-1] in LEAVES]
    assert left and not any("DISBURSEMENT_COMPLETED" in trail or "GRANTED" in trail for trail in left)


def test_terms_add_up() -> None:
    offered = [part(part(one, "loanApplications"), "offers") for one in _all("answer")]
    for offer in filter(None, offered):
        terms = part(offer, "terms")
        kept = sum(_paise(at(terms, f"charges.{name}.data.amount")) for name in ("processing", "other"))
        plan = at(offer, "repayment.plans.0")
        assert isinstance(plan, dict)
        sanctioned, interest = _paise(terms["sanctionedAmount"]), _paise(terms["interestAmount"])
        assert sanctioned + interest == _paise(terms["totalRepayableAmount"]) == _paise(plan["totalAmount"])
        assert sanctioned - kept == _paise(terms["netDisbursedAmount"])
        assert sanctioned <= _paise(terms["requestedAmount"])
        assert terms["annualPercentageRate"] > terms["interestRate"]  # type: ignore[operator]


@pytest.mark.parametrize("seed", SEEDS)
def test_money_told_by_lenders_is_money_on_the_bank_account(seed: int) -> None:
    business = given.business(seed)
    banked = {
        event.document: (event.direction, event.amount_paise, event.at.date())
        for event in business.events(business.first, business.as_of)
        # A returned instalment leaves lines and a charge of the bank's own, each named after it.
        if re.fullmatch("OCEN-[0-9]+/[0-9]+", event.document)
    }
    told: dict[str, tuple[Direction, int, date]] = {}
    for message in (*_of(seed, "disbursal"), *_of(seed, "repayment")):
        payment = part(message, "payment")
        if payment["status"] == "SUCCESS":
            side = Direction.IN if "loanApplicationId" in message else Direction.OUT
            day = date.fromisoformat(str(payment["date"]))
            told[str(payment["txnRefNo"])] = side, _paise(payment["totalAmount"]), day
    stated = {
        str(line["txnRefNo"]): (
            Direction.IN if line["type"] == "WITHDRAWL" else Direction.OUT,
            _paise(line["amount"]),
            date.fromisoformat(str(line["date"])),
        )
        for line in (part(one, "accountStatement") for one in _of(seed, "accountStatement"))
    }
    assert told and told == stated == banked


def test_what_was_returned_is_told_as_failed_and_paid_later() -> None:
    returned = 0
    for seed in SEEDS:
        business = given.business(seed)
        payments = [part(one, "payment") for one in _of(seed, "repayment")]
        failed = sorted(
            (str(one["txnRefNo"]), str(one["date"])) for one in payments if one["status"] == "FAILURE"
        )
        assert failed == sorted(
            (document, day.isoformat())
            for document, passed in business.passed.items()
            for day in passed.returned_on
            if document.startswith("OCEN-") and business.first <= day <= business.as_of
        )
        returned += len(failed)
        later = {document for document, _ in failed}
        for one in payments:
            if one["status"] == "SUCCESS":
                assert (one["paymentMethodType"] == "NETBANKING") >= (one["txnRefNo"] in later)
    assert returned


@pytest.mark.parametrize("seed", SEEDS)
def test_paid_and_pending_make_the_whole(seed: int) -> None:
    business = given.business(seed)
    for message in _of(seed, "summary"):
        sums = {name: _paise(part(message, "summary")[name]) for name in published.SUMS.split()}
        paid = part(part(message, "summary"), "currentRepayment")
        loan = _loan(business, str(paid["txnRefNo"]))
        on = ist_day(parse_moment(str(at(message, "metadata.timestamp"))))
        assert sums["principalPaid"] + sums["interestPaid"] == sums["amountRepaid"]
        assert sums["amountRepaid"] == loan.paid_paise(business.passed, on)
        assert sums["principalPaid"] + sums["principalPending"] == loan.principal_paise
        assert sums["interestPaid"] + sums["interestPending"] == loan.interest_paise
        assert sums["amountDisbursed"] == loan.net_paise
        is_closed = sums["principalPending"] == 0
        assert is_closed == (message["loanStatus"] == "LOAN_CLOSED") and (is_closed or on == business.as_of)
        is_late = loan.days_past_due(business.passed, on) > 0
        assert is_late == (message["loanStatus"] in ("EMI_OVERDUE", "NPA"))


def test_a_statement_is_a_chain_that_ends_in_nothing() -> None:
    ends = 0
    for seed in SEEDS:
        lines: dict[str, list[Document]] = defaultdict(list)
        for message in _of(seed, "accountStatement"):
            lines[str(message["loanId"])].append(part(message, "accountStatement"))
        for told in lines.values():
            for before, line in zip(told, told[1:], strict=False):
                assert line["type"] == "DEPOSIT"
                assert _paise(before["closingBalance"]) - _paise(line["amount"]) == _paise(
                    line["closingBalance"]
                )
            ends += _paise(told[-1]["closingBalance"]) == 0
    assert ends


def test_nothing_is_told_that_has_not_happened_and_all_in_order_of_time() -> None:
    for seed in SEEDS:
        business = given.business(seed)
        moments = [parse_moment(str(at(one, "metadata.timestamp"))) for one in _messages(seed)[1:]]
        assert moments == sorted(moments)
        assert business.first <= ist_day(moments[0]) and ist_day(moments[-1]) <= business.as_of
        outcomes = [part(one, "payment")["status"] for one in _of(seed, "repayment")]
        assert set(outcomes) <= {"SUCCESS", "FAILURE"}


def test_every_request_is_known_by_a_number_of_its_own() -> None:
    numbers = [str(at(one, "metadata.requestId")) for seed in SEEDS for one in _messages(seed)[1:]]
    assert len(numbers) == len(set(numbers))
    # The last group of digits could else be read as a telephone.
    assert all(re.search(r"-[a-f][0-9a-f]{11}\Z", number) for number in numbers)


def _lines_between(first: date, last: date) -> list[bytes]:
    business = given.business(2)
    pull = given.pulls(business)["ENTITY"]._replace(range=DateRange(first, last))
    (parcel,) = given.answers("ocen", business, {"ENTITY": pull})
    return list(parcel.lines)


def test_a_smaller_question_gets_the_same_lines() -> None:
    everything = _lines_between(date(2020, 1, 1), given.AS_OF)[1:]
    first, last = date(2025, 6, 11), date(2025, 12, 19)
    inside = [
        line
        for line in everything
        if first.isoformat() <= str(at(loads(line), "metadata.timestamp"))[:10] <= last.isoformat()
    ]
    assert 0 < len(inside) < len(everything) and _lines_between(first, last)[1:] == inside


def test_a_later_look_tells_the_same_past() -> None:
    early = given.business(2, as_of=date(2025, 11, 20))
    told = {line for line in given.delivered("ocen", early)[0]["ENTITY"][1:] if b'"summary":{' not in line}
    later = set(given.delivered("ocen", given.business(2))[0]["ENTITY"])
    first = given.business(2).first.isoformat()
    kept = {line for line in told if str(at(loads(line), "metadata.timestamp"))[:10] >= first}
    assert len(kept) > 50 and kept <= later


def test_kinds_and_filters_narrow_what_is_told() -> None:
    business = given.business(2)
    pull = given.pulls(business)["ENTITY"]
    (parcel,) = given.answers("ocen", business, {"ENTITY": pull._replace(record_types=("summary",))})
    assert all("summary" in loads(line) for line in parcel.lines)
    large = (DataFilter("TRANSACTIONTYPE", "=", "DEBIT"), DataFilter("TRANSACTIONAMOUNT", ">", "50000"))
    kinds = ("transaction", "payment")
    (parcel,) = given.answers("ocen", business, {"ENTITY": pull._replace(record_types=kinds, filters=large)})
    lines = [part(loads(line), "accountStatement") for line in parcel.lines]
    told = [line for line in lines if line]
    assert told and all(line["type"] == "DEPOSIT" and _paise(line["amount"]) > 50_000_00 for line in told)


@cache
def _drawn() -> tuple[Business, ...]:
    look = Look(given.AS_OF, persona="drawn")
    return tuple(given.world().business(Stream(seed, "DRAWN"), "DRAWN", look) for seed in range(12))


def test_who_holds_no_such_loan_gets_an_envelope_alone() -> None:
    alone = 0
    for business in _drawn():
        for party, lines in given.delivered("ocen", business)[0].items():
            if party == "ENTITY" and business.firm.borrows_on_ocen:
                continue
            (line,) = lines
            envelope = loads(line)
            assert (envelope["from"], envelope["to"]) == ("", "")
            assert envelope["borrower"]["primaryId"] == business.party(party).pan
            alone += 1
    assert alone > len(_drawn())


def test_days_that_have_not_come_get_an_envelope_alone() -> None:
    business = given.business(2)
    late = given.pulls(business)["ENTITY"]._replace(
        range=DateRange(business.as_of + timedelta(days=5), business.as_of + timedelta(days=9))
    )
    (parcel,) = given.answers("ocen", business, {"ENTITY": late})
    (line,) = parcel.lines
    assert (loads(line)["from"], loads(line)["to"]) == ("", "")
