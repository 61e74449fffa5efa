"""The synthetic provider answers each question once per consent, inside what is granted, and is counted."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from consent.terms import GrantOrder, Party
from kit.errors import CallerError, ConsentRequired, NotFound
from kit.ident import customer_id
from pipeline.feeds.provider import Provider
from pipeline.feeds.synthetic import question
from pipeline.flow import run
from pipeline.job import Report
from pipeline.order import Order, fetch_key
from pipeline.wiring import House, open_house
from tests.support import files_below, installed

CUSTOMER = customer_id("MSME001")


@pytest.fixture
def house_at(tmp_path: Path) -> Callable[[str], House]:
    installed(tmp_path / "home", BAHI_CLOCK="2026-11-01T10:00:00+05:30")
    return lambda clock: open_house({"BAHI_HOME": str(tmp_path / "home"), "BAHI_CLOCK": clock}, "test")


def generated(house: House, **asked: object) -> Report:
    (report,) = run(house, Order(CUSTOMER, **{"purpose": 103, **asked}), lambda _: None, ("generate",))
    return report


def uses_n(house: House) -> int:
    return sum(len(consent.uses) for consent in house.consents.listing(CUSTOMER))


def test_the_same_question_twice_is_one_use_and_one_delivery(house_at: Callable[[str], House]) -> None:
    house = house_at("2026-11-01T10:00:00+05:30")
    house.consents.grant(GrantOrder(CUSTOMER, 103, ("bank",)))
    assert [generated(house).status for _ in range(3)] == ["done", "unchanged", "unchanged"]
    assert uses_n(house) == 1


def test_another_question_under_a_onetime_consent_is_one_too_many(house_at: Callable[[str], House]) -> None:
    house = house_at("2026-11-01T10:00:00+05:30")
    house.consents.grant(GrantOrder(CUSTOMER, 103, ("bank",)))
    generated(house)
    with pytest.raises(ConsentRequired) as refused:
        generated(house, seed=2)
    assert refused.value.code == "CONSENT_OVERUSED"
    assert uses_n(house) == 1


def test_a_second_consent_answers_a_second_question_and_the_first_stays_readable(
    house_at: Callable[[str], House],
) -> None:
    house = house_at("2026-11-01T10:00:00+05:30")
    for _ in range(2):
        house.consents.grant(GrantOrder(CUSTOMER, 103, ("bank",)))
    assert generated(house).counts["deliveries"] == 2
    assert uses_n(house) == 2
    assert generated(house).status == "unchanged"


def test_nothing_outside_the_asked_days_is_delivered(house_at: Callable[[str], House]) -> None:
    house = house_at("2026-11-01T10:00:00+05:30")
    house.consents.grant(GrantOrder(CUSTOMER, 103, ("bank",)))
    generated(house, as_of=date(2026, 6, 30), months=3)
    (raw,) = (house.home.raw / CUSTOMER / "bank").glob("*.ndjson")
    days = {
        line.split(b'"valueDate":"')[1][:10] for line in raw.read_bytes().splitlines() if b"valueDate" in line
    }
    assert min(days) >= b"2026-04-01" and max(days) <= b"2026-06-30"


@pytest.mark.parametrize(
    ("as_of", "months", "first"),
    [
        (date(2026, 6, 30), 3, date(2026, 4, 1)),
        (date(2026, 2, 28), 1, date(2026, 2, 1)),
        (date(2026, 6, 15), 1, date(2026, 5, 16)),
    ],
)
def test_months_up_to_a_day_are_whole_months(
    house_at: Callable[[str], House], as_of: date, months: int, first: date
) -> None:
    house = house_at("2026-11-01T10:00:00+05:30")
    house.consents.grant(GrantOrder(CUSTOMER, 103, ("bank",), first=first, last=as_of))
    assert generated(house, as_of=as_of, months=months).status == "done"
    (raw,) = (house.home.raw / CUSTOMER / "bank").glob("*.ndjson")
    envelope = json.loads(raw.read_bytes().splitlines()[0])
    assert envelope["accounts"]
    for account in envelope["accounts"]:
        assert account["Transactions"] == {"startDate": first.isoformat(), "endDate": as_of.isoformat()}


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"persona": "nobody"}, "PERSONA_UNKNOWN"),
        ({"months": 10**6}, "MONTHS_TOO_MANY"),
        ({"months": 10**6, "as_of": date(2026, 6, 30)}, "MONTHS_TOO_MANY"),
    ],
)
def test_a_question_nobody_can_answer_spends_no_consent(
    house_at: Callable[[str], House], asked: dict[str, object], code: str
) -> None:
    house = house_at("2026-11-01T10:00:00+05:30")
    house.consents.grant(GrantOrder(CUSTOMER, 103, ("bank",)))
    with pytest.raises(CallerError) as refused:
        generated(house, **asked)
    assert refused.value.code == code
    assert uses_n(house) == 0
    assert generated(house).status == "done"


def test_a_party_the_provider_does_not_know_spends_nothing_of_the_others(
    house_at: Callable[[str], House],
) -> None:
    house = house_at("2026-11-01T10:00:00+05:30")
    house.consents.grant(GrantOrder(CUSTOMER, 103, ("bank",), parties=(Party(), Party("STRANGER"))))
    with pytest.raises(NotFound):
        generated(house)
    assert uses_n(house) == 0


def test_days_outside_the_grant_are_refused(house_at: Callable[[str], House]) -> None:
    house = house_at("2026-11-01T10:00:00+05:30")
    house.consents.grant(GrantOrder(CUSTOMER, 103, ("bank",)))
    with pytest.raises(ConsentRequired) as refused:
        generated(house, as_of=date(2024, 1, 31))
    assert refused.value.code == "RANGE_OUT_OF_SCOPE"


def test_a_periodic_consent_may_fetch_again_after_the_life_of_the_first_fetch(
    house_at: Callable[[str], House],
) -> None:
    first = house_at("2026-11-01T10:00:00+05:30")
    first.consents.grant(GrantOrder(CUSTOMER, 104, ("bank",)))
    assert generated(first, purpose=104).status == "done"
    later = house_at("2026-12-15T10:00:00+05:30")
    assert generated(later, purpose=104, as_of=date(2026, 10, 31), months=2).status == "done"
    assert uses_n(later) == 2


def test_a_periodic_consent_is_asked_anew_in_each_window_of_its_frequency(
    house_at: Callable[[str], House],
) -> None:
    first = house_at("2026-11-20T10:00:00+05:30")
    first.consents.grant(GrantOrder(CUSTOMER, 104, ("bank",)))
    assert generated(first, purpose=104).status == "done"
    # The last Indian minute of the window is another UTC day than the first one of the next.
    same = house_at("2026-11-30T23:59:00+05:30")
    assert generated(same, purpose=104).status == "unchanged"
    following = house_at("2026-12-01T00:01:00+05:30")
    assert [generated(following, purpose=104).status for _ in range(2)] == ["done", "unchanged"]
    assert uses_n(following) == 2


def test_monitoring_runs_on_by_default_after_the_life_of_the_first_fetch(
    house_at: Callable[[str], House],
) -> None:
    first = house_at("2026-11-01T10:00:00+05:30")
    first.consents.grant(GrantOrder(CUSTOMER, 104, ("bank",)))
    run(first, Order(CUSTOMER, 104), lambda _: None)
    later = house_at("2026-12-15T10:00:00+05:30")
    later.erasure.purge_due()
    assert [report.step for report in run(later, Order(CUSTOMER, 104), lambda _: None)] == [
        "generate",
        "clean",
        "analyze",
    ]


def test_the_question_to_a_onetime_consent_names_no_time(house_at: Callable[[str], House]) -> None:
    first = house_at("2026-11-20T10:00:00+05:30")
    first.consents.grant(GrantOrder(CUSTOMER, 103, ("bank",)))
    assert question(first, Order(CUSTOMER, 103)) == fetch_key(Order(CUSTOMER, 103))
    assert generated(first, noise="light").status == "done"
    assert generated(house_at("2026-12-10T10:00:00+05:30"), noise="light").status == "unchanged"


def test_monitoring_and_underwriting_see_the_same_business(house_at: Callable[[str], House]) -> None:
    house = house_at("2026-11-01T10:00:00+05:30")
    for purpose in (103, 104):
        house.consents.grant(GrantOrder(CUSTOMER, purpose, ("bank",)))
        generated(house, purpose=purpose)
    long, short = sorted(
        (
            {line for line in raw.read_bytes().splitlines() if b'"kind":"envelope"' not in line}
            for raw in (house.home.raw / CUSTOMER / "bank").glob("*.ndjson")
        ),
        key=len,
        reverse=True,
    )
    assert short and short <= long


def test_asking_for_nothing_in_particular_means_the_question_already_answered(
    house_at: Callable[[str], House],
) -> None:
    house = house_at("2026-11-01T10:00:00+05:30")
    house.consents.grant(GrantOrder(CUSTOMER, 103, ("bank",)))
    assert generated(house, noise="heavy", months=13).status == "done"
    assert generated(house).status == "unchanged"
    assert uses_n(house) == 1


def raw_lines(house: House, delivery: str) -> list[bytes]:
    (found,) = (house.home.raw / CUSTOMER).rglob(f"{delivery}.ndjson")
    return found.read_bytes().splitlines()


def truths(house: House) -> dict[str, bytes]:
    return files_below(house.home.truth)


def told(house: House) -> list[dict[str, object]]:
    (only,) = truths(house).values()
    return [json.loads(line) for line in only.splitlines()]


def applications(house: House) -> list[bytes]:
    return (house.home.raw / CUSTOMER / "applications.ndjson").read_bytes().splitlines()


def test_all_that_is_asked_on_one_day_is_answered_by_one_business(
    house_at: Callable[[str], House], monkeypatch: pytest.MonkeyPatch
) -> None:
    house = house_at("2026-11-01T10:00:00+05:30")
    made: list[date] = []
    make = Provider._made

    def counted(self: Provider, last: date) -> object:
        made.append(last)
        return make(self, last)

    monkeypatch.setattr(Provider, "_made", counted)
    for last in (None, None, date(2026, 9, 30)):
        house.consents.grant(GrantOrder(CUSTOMER, 103, ("bank",), last=last))
    assert generated(house).counts["deliveries"] == 3
    assert sorted(made) == [date(2026, 9, 30), date(2026, 10, 31)]
    assert generated(house).status == "unchanged" and len(made) == 2


def test_the_business_asks_once_whatever_it_is_asked(house_at: Callable[[str], House]) -> None:
    house = house_at("2026-11-01T10:00:00+05:30")
    house.consents.grant(GrantOrder(CUSTOMER, 103, ("bank",)))
    generated(house)
    asked = applications(house)
    assert len(asked) == 1
    house.consents.grant(GrantOrder(CUSTOMER, 103, ("bank",)))
    house.consents.grant(GrantOrder(CUSTOMER, 104, ("bank",)))
    for order in ({}, {"noise": "light", "purpose": 104}, {"purpose": 104}):
        generated(house, **order)
    assert applications(house) == asked


@pytest.mark.parametrize("noise", ["off", "heavy"])
def test_the_truth_names_every_line_that_was_delivered(house_at: Callable[[str], House], noise: str) -> None:
    house = house_at("2026-11-01T10:00:00+05:30")
    house.consents.grant(GrantOrder(CUSTOMER, 103, ("bank",)))
    generated(house, noise=noise)
    lines = told(house)
    why = {line["id"]: line for line in lines if line["kind"] == "bank_line"}
    deeds = [line for line in lines if line["kind"] == "deed"]
    assert lines[0]["kind"] == "business" and bool(deeds) == (noise == "heavy")
    (raw,) = (house.home.raw / CUSTOMER / "bank").glob("*.ndjson")
    for line in raw.read_bytes().splitlines()[1:]:
        if b'"txnId":"' in line:
            known = why[line.split(b'"txnId":"')[1].split(b'"')[0].decode()]
            assert known["purpose"] and known["counterparty"] is not None
    for deed in deeds:
        if deed["dirt"] == "JSON_BROKEN":
            with pytest.raises(json.JSONDecodeError):
                json.loads(raw_lines(house, str(deed["delivery"]))[int(str(deed["line"])) - 1])


@pytest.mark.parametrize("noise", ["off", "heavy"])
def test_a_truth_that_was_never_written_is_written_by_the_same_question(
    house_at: Callable[[str], House], noise: str
) -> None:
    house = house_at("2026-11-01T10:00:00+05:30")
    house.consents.grant(GrantOrder(CUSTOMER, 103, ("bank",)))
    generated(house, noise=noise)
    before, asked = truths(house), applications(house)
    (path,) = (house.home.truth / CUSTOMER / "103").iterdir()
    path.unlink()
    assert generated(house, noise=noise).status == "unchanged"
    assert (truths(house), applications(house)) == (before, asked) and uses_n(house) == 1


def test_truth_and_application_go_with_the_consent(house_at: Callable[[str], House]) -> None:
    house = house_at("2026-11-01T10:00:00+05:30")
    (consent,) = house.consents.grant(GrantOrder(CUSTOMER, 103, ("bank",)))
    generated(house)
    assert truths(house)
    house.erasure.revoke(consent.artefact.id)
    assert not truths(house) and not list(house.home.raw.rglob("applications.ndjson"))
