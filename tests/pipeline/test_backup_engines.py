"""A backup made on one engine is restored on the other, and back, without a row or a file being different."""

from __future__ import annotations

from pathlib import Path

import pytest

from consent.artefact import State
from consent.document import is_sealed
from consent.terms import GrantOrder
from kit.canonical import line
from kit.errors import CallerError
from kit.ident import CustomerId
from pipeline.backup import backup
from pipeline.restore import Restored, RestoreOrder, restore
from pipeline.second_place import checkpoints_of
from pipeline.wiring import House, open_house
from tests.postgres import TestServer
from tests.support import CLOCK
from warehouse import _sealed
from warehouse.ledger import where_from
from warehouse.migrate import upgrade
from warehouse.rows import KEYS

PASSPHRASE = "a passphrase for tests"
NAMES = [CustomerId(f"MSME{number:03}") for number in range(1, 4)]
RESTORING = {"audit", "audit_salt", "checkpoint", "signing_key", "secret_id"}


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_sealed, "COST_LOG2", 4)


def environ_of(home: Path, url: str = "") -> dict[str, str]:
    return {"BAHI_HOME": str(home), "BAHI_CLOCK": CLOCK, **({"BAHI_DATABASE_URL": url} if url else {})}


def made(environ: dict[str, str]) -> House:
    house = open_house(environ, "test")
    upgrade(where_from(environ, house.home))
    for name in NAMES:
        house.consents.grant(GrantOrder(name, sources=("bank",)))
    house.erasure.revoke(house.consents.listing(NAMES[2])[0].id)
    return house


def moved(house: House, archive: Path, environ: dict[str, str]) -> tuple[Restored, House]:
    backup(house, str(archive), PASSPHRASE, lambda *_: None)
    checkpoint = line(checkpoints_of(house).make())
    restored = restore(environ, "test", RestoreOrder(str(archive), PASSPHRASE, checkpoint, None))
    return restored, open_house(environ, "test")


def rows(house: House) -> dict[str, list[object]]:
    with house.ledger.reading() as tx:
        return {
            table: [dict(row) for row in tx.all(f"SELECT * FROM {table} ORDER BY {', '.join(key)}")]
            for table, key in KEYS.items()
        }


def test_from_a_file_to_a_server_and_back(tmp_path: Path, postgres_url: str) -> None:
    first = made(environ_of(tmp_path / "one"))
    before = rows(first)
    _, second = moved(first, tmp_path / "first", environ_of(tmp_path / "two", postgres_url))
    assert not (tmp_path / "two" / "bahi.db").exists()
    second.erasure.revoke(second.consents.listing(NAMES[1])[0].id)
    between = rows(second)
    _, third = moved(second, tmp_path / "second", environ_of(tmp_path / "three"))
    after = rows(third)
    for table in set(KEYS) - RESTORING:
        assert after[table] == between[table], table
    assert after["audit"][: len(before["audit"])] == before["audit"]
    assert [third.consents.listing(name)[0].state for name in NAMES] == [
        State.ACTIVE,
        State.REVOKED,
        State.REVOKED,
    ]
    assert third.audit.verify_chain().broken_at is None
    for house in (first, second, third):
        house.ledger.close()


def test_a_withdrawal_since_is_done_before_the_server_gets_a_row(tmp_path: Path, postgres_url: str) -> None:
    first = made(environ_of(tmp_path / "one"))
    backup(first, str(tmp_path / "archive"), PASSPHRASE, lambda *_: None)
    consent = first.consents.listing(NAMES[0])[0]
    first.erasure.revoke(consent.id)
    checkpoint = line(checkpoints_of(first).make())
    environ = environ_of(tmp_path / "two", postgres_url)
    order = RestoreOrder(str(tmp_path / "archive"), PASSPHRASE, checkpoint, None)
    assert restore(environ, "test", order).revoked == (consent.id,)
    second = open_house(environ, "test")
    assert is_sealed(second.consents.consent(consent.id).artefact)
    with pytest.raises(CallerError) as refused:
        restore(environ_of(tmp_path / "three", postgres_url), "test", order)
    assert refused.value.code == "HOME_NOT_EMPTY"
    first.ledger.close()
    second.ledger.close()


def test_a_restoration_that_died_before_the_rows_came_can_be_repeated(
    tmp_path: Path, postgres_server: TestServer
) -> None:
    url = postgres_server.url(postgres_server.make_database())
    first = made(environ_of(tmp_path / "one"))
    backup(first, str(tmp_path / "archive"), PASSPHRASE, lambda *_: None)
    checkpoint = line(checkpoints_of(first).make())
    environ = environ_of(tmp_path / "two", url)
    order = RestoreOrder(str(tmp_path / "archive"), PASSPHRASE, checkpoint, None)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("warehouse.staging.taken", lambda *_: 1 // 0)
        with pytest.raises(ZeroDivisionError):
            restore(environ, "test", order)
    assert rows(open_house(environ, "test"))["audit"] == []
    restore(environ, "test", order)
    second = open_house(environ, "test")
    assert len(rows(second)["consent"]) == len(NAMES)
    assert not list((tmp_path / "two").glob(".restor*"))
    first.ledger.close()
    second.ledger.close()


def test_a_database_that_holds_anything_is_left_as_it_is(tmp_path: Path, postgres_url: str) -> None:
    first = made(environ_of(tmp_path / "one"))
    backup(first, str(tmp_path / "archive"), PASSPHRASE, lambda *_: None)
    checkpoint = line(checkpoints_of(first).make())
    environ = environ_of(tmp_path / "two", postgres_url)
    there = open_house(environ, "test")
    upgrade(there.ledger.where)
    with there.ledger.transaction() as tx:
        first.keys.register(tx)
    before = rows(there)
    with pytest.raises(CallerError) as refused:
        restore(environ, "test", RestoreOrder(str(tmp_path / "archive"), PASSPHRASE, checkpoint, None))
    assert refused.value.code == "HOME_NOT_EMPTY"
    assert rows(there) == before
    first.ledger.close()
    there.ledger.close()
