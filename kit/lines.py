"""One raw line to one JSON object, or the one fault that says why not; nothing a line holds can crash the reader."""

from __future__ import annotations

import re
from enum import StrEnum

import orjson

from kit.source import Document, Json

_BOM = b"\xef\xbb\xbf"
_UTF16_BOMS = (b"\xff\xfe", b"\xfe\xff")
_OPEN_LIST, _OPEN_OBJECT = b"[{"
_SPACED_COLON = re.compile(rb"[ \t\r\n]:")
# The closing quote is optional so that an unclosed string costs one pass and no backtracking.
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*+"?', re.DOTALL)
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


class Fault(StrEnum):
    """Why a raw line could not be read."""

    EMPTY_LINE = "EMPTY_LINE"
    NOT_UTF8 = "NOT_UTF8"
    UTF16 = "UTF16"
    NUL_BYTE = "NUL_BYTE"
    TOO_DEEP = "TOO_DEEP"
    NOT_JSON = "NOT_JSON"
    NOT_AN_OBJECT = "NOT_AN_OBJECT"
    DUPLICATE_KEYS = "DUPLICATE_KEYS"


class _SameKeyTwice(Exception):
    """Stops the standard reader, which offers no other way out."""


def parse_line(raw: bytes, depth_cap: int) -> tuple[Document | None, Fault | None]:
    """Read one object, nested at most depth_cap deep; a UTF-8 byte order mark in front is tolerated."""
    try:
        body: Json = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return _unreadable(raw, depth_cap)
    if not isinstance(body, dict):
        return None, Fault.NOT_AN_OBJECT
    # orjson keeps the last of two equal keys; a line that is written back byte for byte has lost none.
    is_flat = _OPEN_LIST not in raw and raw.find(_OPEN_OBJECT, 1) < 0
    if is_flat and orjson.dumps(body) == raw:
        return body, None
    keys, depth = (len(body), 1) if is_flat else _measured(body, depth_cap)
    fault = Fault.TOO_DEEP if depth > depth_cap else _same_key_fault(raw, keys)
    return (body, None) if fault is None else (None, fault)


def _same_key_fault(raw: bytes, keys: int) -> Fault | None:
    # A colon that ends a key follows its quote or white space, so equal counts prove that no key was dropped.
    if raw.count(b'":') == keys and b" :" not in raw and not _has_odd_space(raw):
        return None
    return Fault.DUPLICATE_KEYS if _has_same_key_twice(raw) else None


def _has_odd_space(raw: bytes) -> bool:
    return any(space in raw for space in b"\t\r\n") and _SPACED_COLON.search(raw) is not None


def _measured(body: Document, depth_cap: int) -> tuple[int, int]:
    """Count keys and levels without recursion, giving up one level below the cap."""
    keys, depth = 0, 0
    level: list[dict[str, Json] | list[Json]] = [body]
    while level and depth <= depth_cap:
        depth += 1
        keys += sum(len(node) for node in level if isinstance(node, dict))
        level = [
            child
            for node in level
            for child in (node.values() if isinstance(node, dict) else node)
            if isinstance(child, dict | list)
        ]
    return keys, depth


def _has_same_key_twice(raw: bytes) -> bool:
    import json

    try:
        json.loads(raw, object_pairs_hook=_refuse_same_key, parse_int=str, parse_float=str)
    except _SameKeyTwice:
        return True
    return False


def _refuse_same_key(pairs: list[tuple[str, object]]) -> None:
    if len({key for key, _ in pairs}) != len(pairs):
        raise _SameKeyTwice


def _unreadable(raw: bytes, depth_cap: int) -> tuple[Document | None, Fault | None]:
    if raw.startswith(_BOM) and not raw.startswith(_BOM, len(_BOM)):
        return parse_line(raw[len(_BOM) :], depth_cap)
    return None, _named(raw, depth_cap)


def _named(raw: bytes, depth_cap: int) -> Fault:
    if not raw.strip():
        return Fault.EMPTY_LINE
    if _is_utf16(raw):
        return Fault.UTF16
    if 0 in raw:
        return Fault.NUL_BYTE
    try:
        raw.decode()
    except UnicodeDecodeError:
        return Fault.NOT_UTF8
    return Fault.TOO_DEEP if _bracket_depth(raw) > depth_cap else Fault.NOT_JSON


def _is_utf16(raw: bytes) -> bool:
    """Know UTF-16 by its mark or by NULs in every other byte; a later line of such a file has no mark."""
    if raw.startswith(_UTF16_BOMS):
        return True
    even, odd = raw[::2].count(0), raw[1::2].count(0)
    return max(even, odd) * 4 > len(raw) + 1 and min(even, odd) * 10 < max(even, odd)


def _bracket_depth(raw: bytes) -> int:
    depth = deepest = 0
    for bracket in _STRING.sub(b"", raw).translate(None, _NOT_BRACKETS):
        depth += 1 if bracket in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest
