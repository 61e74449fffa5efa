"""The guard against brute force, on random consents and requests."""

from __future__ import annotations

import os
import secrets as chance_of_the_machine
from collections import Counter
from collections.abc import Callable

import pytest

from consent.grants import Wanted
from kit.errors import ConsentRequired
from kit.scope import Scope
from tests.consent.desk import Desk
from tests.consent.oracle import REASONS, Answer, Given, every_day, oracle
from tests.consent.pairs import Draw

pytestmark = pytest.mark.usefixtures("without_fair_use")


def answered(desk: Desk, ask: Wanted, everything: list[Given]) -> Answer:
    try:
        scope = desk.consents.open_scope(ask)
    except ConsentRequired as refused:
        return refused.code
    _check_grants(scope, {given.id: given for given in everything})
    assert (scope.customer, scope.purpose, scope.as_of) == (ask.customer, ask.purpose, desk.clock.at)
    return {
        (grant.consent_id, grant.source): (set(grant.record_types), grant.life_end) for grant in scope.grants
    }


def _check_grants(scope: Scope, known: dict[str, Given]) -> None:
    for grant in scope.grants:
        given = known[grant.consent_id]
        assert (grant.party, grant.filters) == (given.party, given.order.filters)
        assert every_day(*grant.range) == given.days()


@pytest.mark.parametrize("pairs_n", [400, pytest.param(10_000, marks=pytest.mark.full)])
def test_the_guard_equals_brute_force_on_random_consents_and_requests(
    make_desk: Callable[[], Desk], pairs_n: int, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = int(os.environ.get("PAIRS_SEED") or chance_of_the_machine.randbits(32))
    counted: Counter[str] = Counter()
    for number in range(pairs_n):
        draw, desk = Draw(seed, number), make_desk()
        ask, everything = draw.wanted(), draw.consents(desk)
        desk.clock.at = draw.now
        found, expected = answered(desk, ask, everything), oracle(everything, ask, draw.now)
        assert found == expected, f"pair {number} of PAIRS_SEED={seed}: {ask} at {draw.now} of {everything}"
        code = expected if isinstance(expected, str) else "ALLOWED"
        assert desk.audit.entries(limit=1)[0].outcome == code
        counted[code] += 1
        counted["ALLOWED BY SEVERAL"] += (
            not isinstance(expected, str) and len({one for one, _ in expected}) > 1
        )
        desk.close()
    with capsys.disabled():
        print(f"\n{pairs_n} pairs, PAIRS_SEED={seed}: {dict(counted.most_common())}")  # noqa: T201
    assert set(counted) == {*REASONS, "ALLOWED", "ALLOWED BY SEVERAL"}
