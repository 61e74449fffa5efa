"""Planted: consent that does not say what it takes and gives."""

import typing
from typing import Any


def open_scope(wanted, *rest):
    return wanted


def widened(right: typing.Any) -> Any:
    return right


def late() -> int:
    return "x"  # type: ignore[return-value]
