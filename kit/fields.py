"""Values from messy fields: (value, None) as it stood, (value, rule) when repaired, (None, rule) when unreadable."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping

from kit._amounts import LARGEST_PAISE, amount_paise
from kit._dates import day, moment
from kit._rules import PLACEHOLDERS, Rule
from kit.source import Json

__all__ = ["LARGEST_PAISE", "Rule", "amount_paise", "day", "enum", "moment", "printable", "text"]


def enum(
    value: Json, allowed: Collection[str], synonyms: Mapping[str, str]
) -> tuple[str | None, Rule | None]:
    """Read one of the allowed words; synonyms are keyed in capitals with underscores for blanks and hyphens."""
    if not isinstance(value, str):
        return None, Rule.ENUM_EMPTY if value is None else Rule.ENUM_UNKNOWN
    if value in allowed:
        return value, None
    word = "_".join(value.upper().replace("-", " ").replace("_", " ").split())
    if word in allowed:
        return word, Rule.ENUM_CASE
    if word in synonyms:
        return synonyms[word], Rule.ENUM_SYNONYM
    return None, Rule.ENUM_EMPTY if value.strip().upper() in PLACEHOLDERS else Rule.ENUM_UNKNOWN


def text(value: Json) -> tuple[str | None, Rule | None]:
    """Read text with no blanks around it, no control characters and in normal form; inner blanks are kept."""
    if isinstance(value, str):
        if value.isascii() and value.isprintable() and value.strip() == value != "":
            return value, None
        return _tidied(value)
    if value is None:
        return None, Rule.TEXT_EMPTY
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value), Rule.TEXT_NUMBER
    # A float may stand for a longer number that lost its last digits on the way.
    return None, Rule.TEXT_NOT_TEXT


def _tidied(value: str) -> tuple[str | None, Rule | None]:
    rule = None
    if any(_is_control(letter) for letter in value):
        value = "".join(" " if _is_control(letter) else letter for letter in value)
        rule = Rule.TEXT_CONTROL
    if not unicodedata.is_normalized("NFC", value):
        value = unicodedata.normalize("NFC", value)
        rule = rule or Rule.TEXT_NFC
    bare = value.strip()
    if not bare:
        return None, Rule.TEXT_EMPTY
    return bare, rule or (Rule.TEXT_BLANKS if bare != value else None)


def printable(name: str) -> str:
    """Write the name of a field so that it can be shown: it is the sender's text and may hold anything."""
    return "".join(letter if letter.isprintable() else "?" for letter in name)[:80]


def _is_control(letter: str) -> bool:
    # Format characters stay: Indian scripts need the joiners U+200C and U+200D.
    return unicodedata.category(letter) in ("Cc", "Cs")
