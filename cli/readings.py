"""show, explain, verify and status: what is held of one customer, and proof of it."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING

import orjson

import sources
from cli.asking import Parser, add_customer, add_json, customer_of, house, parser, whole
from cli.output import remark, say, say_json, say_table
from kit.money import rupees
from kit.scope import Scope
from kit.source import Json
from pipeline.wiring import House

if TYPE_CHECKING:  # Only what the command asked for is loaded.
    from pipeline.reading import Explanation, Summary

MOST_LINES = 2**53 - 1
EXAMPLES = {
    "show": ("bahi show --customer-id MSME001", "bahi show --customer-id MSME001 bank"),
    "explain": (
        "bahi explain --customer-id MSME001 bank.credits_paise",
        "bahi explain --customer-id MSME001 bank.closing_balance_paise --json",
    ),
    "verify": ("bahi verify --customer-id MSME001",),
    "status": ("bahi status --customer-id MSME001", "bahi status --customer-id MSME001 --json"),
}
ABOUT = {
    "show": "List the summaries of a customer, or print one.",
    "explain": "Open one number: formula, window, coverage and every raw line behind it.",
    "verify": "Hash every raw line, count every fate and compute every metric again.",
    "status": "Show consents, deliveries, steps and runs of a customer.",
}


def parser_of(name: str) -> Parser:
    """Make the parser of one reading command."""
    made = parser(name, ABOUT[name], EXAMPLES[name])
    add_customer(made)
    add_json(made)
    if name == "show":
        made.add_argument(
            "summary", nargs="?", metavar="SUMMARY", help="the summary to print, for example bank"
        )
    if name == "explain":
        made.add_argument(
            "metric", metavar="METRIC", help="the number to open, for example bank.credits_paise"
        )
        made.add_argument(
            "--lines", type=whole(1, MOST_LINES), metavar="N", help="print only the first N lines"
        )
    made.set_defaults(command=name)
    return made


def carry_out(asked: argparse.Namespace) -> int:
    """Answer the question that was asked."""
    {"show": _show, "explain": _explain, "verify": _verify, "status": _status}[asked.command](asked)
    return 0


def _opened(asked: argparse.Namespace, source: str | None = None) -> tuple[House, Scope]:
    """Open the house and the right to read; a source must exist before its consent is asked about."""
    from pipeline.rights import open_reading

    customer = customer_of(asked)
    if source is not None:
        sources.source(source)
    opened = house(customer)
    return opened, open_reading(opened, customer, asked.purpose, source)


def _show(asked: argparse.Namespace) -> None:
    from pipeline.reading import one_result, results

    opened, scope = _opened(asked, asked.summary)
    if asked.summary is None:
        _say_list(asked, results(opened, scope))
        return
    summary = one_result(opened, scope, asked.summary)
    document = orjson.loads(summary.document)
    if asked.json:
        say_json(document | {"is_stale": summary.is_stale})
        return
    rows = [
        (name, value_text(metric), _span(metric), str(metric["n"]))
        for name, metric in document["metrics"].items()
    ]
    say(f"{summary.name} as of {summary.as_of}{' (stale)' if summary.is_stale else ''}")
    say_table(("metric", "value", "window", "lines"), rows)
    remark(f"  next: bahi explain --customer-id {asked.customer_id} --purpose {asked.purpose} {rows[0][0]}")


def _say_list(asked: argparse.Namespace, found: tuple[Summary, ...]) -> None:
    if asked.json:
        say_json([_summary_row(summary) for summary in found])
        return
    rows = []
    for summary in found:
        row = _summary_row(summary)
        state = "stale" if summary.is_stale else "current"
        rows.append((summary.name, summary.as_of, f"{row['full_months']} months", str(row["metrics"]), state))
    say_table(("summary", "as of", "coverage", "metrics", "state"), rows)
    if any(summary.is_stale for summary in found):
        remark(f"  next: bahi run --customer-id {asked.customer_id} --purpose {asked.purpose}")


def _summary_row(summary: Summary) -> dict[str, Json]:
    metrics = orjson.loads(summary.document)["metrics"]
    months = [metric["coverage"]["months_full"] for metric in metrics.values() if metric["coverage"]]
    return {
        "summary": summary.name,
        "as_of": summary.as_of,
        "is_stale": summary.is_stale,
        "metrics": len(metrics),
        "full_months": max(months, default=0),
    }


def value_text(metric: Mapping[str, object]) -> str:
    """Write a value with its unit, or the reason there is none."""
    value = metric["value"]
    if not isinstance(value, int):
        return f"none ({metric['null_reason']})"
    return rupees(value) if metric["unit"] == "paise" else f"{value:,} {metric['unit']}"


def _span(metric: Mapping[str, object]) -> str:
    window = metric["window"]
    return f"{window['from']} to {window['to']}" if isinstance(window, dict) else "-"


def _explain(asked: argparse.Namespace) -> None:
    from pipeline.reading import explain, source_of

    found = explain(*_opened(asked, source_of(asked.metric)), asked.metric, (0, asked.lines))
    if asked.json:
        say_json(explanation_document(found))
        return
    metric = found.metric
    say(f"{found.definition.title}: {value_text(metric)}")
    say(f"formula   {found.definition.formula} (version {metric['version']})")
    say(f"window    {_span(metric)}")
    say(f"coverage  {_coverage(metric)}")
    say(f"lines     {found.lines_n}")
    for opened in found.lines:
        say(f"  {opened.raw.delivery}:{opened.raw.line} [{opened.raw.sha}] {opened.text}")


def _coverage(metric: Mapping[str, object]) -> str:
    held = metric["coverage"]
    if not isinstance(held, dict):
        return "-"
    return (
        f"{held['months_full']} of {held['months_needed']} full months,"
        f" {held['days_received']} of {held['days_window']} days"
    )


def explanation_document(found: Explanation) -> dict[str, object]:
    """Turn an explanation into its JSON form."""
    return {
        "metric": dict(found.metric),
        "definition": {
            "title": found.definition.title,
            "formula": found.definition.formula,
            "unit": found.definition.unit,
            "null_rule": found.definition.null_rule,
        },
        "lines_n": found.lines_n,
        "lines": [
            {
                "source": opened.source,
                "record": dict(opened.record),
                "raw": {**opened.raw._asdict(), "text": opened.text},
            }
            for opened in found.lines
        ],
    }


def _verify(asked: argparse.Namespace) -> None:
    from pipeline.verify import verify

    checked = verify(*_opened(asked))
    if asked.json:
        say_json({"customer_id": asked.customer_id, "verified": checked._asdict()})
        return
    say(", ".join(f"{name} {number:,}" for name, number in checked._asdict().items()))
    say("all of them hold")


def _status(asked: argparse.Namespace) -> None:
    from pipeline.status import status

    found = status(*_opened(asked))
    if asked.json:
        say_json(found)
        return
    for head, rows in found.items():
        if isinstance(rows, list) and rows:
            say(f"\n{head}")
            _say_rows(rows)
    if not found["results"]:
        say("\nno results")
        remark(f"  next: bahi run --customer-id {asked.customer_id} --purpose {asked.purpose}")


def _say_rows(rows: list[Json]) -> None:
    records = [row for row in rows if isinstance(row, dict)]
    head = tuple(records[0])
    say_table(head, [[_cell(record[name]) for name in head] for record in records])


def _cell(value: Json) -> str:
    if isinstance(value, dict):
        return ", ".join(
            f"{name} {number:,}" for name, number in value.items() if isinstance(number, int) and number
        )
    return "-" if value is None else str(value)
