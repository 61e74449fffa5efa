"""What a process that is still at work has written so far goes with the consent, and the process is told."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kit.errors import BahiError, ConsentRequired
from tests.warehouse.world import CUSTOMER, LATER, NOW, Place, arrival, entry, grant, in_child, scope
from warehouse.lake import Document, Shelf

CANARY = b"canary of a living draft\n"
WRITING = {
    "a delivery": lambda place, told: place.lake.deliver(scope(), "bank", paused(told), told.arrival),
    "an original": lambda place, told: receive(place, told),
    "a clean file": lambda place, told: step(place, told, Shelf.CLEAN),
    "a result": lambda place, told: step(place, told, Shelf.RESULTS),
    "a log": lambda place, told: place.lake.keep_log(scope(), "a.ndjson", paused(told), told.recheck),
    "a truth": lambda place, told: place.lake.keep_truth(scope(), "a.ndjson", paused(told), told.recheck),
}


class Told:
    """Lets two processes wait for each other, and remembers whether the consent was revoked."""

    def __init__(self, folder: Path) -> None:
        self._has_begun, self._may_go_on = os.pipe(), os.pipe()
        self._revoked = folder / "revoked"
        self.arrival = arrival(recheck=self.recheck)

    def recheck(self) -> None:
        if self._revoked.exists():
            raise ConsentRequired("CONSENT_REVOKED", "revoked")

    def revoke(self) -> None:
        self._revoked.touch()

    def begun(self) -> None:
        """The child has written, and waits for what comes next."""
        os.write(self._has_begun[1], b".")
        os.read(self._may_go_on[0], 1)

    def wait_for_the_child(self) -> None:
        os.read(self._has_begun[0], 1)

    def let_the_child_go_on(self) -> None:
        os.write(self._may_go_on[1], b".")


def paused(told: Told) -> Iterator[bytes]:
    yield CANARY * 20_000
    told.begun()
    yield CANARY * 20_000


def receive(place: Place, told: Told) -> None:
    (delivery,) = place.lake.deliveries(scope())
    place.lake.keep_original(scope(), delivery.id, Document("pdf", paused(told)), told.recheck)


def step(place: Place, told: Told, shelf: Shelf) -> None:
    with place.lake.draft(scope(), shelf, told.recheck) as draft:
        with draft.writer("bank.ndjson") as out:
            for piece in paused(told):
                out.write(piece)
        with draft.writer("bank.findings.ndjson") as out:
            out.write(CANARY)
        entries = {"bank": entry(scope(), "bank", draft.stored("bank"))}
        place.lake.commit(scope(), draft, entries, told.recheck)


@contextmanager
def writing(place: Place, what: str, told: Told, code: str) -> Iterator[None]:
    """Begin to write in a child; after the block it goes on, and has to end in the error of this code."""

    def child() -> None:
        with pytest.raises(BahiError) as error:
            WRITING[what](Place(place.root), told)
        assert error.value.code == code

    child_id = os.fork()
    if child_id == 0:
        os._exit(in_child(child))
    told.wait_for_the_child()
    try:
        yield
    finally:
        told.let_the_child_go_on()
        assert os.waitstatus_to_exitcode(os.waitpid(child_id, 0)[1]) == 0


def bytes_on_disk(place: Place) -> int:
    """Count the canaries in every file, under whatever name."""
    return sum(path.read_bytes().count(CANARY) for path in place.root.rglob("*") if path.is_file())


def ready(place: Place) -> None:
    place.deliver(b"x\n")
    place.deliver(b"y\n", under=scope(grant("c-2")))


@pytest.mark.parametrize("what", WRITING)
def test_a_withdrawal_takes_what_a_living_process_has_written(
    place: Place, tmp_path: Path, what: str
) -> None:
    place.deliver(b"x\n")
    told = Told(tmp_path)
    with writing(place, what, told, "CONSENT_REVOKED"):
        assert bytes_on_disk(place) > 10_000
        told.revoke()
        place.withdraw()
        assert bytes_on_disk(place) == 0
    assert bytes_on_disk(place) == 0
    assert not list(place.root.rglob(CUSTOMER))


@pytest.mark.parametrize("what", WRITING)
def test_whoever_wrote_under_another_consent_of_the_purpose_is_told_to_run_again(
    place: Place, tmp_path: Path, what: str
) -> None:
    ready(place)
    with writing(place, what, Told(tmp_path), "RAW_WITHDRAWN"):
        place.withdraw("c-2")
        assert bytes_on_disk(place) == 0
    assert bytes_on_disk(place) == 0
    assert [row.holds[0].consent_id for row in place.lake.deliveries(scope())] == ["c-1"]


@pytest.mark.parametrize("what", WRITING)
def test_a_withdrawal_under_another_purpose_disturbs_nobody(place: Place, tmp_path: Path, what: str) -> None:
    place.deliver(b"x\n")
    place.deliver(b"x\n", under=scope(grant("c-9"), purpose=104))
    told = Told(tmp_path)

    def child() -> None:
        WRITING[what](Place(place.root), told)

    child_id = os.fork()
    if child_id == 0:
        os._exit(in_child(child))
    told.wait_for_the_child()
    place.withdraw("c-9", 104)
    place.lake.drop_due(CUSTOMER, NOW + LATER, others_live=True)
    told.let_the_child_go_on()
    assert os.waitstatus_to_exitcode(os.waitpid(child_id, 0)[1]) == 0
    assert bytes_on_disk(place) >= 40_000


def test_after_a_revocation_no_draft_is_begun(place: Place, tmp_path: Path) -> None:
    told = Told(tmp_path)
    told.revoke()
    deeds: list[Callable[[], object]] = [
        lambda: place.lake.deliver(scope(), "bank", [CANARY], told.arrival),
        lambda: step(place, told, Shelf.CLEAN),
        lambda: place.lake.keep_log(scope(), "a.ndjson", [CANARY], told.recheck),
    ]
    for deed in deeds:
        with pytest.raises(ConsentRequired):
            deed()
    assert not list(place.root.rglob(CUSTOMER))
