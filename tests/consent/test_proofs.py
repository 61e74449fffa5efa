"""A proof shows an entry, or that the audit only grew, to whoever has nothing but the file; a spoiled one does not."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest

from consent.audit import Deed
from consent.checkpoint import Checkpoints, Document
from consent.keys import Keys
from consent.proofs import prove_entry, prove_growth, proven
from kit.canonical import line
from kit.chance import Stream
from kit.errors import CallerError, NotFound
from kit.ident import CustomerId
from tests.consent.desk import CUSTOMER, Desk, PaperLake

SIZES = (1, 2, 7, 8, 21, 40)


class Undone(Exception):
    pass


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """A log with a signed head at several sizes."""
    checkpoints = Checkpoints(desk.ledger, Keys(desk.lake, desk.clock, {}, "sandbox"), desk.clock)
    for number in range(1, SIZES[-1] + 1):
        customer = None if number % 5 == 0 else CustomerId(f"MSME{number:03}")
        with desk.ledger.transaction() as tx:
            desk.audit.record(tx, Deed("look", customer, 103 if number % 3 else None, "SHOWN", {}))
        if number in SIZES:
            checkpoints.make()
    return desk


def entry_proof(desk: Desk, seq: int, size: int | None = None) -> Document:
    with desk.ledger.reading() as tx:
        return json.loads(line(prove_entry(tx, seq, size)))  # type: ignore[no-any-return]


def growth_proof(desk: Desk, earlier_n: int, size: int | None = None) -> Document:
    with desk.ledger.reading() as tx:
        return json.loads(line(prove_growth(tx, earlier_n, size)))  # type: ignore[no-any-return]


def is_refused(document: object) -> bool:
    try:
        proven(line(document), None)
    except CallerError as error:
        return error.code in ("PROOF_REFUTED", "PROOF_UNREADABLE")
    return False


def test_every_entry_is_proved_in_every_signed_log_that_holds_it(desk: Desk) -> None:
    entries = {entry.seq: entry for entry in desk.audit.entries(limit=100)}
    for size in SIZES:
        for seq in range(1, size + 1):
            shown = proven(line(entry_proof(desk, seq, size)), None)
            assert (shown.entry, shown.head.leaves_n, shown.earlier) == (entries[seq], size, None)
    assert proven(line(entry_proof(desk, 3)), None).head.leaves_n == SIZES[-1]


def test_every_beginning_is_proved_of_every_signed_log(desk: Desk) -> None:
    for size in SIZES:
        roots = {
            earlier_n: proven(line(growth_proof(desk, earlier_n, size)), None)
            for earlier_n in range(size + 1)
        }
        for earlier_n, shown in roots.items():
            assert shown.earlier is not None and shown.entry is None
            assert (shown.earlier.leaves_n, shown.head.leaves_n) == (earlier_n, size)
            kept = desk.audit.verify_chain([shown.earlier, shown.head])
            assert kept.broken_at is None and kept.confirmed_n == size


def altered(value: object) -> list[object]:
    if isinstance(value, dict):
        changed: list[object] = [
            {**value, n: other} for n, member in value.items() for other in altered(member)
        ]
        return [*changed, *({n: m for n, m in value.items() if n != name} for name in value)]
    if isinstance(value, list):
        inside = [
            [*value[:at], other, *value[at + 1 :]]
            for at, member in enumerate(value)
            for other in altered(member)
        ]
        return [*inside, *([*value[:at], *value[at + 1 :]] for at in range(len(value))), [*value, "00" * 32]]
    if isinstance(value, str):
        return [value + "0", value[:-1], "f" + value[1:] if value[:1] != "f" else "0" + value[1:]]
    return [int(value or 0) + 1, int(value or 0) - 1]


def test_a_proof_in_which_anything_is_changed_is_refused(desk: Desk) -> None:
    spoiled = [*altered(entry_proof(desk, 11, 21)), *altered(growth_proof(desk, 7, 40))]
    assert len(spoiled) > 150
    for document in spoiled:
        assert is_refused(document), document


def test_the_proof_of_one_entry_does_not_show_another(desk: Desk) -> None:
    chance = Stream(1, "swapped")
    for _ in range(100):
        size = chance.choice([8, 21, 40])
        one, other = chance.sample(range(1, size + 1), 2)
        mixed = {**entry_proof(desk, one, size), "entry": entry_proof(desk, other, size)["entry"]}
        assert is_refused(mixed)
        assert is_refused({**mixed, "leaf_index": other - 1})
    assert is_refused({**entry_proof(desk, 3, 8), "signed_head": entry_proof(desk, 3, 21)["signed_head"]})


def test_a_head_signed_by_nobody_trusted_shows_nothing(desk: Desk) -> None:
    genuine = entry_proof(desk, 3)
    signed = genuine["signed_head"]
    assert isinstance(signed, dict)
    strange = Keys(PaperLake(), desk.clock, {}, "sandbox")
    bare = {
        name: value for name, value in signed.items() if name not in ("signature", "signed_by", "public_key")
    }
    with suppress(Undone), desk.ledger.transaction() as tx:
        forged = line({**genuine, "signed_head": strange.sign(tx, bare)})
        raise Undone
    mine = [signed["public_key"]]
    assert proven(line(genuine), mine).signed_by == signed["signed_by"]
    with pytest.raises(CallerError) as refused:
        proven(forged, mine)
    assert refused.value.code == "PROOF_REFUTED"


@pytest.mark.parametrize(
    "content", [b"", b"\xff", b"[]", b"{}", b'{"kind":"other","signed_head":{}}', b"[" * 3000]
)
def test_what_is_no_proof_is_told(content: bytes) -> None:
    with pytest.raises(CallerError) as refused:
        proven(content, None)
    assert refused.value.code == "PROOF_UNREADABLE"


def test_what_was_not_signed_cannot_be_proved(desk: Desk) -> None:
    desk.audit.look("later", CUSTOMER)
    for code, ask in {
        "ENTRY_NOT_SIGNED": lambda: entry_proof(desk, SIZES[-1] + 1),
        "HEAD_NOT_SIGNED": lambda: entry_proof(desk, 1, 3),
        "CHECKPOINT_OLDER": lambda: growth_proof(desk, 9, 8),
    }.items():
        with pytest.raises(CallerError) as refused:
            ask()
        assert refused.value.code == code
        assert "bahi audit checkpoint" in refused.value.hint
        assert isinstance(refused.value, NotFound) or code == "CHECKPOINT_OLDER"


def test_a_log_that_was_changed_is_not_proved(desk: Desk) -> None:
    desk.unlock()
    desk.sql("UPDATE audit SET hash = prev_hash WHERE seq = 5")
    for ask in (lambda: entry_proof(desk, 9, 21), lambda: growth_proof(desk, 2, 7)):
        with pytest.raises(CallerError) as refused:
            ask()
        assert refused.value.code == "AUDIT_BROKEN"
    assert proven(line(entry_proof(desk, 1, 2)), None).entry is not None
