from datetime import timedelta
from pathlib import Path

import pytest

from consent.artefact import Event, State
from consent.erasure import Erasure
from consent.grants import Consents, Use, Wanted
from consent.terms import GrantOrder
from kit.canonical import sha256_hex
from kit.errors import BahiError, CallerError, Conflict, RecordError, TransientError
from kit.ident import CustomerId
from tests.consent.desk import CUSTOMER, DECLARATIONS, SANDBOX, START, Desk
from tests.engines import REFUSES, untrapped
from warehouse.home import Home
from warehouse.lake import Arrival, Lake


def _granted(desk: Desk, purpose: int = 103) -> str:
    (consent,) = desk.consents.grant(GrantOrder(CUSTOMER, purpose, ("ledgers",)))
    return consent.id


def _fetch(desk: Desk, key: str, purpose: int = 103) -> None:
    scope = desk.consents.open_scope(Wanted(CUSTOMER, purpose, Use.FETCH, fetch_key=key))
    desk.consents.record_use(scope, "ledgers", key)


def _answer(desk: Desk, purpose: int = 103) -> str:
    try:
        desk.consents.open_scope(Wanted(CUSTOMER, purpose, Use.PROCESS))
    except BahiError as refused:
        return refused.code
    return "ALLOWED"


def test_a_revocation_refuses_and_removes(desk: Desk) -> None:
    consent_id = _granted(desk)
    desk.lake.files[consent_id] = ["bb", "aa"]
    removal = desk.erasure.revoke(consent_id)
    assert _answer(desk) == "CONSENT_REVOKED"
    assert desk.lake.files == {}
    assert (removal.deliveries_n, removal.objects_n) == (2, 2)
    assert removal.objects_sha256 == sha256_hex(["aa", "bb"])
    (row,) = desk.rows("erasure")
    assert (row["state"], row["reason"], row["objects_n"]) == ("done", "REVOKED", 2)
    assert row["objects_sha256"] == removal.objects_sha256
    assert desk.consents.consent(consent_id).erased_at == START
    assert [entry.action for entry in desk.audit.entries()][1:3] == ["erasure.done", "consent.revoke"]


def test_state_erasure_and_audit_leave_together_before_anything_is_removed(desk: Desk) -> None:
    consent_id = _granted(desk)
    desk.lake.files[consent_id] = ["aa"]
    desk.lake.breaks.append(TransientError("CUSTOMER_BUSY", "busy"))
    with pytest.raises(TransientError):
        desk.erasure.revoke(consent_id)
    assert _answer(desk) == "CONSENT_REVOKED"
    assert [row["state"] for row in desk.rows("erasure")] == ["pending"]
    assert desk.rows("audit")[-2]["action"] == "consent.revoke"
    assert desk.lake.files
    (removal,) = desk.erasure.finish_pending()
    assert (removal.consent_id, removal.objects_n) == (consent_id, 1)
    assert desk.lake.files == {}
    assert desk.erasure.finish_pending() == ()


def test_a_crash_after_the_refusal_is_finished_at_the_next_start(desk: Desk) -> None:
    consent_id = _granted(desk)
    desk.lake.files[consent_id] = ["aa"]
    desk.lake.breaks.append(KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        desk.erasure.revoke(consent_id)
    again = Erasure(desk.ledger, desk.lake, desk.audit, desk.keys)
    assert [removal.consent_id for removal in again.finish_pending()] == [consent_id]
    assert desk.lake.files == {}


def test_a_crash_between_removal_and_its_record_is_finished_too(desk: Desk) -> None:
    consent_id = _granted(desk)
    desk.trap("UPDATE", "erasure", REFUSES)
    with pytest.raises(Exception, match="trapped"):
        desk.erasure.revoke(consent_id)
    desk.sql(untrapped(desk.ledger.where, "erasure"))
    assert len(desk.erasure.finish_pending()) == 1
    assert [row["state"] for row in desk.rows("erasure")] == ["done"]


def test_a_busy_customer_does_not_hold_up_the_others(desk: Desk) -> None:
    first, second = _granted(desk), _granted(desk)
    for consent_id in (first, second):
        desk.consents.apply(consent_id, Event.REVOKE)
    desk.lake.breaks.append(TransientError("CUSTOMER_BUSY", "busy"))
    assert len(desk.erasure.finish_pending()) == 1
    assert len(desk.erasure.finish_pending()) == 1


@pytest.mark.parametrize("kind", [CallerError, RecordError, TransientError])
def test_one_customers_damage_does_not_hold_up_the_others(desk: Desk, kind: type[BahiError]) -> None:
    first, second = _granted(desk), _granted(desk)
    for consent_id in (first, second):
        desk.consents.apply(consent_id, Event.REVOKE)
    desk.lake.breaks.append(kind("PATH_REFUSED", "a link"))
    assert [removal.consent_id for removal in desk.erasure.finish_pending()] != []
    assert [row["state"] for row in desk.rows("erasure")].count("pending") == 1


def test_who_revokes_is_told_what_stands_in_the_way(desk: Desk) -> None:
    consent_id = _granted(desk)
    desk.lake.breaks.append(CallerError("PATH_REFUSED", "a link"))
    with pytest.raises(CallerError, match="a link"):
        desk.erasure.revoke(consent_id)


def test_what_is_stuck_is_tried_again_and_named_with_its_reason(desk: Desk) -> None:
    first, second = _granted(desk), _granted(desk)
    for consent_id in (first, second):
        desk.consents.apply(consent_id, Event.REVOKE)
    desk.lake.breaks.append(CallerError("PATH_REFUSED", "a link"))
    (stuck,) = desk.erasure.stuck()
    assert stuck.asked.consent_id in (first, second)
    assert stuck.error.code == "PATH_REFUSED"
    assert desk.erasure.stuck() == ()
    assert {row["state"] for row in desk.rows("erasure")} == {"done"}


def test_an_erasure_leaves_nothing_in_the_log_of_the_ledger(desk: Desk) -> None:
    log = desk.ledger.path.with_name(desk.ledger.path.name + "-wal")

    def tells_of_consents() -> bool:
        return b"signedConsent" in log.read_bytes()

    consent_id = _granted(desk)
    assert tells_of_consents()
    desk.erasure.revoke(consent_id)
    assert not tells_of_consents()
    desk.consents.apply(_granted(desk), Event.REVOKE)
    assert tells_of_consents()
    desk.erasure.finish_pending()
    assert not tells_of_consents()


def test_a_ledger_that_is_read_meanwhile_does_not_fail_an_erasure(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy() -> bool:
        raise TransientError("LEDGER_BUSY", "busy")

    monkeypatch.setattr(desk.ledger, "scrub", busy)
    consent_id = _granted(desk)
    assert desk.erasure.revoke(consent_id).consent_id == consent_id
    assert [row["state"] for row in desk.rows("erasure")] == ["done"]


def test_revoking_twice_changes_nothing_and_names_the_same_erasure(desk: Desk) -> None:
    consent_id = _granted(desk)
    desk.lake.files[consent_id] = ["aa"]
    first = desk.erasure.revoke(consent_id)
    before = desk.rows("consent"), desk.rows("erasure"), desk.rows("audit")
    again = desk.erasure.revoke(consent_id)
    assert again == first
    assert (desk.rows("consent"), desk.rows("erasure"), desk.rows("audit")) == before


@pytest.mark.parametrize("state", ["PENDING", "REJECTED", "FAILED", "EXPIRED"])
def test_what_never_stood_or_has_ended_cannot_be_revoked(desk: Desk, state: str) -> None:
    consent_id = _granted(desk)
    desk.sql("UPDATE consent SET state = :state", state=state)
    with pytest.raises(Conflict):
        desk.erasure.revoke(consent_id)
    assert desk.rows("erasure") == []


def test_revoking_one_of_several_leaves_the_others_standing(desk: Desk) -> None:
    kept, gone = _granted(desk), _granted(desk)
    desk.lake.files.update({kept: ["aa"], gone: ["bb"]})
    desk.erasure.revoke(gone)
    assert desk.lake.files == {kept: ["aa"]}
    assert _answer(desk) == "ALLOWED"


def test_a_state_change_by_notification_leaves_a_pending_erasure_as_well(desk: Desk) -> None:
    consent_id = _granted(desk)
    desk.consents.apply(consent_id, Event.REVOKE)
    assert [row["state"] for row in desk.rows("erasure")] == ["pending"]


def test_nothing_is_due_while_life_lasts(desk: Desk) -> None:
    _granted(desk)
    _fetch(desk, "k")
    desk.clock.at = START + timedelta(days=29)
    assert desk.erasure.purge_due() == ((), ())
    assert desk.lake.dropped == []


def test_where_nothing_is_due_a_purge_leaves_to_others_what_is_pending(desk: Desk) -> None:
    desk.consents.apply(_granted(desk), Event.REVOKE)
    assert desk.erasure.purge_due() == ((), ())
    assert [row["state"] for row in desk.rows("erasure")] == ["pending"]


def test_expiry_is_recorded_by_the_clock_and_life_over_removes(desk: Desk) -> None:
    consent_id = _granted(desk)
    _fetch(desk, "k")
    desk.clock.at = START + timedelta(days=30)
    purged = desk.erasure.purge_due()
    assert (purged.expired, purged.removals) == ((consent_id,), ())
    assert desk.consents.consent(consent_id).state is State.EXPIRED
    desk.clock.at = START + timedelta(days=31)
    (removal,) = desk.erasure.purge_due().removals
    assert removal.reason == "DATA_LIFE_OVER"
    assert desk.lake.dropped == [(CUSTOMER, desk.clock.at)]
    assert desk.erasure.purge_due() == ((), ())
    assert desk.consents.consent(consent_id).erased_at == desk.clock.at


def test_of_two_who_see_the_same_clock_one_records_the_expiry(desk: Desk) -> None:
    _granted(desk)
    desk.clock.at = START + timedelta(days=30)
    other = Erasure(desk.ledger, desk.lake, desk.audit, desk.keys)
    assert len(desk.erasure.purge_due().expired) == 1
    assert other.purge_due().expired == ()


def test_under_periodic_each_fetch_has_a_life_of_its_own(desk: Desk) -> None:
    consent_id = _granted(desk, 104)
    for days in (0, 10):
        desk.clock.at = START + timedelta(days=days)
        _fetch(desk, f"k{days}", 104)
    for days, is_due in ((30, False), (31, True), (32, False), (41, True), (42, False), (400, False)):
        desk.clock.at = START + timedelta(days=days)
        assert bool(desk.erasure.purge_due().removals) == is_due, days
    assert desk.consents.consent(consent_id).erased_at is None


def test_a_purge_may_look_at_one_customer_only(desk: Desk) -> None:
    _granted(desk)
    _fetch(desk, "k")
    desk.clock.at = START + timedelta(days=40)

    assert desk.erasure.purge_due(CustomerId("OTHER")) == ((), ())
    assert len(desk.erasure.purge_due(CUSTOMER).removals) == 1


def test_an_artefact_that_cannot_be_read_keeps_no_other_customers_data(desk: Desk) -> None:
    _granted(desk)
    _fetch(desk, "k")
    (other,) = desk.consents.grant(GrantOrder(CustomerId("BELA_STORES"), 103, ("ledgers",)))
    desk.sql("UPDATE consent SET artefact = '{}' WHERE id = :id", id=other.id)
    desk.clock.at = START + timedelta(days=40)
    with pytest.raises(BahiError) as told:
        desk.erasure.purge_due()
    assert told.value.code == "ARTEFACT_UNREADABLE"
    assert [row["state"] for row in desk.rows("erasure")] == ["done"]
    assert desk.lake.dropped == [(CUSTOMER, desk.clock.at)]


def test_an_interrupted_purge_is_finished_later(desk: Desk) -> None:
    _granted(desk)
    _fetch(desk, "k")
    desk.clock.at = START + timedelta(days=40)
    desk.lake.breaks.append(TransientError("CUSTOMER_BUSY", "busy"))
    assert desk.erasure.purge_due().removals == ()
    assert len(desk.erasure.finish_pending()) == 1


def test_a_clock_set_back_before_an_interrupted_purge_is_finished_keeps_nothing(desk: Desk) -> None:
    consent_id = _granted(desk)
    _fetch(desk, "k")
    due = desk.clock.at = START + timedelta(days=40)
    desk.lake.files[consent_id] = ["aa"]
    desk.lake.kills.append(KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        desk.erasure.purge_due()
    desk.clock.at = START
    assert [removal.objects_n for removal in desk.erasure.finish_pending()] == [1]
    assert desk.lake.dropped == [(CUSTOMER, due), (CUSTOMER, due)]


def test_with_a_real_lake_a_revocation_leaves_no_file_of_the_consent(desk: Desk, tmp_path: Path) -> None:
    lake = Lake(Home(root=tmp_path / "home", truth=tmp_path / "home" / ".truth"))
    consents = Consents(desk.ledger, lake, DECLARATIONS, desk.audit, SANDBOX)
    erasure = Erasure(desk.ledger, lake, desk.audit, desk.keys)
    (consent,) = consents.grant(GrantOrder(CUSTOMER, 103, ("ledgers",)))
    scope = consents.open_scope(Wanted(CUSTOMER, 103, Use.FETCH, fetch_key="k"))
    consents.record_use(scope, "ledgers", "k")
    arrival = Arrival("ENTITY", "k", desk.clock.now(), consents.recheck(scope))
    lake.deliver(scope, "ledgers", [b'{"canary":1}\n'], arrival)
    files = [path for path in (tmp_path / "home" / "raw").rglob("*") if path.is_file()]
    assert any(b"canary" in path.read_bytes() for path in files)
    removal = erasure.revoke(consent.id)
    assert removal.deliveries_n == 1
    assert removal.objects_n > 0
    assert not any(b"canary" in p.read_bytes() for p in (tmp_path / "home").rglob("*") if p.is_file())
    with pytest.raises(BahiError) as refused:
        lake.deliver(scope, "ledgers", [b'{"canary":1}\n'], arrival)
    assert refused.value.code == "CONSENT_REVOKED"
