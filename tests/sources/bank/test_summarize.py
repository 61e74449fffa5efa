"""Each number is what its own raw lines give, one paisa in them moves it, and nothing else does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import cache

import orjson
import pytest

from kit.facts import Metric, NullReason
from kit.source import Document, Record
from sources.bank.summarize import DEFINITIONS, SELECTORS, channel_of, enrich, summarize
from tests.sources import given
from tests.sources.bank.lines import envelope, transaction

Lines = list[Document]


def _paise(line: Document, field: str = "amount") -> int:
    return int(str(line[field]).replace(".", ""))


def _signed(line: Document) -> int:
    return _paise(line) if line["type"] == "CREDIT" else -_paise(line)


def _before(line: Document) -> int:
    return _paise(line, "transactionalBalance") - _signed(line)


def _after(line: Document) -> int:
    return _paise(line, "transactionalBalance")


# Computed a second time from the listed raw lines alone, and the field of which one paisa moves it up or down.
AGAIN: dict[str, tuple[Callable[[Lines], int], str, int]] = {
    "bank.credits_paise": (lambda lines: sum(map(_paise, lines)), "amount", 1),
    "bank.debits_paise": (lambda lines: sum(map(_paise, lines)), "amount", 1),
    "bank.net_flow_paise": (lambda lines: sum(map(_signed, lines)), "amount", 1),
    "bank.opening_balance_paise": (lambda lines: sum(map(_before, lines)), "amount", 1),
    "bank.closing_balance_paise": (lambda lines: sum(map(_after, lines)), "transactionalBalance", 1),
    "bank.lowest_balance_paise": (lambda lines: min(map(_after, lines)), "transactionalBalance", -1),
    "bank.largest_credit_paise": (lambda lines: max(map(_paise, lines)), "amount", 1),
    "bank.cash_deposits_paise": (lambda lines: sum(map(_paise, lines)), "amount", 1),
    "bank.upi_receipts_paise": (lambda lines: sum(map(_paise, lines)), "amount", 1),
    "bank.nach_debits_paise": (lambda lines: sum(map(_paise, lines)), "amount", 1),
}


@cache
def _raw() -> tuple[bytes, ...]:
    (lines,) = given.delivered("bank", given.business())[0].values()
    return tuple(lines)


def _records(lines: list[bytes]) -> tuple[Record, ...]:
    return tuple(given.records("bank", given.cleaned("bank", given.items(lines))))  # type: ignore[arg-type]


def _metrics(lines: list[bytes]) -> dict[str, Metric]:
    return {metric.id: metric for metric in summarize(_records(lines), given.window())}  # type: ignore[arg-type]


@cache
def _first() -> dict[str, Metric]:
    return _metrics(list(_raw()))


@cache
def _listed(metric_id: str) -> tuple[int, ...]:
    """Where the evidence of a number stands in the raw file, as places from zero."""
    records = _records(list(_raw()))
    return tuple(
        record.raw.line - 1
        for evidence in _first()[metric_id].evidence
        for record in SELECTORS[evidence.selector](records, evidence.args)  # type: ignore[arg-type]
    )


def test_the_second_table_knows_every_number() -> None:
    assert list(AGAIN) == [item.id for item in DEFINITIONS]


@pytest.mark.parametrize("metric_id", AGAIN)
def test_a_number_is_what_its_listed_raw_lines_give(metric_id: str) -> None:
    documents: Lines = [orjson.loads(_raw()[place]) for place in _listed(metric_id)]
    lines = [document for document in documents if document["kind"] == "transaction"]
    assert lines and len(lines) < len(documents)
    assert AGAIN[metric_id][0](lines) == _first()[metric_id].value
    assert _first()[metric_id].n == len(lines)


@pytest.mark.parametrize("metric_id", AGAIN)
def test_deleting_every_other_line_changes_nothing(metric_id: str) -> None:
    kept = _metrics([_raw()[place] for place in sorted(set(_listed(metric_id)))])
    assert kept[metric_id].value == _first()[metric_id].value
    assert kept[metric_id].evidence == _first()[metric_id].evidence


@pytest.mark.parametrize("metric_id", AGAIN)
def test_one_paisa_in_any_listed_line_changes_the_number(metric_id: str) -> None:
    _, field, paisa = AGAIN[metric_id]
    places = [place for place in _listed(metric_id) if b'"transaction"' in _raw()[place]]
    for place in (*places[:2], *places[2 :: max(1, len(places) // 4)]):
        lines = list(_raw())
        line = orjson.loads(lines[place])
        moved = _paise(line, field) + paisa
        lines[place] = orjson.dumps(line | {field: f"{moved // 100}.{moved % 100:02d}"})
        assert _metrics(lines)[metric_id].value != _first()[metric_id].value, place


def test_one_paisa_in_each_listed_amount_changes_a_sum_by_one_paisa() -> None:
    records = _records(list(_raw()))
    for metric_id, (_, field, _) in AGAIN.items():
        metric = _first()[metric_id]
        if field == "amount" and metric.n > 1 and metric_id != "bank.opening_balance_paise":
            lines = SELECTORS[metric.evidence[1].selector](records, metric.evidence[1].args)  # type: ignore[arg-type]
            signed = metric_id == "bank.net_flow_paise"
            total = sum(one.signed_paise if signed else one.amount_paise for one in lines)  # type: ignore[union-attr]
            assert total == metric.value


def _year(first: str, last: str, *lines: Document, **changed: object) -> dict[str, Metric]:
    period = {"startDate": first, "endDate": last}
    sent = envelope(Transactions=period, **changed)  # type: ignore[arg-type]
    return _metrics([orjson.dumps(one) for one in (sent, *lines)])


def test_twelve_full_months_are_needed_to_the_day() -> None:
    whole = _year("2025-04-01", "2026-03-31", transaction(1))
    assert whole["bank.credits_paise"].value == 10_000
    for first, last in (("2025-04-02", "2026-03-31"), ("2025-04-01", "2026-03-30"), ("", "")):
        short = _year(first, last, transaction(1))
        assert {metric.null_reason for metric in short.values()} == {NullReason.INSUFFICIENT_HISTORY}
    coverage = _year("2025-04-02", "2026-03-31")["bank.credits_paise"].coverage
    assert coverage is not None
    assert (coverage.months_full, coverage.days_received, coverage.days_window) == (11, 364, 365)


def test_days_before_an_account_was_opened_are_not_missing() -> None:
    account = envelope()["accounts"]
    assert isinstance(account, list) and isinstance(account[0], dict)
    summary = account[0]["Summary"]
    assert isinstance(summary, dict)
    opened = summary | {"openingDate": "2025-06-10"}
    assert (
        _year("2025-06-10", "2026-03-31", transaction(1), Summary=opened)["bank.credits_paise"].value
        == 10_000
    )


def test_two_deliveries_cover_together_what_neither_covers_alone() -> None:
    halves = [
        envelope(Transactions={"startDate": "2025-04-01", "endDate": "2025-09-30"}),
        envelope(Transactions={"startDate": "2025-10-01", "endDate": "2026-03-31"}),
    ]
    assert _metrics([orjson.dumps(one) for one in (*halves, transaction(1))])["bank.credits_paise"].value


def test_an_account_without_a_line_rests_at_the_banks_own_sum() -> None:
    quiet = _year("2025-04-01", "2026-03-31")
    assert quiet["bank.opening_balance_paise"].value == quiet["bank.closing_balance_paise"].value == 150_000
    assert quiet["bank.credits_paise"].value == 0
    assert quiet["bank.largest_credit_paise"].null_reason is NullReason.INSUFFICIENT_HISTORY
    assert quiet["bank.lowest_balance_paise"].null_reason is NullReason.INSUFFICIENT_HISTORY


def test_a_line_after_the_window_tells_the_balance_at_its_end() -> None:
    later = transaction(1, transactionTimestamp="2026-04-02T10:00:00+05:30", valueDate="2026-04-02")
    metrics = _year("2025-04-01", "2026-04-02", later)
    assert (
        metrics["bank.opening_balance_paise"].value == metrics["bank.closing_balance_paise"].value == 100_000
    )


def test_the_window_moves_with_the_day_it_speaks_of() -> None:
    records = _records(list(_raw()))
    (metric, *_) = summarize(records, given.window(given.AS_OF - timedelta(days=1)))  # type: ignore[arg-type]
    assert metric.window is not None
    assert (metric.window.first, metric.window.last) == (date(2025, 3, 1), date(2026, 2, 28))


CHANNELS = (
    ("UPI", "anything", "UPI"),
    ("OTHERS", "UPI/CR/1234/ASHA", "UPI"),
    ("OTHERS", "upi-asha", "UPI"),
    ("OTHERS", "ACH D- LENDER", "NACH"),
    ("AUTO_DEBIT", None, "NACH"),
    ("ECS", None, "NACH"),
    ("OTHERS", "BY CASH DEPOSIT", "CASH"),
    ("OTHERS", "PAID TO UPI SHOP", "OTHERS"),
    ("OTHERS", None, "OTHERS"),
)


@pytest.mark.parametrize(("mode", "narration", "channel"), CHANNELS)
def test_the_channel_is_the_mode_or_else_how_the_narration_begins(
    mode: str, narration: str | None, channel: str
) -> None:
    assert channel_of(mode, narration) == channel


def test_enriching_sets_the_channel_and_nothing_else() -> None:
    outcomes = given.cleaned("bank", given.items(_raw()))
    source = given.sources.source("bank")
    read = [source.read(one.document) for one in outcomes if one.document is not None]
    for before, after in zip(read, enrich(read, (), given.tables("bank")), strict=True):
        if before.kind == "transaction":
            assert before.channel is None and after == before.on_channel(after.channel)  # type: ignore[union-attr]
        else:
            assert after is before
