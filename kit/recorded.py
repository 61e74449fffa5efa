"""What the fields of clean records are made of in every source, and how what was written of them is read back."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, TypedDict, cast

from kit.fields import LARGEST_PAISE
from kit.ident import Grade
from kit.markers import OneOf, Text, Whole
from kit.source import RawRef

GRADES = tuple(str(grade) for grade in Grade)

RecordId = Annotated[str, Text(pattern="[0-9a-f]{16}")]
PartyId = Annotated[str, Text(pattern="[A-Z0-9][A-Z0-9_-]{0,39}")]
Day = Annotated[date, Text(pattern="[0-9]{4}-[0-9]{2}-[0-9]{2}")]
MaybeDay = Annotated[date | None, Text(pattern="[0-9]{4}-[0-9]{2}-[0-9]{2}")]
Words = Annotated[str, Text(min_length=1)]
MaybeWords = Annotated[str | None, Text(min_length=1)]
Graded = Annotated[str, OneOf(*GRADES)]
Paise = Annotated[int, Whole(minimum=0, maximum=LARGEST_PAISE)]
MaybePaise = Annotated[int | None, Whole(minimum=0, maximum=LARGEST_PAISE)]
SignedPaise = Annotated[int, Whole(minimum=-LARGEST_PAISE, maximum=LARGEST_PAISE)]
MaybeSignedPaise = Annotated[int | None, Whole(minimum=-LARGEST_PAISE, maximum=LARGEST_PAISE)]


class RawText(TypedDict):
    """The place of a raw line as it is written."""

    delivery: str
    line: int
    sha: str


def raw_ref(written: object) -> RawRef:
    """Read the place of a raw line."""
    raw = cast("RawText", written)
    return RawRef(raw["delivery"], raw["line"], raw["sha"])


def day_of(written: object) -> date | None:
    """Read a day that may be missing."""
    return date.fromisoformat(written) if isinstance(written, str) else None


def moment_of(written: object) -> datetime | None:
    """Read a moment that may be missing."""
    return datetime.fromisoformat(written) if isinstance(written, str) else None
