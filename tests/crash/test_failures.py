"""Every act meets a full disk and a broken one, once and for good: a clear error, nothing lost, and it serves again."""

from __future__ import annotations

import pytest

from tests.crash.acts import ACTS
from tests.crash.sweep import swept

EVERY_NTH = 5
FAILURES_N_MIN = 400


def test_a_failing_disk_is_a_clear_error_and_all_is_well_when_it_works_again() -> None:
    found = {act: swept("fail", act, EVERY_NTH) for act in ACTS}
    assert {act: one.wrongs for act, one in found.items() if one.wrongs} == {}
    assert sum(one.tried_n for one in found.values()) >= FAILURES_N_MIN
    for act, one in found.items():
        assert one.kinds["ENOSPC refused"] and one.kinds["EIO refused"], act


@pytest.mark.full
@pytest.mark.parametrize("act", ACTS)
def test_a_disk_that_fails_anywhere_is_a_clear_error(act: str) -> None:
    found = swept("fail", act)
    assert found.wrongs == [], "\n".join(found.wrongs)
    assert found.tried_n > sum(found.points.values())
