"""Withdrawn while others work: of five customers no byte is left anywhere, of the other fifteen every byte."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import pytest

from consent import terms
from consent.grants import Use, Wanted
from consent.terms import GrantOrder
from kit.canonical import line
from kit.errors import ConsentRequired
from kit.ident import CustomerId
from pipeline.backup import backup
from pipeline.flow import run
from pipeline.order import Order
from pipeline.restore import RestoreOrder, restore
from pipeline.second_place import checkpoints_of
from pipeline.wiring import House, open_house
from tests.journeys.canaries import PIPELINE, PLANTED, Aviary, Counted, count, count_in, plant, provider_lines
from tests.support import Install, files_below, in_memory, installed
from warehouse import _fs, _sealed
from warehouse._sealed import unsealed
from warehouse.lake import Shelf, SourceEntry

CUSTOMERS = [CustomerId(f"MSME{number:03}") for number in range(1, 21)]
GOING, STAYING = CUSTOMERS[::4], [name for name in CUSTOMERS if name not in CUSTOMERS[::4]]
SEED = int(os.environ.get("BAHI_TEST_SEED", "20261101"))
# What may stop a step whose consent goes while it works: the refusal, or what it was reading or writing went first.
WAYS_TO_END = set("done CONSENT_REVOKED RAW_WITHDRAWN SHELF_MOVED NOTHING_DELIVERED NOTHING_CLEANED".split())
GIVEN_MEANWHILE = 101
PASSPHRASE = "twelve words that nobody else would say"
# What a process left that died is nobody's file, and no backup takes it.
UNPACKED = ("leftover",)
LEDGER = {"bahi.db", "bahi.db-wal", "bahi.db-shm"}
# Whatever stands, the step writes its draft again: somebody's bytes are on their way whenever a consent is withdrawn.
WORKER = """
import json, os, sys
from collections import Counter
from pathlib import Path
from kit.chance import Stream
from kit.errors import BahiError
from kit.errors import ConsentRequired
from kit.ident import CustomerId
from pipeline import analysis, cleaning
from pipeline.backup import backup
from pipeline.flow import run
from pipeline.order import Order
from pipeline.restore import RestoreOrder, restore
from pipeline.second_place import checkpoints_of
from pipeline.wiring import open_house

cleaning._is_current = analysis._is_current = lambda *_: False
stop, seed, *names = sys.argv[1:]
house, chance, ended = open_house(os.environ, "worker"), Stream("worker", seed), Counter()
while not Path(stop).exists():
    chance.shuffle(names)
    for name in names:
        try:
            run(house, Order(CustomerId(name), 103), lambda note: None, ("clean", "analyze"))
            ended[f"{name} done"] += 1
        except BahiError as error:
            ended[f"{name} {error.code}"] += 1
    print("round", flush=True)
print(json.dumps(ended))
"""


@pytest.fixture
def tmp_path(tmp_path: Path) -> Iterator[Path]:
    yield from in_memory(tmp_path)


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a guess at the passphrase costs is not asked here."""
    monkeypatch.setattr(_sealed, "COST_LOG2", 4)


@pytest.fixture
def install(tmp_path: Path) -> Install:
    return installed(tmp_path / "home")


@contextmanager
def at_work(install: Install, folder: Path) -> Iterator[list[dict[str, int]]]:
    """Let two processes clean and analyze everybody until the block ends; then tell how each of their runs ended."""
    stop, ended = folder / "stop", list[dict[str, int]]()
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", WORKER, str(stop), str(number), *CUSTOMERS],
            env=install.environ(), cwd=install.code, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        for number in range(2)
    ]  # fmt: skip
    try:
        for worker in workers:
            assert worker.stdout is not None
            assert worker.stdout.readline() == "round\n", worker.communicate()
        yield ended
    finally:
        stop.touch()
        for worker in workers:
            out, err = worker.communicate(timeout=120)
            assert worker.returncode == 0, err
            ended.append(json.loads(out.splitlines()[-1]))


def killed_while_writing(house: House, aviary: Aviary, customer: CustomerId) -> None:
    """Leave behind what a process leaves that dies with half its files written."""
    scope = house.consents.open_scope(Wanted(customer, PLANTED, Use.PROCESS))
    word = aviary.canary(customer, "leftover").encode()
    child = os.fork()
    if child == 0:
        with house.lake.draft(scope, Shelf.CLEAN, lambda: None) as draft:
            draft.writer("bank.ndjson").write(word)
            draft.close()
            os._exit(0)
    assert os.waitpid(child, 0)[1] == 0


@contextmanager
def still_writing(house: House, aviary: Aviary, customers: Sequence[CustomerId]) -> Iterator[None]:
    """Let a process write for each of them and not come to an end before the block does; then all are refused."""
    may_end, end = os.pipe()
    children = [_writing(house, aviary, customer, may_end, end) for customer in customers]
    try:
        yield
    finally:
        os.close(end)
        ended = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    assert ended == [0] * len(children)


def _writing(house: House, aviary: Aviary, customer: CustomerId, may_end: int, end: int) -> int:
    word = aviary.canary(customer, "written meanwhile").encode()
    has_begun, begun = os.pipe()

    def wait() -> None:
        os.write(begun, b".")
        os.read(may_end, 1)

    child = os.fork()
    if child == 0:
        os.close(end)
        os._exit(_refused(house, customer, word, wait))
    os.read(has_begun, 1)
    return child


def _refused(house: House, customer: CustomerId, word: bytes, wait: Callable[[], None]) -> int:
    """Write a draft, wait, and try to commit it; 0 when the one refusal that fits came."""
    try:
        scope = house.consents.open_scope(Wanted(customer, PIPELINE, Use.PROCESS))
        recheck = house.consents.recheck(scope)
        with house.lake.draft(scope, Shelf.CLEAN, recheck) as draft:
            with draft.writer("bank.ndjson") as out:
                out.write(word)
            wait()
            entry = SourceEntry("key", "in", scope.rows("bank"), {}, draft.stored("bank"), "code", None)
            house.lake.commit(scope, draft, {"bank": entry}, recheck)
    except ConsentRequired as refusal:
        return 0 if refusal.code == "CONSENT_REVOKED" else 2
    return 1


@pytest.fixture
def aviary() -> Aviary:
    sys.stdout.write(f"BAHI_TEST_SEED={SEED}\n")
    return Aviary(SEED)


@pytest.fixture
def house(install: Install, aviary: Aviary, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """A house where everybody consented twice, and every file of every kind names its customer."""
    asked_for = terms.artefact_for
    monkeypatch.setattr(
        terms, "artefact_for", lambda order, need, now: aviary.artefact(asked_for(order, need, now))
    )
    opened = open_house(install.environ(), "test")
    documents = None
    for customer in CUSTOMERS:
        for purpose in (PIPELINE, PLANTED):
            opened.consents.grant(GrantOrder(customer, purpose, ("bank",)))
        documents = documents or provider_lines(
            opened.consents.open_scope(Wanted(customer, PIPELINE, Use.PROCESS))
        )
        plant(opened, aviary, customer, documents)
        clean_and_analyze(opened, customer)
        killed_while_writing(opened, aviary, customer)
    yield opened
    opened.ledger.close()


def clean_and_analyze(house: House, customer: CustomerId) -> None:
    run(house, Order(customer, PIPELINE), lambda note: None, ("clean", "analyze"))


def files_of(root: Path, customer: CustomerId) -> dict[str, str]:
    """Hash every file under a customer's name; locks are no files of theirs."""
    return {
        name: sha256(content).hexdigest()
        for name, content in files_below(root).items()
        if customer in Path(name).parts
    }


def every_place_is_found(
    counted: Counted, aviary: Aviary, customers: Sequence[CustomerId], without: Iterable[str] = ()
) -> None:
    missing = [
        (customer, place)
        for customer in customers
        for place, word in aviary.of(customer).items()
        if place not in without and not counted.of(word)
    ]
    assert missing == []


def places_left(
    counted: Counted, aviary: Aviary, customers: Sequence[CustomerId]
) -> list[tuple[str, list[str]]]:
    return [
        (place, counted.files_of(word))
        for customer in customers
        for place, word in aviary.of(customer).items()
        if counted.of(word)
    ]


def test_while_two_processes_work_five_are_withdrawn_and_no_byte_of_them_is_left(
    install: Install, house: House, aviary: Aviary, tmp_path: Path
) -> None:
    earlier = backed_up(house, tmp_path / "earlier.backup")
    every_place_is_found(inside(earlier), aviary, CUSTOMERS, UNPACKED)
    with still_writing(house, aviary, GOING):
        before = count(install.home)
        every_place_is_found(before, aviary, CUSTOMERS)
        assert {"bahi.db", "bahi.db-wal"} <= before.in_files.keys()
        stood = {customer: files_of(install.home, customer) for customer in STAYING}
        with at_work(install, tmp_path) as ended:
            for customer in GOING:
                withdrawn_at_once(install, house, aviary, customer)

    house.erasure.finish_pending()
    after = count(install.home)
    assert places_left(after, aviary, GOING) == []
    every_place_is_found(after, aviary, STAYING)
    assert {customer: files_of(install.home, customer) for customer in STAYING} == stood
    for customer in STAYING:
        assert sum(each[f"{customer} done"] for each in ended) >= 2
    ways = {way.split()[1] for each in ended for way in each}
    assert {"done", "CONSENT_REVOKED"} <= ways <= WAYS_TO_END

    later = inside(backed_up(house, tmp_path / "later.backup"))
    checkpoint = line(checkpoints_of(house).make())
    restored = restored_elsewhere(install, aviary, RestoreOrder(earlier, PASSPHRASE, checkpoint, None))
    for counted in (later, restored):
        assert places_left(counted, aviary, GOING) == []
        every_place_is_found(counted, aviary, STAYING, UNPACKED)
    counts = {"before": before, "earlier backup": inside(earlier), "after": after}
    counts |= {"later backup": later, "earlier backup, restored": restored}
    sys.stdout.write(report(counts, aviary, ended))


def backed_up(house: House, path: Path) -> str:
    backup(house, str(path), PASSPHRASE, lambda done, total: None)
    return str(path)


def inside(path: str) -> Counted:
    """Open a backup with its passphrase and read every byte."""
    content = io.BytesIO(Path(path).read_bytes())
    return Counted({path: count_in(b"".join(unsealed(content.read, PASSPHRASE)))})


def restored_elsewhere(install: Install, aviary: Aviary, order: RestoreOrder) -> Counted:
    """Restore into another home; nothing that was withdrawn since may come as far as its place."""
    home, looked = install.home.with_name("elsewhere"), []

    def look(act: str, what: str) -> None:
        path = Path(what)
        if not looked and act == "rename" and path.is_relative_to(home) and ".restore-" not in what:
            looked.append(places_left(count(home), aviary, GOING))

    _fs.fault = look
    try:
        restore({**install.environ(), "BAHI_HOME": str(home)}, "test", order)
    finally:
        _fs.fault = None
    assert looked == [[]]
    return count(home)


def withdrawn_at_once(install: Install, house: House, aviary: Aviary, customer: CustomerId) -> None:
    """The moment the last consent is withdrawn nothing is left in any file, nor in the ledger if it could be scrubbed."""
    house.consents.grant(GrantOrder(customer, GIVEN_MEANWHILE, ("bank",)))
    every_place_is_found(count(install.home), aviary, [customer])
    for consent in house.consents.listing(customer):
        house.erasure.revoke(consent.id)
    left = places_left(count(install.home), aviary, [customer])
    with house.ledger.reading() as tx:
        waiting = tx.all("SELECT id FROM erasure WHERE scrubbed_at IS NULL")
    assert [found for found in left if not waiting or set(found[1]) - LEDGER] == []


def report(counts: Mapping[str, Counted], aviary: Aviary, ended: list[dict[str, int]]) -> str:
    """Say how many canaries of how many places were found where, and how the runs meanwhile ended."""
    lines = []
    for name, counted in counts.items():
        for who, customers in (("withdrawn", GOING), ("staying", STAYING)):
            words = [
                word
                for customer in customers
                for place, word in aviary.of(customer).items()
                if not place.startswith(f"artefact {GIVEN_MEANWHILE}")
            ]
            found = [counted.of(word) for word in words]
            lines.append(
                f"{name}, {who}: {sum(map(bool, found))} of {len(words)} places, {sum(found)} canaries"
            )
    ways: Counter[str] = Counter()
    for each in ended:
        for how, number in each.items():
            ways[how.split()[1]] += number
    return "\n".join([*lines, f"runs meanwhile: {dict(ways)}\n"])
