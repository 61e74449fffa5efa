"""diff and revert: what cleaning changed, raw beside clean, and taking a repair back."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import orjson

import sources
from cli.asking import Parser, add_customer, add_json, customer_of, house, parser, whole
from cli.output import remark, say, say_json
from kit.scope import Scope
from kit.source import Json
from pipeline.wiring import House

if TYPE_CHECKING:  # Only what the command asked for is loaded.
    from pipeline.repairs import Changed, Difference

SHOWN_N = 20
MOST_LINES = 2**53 - 1
# Together with two blanks between them, no wider than a terminal of eighty columns.
WIDTHS = (22, 16, 16, 20)
EXAMPLES = {
    "diff": (
        "bahi diff --customer-id MSME001 --source bank",
        "bahi diff --customer-id MSME001 --source bank --limit 5 --json",
        "bahi diff --customer-id MSME001 --source gst --line 0123456789abcdef:12",
    ),
    "revert": (
        "bahi revert --customer-id MSME001 --source bank --line 0123456789abcdef:12 --field narration",
        "bahi revert --customer-id MSME001 --source bank --line 0123456789abcdef:12 --field narration --undo",
    ),
}
ABOUT = {
    "diff": "Show raw beside clean, field by field, with the rule that changed it.",
    "revert": "Leave a repaired field of a line as it came; the next cleaning heeds it, and --undo takes it back.",
}


def parser_of(name: str) -> Parser:
    """Make the parser of one of the two commands."""
    made = parser(name, ABOUT[name], EXAMPLES[name])
    add_customer(made)
    add_json(made)
    made.add_argument("--source", required=True, metavar="S", help="the source, for example bank")
    about_line = "a raw line by its delivery and number"
    if name == "diff":
        group = made.add_mutually_exclusive_group()
        group.add_argument("--line", metavar="DELIVERY:LINE", help=f"{about_line}, changed or not")
        group.add_argument(
            "--limit", type=whole(1, MOST_LINES), default=SHOWN_N, metavar="N",
            help=f"show the first N changed lines (default {SHOWN_N})",
        )  # fmt: skip
    else:
        made.add_argument(
            "--line", required=True, metavar="DELIVERY:LINE", help=f"{about_line}, as diff shows it"
        )
        made.add_argument("--field", required=True, metavar="F", help="the field, as diff shows it")
        made.add_argument("--undo", action="store_true", help="let the repair stand again")
    made.set_defaults(command=name)
    return made


def carry_out(asked: argparse.Namespace) -> int:
    """Show or note what was asked for."""
    {"diff": _diff, "revert": _revert}[asked.command](asked)
    return 0


def _opened(asked: argparse.Namespace) -> tuple[House, Scope]:
    """Open the house and the right to read; a source must exist before its consent is asked about."""
    from pipeline.rights import open_reading

    customer = customer_of(asked)
    sources.source(asked.source)
    opened = house(customer)
    return opened, open_reading(opened, customer, asked.purpose, asked.source)


def _diff(asked: argparse.Namespace) -> None:
    from pipeline.repairs import changed_lines, one_line, place_of

    place = None if asked.line is None else place_of(asked.line)
    opened, scope = _opened(asked)
    if place is None:
        found, text = changed_lines(opened, scope, asked.source, asked.limit), None
    else:
        found, text = one_line(opened, scope, asked.source, place)
    if asked.json:
        say_json(_document(asked.source, found, text))
        return
    for changed in found.lines:
        _say_line(changed, text)
    if text is None:
        say(f"{len(found.lines):,} of {found.lines_n:,} changed lines")
    if found.is_stale:
        remark("  deliveries or corrections came since this was cleaned")
        remark(f"  next: bahi clean --customer-id {asked.customer_id} --purpose {asked.purpose}")


def _document(source: str, found: Difference, text: str | None) -> dict[str, object]:
    lines = [_line_document(changed, text) for changed in found.lines]
    return {"source": source, "lines_n": found.lines_n, "is_stale": found.is_stale, "lines": lines}


def _line_document(changed: Changed, text: str | None) -> dict[str, object]:
    told: dict[str, object] = {
        "raw": changed.ref._asdict(),
        "fate": changed.fate,
        "record_id": changed.record_id,
        "reason": changed.reason,
        "fields": [dict(field) for field in changed.fields],
    }
    return told if text is None else {**told, "text": text, "record": changed.record}


def _say_line(changed: Changed, text: str | None) -> None:
    ref = changed.ref
    ending = [word for word in (changed.record_id, changed.reason) if word is not None]
    say(f"{ref.delivery}:{ref.line}  {' '.join([changed.fate, *ending])}")
    if text is not None:
        _say_cells(("  raw field", "raw", "clean", "rule"), _beside(changed, text))
        if changed.record is not None:
            say("  record")
            _say_cells(None, [(f"  {name}", _json(value), "", "") for name, value in changed.record.items()])
    else:
        _say_cells(("  field", "raw", "clean", "rule"), map(_cells, changed.fields))
    say("")


def _cells(field: Mapping[str, object]) -> tuple[str, str, str, str]:
    return f"  {field['field']}", str(field["from"]), str(field["to"]), str(field["rule"])


def _beside(changed: Changed, text: str) -> Iterator[tuple[str, str, str, str]]:
    """Every field that arrived: those that were touched with their rule, the others as they are."""
    touched = {str(field["field"]) for field in changed.fields}
    try:
        body = orjson.loads(text)
    except ValueError:
        body = text
    for name, value in _leaves(body, ""):
        if name not in touched:
            yield f"  {name}", _json(value), "=", ""
    yield from map(_cells, changed.fields)


def _leaves(value: Json, name: str) -> Iterator[tuple[str, Json]]:
    if isinstance(value, dict) and value:
        inner = [(str(key), below) for key, below in value.items()]
    elif isinstance(value, list) and value:
        inner = [(str(key), below) for key, below in enumerate(value)]
    else:
        yield name or "line", value
        return
    for key, below in inner:
        yield from _leaves(below, f"{name}.{key}" if name else key)


def _json(value: object) -> str:
    return orjson.dumps(value).decode()


def _say_cells(head: Sequence[str] | None, rows: Iterator[Sequence[str]] | Sequence[Sequence[str]]) -> None:
    """Print columns of fixed width; what does not fit goes on below."""
    for row in rows if head is None else [head, *rows]:
        columns = [_folded(cell, width) for cell, width in zip(row, _widths(row), strict=True)]
        for at in range(max(map(len, columns))):
            parts = [column[at] if at < len(column) else "" for column in columns]
            padded = [part.ljust(width) for part, width in zip(parts, _widths(row), strict=True)]
            say("  ".join(padded).rstrip())


def _widths(row: Sequence[str]) -> tuple[int, ...]:
    """A row of two cells has the room of the others."""
    return (24, 54, 0, 0) if not row[2] and not row[3] else WIDTHS


def _folded(cell: str, width: int) -> list[str]:
    """Break a cell into lines; what a terminal would obey is written out."""
    shown = "".join(letter if letter.isprintable() else f"\\u{ord(letter):04x}" for letter in cell)
    if not width or len(shown) <= width:
        return [shown]
    inset = "  " if shown.startswith("  ") else ""
    return textwrap.wrap(
        shown.strip(), width, initial_indent=inset, subsequent_indent=inset, break_on_hyphens=False
    )


def _revert(asked: argparse.Namespace) -> None:
    from pipeline.repairs import place_of, revert, undo

    place = place_of(asked.line)
    written = (undo if asked.undo else revert)(*_opened(asked), asked.source, place, asked.field)
    status = "standing" if written.stood else "noted"
    act = "undo" if asked.undo else "revert"
    if asked.json:
        say_json({"act": act, "status": status, "notes": list(written.note_ids)})
        return
    say(f"{act} {status}: {', '.join(written.note_ids)}")
    remark(f"  next: bahi clean --customer-id {asked.customer_id} --purpose {asked.purpose}")
