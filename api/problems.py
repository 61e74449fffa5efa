"""One renderer for every error: problem+json with a stable code, and never an echo of what the caller sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.routing import compile_path

from kit.canonical import dumps
from kit.errors import BahiError, CallerError, NotFound, TransientError

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = "2"
MOST_FAULTS = 5
PAGE_METHODS = frozenset({"GET", "HEAD"})
UNKNOWN_FIELD = frozenset({"extra_forbidden", "unexpected_keyword_argument"})
WORDS = {
    "missing": "is missing",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "int_parsing_size": "is too large",
    "string_type": "must be text",
    "string_too_short": "is too short",
    "string_too_long": "is too long",
    "string_unicode": "must be text",
    "list_type": "must be a list",
    "too_short": "has too few entries",
    "too_long": "has too many entries",
    "greater_than_equal": "is too small",
    "less_than_equal": "is too large",
    "literal_error": "is none of the values allowed",
    "dataclass_type": "must be an object",
}


class Unsigned(CallerError):
    """Nobody is signed in."""

    status = 401


class Forbidden(CallerError):
    """The request comes from a page that is not ours."""

    status = 403


class NotAllowed(CallerError):
    """The resource exists and does not take this method."""

    status = 405


class TooLarge(CallerError):
    """The body is larger than any honest one."""

    status = 413


class WrongMediaType(CallerError):
    """The body is not JSON."""

    status = 415


class Malformed(CallerError):
    """The body or a parameter has the wrong shape."""

    status = 422


def respond(error: BahiError, trace: str) -> Response:
    """Render a foreseen error."""
    headers = {"Retry-After": RETRY_AFTER_SECONDS} if isinstance(error, TransientError) else None
    body = document(error.status, error.code, error.message, error.hint, trace)
    return Response(dumps(body), error.status, headers, MEDIA_TYPE)


def respond_to_bug(trace: str) -> Response:
    """Render what we did not foresee; the log has the place under the trace id."""
    hint = f"look for {trace} in logs/bahi.ndjson"
    body = document(500, "INTERNAL", "the service met a fault of its own", hint, trace)
    return Response(dumps(body), 500, None, MEDIA_TYPE)


def document(status: int, code: str, detail: str, hint: str, trace: str) -> dict[str, object]:
    """Build the members of a problem; the title is the code in words, equal for every occurrence."""
    return {
        "type": f"urn:bahi:problem:{code.lower().replace('_', '-')}",
        "title": code.replace("_", " ").capitalize(),
        "status": status,
        "detail": detail,
        "code": code,
        "hint": hint,
        "instance": f"urn:bahi:trace:{trace}",
    }


def install(app: FastAPI) -> None:
    """Give the application its handlers."""
    app.add_exception_handler(BahiError, _foreseen)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _refused)


def trace_of(request: Request) -> str:
    """Read the id that the gate gave this request."""
    return str(request.scope.get("bahi.trace", ""))


def malformed(errors: Sequence[Mapping[str, object]]) -> Malformed:
    """Say where and why in our own words: pydantic's messages can carry the value itself."""
    faults = sorted({_fault(error) for error in errors})[:MOST_FAULTS]
    return Malformed(
        "REQUEST_MALFORMED", "; ".join(faults), hint="frontend/src/api/schema.gen.ts describes every request"
    )


async def _foreseen(request: Request, error: Exception) -> Response:
    assert isinstance(error, BahiError)
    return respond(error, trace_of(request))


async def _malformed(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    faults = error.errors()
    if all(fault["loc"][0] == "path" for fault in faults):
        return respond(_nothing_here(), trace_of(request))
    return respond(malformed(faults), trace_of(request))


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    trace = trace_of(request)
    if error.status_code == 405:
        return _not_allowed(request, trace)
    if error.status_code == 404:
        return respond(_nothing_here(), trace)
    return respond(Malformed("REQUEST_MALFORMED", "the request cannot be read"), trace)


def _nothing_here() -> NotFound:
    return NotFound("PATH_NOT_FOUND", "nothing is served at this path")


def _not_allowed(request: Request, trace: str) -> Response:
    allow = ", ".join(sorted(_methods(request) or PAGE_METHODS))
    response = respond(NotAllowed("METHOD_NOT_ALLOWED", f"this path takes {allow} only"), trace)
    response.headers["Allow"] = allow
    return response


def _methods(request: Request) -> set[str]:
    methods: set[str] = set()
    for route in iter_route_contexts(request.app.routes):
        if route.path is not None and compile_path(route.path)[0].match(request.url.path):
            methods |= route.methods or set()
    return methods


def _fault(error: Mapping[str, object]) -> str:
    kind = str(error["type"])
    place = error["loc"]
    steps = [str(step) for step in place] if isinstance(place, tuple) else []
    if kind in UNKNOWN_FIELD:  # The last step is a name the caller made up.
        return f"{'.'.join(steps[:-1])} holds a field that is not known here"
    return f"{'.'.join(steps)} {WORDS.get(kind, 'is not acceptable')}"
