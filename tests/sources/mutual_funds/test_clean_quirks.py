"""Each way registrars and their peers are known to write, on lines typed here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import pytest

from kit.chance import Stream
from kit.source import Document, Fate, Json, Outcome
from sources.mutual_funds._isin import isin_grade, isin_repaired
from tests.sources import given


def holding(**changed: Json) -> Document:
    """Ten and a half units of one scheme at a hundred rupees."""
    told: Document = {
        "kind": "holding",
        "linkRefNumber": "A1",
        "amc": "Bahi Mutual Fund",
        "registrar": "CAMS",
        "schemeCode": "B1",
        "isin": _right("INF0BH01A01"),
        "amfiCode": "900001",
        "folioNo": "1234567/89",
        "isinDescription": "Bahi Savings Fund",
        "schemeOption": "GROWTH_TYPE",
        "schemeTypes": "DEBT_SCHEMES",
        "schemeCategory": "LIQUID_FUND",
        "closingUnits": "10.500",
        "lienUnits": "0.000",
        "nav": "100.0000",
        "navDate": "2026-03-31",
        "costValue": "1000.00",
        "currentValue": "1050.00",
    }
    return told | changed


def bought(**changed: Json) -> Document:
    """A purchase of five units."""
    told: Document = {
        "kind": "transaction",
        "linkRefNumber": "A1",
        "txnId": "T1",
        "amc": "Bahi Mutual Fund",
        "registrar": "CAMS",
        "schemeCode": "B1",
        "schemePlan": "DIRECT",
        "isin": _right("INF0BH01A01"),
        "amfiCode": "900001",
        "folioNo": "1234567/89",
        "schemeTypes": "DEBT_SCHEMES",
        "amount": "500.00",
        "units": "5.000",
        "closingUnits": "10.500",
        "nav": "100.0000",
        "navDate": "2026-02-02",
        "type": "BUY",
        "orderDate": "2026-02-02",
        "executionDate": "2026-02-02",
        "narration": "Purchase",
    }
    return told | changed


def plan(**changed: Json) -> Document:
    """A systematic plan of a thousand rupees a month."""
    told: Document = {
        "kind": "sip",
        "linkRefNumber": "A1",
        "folioNo": "1234567/89",
        "isin": _right("INF0BH01A01"),
        "amfiCode": "900001",
        "amount": "1000.00",
        "frequency": "MONTHLY",
        "instalmentDay": "7",
        "pendingInstalments": "5",
        "completeInstalments": "7",
        "creationDate": "2025-09-01",
        "devidentType": "",
    }
    return told | changed


def envelope(**changed: Json) -> Document:
    """One folio in the version peers send: a demat account beside it, the cost as costValue, one holder as an object."""
    account: Document = {
        "linkRefNumber": "A1",
        "type": "mutualfunds",
        "maskedDematID": "XXXXXXXX0001",
        "maskedFolioNo": "XXXXXX7/89",
        "Profile": {
            "Holders": {
                "type": "SINGLE",
                "Holder": [
                    {"name": "A B", "pan": "ABCPB0000C", "dob": "1980-07-24", "folioNo": "1234567/89"}
                ],
            }
        },
        "Summary": {"costValue": "1000.00", "currentValue": "1050.00"},
    }
    return {
        "kind": "envelope",
        "ver": "1.0.0",
        "fipID": "F",
        "sentAt": "2026-04-01T00:00:00+05:30",
        "from": "2025-02-01",
        "to": "2026-03-31",
        "accounts": [account | changed],
    }


def _right(first_11: str) -> str:
    (found,) = [f"{first_11}{digit}" for digit in range(10) if isin_grade(f"{first_11}{digit}") == "VALID"]
    return found


def _told(line: Document) -> tuple[Mapping[str, object], list[str]]:
    outcome = _outcome(line)
    assert outcome.document is not None, outcome.reason
    return outcome.document, [str(one.rule) for one in outcome.findings]


def _outcome(line: Document) -> Outcome:
    (outcome,) = given.cleaned("mutual_funds", given.items([given.line(line)]))
    return outcome


@pytest.mark.parametrize(
    "line", [holding(), bought(), plan(), envelope()], ids=lambda line: str(line["kind"])
)
def test_the_typed_lines_are_read_as_they_stand(line: Document) -> None:
    assert _told(line)[1] == []


def test_the_check_digit_is_that_of_the_public_examples() -> None:
    assert [_right(one)[-1] for one in ("INF179K0175", "INE002A0101", "INF200K0118")] == ["6", "8", "0"]


def test_an_isin_is_repaired_to_the_one_that_was_meant_or_left_as_told() -> None:
    stream = Stream("isin")
    ends = {"meant": 0, "left": 0}
    for _ in range(400):
        drawn = "".join(stream.choice("0123456789ABCDEFGHJKLMN01") for _ in range(8))
        meant = _right(f"INF{drawn}")
        places = [place for place, letter in enumerate(meant) if place > 2 and letter in "01"]
        if not places:
            continue
        place = stream.choice(places)
        told = meant[:place] + {"0": "O", "1": "I"}[meant[place]] + meant[place + 1 :]
        found, rule = isin_repaired(told)
        assert found in (meant, told) and (rule is None) == (found == told)
        ends["meant" if found == meant else "left"] += 1
    # One letter in ten passes the check as it stands, and nobody can tell.
    assert ends["meant"] > 5 * ends["left"] > 0


@pytest.mark.parametrize(
    ("told", "rule"),
    [
        (lambda isin: isin[1:], "ISIN_FIRST_LETTER"),
        (lambda isin: isin.lower(), "ISIN_SPELLING"),
        (lambda isin: f"{isin[:3]} {isin[3:]} ", "ISIN_SPELLING"),
        (lambda isin: isin.replace("0", "O"), "ISIN_LETTERS"),
    ],
)
@pytest.mark.parametrize("line", [holding(), bought(), plan()], ids=lambda line: str(line["kind"]))
def test_every_line_of_a_scheme_finds_its_isin(line: Document, told: object, rule: str) -> None:
    isin = str(line["isin"])
    written = told(isin)  # type: ignore[operator]
    read, rules = _told(line | {"isin": written})
    assert (read["isin"], read["isin_grade"]) == (isin, "VALID")
    assert rule in rules and read["id"] == _told(line)[0]["id"]


@pytest.mark.parametrize(
    ("written", "grade"),
    [("INUS-000000000-0", "MALFORMED"), ("INF0BH01A010", "WRONG_CHECK"), ("NF7", "MALFORMED")],
)
def test_an_isin_that_leaves_a_choice_is_kept_and_graded(written: str, grade: str) -> None:
    if written == _right("INF0BH01A01"):
        written = "INF0BH01A013"
    read, rules = _told(holding(isin=written))
    assert (read["isin"], read["isin_grade"], rules) == (written, grade, [f"ISIN_{grade}"])


@pytest.mark.parametrize("written", ["-", "#N/A", "", None])
def test_without_an_isin_a_line_is_held_back_and_without_a_code_it_is_not(written: Json) -> None:
    outcome = _outcome(holding(isin=written))
    assert (outcome.fate, outcome.reason) == (Fate.QUARANTINED, "ISIN_MISSING")
    read, rules = _told(holding(amfiCode=written, schemeCode=written))
    assert (read["amfi_code"], read["scheme_code"]) == (None, None)
    assert rules == ["TEXT_EMPTY"] * 2


@pytest.mark.parametrize(
    ("line", "field", "value", "rules"),
    [
        (holding(closingUnits="1.05E1"), "closing_units_1000", 10_500, ["NUMBER_FORM"]),
        (holding(currentValue="1.05E3"), "value_paise", 105_000, ["NUMBER_FORM"]),
        (holding(nav=100), "nav_10000", 1_000_000, ["NUMBER_FORM"]),
        (holding(currentValue="1060.00"), "value_paise", 106_000, ["VALUE_DIFFERS"]),
        (holding(currentValue="1050.99"), "value_paise", 105_099, []),
        (holding(folioNo=876), "folio", "876", ["TEXT_NUMBER"]),
        (holding(schemeCategory="A_NEW_CATEGORY"), "category", "A_NEW_CATEGORY", []),
        (holding(schemeOption="growth type"), "option", "GROWTH_TYPE", ["ENUM_CASE"]),
        (holding(schemeOption="IDCW-Payout"), "option", "PAYOUT", ["ENUM_SYNONYM"]),
        (holding(schemeOption="BONUS"), "option", None, ["ENUM_UNKNOWN"]),
        (holding(lockingUnits="2.000"), "locked_units_1000", 2_000, ["FIELD_SPELLING"]),
        (holding(closing_units="1"), "extra", {"closing_units": '"1"'}, ["UNKNOWN_FIELD"]),
        (bought(type="PURCHASE_SIP"), "direction", "DEBIT", ["ENUM_SYNONYM"]),
        (bought(type="Redemption"), "direction", "CREDIT", ["ENUM_SYNONYM"]),
        (bought(type="SWITCH_IN"), "direction", None, ["ENUM_SYNONYM"]),
        (bought(type="STAMP_DUTY_TAX"), "type", "OTHERS", ["ENUM_SYNONYM"]),
        (bought(navDate="31-Jan-2026"), "nav_on", "2026-01-31", ["DATE_MONTH_NAME"]),
        (bought(amount=500), "amount_paise", 50_000, ["AMOUNT_NUMBER"]),
        (plan(instalmentDay="45"), "instalment_day", None, ["NUMBER_OUT_OF_RANGE"]),
        (plan(frequency="10"), "frequency", None, ["ENUM_UNKNOWN"]),
        (plan(devidentType="PAYOUT"), "dividend_type", "PAYOUT", []),
        (plan(scheme="Bahi Savings Fund"), "scheme", "Bahi Savings Fund", []),
        (holding(mode="Demat"), "mode", "DEMAT", ["ENUM_CASE"]),
        (holding(mode="SIP"), "mode", None, ["ENUM_UNKNOWN"]),
        (holding(units="9.000", rate="95.5"), "units_1000", 9_000, []),
        (holding(rate="95.5"), "rate_10000", 955_000, []),
        (holding(dividendType="Cash"), "dividend_type", "Cash", []),
        (bought(fundType="EQUITY"), "fund_type", "EQUITY", []),
        (bought(schemeOption="REINVEST"), "option", "REINVEST", []),
        (bought(**{"lock-inFlag": "true"}), "lock", "YES", ["ENUM_SYNONYM"]),
    ],
)
def test_what_is_written_so_is_read_so(line: Document, field: str, value: object, rules: list[str]) -> None:
    read, found = _told(line)
    assert (read[field], found) == (value, rules)


def _folio(line: Document) -> tuple[Document, list[str]]:
    read, rules = _told(line)
    (folio,) = cast("list[Document]", read["folios"])
    return folio, rules


def test_folio_and_demat_account_are_both_kept_and_the_older_names_are_read() -> None:
    folio, rules = _folio(envelope())
    assert (folio["masked_demat"], folio["masked_folio"], rules) == ("XXXXXXXX0001", "XXXXXX7/89", [])
    older = envelope(Summary={"investmentValue": "1000.00", "currentValue": "1050.00"})
    folio, rules = _folio(older)
    assert (folio["cost_paise"], rules) == (100_000, ["FIELD_SPELLING"])


def test_names_in_small_letters_and_one_object_alone_are_read_and_told() -> None:
    holder: Json = {"name": "A B", "dob": "24-07-1980"}
    small: Document = {
        "link_ref_number": "A1",
        "masked_account_number": "XXXXXXX123",
        "type": "mutual_funds",
        "profile": {"holders": {"holder": holder}},
        "summary": {"currentValue": "1050"},
    }
    told = envelope() | {"accounts": small}
    folio, rules = _folio(told)
    assert (folio["account"], folio["masked_folio"], folio["value_paise"]) == ("A1", "XXXXXXX123", 105_000)
    assert cast("list[Document]", folio["holders"])[0]["born_on"] == "1980-07-24"
    assert rules.count("OBJECT_ALONE") == 2 and rules.count("DATE_DMY") == 1
    assert set(rules) == {"OBJECT_ALONE", "DATE_DMY", "FIELD_SPELLING"}


def test_lines_inside_an_envelope_are_kept_aside_and_told() -> None:
    inside: Json = {"startDate": "", "endDate": "", "Transaction": [{"txnId": "T1"}]}
    read, rules = _told(envelope(Transactions=inside))
    assert rules == ["UNKNOWN_FIELD"]
    assert read["extra"] == {"accounts[0].Transactions.Transaction": '[{"txnId":"T1"}]'}
