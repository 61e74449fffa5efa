"""The fidelity check measures what it says, finds what is planted, and its page knows the parameters it was made with."""

from __future__ import annotations

import json
import math
import subprocess
import sys

import pytest

from kit.chance import Stream
from pipeline.world import estimates, page, projected
from pipeline.world.check import FULL, SMOKE, scaled
from pipeline.world.estimates import Estimate
from pipeline.world.verdict import Line, failures
from warehouse import assets

STREAM = Stream(7, "WORLD", "check")
ALWAYS = ("1 validity", "9 privacy", "8 the same bytes")


def _line(lower: float, upper: float, band: tuple[float, float] | None = (0.4, 0.6)) -> Line:
    return Line("part", "about", Estimate((lower + upper) / 2, lower, upper, 10), band, None, "")


@pytest.fixture(scope="module")
def smoke() -> tuple[int, dict[str, object]]:
    code = "import sys; from cli.main import main; sys.exit(main(sys.argv[1:]))"
    asked = [sys.executable, "-c", code, "world", "check", "--smoke", "--json"]
    answer = subprocess.run(asked, cwd=assets.root(), capture_output=True, text=True, check=False)
    return answer.returncode, json.loads(answer.stdout)


def test_the_smoke_measures_every_part_and_finds_no_fault(smoke: tuple[int, dict[str, object]]) -> None:
    code, told = smoke
    lines = told["lines"]
    assert isinstance(lines, list) and told["sizes"] == SMOKE._asdict()
    assert {line["part"][0] for line in lines if line["part"][0].isdigit()} == set("1234789")
    assert {"default", "single features", "ceiling", "cost"} <= {line["part"] for line in lines}
    sure = [line for line in lines if line["part"] in ALWAYS]
    assert len(sure) >= 9 and all(line["verdict"] in ("holds", "context") for line in sure), sure
    assert (code == 0) is told["holds"] is (not [one for one in lines if one["verdict"] == "FAILS"])
    assert ("error" in told) is (code == 2)


def test_a_line_fails_only_when_its_whole_interval_lies_outside() -> None:
    inside, touching, outside = _line(0.45, 0.55), _line(0.59, 0.9), _line(0.61, 0.9)
    told = _line(0.9, 1.0, band=None)
    unknown = _line(math.nan, math.nan)
    assert failures([inside, touching, outside, told, unknown]) == [outside]
    assert [line.verdict for line in (inside, told, unknown)] == ["holds", "context", "too few"]


def test_areas_under_curves_are_what_counting_pairs_gives() -> None:
    for _ in range(20):
        scores = [float(STREAM.randrange(8)) for _ in range(60)]
        bads = [STREAM.random() < 0.3 for _ in range(60)]
        pairs = [(b, g) for b, x in zip(scores, bads, strict=True) if x
                 for g, y in zip(scores, bads, strict=True) if not y]  # fmt: skip
        counted = sum((b > g) + (b == g) / 2 for b, g in pairs) / len(pairs)
        found = estimates.auc(scores, bads)
        assert found.at == pytest.approx(counted)
        assert 0 <= found.lower <= found.at <= found.upper <= 1
        turned = estimates.auc([-score for score in scores], bads)
        assert turned.at == pytest.approx(1 - counted)


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    held_n = 0
    for _ in range(200):
        found = estimates.share(sum(STREAM.random() < 0.05 for _ in range(400)), 400)
        held_n += found.lower <= 0.05 <= found.upper
    assert 180 <= held_n <= 200


def test_tails_first_digits_and_distances_are_known_where_the_law_is() -> None:
    pareto = [int(10_000 * STREAM.random() ** (-1 / 3)) for _ in range(20_000)]
    assert estimates.hill(pareto) == pytest.approx(3, rel=0.15)
    law = [1_000 * math.log10(1 + 1 / digit) for digit in range(1, 10)]
    assert estimates.benford_distance(law) == pytest.approx(0)
    assert estimates.closeness((1, 1), (2, 2)) == 1 and estimates.closeness((1, 0), (0, 1)) == 0
    assert estimates.pearson([(x, 3 - 2 * x) for x in range(5)]) == pytest.approx(-1)


def test_a_fit_finds_what_is_there_and_nothing_where_nothing_is() -> None:
    rows = [(STREAM.gauss(0, 1), STREAM.gauss(0, 1)) for _ in range(800)]
    bads = [x + STREAM.gauss(0, 1) > 1 for x, _ in rows]
    assert estimates.auc(estimates.fitted(rows, bads[:400])[400:], bads[400:]).at > 0.75
    shuffled = STREAM.sample(bads, k=800)
    assert estimates.auc(estimates.fitted(rows, shuffled[:400])[400:], shuffled[400:]).at < 0.62


# Put together here, for no file of the project may hold one whole.
REAL = (
    '"ABCPE' + '1234F"',
    '"+9198' + '76543210"',
    '"someone@mail' + '.com"',
    '"HDFC' + '0001234"',
    '"27ABCPE' + '0000F1Z0"',
)


@pytest.mark.parametrize("planted", REAL)
def test_an_identifier_that_could_be_somebodys_is_found(planted: str) -> None:
    assert projected._leaks_n(f'{{"field": {planted}}}'.encode())
    assert not projected._leaks_n(b'{"field": "ABCPE0000F", "vpa": "x@bahi", "ifsc": "BAHI0000001"}')


def test_a_broken_balance_is_found() -> None:
    chain = [
        {"kind": "transaction", "account": "A", "narration": "", "txn_id": f"T{number}", "direction": "CREDIT",
         "amount_paise": 100, "balance_paise": 100 * number}
        for number in range(1, 6)
    ]  # fmt: skip
    assert projected._broken_n(chain) == 0
    chain[2]["balance_paise"] = 301
    assert projected._broken_n(chain) == 2


def test_fewer_firms_are_measured_in_proportion() -> None:
    assert scaled(FULL.firms_n) == FULL
    half = scaled(1_500)
    assert (half.shown_n, half.ceilings_n, half.lives_n) == (150, 500, FULL.lives_n)


def test_the_page_keeps_its_list_of_changes_and_knows_the_parameters() -> None:
    text = page.page([_line(0.45, 0.55)], FULL, "2026-01-01: one more sector; base rate 4.1 to 4.4 %")
    assert "one more sector" in text.partition(page.CHANGES)[2]
    assert f"\nworld: {page.parameters_sha()}\n" in text


def test_the_page_was_written_with_these_parameters() -> None:
    text = (assets.root() / page.PAGE).read_text("utf-8")
    assert f"\nworld: {page.parameters_sha()}\n" in text, (
        "the world's parameters changed: run bahi world check, and list the change in docs/world.md with figures before and after"
    )
