"""When one DataFilter follows from another: what is asked for must imply every filter the consent sets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kit.scope import DataFilter

if TYPE_CHECKING:
    from decimal import Decimal


def within(wanted: tuple[DataFilter, ...], granted: tuple[DataFilter, ...]) -> bool:
    """Say whether lines that pass all wanted filters pass all granted ones; unsure counts as no."""
    return all(any(implies(mine, rule) for mine in wanted) for rule in granted)


def implies(mine: DataFilter, rule: DataFilter) -> bool:
    """Say whether every line that passes mine passes rule."""
    if mine.type != rule.type:
        return False
    if mine.type == "TRANSACTIONTYPE":
        return _type_implies(mine, rule)
    from decimal import Decimal

    return _amount_implies(mine.operator, Decimal(mine.value), rule.operator, Decimal(rule.value))


def _type_implies(mine: DataFilter, rule: DataFilter) -> bool:
    is_same = mine.value.upper() == rule.value.upper()
    if mine.operator == rule.operator:
        return is_same
    return mine.operator == "=" and not is_same


def _amount_implies(operator: str, amount: Decimal, rule_operator: str, limit: Decimal) -> bool:
    if operator == "=":
        return _holds(amount, rule_operator, limit)
    if rule_operator == "!=":
        return not _holds(limit, operator, amount)
    if operator[0] != rule_operator[0]:
        return False
    if amount == limit:
        return operator == rule_operator or rule_operator.endswith("=")
    return _holds(amount, operator[0], limit)


def _holds(amount: Decimal, operator: str, limit: Decimal) -> bool:
    return {
        "=": amount == limit,
        "!=": amount != limit,
        ">": amount > limit,
        "<": amount < limit,
        ">=": amount >= limit,
        "<=": amount <= limit,
    }[operator]
