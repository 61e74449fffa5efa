"""Narrations say what a real one would, each bank in its own words, and nothing of anybody who exists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache

import pytest

from generators.people import Account, AccountKind, Counterparty, Tie
from generators.trade import Event, Purpose, Rail
from generators.world import Business, Look
from kit.chance import Stream
from kit.facets import Direction
from kit.period import midnight
from sources.bank._narration import Narrator, Words
from sources.bank._styles import STYLES
from sources.bank.records import MODES
from tests.sources import given
from tests.sources.test_conformance import ADDRESS, IFSC, MOBILE, PAN

DAY = date(2026, 2, 14)
every_bank = pytest.mark.parametrize("bank", STYLES)
KNOWN = {
    one.id: one
    for one in (
        Counterparty("CUSTOMER-1", Tie.CUSTOMER, "Asha Fernandes", "asha.fernandes1@bahi", "BAHI0000001", ""),
        Counterparty("LENDER", Tie.LENDER, "Nirmaan Udyog Finance Limited", "", "BAHI0000002", ""),
        Counterparty("FUND", Tie.FUND_HOUSE, "Banyanroot Mutual Fund", "", "BAHI0000003", ""),
    )
}


ACCOUNT = Account(
    "LRN1", "ENTITY", AccountKind.CURRENT, "", "12345678901234", "BAHI0123456", "1", "Pune", DAY, 0, 0, 0
)


def _narrator(bank: str) -> Narrator:
    return Narrator(ACCOUNT._replace(bank=bank), KNOWN)


def _event(purpose: Purpose, rail: Rail, paise: int, document: str = "", who: str = "CUSTOMER-1") -> Event:
    at = midnight(DAY) + timedelta(hours=15, minutes=4)
    side = Direction.IN if paise > 0 else Direction.OUT
    no = DAY.toordinal() * 1_000_000 + 17
    return Event(no, at, "ENTITY", "LRN1", who, purpose, rail, side, abs(paise), 0, document)


def _told(bank: str, event: Event) -> Words:
    return _narrator(bank).words(event, event.at.isoformat())


@every_bank
def test_numbers_have_the_shape_of_their_rail(bank: str) -> None:
    shapes = {
        Rail.UPI: r"604515[0-9]{6}",
        Rail.IMPS: r"604515[0-9]{6}",
        Rail.NEFT: r"BAHIN26045[0-9]{6}",
        Rail.RTGS: r"BAHIR520260214[0-9]{8}",
        Rail.CHEQUE: r"[0-9]{6}",
    }
    for rail, shape in shapes.items():
        for paise in (5_000, -5_000):
            told = _told(bank, _event(Purpose.SALE, rail, paise))
            assert re.fullmatch(shape, told.reference)
            assert told.reference in told.narration
    assert len(_told(bank, _event(Purpose.SALE, Rail.NEFT, 1)).reference) == 16
    assert len(_told(bank, _event(Purpose.SALE, Rail.RTGS, 1)).reference) == 22


@every_bank
def test_serials_of_a_day_tell_no_other_day_and_no_other_account(bank: str) -> None:
    event = _event(Purpose.SALE, Rail.UPI, 5_000)
    later = event._replace(no=event.no + 1_000_000, at=event.at + timedelta(days=1))
    here, elsewhere = _narrator(bank), Narrator(ACCOUNT._replace(bank=bank, number="12345678901235"), KNOWN)
    serials = {
        narrator.words(one, one.at.isoformat()).reference[-6:]
        for narrator in (here, elsewhere)
        for one in (event, later)
    }
    assert len(serials) == 4


@every_bank
def test_a_payment_by_upi_names_the_payer_as_the_bank_cuts_it(bank: str) -> None:
    narration = _told(bank, _event(Purpose.SALE, Rail.UPI, 5_000)).narration
    cut = STYLES[bank].letters
    assert "ASHA FERNANDES"[:cut] in narration and "UPI" in narration
    if "{vpa}" in STYLES[bank].upi:
        assert "asha.fernandes1@bahi" in narration


def test_names_are_cut_at_different_lengths_and_some_fields_are_padded() -> None:
    assert len({style.letters for style in STYLES.values()}) >= 5
    assert {style.is_padded for style in STYLES.values()} == {True, False}


@every_bank
def test_a_mandate_names_its_lender_and_keeps_its_number(bank: str) -> None:
    first, second = (
        _told(bank, _event(Purpose.EMI, Rail.NACH, -5_000, f"LOAN-1/{n}", "LENDER")).narration for n in (1, 2)
    )
    charge = _told(bank, _event(Purpose.BOUNCE, Rail.INTERNAL, -50_000, "LOAN-1/2/RTN1/CHG")).narration
    (mandate,) = re.findall("NACH[0-9]{10}", first)
    assert mandate in second and mandate in charge
    assert "NIRMAAN UDYOG" in first


def _why(bank: str, document: str) -> str:
    """What a return charge says beside its day and mandate."""
    style = STYLES[bank]
    told = _told(bank, _event(Purpose.BOUNCE, Rail.INTERNAL, -50_000, document)).narration
    (why,) = [one for one in (style.short, *style.stopped) if told.removesuffix("--").endswith(one)]
    return why


@every_bank
def test_a_mandate_goes_back_for_want_of_money_or_because_it_was_stopped(bank: str) -> None:
    style, loans = STYLES[bank], [f"LOAN-{n}/7" for n in range(60)]
    assert {_why(bank, f"{loan}/RTN1/CHG") for loan in loans} == {style.short}
    stopped = {loan: _why(bank, f"{loan}/RTN1S/CHG") for loan in loans}
    assert set(stopped.values()) == set(style.stopped) and style.short not in style.stopped
    assert stopped == {loan: _why(bank, f"{loan}/RTN2S/CHG") for loan in loans}


@every_bank
def test_a_cheque_comes_back_mostly_but_not_always_for_want_of_money(bank: str) -> None:
    style, back_n = STYLES[bank], 400
    backs = [_event(Purpose.BOUNCE, Rail.CHEQUE, -5_000, f"CHQRET-{n}/back") for n in range(back_n)]
    told = [_told(bank, one).narration for one in backs]
    seen = {why: sum(why in one for one in told) for why in style.bad_cheque}
    assert all(seen.values()) and sum(seen.values()) == back_n
    assert 0.6 * back_n < seen[style.bad_cheque[0]] < 0.8 * back_n


def test_every_bank_has_its_own_words_for_what_it_sends_back() -> None:
    assert len({style.returned for style in STYLES.values()}) == len(STYLES)
    assert len({style.short for style in STYLES.values()}) >= 4


@every_bank
def test_a_mandate_of_another_account_has_another_number(bank: str) -> None:
    elsewhere = Narrator(ACCOUNT._replace(bank=bank, number="12345678901235"), KNOWN)
    event = _event(Purpose.EMI, Rail.NACH, -5_000, "LOAN-101/7", "LENDER")
    numbers = [
        re.findall("NACH[0-9]{10}", one.words(event, event.at.isoformat()).narration)
        for one in (_narrator(bank), elsewhere)
    ]
    assert len(numbers[0]) == len(numbers[1]) == 1 and numbers[0] != numbers[1]


@every_bank
def test_a_fund_is_bought_through_a_clearing_corporation(bank: str) -> None:
    bought = _told(bank, _event(Purpose.INVESTMENT, Rail.NACH, -5_000, "SIP-1/7", "FUND")).narration
    assert "BAHI CLEARING CO" in bought and "BANYANROOT" not in bought


@every_bank
def test_a_charge_and_its_tax_are_lines_of_their_own(bank: str) -> None:
    charge = _told(bank, _event(Purpose.CHARGE, Rail.INTERNAL, -1_500, "SMS-2026030/charge"))
    tax = _told(bank, _event(Purpose.CHARGE, Rail.INTERNAL, -270, "SMS-2026030/tax"))
    assert "SMS CHARGES" in charge.narration and "GST" not in charge.narration
    assert "GST" in tax.narration
    assert charge.mode == tax.mode == "OTHERS"


@every_bank
def test_what_is_paid_to_the_state_says_for_what_and_under_which_challan(bank: str) -> None:
    for document, word in (("GST-2026-01", "GST CPIN"), ("TDS-202602", "CBDT TDS"), ("EPF-202602", "EPFO")):
        narration = _told(bank, _event(Purpose.TAX, Rail.NEFT, -9_000_00, document)).narration
        assert word in narration and re.search("(?<![0-9])2602[0-9]{10}(?![0-9])", narration)


@every_bank
def test_a_settlement_says_of_which_kind_it_is(bank: str) -> None:
    card = _told(bank, _event(Purpose.SETTLEMENT, Rail.NEFT, 5_000, "POS-20260213")).narration
    assert "POS" in card and "0213" in card
    code = _told(bank, _event(Purpose.SETTLEMENT, Rail.IMPS, 5_000, "QR-20260213")).narration
    assert "QR SETTLEMENT" in code
    order = _told(bank, _event(Purpose.SETTLEMENT, Rail.NEFT, 5_000, "SETTLE-7")).narration
    assert "SETTLE-7" in order


@every_bank
def test_legs_of_one_payment_share_its_number(bank: str) -> None:
    for purpose, rail, name, legs in (
        (Purpose.REVERSAL, Rail.UPI, "REV-LRN1-0", ("failed", "back")),
        (Purpose.OWN_TRANSFER, Rail.IMPS, "OWN-2026021", ("out", "in")),
    ):
        first, second = (
            _told(bank, _event(purpose, rail, paise, f"{name}/{leg}"))
            for paise, leg in zip((-5_000, 5_000), legs, strict=True)
        )
        assert first.reference == second.reference and first.reference in first.narration


def test_some_banks_hide_the_rail_behind_others() -> None:
    modes = {bank: _told(bank, _event(Purpose.SALE, Rail.UPI, 5_000)).mode for bank in STYLES}
    assert set(modes.values()) == {"UPI", "OTHERS"}
    for bank, mode in modes.items():
        if mode == "OTHERS":
            assert _told(bank, _event(Purpose.SALE, Rail.UPI, 5_000)).narration.startswith("UPI")


@cache
def _lived() -> tuple[tuple[Business, tuple[Event, ...]], ...]:
    """Firms as a portfolio has them, each with what moved on its accounts."""
    firms = (
        given.world().business(Stream(seed, "WORDS"), "WORDS", Look(given.AS_OF, persona="drawn"))
        for seed in range(8)
    )
    return tuple((firm, tuple(firm.events(date(2025, 7, 1), given.AS_OF))) for firm in firms)


def _all_words(bank: str) -> Iterator[tuple[Event, Words]]:
    for business, events in _lived():
        narrators = {
            account.id: Narrator(account._replace(bank=bank), business.counterparties)
            for account in business.accounts
        }
        for event in events:
            yield event, narrators[event.account].words(event, event.at.isoformat())


@every_bank
def test_no_line_of_any_bank_could_name_somebody_real_or_needs_a_repair(bank: str) -> None:
    printed = []
    for _, words in _all_words(bank):
        assert words.mode in MODES
        assert words.narration == words.narration.strip() != "" and words.narration.isascii()
        assert words.narration.isprintable() and "{" not in words.narration and words.reference
        printed.append(words.narration.encode())
    text = b"\n".join(printed)
    assert not PAN.findall(text) and not MOBILE.findall(text)
    assert all(code.startswith(b"BAHI") for code in IFSC.findall(text))
    assert all(host == b"bahi" for host in ADDRESS.findall(text)) and len(printed) > 2_000


@every_bank
def test_a_bank_words_things_in_many_ways(bank: str) -> None:
    kinds = {(event.purpose, event.rail, event.direction) for event, _ in _all_words(bank)}
    assert len(kinds) > 25
