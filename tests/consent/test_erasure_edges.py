"""What an erasure asks of the lake, what it commits to, and what it leaves alone when there is nothing more to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import NamedTuple

import pytest

from consent import erasure as module
from consent.artefact import INF, FetchType, Quantity, State
from consent.audit import Audit, Deed
from consent.erasure import Erasure, Purged, Removal
from consent.grants import Use, Wanted
from consent.terms import GrantOrder, Party
from kit.errors import Conflict, TransientError
from kit.period import Unit
from tests.consent.desk import CUSTOMER, SANDBOX_TERMS, START, Desk, PaperLake

pytestmark = pytest.mark.usefixtures("without_fair_use")
LIFE = timedelta(days=31)


class Asked(NamedTuple):
    """One call of the lake."""

    how: str
    consent_id: str
    purpose: int | None
    others_live: bool


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Asked]]:
    """Write down what the lake is asked to remove."""
    heard: list[Asked] = []
    withdraw, drop_due = PaperLake.withdraw, PaperLake.drop_due

    def withdrawing(
        lake: PaperLake, customer: str, consent_id: str, purpose: int, *, others_live: bool, **more: object
    ) -> None:
        heard.append(Asked("withdraw", consent_id, purpose, others_live))
        withdraw(lake, customer, consent_id, purpose, others_live=others_live, **more)  # type: ignore[arg-type]

    def dropping(
        lake: PaperLake, customer: str, now: object, *, others_live: bool, consent_id: str, **more: object
    ) -> None:
        heard.append(Asked("drop", consent_id, None, others_live))
        drop_due(lake, customer, now, others_live=others_live, consent_id=consent_id, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(PaperLake, "withdraw", withdrawing)
    monkeypatch.setattr(PaperLake, "drop_due", dropping)
    yield heard


def granted(desk: Desk, purpose: int = 103, party: str = "ENTITY", life: Quantity | None = None) -> str:
    terms = SANDBOX_TERMS[purpose]
    terms = replace(terms, data_life=life or terms.data_life, expiry=Quantity(Unit.YEAR, 9))
    order = GrantOrder(CUSTOMER, purpose, ("ledgers",), (Party(party),), terms=terms)
    (consent,) = desk.consents.grant(order)
    return consent.id


def fetch(desk: Desk, purpose: int, key: str, party: str = "ENTITY") -> None:
    scope = desk.consents.open_scope(Wanted(CUSTOMER, purpose, Use.FETCH, (party,), fetch_key=key))
    desk.consents.record_use(scope, "ledgers", key)


def test_a_withdrawal_names_purpose_and_consent_to_the_lake(desk: Desk, asked: list[Asked]) -> None:
    consent_id = granted(desk, 104)
    desk.erasure.revoke(consent_id)
    assert asked == [Asked("withdraw", consent_id, 104, False)]


@pytest.mark.parametrize(
    ("life", "waited", "is_alive"),
    [
        (Quantity(Unit.DAY, 31), LIFE - timedelta(microseconds=1), True),
        (Quantity(Unit.DAY, 31), LIFE, False),
        (INF, LIFE * 9, True),
    ],
)
def test_another_consent_keeps_the_customer_alive_until_the_very_end_of_its_last_life(
    desk: Desk, asked: list[Asked], life: Quantity, waited: timedelta, is_alive: bool
) -> None:
    desk.clock.at = START - timedelta(days=3)
    other = granted(desk, 104, "PARTNER", life)
    fetch(desk, 104, "first", "PARTNER")
    desk.clock.at = START
    fetch(desk, 104, "second", "PARTNER")
    consent_id = granted(desk, 104)
    desk.clock.at = START + waited
    desk.erasure.revoke(consent_id)
    assert asked == [Asked("withdraw", consent_id, 104, is_alive)]
    desk.erasure.revoke(other)
    assert asked[-1] == Asked("withdraw", other, 104, False)


def test_a_consent_under_which_nothing_was_fetched_keeps_nothing_alive(
    desk: Desk, asked: list[Asked]
) -> None:
    granted(desk, 104, "PARTNER")
    desk.erasure.revoke(granted(desk, 104))
    assert [one.others_live for one in asked] == [False]


def test_a_repeated_withdrawal_asks_nothing_of_the_lake(desk: Desk, asked: list[Asked]) -> None:
    consent_id = granted(desk)
    first = desk.erasure.revoke(consent_id)
    assert desk.erasure.revoke(consent_id) == first
    assert len(asked) == 1


def test_an_erasure_that_another_finishes_meanwhile_is_closed_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    consent_id = granted(desk)
    desk.lake.files[consent_id] = ["aa"]
    withdraw, has_begun = PaperLake.withdraw, []

    def meanwhile(lake: PaperLake, *given: object, **named: object) -> None:
        if not has_begun:
            has_begun.append(True)
            Erasure(desk.ledger, desk.lake, desk.audit, desk.keys).finish_pending()
        withdraw(lake, *given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(PaperLake, "withdraw", meanwhile)
    removal = desk.erasure.revoke(consent_id)
    assert (removal.deliveries_n, removal.objects_n) == (1, 1)
    assert [entry.action for entry in desk.audit.entries()].count("erasure.done") == 1
    assert len(desk.rows("certificate")) == 1


def test_what_was_scrubbed_is_left_alone(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    scrubs, scrub = [], desk.ledger.scrub
    monkeypatch.setattr(desk.ledger, "scrub", lambda: scrubs.append(True) or scrub())
    desk.erasure.try_pending()
    assert scrubs == []
    consent_id = granted(desk)
    desk.erasure.revoke(consent_id)
    sealed = desk.rows("consent")
    desk.erasure.try_pending()
    assert len(scrubs) == 1
    desk.sql("UPDATE erasure SET scrubbed_at = NULL")
    desk.erasure.try_pending()
    assert len(scrubs) == 2
    assert desk.rows("consent") == sealed, "an identifier that is sealed is not sealed again"


def test_a_withdrawn_consent_is_not_purged_as_well(desk: Desk, asked: list[Asked]) -> None:
    consent_id = granted(desk)
    fetch(desk, 103, "one")
    desk.erasure.revoke(consent_id)
    desk.clock.at = START + LIFE * 2
    assert desk.erasure.purge_due(CUSTOMER) == Purged((), ())
    assert [row["reason"] for row in desk.rows("erasure")] == ["REVOKED"]


def test_an_expiry_someone_else_marked_meanwhile_stops_no_purge(
    desk: Desk, asked: list[Asked], monkeypatch: pytest.MonkeyPatch
) -> None:
    consent_id = granted(desk)
    fetch(desk, 103, "one")
    desk.clock.at = START + timedelta(days=9 * 366)
    move = module.moved

    def twice(*given: object) -> object:
        move(*given)  # type: ignore[arg-type]
        return move(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "moved", twice)
    purged = desk.erasure.purge_due()
    assert purged.expired == (consent_id,) and len(purged.removals) == 1
    assert desk.consents.consent(consent_id).state is State.EXPIRED
    with pytest.raises(Conflict):
        twice(desk.ledger, desk.audit, consent_id, "EXPIRE")


def test_a_purge_counts_what_went(desk: Desk) -> None:
    for party, files in (("ENTITY", ["aa", "bb"]), ("PARTNER", ["cc"])):
        desk.lake.files[granted(desk, 103, party)] = files
        fetch(desk, 103, "one", party)
    desk.clock.at = START + LIFE
    purged = desk.erasure.purge_due()
    assert (purged.deliveries_n, purged.objects_n) == (3, 3)


def test_what_is_stuck_is_told_as_having_taken_nothing_yet(desk: Desk) -> None:
    consent_id = granted(desk)
    desk.lake.breaks += [TransientError("CUSTOMER_BUSY", "busy"), TransientError("DISK_FULL", "full")]
    with pytest.raises(TransientError):
        desk.erasure.revoke(consent_id)
    (stuck,) = desk.erasure.stuck()
    (row,) = desk.rows("erasure")
    assert stuck.error.code == "CUSTOMER_BUSY"
    assert stuck.asked == Removal(str(row["id"]), CUSTOMER, consent_id, "REVOKED", 0, 0, "")


def test_a_finished_erasure_is_committed_to_with_counts_and_hashes(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[Deed] = []
    record = Audit.record

    def listening(audit: Audit, tx: object, deed: Deed, *given: object) -> object:
        heard.append(deed)
        return record(audit, tx, deed, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(Audit, "record", listening)
    consent_id = granted(desk)
    desk.lake.files[consent_id] = ["aa", "bb"]
    removal = desk.erasure.revoke(consent_id)
    (document,) = desk.rows("certificate")
    payload = dict(heard[-1].payload)
    assert payload == {
        "consent_id": consent_id,
        "objects_n": 2,
        "objects_sha256": removal.objects_sha256,
        "certificate_sha256": sha256(str(document["document"]).encode()).hexdigest(),
    }
    assert heard[-1][:4] == ("erasure.done", CUSTOMER, 103, "REVOKED")


def test_these_terms_are_of_both_kinds() -> None:
    kinds = {SANDBOX_TERMS[purpose].fetch_type for purpose in (103, 104)}
    assert kinds == {FetchType.ONETIME, FetchType.PERIODIC}
