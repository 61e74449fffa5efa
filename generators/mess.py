"""What goes wrong between a provider and us: each kind of dirt has its rate, and the end it must meet when cleaned."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple

import orjson

from kit.chance import Stream
from kit.errors import CallerError
from kit.source import Document


class Noise(StrEnum):
    """How dirty the provider is."""

    OFF = "off"
    LIGHT = "light"
    HEAVY = "heavy"


class Expected(StrEnum):
    """What cleaning owes a soiled line; KEPT is clean although something was lost or added."""

    RESTORED = "restored"
    KEPT = "kept"
    DUPLICATE = "duplicate"
    SUPERSEDED = "superseded"
    QUARANTINED = "quarantined"


class Shape(NamedTuple):
    """Which fields of a source's lines hold what, so that dirt is the same everywhere."""

    amounts: tuple[str, ...]
    days: tuple[str, ...]
    moments: tuple[str, ...]
    enums: tuple[str, ...]
    texts: tuple[str, ...]
    needed: tuple[str, ...]


ShapeOf = Callable[[Document], Shape | None]


class Deed(NamedTuple):
    """One thing the mess did: to which line of the parcel (from 1) and field, and what stood there before."""

    party: str
    line: int
    kind: str
    expected: Expected
    field: str
    was: str


class _Soiled(NamedTuple):
    field: str
    was: str
    text: bytes


class _Kind(NamedTuple):
    name: str
    expected: Expected
    light_ppm: int
    heavy_ppm: int
    soil: Callable[[Document, Shape, Stream], _Soiled]


class Mess:
    """Soils the lines of a parcel, and remembers what it did for tests and the truth file."""

    def __init__(self, noise: Noise) -> None:
        """A mess that is off passes everything through."""
        self.noise = noise
        self.deeds: list[Deed] = []

    def soiled(
        self, documents: Iterable[Document], shape: Shape | ShapeOf, stream: Stream, party: str
    ) -> Iterator[bytes]:
        """Write the documents as lines; the first is the envelope and stays clean, as does a line without a shape."""
        if self.noise is Noise.OFF:
            return (_line(document) for document in documents)
        shape_of = (lambda _: shape) if isinstance(shape, Shape) else shape
        return self._soiled(documents, shape_of, stream, party)

    def _soiled(
        self, documents: Iterable[Document], shape_of: ShapeOf, stream: Stream, party: str
    ) -> Iterator[bytes]:
        number = 0
        waiting: list[tuple[int, bytes, Deed]] = []
        for document in documents:
            shape = shape_of(document) if number else None
            kind = None if shape is None else self._drawn(stream)
            number += 1
            if shape is None or kind is None:
                yield _line(document)
            else:
                soiled = kind.soil(document, shape, stream)
                deed = Deed(party, number, kind.name, kind.expected, soiled.field, soiled.was)
                if kind.expected in (Expected.DUPLICATE, Expected.SUPERSEDED):
                    waiting.append((number + stream.randrange(1, 40), soiled.text, deed))
                    yield _line(document)
                elif kind.name == "LATE":
                    waiting.append((number + stream.randrange(1, 40), soiled.text, deed))
                    number -= 1
                else:
                    self.deeds.append(deed)
                    yield soiled.text
            while waiting and waiting[0][0] <= number:
                number += 1
                yield self._done(waiting.pop(0), number)
        for held in waiting:
            number += 1
            yield self._done(held, number)

    def _done(self, held: tuple[int, bytes, Deed], number: int) -> bytes:
        self.deeds.append(held[2]._replace(line=number))
        return held[1]

    def _drawn(self, stream: Stream) -> _Kind | None:
        drawn = stream.randrange(1_000_000)
        for kind in KINDS:
            drawn -= kind.light_ppm if self.noise is Noise.LIGHT else kind.heavy_ppm
            if drawn < 0:
                return kind
        return None


def mess_of(noise: str) -> Mess:
    """Open a mess of the named level."""
    try:
        return Mess(Noise(noise))
    except ValueError:
        known = ", ".join(Noise)
        raise CallerError("NOISE_UNKNOWN", "no such noise level", hint=f"known levels: {known}") from None


def _line(document: Document) -> bytes:
    return orjson.dumps(document, option=orjson.OPT_APPEND_NEWLINE)


def _changed(document: Document, field: str, value: str | int | float) -> _Soiled:
    return _Soiled(field, _was(document, field), _line(document | {field: value}))


def _was(document: Document, field: str) -> str:
    return orjson.dumps(document.get(field)).decode()


def _amount_form(document: Document, shape: Shape, stream: Stream) -> _Soiled:
    field = stream.choice(shape.amounts)
    text = str(document[field])
    sign, number = ("-", text[1:]) if text.startswith("-") else ("", text)
    forms: tuple[str | float, ...] = (
        f"{sign}₹{_grouped(number)}",
        f"{sign}Rs. {_grouped(number)}",
        f"{sign}INR {number}",
        f"  {text} ",
        float(text),
    )
    return _changed(document, field, stream.choice(forms))


def _grouped(number: str) -> str:
    """Indian commas: three digits from the right, then two by two."""
    whole, _, paise = number.partition(".")
    head, tail = whole[:-3], whole[-3:]
    parts = [head[max(0, end - 2) : end] for end in range(len(head), 0, -2)]
    return ",".join([*reversed(parts), tail]) + (f".{paise}" if paise else "")


def _date_form(document: Document, shape: Shape, stream: Stream) -> _Soiled:
    field = stream.choice(shape.days)
    year, month, day = str(document[field])[:10].split("-")
    name = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"[int(month) * 4 - 4 : int(month) * 4 - 1]
    forms = (
        f"{day}/{month}/{year}",
        f"{day}-{month}-{year}",
        f"{day}-{name}-{year}",
        f"{year}-{month}-{day}T00:00:00+05:30",
    )
    return _changed(document, field, stream.choice(forms))


def _moment_form(document: Document, shape: Shape, stream: Stream) -> _Soiled:
    field = stream.choice(shape.moments)
    text = str(document[field])[:19]
    year, month, day = text[:10].split("-")
    forms = (text, text.replace("T", " "), f"{day}/{month}/{year} {text[11:]}", f"{text}+0530")
    return _changed(document, field, stream.choice(forms))


def _enum_case(document: Document, shape: Shape, stream: Stream) -> _Soiled:
    field = stream.choice(shape.enums)
    text = str(document[field])
    return _changed(document, field, stream.choice((text.lower(), text.capitalize(), f" {text} ")))


def _text_cut(document: Document, shape: Shape, stream: Stream) -> _Soiled:
    field = stream.choice(shape.texts)
    text = str(document[field])
    return _changed(document, field, _cut(text, stream.randrange(len(text) // 2, len(text))))


def _cut(text: str, at: int) -> str:
    """Half a number or half an address could be somebody's, so a cut falls before it."""
    return re.sub(r"[\w.@]+$", "", text[:at])


def _unknown_field(document: Document, shape: Shape, stream: Stream) -> _Soiled:
    return _changed(document, stream.choice(("channelCode", "branchRemark", "batch")), "7")


def _same(document: Document, shape: Shape, stream: Stream) -> _Soiled:
    return _Soiled("", "null", _line(document))


def _modified(document: Document, shape: Shape, stream: Stream) -> _Soiled:
    field = stream.choice(shape.texts)
    return _changed(document, field, f"{document[field]} AMENDED")


def _amount_unreadable(document: Document, shape: Shape, stream: Stream) -> _Soiled:
    return _changed(document, shape.amounts[0], stream.choice(("N/A", "12.3.4", "#VALUE!", "--", "1O0.00")))


def _date_unreadable(document: Document, shape: Shape, stream: Stream) -> _Soiled:
    year = str(document[shape.moments[0]])[:4]
    bad = (f"31/02/{year}", "0000-00-00", "NaT", f"{year}-13-45T00:00:00+05:30", "yesterday")
    return _changed(document, shape.moments[0], stream.choice(bad))


def _field_missing(document: Document, shape: Shape, stream: Stream) -> _Soiled:
    field = stream.choice(shape.needed)
    left = {key: value for key, value in document.items() if key != field}
    return _Soiled(field, _was(document, field), _line(left))


def _broken(document: Document, shape: Shape, stream: Stream) -> _Soiled:
    text = _line(document).decode()
    return _Soiled("", "null", f"{_cut(text, stream.randrange(1, len(text) - 2))}\n".encode())


KINDS = (
    _Kind("AMOUNT_FORM", Expected.RESTORED, 4_000, 20_000, _amount_form),
    _Kind("DATE_FORM", Expected.RESTORED, 4_000, 20_000, _date_form),
    _Kind("MOMENT_FORM", Expected.RESTORED, 3_000, 15_000, _moment_form),
    _Kind("ENUM_CASE", Expected.RESTORED, 3_000, 15_000, _enum_case),
    _Kind("TEXT_CUT", Expected.KEPT, 3_000, 15_000, _text_cut),
    _Kind("UNKNOWN_FIELD", Expected.KEPT, 1_000, 6_000, _unknown_field),
    _Kind("LATE", Expected.KEPT, 3_000, 15_000, _same),
    _Kind("DUPLICATE", Expected.DUPLICATE, 4_000, 20_000, _same),
    _Kind("RESENT", Expected.SUPERSEDED, 1_500, 8_000, _modified),
    _Kind("AMOUNT_UNREADABLE", Expected.QUARANTINED, 800, 5_000, _amount_unreadable),
    _Kind("DATE_UNREADABLE", Expected.QUARANTINED, 800, 5_000, _date_unreadable),
    _Kind("FIELD_MISSING", Expected.QUARANTINED, 800, 5_000, _field_missing),
    _Kind("JSON_BROKEN", Expected.QUARANTINED, 300, 3_000, _broken),
)
