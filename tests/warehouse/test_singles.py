from __future__ import annotations

import pytest

from kit.errors import CallerError, ConsentRequired
from tests.warehouse.world import CUSTOMER, Place, arrival, grant, no_change, scope

KEY = "0f" * 32
BOTH = scope(grant("c-1"), grant("c-2", party="PARTNER"))
OTHER = scope(grant("c-9"), purpose=104)


def revoked() -> None:
    raise ConsentRequired("CONSENT_REVOKED", "revoked")


def test_a_log_is_replaced_whole(place: Place) -> None:
    for content in ([b"1\n", b"2\n"], [b"3\n"]):
        place.lake.keep_log(scope(), "bank.findings.ndjson", content, no_change)
    folder = place.home.logs / CUSTOMER / "103"
    assert [path.name for path in folder.iterdir()] == ["bank.findings.ndjson"]
    assert (folder / "bank.findings.ndjson").read_bytes() == b"3\n"


def test_logs_are_kept_together_and_only_the_named_ones_of_their_ending_stay(place: Place) -> None:
    place.lake.keep_log(scope(), "bank.ndjson", [b"0\n"], no_change)
    for names in (("bank", "gst"), ("gst",)):
        with place.lake.logs(scope(), no_change) as logs:
            for name in names:
                with logs.writer(f"{name}.findings.ndjson") as log:
                    log.write(name.encode())
            assert [place.lake.has_log(scope(), f"{name}.findings.ndjson") for name in ("bank", "ondc")] == [
                names == ("gst",),
                False,
            ]
            logs.keep(f"{name}.findings.ndjson" for name in names)
    folder = place.home.logs / CUSTOMER / "103"
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        "bank.ndjson": b"0\n",
        "gst.findings.ndjson": b"gst",
    }


def test_logs_that_were_not_kept_or_whose_consent_went_are_gone(place: Place) -> None:
    folder = place.home.logs / CUSTOMER
    with place.lake.logs(scope(), no_change) as logs, logs.writer("bank.findings.ndjson") as log:
        log.write(b"1\n")
    assert not folder.exists()
    checks = iter((no_change, revoked))
    with (
        pytest.raises(ConsentRequired, match="revoked"),
        place.lake.logs(scope(), lambda: next(checks)()) as logs,
    ):
        logs.writer("bank.findings.ndjson").write(b"1\n")
        logs.keep(["bank.findings.ndjson"])
    assert not folder.exists()


def test_of_two_answers_under_a_key_the_first_stands(place: Place) -> None:
    assert place.lake.reply(scope(), KEY) is None
    for body in (b'{"a":1}\n{}', b'{"a":2}'):
        place.lake.keep_reply(scope(), KEY, body, no_change)
    assert place.lake.reply(scope(), KEY) == b'{"a":1}\n{}'
    assert place.lake.reply(scope(), "1e" * 32) is None
    assert place.lake.reply(OTHER, KEY) is None


def test_an_answer_made_from_more_than_the_scope_covers_is_refused(place: Place) -> None:
    place.lake.keep_reply(BOTH, KEY, b"{}", no_change)
    with pytest.raises(ConsentRequired) as told:
        place.lake.reply(scope(), KEY)
    assert told.value.code == "DERIVED_OUT_OF_SCOPE"
    assert place.lake.reply(BOTH, KEY) == b"{}"


@pytest.mark.parametrize("content", [b"", b"{}\n{}", b"[]", b"\xff\n", b'{"grants":3,"sha256":""}\n{}'])
def test_an_altered_answer_is_told(place: Place, content: bytes) -> None:
    place.lake.keep_reply(scope(), KEY, b"{}", no_change)
    (place.home.replies / CUSTOMER / "103" / KEY).write_bytes(content)
    with pytest.raises(CallerError) as told:
        place.lake.reply(scope(), KEY)
    assert told.value.code == "REPLY_ALTERED"


def test_logs_answers_and_truth_go_with_any_consent_of_their_purpose(place: Place) -> None:
    place.deliver(b"x\n")
    place.lake.deliver(BOTH, "bank", [b"y\n"], arrival("PARTNER"))
    place.deliver(b"z\n", under=OTHER)
    for held in (BOTH, OTHER):
        place.lake.keep_log(held, "a.ndjson", [b"1\n"], no_change)
        place.lake.keep_reply(held, KEY, b"{}", no_change)
        place.lake.keep_truth(held, "world.json", [b"{}"], no_change)
    place.lake.log({"event": "kept"})
    gone = place.withdraw("c-2")
    assert gone.kinds == (
        ("line index", 1), ("log", 1), ("raw delivery", 1), ("reply", 1), ("truth", 1),
    )  # fmt: skip
    assert place.lake.reply(BOTH, KEY) is None
    assert place.lake.reply(OTHER, KEY) == b"{}"
    for base in (place.home.logs, place.home.replies, place.home.truth):
        assert [path.name for path in (base / CUSTOMER).iterdir()] == ["104"]
    assert (place.home.logs / "bahi.ndjson").exists()


def test_without_consent_nothing_is_kept(place: Place) -> None:
    for keep in (
        lambda: place.lake.keep_log(scope(), "a.ndjson", [b"1\n"], revoked),
        lambda: place.lake.keep_reply(scope(), KEY, b"{}", revoked),
        lambda: place.lake.keep_truth(scope(), "world.json", [b"{}"], revoked),
    ):
        with pytest.raises(ConsentRequired):
            keep()
    assert not list(place.root.rglob(CUSTOMER))


def test_what_the_world_knows_is_replaced_whole_and_only_its_being_there_is_told(place: Place) -> None:
    assert not place.lake.has_truth(scope(), "world.ndjson")
    for content in ([b"1\n", b"2\n"], [b"3\n"]):
        place.lake.keep_truth(scope(), "world.ndjson", content, no_change)
    assert place.lake.has_truth(scope(), "world.ndjson") and not place.lake.has_truth(OTHER, "world.ndjson")
    (kept,) = (place.home.truth / CUSTOMER / "103").iterdir()
    assert kept.read_bytes() == b"3\n"
