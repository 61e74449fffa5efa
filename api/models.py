"""What travels over the wire; outputs have no default values, so that a typed client sees no false optional field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from pydantic import ConfigDict, Field

from consent.artefact import State

Name = Annotated[str, Field(strict=True, min_length=1, max_length=64)]
PurposeCode = Annotated[int, Field(strict=True, ge=101, le=105)]
RunStatus = Literal["running", "done", "unchanged", "failed"]
EndStatus = Literal["done", "unchanged", "failed"]
Seed = Annotated[int, Field(strict=True, ge=0, le=2**53 - 1)]


@dataclass(frozen=True, slots=True)
class Problem:
    """An error as RFC 9457 has it, with our stable code and the remedy."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    hint: str
    instance: str


@dataclass(frozen=True, slots=True)
class Health:
    """The service answers and its ledger can be read."""

    status: Literal["ok"]


@dataclass(frozen=True, slots=True)
class Source:
    """What a consent can be asked for, and how it would travel."""

    name: str
    title: str
    channels: list[str]


@dataclass(frozen=True, slots=True)
class Session:
    """Who is looking: whoever opened the sign-in link; and what this installation can be asked for."""

    signed_in: Literal[True]
    environment: str
    sources: list[Source]


@dataclass(frozen=True, slots=True)
class DayRange:
    """Civil days in India, both ends included."""

    first: Annotated[str, Field(serialization_alias="from")]
    last: Annotated[str, Field(serialization_alias="to")]


@dataclass(frozen=True, slots=True)
class Run:
    """One row of the ledger: a whole flow, or one step of it for one source."""

    run_id: str
    step: str
    source: str | None
    status: RunStatus
    error_code: str | None
    counts: dict[str, int]
    started_at: str
    ended_at: str | None


@dataclass(frozen=True, slots=True)
class RunList:
    """The newest runs of one customer."""

    runs: list[Run]


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer as the first page lists it: ids, states and counts only."""

    customer_id: str
    purposes: list[int]
    consent_states: dict[str, int]
    last_run: Run | None


@dataclass(frozen=True, slots=True)
class CustomerList:
    """Every customer that ever gave a consent."""

    customers: list[Customer]


@dataclass(frozen=True, slots=True)
class ConsentUse:
    """One fetch made under a consent."""

    source: str
    used_at: str


@dataclass(frozen=True, slots=True)
class Consent:
    """One artefact: what may be fetched, from where, for how long."""

    consent_id: str
    party: str
    channel: str
    purpose: int
    state: State
    sources: list[str]
    fi_types: list[str]
    range: DayRange
    expiry: str
    life_end: str | None
    uses: list[ConsentUse]
    fetch_type: str
    has_certificate: bool


@dataclass(frozen=True, slots=True)
class ConsentList:
    """All artefacts of one customer, or those just granted."""

    consents: list[Consent]


@dataclass(frozen=True, slots=True)
class ConsentOrder:
    """What the sandbox is asked to request and approve."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    purpose: PurposeCode
    sources: Annotated[list[Name], Field(min_length=1, max_length=16)]
    party: Name | None = None


@dataclass(frozen=True, slots=True)
class Removed:
    """What a revocation took off the disk."""

    deliveries: int
    objects: int


@dataclass(frozen=True, slots=True)
class ConsentChange:
    """The state a consent is left in; removed is set by a revocation only."""

    consent_id: str
    state: State
    removed: Removed | None


@dataclass(frozen=True, slots=True)
class Remainder:
    """What an erasure left, and why."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class PublicKey:
    """The public half of the key that signed, as RFC 8037 writes it."""

    crv: str
    kty: str
    x: str


@dataclass(frozen=True, slots=True)
class Certificate:
    """The signed proof of an erasure."""

    kind: Literal["erasure"]
    certificate_id: str
    customer: str
    consent_id: str
    party: str
    purpose: int
    reason: str
    asked_at: str
    done_at: str
    deliveries_n: int
    files_n: int
    objects_n: int
    objects_sha256: str
    kinds: list[tuple[str, int]]
    remains: list[Remainder]
    signed_by: str
    public_key: PublicKey
    signature: str


@dataclass(frozen=True, slots=True)
class RunOrder:
    """What a run is asked for; the seed and the noise belong to the synthetic provider."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    purpose: PurposeCode
    noise: Literal["off", "light", "heavy"] | None = None
    seed: Seed | None = None


@dataclass(frozen=True, slots=True)
class RunAccepted:
    """The run whose events can be followed."""

    run_id: str


@dataclass(frozen=True, slots=True)
class RunProgress:
    """Data of the event `progress`: one step of one source, and how far it is."""

    seq: int
    at: str
    kind: Literal["started", "progress", "done", "unchanged", "failed"]
    step: str
    source: str | None
    done_n: int
    total_n: int | None
    note: str


@dataclass(frozen=True, slots=True)
class RunFailure:
    """Why a run failed and what to do about it."""

    code: str
    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class RunEnd:
    """Data of the last event, `end`."""

    status: EndStatus
    error: RunFailure | None


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of its window a metric could see."""

    months_needed: int
    months_full: int
    days_received: int
    days_window: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """Which records a number rests on, as a question that can be asked again."""

    source: str
    selector: str
    args: dict[str, str]
    input_sha: str
    n: int


@dataclass(frozen=True, slots=True)
class Metric:
    """One number, or null with a reason."""

    id: str
    value: int | None
    null_reason: str | None
    unit: str
    window: DayRange | None
    coverage: Coverage | None
    n: int
    formula: str
    version: int
    inputs: list[str]
    evidence: list[Evidence]


@dataclass(frozen=True, slots=True)
class TitledMetric(Metric):
    """A metric under the title the dictionary gives it."""

    title: str


@dataclass(frozen=True, slots=True)
class Summary:
    """The metrics of one source in the dictionary's order; stale when code or consent moved on since then."""

    name: str
    as_of: str | None
    is_stale: bool
    metrics: list[TitledMetric]


@dataclass(frozen=True, slots=True)
class Results:
    """All summaries of one customer for one purpose."""

    as_of: str | None
    summaries: list[Summary]


@dataclass(frozen=True, slots=True)
class Definition:
    """What the dictionary says of a metric."""

    title: str
    formula: str
    unit: str
    null_rule: str


@dataclass(frozen=True, slots=True)
class RawLine:
    """A line exactly as it was delivered, and where it stands."""

    delivery: str
    line: int
    sha: str
    text: str


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    """A clean record beside the raw line it came from."""

    record: dict[str, object]
    raw: RawLine


@dataclass(frozen=True, slots=True)
class Explained:
    """A number down to its lines, one page of them."""

    metric: Metric
    definition: Definition
    lines_n: int
    lines: list[EvidenceLine]
