"""Planted: a step that opens what it likes."""

import sqlite3
from os import replace
from pathlib import Path

def run() -> None:
    open("raw/x")
    Path.read_text(Path("raw/x"))
    replace("a", "b")
    sqlite3.connect("x")
