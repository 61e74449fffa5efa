"""What can be wrong with GST records: numbers that fail their check, returns that do not add up, were not filed or not listed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from kit.ident import Grade, gstin_grade
from kit.quality import Covered, Dimension, Rule, Tally, tally, together
from sources.gst.records import Filing, GstRecord, Heads, Inward, Outward, Profile, Return3b

# Returns are rounded to the rupee.
NEAR_PAISE = 100


def _profiles(records: Sequence[GstRecord]) -> list[Profile]:
    return [one for one in records if isinstance(one, Profile)]


def _own_number(records: Sequence[GstRecord]) -> Tally:
    told = [one for one in _profiles(records) if one.gstin is not None]
    return tally(told, lambda one: one.gstin_grade != Grade.VALID)


def _other_number(records: Sequence[GstRecord]) -> Tally:
    """A masked number has no check character to go by, so only whole ones are looked at."""
    sold = [one for one in records if isinstance(one, Outward) and _is_whole(one.counterparty)]
    bought = [one for one in records if isinstance(one, Inward) and _is_whole(one.supplier)]
    return together(
        (
            tally(sold, lambda one: gstin_grade(one.counterparty) is not Grade.VALID),
            tally(bought, lambda one: gstin_grade(one.supplier) is not Grade.VALID),
        )
    )


def _is_whole(number: str | None) -> bool:
    return number is not None and len(number) == 15 and number.isalnum()


def _one_taxpayer(records: Sequence[GstRecord]) -> Tally:
    known = {(one.party, one.gstin) for one in _profiles(records)}
    told = [one for one in records if isinstance(one, Filing) and one.gstin is not None]
    return tally(told, lambda one: (one.party, one.gstin) not in known)


def _filed(records: Sequence[GstRecord]) -> Tally:
    parts = []
    for one in _profiles(records):
        missing_n = sum(told.filed_on is None for told in one.schedule)
        parts.append(Tally(len(one.schedule), missing_n, one.raw if missing_n else None))
    return together(parts)


def _listed(records: Sequence[GstRecord]) -> Tally:
    known = {(one.party, told.form, told.period) for one in _profiles(records) for told in one.schedule}
    told = [one for one in records if isinstance(one, Filing) and one.form in {form for _, form, _ in known}]
    return tally(told, lambda one: (one.party, one.form, one.period) not in known)


def _filed_after_period(records: Sequence[GstRecord]) -> Tally:
    told = [one for one in records if isinstance(one, Filing)]
    return tally(told, lambda one: one.on < date.fromisoformat(f"{one.period}-01"))


def _returns(records: Sequence[GstRecord]) -> list[Return3b]:
    return [one for one in records if isinstance(one, Return3b)]


def _sum(heads: Heads) -> int:
    return sum(heads)


def _credit_adds_up(records: Sequence[GstRecord]) -> Tally:
    def differs(one: Return3b) -> bool:
        return _sum(one.credit_available) - _sum(one.credit_reversed) != _sum(one.credit_net)

    return tally(_returns(records), differs)


def _tax_is_paid(records: Sequence[GstRecord]) -> Tally:
    return tally(_returns(records), lambda one: _sum(one.payable) > _sum(one.by_credit) + _sum(one.by_cash))


def _heads_agree(records: Sequence[GstRecord]) -> Tally:
    def differ(one: Outward | Inward) -> bool:
        return any(
            abs(tax.cgst_paise - tax.sgst_paise) > NEAR_PAISE or (tax.igst_paise and tax.cgst_paise)
            for tax in (line.tax for line in one.lines)
        )

    # A row of a summary adds up sales of both kinds.
    told = [one for one in records if isinstance(one, Inward) or (isinstance(one, Outward) and one.number)]
    return tally(told, differ)


RULES: tuple[Rule[GstRecord], ...] = (
    Rule("own_number", Dimension.VALIDITY, "the taxpayer's GSTIN has its check character", _own_number),
    Rule(
        "other_number",
        Dimension.VALIDITY,
        "the GSTIN of a buyer or supplier has its check character",
        _other_number,
        frozenset({"GSTIN_WRONG_CHECK", "GSTIN_MALFORMED"}),
    ),
    Rule("one_taxpayer", Dimension.REFERENTIAL, "a return is of a GSTIN that an answer names", _one_taxpayer),
    Rule("returns_filed", Dimension.COMPLETENESS, "a return of the schedule was filed", _filed),
    Rule("returns_listed", Dimension.REFERENTIAL, "a filed return is in the schedule", _listed),
    Rule(
        "filed_after_period",
        Dimension.TIMELINESS,
        "a return was filed after its period began",
        _filed_after_period,
    ),
    Rule(
        "credit_adds_up",
        Dimension.CONSISTENCY,
        "credit available less reversed is the net credit of a 3B",
        _credit_adds_up,
        frozenset({"CREDIT_NET_UNEQUAL"}),
    ),
    Rule(
        "tax_is_paid",
        Dimension.CONSISTENCY,
        "tax payable of a 3B is paid by credit or cash",
        _tax_is_paid,
        frozenset({"TAX_PAID_UNEQUAL"}),
    ),
    Rule(
        "heads_agree",
        Dimension.CONSISTENCY,
        "central and state tax of a line are equal, and none stands beside integrated tax",
        _heads_agree,
        frozenset({"HEADS_UNEQUAL", "HEADS_MIXED"}),
    ),
)


def covered(records: Sequence[GstRecord]) -> Iterator[Covered]:
    """The days an answer vouches for; before the registration there is nothing to miss."""
    for one in _profiles(records):
        if one.covered_from is not None and one.covered_to is not None:
            yield Covered(one.party, "", one.covered_from, one.covered_to)
            if one.registered_on is not None:
                yield Covered(one.party, "", date.min, one.registered_on)
