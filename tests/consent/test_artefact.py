from collections.abc import Callable
from datetime import datetime, timedelta

import orjson
import pytest

from consent.artefact import (
    CONSENT_TYPES,
    FI_TYPES,
    INF,
    Account,
    Artefact,
    Entity,
    Event,
    FetchType,
    Identifier,
    Mode,
    Moments,
    Quantity,
    State,
    after,
    checked,
    faults,
)
from consent.document import as_document, detail_document, from_document
from consent.terms import GrantOrder
from kit.canonical import dumps
from kit.errors import CallerError, Conflict, NotFound
from kit.period import IST, Unit
from kit.scope import DataFilter
from kit.source import Channel
from tests.consent.desk import CUSTOMER, Desk

# Written from the published state machine, not from the code.
LEGAL = {
    ("PENDING", "APPROVE", "ACTIVE"),
    ("PENDING", "REJECT", "REJECTED"),
    ("PENDING", "FAIL", "FAILED"),
    ("ACTIVE", "PAUSE", "PAUSED"),
    ("ACTIVE", "REVOKE", "REVOKED"),
    ("ACTIVE", "EXPIRE", "EXPIRED"),
    ("PAUSED", "RESUME", "ACTIVE"),
    ("PAUSED", "REVOKE", "REVOKED"),
    ("PAUSED", "EXPIRE", "EXPIRED"),
}
PAIRS = [(state, event) for state in State for event in Event]
ILLEGAL = [pair for pair in PAIRS if pair not in {(state, event) for state, event, _ in LEGAL}]


def test_the_table_knows_seven_states_and_seven_events() -> None:
    assert len(PAIRS) == 49
    assert len(ILLEGAL) == 40


@pytest.mark.parametrize(("state", "event", "following"), sorted(LEGAL))
def test_a_legal_event_moves_the_consent(desk: Desk, state: str, event: str, following: str) -> None:
    consent_id = _in_state(desk, state)
    assert after(State(state), Event(event)) == following
    assert desk.consents.apply(consent_id, Event(event)).state == following
    assert desk.consents.consent(consent_id).state == following
    assert desk.rows("consent_event")[-1]["event"] == event


@pytest.mark.parametrize(("state", "event"), ILLEGAL)
def test_an_illegal_event_is_a_conflict_and_changes_not_a_byte(desk: Desk, state: str, event: str) -> None:
    consent_id = _in_state(desk, state)
    tables = ("consent", "consent_event", "consent_use", "erasure", "audit")
    before = [desk.rows(table) for table in tables]
    with pytest.raises(Conflict) as refused:
        desk.consents.apply(consent_id, Event(event))
    assert refused.value.code == "CONSENT_STATE"
    assert [desk.rows(table) for table in tables] == before


def test_a_conflict_says_what_is_possible_instead() -> None:
    with pytest.raises(Conflict) as refused:
        after(State.PAUSED, Event.PAUSE)
    assert refused.value.hint == "Possible from PAUSED: RESUME, REVOKE, EXPIRE."
    with pytest.raises(Conflict) as refused:
        after(State.REVOKED, Event.RESUME)
    assert refused.value.hint == "Possible from REVOKED: nothing, this state is final."


def _in_state(desk: Desk, state: str) -> str:
    (consent,) = desk.consents.grant(GrantOrder(CUSTOMER, sources=("ledgers",)))
    desk.sql("UPDATE consent SET state = :state", state=state)
    return consent.id


@pytest.fixture
def artefact(desk: Desk) -> Artefact:
    (consent,) = desk.consents.grant(GrantOrder(CUSTOMER, sources=("ledgers", "returns")))
    return consent.artefact


def test_a_document_read_back_is_the_same_artefact(artefact: Artefact) -> None:
    full = artefact._replace(
        detail=artefact.detail._replace(
            identifiers=(Identifier("MOBILE", "5000000000"),),
            accounts=(Account("DEPOSIT", "BAHI-FIP", "CURRENT", "REF-1", "XXXX0001"),),
            filters=(DataFilter("TRANSACTIONAMOUNT", ">=", "20000"),),
            data_life=INF,
            frequency=INF,
        ),
    )
    assert from_document(orjson.loads(dumps(as_document(full)))) == full


def test_the_detail_carries_every_field_rebit_requires(artefact: Artefact) -> None:
    assert set(detail_document(artefact.detail)) == {
        "consentStart",
        "consentExpiry",
        "consentMode",
        "fetchType",
        "consentTypes",
        "fiTypes",
        "DataConsumer",
        "DataProvider",
        "Customer",
        "Accounts",
        "Purpose",
        "FIDataRange",
        "DataLife",
        "Frequency",
        "DataFilter",
    }


def test_the_legacy_spelling_of_term_deposit_is_read(artefact: Artefact) -> None:
    document = orjson.loads(dumps(as_document(artefact)))
    document["ConsentDetail"]["fiTypes"] = ["TERM-DEPOSIT"]
    assert from_document(document).detail.fi_types == ("TERM_DEPOSIT",)


def test_an_unknown_version_is_not_found(artefact: Artefact) -> None:
    with pytest.raises(NotFound) as refused:
        from_document({**as_document(artefact), "ver": "9.9.9"})
    assert refused.value.code == "NO_SUCH_VERSION"


DAMAGE: list[Callable[[dict[str, object]], object]] = [
    lambda d: d.pop("consentId"),
    lambda d: d.pop("ConsentDetail"),
    lambda d: d.update(channel="PIGEON"),
    lambda d: d.update(sources=[1]),
    lambda d: d.update(createTimestamp="yesterday"),
    lambda d: d.update(createTimestamp="2026-01-01T00:00:00"),
    lambda d: d.update(ConsentDetail={**_detail(d), "DataLife": {"unit": "DAY", "value": "31"}}),
    lambda d: d.update(ConsentDetail={**_detail(d), "DataLife": {"unit": "WEEK", "value": 1}}),
    lambda d: d.update(ConsentDetail={**_detail(d), "fiTypes": [None]}),
    lambda d: d.update(ConsentDetail={**_detail(d), "Customer": "someone"}),
    lambda d: d.update(ConsentDetail={**_detail(d), "fetchType": "SOMETIMES"}),
]


def _detail(document: dict[str, object]) -> dict[str, object]:
    detail = document["ConsentDetail"]
    assert isinstance(detail, dict)
    return detail


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_document_is_refused_by_name_not_by_a_crash(
    artefact: Artefact, damage: Callable[[dict[str, object]], object]
) -> None:
    document = orjson.loads(dumps(as_document(artefact)))
    damage(document)
    with pytest.raises(CallerError) as refused:
        from_document(document)
    assert refused.value.code == "ARTEFACT_UNREADABLE"


WRONG = {
    "consentExpiry is not": {"expiry": datetime(2020, 1, 1, tzinfo=IST)},
    "FIDataRange ends": {
        "range": Moments(datetime(2026, 1, 2, tzinfo=IST), datetime(2026, 1, 1, tzinfo=IST))
    },
    "consentTypes must": {"consent_types": ()},
    "consentTypes": {"consent_types": ("PROFILE", "GOSSIP")},
    "fiTypes must": {"fi_types": ()},
    "fiTypes": {"fi_types": ("DEPOSIT", "PIGGY_BANK")},
    "DataConsumer": {"consumer": Entity("X", "FIP")},
    "DataProvider": {"provider": Entity("X", "FIU")},
    "DataLife must be a number": {"data_life": Quantity(Unit.HOUR, 5)},
    "DataLife INF must have": {"data_life": Quantity(None, 7)},
    "DataLife must be above 0": {"data_life": Quantity(Unit.DAY, 0)},
    "0 for any other": {"mode": Mode.VIEW},
    "and 0 for any other": {"mode": Mode.QUERY, "data_life": INF},
    "Frequency must": {"frequency": Quantity(Unit.DAY, 0)},
    "Frequency": {"frequency": Quantity(None, 3)},
    "operator must": {"filters": (DataFilter("TRANSACTIONAMOUNT", "~", "1"),)},
    "TRANSACTIONTYPE can": {"filters": (DataFilter("TRANSACTIONTYPE", ">", "DEBIT"),)},
    "type must be TRANS": {"filters": (DataFilter("WEATHER", "=", "1"),)},
    "needs a number": {"filters": (DataFilter("TRANSACTIONAMOUNT", "=", "much"),)},
    "needs a finite": {"filters": (DataFilter("TRANSACTIONAMOUNT", "=", "NaN"),)},
}


@pytest.mark.parametrize("words", WRONG)
def test_an_artefact_that_contradicts_itself_is_refused_by_attribute(artefact: Artefact, words: str) -> None:
    wrong = artefact._replace(detail=artefact.detail._replace(**WRONG[words]))
    assert any(words in fault for fault in faults(wrong))
    with pytest.raises(CallerError) as refused:
        checked(wrong)
    assert refused.value.code == "ARTEFACT_INVALID"


def test_a_purpose_code_outside_the_list_is_refused(artefact: Artefact) -> None:
    purpose = artefact.detail.purpose._replace(code=106)
    assert faults(artefact._replace(detail=artefact.detail._replace(purpose=purpose)))


@pytest.mark.parametrize("mode", [mode for mode in Mode if mode is not Mode.STORE])
def test_only_store_keeps_data(artefact: Artefact, mode: Mode) -> None:
    passing = artefact.detail._replace(mode=mode, data_life=Quantity(Unit.DAY, 0))
    assert faults(artefact._replace(detail=passing)) == ()


def test_a_channel_other_than_aa_needs_no_fi_type(artefact: Artefact) -> None:
    detail = artefact.detail._replace(fi_types=())
    assert faults(artefact._replace(channel=Channel.OCEN, detail=detail)) == ()


def test_a_range_counts_only_days_in_india_that_lie_wholly_inside() -> None:
    midnight, minute = datetime(2026, 4, 1, tzinfo=IST), timedelta(minutes=1)
    evening = datetime(2026, 4, 30, 23, 59, tzinfo=IST)
    assert [day.isoformat() for day in Moments(midnight, evening).days()] == ["2026-04-01", "2026-04-30"]
    assert Moments(midnight + minute, evening).days().first.isoformat() == "2026-04-02"
    assert Moments(midnight, evening - minute).days().last.isoformat() == "2026-04-29"


def test_the_enumerations_are_those_of_the_standard() -> None:
    assert len(FI_TYPES) == 22
    assert CONSENT_TYPES == ("PROFILE", "SUMMARY", "TRANSACTIONS")
    assert [kind.value for kind in FetchType] == ["ONETIME", "PERIODIC"]
