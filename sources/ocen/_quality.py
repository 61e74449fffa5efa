"""What can be wrong with OCEN records: payments of loans nobody told of, instalments that do not add up, statements off."""

from __future__ import annotations

from collections.abc import Sequence

from kit.ident import Grade, pan_grade
from kit.quality import Dimension, Rule, Tally, tally
from sources.ocen.records import Application, Loan, OcenRecord, Offer, Payment, Plan, Summary, Transaction


def _application_known(records: Sequence[OcenRecord]) -> Tally:
    known = {(one.party, one.application) for one in records if isinstance(one, Application)}
    told = [one for one in records if isinstance(one, Offer | Plan | Loan)]
    return tally(told, lambda one: (one.party, one.application) not in known)


def _loan_known(records: Sequence[OcenRecord]) -> Tally:
    """A loan granted before the days asked for is known by how it stands."""
    known = {(one.party, one.loan) for one in records if isinstance(one, Loan | Summary)}
    told = [one for one in records if isinstance(one, Payment | Transaction)]
    return tally(told, lambda one: (one.party, one.loan) not in known)


def _parts_add_up(records: Sequence[OcenRecord]) -> Tally:
    told = [
        (one, one.principal_paise, one.interest_paise)
        for one in records
        if isinstance(one, Payment) and one.principal_paise is not None and one.interest_paise is not None
    ]
    off = [one for one, *parts in told if sum(part or 0 for part in parts) > one.amount_paise]
    return Tally(len(told), len(off), off[0].raw if off else None)


def _applicant_pan(records: Sequence[OcenRecord]) -> Tally:
    told = [one for one in records if isinstance(one, Application) and one.pan is not None]
    return tally(told, lambda one: pan_grade(one.pan) is not Grade.VALID)


def _lender_stated(records: Sequence[OcenRecord]) -> Tally:
    told = [one for one in records if isinstance(one, Loan | Payment | Transaction | Summary)]
    return tally(told, lambda one: one.lender is None)


def _ends_after_start(records: Sequence[OcenRecord]) -> Tally:
    told = [one for one in records if isinstance(one, Loan)]
    return tally(
        told,
        lambda one: one.starts_on is not None and one.ends_on is not None and one.ends_on < one.starts_on,
    )


RULES: tuple[Rule[OcenRecord], ...] = (
    Rule(
        "application_known",
        Dimension.REFERENTIAL,
        "an offer, plan or loan is of an application that was told of",
        _application_known,
    ),
    Rule(
        "loan_known",
        Dimension.REFERENTIAL,
        "a payment or statement line is of a loan that was told of",
        _loan_known,
        frozenset({"LOAN_UNKNOWN"}),
    ),
    Rule(
        "parts_add_up",
        Dimension.CONSISTENCY,
        "principal and interest of a payment are within its amount",
        _parts_add_up,
        frozenset({"SUM_DIFFERS"}),
    ),
    Rule(
        "applicant_pan",
        Dimension.VALIDITY,
        "the PAN of an applicant is well formed",
        _applicant_pan,
        frozenset({"PAN_MALFORMED"}),
    ),
    Rule(
        "lender_stated",
        Dimension.COMPLETENESS,
        "a loan and what is paid on it names its lender",
        _lender_stated,
    ),
    Rule("ends_after_start", Dimension.TIMELINESS, "a loan ends after it began", _ends_after_start),
)
