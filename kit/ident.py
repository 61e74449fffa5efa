"""Identifiers of India's businesses: shapes and check digits, graded rather than judged, since real data is dirty."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, NewType

from kit.errors import CallerError

if TYPE_CHECKING:
    from kit.chance import Stream

CustomerId = NewType("CustomerId", str)

PAN_HOLDERS = "PCHFATBLJG"
STATES = frozenset({f"{code:02}" for code in range(1, 39) if code != 28} | {"97", "99"})

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_BASE_36 = "0123456789" + _LETTERS
_NAME = "[A-Z0-9][A-Z0-9_-]{0,39}"
_PAN = "[A-Z]{3}[" + PAN_HOLDERS + "][A-Z][0-9]{4}[A-Z]"
_IFSC = "[A-Z]{4}0[A-Z0-9]{6}"


class Grade(StrEnum):
    """How good an identifier is; a cleaner keeps the record and says so."""

    VALID = "VALID"
    WRONG_CHECK = "WRONG_CHECK"
    MALFORMED = "MALFORMED"
    EMPTY = "EMPTY"


class GstinKind(StrEnum):
    """Who a GSTIN was given to, told by its shape."""

    TAXPAYER = "TAXPAYER"
    TDS_DEDUCTOR = "TDS_DEDUCTOR"
    TCS_COLLECTOR = "TCS_COLLECTOR"
    GOVERNMENT = "GOVERNMENT"
    UN_BODY = "UN_BODY"
    NON_RESIDENT = "NON_RESIDENT"
    ONLINE_SERVICE = "ONLINE_SERVICE"


# GSTN's offline tool takes any of Z, 1-9, A-J as the 14th character of a taxpayer; C is the collector's, D the deductor's.
_GSTIN_SHAPES = {
    GstinKind.TAXPAYER: "[0-9]{2}[A-Z]{5}[0-9]{4}[A-Z][1-9A-Z][Z1-9ABE-J][0-9A-Z]",
    GstinKind.TDS_DEDUCTOR: "[0-9]{2}[A-Z]{4}[A-Z0-9][0-9]{4}[A-Z][1-9A-Z]D[0-9A-Z]",
    GstinKind.TCS_COLLECTOR: "[0-9]{2}[A-Z]{5}[0-9]{4}[A-Z][1-9A-Z]C[0-9A-Z]",
    GstinKind.GOVERNMENT: "[0-9]{2}[A-Z]{4}[0-9]{5}[A-Z][0-9]Z[0-9]",
    GstinKind.UN_BODY: "[0-9]{4}[A-Z]{3}[0-9]{5}[UO]N[A-Z0-9]",
    GstinKind.NON_RESIDENT: "[0-9]{4}[A-Z]{3}[0-9]{5}NR[0-9A-Z]",
    GstinKind.ONLINE_SERVICE: "99[0-9]{2}[A-Z]{3}[0-9]{5}OS[0-9A-Z]",
}


def customer_id(text: str) -> CustomerId:
    """Accept 1 to 40 of A-Z, 0-9, _ and -, which is safe as a folder name; the error never echoes the text."""
    return CustomerId(_named(text, "CUSTOMER_ID_INVALID", "customer id", "MSME_0001"))


def party_id(text: str) -> str:
    """Accept a party of a customer under the same rule as the customer's own id."""
    return _named(text, "PARTY_ID_INVALID", "party id", "PROPRIETOR")


def _named(text: str, code: str, what: str, example: str) -> str:
    if re.fullmatch(_NAME, text):
        return text
    raise CallerError(
        code,
        f"The {what} is {_first_fault(text)}.",
        hint=f"Use 1 to 40 of A-Z, 0-9, '_' and '-', the first a letter or digit, for example {example}.",
    )


def _first_fault(text: str) -> str:
    if not text:
        return "empty"
    if len(text) > 40:
        return f"{len(text)} characters long, more than 40"
    place = next((i for i, letter in enumerate(text) if not re.fullmatch("[A-Z0-9_-]", letter)), 0)
    return f"malformed at character {place + 1} of {len(text)}"


def pan_grade(text: str | None) -> Grade:
    """Grade a PAN by its shape and holder letter; there is no public check digit."""
    return _shape_grade(text, _PAN)


def ifsc_grade(text: str | None) -> Grade:
    """Grade an IFSC by its shape only: whether the branch exists is another question."""
    return _shape_grade(text, _IFSC)


def _shape_grade(text: str | None, shape: str) -> Grade:
    if text is None or not text.strip():
        return Grade.EMPTY
    return Grade.VALID if re.fullmatch(shape, text) else Grade.MALFORMED


def gstin_grade(text: str | None) -> Grade:
    """Grade a GSTIN of any kind by shape, state code and check character."""
    if text is None or not text.strip():
        return Grade.EMPTY
    if gstin_kind(text) is None or text[:2] not in STATES:
        return Grade.MALFORMED
    return Grade.VALID if gstin_check_char(text[:14]) == text[14] else Grade.WRONG_CHECK


def gstin_kind(text: str) -> GstinKind | None:
    """Tell the kind from the shape alone, whatever the check character says."""
    return next((kind for kind, shape in _GSTIN_SHAPES.items() if re.fullmatch(shape, text)), None)


def gstin_check_char(first_14: str) -> str:
    """Compute the 15th character, modulo 36; it catches every change of one character."""
    total = 0
    for place, letter in enumerate(first_14):
        product = _BASE_36.index(letter) * (1 + place % 2)
        total += product // 36 + product % 36
    return _BASE_36[-total % 36]


def gstin_pan(gstin: str) -> str | None:
    """Read the PAN inside a taxpayer's or collector's GSTIN."""
    pan = gstin[2:12]
    return pan if pan_grade(pan) is Grade.VALID and gstin_kind(gstin) is not None else None


def synthetic_pan(stream: Stream, holder_letter: str) -> str:
    """Draw a PAN that cannot be anyone's: the digits 0000 are never issued."""
    if holder_letter not in PAN_HOLDERS:
        raise ValueError("the holder letter of a PAN is one of " + PAN_HOLDERS)
    first, second, third, name, last = (stream.choice(_LETTERS) for _ in range(5))
    return f"{first}{second}{third}{holder_letter}{name}0000{last}"


def synthetic_gstin(pan: str, state: str, registration: int = 1) -> str:
    """Build the GSTIN of a synthetic PAN in a state, with its right check character."""
    if not is_synthetic_pan(pan) or state not in STATES or not 1 <= registration <= 35:
        raise ValueError(
            "a synthetic GSTIN needs a synthetic PAN, a state code and a registration from 1 to 35"
        )
    first_14 = f"{state}{pan}{_BASE_36[registration]}Z"
    return first_14 + gstin_check_char(first_14)


def is_synthetic_pan(text: str) -> bool:
    """Say whether this is a well-formed PAN that was never issued."""
    return pan_grade(text) is Grade.VALID and text[5:9] == "0000"


def masked(text: str) -> str:
    """Hide all but the last four characters, or everything when hiding four would tell too much."""
    shown = 4 if len(text) >= 8 else 0
    return "X" * (len(text) - shown) + text[len(text) - shown :]
