"""quality: the rules each source was held to, before and after cleaning, and the months that arrived or did not."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, TypedDict

from cli.asking import Parser, add_customer, add_json, customer_of, house, parser
from cli.output import remark, say, say_json, say_table
from kit.errors import CallerError

if TYPE_CHECKING:  # Only what the command asked for is loaded.
    from pipeline.quality.reading import Kept

SEVERITIES = ("LOW", "MEDIUM", "HIGH", "CRITICAL")
STRICT_EXIT = 3
STDOUT = "-"
ABOUT = """Show how good the data of a customer is: every rule on the raw lines and on the clean records.

A share is the part that keeps to the rule, in percent. FAILS is below its limit, BLOCKS says that no
decision should rest on the data; a rule that found nothing to look at is left out of the table.
Below stand the months of each account: # received, . missing, ! failed, - out of consent.
In a CSV file a cell that begins with = + - @, a tab or a carriage return gets an apostrophe before
it, so that no spreadsheet takes it for a formula."""
EXAMPLES = (
    "bahi quality --customer-id MSME001",
    "bahi quality --customer-id MSME001 --min-severity HIGH --strict",
    "bahi quality --customer-id MSME001 --csv quality.csv",
)
MARKS = {"RECEIVED": "#", "MISSING": ".", "FAILED": "!", "OUT_OF_CONSENT": "-"}
WIDTH, LABEL_WIDTH = 80, 46
COLUMNS = (
    *("id", "dimension", "severity", "about", "raw_checked", "raw_failed", "raw_ppm"),
    *(
        "clean_checked",
        "clean_failed",
        "clean_ppm",
        "side",
        "threshold_ppm",
        "blocks",
        "verdict",
        "first_raw",
    ),
)
# What a spreadsheet takes for the beginning of a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Side(TypedDict):
    """What a rule counted on one side."""

    checked: int
    failed: int
    ppm: int | None


class Held(TypedDict):
    """One rule as it is stored."""

    about: str
    blocks: bool
    clean: Side | None
    dimension: str
    first: dict[str, str | int] | None
    holds: bool | None
    id: str
    raw: Side | None
    severity: str
    side: str
    source: str
    threshold_ppm: int


def parser_of(name: str) -> Parser:
    """Make the parser of the command."""
    made = parser(name, ABOUT, EXAMPLES)
    add_customer(made)
    made.add_argument(
        "--min-severity", choices=SEVERITIES, default="LOW", help="leave out rules that matter less"
    )
    made.add_argument("--strict", action="store_true", help="exit 3 when a rule shown is below its limit")
    made.add_argument("--csv", metavar="FILE", help="write the rules as CSV to a file, or - to print them")
    add_json(made)
    made.set_defaults(command=name)
    return made


def carry_out(asked: argparse.Namespace) -> int:
    """Show what is kept, in the form asked for."""
    from pipeline.quality.reading import kept_quality
    from pipeline.rights import open_reading

    if asked.json and asked.csv is not None:
        raise CallerError(
            "USAGE", "Ask for --csv or for --json, not for both.", hint="Run: bahi quality --help"
        )
    customer = customer_of(asked)
    opened = house(customer)
    kept = kept_quality(opened, open_reading(opened, customer, asked.purpose))
    rules = _chosen(kept.document, asked.min_severity)
    if asked.json:
        say_json({**kept.document, "rules": rules, "is_stale": kept.is_stale})
    elif asked.csv is not None:
        _write(asked.csv, rules)
    else:
        _say(kept, rules)
    if kept.is_stale:
        remark(f"  next: bahi run --customer-id {asked.customer_id} --purpose {asked.purpose}")
    return STRICT_EXIT if asked.strict and any(rule["holds"] is False for rule in rules) else 0


def _chosen(document: Mapping[str, object], least: str) -> list[Held]:
    rules = document["rules"]
    assert isinstance(rules, list)
    return [rule for rule in rules if SEVERITIES.index(rule["severity"]) >= SEVERITIES.index(least)]


def _say(kept: Kept, rules: Sequence[Held]) -> None:
    document = kept.document
    told, rows = document["sources"], document["coverage"]
    assert isinstance(told, dict) and isinstance(rows, list)
    say(f"quality as of {document['as_of']}{' (stale)' if kept.is_stale else ''}")
    for name, sums in told.items():
        _say_source(name, sums, [rule for rule in rules if rule["source"] == name])
    say("\nmonths: # received  . missing  ! failed  - out of consent")
    for text in (text for row in rows for text in _months(row)):
        say(text)
    broken = [rule["blocks"] for rule in rules if rule["holds"] is False]
    say(f"\n{len(rules)} rules, {len(broken)} below their limit, blocking: {sum(broken)}")


def _say_source(name: str, sums: Mapping[str, object], rules: Sequence[Held]) -> None:
    say("")
    _say_sums(name, sums)
    lines = [_line(rule) for rule in rules if rule["holds"] is not None]
    if lines:
        say_table(("rule", "severity", "raw %", "clean %", "short", "limit %", "state"), lines)


def _say_sums(name: str, sums: Mapping[str, object]) -> None:
    parts = {part: sums[part] for part in ("raw", "clean", "deduplicated", "quarantined")}
    counts = {part: told["count"] for part, told in parts.items() if isinstance(told, dict)}
    if sums["state"] != "CLEANED":
        say(f"{name}: {str(sums['state']).lower().replace('_', ' ')}, {counts['raw']:,} lines")
        return
    say(
        f"{name}: {counts['raw']:,} lines = {counts['clean']:,} clean + {counts['deduplicated']:,} copies"
        f" + {counts['quarantined']:,} held back"
    )
    money = sums["raw_yield_paise_ppm"]
    of_money = "" if money is None else f", {percent(money)} % of money"
    say(f"  raw yield {percent(sums['raw_yield_ppm'])} % of lines{of_money}")


def _line(rule: Held) -> tuple[str, ...]:
    raw, clean = rule["raw"], rule["clean"]
    judged = clean if rule["side"] == "clean" else raw
    return (
        rule["id"],
        rule["severity"],
        percent(raw["ppm"]) if raw else "-",
        percent(clean["ppm"]) if clean else "-",
        str(judged["failed"]) if judged else "-",
        percent(rule["threshold_ppm"]),
        verdict(rule),
    )


def percent(ppm: object) -> str:
    """Write a share of a million in percent."""
    if not isinstance(ppm, int):
        return "-"
    return f"{ppm // 10_000}.{ppm % 10_000:04d}".rstrip("0").rstrip(".")


def verdict(rule: Held) -> str:
    """Say in a word how a rule stands."""
    if rule["holds"] is None:
        return ""
    if rule["holds"]:
        return "ok"
    return "BLOCKS" if rule["blocks"] else "FAILS"


def _months(row: Mapping[str, object]) -> Iterator[str]:
    """One account's months as marks under its name, wrapped where a line ends."""
    months = row["months"]
    assert isinstance(months, list)
    whose = " ".join(str(row[part]) for part in ("source", "party", "account") if row[part])
    marks = "".join(MARKS[month["state"]] for month in months)
    if len(whose) > LABEL_WIDTH:
        whose = f"{whose[: LABEL_WIDTH - 3]}..."
    span = f"{months[0]['month']} to {months[-1]['month']}"
    yield f"{whose:<{LABEL_WIDTH}}  {'nothing is held there' if row['is_empty'] else span}"
    if row["is_empty"]:
        return
    for start in range(0, len(marks), WIDTH - 2):
        yield f"  {marks[start : start + WIDTH - 2]}"


def _write(path: str, rules: Sequence[Held]) -> None:
    text = csv_text([COLUMNS, *map(_row, rules)])
    if path == STDOUT:
        say(text.rstrip("\n"))
        return
    from warehouse.named_files import put

    put(path, text.encode())
    say(f"{len(rules)} rules in {path}")


def _row(rule: Held) -> tuple[object, ...]:
    first = rule["first"]
    return (
        *(rule["id"], rule["dimension"], rule["severity"], rule["about"]),
        *_counts(rule["raw"]),
        *_counts(rule["clean"]),
        *(rule["side"], rule["threshold_ppm"], str(rule["blocks"]).lower(), verdict(rule)),
        "" if first is None else f"{first['delivery']}:{first['line']}",
    )


def _counts(side: Side | None) -> tuple[object, ...]:
    return ("", "", "") if side is None else (side["checked"], side["failed"], side["ppm"])


def csv_text(rows: Sequence[Sequence[object]]) -> str:
    """Write rows as CSV that no spreadsheet takes for formulas."""
    from csv import QUOTE_ALL, writer
    from io import StringIO

    out = StringIO()
    # All are quoted, since a lone carriage return would end the line unquoted.
    lines = writer(out, lineterminator="\n", quoting=QUOTE_ALL)
    lines.writerows([safe_cell(cell) for cell in row] for row in rows)
    return out.getvalue()


def safe_cell(cell: object) -> str:
    """Put an apostrophe before what a spreadsheet would carry out; a number below zero is text by that, not lost."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(FORMULA) else text
