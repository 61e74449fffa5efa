"""The insurers as provider: they tell the policies of a party as they stand, and what was paid and received on them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple
from zlib import crc32

from generators.mess import Mess, Mistake, Shape
from generators.papers import Passed
from generators.policies import Benefit, Policy
from generators.soil import Expected
from generators.world import Business
from kit.chance import Stream
from kit.money import decimal_rupees
from kit.period import isoformat_ist
from kit.scope import DataFilter, DateRange
from kit.source import Document, Parcel, Pull
from sources.insurance._policy_lines import account_of, form_of, policy_line
from sources.insurance._standing import Held, held, is_in_force, paid
from sources.insurance._words import DIRECTIONS, SPELLED_MOVEMENT

PROVIDER = "BAHI-BIMA"
_BENEFITS = {
    Benefit.CLAIM: "CLAIM",
    Benefit.MONEY_BACK: "MONEY_BACK",
    Benefit.MATURITY: "FINAL_SETTLEMENT",
    Benefit.SURRENDER: "FINAL_SETTLEMENT",
}
_DAYS = ("policyStartDate", "policyExpiryDate", "nextPremiumDueDate", "maturityDate")


def _indian_days(document: Document, stream: Stream) -> str | None:
    """Gateways write the days of a policy from the day on."""
    summary = document["Summary"]
    if not isinstance(summary, dict):
        return None
    for name in _DAYS:
        told = summary.get(name)
        if isinstance(told, str) and len(told) == 10 and told[4] == "-":
            summary[name] = f"{told[8:]}-{told[5:7]}-{told[:4]}"
    return "Summary.policyStartDate"


def _holder_alone(document: Document, stream: Stream) -> str | None:
    """A single holder comes as an object instead of a list of one."""
    profile = document["Profile"]
    holders = profile.get("Holders") if isinstance(profile, dict) else None
    listed = holders.get("Holder") if isinstance(holders, dict) else None
    if not isinstance(holders, dict) or not isinstance(listed, list):
        return None
    holders["Holder"] = listed[0]
    return "Profile.Holders.Holder"


POLICY_SHAPE = Shape(
    amounts=("Summary.sumAssured", "Summary.premiumAmount"),
    days=(),
    moments=(),
    enums=("Summary.policyType", "Summary.premiumFrequency", "Summary.policyStatus"),
    texts=("Summary.policyName",),
    needed=("linkedAccRef", "Summary.sumAssured"),
    mistakes=(
        Mistake("POLICY_DAYS_INDIAN", Expected.RESTORED, _indian_days),
        Mistake("POLICY_HOLDER_ALONE", Expected.RESTORED, _holder_alone),
    ),
    spare=("Summary.premiumAmount", "Summary.policyStatus"),
)
TRANSACTION_SHAPE = Shape(
    amounts=("amount",),
    days=(),
    moments=("txnDate",),
    enums=("type",),
    texts=("narration",),
    needed=("linkedAccRef", "type", "amount", "txnDate"),
    spare=("narration",),
    account="linkedAccRef",
)


class _Movement(NamedTuple):
    """One movement on a policy before it is written; it sorts by day."""

    on: date
    txn_id: str
    account: str
    form: str
    type: str
    paise: int
    narration: str


def generate(business: Business, pull: Mapping[str, Pull], stream: Stream, mess: Mess) -> Iterator[Parcel]:
    """Answer for each party asked about: an envelope, its policies, then what moved inside the days asked for."""
    for party_id in sorted(pull):
        business.party(party_id)
        documents = _documents(business, party_id, pull[party_id])
        noise = stream.branch("mess", party_id, pull[party_id].range.last.isoformat())
        yield Parcel(party_id, mess.soiled(documents, _shape, noise, party_id))


def _shape(document: Document) -> Shape | None:
    shapes = {"policy": POLICY_SHAPE, "transaction": TRANSACTION_SHAPE}
    return shapes.get(str(document["kind"]))


def _documents(business: Business, party_id: str, pull: Pull) -> Iterator[Document]:
    days = DateRange(max(pull.range.first, business.first), min(pull.range.last, business.as_of))
    policies = [one for one in business.covers.policies if one.party == party_id]
    found = [(one, list(held(one, business.passed, business.as_of))) for one in policies]
    lines = [one for _, held_lines in found for one in held_lines]
    if "envelope" in pull.record_types:
        yield _envelope(business, party_id, pull, is_known=bool(lines))
    if "policy" in pull.record_types:
        yield from _told(business, party_id, lines, days)
    if "transaction" in pull.record_types:
        moves = [move for one, held_lines in found for move in _movements(one, held_lines, business)]
        yield from _moved_in(days, moves, pull.filters)


def _moved_in(days: DateRange, moves: list[_Movement], filters: tuple[DataFilter, ...]) -> Iterator[Document]:
    """Those inside the days and filters, in order of time."""
    for move in sorted(moves):
        if days.first <= move.on <= days.last and _passes(move, filters):
            yield _transaction(move)


def _told(business: Business, party_id: str, lines: list[Held], days: DateRange) -> Iterator[Document]:
    """The policies that touch the days, in order of their own."""
    touched = [one for one in lines if _touches(one, days)]
    for one in sorted(touched, key=lambda one: (one.first, account_of(one))):
        insurer = business.counterparties[one.policy.insurer].name
        yield policy_line(one, business.party(party_id), insurer)


def _envelope(business: Business, party_id: str, pull: Pull, *, is_known: bool) -> Document:
    party = business.party(party_id)
    first, last = max(pull.range.first, business.first), min(pull.range.last, business.as_of)
    is_answered = is_known and first <= last
    return {
        "kind": "envelope",
        "ver": "1.0.0",
        "fipID": PROVIDER,
        "name": party.legal_name,
        "pan": party.pan,
        "from": first.isoformat() if is_answered else "",
        "to": last.isoformat() if is_answered else "",
        "sentAt": isoformat_ist(pull.answered_at),
    }


def _touches(one: Held, days: DateRange) -> bool:
    return min(one.first, one.issued_on) <= days.last and days.first <= one.term.last


def _movements(policy: Policy, lines: list[Held], business: Business) -> Iterator[_Movement]:
    """What moved on a policy so far; a claim of a year nobody paid for stands on the year before."""
    if not lines:
        return
    passed, last = business.passed, business.as_of
    by_number = {one.term.number: one for one in lines}
    yield from _premiums(policy, lines, passed, last)
    for payout in policy.payouts:
        became, line = passed.get(payout.document), by_number.get(payout.term, lines[-1])
        if became is not None and became.paid_on is not None:
            words = f"{payout.benefit.replace('_', ' ')} PAID"
            kind = _BENEFITS[payout.benefit]
            yield _moved(line, (became.paid_on, payout.document), kind, payout.paise, words)
    for bonus in policy.bonuses:
        if bonus.on <= last and is_in_force(policy, passed, bonus.on):
            document = f"{policy.id}/BONUS-{bonus.on.year}"
            yield _moved(lines[0], (bonus.on, document), "BONUS", bonus.paise, "REVERSIONARY BONUS")


def _premiums(
    policy: Policy, lines: list[Held], passed: Mapping[str, Passed], last: date
) -> Iterator[_Movement]:
    for one in paid(policy, passed, last):
        document = one.premium.document
        if not document:
            continue
        line = _line_of(lines, one.place)
        is_renewal = policy.ends_on is None and one.place == line.term.before_n > 0
        kind = "RENEWAL" if is_renewal else "PREMIUM_PAYMENT"
        words = f"PREMIUM RECEIVED BY {policy.rail} DUE {one.premium.due_on.isoformat()}"
        yield _moved(line, (one.on, document), kind, one.premium.paise, words)
    for premium in policy.premiums:
        fee = passed.get(premium.late_document) if premium.late_paise else None
        if fee is not None and fee.paid_on is not None:
            place = (fee.paid_on, premium.late_document)
            yield _moved(lines[0], place, "LATE_FEES", premium.late_paise, "INTEREST ON DELAYED PREMIUM")


def _line_of(lines: list[Held], place: int) -> Held:
    """The year an instalment belongs to."""
    return next((one for one in reversed(lines) if one.term.before_n <= place), lines[0])


def _moved(line: Held, place: tuple[date, str], kind: str, paise: int, words: str) -> _Movement:
    on, document = place
    txn_id = f"{line.policy.number}/{document.partition('/')[2]}"
    return _Movement(on, txn_id, account_of(line), form_of(line), kind, paise, words)


def _passes(move: _Movement, filters: tuple[DataFilter, ...]) -> bool:
    """Filters speak of movements of money, and a bonus is none."""
    direction = DIRECTIONS.get(move.type)
    return direction is None or all(rule.passes(direction, move.paise) for rule in filters)


def _transaction(move: _Movement) -> Document:
    return {
        "kind": "transaction",
        "fiType": move.form.upper(),
        "linkedAccRef": move.account,
        "txnId": move.txn_id,
        "txnDate": f"{move.on.isoformat()}T{_clock(move.txn_id)}+05:30",
        "narration": move.narration,
        "type": SPELLED_MOVEMENT[move.form].get(move.type, move.type),
        "amount": decimal_rupees(move.paise),
    }


def _clock(txn_id: str) -> str:
    """Insurers book in office hours."""
    second = 10 * 3600 + crc32(txn_id.encode()) % (7 * 3600)
    return f"{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}"
