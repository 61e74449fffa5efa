from __future__ import annotations

import os
import shutil
import threading
import tracemalloc
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from kit.errors import CallerError, ConsentRequired, NotFound, TransientError
from kit.scope import DateRange
from kit.source import RawRef
from tests.warehouse.world import CHANGES, CUSTOMER, LATER, NOW, Place, acts_of, arrival, grant, scope
from warehouse.lake import Caps, Lake

MIB = 1 << 20

BAD = {
    "no final newline": (b'{"a":1}\n{"a":2}', [None, None]),
    "half a last line": (b'{"a":1}\n{"a":', [None, "NOT_JSON"]),
    "a mark in front": (b'\xef\xbb\xbf{"a":1}\n{"a":2}\n', [None, None]),
    "UTF-16": ('{"a":1}\n{"a":2}\n'.encode("utf-16"), ["UTF16"] * 3),
    "a NUL": (b'{"a":1}\n{"a":"\x00"}\n{"a":3}\n', [None, "NUL_BYTE", None]),
    "NaN": (b'{"a":NaN}\n{"a":Infinity}\n{"a":1}\n', ["NOT_JSON", "NOT_JSON", None]),
    "one key twice": (b'{"a":1,"a":2}\n{"a":1}\n', ["DUPLICATE_KEYS", None]),
    "deep nesting": (b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}\n" + b'{"a":1}\n', ["TOO_DEEP", None]),
    "blank lines": (b'\n{"a":1}\n\n', ["EMPTY_LINE", None, "EMPTY_LINE"]),
    "not an object": (b'[1]\n"a"\n7\n', ["NOT_AN_OBJECT"] * 3),
    "not UTF-8": (b'{"a":"\xff"}\n{"a":1}\n', ["NOT_UTF8", None]),
    "10 MB line": (b'{"a":1}\n{"a":"' + b"x" * (10 * MIB) + b'"}\n{"a":2}\n', [None, "LINE_TOO_LONG", None]),
    "long last line": (b'{"a":1}\n' + b"y" * (3 * MIB), [None, "LINE_TOO_LONG"]),
    "at the cap": (
        b'{"a":"' + b"x" * (MIB - 8) + b'"}\n' + b'{"a":"' + b"x" * (MIB - 7) + b'"}',
        [None, "LINE_TOO_LONG"],
    ),
    "nothing": (b"", []),
    "CRLF": (b'{"a":1}\r\n{"a":2}\r\n', [None, None]),
}


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("piece_bytes", [1000, 1 << 24], ids=["in pieces", "whole"])
def test_a_bad_delivery_is_kept_byte_for_byte_and_faulted_by_line(
    place: Place, name: str, piece_bytes: int
) -> None:
    content, faults = BAD[name]
    pieces = [content[at : at + piece_bytes] for at in range(0, len(content), piece_bytes)]
    delivery = place.deliver(*pieces)

    assert place.raw_file(delivery).read_bytes() == content
    assert (delivery.size_bytes, delivery.sha256) == (len(content), sha256(content).hexdigest())
    items = list(place.lake.items(scope(), "bank"))
    assert [item.fault for item in items] == faults
    assert [item.body is None for item in items] == [fault is not None for fault in faults]
    assert delivery.lines_n == len(faults)
    place.lake.check_raw(scope(), "bank")
    lines = content.removesuffix(b"\n").split(b"\n") if content else []
    for number, (item, line) in enumerate(zip(items, lines, strict=True), 1):
        assert item.ref == RawRef(delivery.id, number, sha256(line).hexdigest()[:16])
        assert place.lake.raw_line(scope(), item.ref, "bank") == line[:MIB]


def test_a_huge_line_is_read_in_constant_memory(place: Place) -> None:
    place.deliver(*(b"z" * MIB for _ in range(24)), b"\n", b'{"a":1}\n')
    tracemalloc.start()
    try:
        faults = [item.fault for item in place.lake.items(scope(), "bank")]
        assert tracemalloc.get_traced_memory()[1] < 8 * MIB
    finally:
        tracemalloc.stop()
    assert faults == ["LINE_TOO_LONG", None]


def test_a_smaller_cap_holds_inside_a_block_too(place: Place) -> None:
    place.deliver(b'{"a":1}\n{"a":123456}\n{"a":2}\n')
    small = Lake(place.home, Caps(line_bytes=8))
    assert [item.fault for item in small.items(scope(), "bank")] == [None, "LINE_TOO_LONG", None]


def test_the_same_content_twice_is_one_delivery_and_rewrites_nothing(place: Place) -> None:
    first = place.deliver(b'{"a":1}\n', b'{"a":2}\n')
    stood = place.tree()
    inode = place.raw_file(first).stat().st_ino
    assert place.deliver(b'{"a":1}\n{"a":', b"2}\n") == first
    assert place.tree() == stood
    assert place.raw_file(first).stat().st_ino == inode


def test_the_id_comes_from_source_party_and_content(place: Place) -> None:
    both = scope(grant(), grant(party="PARTNER"), grant(source="gst"))
    ids = {
        place.deliver(b"x\n", under=both).id,
        place.deliver(b"y\n", under=both).id,
        place.deliver(b"x\n", under=both, source="gst").id,
        place.lake.deliver(both, "bank", [b"x\n"], arrival("PARTNER")).id,
    }
    assert len(ids) == 4
    assert all(len(name) == 16 and int(name, 16) >= 0 for name in ids)
    assert [row.id for row in place.lake.deliveries(both)] == sorted(ids)


@pytest.mark.parametrize("held", [scope(grant(source="gst")), scope(grant(party="PARTNER"))])
def test_nothing_comes_in_without_a_grant_for_source_and_party(place: Place, held: object) -> None:
    assert isinstance(held, type(scope()))
    with pytest.raises(ConsentRequired, match="bank of OWNER") as refusal:
        place.deliver(b"x\n", under=held)
    assert refusal.value.code == "FI_TYPE_OUT_OF_SCOPE"
    assert "bahi consent grant" in refusal.value.hint
    assert not place.root.exists()


def test_a_consent_that_ends_while_bytes_arrive_keeps_them_out(place: Place) -> None:
    def gone() -> None:
        raise ConsentRequired("CONSENT_REVOKED", "It was revoked.")

    with pytest.raises(ConsentRequired, match="revoked"):
        place.lake.deliver(scope(), "bank", [b"x\n"], arrival(recheck=gone))
    assert not [path for path in place.root.rglob("*") if path.is_file() and path.suffix != ".lock"]


def test_a_feed_that_breaks_off_leaves_nothing(place: Place) -> None:
    def feed() -> object:
        yield b"x\n"
        raise RuntimeError("the line went dead")

    with pytest.raises(RuntimeError, match="dead"):
        place.lake.deliver(scope(), "bank", feed(), arrival())  # type: ignore[arg-type]
    assert not [path for path in place.root.rglob("*") if path.is_file() and path.suffix != ".lock"]


def test_a_scope_sees_only_its_own_holds(place: Place) -> None:
    both = scope(grant("c-1"), grant("c-2", life_end=NOW + LATER))
    delivery = place.deliver(b"x\n", under=both)
    other_purpose = place.deliver(b"y\n", under=scope(grant("c-3"), purpose=104))

    def seen(held: object) -> list[tuple[str, list[str]]]:
        assert isinstance(held, type(both))
        return [(row.id, [hold.consent_id for hold in row.holds]) for row in place.lake.deliveries(held)]

    assert seen(both) == [(delivery.id, ["c-1", "c-2"])]
    assert seen(scope(grant("c-2"))) == [(delivery.id, ["c-2"])]
    assert seen(scope(grant("c-3"))) == []
    assert seen(scope(grant("c-3"), purpose=104)) == [(other_purpose.id, ["c-3"])]
    assert seen(scope(grant("c-1"), purpose=104)) == []
    assert seen(scope(grant("c-1", party="PARTNER"))) == []
    assert seen(scope(grant("c-1", source="gst"))) == []
    assert seen(scope(grant("c-2"), as_of=NOW + LATER)) == []
    assert seen(scope(grant("c-9"))) == []


def test_a_hold_lives_as_long_as_the_longest_grant_and_repeats_only_lengthen_it(place: Place) -> None:
    short, long = grant(life_end=NOW + LATER), grant(life_end=NOW + 2 * LATER, types=("SUMMARY",))

    def ends(held: object) -> list[object]:
        assert isinstance(held, type(scope()))
        return [hold.life_end for hold in place.deliver(b"x\n", under=held).holds]

    assert ends(scope(short)) == [NOW + LATER]
    assert ends(scope(short, long)) == [NOW + 2 * LATER]
    assert ends(scope(short)) == [NOW + 2 * LATER]
    assert ends(scope(short, grant())) == [None]
    assert ends(scope(short)) == [None]


def test_the_input_hash_speaks_of_content_and_not_of_consents(place: Place) -> None:
    place.deliver(b"x\n")
    first = place.lake.input_sha(scope(), "bank")
    place.deliver(b"x\n", under=scope(grant("c-2")))
    assert place.lake.input_sha(scope(grant("c-2")), "bank") == first
    place.deliver(b"y\n")
    assert place.lake.input_sha(scope(), "bank") != first
    assert place.lake.input_sha(scope(), "gst") == place.lake.input_sha(scope(), "ondc")


def test_a_line_outside_the_scope_is_not_there(place: Place) -> None:
    delivery = place.deliver(b"x\n", under=scope(grant("c-2")))
    for held, number in ((scope(grant("c-1")), 1), (scope(grant("c-2")), 2), (scope(grant("c-2")), 0)):
        with pytest.raises(NotFound) as refusal:
            place.lake.raw_line(held, RawRef(delivery.id, number, "0" * 16), "bank")
        assert refusal.value.code == "RAW_LINE_MISSING"


def test_a_delivery_withdrawn_while_it_is_read_says_try_again(place: Place) -> None:
    place.deliver(b"x\n")
    place.deliver(b"y\n")
    items = place.lake.items(scope(), "bank")
    next(items)
    place.withdraw()
    with pytest.raises(TransientError) as refusal:
        list(items)
    assert refusal.value.code == "RAW_WITHDRAWN"


def test_deliveries_of_two_threads_are_both_kept(place: Place) -> None:
    threads = [threading.Thread(target=place.deliver, args=(b"%d\n" % n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(place.lake.deliveries(scope())) == 8
    assert not list((place.home.raw / CUSTOMER).glob(".*"))


def test_a_damaged_manifest_is_named(place: Place) -> None:
    place.deliver(b"x\n")
    manifest = place.home.raw / CUSTOMER / "manifest.json"
    for content in (b"", b"{", b"[]", b"{}", b'{"deliveries":[{"id":1}]}', b'{"deliveries":[7]}'):
        manifest.write_bytes(content)
        with pytest.raises(CallerError) as refusal:
            place.lake.deliveries(scope())
        assert refusal.value.code == "MANIFEST_DAMAGED"
        assert refusal.value.place == f"home/raw/{CUSTOMER}/manifest.json"


def test_the_manifest_reads_back_what_was_written(place: Place) -> None:
    delivery = place.deliver(b"x\n", under=scope(grant("c-1", life_end=NOW + LATER), grant("c-2")))
    (read,) = place.lake.deliveries(scope(grant("c-1", life_end=NOW), grant("c-2")))
    assert read == delivery


def test_everything_is_durable_before_the_manifest_names_it(place: Place) -> None:
    place.deliver(b"x\n")
    acts = acts_of(lambda: place.deliver(b"y\n"), CHANGES)
    committed = acts.index(("rename", str(place.home.raw / CUSTOMER / "manifest.json")))
    for written in {path for act, path in acts if act == "write"}:
        last_write = max(at for at, act in enumerate(acts) if act == ("write", written))
        assert last_write < acts.index(("fsync", written)) < committed
    folder = str(place.home.raw / CUSTOMER / "bank")
    moved = [at for at, (act, path) in enumerate(acts) if act == "rename" and path.startswith(folder)]
    assert len(moved) == 2
    assert max(moved) < acts.index(("fsync", folder)) < committed
    assert acts[committed + 1] == ("fsync", str(place.home.raw / CUSTOMER))


def test_syncing_asks_the_system_to_sync(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[str] = []
    sync = os.fsync

    def watched(handle: int) -> None:
        synced.append(str(Path(f"/proc/self/fd/{handle}").readlink()))
        sync(handle)

    monkeypatch.setattr(os, "fsync", watched)
    acts = acts_of(lambda: place.deliver(b"x\n"), ["fsync"])
    assert synced == [path for _, path in acts]


def test_a_folder_is_durable_in_its_parent_before_anything_is_put_in_it(place: Place) -> None:
    acts = acts_of(lambda: place.deliver(b"x\n"), CHANGES)
    for at, (act, path) in enumerate(acts):
        if act == "mkdir" and ".draft-" not in path:
            assert acts[at + 1] == ("fsync", path.rpartition("/")[0])


def test_what_a_dead_process_left_makes_room_before_the_next_delivery(place: Place) -> None:
    delivery = place.deliver(b"x\n")
    folder = place.home.raw / CUSTOMER
    stood = place.tree()
    (folder / ".draft-0011").mkdir()
    (folder / ".draft-0011" / "ndjson").write_bytes(b"half")
    (folder / ".manifest.json.tmp-0011").write_bytes(b"half")
    shutil.copy(place.raw_file(delivery), folder / "bank" / "0123456789abcdef.ndjson")
    (folder / "bank" / "notes.txt").write_bytes(b"somebody's own")
    place.deliver(b"x\n")
    assert place.tree() == stood | {f"raw/{CUSTOMER}/bank/notes.txt": b"somebody's own"}


def test_a_living_draft_is_left_alone(place: Place) -> None:
    place.deliver(b"x\n")
    started, carry_on = threading.Event(), threading.Event()

    def slow() -> object:
        yield b"slow\n"
        started.set()
        carry_on.wait(10)

    late = threading.Thread(target=lambda: place.lake.deliver(scope(), "bank", slow(), arrival()))  # type: ignore[arg-type]
    late.start()
    started.wait(10)
    place.deliver(b"y\n")
    carry_on.set()
    late.join()
    assert len(place.lake.deliveries(scope())) == 3


def test_grants_of_other_days_change_nothing_in_what_a_delivery_is(place: Place) -> None:
    narrow = scope(grant(days=DateRange(date(2026, 1, 1), date(2026, 1, 2))))
    assert place.deliver(b"x\n", under=narrow).id == place.deliver(b"x\n").id
