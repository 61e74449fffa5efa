"""From raw items to clean records: one pass over the stream, then each line meets exactly one fate, in order of content."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import orjson

from kit.errors import RecordError
from kit.source import Document, Fate, Finding, Item, Outcome, RawRef, Tables
from sources.bank._chain import chained
from sources.bank._envelope import Read, statement_of
from sources.bank._fates import settled
from sources.bank._line import ACCOUNT, PARTY, Line, note, outcome
from sources.bank._movement import Canonical, mended, readable_paise


def clean(items: Iterable[Item], tables: Tables) -> Iterator[Outcome]:
    """Give every item exactly one outcome; which copy of a line stands is decided by content, not by arrival."""
    desk = _Desk(tables)
    desk.take_all(items)
    yield from desk.statements()
    yield from desk.transactions()
    yield from sorted(desk.refused, key=lambda one: (one.reason or "", one.ref.sha, one.ref))


class _Envelope(NamedTuple):
    item: Item
    read: Read


class _Desk:
    """Holds each readable line as one packed text until all copies of it have been seen."""

    def __init__(self, tables: Tables) -> None:
        self.refused: list[Outcome] = []
        self._accepts = tables.accepts
        self._canonical = Canonical()
        self._held: dict[str, str] = {}
        self._again: dict[str, list[str]] = {}
        self._envelopes: dict[str, list[_Envelope]] = {}
        self._sent_at: dict[str, str] = {}
        self._listed: set[tuple[str, str]] = set()

    def take_all(self, items: Iterable[Item]) -> None:
        """Read each item and hold it, or hold it back with its reason."""
        line_of, hold = self._canonical.line_of, self._held.setdefault
        for item in items:
            body = item.body
            if body is None:
                self._refuse(item, item.fault or "UNREADABLE", None)
                continue
            known = line_of(item, body)
            if known is None:
                self._take_with_care(item, body)
                continue
            known_as, text = known
            if hold(known_as, text) is not text:
                self._again.setdefault(known_as, []).append(text)

    def _take_with_care(self, item: Item, body: Document) -> None:
        try:
            if body.get("kind") == "transaction":
                self._hold(*mended(item, body))
            elif body.get("kind") == "envelope":
                self._take_envelope(item, body)
            else:
                raise RecordError("KIND_UNKNOWN", "a line is neither an envelope nor a transaction")
        except RecordError as error:
            self._refuse(item, error.code, readable_paise(body))

    def _hold(self, known_as: str, text: str) -> None:
        first = self._held.setdefault(known_as, text)
        if first is not text:
            self._again.setdefault(known_as, []).append(text)

    def _take_envelope(self, item: Item, body: Document) -> None:
        read = statement_of(item, body)
        if not self._accepts["statement"](read.document):
            raise RecordError("SCHEMA_REFUSED", "an envelope does not fit its schema")
        self._sent_at[item.ref.delivery] = max(read.sent_at, self._sent_at.get(item.ref.delivery, ""))
        self._envelopes.setdefault(str(read.document["id"]), []).append(_Envelope(item, read))
        self._listed.update((item.party, account) for account in read.accounts)

    def _refuse(self, item: Item, reason: str, paise: int | None) -> None:
        self.refused.append(_held_back(item.ref, item.party, paise, reason))

    def statements(self) -> Iterator[Outcome]:
        """Of envelopes for the same accounts and days the newest stands."""
        for known_as, envelopes in sorted(self._envelopes.items()):
            standing, *others = _newest_first(envelopes)
            yield _stated(standing)
            said = _said(standing)
            for other in others:
                fate = Fate.DUPLICATE if _said(other) == said else Fate.SUPERSEDED
                yield Outcome(fate, other.item.ref, other.item.party, None, None, None, known_as, ())

    def transactions(self) -> Iterator[Outcome]:
        """The lines that stand in chain order, then their duplicates and what they supersede."""
        others = list(settled(self._held, self._again, self._sent_at))
        standing = sorted(self._held.values())
        self._held = {}
        accepts = self._accepts["transaction"]
        account = party = ""
        refused: set[str] = set()
        for parts in chained(standing):
            if parts[ACCOUNT] != account or parts[PARTY] != party:
                account, party = parts[ACCOUNT], parts[PARTY]
                parts = self._unlisted_noted(Line(*parts))
            clean = outcome(parts)
            if accepts(clean.document):
                yield clean
            else:
                refused.add(Line(*parts).id)
                yield _held_back(clean.ref, party, clean.paise, "SCHEMA_REFUSED")
        for other in others:
            if other.stands_for in refused:
                other = _held_back(other.ref, other.party, other.paise, "SCHEMA_REFUSED")
            yield other

    def _unlisted_noted(self, line: Line) -> Line:
        """An account no envelope speaks of is told once, at its first line."""
        if (line.party, line.account) in self._listed:
            return line
        return line.noted(note("linkRefNumber", "ACCOUNT_UNLISTED", line.account, line.account))


def _held_back(ref: RawRef, party: str, paise: int | None, reason: str) -> Outcome:
    return Outcome(Fate.QUARANTINED, ref, party, paise, None, reason, None, ())


def _stated(envelope: _Envelope) -> Outcome:
    item, read = envelope
    found = tuple(Finding(item.ref, *one) for one in read.notes)
    return Outcome(Fate.CLEAN, item.ref, item.party, None, read.document, None, None, found)


def _said(envelope: _Envelope) -> bytes:
    """What an envelope says, apart from where it stood."""
    told = {name: value for name, value in envelope.read.document.items() if name != "raw"}
    return orjson.dumps(told, option=orjson.OPT_SORT_KEYS)


def _newest_first(envelopes: list[_Envelope]) -> list[_Envelope]:
    by_content = sorted(envelopes, key=lambda one: (_said(one), one.item.ref.sha, one.item.ref))
    return sorted(by_content, key=lambda one: one.read.sent_at, reverse=True)
