"""Every act of delivering, committing and erasing is stopped, failed or killed in turn."""

from __future__ import annotations

import errno
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from kit.errors import BahiError
from tests.warehouse.world import (
    CHANGES,
    CUSTOMER,
    KILLED,
    LATER,
    NOW,
    Acts,
    Place,
    acts_of,
    failing,
    grant,
    killed_at,
    no_change,
    scope,
    with_fault,
)
from warehouse.lake import NoteKind, Shelf

OLD = {"bank.ndjson": b'{"a":1}\n', "bank.findings.ndjson": b""}
BOTH = scope(grant("c-1"), grant("c-2"))
SECOND = scope(grant("c-2"))
SHORT = scope(grant(life_end=NOW + LATER / 2))


def nothing(place: Place) -> None:
    place.root.mkdir()


def one_delivery(place: Place) -> None:
    place.deliver(b'{"n":1}\n{"n":2}\n')


def one_shelf(place: Place) -> None:
    one_delivery(place)
    place.commit(OLD)
    place.commit({"bank.json": b"{}"}, shelf=Shelf.RESULTS)


def full_house(place: Place) -> None:
    """Every kind of file, held by the first consent, by the second and by both."""
    one_shelf(place)
    shared = place.deliver(b'{"n":1}\n{"n":2}\n', under=BOTH)
    others = place.deliver(b'{"n":3}', under=SECOND)
    mine = place.deliver(b'{"n":4}')
    place.lake.keep_truth(scope(), "world.json", [b"{}"], no_change)
    for delivery, under in ((shared, scope()), (others, SECOND), (mine, scope())):
        place.receive(delivery, b"%PDF " + delivery.id.encode(), under)
        place.note({"line": delivery.id}, about=delivery, under=under)
    place.receive(shared, b"%PDF of both", BOTH)
    place.note({"amount_paise": 100}, NoteKind.APPLICATION, BOTH)
    place.note({"amount_paise": 200}, NoteKind.APPLICATION)
    place.lake.keep_log(scope(), "bank.ndjson", [b"1\n"], no_change)
    place.lake.keep_reply(BOTH, "ab" * 32, b"{}", no_change)


def noted(place: Place) -> None:
    place.note({"n": 1})
    place.note({"n": 2}, under=SECOND)


def log(place: Place, content: bytes = b"1\n") -> None:
    place.lake.keep_log(scope(), "bank.ndjson", [content], no_change)


def reply(place: Place) -> None:
    place.lake.keep_reply(scope(), "ab" * 32, b"{}", no_change)


def received(place: Place) -> None:
    (delivery,) = place.lake.deliveries(scope())
    place.receive(delivery, b"%PDF")


def short_life(place: Place) -> None:
    place.deliver(b'{"n":5}\n', under=SHORT)
    place.deliver(b'{"n":6}\n')
    place.commit(OLD)
    place.note({"n": 5}, under=SHORT)
    place.note({"n": 6})


@dataclass(frozen=True)
class Deed:
    before: Callable[[Place], object]
    act: Callable[[Place], object]


DEEDS = {
    "first delivery": Deed(nothing, one_delivery),
    "another delivery": Deed(one_delivery, lambda place: place.deliver(b'{"n":3}\n', b'{"half')),
    "the same under another consent": Deed(
        one_delivery, lambda place: place.deliver(b'{"n":1}\n{"n":2}\n', under=BOTH)
    ),
    "first commit": Deed(one_delivery, lambda place: place.commit(OLD)),
    "another commit": Deed(one_shelf, lambda place: place.commit(OLD | {"bank.ndjson": b'{"a":2}\n'})),
    "first note": Deed(one_delivery, lambda place: place.note({"n": 1})),
    "another note": Deed(noted, lambda place: place.note({"n": 3})),
    "the same note under another consent": Deed(noted, lambda place: place.note({"n": 1}, under=SECOND)),
    "an original": Deed(one_delivery, received),
    "a log in the place of another": Deed(log, lambda place: log(place, b"2\n")),
    "a reply": Deed(one_delivery, reply),
    "a withdrawal": Deed(full_house, lambda place: place.withdraw()),
    "a purge": Deed(short_life, lambda place: place.lake.drop_due(CUSTOMER, NOW + LATER, others_live=False)),
}


def seen(place: Place) -> dict[str, object]:
    """All that can be read, piece by piece: what each consent sees, and each shelf."""
    found: dict[str, object] = {}
    for name, held in {"c-1": scope(), "c-2": SECOND}.items():
        found[name] = place.lake.deliveries(held)
        found[f"{name} items"] = list(place.lake.items(held, "bank"))
        place.lake.check_raw(held, "bank")
        found |= {f"{name} {kind}": place.notes(kind, held) for kind in NoteKind}
    found["reply"] = place.lake.reply(BOTH, "ab" * 32)
    path = place.home.logs / CUSTOMER / "103" / "bank.ndjson"
    found["log"] = path.read_bytes() if path.exists() else None
    for shelf in Shelf:
        standing = place.lake.shelved(scope(), shelf)
        found[shelf] = standing
        files = (
            []
            if standing is None
            else [stored.name for entry in standing.entries.values() for stored in entry.files]
        )
        found[f"{shelf} files"] = [place.lake.document(scope(), shelf, name) for name in files]
    return found


@dataclass(frozen=True)
class Course:
    """A deed with what was before it and what an undisturbed run leaves."""

    act: Callable[[Place], object]
    before: Place
    old: dict[str, object]
    new: dict[str, object]
    tree: dict[str, bytes | str]

    def holds(self, place: Place) -> None:
        """What can be read is, piece by piece, the old or the new; doing it again gives the undisturbed bytes."""
        found = seen(place)
        for piece, value in found.items():
            assert value in (self.old[piece], self.new[piece]), piece
        self.act(place)
        self.act(place)
        assert place.tree() == self.tree


@pytest.fixture(params=DEEDS, ids=lambda name: name.replace(" ", "-"))
def course(request: pytest.FixtureRequest, tmp_path: Path) -> Course:
    deed = DEEDS[request.param]
    before = Place(tmp_path / "before")
    deed.before(before)
    after = before.copied_to(tmp_path / "after")
    deed.act(after)
    return Course(deed.act, before, seen(before), seen(after), after.tree())


def test_a_kill_at_any_change_leaves_old_or_new_and_running_again_gives_the_same_bytes(
    course: Course, tmp_path: Path
) -> None:
    undisturbed = course.before.copied_to(tmp_path / "count")
    changes = acts_of(lambda: course.act(undisturbed), CHANGES)
    assert len(changes) >= 5
    for number in range(len(changes)):
        place = course.before.copied_to(tmp_path / f"killed-{number}")
        assert killed_at(lambda place=place: course.act(place), number) == KILLED
        course.holds(place)


CODES = {errno.ENOSPC: "DISK_FULL", errno.EIO: "DISK_FAILED"}


@pytest.mark.parametrize("number", CODES, ids=lambda number: CODES[number])
def test_a_failure_at_any_act_is_a_clear_error_and_nothing_half(
    course: Course, tmp_path: Path, number: int
) -> None:
    undisturbed = course.before.copied_to(tmp_path / "count")
    acts = acts_of(lambda: course.act(undisturbed))
    failed = 0
    looked: set[tuple[str, str]] = set()
    for at, act in enumerate(acts):
        # The same look at the same path fails in the same way; every change of the disk is failed.
        if act[0] not in CHANGES and (number != errno.EIO or act in looked):
            continue
        looked.add(act)
        place = course.before.copied_to(tmp_path / f"failed-{at}")
        error = with_fault(lambda place=place: course.act(place), Acts(at, failing(number)))
        if error is not None:
            failed += 1
            is_clear(error, CODES[number], tmp_path)
        course.holds(place)
    assert failed >= 5


def test_a_read_only_disk_is_a_clear_error_and_nothing_changes(course: Course) -> None:
    def read_only(act: str, path: str) -> None:
        if act in CHANGES - {"fsync"}:
            failing(errno.EROFS)()

    stood = course.before.tree()
    error = with_fault(lambda: course.act(course.before), read_only)
    assert error is not None
    is_clear(error, "HOME_READ_ONLY", course.before.root)
    assert course.before.tree() == stood
    assert seen(course.before) == course.old
    course.holds(course.before)


def test_a_disk_that_stays_full_fails_every_time_and_serves_again_when_space_returns(
    course: Course, tmp_path: Path
) -> None:
    undisturbed = course.before.copied_to(tmp_path / "count")
    growing = {"mkdir", "create", "write", "link", "symlink"}
    for first in range(len(acts_of(lambda: course.act(undisturbed), growing))):
        place = course.before.copied_to(tmp_path / f"full-{first}")
        seen_n = 0

        def full(act: str, path: str, first: int = first) -> None:
            nonlocal seen_n
            seen_n += act in growing
            if act in growing and seen_n > first:
                failing(errno.ENOSPC)()

        for _ in range(2):
            seen_n = 0
            error = with_fault(lambda place=place: course.act(place), full)
            assert error is None or error.code == "DISK_FULL"
        course.holds(place)


def is_clear(error: BahiError, code: str, root: Path) -> None:
    assert error.code == code
    assert error.hint and error.place
    assert str(root) not in error.message
