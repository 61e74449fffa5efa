from __future__ import annotations

import json

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.lines import Fault, parse_line

CAP = 100
BOM = b"\xef\xbb\xbf"

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
)
values = st.recursive(
    scalars
    | st.text(st.characters(codec="utf-8"))
    | st.sampled_from(["a:b", '":"', '" :', "{[", "\\", "18:30:00"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(codec="utf-8")), inner, max_size=4)
    ),
    max_leaves=12,
)
objects = st.dictionaries(st.text(st.characters(codec="utf-8")), values, max_size=6)


def nested(levels: int) -> bytes:
    return b'{"a":' * levels + b"1" + b"}" * levels


@given(objects)
def test_an_object_reads_back_however_it_is_spaced(body: dict[str, object]) -> None:
    compact = orjson.dumps(body)
    spaced = json.dumps(body, separators=(" , ", " : ")).encode()
    indented = json.dumps(body, indent="\t", ensure_ascii=False).encode()
    for raw in (compact, compact + b"\n", compact + b"\r\n", BOM + compact, spaced, indented):
        assert parse_line(raw, CAP) == (body, None)


@given(objects, st.data())
def test_a_key_given_twice_is_never_lost(body: dict[str, object], data: st.DataObject) -> None:
    key = data.draw(st.sampled_from(sorted(body) or ["k"]))
    colon = data.draw(st.sampled_from([":", " :", "\t:", "\n :", ": "]))
    escaped = data.draw(st.booleans())
    pairs = [
        (orjson.dumps(name).decode(), orjson.dumps(value).decode())
        for name, value in (body or {"k": 1}).items()
    ]
    again = "".join(f"\\u{unit:04x}" for unit in _utf16(key)) if escaped else orjson.dumps(key).decode()[1:-1]
    pairs.insert(data.draw(st.integers(0, len(pairs))), (f'"{again}"', '"2"'))
    inner = "{" + ",".join(f"{name}{colon}{value}" for name, value in pairs) + "}"
    for raw in (inner, f'{{"x":{inner}}}', f'{{"x":[{inner}]}}'):
        assert parse_line(raw.encode(), CAP) == (None, Fault.DUPLICATE_KEYS)


def _utf16(text: str) -> list[int]:
    units = text.encode("utf-16-be")
    return [int.from_bytes(units[i : i + 2], "big") for i in range(0, len(units), 2)]


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a":1,"a":2}',
        b'{"a" :1,"a":2}',
        b'{"a":"x","a":"\\u003a"}',
        b'{"a":"x","\\u0061":2}',
        b'{"a"\n:1,"a":2}',
        b'{"a":{"b":1,"b":2}}',
        b'[{"a":1,"a":2}]'.join([b'{"k":', b"}"]),
        b'{"a":1,"a":' + b"9" * 30 + b"}",
        b'{"a":1,"a":' + b"9" * 300 + b".5}",
    ],
)
def test_duplicate_keys_hide_nowhere(raw: bytes) -> None:
    assert parse_line(raw, CAP) == (None, Fault.DUPLICATE_KEYS)


HOSTILE = {
    b"": Fault.EMPTY_LINE,
    b" \t\r\n": Fault.EMPTY_LINE,
    BOM: Fault.EMPTY_LINE,
    BOM + BOM + b"{}": Fault.NOT_JSON,
    BOM * 300_000: Fault.NOT_JSON,
    b'{"a":NaN}': Fault.NOT_JSON,
    b'{"a":Infinity}': Fault.NOT_JSON,
    b'{"a":-Infinity}': Fault.NOT_JSON,
    b'{"a":1e999}': Fault.NOT_JSON,
    b'{"a":01}': Fault.NOT_JSON,
    b'{"a":1,}': Fault.NOT_JSON,
    b"{'a':1}": Fault.NOT_JSON,
    b'{"a":1}{"b":2}': Fault.NOT_JSON,
    b'{"a":1': Fault.NOT_JSON,
    b'{"a":"half a li': Fault.NOT_JSON,
    b'ansaction","amount":"1.00"}': Fault.NOT_JSON,
    b'{"a":"\\ud800"}': Fault.NOT_JSON,
    b'{"a":"\\udc00\\ud800"}': Fault.NOT_JSON,
    b'{"a":"tab\tin text"}': Fault.NOT_JSON,
    b'{"a":"\xed\xa0\x80"}': Fault.NOT_UTF8,
    b'{"a":"\xff"}': Fault.NOT_UTF8,
    b'{"a":"\xc0\xaf"}': Fault.NOT_UTF8,
    b'{"a":"caf\xe9"}': Fault.NOT_UTF8,
    b'{"a":1}\x00': Fault.NUL_BYTE,
    b'\x00{"a":1}': Fault.NUL_BYTE,
    b'{"a":"x\x00y"}': Fault.NUL_BYTE,
    b"\x00" * 50: Fault.NUL_BYTE,
    '{"a":"रुपये"}'.encode("utf-16"): Fault.UTF16,
    '{"a":"रुपये"}'.encode("utf-16-le"): Fault.UTF16,
    '{"a":"रुपये"}'.encode("utf-16-be"): Fault.UTF16,
    '{"a":1}'.encode("utf-16-le")[1:]: Fault.UTF16,
    b"[1,2]": Fault.NOT_AN_OBJECT,
    b"1": Fault.NOT_AN_OBJECT,
    b'"text"': Fault.NOT_AN_OBJECT,
    b"null": Fault.NOT_AN_OBJECT,
    nested(CAP + 1): Fault.TOO_DEEP,
    b'{"a":' + b"[" * CAP + b"]" * CAP + b"}": Fault.TOO_DEEP,
    nested(100_000): Fault.TOO_DEEP,
    b"[" * 100_000: Fault.TOO_DEEP,
    b"[" * 100_000 + b"]" * 100_000: Fault.TOO_DEEP,
    b'{"a":' * 100_000: Fault.TOO_DEEP,
    b'"\\"' * 100_000: Fault.NOT_JSON,
    b'{"a":"' + b"[" * 200 + b'",': Fault.NOT_JSON,
}  # fmt: skip


@pytest.mark.parametrize(
    ("raw", "fault"), HOSTILE.items(), ids=[f"{i}-{fault}" for i, fault in enumerate(HOSTILE.values())]
)
def test_a_hostile_line_has_one_named_fault(raw: bytes, fault: Fault) -> None:
    assert parse_line(raw, CAP) == (None, fault)


def test_depth_is_counted_in_levels() -> None:
    assert parse_line(nested(CAP), CAP)[1] is None
    assert parse_line(b'{"a":{}}', 1) == (None, Fault.TOO_DEEP)
    assert parse_line(b'{"a":"[[[["}', 1) == ({"a": "[[[["}, None)
    assert parse_line(b'{"a":[1,[2]]}', 3) == ({"a": [1, [2]]}, None)
    assert parse_line(b'{"a":[1,[2]]}', 2) == (None, Fault.TOO_DEEP)


def test_a_number_too_long_to_hold_is_a_float_that_no_field_accepts() -> None:
    from kit.fields import Rule, amount_paise, text

    body, fault = parse_line(b'{"amount":123456789012345678901234567890}', CAP)
    assert fault is None and body is not None and isinstance(body["amount"], float)
    assert amount_paise(body["amount"]) == (None, Rule.AMOUNT_PRECISION_LOST)
    assert text(body["amount"]) == (None, Rule.TEXT_NOT_TEXT)


@given(st.binary(max_size=200))
def test_no_bytes_crash_the_reader(raw: bytes) -> None:
    body, fault = parse_line(raw, CAP)
    assert (body is None) != (fault is None)


@given(objects, st.data())
def test_half_a_line_is_never_taken_for_a_whole_one(body: dict[str, object], data: st.DataObject) -> None:
    raw = orjson.dumps(body)
    half = raw[: data.draw(st.integers(0, len(raw) - 1))]
    assert parse_line(half, CAP)[0] is None
