"""Consent against a small executable model, over random lives of several consents."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from consent.artefact import Event, Quantity
from consent.grants import Use, Wanted
from consent.terms import GrantOrder, Party
from kit.errors import CallerError, Conflict, ConsentRequired
from kit.period import Unit
from tests.consent.desk import CUSTOMER, SANDBOX_TERMS, START, Desk

pytestmark = pytest.mark.usefixtures("without_fair_use")

INDIA = timedelta(hours=5, minutes=30)
PARTIES = ("ENTITY", "PARTNER")
TERMS = {
    103: SANDBOX_TERMS[103],
    104: replace(
        SANDBOX_TERMS[104],
        frequency=Quantity(Unit.DAY, 2),
        data_life=Quantity(Unit.DAY, 2),
        expiry=Quantity(Unit.MONTH, 1),
    ),
}


@dataclass
class Given:
    id: str
    party: str
    purpose: int
    start: datetime
    state: str = "ACTIVE"
    uses: dict[str, datetime] = field(default_factory=dict)


class Model:
    """What should happen: purpose 103 is one fetch and 31 days, purpose 104 two fetches a day and 2 days."""

    LEGAL = {
        "PAUSE": {"ACTIVE": "PAUSED"},
        "RESUME": {"PAUSED": "ACTIVE"},
        "REVOKE": {"ACTIVE": "REVOKED", "PAUSED": "REVOKED"},
        "EXPIRE": {"ACTIVE": "EXPIRED", "PAUSED": "EXPIRED"},
    }

    def __init__(self) -> None:
        self.given: list[Given] = []

    def happen(self, consent: Given, event: str) -> bool:
        following = self.LEGAL.get(event, {}).get(consent.state)
        consent.state = following or consent.state
        return following is not None

    def answer(self, party: str, purpose: int, key: str | None, now: datetime) -> str | set[str]:
        left = self.given
        for code, holds in (
            ("CONSENT_REQUIRED", lambda c: c.party == party),
            ("PURPOSE_MISMATCH", lambda c: c.purpose == purpose),
            ("CONSENT_REVOKED", lambda c: c.state != "REVOKED"),
            ("CONSENT_EXPIRED", lambda c: c.state != "EXPIRED" and now < self.month_after(c.start)),
            ("CONSENT_PAUSED", lambda c: c.state != "PAUSED"),
            ("DATA_LIFE_OVER", lambda c: now < self.life_end(c, key, now)),
            ("CONSENT_OVERUSED", lambda c: key is None or key in c.uses or not self.is_spent(c, now)),
        ):
            left = [consent for consent in left if holds(consent)]
            if not left:
                return code
        return {consent.id for consent in left}

    def life_end(self, consent: Given, key: str | None, now: datetime) -> datetime:
        if consent.purpose == 103:
            return consent.start + timedelta(days=31)
        latest = max(consent.uses.values(), default=now) if key is None else consent.uses.get(key, now)
        return latest + timedelta(days=2)

    def is_spent(self, consent: Given, now: datetime) -> bool:
        if consent.purpose == 103:
            return len(consent.uses) >= 1
        return [(at + INDIA).date() for at in consent.uses.values()].count((now + INDIA).date()) >= 2

    def month_after(self, moment: datetime) -> datetime:
        local = moment + INDIA
        year, month = local.year + local.month // 12, local.month % 12 + 1
        day = local.day
        while True:
            try:
                return local.replace(year=year, month=month, day=day) - INDIA
            except ValueError:
                day -= 1

    def fetched(self, ids: set[str], key: str, now: datetime) -> None:
        for consent in self.given:
            if consent.id in ids:
                consent.uses.setdefault(key, now)


def test_the_model_is_small_enough_to_be_believed() -> None:
    assert len(inspect.getsource(Model).splitlines()) <= 60


TICK = timedelta.resolution
SPANS = [
    *[TICK] * 4,
    *[timedelta(hours=5, minutes=30)] * 3,
    *[timedelta(hours=18, minutes=30)] * 2,
    *[timedelta(days=2), timedelta(days=2) - TICK, timedelta(days=1)],
    *[timedelta(days=28), timedelta(days=31)],
]
picks = st.integers(0, 3)
parties, purposes, keys = st.sampled_from(PARTIES), st.sampled_from(sorted(TERMS)), st.sampled_from("abcdef")


class Lives(RuleBasedStateMachine):
    """Grants, events, fetches, readings and time in any order."""

    make_desk: Callable[[], Desk]

    def __init__(self) -> None:
        super().__init__()
        self.desk = type(self).make_desk()
        self.model = Model()
        self.set_clock(START)

    def set_clock(self, moment: datetime) -> None:
        self.desk.clock.at = moment
        self.now = moment.replace(tzinfo=None) - INDIA

    @initialize(party=parties, purpose=purposes)
    def begin(self, party: str, purpose: int) -> None:
        self.grant(party, purpose)

    @rule(party=parties, purpose=purposes)
    def grant(self, party: str, purpose: int) -> None:
        order = GrantOrder(CUSTOMER, purpose, ("ledgers",), (Party(party),), terms=TERMS[purpose])
        (consent,) = self.desk.consents.grant(order)
        self.model.given.append(Given(consent.id, party, purpose, self.now))

    @precondition(lambda self: self.model.given)
    @rule(pick=picks, event=st.sampled_from([*Event, Event.PAUSE, Event.RESUME, Event.RESUME]))
    def happen(self, pick: int, event: Event) -> None:
        consent = self.picked(pick)
        try:
            self.desk.consents.apply(consent.id, event)
            is_done = True
        except Conflict:
            is_done = False
        assert is_done == self.model.happen(consent, event.value)
        assert self.desk.consents.consent(consent.id).state == consent.state

    @rule(party=parties, purpose=purposes)
    def ask_for_anything(self, party: str, purpose: int) -> None:
        self.process(party, purpose)
        self.fetch(party, purpose, "a")

    @precondition(lambda self: self.model.given)
    @rule(pick=picks)
    def process_what_was_given(self, pick: int) -> None:
        self.process(self.picked(pick).party, self.picked(pick).purpose)

    @precondition(lambda self: self.model.given)
    @rule(pick=picks, some=st.lists(keys, min_size=1, max_size=3))
    def fetch_what_was_given(self, pick: int, some: list[str]) -> None:
        for key in some:
            self.fetch(self.picked(pick).party, self.picked(pick).purpose, key)
            self.process(self.picked(pick).party, self.picked(pick).purpose)

    def picked(self, pick: int) -> Given:
        return self.model.given[-1 - pick % len(self.model.given)]

    def process(self, party: str, purpose: int) -> None:
        expected = self.model.answer(party, purpose, None, self.now)
        assert self.answer(Use.PROCESS, party, purpose, None) == expected

    def fetch(self, party: str, purpose: int, key: str) -> None:
        expected = self.model.answer(party, purpose, key, self.now)
        assert self.answer(Use.FETCH, party, purpose, key) == expected
        if not isinstance(expected, str):
            self.model.fetched(expected, key, self.now)

    @rule(span=st.sampled_from(SPANS))
    def wait(self, span: timedelta) -> None:
        self.set_clock(self.desk.clock.at + span)

    @rule(is_month=st.booleans(), short_by=st.sampled_from([timedelta(0), TICK]))
    def wait_for_a_boundary(self, is_month: bool, short_by: timedelta) -> None:
        midnight = self.desk.clock.at.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        while is_month and midnight.day != 1:
            midnight += timedelta(days=1)
        if midnight - short_by >= self.desk.clock.at:
            self.set_clock(midnight - short_by)

    @precondition(lambda self: self.model.given)
    @rule()
    def jump_back(self) -> None:
        before = self.desk.clock.at
        self.desk.clock.at = START - timedelta(hours=1)
        try:
            self.desk.consents.open_scope(Wanted(CUSTOMER, 103, Use.PROCESS))
        except CallerError as refused:
            assert refused.code == "CLOCK_BACKWARDS"
        else:
            raise AssertionError("a clock that jumped back was believed")
        self.desk.clock.at = before

    def answer(self, use: Use, party: str, purpose: int, key: str | None) -> str | set[str]:
        wanted = Wanted(CUSTOMER, purpose, use, parties=(party,), sources=("ledgers",), fetch_key=key)
        try:
            scope = self.desk.consents.open_scope(wanted)
        except ConsentRequired as refused:
            return refused.code
        if key is not None:
            self.desk.consents.record_use(scope, "ledgers", key)
        return set(scope.consent_ids())

    def teardown(self) -> None:
        assert self.desk.audit.verify_chain().broken_at is None
        self.desk.close()


@pytest.mark.parametrize("lives_n", [200, pytest.param(2000, marks=pytest.mark.full)])
def test_every_life_of_every_consent_follows_the_model(make_desk: Callable[[], Desk], lives_n: int) -> None:
    Lives.make_desk = staticmethod(make_desk)
    run_state_machine_as_test(
        Lives,
        settings=settings(
            max_examples=lives_n,
            stateful_step_count=50,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
