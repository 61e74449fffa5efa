"""The consent artefact as ReBIT 2.x writes it, and the state machine it moves through."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from kit.errors import CallerError, Conflict
from kit.ident import CustomerId
from kit.period import Unit, add_span, ist_day
from kit.scope import DataFilter, DateRange
from kit.source import Channel

VERSION = "2.0.0"
CONSENT_TYPES = ("PROFILE", "SUMMARY", "TRANSACTIONS")
DEPOSIT_TYPES = ("DEPOSIT", "TERM_DEPOSIT", "RECURRING_DEPOSIT")
FUND_TYPES = ("SIP", "EQUITIES", "MUTUAL_FUNDS", "ETF", "IDR", "CIS", "AIF", "INVIT", "REIT")
INSURANCE_TYPES = ("INSURANCE_POLICIES", "LIFE_INSURANCE", "GENERAL_INSURANCE")
_DEBT_TYPES = ("CP", "GOVT_SECURITIES", "BONDS", "DEBENTURES")
FI_TYPES = frozenset(
    (*DEPOSIT_TYPES, *FUND_TYPES, *INSURANCE_TYPES, *_DEBT_TYPES, "NPS", "GSTR1_3B", "OTHER")
)


class State(StrEnum):
    """Where a consent stands."""

    PENDING = "PENDING"
    ACTIVE = "ACTIVE"
    REJECTED = "REJECTED"
    FAILED = "FAILED"
    PAUSED = "PAUSED"
    REVOKED = "REVOKED"
    EXPIRED = "EXPIRED"


class Event(StrEnum):
    """What can happen to a consent."""

    APPROVE = "APPROVE"
    REJECT = "REJECT"
    FAIL = "FAIL"
    PAUSE = "PAUSE"
    RESUME = "RESUME"
    REVOKE = "REVOKE"
    EXPIRE = "EXPIRE"


_MOVES = {
    (State.PENDING, Event.APPROVE): State.ACTIVE,
    (State.PENDING, Event.REJECT): State.REJECTED,
    (State.PENDING, Event.FAIL): State.FAILED,
    (State.ACTIVE, Event.PAUSE): State.PAUSED,
    (State.ACTIVE, Event.REVOKE): State.REVOKED,
    (State.ACTIVE, Event.EXPIRE): State.EXPIRED,
    (State.PAUSED, Event.RESUME): State.ACTIVE,
    (State.PAUSED, Event.REVOKE): State.REVOKED,
    (State.PAUSED, Event.EXPIRE): State.EXPIRED,
}


def after(state: State, event: Event) -> State:
    """Give the state that follows; a pair the machine does not know is a Conflict."""
    following = _MOVES.get((state, event))
    if following is None:
        possible = ", ".join(known for at, known in _MOVES if at is state) or "nothing, this state is final"
        raise Conflict(
            "CONSENT_STATE",
            f"A consent that is {state} cannot {event.lower()}.",
            hint=f"Possible from {state}: {possible}.",
        )
    return following


class Mode(StrEnum):
    """What the lender may do with what it receives."""

    VIEW = "VIEW"
    STORE = "STORE"
    QUERY = "QUERY"
    STREAM = "STREAM"


class FetchType(StrEnum):
    """Whether data may be fetched once or again and again."""

    ONETIME = "ONETIME"
    PERIODIC = "PERIODIC"


class Quantity(NamedTuple):
    """So many of a unit, as DataLife, Frequency and the fair-use rows write it; no unit is ReBIT's INF."""

    unit: Unit | None
    value: int

    def __str__(self) -> str:
        """Write it as 31 DAY, or INF."""
        return f"{self.value} {self.unit}" if self.unit else "INF"

    def end_from(self, moment: datetime) -> datetime:
        """Count it from a moment on the Indian calendar; INF has no end and must not be asked."""
        if self.unit is None:
            raise ValueError("INF has no end")
        return add_span(moment, self.unit, self.value)


INF = Quantity(None, 0)


class Entity(NamedTuple):
    """A DataConsumer (FIU, USER, AA) or DataProvider (FIP, AA)."""

    id: str
    type: str


class Identifier(NamedTuple):
    """One identifier of the customer towards the aggregator: MOBILE, EMAIL or OTHERS."""

    type: str
    value: str


class Purpose(NamedTuple):
    """The purpose code 101–105 with the text that must be shown exactly."""

    code: int
    ref_uri: str
    text: str
    category: str


class Account(NamedTuple):
    """One linked account; an empty list means every account the customer has linked."""

    fi_type: str
    fip_id: str
    acc_type: str
    link_ref_number: str
    masked_acc_number: str


class Moments(NamedTuple):
    """FIDataRange: two moments."""

    first: datetime
    last: datetime

    def days(self) -> DateRange:
        """Keep the days in India that lie wholly inside; the last minute of a day may be cut off."""
        day, minute = timedelta(days=1), timedelta(minutes=1)
        return DateRange(ist_day(self.first - timedelta.resolution) + day, ist_day(self.last + minute) - day)


class Detail(NamedTuple):
    """SignedConsentDetail: what the customer agreed to; it cannot change, a change is another consent."""

    start: datetime
    expiry: datetime
    mode: Mode
    fetch_type: FetchType
    consent_types: tuple[str, ...]
    fi_types: tuple[str, ...]
    consumer: Entity
    provider: Entity
    customer_vua: str
    identifiers: tuple[Identifier, ...]
    purpose: Purpose
    range: Moments
    data_life: Quantity
    frequency: Quantity
    filters: tuple[DataFilter, ...]
    accounts: tuple[Account, ...]


class Coverage(NamedTuple):
    """One source the artefact opens, and which of its record types."""

    source: str
    record_types: tuple[str, ...]


class Artefact(NamedTuple):
    """One consent for one party over one channel, with the signed form as it was received."""

    id: str
    customer: CustomerId
    party: str
    channel: Channel
    covers: tuple[Coverage, ...]
    detail: Detail
    handle: str
    txnid: str
    created_at: datetime
    signed_consent: str
    ver: str = VERSION

    @property
    def purpose(self) -> int:
        """The purpose code alone."""
        return self.detail.purpose.code

    def sources(self) -> tuple[str, ...]:
        """Name the sources this artefact opens."""
        return tuple(cover.source for cover in self.covers)


def checked(artefact: Artefact) -> Artefact:
    """Refuse an artefact that contradicts itself or the ReBIT enumerations."""
    found = faults(artefact)
    if found:
        raise CallerError(
            "ARTEFACT_INVALID",
            f"The consent artefact is not valid: {'; '.join(found)}.",
            hint="Ask for another consent; an artefact cannot be repaired.",
        )
    return artefact


def faults(artefact: Artefact) -> tuple[str, ...]:
    """List what is wrong, each naming its ReBIT attribute."""
    detail = artefact.detail
    found = [*_time_faults(detail), *_type_faults(artefact), *_amount_faults(detail)]
    found += [
        f"DataFilter {n}: {why}" for n, rule in enumerate(detail.filters) if (why := filter_fault(rule))
    ]
    return tuple(found)


def _time_faults(detail: Detail) -> list[str]:
    found = []
    if detail.expiry <= detail.start:
        found.append("consentExpiry is not after consentStart")
    if detail.range.last < detail.range.first:
        found.append("FIDataRange ends before it begins")
    return found


def _type_faults(artefact: Artefact) -> list[str]:
    detail = artefact.detail
    found = []
    if not detail.consent_types or not set(detail.consent_types) <= set(CONSENT_TYPES):
        found.append("consentTypes must be some of " + ", ".join(CONSENT_TYPES))
    if artefact.channel is Channel.AA and not (detail.fi_types and set(detail.fi_types) <= FI_TYPES):
        found.append("fiTypes must name at least one known FI type")
    if detail.purpose.code not in range(101, 106):
        found.append("Purpose code must be 101 to 105")
    if detail.consumer.type not in ("FIU", "USER", "AA"):
        found.append("DataConsumer type must be FIU, USER or AA")
    if detail.provider.type not in ("FIP", "AA"):
        found.append("DataProvider type must be FIP or AA")
    return found


def _amount_faults(detail: Detail) -> list[str]:
    found = []
    life, frequency = detail.data_life, detail.frequency
    if life.unit is Unit.HOUR or life.value < 0:
        found.append("DataLife must be a number of DAY, MONTH or YEAR, or INF")
    if life.unit is None and life.value != 0:
        found.append("DataLife INF must have value 0")
    if (life != Quantity(life.unit, 0) or life == INF) != (detail.mode is Mode.STORE):
        found.append("DataLife must be above 0, or INF, for consentMode STORE, and 0 for any other")
    if (frequency.value <= 0) != (frequency.unit is None):
        found.append("Frequency must be at least 1 of its unit, or INF with value 0")
    return found


def filter_fault(rule: DataFilter) -> str | None:
    """Say why a DataFilter cannot be applied, or nothing."""
    if rule.operator not in ("=", "!=", ">", "<", ">=", "<="):
        return "operator must be one of = != > < >= <="
    if rule.type == "TRANSACTIONTYPE":
        return None if rule.operator in ("=", "!=") else "TRANSACTIONTYPE can only be = or !="
    if rule.type != "TRANSACTIONAMOUNT":
        return "type must be TRANSACTIONTYPE or TRANSACTIONAMOUNT"
    from decimal import Decimal, InvalidOperation

    try:
        return None if Decimal(rule.value).is_finite() else "TRANSACTIONAMOUNT needs a finite number"
    except InvalidOperation:
        return "TRANSACTIONAMOUNT needs a number"
