"""What can be wrong with ONDC records: quotes that do not add up, payouts for orders nobody told of, wrong tax numbers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from kit.ident import Grade
from kit.quality import Dimension, Rule, Tally, tally, together
from sources.ondc.records import OndcRecord, Order, Settlement

PAID_WITHIN_DAYS = 60


def _orders(records: Sequence[OndcRecord]) -> list[Order]:
    return [one for one in records if isinstance(one, Order)]


def _quote(records: Sequence[OndcRecord]) -> Tally:
    quoted = [one for one in _orders(records) if one.lines]
    return tally(quoted, lambda one: sum(line.paise or 0 for line in one.lines) != one.price_paise)


def _order_known(records: Sequence[OndcRecord]) -> Tally:
    """The payouts of the first days are for orders from before them, of which nobody was asked."""
    orders = _orders(records)
    known = {(one.party, one.order) for one in orders}
    begun = min((one.on for one in orders), default=date.min)
    parts = []
    for one in records:
        if isinstance(one, Settlement) and (one.on - begun).days > PAID_WITHIN_DAYS:
            strange_n = sum((one.party, share.order) not in known for share in one.shares)
            parts.append(Tally(len(one.shares), strange_n, one.raw if strange_n else None))
    return together(parts)


def _tax_number(records: Sequence[OndcRecord]) -> Tally:
    told = [one for one in _orders(records) if one.tax_number is not None]
    return tally(told, lambda one: one.tax_number_grade != Grade.VALID)


def _payment_stated(records: Sequence[OndcRecord]) -> Tally:
    return tally(_orders(records), lambda one: one.payment_type is None)


def _updated_after(records: Sequence[OndcRecord]) -> Tally:
    def is_reversed(one: Order) -> bool:
        return None not in (one.created_at, one.updated_at) and str(one.updated_at) < str(one.created_at)

    return tally(_orders(records), is_reversed)


RULES: tuple[Rule[OndcRecord], ...] = (
    Rule(
        "quote_adds_up",
        Dimension.CONSISTENCY,
        "the lines of a quote make up its price",
        _quote,
        frozenset({"QUOTE_SUM_DIFFERS"}),
    ),
    Rule(
        "order_known",
        Dimension.REFERENTIAL,
        "a payout is for an order that was told of",
        _order_known,
        frozenset({"ORDER_UNKNOWN"}),
    ),
    Rule(
        "tax_number",
        Dimension.VALIDITY,
        "the GSTIN of an order has its check character",
        _tax_number,
        frozenset({"GSTIN_WRONG_CHECK", "GSTIN_MALFORMED"}),
    ),
    Rule("payment_stated", Dimension.COMPLETENESS, "an order says how it is paid", _payment_stated),
    Rule(
        "updated_after_created",
        Dimension.TIMELINESS,
        "an order is updated after it was created",
        _updated_after,
        frozenset({"UPDATED_BEFORE_CREATED"}),
    ),
)
