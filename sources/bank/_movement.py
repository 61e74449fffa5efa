"""Reading one transaction line of a bank, whatever its spelling: every repair is noted, what cannot be read is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from operator import itemgetter

import orjson

from kit.errors import RecordError
from kit.fields import Rule, amount_paise, day, enum, moment, printable, text
from kit.source import Document, Item, Json
from sources.bank._line import Line, Note, note, notes_text, packed, record_id
from sources.bank.records import MODES

_KEYS = frozenset(
    {
        "kind",
        "linkRefNumber",
        "type",
        "mode",
        "amount",
        "transactionalBalance",
        "transactionTimestamp",
        "valueDate",
        "txnId",
        "narration",
        "reference",
    }
)
# Keyed without case and underscores; version 1.1 and live feeds spell these otherwise.
_SPELLINGS = {key.lower(): key for key in _KEYS} | {
    "transactiondatetime": "transactionTimestamp",
    "currentbalance": "transactionalBalance",
    "balance": "transactionalBalance",
    "linkedaccref": "linkRefNumber",
}
_CLOCK = r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\+05:30"
_INDIAN_CLOCK = re.compile(_CLOCK).fullmatch
_DIRECTIONS = frozenset({"CREDIT", "DEBIT"})
_DIRECTION_WORDS = {
    "CR": "CREDIT",
    "C": "CREDIT",
    "DEPOSIT": "CREDIT",
    "DR": "DEBIT",
    "D": "DEBIT",
    "WITHDRAWAL": "DEBIT",
}
_MODES = frozenset(MODES)
_MODE_WORDS = {
    "FT": "OTHERS",
    "OTHER": "OTHERS",
    "FUND_TRANSFER": "OTHERS",
    "CHQ": "CHEQUE",
    "CLG": "CHEQUE",
    "CLEARING": "CHEQUE",
    "DD": "DEMAND_DRAFT",
    "POS": "CARD",
    "ACH": "NACH",
    "INTEREST": "INTEREST_CREDIT",
}
_OPPOSITE = {Rule.AMOUNT_CR: "DEBIT", Rule.AMOUNT_DR: "CREDIT"}

_in_order: Callable[[Document], tuple[str, ...]] = itemgetter(
    "linkRefNumber",
    "transactionTimestamp",
    "type",
    "amount",
    "transactionalBalance",
    "mode",
    "valueDate",
    "narration",
    "reference",
    "txnId",
)

Notes = list[Note]


_WORDS = r"[!-~][ -~]*(?<! )"
_INDIAN = f"([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}){_CLOCK}"
_RUPEES = r"[0-9]{1,13}\.[0-9]{2}"
# Nothing empty, no blank at an end, nothing beyond ASCII, and a value date on the day of the movement.
_IS_CANONICAL = re.compile(
    "\x1f".join(
        (
            _WORDS,
            _INDIAN,
            "|".join(sorted(_DIRECTIONS)).join(("(?:", ")")),
            _RUPEES,
            f"-?{_RUPEES}",
            "|".join(MODES).join(("(?:", ")")),
            r"\1",
            _WORDS,
            _WORDS,
            _WORDS,
        )
    )
).fullmatch


class Canonical:
    """Recognises lines that need no repair as a whole, which costs a third of reading them field by field."""

    def __init__(self) -> None:
        self._days: set[str] = set()

    def line_of(self, item: Item, body: Document) -> tuple[str, str] | None:
        """Give record id and packed text of a canonical line, and None for every other."""
        try:
            fields = _in_order(body)
            is_canonical = (
                len(body) == len(_KEYS)
                and body["kind"] == "transaction"
                and _IS_CANONICAL("\x1f".join(fields)) is not None
            )
        except (KeyError, TypeError):
            return None
        if not is_canonical:
            return None
        account, at, direction, amount, balance, mode, value_on, narration, reference, txn_id = fields
        if not self._is_day(value_on):
            return None
        paise, after = amount.replace(".", "").lstrip("0") or "0", _paise_text(balance)
        party, (delivery, number, sha) = item.party, item.ref
        known_as = record_id(f"{party}\x1f{account}\x1f{txn_id}\x1f{after}")
        return known_as, (
            f"{party}\x1f{account}\x1f{at}\x1f{direction}\x1f{paise}\x1f{after}\x1f{mode}\x1f{value_on}\x1f{narration}"
            f"\x1f{reference}\x1f{txn_id}\x1f\x1f{known_as}\x1f{delivery}\x1f{number}\x1f{sha}\x1f"
        )

    def _is_day(self, text: str) -> bool:
        if text not in self._days:
            if day(text)[1] is not None:
                return False
            self._days.add(text)
        return True


def _paise_text(rupees: str) -> str:
    """Write a canonical balance as paise, which may be below zero."""
    return str(int(rupees.replace(".", "")))


def _plain_paise(value: Json) -> int | None:
    paise, rule = amount_paise(value)
    return paise if rule is None and type(value) is str else None


def mended(item: Item, body: Document) -> tuple[str, str]:
    """Read one line field by field; RecordError carries the reason why it is held back."""
    notes: Notes = []
    found, extra = _spelled(body, notes)
    account = _account(found.get("linkRefNumber"), notes)
    at = _moment(found.get("transactionTimestamp"), notes)
    direction = _direction(found.get("type"), notes)
    paise = _amount(found.get("amount"), direction, notes)
    after = _balance(found.get("transactionalBalance"), notes)
    line = Line(
        party=item.party,
        account=account,
        at=at,
        direction=direction,
        amount_paise=str(paise),
        balance_paise="" if after is None else str(after),
        mode=_mode(found.get("mode"), notes),
        value_on=_value_on(found.get("valueDate"), notes),
        narration=_text("narration", found.get("narration"), notes),
        reference=_text("reference", found.get("reference"), notes),
        txn_id=_text("txnId", found.get("txnId"), notes),
        extra=extra,
        id="",
        delivery=item.ref.delivery,
        number=str(item.ref.line),
        sha=item.ref.sha,
        notes=notes_text(tuple(notes)),
    )
    known_as = record_id("\x1f".join(_known_by(line)))
    return known_as, packed(line._replace(id=known_as))


def _known_by(line: Line) -> tuple[str, ...]:
    """A number may be repeated, so a line is also known by the balance it left; without a number, by all it says."""
    if line.txn_id:
        return line.party, line.account, line.txn_id, line.balance_paise or line.at
    return line[:12]


def readable_paise(body: Document) -> int | None:
    """Tell the amount of a line that is held back, where it has one."""
    paise, _ = amount_paise(body.get("amount"))
    return None if paise is None else abs(paise)


def _spelled(body: Document, notes: Notes) -> tuple[Document, str]:
    """Bring fields under their names; what has no name here is kept aside as JSON text."""
    found: Document = {key: value for key, value in body.items() if key in _KEYS}
    aside: dict[str, str] = {}
    for key, value in sorted(body.items()):
        if key in _KEYS:
            continue
        name = _SPELLINGS.get(key.replace("_", "").lower())
        if name is None or name in found:
            aside[key] = orjson.dumps(value).decode()
            notes.append(note(printable(key) or "?", "UNKNOWN_FIELD", value, None))
        else:
            found[name] = value
            notes.append(note(name, "FIELD_SPELLING", key, name))
    return found, orjson.dumps(aside, option=orjson.OPT_SORT_KEYS).decode() if aside else ""


def _account(value: Json, notes: Notes) -> str:
    found, rule = text(value)
    if found is None:
        raise RecordError("ACCOUNT_MISSING", "a transaction names no account")
    if rule is not None:
        notes.append(note("linkRefNumber", rule, value, found))
    return found


def _moment(value: Json, notes: Notes) -> str:
    if type(value) is str and _INDIAN_CLOCK(value, 10) and day(value[:10])[1] is None:
        return value
    at, rule = moment(value)
    if at is None:
        raise RecordError(rule or Rule.DATE_UNREADABLE, "a transaction has no readable moment")
    found = at.isoformat()
    if rule is not None:
        notes.append(note("transactionTimestamp", rule, value, found))
    return found


def _direction(value: Json, notes: Notes) -> str:
    if value == "CREDIT" or value == "DEBIT":
        return str(value)
    found, rule = enum(value, _DIRECTIONS, _DIRECTION_WORDS)
    if found is None:
        code = "DIRECTION_MISSING" if rule is Rule.ENUM_EMPTY else "DIRECTION_UNKNOWN"
        raise RecordError(code, "a transaction says neither credit nor debit")
    notes.append(note("type", rule or Rule.ENUM_CASE, value, found))
    return found


def _amount(value: Json, direction: str, notes: Notes) -> int:
    paise, rule = amount_paise(value)
    if paise is None:
        raise RecordError(rule or Rule.AMOUNT_UNREADABLE, "a transaction has no readable amount")
    if direction == (_OPPOSITE.get(rule) if rule else None) or (paise < 0 and direction == "CREDIT"):
        raise RecordError("AMOUNT_SIGN_CONFLICT", "the sign of an amount contradicts its direction")
    if paise >= 0 and _plain_paise(value) is not None:
        return paise
    notes.append(note("amount", rule or _form(value), value, abs(paise)))
    return abs(paise)


def _form(value: Json) -> str:
    return "AMOUNT_SIGN" if isinstance(value, str) else "AMOUNT_NUMBER"


def _balance(value: Json, notes: Notes) -> int | None:
    paise, rule = amount_paise(value)
    if rule is not None or type(value) is not str:
        notes.append(note("transactionalBalance", rule or "AMOUNT_NUMBER", value, paise))
    return paise


def _mode(value: Json, notes: Notes) -> str:
    if type(value) is str and value in _MODES:
        return value
    found, rule = enum(value, _MODES, _MODE_WORDS)
    notes.append(note("mode", rule or Rule.ENUM_CASE, value, found or "OTHERS"))
    return found or "OTHERS"


def _value_on(value: Json, notes: Notes) -> str:
    found, rule = day(value)
    if rule is None and type(value) is str:
        return value
    became = None if found is None else found.isoformat()
    notes.append(note("valueDate", rule or Rule.DATE_UNREADABLE, value, became))
    return became or ""


def _text(field: str, value: Json, notes: Notes) -> str:
    found, rule = text(value)
    if rule is not None:
        notes.append(note(field, rule, value, found))
    return found or ""
