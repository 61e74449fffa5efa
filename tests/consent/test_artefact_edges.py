"""The words and edges of an artefact, written from the published enumerations and tried on both sides of each limit."""

from __future__ import annotations

import pytest

from consent.artefact import (
    FI_TYPES,
    INF,
    VERSION,
    Artefact,
    Detail,
    Entity,
    Mode,
    Moments,
    Quantity,
    checked,
    faults,
    filter_fault,
)
from consent.terms import GrantOrder
from kit.errors import CallerError
from kit.period import Unit
from kit.scope import DataFilter
from tests.consent.desk import CUSTOMER, START, Desk

# ReBIT's FI types, as its schema lists them.
PUBLISHED_FI_TYPES = (
    "DEPOSIT TERM_DEPOSIT RECURRING_DEPOSIT SIP CP GOVT_SECURITIES EQUITIES BONDS DEBENTURES MUTUAL_FUNDS ETF IDR"
    " CIS AIF INSURANCE_POLICIES NPS INVIT REIT GSTR1_3B LIFE_INSURANCE GENERAL_INSURANCE OTHER"
).split()


@pytest.fixture
def artefact(desk: Desk) -> Artefact:
    (consent,) = desk.consents.grant(GrantOrder(CUSTOMER, sources=("ledgers",)))
    return consent.artefact


def with_detail(artefact: Artefact, **fields: object) -> Artefact:
    return artefact._replace(detail=artefact.detail._replace(**fields))


def test_the_words_are_those_of_the_standard() -> None:
    assert VERSION == "2.0.0"
    assert sorted(FI_TYPES) == sorted(PUBLISHED_FI_TYPES)
    assert [mode.value for mode in Mode] == ["VIEW", "STORE", "QUERY", "STREAM"]
    assert (str(INF), str(Quantity(Unit.DAY, 31))) == ("INF", "31 DAY")


def test_what_was_agreed_to_cannot_be_changed_nor_added_to(artefact: Artefact) -> None:
    for value, name in ((artefact, "id"), (artefact.detail, "expiry")):
        with pytest.raises(AttributeError):
            setattr(value, name, None)
        assert not hasattr(value, "__dict__")


def test_inf_has_no_end_to_ask_for() -> None:
    with pytest.raises(ValueError, match="INF has no end"):
        INF.end_from(START)


def test_a_moment_is_the_least_a_consent_stands_and_the_least_its_range_spans(artefact: Artefact) -> None:
    detail: Detail = artefact.detail
    at_once = with_detail(artefact, expiry=detail.start)
    assert faults(at_once) == ("consentExpiry is not after consentStart",)
    one_moment = with_detail(artefact, range=Moments(START, START))
    assert faults(one_moment) == ()


def test_a_life_below_nothing_is_a_fault_whatever_the_mode(artefact: Artefact) -> None:
    told = "DataLife must be a number of DAY, MONTH or YEAR, or INF"
    assert told in faults(with_detail(artefact, data_life=Quantity(Unit.DAY, -1)))
    assert told not in faults(with_detail(artefact, data_life=Quantity(Unit.DAY, 0)))


def test_every_fi_type_at_once_is_no_fault(artefact: Artefact) -> None:
    assert faults(with_detail(artefact, fi_types=tuple(PUBLISHED_FI_TYPES))) == ()


@pytest.mark.parametrize(
    ("field", "known"), [("consumer", ("FIU", "USER", "AA")), ("provider", ("FIP", "AA"))]
)
def test_every_kind_of_entity_the_standard_knows_is_welcome_and_no_other(
    artefact: Artefact, field: str, known: tuple[str, ...]
) -> None:
    for kind in known:
        assert faults(with_detail(artefact, **{field: Entity("x", kind)})) == ()
    for kind in ("FIX", "", *(kind.lower() for kind in known)):
        assert len(faults(with_detail(artefact, **{field: Entity("x", kind)}))) == 1


@pytest.mark.parametrize("operator", ["=", "!=", ">", "<", ">=", "<="])
def test_an_amount_takes_every_operator_and_a_kind_only_two(operator: str) -> None:
    assert filter_fault(DataFilter("TRANSACTIONAMOUNT", operator, "1")) is None
    assert (filter_fault(DataFilter("TRANSACTIONTYPE", operator, "DEBIT")) is None) is (
        operator in ("=", "!=")
    )


def test_an_artefact_refused_says_what_to_do(artefact: Artefact) -> None:
    with pytest.raises(CallerError) as refused:
        checked(with_detail(artefact, consent_types=()))
    assert refused.value.code == "ARTEFACT_INVALID"
    assert refused.value.hint == "Ask for another consent; an artefact cannot be repaired."
