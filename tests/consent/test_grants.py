from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from itertools import permutations

import orjson
import pytest
from joserfc import jws
from joserfc.jwk import RSAKey

from consent._signing import KEY_NAME
from consent.artefact import INF, Event, Quantity, State
from consent.document import detail_document
from consent.grants import Policy, Use, Wanted
from consent.terms import GrantOrder, Party
from kit.canonical import dumps
from kit.errors import BahiError, CallerError, ConsentRequired, NotFound, PolicyRefused
from kit.ident import CustomerId
from kit.period import IST, Unit
from kit.scope import DataFilter, Scope
from kit.source import Channel
from tests.consent.desk import CUSTOMER, SANDBOX, SANDBOX_TERMS, START, Desk

MONITORING = SANDBOX_TERMS[104]


def _order(**fields: object) -> GrantOrder:
    return GrantOrder(**{"customer": CUSTOMER, "sources": ("ledgers",), **fields})


def _wanted(use: Use = Use.PROCESS, **fields: object) -> Wanted:
    return Wanted(**{"customer": CUSTOMER, "purpose": 103, "use": use, **fields})


def _refused(act: Callable[[], object]) -> str:
    with pytest.raises(BahiError) as refused:
        act()
    return refused.value.code


def test_one_request_is_split_by_party_and_channel(desk: Desk) -> None:
    order = _order(sources=("ledgers", "returns", "orders"), parties=(Party("ENTITY"), Party("PARTNER")))
    made = [(c.artefact.party, c.artefact.channel, c.artefact.sources()) for c in desk.consents.grant(order)]
    assert made == [
        ("ENTITY", Channel.AA, ("ledgers", "returns")),
        ("ENTITY", Channel.OCEN, ("orders",)),
        ("PARTNER", Channel.AA, ("ledgers", "returns")),
        ("PARTNER", Channel.OCEN, ("orders",)),
    ]


def test_one_artefact_carries_the_fi_types_of_all_its_sources(desk: Desk) -> None:
    (consent,) = desk.consents.grant(_order(sources=("ledgers", "funds")))
    assert consent.artefact.detail.fi_types == ("DEPOSIT", "MUTUAL_FUNDS", "SIP")
    assert {cover.record_types for cover in consent.artefact.covers} == {("transaction", "statement")}


def test_parties_of_a_kind_are_asked_only_for_sources_that_hold_such_parties(desk: Desk) -> None:
    parties = (Party("ENTITY", "entity"), Party("OWNER", "proprietor"))
    order = _order(sources=None, channel=Channel.AA, parties=parties)
    made = {c.artefact.party: c.artefact.sources() for c in desk.consents.grant(order)}
    assert made == {"ENTITY": ("ledgers", "returns"), "OWNER": ("ledgers", "funds")}
    wrong = _order(sources=("returns",), parties=(Party("OWNER", "proprietor"),))
    assert _refused(lambda: desk.consents.grant(wrong)) == "PARTY_KIND_MISMATCH"


def test_the_default_channel_is_the_first_a_source_declares(desk: Desk) -> None:
    by_default, chosen = (
        desk.consents.grant(_order())[0],
        desk.consents.grant(_order(channel=Channel.DIRECT_UPLOAD))[0],
    )
    assert by_default.artefact.channel == Channel.AA
    assert chosen.artefact.channel == Channel.DIRECT_UPLOAD


def test_without_sources_named_every_declared_source_is_asked_for(desk: Desk) -> None:
    made = desk.consents.grant(_order(sources=None))
    assert {name for consent in made for name in consent.artefact.sources()} == {
        "ledgers",
        "returns",
        "funds",
        "orders",
    }


CARRIED = {
    Channel.AA: {"ledgers", "returns", "funds"},
    Channel.DIRECT_UPLOAD: {"ledgers"},
    Channel.OCEN: {"orders"},
}


@pytest.mark.parametrize("channel", CARRIED)
def test_a_channel_alone_asks_for_all_it_carries(desk: Desk, channel: Channel) -> None:
    (made,) = desk.consents.grant(_order(sources=None, channel=channel))
    assert (made.artefact.channel, set(made.artefact.sources())) == (channel, CARRIED[channel])


def test_a_channel_that_carries_nothing_is_refused_with_those_that_do(desk: Desk) -> None:
    with pytest.raises(CallerError) as refused:
        desk.consents.grant(_order(sources=None, channel=Channel.ONDC))
    assert refused.value.code == "CHANNEL_NOT_OFFERED" and "ONDC" in refused.value.message
    assert refused.value.hint.endswith("one of AA, DIRECT_UPLOAD, OCEN.")


REFUSED_ORDERS = {
    "FI_TYPE_NOT_ON_AA": {"sources": ("ledgers", "orders"), "channel": Channel.AA},
    "CHANNEL_NOT_OFFERED": {"channel": Channel.ONDC},
    "SOURCE_UNKNOWN": {"sources": ("ledgers", "gossip")},
    "PURPOSE_UNKNOWN": {"purpose": 106},
    "PARTY_ID_INVALID": {"parties": (Party("../x"),)},
    "FAIR_USE": {"first": date(2020, 1, 1)},
    "ARTEFACT_INVALID": {"first": date(2026, 1, 2), "last": date(2026, 1, 1)},
    "CONSENT_TYPES_TOO_NARROW": {"purpose": 105},
}


@pytest.mark.parametrize("code", REFUSED_ORDERS)
def test_an_order_that_cannot_be_met_writes_nothing(desk: Desk, code: str) -> None:
    assert _refused(lambda: desk.consents.grant(_order(**REFUSED_ORDERS[code]))) == code
    assert desk.rows("consent") == desk.rows("consent_event") == desk.rows("audit") == []


def test_no_source_named_is_refused(desk: Desk) -> None:
    assert _refused(lambda: desk.consents.grant(_order(sources=()))) == "SOURCE_UNKNOWN"


def test_an_unknown_source_is_not_echoed_and_the_known_are_listed(desk: Desk) -> None:
    with pytest.raises(CallerError) as refused:
        desk.consents.grant(_order(sources=("\x1b[31mgossip",)))
    assert "gossip" not in refused.value.message + refused.value.hint
    assert "funds, ledgers, orders, returns" in refused.value.hint


def test_production_takes_no_consent_without_a_signature(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk(Policy("production", SANDBOX.configured))
    with pytest.raises(PolicyRefused) as refused:
        desk.consents.grant(_order())
    assert refused.value.code == "SIGNATURE_REQUIRED"
    assert desk.rows("consent") == []


def test_a_grant_is_signed_by_the_sandbox_and_verifies(desk: Desk) -> None:
    (consent,) = desk.consents.grant(_order())
    artefact = consent.artefact
    key = RSAKey.import_key(desk.lake.secrets[KEY_NAME])
    signed = jws.deserialize_compact(artefact.signed_consent, key)
    assert signed.protected["alg"] == "RS256"
    assert signed.payload == dumps(detail_document(artefact.detail))
    (row,) = desk.rows("consent")
    assert row["signed_sha256"] == sha256(artefact.signed_consent.encode()).hexdigest()
    assert b"PRIVATE" not in dumps(desk.rows("consent"))


def test_a_grant_leaves_its_history(desk: Desk) -> None:
    (consent,) = desk.consents.grant(_order())
    assert [(row["seq"], row["event"], row["state"]) for row in desk.rows("consent_event")] == [
        (1, "REQUEST", "PENDING"),
        (2, "APPROVE", "ACTIVE"),
    ]
    assert consent == desk.consents.consent(consent.id) == desk.consents.listing(CUSTOMER)[0]
    assert orjson.loads(str(desk.rows("consent")[0]["sources"])) == ["ledgers"]


def test_customers_and_listings_keep_apart(desk: Desk) -> None:
    other = CustomerId("BINA_STORES")
    desk.consents.grant(_order())
    desk.consents.grant(_order(customer=other))
    assert desk.consents.customers() == (CUSTOMER, other)
    assert [c.artefact.customer for c in desk.consents.listing(other)] == [other]


def test_an_unknown_consent_is_not_found_and_not_echoed(desk: Desk) -> None:
    with pytest.raises(NotFound) as refused:
        desk.consents.apply("no-such-consent", Event.PAUSE)
    assert refused.value.code == "CONSENT_UNKNOWN"
    assert "no-such" not in str(refused.value)


@pytest.mark.parametrize(("held", "asked"), list(permutations((101, 102, 103, 104), 2)))
def test_what_is_given_for_one_purpose_opens_no_other(desk: Desk, held: int, asked: int) -> None:
    desk.consents.grant(_order(purpose=held))
    assert desk.consents.open_scope(_wanted(purpose=held)).purpose == held
    for use in Use:
        wanted = _wanted(use, purpose=asked)
        assert _refused(lambda wanted=wanted: desk.consents.open_scope(wanted)) == "PURPOSE_MISMATCH"
    desk.consents.grant(_order(purpose=asked))
    grants = desk.consents.open_scope(_wanted(purpose=asked)).grants
    assert len(grants) == 1
    assert desk.consents.consent(grants[0].consent_id).artefact.purpose == asked


def test_a_grant_carries_what_the_artefact_says(desk: Desk) -> None:
    rule = DataFilter("TRANSACTIONAMOUNT", ">=", "100")
    (consent,) = desk.consents.grant(_order(filters=(rule,)))
    scope = desk.consents.open_scope(_wanted())
    (grant,) = scope.grants
    assert grant.record_types == ("statement", "transaction")
    assert (scope.customer, scope.as_of) == (CUSTOMER, START)
    assert (grant.consent_id, grant.channel, grant.filters) == (consent.id, "AA", (rule,))
    assert grant.range == consent.artefact.detail.range.days()
    assert grant.life_end == START + timedelta(days=31)


def _fetch(desk: Desk, key: str, purpose: int = 104) -> Scope:
    scope = desk.consents.open_scope(_wanted(Use.FETCH, purpose=purpose, fetch_key=key))
    desk.consents.record_use(scope, "ledgers", key)
    return scope


def test_onetime_allows_one_fetch_of_each_source(desk: Desk) -> None:
    desk.consents.grant(_order(sources=("ledgers", "returns")))
    scope = _fetch(desk, "a", 103)
    assert _refused(lambda: desk.consents.record_use(scope, "ledgers", "b")) == "CONSENT_OVERUSED"
    desk.consents.record_use(scope, "returns", "b")
    desk.clock.at = START + timedelta(days=20)
    wanted = _wanted(Use.FETCH, sources=("ledgers",), fetch_key="b")
    assert _refused(lambda: desk.consents.open_scope(wanted)) == "CONSENT_OVERUSED"


def test_the_same_key_again_is_not_a_further_use(desk: Desk) -> None:
    desk.consents.grant(_order())
    for _ in range(3):
        _fetch(desk, "a", 103)
    assert len(desk.rows("consent_use")) == 1


def test_a_counted_key_is_let_in_again_when_the_limit_is_reached(desk: Desk) -> None:
    desk.consents.grant(_order(purpose=104))
    for key in "abcde":
        _fetch(desk, key)
    for key in "abcde":
        _fetch(desk, key)
    assert _refused(lambda: _fetch(desk, "f")) == "CONSENT_OVERUSED"
    assert len(desk.rows("consent_use")) == 5


def test_processing_is_never_counted(desk: Desk) -> None:
    desk.consents.grant(_order())
    for _ in range(5):
        desk.consents.open_scope(_wanted())
    assert desk.rows("consent_use") == []


BOUNDARIES = [
    (Unit.HOUR, datetime(2026, 12, 31, 23, 0, tzinfo=IST), datetime(2027, 1, 1, 0, 0, tzinfo=IST)),
    (Unit.DAY, datetime(2027, 2, 28, 0, 0, tzinfo=IST), datetime(2027, 3, 1, 0, 0, tzinfo=IST)),
    (Unit.MONTH, datetime(2026, 12, 1, 0, 0, tzinfo=IST), datetime(2027, 1, 1, 0, 0, tzinfo=IST)),
    (Unit.YEAR, datetime(2027, 1, 1, 0, 0, tzinfo=IST), datetime(2028, 1, 1, 0, 0, tzinfo=IST)),
]


@pytest.mark.parametrize(("unit", "opens", "closes"), BOUNDARIES)
@pytest.mark.parametrize("n", [1, 3])
def test_frequency_is_counted_on_the_indian_calendar_never_rolling(
    desk: Desk, unit: Unit, opens: datetime, closes: datetime, n: int
) -> None:
    terms = replace(
        MONITORING,
        frequency=Quantity(unit, n),
        expiry=Quantity(Unit.YEAR, 3),
        data_life=Quantity(Unit.YEAR, 3),
    )
    desk.consents.grant(_order(purpose=104, terms=terms, channel=Channel.DIRECT_UPLOAD))
    last_moment = closes - timedelta.resolution
    moments = [opens] * (n - 1) + [last_moment]
    for number, desk.clock.at in enumerate(moments):
        _fetch(desk, f"k{number}")
    assert _refused(lambda: _fetch(desk, "one more")) == "CONSENT_OVERUSED"
    desk.clock.at = closes
    for number in range(n):
        _fetch(desk, f"later{number}")
    assert _refused(lambda: _fetch(desk, "one more again")) == "CONSENT_OVERUSED"


def test_a_frequency_without_limit_is_not_counted_out(desk: Desk) -> None:
    terms = replace(MONITORING, frequency=INF)
    desk.consents.grant(_order(purpose=104, terms=terms, channel=Channel.DIRECT_UPLOAD))
    for number in range(40):
        _fetch(desk, f"k{number}")
    assert len(desk.rows("consent_use")) == 40


@pytest.mark.parametrize(("purpose", "allowed_n"), [(103, 1), (104, 5)])
def test_concurrent_fetches_succeed_exactly_as_often_as_allowed(
    desk: Desk, purpose: int, allowed_n: int
) -> None:
    desk.consents.grant(_order(purpose=purpose))
    scope = desk.consents.open_scope(_wanted(Use.FETCH, purpose=purpose))

    def attempt(number: int) -> str:
        try:
            desk.consents.record_use(scope, "ledgers", f"k{number}")
        except ConsentRequired as refused:
            return refused.code
        finally:
            desk.ledger.close()
        return "COUNTED"

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(attempt, range(allowed_n + 6)))
    assert sorted(outcomes) == sorted(["COUNTED"] * allowed_n + ["CONSENT_OVERUSED"] * 6)
    assert len(desk.rows("consent_use")) == allowed_n


def test_a_use_is_counted_for_every_consent_it_rests_on(desk: Desk) -> None:
    desk.consents.grant(_order())
    desk.consents.grant(_order())
    _fetch(desk, "a", 103)
    assert len({row["consent_id"] for row in desk.rows("consent_use")}) == 2


def test_a_source_that_is_needed_and_not_granted_is_refused_in_one_entry(desk: Desk) -> None:
    desk.consents.grant(_order())
    before = len(desk.rows("audit"))
    with pytest.raises(ConsentRequired) as refused:
        desk.consents.open_scope(_wanted(Use.PROCESS), "returns")
    assert refused.value.code == "FI_TYPE_OUT_OF_SCOPE"
    assert "--sources returns" in refused.value.hint
    assert [row["outcome"] for row in desk.rows("audit")[before:]] == ["FI_TYPE_OUT_OF_SCOPE"]


def test_a_source_that_is_needed_and_granted_opens_the_whole_right(desk: Desk) -> None:
    desk.consents.grant(GrantOrder(CUSTOMER, 103, ("ledgers", "returns")))
    before = len(desk.rows("audit"))
    scope = desk.consents.open_scope(_wanted(Use.PROCESS), "returns")
    assert scope.sources() == ("ledgers", "returns")
    assert [row["outcome"] for row in desk.rows("audit")[before:]] == ["ALLOWED"]


def test_a_source_outside_the_scope_is_not_counted(desk: Desk) -> None:
    desk.consents.grant(_order())
    scope = desk.consents.open_scope(_wanted(Use.FETCH))
    assert _refused(lambda: desk.consents.record_use(scope, "returns", "a")) == "FI_TYPE_OUT_OF_SCOPE"


def test_a_recheck_passes_while_consent_stands(desk: Desk) -> None:
    desk.consents.grant(_order())
    recheck = desk.consents.recheck(desk.consents.open_scope(_wanted()))
    entries_n = len(desk.rows("audit"))
    recheck()
    assert len(desk.rows("audit")) == entries_n


@pytest.mark.parametrize(
    ("event", "code"),
    [(Event.REVOKE, "CONSENT_REVOKED"), (Event.PAUSE, "CONSENT_PAUSED"), (Event.EXPIRE, "CONSENT_EXPIRED")],
)
def test_a_recheck_refuses_as_soon_as_one_consent_of_the_scope_is_gone(
    desk: Desk, event: Event, code: str
) -> None:
    desk.consents.grant(_order(sources=("returns",)))
    (consent,) = desk.consents.grant(_order())
    scope = desk.consents.open_scope(_wanted())
    recheck = desk.consents.recheck(scope)
    desk.consents.apply(consent.id, event)
    assert _refused(recheck) == code
    assert desk.rows("audit")[-1]["outcome"] == code
    assert _refused(lambda: desk.consents.record_use(scope, "ledgers", "a")) == code


def test_a_refused_recheck_names_the_command_for_the_same_party_and_source(desk: Desk) -> None:
    (consent,) = desk.consents.grant(_order(parties=(Party("PARTNER"),)))
    recheck = desk.consents.recheck(desk.consents.open_scope(_wanted()))
    desk.consents.apply(consent.id, Event.REVOKE)
    with pytest.raises(ConsentRequired) as refused:
        recheck()
    assert refused.value.hint == (
        "Run: bahi consent grant --customer-id ASHA_TRADERS --purpose 103 --sources ledgers --party PARTNER"
    )


def test_a_recheck_sees_the_clock(desk: Desk) -> None:
    desk.consents.grant(_order())
    recheck = desk.consents.recheck(desk.consents.open_scope(_wanted()))
    desk.clock.at = START + timedelta(days=29)
    recheck()
    desk.clock.at = START + timedelta(days=30)
    assert _refused(recheck) == "CONSENT_EXPIRED"


def test_a_recheck_sees_the_end_of_data_life(desk: Desk) -> None:
    desk.consents.grant(_order(purpose=104))
    _fetch(desk, "a")
    recheck = desk.consents.recheck(desk.consents.open_scope(_wanted(purpose=104)))
    desk.clock.at = START + timedelta(days=31)
    assert _refused(recheck) == "DATA_LIFE_OVER"


def test_a_recheck_names_the_first_reason_in_the_written_order(desk: Desk) -> None:
    (paused,), (revoked,) = desk.consents.grant(_order()), desk.consents.grant(_order())
    recheck = desk.consents.recheck(desk.consents.open_scope(_wanted()))
    desk.consents.apply(paused.id, Event.PAUSE)
    assert _refused(recheck) == "CONSENT_PAUSED"
    desk.consents.apply(revoked.id, Event.REVOKE)
    assert _refused(recheck) == "CONSENT_REVOKED"


def test_standing_tells_expiry_before_anyone_recorded_it(desk: Desk) -> None:
    (consent,) = desk.consents.grant(_order())
    assert consent.standing(START) is State.ACTIVE
    assert consent.standing(consent.artefact.detail.expiry) is State.EXPIRED
    revoked = desk.consents.apply(consent.id, Event.REVOKE)
    assert revoked.standing(consent.artefact.detail.expiry) is State.REVOKED
