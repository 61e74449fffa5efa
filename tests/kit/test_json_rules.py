"""What JSON is and is not, by lists of our own, and one written rule for each thing that readers of JSON disagree on."""

from __future__ import annotations

import json
import math

import orjson
import pytest

from kit.fields import Rule, amount_paise, text
from kit.lines import Fault, parse_line

CAP = 100
MARK = b"\xef\xbb\xbf"

NUMBERS = (
    "0", "-0", "1", "-1", "10", "0.0", "-0.0", "1.5", "-1.50", "0e1", "0E+1", "0e-1", "1e2", "1E2", "1e+2", "1.5e-2",
    "123456789", "9007199254740991", "9223372036854775807", "-9223372036854775808", "18446744073709551615",
    "0.1", "0.30000000000000004", "1e308", "1.7976931348623157e308", "2.2250738585072014e-308", "5e-324", "1e-400",
    "1.000000000000000000000000000000", "100000000000000000000", "1e22", "-1e-2", "20e0", "0.000000000000000000001",
)  # fmt: skip
TEXTS = (
    '""', '" "', '"a"', r'"\""', r'"\\"', r'"\/"', r'"\b\f\n\r\t"', r'"\u0041"', r'"\u00e9"', r'"\u20B9"', r'"\u0000"',
    r'"\u001f"', r'"\ud83d\ude00"', r'"\uD834\uDD1E"', r'"\uDBFF\uDFFF"', r'"\uFFFF"', r'"\\u0041"', r'"\\\""', '"/"',
    '"\x7f"', '"\u0080"', '"é"', '"₹"', '"रुपये"', '"\u2028\u2029"', '"\ufeff"', '"\ufffe\uffff"', '"😀"', '"\U0010ffff"',
    '"e\u0301"', '"\u202eabc"', '"[{,:}]"', '"//no comment"', '"NaN"', '"1e999"', r'"\u200d"', '"\u00a0"',
)  # fmt: skip
OTHERS = (
    "true", "false", "null", "[]", "{}", "[ ]", "{ }", "[[]]", "[{}]", '{"":0}', '{"a":1,"b":2}', '[1,"a",null,true]',
    "[1 ,2]", "[1, 2]", "\t1", "1\t", "\r1\r", '{"a":{"a":{"a":1}}}', '[{"a":1},{"a":1}]', r'{"\u0061":1}', r'{"\u0000":1}',
    '{"a":1,"A":2}', '{"a":1,"a ":2}', '{"é":1,"e\u0301":2}', '{"__proto__":1}', '{"true":true}', '{"x":"x","y":"x"}',
)  # fmt: skip
ACCEPTED = [f'{{"k":{value}}}'.encode() for value in (*NUMBERS, *TEXTS, *OTHERS)] + [
    b"{}", b" {} ", b"\t{}\t", b"{}\r", b"{}\r\n", b"{ }", b'{"a":1 }', b'{ "a":1}', b'{"a" :1}', b'{"a": 1}', b'{"a"\t:\r1}',
    b'{"":1}', b'{" ":1}', b'{"k":1,"":2}', b'{"k":' + b"[" * 99 + b"]" * 99 + b"}", b'{"k":[' + b"1," * 9_999 + b"1]}",
    b"{" + b",".join(b'"%d":%d' % (n, n) for n in range(9_999)) + b"}", b'{"k":"' + b"x" * 999_999 + b'"}',
    b'{"k":0.' + b"1" * 5_000 + b"}", b'{"k":' + b"9" * 300 + b"}", b'{"k":"' + b"\\\\" * 9_999 + b'"}', MARK + b"{}",
]  # fmt: skip

NO_NUMBERS = (
    "01", "00", "-00", "-01", "+1", "++1", "--1", "-", "+", "-a", "- 1", ".5", "-.5", "1.", "-1.", "1.e2", ".e1", "1.5.", "1..5",
    "1e", "1E", "1e+", "1e-", "1ee2", "1e2.5", "1e 2", "1 e2", "0e", "0.e1", "0x1", "0X1F", "0b1", "0o7", "1_000", "1,000",
    "1 000", "1a", "1f", "1L", "1n", "1/2", "1%", "Infinity", "-Infinity", "+Infinity", "Inf", "inf", "-inf", "NaN",
    "-NaN", "nan", "1#INF", "\u0661", "\uff11", "\u0967", "1\u00a0", "\u22121", "₹1", "1e\u0661", "$1", "0-1", "1-1", "1+1", "012",
)  # fmt: skip
NO_TEXTS = (
    '"', '"a', 'a"', "'a'", '\'a"', "`a`", "“a”", "a", '"a""b"', '"a" "b"', '"a"b', r'"\x41"', r'"\a"', r'"\0"', r'"\v"', r'"\e"',
    r'"\'"', r'"\U0041"', r'"\u"', r'"\u0"', r'"\u00"', r'"\u004"', r'"\u00g0"', r'"\u 041"', r'"\u+041"', r'"\u{41}"', '"\\"',
    '"\\ "', '"\\é"', '"\\\x01"', '"\x01"', '"\x08"', '"\t"', '"\r"', '"\x1f"', '"\x1b[2J"', r'"\ud800"', r'"\udc00"',
    r'"\ud800\ud800"', r'"\udc00\ud800"', r'"\ud800x"', r'"\ud800\n"', r'"\ud83d\u0041"', r'"\uDFFF"', r'"a\ud83d"',
)  # fmt: skip
NO_OTHERS = (
    "", " ", "True", "TRUE", "tru", "truee", "true1", "False", "fals", "nul", "Null", "NULL", "None", "nil", "undefined",
    "[", "]", "[[", "[]]", "[1", "1]", "[1,", "[1,]", "[,1]", "[,]", "[1,,2]", "[1 2]", "[1;2]", "[1:2]", "[1}", "{1]", "(1)", "<1>",
    "{", "}}", "{]", "{,}", '{"a"}', '{"a":}', '{"a":1,}', '{,"a":1}', '{"a":1,,"b":2}', '{"a":1 "b":2}', '{"a":1;"b":2}',
    '{"a",1}', '{"a"=1}', '{"a"=>1}', '{"a"::1}', '{"a":1:2}', '{"a" "b":1}', "{a:1}", "{'a':1}", "{1:1}", "{null:1}", "{true:1}",
    "{[]:1}", "{{}:1}", "/*c*/1", "1/*c*/", "1//c", "#c", "1 #c", "<!--c-->1", "...", "[...]", "@", "*", "\\n", "\\u0031", "\u00a01",
    "\u20281", "\u2060 1", "\u30001", "1\x0c", "\x0b1", "\ufeff1", "1\ufeff", "\u200b1", "new Date()", "function(){}",
)  # fmt: skip
REFUSED = [f'{{"k":{value}}}'.encode() for value in (*NO_NUMBERS, *NO_TEXTS, *NO_OTHERS)] + [
    b"{", b"}", b"{}}", b"{{}}", b"{}{}", b"{} {}", b"{},", b",{}", b"{};", b"{}]", b"[{}", b"{}x", b"x{}", b"{}#", b"{}//", b"/**/{}",
    b'{"k":1', b'{"k":', b'{"k"', b'{"k', b'{"', b'"k":1', b'k":1}', b'{"k":1}}', b'{"k":1}{"k":1}', b'{"k":1},{"k":1}', b"{}\x0c",
    b"\x0b{}", b"{}\x1a", b"{}\x00", b"\x00{}", b"\xc2\xa0{}", b"{}\xc2\x85", b"\xe2\x80\xa8{}", b"{}" + MARK, MARK + MARK + b"{}",
    b"\x1e{}", b")]}',{}", b"callback({})", b"<json>{}</json>", b"--- {}", b"\\{}", b'\x80{}', b'{"\xff":1}', b'{"k":"\x80"}',
    b'{"k":"\xc0\x80"}', b'{"k":"\xc1\xbf"}', b'{"k":"\xe0\x80\x80"}', b'{"k":"\xed\xa0\x80"}', b'{"k":"\xed\xa0\xbd\xed\xb8\x80"}',
    b'{"k":"\xf0\x80\x80\x80"}', b'{"k":"\xf4\x90\x80\x80"}', b'{"k":"\xf8\x88\x80\x80\x80"}', b'{"k":"\xe2\x82"}', b'{"k":"\xe9"}',
    b'{"k":"\xfe\xff"}', b'{"k":\xff}', b'{"k":1\xa0}',
]  # fmt: skip

NO_OBJECTS = (b"1", b"-1.5", b'"a"', b'""', b"true", b"false", b"null", b"[]", b"[{}]", b" [1] ", MARK + b"1")

# Where readers of JSON disagree: the line, what becomes of it, and the rule as the decision record words it.
DISPUTED: list[tuple[bytes, object, str]] = [
    (b'{"k":1,"k":2}', Fault.DUPLICATE_KEYS, "a key given twice is refused, whichever value others would keep"),
    (b'{"k":1,"k":1}', Fault.DUPLICATE_KEYS, "a key given twice is refused, whichever value others would keep"),
    (b'{"k":1,"\\u006b":2}', Fault.DUPLICATE_KEYS, "keys are compared as they read, not as they are escaped"),
    (b'{"a":[{"k":{},"k":{}}]}', Fault.DUPLICATE_KEYS, "at any depth"),
    ('{"é":1,"e\u0301":2}'.encode(), {"é": 1, "e\u0301": 2}, "keys that only look alike are two keys"),
    (b'{"k":-0}', {"k": 0}, "zero has no sign"),
    (b'{"k":9007199254740993}', {"k": 9007199254740993}, "a whole number of 64 bits is exact"),
    (b'{"k":18446744073709551616}', {"k": 18446744073709551616.0}, "a longer one is a float, which no field reads"),
    (b'{"k":-9223372036854775809}', {"k": -9223372036854775809.0}, "a longer one is a float, which no field reads"),
    (b'{"k":1e-400}', {"k": 0.0}, "a number too small to tell from zero is zero"),
    (b'{"k":1e999}', Fault.NOT_JSON, "a number beyond the range of a float is refused, never infinite"),
    (b'{"k":-1e999}', Fault.NOT_JSON, "a number beyond the range of a float is refused, never infinite"),
    (b'{"k":' + b"9" * 400 + b"}", Fault.NOT_JSON, "a number beyond the range of a float is refused, never infinite"),
    (b'{"k":"\\u0000"}', {"k": "\0"}, "an escaped NUL is text; cleaning makes it a blank with a finding"),
    (b'{"k":"\0"}', Fault.NUL_BYTE, "a raw NUL is refused"),
    (b'{"k":"\\ud83d"}', Fault.NOT_JSON, "half of a surrogate pair is no text"),
    (b'{"k":"\\ude00\\ud83d"}', Fault.NOT_JSON, "half of a surrogate pair is no text"),
    (b'{"k":"\\uffff"}', {"k": "\uffff"}, "a code point that is no character is kept"),
    (b'{"k":"\xef\xbf\xbf"}', {"k": "\uffff"}, "a code point that is no character is kept"),
    (b'{"k":"\xff"}', Fault.NOT_UTF8, "bytes that are no UTF-8 are refused, never replaced"),
    (b'{"k":"\xc0\xaf"}', Fault.NOT_UTF8, "bytes that are no UTF-8 are refused, never replaced"),
    (b'{"k":"\xed\xa0\x80"}', Fault.NOT_UTF8, "bytes that are no UTF-8 are refused, never replaced"),
    (MARK + b'{"k":1}', {"k": 1}, "one byte order mark in front is passed over"),
    (MARK + MARK + b'{"k":1}', Fault.NOT_JSON, "a second one is refused"),
    ('{"k":1}'.encode("utf-16"), Fault.UTF16, "UTF-16 is named and refused"),
    ('{"k":1}'.encode("utf-16-be"), Fault.UTF16, "UTF-16 is named and refused"),
    ('{"k":1}'.encode("utf-32-le"), Fault.NUL_BYTE, "UTF-32 is refused by its NULs"),
    (b'{"k":"\x7f"}', {"k": "\x7f"}, "DEL is text for JSON; cleaning makes it a blank with a finding"),
    (b'{"":1}', {"": 1}, "an empty key is a key"),
    (b'{"k":' + b"[" * 99 + b"]" * 99 + b"}", None, "levels are counted up to a cap"),
    (b'{"k":' + b"[" * 100 + b"]" * 100 + b"}", Fault.TOO_DEEP, "levels are counted up to a cap"),
    (b"", Fault.EMPTY_LINE, "an empty line is an item like any other, held back"),
    (b"\r", Fault.EMPTY_LINE, "an empty line is an item like any other, held back"),
    (b"[]", Fault.NOT_AN_OBJECT, "a line is an object"),
]  # fmt: skip


def _id(raw: object) -> str:
    return repr(raw)[:40] if isinstance(raw, bytes) else ""


@pytest.mark.parametrize("raw", ACCEPTED, ids=_id)
def test_what_is_json_is_read_as_the_standard_library_reads_it(raw: bytes) -> None:
    body, fault = parse_line(raw, CAP)
    assert fault is None
    assert body == json.loads(raw.removeprefix(MARK), parse_int=_whole)


def _whole(digits: str) -> int | float:
    return int(digits) if -(2**63) <= int(digits) < 2**64 else float(digits)


@pytest.mark.parametrize("raw", REFUSED, ids=_id)
def test_what_is_no_json_is_refused_with_a_name(raw: bytes) -> None:
    body, fault = parse_line(raw, CAP)
    assert body is None
    assert fault in {Fault.NOT_JSON, Fault.NOT_UTF8, Fault.NUL_BYTE}


@pytest.mark.parametrize("raw", NO_OBJECTS, ids=_id)
def test_json_that_is_no_object_is_refused(raw: bytes) -> None:
    assert parse_line(raw, CAP) == (None, Fault.NOT_AN_OBJECT)


@pytest.mark.parametrize(("raw", "becomes", "rule"), DISPUTED, ids=_id)
def test_what_readers_disagree_on_follows_its_rule(raw: bytes, becomes: object, rule: str) -> None:
    body, fault = parse_line(raw, CAP)
    if isinstance(becomes, Fault):
        assert (body, fault) == (None, becomes), rule
    else:
        assert fault is None and body is not None, rule
        assert becomes is None or repr(body) == repr(becomes), rule


def test_the_lists_are_long_and_name_nothing_twice() -> None:
    told = [*ACCEPTED, *REFUSED, *NO_OBJECTS]
    assert len(set(told)) == len(told)
    assert len(ACCEPTED) >= 95 and len(REFUSED) >= 188 and len(DISPUTED) >= 30


@pytest.mark.parametrize("raw", [*ACCEPTED, *REFUSED, *NO_OBJECTS, *(one[0] for one in DISPUTED)], ids=_id)
def test_what_is_read_can_be_written_again_and_no_number_is_endless(raw: bytes) -> None:
    body, fault = parse_line(raw, CAP)
    assert (body is None) != (fault is None)
    if body is not None:
        again, _ = parse_line(orjson.dumps(body), CAP)
        assert again == body
        assert not (isinstance(body.get("k"), float) and not math.isfinite(body["k"]))  # type: ignore[arg-type]


@pytest.mark.parametrize("digits", ["18446744073709551616", "-9223372036854775809", "9" * 300])
def test_a_number_that_lost_its_last_digits_is_read_by_no_field(digits: str) -> None:
    body, _ = parse_line(f'{{"k":{digits}}}'.encode(), CAP)
    assert body is not None
    assert amount_paise(body["k"]) == (None, Rule.AMOUNT_PRECISION_LOST)
    assert text(body["k"]) == (None, Rule.TEXT_NOT_TEXT)
