"""Every act is killed before every one of its acts on the disk and in the ledger: nothing is lost, torn or different."""

from __future__ import annotations

import json

import pytest

from tests.crash.acts import ACTS
from tests.crash.sweep import COUNTS, swept


@pytest.mark.parametrize("act", ACTS)
def test_killed_at_any_point_nothing_is_lost_and_running_again_gives_the_undisturbed_bytes(act: str) -> None:
    found = swept("kill", act)
    assert found.wrongs == [], "\n".join(found.wrongs)
    assert found.tried_n == sum(found.points.values()) + 1
    for where, points_n in json.loads(COUNTS.read_text())[act].items():
        told = (
            f"{act} has {found.points[where]} points ({where}); to commit fewer: python -m tests.crash.sweep"
        )
        assert found.points[where] >= points_n, told
