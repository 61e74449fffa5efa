"""What a log shows of a field: forms that leave no room for anything personal, and of the rest only what it looks like."""

from __future__ import annotations

import random

import pytest

from kit.masking import masked_name, masked_value
from kit.source import Json

WORDS = frozenset(("DEBIT", "ON-ORDER"))
SHOWN: list[tuple[str, str, Json]] = [
    ("amount", "AMOUNT_CURRENCY", "₹2,366.00"),
    ("amount", "AMOUNT_CURRENCY", "Rs. 1,23,45,678.50"),
    ("amount", "AMOUNT_CR", "1,200.00 Cr"),
    ("amount", "AMOUNT_SPACES", "  63.00 "),
    ("amount", "AMOUNT_NUMBER", 2053.95),
    ("amount", "AMOUNT_CURRENCY", 236600),
    ("items.0.count", "COUNT_TEXT", "4"),
    ("valueDate", "DATE_DMY", "11/02/2026"),
    ("valueDate", "DATE_MONTH_NAME", "15-Oct-2025"),
    ("at", "MOMENT_NO_ZONE", "2025-09-14T08:03:20"),
    ("at", "MOMENT_SPACE", "2025-09-16 05:45:56.000Z"),
    ("type", "ENUM_CASE", " debit "),
    ("type", "ENUM_SYNONYM", "on order"),
    ("holder", "HOLDER_OBJECT", "object"),
    ("narration", "TEXT_EMPTY", ""),
    ("narration", "TEXT_EMPTY", None),
]
LIKENESS: list[tuple[str, Json, str]] = [
    ("pan", "AAAPA0000A", "[PAN]"),
    ("gstin", "27aaapa0000a1z5", "[GSTIN]"),
    ("mobile", "+915123456789", "[mobile]"),
    ("mobile", "51234 56789", "[mobile]"),
    ("email", "asha@mail.example", "[e-mail]"),
    ("vpa", "asha.shop@bahi", "[UPI address]"),
    ("name", "Asha Menon ", "[text of 11]"),
    ("maskedAccNumber", "XXXXXXXX4321", "[account ending 4321]"),
    ("accountNo", "900000012345678", "[account ending 5678]"),
    ("reference", "900000012345678", "[text of 15]"),
    ("phone", 5284550170, "[number of 10 digits]"),
    ("people", [1, 2], "[list of 2]"),
]


@pytest.mark.parametrize(("field", "rule", "value"), SHOWN)
def test_forms_that_tell_of_nobody_are_shown(field: str, rule: str, value: Json) -> None:
    assert masked_value(field, rule, value, WORDS) == value


@pytest.mark.parametrize(("field", "value", "likeness"), LIKENESS)
@pytest.mark.parametrize("rule", ["TEXT_BLANKS", "AMOUNT_UNREADABLE", "DATE_UNREADABLE", "ENUM_UNKNOWN"])
def test_of_anything_else_only_the_likeness_is_shown(
    field: str, rule: str, value: Json, likeness: str
) -> None:
    assert masked_value(field, rule, value, WORDS) == likeness


def test_a_day_of_birth_and_a_name_nobody_declared_are_not_shown() -> None:
    assert masked_value("Holder[0].dob", "DATE_DMY", "11/02/1980", WORDS) == "[text of 10]"
    assert masked_name("asha menon", "UNKNOWN_FIELD") == "[unknown]"
    assert masked_name("Holders.Holder[0].5123456789", "UNKNOWN_FIELD") == "Holders.Holder.0.[unknown]"
    assert masked_name("payment.9123456789.amount", "AMOUNT_SPACES") == "payment.[unknown].amount"
    assert masked_name("quote.breakup.0.@ondc/org/title", "TEXT_BLANKS") == "quote.breakup.0.@ondc/org/title"


@pytest.mark.parametrize("rule", [rule for _, rule, _ in SHOWN])
def test_no_mobile_or_account_passes_as_an_amount_or_a_day(rule: str) -> None:
    chance = random.Random(rule)
    for _ in range(200):
        digits = str(chance.randrange(5 * 10**9, 10 ** chance.randrange(10, 18)))
        for value in (digits, int(digits), f" {digits} ", f"+91{digits}"):
            shown = masked_value("mobile", rule, value, WORDS)
            assert digits not in str(shown)
