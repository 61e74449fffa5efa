from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256

import pytest

from kit.errors import BahiError, CallerError, ConsentRequired
from tests.warehouse.world import CUSTOMER, LATER, NOW, Place, grant, scope
from warehouse import _fs
from warehouse.lake import NoteKind, Remark

BOTH = scope(grant("c-1"), grant("c-2"))
SECOND = scope(grant("c-2"))
APPLICATION = NoteKind.APPLICATION


def test_notes_are_read_in_the_order_they_were_written(place: Place) -> None:
    for number in (3, 1, 2):
        place.note({"n": number})
        place.note({"ask": number}, APPLICATION)
    assert place.notes() == [{"n": 3}, {"n": 1}, {"n": 2}]
    assert place.notes(APPLICATION) == [{"ask": 3}, {"ask": 1}, {"ask": 2}]
    assert (place.home.raw / CUSTOMER / "corrections.ndjson").read_bytes() == b'{"n":3}\n{"n":1}\n{"n":2}\n'
    assert (place.home.raw / CUSTOMER / "applications.ndjson").exists()


def test_the_same_remark_twice_is_one_note_held_by_both_consents(place: Place) -> None:
    first = place.note({"n": 1})
    stood = place.tree()
    assert place.note({"n": 1}) == first
    assert place.tree() == stood
    assert place.note({"n": 1}, under=SECOND) == first
    assert place.note({"n": 1}, APPLICATION) != first
    place.withdraw("c-1")
    assert place.notes(under=SECOND) == [{"n": 1}]
    assert place.withdraw("c-2").kinds == (("correction", 1),)


def test_a_note_is_seen_only_through_a_consent_and_purpose_it_was_written_under(place: Place) -> None:
    place.note({"n": 1})
    place.note({"n": 2}, under=scope(grant(life_end=NOW + LATER)))
    assert place.notes(under=SECOND) == []
    assert place.notes(under=scope(purpose=104)) == []
    assert place.notes(under=scope(as_of=NOW + LATER)) == [{"n": 1}]


def test_a_note_about_a_delivery_is_held_as_the_delivery_is(place: Place) -> None:
    mine = place.deliver(b'{"a":1}\n')
    theirs = place.deliver(b'{"a":2}\n', under=SECOND)
    place.note({"line": "mine"}, about=mine, under=BOTH)
    place.note({"line": "theirs"}, about=theirs, under=BOTH)
    place.note({"line": "anyone's"}, under=BOTH)
    assert place.notes(under=SECOND) == [{"line": "theirs"}, {"line": "anyone's"}]
    place.withdraw("c-1")
    assert place.notes(under=BOTH) == [{"line": "theirs"}, {"line": "anyone's"}]
    with pytest.raises(BahiError) as told:
        place.note({"line": "too late"}, about=mine, under=BOTH)
    assert told.value.code == "RAW_WITHDRAWN"


def test_a_withdrawal_takes_its_lines_and_says_which(place: Place) -> None:
    place.note({"canary": 1})
    place.note({"canary": 2}, under=SECOND)
    place.note({"canary": 3}, APPLICATION)
    gone = place.withdraw("c-1")
    assert gone.kinds == (("application", 1), ("correction", 1))
    assert gone.objects == tuple(sorted(sha256(b'{"canary":%d}\n' % n).hexdigest() for n in (1, 3)))
    assert (place.home.raw / CUSTOMER / "corrections.ndjson").read_bytes() == b'{"canary":2}\n'
    assert not (place.home.raw / CUSTOMER / "applications.ndjson").exists()


def test_a_note_whose_life_is_over_is_purged(place: Place) -> None:
    place.note({"n": 1}, under=scope(grant(life_end=NOW + LATER)))
    place.note({"n": 2})
    assert place.lake.drop_due(CUSTOMER, NOW + LATER, others_live=False).kinds == (("correction", 1),)
    assert place.notes() == [{"n": 2}]


def test_a_refused_note_leaves_nothing(place: Place) -> None:
    def revoked() -> None:
        raise ConsentRequired("CONSENT_REVOKED", "revoked")

    with pytest.raises(ConsentRequired):
        place.lake.note(scope(), Remark(APPLICATION, {"n": 1}), revoked)
    assert not list(place.root.rglob(CUSTOMER))


@pytest.mark.parametrize(
    "alter", [lambda content: content[:-1], lambda content: content[3:], lambda content: b"", bytes.swapcase]
)
def test_an_altered_line_is_told_and_never_taken_for_another(
    place: Place, alter: Callable[[bytes], bytes]
) -> None:
    place.note({"n": "a"})
    path = place.home.raw / CUSTOMER / "corrections.ndjson"
    path.write_bytes(alter(path.read_bytes()))
    for deed in (place.notes, lambda: place.note({"n": 2})):
        with pytest.raises(CallerError) as told:
            deed()
        assert told.value.code == "RAW_ALTERED"
        assert told.value.place == "home/raw/MSME_0001/corrections.ndjson"
    assert place.note({"n": "a"})
    assert place.notes() == [{"n": "a"}]


def test_lines_no_manifest_lists_are_not_read_and_go_with_the_next_erasure(place: Place) -> None:
    place.note({"n": 1})
    path = place.home.raw / CUSTOMER / "corrections.ndjson"
    path.write_bytes(path.read_bytes() + b'{"n":2}\n{"n":')
    assert place.notes() == [{"n": 1}]
    assert place.withdraw("c-none").kinds == (("correction", 2),)
    assert path.read_bytes() == b'{"n":1}\n'


def test_an_erasure_between_the_manifest_and_the_lines_is_not_an_alteration(place: Place) -> None:
    place.note({"n": 1})
    place.note({"n": 2}, under=BOTH)

    def erase_before_the_lines(act: str, path: str) -> None:
        if act == "read" and path.endswith("corrections.ndjson"):
            _fs.fault = None
            place.withdraw("c-1")

    _fs.fault = erase_before_the_lines
    assert place.notes(under=BOTH) == [{"n": 2}]


@pytest.mark.parametrize("kind", NoteKind)
def test_a_file_of_notes_that_is_a_link_goes_and_what_it_leads_to_stays(place: Place, kind: NoteKind) -> None:
    place.note({"n": 1}, kind)
    path = place.home.raw / CUSTOMER / f"{kind}s.ndjson"
    outside = place.root / "outside"
    path.rename(outside)
    path.symlink_to(outside)
    place.withdraw()
    assert not path.is_symlink() and outside.exists()
    assert place.lake.notes(scope(), kind) == ()
