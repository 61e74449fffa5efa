"""What only a server can do to a ledger: refuse, go away and come back, serve many at once, keep what was deleted."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator

import psycopg
import pytest

from kit.errors import BahiError, CallerError, TransientError
from tests.engines import behind
from tests.postgres import TestServer
from tests.warehouse.world import in_child
from warehouse._statements import for_driver
from warehouse.examine import examined
from warehouse.ledger import Ledger, Server
from warehouse.migrate import downgrade, upgrade, version

SALT = "INSERT INTO audit_salt (seq, salt) VALUES (:seq, :salt)"
NEXT = "INSERT INTO audit_salt SELECT coalesce(max(seq), 0) + 1, :salt FROM audit_salt"
COUNT = "SELECT count(*) AS n FROM audit_salt"
SECRET = "s3cret-Pa55"


@pytest.fixture
def where(postgres_url: str) -> Server:
    upgrade(Server(postgres_url))
    return Server(postgres_url)


@pytest.fixture
def ledger(where: Server) -> Iterator[Ledger]:
    made = Ledger(where, busy_wait_s=0.2)
    yield made
    made.close()


def count(ledger: Ledger) -> int:
    with ledger.reading() as tx:
        row = tx.one(COUNT)
    assert row is not None
    return int(row["n"] or 0)


STATEMENTS = {
    "SELECT :a": "SELECT %(a)s",
    "a = :a AND b=:b_2": "a = %(a)s AND b=%(b_2)s",
    "CAST(:a AS text)": "CAST(%(a)s AS text)",
    "x::text = :text": "x::text = %(text)s",
    ":a::bigint": "%(a)s::bigint",
    "note = ':a' AND b = :b": "note = ':a' AND b = %(b)s",
    "note = 'it''s :a' || :b": "note = 'it''s :a' || %(b)s",
    'SELECT ":a" FROM t WHERE x = :a': 'SELECT ":a" FROM t WHERE x = %(a)s',
    "note LIKE '10%' AND n % 2 = :n": "note LIKE '10%%' AND n %% 2 = %(n)s",
    "SELECT 1 -- :a 5%\nWHERE x = :b": "SELECT 1 -- :a 5%%\nWHERE x = %(b)s",
    "SELECT /* :a */ :b": "SELECT /* :a */ %(b)s",
    "SELECT '12:30', a[1:2]": "SELECT '12:30', a[1:2]",
    "SELECT :é": "SELECT :é",
}


@pytest.mark.parametrize("sql", STATEMENTS)
def test_named_parameters_are_written_as_the_driver_wants_them(sql: str) -> None:
    assert for_driver(sql) == STATEMENTS[sql]


def test_texts_colons_and_percent_signs_come_back_as_they_went_in(ledger: Ledger) -> None:
    texts = ["100%", "%s", "%(a)s", ":a", "::", "it's", '"', "\\", "दुकान", "\n", ""]
    with ledger.transaction() as tx:
        for seq, text in enumerate(texts):
            tx.execute(SALT, seq=seq, salt=text)
        found = tx.all(
            "SELECT salt, salt || ' 5% :a' AS more FROM audit_salt WHERE seq % 100 >= :least ORDER BY seq",
            least=0,
        )
    assert [(row["salt"], row["more"]) for row in found] == [(text, f"{text} 5% :a") for text in texts]


def test_numbers_are_whole_whatever_the_server_makes_of_them(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        for seq in (2**62, 2**62 - 1, 5):
            tx.execute(SALT, seq=seq, salt="s")
        row = tx.one("SELECT sum(seq) AS total, max(seq) AS top, count(*) AS n FROM audit_salt")
    assert row == {"total": 2**63 + 4, "top": 2**62, "n": 3}
    assert row is not None and {type(value) for value in row.values()} == {int}


def test_texts_are_ordered_by_their_bytes(ledger: Ledger) -> None:
    names = ["b", "a", "B", "A", "a-b", "aa", "_", "1", "é", "zz"]
    with ledger.transaction() as tx:
        for name in names:
            tx.execute("INSERT INTO signing_key VALUES (:kid, '{}', 'at', NULL)", kid=name)
        found = [str(row["kid"]) for row in tx.all("SELECT kid FROM signing_key ORDER BY kid")]
    assert found == sorted(names, key=str.encode)


BAD = {
    "another product": f"mysql://me:{SECRET}@host/bahi",
    "a file": "sqlite:///bahi.db",
    "no scheme": f"host=localhost password={SECRET}",
    "no database": f"postgresql://me:{SECRET}@localhost",
    "unknown setting": f"postgresql://me:{SECRET}@localhost/bahi?colour={SECRET}",
    "a bad port": f"postgresql://me:{SECRET}@localhost:port/bahi",
    "unfinished": f"postgresql://me:{SECRET}@[::1/bahi",
}


@pytest.mark.parametrize("why", BAD)
def test_an_address_that_is_none_names_the_form_and_repeats_nothing(why: str) -> None:
    with pytest.raises(CallerError) as refusal, Ledger(Server(BAD[why])).reading():
        pass
    assert refusal.value.code == "LEDGER_URL_INVALID"
    assert "postgresql://USER@HOST/DATABASE" in refusal.value.hint
    assert SECRET not in everything_said(refusal.value)


def everything_said(error: BaseException) -> str:
    said, left = "", [error]
    while left:
        one = left.pop()
        said += f"{one} {one!r} {vars(one)}"
        left += [
            inner for inner in (one.__cause__, None if one.__suppress_context__ else one.__context__) if inner
        ]
    return said


def test_an_address_is_never_shown() -> None:
    assert SECRET not in repr(Server(f"postgresql://me:{SECRET}@host/bahi"))
    assert SECRET not in Ledger(Server(f"postgresql://me:{SECRET}@host/bahi")).spot
    assert Ledger(Server(f"postgresql://me:{SECRET}@host/bahi")).spot == "host/bahi"
    assert Ledger(Server(f"postgresql://me:{SECRET}@/bahi?host=/run/secret")).spot == "localhost/bahi"


def refusal_of(url: str) -> BahiError:
    with pytest.raises(BahiError) as refusal, Ledger(Server(url)).reading():
        pass
    assert refusal.value.hint
    assert SECRET not in everything_said(refusal.value)
    return refusal.value


def test_a_server_that_does_not_answer_is_worth_another_try() -> None:
    for host in ("/nowhere", "127.0.0.1:1", "no-such-host.example"):
        way = f"@/bahi?host={host}" if host.startswith("/") else f"@{host}/bahi"
        error = refusal_of(f"postgresql://me:{SECRET}{way}")
        assert isinstance(error, TransientError)
        assert error.code == "LEDGER_UNREACHABLE"
        assert "BAHI_DATABASE_URL" in error.hint


def test_a_database_that_is_not_there_is_to_be_made(postgres_server: TestServer) -> None:
    error = refusal_of(postgres_server.url("nothing_of_that_name", password=SECRET))
    assert (error.code, error.exit_code) == ("LEDGER_MISSING", 2)
    assert "localhost/nothing_of_that_name" in error.message
    assert "bahi init" in error.hint


@pytest.fixture
def guarded(postgres_server: TestServer) -> Iterator[TestServer]:
    """The server asks one of its users for a password."""
    rules = postgres_server.data / "pg_hba.conf"
    before = rules.read_bytes()
    postgres_server.sql(f"CREATE ROLE guarded LOGIN PASSWORD '{SECRET}'")
    rules.write_bytes(b"local all guarded scram-sha-256\n" + before)
    postgres_server.sql("SELECT pg_reload_conf()")
    yield postgres_server
    rules.write_bytes(before)
    postgres_server.sql("SELECT pg_reload_conf()")
    postgres_server.sql("DROP ROLE guarded")


def test_who_may_not_in_has_to_mend_the_address(guarded: TestServer) -> None:
    for user, password in (("guarded", SECRET + "x"), ("guarded", ""), ("nobody_here", SECRET)):
        error = refusal_of(guarded.url("postgres", user, password))
        assert (error.code, error.exit_code) == ("LEDGER_REFUSED", 2)
        assert "user" in error.hint and "password" in error.hint
    assert refusal_of(guarded.url("postgres", "guarded", SECRET)).code == "LEDGER_OLDER"


def test_who_may_only_read_is_told_so(ledger: Ledger, guarded: TestServer, where: Server) -> None:
    behind(where, "GRANT SELECT ON ALL TABLES IN SCHEMA public TO guarded")
    database = ledger.spot.partition("/")[2]
    reader = Ledger(Server(guarded.url(database, "guarded", SECRET)))
    with reader.reading() as tx:
        assert tx.one(COUNT) == {"n": 0}
    with pytest.raises(CallerError) as refusal, reader.transaction() as tx:
        tx.execute(SALT, seq=1, salt="a")
    assert (refusal.value.code, refusal.value.place) == ("LEDGER_READ_ONLY", ledger.spot)
    with pytest.raises(CallerError) as refusal:
        downgrade(reader.where)
    assert refusal.value.code == "LEDGER_READ_ONLY"
    reader.close()
    behind(where, "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM guarded")
    assert count(ledger) == 0


def test_a_database_of_somebody_else_is_refused_and_left_alone(postgres_url: str) -> None:
    behind(Server(postgres_url), "CREATE TABLE theirs (x BIGINT)")
    assert refusal_of(postgres_url).code == "LEDGER_NOT_A_DATABASE"
    with pytest.raises(CallerError) as refusal:
        upgrade(Server(postgres_url))
    assert refusal.value.code == "LEDGER_NOT_A_DATABASE"
    with psycopg.connect(postgres_url) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    assert tables == [("theirs",)]


def test_a_server_that_was_started_again_is_used_again_without_a_word(
    ledger: Ledger, postgres_server: TestServer
) -> None:
    with ledger.transaction() as tx:
        tx.execute(SALT, seq=1, salt="a")
    for how in ("fast", "immediate"):
        postgres_server.stop(how)
        postgres_server.start()
        with ledger.transaction() as tx:
            tx.execute(NEXT, salt="b")
        assert count(ledger) == (2 if how == "fast" else 3)


def test_while_the_server_is_down_every_act_says_so_and_works_after(
    ledger: Ledger, where: Server, postgres_server: TestServer
) -> None:
    acts: list[Callable[[], object]] = [
        lambda: count(ledger), lambda: version(where), lambda: upgrade(where), lambda: examined(where),
        ledger.check, ledger.scrub, lambda: ledger.together(lambda tx: tx.execute(NEXT, salt="a")),
    ]  # fmt: skip
    for act in acts:
        act()
    postgres_server.stop()
    try:
        for act in acts:
            with pytest.raises(TransientError) as refusal:
                act()
            assert (refusal.value.code, refusal.value.exit_code) == ("LEDGER_UNREACHABLE", 75)
    finally:
        postgres_server.start()
    for act in acts:
        act()
    assert count(ledger) == 2


def test_a_server_that_goes_in_the_middle_undoes_the_transaction(
    ledger: Ledger, postgres_server: TestServer
) -> None:
    for stopped_before in ("statement", "commit"):
        with pytest.raises(TransientError) as refusal, ledger.transaction() as tx:
            tx.execute(NEXT, salt="a")
            postgres_server.stop("immediate")
            postgres_server.start()
            if stopped_before == "statement":
                tx.execute(NEXT, salt="b")
        assert refusal.value.code == "LEDGER_UNREACHABLE"
        assert count(ledger) == 0


def test_a_failed_statement_that_is_passed_over_is_never_taken_for_a_commit(ledger: Ledger) -> None:
    with pytest.raises(TransientError), ledger.transaction() as tx:
        tx.execute(SALT, seq=1, salt="a")
        with pytest.raises(psycopg.IntegrityError):
            tx.execute(SALT, seq=1, salt="a")
        with pytest.raises(TransientError):
            tx.execute(SALT, seq=2, salt="a")
    assert count(ledger) == 0
    with ledger.transaction() as tx:
        tx.execute(SALT, seq=1, salt="a")
        with pytest.raises(psycopg.IntegrityError), tx.savepoint():
            tx.execute(SALT, seq=1, salt="a")
        tx.execute(SALT, seq=2, salt="a")
    assert count(ledger) == 2


def test_a_client_killed_inside_a_transaction_leaves_nothing_and_holds_nobody_up(
    ledger: Ledger, where: Server
) -> None:
    def dies() -> None:
        with Ledger(where).transaction() as tx:
            tx.execute(SALT, seq=1, salt="a")
            os.kill(os.getpid(), signal.SIGKILL)

    for _ in range(3):
        assert in_child(dies) == -signal.SIGKILL
        patient = Ledger(where)
        with patient.transaction() as tx:
            assert tx.one(COUNT) == {"n": 0}
        patient.close()
    assert count(ledger) == 0


def test_writers_of_threads_and_processes_queue_up(where: Server) -> None:
    def append(shared: Ledger) -> None:
        for _ in range(10):
            with shared.transaction() as tx:
                tx.execute(NEXT, salt="s")

    def eight_threads() -> None:
        shared = Ledger(where, busy_wait_s=60)
        threads = [threading.Thread(target=append, args=(shared,)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    children = [threading.Thread(target=lambda: codes.append(in_child(eight_threads))) for _ in range(2)]
    codes: list[int] = []
    for child in children:
        child.start()
    for child in children:
        child.join()
    assert codes == [0, 0]
    ledger = Ledger(where)
    with ledger.reading() as tx:
        assert tx.one("SELECT count(*) AS n, max(seq) AS top FROM audit_salt") == {"n": 160, "top": 160}
    ledger.close()


def test_a_thread_that_is_gone_leaves_no_connection(ledger: Ledger, where: Server) -> None:
    threads = [threading.Thread(target=count, args=(ledger,)) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ledger.close()
    until = time.monotonic() + 10
    mine = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    with psycopg.connect(where, autocommit=True) as connection:
        while connection.execute(mine).fetchone() != (0,):
            assert time.monotonic() < until
            time.sleep(0.01)


CANARY = "canary-51c0ffee"


def holding(server: TestServer, below: str) -> list[str]:
    """Find the files of the server that hold the canary."""
    folder = server.data / below
    return [
        path.name for path in folder.rglob("*") if path.is_file() and CANARY.encode() in path.read_bytes()
    ]


def test_scrubbing_takes_deleted_rows_out_of_tables_and_log(
    ledger: Ledger, postgres_server: TestServer
) -> None:
    assert holding(postgres_server, ".") == []
    with ledger.transaction() as tx:
        for seq in range(300):
            tx.execute(SALT, seq=seq, salt=f"{CANARY} {seq}")
    behind(ledger.where, "ANALYZE", "CHECKPOINT")
    assert holding(postgres_server, "base") and holding(postgres_server, "pg_wal")
    with ledger.transaction() as tx:
        tx.execute("DELETE FROM audit_salt")
    assert ledger.scrub()
    assert holding(postgres_server, "base") == []
    # The log of the server keeps what was written until its segments are done with; see the runbook.
    behind(ledger.where, "SELECT pg_switch_wal()", "CHECKPOINT")
    assert holding(postgres_server, ".") == []


def test_what_an_erasure_listed_is_in_no_sample_the_server_keeps(
    ledger: Ledger, where: Server, postgres_server: TestServer
) -> None:
    with ledger.transaction() as tx:
        tx.execute(
            "INSERT INTO erasure (id, customer, consent_id, reason, state, asked_at)"
            " VALUES ('e', 'X', 'c', 'REVOKED', 'pending', '')"
        )
        for number in range(300):
            tx.execute(
                "INSERT INTO erasure_object (erasure_id, place, kind, sha256) VALUES ('e', :word, 'k', :word)",
                word=f"{CANARY} {number}",
            )
    behind(ledger.where, "ANALYZE")
    with ledger.transaction() as tx:
        tx.execute("DELETE FROM erasure_object")
    behind(ledger.where, "ANALYZE")
    assert ledger.scrub()
    assert holding(postgres_server, "base") == []
    # A sample may stand there compressed.
    with psycopg.connect(where) as connection:
        found = connection.execute(
            "SELECT attname FROM pg_stats WHERE tablename = 'erasure_object'"
        ).fetchall()
    assert {name for (name,) in found} <= {"erasure_id", "kind"}


def test_scrubbing_says_when_a_reader_still_sees_the_old_rows(
    ledger: Ledger, where: Server, postgres_server: TestServer
) -> None:
    with ledger.transaction() as tx:
        tx.execute(SALT, seq=1, salt=CANARY)
    behind(where, "CHECKPOINT")
    reader = Ledger(where)
    with reader.reading() as reading:
        reading.all("SELECT count(*) AS n FROM run")
        with ledger.transaction() as tx:
            tx.execute("DELETE FROM audit_salt")
        assert not ledger.scrub()
        assert holding(postgres_server, "base")
    reader.close()
    assert ledger.scrub()
    assert holding(postgres_server, "base") == []


def test_a_writer_that_reads_nothing_keeps_old_rows_as_a_reader_does(
    ledger: Ledger, where: Server, postgres_server: TestServer
) -> None:
    with ledger.transaction() as tx:
        tx.execute(SALT, seq=1, salt=CANARY)
    behind(where, "CHECKPOINT")
    with psycopg.connect(where) as other:
        other.execute("SELECT pg_current_xact_id()")
        with ledger.transaction() as tx:
            tx.execute("DELETE FROM audit_salt")
        assert not ledger.scrub()
    assert ledger.scrub()
    assert holding(postgres_server, "base") == []


def test_an_acknowledged_act_waits_for_the_disk_whatever_the_server_was_told(
    where: Server, postgres_server: TestServer
) -> None:
    name = Ledger(where).spot.partition("/")[2]
    postgres_server.sql(f"ALTER DATABASE {name} SET synchronous_commit = off")
    postgres_server.sql(f"ALTER DATABASE {name} SET default_transaction_isolation = 'serializable'")
    ledger = Ledger(where)
    with ledger.transaction() as tx:
        assert tx.one("SELECT current_setting('synchronous_commit') AS v") == {"v": "on"}
        assert tx.one("SELECT current_setting('transaction_isolation') AS v") == {"v": "read committed"}
    with ledger.reading() as tx:
        assert tx.one("SELECT current_setting('transaction_isolation') AS v") == {"v": "repeatable read"}
        with pytest.raises(CallerError):
            tx.execute(SALT, seq=1, salt="a")
    ledger.close()


def test_a_page_that_was_changed_on_disk_is_damage_and_never_an_answer(
    ledger: Ledger, where: Server, postgres_server: TestServer
) -> None:
    with ledger.transaction() as tx:
        for seq in range(2000):
            tx.execute(SALT, seq=seq, salt="s" * 32)
    ledger.check()
    ledger.close()
    with psycopg.connect(where) as connection:
        found = connection.execute("SELECT pg_relation_filepath('audit_salt')").fetchone()
    assert found is not None
    postgres_server.stop()
    path = postgres_server.data / str(found[0])
    content = bytearray(path.read_bytes())
    content[8192 + 4000] ^= 1
    path.write_bytes(content)
    postgres_server.start()
    for act in (ledger.check, lambda: examined(where)):
        with pytest.raises(CallerError) as refusal:
            act()
        assert refusal.value.code == "LEDGER_DAMAGED"
        assert refusal.value.hint
    with pytest.raises(CallerError) as refusal, ledger.reading() as tx:
        with pytest.raises(CallerError), tx.savepoint():
            tx.all("SELECT salt FROM audit_salt")
        assert tx.one("SELECT count(*) AS n FROM run") == {"n": 0}
        tx.all("SELECT salt FROM audit_salt")
    assert refusal.value.code == "LEDGER_DAMAGED"
