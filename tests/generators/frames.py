"""A frame for tests of one book: a firm drawn by seed, with traits of the test's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import orjson

from generators.drawing import ALL_KINDS, Span, drawn_firm, framed, sectors_of
from generators.figures import Figures
from generators.frame import Frame
from generators.people import Constitution
from kit.chance import Stream

AS_OF = date(2026, 3, 31)
FOLDER = Path(__file__).resolve().parents[2] / "generators" / "figures"


@cache
def figures() -> Mapping[str, Figures]:
    """Read all figures of the world."""
    return {path.stem: Figures(orjson.loads(path.read_bytes())) for path in sorted(FOLDER.glob("*.json"))}


def frame(
    seed: int = 1,
    sector: str = "KIRANA",
    constitution: Constitution = Constitution.PROPRIETORSHIP,
    last: date = date(2027, 3, 31),
    **traits: object,
) -> Frame:
    """Frame a firm that holds all six kinds of data, but for the traits given."""
    trade = figures()["trade"]
    stream = Stream(seed, "FRAME")
    firm = drawn_firm(trade, stream.branch("firm"), sectors_of(trade)[sector], constitution, ALL_KINDS)
    changed = replace(firm, **traits)  # type: ignore[arg-type]
    return framed(figures(), stream, "FRAME", changed, Span(min(AS_OF, last), last))
