"""What every source can do before it knows more of itself: parse or hold back, count its records, tell the period they span."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple, Protocol, TypeVar

from kit.canonical import dumps
from kit.errors import RecordError
from kit.facts import Definition, Evidence, Metric, NullReason, Span
from kit.source import Document, Fate, Finding, Item, Outcome, RawRef, Record, Tables, Window

EVERYTHING = "records"
RecordT = TypeVar("RecordT", bound=Record)


class Parsed(NamedTuple):
    """One readable line: what it is known by, its record without id, party and place, its paise, and what was repaired."""

    known_by: Sequence[object]
    told: dict[str, object]
    paise: int | None = None
    findings: tuple[Finding, ...] = ()


Parse = Callable[[Item, Document], Parsed]
Readable = Callable[[Document], int | None]


class _Read(NamedTuple):
    id: str
    item: Item
    told: Mapping[str, object]
    paise: int | None
    findings: tuple[Finding, ...]


def parsed_or_held(
    items: Iterable[Item], tables: Tables, parse: Parse, readable: Readable
) -> Iterator[Outcome]:
    """Give every item one outcome, in an order decided by content; parse tells the kind in what it has told.

    Of several lines known by the same the content stands that was sent last, by the time in the envelope of its
    delivery, and of several sent at once the greatest; readable counts the paise of a line that is held back.
    """
    copies: dict[tuple[str, str], list[_Read]] = {}
    refused: list[Outcome] = []
    for item in items:
        try:
            found = _read(item, tables, parse)
            copies.setdefault((str(found.told["kind"]), found.id), []).append(found)
        except RecordError as error:
            paise = None if item.body is None else readable(item.body)
            refused.append(Outcome(Fate.QUARANTINED, item.ref, item.party, paise, None, error.code, None, ()))
    yield from _settled([*copies.values()])
    yield from sorted(refused, key=lambda one: (one.reason or "", one.ref.sha, one.ref))


class Others(Protocol):
    """What lines tell of each other: learnt from every readable line, then held against every one."""

    def learn(self, party: str, told: Mapping[str, object]) -> None:
        """Keep of a line what others are held against."""

    def held_against(self, outcome: Outcome) -> Outcome:
        """Add to a line what does not agree with the others."""


def held_together(
    items: Iterable[Item], tables: Tables, parse: Parse, readable: Readable, others: Others
) -> Iterator[Outcome]:
    """Parse or hold every item, and then hold the records against each other."""

    def learnt(item: Item, body: Document) -> Parsed:
        parsed = parse(item, body)
        others.learn(item.party, parsed.told)
        return parsed

    return map(others.held_against, parsed_or_held(items, tables, learnt, readable))


def doubt(outcome: Outcome, field: str, rule: str, value: object) -> Finding:
    """Note a field that is kept as it stands and does not agree with other lines."""
    told = dumps(value).decode()
    return Finding(outcome.ref, field, rule, told, told)


def _settled(copies: Sequence[list[_Read]]) -> Iterator[Outcome]:
    """Give the lines that stand in order of time, then what they stand for."""
    sent_at = _sent_at(one for told in copies for one in told if "sent_at" in one.told)
    settled = [told if len(told) == 1 else _ranked(told, sent_at) for told in copies]
    standing = sorted(settled, key=lambda told: _in_time(told[0]))
    yield from (_stands(first) for first, *_ in standing)
    for first, *others in standing:
        yield from (_copy(first, other) for other in others)


def _sent_at(envelopes: Iterable[_Read]) -> dict[str, str]:
    """Tell when each delivery was sent, by its latest envelope."""
    found: dict[str, str] = {}
    for one in envelopes:
        delivery = one.item.ref.delivery
        found[delivery] = max(found.get(delivery, ""), str(one.told["sent_at"] or ""))
    return found


def _read(item: Item, tables: Tables, parse: Parse) -> _Read:
    if item.body is None:
        raise RecordError(item.fault or "UNREADABLE", "a line could not be read")
    parsed = parse(item, item.body)
    kind = str(parsed.told["kind"])
    known_as = hashlib.blake2b(dumps([kind, item.party, *parsed.known_by]), digest_size=8).hexdigest()
    told = {**parsed.told, "id": known_as, "party": item.party}
    if not tables.accepts[kind]({**told, "raw": item.ref._asdict()}):
        raise RecordError("SCHEMA_REFUSED", "a line does not fit its schema")
    return _Read(known_as, item, told, parsed.paise, parsed.findings)


def _ranked(told: Sequence[_Read], sent_at: Mapping[str, str]) -> list[_Read]:
    """Order copies: the content sent last before older ones, and of one content the copy that needed the least repair first."""
    contents = [dumps(one.told) for one in told]
    last_sent: dict[bytes, str] = {}
    for one, content in zip(told, contents, strict=True):
        last_sent[content] = max(last_sent.get(content, ""), sent_at.get(one.item.ref.delivery, ""))
    paired = sorted(zip(told, contents, strict=True), key=lambda pair: _least_repaired(pair[0]))
    paired.sort(key=lambda pair: (last_sent[pair[1]], pair[1]), reverse=True)
    return [one for one, _ in paired]


def _least_repaired(one: _Read) -> tuple[int, str, RawRef]:
    return len(one.findings), one.item.ref.sha, one.item.ref


def _in_time(one: _Read) -> tuple[str, str, str, str]:
    return one.item.party, str(one.told.get("on") or ""), str(one.told["kind"]), one.id


def _stands(one: _Read) -> Outcome:
    document = {**one.told, "raw": one.item.ref._asdict()}
    return Outcome(Fate.CLEAN, one.item.ref, one.item.party, one.paise, document, None, None, one.findings)


def _copy(first: _Read, other: _Read) -> Outcome:
    fate = Fate.DUPLICATE if other.told == first.told else Fate.SUPERSEDED
    return Outcome(fate, other.item.ref, other.item.party, other.paise, None, None, first.id, ())


def definitions(source: str, title: str) -> tuple[Definition, ...]:
    """Define the two numbers of a source that only counts: its records, and the days between the first and the last."""
    rule = "no record, or lines filtered by consent"
    return (
        Definition(
            f"{source}.records_count",
            f"{title}: records",
            "count",
            "number of clean records up to as_of",
            1,
            0,
            rule,
            "NEUTRAL",
            (source,),
        ),
        Definition(
            f"{source}.period_days",
            f"{title}: days between first and last record",
            "days",
            "days from the first dated record to the last, both included",
            1,
            0,
            f"{rule}, or no dated record",
            "NEUTRAL",
            (source,),
        ),
    )


def known(records: Sequence[RecordT], args: Mapping[str, str]) -> list[RecordT]:
    """The records up to a day, and those that have none."""
    last = date.fromisoformat(args["to"])
    return [one for one in records if one.on is None or one.on <= last]


def summary(made: Sequence[Definition], enriched: Sequence[Record], window: Window) -> tuple[Metric, ...]:
    """Count the records and the days they span; the evidence of both is every record up to the window's day."""
    args = {"to": window.as_of.isoformat()}
    found = known(enriched, args)
    days = sorted(one.on for one in found if one.on is not None)
    span = Span(days[0], days[-1]) if days else None
    values = (len(found), None if span is None else (span.last - span.first).days + 1)
    reason = _null_reason(found, window)
    evidence = Evidence(made[0].sources[0], EVERYTHING, args, window.input_sha, len(found))
    return tuple(
        _metric(definition, None if reason else value, reason, (span, evidence))
        for definition, value in zip(made, values, strict=True)
    )


def _null_reason(found: Sequence[Record], window: Window) -> NullReason | None:
    if not found:
        return NullReason.SOURCE_ABSENT
    return NullReason.RANGE_NOT_PERMITTED if window.is_filtered else None


def _metric(
    definition: Definition, value: int | None, reason: NullReason | None, basis: tuple[Span | None, Evidence]
) -> Metric:
    span, evidence = basis
    return Metric(
        id=definition.id,
        value=value,
        null_reason=(reason or NullReason.INSUFFICIENT_HISTORY) if value is None else None,
        unit=definition.unit,
        window=span,
        coverage=None,
        n=0 if value is None else evidence.n,
        formula=definition.formula,
        version=definition.version,
        inputs=(),
        evidence=() if value is None else (evidence,),
    )
