"""Planted: a lake that writes around the one door."""

import os
from pathlib import Path


def keep(folder: Path) -> None:
    os.rename("a", "b")
    open("x", "wb")
    Path("x").write_bytes(b"")
    folder.open(mode="ab")
    folder.open("rb")
