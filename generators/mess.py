"""What goes wrong between a provider and us: each kind of dirt has its rate, and the end it must meet when cleaned."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from enum import StrEnum
from itertools import accumulate
from typing import NamedTuple

from generators.figures import Figures
from generators.losses import KINDS as LOSSES
from generators.losses import Losses
from generators.soil import AGAIN, KINDS, LATE, Expected, Kind, Mistake, Shape, committed, line, own
from kit.chance import Stream
from kit.errors import CallerError
from kit.shapes import whole
from kit.source import Document

__all__ = ["KINDS", "LOSSES", "Deed", "Expected", "Mess", "Mistake", "Noise", "Shape", "ShapeOf", "mess_of"]

_PPM = 1_000_000
_LATE_BY_MOST = 40


class Noise(StrEnum):
    """How dirty the provider is."""

    OFF = "off"
    LIGHT = "light"
    HEAVY = "heavy"


ShapeOf = Callable[[Document], Shape | None]


class Deed(NamedTuple):
    """One thing the mess did: to which line of the parcel (from 1) and field, and what stood there before as JSON text.

    What never left the provider has no line: 0.
    """

    party: str
    line: int
    kind: str
    expected: Expected
    field: str
    was: str


class _Odds(NamedTuple):
    """The kinds a shape may meet, with the sum of the rates up to each."""

    until: list[int]
    kinds: list[Kind]


class Mess:
    """Soils the lines of a parcel, and remembers what it did for tests and the truth file."""

    def __init__(self, noise: Noise, rates: Figures | None = None) -> None:
        """A mess that is off passes everything through and needs no rates."""
        self.noise = noise
        self.deeds: list[Deed] = []
        self._rates = rates
        self._odds: dict[Shape, _Odds] = {}

    def soiled(
        self, documents: Iterable[Document], shape: Shape | ShapeOf, stream: Stream, party: str
    ) -> Iterator[bytes]:
        """Write the documents as lines; the first is an envelope and stays clean, as does a line without a shape."""
        if self.noise is Noise.OFF:
            return map(line, documents)
        shape_of: ShapeOf = (lambda _: shape) if isinstance(shape, Shape) else shape
        return self._soiled(iter(documents), shape_of, stream, party)

    def rate_ppm(self, kind: str) -> int:
        """Give the rate of a kind at this level; a standard's own mistake without one has that of mistakes."""
        if self._rates is None:
            raise ValueError("a mess that is on needs its rates")
        name = f"{kind.lower()}_ppm"
        known = name if name in self._rates.names() else "mistake_ppm"
        return whole(self._rates.table(known, date.max)[self.noise])

    def _soiled(
        self, documents: Iterator[Document], shape_of: ShapeOf, stream: Stream, party: str
    ) -> Iterator[bytes]:
        envelope = next(documents, None)
        if envelope is None:
            return
        losses = Losses(self.rate_ppm, stream.branch("lost"), envelope)
        yield line(losses.honest(envelope))
        yield from self._lines(_left(documents, shape_of, losses), stream, party)
        for lost in losses.told():
            self.deeds.append(Deed(party, 0, lost.kind, Expected.LOST, lost.field, lost.was))

    def _lines(
        self, shaped: Iterable[tuple[Document, Shape | None]], stream: Stream, party: str
    ) -> Iterator[bytes]:
        number = 1
        waiting: list[tuple[int, bytes, Deed]] = []
        for document, shape in shaped:
            met = None if shape is None else self._met(document, shape, stream)
            number += 1
            if met is None:
                yield line(document)
            else:
                text, deed = met
                deed = deed._replace(party=party, line=number)
                is_late = deed.kind == LATE
                if is_late or deed.expected in AGAIN:
                    waiting.append((number + stream.randrange(1, _LATE_BY_MOST), text, deed))
                    if is_late:
                        number -= 1
                    else:
                        yield line(document)
                else:
                    self.deeds.append(deed)
                    yield text
            while waiting and waiting[0][0] <= number:
                number += 1
                yield self._come(waiting.pop(0), number)
        for held in waiting:
            number += 1
            yield self._come(held, number)

    def _come(self, held: tuple[int, bytes, Deed], number: int) -> bytes:
        self.deeds.append(held[2]._replace(line=number))
        return held[1]

    def _met(self, document: Document, shape: Shape, stream: Stream) -> tuple[bytes, Deed] | None:
        odds = self._odds.get(shape) or self._odds_of(shape)
        place = bisect_right(odds.until, stream.randrange(_PPM))
        if place == len(odds.kinds):
            return None
        kind = odds.kinds[place]
        soiled = kind.soil(own(document), shape, stream)
        if soiled is None:
            return None
        return soiled.text, Deed("", 0, kind.name, kind.expected, soiled.field, soiled.was)

    def _odds_of(self, shape: Shape) -> _Odds:
        kinds = [*KINDS, *map(_kind_of, shape.mistakes)]
        self._odds[shape] = _Odds(list(accumulate(self.rate_ppm(kind.name) for kind in kinds)), kinds)
        return self._odds[shape]


def mess_of(noise: str, rates: Figures | None = None) -> Mess:
    """Open a mess of the named level."""
    try:
        return Mess(Noise(noise), rates)
    except ValueError:
        known = ", ".join(Noise)
        raise CallerError("NOISE_UNKNOWN", "no such noise level", hint=f"known levels: {known}") from None


def _kind_of(mistake: Mistake) -> Kind:
    return Kind(
        mistake.name, mistake.expected, lambda document, _, stream: committed(document, mistake, stream)
    )


def _left(
    documents: Iterable[Document], shape_of: ShapeOf, losses: Losses
) -> Iterator[tuple[Document, Shape | None]]:
    for document in documents:
        shape = shape_of(document)
        if shape is None:
            yield losses.honest(document), None
        elif not losses.takes(document, shape):
            yield document, shape
