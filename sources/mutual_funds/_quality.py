"""What can be wrong with fund records: ISINs that fail their check, folios nobody listed, values off units and price."""

from __future__ import annotations

from collections.abc import Sequence

from kit.ident import Grade
from kit.quality import Dimension, Rule, Tally, tally
from sources.mutual_funds.records import Envelope, FundRecord, Holding, Sip, Transaction

# Units come in thousandths and the price in ten thousandths of a rupee.
SCALE = 1000 * 10_000 // 100
NEAR_PAISE = 100


def _holdings(records: Sequence[FundRecord]) -> list[Holding]:
    return [one for one in records if isinstance(one, Holding)]


def _moves(records: Sequence[FundRecord]) -> list[Transaction]:
    return [one for one in records if isinstance(one, Transaction)]


def _isin(records: Sequence[FundRecord]) -> Tally:
    return tally(_holdings(records), lambda one: one.isin_grade != Grade.VALID)


def _folio_listed(records: Sequence[FundRecord]) -> Tally:
    envelopes = [one for one in records if isinstance(one, Envelope)]
    listed = {(one.party, folio.account) for one in envelopes for folio in one.folios}
    told = [
        one for one in records if isinstance(one, Holding | Transaction | Sip) and one.account is not None
    ]
    return tally(told, lambda one: (one.party, one.account) not in listed)


def _value(records: Sequence[FundRecord]) -> Tally:
    def is_off(one: Holding) -> bool:
        price = one.nav_10000 or 0
        return abs(one.closing_units_1000 * price - one.value_paise * SCALE) > NEAR_PAISE * SCALE

    return tally((one for one in _holdings(records) if one.nav_10000 is not None), is_off)


def _units_stated(records: Sequence[FundRecord]) -> Tally:
    return tally(_moves(records), lambda one: one.units_1000 is None)


def _ordered_before(records: Sequence[FundRecord]) -> Tally:
    return tally(_moves(records), lambda one: one.ordered_on is not None and one.ordered_on > one.on)


RULES: tuple[Rule[FundRecord], ...] = (
    Rule(
        "isin",
        Dimension.VALIDITY,
        "the ISIN of a holding has its check digit",
        _isin,
        frozenset({"ISIN_WRONG_CHECK", "ISIN_MALFORMED"}),
    ),
    Rule(
        "folio_listed",
        Dimension.REFERENTIAL,
        "a holding, order or plan is in a folio that an answer names",
        _folio_listed,
    ),
    Rule(
        "value_is_units",
        Dimension.CONSISTENCY,
        "the value of a holding is its units at the NAV",
        _value,
        frozenset({"VALUE_DIFFERS"}),
    ),
    Rule("units_stated", Dimension.COMPLETENESS, "an order says how many units it moved", _units_stated),
    Rule("ordered_before", Dimension.TIMELINESS, "an order is placed before it is booked", _ordered_before),
)
