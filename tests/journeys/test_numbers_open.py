"""Every metric opens to its raw lines; from those lines alone the number comes out again, to the paisa."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest

import sources
from consent.grants import Use, Wanted
from consent.terms import GrantOrder
from kit.ident import customer_id
from pipeline.flow import run
from pipeline.order import Order
from pipeline.reading import Explanation, explain, results
from pipeline.rights import open_reading
from pipeline.wiring import House, open_house
from tests.support import CLOCK, installed
from warehouse.lake import Arrival

CUSTOMER = customer_id("MSME001")
METRICS = tuple(item.id for item in sources.source("bank").definitions)
Line = dict[str, str]
SEED = 20_261_101


def paise(text: str) -> int:
    return int(Decimal(text) * 100)


def signed(line: Line) -> int:
    return paise(line["amount"]) if line["type"] == "CREDIT" else -paise(line["amount"])


def total(lines: list[Line], side: str, *modes: str) -> int:
    return sum(paise(x["amount"]) for x in lines if x["type"] == side and (not modes or mode_of(x) in modes))


def mode_of(line: Line) -> str:
    """Of payments by UPI banks say OTHERS; their narration says what they are."""
    return "UPI" if line["mode"] == "OTHERS" and line["narration"].startswith("UPI") else line["mode"]


def balances(lines: list[Line]) -> list[int]:
    return [paise(x["transactionalBalance"]) for x in lines]


def by_account(lines: list[Line]) -> list[list[Line]]:
    """The lines of each account, in order."""
    numbers = dict.fromkeys(x["linkRefNumber"] for x in lines)
    return [[x for x in lines if x["linkRefNumber"] == number] for number in numbers]


SECOND_OPINION: dict[str, Callable[[list[Line]], int]] = {
    "bank.credits_paise": lambda lines: total(lines, "CREDIT"),
    "bank.debits_paise": lambda lines: total(lines, "DEBIT"),
    "bank.net_flow_paise": lambda lines: sum(map(signed, lines)),
    "bank.opening_balance_paise": lambda lines: sum(
        balances(mine)[0] - signed(mine[0]) for mine in by_account(lines)
    ),
    "bank.closing_balance_paise": lambda lines: sum(balances(mine)[-1] for mine in by_account(lines)),
    "bank.lowest_balance_paise": lambda lines: min(balances(lines)),
    "bank.largest_credit_paise": lambda lines: max(paise(x["amount"]) for x in lines),
    "bank.cash_deposits_paise": lambda lines: total(lines, "CREDIT", "CASH"),
    "bank.upi_receipts_paise": lambda lines: total(lines, "CREDIT", "UPI"),
    "bank.nach_debits_paise": lambda lines: total(lines, "DEBIT", "NACH", "AUTO_DEBIT", "ECS"),
}
ABOUT_BALANCES = {"bank.opening_balance_paise", "bank.closing_balance_paise", "bank.lowest_balance_paise"}


def test_every_metric_has_a_second_opinion() -> None:
    assert set(SECOND_OPINION) == set(METRICS) and len(METRICS) == 10


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[House, dict[str, Explanation], list[bytes]]:
    house = granted(tmp_path_factory.mktemp("numbers"))
    run(house, Order(CUSTOMER, 103, bank_rows=2_500), lambda _: None)
    scope = open_reading(house, CUSTOMER, 103)
    found = {metric: explain(house, scope, metric) for metric in METRICS}
    (raw,) = (house.home.raw / CUSTOMER / "bank").glob("*.ndjson")
    return house, found, raw.read_bytes().splitlines(keepends=True)


def granted(folder: Path) -> House:
    home = folder / "home"
    installed(home)
    house = open_house({"BAHI_HOME": str(home), "BAHI_CLOCK": CLOCK}, "test")
    house.consents.grant(GrantOrder(CUSTOMER, 103, ("bank",)))
    return house


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation with a consent and no data, to be copied for each altered delivery."""
    folder = tmp_path_factory.mktemp("blank")
    granted(folder)
    return folder / "home"


@pytest.fixture
def values_after(blank: Path, tmp_path: Path) -> Iterator[Callable[[list[bytes]], dict[str, int]]]:
    numbered = iter(range(1_000))

    def values(lines: list[bytes]) -> dict[str, int]:
        import shutil

        home = tmp_path / str(next(numbered))
        shutil.copytree(blank, home)
        house = open_house({"BAHI_HOME": str(home), "BAHI_CLOCK": CLOCK}, "test")
        scope = house.consents.open_scope(Wanted(CUSTOMER, 103, Use.FETCH, fetch_key="altered"))
        arrival = Arrival("ENTITY", "altered", house.clock.now(), house.consents.recheck(scope))
        house.lake.deliver(scope, "bank", lines, arrival)
        run(house, Order(CUSTOMER, 103), lambda _: None, ("clean", "analyze"))
        (summary,) = results(house, open_reading(house, CUSTOMER, 103))
        metrics = json.loads(summary.document)["metrics"]
        return {name: metric["value"] for name, metric in metrics.items()}

    yield values


def transactions(found: Explanation) -> list[Line]:
    lines = [json.loads(opened.text) for opened in found.lines]
    return sorted(
        (line for line in lines if line["kind"] == "transaction"),
        key=lambda line: (line["transactionTimestamp"], line["txnId"]),
    )


@pytest.mark.parametrize("metric", METRICS)
def test_an_explanation_names_formula_window_coverage_and_lines(
    told: tuple[House, dict[str, Explanation], list[bytes]], metric: str
) -> None:
    house, found, raw = told
    opened = found[metric]
    assert opened.definition.formula and opened.metric["window"] and opened.metric["coverage"]
    assert opened.lines_n == len(opened.lines) > 1
    for line in opened.lines:
        assert raw[line.raw.line - 1].decode() == line.text.rstrip("\n") + "\n"


@pytest.mark.parametrize("metric", METRICS)
def test_the_listed_lines_alone_give_the_number(
    told: tuple[House, dict[str, Explanation], list[bytes]], metric: str
) -> None:
    opened = told[1][metric]
    assert SECOND_OPINION[metric](transactions(opened)) == opened.metric["value"] != 0


@pytest.mark.parametrize("metric", METRICS)
def test_deleting_every_other_line_changes_nothing(
    told: tuple[House, dict[str, Explanation], list[bytes]],
    values_after: Callable[[list[bytes]], dict[str, int]],
    metric: str,
) -> None:
    house, found, raw = told
    listed = sorted({line.raw.line for line in found[metric].lines})
    assert len(listed) < len(raw)
    assert values_after([raw[number - 1] for number in listed])[metric] == found[metric].metric["value"]


@pytest.mark.parametrize("metric", METRICS)
def test_one_paisa_in_a_listed_line_changes_the_number(
    told: tuple[House, dict[str, Explanation], list[bytes]],
    values_after: Callable[[list[bytes]], dict[str, int]],
    metric: str,
) -> None:
    house, found, raw = told
    listed = sorted(line.raw.line for line in found[metric].lines if '"kind":"transaction"' in line.text)
    drawn = random.Random(f"{SEED} {metric}").sample(listed, min(3, len(listed)))
    field = "transactionalBalance" if metric in ABOUT_BALANCES else "amount"
    for number in drawn:
        altered = list(raw)
        altered[number - 1] = less_by_a_paisa(raw[number - 1], field, metric)
        assert values_after(altered)[metric] != found[metric].metric["value"], f"{metric} line {number}"


def less_by_a_paisa(raw: bytes, field: str, metric: str) -> bytes:
    """A lowest balance is pushed down, a largest credit up, so that the extreme stays where it was."""
    line = json.loads(raw)
    step = Decimal("0.01") if metric == "bank.largest_credit_paise" else Decimal("-0.01")
    line[field] = str(Decimal(line[field]) + step)
    return json.dumps(line, separators=(",", ":")).encode() + b"\n"
