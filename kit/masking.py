"""What a log may show of a field: forms of amounts, days and words of a closed list; of anything else only what it looks like."""

from __future__ import annotations

import re
from functools import lru_cache

from kit.source import Json

Vocabulary = frozenset[str]

_UNKNOWN = "[unknown]"
# Names of fields a provider made up may hold anything.
_NAMES_OF_OTHERS = frozenset(("UNKNOWN_FIELD", "FIELD_SPELLING", "NOT_AN_OBJECT"))
_NAME = re.compile(r"[A-Za-z_@][A-Za-z_@/ -]{0,39}|[0-9]{1,4}")
_STEPS = re.compile(r"[^.\[\]]+")
_STRUCTURE = frozenset(("object", "list", "array"))
# Up to this many digits a bare number is too short to be a mobile or an account.
_BARE_DIGITS = 8
_WRITTEN_DIGITS = 15
_WRITTEN = re.compile(
    r"\s*\(?[-+]?\s*(?:₹|Rs\.?|INR)?\s*[-+]?(?:[0-9]{1,3}(?:,[0-9]{2,3})+|[0-9]{1,12})"
    r"(?:\.[0-9]{1,6})?\s*\)?\s*(?:CR|Cr|cr|DR|Dr|dr)?\.?\s*"
)
_DECORATED = re.compile(r"[₹,.()A-Za-z]")
_DAY = re.compile(
    r"\s*(?:[0-9]{4}[-/][0-9]{2}[-/][0-9]{2}|[0-9]{1,2}[-/. ](?:[0-9]{2}|[A-Za-z]{3})[-/. ][0-9]{2,4})"
    r"(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?\s*(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?\s*"
)
_ABOUT_BIRTH = re.compile(r"dob|birth|born", re.IGNORECASE)
_ABOUT_ACCOUNT = re.compile(r"acc", re.IGNORECASE)
_ACCOUNT = re.compile(r"[0-9Xx*•-]{5,}([0-9]{4})")
_FORMS = (
    ("GSTIN", re.compile(r"[0-9]{2}[A-Za-z]{5}[0-9]{4}[A-Za-z][0-9A-Za-z]{3}")),
    ("PAN", re.compile(r"[A-Za-z]{5}[0-9]{4}[A-Za-z]")),
    ("e-mail", re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")),
    ("UPI address", re.compile(r"[^@\s]+@[^@\s.]+")),
    ("mobile", re.compile(r"(?:\+?91[- ]?|0)?[5-9][0-9]{4}[- ]?[0-9]{5}")),
)


def masked_name(field: str, rule: str) -> str:
    """Give the path of a field as a log may show it; the last step of one nobody declared is not shown."""
    steps = _STEPS.findall(field)
    shown = [step if _NAME.fullmatch(step) else _UNKNOWN for step in steps]
    if rule in _NAMES_OF_OTHERS:
        shown[-1:] = [_UNKNOWN]
    return ".".join(shown) or _UNKNOWN


def masked_value(field: str, rule: str, value: Json, words: Vocabulary) -> Json:
    """Give a value as a log may show it: as it is only where its form leaves no room for anything personal."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return value if _is_amount(str(value), rule) else _number(str(value))
    if isinstance(value, str):
        return value if _is_shown(field, rule, value, words) else _likeness(field, value)
    return f"[{'list' if isinstance(value, list) else 'object'} of {len(value)}]"


def _is_shown(field: str, rule: str, value: str, words: Vocabulary) -> bool:
    if not value.strip():
        return len(value) <= _BARE_DIGITS
    kind = rule.partition("_")[0]
    if kind in ("AMOUNT", "COUNT"):
        return _is_amount(value, rule)
    if kind in ("DATE", "MOMENT"):
        return _DAY.fullmatch(value) is not None and not _ABOUT_BIRTH.search(field)
    return value in _STRUCTURE or (kind == "ENUM" and _bare(value) in _bared(words))


def _is_amount(value: str, rule: str) -> bool:
    digits_n = sum(letter.isdecimal() for letter in value)
    if digits_n <= _BARE_DIGITS:
        return rule.startswith(("AMOUNT_", "COUNT_", "BALANCE_")) and _WRITTEN.fullmatch(value) is not None
    is_written = rule.startswith("AMOUNT_") and _WRITTEN.fullmatch(value) is not None
    return is_written and digits_n <= _WRITTEN_DIGITS and _DECORATED.search(value) is not None


def _number(written: str) -> str:
    return f"[number of {sum(letter.isdecimal() for letter in written)} digits]"


def _likeness(field: str, value: str) -> str:
    bare = value.strip()
    if _ABOUT_ACCOUNT.search(field.rpartition(".")[2]) and (account := _ACCOUNT.fullmatch(bare)):
        return f"[account ending {account[1]}]"
    form = next((name for name, pattern in _FORMS if pattern.fullmatch(bare)), None)
    return f"[{form}]" if form else f"[text of {len(value)}]"


def _bare(word: str) -> str:
    return "".join(letter for letter in word if letter.isalnum()).upper()


@lru_cache(maxsize=16)
def _bared(words: Vocabulary) -> frozenset[str]:
    return frozenset(map(_bare, words))
