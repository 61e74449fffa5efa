"""Reading an envelope: the accounts a provider answered for, however it nests, spells or shortens them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

import orjson

from kit.errors import RecordError
from kit.fields import amount_paise, day, enum, moment, printable, text
from kit.ident import Grade, ifsc_grade, pan_grade
from kit.source import Document, Item, Json
from sources.bank._line import Note, note, record_id


def _spellings(names: str, aliases: Mapping[str, str] | None = None) -> Mapping[str, str]:
    """Key the names of one place without case and underscores; an alias is what another version calls a field."""
    return {name.lower(): name for name in names.split()} | dict(aliases or {})


_TOP = _spellings("kind fiType ver fipID sentAt accounts", {"version": "ver"})
_ACCOUNT = _spellings(
    "linkRefNumber maskedAccNumber type version Profile Summary Transactions",
    {"maskedaccountnumber": "maskedAccNumber", "linkedaccref": "linkRefNumber"},
)
_SUMMARY = _spellings(
    """currentBalance currency exchgeRate balanceDateTime accountType accountSubType branch facility ifsc
    micrCode openingDate currentODLimit drawingLimit status pendingTxns""",
    {"ifsccode": "ifsc", "type": "accountSubType", "pending": "pendingTxns"},
)
_PENDING = _spellings("PendingTxn transactionType amount")
_PERIOD = _spellings("startDate endDate")
_PROFILE, _HOLDERS = _spellings("Holders"), _spellings("type Holder")
_HOLDER = _spellings(
    "name dob mobile nominee landline address email pan ckycRegistered", {"ckyccompliance": "ckycRegistered"}
)
_ACCOUNT_TYPES = ("REGULAR", "NRE", "NRO", "RFC")
_SUB_TYPES = ("SAVINGS", "CURRENT")
_SUB_TYPE_WORDS = {"SBA": "SAVINGS", "SB": "SAVINGS", "SAVING": "SAVINGS", "CA": "CURRENT", "CAA": "CURRENT"}
_FACILITIES = ("OVERDRAFT", "CASH_CREDIT", "NO_FACILITY_GRANTED")
_FACILITY_WORDS = {"OD": "OVERDRAFT", "CC": "CASH_CREDIT", "NONE": "NO_FACILITY_GRANTED"}
_STATUSES = ("ACTIVE", "INACTIVE")
_STATUS_WORDS = {"DORMANT": "INACTIVE", "CLOSED": "INACTIVE", "OPERATIVE": "ACTIVE"}
_HOLDINGS = ("SINGLE", "JOINT")
_HOLDING_WORDS = {"JOINTLY": "JOINT"}
_NOMINEES = ("REGISTERED", "NOT_REGISTERED")
_PENDING_TYPES = ("CREDIT", "DEBIT", "UNKNOWN")
_CKYC = ("YES", "NO", "NO_DATA_AVAILABLE")
_CKYC_WORDS = {"TRUE": "YES", "FALSE": "NO", "Y": "YES", "N": "NO"}
_EMAIL = re.compile(r"[^@]+@[^.]+\..+").fullmatch

Fields = Mapping[str, Json]
Part = dict[str, object]


class Read(NamedTuple):
    """A readable envelope: its clean record, the accounts it names, when it was sent, and what was repaired."""

    document: Part
    accounts: tuple[str, ...]
    sent_at: str
    notes: tuple[Note, ...]


def statement_of(item: Item, body: Document) -> Read:
    """Read one envelope; RecordError carries the reason why it is held back."""
    reader = _Reader()
    top = reader.folded(body, "", _TOP)
    fip = reader.text("fipID", top.get("fipID"))
    told = top.get("accounts")
    if not isinstance(told, list | dict):
        raise RecordError("ACCOUNTS_MISSING", "an envelope says nothing of accounts")
    accounts = [
        _held(reader, one, f"accounts[{i}].") for i, one in enumerate(reader.listed("accounts", told))
    ]
    spans = [[held["account"], held["covered_from"], held["covered_to"]] for held in accounts]
    sent_at = reader.moment("sentAt", top.get("sentAt"))
    document: Part = {
        "accounts": accounts,
        "extra": reader.extra,
        "fip": fip,
        "id": record_id(orjson.dumps(["statement", item.party, fip, spans]).decode()),
        "kind": "statement",
        "on": max((str(end) for _, _, end in spans if end is not None), default=None),
        "party": item.party,
        "raw": item.ref._asdict(),
        "sent_at": sent_at,
        "version": reader.text("ver", top.get("ver")),
    }
    named = tuple(str(held["account"]) for held in accounts)
    return Read(document, named, sent_at or "", tuple(reader.notes))


class _Reader:
    """Reads fields one by one, noting every repair and keeping unknown fields aside."""

    def __init__(self) -> None:
        self.notes: list[Note] = []
        self.extra: dict[str, str] = {}

    def folded(self, value: Json, place: str, spellings: Mapping[str, str]) -> Fields:
        """Bring the fields of an object under their names, case and underscores apart; a field out of place is unknown."""
        folded: dict[str, Json] = {}
        if not isinstance(value, dict):
            if value is not None:
                self._aside(place.rstrip(".") or "envelope", "NOT_AN_OBJECT", value)
            return folded
        right_names = set(spellings.values())
        for key, inner in sorted(value.items(), key=lambda field: (field[0] not in right_names, field[0])):
            name = spellings.get(key.replace("_", "").lower())
            if name is None or name in folded:
                self._aside(f"{place}{printable(key)}", "UNKNOWN_FIELD", inner)
                continue
            folded[name] = inner
            if name != key:
                self.note(f"{place}{name}", "FIELD_SPELLING", printable(key), name)
        return folded

    def _aside(self, field: str, rule: str, value: Json) -> None:
        self.extra[field] = orjson.dumps(value).decode()
        self.note(field, rule, value, None)

    def listed(self, field: str, value: Json) -> list[Json]:
        """Take a list, or one object in place of a list of one; anything else is kept aside."""
        if isinstance(value, list):
            return value
        if value is not None and not isinstance(value, dict):
            self._aside(field, "NOT_A_LIST", value)
        return [value] if isinstance(value, dict) else []

    def text(self, field: str, value: Json) -> str | None:
        found, rule = text(value)
        return self._kept(field, rule, value, found)

    def day(self, field: str, value: Json) -> str | None:
        found, rule = day(value)
        return self._kept(field, rule, value, None if found is None else found.isoformat())

    def moment(self, field: str, value: Json) -> str | None:
        found, rule = moment(value)
        return self._kept(field, rule, value, None if found is None else found.isoformat())

    def paise(self, field: str, value: Json) -> int | None:
        found, rule = amount_paise(value)
        if rule is not None and value not in (None, ""):
            self.note(field, rule, value, found)
        return found

    def word(self, field: str, value: Json, allowed: tuple[str, ...], words: Mapping[str, str]) -> str | None:
        found, rule = enum(value, allowed, words)
        return self._kept(field, rule, value, found)

    def note(self, field: str, rule: str, was: Json, became: Json) -> None:
        self.notes.append(note(field, rule, was, became))

    def _kept(self, field: str, rule: str | None, was: Json, became: str | None) -> str | None:
        """Half of an envelope is optional, so only what was said badly is worth a finding."""
        if rule is not None and was not in (None, ""):
            self.note(field, rule, was, became)
        return became


def _held(reader: _Reader, value: Json, place: str) -> Part:
    account = reader.folded(value, place, _ACCOUNT)
    summary = reader.folded(account.get("Summary"), f"{place}Summary.", _SUMMARY)
    name = reader.text(f"{place}linkRefNumber", account.get("linkRefNumber"))
    if name is None:
        raise RecordError("ACCOUNT_MISSING", "an account has no link reference")
    kind = account.get("type")
    if kind is not None and str(kind).lower() != "deposit":
        reader.note(f"{place}type", "ACCOUNT_NOT_DEPOSIT", kind, kind)
    return {
        "account": name,
        "masked_number": reader.text(f"{place}maskedAccNumber", account.get("maskedAccNumber")),
        "version": reader.text(f"{place}version", account.get("version")),
        **_sort(reader, summary, f"{place}Summary."),
        **_sums(reader, summary, f"{place}Summary."),
        **_covered(reader, account.get("Transactions"), f"{place}Transactions."),
        **_held_by(reader, account.get("Profile"), f"{place}Profile."),
    }


def _sort(reader: _Reader, summary: Fields, place: str) -> Part:
    """Live feeds put SBA where 2.0.0 has REGULAR or another type, which is then not known."""
    account_type, sub_type = summary.get("accountType"), summary.get("accountSubType")
    if isinstance(account_type, str) and account_type.strip().upper() in (*_SUB_TYPES, *_SUB_TYPE_WORDS):
        sub_type = sub_type or account_type
        reader.note(f"{place}accountType", "ACCOUNT_TYPE_SHORT", account_type, None)
        account_type = None
    return {
        "account_type": reader.word(f"{place}accountType", account_type, _ACCOUNT_TYPES, {}),
        "sub_type": reader.word(f"{place}accountSubType", sub_type, _SUB_TYPES, _SUB_TYPE_WORDS),
        "facility": reader.word(f"{place}facility", summary.get("facility"), _FACILITIES, _FACILITY_WORDS),
        "status": reader.word(f"{place}status", summary.get("status"), _STATUSES, _STATUS_WORDS),
    }


def _sums(reader: _Reader, summary: Fields, place: str) -> Part:
    currency = reader.text(f"{place}currency", summary.get("currency"))
    ifsc = reader.text(f"{place}ifsc", summary.get("ifsc"))
    if currency not in ("INR", None):
        reader.note(f"{place}currency", "CURRENCY_NOT_INR", currency, currency)
    if ifsc is not None and ifsc_grade(ifsc) is not Grade.VALID:
        reader.note(f"{place}ifsc", "IFSC_MALFORMED", ifsc, ifsc)
    return {
        "ifsc": ifsc,
        "micr": reader.text(f"{place}micrCode", summary.get("micrCode")),
        "branch": reader.text(f"{place}branch", summary.get("branch")),
        "currency": currency,
        "exchange_rate": reader.text(f"{place}exchgeRate", summary.get("exchgeRate")),
        "opened_on": reader.day(f"{place}openingDate", summary.get("openingDate")),
        "balance_paise": reader.paise(f"{place}currentBalance", summary.get("currentBalance")),
        "balance_at": reader.moment(f"{place}balanceDateTime", summary.get("balanceDateTime")),
        "pending": _pending(reader, summary.get("pendingTxns"), f"{place}pendingTxns"),
        "limit_paise": reader.paise(f"{place}drawingLimit", summary.get("drawingLimit")),
        "drawable_paise": reader.paise(f"{place}currentODLimit", summary.get("currentODLimit")),
    }


def _pending(reader: _Reader, value: Json, place: str) -> list[Part]:
    """Version 1.1 has one movement or a list in place of the 2.0.0 object around a list."""
    if isinstance(value, dict) and any(key.lower() == "pendingtxn" for key in value):
        value = reader.folded(value, f"{place}.", _PENDING).get("PendingTxn")
    waiting = [
        (f"{place}[{i}].", reader.folded(one, f"{place}[{i}].", _PENDING))
        for i, one in enumerate(reader.listed(place, value))
    ]
    return [
        {
            "direction": reader.word(f"{at}transactionType", one.get("transactionType"), _PENDING_TYPES, {}),
            "amount_paise": reader.paise(f"{at}amount", one.get("amount")),
        }
        for at, one in waiting
    ]


def _covered(reader: _Reader, period: Json, place: str) -> Part:
    """Days nobody named are days nobody vouched for."""
    days = reader.folded(period, place, _PERIOD)
    first = reader.day(f"{place}startDate", days.get("startDate"))
    last = reader.day(f"{place}endDate", days.get("endDate"))
    if first is None or last is None or first > last:
        reader.note(f"{place}startDate", "COVERAGE_UNKNOWN", first, None)
        first = last = None
    return {"covered_from": first, "covered_to": last}


def _held_by(reader: _Reader, profile: Json, place: str) -> Part:
    """A single holder may come as an object instead of a list of one."""
    inner = reader.folded(profile, place, _PROFILE).get("Holders")
    holders = reader.folded(inner, f"{place}Holders.", _HOLDERS)
    people = holders.get("Holder")
    if isinstance(people, dict):
        reader.note(f"{place}Holders.Holder", "HOLDER_OBJECT", "object", "array")
    listed = reader.listed(f"{place}Holders.Holder", people)
    return {
        "holding": reader.word(f"{place}Holders.type", holders.get("type"), _HOLDINGS, _HOLDING_WORDS),
        "holders": [_holder(reader, one, f"{place}Holders.Holder[{i}].") for i, one in enumerate(listed)],
    }


def _holder(reader: _Reader, value: Json, place: str) -> Part:
    person = reader.folded(value, place, _HOLDER)
    pan = reader.text(f"{place}pan", person.get("pan"))
    email = reader.text(f"{place}email", person.get("email"))
    ckyc = person.get("ckycRegistered")
    if pan is not None and pan_grade(pan) is not Grade.VALID:
        reader.note(f"{place}pan", "PAN_MALFORMED", pan, pan)
    if email is not None and not _EMAIL(email):
        reader.note(f"{place}email", "EMAIL_SHAPE", email, email)
    if isinstance(ckyc, bool):
        ckyc = str(ckyc)
    return {
        "name": reader.text(f"{place}name", person.get("name")),
        "pan": pan,
        "pan_grade": str(pan_grade(pan or "")),
        "born_on": reader.day(f"{place}dob", person.get("dob")),
        "mobile": reader.text(f"{place}mobile", person.get("mobile")),
        "email": email,
        "landline": reader.text(f"{place}landline", person.get("landline")),
        "address": reader.text(f"{place}address", person.get("address")),
        "nominee": reader.word(f"{place}nominee", person.get("nominee"), _NOMINEES, {}),
        "ckyc": reader.word(f"{place}ckycRegistered", ckyc, _CKYC, _CKYC_WORDS) or "NO_DATA_AVAILABLE",
    }
