"""The gate every request passes before any route: who may ask, what leaves, and the last resort for a bug."""

from __future__ import annotations

import secrets
from contextlib import suppress

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import problems
from kit.errors import BahiError, CallerError
from pipeline.faults import fault
from pipeline.wiring import House

LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})
CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self';"
    " connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}


class Gate:
    """Wraps the application of one house."""

    def __init__(self, app: ASGIApp, house: House) -> None:
        self.app = app
        self.house = house

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or pass on; whatever breaks further in is answered here and nowhere else."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        trace = scope["bahi.trace"] = secrets.token_hex(8)
        answer = _Answer(send)
        try:
            _check(scope)
            await self.app(scope, receive, answer)
        except CallerError as error:
            await problems.respond(error, trace)(scope, receive, answer)
        except ClientDisconnect:
            return
        except Exception as bug:  # noqa: BLE001  The one boundary of the service: a bug is logged, never shown.
            self._note(bug, trace)
            if not answer.has_begun:
                await problems.respond_to_bug(trace)(scope, receive, answer)

    def _note(self, bug: Exception, trace: str) -> None:
        with suppress(BahiError):  # A full disk must not turn the answer into a second fault.
            self.house.lake.log(fault(bug, trace, self.house.clock))


class _Answer:
    """Adds our headers on the way out and remembers whether an answer has begun."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.has_begun = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.has_begun = True
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await self._send(message)


def _check(scope: Scope) -> None:
    headers = Headers(scope=scope)
    host = headers.get("host", "")
    if host.rsplit(":", 1)[0] not in LOOPBACK and host not in LOOPBACK:
        # A page elsewhere can point its own name at this machine; its requests then carry that name.
        raise CallerError(
            "HOST_NOT_LOCAL", "the service answers on this machine only", hint="open http://127.0.0.1"
        )
    _check_origin(headers, host)
    if not _is_plain(scope["path"]):
        raise CallerError("PATH_MALFORMED", "the path holds a character or a step no address of ours has")


def _check_origin(headers: Headers, host: str) -> None:
    origin = headers.get("origin", f"http://{host}")
    if origin != f"http://{host}":
        raise problems.Forbidden("ORIGIN_NOT_ALLOWED", "the request comes from another site")
    if headers.get("sec-fetch-site") == "cross-site" and headers.get("sec-fetch-mode") != "navigate":
        raise problems.Forbidden("ORIGIN_NOT_ALLOWED", "the request comes from another site")


def _is_plain(path: str) -> bool:
    return (
        path.isprintable()
        and "\\" not in path
        and "\ufffd" not in path
        and not {".", ".."} & set(path.split("/"))
    )
