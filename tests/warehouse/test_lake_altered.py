from __future__ import annotations

import pytest

from kit.errors import CallerError
from tests.warehouse.world import CUSTOMER, Place, scope
from warehouse import _fs
from warehouse._lines import first_difference

LINES = b"".join(b'{"n":%d}\n' % n for n in range(1, 1001))
ALTERATIONS = {
    "a flipped byte": (LINES.replace(b'{"n":700}', b'{"n":701}'), 700),
    "a line gone": (LINES.replace(b'{"n":300}\n', b""), 300),
    "a line more": (LINES.replace(b'{"n":300}\n', b'{"n":300}\n{"n":0}\n'), 301),
    "lines at the end": (LINES + b'{"n":0}\n', 1001),
    "the end cut off": (LINES[: LINES.index(b'{"n":900}')], 900),
    "half a line cut off": (LINES[:-3], 1000),
    "the last newline gone": (LINES[:-1], 1000),
    "two lines joined": (LINES.replace(b'{"n":1}\n', b'{"n":1} '), 1),
    "emptied": (b"", 1),
    "half swapped": (LINES.replace(b'{"n":5}\n{"n":6}\n', b'{"n":6}\n{"n":5}\n'), 5),
}


@pytest.mark.parametrize("name", ALTERATIONS)
def test_a_raw_file_altered_afterwards_is_refused_by_file_and_line(place: Place, name: str) -> None:
    delivery = place.deliver(LINES)
    content, line = ALTERATIONS[name]
    place.raw_file(delivery).write_bytes(content)
    for read in (
        lambda: place.lake.check_raw(scope(), "bank"),
        lambda: list(place.lake.items(scope(), "bank")),
    ):
        with pytest.raises(CallerError) as refusal:
            read()
        assert refusal.value.code == "RAW_ALTERED"
        assert refusal.value.place == f"raw/{CUSTOMER}/bank/{delivery.id}.ndjson:{line}"
        assert f"line {line}" in refusal.value.message


def test_an_altered_line_is_refused_when_it_is_shown(place: Place) -> None:
    delivery = place.deliver(LINES)
    refs = [item.ref for item in place.lake.items(scope(), "bank")]
    place.raw_file(delivery).write_bytes(LINES.replace(b'{"n":700}', b'{"n":701}'))
    assert place.lake.raw_line(scope(), refs[698], "bank") == b'{"n":699}'
    with pytest.raises(CallerError, match="first at line 700"):
        place.lake.raw_line(scope(), refs[699], "bank")
    with pytest.raises(CallerError, match="altered"):
        place.lake.raw_line(scope(), refs[0]._replace(sha="0" * 16), "bank")
    place.raw_file(delivery).write_bytes(LINES[:20])
    with pytest.raises(CallerError, match="first at line 3"):
        place.lake.raw_line(scope(), refs[699], "bank")


@pytest.mark.parametrize("content", [b"", b"\0" * 16_000, b"\xff" * 16_000, b"\0" * 7], ids=repr)
def test_an_altered_index_is_refused_by_name(place: Place, content: bytes) -> None:
    delivery = place.deliver(LINES)
    refs = [item.ref for item in place.lake.items(scope(), "bank")]
    place.raw_file(delivery, "lines").write_bytes(content[:16_000])
    for read in (
        lambda: place.lake.check_raw(scope(), "bank"),
        lambda: list(place.lake.items(scope(), "bank")),
        lambda: place.lake.raw_line(scope(), refs[500], "bank"),
    ):
        with pytest.raises(CallerError, match=f"{delivery.id}.lines was altered") as refusal:
            read()
        assert refusal.value.code == "RAW_ALTERED"


def test_an_index_with_more_lines_than_arrived_is_refused(place: Place) -> None:
    delivery = place.deliver(LINES)
    index = place.raw_file(delivery, "lines")
    index.write_bytes(index.read_bytes() + b"\0" * 16)
    for read in (
        lambda: place.lake.check_raw(scope(), "bank"),
        lambda: list(place.lake.items(scope(), "bank")),
    ):
        with pytest.raises(CallerError, match=f"{delivery.id}.lines was altered"):
            read()


@pytest.mark.parametrize("kind", ["ndjson", "lines"])
def test_a_missing_file_is_named_and_the_same_bytes_delivered_again_heal_it(place: Place, kind: str) -> None:
    delivery = place.deliver(LINES)
    stood = place.tree()
    place.raw_file(delivery, kind).unlink()
    with pytest.raises(CallerError, match=f"{delivery.id}.{kind} is missing") as refusal:
        place.lake.check_raw(scope(), "bank")
    assert refusal.value.code == "RAW_ALTERED"
    place.deliver(LINES)
    assert place.tree() == stood
    place.raw_file(delivery, kind).write_bytes(b"other")
    place.deliver(LINES)
    assert place.tree() == stood


def test_the_first_difference_is_found_over_many_blocks() -> None:
    from warehouse._lines import Indexer

    indexer = Indexer()
    index = indexer.feed(LINES) + indexer.finish()
    pieces = [LINES[at : at + 7] for at in range(0, len(LINES), 7)]
    assert first_difference(pieces, [index[:160], index[160:]]) == 1000
    assert first_difference([*pieces, b"more"], [index]) == 1001
    assert _fs.BLOCK_BYTES % 16 == 0
