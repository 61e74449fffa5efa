"""After a command, where a second place for checkpoints is named: what changed is signed and written there."""

from __future__ import annotations

import os

from cli.output import complain
from kit.errors import BahiError, TransientError
from pipeline.second_place import keep_elsewhere
from pipeline.wiring import open_house

# Nothing was written under a ledger that is not there or of another version, and the command has said so.
_NO_LEDGER = ("LEDGER_MISSING", "LEDGER_OLDER", "LEDGER_NEWER")
_HINT = "Make the folder of BAHI_CHECKPOINTS_TO writable, or name another in it."


def keep() -> None:
    """Keep a checkpoint if one is due; what fails is told and changes nothing of what the command did."""
    try:
        error = keep_elsewhere(open_house(os.environ, "cli"))
    except BahiError:
        return  # There is no house to speak of yet, and the command has said so.
    if error is None or error.code in _NO_LEDGER:
        return
    later = "" if error.code == "CHECKPOINT_MISMATCH" else " The checkpoint is written with the next command."
    hint = _HINT if error.code == "FILE_UNWRITABLE" else error.hint
    complain(TransientError("CHECKPOINT_NOT_KEPT", f"{error.message}{later}", hint=hint, place=error.place))
