"""An archive holds each customer whole, shows nothing of anybody, and leads to no place but the home it fills."""

from __future__ import annotations

import io
import shutil
import threading
from pathlib import Path

import pytest

from kit.canonical import line
from kit.errors import BahiError, CallerError
from tests.warehouse.world import (
    CHANGES,
    CUSTOMER,
    KILLED,
    Acts,
    Place,
    acts_of,
    failing,
    killed_at,
    with_fault,
)
from warehouse import _fs, _sealed
from warehouse._lock import Lock
from warehouse._sealed import Sealer
from warehouse.archive import Packed, Packing, parts_of, unpacked

PASSPHRASE = "a passphrase for tests"
CANARY = b"canary-of-a-customer"


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_sealed, "COST_LOG2", 4)
    monkeypatch.setattr(_sealed, "CHUNK_BYTES", 16_384)


def filled(place: Place) -> dict[str, bytes]:
    """Put a file into every part, of two customers and of none; tell what an archive has to give back."""
    files = {}
    for part, base in parts_of(place.home).items():
        names = [f"{part}.txt"] if part == "secrets" else [f"{c}/103/{part}.txt" for c in (CUSTOMER, "OTHER")]
        for name in [*names, *(["bahi.ndjson"] if part == "logs" else [])]:
            files[f"{part}/{name}"] = CANARY + name.encode() * 1000
            (base / name).parent.mkdir(parents=True, exist_ok=True)
            (base / name).write_bytes(files[f"{part}/{name}"])
    (place.home.raw / CUSTOMER / "empty.txt").write_bytes(b"")
    return files | {f"raw/{CUSTOMER}/empty.txt": b""}


def packed(place: Place, path: Path) -> Packed:
    packing = Packing(place.home, str(path), PASSPHRASE)
    try:
        for owner in packing.owners():
            packing.pack(owner)
        packing.pack_rest()
        packing.put("note.json", b"{}")
        return packing.finish()
    except BaseException:
        packing.abandon()
        raise


def found(place: Place) -> dict[str, bytes]:
    return {
        f"{part}/{path.relative_to(base).as_posix()}": path.read_bytes()
        for part, base in parts_of(place.home).items()
        for path in base.rglob("*")
        if path.is_file() and not path.is_symlink()
    }


def test_every_file_comes_back_and_documents_come_between(place: Place, tmp_path: Path) -> None:
    files = filled(place)
    done = packed(place, tmp_path / "archive")
    other = Place(tmp_path / "other")
    assert list(unpacked(str(tmp_path / "archive"), PASSPHRASE, other.home)) == [("note.json", b"{}")]
    assert found(other) == files
    content = (tmp_path / "archive").read_bytes()
    assert (done.files_n, done.files_bytes) == (len(files), sum(map(len, files.values())))
    assert (done.archive_bytes, done.left_out_n) == (len(content), 0)
    assert CANARY not in content and CUSTOMER.encode() not in content
    assert {path.stat().st_mode & 0o777 for path in other.root.rglob("*") if path.is_file()} == {0o600}


def test_drafts_links_and_foreign_names_stay_out(place: Place, tmp_path: Path) -> None:
    files = filled(place)
    folder = place.home.raw / CUSTOMER
    (folder / ".draft-1").mkdir()
    (folder / ".draft-1" / "half.txt").write_bytes(CANARY)
    (folder / ".x.tmp-1").write_bytes(CANARY)
    (folder / "current").symlink_to("103")
    (folder / "out").symlink_to("/etc/passwd")
    (folder / "not ours.txt").write_bytes(CANARY)
    (place.home.raw / "LINKED").symlink_to(folder)
    done = packed(place, tmp_path / "archive")
    assert (done.files_n, done.left_out_n) == (len(files), 1)
    other = Place(tmp_path / "other")
    list(unpacked(str(tmp_path / "archive"), PASSPHRASE, other.home))
    assert found(other) == files


def test_a_customer_is_copied_while_nobody_changes_it(place: Place, tmp_path: Path) -> None:
    filled(place)
    packing = Packing(place.home, str(tmp_path / "archive"), PASSPHRASE)
    lock, inside = Lock(place.home, 0.0), []

    def try_lock() -> None:
        try:
            with lock.of(CUSTOMER):
                inside.append("taken")
        except BahiError as error:
            inside.append(error.code)

    def hook(act: str, path: str) -> None:
        if act == "read" and f"/{CUSTOMER}/" in path and not inside:
            _fs.fault = None
            thread = threading.Thread(target=try_lock)
            thread.start()
            thread.join()

    _fs.fault = hook
    packing.pack(CUSTOMER)
    packing.abandon()
    assert inside == ["CUSTOMER_BUSY"]
    try_lock()
    assert inside == ["CUSTOMER_BUSY", "taken"]


def test_what_stands_there_is_not_replaced_and_a_place_that_is_none_is_told(
    place: Place, tmp_path: Path
) -> None:
    filled(place)
    packed(place, tmp_path / "archive")
    before = (tmp_path / "archive").read_bytes()
    for path, code in {
        str(tmp_path / "archive"): "FILE_EXISTS",
        str(tmp_path): "FILE_EXISTS",
        str(tmp_path / "no" / "archive"): "FILE_UNWRITABLE",
        "/proc/archive": "FILE_UNWRITABLE",
    }.items():
        with pytest.raises(CallerError) as refused:
            Packing(place.home, path, PASSPHRASE)
        assert refused.value.code == code
    with pytest.raises(CallerError) as refused:
        Packing(place.home, str(tmp_path / "weak"), "short")
    assert refused.value.code == "PASSPHRASE_TOO_SHORT"
    assert (tmp_path / "archive").read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["archive", "home"]


def test_killed_anywhere_there_is_no_archive_or_a_whole_one(place: Place, tmp_path: Path) -> None:
    filled(place)
    target = tmp_path / "archive"
    packed(place, target)
    target.unlink()
    changes = acts_of(lambda: packed(place, target), CHANGES)
    target.unlink()
    assert len(changes) > 10
    for number in range(len(changes)):
        assert killed_at(lambda: packed(place, target), number) == KILLED
        if target.exists():
            assert list(unpacked(str(target), PASSPHRASE, Place(tmp_path / f"other-{number}").home))
            target.unlink()
        for draft in tmp_path.glob(".archive.tmp-*"):
            draft.unlink()
    assert packed(place, target).files_n


@pytest.mark.parametrize(("number", "code"), [(28, "DISK_FULL"), (5, "DISK_FAILED")])
def test_a_failing_disk_leaves_nothing(place: Place, tmp_path: Path, number: int, code: str) -> None:
    filled(place)
    target = tmp_path / "archive"
    writes = [act for act in acts_of(lambda: packed(place, target)) if act[0] in CHANGES]
    target.unlink()
    for at in range(len(writes)):
        error = with_fault(lambda: packed(place, target), Acts(at, failing(number), CHANGES))
        if error is None:
            target.unlink(missing_ok=True)
            continue
        assert error.code in (code, "FILE_UNWRITABLE")
        assert [path.name for path in tmp_path.iterdir() if "archive" in path.name and path != target] == []
        target.unlink(missing_ok=True)


HOSTILE = [
    "raw/../escaped", "raw/../../escaped", "raw//escaped", "raw/.hidden", "raw/a/./b", "raw/a/..", "raw/" + "a" * 129,
    "raw/a\0b", "raw/a b", "raw/ä", "raw/a\\b", "raw/a/", "secrets/../bahi.db", "raw/out/escaped",
]  # fmt: skip


def forged(*members: bytes) -> bytes:
    out = io.BytesIO()
    sealer = Sealer(out.write, PASSPHRASE)
    for member in members:
        sealer.write(member)
    sealer.finish()
    return out.getvalue()


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    place = Place(tmp_path / "deep" / "home")
    (tmp_path / "outside").mkdir()
    place.home.raw.mkdir(parents=True)
    (place.home.raw / "out").symlink_to(tmp_path / "outside")
    (tmp_path / "archive").write_bytes(forged(line({"name": name, "size": 3}), b"abc", line({"end": 1})))
    with pytest.raises(CallerError) as refused:
        list(unpacked(str(tmp_path / "archive"), PASSPHRASE, place.home))
    assert refused.value.code == "PATH_REFUSED"
    assert [path for path in tmp_path.rglob("*") if path.is_file() and path.name != "archive"] == []


MALFORMED = {
    "no line": (b"x" * 100,),
    "no end": (line({"name": "a", "size": 1}), b"a"),
    "more than it says": (line({"name": "a", "size": 1}), b"ab", line({"end": 1})),
    "less than it says": (line({"name": "a", "size": 100}), b"a", line({"end": 1})),
    "a size below zero": (line({"name": "a", "size": -1}), line({"end": 1})),
    "a size that is none": (line({"name": "a", "size": "1"}), b"a", line({"end": 1})),
    "a size beyond all": (line({"name": "a", "size": 1 << 40}), b"a", line({"end": 1})),
    "another count": (line({"name": "a", "size": 1}), b"a", line({"end": 2})),
    "something behind": (line({"end": 0}), b"x"),
    "an endless line": (b"{" * 200_000,),
    "no names": (line({"size": 1}), b"a", line({"end": 1})),
    "a list": (line([1]),),
}


@pytest.mark.parametrize("how", MALFORMED)
def test_what_is_no_archive_inside_is_told(place: Place, tmp_path: Path, how: str) -> None:
    (tmp_path / "archive").write_bytes(forged(*MALFORMED[how]))
    with pytest.raises(CallerError) as refused:
        list(unpacked(str(tmp_path / "archive"), PASSPHRASE, place.home))
    assert refused.value.code == "BACKUP_UNREADABLE"


def test_what_cannot_be_opened_is_told(place: Place, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("hello")
    shutil.copyfile(__file__, tmp_path / "code")
    for name, code in {
        "missing": "FILE_NOT_FOUND",
        "": "FILE_UNREADABLE",
        "text": "BACKUP_UNREADABLE",
        "code": "BACKUP_UNREADABLE",
    }.items():
        with pytest.raises(CallerError) as refused:
            list(unpacked(str(tmp_path / name), PASSPHRASE, place.home))
        assert refused.value.code == code, name
