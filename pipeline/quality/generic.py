"""The rules that hold for every source, counted from what every source has: items, fates, findings and records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from kit.period import ist_day
from kit.quality import Covered, Dimension, Tally, tally
from kit.scope import DateRange
from kit.source import Fate, RawRef, Record
from pipeline.quality.coverage import Row, State

# What a consent left out is no fault of the line.
OUT_OF_CONSENT = frozenset({"FI_TYPE_OUT_OF_SCOPE", "RANGE_OUT_OF_SCOPE", "FILTER_OUT_OF_SCOPE"})
UNKNOWN_FIELDS = frozenset({"UNKNOWN_FIELD"})


class Ended(NamedTuple):
    """What became of an item that is no record."""

    fate: Fate
    party: str
    paise: int | None
    raw: RawRef
    reason: str | None
    stands_for: str | None


class Noted(NamedTuple):
    """One finding, without the values it speaks of."""

    raw: RawRef
    rule: str
    is_doubt: bool


class Facts(NamedTuple):
    """All that is known of one source of a customer when its quality is taken."""

    parties: Mapping[str, DateRange]
    lines: Mapping[str, int]
    answered: frozenset[str]
    kinds: frozenset[str]
    records: Sequence[Record]
    ended: Sequence[Ended]
    noted: Sequence[Noted]
    counts: Mapping[str, int]
    rows: Sequence[Row]
    covered: Sequence[Covered]
    seen: DateRange
    fresh_days: int


class Sides(NamedTuple):
    """What a rule counted in the raw lines and in the clean records; None where it does not look."""

    raw: Tally | None
    clean: Tally | None


class Generic(NamedTuple):
    """One rule for every source."""

    name: str
    dimension: Dimension
    about: str
    sides: Callable[[Facts], Sides]


def coded(facts: Facts, codes: frozenset[str]) -> Tally:
    """Count the raw lines that a finding or a reason of these codes speaks of."""
    held = [one.raw for one in facts.ended if one.reason in codes]
    return _of_lines(facts, [*held, *(one.raw for one in facts.noted if one.rule in codes)])


def _of_lines(facts: Facts, refs: Iterable[RawRef]) -> Tally:
    distinct = set(refs)
    return Tally(facts.counts["items"], len(distinct), min(distinct, default=None))


def _answered(facts: Facts) -> Sides:
    return Sides(Tally(len(facts.parties), len(facts.parties.keys() - facts.answered)), None)


def _months_received(facts: Facts) -> Sides:
    """Where nothing is held there is no month to miss."""
    states = Counter(cell.state for row in facts.rows if not row.is_empty for cell in row.cells)
    short_n = states[State.MISSING] + states[State.FAILED]
    return Sides(None, Tally(states[State.RECEIVED] + short_n, short_n))


def _readable(facts: Facts) -> Sides:
    held = [
        one.raw for one in facts.ended if one.fate is Fate.QUARANTINED and one.reason not in OUT_OF_CONSENT
    ]
    return Sides(_of_lines(facts, held), tally(facts.records, lambda one: one.kind not in facts.kinds))


def _unrepaired(facts: Facts) -> Sides:
    standing = {one.raw for one in facts.records}
    doubted = {one.raw for one in facts.noted if one.is_doubt} & standing
    clean = Tally(len(standing), len(doubted), min(doubted, default=None))
    return Sides(_of_lines(facts, (one.raw for one in facts.noted)), clean)


def _known_fields(facts: Facts) -> Sides:
    return Sides(coded(facts, UNKNOWN_FIELDS), None)


def _sent_once(facts: Facts) -> Sides:
    copies = [one.raw for one in facts.ended if one.fate in (Fate.DUPLICATE, Fate.SUPERSEDED)]
    seen: set[tuple[str, str]] = set()

    def again(one: Record) -> bool:
        is_again = (one.kind, one.id) in seen
        seen.add((one.kind, one.id))
        return is_again

    return Sides(_of_lines(facts, copies), tally(facts.records, again))


def _conserved(facts: Facts) -> Sides:
    """Lines as the deliveries list them beside all that became of them, and paise as cleaning counted them beside the files."""
    lines_n = sum(facts.lines.values())
    ends = len(facts.records) + len(facts.ended)
    off_n = abs(lines_n - ends) + sum(
        facts.counts[fate] != found_n for fate, found_n in fates_of(facts).items()
    )
    off_n += sum(facts.counts[f"{fate}_paise"] != paise for fate, paise in paise_of(facts).items())
    return Sides(Tally(max(lines_n, ends), min(off_n, max(lines_n, ends))), None)


def fates_of(facts: Facts) -> dict[Fate, int]:
    """Count the ends of all items from the files."""
    found = Counter(one.fate for one in facts.ended)
    return {**{fate: found[fate] for fate in Fate}, Fate.CLEAN: len(facts.records)}


def paise_of(facts: Facts) -> dict[Fate, int]:
    """Add up the paise of all items from the files, by what became of them."""
    paise = dict.fromkeys(Fate, 0)
    for one in facts.ended:
        paise[one.fate] += one.paise or 0
    paise[Fate.CLEAN] = sum(_amount(one) for one in facts.records)
    return paise


def _amount(record: Record) -> int:
    amount = getattr(record, "amount_paise", None)
    return amount if isinstance(amount, int) else 0


def _raw_found(facts: Facts) -> Sides:
    return Sides(
        None, tally(facts.records, lambda one: not 1 <= one.raw.line <= facts.lines.get(one.raw.delivery, 0))
    )


def _copy_known(facts: Facts) -> Sides:
    known = {one.id for one in facts.records}
    copies = [one for one in facts.ended if one.stands_for is not None]
    lost = [one.raw for one in copies if one.stands_for not in known]
    return Sides(Tally(len(copies), len(lost), min(lost, default=None)), None)


def _known_when_sent(facts: Facts) -> Sides:
    """Only a party whose answer says when it was sent can be held to it."""
    sent: dict[str, date] = {}
    for one in facts.records:
        if (day := sent_on(one)) is not None:
            sent[one.party] = max(sent.get(one.party, day), day)
    dated = [one for one in facts.records if one.on is not None and one.party in sent]
    return Sides(None, tally(dated, lambda one: one.on is not None and one.on > sent[one.party]))


def sent_on(record: Record) -> date | None:
    """Tell on which day an answer was sent, where a record says so."""
    moment = getattr(record, "sent_at", None)
    return None if moment is None else ist_day(moment)


def _fresh(facts: Facts) -> Sides:
    last: dict[tuple[str, str], date] = {}
    for one in facts.covered:
        if one.first <= one.last:
            known = one.party, one.account
            last[known] = max(last.get(known, one.last), one.last)
    stale_n = sum(
        day < min(facts.parties[party].last, facts.seen.last) - timedelta(days=facts.fresh_days)
        for (party, _), day in last.items()
        if party in facts.parties
    )
    return Sides(None, Tally(len(last), stale_n))


RULES = (
    Generic("answered", Dimension.COMPLETENESS, "every party asked about was answered for", _answered),
    Generic(
        "months_received", Dimension.COMPLETENESS, "every month asked for was received", _months_received
    ),
    Generic("readable", Dimension.VALIDITY, "a line can be read and is of a known kind", _readable),
    Generic(
        "unrepaired", Dimension.VALIDITY, "a line needs no repair, a record leaves no doubt", _unrepaired
    ),
    Generic(
        "known_fields", Dimension.VALIDITY, "a line has no field the standard does not know", _known_fields
    ),
    Generic("sent_once", Dimension.UNIQUENESS, "a line is sent once, a record stands once", _sent_once),
    Generic("conserved", Dimension.CONSISTENCY, "lines and paise in are lines and paise out", _conserved),
    Generic(
        "known_when_sent", Dimension.TIMELINESS, "no record is dated after it was sent", _known_when_sent
    ),
    Generic("fresh", Dimension.TIMELINESS, "an answer runs to the end of what was asked", _fresh),
    Generic("raw_found", Dimension.REFERENTIAL, "a record has its raw line in a delivery", _raw_found),
    Generic("copy_known", Dimension.REFERENTIAL, "a copy has the record that stands for it", _copy_known),
)
