"""What bank lines say of a business: clues, channels, cash flows, and ten amounts that each name their lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from kit.facets import CashFlow, Direction, Facet, IdentityClaim, claims_of
from kit.facts import Coverage, Definition, Evidence, Metric, NullReason, Span
from kit.period import last_full_months
from kit.source import Tables, Window
from sources.bank._coverage import AccountKey, accounts_of, coverage_of
from sources.bank._selectors import SELECTORS
from sources.bank.records import BankRecord, Held, Statement, Transaction

__all__ = ["DEFINITIONS", "SELECTORS", "clues", "enrich", "facets", "summarize"]

MONTHS = 12
_OPENINGS = {
    "UPI": "UPI",
    "ACH": "NACH",
    "NACH": "NACH",
    "ECS": "NACH",
    "NEFT": "NEFT",
    "RTGS": "RTGS",
    "IMPS": "IMPS",
    "BY CASH": "CASH",
    "CASH DEP": "CASH",
    "CDM": "CASH",
    "ATM": "ATM",
    "NWD": "ATM",
    "POS": "CARD",
    "CHQ": "CHEQUE",
    "CLG": "CHEQUE",
}
# One presentation through the clearing house, whatever the bank calls it.
_CHANNELS = {"AUTO_DEBIT": "NACH", "ECS": "NACH"}


def clues(records: Sequence[BankRecord]) -> tuple[IdentityClaim, ...]:
    """Tell accounts, names, PANs and mobiles of the holders."""
    stated = (record for record in records if isinstance(record, Statement))
    return tuple(dict.fromkeys(claim for statement in stated for claim in _claims(statement)))


def _claims(statement: Statement) -> Iterator[IdentityClaim]:
    for held in statement.accounts:
        said = [("ACCOUNT", held.account), ("ACCOUNT_MASKED", held.masked_number), ("IFSC", held.ifsc)]
        for holder in held.holders:
            said += [("NAME", holder.name), ("PAN", holder.pan), ("MOBILE", holder.mobile)]
        yield from claims_of("bank", statement, said)


def enrich(
    records: Sequence[BankRecord], clues_of_all: Sequence[IdentityClaim], tables: Tables
) -> Sequence[BankRecord]:
    """Set the channel of each transaction; nothing else is touched."""
    return [
        record.on_channel(channel_of(record.mode, record.narration))
        if isinstance(record, Transaction)
        else record
        for record in records
    ]


def channel_of(mode: str, narration: str | None) -> str:
    """Take the mode, or where banks only say OTHERS (they do so of UPI), how the narration begins."""
    if mode != "OTHERS":
        return _CHANNELS.get(mode, mode)
    said = (narration or "").upper()
    return next((channel for words, channel in _OPENINGS.items() if said.startswith(words)), "OTHERS")


def facets(enriched: Sequence[BankRecord]) -> Iterator[Facet]:
    """Say every transaction as a cash flow, and every holder as a claim."""
    yield from clues(enriched)
    for record in enriched:
        if isinstance(record, Transaction):
            yield CashFlow(
                source="bank",
                record_id=record.id,
                party=record.party,
                on=record.on,
                direction=Direction.IN if record.direction == "CREDIT" else Direction.OUT,
                amount_paise=record.amount_paise,
                channel=record.channel or "OTHERS",
            )


class _Chosen(NamedTuple):
    """What a number is measured on: its lines, the accounts of the statements, and the window's last day."""

    lines: list[Transaction]
    accounts: dict[AccountKey, list[Held]]
    last: date


def _total(chosen: _Chosen) -> int | None:
    return sum(line.amount_paise for line in chosen.lines)


def _net(chosen: _Chosen) -> int | None:
    return sum(line.signed_paise for line in chosen.lines)


def _amount(chosen: _Chosen) -> int | None:
    return chosen.lines[0].amount_paise if chosen.lines else None


def _balance(chosen: _Chosen) -> int | None:
    return chosen.lines[0].balance_paise if chosen.lines else None


def _balance_at_start(chosen: _Chosen) -> int | None:
    return _at_rest(chosen, [(line.balance_paise or 0) - line.signed_paise for line in chosen.lines])


def _balance_at_end(chosen: _Chosen) -> int | None:
    return _at_rest(
        chosen,
        [
            (line.balance_paise or 0) - (line.signed_paise if line.on > chosen.last else 0)
            for line in chosen.lines
        ],
    )


def _at_rest(chosen: _Chosen, balances: list[int]) -> int | None:
    """Accounts without a line have not moved since, so the bank's own sum of them still holds."""
    moved = {(line.party, line.account) for line in chosen.lines}
    for account, held in chosen.accounts.items():
        if account not in moved:
            latest = max(held, key=lambda one: one.covered_to or date.min, default=None)
            if latest is None or latest.balance_paise is None:
                return None
            balances.append(latest.balance_paise)
    return sum(balances)


class _Formula(NamedTuple):
    name: str
    title: str
    words: str
    selector: str
    measure: Callable[[_Chosen], int | None]
    direction: str


_NO_LINE = " or no such transaction in the window"
_NO_BALANCE = " or an account without any balance"
_FORMULAS = (
    _Formula("credits_paise", "Money in", "sum of all credits", "money_in", _total, "HIGHER"),
    _Formula("debits_paise", "Money out", "sum of all debits", "money_out", _total, "NEUTRAL"),
    _Formula("net_flow_paise", "Net flow", "sum of credits minus sum of debits", "movements", _net, "HIGHER"),
    _Formula(
        "opening_balance_paise",
        "Balance before the window",
        "over accounts, the balance before the first transaction from the window's first day on",
        "first_from_start",
        _balance_at_start,
        "HIGHER",
    ),
    _Formula(
        "closing_balance_paise",
        "Balance at the window's end",
        "over accounts, the balance after the last transaction up to the window's last day",
        "last_to_end",
        _balance_at_end,
        "HIGHER",
    ),
    _Formula(
        "lowest_balance_paise",
        "Lowest balance",
        "least balance any account showed after a transaction",
        "lowest_balance",
        _balance,
        "HIGHER",
    ),
    _Formula(
        "largest_credit_paise",
        "Largest credit",
        "largest single credit",
        "largest_credit",
        _amount,
        "NEUTRAL",
    ),
    _Formula(
        "cash_deposits_paise", "Cash deposits", "sum of credits in cash", "cash_deposits", _total, "NEUTRAL"
    ),
    _Formula("upi_receipts_paise", "UPI receipts", "sum of credits by UPI", "upi_receipts", _total, "HIGHER"),
    _Formula(
        "nach_debits_paise",
        "NACH debits",
        "sum of debits under NACH mandates",
        "nach_debits",
        _total,
        "LOWER",
    ),
)
_ALSO_NULL: dict[Callable[[_Chosen], int | None], str] = {
    _amount: _NO_LINE,
    _balance: _NO_LINE,
    _balance_at_start: _NO_BALANCE,
    _balance_at_end: _NO_BALANCE,
}

DEFINITIONS: tuple[Definition, ...] = tuple(
    Definition(
        id=f"bank.{formula.name}",
        title=formula.title,
        unit="paise",
        formula=formula.words,
        version=1,
        window_months=MONTHS,
        null_rule=f"fewer than {MONTHS} full months covered, lines filtered by consent"
        f"{_ALSO_NULL.get(formula.measure, '')}",
        direction=formula.direction,
        sources=("bank",),
    )
    for formula in _FORMULAS
)


def summarize(enriched: Sequence[BankRecord], window: Window) -> tuple[Metric, ...]:
    """Measure the last 12 full months up to as_of."""
    span = Span(*last_full_months(window.as_of, MONTHS))
    coverage = coverage_of(enriched, span, MONTHS)
    reason = _null_reason(enriched, window, coverage)
    return tuple(
        _metric(formula, definition, _Basis(enriched, window.input_sha, span, coverage, reason))
        for formula, definition in zip(_FORMULAS, DEFINITIONS, strict=True)
    )


class _Basis(NamedTuple):
    records: Sequence[BankRecord]
    input_sha: str
    span: Span
    coverage: Coverage
    reason: NullReason | None


def _null_reason(records: Sequence[BankRecord], window: Window, coverage: Coverage) -> NullReason | None:
    if not records:
        return NullReason.SOURCE_ABSENT
    if window.is_filtered:
        return NullReason.RANGE_NOT_PERMITTED
    if coverage.months_full < coverage.months_needed:
        return NullReason.INSUFFICIENT_HISTORY
    return None


def _metric(formula: _Formula, definition: Definition, basis: _Basis) -> Metric:
    args = {"from": basis.span.first.isoformat(), "to": basis.span.last.isoformat()}
    lines: list[Transaction] = []
    value = None
    if basis.reason is None:
        found = SELECTORS[formula.selector](basis.records, args)
        lines = [line for line in found if isinstance(line, Transaction)]
        value = formula.measure(_Chosen(lines, accounts_of(basis.records), basis.span.last))
    return Metric(
        id=definition.id,
        value=value,
        null_reason=(basis.reason or NullReason.INSUFFICIENT_HISTORY) if value is None else None,
        unit=definition.unit,
        window=basis.span,
        coverage=basis.coverage,
        n=len(lines),
        formula=definition.formula,
        version=definition.version,
        inputs=(),
        evidence=() if value is None else _evidence(formula, basis, args, len(lines)),
    )


def _evidence(formula: _Formula, basis: _Basis, args: dict[str, str], lines_n: int) -> tuple[Evidence, ...]:
    stated_n = sum(isinstance(record, Statement) for record in basis.records)
    return (
        Evidence("bank", "statements", {}, basis.input_sha, stated_n),
        Evidence("bank", formula.selector, args, basis.input_sha, lines_n),
    )
