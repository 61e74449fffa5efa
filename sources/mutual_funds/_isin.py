"""ISINs: graded by shape and check digit, and repaired only where one right number alone can have been meant."""

from __future__ import annotations

import re
from itertools import product

_SHAPE = re.compile(r"[A-Z]{2}[A-Z0-9]{9}[0-9]", re.ASCII)
# Letters that are typed for the digits they look like; the two that name the country are letters by right.
_MEANT = {"O": "O0", "I": "I1"}
_MOST_DOUBTFUL_N = 6


def isin_grade(isin: str | None) -> str:
    """Grade an ISIN by its shape and its check digit."""
    if isin is None:
        return "EMPTY"
    if not _SHAPE.fullmatch(isin):
        return "MALFORMED"
    digits = "".join(str(int(letter, 36)) for letter in isin)
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return "WRONG_CHECK" if sum(value // 10 + value % 10 for value in doubled) % 10 else "VALID"


def isin_repaired(told: str) -> tuple[str, str | None]:
    """Give the ISIN that was meant and the rule that found it; what leaves a choice stays as it was told."""
    if isin_grade(told) == "VALID":
        return told, None
    bare = re.sub(r"[\s-]", "", told).upper()
    if isin_grade(bare) == "VALID":
        return bare, "ISIN_SPELLING"
    found = {one: rule for one, rule in _candidates(bare) if isin_grade(one) == "VALID"}
    if len(found) == 1:
        return next(iter(found.items()))
    return told, None


def _candidates(bare: str) -> list[tuple[str, str]]:
    """What may have been meant: the first letter is lost, or letters stand for digits."""
    if len(bare) == 11 and bare.startswith("N"):
        return [(f"I{bare}", "ISIN_FIRST_LETTER")]
    if len(bare) != 12 or sum(letter in _MEANT for letter in bare[2:]) > _MOST_DOUBTFUL_N:
        return []
    choices = product(*(_MEANT.get(letter, letter) for letter in bare[2:]))
    return [(bare[:2] + "".join(one), "ISIN_LETTERS") for one in choices]
