import os
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta

import pytest

from consent.artefact import Event
from consent.audit import GENESIS, Audit, Deed, actor_name, commitment
from consent.grants import Use, Wanted
from consent.terms import GrantOrder
from kit.errors import BahiError, CallerError, TransientError
from kit.ident import CustomerId
from kit.merkle import EMPTY_ROOT, leaf_hash, root_of
from tests.consent.desk import CUSTOMER, START, Desk
from tests.engines import LOSES, REFUSES, only_reading
from warehouse import _fs
from warehouse.ledger import Ledger

PROCESS = Wanted(CUSTOMER, 103, Use.PROCESS)
LOOK = Deed("look", CUSTOMER, 103, "ALLOWED", {"metric": "secret-name"})


def _filled(desk: Desk, entries_n: int = 6) -> None:
    for number in range(entries_n):
        desk.clock.at = START + timedelta(seconds=number)
        with desk.ledger.transaction() as tx:
            desk.audit.record(tx, LOOK._replace(payload={"n": number}))


def test_every_answer_and_every_refusal_is_one_entry(desk: Desk) -> None:
    with pytest.raises(BahiError):
        desk.consents.open_scope(PROCESS)
    (consent,) = desk.consents.grant(GrantOrder(CUSTOMER, sources=("ledgers",)))
    desk.consents.record_use(desk.consents.open_scope(Wanted(CUSTOMER, 103, Use.FETCH)), "ledgers", "k")
    desk.consents.apply(consent.id, Event.PAUSE)
    with pytest.raises(BahiError):
        desk.consents.open_scope(PROCESS)
    assert [(entry.action, entry.outcome) for entry in reversed(desk.audit.entries())] == [
        ("scope.process", "CONSENT_REQUIRED"),
        ("consent.grant", "ACTIVE"),
        ("scope.fetch", "ALLOWED"),
        ("fetch.count", "COUNTED"),
        ("consent.pause", "PAUSED"),
        ("scope.process", "CONSENT_PAUSED"),
    ]


def test_who_whom_and_when_are_in_clear_and_nothing_else(desk: Desk) -> None:
    with desk.ledger.transaction() as tx:
        desk.audit.record(tx, LOOK)
    (row,) = desk.rows("audit")
    assert (row["actor"], row["customer"], row["purpose"]) == ("test", CUSTOMER, 103)
    assert row["at"] == "2026-11-20T04:30:00.000000Z"
    assert "secret-name" not in str(desk.rows("audit") + desk.rows("audit_salt"))


def test_the_payload_is_bound_by_a_salt_of_its_own(desk: Desk) -> None:
    for _ in range(2):
        with desk.ledger.transaction() as tx:
            desk.audit.record(tx, LOOK)
    first, second = desk.rows("audit")
    salts = [str(row["salt"]) for row in desk.rows("audit_salt")]
    assert first["commitment"] == commitment(salts[0], LOOK.payload)
    assert second["commitment"] == commitment(salts[1], LOOK.payload)
    assert len({*salts, first["commitment"], second["commitment"]}) == 4
    assert first["commitment"] != commitment(salts[0], {"metric": "other"})


def test_entries_are_of_one_customer_newest_first_and_limited(desk: Desk) -> None:
    _filled(desk, 3)
    with desk.ledger.transaction() as tx:
        desk.audit.record(tx, LOOK._replace(customer=CustomerId("OTHER")))
    assert [entry.seq for entry in desk.audit.entries()] == [4, 3, 2, 1]
    assert [entry.seq for entry in desk.audit.entries(CUSTOMER, limit=2)] == [3, 2]


def test_an_untouched_chain_holds(desk: Desk) -> None:
    assert desk.audit.verify_chain() == (0, GENESIS, EMPTY_ROOT.hex(), 0, None, None)
    _filled(desk)
    chain = desk.audit.verify_chain()
    assert (chain.entries_n, chain.broken_at) == (6, None)
    assert chain.head == desk.audit.entries(limit=1)[0].hash
    hashes = [bytes.fromhex(str(row["hash"])) for row in desk.rows("audit")]
    assert chain.root == root_of([leaf_hash(one) for one in hashes]).hex()


@pytest.mark.parametrize("act", ["UPDATE audit SET outcome = 'x'", "DELETE FROM audit"])
def test_the_ledger_refuses_to_change_an_entry(desk: Desk, act: str) -> None:
    _filled(desk, 1)
    before = desk.rows("audit")
    with pytest.raises(Exception, match="append-only"):
        desk.sql(act)
    assert desk.rows("audit") == before


TAMPERS: dict[str, tuple[str, int, str]] = {
    **{
        f"edited {column}": (f"UPDATE audit SET {column} = {value} WHERE seq = 3", 3, "ALTERED_ENTRY")
        for column, value in {
            "at": "'2026-11-20T00:00:00.000000Z'",
            "actor": "'someone'",
            "action": "'other'",
            "customer": "'OTHER'",
            "purpose": "104",
            "outcome": "'CONSENT_REQUIRED'",
            "commitment": "'00'",
            "hash": "'00'",
        }.items()
    },
    "edited prev_hash": ("UPDATE audit SET prev_hash = '00' WHERE seq = 3", 3, "WRONG_LINK"),
    "customer taken away": ("UPDATE audit SET customer = NULL WHERE seq = 3", 3, "ALTERED_ENTRY"),
    "deleted": ("DELETE FROM audit WHERE seq = 3", 3, "MISSING_ENTRY"),
    "first deleted": ("DELETE FROM audit WHERE seq = 1", 1, "MISSING_ENTRY"),
    "renumbered": ("UPDATE audit SET seq = seq - 1 WHERE seq > 3", 3, "ALTERED_ENTRY"),
    "inserted": (
        "INSERT INTO audit SELECT 7, at, actor, action, customer, purpose, outcome, commitment, prev_hash, hash"
        " FROM audit WHERE seq = 6",
        7,
        "WRONG_LINK",
    ),
}


@pytest.mark.parametrize("tamper", TAMPERS)
def test_a_tampered_chain_breaks_at_the_place(desk: Desk, tamper: str) -> None:
    statement, place, why = TAMPERS[tamper]
    _filled(desk)
    desk.unlock()
    with desk.ledger.transaction() as tx:
        if tamper == "renumbered":
            tx.execute("DELETE FROM audit WHERE seq = 3")
        assert tx.execute(statement)
    chain = desk.audit.verify_chain()
    assert (chain.broken_at, chain.entries_n) == (place, place - 1)
    assert chain.why in (why, "WRONG_LINK") if tamper == "renumbered" else chain.why == why


def test_a_chain_longer_than_one_page_is_verified_whole(desk: Desk) -> None:
    _filled(desk, 2050)
    assert desk.audit.verify_chain().entries_n == 2050
    desk.unlock()
    desk.sql("UPDATE audit SET actor = 'x' WHERE seq = 2001")
    assert desk.audit.verify_chain().broken_at == 2001


READ_ONLY = ("HOME_READ_ONLY", "LEDGER_READ_ONLY")
BREAKS: dict[str, Callable[[Desk], AbstractContextManager[object]]] = {
    **{how: lambda desk, how=how: nullcontext(desk.trap("INSERT", "audit", how)) for how in (LOSES, REFUSES)},
    "gone": lambda desk: nullcontext(desk.sql("ALTER TABLE audit RENAME TO elsewhere")),
    "read only": lambda desk: only_reading(desk.ledger),
}
ACTS: dict[str, Callable[[Desk, str], object]] = {
    "answer": lambda desk, _: desk.consents.open_scope(PROCESS),
    "refusal": lambda desk, _: desk.consents.open_scope(PROCESS._replace(purpose=104)),
    "grant": lambda desk, _: desk.consents.grant(GrantOrder(CUSTOMER, sources=("ledgers",))),
    "look": lambda desk, _: desk.audit.look("consent.list", CUSTOMER),
    "pause": lambda desk, consent_id: desk.consents.apply(consent_id, Event.PAUSE),
    "revoke": lambda desk, consent_id: desk.erasure.revoke(consent_id),
}


@pytest.mark.parametrize("how", BREAKS)
@pytest.mark.parametrize("act", ACTS)
def test_without_an_audit_entry_there_is_no_answer_and_no_change(desk: Desk, how: str, act: str) -> None:
    (consent,) = desk.consents.grant(GrantOrder(CUSTOMER, sources=("ledgers",)))
    tables = ("consent", "consent_event", "consent_use", "erasure", "audit_salt")
    before = [desk.rows(table) for table in tables]
    with desk.ledger.reading() as tx:
        tx.all("SELECT 1 AS x")
    with BREAKS[how](desk), pytest.raises(Exception) as failed:
        ACTS[act](desk, consent.id)
    assert not isinstance(failed.value, CallerError) or failed.value.code in READ_ONLY
    if how == LOSES:
        assert isinstance(failed.value, TransientError)
        assert (failed.value.code, failed.value.status) == ("AUDIT_UNAVAILABLE", 503)
    assert [desk.rows(table) for table in tables] == before


@pytest.mark.parametrize("act", ACTS)
def test_a_ledger_that_may_only_be_read_is_the_callers_to_mend(desk: Desk, act: str) -> None:
    """There a transaction begins all the same, and the first write in it is the one that fails."""
    (consent,) = desk.consents.grant(GrantOrder(CUSTOMER, sources=("ledgers",)))
    with only_reading(desk.ledger), pytest.raises(CallerError) as failed:
        ACTS[act](desk, consent.id)
    assert (failed.value.code in READ_ONLY, failed.value.exit_code) == (True, 2)


def test_a_clock_that_jumps_back_is_refused_with_both_times(desk: Desk) -> None:
    desk.consents.grant(GrantOrder(CUSTOMER, sources=("ledgers",)))
    desk.clock.at = START - timedelta(seconds=60)
    desk.consents.open_scope(PROCESS)
    desk.clock.at = START - timedelta(days=1)
    before = desk.rows("audit")
    for act in (
        lambda: desk.consents.open_scope(PROCESS),
        lambda: desk.consents.grant(GrantOrder(CUSTOMER, sources=("ledgers",))),
    ):
        with pytest.raises(CallerError) as refused:
            act()
        assert refused.value.code == "CLOCK_BACKWARDS"
        assert "2026-11-19T10:00:00+05:30" in refused.value.message
        assert "2026-11-20T10:00:00+05:30" in refused.value.message
    assert desk.rows("audit") == before


def test_a_withdrawal_needs_no_right_clock(desk: Desk) -> None:
    (consent,) = desk.consents.grant(GrantOrder(CUSTOMER, sources=("ledgers",)))
    other, *_ = desk.consents.grant(GrantOrder(CUSTOMER, 104, ("ledgers",)))
    desk.clock.at = START - timedelta(days=1)
    desk.erasure.revoke(consent.id)
    stamps = {row["at"] for row in desk.rows("audit")} | {row["asked_at"] for row in desk.rows("erasure")}
    assert stamps == {"2026-11-20T04:30:00.000000Z"}
    assert desk.rows("erasure")[0]["done_at"] == "2026-11-20T04:30:00.000000Z"
    assert desk.consents.consent(consent.id).updated_at == START
    assert desk.audit.verify_chain().broken_at is None
    with pytest.raises(CallerError) as refused:
        desk.consents.apply(other.id, Event.PAUSE)
    assert refused.value.code == "CLOCK_BACKWARDS"


def test_what_expired_before_the_clock_jumped_does_not_keep_from_a_withdrawal(desk: Desk) -> None:
    (gone,) = desk.consents.grant(GrantOrder(CUSTOMER, sources=("ledgers",)))
    desk.clock.at = START + timedelta(days=60)
    (consent,) = desk.consents.grant(GrantOrder(CUSTOMER, sources=("ledgers",)))
    desk.clock.at = START + timedelta(days=50)
    assert desk.erasure.purge_due(CUSTOMER).expired == (gone.id,)
    desk.erasure.revoke(consent.id)
    assert desk.audit.verify_chain().broken_at is None


def test_a_slow_drift_backwards_does_not_slip_through(desk: Desk) -> None:
    desk.consents.grant(GrantOrder(CUSTOMER, sources=("ledgers",)))
    for seconds in (20, 40, 60):
        desk.clock.at = START - timedelta(seconds=seconds)
        desk.consents.open_scope(PROCESS)
    desk.clock.at = START - timedelta(seconds=61)
    with pytest.raises(CallerError, match="clock"):
        desk.consents.open_scope(PROCESS)
    assert {row["at"] for row in desk.rows("audit")} == {"2026-11-20T04:30:00.000000Z"}


def test_a_look_at_rows_is_one_entry(desk: Desk) -> None:
    desk.audit.look("consent.list", CUSTOMER)
    desk.audit.look("customer.list", None)
    assert [(row.action, row.customer, row.outcome) for row in reversed(desk.audit.entries())] == [
        ("consent.list", CUSTOMER, "SHOWN"),
        ("customer.list", None, "SHOWN"),
    ]


@pytest.mark.parametrize("name", ["cli", "service", "ASHA_01", "asha-01", "7", "a" * 40])
def test_who_acts_has_a_plain_name(name: str) -> None:
    assert actor_name(name) == name


@pytest.mark.parametrize("name", ["", "a\n2", "a\n", "a b", "-a", "a" * 41, "\x1b[2J", "आशा", "a\tb"])
def test_any_other_name_is_refused_without_an_echo(name: str) -> None:
    with pytest.raises(CallerError) as refused:
        actor_name(name)
    assert refused.value.code == "ACTOR_INVALID"
    assert "BAHI_ACTOR" in refused.value.hint
    assert len(name) < 2 or name not in refused.value.message


def test_entries_name_who_acted(desk: Desk) -> None:
    with desk.ledger.transaction() as tx:
        Audit(desk.ledger, desk.clock, "cli:asha").record(tx, LOOK)
    assert desk.audit.entries()[0].actor == "cli:asha"


LOOKERS_N = 64


@pytest.fixture(autouse=True)
def _no_hook_left_behind() -> Iterator[None]:
    yield
    _fs.fault = None


def _at_once(desk: Desk, hook: Callable[[str, str], None], act: Callable[[int], object]) -> list[object]:
    """Let many threads act at once; give what each got, an error as its code."""

    def asked(number: int) -> object:
        try:
            return act(number)
        except BahiError as error:
            return error.code

    desk.audit.entries(limit=1)
    _fs.fault = hook
    with ThreadPoolExecutor(LOOKERS_N) as pool:
        return list(pool.map(asked, range(LOOKERS_N)))


def _hook_of(
    desk: Desk, seen: Counter[str], at_commit: Callable[[int], None] = lambda _: None
) -> Callable[[str, str], None]:
    def hook(act: str, what: str) -> None:
        seen[act] += 1
        if act == "begin" and seen[act] == 1:
            while len(desk.ledger._together._queue._waiting) < LOOKERS_N - 1:
                threading.Event().wait(0.001)
        if act == "commit":
            at_commit(seen[act])

    return hook


def test_looks_at_the_same_time_are_written_by_few_commits_into_one_chain(desk: Desk) -> None:
    seen: Counter[str] = Counter()
    other = Ledger(desk.ledger.where)

    def look(number: int) -> bool:
        desk.audit.look(f"look.{number}", CUSTOMER)
        with other.reading() as tx:
            return tx.one("SELECT seq FROM audit WHERE action = :action", action=f"look.{number}") is not None

    answers = _at_once(desk, _hook_of(desk, seen), look)
    assert answers == [True] * LOOKERS_N
    assert seen["commit"] <= 3
    entries = desk.audit.entries(limit=100)
    assert [entry.seq for entry in entries] == list(range(LOOKERS_N, 0, -1))
    assert {entry.action for entry in entries} == {f"look.{number}" for number in range(LOOKERS_N)}
    assert desk.audit.verify_chain().entries_n == LOOKERS_N


def test_rights_asked_for_at_the_same_time_are_each_answered_for_what_was_asked(desk: Desk) -> None:
    desk.consents.grant(GrantOrder(CUSTOMER, sources=("ledgers",)))
    seen: Counter[str] = Counter()

    def asked(number: int) -> object:
        return desk.consents.open_scope(PROCESS._replace(purpose=103 if number % 2 else 104)).purpose

    answers = _at_once(desk, _hook_of(desk, seen), asked)
    assert answers == ["PURPOSE_MISMATCH", 103] * (LOOKERS_N // 2)
    assert seen["commit"] <= 3
    outcomes = Counter(entry.outcome for entry in desk.audit.entries(limit=LOOKERS_N))
    assert outcomes == {"ALLOWED": LOOKERS_N // 2, "PURPOSE_MISMATCH": LOOKERS_N // 2}
    assert desk.audit.verify_chain().broken_at is None


def test_a_commit_that_fails_answers_nobody_in_the_group(desk: Desk) -> None:
    def full(number: int) -> None:
        if number > 1:
            raise _fs.disk_full(desk.folder)

    answers = _at_once(desk, _hook_of(desk, Counter(), full), lambda _: desk.audit.look("look", CUSTOMER))
    assert Counter(map(str, answers)) == {"None": 1, "DISK_FULL": LOOKERS_N - 1}
    assert len(desk.audit.entries(limit=100)) == len(desk.rows("audit_salt")) == 1


def test_a_group_whose_entries_cannot_be_written_answers_nobody(desk: Desk) -> None:
    _filled(desk, 1)
    desk.trap("INSERT", "audit", LOSES)
    answers = _at_once(desk, _hook_of(desk, Counter()), lambda _: desk.audit.look("look", CUSTOMER))
    assert answers == ["AUDIT_UNAVAILABLE"] * LOOKERS_N
    assert len(desk.rows("audit")) == len(desk.rows("audit_salt")) == 1


def test_whoever_was_answered_is_in_the_audit_though_the_process_was_killed(desk: Desk) -> None:
    desk.ledger.close()
    told, tell = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(told)
        _look_forever(desk, tell)
    os.close(tell)
    with os.fdopen(told, "rb", buffering=0) as answers:
        heard = b""
        while heard.count(b"\n") < 200:
            heard += answers.read(4096) or b""
        os.kill(child, signal.SIGKILL)
        while more := answers.read(4096):
            heard += more
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    answered = {line.decode() for line in heard.split(b"\n")[:-1]}
    entries = desk.audit.entries(limit=100_000)
    assert len(answered) >= 200
    assert answered <= {entry.action for entry in entries}
    assert desk.audit.verify_chain().entries_n == len(entries)


def _look_forever(desk: Desk, tell: int) -> None:
    def look(thread: int) -> None:
        for number in range(1_000_000):
            desk.audit.look(f"look.{thread}.{number}", CUSTOMER)
            os.write(tell, f"look.{thread}.{number}\n".encode())

    try:
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(look, range(8)))
    finally:
        os._exit(1)
