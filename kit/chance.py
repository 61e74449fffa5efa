"""Seeded streams of chance: the same seed and names give the same draws in any process on any machine."""

from __future__ import annotations

import hashlib
from random import Random


class Stream(Random):
    """A stream that can be split by name, so that one more draw in one place moves nothing elsewhere."""

    def __init__(self, *names: str | int) -> None:
        """Derive the state from SHA-256 of the names; hash() differs from process to process."""
        self.names = names
        joined = "\x1f".join(map(str, names))
        super().__init__(int.from_bytes(hashlib.sha256(joined.encode()).digest(), "big"))

    def branch(self, *names: str | int) -> Stream:
        """Open an independent stream below this one."""
        return Stream(*self.names, *names)
