"""The rows of a ledger as lines of JSON, which either engine can write and take back."""

from __future__ import annotations

import re
from collections.abc import Iterator

from orjson import loads

from kit.canonical import line
from kit.shapes import mapping
from warehouse.ledger import Row, Tx, Value

# Every table but those of sign-ins, which end with the house they were made in; a row comes after what it refers to.
KEYS: dict[str, tuple[str, ...]] = {
    "signing_key": ("kid",),
    "secret_id": ("id",),
    "consent": ("id",),
    "consent_event": ("consent_id", "seq"),
    "consent_use": ("consent_id", "source", "fetch_key"),
    "erasure": ("id",),
    "erasure_object": ("erasure_id", "place", "sha256"),
    "certificate": ("erasure_id",),
    "audit": ("seq",),
    "audit_salt": ("seq",),
    "checkpoint": ("entries_n",),
    "run": ("id",),
    "run_event": ("run_id", "seq"),
    "idempotency": ("client", "route", "key"),
}
LEFT_OUT = ("sign_in",)
_PAGE = 500


def dumped(tx: Tx) -> Iterator[tuple[str, bytes]]:
    """Give every row, page by page: the table, and its lines."""
    for table in KEYS:
        for rows in _pages(tx, table):
            yield table, b"".join(line(dict(row)) for row in rows)


def taken(tx: Tx, table: str, lines: bytes) -> int:
    """Write rows as they were dumped, and count them."""
    rows = [mapping(loads(one)) for one in lines.splitlines()]
    for row in rows:
        columns = [_plain(name) for name in row]
        places = ", ".join(f":{name}" for name in columns)
        values = {name: _value(value) for name, value in row.items()}
        tx.execute(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})", **values)
    return len(rows)


def _pages(tx: Tx, table: str) -> Iterator[list[Row]]:
    """Walk a table by its key, so that each page begins where the one before ended."""
    key = ", ".join(KEYS[table])
    places = ", ".join(f":{name}" for name in KEYS[table])
    where, last = "", dict[str, Value]()
    while True:
        rows = tx.all(f"SELECT * FROM {table}{where} ORDER BY {key} LIMIT :page_n", page_n=_PAGE, **last)
        if rows:
            yield rows
        if len(rows) < _PAGE:
            return
        where, last = f" WHERE ({key}) > ({places})", {name: rows[-1][name] for name in KEYS[table]}


def _plain(name: str) -> str:
    if re.fullmatch("[a-z][a-z0-9_]{0,62}", name):
        return name
    raise TypeError("not the name of a column")


def _value(value: object) -> Value:
    if value is None or isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise TypeError("not a value of the ledger")
