"""How headings of goods are told in returns of sales."""

from __future__ import annotations

from datetime import date

import pytest

from generators.gst import told_heading
from kit.shapes import listed, text
from tests.generators import seen
from tests.generators.frames import figures

DAY = date(2026, 3, 31)
TAX, TRADE = figures()["tax"], figures()["trade"]
LIMIT_PAISE = 5_00_00_000_00


def test_all_that_firms_sell_has_a_subheading_under_its_own_heading() -> None:
    known = TAX.table("hsn_six_digits", DAY)
    sectors = TRADE.on("sectors", DAY)
    sold = {text(hsn) for sector in listed(sectors) for hsn in listed(sector["hsn"])}  # type: ignore[index,call-overload]
    assert sold <= set(known)
    assert all(len(text(six)) == 6 and text(six).startswith(hsn) for hsn, six in known.items())
    assert len(set(known.values())) == len(known)


def test_digits_are_four_up_to_five_crore_and_six_above() -> None:
    for turnover in (0, LIMIT_PAISE - 1, LIMIT_PAISE):
        assert told_heading(TAX, "1905", turnover, DAY) == "1905"
    assert told_heading(TAX, "1905", LIMIT_PAISE + 1, DAY) == "190531"
    assert told_heading(TAX, "9999", LIMIT_PAISE + 1, DAY) == "9999"


@pytest.mark.parametrize("seed", (2, 3))
def test_a_return_tells_headings_by_the_turnover_of_the_year_before(seed: int) -> None:
    """The second seed is a firm far above the limit, the first one far below."""
    life = seen.life("cc_wholesaler", seed=seed)
    turnover = life.frame.firm.turnover_paise
    assert not LIMIT_PAISE / 2 < turnover < 2 * LIMIT_PAISE
    told = [one for one in seen.gst("cc_wholesaler", seed=seed, kind="outward") if "hsn_sc" in one]
    assert told
    assert {len(seen.at(one, "hsn_sc")) for one in told} == {6 if turnover > LIMIT_PAISE else 4}
    assert all(seen.at(one, "desc") and seen.at(one, "uqc") != "OTH" for one in told)
