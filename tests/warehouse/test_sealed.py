"""A sealed stream gives back what was put in, in constant memory, and nothing at all where a byte was touched."""

from __future__ import annotations

import io
import tracemalloc
from collections.abc import Iterator

import pytest

from kit.chance import Stream
from kit.errors import CallerError
from warehouse import _sealed
from warehouse._sealed import CHUNK_BYTES, HEADER_BYTES, Sealer, unsealed

PASSPHRASE = "a passphrase for tests"
TAG_BYTES = 16
SEED = 20261120


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_sealed, "COST_LOG2", 4)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> int:
    """Chunks so small that a few bytes make many."""
    monkeypatch.setattr(_sealed, "CHUNK_BYTES", 32)
    return 32


def sealed(*pieces: bytes) -> bytes:
    out = io.BytesIO()
    sealer = Sealer(out.write, PASSPHRASE)
    for piece in pieces:
        sealer.write(piece)
    sealer.finish()
    return out.getvalue()


def opened(content: bytes, passphrase: str = PASSPHRASE) -> bytes:
    return b"".join(unsealed(io.BytesIO(content).read, passphrase))


def code_of(content: bytes, passphrase: str = PASSPHRASE) -> str:
    with pytest.raises(CallerError) as refused:
        opened(content, passphrase)
    assert refused.value.hint
    return refused.value.code


@pytest.mark.parametrize("size", [0, 1, 31, 32, 33, 63, 64, 65, 1000])
def test_what_was_sealed_comes_out(small: int, size: int) -> None:
    content = bytes(range(256)) * 4
    assert opened(sealed(content[:size])) == content[:size]
    assert opened(sealed(*(content[at : at + 7] for at in range(0, size, 7)))) == content[: size + -size % 7]
    assert len(sealed(content[:size])) == HEADER_BYTES + size + TAG_BYTES * max(1, -(-size // small))


def test_the_same_content_never_looks_the_same_and_shows_nothing_of_itself() -> None:
    content = b"PAN AAAPZ0000A " * 1000
    one, other = sealed(content), sealed(content)
    assert one[len(_sealed.MAGIC) :] != other[len(_sealed.MAGIC) :]
    assert b"AAAPZ" not in one


def test_a_flip_of_any_bit_is_found(small: int) -> None:
    content = sealed(bytes(100))
    for at in range(len(content)):
        for bit in range(8):
            flipped = bytearray(content)
            flipped[at] ^= 1 << bit
            assert code_of(bytes(flipped)) == "BACKUP_UNREADABLE", (at, bit)


def test_a_stream_that_is_cut_anywhere_is_found(small: int) -> None:
    content = sealed(bytes(100))
    for size in range(len(content)):
        assert code_of(content[:size]) == "BACKUP_UNREADABLE", size
    assert code_of(content + b"\0") == "BACKUP_UNREADABLE"


def test_chunks_moved_doubled_left_out_or_of_another_stream_are_found(small: int) -> None:
    step = small + TAG_BYTES
    content, other = sealed(bytes(range(160))), sealed(bytes(range(160)))
    head, chunks = (
        content[:HEADER_BYTES],
        [content[at : at + step] for at in range(HEADER_BYTES, len(content), step)],
    )
    foreign = [other[at : at + step] for at in range(HEADER_BYTES, len(other), step)]
    assert len(chunks) == 5
    chance = Stream(SEED, "chunks")
    for _ in range(300):
        order = [chance.choice([*chunks, *foreign]) for _ in range(chance.randint(1, 7))]
        assert order == chunks or code_of(head + b"".join(order)) == "BACKUP_UNREADABLE", SEED


def test_another_passphrase_is_told_from_a_damage() -> None:
    content = sealed(b"x")
    for passphrase in ("", "A passphrase for tests", PASSPHRASE + " ", "पासवर्ड"):
        assert code_of(content, passphrase) == "PASSPHRASE_WRONG"


def test_a_short_passphrase_is_refused() -> None:
    with pytest.raises(CallerError) as refused:
        Sealer(io.BytesIO().write, "eleven char")
    assert refused.value.code == "PASSPHRASE_TOO_SHORT"


def test_a_header_that_asks_for_all_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    content = bytearray(sealed(b"x"))
    content[len(_sealed.MAGIC)] = 40
    fields = bytes(content[: _sealed._HEADER.size])
    assert code_of(fields + _sealed._digest(fields) + content[HEADER_BYTES:]) == "BACKUP_UNREADABLE"


def test_neither_way_holds_more_than_a_few_chunks() -> None:
    pieces, piece = 48, bytes(CHUNK_BYTES)

    def stream() -> Iterator[bytes]:
        held: list[bytes] = []
        sealer = Sealer(held.append, PASSPHRASE)
        for _ in range(pieces):
            sealer.write(piece)
            yield from held
            held.clear()
        sealer.finish()
        yield from held

    source, rest = stream(), bytearray()

    def read(size: int) -> bytes:
        while len(rest) < size and (more := next(source, b"")):
            rest.extend(more)
        taken = bytes(rest[:size])
        del rest[:size]
        return taken

    tracemalloc.start()
    total = sum(map(len, unsealed(read, PASSPHRASE)))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert total == pieces * CHUNK_BYTES
    assert peak < 12 * CHUNK_BYTES
