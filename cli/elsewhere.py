"""After a command, where a second place for checkpoints is named: what changed is signed and written there."""

from __future__ import annotations

import os

from cli.output import complain
from kit.errors import BahiError, TransientError
from pipeline.second_place import keep_elsewhere
from pipeline.wiring import open_house


def keep() -> None:
    """Keep a checkpoint if one is due; what fails is told and changes nothing of what the command did."""
    try:
        error = keep_elsewhere(open_house(os.environ, "cli"))
    except BahiError:
        return  # There is no house to speak of yet, and the command has said so.
    if error is not None:
        hint = f"{error.hint} The checkpoint is written with the next command.".strip()
        complain(TransientError("CHECKPOINT_NOT_KEPT", error.message, hint=hint, place=error.place))
