from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from kit.errors import CallerError, ConsentRequired, NotFound, TransientError
from kit.scope import DataFilter, DateRange, Scope
from tests.warehouse.world import CHANGES, CUSTOMER, Place, acts_of, entry, grant, no_change, scope
from warehouse.lake import Shelf

FILES = {"bank.ndjson": b'{"a":1}\n{"a":2}\n', "bank.findings.ndjson": b""}
OTHER = {"bank.ndjson": b'{"a":3}\n', "bank.findings.ndjson": b""}


def test_a_commit_stands_in_a_folder_named_by_its_content(place: Place) -> None:
    standing = place.commit(FILES)
    folder = place.home.clean / CUSTOMER / "103"
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        [standing.folder, "current", "manifest.json"]
    )
    assert (folder / "current" / "bank.ndjson").read_bytes() == FILES["bank.ndjson"]
    assert list(place.lake.lines(scope(), Shelf.CLEAN, "bank.ndjson")) == [b'{"a":1}', b'{"a":2}']
    assert place.lake.document(scope(), Shelf.CLEAN, "bank.findings.ndjson") == b""
    assert place.lake.shelved(scope(), Shelf.CLEAN) == standing
    assert place.lake.shelved(scope(purpose=104), Shelf.CLEAN) is None
    assert place.lake.shelved(scope(), Shelf.RESULTS) is None


def test_another_commit_takes_the_folder_before_it_away(place: Place) -> None:
    first = place.commit(FILES)
    second = place.commit(OTHER)
    assert first.folder != second.folder
    folder = place.home.clean / CUSTOMER / "103"
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        [second.folder, "current", "manifest.json"]
    )
    assert place.commit(FILES) == first


def test_the_same_content_and_entries_leave_the_disk_as_it_is(place: Place) -> None:
    place.commit(FILES)
    path = place.home.clean / CUSTOMER / "103" / "manifest.json"
    before = (path.stat().st_ino, (path.parent / "current" / "bank.ndjson").stat().st_ino)
    place.commit(FILES)
    assert (path.stat().st_ino, (path.parent / "current" / "bank.ndjson").stat().st_ino) == before


def test_files_that_did_not_change_are_kept_without_a_copy(place: Place) -> None:
    both = scope(grant(), grant(source="gst"))
    place.commit(FILES | {"gst.ndjson": b"g\n"}, under=both)
    path = place.home.clean / CUSTOMER / "103" / "current" / "gst.ndjson"
    inode = path.stat().st_ino
    standing = place.lake.shelved(both, Shelf.CLEAN)
    assert standing is not None
    with place.lake.draft(both, Shelf.CLEAN, no_change) as draft:
        assert draft.keep("gst.ndjson") == standing.entries["gst"].files[0]
        with draft.writer("bank.ndjson") as out:
            out.write(b"other\n")
        entries = {"gst": standing.entries["gst"], "bank": entry(both, "bank", draft.stored("bank"))}
        place.lake.commit(both, draft, entries, no_change)
    assert path.stat().st_ino == inode
    assert place.lake.document(both, Shelf.CLEAN, "gst.ndjson") == b"g\n"
    assert place.lake.document(both, Shelf.CLEAN, "bank.ndjson") == b"other\n"


def test_files_of_a_source_are_listed_in_the_order_they_were_opened(place: Place) -> None:
    with place.lake.draft(scope(), Shelf.CLEAN, no_change) as draft:
        with (
            draft.writer("bank.ndjson") as records,
            draft.writer("bank.findings.ndjson"),
            draft.writer("bankx.json"),
        ):
            records.write(b"x\n")
        assert [stored.name for stored in draft.stored("bank")] == ["bank.ndjson", "bank.findings.ndjson"]
        assert draft.stored("bank")[0].size_bytes == 2


def test_a_draft_that_is_not_committed_leaves_nothing(place: Place) -> None:
    place.commit(FILES)
    stood = place.tree()
    with place.lake.draft(scope(), Shelf.CLEAN, no_change) as draft:
        draft.writer("bank.ndjson").write(b"x")
    with (
        pytest.raises(RuntimeError),
        place.lake.draft(scope(), Shelf.CLEAN, no_change) as draft,
        draft.writer("bank.ndjson"),
    ):
        raise RuntimeError("cleaning broke off")
    assert place.tree() == stood


def test_a_consent_that_ends_before_the_commit_keeps_it_out(place: Place) -> None:
    place.commit(FILES)
    stood = place.tree()

    def gone() -> None:
        raise ConsentRequired("CONSENT_REVOKED", "It was revoked.")

    with pytest.raises(ConsentRequired, match="revoked"):
        place.commit(OTHER, recheck=gone)
    assert place.tree() == stood


def test_a_commit_names_exactly_the_files_of_the_draft_and_its_grants(place: Place) -> None:
    with place.lake.draft(scope(), Shelf.CLEAN, no_change) as draft:
        with draft.writer("bank.ndjson") as out:
            out.write(b"x")
        stored = draft.stored("bank")
        with pytest.raises(ValueError, match="other files"):
            place.lake.commit(scope(), draft, {}, no_change)
        nameless = entry(scope(), "bank", stored)._replace(grants=())
        with pytest.raises(ValueError, match="without grants"):
            place.lake.commit(scope(), draft, {"bank": nameless}, no_change)
        with pytest.raises(ValueError, match="already"):
            draft.writer("bank.ndjson")
        for name in ("../x", "a/b", "", ".hidden", "manifest\n"):
            with pytest.raises(ValueError, match="plain name"):
                draft.writer(name)
        with pytest.raises(ValueError, match="could be kept"):
            draft.keep("gst.ndjson")


@pytest.mark.parametrize("shelf", list(Shelf))
@pytest.mark.parametrize("content", [b'{"a":1}\n{"a":3}\n', b"", None], ids=["altered", "emptied", "gone"])
def test_an_altered_file_is_refused_and_running_the_step_again_heals_it(
    place: Place, shelf: Shelf, content: bytes | None
) -> None:
    standing = place.commit(FILES, shelf=shelf)
    assert place.lake.is_intact(scope(), shelf, "bank")
    base = place.home.clean if shelf is Shelf.CLEAN else place.home.results
    path = base / CUSTOMER / "103" / standing.folder / "bank.ndjson"
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)
    assert not place.lake.is_intact(scope(), shelf, "bank")
    for read in (
        lambda: place.lake.document(scope(), shelf, "bank.ndjson"),
        lambda: list(place.lake.lines(scope(), shelf, "bank.ndjson")),
    ):
        with pytest.raises(CallerError) as refusal:
            read()
        assert refusal.value.code == {Shelf.CLEAN: "CLEAN_ALTERED", Shelf.RESULTS: "RESULT_ALTERED"}[shelf]
        assert f"--customer-id {CUSTOMER}" in refusal.value.hint
    assert place.commit(FILES, shelf=shelf) == standing
    assert place.lake.document(scope(), shelf, "bank.ndjson") == FILES["bank.ndjson"]


def test_a_whole_folder_that_went_is_written_again(place: Place) -> None:
    standing = place.commit(FILES)
    stood = place.tree()
    for path in (place.home.clean / CUSTOMER / "103" / standing.folder).iterdir():
        path.unlink()
    (place.home.clean / CUSTOMER / "103" / standing.folder).rmdir()
    place.commit(FILES)
    assert place.tree() == stood


def test_what_was_never_derived_names_the_command(place: Place) -> None:
    for shelf, code, command in (
        (Shelf.CLEAN, "NOT_CLEANED", "clean"),
        (Shelf.RESULTS, "NOT_ANALYZED", "analyze"),
    ):
        with pytest.raises(NotFound) as refusal:
            place.lake.document(scope(), shelf, "bank.ndjson")
        assert refusal.value.code == code
        assert f"bahi {command} --customer-id {CUSTOMER} --purpose 103" in refusal.value.hint


MARCH = DateRange(date(2026, 3, 1), date(2026, 3, 31))
ABOVE = DataFilter("TRANSACTIONAMOUNT", ">=", "1000")
NARROWER = {
    "fewer days": scope(grant(days=MARCH)),
    "fewer types": scope(grant(types=("PROFILE",))),
    "a filter": scope(grant(filters=(ABOVE,))),
    "another party": scope(grant(party="PARTNER")),
    "another source": scope(grant(source="gst")),
}


@pytest.mark.parametrize("name", NARROWER)
def test_what_was_derived_under_more_than_the_scope_covers_is_refused(place: Place, name: str) -> None:
    place.commit(FILES)
    readers: list[Callable[[Scope], object]] = [
        lambda held: place.lake.document(held, Shelf.CLEAN, "bank.ndjson"),
        lambda held: place.lake.lines(held, Shelf.CLEAN, "bank.ndjson"),
    ]
    for read in readers:
        with pytest.raises(ConsentRequired) as refusal:
            read(NARROWER[name])
        assert refusal.value.code == "DERIVED_OUT_OF_SCOPE"
    assert not place.lake.is_intact(NARROWER[name], Shelf.CLEAN, "bank")


def test_what_was_derived_under_less_may_be_read_under_a_renewed_consent(place: Place) -> None:
    place.commit(FILES, under=scope(grant(days=MARCH, filters=(ABOVE,), types=("PROFILE",))))
    assert place.lake.document(scope(grant("c-9")), Shelf.CLEAN, "bank.ndjson")


def test_of_two_different_runs_at_once_the_second_is_told_to_run_again(place: Place) -> None:
    place.commit(FILES)
    with place.lake.draft(scope(), Shelf.CLEAN, no_change) as draft:
        with draft.writer("bank.ndjson") as out:
            out.write(b"late\n")
        entries = {"bank": entry(scope(), "bank", draft.stored("bank"))}
        place.commit(OTHER)
        with pytest.raises(TransientError) as refusal:
            place.lake.commit(scope(), draft, entries, no_change)
        assert refusal.value.code == "SHELF_MOVED"
    assert place.lake.document(scope(), Shelf.CLEAN, "bank.ndjson") == OTHER["bank.ndjson"]


def test_of_two_equal_runs_at_once_both_are_right(place: Place) -> None:
    place.commit(FILES)
    with place.lake.draft(scope(), Shelf.CLEAN, no_change) as draft:
        for name, content in OTHER.items():
            with draft.writer(name) as out:
                out.write(content)
        entries = {"bank": entry(scope(), "bank", draft.stored("bank"))}
        first = place.commit(OTHER)
        assert place.lake.commit(scope(), draft, entries, no_change) == first


def test_a_kept_file_taken_away_meanwhile_says_run_again(place: Place) -> None:
    place.commit(FILES)
    with place.lake.draft(scope(), Shelf.CLEAN, no_change) as draft:
        place.commit(OTHER)
        with pytest.raises(TransientError, match="first") as refusal:
            draft.keep("bank.ndjson")
        assert refusal.value.code == "SHELF_MOVED"


def test_readers_see_whole_files_while_a_writer_keeps_committing(place: Place) -> None:
    contents = {b"%d\n" % n * 5000 for n in range(4)}
    place.commit({"bank.ndjson": min(contents)})
    done = threading.Event()
    wrong: list[object] = []
    reads_n = 0

    def read() -> None:
        nonlocal reads_n
        while not done.is_set():
            try:
                if place.lake.document(scope(), Shelf.CLEAN, "bank.ndjson") not in contents:
                    wrong.append("torn")
                reads_n += 1
            except Exception as error:  # noqa: BLE001 - whatever a reader meets is wrong
                wrong.append(error)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for _ in range(15):
        for content in sorted(contents):
            place.commit({"bank.ndjson": content})
    done.set()
    for reader in readers:
        reader.join()
    assert wrong == []
    assert reads_n > 60


def test_a_reader_holds_on_to_the_file_it_opened(place: Place) -> None:
    lines = b"".join(b'{"n":%d}\n' % n for n in range(300_000))
    place.commit({"bank.ndjson": lines})
    reading = place.lake.lines(scope(), Shelf.CLEAN, "bank.ndjson")
    first = next(reading)
    place.commit(OTHER)
    assert b"\n".join([first, *reading]) + b"\n" == lines


def test_a_damaged_manifest_is_named(place: Place) -> None:
    place.commit(FILES)
    manifest = place.home.clean / CUSTOMER / "103" / "manifest.json"
    for content in (b"", b"[]", b'{"folder":7,"entries":{}}', b'{"folder":"x","entries":{"bank":{}}}'):
        manifest.write_bytes(content)
        with pytest.raises(CallerError) as refusal:
            place.lake.shelved(scope(), Shelf.CLEAN)
        assert refusal.value.code == "MANIFEST_DAMAGED"


def test_everything_is_durable_before_the_manifest_names_it(place: Place) -> None:
    place.commit(FILES)
    acts = acts_of(lambda: place.commit(OTHER), CHANGES)
    folder = str(place.home.clean / CUSTOMER / "103")
    committed = acts.index(("rename", f"{folder}/manifest.json"))
    drafts = {path for act, path in acts if act == "write" and ".draft-" in path}
    assert drafts
    for written in drafts:
        last_write = max(at for at, act in enumerate(acts) if act == ("write", written))
        synced = acts.index(("fsync", written))
        named = acts.index(("fsync", written.rpartition("/")[0]))
        assert last_write < synced < named < committed
    moved = max(at for at, (act, path) in enumerate(acts[:committed]) if act == "rename")
    assert ("fsync", folder) in acts[moved:committed]
    assert acts[committed + 1] == ("fsync", folder)
    assert not [act for act, _ in acts[:committed] if act in ("unlink", "rmdir")]


def test_what_a_dead_process_left_goes_with_the_next_draft(place: Place) -> None:
    place.commit(FILES)
    stood = place.tree()
    folder = place.home.clean / CUSTOMER / "103"
    (folder / ".draft-77").mkdir()
    (folder / ".draft-77" / "bank.ndjson").write_bytes(b"half")
    (folder / "0123456789abcdef").mkdir()
    (folder / ".manifest.json.tmp-77").write_bytes(b"half")
    (folder / "current").unlink()
    place.commit(FILES)
    assert place.tree() == stood


def test_a_folder_left_by_a_run_that_died_meanwhile_is_replaced(place: Place, tmp_path: Path) -> None:
    name = Place(tmp_path / "elsewhere").commit(FILES).folder
    with place.lake.draft(scope(), Shelf.CLEAN, no_change) as draft:
        for file, content in FILES.items():
            with draft.writer(file) as out:
                out.write(content)
        left = place.home.clean / CUSTOMER / "103" / name
        left.mkdir()
        (left / "bank.ndjson").write_bytes(b"half")
        entries = {"bank": entry(scope(), "bank", draft.stored("bank"))}
        assert place.lake.commit(scope(), draft, entries, no_change).folder == name
    assert place.lake.document(scope(), Shelf.CLEAN, "bank.ndjson") == FILES["bank.ndjson"]
