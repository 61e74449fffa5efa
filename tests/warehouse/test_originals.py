from __future__ import annotations

from pathlib import Path

import pytest

from kit.errors import BahiError, CallerError, ConsentRequired
from kit.scope import Scope
from tests.warehouse.world import CUSTOMER, LATER, NOW, Place, grant, scope
from warehouse import _fs
from warehouse.lake import Original

BOTH = scope(grant("c-1"), grant("c-2"))
SECOND = scope(grant("c-2"))


def file_of(place: Place, one: Original) -> Path:
    return place.home.raw / CUSTOMER / "bank" / one.name


def bytes_of(place: Place, under: Scope | None = None) -> list[bytes]:
    """Every document of every delivery, as the scope may read it."""
    held = under or scope()
    rows = place.lake.deliveries(held)
    return [b"".join(place.lake.original(held, row, one)) for row in rows for one in row.originals]


def test_a_document_stands_beside_its_delivery_as_it_was_received(place: Place) -> None:
    delivery = place.deliver(b'{"n":1}\n')
    one = place.receive(delivery, b"%PDF \x00\xff\n" * 100_000)
    assert one.name.startswith(f"{delivery.id}.original.") and one.name.endswith(".pdf")
    assert file_of(place, one).read_bytes() == b"%PDF \x00\xff\n" * 100_000
    assert bytes_of(place) == [b"%PDF \x00\xff\n" * 100_000]
    place.lake.check_raw(scope(), "bank")


def test_the_same_document_twice_is_one_file_and_another_stands_beside_it(place: Place) -> None:
    delivery = place.deliver(b"x\n")
    first = place.receive(delivery, b"one")
    stood = place.tree()
    assert place.receive(delivery, b"one") == first
    assert place.tree() == stood
    place.receive(delivery, b"two")
    assert sorted(bytes_of(place)) == [b"one", b"two"]


def test_a_document_is_seen_and_goes_with_the_consents_it_was_received_under(place: Place) -> None:
    delivery = place.deliver(b"x\n", under=BOTH)
    place.receive(delivery, b"mine")
    place.receive(delivery, b"ours", under=BOTH)
    assert bytes_of(place, SECOND) == [b"ours"]
    gone = place.withdraw("c-1")
    assert (gone.deliveries_n, gone.kinds) == (0, (("original", 1),))
    assert bytes_of(place, SECOND) == [b"ours"]
    assert place.withdraw("c-2").kinds == (("line index", 1), ("original", 1), ("raw delivery", 1))
    assert not list(place.root.rglob(CUSTOMER))


def test_a_document_whose_life_is_over_goes_with_its_delivery(place: Place) -> None:
    short = scope(grant(life_end=NOW + LATER))
    delivery = place.deliver(b"x\n", under=short)
    place.receive(delivery, b"one", under=short)
    place.lake.drop_due(CUSTOMER, NOW + LATER, others_live=False)
    assert not list(place.root.rglob(CUSTOMER))


def test_delivering_again_keeps_what_stands_beside(place: Place) -> None:
    delivery = place.deliver(b"x\n")
    place.receive(delivery, b"one")
    assert place.deliver(b"x\n", under=BOTH).originals
    assert bytes_of(place) == [b"one"]


def test_an_altered_or_lost_document_is_told_with_its_place_and_healed_by_the_same_bytes(
    place: Place,
) -> None:
    delivery = place.deliver(b"x\n")
    one = place.receive(delivery, b"one")
    for hurt in (lambda path: path.write_bytes(b"two"), lambda path: path.unlink()):
        hurt(file_of(place, one))
        with pytest.raises(CallerError) as told:
            place.lake.check_raw(scope(), "bank")
        assert (told.value.code, told.value.place) == ("RAW_ALTERED", f"raw/{CUSTOMER}/bank/{one.name}")
        place.receive(delivery, b"one")
        assert bytes_of(place) == [b"one"]


def test_nothing_is_kept_beside_a_delivery_out_of_scope_or_without_consent(place: Place) -> None:
    delivery = place.deliver(b"x\n")
    stood = place.tree()

    def revoked() -> None:
        raise ConsentRequired("CONSENT_REVOKED", "revoked")

    with pytest.raises(BahiError) as told:
        place.receive(delivery, b"one", under=SECOND)
    assert told.value.code == "RAW_WITHDRAWN"
    with pytest.raises(ConsentRequired):
        place.receive(delivery, b"one", recheck=revoked)
    for suffix in ("", "PDF", "../x", "pdf.exe", "toolongword"):
        with pytest.raises(ValueError):
            place.receive(delivery, b"one", suffix=suffix)
    assert place.tree() == stood


def test_a_document_withdrawn_while_it_is_read_says_so(place: Place) -> None:
    delivery = place.deliver(b"x\n")
    one = place.receive(delivery, b"one")

    def erase(act: str, path: str) -> None:
        if act == "read" and path.endswith(one.name):
            _fs.fault = None
            place.withdraw()

    _fs.fault = erase
    with pytest.raises(BahiError) as told:
        list(place.lake.original(scope(), delivery, one))
    assert told.value.code == "RAW_WITHDRAWN"
