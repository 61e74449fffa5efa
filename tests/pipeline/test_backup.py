"""A restored house is the one that was backed up, less all that was withdrawn since, before anything can be read."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import NamedTuple

import pytest

from cli.main import main
from consent.artefact import Event, State
from consent.document import identifiers
from kit.canonical import line
from kit.errors import BahiError, CallerError
from kit.ident import CustomerId
from pipeline.backup import BackedUp, backup
from pipeline.flow import run
from pipeline.order import Order
from pipeline.restore import Restored, RestoreOrder, _brought_up, _Found, restore
from pipeline.second_place import checkpoints_of
from pipeline.wiring import House, open_house
from tests.support import files_below
from tests.warehouse.world import CHANGES, KILLED, Acts, acts_of, failing, in_child, killed_at
from warehouse import _fs, _sealed
from warehouse.migrate import upgrade
from warehouse.rows import KEYS

PASSPHRASE = "a passphrase for tests"
NAMES = [CustomerId(f"MSME{number:03}") for number in range(1, 5)]
CLOCK = "2026-11-01T10:00:00+05:30"
STEPS = ("generate", "clean", "analyze")


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(_sealed, "COST_LOG2", 4)
    yield
    _fs.fault = None


def environ_of(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BAHI_")}
    return kept | {"BAHI_HOME": str(home), "BAHI_CLOCK": CLOCK}


def opened(home: Path) -> House:
    return open_house(environ_of(home), "test")


@pytest.fixture(scope="module")
def memory() -> Iterator[Path]:
    """A folder in memory where the machine has one: these tests sync thousands of files."""
    shared = Path("/dev/shm")
    with TemporaryDirectory(dir=shared if os.access(shared, os.W_OK) else None) as name:
        yield Path(name)


@pytest.fixture
def tmp_path(memory: Path) -> Iterator[Path]:
    folder = Path(mkdtemp(dir=memory))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def filled(memory: Path) -> Path:
    """A house with customers all of whose steps have run."""
    home = memory / "filled"
    with pytest.MonkeyPatch.context() as patched:
        for name, value in environ_of(home).items():
            patched.setenv(name, value)
        assert main(["init"]) == 0
        for name in NAMES:
            assert main(["consent", "grant", "--customer-id", name, "--sources", "bank"]) == 0
            assert main(["generate", "--customer-id", name, "--months", "2", "--bank-rows", "20"]) == 0
            assert main(["clean", "--customer-id", name]) == 0
            assert main(["analyze", "--customer-id", name]) == 0
    return home


class Pair(NamedTuple):
    """The house that was, and the place of the one to be."""

    house: House
    archive: str
    new: Path

    def back_up(self) -> BackedUp:
        return backup(self.house, self.archive, PASSPHRASE, lambda *_: None)

    def checkpoint(self) -> bytes:
        return line(checkpoints_of(self.house).make())

    def restore(self, checkpoint: bytes | None, passphrase: str = PASSPHRASE) -> Restored:
        return restore(environ_of(self.new), "test", RestoreOrder(self.archive, passphrase, checkpoint, None))

    def consent(self, name: str) -> str:
        return self.house.consents.listing(CustomerId(name))[0].id


@pytest.fixture
def pair(filled: Path, tmp_path: Path) -> Iterator[Pair]:
    shutil.copytree(filled, tmp_path / "old", symlinks=True)
    house = opened(tmp_path / "old")
    yield Pair(house, str(tmp_path / "archive"), tmp_path / "new")
    house.ledger.close()


def rows(house: House) -> dict[str, list[object]]:
    with house.ledger.reading() as tx:
        return {
            table: [dict(row) for row in tx.all(f"SELECT * FROM {table} ORDER BY {', '.join(key)}")]
            for table, key in KEYS.items()
        }


def data_below(home: Path) -> dict[str, bytes]:
    return {
        name: content
        for name, content in files_below(home).items()
        if not name.startswith(("bahi.db", ".locks"))
    }


def links_below(home: Path) -> dict[str, str]:
    return {str(p.relative_to(home)): str(p.readlink()) for p in home.rglob("*") if p.is_symlink()}


def canaries(house: House) -> dict[str, list[bytes]]:
    """Find what only one customer's files and consents hold: raw lines, what is applied for, identifiers in the artefact."""
    found: dict[str, list[bytes]] = {}
    for name in NAMES:
        lines = next((house.home.raw / name / "bank").glob("*.ndjson")).read_bytes().splitlines()
        (applied,) = (house.home.raw / name / "applications.ndjson").read_bytes().splitlines()
        (consent,) = house.consents.listing(name)
        told = {
            value.encode()
            for kind, value in identifiers(consent.artefact)
            if name not in value and len(value) > 8
        }
        found[name] = [*lines[1:4], applied, *told]
        assert len(found[name]) > 4
    return found


def count(home: Path, words: list[bytes]) -> int:
    return sum(path.read_bytes().count(word) for path in home.rglob("*") if path.is_file() for word in words)


def test_a_backup_restored_at_once_is_the_same_house(pair: Pair) -> None:
    before = rows(pair.house)
    done = pair.back_up()
    restored = pair.restore(pair.checkpoint())
    noted = len(before["audit"]) + 2  # That the backup was done is written after it.
    assert restored == (noted - 1, noted, noted, (), ())
    new = opened(pair.new)
    after = rows(new)
    assert data_below(pair.new) == data_below(pair.house.home.root)
    assert links_below(pair.new) == links_below(pair.house.home.root)
    assert done.files == len(data_below(pair.new))
    for table in set(KEYS) - {"audit", "audit_salt", "checkpoint", "signing_key"}:
        assert after[table] == before[table], table
    assert after["audit"][: len(before["audit"])] == before["audit"]
    last = [entry.action for entry in new.audit.entries(limit=2)]
    assert last == ["house.restored", "house.backup"]
    assert new.audit.verify_chain().broken_at is None
    assert {path.stat().st_mode & 0o077 for path in pair.new.rglob("*") if not path.is_symlink()} == {0}


def test_work_goes_on_in_the_restored_house_where_it_stood(pair: Pair) -> None:
    pair.back_up()
    pair.restore(pair.checkpoint())
    new = opened(pair.new)
    counts = run(new, Order(NAMES[0], 103), lambda note: None, ("clean", "analyze"))
    assert counts is not None
    with new.ledger.reading() as tx:
        latest = tx.all(
            "SELECT status FROM run WHERE step IN ('clean', 'analyze') ORDER BY started_at DESC, id LIMIT 2"
        )
    assert {row["status"] for row in latest} <= {"unchanged", "done"}
    assert data_below(pair.new) == data_below(pair.house.home.root)


def test_of_whom_withdrew_since_nothing_is_left_before_it_can_be_read(pair: Pair) -> None:
    words = canaries(pair.house)
    pair.back_up()
    gone, paused, kept = NAMES[:2], NAMES[2], NAMES[3]
    ids = tuple(sorted(pair.consent(name) for name in gone))
    for name in gone:
        pair.house.erasure.revoke(pair.consent(name))
    pair.house.consents.apply(pair.consent(paused), Event.PAUSE)
    checkpoint = pair.checkpoint()
    seen: list[dict[str, int]] = []

    def hook(act: str, path: str) -> None:
        if act == "rename" and Path(path).parent == pair.new and not Path(path).name.startswith("."):
            assert not (pair.new / "bahi.db").exists()
            seen.append({name: count(pair.new, words[name]) for name in NAMES})

    _fs.fault = hook
    restored = pair.restore(checkpoint)
    _fs.fault = None
    assert tuple(sorted(restored.revoked)) == ids
    assert restored.paused == (pair.consent(paused),)
    assert restored.lost_from is not None and restored.lost_to == len(pair.house.audit.entries(limit=1000))
    assert len(seen) > 2
    for counts in [*seen, {name: count(pair.new, words[name]) for name in NAMES}]:
        assert {name for name, n in counts.items() if n} == {paused, kept}
    new = opened(pair.new)
    states = {name: new.consents.listing(name)[0].state for name in NAMES}
    assert states == {
        gone[0]: State.REVOKED,
        gone[1]: State.REVOKED,
        paused: State.PAUSED,
        kept: State.ACTIVE,
    }
    assert new.erasure.try_pending() == ((), ())
    assert new.audit.entries(limit=1)[0].outcome == f"LOST_{restored.lost_from}_TO_{restored.lost_to}"


def test_the_archive_shows_nobody_and_no_secret(pair: Pair) -> None:
    words = [word for name in NAMES for word in canaries(pair.house)[name]]
    secrets = [path.read_bytes() for path in pair.house.home.secrets.iterdir()]
    assert secrets
    pair.back_up()
    content = Path(pair.archive).read_bytes()
    for word in [
        *words,
        *secrets,
        *(name.encode() for name in NAMES),
        b"BEGIN PRIVATE",
        b"AUDIT",
        b"consent",
    ]:
        assert word not in content


def test_without_a_checkpoint_nothing_may_be_used_until_somebody_looks(pair: Pair) -> None:
    pair.house.erasure.revoke(pair.consent(NAMES[0]))
    pair.back_up()
    restored = pair.restore(None)
    assert sorted(restored.paused) == sorted(pair.consent(name) for name in NAMES[1:])
    new = opened(pair.new)
    states = [new.consents.listing(name)[0].state for name in NAMES]
    assert states == [State.REVOKED, *[State.PAUSED] * 3]
    assert new.audit.entries(limit=1)[0].outcome == "LOSS_UNKNOWN"


def test_what_was_removed_while_the_backup_ran_does_not_come_back(pair: Pair) -> None:
    """Its files were copied before the withdrawal, the ledger that tells of it after."""
    words, name = canaries(pair.house)[NAMES[0]], NAMES[0]
    calls: list[int] = []

    def tell(done_n: int, total_n: int) -> None:
        calls.append(done_n)
        if done_n == total_n:
            pair.house.erasure.revoke(pair.consent(name))

    backup(pair.house, pair.archive, PASSPHRASE, tell)
    assert calls == [1, 2, 3, 4]
    restored = pair.restore(pair.checkpoint())
    assert restored.revoked == ()
    assert count(pair.new, words) == 0
    assert not (pair.new / "raw" / name).exists()


def test_data_whose_life_ended_meanwhile_does_not_come_back(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = canaries(pair.house)
    pair.back_up()
    later = environ_of(pair.new) | {"BAHI_CLOCK": "2028-11-01T10:00:00+05:30"}
    checkpoint = pair.checkpoint()
    restore(later, "test", RestoreOrder(pair.archive, PASSPHRASE, checkpoint, None))
    assert {name: count(pair.new, words[name]) for name in NAMES} == dict.fromkeys(NAMES, 0)


def test_a_clock_that_is_behind_the_checkpoint_brings_nothing_back(pair: Pair) -> None:
    pair.back_up()
    after = open_house(environ_of(pair.house.home.root) | {"BAHI_CLOCK": "2028-11-01T10:00:00+05:30"}, "test")
    assert len(after.erasure.purge_due().removals) == len(NAMES)
    checkpoint = line(checkpoints_of(after).make())
    after.ledger.close()
    with pytest.raises(CallerError) as refused:
        pair.restore(checkpoint)
    assert refused.value.code == "CLOCK_BACKWARDS"
    assert files_below(pair.new) == {}


REFUSALS: dict[str, Callable[[Pair], tuple[bytes, str]]] = {
    "CHECKPOINT_UNREADABLE": lambda pair: (b"{}", PASSPHRASE),
    "CHECKPOINT_FORGED": lambda pair: (
        pair.checkpoint().replace(b'"states":{}', b'"states":{"x":"REVOKED"}'),
        PASSPHRASE,
    ),
    "PASSPHRASE_WRONG": lambda pair: (pair.checkpoint(), "another passphrase"),
}


@pytest.mark.parametrize("code", REFUSALS)
def test_what_does_not_fit_is_refused_and_leaves_nothing(pair: Pair, code: str) -> None:
    pair.back_up()
    checkpoint, passphrase = REFUSALS[code](pair)
    with pytest.raises(CallerError) as refused:
        pair.restore(checkpoint, passphrase)
    assert (refused.value.code, bool(refused.value.hint)) == (code, True)
    assert files_below(pair.new) == {}


def test_a_checkpoint_older_than_the_backup_is_refused(pair: Pair) -> None:
    old = pair.checkpoint()
    pair.house.audit.look("look", None)
    pair.back_up()
    with pytest.raises(CallerError) as refused:
        pair.restore(old)
    assert refused.value.code == "CHECKPOINT_OLDER"


def test_a_checkpoint_that_went_another_way_is_refused(pair: Pair, tmp_path: Path) -> None:
    """The same keys and the same beginning, but not the audit the backup was made from."""
    shutil.copytree(pair.house.home.root, tmp_path / "other", symlinks=True)
    other = opened(tmp_path / "other")
    checkpoints_of(pair.house).make()
    for _ in range(9):
        other.audit.look("elsewhere", None)
    pair.back_up()
    with pytest.raises(CallerError) as refused:
        pair.restore(line(checkpoints_of(other).make()))
    assert refused.value.code in ("CHECKPOINT_MISMATCH", "CHECKPOINT_FORGED")
    other.ledger.close()


def test_a_house_that_is_there_is_left_as_it_is(pair: Pair) -> None:
    pair.back_up()
    checkpoint = pair.checkpoint()
    before = files_below(pair.house.home.root)
    with pytest.raises(CallerError) as refused:
        restore(
            environ_of(pair.house.home.root), "test", RestoreOrder(pair.archive, PASSPHRASE, checkpoint, None)
        )
    assert refused.value.code == "HOME_NOT_EMPTY"
    assert files_below(pair.house.home.root) == before
    (pair.new / "raw" / "X").mkdir(parents=True)
    (pair.new / "raw" / "X" / "mine.txt").write_text("mine")
    with pytest.raises(CallerError) as refused:
        pair.restore(checkpoint)
    assert refused.value.code == "HOME_NOT_EMPTY"
    assert files_below(pair.new) == {"raw/X/mine.txt": b"mine"}


def test_the_log_of_a_ledger_that_was_lost_does_not_reach_the_restored_one(pair: Pair) -> None:
    pair.house.erasure.revoke(pair.consent(NAMES[0]))
    pair.back_up()
    checkpoint = pair.checkpoint()
    pair.new.mkdir()
    with closing(sqlite3.connect(pair.house.ledger.path, isolation_level=None)) as other:
        other.execute("PRAGMA wal_autocheckpoint = 0")
        other.execute("UPDATE consent SET state = 'ACTIVE'")
        other.execute("VACUUM")  # From here the log holds every page.
        log = pair.house.ledger.path.with_name("bahi.db-wal").read_bytes()
    assert len(log) > pair.house.ledger.path.stat().st_size / 2
    (pair.new / "bahi.db-wal").write_bytes(log)
    pair.restore(checkpoint)
    (consent,) = opened(pair.new).consents.listing(NAMES[0])
    assert consent.state is State.REVOKED


def test_no_house_is_made_around_an_interrupted_restoration(
    pair: Pair, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pair.back_up()
    checkpoint = pair.checkpoint()
    pair.new.mkdir()
    changes = acts_of(lambda: pair.restore(checkpoint), CHANGES)
    shutil.rmtree(pair.new)
    (placing,) = (n for n, (act, path) in enumerate(changes) if act == "rename" and path.endswith("new/raw"))
    for name, value in environ_of(pair.new).items():
        monkeypatch.setenv(name, value)
    for at in (placing // 2, placing + 1):
        pair.new.mkdir(exist_ok=True)
        assert killed_at(lambda: pair.restore(checkpoint), at) == KILLED
        before = files_below(pair.new)
        assert main(["init"]) == 2
        assert "RESTORATION_LEFT" in capsys.readouterr().err
        assert files_below(pair.new) == before
    pair.restore(checkpoint)
    assert main(["init"]) == 0


def test_half_a_restoration_is_no_house_to_read(
    pair: Pair, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pair.back_up()
    pair.house.erasure.revoke(pair.consent(NAMES[0]))
    order = RestoreOrder(pair.archive, PASSPHRASE, pair.checkpoint(), None)

    def dies() -> None:
        monkeypatch.setattr("pipeline.restore._brought_up", lambda *_: os._exit(KILLED))
        restore(environ_of(pair.new), "test", order)

    assert in_child(dies) == KILLED
    (half,) = pair.new.glob(".restore-*")
    assert (half / "bahi.db").exists() and (half / "raw" / NAMES[0]).is_dir()
    for name, value in environ_of(half).items():
        monkeypatch.setenv(name, value)
    before = files_below(half)
    for words in (["clean", "--customer-id", NAMES[0]], ["init"], ["status", "--customer-id", NAMES[0]]):
        assert main(words) == 2
        assert "RESTORATION_LEFT" in capsys.readouterr().err
    assert files_below(half) == before


def test_a_house_that_was_made_meanwhile_is_left_as_it_is(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair.back_up()
    checkpoint = pair.checkpoint()
    made: list[dict[str, bytes]] = []

    def slow(house: House, found: _Found) -> Restored:
        restored = _brought_up(house, found)
        there = opened(pair.new)
        upgrade(there.ledger.where)
        with there.ledger.transaction() as tx:
            there.keys.register(tx)
        there.ledger.close()
        made.append(data_below(pair.new))
        return restored

    monkeypatch.setattr("pipeline.restore._brought_up", slow)
    with pytest.raises(CallerError) as refused:
        pair.restore(checkpoint)
    assert refused.value.code == "HOME_NOT_EMPTY"
    assert data_below(pair.new) == {
        name: content for name, content in made[0].items() if not name.startswith(".restore")
    }
    assert opened(pair.new).consents.customers() == ()


def test_an_altered_ledger_in_a_backup_is_not_restored(pair: Pair) -> None:
    with pair.house.ledger.transaction() as tx:
        tx.execute("DROP TRIGGER audit_no_update")
        tx.execute("UPDATE audit SET actor = 'other' WHERE seq = 3")
    with pytest.raises(CallerError) as refused:
        pair.back_up()
    assert refused.value.code == "AUDIT_BROKEN"
    assert not Path(pair.archive).exists()


def _restored_at_last(pair: Pair, checkpoint: bytes) -> None:
    """Whatever stopped it, there is no house until a repeat has made the whole one."""
    assert not (pair.new / "bahi.db").exists()
    pair.restore(checkpoint)
    assert data_below(pair.new) == data_below(pair.house.home.root)
    shutil.rmtree(pair.new)


@pytest.mark.parametrize("step_n", [17, pytest.param(1, marks=pytest.mark.full)])
def test_killed_anywhere_a_repeat_starts_over_cleanly(pair: Pair, step_n: int) -> None:
    for name in NAMES[1:]:
        pair.house.erasure.revoke(pair.consent(name))
    pair.back_up()
    checkpoint = pair.checkpoint()
    pair.new.mkdir()
    changes = acts_of(lambda: pair.restore(checkpoint), {*CHANGES, "commit"})
    last = max(
        number for number, (act, path) in enumerate(changes) if act == "rename" and path.endswith("/bahi.db")
    )
    shutil.rmtree(pair.new)
    assert last > 60
    tried = [*range(0, last + 1, step_n), *range(last - 12, last + 1)]

    def stop(at: int) -> Callable[[], None]:
        def deed() -> None:
            _fs.fault = Acts(at, lambda: os._exit(KILLED), {*CHANGES, "commit"})
            pair.restore(checkpoint)

        return deed

    for at in tried:
        pair.new.mkdir(exist_ok=True)
        assert in_child(stop(at)) == KILLED, at
        _restored_at_last(pair, checkpoint)


def test_killed_after_the_ledger_stands_the_house_is_whole(pair: Pair) -> None:
    pair.back_up()
    checkpoint = pair.checkpoint()
    pair.new.mkdir()
    changes = acts_of(lambda: pair.restore(checkpoint), CHANGES)
    shutil.rmtree(pair.new)
    last = max(
        number for number, (act, path) in enumerate(changes) if act == "rename" and path.endswith("/bahi.db")
    )
    for at in range(last + 1, min(len(changes), last + 6)):
        pair.new.mkdir()
        assert killed_at(lambda: pair.restore(checkpoint), at) == KILLED
        assert opened(pair.new).audit.entries(limit=1)[0].action == "house.restored"
        left = {
            name: content for name, content in data_below(pair.new).items() if not name.startswith(".restor")
        }
        assert left == data_below(pair.house.home.root)
        shutil.rmtree(pair.new)


def test_a_disk_that_fails_leaves_nothing_to_be_read(pair: Pair) -> None:
    pair.back_up()
    checkpoint = pair.checkpoint()
    pair.new.mkdir()
    changes = acts_of(lambda: pair.restore(checkpoint), CHANGES)
    last = max(
        number for number, (act, path) in enumerate(changes) if act == "rename" and path.endswith("/bahi.db")
    )
    shutil.rmtree(pair.new)
    for at in range(0, last + 1, 13):
        pair.new.mkdir()
        _fs.fault = Acts(at, failing(28), CHANGES)
        with pytest.raises(BahiError) as refused:
            pair.restore(checkpoint)
        _fs.fault = None
        assert refused.value.code == "DISK_FULL", changes[at]
        _restored_at_last(pair, checkpoint)


def test_two_restorations_do_not_meet(pair: Pair) -> None:
    pair.back_up()
    checkpoint = pair.checkpoint()
    codes: list[str] = []

    def hook(act: str, path: str) -> None:
        if act == "create" and not codes:
            codes.append("")
            try:
                pair.restore(checkpoint)
            except BahiError as error:
                codes[0] = error.code

    _fs.fault = hook
    pair.restore(checkpoint)
    _fs.fault = None
    assert codes == ["HOME_BUSY"]
    assert data_below(pair.new) == data_below(pair.house.home.root)
