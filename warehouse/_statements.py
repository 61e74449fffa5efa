"""Named parameters as the driver of PostgreSQL writes them."""

from __future__ import annotations

import re
from functools import lru_cache

# What a colon or a percent sign means depends on where it stands: texts, quoted names and comments come first.
_TOKEN = re.compile(
    r"""(?P<quoted>'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|/\*.*?\*/)|(?P<cast>::)|:(?P<name>[A-Za-z_]\w*)|(?P<percent>%)""",
    re.ASCII | re.DOTALL,
)


@lru_cache(maxsize=512)
def for_driver(sql: str) -> str:
    """Write `:name` as `%(name)s` and a percent sign as two, outside of texts, quoted names, comments and casts."""
    return _TOKEN.sub(_written, sql)


def _written(found: re.Match[str]) -> str:
    if found["name"]:
        return f"%({found['name']})s"
    return found[0].replace("%", "%%")
