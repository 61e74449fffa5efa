"""The kinds of dirt a line can meet on its way: what each does to it, and the end that cleaning owes it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple, TypeVar

import orjson

from kit.chance import Stream
from kit.shapes import listed, mapping
from kit.source import Document, Json


class Expected(StrEnum):
    """What cleaning owes a soiled line.

    KEPT is clean although something was cut or added, NULLED clean with one value unknown and the reason told;
    LOST never left the provider.
    """

    RESTORED = "restored"
    NULLED = "null"
    KEPT = "kept"
    DUPLICATE = "duplicate"
    SUPERSEDED = "superseded"
    QUARANTINED = "quarantined"
    LOST = "lost"


AGAIN = (Expected.DUPLICATE, Expected.SUPERSEDED)


class Mistake(NamedTuple):
    """A kind of dirt only one standard knows; commit changes the document in place and names the field it changed.

    None says that this document cannot meet it. The line comes a second time where the end expected is a duplicate's.
    """

    name: str
    expected: Expected
    commit: Callable[[Document, Stream], str | None]


class Shape(NamedTuple):
    """Which fields of a line hold what; a field may be a path with list places, like items.0.price.value.

    Amounts and days may stand as text or as numbers. A line without one of the needed cannot be read, whereas it can do
    without the spare. The account names what a provider may stop telling of.
    """

    amounts: tuple[str, ...]
    days: tuple[str, ...]
    moments: tuple[str, ...]
    enums: tuple[str, ...]
    texts: tuple[str, ...]
    needed: tuple[str, ...]
    mistakes: tuple[Mistake, ...] = ()
    spare: tuple[str, ...] = ()
    account: str = ""


class Soiled(NamedTuple):
    """A line after the dirt: which field it is about, what stood there as JSON text, and the bytes."""

    field: str
    was: str
    text: bytes


class Kind(NamedTuple):
    """One kind of dirt; None from soil says that the line holds nothing it could soil."""

    name: str
    expected: Expected
    soil: Callable[[Document, Shape, Stream], Soiled | None]


Read = TypeVar("Read")
NOTHING = "null"


def line(document: Document) -> bytes:
    """Write a document as a line; a fraction is written with the digits it was read with."""
    return orjson.dumps(document, default=_exact, option=orjson.OPT_APPEND_NEWLINE)


def text_of(value: object) -> str:
    """Write a value as JSON text."""
    return orjson.dumps(value, default=_exact).decode()


def own(document: Document) -> Document:
    """Give a copy to soil in which every number has the digits of its line."""
    copied: Document = json.loads(line(document), parse_float=Decimal)
    return copied


def found(document: Json, path: str) -> Json:
    """Follow a path into a document, or give None where it does not lead."""
    for name in path.split("."):
        if isinstance(document, dict):
            document = document.get(name)
        elif isinstance(document, list) and name.isdigit() and int(name) < len(document):
            document = document[int(name)]
        else:
            return None
    return document


def committed(document: Document, mistake: Mistake, stream: Stream) -> Soiled | None:
    """Let a standard's own mistake happen to a line."""
    before = own(document)
    field = mistake.commit(document, stream)
    return None if field is None else Soiled(field, text_of(found(before, field)), line(document))


def _exact(value: object) -> orjson.Fragment:
    if isinstance(value, Decimal):
        return orjson.Fragment(format(value, "f"))
    raise TypeError("no JSON value")


def _holder(document: Document, path: str) -> tuple[Json, str]:
    above, _, name = path.rpartition(".")
    return (found(document, above) if above else document), name


def _put(document: Document, path: str, value: object) -> Soiled:
    before = text_of(found(document, path))
    holder, name = _holder(document, path)
    if isinstance(holder, dict):
        mapping(holder)[name] = value
    elif isinstance(holder, list):
        listed(holder)[int(name)] = value
    return Soiled(path, before, line(document))


def _picked(
    document: Document, paths: Iterable[str], stream: Stream, read: Callable[[Json], Read | None]
) -> tuple[str, Read] | None:
    """Draw one of the fields that hold what the kind is about."""
    present = [(path, told) for path in paths if (told := read(found(document, path))) is not None]
    return stream.choice(present) if present else None


def _number(value: Json) -> str | None:
    written: object = value
    if isinstance(written, Decimal):
        return format(written, "f")
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) and re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", value) else None


def _amount_form(document: Document, shape: Shape, stream: Stream) -> Soiled | None:
    picked = _picked(document, shape.amounts, stream, _number)
    if picked is None:
        return None
    field, text = picked
    sign, number = ("-", text[1:]) if text.startswith("-") else ("", text)
    forms: list[object] = [
        f"{sign}₹{_grouped(number)}",
        f"{sign}Rs. {_grouped(number)}",
        f"{sign}INR {number}",
        f"  {text} ",
    ]
    if isinstance(found(document, field), str):
        forms.append(Decimal(text))
    return _put(document, field, stream.choice(forms))


def _grouped(number: str) -> str:
    """Indian commas: three digits from the right, then two by two."""
    whole, _, paise = number.partition(".")
    head, tail = whole[:-3], whole[-3:]
    parts = [head[max(0, end - 2) : end] for end in range(len(head), 0, -2)]
    return ",".join([*reversed(parts), tail]) + (f".{paise}" if paise else "")


def day_of(value: Json) -> tuple[str, str, str] | None:
    """Read year, month and day of a text that begins with a day, written from the year on or from the day on."""
    if not isinstance(value, str):
        return None
    iso = re.match(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?![0-9])", value)
    if iso:
        return iso[1], iso[2], iso[3]
    indian = re.match(r"([0-9]{2})[-/]([0-9]{2})[-/]([0-9]{4})(?![0-9])", value)
    return (indian[3], indian[2], indian[1]) if indian else None


def _bare_day(value: Json) -> tuple[str, str, str] | None:
    return day_of(value) if isinstance(value, str) and len(value) == 10 else None


def _date_form(document: Document, shape: Shape, stream: Stream) -> Soiled | None:
    picked = _picked(document, shape.days, stream, _bare_day)
    if picked is None:
        return None
    field, (year, month, day) = picked
    name = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"[int(month) * 4 - 4 : int(month) * 4 - 1]
    forms = (
        f"{day}/{month}/{year}",
        f"{day}-{month}-{year}",
        f"{day}-{name}-{year}",
        f"{year}-{month}-{day}T00:00:00+05:30",
    )
    return _put(document, field, stream.choice(_others(forms, found(document, field))))


def _others(forms: Iterable[str], stood: Json) -> list[str]:
    return [form for form in forms if form != stood]


_MOMENT = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9:]{8}(?:\.[0-9]+)?)(Z|\+05:30)?")


def _moment(value: Json) -> re.Match[str] | None:
    return _MOMENT.fullmatch(value) if isinstance(value, str) else None


def _moment_form(document: Document, shape: Shape, stream: Stream) -> Soiled | None:
    picked = _picked(document, shape.moments, stream, _moment)
    if picked is None:
        return None
    field, told = picked
    year, month, day, clock, zone = told.groups()
    iso = f"{year}-{month}-{day}"
    # A moment of London loses its hour with its zone, so only Indian time may be written without one.
    forms = (
        (f"{iso} {clock}Z", f"{iso}T{clock}+00:00", f"{iso}T{clock}+0000")
        if zone == "Z"
        else (f"{iso}T{clock}", f"{iso} {clock}", f"{day}/{month}/{year} {clock}", f"{iso}T{clock}+0530")
    )
    return _put(document, field, stream.choice(_others(forms, told[0])))


def _word(value: Json) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def _enum_case(document: Document, shape: Shape, stream: Stream) -> Soiled | None:
    picked = _picked(document, shape.enums, stream, _word)
    if picked is None:
        return None
    field, text = picked
    return _put(document, field, stream.choice(_others((text.lower(), text.capitalize(), f" {text} "), text)))


def _text_cut(document: Document, shape: Shape, stream: Stream) -> Soiled | None:
    picked = _picked(document, shape.texts, stream, _word)
    if picked is None:
        return None
    field, text = picked
    left = cut(text, stream.randrange(len(text) // 2, len(text)))
    return _put(document, field, left) if left.strip() else None


def cut(text: str, at: int) -> str:
    """Half a number or half an address could be somebody's, so a cut falls before it."""
    return re.sub(r"([\w.+-]+@[\w.-]*|[\w.@]+)\Z", "", text[:at])


def _unknown_field(document: Document, shape: Shape, stream: Stream) -> Soiled | None:
    name = stream.choice(("channelCode", "branchRemark", "batch"))
    return None if name in document else _put(document, name, "7")


def _nulled(document: Document, shape: Shape, stream: Stream) -> Soiled | None:
    picked = _picked(document, shape.spare, stream, lambda value: value or None)
    return None if picked is None else _put(document, picked[0], stream.choice((None, "")))


def _same(document: Document, shape: Shape, stream: Stream) -> Soiled | None:
    return Soiled("", NOTHING, line(document))


def _near(document: Document, shape: Shape, stream: Stream) -> Soiled | None:
    """Send a line once more, written a little otherwise."""
    picked = _picked(document, shape.texts, stream, _word)
    if picked is None:
        return None
    field, text = picked
    return _put(document, field, text.replace(" ", "  ", 1) if " " in text else f"{text} /")


def _modified(document: Document, shape: Shape, stream: Stream) -> Soiled | None:
    picked = _picked(document, shape.texts, stream, _word)
    return None if picked is None else _put(document, picked[0], f"{picked[1]} AMENDED")


def _amount_unreadable(document: Document, shape: Shape, stream: Stream) -> Soiled | None:
    picked = _picked(document, _needed(shape, shape.amounts), stream, _number)
    bad = stream.choice(("N/A", "12.3.4", "#VALUE!", "--", "1O0.00"))
    return None if picked is None else _put(document, picked[0], bad)


def _date_unreadable(document: Document, shape: Shape, stream: Stream) -> Soiled | None:
    picked = _picked(document, _needed(shape, (*shape.moments, *shape.days)), stream, day_of)
    if picked is None:
        return None
    year = picked[1][0]
    bad = (f"31/02/{year}", "0000-00-00", "NaT", f"{year}-13-45T00:00:00+05:30", "yesterday")
    return _put(document, picked[0], stream.choice(bad))


def _needed(shape: Shape, fields: Iterable[str]) -> list[str]:
    return [field for field in fields if field in shape.needed]


def _field_missing(document: Document, shape: Shape, stream: Stream) -> Soiled | None:
    picked = _picked(document, shape.needed, stream, lambda value: value)
    if picked is None:
        return None
    before = text_of(picked[1])
    holder, name = _holder(document, picked[0])
    if not isinstance(holder, dict):
        return None
    del holder[name]
    return Soiled(picked[0], before, line(document))


def _broken(document: Document, shape: Shape, stream: Stream) -> Soiled | None:
    text = line(document).decode()
    return Soiled("", NOTHING, f"{cut(text, stream.randrange(1, len(text) - 2))}\n".encode())


LATE = "LATE"
KINDS = (
    Kind("AMOUNT_FORM", Expected.RESTORED, _amount_form),
    Kind("DATE_FORM", Expected.RESTORED, _date_form),
    Kind("MOMENT_FORM", Expected.RESTORED, _moment_form),
    Kind("ENUM_CASE", Expected.RESTORED, _enum_case),
    Kind("VALUE_NULL", Expected.NULLED, _nulled),
    Kind("TEXT_CUT", Expected.KEPT, _text_cut),
    Kind("UNKNOWN_FIELD", Expected.KEPT, _unknown_field),
    Kind(LATE, Expected.KEPT, _same),
    Kind("DUPLICATE", Expected.DUPLICATE, _same),
    Kind("NEAR_DUPLICATE", Expected.SUPERSEDED, _near),
    Kind("MODIFIED", Expected.SUPERSEDED, _modified),
    Kind("AMOUNT_UNREADABLE", Expected.QUARANTINED, _amount_unreadable),
    Kind("DATE_UNREADABLE", Expected.QUARANTINED, _date_unreadable),
    Kind("FIELD_MISSING", Expected.QUARANTINED, _field_missing),
    Kind("JSON_BROKEN", Expected.QUARANTINED, _broken),
)
