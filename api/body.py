"""Reads a request body whole or not at all: JSON, small, shallow, each key once, before any parser that forgives."""

from __future__ import annotations

from fastapi import Request
from starlette.types import Message

from api.problems import TooLarge, WrongMediaType
from kit.errors import CallerError
from kit.lines import parse_line

BODY_BYTES = 65_536
BODY_DEPTH = 8
JSON_TYPES = frozenset({"application/json", "application/json;charset=utf-8"})


async def checked(request: Request) -> Request:
    """Give back the same request with its body read and found sound."""
    _check_type(request.headers.get("content-type", ""))
    raw = await _read(request)
    body, fault = parse_line(raw, BODY_DEPTH)
    if body is None:
        raise CallerError(
            "BODY_MALFORMED", f"the body is not acceptable JSON: {fault}", hint="send one JSON object"
        )
    return Request(request.scope, _Replay(raw))


def _check_type(declared: str) -> None:
    if declared.lower().replace(" ", "") not in JSON_TYPES:
        raise WrongMediaType("BODY_NOT_JSON", "a body travels as application/json", hint="set Content-Type")


async def _read(request: Request) -> bytes:
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > BODY_BYTES:
            raise TooLarge("BODY_TOO_LARGE", f"a body has at most {BODY_BYTES} bytes")
    return bytes(raw)


class _Replay:
    """Hands the checked bytes to whoever reads the body next."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw

    async def __call__(self) -> Message:
        return {"type": "http.request", "body": self._raw, "more_body": False}
