"""A small disk fills up under the whole pipeline: a clear error, and after some space is freed the undisturbed bytes."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.acts import of
from tests.crash.state import look
from tests.support import Install, files_below, installed

MIB = 1 << 20
FULL = "DISK_FULL"
GROWTH = 1.6


@pytest.fixture
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """A file system of so many MiB, half of it taken; who may not mount one is told so."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={request.param}m", "tmpfs", str(folder)]
    mounted = subprocess.run(mount, capture_output=True, check=False)
    if mounted.returncode:
        said = mounted.stderr.decode().strip()
        pytest.fail(f"a small disk cannot be mounted here ({said}); run the tests as root")
    (folder / "ballast").write_bytes(b"0" * (request.param * MIB // 2))
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def words_of(number: int) -> list[tuple[str, ...]]:
    """What is done for the nth customer, whose business is larger than the one before."""
    whose = of(f"GROWING-{number}")
    return [
        ("consent", "grant", *whose, "--sources", "bank"),
        ("run", *whose, "--months", "1", "--bank-rows", str(int(20 * GROWTH**number)), "--quiet"),
    ]


def filled(install: Install) -> tuple[int, tuple[str, ...]]:
    """Serve larger and larger customers until the disk is full, and tell at whom and at which command."""
    for number in range(20):
        for words in words_of(number):
            done = install.bahi(*words)
            if done.code:
                assert done.code == 75, done.err
                assert f"bahi: {FULL}: " in done.err and "  next: Free some space" in done.err
                assert "Traceback" not in done.err and done.out == ""
                return number, words
    raise AssertionError("the disk was never full")


def content_of(home: Path, customer: str) -> dict[str, bytes]:
    """What stands of a customer; manifests name consents, whose ids are drawn."""
    return {
        name: content
        for name, content in files_below(home).items()
        if f"/{customer}/" in name and not name.endswith("/manifest.json")
    }


def fill_and_free(disk: Path, tmp_path: Path) -> None:
    home = disk / "home"
    install = installed(home)
    number, words = filled(install)
    stood = {n: content_of(home, f"GROWING-{n}") for n in range(number)}
    again = install.bahi(*words)
    assert again.code == 0 or FULL in again.err
    assert look(home, tmp_path / "looked at").torn == ()
    (disk / "ballast").unlink()
    commands = words_of(number)
    for left in commands[commands.index(words) :]:
        install.must(*left)
    undisturbed = installed(tmp_path / "large")
    for command in commands:
        undisturbed.must(*command)
    wanted = content_of(undisturbed.home, f"GROWING-{number}")
    assert wanted and content_of(home, f"GROWING-{number}") == wanted
    assert {n: content_of(home, f"GROWING-{n}") for n in range(number)} == stood
    install.must("audit", "verify")


@pytest.mark.parametrize("disk", [1, 4], indirect=True)
def test_a_full_disk_is_told_and_with_space_again_nothing_is_different(disk: Path, tmp_path: Path) -> None:
    fill_and_free(disk, tmp_path)


@pytest.mark.full
@pytest.mark.parametrize("disk", [16], indirect=True)
def test_a_larger_disk_that_fills_up_is_no_different(disk: Path, tmp_path: Path) -> None:
    fill_and_free(disk, tmp_path)
