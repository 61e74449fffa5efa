"""Serving for real: loopback only, a taken port is named, and the printed link opens the door."""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from api.serve import bound
from kit.errors import CallerError
from pipeline.wiring import House

ROOT = Path(__file__).resolve().parents[2]
SERVE = """
import os
from api.serve import serve
from pipeline.wiring import open_house
serve(open_house(os.environ, "service"), "127.0.0.1", 0, lambda address: os.write(1, address.encode() + b"\\n"))
"""


def test_a_taken_port_is_refused_by_name() -> None:
    with bound("127.0.0.1", 0) as door:
        port = door.getsockname()[1]
        with pytest.raises(CallerError) as refused:
            bound("127.0.0.1", port)
    assert refused.value.code == "PORT_BUSY"
    assert str(port) in refused.value.message and f"--port {port + 1}" in refused.value.hint


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "bahi.example", "", "127.0.0.1\n"])
def test_only_this_machine_is_listened_to(host: str) -> None:
    with pytest.raises(CallerError) as refused:
        bound(host, 0)
    assert refused.value.code == "HOST_NOT_LOOPBACK"


@pytest.mark.parametrize("port", [-1, 65536, 10**9])
def test_a_port_that_cannot_be_is_refused(port: int) -> None:
    with pytest.raises(CallerError) as refused:
        bound("127.0.0.1", port)
    assert refused.value.code == "PORT_REFUSED"


def test_localhost_is_this_machine() -> None:
    with bound("localhost", 0) as door:
        assert door.family is socket.AF_INET and door.getsockname()[0] == "127.0.0.1"


def test_the_announced_link_signs_in_and_the_service_stops_when_told(
    house: House, environ: dict[str, str]
) -> None:
    house.ledger.close()
    command = [sys.executable, "-c", SERVE]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env={**environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as server:
        try:
            link = _line(server)
            with httpx.Client(base_url=link.partition("/sign-in")[0], trust_env=False) as client:
                assert client.get("/api/session").status_code == 401
                assert client.get(link).status_code == 303
                response = client.get("/api/session")
                assert response.json()["signed_in"] is True
                assert "server" not in response.headers
                assert client.get("/healthz", headers={"Host": "evil.example"}).status_code == 400
        finally:
            server.send_signal(signal.SIGINT)
            out, err = server.communicate(timeout=20)
    assert (server.returncode, out, err) == (0, b"", b"")


def _line(server: subprocess.Popen[bytes]) -> str:
    assert server.stdout is not None
    ready, _, _ = select.select([server.stdout], [], [], 30)
    assert ready, "the service did not come up"
    return os.read(server.stdout.fileno(), 1000).decode().strip()
