"""Planted: a face that opens a path handed to it."""

from pathlib import Path


def read(name: str) -> bytes:
    """Around the warehouse."""

    with Path(name).open("rb") as file:
        return file.read()
