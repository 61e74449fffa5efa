"""From raw fund lines to clean records: each line is read field by field or held back with its reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from kit.errors import RecordError
from kit.ident import pan_grade
from kit.plain import Parsed, parsed_or_held
from kit.source import Document, Item, Json, Outcome, Tables
from sources.mutual_funds._reading import Fields, Reader, paise_of
from sources.mutual_funds.records import (
    FREQUENCIES,
    FUND_TYPES,
    MODES,
    OPTIONS,
    PLANS,
    SCHEME_TYPES,
    TYPES,
)

_ENVELOPE = """kind ver fiType fipID sentAt from to accounts type version linkRefNumber maskedFolioNo Profile Holders Holder
Summary Transactions costValue currentValue maskedDematID name dob mobile nominee dematId landline address email pan kycCompliance
ckycCompliance folioNo startDate endDate registrar amc schemaLocation"""
_SCHEME = """kind linkRefNumber amc registrar schemeCode isin ucc amfiCode folioNo"""
_HOLDING = f"""{_SCHEME} isinDescription schemeOption schemeTypes schemeCategory dividendType mode FatcaStatus units
closingUnits lienUnits lockinUnits rate nav navDate costValue currentValue"""
_TRANSACTION = f"""{_SCHEME} txnId schemePlan fundType schemeOption schemeTypes schemeCategory amount units closingUnits
lienUnits nav navDate type orderDate executionDate lock-inFlag lock-inDays mode narration"""
_SIP = f"""{_SCHEME} scheme holdingType holder1Name holder2Name nominee email units nav value devidentType amount frequency
instalmentDay pendingInstalments completeInstalments lastInstalmentDate nextInstalmentDate creationDate modificationDate
ceasedDate"""
_ALWAYS_HELD = (
    "linkRefNumber schemeCode amfiCode isinDescription schemeTypes schemeCategory lienUnits nav costValue"
)
_ALWAYS_BOOKED = "linkRefNumber schemeCode amfiCode schemePlan schemeTypes orderDate units closingUnits nav navDate narration"
_ALWAYS_PLANNED = "linkRefNumber frequency instalmentDay pendingInstalments completeInstalments amfiCode"
# A switch, a reinvested payout or a tax moves no money of its own at the bank.
_MOVES_NONE = """OTHER SWITCH_IN SWITCH_IN_MERGER SWITCH_OUT SWITCH_OUT_MERGER DIVIDEND_REINVEST DIVIDEND_PAYOUT STT_TAX
STAMP_DUTY_TAX TDS_TAX SEGREGATION MISC REVERSAL"""
_TYPE_WORDS = {"PURCHASE": "BUY", "PURCHASE_SIP": "BUY", "REDEMPTION": "SELL"} | dict.fromkeys(
    _MOVES_NONE.split(), "OTHERS"
)
_OPTION_WORDS = {
    "GROWTH": "GROWTH_TYPE",
    "REINVESTMENT": "REINVEST",
    "IDCW_PAYOUT": "PAYOUT",
    "IDCW_REINVESTMENT": "REINVEST",
}
_LOCK_WORDS = {"TRUE": "YES", "FALSE": "NO", "Y": "YES", "N": "NO"}
_DIRECTIONS = {"BUY": "DEBIT", "SELL": "CREDIT"}


def clean(items: Iterable[Item], tables: Tables) -> Iterator[Outcome]:
    """Give every item exactly one outcome, in an order decided by content."""
    return parsed_or_held(items, tables, _parse, _readable)


def _readable(body: Document) -> int | None:
    paise, _ = paise_of(body.get("amount")) if body.get("kind") == "transaction" else (None, None)
    return None if paise is None else abs(paise)


def _parse(item: Item, body: Document) -> Parsed:
    kind = body.get("kind")
    parse = _PARSERS.get(kind) if isinstance(kind, str) else None
    if parse is None:
        raise RecordError("KIND_UNKNOWN", "a line is of no kind that fund houses send")
    return parse(item, body)


def _envelope(item: Item, body: Document) -> Parsed:
    reader = Reader(item, _ENVELOPE, "")
    top = reader.named(body)
    accounts = reader.listed(top.get("accounts"), "accounts")
    folios = [_folio(reader, one, f"accounts[{i}].") for i, one in enumerate(accounts)]
    fip, first, last = reader.text(top, "fipID"), reader.day(top, "from"), reader.day(top, "to")
    told: dict[str, object] = {
        "kind": "envelope",
        "on": last,
        "fip": fip,
        "version": reader.text(top, "ver"),
        "sent_at": reader.moment(top, "sentAt"),
        "covered_from": first,
        "covered_to": last,
        "folios": folios,
        "extra": reader.extra,
    }
    return Parsed((fip, first, last, [one["account"] for one in folios]), told, None, tuple(reader.findings))


def _folio(reader: Reader, value: Json, place: str) -> dict[str, object]:
    account = reader.named(value, place)
    summary = reader.named(account.get("Summary"), f"{place}Summary.")
    profile = reader.named(account.get("Profile"), f"{place}Profile.")
    holders = reader.named(profile.get("Holders"), f"{place}Profile.Holders.")
    # Lines come on their own; what stands here instead of the days they span is kept aside.
    reader.named(account.get("Transactions"), f"{place}Transactions.")
    name = reader.text(account, "linkRefNumber", place)
    if name is None:
        raise RecordError("ACCOUNT_MISSING", "a folio has no link reference")
    return {
        "account": name,
        "masked_folio": reader.text(account, "maskedFolioNo", place),
        "masked_demat": reader.text(account, "maskedDematID", place),
        "cost_paise": reader.paise(summary, "costValue", f"{place}Summary."),
        "value_paise": reader.paise(summary, "currentValue", f"{place}Summary."),
        "holders": [
            _holder(reader, one, f"{place}Profile.Holders.Holder[{i}].")
            for i, one in enumerate(reader.listed(holders.get("Holder"), f"{place}Profile.Holders.Holder"))
        ],
    }


def _holder(reader: Reader, value: Json, place: str) -> dict[str, object]:
    person = reader.named(value, place)
    pan = reader.text(person, "pan", place)
    return {
        "name": reader.text(person, "name", place),
        "pan": pan,
        "pan_grade": reader.graded(f"{place}pan", pan, str(pan_grade(pan))),
        "born_on": reader.day(person, "dob", place),
        "mobile": reader.text(person, "mobile", place),
        "email": reader.text(person, "email", place),
        "address": reader.text(person, "address", place),
    }


def _holding(item: Item, body: Document) -> Parsed:
    reader = Reader(item, _HOLDING, _ALWAYS_HELD)
    found = reader.named(body)
    scheme = _scheme(reader, found)
    units = reader.scaled(found, "closingUnits", 3)
    if units is None:
        raise RecordError("UNITS_UNREADABLE", "a holding does not say how many units it is of")
    nav_on, value = reader.owed_day(found, "navDate"), reader.owed_paise(found, "currentValue")
    nav = reader.scaled(found, "nav", 4)
    # Units come in thousandths and the NAV in ten-thousandths of a rupee; a rupee apart is rounding.
    if nav is not None and abs(units * nav - value * 100_000) >= 10_000_000:
        reader.doubt("currentValue", "VALUE_DIFFERS", found.get("currentValue"))
    told: dict[str, object] = {
        **scheme,
        "kind": "holding",
        "on": None,
        "scheme": reader.text(found, "isinDescription"),
        "house": reader.text(found, "amc"),
        "registrar": reader.text(found, "registrar"),
        "option": reader.word(found, "schemeOption", OPTIONS, _OPTION_WORDS),
        "scheme_type": reader.word(found, "schemeTypes", SCHEME_TYPES, {}),
        "category": reader.text(found, "schemeCategory"),
        "dividend_type": reader.text(found, "dividendType"),
        "mode": reader.word(found, "mode", MODES, {}),
        "units_1000": reader.scaled(found, "units", 3),
        "rate_10000": reader.scaled(found, "rate", 4),
        "closing_units_1000": units,
        "lien_units_1000": reader.scaled(found, "lienUnits", 3),
        "locked_units_1000": reader.scaled(found, "lockinUnits", 3),
        "nav_10000": nav,
        "nav_on": nav_on,
        "cost_paise": reader.paise(found, "costValue"),
        "value_paise": value,
        "extra": reader.extra,
    }
    return Parsed((scheme["folio"], scheme["isin"], nav_on), told, None, tuple(reader.findings))


def _transaction(item: Item, body: Document) -> Parsed:
    reader = Reader(item, _TRANSACTION, _ALWAYS_BOOKED)
    found = reader.named(body)
    scheme = _scheme(reader, found)
    txn_id, on = reader.owed(found, "txnId"), reader.owed_day(found, "executionDate")
    what = reader.word(found, "type", TYPES, _TYPE_WORDS)
    if what is None:
        raise RecordError("TYPE_UNKNOWN", "a transaction says neither purchase nor sale")
    paise = reader.owed_paise(found, "amount")
    told: dict[str, object] = {
        **scheme,
        "kind": "transaction",
        "on": on,
        "txn_id": txn_id,
        "type": what,
        "direction": _DIRECTIONS.get(what),
        "amount_paise": paise,
        "units_1000": reader.scaled(found, "units", 3),
        "closing_units_1000": reader.scaled(found, "closingUnits", 3),
        "lien_units_1000": reader.scaled(found, "lienUnits", 3),
        "nav_10000": reader.scaled(found, "nav", 4),
        "nav_on": reader.day(found, "navDate"),
        "ordered_on": reader.day(found, "orderDate"),
        "plan": reader.word(found, "schemePlan", PLANS, {}),
        "scheme_type": reader.word(found, "schemeTypes", SCHEME_TYPES, {}),
        "category": reader.text(found, "schemeCategory"),
        "fund_type": reader.word(found, "fundType", FUND_TYPES, {}),
        "option": reader.word(found, "schemeOption", OPTIONS, _OPTION_WORDS),
        "house": reader.text(found, "amc"),
        "registrar": reader.text(found, "registrar"),
        "mode": reader.word(found, "mode", MODES, {}),
        "lock": reader.word(found, "lock-inFlag", ("YES", "NO"), _LOCK_WORDS),
        "lock_days": reader.scaled(found, "lock-inDays"),
        "narration": reader.text(found, "narration"),
        "extra": reader.extra,
    }
    return Parsed((scheme["folio"], scheme["isin"], txn_id), told, paise, tuple(reader.findings))


def _sip(item: Item, body: Document) -> Parsed:
    reader = Reader(item, _SIP, _ALWAYS_PLANNED)
    found = reader.named(body)
    scheme = _scheme(reader, found)
    created_on, last_on = reader.owed_day(found, "creationDate"), reader.day(found, "lastInstalmentDate")
    told: dict[str, object] = {
        **scheme,
        "kind": "sip",
        "on": None,
        "holder": reader.text(found, "holder1Name"),
        "scheme": reader.text(found, "scheme"),
        "house": reader.text(found, "amc"),
        "registrar": reader.text(found, "registrar"),
        "dividend_type": reader.text(found, "devidentType"),
        "instalment_paise": reader.owed_paise(found, "amount"),
        "frequency": reader.word(found, "frequency", FREQUENCIES, {}),
        "instalment_day": reader.within(found, "instalmentDay", 1, 31),
        "complete_n": reader.scaled(found, "completeInstalments"),
        "pending_n": reader.scaled(found, "pendingInstalments"),
        "last_on": last_on,
        "next_on": reader.day(found, "nextInstalmentDate"),
        "created_on": created_on,
        "ceased_on": reader.day(found, "ceasedDate"),
        "units_1000": reader.scaled(found, "units", 3),
        "nav_10000": reader.scaled(found, "nav", 4),
        "value_paise": reader.paise(found, "value"),
        "extra": reader.extra,
    }
    known_by = (scheme["folio"], scheme["isin"], created_on, last_on)
    return Parsed(known_by, told, None, tuple(reader.findings))


def _scheme(reader: Reader, found: Fields) -> dict[str, object]:
    isin, grade = reader.isin(found)
    return {
        "account": reader.text(found, "linkRefNumber"),
        "folio": reader.owed(found, "folioNo"),
        "isin": isin,
        "isin_grade": grade,
        "scheme_code": reader.code(found, "schemeCode"),
        "amfi_code": reader.code(found, "amfiCode"),
    }


_PARSERS: dict[str, Callable[[Item, Document], Parsed]] = {
    "envelope": _envelope,
    "holding": _holding,
    "transaction": _transaction,
    "sip": _sip,
}
