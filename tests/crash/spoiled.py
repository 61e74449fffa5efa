"""Faults put into the product on purpose, to prove that the sweeps find such."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path


def write_in_place() -> None:
    """Write over what stands, in two halves, as a careless program does."""
    from warehouse import _fs

    def in_place(path: Path, content: bytes) -> None:
        half = len(content) // 2
        path.write_bytes(content[:half])
        _fs.told("write", str(path))
        with path.open("ab") as file:
            file.write(content[half:])

    _fs.write_atomic = in_place


def answer_early() -> None:
    """Tell that results stand before they do."""
    from warehouse._shelf import Shelves

    commit = Shelves.commit

    def early(*given: object) -> object:
        os.write(1, b"done\n")
        return commit(*given)

    Shelves.commit = early


SPOILED: Mapping[str, Callable[[], None]] = {"in-place": write_in_place, "early-answer": answer_early}
