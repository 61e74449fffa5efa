"""The mess does what it says, says what it did, and leaves the envelope alone."""

from __future__ import annotations

from collections import Counter

import orjson
import pytest

from generators.mess import KINDS, Expected, Mess, Noise, Shape, mess_of
from kit.chance import Stream
from kit.errors import CallerError
from kit.source import Document

SHAPE = Shape(("amount",), ("day",), ("at",), ("side",), ("words",), ("amount", "at"))
LINES_N = 6_000


def _documents() -> list[Document]:
    lines: list[Document] = [
        {
            "number": number,
            "amount": f"{number + 1000}.50",
            "day": "2026-01-05",
            "at": "2026-01-05T10:00:00+05:30",
            "side": "CREDIT",
            "words": "PAID FOR RICE AND DAL",
        }
        for number in range(LINES_N)
    ]
    return [{"kind": "envelope"}, *lines]


DOCUMENTS = _documents()


def _soiled(noise: str, seed: int = 1) -> tuple[Mess, list[bytes]]:
    mess = mess_of(noise)
    return mess, list(mess.soiled(_documents(), SHAPE, Stream(seed), "P"))


def test_a_mess_that_is_off_passes_everything_through() -> None:
    mess, lines = _soiled("off")
    assert [orjson.loads(line) for line in lines] == _documents()
    assert not mess.deeds


@pytest.mark.parametrize("noise", [Noise.LIGHT, Noise.HEAVY])
def test_every_kind_occurs_at_about_its_rate_and_is_told(noise: Noise) -> None:
    mess, lines = _soiled(noise)
    told = Counter(deed.kind for deed in mess.deeds)
    for kind in KINDS:
        expected = LINES_N * (kind.light_ppm if noise is Noise.LIGHT else kind.heavy_ppm) / 1_000_000
        assert abs(told[kind.name] - expected) < 5 * expected**0.5 + 1, kind.name
    copies = told["DUPLICATE"] + told["RESENT"]
    assert len(lines) == LINES_N + 1 + copies
    assert orjson.loads(lines[0]) == {"kind": "envelope"}


def test_each_deed_points_at_its_line() -> None:
    mess, lines = _soiled("heavy")
    assert len({deed.line for deed in mess.deeds}) == len(mess.deeds)
    for deed in mess.deeds:
        raw = lines[deed.line - 1]
        if deed.kind == "JSON_BROKEN":
            with pytest.raises(orjson.JSONDecodeError):
                orjson.loads(raw)
        elif deed.field and deed.kind != "UNKNOWN_FIELD":
            found = orjson.loads(raw)
            assert orjson.dumps(found.get(deed.field)).decode() != deed.was
            assert orjson.loads(deed.was) == DOCUMENTS[found["number"] + 1][deed.field]


def test_lines_without_a_deed_are_as_they_were() -> None:
    mess, lines = _soiled("heavy")
    touched = {deed.line for deed in mess.deeds if deed.expected is not Expected.DUPLICATE}
    for number, raw in enumerate(lines[1:], 2):
        if number not in touched:
            line = orjson.loads(raw)
            assert line == DOCUMENTS[line["number"] + 1]


def test_the_same_stream_soils_the_same_lines() -> None:
    assert _soiled("heavy")[1] == _soiled("heavy")[1] != _soiled("heavy", seed=2)[1]


def test_an_unknown_level_is_refused() -> None:
    with pytest.raises(CallerError) as refused:
        mess_of("deafening")
    assert refused.value.code == "NOISE_UNKNOWN" and "heavy" in refused.value.hint
