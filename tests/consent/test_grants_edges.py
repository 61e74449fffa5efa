"""What the desk commits to in the audit, word for word, and which of two reasons or parties it names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from consent.artefact import Event
from consent.audit import Audit, Deed
from consent.grants import Policy, Use, Wanted
from consent.terms import GrantOrder, Party
from kit.errors import CallerError, ConsentRequired, PolicyRefused
from kit.scope import DataFilter, DateRange
from tests.consent.desk import CUSTOMER, SANDBOX, SANDBOX_TERMS, START, Desk

FILTER = DataFilter("TRANSACTIONAMOUNT", ">=", "20000")


@pytest.fixture
def deeds(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Deed]]:
    """Hear every deed before it becomes a commitment, which tells nothing of its payload."""
    heard: list[Deed] = []
    record = Audit.record

    def listening(audit: Audit, tx: object, deed: Deed, *given: object) -> object:
        heard.append(deed)
        return record(audit, tx, deed, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(Audit, "record", listening)
    yield heard


def granted(desk: Desk, *sources: str, **fields: object) -> list[str]:
    order = GrantOrder(CUSTOMER, sources=sources or ("ledgers",), **fields)  # type: ignore[arg-type]
    return [consent.id for consent in desk.consents.grant(order)]


def test_an_opened_right_is_committed_to_with_all_that_was_asked(desk: Desk, deeds: list[Deed]) -> None:
    ids = sorted(granted(desk, parties=(Party("ENTITY"), Party("PARTNER"), Party("OWNER"))))
    days = DateRange(date(2026, 1, 5), date(2026, 2, 6))
    desk.consents.open_scope(
        Wanted(
            CUSTOMER, 103, Use.FETCH, ("PARTNER", "ENTITY", "OWNER"), ("ledgers",), ("transaction",), days,
            (FILTER,), "key",
        )
    )  # fmt: skip
    assert deeds[-1] == Deed(
        "scope.fetch",
        CUSTOMER,
        103,
        "ALLOWED",
        {
            "consents": ids,
            "parties": ("PARTNER", "ENTITY", "OWNER"),
            "sources": ("ledgers",),
            "record_types": ("transaction",),
            "range": [date(2026, 1, 5), date(2026, 2, 6)],
            "filters": [["TRANSACTIONAMOUNT", ">=", "20000"]],
            "fetch_key": "key",
        },
    )


def test_a_refused_right_is_committed_to_with_the_consent_in_its_way_or_none(
    desk: Desk, deeds: list[Deed]
) -> None:
    bare = dict.fromkeys(("parties", "sources", "record_types", "range", "filters", "fetch_key"))
    with pytest.raises(ConsentRequired):
        desk.consents.open_scope(Wanted(CUSTOMER, 103, Use.PROCESS))
    assert deeds[-1] == Deed("scope.process", CUSTOMER, 103, "CONSENT_REQUIRED", bare | {"consents": [""]})
    (paused,) = granted(desk)
    desk.consents.apply(paused, Event.PAUSE)
    with pytest.raises(ConsentRequired):
        desk.consents.open_scope(Wanted(CUSTOMER, 103, Use.PROCESS))
    assert deeds[-1] == Deed("scope.process", CUSTOMER, 103, "CONSENT_PAUSED", bare | {"consents": [paused]})


def test_a_right_refused_as_a_whole_is_refused_as_it_was_asked_for(desk: Desk, deeds: list[Deed]) -> None:
    with pytest.raises(ConsentRequired) as refused:
        desk.consents.open_scope(Wanted(CUSTOMER, 103, Use.PROCESS), "ledgers")
    assert refused.value.code == "CONSENT_REQUIRED" and "--sources" not in refused.value.hint
    assert deeds[-1].payload["sources"] is None


def test_each_counting_and_each_recheck_is_committed_to(desk: Desk, deeds: list[Deed]) -> None:
    ids = sorted(
        granted(desk, "ledgers", "returns", parties=(Party("ENTITY"), Party("PARTNER"), Party("OWNER")))
    )
    scope = desk.consents.open_scope(Wanted(CUSTOMER, 103, Use.FETCH, fetch_key="one"))
    payload = {"consents": ids, "sources": ("ledgers", "returns")}
    desk.consents.record_use(scope, "ledgers", "one")
    assert deeds[-1] == Deed("fetch.count", CUSTOMER, 103, "COUNTED", payload)
    with pytest.raises(ConsentRequired):
        desk.consents.record_use(scope, "ledgers", "two")
    assert deeds[-1] == Deed("fetch.count", CUSTOMER, 103, "CONSENT_OVERUSED", payload)
    assert desk.audit.entries()[0].outcome == "CONSENT_OVERUSED"
    desk.consents.apply(ids[0], Event.PAUSE)
    with pytest.raises(ConsentRequired):
        desk.consents.recheck(scope)()
    assert deeds[-1] == Deed("scope.recheck", CUSTOMER, 103, "CONSENT_PAUSED", payload)


@pytest.mark.parametrize("act", ["recheck", "record_use"])
def test_a_withdrawal_is_named_before_the_end_of_life_and_before_overuse(desk: Desk, act: str) -> None:
    (consent_id,) = granted(desk)
    scope = desk.consents.open_scope(Wanted(CUSTOMER, 103, Use.FETCH, fetch_key="one"))
    desk.consents.record_use(scope, "ledgers", "one")
    acts: dict[str, Callable[[], object]] = {
        "recheck": lambda: desk.consents.recheck(scope)(),
        "record_use": lambda: desk.consents.record_use(scope, "ledgers", "two"),
    }
    desk.consents.apply(consent_id, Event.REVOKE)
    for at in (START, START + timedelta(days=400)):
        desk.clock.at = at
        with pytest.raises(ConsentRequired) as refused:
            acts[act]()
        assert refused.value.code == "CONSENT_REVOKED", at


def test_a_refused_count_names_the_parties_of_that_source_in_order(desk: Desk) -> None:
    parties = ("P_ENTITY", "A_PARTNER", "M_OWNER", "B_OTHER", "Z_LAST")
    granted(desk, "ledgers", parties=tuple(map(Party, parties)))
    granted(desk, "returns", parties=(Party("ELSEWHERE"),))
    scope = desk.consents.open_scope(Wanted(CUSTOMER, 103, Use.FETCH, fetch_key="one"))
    desk.consents.record_use(scope, "ledgers", "one")
    with pytest.raises(ConsentRequired) as refused:
        desk.consents.record_use(scope, "ledgers", "two")
    grant = f"bahi consent grant --customer-id {CUSTOMER} --purpose 103 --sources ledgers --party"
    assert refused.value.hint == "Run: " + " && ".join(f"{grant} {party}" for party in sorted(parties))


def test_a_draft_words_what_a_grant_would_ask_for_and_writes_nothing(desk: Desk) -> None:
    order = GrantOrder(CUSTOMER, sources=("ledgers", "orders"), parties=(Party("ENTITY"), Party("PARTNER")))
    drafts = desk.consents.drafts(order)
    assert desk.rows("consent") == [] and desk.rows("audit") == []
    given = [consent.artefact for consent in desk.consents.grant(order)]
    assert [(one.party, one.channel, one.detail) for one in drafts] == [
        (one.party, one.channel, one.detail) for one in given
    ]
    assert [one.covers for one in drafts] == [()] * 4 and not any(one.signed_consent for one in drafts)
    assert drafts[0].detail.start == START


def test_what_is_refused_for_good_says_what_to_bring_or_mend(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk(Policy("production", SANDBOX.configured))
    with pytest.raises(PolicyRefused) as refused:
        granted(desk)
    assert refused.value.hint.startswith("Bring a signed artefact, or set")
    with pytest.raises(CallerError) as bent:
        desk.consents.open_scope(Wanted(CUSTOMER, 103, Use.PROCESS, filters=(FILTER._replace(value="much"),)))
    assert (bent.value.code, bent.value.hint) == ("FILTER_INVALID", "Correct the filter.")


def test_monitoring_may_be_drafted_for_years(desk: Desk) -> None:
    longer = replace(SANDBOX_TERMS[104], consent_types=("PROFILE",))
    (draft,) = desk.consents.drafts(GrantOrder(CUSTOMER, 104, ("ledgers",), terms=longer))
    assert draft.detail.consent_types == ("PROFILE",) and draft.covers == ()
