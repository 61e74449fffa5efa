"""Planted: a source that reads the world it is measured against, and a file."""

import generators
import sources.bank


def clean() -> None:
    generators.__name__ + sources.bank.__name__
    open("truth")
