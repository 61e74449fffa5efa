"""The guard against a second table: the expectation here is written by hand and shares nothing with the guard's."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest

from consent.artefact import INF, Event, FetchType, Quantity
from consent.grants import Reason, Use, Wanted
from consent.terms import GrantOrder, Party, Terms
from kit.errors import CallerError, ConsentRequired
from kit.ident import CustomerId
from kit.period import Unit
from kit.scope import DataFilter, DateRange, Scope
from kit.source import Channel
from tests.consent.desk import CUSTOMER, SANDBOX_TERMS, START, Desk

STATES = ("NONE", "PENDING", "ACTIVE", "REJECTED", "FAILED", "PAUSED", "REVOKED", "EXPIRED")
DIMENSIONS = ("party", "kind", "range", "filter", "purpose", "life", "use")
CREDITS = DataFilter("TRANSACTIONTYPE", "=", "CREDIT")
YEAR = DateRange(date(2025, 11, 1), date(2026, 10, 31))
LONG_LIVED = Terms(
    text="Aggregated statement",
    category="Financial Reporting",
    fetch_type=FetchType.ONETIME,
    range=Quantity(Unit.MONTH, 14),
    expiry=Quantity(Unit.DAY, 90),
    data_life=Quantity(Unit.DAY, 31),
    frequency=Quantity(Unit.MONTH, 1),
)

Case = tuple[str, dict[str, bool], str]


def _cases() -> Iterator[Case]:
    for state, bits, use in product(
        STATES, product((True, False), repeat=len(DIMENSIONS)), ("FETCH", "PROCESS")
    ):
        yield state, dict(zip(DIMENSIONS, bits, strict=True)), use


def expected(case: Case) -> str:
    """Read this from the top: the first line that is true is the answer."""
    state, is_in, use = case
    lines = (
        (state in ("NONE", "PENDING", "REJECTED", "FAILED"), "CONSENT_REQUIRED"),
        (not is_in["party"], "CONSENT_REQUIRED"),
        (not is_in["purpose"], "PURPOSE_MISMATCH"),
        (not is_in["kind"], "FI_TYPE_OUT_OF_SCOPE"),
        (state == "REVOKED", "CONSENT_REVOKED"),
        (state == "EXPIRED", "CONSENT_EXPIRED"),
        (state == "PAUSED", "CONSENT_PAUSED"),
        (not is_in["life"], "DATA_LIFE_OVER"),
        (not is_in["range"], "RANGE_OUT_OF_SCOPE"),
        (not is_in["filter"], "FILTER_OUT_OF_SCOPE"),
        (not is_in["use"] and use == "FETCH", "CONSENT_OVERUSED"),
        (True, "ALLOWED"),
    )
    return next(answer for is_true, answer in lines if is_true)


def _wanted(case: Case, kinds: dict[str, tuple[str, ...]]) -> Wanted:
    state, is_in, use = case
    return Wanted(
        customer=CustomerId("NOBODY") if state == "NONE" else CUSTOMER,
        purpose=103 if is_in["purpose"] else 104,
        use=Use(use),
        parties=("ENTITY",) if is_in["party"] else ("PARTNER",),
        sources=("ledgers",) if is_in["kind"] else kinds["sources"],
        record_types=("transaction",) if is_in["kind"] else kinds["record_types"],
        range=YEAR if is_in["range"] else YEAR._replace(first=date(2020, 1, 1)),
        filters=(CREDITS,) if is_in["filter"] else (),
        fetch_key="this-fetch",
    )


def _answer(ask: Callable[[], Scope]) -> str:
    try:
        scope = ask()
    except ConsentRequired as refused:
        assert refused.code in set(Reason)
        assert refused.hint.startswith("Run: bahi consent ")
        return refused.code
    assert scope.grants
    return "ALLOWED"


@pytest.mark.parametrize(
    "kinds",
    [
        {"sources": ("returns",), "record_types": ("transaction",)},
        {"sources": ("ledgers",), "record_types": ("rumour",)},
    ],
    ids=["other source", "other type"],
)
def test_the_guard_equals_the_hand_written_table_in_all_2048_rows(
    desk: Desk, kinds: dict[str, tuple[str, ...]]
) -> None:
    desk.consents.grant(
        GrantOrder(
            CUSTOMER,
            sources=("ledgers",),
            channel=Channel.DIRECT_UPLOAD,
            filters=(CREDITS,),
            terms=LONG_LIVED,
        )
    )
    cases = sorted(_cases(), key=lambda case: not case[1]["life"])
    answers = [_asked(desk, case, kinds) for case in cases]
    assert answers == [expected(case) for case in cases]
    allowed = [case for case, answer in zip(cases, answers, strict=True) if answer == "ALLOWED"]
    assert len(cases) == 2048
    assert [use for _, _, use in allowed].count("FETCH") == 1
    assert [use for _, _, use in allowed].count("PROCESS") == 2
    assert {reason.value for reason in Reason} == set(answers) - {"ALLOWED"}
    written = [str(row["outcome"]) for row in desk.rows("audit") if str(row["action"]).startswith("scope.")]
    assert written == answers


def _asked(desk: Desk, case: Case, kinds: dict[str, tuple[str, ...]]) -> str:
    state, is_in, _ = case
    desk.clock.at = START + timedelta(days=1 if is_in["life"] else 31)
    with desk.ledger.transaction() as tx:
        tx.execute("UPDATE consent SET state = :state", state="ACTIVE" if state == "NONE" else state)
        tx.execute("DELETE FROM consent_use")
        if not is_in["use"]:
            tx.execute(
                "INSERT INTO consent_use SELECT id, 'ledgers', 'earlier', :at FROM consent",
                at="2026-11-20T05:00:00.000000Z",
            )
    return _answer(lambda: desk.consents.open_scope(_wanted(case, kinds)))


def _code(desk: Desk, wanted: Wanted) -> str:
    return _answer(lambda: desk.consents.open_scope(wanted))


def _process(**fields: object) -> Wanted:
    return Wanted(**{"customer": CUSTOMER, "purpose": 103, "use": Use.PROCESS, **fields})


def _given(desk: Desk, **fields: object) -> str:
    order = {"customer": CUSTOMER, "sources": ("ledgers",), "channel": Channel.DIRECT_UPLOAD, **fields}
    (consent,) = desk.consents.grant(GrantOrder(**order))
    return consent.id


def _half(first: str, last: str) -> dict[str, object]:
    return {"first": date.fromisoformat(first), "last": date.fromisoformat(last)}


def test_ranges_are_judged_on_the_union(desk: Desk) -> None:
    _given(desk, **_half("2025-11-01", "2026-03-31"))
    assert _code(desk, _process(range=YEAR)) == "RANGE_OUT_OF_SCOPE"
    _given(desk, **_half("2026-04-02", "2026-10-31"))
    assert _code(desk, _process(range=YEAR)) == "RANGE_OUT_OF_SCOPE"
    _given(desk, **_half("2026-03-15", "2026-04-01"))
    assert len(desk.consents.open_scope(_process(range=YEAR)).grants) == 3


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        ("2025-11-01", "2026-10-31", "ALLOWED"),
        ("2025-11-02", "2026-10-31", "RANGE_OUT_OF_SCOPE"),
        ("2025-11-01", "2026-10-30", "RANGE_OUT_OF_SCOPE"),
    ],
)
def test_a_range_is_judged_to_the_day(desk: Desk, first: str, last: str, code: str) -> None:
    _given(desk, **_half(first, last))
    assert _code(desk, _process(range=YEAR)) == code


def test_a_union_does_not_reach_across_sources_or_parties(desk: Desk) -> None:
    _given(desk, **_half("2025-11-01", "2026-03-31"))
    _given(desk, sources=("returns",), channel=Channel.AA, **_half("2026-04-01", "2026-10-31"))
    _given(desk, parties=(Party("PARTNER"),), **_half("2026-04-01", "2026-10-31"))
    assert _code(desk, _process(range=YEAR)) == "RANGE_OUT_OF_SCOPE"
    assert _code(desk, _process(range=DateRange(date(2026, 4, 1), date(2026, 4, 30)))) == "ALLOWED"


def test_a_filtered_consent_does_not_fill_a_gap_for_every_line(desk: Desk) -> None:
    _given(desk, **_half("2025-11-01", "2026-03-31"))
    _given(desk, filters=(CREDITS,), **_half("2026-04-01", "2026-10-31"))
    assert _code(desk, _process(range=YEAR)) == "ALLOWED"
    assert _code(desk, _process(range=YEAR, filters=(CREDITS,))) == "ALLOWED"
    assert _code(desk, _process(range=YEAR, filters=())) == "FILTER_OUT_OF_SCOPE"


def test_a_spent_consent_does_not_fill_a_gap_for_a_fetch(desk: Desk) -> None:
    _given(desk, **_half("2025-11-01", "2026-03-31"))
    desk.consents.record_use(desk.consents.open_scope(_process(use=Use.FETCH)), "ledgers", "first")
    _given(desk, **_half("2026-04-01", "2026-10-31"))
    fetch = _process(use=Use.FETCH, fetch_key="second")
    assert len(desk.consents.open_scope(fetch).grants) == 1
    assert _code(desk, _process(use=Use.FETCH, fetch_key="second", range=YEAR)) == "CONSENT_OVERUSED"


def test_each_wanted_source_must_be_served(desk: Desk) -> None:
    _given(desk)
    both = ("ledgers", "returns")
    assert _code(desk, _process(sources=both)) == "FI_TYPE_OUT_OF_SCOPE"
    other = _given(desk, sources=("returns",), channel=Channel.AA)
    assert desk.consents.open_scope(_process(sources=both)).sources() == both
    desk.consents.apply(other, Event.PAUSE)
    assert _code(desk, _process(sources=both)) == "CONSENT_PAUSED"
    assert desk.consents.open_scope(_process()).sources() == ("ledgers",)


def test_each_wanted_party_must_have_consented(desk: Desk) -> None:
    _given(desk)
    parties = ("ENTITY", "PARTNER")
    assert _code(desk, _process(parties=parties)) == "CONSENT_REQUIRED"
    _given(desk, parties=(Party("PARTNER"),))
    grants = desk.consents.open_scope(_process(parties=parties)).grants
    assert [grant.party for grant in grants] == list(parties)


def test_a_scope_holds_only_what_was_wanted(desk: Desk) -> None:
    _given(desk)
    _given(desk, parties=(Party("PARTNER"),))
    _given(desk, sources=("returns",), channel=Channel.AA)
    wanted = _process(parties=("ENTITY",), sources=("ledgers",), record_types=("transaction",))
    (grant,) = desk.consents.open_scope(wanted).grants
    assert (grant.party, grant.source, grant.record_types) == ("ENTITY", "ledgers", ("transaction",))


def test_an_empty_list_grants_nothing(desk: Desk) -> None:
    _given(desk)
    assert _code(desk, _process(sources=())) == "FI_TYPE_OUT_OF_SCOPE"
    assert _code(desk, _process(parties=())) == "CONSENT_REQUIRED"


def test_one_good_consent_beside_bad_ones_is_enough(desk: Desk) -> None:
    for event in (Event.PAUSE, Event.REVOKE, Event.EXPIRE):
        desk.consents.apply(_given(desk), event)
        assert _code(desk, _process()) != "ALLOWED"
    good = _given(desk)
    assert desk.consents.open_scope(_process()).consent_ids() == {good}


def test_the_reason_among_several_bad_ones_follows_the_written_order(desk: Desk) -> None:
    desk.consents.apply(_given(desk), Event.REVOKE)
    assert _code(desk, _process()) == "CONSENT_REVOKED"
    desk.consents.apply(_given(desk), Event.EXPIRE)
    assert _code(desk, _process()) == "CONSENT_EXPIRED"
    desk.consents.apply(_given(desk), Event.PAUSE)
    assert _code(desk, _process()) == "CONSENT_PAUSED"


def test_expiry_acts_by_clock_to_the_microsecond(desk: Desk) -> None:
    consent_id = _given(desk)
    expiry = desk.consents.consent(consent_id).artefact.detail.expiry
    desk.clock.at = expiry - timedelta.resolution
    assert _code(desk, _process()) == "ALLOWED"
    desk.clock.at = expiry
    assert _code(desk, _process()) == "CONSENT_EXPIRED"


def test_data_life_of_onetime_is_fixed_from_the_start(desk: Desk) -> None:
    _given(desk, terms=LONG_LIVED)
    end = START + timedelta(days=31)
    desk.clock.at = START + timedelta(days=20)
    scope = desk.consents.open_scope(_process(use=Use.FETCH))
    desk.consents.record_use(scope, "ledgers", "late")
    assert scope.grants[0].life_end == end
    desk.clock.at = end - timedelta.resolution
    assert _code(desk, _process()) == "ALLOWED"
    desk.clock.at = end
    assert _code(desk, _process()) == "DATA_LIFE_OVER"


MONITORING = SANDBOX_TERMS[104]


def test_data_life_of_periodic_runs_from_the_latest_use(desk: Desk) -> None:
    _given(desk, purpose=104, terms=MONITORING)
    process = _process(purpose=104)
    for days in (0, 20, 60):
        desk.clock.at = START + timedelta(days=days)
        scope = desk.consents.open_scope(_process(purpose=104, use=Use.FETCH, fetch_key=f"k{days}"))
        assert scope.grants[0].life_end == desk.clock.at + timedelta(days=31)
        desk.consents.record_use(scope, "ledgers", f"k{days}")
        assert _code(desk, process) == "ALLOWED"
        if days == 20:
            desk.clock.at = START + timedelta(days=51)
            assert _code(desk, process) == "DATA_LIFE_OVER"
    desk.clock.at = START + timedelta(days=91)
    assert _code(desk, process) == "DATA_LIFE_OVER"


def test_fetching_again_under_a_counted_key_does_not_lengthen_the_life(desk: Desk) -> None:
    _given(desk, purpose=104, terms=MONITORING)
    again = _process(purpose=104, use=Use.FETCH, fetch_key="k")
    desk.consents.record_use(desk.consents.open_scope(again), "ledgers", "k")
    desk.clock.at = START + timedelta(days=30)
    assert desk.consents.open_scope(again).grants[0].life_end == START + timedelta(days=31)
    desk.clock.at = START + timedelta(days=31)
    assert _code(desk, again) == "DATA_LIFE_OVER"


def test_a_life_without_end_has_no_end(desk: Desk) -> None:
    _given(desk, terms=replace(LONG_LIVED, data_life=INF, expiry=Quantity(Unit.YEAR, 3)))
    desk.clock.at = START + timedelta(days=900)
    assert desk.consents.open_scope(_process()).grants[0].life_end is None


def test_a_consent_that_starts_later_does_not_hold_yet(desk: Desk) -> None:
    consent_id = _given(desk)
    desk.clock.at = START - timedelta(seconds=30)
    assert _code(desk, _process()) == "ALLOWED"
    artefact = str(desk.rows("consent")[0]["artefact"]).replace("2026-11-20T10:00", "2026-11-21T10:00")
    desk.sql("UPDATE consent SET artefact = :artefact WHERE id = :id", artefact=artefact, id=consent_id)
    assert _code(desk, _process()) == "CONSENT_REQUIRED"
    desk.clock.at = START + timedelta(days=1)
    assert _code(desk, _process()) == "ALLOWED"


def test_a_hint_is_the_exact_command(desk: Desk) -> None:
    def hint(wanted: Wanted) -> str:
        with pytest.raises(ConsentRequired) as refused:
            desk.consents.open_scope(wanted)
        return refused.value.hint

    assert hint(_process()) == "Run: bahi consent grant --customer-id ASHA_TRADERS --purpose 103"
    assert hint(_process(parties=("PARTNER",), sources=("ledgers", "returns"), range=YEAR)) == (
        "Run: bahi consent grant --customer-id ASHA_TRADERS --purpose 103 --sources ledgers,returns"
        " --from 2025-11-01 --to 2026-10-31 --party PARTNER"
    )
    consent_id = _given(desk)
    desk.consents.apply(consent_id, Event.PAUSE)
    assert hint(_process()) == (
        f"Run: bahi consent resume --customer-id ASHA_TRADERS --purpose 103 --consent-id {consent_id}"
    )


@pytest.mark.parametrize("value", ["many", "NaN", "Infinity", ""])
def test_a_filter_that_cannot_be_applied_is_the_callers_error(desk: Desk, value: str) -> None:
    _given(desk)
    with pytest.raises(CallerError) as refused:
        desk.consents.open_scope(_process(filters=(DataFilter("TRANSACTIONAMOUNT", "=", value),)))
    assert refused.value.code == "FILTER_INVALID"
