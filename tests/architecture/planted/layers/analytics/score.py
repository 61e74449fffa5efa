"""Planted: a score that names a source and opens a database."""

import sources.bank
import sqlite3

SCORE = (sources.bank, sqlite3)
