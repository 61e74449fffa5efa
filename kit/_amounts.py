"""Rupee amounts as banks, ledgers and spreadsheets write them, read into whole paise."""

from __future__ import annotations

import re

from kit._rules import PLACEHOLDERS, Rule
from kit.source import Json

# The largest whole number a browser holds exactly, about 90 lakh crore rupees.
LARGEST_PAISE = 2**53 - 1
# Below this a float still tells every paisa apart.
_EXACT_RUPEES = 10.0**13
_LONGEST = 60

_PLAIN = re.compile(r"(-?)([0-9]+)(?:\.([0-9]{1,2}))?")
_BROKEN_NUMBER = re.compile(r"[0-9,]\.? +[0-9,.]")
_INDIAN_OR_WESTERN = re.compile(r"[0-9]{1,2}(?:,[0-9]{2})*,[0-9]{3}|[0-9]{1,3}(?:,[0-9]{3})+")
_MESSY = re.compile(
    r"""(?P<side>(?:CR|DR)\.?)? (?P<open>\()? (?P<sign>[-+])? (?P<money>₹|RS\.?|INR|`)? (?P<inner>[-+])?
    (?P<number>[0-9][0-9,]*(?:\.[0-9]*)?|\.[0-9]+)
    (?P<unit>/-|/=|INR)? (?P<trail>[-+])? (?P<close>\))? (?P<tail>\(?(?:CR|DR)\.?\)?)?""",
    re.VERBOSE | re.ASCII,
)
_TYPOGRAPHY = str.maketrans({"−": "-", "–": "-", "\xa0": " ", "\u202f": " ", "\u2009": " ", "\t": " "})

Amount = tuple[int | None, Rule | None]


def amount_paise(value: Json) -> Amount:
    """Read rupees into paise; CR and DR mean credit and debit (never crore), DR and brackets are negative."""
    if isinstance(value, str):
        digits = value.replace(".", "", 1)
        if value[-3:-2] == "." and len(value) < 17 and digits.isdigit() and digits.isascii():
            return int(digits), None
        return _from_text(value)
    if isinstance(value, bool):
        return None, Rule.AMOUNT_NOT_A_NUMBER
    if isinstance(value, int):
        return _bounded(value * 100, None)
    if isinstance(value, float):
        return _from_float(value)
    return None, Rule.AMOUNT_EMPTY if value is None else Rule.AMOUNT_NOT_A_NUMBER


def _from_float(value: float) -> Amount:
    if not abs(value) < _EXACT_RUPEES:
        return None, Rule.AMOUNT_PRECISION_LOST
    paise = round(value * 100)
    # Division rounds correctly: equality says that the float is the nearest one to exactly this many paise.
    if paise / 100 == value:
        return paise, None
    near, rule = _from_text(format(value, ".12f"))
    return near, rule if near is None else Rule.AMOUNT_FLOAT_NOISE


def _from_text(text: str) -> Amount:
    plain = _PLAIN.fullmatch(text)
    if plain and len(text) <= _LONGEST:
        return _paise(plain[1] == "-", plain[2], plain[3] or "", None)
    bare = text.translate(_TYPOGRAPHY).strip().upper()
    if bare in PLACEHOLDERS:
        return None, Rule.AMOUNT_EMPTY
    messy = (
        None
        if len(bare) > _LONGEST or _BROKEN_NUMBER.search(bare)
        else _MESSY.fullmatch(bare.replace(" ", ""))
    )
    if messy is None or (messy["open"] is None) != (messy["close"] is None):
        return None, Rule.AMOUNT_UNREADABLE
    return _from_parts(messy)


def _from_parts(messy: re.Match[str]) -> Amount:
    signs = [messy[name] for name in ("side", "open", "sign", "inner", "trail", "tail") if messy[name]]
    if len(signs) > 1:
        return None, Rule.AMOUNT_SIGN_TWICE
    whole, _, fraction = messy["number"].partition(".")
    if "," in whole and not _INDIAN_OR_WESTERN.fullmatch(whole):
        return None, Rule.AMOUNT_GROUPING
    sign = signs[0].strip("().") if signs else ""
    is_negative = "(" in signs or sign in ("-", "DR")
    return _paise(is_negative, whole.replace(",", ""), fraction, _repair(messy, sign))


def _repair(messy: re.Match[str], sign: str) -> Rule:
    """Name the repair that matters most, since a finding shows the whole field before and after anyway."""
    repairs = (
        (messy["open"], Rule.AMOUNT_BRACKETS),
        (sign == "DR", Rule.AMOUNT_DR),
        (sign == "CR", Rule.AMOUNT_CR),
        (messy["trail"] or sign == "+", Rule.AMOUNT_SIGN),
        (messy["money"] or messy["unit"], Rule.AMOUNT_CURRENCY),
        ("," in messy["number"], Rule.AMOUNT_COMMAS),
        (_has_odd_decimals(messy["number"]), Rule.AMOUNT_DECIMALS),
        (sign == "-", Rule.AMOUNT_SIGN),
    )
    return next((rule for needed, rule in repairs if needed), Rule.AMOUNT_SPACES)


def _has_odd_decimals(number: str) -> bool:
    whole, dot, fraction = number.partition(".")
    return not whole or (dot == "." and len(fraction) not in (1, 2))


def _paise(is_negative: bool, whole: str, fraction: str, rule: Rule | None) -> Amount:
    scaled = int(whole + fraction.ljust(2, "0"))
    unit = 10 ** max(0, len(fraction) - 2)
    paise, rest = divmod(scaled, unit)
    if rest:
        # Sums of floats miss by less than a ten-thousandth of a paisa; anything coarser was meant.
        if min(rest, unit - rest) * 10_000 >= unit:
            return None, Rule.AMOUNT_SUBPAISE
        paise, rule = paise + (rest * 2 > unit), Rule.AMOUNT_FLOAT_NOISE
    return _bounded(-paise if is_negative else paise, rule)


def _bounded(paise: int, rule: Rule | None) -> Amount:
    return (paise, rule) if abs(paise) <= LARGEST_PAISE else (None, Rule.AMOUNT_TOO_LARGE)
