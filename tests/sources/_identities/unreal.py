"""Reading identifiers out of bytes, and telling of each why it can be nobody's."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from kit.ident import Grade, gstin_grade, is_synthetic_pan

BANK = "BAHI"
# All bank codes of IFSC that begin alike; none of them is ours.
BANKS_NEAR_BY = "BACB BACX BADX BALX BANX BARA BARB BARC BARX BASX BAUX BAVX".split()
# UPI and IMPS name a payment by 12 digits: the year's last digit, the day of the year, the hour, and a serial number.
REFERENCE = re.compile(r"[0-9](?:[0-2][0-9]{2}|3[0-5][0-9]|36[0-6])(?:[01][0-9]|2[0-3])[0-9]{6}")
SHAPES: Mapping[str, str] = {
    "PAN": r"[A-Z]{5}[0-9]{4}[A-Z]",
    "GSTIN": r"(?<![A-Z0-9])[0-9]{2}[A-Z]{5}[0-9]{4}[A-Z][0-9A-Z]{3}(?![A-Z0-9])",
    "mobile": r"(?<![0-9A-Za-z.])(?:\+?91)?[6-9][0-9]{9}(?![0-9])",
    "address": r"[A-Za-z0-9._-]+@[A-Za-z0-9.-]+",
    "IFSC": r"(?<![A-Z0-9])[A-Z]{4}0[A-Z0-9]{6}(?![A-Z0-9])",
    "Udyam": r"UDYAM-[A-Z]{2}-[0-9]{2}-[0-9]{7}",
    "ISIN": r"(?<![A-Z0-9])IN[A-Z0-9]{9}[0-9](?![A-Z0-9])",
    "CIN": r"(?<![A-Z0-9])[LU][0-9]{5}[A-Z]{2}[0-9]{4}[A-Z]{3}[0-9]{6}(?![A-Z0-9])",
    "Aadhaar": r"(?<![0-9A-Za-z.-])[2-9][0-9]{11}(?![0-9A-Za-z.])",
    "MICR": r"(?<=\"micrCode\":\")[0-9]{9}(?=\")",
    "AMFI": r"(?<=\"amfiCode\":\")[0-9]+(?=\")",
}
_FOUND = {name: re.compile(shape) for name, shape in SHAPES.items()}
# The digits of Verhoeff's check are multiplied in the group of a pentagon's turns and mirrors.
_MIRRORED = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)


def _turned(one: int, other: int) -> int:
    if one < 5:
        return (one + other) % 5 if other < 5 else 5 + (one + other) % 5
    return 5 + (one - other) % 5 if other < 5 else (one - other) % 5


def passes_verhoeff(digits: str) -> bool:
    """Say whether the last digit checks the others as Aadhaar's does."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit)
        for _ in range(place % 8):
            value = _MIRRORED[value]
        total = _turned(total, value)
    return total == 0


def _is_checked(isin: str) -> bool:
    digits = "".join(str(int(letter, 36)) for letter in isin)
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0


def _is_nobodys_address(address: str) -> bool:
    host = address.rpartition("@")[2]
    return host == BANK.lower() or host.endswith(".example")


UNREAL: Mapping[str, Callable[[str], bool]] = {
    # Cut or masked ones hold no name.
    "PAN": lambda pan: is_synthetic_pan(pan) or pan.startswith("XXXXX"),
    "GSTIN": lambda gstin: is_synthetic_pan(gstin[2:12]),
    "mobile": lambda mobile: False,
    "address": _is_nobodys_address,
    "IFSC": lambda ifsc: ifsc.startswith(f"{BANK}0") and BANK not in BANKS_NEAR_BY,
    "Udyam": lambda udyam: udyam.split("-")[2] == "00",
    "ISIN": lambda isin: isin[3:6] == "0BH" and _is_checked(isin),
    "CIN": lambda cin: False,
    "Aadhaar": lambda digits: bool(REFERENCE.fullmatch(digits)) or not passes_verhoeff(digits),
    "MICR": lambda micr: micr[3:6] == "000",
    "AMFI": lambda code: len(code) == 6 and code.startswith("9"),
}


def somebodys(text: str, counted: Counter[str], is_clean: bool = True) -> Iterator[str]:
    """Find what could be somebody's; without noise a GSTIN's check character has to be right too."""
    for name, shape in _FOUND.items():
        found = shape.findall(text)
        counted[name] += len(found)
        for one in set(found):
            if not UNREAL[name](one) or (
                name == "GSTIN" and is_clean and gstin_grade(one) is not Grade.VALID
            ):
                yield f"{name} {one}"
