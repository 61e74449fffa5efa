"""The last resort of the command line: a bug is logged with a trace id and shown without its insides."""

from __future__ import annotations

import os
from os import urandom

from kit.errors import BahiError
from kit.period import SystemClock
from pipeline.faults import noted
from warehouse.assets import root
from warehouse.home import home_from
from warehouse.lake import Lake


def logged(bug: BaseException) -> BahiError:
    """Note a bug that no run was open for."""
    return noted(Lake(home_from(os.environ, root())), SystemClock(), bug, urandom(8).hex())
