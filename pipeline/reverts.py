"""Reverts around a cleaner: a field that an analyst wants as it came, or nothing, or the line is held back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from itertools import pairwise

import orjson

from kit.source import Document, Fate, Finding, Item, Json, Outcome, RawRef, Tables
from pipeline.corrections import Spot
from pipeline.tables import strict_checks

REVERTED = "REVERTED"
# A record is known by these whatever its fields say.
_KEPT = frozenset(("id", "kind", "party", "raw"))
_STEP = re.compile(r"[^.\[\]]+")

Clean = Callable[[Iterable[Item], Tables], Iterator[Outcome]]
Fields = Mapping[str, object]


def is_repair(finding: Finding) -> bool:
    """Say whether a value was put in the place of another; what was only noticed or not read at all was not repaired."""
    return finding.became not in ("null", finding.was)


class Reverts:
    """Watches the lines some fields of which are reverted, and settles what cleaning made of them."""

    def __init__(self, source: str, spots: Sequence[Spot], clean: Clean, tables: Tables) -> None:
        self._fields: dict[RawRef, list[str]] = {}
        for spot in spots:
            self._fields.setdefault(spot.ref, []).append(spot.field)
        self._clean = clean
        self._tables = tables
        self._accepts = strict_checks(source) if spots else {}
        self._items: dict[RawRef, Item] = {}
        self._held: set[tuple[str, str]] = set()

    def __bool__(self) -> bool:
        """Say whether there is anything to watch."""
        return bool(self._fields)

    def watched(self, items: Iterator[Item]) -> Iterator[Item]:
        """Pass the items on and remember those that are spoken of."""
        for item in items:
            if item.ref in self._fields:
                self._items[item.ref] = item
            yield item

    def settled(self, outcome: Outcome) -> Outcome:
        """Give an outcome with its fields as they came; a copy of a line that is held back is held back too."""
        if outcome.stands_for is not None and (outcome.party, outcome.stands_for) in self._held:
            return outcome._replace(fate=Fate.QUARANTINED, reason=REVERTED, stands_for=None)
        for field in sorted(self._fields.get(outcome.ref, ())):
            outcome = self._reverted(outcome, field)
        return outcome

    def _reverted(self, outcome: Outcome, field: str) -> Outcome:
        document = outcome.document
        repairs = [one for one in outcome.findings if one.field == field and is_repair(one)]
        if document is None or not repairs:
            return outcome
        changed, stands = None, None
        if all(one.became == other.was for one, other in pairwise(repairs)):
            repair = orjson.loads(repairs[0].was), orjson.loads(repairs[-1].became)
            changed, stands = self._as_it_came(outcome.ref, document, field, repair)
        found = _replaced_by(outcome.findings, repairs[0]._replace(rule=REVERTED, became=_text(stands)))
        if changed is None:
            self._held.add((outcome.party, str(document["id"])))
            return outcome._replace(fate=Fate.QUARANTINED, document=None, reason=REVERTED, findings=found)
        return outcome._replace(document=changed, findings=found, paise=_paise(outcome, changed))

    def _as_it_came(
        self, ref: RawRef, document: Fields, field: str, repair: tuple[Json, Json]
    ) -> tuple[Fields | None, Json]:
        """Try the field as it was written, where that is text a record may hold, then without a value."""
        accepts = self._accepts[str(document["kind"])]
        for changes, stands in self._tries(self._items[ref], document, field, repair):
            if changes and accepts({**document, **changes}):
                return {**document, **changes}, stands
        return None, None

    def _tries(
        self, item: Item, document: Fields, field: str, repair: tuple[Json, Json]
    ) -> Iterator[tuple[Fields, Json]]:
        """Give what may stand in the record, best first; the cleaner itself tells what hangs on the field."""
        was = repair[0]
        told, blank = self._alone(item), self._alone(_without(item, field))
        if told is None or blank is None:
            if isinstance(was, str):
                yield _only(document, *repair), was
            return
        keys = sorted(key for key in {*told, *blank} - _KEPT if told.get(key) != blank.get(key))
        written = {key: _put(told.get(key), blank.get(key), *repair) for key in keys}
        valueless = {key: blank.get(key) for key in keys}
        if isinstance(was, str) and written != valueless:
            yield written, was
        yield valueless, None

    def _alone(self, item: Item | None) -> Fields | None:
        """Ask the cleaner for the record of one line by itself."""
        if item is None:
            return None
        told = (one.document for one in self._clean(iter((item,)), self._tables) if one.ref == item.ref)
        return next(told, None)


def _replaced_by(findings: tuple[Finding, ...], reverted: Finding) -> tuple[Finding, ...]:
    """Put one finding in the place of all repairs of its field."""
    mine = [at for at, one in enumerate(findings) if one.field == reverted.field and is_repair(one)]
    others = [(at, one) for at, one in enumerate(findings) if at not in mine]
    return tuple(one for _, one in sorted([*others, (mine[0], reverted)]))


def _paise(outcome: Outcome, changed: Fields) -> int | None:
    """What a record counts is what it says of itself."""
    before = None if outcome.document is None else outcome.document.get("amount_paise")
    amount = changed.get("amount_paise")
    if before == amount:
        return outcome.paise
    return amount if isinstance(amount, int) else None


def _without(item: Item, field: str) -> Item | None:
    """The same line with no value in one field; None where the field is not to be found there."""
    body: Document = deepcopy(item.body or {})
    steps = _STEP.findall(field)
    place = _place(body, steps)
    if place is None:
        named = [found for found in _named(body, steps[-1]) if steps]
        place = named[0] if len(named) == 1 else None
    if place is None:
        return None
    holder, key = place
    if isinstance(holder, dict):
        del holder[str(key)]
    elif isinstance(holder, list):
        holder[int(key)] = None
    return item._replace(body=body)


def _place(body: Json, steps: Sequence[str]) -> tuple[Json, str | int] | None:
    found: tuple[Json, str | int] | None = None
    value = body
    for step in steps:
        if isinstance(value, dict) and step in value:
            found, value = (value, step), value[step]
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            found, value = (value, int(step)), value[int(step)]
        else:
            return None
    return found


def _named(value: Json, name: str) -> list[tuple[Json, str | int]]:
    """Find every member of that name, however deep."""
    if isinstance(value, list):
        return [found for inner in value for found in _named(inner, name)]
    if not isinstance(value, dict):
        return []
    mine: list[tuple[Json, str | int]] = [(value, name)] if name in value else []
    return mine + [found for inner in value.values() for found in _named(inner, name)]


def _put(told: object, blank: object, was: Json, became: Json) -> object:
    """Put what was written where the repaired value came to stand; what else hangs on it is as without a value."""
    if told in (blank, became):
        return told if told == blank else was
    if _is_like(told, blank):
        if isinstance(told, dict) and isinstance(blank, dict):
            return {key: _put(told[key], blank[key], was, became) for key in told}
        if isinstance(told, list) and isinstance(blank, list):
            return [_put(one, other, was, became) for one, other in zip(told, blank, strict=True)]
    return blank


def _is_like(told: object, blank: object) -> bool:
    """Say whether two values have the same places for values in them."""
    if isinstance(told, dict):
        return isinstance(blank, dict) and told.keys() == blank.keys()
    return isinstance(told, list) and isinstance(blank, list) and len(told) == len(blank)


def _only(document: Fields, was: Json, became: Json) -> Fields:
    """Put what was written in the one field that holds the repaired value; of several nobody can tell."""
    keys = [key for key, value in document.items() if key not in _KEPT and value == became]
    return {keys[0]: was} if len(keys) == 1 else {}


def _text(value: Json) -> str:
    return orjson.dumps(value).decode()
