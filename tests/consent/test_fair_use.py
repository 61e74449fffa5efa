from datetime import datetime, timedelta

import pytest

from consent.artefact import INF, Artefact, Detail, FetchType, Moments, Quantity
from consent.fair_use import check, enforce
from consent.terms import GrantOrder
from kit.errors import PolicyRefused
from kit.period import IST, Unit, full_months
from kit.source import Channel
from tests.consent.desk import CUSTOMER, SANDBOX_TERMS, Desk

JANUARY_31 = datetime(2027, 1, 31, 10, 0, tzinfo=IST)


@pytest.fixture
def artefact(desk: Desk) -> Artefact:
    (consent,) = desk.consents.grant(GrantOrder(CUSTOMER, sources=("ledgers",)))
    return consent.artefact


def _changed(artefact: Artefact, **fields: object) -> Artefact:
    return artefact._replace(detail=artefact.detail._replace(**fields))


def _range(first: datetime, last: datetime) -> Moments:
    return Moments(first, last)


FIRST = datetime(2025, 9, 21, tzinfo=IST)
SECOND = timedelta(seconds=1)
AT_LIMIT: list[dict[str, object]] = [
    {"data_life": Quantity(Unit.DAY, 31)},
    {"data_life": Quantity(Unit.MONTH, 1)},
    {"expiry": datetime(2026, 12, 20, 10, 0, tzinfo=IST)},
    {"start": JANUARY_31, "expiry": datetime(2027, 2, 28, 10, 0, tzinfo=IST)},
    {"range": _range(FIRST, datetime(2026, 11, 21, tzinfo=IST))},
    {"fi_types": ("DEPOSIT", "GSTR1_3B", "MUTUAL_FUNDS", "LIFE_INSURANCE")},
]
OVER_LIMIT: list[tuple[str, dict[str, object]]] = [
    ("DataLife", {"data_life": Quantity(Unit.DAY, 32)}),
    ("DataLife", {"data_life": Quantity(Unit.MONTH, 2)}),
    ("DataLife", {"data_life": Quantity(Unit.YEAR, 1)}),
    ("DataLife", {"data_life": INF}),
    ("consentExpiry", {"expiry": datetime(2026, 12, 20, 10, 0, tzinfo=IST) + SECOND}),
    ("consentExpiry", {"start": JANUARY_31, "expiry": datetime(2027, 2, 28, 10, 0, tzinfo=IST) + SECOND}),
    ("FIDataRange", {"range": _range(FIRST, datetime(2026, 11, 21, tzinfo=IST) + SECOND)}),
    ("fetchType", {"fetch_type": FetchType.PERIODIC}),
    ("fiTypes", {"fi_types": ("DEPOSIT", "BONDS")}),
]


@pytest.mark.parametrize("fields", AT_LIMIT)
def test_at_the_limit_of_purpose_103_nothing_is_wrong(artefact: Artefact, fields: dict[str, object]) -> None:
    assert check(_changed(artefact, **fields)) == ()


@pytest.mark.parametrize(("attribute", "fields"), OVER_LIMIT)
def test_one_step_over_the_limit_is_refused_by_attribute(
    artefact: Artefact, attribute: str, fields: dict[str, object]
) -> None:
    wrong = _changed(artefact, **fields)
    assert [violation.field for violation in check(wrong)] == [attribute]
    with pytest.raises(PolicyRefused) as refused:
        enforce(wrong)
    assert (refused.value.code, refused.value.status) == ("FAIR_USE", 412)
    assert "not as per fair use policy" in refused.value.message
    assert "got" in refused.value.message
    assert "at most" in refused.value.message


@pytest.mark.parametrize("fields", [fields for _, fields in OVER_LIMIT])
def test_fair_use_binds_no_channel_but_the_aggregator(artefact: Artefact, fields: dict[str, object]) -> None:
    assert check(_changed(artefact, **fields)._replace(channel=Channel.DIRECT_UPLOAD)) == ()


def test_a_template_brings_its_own_limits(artefact: Artefact) -> None:
    start = artefact.detail.start
    twelve_months = _range(FIRST, datetime(2026, 9, 21, tzinfo=IST))
    at_limit = _changed(
        artefact, data_life=Quantity(Unit.DAY, 45), expiry=start + timedelta(days=45), range=twelve_months
    )
    assert check(at_limit, "CT006") == ()
    two_months = _changed(artefact, data_life=Quantity(Unit.MONTH, 2), range=twelve_months)
    assert [violation.field for violation in check(two_months, "CT006")] == ["DataLife"]
    over = _changed(
        artefact,
        data_life=Quantity(Unit.DAY, 46),
        expiry=start + timedelta(days=45, seconds=1),
        range=_range(FIRST, twelve_months.last + SECOND),
    )
    assert {violation.field for violation in check(over, "CT006")} == {
        "DataLife",
        "consentExpiry",
        "FIDataRange",
    }


def test_a_violation_is_told_in_the_published_words(artefact: Artefact) -> None:
    (range_told,) = check(_changed(artefact, range=_range(FIRST, FIRST + timedelta(days=900))))
    assert str(range_told).startswith("FI data range is not as per fair use policy: got ")
    (life_told,) = check(_changed(artefact, data_life=Quantity(Unit.DAY, 32)))
    assert str(life_told) == (
        "Consent parameters are not as per fair use policy - DataLife is invalid:"
        " got 32 DAY, at most 31 DAY or 1 MONTH."
    )


def test_a_row_binds_from_its_very_day(artefact: Artefact) -> None:
    start = datetime(2026, 1, 19, tzinfo=IST)
    first_day = _changed(artefact, start=start, expiry=start + timedelta(days=1), data_life=INF)
    assert [violation.field for violation in check(first_day)] == ["DataLife"]


def test_a_row_binds_only_from_its_date(artefact: Artefact) -> None:
    long_ago: Detail = artefact.detail._replace(start=datetime(2025, 1, 1, tzinfo=IST), data_life=INF)
    assert check(artefact._replace(detail=long_ago)) == ()


@pytest.mark.parametrize("purpose", sorted(SANDBOX_TERMS))
def test_the_sandbox_asks_for_no_more_than_the_published_default_rows(desk: Desk, purpose: int) -> None:
    most = {
        101: (13, "PERIODIC", 31, 365),
        102: (13, "PERIODIC", 45, 365),
        103: (14, "ONETIME", 1, 31),
        104: (6, "PERIODIC", 5, 5 * 365),
        105: (0, "ONETIME", 1, 1),
    }
    months, fetch_type, a_month, expiry_days = most[purpose]
    terms = SANDBOX_TERMS[purpose]
    assert terms.fetch_type == fetch_type
    assert terms.range == (Quantity(Unit.MONTH, months) if months else Quantity(Unit.DAY, 1))
    assert terms.frequency == Quantity(Unit.MONTH, a_month)
    assert (terms.expiry.end_from(JANUARY_31) - JANUARY_31).days <= expiry_days
    assert terms.data_life == Quantity(Unit.DAY, 1 if purpose == 105 else 31)


@pytest.mark.parametrize("day_n", range(0, 1500, 7))
def test_on_any_day_the_default_range_fits_and_holds_twelve_full_months(desk: Desk, day_n: int) -> None:
    desk.clock.at = datetime(2026, 1, 28, 23, 30, tzinfo=IST) + timedelta(days=day_n)
    (consent,) = desk.consents.grant(GrantOrder(CUSTOMER, sources=("ledgers",)))
    days = consent.artefact.detail.range.days()
    assert days.last == desk.clock.at.astimezone(IST).date() - timedelta(days=1)
    assert len(full_months(*days)) >= 12


def test_a_range_that_is_too_long_is_refused_before_anything_is_written(desk: Desk) -> None:
    order = GrantOrder(CUSTOMER, sources=("ledgers",), first=datetime(2024, 1, 1, tzinfo=IST).date())
    with pytest.raises(PolicyRefused):
        desk.consents.grant(order)
    assert desk.rows("consent") == []
