from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from kit.errors import CallerError, ConsentRequired, NotFound
from tests.warehouse.world import (
    CUSTOMER,
    LATER,
    NOW,
    Acts,
    Place,
    acts_of,
    arrival,
    entry,
    failing,
    grant,
    no_change,
    scope,
    with_fault,
)
from warehouse.lake import NoteKind, Removed, Shelf

BOTH = scope(grant("c-1"), grant("c-2"))
SECOND = scope(grant("c-2"))
NOTHING = Removed(0, 0, (), ())


class Standing:
    """A consent that stands until it is revoked."""

    def __init__(self) -> None:
        self.is_revoked = False

    def recheck(self) -> None:
        if self.is_revoked:
            raise ConsentRequired("CONSENT_REVOKED", "revoked")

    def revoke(self) -> None:
        self.is_revoked = True


def test_withdrawing_takes_deliveries_results_and_truth_and_says_what_went(place: Place) -> None:
    place.deliver(b'{"canary":1}\n')
    place.commit({"bank.ndjson": b'{"canary":2}\n'})
    place.commit({"bank.json": b'{"canary":3}'}, shelf=Shelf.RESULTS)
    place.lake.keep_truth(scope(), "world.json", [b'{"canary":4}'], no_change)

    gone = place.withdraw()

    assert (gone.deliveries_n, gone.files_n) == (1, 5)
    for content in (b'{"canary":1}\n', b'{"canary":2}\n', b'{"canary":3}', b'{"canary":4}'):
        assert sha256(content).hexdigest() in gone.objects
    assert not [path for path in place.root.rglob("*") if path.is_file() and path.suffix != ".lock"]
    assert not [path for path in place.root.rglob(CUSTOMER)]
    with pytest.raises(NotFound):
        place.lake.document(scope(), Shelf.CLEAN, "bank.ndjson")


def test_withdrawing_twice_takes_nothing_more(place: Place) -> None:
    place.deliver(b"x\n")
    assert place.withdraw().deliveries_n == 1
    assert place.withdraw() == NOTHING
    assert Place(place.root / "empty").withdraw() == NOTHING


def test_a_delivery_goes_when_its_last_consent_goes(place: Place) -> None:
    shared = place.deliver(b"shared\n", under=BOTH)
    place.deliver(b"mine\n")
    place.commit({"bank.ndjson": b"derived\n"}, under=BOTH)

    gone = place.withdraw("c-1")

    assert gone.deliveries_n == 1
    assert [row.id for row in place.lake.deliveries(SECOND)] == [shared.id]
    assert place.lake.deliveries(scope()) == ()
    assert place.lake.shelved(SECOND, Shelf.CLEAN) is None
    place.lake.check_raw(SECOND, "bank")
    assert place.withdraw("c-2").deliveries_n == 1
    assert place.lake.deliveries(SECOND) == ()


def test_another_purpose_keeps_its_results(place: Place) -> None:
    other = scope(grant("c-9"), purpose=104)
    place.deliver(b"x\n")
    place.deliver(b"x\n", under=other)
    place.commit({"bank.ndjson": b"one\n"})
    place.commit({"bank.ndjson": b"two\n"}, under=other)
    place.lake.keep_truth(scope(), "world.json", [b"one"], no_change)
    place.lake.keep_truth(other, "world.json", [b"two"], no_change)

    place.withdraw()

    assert place.lake.shelved(scope(), Shelf.CLEAN) is None
    assert place.lake.document(other, Shelf.CLEAN, "bank.ndjson") == b"two\n"
    assert [path.read_bytes() for path in place.home.truth.rglob("world.json")] == [b"two"]


def test_only_what_is_due_is_purged(place: Place) -> None:
    place.deliver(b"short\n", under=scope(grant(life_end=NOW + LATER)))
    lasting = place.deliver(b"lasting\n")
    place.commit({"bank.ndjson": b"x\n"})
    assert place.lake.drop_due(CUSTOMER, NOW, others_live=False) == NOTHING
    assert place.lake.shelved(scope(), Shelf.CLEAN) is not None
    assert place.lake.drop_due(CUSTOMER, NOW + LATER, others_live=False).deliveries_n == 1
    assert [row.id for row in place.lake.deliveries(scope())] == [lasting.id]
    assert place.lake.shelved(scope(), Shelf.CLEAN) is None


def test_a_file_that_cannot_be_read_is_erased_all_the_same(place: Place) -> None:
    delivery = place.deliver(b"x\n")
    acts = acts_of(lambda: Place(place.root).withdraw("c-none"))
    assert acts
    reads = {str(place.raw_file(delivery)), str(place.raw_file(delivery, "lines"))}

    def bad_sector(act: str, path: str) -> None:
        if act == "read" and path in reads:
            failing(5)()

    assert with_fault(place.withdraw, bad_sector) is None
    assert not place.raw_file(delivery).exists()


def _full(place: Place) -> None:
    place.deliver(b"x\n")
    place.commit({"bank.ndjson": b"y\n"})
    place.commit({"bank.json": b"{}"}, shelf=Shelf.RESULTS)


def _lost(path: Path) -> None:
    path.unlink()


def _damaged(path: Path) -> None:
    path.write_bytes(b"?")


def _linked(path: Path) -> None:
    path.rename(path.with_suffix(".else"))
    path.symlink_to(path.with_suffix(".else"))


def _covered(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("hurt", [_lost, _damaged, _linked, _covered])
@pytest.mark.parametrize("shelf", ["raw/MSME_0001", "clean/MSME_0001/103", "analytics/results/MSME_0001/103"])
def test_no_state_of_a_manifest_keeps_anything_from_erasure(
    place: Place, hurt: Callable[[Path], None], shelf: str
) -> None:
    _full(place)
    hurt(place.root / shelf / "manifest.json")
    place.withdraw()
    left = [
        path for path in place.root.rglob("*") if path.is_file() and path.suffix not in (".lock", ".else")
    ]
    assert left == []
    assert place.lake.shelved(scope(), Shelf.CLEAN) is None
    assert place.lake.deliveries(scope()) == ()


@pytest.mark.parametrize("hurt", [_lost, _damaged])
def test_without_a_readable_manifest_nothing_of_any_purpose_stays(
    place: Place, hurt: Callable[[Path], None]
) -> None:
    other = scope(grant("c-9"), purpose=104)
    _full(place)
    place.deliver(b"z\n", under=other)
    place.commit({"bank.ndjson": b"two\n"}, under=other)
    hurt(place.home.raw / CUSTOMER / "manifest.json")
    place.withdraw()
    assert not list(place.root.rglob(CUSTOMER))


@pytest.mark.parametrize(
    "name",
    [
        "raw/MSME_0001",
        "raw/MSME_0001/bank",
        "clean/MSME_0001",
        "clean/MSME_0001/103",
        "analytics/results/MSME_0001",
        "analytics/results/MSME_0001/103",
    ],
)
def test_a_link_in_the_way_of_an_erasure_goes_and_what_it_leads_to_stays(
    place: Place, tmp_path: Path, name: str
) -> None:
    _full(place)
    outside = tmp_path / "outside"
    (place.root / name).rename(outside)
    stood = sorted(path.name for path in outside.rglob("*"))
    (place.root / name).symlink_to(outside)
    place.withdraw()
    assert sorted(path.name for path in outside.rglob("*")) == stood
    assert not list(place.root.rglob(CUSTOMER))


def test_a_purpose_without_deliveries_goes_with_its_consent(place: Place) -> None:
    other = scope(grant("c-9"), purpose=104)
    place.deliver(b"x\n")
    place.commit({"bank.ndjson": b"one\n"})
    place.commit({"bank.ndjson": b"two\n"}, under=other)
    place.withdraw("c-9", 104)
    assert place.lake.shelved(other, Shelf.CLEAN) is None
    assert place.lake.document(scope(), Shelf.CLEAN, "bank.ndjson") == b"one\n"


def test_a_damaged_shelf_of_another_purpose_does_not_hold_up_an_erasure(place: Place) -> None:
    other = scope(grant("c-9"), purpose=104)
    _full(place)
    place.deliver(b"z\n", under=other)
    place.commit({"bank.ndjson": b"two\n"}, under=other)
    manifest = place.home.clean / CUSTOMER / "104" / "manifest.json"
    manifest.write_bytes(b"?")
    place.withdraw()
    assert manifest.exists()
    assert place.lake.shelved(scope(), Shelf.CLEAN) is None


def test_a_manifest_that_may_not_be_read_stops_an_erasure_loudly(place: Place) -> None:
    _full(place)

    def forbidden(act: str, path: str) -> None:
        if act == "read" and path.endswith("raw/MSME_0001/manifest.json"):
            failing(13)()

    stood = place.tree()
    error = with_fault(place.withdraw, forbidden)
    assert error is not None and error.code == "HOME_READ_ONLY"
    assert place.tree() == stood


@pytest.mark.parametrize("shelf", Shelf)
def test_a_step_overtaken_by_an_erasure_leaves_no_folder(place: Place, shelf: Shelf) -> None:
    place.deliver(b"x\n")

    consent = Standing()
    with pytest.raises(ConsentRequired), place.lake.draft(scope(), shelf, consent.recheck) as draft:
        with draft.writer("bank.ndjson") as out:
            out.write(b"y\n")
        consent.revoke()
        place.withdraw()
        entries = {"bank": entry(scope(), "bank", draft.stored("bank"))}
        place.lake.commit(scope(), draft, entries, consent.recheck)
    assert not list(place.root.rglob(CUSTOMER))


def test_a_delivery_overtaken_by_an_erasure_leaves_no_folder(place: Place) -> None:
    def revoked() -> None:
        raise ConsentRequired("CONSENT_REVOKED", "revoked")

    with pytest.raises(ConsentRequired):
        place.lake.deliver(scope(), "bank", [b"x\n"], arrival(recheck=revoked))
    assert not list(place.root.rglob(CUSTOMER))


def test_an_erasure_that_failed_half_way_is_finished_by_the_next(place: Place) -> None:
    place.deliver(b"x\n")
    place.commit({"bank.ndjson": b"y\n"})
    error = with_fault(place.withdraw, Acts(0, failing(5), ["rmdir"]))
    assert error is not None and error.code == "DISK_FAILED"
    place.withdraw()
    assert not [path for path in place.root.rglob(CUSTOMER)]


def test_a_damaged_manifest_never_takes_what_another_consent_keeps_alive(place: Place) -> None:
    place.deliver(b'{"a":1}\n')
    place.commit({"bank.ndjson": b"x\n"})
    (place.home.raw / CUSTOMER / "manifest.json").write_bytes(b"{")
    raw = [name for name in place.tree() if "/bank/" in name and name.startswith("raw")]
    assert raw
    for drop in (
        lambda: place.withdraw("c-9", 104, others_live=True),
        lambda: place.lake.drop_due(CUSTOMER, NOW + LATER, others_live=True),
    ):
        with pytest.raises(CallerError) as told:
            drop()
        assert told.value.code == "MANIFEST_DAMAGED"
        assert set(raw) <= set(place.tree())
    place.withdraw(others_live=False)
    assert not set(raw) & set(place.tree())


def test_every_kind_of_file_goes_and_is_counted_by_its_kind(place: Place) -> None:
    delivery = place.deliver(b'{"canary":1}\n')
    place.receive(delivery, b"%PDF canary")
    place.note({"canary": 2})
    place.note({"canary": 3}, NoteKind.APPLICATION)
    place.commit({"bank.ndjson": b"canary\n", "bank.findings.ndjson": b""})
    place.commit({"bank.json": b"canary"}, shelf=Shelf.RESULTS)
    place.lake.keep_log(scope(), "bank.ndjson", [b"canary\n"], no_change)
    place.lake.keep_reply(scope(), "0a" * 32, b"canary", no_change)
    place.lake.keep_truth(scope(), "world.json", [b"canary"], no_change)
    (place.home.raw / CUSTOMER / ".manifest.json.tmp-0").write_bytes(b"canary")
    gone = place.withdraw()
    assert gone.kinds == (
        ("application", 1),
        ("clean", 2),
        ("correction", 1),
        ("leftover", 1),
        ("line index", 1),
        ("log", 1),
        ("original", 1),
        ("raw delivery", 1),
        ("reply", 1),
        ("result", 1),
        ("truth", 1),
    )
    assert gone.files_n == sum(number for _, number in gone.kinds) == len(gone.objects)
    assert not any(b"canary" in path.read_bytes() for path in place.root.rglob("*") if path.is_file())
    assert not list(place.root.rglob(CUSTOMER))
