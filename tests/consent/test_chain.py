"""Whatever is done to the table of the audit, roots written down elsewhere before find it and say where."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial

import pytest

from consent.audit import GENESIS, Chain, Deed, Entry, entry_of, sealed
from consent.chain import required
from kit.chance import Stream
from kit.errors import CallerError
from kit.merkle import Head, leaf_hash, root_of
from tests.consent.desk import CUSTOMER, START, Desk
from warehouse.ledger import Tx, Value

ENTRIES_N = 30
BEYOND = 3
STRAYS: dict[Value, int] = {0: 1, -5: 1, None: 1, "3.5": 4, "x": ENTRIES_N + 1}
TEXTS = ("at", "actor", "action", "outcome", "commitment", "prev_hash", "hash")

Table = list[dict[str, Value]]
Tamper = Callable[[Table, int, Stream], int | None]


class Undone(Exception):
    pass


@pytest.fixture
def genuine(desk: Desk) -> Table:
    """A log of some length whose guards against change are gone, as whoever owns the file can do."""
    for number in range(ENTRIES_N):
        desk.clock.at = START + timedelta(seconds=number)
        with desk.ledger.transaction() as tx:
            desk.audit.record(tx, Deed("look", CUSTOMER, 103, "SHOWN", {"n": number}))
    desk.unlock()
    return desk.rows("audit")


def heads_of(table: Table) -> dict[int, Head]:
    leaves = [leaf_hash(bytes.fromhex(str(row["hash"]))) for row in table]
    return {size: Head(size, root_of(leaves[:size])) for size in range(1, len(table) + 1)}


def numbered(table: Table) -> None:
    for seq, row in enumerate(table, 1):
        row["seq"] = seq


def resealed(table: Table, first: int, last: int) -> None:
    """Forge the links from one place to another, so that they hold by themselves."""
    for place in range(first, last + 1):
        row = table[place - 1]
        row["prev_hash"] = table[place - 2]["hash"] if place > 1 else GENESIS
        row["hash"] = sealed(entry_of(row))


def edit(table: Table, place: int, chance: Stream) -> None:
    name = chance.choice([name for name in Entry._fields if name != "seq"])
    taken: Value = chance.choice([None, "x", "999"]) if name in ("customer", "purpose") else "x"
    table[place - 1][name] = taken


def renumber(table: Table, place: int, chance: Stream) -> None:
    table[place - 1]["seq"] = chance.randint(1000, 2**60)


def delete(table: Table, place: int, chance: Stream) -> None:
    del table[place - 1]


def delete_and_close_up(table: Table, place: int, chance: Stream) -> None:
    del table[place - 1]
    numbered(table)


def insert(table: Table, place: int, chance: Stream) -> None:
    table.insert(place - 1, dict(table[place % ENTRIES_N], actor="other"))
    numbered(table)


def stray(table: Table, place: int, chance: Stream) -> int:
    number = chance.choice(list(STRAYS))
    table.append(dict(table[place - 1], seq=number))
    return STRAYS[number]


def reorder(table: Table, place: int, chance: Stream) -> int:
    other = chance.choice([at for at in range(len(table)) if at >= place] or [place - 2])
    table[place - 1], table[other] = table[other], table[place - 1]
    numbered(table)
    return min(place, other + 1)


def truncate(table: Table, place: int, chance: Stream) -> None:
    del table[place - 1 :]


def rewrite_from(act: Tamper) -> Tamper:
    def tamper(table: Table, place: int, chance: Stream) -> None:
        act(table, place, chance)
        resealed(table, place, len(table))

    return tamper


def change_who(table: Table, place: int, chance: Stream) -> None:
    table[place - 1]["actor"] = "other"


def cut_and_regrow(table: Table, place: int, chance: Stream) -> None:
    del table[place - 1 :]
    last = table[-1] if table else {name: "x" for name in TEXTS} | {"customer": None, "purpose": None}
    table += [dict(last, actor="other") for _ in range(ENTRIES_N + BEYOND - place)]
    numbered(table)
    resealed(table, place, len(table))


# Left to themselves these break at the very entry.
PLAIN: dict[str, Tamper] = {
    act.__name__: act
    for act in (edit, renumber, delete, delete_and_close_up, insert, stray, reorder, truncate)
}
# These hold by themselves; the earlier roots on both sides of the place close it in.
REWRITES: dict[str, Tamper] = {
    "edit": rewrite_from(change_who),
    "delete": rewrite_from(delete_and_close_up),
    "insert": rewrite_from(insert),
    "cut and regrow": cut_and_regrow,
}


def put(tx: Tx, table: Table) -> None:
    """Salts are put in as well: without them a cut tail would show by itself."""
    tx.execute("DELETE FROM audit")
    tx.execute("DELETE FROM audit_salt")
    places = ", ".join(f":{name}" for name in Entry._fields)
    for row in table:
        tx.execute(f"INSERT INTO audit ({', '.join(Entry._fields)}) VALUES ({places})", **row)
        tx.execute("INSERT INTO audit_salt (seq, salt) VALUES (:seq, :salt)", seq=row["seq"], salt="0a" * 16)


def flip_bit(tx: Tx, table: Table, place: int, chance: Stream) -> None:
    """What a disk or a hex editor does: the text may not even be text any more."""
    name = chance.choice(TEXTS)
    content = bytearray(str(table[place - 1][name]).encode())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    tx.execute(f"UPDATE audit SET {name} = CAST(x'{content.hex()}' AS TEXT) WHERE seq = {place}")


def found(desk: Desk, change: Callable[[Tx], object], earlier: list[Head]) -> Chain:
    """Verify a changed table, and take the change back."""
    chains: list[Chain] = []
    with suppress(Undone), desk.ledger.transaction() as tx:
        change(tx)
        chains.append(desk.audit.verify_chain(earlier))
        raise Undone
    return chains[0]


@pytest.mark.parametrize("tampers_n", [1000, pytest.param(10_000, marks=pytest.mark.full)])
def test_every_tamper_is_found_and_located(desk: Desk, genuine: Table, tampers_n: int) -> None:
    heads = heads_of(genuine)
    kinds = ["flip bit", *PLAIN, *(f"rewrite: {name}" for name in REWRITES)]
    seen: dict[str, set[str | None]] = {kind: set() for kind in kinds}
    for number in range(tampers_n):
        chance = Stream(1, "tamper", number)
        kind = kinds[number % len(kinds)]
        sizes = sorted(chance.sample(range(1, ENTRIES_N + 1), chance.randint(1, 6)))
        place = chance.randint(1, sizes[-1])
        table = [dict(row) for row in genuine]
        earlier = [heads[size] for size in sizes]
        if kind == "flip bit":
            chain = found(desk, partial(flip_bit, table=genuine, place=place, chance=chance), earlier)
            expected = place
        elif kind in PLAIN:
            expected = PLAIN[kind](table, place, chance) or place
            chain = found(desk, partial(put, table=table), earlier)
        else:
            REWRITES[kind.removeprefix("rewrite: ")](table, place, chance)
            expected = min(size for size in sizes if size >= place)
            chain = found(desk, partial(put, table=table), earlier)
        first = place if kind.startswith("rewrite") else expected
        confirmed_n = max((size for size in sizes if size < first), default=0)
        assert (chain.broken_at, chain.confirmed_n) == (expected, confirmed_n), (number, kind, place, sizes)
        seen[kind].add(chain.why)
    assert seen["stray"] == {"EXTRA_ENTRY"}
    assert seen["truncate"] == {"MISSING_TAIL"}
    assert "MISSING_ENTRY" in seen["delete"] <= {"MISSING_ENTRY", "MISSING_TAIL"}
    assert seen["reorder"] == {"WRONG_LINK"}
    assert seen["rewrite: edit"] == {"REWRITTEN_ENTRY"}
    assert set().union(*seen.values()) == {
        "EXTRA_ENTRY", "MISSING_ENTRY", "MISSING_TAIL", "WRONG_LINK", "ALTERED_ENTRY", "REWRITTEN_ENTRY",
    }  # fmt: skip


def test_a_forged_stretch_before_a_link_that_breaks_is_not_confirmed(desk: Desk, genuine: Table) -> None:
    heads = heads_of(genuine)
    table = [dict(row) for row in genuine]
    change_who(table, 10, Stream(1))
    resealed(table, 10, 15)
    chain = found(desk, partial(put, table=table), [heads[5], heads[20]])
    assert (chain.broken_at, chain.why, chain.confirmed_n) == (16, "WRONG_LINK", 5)


def test_an_untouched_log_that_grew_agrees_with_every_root_it_had(desk: Desk, genuine: Table) -> None:
    heads = list(heads_of(genuine).values())
    with desk.ledger.transaction() as tx:
        desk.audit.record(tx, Deed("look", CUSTOMER, 103, "SHOWN", {}))
    chain = required(desk.audit.verify_chain(heads[::-1]))
    assert (chain.entries_n, chain.confirmed_n, chain.why) == (ENTRIES_N + 1, ENTRIES_N, None)
    assert desk.audit.verify_chain([Head(0, b"")]).broken_at is None


def test_what_was_added_after_the_last_root_is_bound_by_none(desk: Desk, genuine: Table) -> None:
    table = genuine[:-5]
    chain = found(desk, partial(put, table=table), [heads_of(genuine)[ENTRIES_N - 5]])
    assert (chain.entries_n, chain.why) == (ENTRIES_N - 5, None)


def test_two_roots_of_the_same_size_cannot_both_be_right(desk: Desk, genuine: Table) -> None:
    heads = heads_of(genuine)
    for other in (bytes(32), b"\xff" * 32):
        chain = desk.audit.verify_chain([heads[3], heads[7], Head(7, other)])
        assert (chain.entries_n, chain.broken_at, chain.why) == (3, 7, "REWRITTEN_ENTRY")


def test_a_broken_chain_is_refused_with_place_and_kind(desk: Desk, genuine: Table) -> None:
    heads = heads_of(genuine)
    for earlier, broken in (
        ([heads[4], Head(9, bytes(32))], "an entry from 5 to 9 (REWRITTEN_ENTRY); 4 entries before it hold"),
        ([Head(40, bytes(32))], "entry 31 (MISSING_TAIL); 30 entries before it hold"),
    ):
        with pytest.raises(CallerError) as refused:
            required(desk.audit.verify_chain(earlier))
        assert (refused.value.code, refused.value.exit_code) == ("AUDIT_BROKEN", 2)
        assert broken in refused.value.message


SALTS = {
    "DELETE FROM audit_salt WHERE seq = 12": (12, "MISSING_SALT"),
    "DELETE FROM audit_salt WHERE seq >= 29": (29, "MISSING_SALT"),
    "UPDATE audit_salt SET salt = 'x' || substr(salt, 2) WHERE seq = 7": (7, "ALTERED_SALT"),
    "UPDATE audit_salt SET salt = upper(salt) || 'A' WHERE seq = 7": (7, "ALTERED_SALT"),
    "UPDATE audit_salt SET salt = '' WHERE seq = 30": (30, "ALTERED_SALT"),
    "UPDATE audit_salt SET salt = CAST(x'ff' AS TEXT) || substr(salt, 2) WHERE seq = 1": (1, "ALTERED_SALT"),
    "INSERT INTO audit_salt SELECT 31, salt FROM audit_salt WHERE seq = 30": (31, "EXTRA_SALT"),
}


@pytest.mark.parametrize("change", SALTS)
def test_a_salt_that_is_gone_or_is_none_is_found(desk: Desk, genuine: Table, change: str) -> None:
    chain = found(desk, lambda tx: tx.execute(change), [heads_of(genuine)[20]])
    assert (chain.broken_at, chain.why) == SALTS[change]
    assert (chain.entries_n, chain.confirmed_n) == (ENTRIES_N, 20)
    with pytest.raises(CallerError, match="the chain holds, but what salts"):
        required(chain)
