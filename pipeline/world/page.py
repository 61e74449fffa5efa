"""The fidelity table as people read it: on a terminal, as JSON, and in docs/world.md with the hash of the world's parameters."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Mapping, Sequence

import orjson

from kit.source import Document, Json
from pipeline.world.check import Sizes
from pipeline.world.verdict import Line, failures
from warehouse import assets, named_files

PAGE = "docs/world.md"
CHANGES = "## Changes of the parameters"
NONE_YET = "None since the parameters were first written down."
# What the world is compared with is no parameter of it.
OUTSIDE = frozenset(("anchors",))
HEAD = """# How true the synthetic world is

Written by `bahi world check`; its tolerances stand in `generators/figures/anchors.json`, each with its source. A line fails only when
its whole 95 % interval lies outside its band. Lines marked context are held to nothing. Figures of one bank's rows have wide bands,
for those were mostly private accounts.
"""


def parameters_sha() -> str:
    """Hash every figure of the world."""
    figures: Mapping[str, Document] = assets.figures()
    told = {name: figure for name, figure in figures.items() if name not in OUTSIDE}
    return hashlib.sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()


def rows(lines: Sequence[Line]) -> Iterator[tuple[str, ...]]:
    """Word each line as the cells of a table."""
    for line in lines:
        at, lower, upper, n = line.estimate
        interval = "" if lower == upper else f"{_worded(lower)} to {_worded(upper)}"
        band = "" if line.band is None else f"{_worded(line.band[0])} to {_worded(line.band[1])}"
        yield line.part, line.about, _worded(at), interval, band, f"{n:,}", line.verdict


COLUMNS = ("part", "figure", "here", "95 % interval", "band", "n", "verdict")


def document(lines: Sequence[Line], sizes: Sizes) -> dict[str, Json]:
    """Give the table as one JSON document."""
    return {
        "parameters_sha256": parameters_sha(),
        "sizes": dict(sizes._asdict()),
        "holds": not failures(lines),
        "lines": [_row(line) for line in lines],
    }


def _row(line: Line) -> Json:
    at, lower, upper, n = line.estimate
    return {
        "part": line.part,
        "figure": line.about,
        "at": _finite(at),
        "lower": _finite(lower),
        "upper": _finite(upper),
        "n": n,
        "least": None if line.band is None else line.band[0],
        "most": None if line.band is None else line.band[1],
        "outside": line.outside,
        "anchor": line.anchor,
        "verdict": line.verdict,
    }


def is_checkout() -> bool:
    """Say whether the program stands in its checkout, where the page is kept."""
    return named_files.is_there(str(assets.root() / PAGE)) or named_files.is_there(
        str(assets.root() / "Makefile")
    )


def write(lines: Sequence[Line], sizes: Sizes) -> None:
    """Write the page; the list of changes that stands in it is kept."""
    named_files.put(str(assets.root() / PAGE), page(lines, sizes, _kept_changes()).encode())


def _kept_changes() -> str:
    place = str(assets.root() / PAGE)
    if not named_files.is_there(place):
        return NONE_YET
    _, found, told = named_files.content_of(place, "").decode().partition(CHANGES)
    return told.strip() if found else NONE_YET


def page(lines: Sequence[Line], sizes: Sizes, changes: str) -> str:
    """Word the page."""
    told = [f"| {' | '.join(COLUMNS)} |", f"|{'---|' * len(COLUMNS)}"]
    told += [f"| {' | '.join(row)} |" for row in rows(lines)]
    measured = (
        f"{sizes.shown_n:,} customers projected on all their sources, {sizes.firms_n:,} firms lived from their ledgers alone,"
        f" {sizes.ceilings_n:,} of them {sizes.lives_n} hidden years each."
    )
    table = "\n".join(told)
    return (
        f"{HEAD}\nworld: {parameters_sha()}\n\nMeasured on {measured}\n\n{table}\n\n{CHANGES}\n\n{changes}\n"
    )


def _worded(value: float) -> str:
    if not math.isfinite(value):
        return "-"
    if value == int(value) and abs(value) >= 1:
        return f"{int(value):,}"
    return f"{value:,.1f}" if abs(value) >= 10 else f"{value:.3f}"


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
