"""Proves an act at every call it makes to the system, with the calls of the ledger's engine among them."""

from __future__ import annotations

from tests.crash.sweep import swept
from tests.crash.traced import require_strace

# How many calls change the disk in each act, a little under what was counted, since engines differ by release.
CALLS_N_MIN = {
    "init": 215,
    "migrate": 80,
    "migrate from nothing": 152,
    "grant": 42,
    "grant another purpose": 40,
    "generate": 90,
    "generate more": 94,
    "clean": 79,
    "clean more": 80,
    "analyze": 75,
    "analyze more": 69,
    "all steps": 195,
    "all steps of another purpose": 188,
    "revoke": 142,
    "revoke one purpose": 148,
    "revoke the longer purpose": 153,
    "revoke two consents": 215,
}
CALLS_N_MIN_IN_ALL = 2000


def prove_killed(act: str) -> None:
    """Kill the act at every call; long runs go two at a time, so each takes one process."""
    require_strace()
    found = swept("kill-calls", act, processes_n=1)
    assert found.wrongs == [], "\n".join(found.wrongs)
    assert found.tried_n >= CALLS_N_MIN[act], found.tried_n


def prove_failed(act: str) -> None:
    """Fail every call of the act, with a full disk and with a broken one."""
    require_strace()
    found = swept("fail-calls", act, processes_n=1)
    assert found.wrongs == [], "\n".join(found.wrongs)
    assert found.tried_n >= CALLS_N_MIN[act], found.tried_n
    assert found.kinds["ENOSPC refused"] and found.kinds["EIO refused"]
