"""What is logged of a bug: where it broke, never what it held, since a message may quote a customer's value."""

from __future__ import annotations

import traceback
from contextlib import suppress

from kit.errors import BahiError
from kit.period import Clock, isoformat_utc
from warehouse.lake import Lake


def fault(bug: BaseException, trace_id: str, clock: Clock) -> dict[str, object]:
    """Write one log record; the id is what the caller or the run row can be matched with."""
    frames = [
        f"{frame.filename.rsplit('/', 2)[-1]}:{frame.lineno}:{frame.name}"
        for frame in traceback.extract_tb(bug.__traceback__)
    ]
    return {
        "at": isoformat_utc(clock.now()),
        "bug": type(bug).__name__,
        "frames": frames,
        "trace_id": trace_id,
    }


def noted(lake: Lake, clock: Clock, bug: BaseException, trace_id: str) -> BahiError:
    """Log a bug and give the error that may be shown: where to look, and nothing of its insides."""
    place = "the log could not be written"
    with suppress(BahiError, OSError):  # A log that cannot be written must not be a second fault.
        lake.log(fault(bug, trace_id, clock))
        place = "see logs/bahi.ndjson"
    return BahiError(
        "INTERNAL",
        f"This is a bug in Bahi; trace id {trace_id}, {place}.",
        hint="Report the trace id with the log line; the command can be run again.",
    )
