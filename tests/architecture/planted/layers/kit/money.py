"""Planted: a value that reads a file."""

from pathlib import Path

import warehouse


def rupees() -> str:
    return Path(warehouse.__name__).read_text()
