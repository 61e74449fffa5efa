"""Runs the service on this machine's loopback address, and nowhere else."""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable
from contextlib import suppress
from ipaddress import ip_address

import uvicorn

from api.app import create_app
from api.sign_in import issue_link
from kit.errors import CallerError
from pipeline.wiring import House

BACKLOG = 128
HIGHEST_PORT = 65_535
CLOSE_AFTER_SECONDS = 3


def serve(house: House, host: str, port: int, announce: Callable[[str], None]) -> None:
    """Listen, tell announce the one-time sign-in address, and answer until interrupted."""
    with bound(host, port) as door:
        shown_host = f"[{host}]" if ":" in host else host
        config = uvicorn.Config(
            create_app(house),
            loop="uvloop",
            http="httptools",
            ws="none",
            access_log=False,  # A line per request would hold the sign-in token.
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=CLOSE_AFTER_SECONDS,
        )
        address = f"http://{shown_host}:{door.getsockname()[1]}"
        with suppress(
            KeyboardInterrupt
        ):  # From the moment the link is told, stopping the service is its ordinary end.
            announce(address + issue_link(house))
            uvicorn.Server(config).run(sockets=[door])


def bound(host: str, port: int) -> socket.socket:
    """Take the port, or say who else may have it; port 0 lets the system choose."""
    door = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        _refuse_others(host, port)
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind((_address(host), port))
        door.listen(BACKLOG)
    except OSError as error:
        door.close()
        raise _refused(error, port) from error
    except CallerError:
        door.close()
        raise
    return door


def _refuse_others(host: str, port: int) -> None:
    if not 0 <= port <= HIGHEST_PORT:
        raise CallerError("PORT_REFUSED", f"a port is 0 to {HIGHEST_PORT}", hint="bahi serve --port 8000")
    try:
        is_here = ip_address(_address(host)).is_loopback
    except ValueError:
        is_here = False
    if not is_here:
        raise CallerError(
            "HOST_NOT_LOOPBACK",
            "the service speaks plain HTTP and listens on this machine only",
            hint="bahi serve --host 127.0.0.1",
        )


def _address(host: str) -> str:
    return "127.0.0.1" if host == "localhost" else host


def _refused(error: OSError, port: int) -> CallerError:
    hint = f"bahi serve --port {port + 1 if port < HIGHEST_PORT else 8000}"
    if error.errno == errno.EADDRINUSE:
        return CallerError("PORT_BUSY", f"port {port} is taken by another program", hint=hint)
    return CallerError(
        "PORT_REFUSED", f"port {port} cannot be opened: {error.strerror}", hint="bahi serve --port 8000"
    )
