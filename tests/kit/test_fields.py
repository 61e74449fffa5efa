from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit import fields
from kit.fields import LARGEST_PAISE, Rule
from kit.money import indian_grouping, rupees
from kit.period import IST, isoformat_ist, isoformat_utc
from kit.source import Json

paise_amounts = st.integers(0, LARGEST_PAISE) | st.integers(0, 10**9)
days = st.dates(date(1970, 1, 1), date(2069, 12, 31))


def western(whole: int) -> str:
    return f"{whole:,}"


def parts(paise: int) -> tuple[int, str]:
    return paise // 100, f"{paise % 100:02}"


# How the same amount is written, and whether the writing turns it negative.
RENDERINGS: list[tuple[Callable[[int, str], str], int, Rule | None]] = [
    (lambda whole, rest: f"{whole}.{rest}", 1, None),
    (lambda whole, rest: f"-{whole}.{rest}", -1, None),
    (lambda whole, rest: f"000{whole}.{rest}", 1, None),
    (lambda whole, rest: f"{indian_grouping(whole)}.{rest} Cr", 1, Rule.AMOUNT_CR),
    (lambda whole, rest: f"{indian_grouping(whole)}.{rest}CR.", 1, Rule.AMOUNT_CR),
    (lambda whole, rest: f"{indian_grouping(whole)}.{rest} Dr", -1, Rule.AMOUNT_DR),
    (lambda whole, rest: f"{western(whole)}.{rest}(Dr)", -1, Rule.AMOUNT_DR),
    (lambda whole, rest: f"DR {whole}.{rest}", -1, Rule.AMOUNT_DR),
    (lambda whole, rest: f"({indian_grouping(whole)}.{rest})", -1, Rule.AMOUNT_BRACKETS),
    (lambda whole, rest: f"( ₹ {whole}.{rest} )", -1, Rule.AMOUNT_BRACKETS),
    (lambda whole, rest: f"{whole}.{rest}-", -1, Rule.AMOUNT_SIGN),
    (lambda whole, rest: f"+{whole}.{rest}", 1, Rule.AMOUNT_SIGN),
    (lambda whole, rest: f"\N{MINUS SIGN}{whole}.{rest}", -1, Rule.AMOUNT_SIGN),
    (lambda whole, rest: f"₹{indian_grouping(whole)}.{rest}", 1, Rule.AMOUNT_CURRENCY),
    (lambda whole, rest: f"₹ {western(whole)}.{rest}", 1, Rule.AMOUNT_CURRENCY),
    (lambda whole, rest: f"-₹{whole}.{rest}", -1, Rule.AMOUNT_CURRENCY),
    (lambda whole, rest: f"₹ -{whole}.{rest}", -1, Rule.AMOUNT_CURRENCY),
    (lambda whole, rest: f"Rs.{indian_grouping(whole)}.{rest}", 1, Rule.AMOUNT_CURRENCY),
    (lambda whole, rest: f"Rs. {whole}.{rest}/-", 1, Rule.AMOUNT_CURRENCY),
    (lambda whole, rest: f"rs {whole}.{rest}", 1, Rule.AMOUNT_CURRENCY),
    (lambda whole, rest: f"INR\xa0{whole}.{rest}", 1, Rule.AMOUNT_CURRENCY),
    (lambda whole, rest: f"{whole}.{rest} INR", 1, Rule.AMOUNT_CURRENCY),
    (lambda whole, rest: f"\t{whole}.{rest}\u202f", 1, Rule.AMOUNT_SPACES),
    (lambda whole, rest: f"{whole}.{rest}000", 1, Rule.AMOUNT_DECIMALS),
    (lambda whole, rest: f"{whole}.{rest}0000001", 1, Rule.AMOUNT_FLOAT_NOISE),
]  # fmt: skip


@given(paise_amounts)
def test_every_rendering_of_an_amount_reads_back(paise: int) -> None:
    for write, sign, rule in RENDERINGS:
        assert fields.amount_paise(write(*parts(paise))) == (sign * paise, rule), write(*parts(paise))


@given(paise_amounts)
def test_our_own_rupees_read_back(paise: int) -> None:
    assert fields.amount_paise(rupees(paise)) == (paise, Rule.AMOUNT_CURRENCY)
    assert fields.amount_paise(rupees(-paise))[0] == -paise


@given(st.integers(0, LARGEST_PAISE // 100))
def test_whole_rupees_read_back(whole: int) -> None:
    assert fields.amount_paise(whole) == (whole * 100, None)
    assert fields.amount_paise(str(whole)) == (whole * 100, None)
    assert fields.amount_paise(f"{whole}.") == (whole * 100, Rule.AMOUNT_DECIMALS)
    for grouped in (indian_grouping(whole), western(whole)):
        assert fields.amount_paise(grouped) == (whole * 100, Rule.AMOUNT_COMMAS if "," in grouped else None)


@given(st.integers(-(10**15) + 1, 10**15 - 1))
def test_a_json_number_that_tells_every_paisa_apart_reads_back(paise: int) -> None:
    assert fields.amount_paise(
        float(f"{paise // 100}.{paise % 100:02}" if paise >= 0 else f"-{-paise // 100}.{-paise % 100:02}")
    ) == (paise, None)


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_a_json_number_is_read_exactly_or_refused(value: float) -> None:
    paise, rule = fields.amount_paise(value)
    if paise is None:
        assert rule is not None
    else:
        assert abs(value * 100 - paise) <= 0.001 + abs(value) * 1e-12


REFUSED: list[tuple[Json, Rule]] = [
    (None, Rule.AMOUNT_EMPTY),
    ("", Rule.AMOUNT_EMPTY),
    ("  ", Rule.AMOUNT_EMPTY),
    (" - ", Rule.AMOUNT_EMPTY),
    ("n/a", Rule.AMOUNT_EMPTY),
    (True, Rule.AMOUNT_NOT_A_NUMBER),
    ([1], Rule.AMOUNT_NOT_A_NUMBER),
    ({"value": 1}, Rule.AMOUNT_NOT_A_NUMBER),
    (1e13, Rule.AMOUNT_PRECISION_LOST),
    (-1.2345678901234568e29, Rule.AMOUNT_PRECISION_LOST),
    (float("inf"), Rule.AMOUNT_PRECISION_LOST),
    (float("nan"), Rule.AMOUNT_PRECISION_LOST),
    (1.005, Rule.AMOUNT_SUBPAISE),
    ("0.001", Rule.AMOUNT_SUBPAISE),
    ("1234.567", Rule.AMOUNT_SUBPAISE),
    ("1.000001", Rule.AMOUNT_SUBPAISE),
    (10**18, Rule.AMOUNT_TOO_LARGE),
    ("9" * 59, Rule.AMOUNT_TOO_LARGE),
    ("90071992547409.92", Rule.AMOUNT_TOO_LARGE),
    ("9" * 5000, Rule.AMOUNT_UNREADABLE),
    ("12,34", Rule.AMOUNT_GROUPING),
    ("1,2,345.00", Rule.AMOUNT_GROUPING),
    ("1234,567.00", Rule.AMOUNT_GROUPING),
    ("-500 DR", Rule.AMOUNT_SIGN_TWICE),
    ("(500) Cr", Rule.AMOUNT_SIGN_TWICE),
    ("--500", Rule.AMOUNT_SIGN_TWICE),
    ("1.234,56", Rule.AMOUNT_UNREADABLE),
    ("1 234.50", Rule.AMOUNT_UNREADABLE),
    ("12 .50", Rule.AMOUNT_UNREADABLE),
    ("(500", Rule.AMOUNT_UNREADABLE),
    ("500)", Rule.AMOUNT_UNREADABLE),
    ("1E5", Rule.AMOUNT_UNREADABLE),
    ("0x10", Rule.AMOUNT_UNREADABLE),
    ("1_000.00", Rule.AMOUNT_UNREADABLE),
    ("NaN", Rule.AMOUNT_UNREADABLE),
    ("Infinity", Rule.AMOUNT_UNREADABLE),
    ("1.2.50", Rule.AMOUNT_UNREADABLE),
    (".", Rule.AMOUNT_UNREADABLE),
    ("\u0663\u0664.50", Rule.AMOUNT_UNREADABLE),
    ("\u0967\u0968\u0969.50", Rule.AMOUNT_UNREADABLE),
    ("\u00b2\u00b3.50", Rule.AMOUNT_UNREADABLE),
    ("$500", Rule.AMOUNT_UNREADABLE),
    ("500.00 Lakh", Rule.AMOUNT_UNREADABLE),
    ("500.00\x00", Rule.AMOUNT_UNREADABLE),
    ("5" + " " * 5000 + "x", Rule.AMOUNT_UNREADABLE),
]


@pytest.mark.parametrize(("value", "rule"), REFUSED, ids=[str(i) for i in range(len(REFUSED))])
def test_an_amount_that_cannot_be_trusted_is_refused_with_its_reason(value: Json, rule: Rule) -> None:
    assert fields.amount_paise(value) == (None, rule)


def test_there_is_no_minus_zero() -> None:
    assert fields.amount_paise(-0.0) == fields.amount_paise("-0.00") == (0, None)


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused_with_a_reason(written: str) -> None:
    for read in (fields.amount_paise, fields.day, fields.moment, fields.text):
        value, rule = read(written)
        assert value is not None or rule is not None


DATE_FORMS: list[tuple[str, Rule | None]] = [
    ("%Y-%m-%d", None),
    ("%d-%m-%Y", Rule.DATE_DMY),
    ("%d/%m/%Y", Rule.DATE_DMY),
    ("%d.%m.%Y", Rule.DATE_DMY),
    ("%d %m %Y", Rule.DATE_DMY),
    ("%d/%m/%y", Rule.DATE_DMY),
    ("%Y/%m/%d", Rule.DATE_YMD),
    ("%Y.%m.%d", Rule.DATE_YMD),
    ("%d-%b-%Y", Rule.DATE_MONTH_NAME),
    ("%d %b %y", Rule.DATE_MONTH_NAME),
    ("%d%b%Y", Rule.DATE_MONTH_NAME),
    ("%dth %B, %Y", Rule.DATE_MONTH_NAME),
    ("%b %d, %Y", Rule.DATE_MONTH_NAME),
    ("%B %d %Y", Rule.DATE_MONTH_NAME),
    ("%Y-%b-%d", Rule.DATE_MONTH_NAME),
    ("%Y%m%d", Rule.DATE_COMPACT),
    ("%d%m%Y", Rule.DATE_COMPACT),
    ("%Y-%m-%d+05:30", Rule.DATE_ZONE),
    (" %Y-%m-%d ", Rule.DATE_BLANKS),
    ("%Y-%m-%dT10:15:00+05:30", Rule.DATE_FROM_MOMENT),
    ("%Y-%m-%d 10:15:00", Rule.DATE_FROM_MOMENT),
    ("%d/%m/%Y 10:15", Rule.DATE_FROM_MOMENT),
    ("%d-%b-%Y 03:15:20 PM", Rule.DATE_FROM_MOMENT),
]


@given(days)
def test_every_form_of_a_date_reads_back(day: date) -> None:
    for form, rule in DATE_FORMS:
        assert fields.day(day.strftime(form)) == (day, rule), form
        assert fields.day(day.strftime(form).upper()) == (day, rule), form
    assert fields.day(int(day.strftime("%Y%m%d"))) == (day, Rule.DATE_COMPACT)


@given(days)
def test_a_utc_moment_of_half_past_six_in_the_evening_is_the_next_indian_day(day: date) -> None:
    evening = datetime(day.year, day.month, day.day, 18, 30, tzinfo=UTC)
    for form in ("%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S.000Z", "%Y-%m-%dT%H:%M:%S+00:00"):
        assert fields.day(evening.strftime(form)) == (day + timedelta(days=1), Rule.DATE_UTC_MIDNIGHT)
        just_before = evening - timedelta(seconds=1)
        assert fields.day(just_before.strftime(form)) == (day, Rule.DATE_FROM_MOMENT)
        assert fields.moment(evening.strftime(form)) == (evening, None)


@given(st.builds(datetime.combine, days, st.times(), st.just(IST)))
def test_moments_read_back_in_indian_time(at: datetime) -> None:
    assert fields.moment(isoformat_ist(at)) == (at, None)
    assert fields.moment(isoformat_utc(at)) == (at, None)
    whole = at.replace(microsecond=0)
    minute = whole.replace(second=0)
    assert fields.moment(whole.strftime("%Y-%m-%dT%H:%M:%S")) == (whole, Rule.MOMENT_NO_ZONE)
    assert fields.moment(whole.strftime("%Y-%m-%d %H:%M:%S+0530")) == (whole, Rule.MOMENT_SPACE)
    assert fields.moment(whole.strftime("%Y-%m-%d %H:%M:%S IST")) == (whole, Rule.MOMENT_TIME)
    assert fields.moment(whole.strftime(" %Y-%m-%dT%H:%M:%SZ ").replace("Z", "+05:30")) == (
        whole,
        Rule.DATE_BLANKS,
    )
    assert fields.moment(whole.strftime("%d/%m/%Y %H:%M:%S")) == (whole, Rule.DATE_DMY)
    assert fields.moment(minute.strftime("%d-%b-%Y %I:%M %p")) == (minute, Rule.DATE_MONTH_NAME)
    found, _ = fields.moment(isoformat_ist(at))
    assert found is not None and found.utcoffset() == timedelta(hours=5, minutes=30)


@given(st.integers(10**9, 4 * 10**9))
def test_seconds_and_milliseconds_since_1970_read_back(seconds: int) -> None:
    at = datetime.fromtimestamp(seconds, IST)
    assert fields.moment(seconds) == fields.moment(str(seconds)) == (at, Rule.DATE_EPOCH)
    assert fields.moment(seconds * 1000 + 7) == (at + timedelta(milliseconds=7), Rule.DATE_EPOCH)
    assert fields.day(seconds * 1000) == (at.date(), Rule.DATE_EPOCH)


def test_a_bare_day_is_a_moment_at_its_indian_midnight() -> None:
    assert fields.moment("2026-04-01") == (datetime(2026, 4, 1, tzinfo=IST), Rule.MOMENT_NO_TIME)


def test_day_comes_before_month_and_the_american_order_is_refused_where_it_shows() -> None:
    assert fields.day("03/04/2026") == (date(2026, 4, 3), Rule.DATE_DMY)
    assert fields.day("04/13/2026") == (None, Rule.DATE_DAY_MONTH_ORDER)


def test_two_digit_years_turn_at_seventy() -> None:
    assert fields.day("01/04/69") == (date(2069, 4, 1), Rule.DATE_DMY)
    assert fields.day("01/04/70") == (date(1970, 4, 1), Rule.DATE_DMY)


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        (None, Rule.DATE_EMPTY),
        ("", Rule.DATE_EMPTY),
        (" - ", Rule.DATE_EMPTY),
        ("2026-02-29", Rule.DATE_IMPOSSIBLE),
        ("31/04/2026", Rule.DATE_IMPOSSIBLE),
        ("2026-04-01T24:00:00Z", Rule.DATE_IMPOSSIBLE),
        ("2026-04-01T23:59:60Z", Rule.DATE_IMPOSSIBLE),
        ("01/04/2026 13:00 PM", Rule.DATE_IMPOSSIBLE),
        ("01/04/2026 25:00", Rule.DATE_IMPOSSIBLE),
        ("0001-01-01", Rule.DATE_IMPLAUSIBLE),
        ("9999-12-31", Rule.DATE_IMPLAUSIBLE),
        ("1900-01-01T00:00:00+14:00", Rule.DATE_IMPLAUSIBLE),
        ("0001-01-01T00:00:00+14:00", Rule.DATE_IMPOSSIBLE),
        ("9999999999999", Rule.DATE_IMPLAUSIBLE),
        ("2026-W14-3", Rule.DATE_UNREADABLE),
        ("46113", Rule.DATE_UNREADABLE),
        ("01-Foo-2026", Rule.DATE_UNREADABLE),
        ("\u0968\u0966\u0968\u0966-04-01", Rule.DATE_UNREADABLE),
        ("1" * 5000, Rule.DATE_UNREADABLE),
        (True, Rule.DATE_UNREADABLE),
        (1.5, Rule.DATE_UNREADABLE),
        (float("nan"), Rule.DATE_UNREADABLE),
        (float("inf"), Rule.DATE_UNREADABLE),
        (-20260401, Rule.DATE_UNREADABLE),
        (10**30, Rule.DATE_UNREADABLE),
        ([], Rule.DATE_UNREADABLE),
    ],
)
def test_a_date_that_cannot_be_trusted_is_refused_with_its_reason(value: Json, rule: Rule) -> None:
    assert fields.day(value) == (None, rule)
    assert fields.moment(value) == (None, rule)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("CASH", ("CASH", None)),
        (" cash ", ("CASH", Rule.ENUM_CASE)),
        ("Demand-draft", ("DEMAND_DRAFT", Rule.ENUM_CASE)),
        ("demand  draft", ("DEMAND_DRAFT", Rule.ENUM_CASE)),
        ("dd", ("DEMAND_DRAFT", Rule.ENUM_SYNONYM)),
        ("", (None, Rule.ENUM_EMPTY)),
        (None, (None, Rule.ENUM_EMPTY)),
        ("N/A", (None, Rule.ENUM_EMPTY)),
        ("barter", (None, Rule.ENUM_UNKNOWN)),
        (1, (None, Rule.ENUM_UNKNOWN)),
    ],
)
def test_a_word_is_one_of_those_allowed_or_refused(
    value: Json, expected: tuple[str | None, Rule | None]
) -> None:
    assert fields.enum(value, ("CASH", "DEMAND_DRAFT"), {"DD": "DEMAND_DRAFT"}) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("A  B", ("A  B", None)),
        ("रसीद", ("रसीद", None)),
        ("क्‍ष", ("क्‍ष", None)),
        (" A ", ("A", Rule.TEXT_BLANKS)),
        ("A\x00B\n", ("A B", Rule.TEXT_CONTROL)),
        ("A\ud800", ("A", Rule.TEXT_CONTROL)),
        ("e\u0301", ("é", Rule.TEXT_NFC)),
        (12345, ("12345", Rule.TEXT_NUMBER)),
        (True, (None, Rule.TEXT_NOT_TEXT)),
        (1.0, (None, Rule.TEXT_NOT_TEXT)),
        ("\x00", (None, Rule.TEXT_EMPTY)),
        ("", (None, Rule.TEXT_EMPTY)),
        (None, (None, Rule.TEXT_EMPTY)),
    ],
)
def test_text_loses_only_what_is_not_text(value: Json, expected: tuple[str | None, Rule | None]) -> None:
    assert fields.text(value) == expected


@given(st.text(st.characters(exclude_categories=())))
def test_tidy_text_stays_as_it_is(written: str) -> None:
    tidy, _ = fields.text(written)
    if tidy is not None:
        assert fields.text(tidy) == (tidy, None)
        assert tidy.encode()


def test_every_rule_is_written_as_its_name() -> None:
    assert all(rule == rule.name for rule in Rule)
