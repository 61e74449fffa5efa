"""Rows go out as lines and come back the same, whatever engine takes them, page by page."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from warehouse import rows
from warehouse.ledger import Ledger, Tx
from warehouse.migrate import upgrade
from warehouse.rows import KEYS, LEFT_OUT, dumped, taken

CONSENT = (
    "INSERT INTO consent (id, customer, purpose, channel, party, state, artefact, sources, created_at, updated_at)"
    " VALUES (:id, 'MSME001', 103, 'AA', 'ENTITY', 'ACTIVE', :artefact, '[]', '2026', '2026')"
)


def made(path: Path) -> Ledger:
    upgrade(path)
    return Ledger(path)


def filled(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        for number in range(7):
            tx.execute(CONSENT, id=f"c-{number}", artefact='{"n":"ü\\u2028\\n"}')
            for seq in range(3):
                tx.execute(
                    "INSERT INTO consent_event (consent_id, seq, event, state, at) VALUES (:id, :seq, 'E', 'S', '2026')",
                    id=f"c-{number}",
                    seq=seq,
                )
        for seq in range(1, 12):
            tx.execute("INSERT INTO audit_salt (seq, salt) VALUES (:seq, :salt)", seq=seq, salt=str(seq))
        tx.execute("INSERT INTO sign_in VALUES ('hash', 'session', '2026', '2027', NULL)")


def content(tx: Tx) -> dict[str, list[object]]:
    return {
        table: [dict(row) for row in tx.all(f"SELECT * FROM {table} ORDER BY {', '.join(key)}")]
        for table, key in KEYS.items()
    }


def test_every_table_is_known_and_each_row_comes_after_what_it_refers_to(tmp_path: Path) -> None:
    ledger = made(tmp_path / "bahi.db")
    with ledger.reading() as tx:
        tables = {str(row["name"]) for row in tx.all("SELECT name FROM sqlite_master WHERE type = 'table'")}
        assert tables == {*KEYS, *LEFT_OUT, "alembic_version"}
        order = list(KEYS)
        for table in order:
            found = tx.all(f"SELECT * FROM pragma_table_info('{table}')")
            keys = sorted((row["pk"], row["name"]) for row in found if row["pk"])
            assert tuple(name for _, name in keys) == KEYS[table]
            above = {str(row["table"]) for row in tx.all(f"SELECT * FROM pragma_foreign_key_list('{table}')")}
            assert all(order.index(name) < order.index(table) for name in above)


@pytest.mark.parametrize("page_n", [1, 2, 3, 7, 500])
def test_rows_come_back_as_they_were(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page_n: int) -> None:
    monkeypatch.setattr(rows, "_PAGE", page_n)
    one, other = made(tmp_path / "one.db"), made(tmp_path / "other.db")
    filled(one)
    with one.reading() as tx:
        pages, before = list(dumped(tx)), content(tx)
    counted: Counter[str] = Counter()
    with other.transaction() as tx:
        for table, lines in pages:
            counted[table] += taken(tx, table, lines)
    with other.reading() as tx:
        assert content(tx) == before
        assert tx.all("SELECT * FROM sign_in") == []
    assert counted == {"consent": 7, "consent_event": 21, "audit_salt": 11}
    assert max(lines.count(b"\n") for _, lines in pages) <= page_n


@pytest.mark.parametrize(
    "lines",
    [b'{"seq) VALUES (1); --":1}', b'{"seq":1,"salt":1.5}', b'{"seq":1,"salt":[1]}', b"[1]", b'{"seq":true}'],
)
def test_what_is_no_row_is_not_taken(tmp_path: Path, lines: bytes) -> None:
    ledger = made(tmp_path / "bahi.db")
    with pytest.raises(TypeError), ledger.transaction() as tx:
        taken(tx, "audit_salt", lines)
