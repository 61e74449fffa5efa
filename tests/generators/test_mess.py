"""The mess does what it says, says what it did, and leaves the envelope alone unless it is honest about a shorter cover."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

import orjson
import pytest

from generators.figures import Figures
from generators.mess import KINDS, LOSSES, Deed, Expected, Mess, Mistake, Noise, Shape, mess_of
from generators.soil import cut, found, own
from kit.chance import Stream
from kit.errors import CallerError
from kit.fields import amount_paise, day, enum, moment
from kit.source import Document
from warehouse import assets

RATES = Figures(assets.figures()["mess"])
LINES_N = 6_000


def _swapped(document: Document, stream: Stream) -> str | None:
    document["side"] = "CREDITED"
    return "side"


SHAPE = Shape(
    amounts=("amount", "inv.itms.0.txval"),
    days=("day", "inv.idt"),
    moments=("at", "sent"),
    enums=("side",),
    texts=("words",),
    needed=("amount", "at"),
    mistakes=(Mistake("SIDE_SWAPPED", Expected.KEPT, _swapped),),
    spare=("balance",),
    account="account",
)
QUIET = ("COVER_SHORT", "MONTH_MISSING", "ACCOUNT_PARTIAL")


class Rates(Figures):
    """The rates of the world, some of them another."""

    def __init__(self, **ppm: int) -> None:
        entries = assets.figures()["mess"]
        entry = entries["late_ppm"]
        assert isinstance(entry, dict)
        other: Document = {
            f"{name}_ppm": {
                **entry,
                "values": [{"since": "2017-07-01", "value": {"light": rate, "heavy": rate}}],
            }
            for name, rate in ppm.items()
        }
        super().__init__({**entries, **other})


NOTHING_LOST = {name.lower(): 0 for name in LOSSES}


def _documents(lines_n: int = LINES_N) -> Iterator[Document]:
    yield {"kind": "envelope", "from": "2025-01-01", "to": "2025-12-28"}
    for number in range(lines_n):
        on = f"2025-{number % 12 + 1:02d}-{number % 28 + 1:02d}"
        taxable: object = orjson.Fragment(f"{number}.50")
        yield {
            "number": number,
            "account": f"A{number % 5}",
            "amount": f"{number + 1000}.50",
            "balance": f"{number}.00",
            "day": on,
            "at": f"{on}T10:00:00+05:30",
            "sent": f"{on}T04:30:00.000Z",
            "side": "CREDIT",
            "words": "PAID FOR RICE AND DAL",
            "inv": {"idt": f"{on[8:]}-{on[5:7]}-2025", "itms": [{"txval": taxable}]},  # type: ignore[dict-item]
        }


def _read(line: bytes) -> Document:
    document: Document = json.loads(line, parse_float=Decimal)
    return document


DOCUMENTS = [own(document) for document in _documents()]


def _soiled(noise: str, rates: Figures, seed: int = 1) -> tuple[Mess, list[bytes]]:
    mess = mess_of(noise, rates)
    return mess, list(mess.soiled(_documents(), SHAPE, Stream(seed), "P"))


def test_a_mess_that_is_off_passes_everything_through() -> None:
    mess, lines = _soiled("off", RATES)
    assert [_read(line) for line in lines] == DOCUMENTS
    assert not mess.deeds


@pytest.mark.parametrize("noise", [Noise.LIGHT, Noise.HEAVY])
def test_every_kind_occurs_at_about_its_rate_and_is_told(noise: Noise) -> None:
    mess, lines = _soiled(noise, Rates(**NOTHING_LOST))
    told = Counter(deed.kind for deed in mess.deeds)
    for name in [*(kind.name for kind in KINDS), "SIDE_SWAPPED"]:
        expected = LINES_N * mess.rate_ppm(name) / 1_000_000
        assert expected and abs(told[name] - expected) < 5 * expected**0.5 + 1, name
    again = sum(deed.expected in (Expected.DUPLICATE, Expected.SUPERSEDED) for deed in mess.deeds)
    assert len(lines) == LINES_N + 1 + again
    assert _read(lines[0]) == DOCUMENTS[0]
    assert {deed.kind for deed in mess.deeds if deed.expected is Expected.NULLED} == {"VALUE_NULL"}


def test_each_deed_points_at_its_line_and_keeps_what_stood_there() -> None:
    mess, lines = _soiled("heavy", Rates(**NOTHING_LOST))
    assert len({deed.line for deed in mess.deeds}) == len(mess.deeds)
    for deed in mess.deeds:
        raw = lines[deed.line - 1]
        if deed.kind == "JSON_BROKEN":
            with pytest.raises(orjson.JSONDecodeError):
                orjson.loads(raw)
        elif deed.field and deed.kind != "UNKNOWN_FIELD":
            line = _read(raw)
            stood = found(DOCUMENTS[int(str(line["number"])) + 1], deed.field)
            assert json.loads(deed.was, parse_float=Decimal) == stood != found(line, deed.field) or (
                str(stood) != str(found(line, deed.field))
            )


def test_what_is_to_be_restored_can_be_restored() -> None:
    mess, lines = _soiled("heavy", RATES)
    readers = {
        "AMOUNT_FORM": amount_paise,
        "DATE_FORM": day,
        "MOMENT_FORM": moment,
        "ENUM_CASE": lambda text: enum(text, {"CREDIT", "DEBIT"}, {}),
    }
    restored = [deed for deed in mess.deeds if deed.expected is Expected.RESTORED]
    assert {deed.kind for deed in restored} == set(readers)
    for deed in restored:
        read = readers[deed.kind]
        line = orjson.loads(lines[deed.line - 1])
        value, _ = read(found(line, deed.field))
        assert value == read(orjson.loads(deed.was))[0] is not None, deed


def test_lines_without_a_deed_are_as_they_were() -> None:
    mess, lines = _soiled("heavy", RATES)
    touched = {deed.line for deed in mess.deeds if deed.expected is not Expected.DUPLICATE}
    for number, raw in enumerate(lines[1:], 2):
        if number not in touched:
            line = _read(raw)
            assert line == DOCUMENTS[int(str(line["number"])) + 1]


def test_a_line_without_a_shape_stays_clean_and_in_its_place() -> None:
    mess = mess_of("heavy", RATES)
    lines = list(mess.soiled(_documents(), lambda _: None, Stream(1), "P"))
    assert [_read(line) for line in lines] == DOCUMENTS and not mess.deeds


def test_a_shape_of_fields_that_are_not_there_does_nothing_to_them() -> None:
    shape = Shape(("no.such",), ("inv.itms.7.day",), (), ("side.below",), ("",), ("nothing",))
    mess = mess_of("heavy", Rates(**NOTHING_LOST))
    list(mess.soiled(_documents(), shape, Stream(1), "P"))
    assert {deed.kind for deed in mess.deeds} == {"UNKNOWN_FIELD", "LATE", "DUPLICATE", "JSON_BROKEN"}


def _lost(kind: str, **ppm: int) -> tuple[list[Deed], list[Document]]:
    mess = mess_of("light", Rates(**{kind.name.lower(): 0 for kind in KINDS}, mistake=0, **ppm))
    lines = list(mess.soiled(_documents(), SHAPE, Stream(3), "P"))
    assert {deed.kind for deed in mess.deeds} == {kind} and {deed.expected for deed in mess.deeds} == {
        Expected.LOST
    }
    return mess.deeds, [_read(line) for line in lines]


def test_a_missing_month_is_missing_whole_and_the_envelope_does_not_say_so() -> None:
    deeds, (envelope, *lines) = _lost("MONTH_MISSING", **NOTHING_LOST | {"month_missing": 300_000})
    assert envelope == DOCUMENTS[0]
    told = {str(orjson.loads(deed.was)["month"]): orjson.loads(deed.was)["lines"] for deed in deeds}
    assert 0 < len(told) < 12 and set(told.values()) == {LINES_N // 12}
    assert {str(line["day"])[:7] for line in lines} | set(told) == {f"2025-{n:02d}" for n in range(1, 13)}
    assert len(lines) == LINES_N - sum(told.values())


def test_a_short_cover_is_said_by_the_envelope() -> None:
    deeds, (envelope, *lines) = _lost("COVER_SHORT", **NOTHING_LOST | {"cover_short": 1_000_000})
    assert [(deed.field, deed.was) for deed in deeds] == [("from", '"2025-01-01"')]
    first = str(envelope["from"])
    assert first in ("2025-02-01", "2025-03-01", "2025-04-01") and envelope["to"] == "2025-12-28"
    owed = [line for line in DOCUMENTS[1:] if str(line["day"]) >= first]
    assert lines == owed


def test_a_partial_account_stops_early_though_it_is_listed() -> None:
    deeds, (envelope, *lines) = _lost("ACCOUNT_PARTIAL", **NOTHING_LOST | {"account_partial": 500_000})
    assert envelope == DOCUMENTS[0]
    ends = {orjson.loads(deed.was)["account"]: orjson.loads(deed.was) for deed in deeds}
    assert 0 < len(ends) < 5 and {deed.field for deed in deeds} == {"account"}
    for account in {str(line["account"]) for line in lines}:
        last = max(str(line["day"]) for line in lines if line["account"] == account)
        assert last <= ends[account]["after"] if account in ends else last >= "2025-12-20"
    assert len(lines) == LINES_N - sum(end["lines"] for end in ends.values())


@pytest.mark.parametrize("seed", range(3))
def test_the_same_stream_soils_the_same_lines(seed: int) -> None:
    first, again, other = (_soiled("heavy", RATES, number) for number in (seed, seed, seed + 100))
    assert first[1] == again[1] != other[1] and first[0].deeds == again[0].deeds


def test_a_cut_leaves_no_part_of_a_word_an_address_or_a_number() -> None:
    text = "PAID 5123456789 TO ravi.kumar-shop@bahi FOR AB-12 VIA BAHI0123456 AND MORE"
    left = {cut(text, at) for at in range(len(text))}
    assert len(left) > 10
    for one in left:
        assert text.startswith(one) and not re.search(r"\w\Z", one)
        assert set(re.findall(r"\S*@\S*", one)) <= {"ravi.kumar-shop@bahi"}


def test_an_unknown_level_is_refused_and_a_level_without_rates_is_a_bug() -> None:
    with pytest.raises(CallerError) as refused:
        mess_of("deafening", RATES)
    assert refused.value.code == "NOISE_UNKNOWN" and "heavy" in refused.value.hint
    with pytest.raises(ValueError, match="rates"):
        list(mess_of("light").soiled(_documents(3), SHAPE, Stream(1), "P"))
