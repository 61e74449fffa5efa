"""The Source protocol: what a source must say of itself and do; steps call it and never name one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

if TYPE_CHECKING:  # Every command loads this module; what only types name is not loaded with it.
    from kit.chance import Stream
    from kit.facets import Facet, IdentityClaim
    from kit.facts import Definition, Metric
    from kit.scope import DataFilter, DateRange

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]
Document = dict[str, Json]


class Channel(StrEnum):
    """How data travels from its holder to the lender."""

    AA = "AA"
    OCEN = "OCEN"
    ONDC = "ONDC"
    DIRECT_UPLOAD = "DIRECT_UPLOAD"
    INTERNAL = "INTERNAL"


class Declaration(NamedTuple):
    """What consent needs to know of a source before any of its data exists."""

    name: str
    title: str
    standard: str
    channels: tuple[Channel, ...]
    fi_types: tuple[str, ...]
    record_types: tuple[str, ...]
    party_kinds: tuple[str, ...]


class RawRef(NamedTuple):
    """Where a raw line stands: delivery id, line number from 1, first 8 bytes of its SHA-256 in hex."""

    delivery: str
    line: int
    sha: str


class Item(NamedTuple):
    """One raw line as a cleaner meets it; body is None when fault says why it could not be read."""

    ref: RawRef
    party: str
    body: Document | None
    fault: str | None


class Finding(NamedTuple):
    """One repaired or doubtful field; was and became are JSON text of the field before and after."""

    line: RawRef
    field: str
    rule: str
    was: str
    became: str


class Fate(StrEnum):
    """The four ends an item can have, exactly one each."""

    CLEAN = "clean"
    DUPLICATE = "duplicate"
    SUPERSEDED = "superseded"
    QUARANTINED = "quarantined"


class Outcome(NamedTuple):
    """What became of one item: its record, or the record that stands for it, or the reason it is held back."""

    fate: Fate
    ref: RawRef
    party: str
    paise: int | None
    document: Mapping[str, object] | None
    reason: str | None
    stands_for: str | None
    findings: tuple[Finding, ...]


class Tables(NamedTuple):
    """What pipeline loads for a source: schema checks by record kind, and lookup tables."""

    accepts: Mapping[str, Callable[[object], bool]]
    lookups: Mapping[str, Mapping[str, str]]


class Window(NamedTuple):
    """What summarize is told: the day it speaks of, the hash of its input, and whether consent filtered lines out."""

    as_of: date
    input_sha: str
    is_filtered: bool


class Record(Protocol):
    """What every clean record carries, whatever its source.

    Its kind is the record type a consent names. A record of a movement of money writes direction (CREDIT or DEBIT) and
    amount_paise, by which a consent's filters are applied.
    """

    @property
    def id(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def party(self) -> str: ...
    @property
    def on(self) -> date | None: ...
    @property
    def raw(self) -> RawRef: ...


class Parcel(NamedTuple):
    """One delivery a generator hands over: whose it is, and its lines as bytes."""

    party: str
    lines: Iterable[bytes]


class Pull(NamedTuple):
    """What a provider is asked for: the granted days, filters and record types, when it answers and on which channel."""

    range: DateRange
    filters: tuple[DataFilter, ...]
    answered_at: datetime
    record_types: tuple[str, ...]
    channel: str


BusinessT_contra = TypeVar("BusinessT_contra", contravariant=True)
MessT_contra = TypeVar("MessT_contra", contravariant=True)
RecordT = TypeVar("RecordT", bound=Record)
Selector = Callable[[Sequence[RecordT], Mapping[str, str]], Iterable[RecordT]]


class Source(Protocol[BusinessT_contra, MessT_contra, RecordT]):
    """The eight things a source knows; the registry in sources/ finds them in its five files."""

    @property
    def declaration(self) -> Declaration: ...

    @property
    def definitions(self) -> tuple[Definition, ...]: ...

    @property
    def selectors(self) -> Mapping[str, Selector[RecordT]]: ...

    def generate(
        self, business: BusinessT_contra, pull: Mapping[str, Pull], stream: Stream, mess: MessT_contra
    ) -> Iterator[Parcel]:
        """Project the business onto this source, one parcel for each party asked for in pull."""

    def clean(self, items: Iterable[Item], tables: Tables) -> Iterator[Outcome]:
        """Give every item exactly one outcome, in an order decided by content."""

    def read(self, document: Mapping[str, object]) -> RecordT:
        """Turn one clean line back into its record."""

    def clues(self, records: Sequence[RecordT]) -> tuple[IdentityClaim, ...]:
        """Tell who the parties are, before anything is enriched."""

    def enrich(
        self, records: Sequence[RecordT], clues_of_all: Sequence[IdentityClaim], tables: Tables
    ) -> Sequence[RecordT]:
        """Add what follows from all sources' clues."""

    def facets(self, enriched: Sequence[RecordT]) -> Iterator[Facet]:
        """Say what is known of the business in the shared vocabulary."""

    def summarize(self, enriched: Sequence[RecordT], window: Window) -> tuple[Metric, ...]:
        """Compute this source's metrics, each with its evidence."""
