"""A bug is logged with a trace id and shown without its insides."""

from __future__ import annotations

import os
import traceback
from os import urandom

from kit.errors import BahiError
from kit.period import SystemClock, isoformat_utc
from warehouse.assets import root
from warehouse.home import home_from
from warehouse.lake import Lake


def logged(bug: Exception) -> BahiError:
    """Write where the bug happened, not what it held: frames only, since messages may quote customer values."""
    trace_id = urandom(8).hex()
    frames = [
        f"{frame.filename.rsplit('/', 2)[-1]}:{frame.lineno}:{frame.name}"
        for frame in traceback.extract_tb(bug.__traceback__)
    ]
    record = {
        "at": isoformat_utc(SystemClock().now()),
        "bug": type(bug).__name__,
        "frames": frames,
        "trace_id": trace_id,
    }
    try:
        Lake(home_from(os.environ, root())).log(record)
        place = "logs/bahi.ndjson"
    except BahiError:
        place = "the log could not be written"
    return BahiError(
        "INTERNAL",
        f"This is a bug in Bahi; trace id {trace_id}, {place}.",
        hint="Report the trace id with the log line; the command can be run again.",
    )
