"""Canonical JSON: sorted keys, compact, UTF-8, integers only, so that equal values have equal bytes and hashes."""

from __future__ import annotations

import hashlib

import orjson


def dumps(value: object) -> bytes:
    """Write a value as canonical JSON without a final newline."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def line(value: object) -> bytes:
    """Write a value as one canonical NDJSON line."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)


def sha256_hex(value: object) -> str:
    """Hash the canonical JSON of a value."""
    return hashlib.sha256(dumps(value)).hexdigest()
