"""What is logged of a bug: where it broke, never what it held, since a message may quote a customer's value."""

from __future__ import annotations

import traceback

from kit.period import Clock, isoformat_utc


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
