"""A checkpoint kept elsewhere confirms the audit, or shows what was done to it, and cannot be made by anybody else."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest

from consent.artefact import Event
from consent.audit import GENESIS, Chain, Deed, Entry, entry_of, sealed
from consent.checkpoint import Checkpoints, Document, heads_kept, jwk_set, opened
from consent.grants import Use, Wanted
from consent.keys import Keys, public_keys
from consent.terms import GrantOrder
from kit.canonical import line
from kit.chance import Stream
from kit.errors import BahiError, CallerError
from kit.merkle import Head, leaf_hash, root_of
from tests.consent.desk import CUSTOMER, START, Desk, PaperLake
from warehouse.ledger import Tx, Value

ENTRIES_N = 24
ORDER = GrantOrder(CUSTOMER, sources=("ledgers",))


class Undone(Exception):
    pass


@pytest.fixture
def checkpoints(desk: Desk) -> Checkpoints:
    return Checkpoints(desk.ledger, Keys(desk.lake, desk.clock, {}, "sandbox"), desk.clock)


def look(desk: Desk, entries_n: int = 1) -> None:
    for _ in range(entries_n):
        desk.audit.look("look", CUSTOMER)


def keys_of(desk: Desk) -> tuple[object, ...]:
    with desk.ledger.reading() as tx:
        return public_keys(tx)


def test_a_checkpoint_is_the_root_over_every_entry_signed(desk: Desk, checkpoints: Checkpoints) -> None:
    for size in (0, 1, 2, 5, 9):
        look(desk, size - len(desk.rows("audit")))
        found = opened(line(checkpoints.make()), keys_of(desk))  # type: ignore[arg-type]
        leaves = [leaf_hash(bytes.fromhex(str(row["hash"]))) for row in desk.rows("audit")]
        assert found.head == Head(size, root_of(leaves))
        assert [head.leaves_n for head in found.earlier] == [n for n in (0, 1, 2, 5) if n < size]
    assert desk.audit.verify_chain(found.heads).confirmed_n == 9


def test_at_the_same_size_it_is_the_same_to_the_byte(desk: Desk, checkpoints: Checkpoints) -> None:
    look(desk, 3)
    first = checkpoints.make()
    desk.clock.at = START + timedelta(hours=1)
    other = Checkpoints(desk.ledger, Keys(desk.lake, desk.clock, {}, "sandbox"), desk.clock)
    assert line(other.make()) == line(first)
    assert len(desk.rows("checkpoint")) == 1
    look(desk)
    assert checkpoints.make()["entries_n"] == 4 and len(desk.rows("checkpoint")) == 2


def test_of_two_heads_made_at_once_the_first_stays(desk: Desk, checkpoints: Checkpoints) -> None:
    look(desk, 3)
    with desk.ledger.reading() as tx:
        late = checkpoints._drawn(tx)
    kept = checkpoints.make()
    with desk.ledger.transaction() as tx:
        assert checkpoints._kept(tx, {**late, "at": "later"})["at"] == kept["at"]
    assert len(desk.rows("checkpoint")) == 1


def test_it_tells_what_was_withdrawn_and_paused_and_what_is_still_to_go(
    desk: Desk, checkpoints: Checkpoints
) -> None:
    kept, paused, gone, going = (desk.consents.grant(ORDER)[0] for _ in range(4))
    desk.consents.apply(paused.id, Event.PAUSE)
    desk.erasure.revoke(gone.id)
    desk.lake.breaks.append(CallerError("STUCK", "It resists."))
    with suppress(BahiError):
        desk.erasure.revoke(going.id)
    document = checkpoints.make()
    found = opened(line(document), None)
    assert {one.consent_id: (one.state, one.reason) for one in found.tombstones} == {
        gone.id: ("done", "REVOKED"),
        going.id: ("pending", "REVOKED"),
    }
    done = {one.consent_id: (one.done_at is None, one.objects_sha256 is None) for one in found.tombstones}
    assert done == {gone.id: (False, False), going.id: (True, True)}
    assert {one.purpose for one in found.tombstones} == {103}
    assert document["paused"] == [paused.id]
    assert found.states == {paused.id: "PAUSED", gone.id: "REVOKED", going.id: "REVOKED"}
    assert kept.id not in line(document).decode()


def altered(value: object) -> list[object]:
    """Change one thing at a time: every member, and one of each list."""
    if isinstance(value, dict):
        changed: list[object] = [
            {**value, name: other} for name, member in value.items() for other in altered(member)
        ]
        return [
            *changed,
            *({n: m for n, m in value.items() if n != name} for name in value),
            {**value, "x": 1},
        ]
    if isinstance(value, list):
        inside = [
            [*value[:at], other, *value[at + 1 :]]
            for at, member in enumerate(value)
            for other in altered(member)
        ]
        return [*inside, *([*value[:at], *value[at + 1 :]] for at in range(len(value)))]
    if isinstance(value, str):
        return [value + "0", value[:-1]]
    return [int(value or 0) + 1]


def test_whatever_is_changed_in_it_it_is_refused(desk: Desk, checkpoints: Checkpoints) -> None:
    (paused,) = desk.consents.grant(ORDER)
    desk.consents.apply(paused.id, Event.PAUSE)
    checkpoints.make()
    desk.erasure.revoke(desk.consents.grant(ORDER)[0].id)
    genuine = json.loads(line(checkpoints.make()))
    assert opened(line(genuine), None).tombstones
    forged = altered(genuine)
    assert len(forged) > 60
    for document in forged:
        with pytest.raises(CallerError) as refused:
            opened(line(document), None)
        assert refused.value.code in ("CHECKPOINT_FORGED", "CHECKPOINT_UNREADABLE"), document


def test_one_signed_by_somebody_else_is_refused(desk: Desk, checkpoints: Checkpoints) -> None:
    look(desk)
    genuine = checkpoints.make()
    strange = Keys(PaperLake(), desk.clock, {}, "sandbox")
    with suppress(Undone), desk.ledger.transaction() as tx:
        bare = {
            name: value
            for name, value in genuine.items()
            if name not in ("signature", "signed_by", "public_key")
        }
        forged = line(strange.sign(tx, bare))
        raise Undone
    assert opened(forged, None).head == opened(line(genuine), None).head
    with pytest.raises(CallerError) as refused:
        opened(forged, keys_of(desk))  # type: ignore[arg-type]
    assert refused.value.code == "CHECKPOINT_FORGED"
    trusted = jwk_set(line({"keys": [{**genuine["public_key"], "use": "sig"}]}), "")  # type: ignore[dict-item]
    assert opened(line(genuine), trusted).head.leaves_n == 1
    with pytest.raises(CallerError):
        opened(forged, trusted)


@pytest.mark.parametrize(
    "content", [b"", b"\xff", b"[]", b"{}", b"null", b'{"kind":"checkpoint"}', b"[" * 3000]
)
def test_what_is_none_is_told(content: bytes) -> None:
    with pytest.raises(CallerError) as refused:
        opened(content, None)
    assert refused.value.code == "CHECKPOINT_UNREADABLE"
    with pytest.raises(CallerError) as refused:
        jwk_set(content, "Name another.")
    assert (refused.value.code, refused.value.hint) == ("KEYS_UNREADABLE", "Name another.")


def test_a_broken_audit_is_not_signed(desk: Desk, checkpoints: Checkpoints) -> None:
    look(desk, 4)
    checkpoints.make()
    look(desk, 4)
    desk.unlock()
    for statement in (
        "UPDATE audit SET actor = 'other' WHERE seq = 6",
        "DELETE FROM audit WHERE seq = 5",
        "DELETE FROM audit WHERE seq > 3",
    ):
        with suppress(Undone), desk.ledger.transaction() as tx:
            assert tx.execute(statement)
            with pytest.raises(CallerError) as refused:
                checkpoints._drawn(tx)
            assert refused.value.code == "AUDIT_BROKEN"
            raise Undone
    assert len(desk.rows("checkpoint")) == 1


@pytest.mark.parametrize(
    "change", ["document = replace(document, 'head', 'haed')", "entries_n = 9", "document = 'x'"]
)
def test_a_head_of_its_own_that_was_changed_is_told(
    desk: Desk, checkpoints: Checkpoints, change: str
) -> None:
    look(desk, 4)
    checkpoints.make()
    desk.unlock("checkpoint")
    desk.sql(f"UPDATE checkpoint SET {change}")
    look(desk)
    with desk.ledger.reading() as tx, pytest.raises(CallerError) as refused:
        heads_kept(tx, public_keys(tx))
    assert (refused.value.code, "as it was signed" in refused.value.message) == ("AUDIT_BROKEN", True)
    with pytest.raises(CallerError):
        checkpoints.make()


Table = list[dict[str, Value]]


def rewritten(table: Table, place: int, chance: Stream) -> None:
    """Change an entry and forge every link after it, as whoever owns the file can do."""
    table[place - 1]["actor"] = "other"
    _resealed(table, place)


def cut(table: Table, place: int, chance: Stream) -> None:
    del table[place - 1 :]


def left_out(table: Table, place: int, chance: Stream) -> None:
    del table[place - 1]
    _resealed(table, place)


def put_in(table: Table, place: int, chance: Stream) -> None:
    table.insert(place - 1, dict(table[chance.randrange(len(table))], actor="other"))
    _resealed(table, place)


def _resealed(table: Table, place: int) -> None:
    for seq in range(place, len(table) + 1):
        row = table[seq - 1]
        row["seq"], row["prev_hash"] = seq, table[seq - 2]["hash"] if seq > 1 else GENESIS
        row["hash"] = sealed(entry_of(row))


TAMPERS: dict[str, Callable[[Table, int, Stream], None]] = {
    act.__name__: act for act in (rewritten, cut, left_out, put_in)
}


@pytest.mark.parametrize("tampers_n", [200, pytest.param(2000, marks=pytest.mark.full)])
def test_every_rewriting_of_the_past_is_found_and_located_by_the_file_alone(
    desk: Desk, checkpoints: Checkpoints, tampers_n: int
) -> None:
    chance = Stream(1, "checkpoints")
    sizes = sorted(chance.sample(range(1, ENTRIES_N), 5))
    files: dict[int, Document] = {}
    for size in [*sizes, ENTRIES_N]:
        look(desk, size - len(desk.rows("audit")))
        files[size] = checkpoints.make()
    genuine = desk.rows("audit")
    desk.unlock()
    desk.unlock("checkpoint")
    for number in range(tampers_n):
        chance = Stream(1, "rewriting", number)
        last = chance.choice(sorted(files))
        kind, place = chance.choice(list(TAMPERS)), chance.randint(1, last)
        table = [dict(row) for row in genuine]
        TAMPERS[kind](table, place, chance)
        chain = _found(desk, table, opened(line(files[last]), None).heads)
        expected = place if kind == "cut" else min(size for size in files if size >= place)
        if kind == "left_out" and expected == ENTRIES_N:
            assert chain.why == "MISSING_TAIL"
        else:
            assert (chain.broken_at, kind == "cut") == (expected, chain.why == "MISSING_TAIL"), (
                number,
                kind,
                place,
            )
        assert chain.confirmed_n == max((size for size in files if size < place and size <= last), default=0)


def _found(desk: Desk, table: Table, heads: tuple[Head, ...]) -> Chain:
    """Verify as if nothing but the file were left: the ledger's own heads and salts were taken away too."""
    chains: list[Chain] = []
    with suppress(Undone), desk.ledger.transaction() as tx:
        _put(tx, table)
        chains.append(desk.audit.verify_chain(heads))
        raise Undone
    return chains[0]


def _put(tx: Tx, table: Table) -> None:
    for name in ("audit", "audit_salt", "checkpoint"):
        tx.execute(f"DELETE FROM {name}")
    places = ", ".join(f":{name}" for name in Entry._fields)
    for row in table:
        tx.execute(f"INSERT INTO audit ({', '.join(Entry._fields)}) VALUES ({places})", **row)
        tx.execute("INSERT INTO audit_salt (seq, salt) VALUES (:seq, :salt)", seq=row["seq"], salt="0" * 32)


def test_what_is_asked_for_while_others_write_is_one_state(desk: Desk, checkpoints: Checkpoints) -> None:
    (consent,) = desk.consents.grant(ORDER)
    with desk.ledger.reading() as tx:
        before = checkpoints._drawn(tx)
    desk.consents.open_scope(Wanted(CUSTOMER, 103, Use.PROCESS))
    desk.erasure.revoke(consent.id)
    assert before["entries_n"] == 1
    assert checkpoints.make()["entries_n"] == len(desk.rows("audit"))
    with desk.ledger.transaction() as tx:
        desk.audit.record(tx, Deed("look", CUSTOMER, 103, "SHOWN", {}))
    assert checkpoints.make()["entries_n"] == len(desk.rows("audit"))
