"""The real thing beside the injected one: no right to write, a limit on size, a file system that is full."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kit.errors import BahiError
from tests.warehouse.world import Place, in_child, no_change, scope
from warehouse.lake import Lake
from warehouse.ledger import Ledger
from warehouse.migrate import upgrade, version
from warehouse.migrations import HEAD

NOBODY = 65534
MIB = 1 << 20


@pytest.fixture
def open_place() -> Iterator[Place]:
    """A home below a folder that every user may enter, since a test may have to stop being root."""
    folder = Path(tempfile.mkdtemp(prefix="bahi-", dir="/tmp"))
    folder.chmod(0o755)
    try:
        yield Place(folder / "home")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def without_rights(deed: Callable[[], object]) -> int:
    """Do it in a child that is no longer root, for whom modes count."""

    def as_nobody() -> None:
        if os.geteuid() == 0:
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        deed()

    return in_child(as_nobody)


def expecting(code: str, deed: Callable[[], object]) -> Callable[[], None]:
    def checked() -> None:
        try:
            deed()
        except BahiError as error:
            assert error.code == code, error.code
            assert error.hint
            return
        raise AssertionError("nothing was refused")

    return checked


def test_a_home_without_the_right_to_write_is_read_and_every_write_refused(open_place: Place) -> None:
    place = open_place
    place.deliver(b'{"a":1}\n')
    place.commit({"bank.ndjson": b"x\n"})
    upgrade(place.home.ledger_path)
    stood = without_ledger(place)
    for path in [place.root, *place.root.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o555 if path.is_dir() else 0o444)

    def reads() -> None:
        assert [item.body for item in place.lake.items(scope(), "bank")] == [{"a": 1}]
        place.lake.check_raw(scope(), "bank")

    def used() -> None:
        with Ledger(place.home.ledger_path).transaction() as tx:
            tx.execute("DELETE FROM sign_in")

    assert without_rights(reads) == 0
    for deed in (
        lambda: place.deliver(b"y\n"),
        lambda: place.commit({"bank.ndjson": b"z\n"}),
        place.withdraw,
        lambda: place.lake.keep_secret("key", b"k"),
        lambda: place.lake.log({"a": 1}),
        lambda: place.lake.keep_truth(scope(), "world.json", [b"{}"], no_change),
        place.lake.check_writable,
        used,
        lambda: upgrade(place.root / "other" / "bahi.db"),
    ):
        assert without_rights(expecting("HOME_READ_ONLY", deed)) == 0
    for path in [place.root, *place.root.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755)
    assert without_ledger(place) == stood
    place.deliver(b"y\n")


def test_a_file_that_may_not_be_read_is_refused(open_place: Place) -> None:
    delivery = open_place.deliver(b"x\n")
    for path in open_place.root.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o755)
    open_place.root.chmod(0o755)
    open_place.raw_file(delivery).chmod(0)
    read = expecting("HOME_READ_ONLY", lambda: list(open_place.lake.items(scope(), "bank")))
    assert without_rights(read) == 0


def limited_to(size_bytes: int, deed: Callable[[], object]) -> int:
    """Do it in a child whose files may not grow over a size: the system writes a part, then refuses."""

    def limited() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, size_bytes))
        deed()

    return in_child(limited)


@pytest.mark.parametrize("size_bytes", [0, 1, 10, 100, 5000, 3 * MIB // 2])
def test_a_write_cut_short_by_the_system_leaves_nothing_half(place: Place, size_bytes: int) -> None:
    place.deliver(b'{"a":1}\n')
    place.commit({"bank.ndjson": b"x\n"})
    stood = place.tree()
    big = [b"y" * MIB + b"\n"] * 3
    assert limited_to(size_bytes, expecting("DISK_FULL", lambda: place.deliver(*big))) == 0
    assert place.tree() == stood
    long = expecting("DISK_FULL", lambda: place.commit({"bank.ndjson": b"".join(big)}))
    assert limited_to(size_bytes, long) == 0
    assert place.tree() == stood
    place.deliver(*big)
    place.commit({"bank.ndjson": b"".join(big)})


@pytest.mark.parametrize("size_bytes", [40_000, 70_000])
def test_a_migration_cut_short_by_the_system_leaves_the_version_before(place: Place, size_bytes: int) -> None:
    path = place.home.ledger_path
    assert limited_to(size_bytes, expecting("DISK_FAILED", lambda: upgrade(path))) == 0
    assert version(path) == ""
    upgrade(path)
    assert version(path) == HEAD


def much(path: Path) -> None:
    with Ledger(path).transaction() as tx:
        for number in range(3000):
            tx.execute("INSERT INTO audit_salt (seq, salt) VALUES (:seq, :salt)", seq=number, salt="s" * 200)


def salts_n(path: Path) -> object:
    with Ledger(path).reading() as tx:
        return tx.one("SELECT count(*) AS n FROM audit_salt")


def test_a_ledger_write_cut_short_by_the_system_is_undone(place: Place) -> None:
    path = place.home.ledger_path
    upgrade(path)
    assert limited_to(300_000, expecting("DISK_FAILED", lambda: much(path))) == 0
    assert salts_n(path) == {"n": 0}
    much(path)
    assert salts_n(path) == {"n": 3000}


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 4 MiB; a user who may not mount one is told so, since a silent pass would be a lie."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]
    mounted = subprocess.run(mount, capture_output=True, check=False)
    if mounted.returncode:
        pytest.fail(
            f"a small disk cannot be mounted here ({mounted.stderr.decode().strip()}); run the tests as root"
        )
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_file_system_serves_again_when_space_returns(small_disk: Path, place: Place) -> None:
    full = Place(small_disk / "home")
    full.deliver(b'{"a":1}\n')
    full.commit({"bank.ndjson": b"x\n"})
    upgrade(full.home.ledger_path)
    stood = without_ledger(full)
    ballast = small_disk / "ballast"
    big = [b"y" * MIB + b"\n"] * 2
    for spare_bytes in (0, 4096, 3 * 4096, 10 * 4096, MIB, 2 * MIB):
        fill(ballast, spare_bytes)
        for deed in (lambda: full.deliver(*big), lambda: full.commit({"bank.ndjson": b"".join(big)})):
            expecting("DISK_FULL", deed)()
            assert without_ledger(full) == stood
        if spare_bytes < MIB // 4:
            expecting("DISK_FULL", lambda: much(full.home.ledger_path))()
            expecting("DISK_FULL", lambda: upgrade(small_disk / "other.db"))()
            (small_disk / "other.db").unlink(missing_ok=True)
            assert [item.body for item in Lake(full.home).items(scope(), "bank")] == [{"a": 1}]
    fill(ballast, 0)
    full.withdraw()
    assert full.lake.deliveries(scope()) == ()
    ballast.unlink()
    assert salts_n(full.home.ledger_path) == {"n": 0}
    full.deliver(*big)


def without_ledger(place: Place) -> dict[str, bytes | str]:
    return {name: what for name, what in place.tree().items() if "bahi.db" not in name}


def fill(ballast: Path, spare_bytes: int) -> None:
    """Take all the space there is but a little."""
    ballast.unlink(missing_ok=True)
    free = os.statvfs(ballast.parent)
    with ballast.open("wb") as file:
        file.write(b"0" * max(free.f_bavail * free.f_frsize - spare_bytes, 0))
