from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from kit.errors import BahiError
from kit.ident import CustomerId
from kit.scope import Scope
from tests.warehouse.world import CUSTOMER, NOW, Place, acts_of, arrival, grant, no_change, scope
from warehouse.home import Home, home_from
from warehouse.lake import Document, NoteKind, Remark, Shelf

ESCAPES = [
    "..",
    ".",
    "",
    "../x",
    "a/../../x",
    "/etc",
    "a/b",
    "a\0b",
    "a\nb",
    "A" * 200,
    "१२३",
    ".hidden",
    "a\\..\\b",
    "x ",
]


def test_the_home_comes_from_the_environment_or_the_default(tmp_path: Path) -> None:
    assert home_from({}, tmp_path) == Home(tmp_path, tmp_path / ".truth")
    moved = home_from({"BAHI_HOME": str(tmp_path / "h")}, tmp_path)
    assert moved == Home(tmp_path / "h", tmp_path / "h" / ".truth")
    apart = home_from({"BAHI_HOME": str(tmp_path), "BAHI_TRUTH": str(tmp_path / "t")}, Path("/"))
    assert apart == Home(tmp_path, tmp_path / "t")
    assert home_from({"BAHI_HOME": "here"}, tmp_path).root == Path.cwd() / "here"
    with pytest.raises(BahiError, match="BAHI_HOME"):
        home_from({"BAHI_HOME": "a\0b"}, tmp_path)


def test_everything_but_truth_lies_under_the_root(tmp_path: Path) -> None:
    home = home_from({"BAHI_HOME": str(tmp_path / "h"), "BAHI_TRUTH": str(tmp_path / "t")}, tmp_path)
    for path in (
        home.raw,
        home.clean,
        home.results,
        home.logs,
        home.replies,
        home.ledger_path,
        home.locks,
        home.secrets,
    ):
        assert path.is_relative_to(home.root)


@pytest.mark.parametrize("name", ESCAPES, ids=repr)
def test_no_name_leads_out_of_the_home(place: Place, tmp_path: Path, name: str) -> None:
    mine = scope()
    theirs = Scope(CustomerId(name), 103, NOW, (grant(),))
    odd = scope(grant(source=name))
    deeds: list[Callable[[], object]] = [
        lambda: place.lake.deliver(theirs, "bank", [b"x"], arrival()),
        lambda: place.lake.deliver(odd, name, [b"x"], arrival()),
        lambda: place.lake.deliveries(theirs),
        lambda: place.lake.shelved(theirs, Shelf.CLEAN),
        lambda: place.lake.draft(theirs, Shelf.RESULTS, no_change).__enter__(),
        lambda: place.lake.withdraw(CustomerId(name), "c-1", 103, others_live=False),
        lambda: place.lake.secret(name),
        lambda: place.lake.keep_secret(name, b"x"),
        lambda: place.lake.keep_truth(mine, name, [b"x"], no_change),
        lambda: place.lake.keep_log(mine, name, [b"x"], no_change),
        lambda: place.lake.keep_reply(mine, name, b"x", no_change),
        lambda: place.lake.reply(mine, name),
        lambda: place.lake.note(theirs, Remark(NoteKind.CORRECTION, {}), no_change),
        lambda: place.lake.notes(theirs, NoteKind.CORRECTION),
        lambda: place.lake.keep_original(theirs, "0" * 16, Document("pdf", [b"x"]), no_change),
    ]
    for deed in deeds:
        with pytest.raises(BahiError) as refusal:
            deed()
        assert refusal.value.code == "PATH_REFUSED"
        assert len(name) < 2 or name not in refusal.value.message
    assert [path for path in tmp_path.rglob("*") if not path.is_relative_to(place.root)] == []


def keep_every_single(place: Place) -> None:
    place.lake.keep_truth(scope(), "world.json", [b"{}"], no_change)
    place.lake.keep_reply(scope(), "ab" * 32, b"{}", no_change)
    place.lake.keep_log(scope(), "bank.ndjson", [b"x\n"], no_change)


LINKED = [
    "raw", "raw/MSME_0001", "raw/MSME_0001/bank", "raw/MSME_0001/corrections.ndjson", ".locks",
    ".locks/MSME_0001.lock", ".truth", ".replies", ".replies/MSME_0001/103", "logs", "logs/MSME_0001",
]  # fmt: skip


@pytest.mark.parametrize("name", LINKED)
@pytest.mark.parametrize("is_dangling", [False, True])
def test_a_link_out_of_the_home_is_not_followed(
    place: Place, tmp_path: Path, name: str, is_dangling: bool
) -> None:
    outside = tmp_path / "outside"
    if not is_dangling:
        outside.mkdir()
    link = place.root / name
    link.parent.mkdir(parents=True)
    link.symlink_to(outside)
    with pytest.raises(BahiError) as refusal:
        place.deliver(b"x\n")
        keep_every_single(place)
        place.note({"n": 1})
    assert refusal.value.code == "PATH_REFUSED"
    assert not outside.exists() or list(outside.iterdir()) == []


def test_a_link_in_place_of_a_file_is_not_followed(place: Place, tmp_path: Path) -> None:
    delivery = place.deliver(b"x\n")
    place.commit({"bank.ndjson": b"x\n"})
    outside = tmp_path / "outside"
    outside.write_bytes(b"x\n")
    derived = next(path for path in place.home.clean.rglob("bank.ndjson"))
    for path, read in (
        (place.raw_file(delivery), lambda: list(place.lake.items(scope(), "bank"))),
        (derived, lambda: place.lake.document(scope(), Shelf.CLEAN, "bank.ndjson")),
        (place.home.raw / CUSTOMER / "manifest.json", lambda: place.lake.deliveries(scope())),
    ):
        path.unlink()
        path.symlink_to(outside)
        with pytest.raises(BahiError) as refusal:
            read()
        assert refusal.value.code == "PATH_REFUSED"


@pytest.mark.parametrize(
    "name", ["raw", "raw/MSME_0001", "raw/MSME_0001/bank", "clean", "clean/MSME_0001/103"]
)
def test_nothing_is_read_through_a_linked_folder(place: Place, tmp_path: Path, name: str) -> None:
    place.deliver(b"x\n")
    place.commit({"bank.ndjson": b"x\n"})
    (place.root / name).rename(tmp_path / "outside")
    (place.root / name).symlink_to(tmp_path / "outside")
    with pytest.raises(BahiError) as refusal:
        list(place.lake.items(scope(), "bank"))
        place.lake.document(scope(), Shelf.CLEAN, "bank.ndjson")
    assert refusal.value.code == "PATH_REFUSED"


def test_erasure_removes_a_link_and_not_what_it_leads_to(place: Place, tmp_path: Path) -> None:
    standing = place.commit({"bank.ndjson": b"x\n"})
    place.deliver(b"x\n")
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").write_bytes(b"kept")
    (place.home.clean / CUSTOMER / "103" / standing.folder / "link").symlink_to(outside)
    place.withdraw()
    assert (outside / "kept").read_bytes() == b"kept"
    assert not (place.home.clean / CUSTOMER).exists()


@pytest.mark.parametrize("standing", ["home", "home/raw", "home/raw/MSME_0001", "home/.locks"])
def test_a_file_where_a_folder_should_be_is_named(tmp_path: Path, standing: str) -> None:
    path = tmp_path / standing
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"mine")
    with pytest.raises(BahiError) as refusal:
        Place(tmp_path / "home").deliver(b"x\n")
    assert refusal.value.code == "HOME_UNUSABLE"
    assert refusal.value.hint
    assert path.read_bytes() == b"mine"


def test_every_act_stays_under_the_home(place: Place) -> None:
    def life() -> None:
        place.receive(place.deliver(b"x\n"), b"%PDF")
        place.note({"n": 1})
        place.commit({"bank.ndjson": b"x\n"})
        keep_every_single(place)
        place.lake.keep_secret("key", b"k")
        place.lake.log({"a": 1})
        place.withdraw()

    paths = {Path(path) for _, path in acts_of(life)}
    assert len(paths) > 10
    assert all(path.is_relative_to(place.root) or path == place.root.parent for path in paths)


def test_what_is_written_belongs_to_its_owner_alone(place: Place) -> None:
    before = os.umask(0)
    try:
        place.receive(place.deliver(b"x\n"), b"%PDF")
        place.note({"n": 1})
        keep_every_single(place)
        place.lake.keep_secret("key", b"k")
        place.lake.log({"a": 1})
    finally:
        os.umask(before)
    for path in place.root.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path


def test_a_secret_is_kept_once(place: Place) -> None:
    assert place.lake.secret("key") is None
    place.lake.keep_secret("key", b"first")
    place.lake.keep_secret("key", b"second")
    assert place.lake.secret("key") == b"first"
    assert [path.name for path in place.home.secrets.iterdir()] == ["key"]


def test_the_log_is_one_canonical_line_for_each_record(place: Place) -> None:
    place.lake.log({"b": "line\nbreak", "a": 1})
    place.lake.log({"c": None})
    assert (place.home.logs / "bahi.ndjson").read_bytes() == b'{"a":1,"b":"line\\nbreak"}\n{"c":null}\n'


def test_a_home_that_can_be_written_is_left_as_it_was(place: Place) -> None:
    place.lake.check_writable()
    assert place.tree() == {}
