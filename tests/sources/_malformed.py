"""Deliveries gone wrong, by number: what each line holds, and the name under which it has to be held back, or none."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from random import Random
from typing import NamedTuple

import orjson

from kit.lines import Fault
from kit.source import Document

MARK = b"\xef\xbb\xbf"
LINE_CAP, DEPTH_CAP = 1 << 20, 100
TOO_LONG = "LINE_TOO_LONG"
MIB = 1 << 20
Deed = Callable[[bytes, Random], bytes]


class Planned(NamedTuple):
    """One line as it is written, the line it was made from, and the fault it must be held back for."""

    written: bytes
    was: bytes
    fault: str | None


def _with(member: bytes) -> Deed:
    return lambda line, _: line[:-1] + b"," + member + b"}"


def _cut(line: bytes, random: Random) -> bytes:
    return line[: random.randrange(1, len(line))]


def _beheaded(line: bytes, random: Random) -> bytes:
    """What is left of a line may begin with white space or in the middle of a word; it never begins an object."""
    at = random.randrange(1, len(line))
    return line[at:] if line[at:].lstrip()[:1] not in (b"{", b"[", b'"') else b"}" + line[at:]


def _inside_text(inserted: bytes) -> Deed:
    def done(line: bytes, _: Random) -> bytes:
        return line.replace(b'"', b'"' + inserted, 1)

    return done


def _same_key(line: bytes, random: Random) -> bytes:
    key = random.choice(list(orjson.loads(line)))
    escaped = "".join(f"\\u{ord(letter):04x}" for letter in key)
    return line[:-1] + f',"{random.choice([key, escaped])}":{random.choice(["1", "null", "{}"])}}}'.encode()


def _long(line: bytes, random: Random) -> bytes:
    length = random.choice([MIB + 1, MIB + 1, 2 * MIB, 10 * MIB if random.random() < 0.1 else MIB + 7])
    return line[:-1] + b',"x":"' + b"x" * length + b'"}'


# Each deed with the fault it must be named by.
BAD: Mapping[str, tuple[Deed, str]] = {
    "cut short": (_cut, Fault.NOT_JSON),
    "head lost": (_beheaded, Fault.NOT_JSON),
    "empty": (lambda _, __: b"", Fault.EMPTY_LINE),
    "blank": (lambda _, random: random.choice([b" ", b"\t\t", b"\r", b"  \r"]), Fault.EMPTY_LINE),
    "Latin-1": (_inside_text(b"caf\xe9 "), Fault.NOT_UTF8),
    "Windows quotes": (_inside_text(b"\x93x\x94"), Fault.NOT_UTF8),
    "overlong": (_inside_text(b"\xc0\xaf"), Fault.NOT_UTF8),
    "raw surrogate": (_inside_text(b"\xed\xa0\x80"), Fault.NOT_UTF8),
    "raw NUL": (_inside_text(b"\x00"), Fault.NUL_BYTE),
    "NUL behind": (lambda line, _: line + b"\x00", Fault.NUL_BYTE),
    "raw control": (_inside_text(b"\x1b"), Fault.NOT_JSON),
    "UTF-16": (
        lambda line, random: line.decode().encode(random.choice(["utf-16-le", "utf-16-be"])),
        Fault.UTF16,
    ),
    "two marks": (lambda line, _: MARK + MARK + line, Fault.NOT_JSON),
    "same key": (_same_key, Fault.DUPLICATE_KEYS),
    "too deep": (_with(b'"x":' + b"[" * 100 + b"]" * 100), Fault.TOO_DEEP),
    "far too deep": (_with(b'"x":' + b'{"a":' * 50_000 + b"1" + b"}" * 50_000), Fault.TOO_DEEP),
    "endless number": (_with(b'"x":' + b"9" * 400), Fault.NOT_JSON),
    "1e999": (_with(b'"x":1e999'), Fault.NOT_JSON),
    "NaN": (_with(b'"x":NaN'), Fault.NOT_JSON),
    "Infinity": (_with(b'"x":-Infinity'), Fault.NOT_JSON),
    "half a pair": (_with(rb'"x":"\ud83d"'), Fault.NOT_JSON),
    "two objects": (lambda line, _: line + line, Fault.NOT_JSON),
    "comma behind": (lambda line, _: line + b",", Fault.NOT_JSON),
    "in a list": (lambda line, _: b"[" + line + b"]", Fault.NOT_AN_OBJECT),
    "as text": (lambda line, _: orjson.dumps(line.decode()), Fault.NOT_AN_OBJECT),
    "too long": (_long, TOO_LONG),
}


def _respaced(line: bytes, random: Random) -> bytes:
    return json.dumps(orjson.loads(line), separators=random.choice([(", ", ": "), (" ,", " :\t")])).encode()


def _reordered(line: bytes, random: Random) -> bytes:
    members = list(orjson.loads(line).items())
    random.shuffle(members)
    return orjson.dumps(dict(members))


def _escaped(line: bytes, _: Random) -> bytes:
    """Every letter of every key and text as its code."""
    return re.sub(
        rb'"([^"\\]*)"', lambda found: b'"' + b"".join(b"\\u%04x" % unit for unit in found[1]) + b'"', line
    )


GOOD: Mapping[str, Deed] = {
    "as it was": lambda line, _: line,
    "CR behind": lambda line, _: line + b"\r",
    "white space around": lambda line, random: random.choice([b" ", b"\t", b" \r"]) + line + b"\t ",
    "mark in front": lambda line, _: MARK + line,
    "other spacing": _respaced,
    "other order": _reordered,
    "all escaped": _escaped,
    "deep but not too deep": _with(b'"x_odd":' + b"[" * 90 + b"]" * 90),
    "a long whole number": _with(b'"x_odd":123456789012345678901234567890'),
    "words of numbers": _with(b'"x_odd":["NaN","1e999",-0,-0.0,1e-400]'),
    "escaped NUL and pair": _with(rb'"x_odd":"\u0000\ud83d\ude00\u202e"'),
    "nearly too long": _with(b'"x_odd":"' + b"x" * 900_000 + b'"'),
}


def planned(lines: Sequence[bytes], random: Random, share: float | None = None) -> Iterator[Planned]:
    """Soil a share of the lines of an answer, by few or many kinds of deed."""
    share = random.choice([0.05, 0.3, 0.7, 1.0]) if share is None else share
    kinds = random.sample(sorted(BAD), random.choice([1, 3, len(BAD)]))
    for line in lines:
        if random.random() < share:
            deed, fault = BAD[random.choice(kinds)]
            yield Planned(deed(line, random), line, fault)
        else:
            usual = random.random() < 0.5
            dress = GOOD["as it was" if usual else random.choice(sorted(GOOD))]
            yield Planned(dress(line, random), line, None)


def written(plan: Sequence[Planned], random: Random) -> bytes:
    """Put the lines into a file, the last one with a newline or without."""
    content = b"\n".join(line.written for line in plan)
    return content + (b"\n" if random.random() < 0.7 or content[-1:] in (b"", b"\n") else b"")


def lines_in(content: bytes) -> list[bytes]:
    """Cut a file into lines as the standard library does."""
    return [line.removesuffix(b"\n") for line in io.BytesIO(content)]


def is_readable(line: bytes) -> bool:
    """Say with the standard library alone whether a line is one object of sound JSON within the caps."""
    if len(line) > LINE_CAP:
        return False
    try:
        body = json.loads(
            line.removeprefix(MARK).decode(),
            object_pairs_hook=_pairs,
            parse_constant=_refuse,
            parse_float=_finite,
            parse_int=_finite,
        )
        return (
            isinstance(body, dict)
            and _depth(body) <= DEPTH_CAP
            and bool(json.dumps(body, ensure_ascii=False).encode())
        )
    except (ValueError, RecursionError):
        return False


def _pairs(pairs: list[tuple[str, object]]) -> Document:
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a key twice")
    return dict(pairs)  # type: ignore[arg-type]


def _refuse(word: str) -> None:
    raise ValueError(word)


def _finite(digits: str) -> float:
    if abs(float(digits)) == float("inf"):
        raise ValueError("endless")
    return float(digits)


def _depth(value: object) -> int:
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inside is None else 1 + max(map(_depth, inside), default=0)
