"""What cleaning made of each soiled line, held against the line as it was before it was soiled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, cast

import orjson

import sources
from generators.mess import Deed, Expected, mess_of
from kit.source import Document, Fate, Item, Json, Outcome
from tests.sources import given, shared
from tests.sources.shared import Customer

UNTOUCHED = "UNTOUCHED"
Record = Mapping[str, object]


class Verdict(NamedTuple):
    """What became of one line: the kind of its dirt, the end it should meet, how it went, and its paise now and before.

    Detail names what is wrong.
    """

    source: str
    noise: str
    kind: str
    expected: str
    went: str
    detail: str
    fate: Fate
    paise: int | None
    paise_before: int | None


class _Known(NamedTuple):
    fates: Mapping[tuple[str, int], Outcome]
    truth: Mapping[tuple[str, int], Outcome]


def verdicts(customer: Customer, source: str, noise: str) -> list[Verdict]:
    """Judge every line of one source of one customer."""
    of = shared.business(customer, months=shared.FEW_MONTHS)
    mess = mess_of(noise, given.RATES)
    stream = shared.stream(customer).branch(source)
    parcels = sources.source(source).generate(of, given.pulls(of), stream, mess)
    told = {parcel.party: list(parcel.lines) for parcel in parcels}
    deeds = {(deed.party, deed.line): deed for deed in mess.deeds if deed.line}
    items = given.all_items(told)
    truth = [_undone(item, deeds.get((item.party, item.ref.line))) for item in items]
    known = _Known(_by_line(given.cleaned(source, items)), _by_line(given.cleaned(source, truth)))
    return [_verdict(source, noise, item, (deeds, known)) for item in items]


def _by_line(outcomes: Iterable[Outcome]) -> dict[tuple[str, int], Outcome]:
    return {(one.party, one.ref.line): one for one in outcomes}


def _undone(item: Item, deed: Deed | None) -> Item:
    """Give a line back what stood in its soiled field."""
    if deed is None or item.body is None or not deed.field:
        return item
    body: Document = orjson.loads(orjson.dumps(item.body))
    was = cast("Json", orjson.loads(deed.was))
    if deed.kind == "UNKNOWN_FIELD":
        del body[deed.field]
        return item._replace(body=body)
    holder: Json = body
    *above, name = deed.field.split(".")
    for step in above:
        holder = holder[int(step)] if isinstance(holder, list) else cast("Document", holder)[step]
    if isinstance(holder, list):
        holder[int(name)] = was
    else:
        cast("Document", holder)[name] = was
    return item._replace(body=body)


def _verdict(
    source: str, noise: str, item: Item, held: tuple[Mapping[tuple[str, int], Deed], _Known]
) -> Verdict:
    deeds, known = held
    place = item.party, item.ref.line
    deed = deeds.get(place)
    kind, expected = (deed.kind, str(deed.expected)) if deed else (UNTOUCHED, "clean")
    judge = _JUDGES[Expected(expected)] if deed else _as_it_was
    found, before = known.fates[place], known.truth[place]
    went, detail = judge(found, before)
    return Verdict(source, noise, kind, expected, went, detail, found.fate, found.paise, before.paise)


def _told(outcome: Outcome) -> Record:
    return {} if outcome.document is None else {**outcome.document, "raw": ""}


def _as_it_was(found: Outcome, truth: Outcome) -> tuple[str, str]:
    """The record is the one of the line before it was soiled."""
    if found.fate is Fate.QUARANTINED:
        same = truth.fate is Fate.QUARANTINED
        return ("held as before", "") if same else ("held back", found.reason or "")
    if Fate.CLEAN not in (found.fate, truth.fate) or found.fate is not truth.fate:
        return ("a copy", "")
    unlike = dict(_unlike("", _told(found), _told(truth)))
    if not unlike:
        return "right", ""
    is_unknown = all(value is None for value in unlike.values())
    return ("unknown" if is_unknown else "wrong"), " ".join(unlike)


def _unlike(place: str, found: object, truth: object) -> Iterator[tuple[str, object]]:
    """Find every place where two records differ, with what stands there after cleaning."""
    if isinstance(found, Mapping) and isinstance(truth, Mapping):
        for name in sorted({*found, *truth}):
            yield from _unlike(f"{place}.{name}", found.get(name), truth.get(name))
    elif isinstance(found, list) and isinstance(truth, list) and len(found) == len(truth):
        for number, pair in enumerate(zip(found, truth, strict=True)):
            yield from _unlike(f"{place}.{number}", *pair)
    elif found != truth:
        yield place, found


def _nulled(found: Outcome, truth: Outcome) -> tuple[str, str]:
    """Nothing is made up for what was taken away."""
    went, detail = _as_it_was(found, truth)
    return ("right" if went in ("right", "unknown") else went), detail


def _kept(found: Outcome, truth: Outcome) -> tuple[str, str]:
    return ("held back", found.reason or "") if found.fate is Fate.QUARANTINED else ("right", "")


def _held(found: Outcome, truth: Outcome) -> tuple[str, str]:
    return ("right", "") if found.fate is Fate.QUARANTINED else ("let through", str(found.fate))


def _again(found: Outcome, truth: Outcome) -> tuple[str, str]:
    """Of a line and its second sending one stands; which of them is decided by content."""
    return ("held back", found.reason or "") if found.fate is Fate.QUARANTINED else ("right", str(found.fate))


_JUDGES: Mapping[Expected, Callable[[Outcome, Outcome], tuple[str, str]]] = {
    Expected.RESTORED: _as_it_was,
    Expected.NULLED: _nulled,
    Expected.KEPT: _kept,
    Expected.DUPLICATE: _again,
    Expected.SUPERSEDED: _again,
    Expected.QUARANTINED: _held,
}


def table(judged: Sequence[Verdict]) -> list[str]:
    """Count by source, kind and how it went."""
    counts = Counter((one.source, one.kind, one.expected, one.went) for one in judged)
    return [f"{n:8,} {' '.join(key)}" for key, n in sorted(counts.items())]
