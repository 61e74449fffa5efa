"""Revocation, killed and failed at every call to the system."""

from __future__ import annotations

import pytest

from tests.crash.calls import prove_failed, prove_killed

ACTS = ("revoke", "revoke one purpose", "revoke the longer purpose", "revoke two consents")


@pytest.mark.full
@pytest.mark.parametrize("act", ACTS)
def test_killed_at_any_call_nothing_is_lost_and_running_again_gives_the_undisturbed_bytes(act: str) -> None:
    prove_killed(act)


@pytest.mark.full
@pytest.mark.parametrize("act", ACTS)
def test_any_call_that_fails_is_a_clear_error_or_no_loss(act: str) -> None:
    prove_failed(act)
